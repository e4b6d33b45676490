//! A private Courier: a Maildir in which everything lies below INBOX, no MOVE, no UIDNEXT, no ESEARCH.
//!
//! Its door is ours: Courier's own asks a service of the machine whether a password is right. It says what Courier's door says,
//! takes any password, and hands the connection to Courier's server as that does, in variables. What follows LOGIN in the
//! same packet is lost at the real door; here it is kept.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use super::client::MailClient;
use super::place::{self, Place};
use super::server::Server;
use super::unpacked::Unpacked;

/// What brings it; gamin tells it of changes, and without that each sign-in waits for more than a second.
const SERVERS: [&str; 6] = [
    "courier-imap",
    "courier-base",
    "courier-authlib",
    "libcourier-unicode4",
    "libgamin0",
    "gamin",
];
const LIBRARIES: [&str; 4] = ["libgdbm6", "libglib2.0-0", "libidn12", "libpcre2-8-0"];

/// As Debian's configuration has it.
const ABLE: &str =
    "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE";

/// A running Courier, and its one mailbox, whoever signs in.
#[derive(Debug)]
pub struct Courier {
    _watcher: Server,
    address: SocketAddr,
    _place: Place,
}

/// What starts its server for a connection.
struct Door {
    program: PathBuf,
    home: PathBuf,
    variables: BTreeMap<&'static str, String>,
}

impl Courier {
    /// Starts it.
    pub fn start() -> Courier {
        let place = Place::new("courier");
        let unpacked = Unpacked::of("courier", &SERVERS, &LIBRARIES, &place);
        let home = place.worker_dir("home", 0o700);
        for directory in ["Maildir", "Maildir/cur", "Maildir/new", "Maildir/tmp"] {
            place.worker_dir(&format!("home/{directory}"), 0o700);
        }
        let name = place.path().file_name().and_then(|name| name.to_str());
        let name = name.expect("a name").to_owned();
        let watcher = unpacked.command("/usr/libexec/gam_server", &["--notimeout", &name]);
        let output = place.join("gamin.out");
        let watcher = Server::start("gamin", "/usr/bin/env", watcher, &output);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let door = Arc::new(Door {
            program: unpacked.file("/usr/bin/imapd"),
            variables: BTreeMap::from([
                ("LD_LIBRARY_PATH", unpacked.libraries()),
                ("GAM_CLIENT_ID", name),
                ("HOME", home.display().to_string()),
                ("PROTOCOL", "IMAP".to_owned()),
                ("TCPREMOTEIP", "127.0.0.1".to_owned()),
                ("TCPREMOTEPORT", "1".to_owned()),
                ("IMAP_CAPABILITY", ABLE.to_owned()),
                ("IMAP_KEYWORDS", "1".to_owned()),
                ("IMAP_ACL", "1".to_owned()),
                ("IMAP_USELOCKS", "1".to_owned()),
            ]),
            home,
        });
        // Lasts as long as the program: nobody speaks to it after its test.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let door = Arc::clone(&door);
                thread::spawn(move || {
                    // Who leaves before signing in has nothing to be told.
                    let _left = door.opens(client);
                });
            }
        });
        Courier {
            _watcher: watcher,
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
        MailClient::connect(self.address, "ann", "any")
    }
}

impl Door {
    fn opens(&self, mut client: TcpStream) -> io::Result<()> {
        let able = format!("CAPABILITY {ABLE} ACL ACL2=UNION ENABLE UTF8=ACCEPT");
        write!(client, "* OK [{able}] Courier-IMAP ready.\r\n")?;
        loop {
            let line = line(&mut client)?;
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            let verb = command.split(' ').next().unwrap_or_default();
            match verb.to_ascii_uppercase().as_str() {
                "LOGIN" => return self.serve(client, tag),
                "CAPABILITY" => write!(client, "* {able}\r\n{tag} OK CAPABILITY completed\r\n")?,
                "LOGOUT" => {
                    return write!(
                        client,
                        "* BYE Courier-IMAP server shutting down\r\n{tag} OK LOGOUT completed\r\n"
                    );
                }
                _ => write!(
                    client,
                    "{tag} NO Error in IMAP command received by server.\r\n"
                )?,
            }
        }
    }

    fn serve(&self, client: TcpStream, tag: &str) -> io::Result<()> {
        let (from, to) = (client.try_clone()?, client);
        let mut command = Command::new(&self.program);
        command
            .arg("Maildir")
            .env_clear()
            .envs(&self.variables)
            .env("AUTHENTICATED", "ann")
            .env("IMAPLOGINTAG", tag)
            .current_dir(&self.home)
            .stdin(OwnedFd::from(from))
            .stdout(OwnedFd::from(to))
            .stderr(Stdio::null());
        if place::are_we_root() {
            let worker = place::worker();
            command.uid(worker.uid).gid(worker.gid);
        }
        let mut server = command.spawn()?;
        // Its ends of the connection are those of the server from here on.
        drop(command);
        server.wait().map(|_| ())
    }
}

/// A line, and not a byte of what follows.
fn line(from: &mut TcpStream) -> io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\r\n") {
        from.read_exact(&mut byte)?;
        line.extend(byte);
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}
