//! `postern check`: what a hoster would otherwise find out one error page at a time, and what to do about it.

mod host;
mod served;
mod tried;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::ahead;
use crate::checks;
use crate::config::{Config, ImapServer, Security};
use crate::error::{Cause, Error, Imap, Result};
use crate::later::Later;
use crate::process;
use crate::remote::{Account, Remote};
use crate::seal::Secret;
use crate::state::{self, State};
use crate::submission::{self, Way};
use crate::time::Deadline;

use tried::Tried;

/// How long a mail server may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// One line for each thing that was looked at.
#[derive(Default)]
struct Report {
    wrong: u32,
}

impl Report {
    fn good(&self, what: &str) {
        println!("ok     {what}");
    }

    fn note(&self, what: &str) {
        println!("note   {what}");
    }

    fn wrong(&mut self, what: &str) {
        self.wrong = self.wrong.saturating_add(1);
        println!("WRONG  {what}");
    }
}

/// What is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish<'a> {
    /// Everything that can be looked at without a reader's password; the web server at this address too.
    Everything(Option<&'a str>),
    /// One lock in this state directory: this is the second process of a `check`.
    Lock(&'a str),
}

impl<'a> Wish<'a> {
    /// Reads the arguments behind `check`; None where they make no sense.
    pub fn read(arguments: &[&'a str]) -> Option<Wish<'a>> {
        match arguments {
            [] => Some(Wish::Everything(None)),
            ["--url", address] => Some(Wish::Everything(Some(address))),
            other => checks::host::is_second(other).map(Wish::Lock),
        }
    }
}

/// Looks at it.
pub fn run(wish: Wish) -> ExitCode {
    match wish {
        Wish::Everything(address) => everything(address),
        Wish::Lock(dir) => {
            let config = Config::read(&program(), process::home).map(|config| Config {
                state_dir: Some(PathBuf::from(dir)),
                ..config
            });
            match config.and_then(|config| checks::host::try_lock(&config)) {
                Ok(code) => ExitCode::from(code),
                Err(error) => {
                    eprintln!("postern: {}", told(&error));
                    ExitCode::FAILURE
                }
            }
        }
    }
}

fn program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/"))
}

fn everything(address: Option<&str>) -> ExitCode {
    let mut report = Report::default();
    let exe = program();
    if !is_right_user(&mut report, &exe) {
        return ExitCode::FAILURE;
    }
    match Config::read(&exe, process::home) {
        Ok(config) => {
            match &config.file {
                Some(file) => report.good(&format!("configuration {}", file.display())),
                None => report.note("no configuration file found; using the defaults"),
            }
            for file in config.file.iter().chain([&exe]) {
                if let Err(error) = state::judge_program_file(file) {
                    report.wrong(&told(&error));
                }
            }
            state_dir(&mut report, &config, address);
            let domains = config.domain.iter().map(|d| (d.name.as_str(), &d.imap));
            for (domain, server) in std::iter::once(("", &config.imap)).chain(domains) {
                imap(&mut report, domain, server);
            }
            let domains = config.domain.iter().map(|d| d.name.as_str());
            for domain in std::iter::once("").chain(domains) {
                sending(&mut report, domain, &config);
            }
            host::limits(&mut report, &process::limits(), config.gate.total);
            println!("\nSettings in use:\n\n{}", config.printed());
        }
        Err(error) => report.wrong(&told(&error)),
    }
    if report.wrong == 0 {
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

/// Whether this is a user that a web server may run the program as; what is found out as root is true of root alone.
fn is_right_user(report: &mut Report, exe: &Path) -> bool {
    let user = process::user();
    let owner = fs::metadata(exe).map_or(user, |found| found.uid());
    if user == 0 {
        let who = match owner {
            0 => "www-data".to_owned(),
            owner => format!("'#{owner}'"),
        };
        report.wrong(&format!(
            "root is not the user that the web server runs Postern as, so check did nothing. Run it as that user, for example: sudo -u {who} {} check",
            exe.display()
        ));
        return false;
    }
    // Root's may be run as anybody: suEXEC runs none of them, so the web server does.
    if user != owner && owner != 0 {
        report.wrong(&format!(
            "the program belongs to user {owner}, and check was run as user {user}, so it did nothing. Run it as the user that owns the program, for example: sudo -u '#{owner}' {} check. If the web server runs CGI programs as its own user (no suEXEC), the program and its configuration must belong to that user or to root",
            exe.display()
        ));
        return false;
    }
    if user != owner {
        report.note(&format!(
            "checking as user {user}, and the program belongs to root. That is right only if the web server runs CGI programs as this user (no suEXEC)"
        ));
    }
    true
}

/// What is the matter, and what to do about it where the system's own words do not say.
fn told(error: &Error) -> String {
    let cause = without_numbers(&error.log_kind().1);
    if cause.ends_with("Permission denied") {
        return format!(
            "{cause}. Run check as the user that Postern runs as; if it is that user, correct the owner and the permissions"
        );
    }
    cause
}

/// Without the numbers behind the words of the system, which are for programmers: `(os error 13)`.
fn without_numbers(cause: &str) -> String {
    let mut pieces = cause.split(" (os error ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |said, piece| {
        said + piece.split_once(')').map_or("", |(_, rest)| rest)
    })
}

fn state_dir(report: &mut Report, config: &Config, address: Option<&str>) {
    let mode = State::place(config).and_then(|dir| fs::symlink_metadata(dir).ok());
    if mode.is_some_and(|found| found.is_dir() && found.mode() & 0o077 != 0) {
        report.note("state directory: other users of this machine could open it; Postern has closed it to them. If you do not trust them, delete the directory (everyone must then sign in again)");
    }
    let looked_at = Tried::of(config).and_then(|tried| {
        match State::open(&tried.config, &[]) {
            Ok(state) => inside(report, &tried, &state, address),
            Err(error) => {
                let what = format!("state directory: {}", told(&error));
                report.wrong(&tried.named(&what));
            }
        }
        tried.remove()
    });
    if let Err(error) = looked_at {
        report.wrong(&format!("state directory: {}", told(&error)));
    }
}

/// What is found in a state directory that can be used.
fn inside(report: &mut Report, tried: &Tried, state: &State, address: Option<&str>) {
    match tried.missing() {
        None => report.good(&format!("state directory {}", state.dir().display())),
        Some(dir) => report.good(&format!(
            "state directory {} can be created. Postern creates it at the first visit",
            dir.display()
        )),
    }
    report.note("every program that runs as this user (such as PHP of the same account) can read what Postern reads, and every page under the same host name can read its pages. If you can, give Postern its own account and host name");
    host::file_system(report, state.dir());
    host::locks(report, state);
    served::ask(report, state, address);
    report.note(Later::of(state).standing());
    report.note(ahead::standing(&tried.config, state));
}

/// Connects without a password: that it is refused shows that all before it works.
fn imap(report: &mut Report, domain: &str, server: &ImapServer) {
    let security = match server.security() {
        Security::Tls => "TLS",
        Security::Starttls => "STARTTLS",
        Security::None => "no TLS",
    };
    let of = if domain.is_empty() {
        String::new()
    } else {
        format!(" of {domain}")
    };
    let name = format!(
        "IMAP server{of} {}:{} ({security})",
        server.host,
        server.port()
    );
    if let Some(file) = &server.ca_file
        && !readable(file)
    {
        report.wrong(&format!("ca_file {} cannot be read", file.display()));
    }
    match greet(server) {
        Ok(()) => report.good(&format!("{name} answers")),
        Err(error) => report.wrong(&format!("{name} {}", trouble(&error))),
    }
    if server.security() != Security::None
        && server.ca_file.is_none()
        && !crate::request::has_hashed_certificates()
    {
        report.note("this system keeps its CA certificates in one large file, which slows down each connection. To be faster, set ca_file to the CA certificate of the mail server");
    }
}

/// What is wrong with a mail server, after its name, and what to do about it.
fn trouble(error: &Error) -> String {
    let Error::Imap(kind, Cause(cause)) = error else {
        return format!("cannot be used: {}", told(error));
    };
    // What was being done is plain here.
    let cause = cause.strip_prefix("connecting: ").unwrap_or(cause);
    let cause = without_numbers(cause);
    // `Connection refused`, but not `TLS ...`.
    let mut rest = cause.chars();
    let first = rest.next().map(|c| match rest.as_str().chars().next() {
        Some(second) if second.is_lowercase() => c.to_ascii_lowercase(),
        _ => c,
    });
    let cause: String = first.into_iter().chain(rest).collect();
    match kind {
        Imap::Unreachable => {
            format!("cannot be reached: {cause}. Set [imap] host (and port) in .htpostern.toml")
        }
        Imap::Timeout => format!(
            "does not answer in time: {cause}. Check [imap] host, port and security in .htpostern.toml, and firewalls"
        ),
        Imap::Certificate => format!(
            "has a certificate that is not trusted: {cause}. [imap] host must be the name in the certificate; for a private CA set ca_file"
        ),
        Imap::Garbled => format!(
            "does not speak IMAP as expected: {cause}. Check [imap] port and security in .htpostern.toml"
        ),
        Imap::Refused(_) | Imap::Goodbye(_) => format!("refuses the connection: {cause}"),
        Imap::LoginRefused | Imap::LoginLater | Imap::LoginInUse => {
            format!("refuses sign-ins: {cause}")
        }
    }
}

fn greet(server: &ImapServer) -> Result<()> {
    let account = Account {
        server,
        login: "postern-check",
        password: "postern-check",
        client: None,
    };
    let mut remote = Remote::new(account, None, Deadline::after(PATIENCE));
    match remote.ready().map(drop) {
        Err(Error::Imap(Imap::LoginRefused | Imap::LoginLater | Imap::LoginInUse, _)) => Ok(()),
        other => other,
    }
}

/// Whether messages can be sent, as far as that is seen without a password.
fn sending(report: &mut Report, domain: &str, config: &Config) {
    let own = config.domain.iter().find(|d| d.name == domain);
    if !domain.is_empty() && own.is_none_or(|own| own.smtp.is_none()) {
        // It is sent like everybody's.
        return;
    }
    let server = config.smtp_of_realm(domain);
    let way = Way::of(server, config.sendmail.as_deref(), "", &Secret::new(""));
    let name = match &way {
        Way::Server { server, .. } => format!("SMTP server {}:{}", server.host, server.port()),
        Way::Program(program) => format!("sendmail program {}", program.display()),
        Way::Nowhere => "sending".to_owned(),
    };
    match submission::probe(&way) {
        Ok(()) => report.good(&format!("{name} can be used")),
        Err((_, Some(Cause(cause)))) => report.wrong(&format!("{name} cannot be used: {}. Check [smtp] in .htpostern.toml", without_numbers(&cause))),
        Err((_, None)) => report.note("nobody can send messages: this machine has no sendmail program. Set [smtp] host (or sendmail) in .htpostern.toml"),
    }
    if domain.is_empty() && config.identities.domains.is_empty() && !config.identities.any {
        report.note("users send from the address that they sign in with. If they sign in with a user name, set [identities] domains so that they can send");
    }
}

fn readable(file: &Path) -> bool {
    std::fs::File::open(file).is_ok()
}
