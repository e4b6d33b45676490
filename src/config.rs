//! Configuration: one optional TOML file, a typed default for every key.
//!
//! Read from the first that exists: `.htpostern.toml` beside the binary (stock Apache never serves `.ht*`), then
//! `~/.postern/postern.toml` of the effective user. No environment variable and no request header takes part: a client
//! can forge those. An unknown key or a bad value is an error that names file, line and key.

mod faults;
mod sending;

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::settings::{Chosen, FolderChoices, Hoster, Settings};

pub use sending::{Identities, SmtpServer};

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (RFC 8314 3).
    Tls,
    /// STARTTLS (RFC 9051 6.2.1); no sign-in without it.
    Starttls,
    /// None: for servers on this machine.
    None,
}

/// `[imap]`: where mail is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImapServer {
    /// Host name or address.
    pub host: String,
    /// Port; 0 stands for the usual one of `security`.
    pub port: u16,
    /// How the way there is protected; not said, TLS, except on this machine.
    pub security: Option<Security>,
    /// PEM file with the certificates that this server is judged by, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// The name by which this server signs its verdict on a sender (RFC 8601 2.5); empty: none is believed or shown.
    pub authserv_id: String,
    /// True where it is told from which address somebody signs in (RFC 2971), so that it counts guesses by that.
    pub send_client_address: bool,
}

impl Default for ImapServer {
    fn default() -> ImapServer {
        ImapServer {
            host: "localhost".to_owned(),
            port: 0,
            security: None,
            ca_file: None,
            authserv_id: String::new(),
            send_client_address: false,
        }
    }
}

impl ImapServer {
    /// How the way there is protected.
    pub fn security(&self) -> Security {
        self.security.unwrap_or(usual_security(&self.host))
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        match (self.port, self.security()) {
            (0, Security::Tls) => 993,
            (0, _) => 143,
            (port, _) => port,
        }
    }
}

/// How the way to a host is protected where it is not said: not at all on this machine.
fn usual_security(host: &str) -> Security {
    let here = host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if here { Security::None } else { Security::Tls }
}

/// `[[domain]]`: another IMAP server for the addresses of one domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// The domain, as it stands behind the at sign.
    pub name: String,
    /// Its server.
    pub imap: ImapServer,
    /// The server that its messages are sent by; None for that of all.
    pub smtp: Option<SmtpServer>,
}

/// `[cache]`: how long and how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cache {
    /// For how many seconds after a comparison a click asks the server nothing.
    pub fresh_seconds: u32,
    /// How many MB on disk a user's store may take before it is rebuilt.
    pub budget_mb: u32,
    /// Whether what the next clicks need is fetched ahead of them, by a process of its own.
    pub refresh: bool,
}

impl Default for Cache {
    fn default() -> Cache {
        Cache {
            fresh_seconds: 60,
            budget_mb: 64,
            refresh: true,
        }
    }
}

/// `[gate]`: who works, who waits, how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// Pages of one user that may wait.
    pub waiting: u32,
    /// For how many seconds at most.
    pub wait_seconds: u32,
    /// After how many seconds a request gives up, the wait included.
    pub deadline_seconds: u32,
    /// Requests with a session that may work or wait at once in the whole installation.
    pub total: u32,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate {
            waiting: 2,
            wait_seconds: 10,
            deadline_seconds: 25,
            total: 16,
        }
    }
}

/// `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Failed sign-ins a minute before an address, or an account, has to wait.
    pub logins_per_minute: u32,
    /// How many MB may be attached to one message.
    pub upload_mb: u32,
    /// The same as `rows` in `[settings]`.
    #[serde(skip_serializing)]
    pub rows: Option<u32>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            logins_per_minute: 5,
            upload_mb: 25,
            rows: None,
        }
    }
}

/// When https is taken for granted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Https {
    /// As the web server says.
    #[default]
    Auto,
    /// Always: a proxy in front ends TLS.
    Always,
}

/// Everything that can be configured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where state is kept; absolute. None stands for `~/.postern`.
    pub state_dir: Option<PathBuf>,
    /// What all links begin with, where it cannot be told from the request: `/mail`.
    pub base_url: Option<String>,
    /// When https is taken for granted.
    pub https: Https,
    /// Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Allow sign-in over plain http from anywhere.
    pub allow_http: bool,
    /// Allow sign-in below an address such as `/~ann`, whose neighbours can read what is opened here.
    pub allow_shared_origin: bool,
    /// The same as `time_zone` in `[settings]`.
    #[serde(skip_serializing)]
    pub time_zone: Option<String>,
    /// `[imap]`.
    pub imap: ImapServer,
    /// `[[domain]]`.
    pub domain: Vec<Domain>,
    /// `[smtp]`; None where messages are handed to a program.
    pub smtp: Option<SmtpServer>,
    /// The program, compatible with sendmail, that messages are handed to where there is no `[smtp]`; absolute. None stands
    /// for the one in its usual place.
    pub sendmail: Option<PathBuf>,
    /// `[cache]`.
    pub cache: Cache,
    /// `[gate]`.
    pub gate: Gate,
    /// `[limits]`.
    pub limits: Limits,
    /// `[identities]`: which addresses messages may be sent from.
    pub identities: Identities,
    /// `[settings]`: what counts until a user has chosen.
    pub settings: Chosen,
    /// `[fixed]`: what counts whatever a user has chosen.
    pub fixed: Chosen,
    /// The file that all this was read from; None where there was none.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

impl Config {
    /// Reads the configuration of the binary at `exe`, of the user whose home `home` finds.
    ///
    /// # Errors
    /// `Setup`, naming file, line and key, where a file cannot be read or says what it must not.
    pub fn read(exe: &Path, home: impl FnOnce() -> Option<PathBuf>) -> Result<Config> {
        for file in places(exe, home) {
            match fs::read_to_string(&file) {
                Ok(text) => return Config::parse(&text, &file),
                Err(e)
                    if matches!(
                        e.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) => {}
                Err(e) => return Err(faults::unreadable(&file, &e)),
            }
        }
        Ok(Config::default())
    }

    /// All that counts of a configuration that could not be read: where the state is, in so far as that can be made out.
    pub fn salvaged(exe: &Path, home: impl FnOnce() -> Option<PathBuf>) -> Config {
        let text = places(exe, home).find_map(|file| fs::read_to_string(file).ok());
        Config {
            state_dir: text.and_then(|text| faults::state_dir(&text)),
            ..Config::default()
        }
    }

    /// Reads the text of a configuration file; `file` only names it in errors.
    ///
    /// # Errors
    /// `Setup`, naming file, line and key.
    pub fn parse(text: &str, file: &Path) -> Result<Config> {
        let mut config: Config =
            toml::from_str(text).map_err(|e| faults::not_understood(text, file, &e))?;
        let unknown = |key: &str, rule: &str| Err(faults::unknown(text, file, key, rule));
        let broken = |key: &str, rule: &str| Err(faults::broken(text, file, key, rule));
        let settings = &mut config.settings;
        settings.rows = settings.rows.or(config.limits.rows.take());
        settings.time_zone = settings.time_zone.take().or(config.time_zone.take());
        for layer in [&config.settings, &config.fixed] {
            if let Some(key) = layer.other.keys().next() {
                return unknown(key, "is not a setting");
            }
            let folders = layer.folders.as_ref();
            if let Some(key) = folders.and_then(FolderChoices::unknown_key) {
                return unknown(key, "is not a setting of folders");
            }
            if let Some((key, rule)) = layer.broken_rule() {
                return broken(key, rule);
            }
        }
        if let Some((key, rule)) = config.broken_rule() {
            return broken(key, rule);
        }
        config.file = Some(file.to_owned());
        Ok(config)
    }

    /// The first key whose value the types allow and the program does not.
    fn broken_rule(&self) -> Option<(&'static str, &'static str)> {
        let gate = &self.gate;
        let servers = || std::iter::once(&self.imap).chain(self.domain.iter().map(|d| &d.imap));
        let rules = [
            (
                "state_dir",
                self.state_dir.as_ref().is_some_and(|d| !d.is_absolute()),
                "must be an absolute path",
            ),
            (
                "base_url",
                self.base_url.as_ref().is_some_and(|b| !is_base(b)),
                "must be a path such as /mail, without a slash at its end",
            ),
            (
                "host",
                servers()
                    .map(|s| &s.host)
                    .chain(self.smtp_servers().map(|s| &s.host))
                    .any(|host| host.is_empty() || host.contains(char::is_whitespace)),
                "must be a host name",
            ),
            (
                "sendmail",
                self.sendmail.as_ref().is_some_and(|p| !p.is_absolute()),
                "must be an absolute path",
            ),
            (
                "upload_mb",
                !(1..=128).contains(&self.limits.upload_mb),
                "must be 1 to 128",
            ),
            (
                "fresh_seconds",
                self.cache.fresh_seconds > 86_400,
                "must be at most 86400",
            ),
            (
                "budget_mb",
                !(4..=4096).contains(&self.cache.budget_mb),
                "must be 4 to 4096",
            ),
            (
                "waiting",
                !(1..=8).contains(&gate.waiting),
                "must be 1 to 8",
            ),
            (
                "wait_seconds",
                !(1..=60).contains(&gate.wait_seconds),
                "must be 1 to 60",
            ),
            (
                "deadline_seconds",
                !(5..=120).contains(&gate.deadline_seconds),
                "must be 5 to 120",
            ),
            (
                "total",
                !(8..=256).contains(&gate.total),
                "must be 8 to 256",
            ),
            (
                "logins_per_minute",
                !(1..=1000).contains(&self.limits.logins_per_minute),
                "must be 1 to 1000",
            ),
        ];
        rules
            .into_iter()
            .find(|(_, broken, _)| *broken)
            .map(|(key, _, rule)| (key, rule))
    }

    /// The realm and server of a login: those of its domain's table, else the empty realm and `[imap]`.
    pub fn server_for(&self, login: &str) -> (&str, &ImapServer) {
        let domain = login.rsplit_once('@').map(|(_, domain)| domain);
        self.domain
            .iter()
            .find(|d| domain.is_some_and(|name| d.name.eq_ignore_ascii_case(name)))
            .map_or(("", &self.imap), |d| (d.name.as_str(), &d.imap))
    }

    /// The server of a realm that `server_for` named; None where its table was taken out of the configuration.
    pub fn server_of_realm(&self, realm: &str) -> Option<&ImapServer> {
        if realm.is_empty() {
            return Some(&self.imap);
        }
        self.domain
            .iter()
            .find(|d| d.name == realm)
            .map(|d| &d.imap)
    }

    /// The submission server of a realm that `server_for` named; None where messages are handed to a program.
    pub fn smtp_of_realm(&self, realm: &str) -> Option<&SmtpServer> {
        let own = self.domain.iter().find(|d| d.name == realm);
        own.and_then(|d| d.smtp.as_ref()).or(self.smtp.as_ref())
    }

    /// True where somebody who signs in to a realm by this name may send from an address. A submission server knows who
    /// hands it a message, and can refuse it; a program does not, so there nobody takes the name of somebody else.
    pub fn may_send_as(&self, realm: &str, login: &str, address: &str) -> bool {
        let identities = &self.identities;
        let is_checked = self.smtp_of_realm(realm).is_some();
        identities.allows(login, address) && (is_checked || identities.keeps_name(login, address))
    }

    fn smtp_servers(&self) -> impl Iterator<Item = &SmtpServer> {
        let own = self.domain.iter().filter_map(|d| d.smtp.as_ref());
        own.chain(self.smtp.as_ref())
    }

    /// True where any server is reached by TLS.
    pub fn connects_by_tls(&self) -> bool {
        let mut servers = std::iter::once(&self.imap).chain(self.domain.iter().map(|d| &d.imap));
        let mut submission = self.smtp_servers();
        servers.any(|s| s.security() != Security::None)
            || submission.any(|s| s.security() != Security::None)
    }

    /// How many bytes may be attached to one message.
    pub fn most_attached(&self) -> u64 {
        u64::from(self.limits.upload_mb).saturating_mul(1_000_000)
    }

    /// Bytes on disk that a user's store may take before it is rebuilt.
    pub fn store_budget(&self) -> u64 {
        u64::from(self.cache.budget_mb).saturating_mul(1024 * 1024)
    }

    /// What the hoster says of settings.
    pub fn hoster(&self) -> Hoster<'_> {
        Hoster {
            settings: &self.settings,
            fixed: &self.fixed,
        }
    }

    /// The values in use, as a configuration file would say them.
    pub fn printed(&self) -> String {
        let in_use = Settings::resolve(self.hoster(), &Chosen::default());
        let with_built_in = Config {
            settings: in_use.into_chosen(),
            ..self.clone()
        };
        toml::to_string(&with_built_in).unwrap_or_else(|e| e.to_string())
    }

    /// How long a request may take before it gives up, the wait at the gate included.
    pub fn soft_deadline(&self) -> Duration {
        Duration::from_secs(self.gate.deadline_seconds.into())
    }
}

/// The files that may have the configuration, the first that exists has it.
fn places(exe: &Path, home: impl FnOnce() -> Option<PathBuf>) -> impl Iterator<Item = PathBuf> {
    let beside = exe.parent().map(|dir| dir.join(".htpostern.toml"));
    // Asked only where it is needed: the password database is several files.
    let at_home = || home().map(|home| home.join(".postern/postern.toml"));
    [beside]
        .into_iter()
        .chain(std::iter::once_with(at_home))
        .flatten()
}

/// A base that links can be made with: a plain path, or an https address with one.
fn is_base(base: &str) -> bool {
    let plain = base
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"\"'<>?#\\".contains(&b));
    plain && !base.ends_with('/') && (base.is_empty() || base.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Cause, Error};

    fn parse(text: &str) -> Result<Config> {
        Config::parse(text, Path::new("/x/postern.toml"))
    }

    fn refusal(text: &str) -> String {
        match parse(text) {
            Err(Error::Setup(_, Cause(why))) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_configured_is_imap_on_localhost() {
        let config = parse("").unwrap();
        assert_eq!(config.server_for("ann").1.port(), 143);
        assert_eq!(config.gate.total, 16);
    }

    #[test]
    fn a_domain_has_its_own_server() {
        let text = "[imap]\nhost = 'a'\n[[domain]]\nname = 'Example.org'\nimap = { host = 'b' }";
        let config = parse(text).unwrap();
        assert_eq!(config.server_for("ann@example.ORG").0, "Example.org");
        assert_eq!(config.server_for("ann@example.ORG").1.port(), 993);
        assert_eq!(config.server_for("ann@elsewhere.org").1.host, "a");
    }

    #[test]
    fn what_is_wrong_is_named_with_file_line_and_key() {
        for (text, line, key) in [
            ("[gate]\nwaitng = 3", "2", "waitng"),
            ("[gate]\n\nwaiting = 99", "3", "waiting"),
            ("state_dir = 'relative'", "1", "state_dir"),
            ("[imap]\nsecurity = 'maybe'", "2", "security"),
            ("base_url = 'https://example.org/'", "1", "base_url"),
            ("[settings]\nrows = 9", "2", "rows"),
            ("[limits]\nrows = 9", "2", "rows"),
            ("[fixed]\nrows = 'many'", "2", "rows"),
            ("[settings]\nmarked = 'gone'", "2", "marked"),
            ("[settings.folders]\nfavorites = []", "2", "favorites"),
            (
                "[fixed.folders.roles]\nsent = 'a'\narchiv = 'x'",
                "3",
                "archiv",
            ),
            ("[settings]\nafter_delete = 'top'", "2", "after_delete"),
            ("[fixed]\ntime_zone = 'Nowhere/Atlantis'", "2", "time_zone"),
            ("[settings]\n\ncolour = 'red'", "3", "colour"),
        ] {
            let why = refusal(text);
            assert!(why.contains("/x/postern.toml"), "{why}");
            assert!(why.contains(&format!("line {line}")), "{why}");
            assert!(why.contains(key), "{why}");
        }
    }
}
