//! Debian's Postfix with a configuration of its own, on this machine alone: what it takes goes on to a sink.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::install::{self, Part};
use super::place::{self, Place};
use super::server::{Server, retry_ports};
use super::sink::{Sendmail, SmtpSink};

const PROGRAM: &str = "/usr/sbin/postfix";

/// Its services, none of them in a chroot.
const SERVICES: &str = "ADDRESS inet n - n - - smtpd -o max_use=1
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
";

/// It takes what is small, in ASCII, and for whom `recipients` refuses nothing.
const CONFIGURATION: &str = "compatibility_level = 3.6
queue_directory = PLACE/queue
data_directory = PLACE/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example
mydestination = example.org
inet_protocols = ipv4
local_recipient_maps =
local_transport = smtp:[127.0.0.1]:SINK
default_transport = smtp:[127.0.0.1]:SINK
smtp_dns_support_level = disabled
message_size_limit = 1048576
mailbox_size_limit = 0
smtputf8_enable = no
smtpd_discard_ehlo_keywords = 8bitmime, dsn, etrn, chunking
smtpd_recipient_restrictions = check_recipient_access texthash:PLACE/recipients, permit_mynetworks, reject
smtpd_peername_lookup = no
maillog_file = PLACE/log
maillog_file_prefixes = PLACE
";

/// A running Postfix.
pub struct Postfix {
    _server: Server,
    address: SocketAddr,
    place: Place,
}

impl Postfix {
    /// One that hands all on to this sink. It needs root, as any Postfix does.
    pub fn before(sink: &SmtpSink) -> Postfix {
        install::need(Part::Postfix);
        let place = Place::new("postfix");
        for dir in ["conf", "queue", "data"] {
            fs::create_dir(place.join(dir)).expect("a directory");
        }
        fs::write(place.join("recipients"), "").expect("its recipients");
        let owned = Command::new("chown")
            .arg("postfix")
            .arg(place.join("data"))
            .status();
        assert!(owned.is_ok_and(|status| status.success()), "chown postfix");
        let (server, address) = retry_ports(|| {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, place::free_port()));
            let here = place.path().display().to_string();
            let text = CONFIGURATION.replace("PLACE", &here);
            let text = text.replace("SINK", &sink.port().to_string());
            fs::write(place.join("conf/main.cf"), text).expect("its configuration");
            let services = SERVICES.replace("ADDRESS", &address.to_string());
            fs::write(place.join("conf/master.cf"), services).expect("its services");
            let conf = place.join("conf");
            let args = ["-c".as_ref(), conf.as_os_str(), "start-fg".as_ref()];
            let mut server = Server::start("postfix", PROGRAM, args, &place.join("postfix.out"));
            server.wait_until(|| TcpStream::connect(address).is_ok())?;
            Ok((server, address))
        });
        Postfix {
            _server: server,
            address,
            place,
        }
    }

    /// From now on it answers so to recipients: `cas@example.org 550 no`.
    pub fn recipients(&self, lines: &str) {
        let new = self.place.join("recipients.new");
        fs::write(&new, format!("{lines}\n")).expect("its recipients");
        fs::rename(&new, self.place.join("recipients")).expect("its recipients");
    }

    /// Its own program in the place of sendmail, run by whoever the web server's programs run as.
    ///
    /// For all programs but root's, Debian's `postdrop` has the right to write where messages wait, and therefore takes no other
    /// configuration than the machine's. This one is a copy without that right, and everybody may write there.
    pub fn sendmail(&self) -> Sendmail {
        for dir in ["submit", "bin"] {
            fs::create_dir(self.place.join(dir)).expect("a directory");
        }
        fs::copy("/usr/sbin/postdrop", self.place.join("bin/postdrop")).expect("postdrop");
        for (path, mode) in [
            ("bin/postdrop", 0o755),
            ("queue/maildrop", 0o1733),
            ("queue/public", 0o711),
        ] {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(self.place.join(path), mode).expect("chmod");
        }
        self.submit_users("static:anyone");
        let submit = self.place.join("submit");
        let script = format!(
            "#!/bin/sh\nMAIL_CONFIG='{}' exec /usr/sbin/sendmail \"$@\"\n",
            submit.display()
        );
        Sendmail::made(Place::new("sendmail"), &script)
    }

    /// From now on that program takes mail of these users alone.
    pub fn submit_users(&self, users: &str) {
        let text = fs::read_to_string(self.place.join("conf/main.cf")).expect("its configuration");
        let bin = format!("command_directory = {}", self.place.join("bin").display());
        let text = text.replace("command_directory = /usr/sbin", &bin);
        let text = format!("{text}authorized_submit_users = {users}\n");
        self.place.write("submit/main.cf", text);
    }

    /// The table of the program's configuration that names it.
    pub fn config(&self) -> String {
        let port = self.address.port();
        format!("[smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"")
    }
}

impl Drop for Postfix {
    /// Its master leaves the group of processes that it was started in.
    fn drop(&mut self) {
        let conf = self.place.join("conf");
        let stopped = Command::new(PROGRAM)
            .arg("-c")
            .arg(conf)
            .arg("abort")
            .output();
        if !stopped.is_ok_and(|out| out.status.success()) {
            eprintln!("postfix was not stopped");
        }
    }
}
