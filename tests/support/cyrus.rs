//! A private Cyrus: the mailbox is a database, everything lies below INBOX, an RFC is hardly missing. It takes any password.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use super::client::MailClient;
use super::place::{self, Place};
use super::server::{Server, retry_ports};
use super::unpacked::Unpacked;

/// What brings it.
const SERVERS: [&str; 2] = ["cyrus-imapd", "cyrus-common"];
const LIBRARIES: [&str; 12] = [
    "libical3",
    "libicu72",
    "libjansson4",
    "libldap-2.5-0",
    "libpcre3",
    "libpq5",
    "libsasl2-2",
    "libsasl2-modules-db",
    "libsqlite3-0",
    "libwrap0",
    "libxapian30",
    "libxml2",
];

/// A running Cyrus. At her first sign-in somebody has an INBOX, and below it Sent, Drafts and Trash.
#[derive(Debug)]
pub struct Cyrus {
    _server: Server,
    address: SocketAddr,
    _place: Place,
}

impl Cyrus {
    /// Starts it.
    pub fn start() -> Cyrus {
        let place = Place::new("cyrus");
        let unpacked = Unpacked::of("cyrus", &SERVERS, &LIBRARIES, &place);
        for directory in ["conf", "run", "spool"] {
            place.worker_dir(directory, 0o700);
        }
        let here = place.path().display();
        let conf = place.write("imapd.conf", configuration(&here.to_string()));
        let conf = conf.display();
        let (server, address) = retry_ports(|| {
            let port = place::free_port();
            let imapd = unpacked.file("/usr/lib/cyrus/bin/imapd");
            let services = format!(
                "START {{\n}}\nSERVICES {{\n  imap cmd=\"{} -C {conf}\" listen=\"127.0.0.1:{port}\" prefork=0 maxchild=100\n}}\nEVENTS {{\n}}\n",
                imapd.display()
            );
            let services = place.write("cyrus.conf", services);
            let arguments = format!("-C {conf} -M {} -p {here}/run/pid -D", services.display());
            let arguments: Vec<&str> = arguments.split(' ').collect();
            let command = unpacked.command("/usr/lib/cyrus/bin/master", &arguments);
            let output = place.join("cyrus.out");
            let mut server = Server::start("cyrus", "/usr/bin/env", command, &output);
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            server.wait_until(|| TcpStream::connect(address).is_ok())?;
            Ok((server, address))
        });
        Cyrus {
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
    pub fn client(&self, login: &str) -> MailClient {
        MailClient::connect(self.address, login, "any")
    }
}

fn configuration(here: &str) -> String {
    let worker = place::worker();
    let (name, group) = (&worker.name, &worker.group);
    format!(
        "configdirectory: {here}/conf
defaultpartition: default
partition-default: {here}/spool
proc_path: {here}/run/proc
mboxname_lockpath: {here}/run/lock
idlesocket: {here}/run/idle
lmtpsocket: {here}/run/lmtp
notifysocket: {here}/run/notify
cyrus_user: {name}
cyrus_group: {group}
altnamespace: no
unixhierarchysep: no
virtdomains: off
allowplaintext: yes
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
autocreate_quota: 0
autocreate_inbox_folders: Sent | Drafts | Trash
autocreate_subscribe_folders: Sent | Drafts | Trash
skiplist_unsafe: yes
"
    )
}
