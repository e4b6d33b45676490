//! A private imap4d of GNU mailutils: a folder is an mbox file, and hardly an extension is offered: no UIDPLUS, no MOVE, no SORT.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;

use super::client::MailClient;
use super::place::{self, Place};
use super::server::{Server, retry_ports};
use super::unpacked::Unpacked;

/// What brings it.
const SERVERS: [&str; 3] = ["mailutils-imap4d", "mailutils-common", "libmailutils9"];
const LIBRARIES: [&str; 9] = [
    "libgsasl18",
    "libgssglue1",
    "libidn12",
    "libldap-2.5-0",
    "libmariadb3",
    "libntlm0",
    "libpq5",
    "libsasl2-2",
    "libwrap0",
];

/// The one login: a domain stands behind it, since users of domains need no account of the machine.
pub const LOGIN: &str = "ann@example.org";

/// Its password.
pub const PASSWORD: &str = "secret";

/// A running imap4d.
#[derive(Debug)]
pub struct Imap4d {
    _server: Server,
    address: SocketAddr,
    _place: Place,
}

impl Imap4d {
    /// Starts it; the one user has an empty INBOX.
    pub fn start() -> Imap4d {
        let place = Place::new("imap4d");
        let unpacked = Unpacked::of("mailutils", &SERVERS, &LIBRARIES, &place);
        let home = place.worker_dir("home", 0o700);
        fs::write(home.join("INBOX"), "").expect("INBOX");
        place::give_to_worker(&home.join("INBOX"));
        let (_, domain) = LOGIN.split_once('@').expect("a domain");
        fs::create_dir(place.join("domains")).expect("domains/");
        place.write(
            &format!("domains/{domain}"),
            account(&home.display().to_string()),
        );
        let (server, address) = retry_ports(|| {
            let port = place::free_port();
            let text = configuration(&place.path().display().to_string(), port);
            let conf = place.write("imap4d.conf", text);
            let arguments = [&format!("--config-file={}", conf.display()), "--foreground"];
            let command = unpacked.command("/usr/sbin/imap4d", &arguments);
            let output = place.join("imap4d.out");
            let mut server = Server::start("imap4d", "/usr/bin/env", command, &output);
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            server.wait_until(|| TcpStream::connect(address).is_ok())?;
            Ok((server, address))
        });
        Imap4d {
            _server: server,
            address,
            _place: place,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The user's other mail program, signed in.
    pub fn client(&self) -> MailClient {
        MailClient::connect(self.address, LOGIN, PASSWORD)
    }
}

/// A line as in passwd(5).
fn account(home: &str) -> String {
    let (name, _) = LOGIN.split_once('@').expect("a domain");
    let hashed = Command::new("/usr/bin/openssl")
        .args(["passwd", "-6", PASSWORD])
        .output()
        .expect("openssl");
    let hashed = String::from_utf8(hashed.stdout).expect("a hash");
    let worker = place::worker();
    let (uid, gid) = (worker.uid, worker.gid);
    format!(
        "{name}:{}:{uid}:{gid}:{name}:{home}:/bin/false\n",
        hashed.trim()
    )
}

fn configuration(here: &str, port: u16) -> String {
    format!(
        "auth {{
  authentication virtdomain:generic;
  authorization virtdomain;
}};
virtdomain {{
  passwd-dir \"{here}/domains\";
}};
mailbox {{
  mail-spool \"{here}/spool\";
}};
mode daemon;
foreground yes;
server 127.0.0.1:{port} {{ }};
logging {{
  syslog no;
}};
"
    )
}
