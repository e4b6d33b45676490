//! Where messages go: a real SMTP server (aiosmtpd), or a program in the place of sendmail. Both keep what they take.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::certificates;
use super::install::{self, Part};
use super::place::{self, Place};
use super::server::{Server, retry_ports};

/// The server, as a script.
const SCRIPT: &str = include_str!("smtp_sink.py");

/// The program in the place of sendmail: it keeps its arguments and its input, and does as the file `rules` says.
const PROGRAM: &str = r#"#!/bin/sh
cd "PLACE" || exit 75
[ -f late ] && sleep "$(cat late)"
new=$(mktemp mail.XXXXXX.new) || exit 75
printf '%s\n' "$*" > "$new"
env | sort | sed 's/^/env /' > env.seen
cat >> "$new" || exit 75
if [ -f says ]; then rm "$new"; cat says >&2; exit "$(cat code)"; fi
mv "$new" "${new%.new}"
"#;

/// The same, but that it puts all it gets into one mailbox.
const DELIVERING: &str = r#"#!/bin/sh
to=$(dirname "$0")/maildir
name=$(date +%s).$$.demo
cat > "$to/tmp/$name" && mv "$to/tmp/$name" "$to/new/$name"
"#;

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Who it is from, to whom, and what else was said: of a program, its arguments.
    pub about: Value,
    /// Its bytes.
    pub mail: Vec<u8>,
}

impl Taken {
    /// The mail as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.mail).into_owned()
    }
}

/// An SMTP server that keeps what it takes.
pub struct SmtpSink {
    _server: Server,
    address: SocketAddr,
    place: Place,
}

impl SmtpSink {
    /// Starts it; with `auth` it wants a name and a password.
    pub fn start(auth: bool) -> SmtpSink {
        SmtpSink::start_in(Place::new("smtp"), auth)
    }

    /// Starts it: it wants a name and a password, and TLS before these. Its certificate is for a server of these names.
    pub fn protected(security: &str, names: &str) -> SmtpSink {
        let place = Place::new("smtp");
        certificates::make(&place, names);
        place.write("security", security);
        SmtpSink::start_in(place, true)
    }

    fn start_in(place: Place, auth: bool) -> SmtpSink {
        install::need(Part::Aiosmtpd);
        fs::write(place.join("sink.py"), SCRIPT).expect("the script");
        fs::write(place.join("rules"), "{}").expect("the rules");
        if auth {
            fs::write(place.join("auth"), "").expect("the rules");
        }
        let (server, address) = retry_ports(|| {
            let port = place::free_port();
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let args = [
                place.join("sink.py"),
                PathBuf::from(port.to_string()),
                place.path().to_owned(),
            ];
            let output = place.join("sink.out");
            let mut server = Server::start("aiosmtpd", "/usr/bin/python3", args, &output);
            server.wait_until(|| TcpStream::connect(address).is_ok())?;
            Ok((server, address))
        });
        SmtpSink {
            _server: server,
            address,
            place,
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The table of the program's configuration that names it.
    pub fn config(&self) -> String {
        format!(
            "[smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"",
            self.address.port()
        )
    }

    /// The certificate of the authority that has signed its own.
    pub fn ca_file(&self) -> PathBuf {
        certificates::authority(self.place.path())
    }

    /// From now on it does so: `{"refuse": {"bo@example.org": "550 no"}}`.
    pub fn rules(&self, rules: Value) {
        let new = self.place.join("rules.new");
        fs::write(&new, rules.to_string()).expect("the rules");
        fs::rename(&new, self.place.join("rules")).expect("the rules");
    }

    /// How often somebody has told it a password, right or wrong.
    pub fn passwords(&self) -> usize {
        fs::read(self.place.join("signed.in")).map_or(0, |all| all.len())
    }

    /// What it has taken, in order.
    pub fn taken(&self) -> Vec<Taken> {
        taken(self.place.path())
    }
}

/// A program in the place of sendmail.
pub struct Sendmail {
    place: Place,
}

impl Sendmail {
    /// One that keeps what it takes.
    pub fn new() -> Sendmail {
        let place = Place::new("sendmail");
        let dir = place.worker_dir("kept", 0o700);
        Sendmail::made(place, &PROGRAM.replace("PLACE", &dir.display().to_string()))
    }

    /// One that puts all it takes into a mailbox, as soon as it is told into which.
    pub fn delivering() -> Sendmail {
        Sendmail::made(Place::new("sendmail"), DELIVERING)
    }

    /// From now on all goes into this one.
    pub fn delivers_into(&self, maildir: &Path) {
        std::os::unix::fs::symlink(maildir, self.place.join("maildir")).expect("a link");
    }

    /// msmtp, which hands all it gets to a server.
    pub fn msmtp(sink: &SmtpSink) -> Sendmail {
        install::need(Part::Msmtp);
        let place = Place::new("msmtp");
        let config = place.join("msmtprc");
        let port = sink.address.port();
        let text = format!("account default\nhost 127.0.0.1\nport {port}\nauth off\ntls off\n");
        fs::write(&config, text).expect("its configuration");
        let config = config.display();
        let script = format!("#!/bin/sh\nexec /usr/bin/msmtp -C '{config}' \"$@\"\n");
        Sendmail::made(place, &script)
    }

    /// One that is this script.
    pub fn made(place: Place, script: &str) -> Sendmail {
        let program = place.join("sendmail");
        fs::write(&program, script).expect("the program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the program");
        Sendmail { place }
    }

    /// The line of the program's configuration that names it.
    pub fn setting(&self) -> String {
        format!("sendmail = \"{}\"", self.place.join("sendmail").display())
    }

    /// From now on it takes nothing, says this, and ends with this code.
    pub fn refuses(&self, code: u8, says: &str) {
        fs::write(self.kept().join("says"), says).expect("the rules");
        fs::write(self.kept().join("code"), code.to_string()).expect("the rules");
    }

    /// From now on it takes what comes.
    pub fn takes(&self) {
        fs::remove_file(self.kept().join("says")).expect("the rules");
    }

    /// What it has taken, in no order.
    pub fn taken(&self) -> Vec<Taken> {
        taken(&self.kept())
    }

    /// The environment that it had last.
    pub fn environment(&self) -> String {
        fs::read_to_string(self.kept().join("env.seen")).expect("what it saw")
    }

    fn kept(&self) -> PathBuf {
        self.place.join("kept")
    }
}

fn taken(dir: &Path) -> Vec<Taken> {
    let is_mail = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("mail.") && !name.ends_with(".new"))
    };
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .expect("the sink")
        .map(|entry| entry.expect("the sink").path())
        .filter(is_mail)
        .collect();
    files.sort_by_key(|path| {
        let number = path
            .extension()
            .and_then(|n| n.to_str())
            .and_then(|n| n.parse::<u64>().ok());
        (number, path.clone())
    });
    files
        .iter()
        .map(|path| {
            let bytes = fs::read(path).expect("a mail");
            let line = bytes
                .iter()
                .position(|b| *b == b'\n')
                .expect("a first line");
            let about = String::from_utf8_lossy(&bytes[..line]).into_owned();
            Taken {
                about: serde_json::from_str(&about).unwrap_or_else(|_| json!(about)),
                mail: bytes[line + 1..].to_vec(),
            }
        })
        .collect()
}
