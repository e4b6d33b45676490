//! A private Dovecot on loopback ports, with a Maildir a user, from a configuration written for it. Fast rather than
//! careful: no delay after a wrong password, many connections from one address.
//!
//! Two doors lead in: the one that Postern uses, whose logins are counted, and one for the user's other mail program.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::certificates;
use super::client::MailClient;
use super::install::{self, Part};
use super::mails::Mail;
use super::place::{self, Place};
use super::server::{Server, retry_ports};

/// The password with which the user's other mail program gets in, whoever the user is.
const OTHER_PASSWORD: &str = "of-another-mail-program";

/// How many passwords a user may have at once.
const PASSWORDS: usize = 3;

/// What a Dovecot is asked to be.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Logins and passwords to begin with.
    pub users: Vec<(String, String)>,
    /// The port; None for any free one.
    pub port: Option<u16>,
    /// Whether it offers TLS (imaps and STARTTLS), with a certificate for localhost.
    pub tls: bool,
    /// Further lines of configuration.
    pub extra: String,
}

/// A running Dovecot.
#[derive(Debug)]
pub struct Dovecot {
    server: Option<Server>,
    directory: PathBuf,
    ports: Ports,
    users: Mutex<Users>,
}

#[derive(Clone, Copy, Debug)]
struct Ports {
    imap: u16,
    imaps: u16,
    other: u16,
}

/// Who may sign in, as it stands in the password files.
#[derive(Debug, Default)]
struct Users {
    passwords: BTreeMap<String, Vec<String>>,
    /// Dovecot reads a file again if its size or its second changed: so the size always does.
    writes: usize,
}

impl Users {
    fn write(&mut self, directory: &Path) {
        self.writes += 1;
        for nth in 0..PASSWORDS {
            let lines: String = self
                .passwords
                .iter()
                .filter_map(|(login, all)| Some(format!("{login}:{}\n", all.get(nth)?)))
                .collect();
            let new = directory.join("passwords.new");
            let padding = "#".repeat(self.writes);
            fs::write(&new, format!("{padding}\n{lines}")).expect("passwords.new");
            let file = directory.join(format!("passwords.{nth}"));
            fs::rename(&new, &file).expect("passwords");
        }
    }
}

impl Dovecot {
    /// Starts it in `place`.
    pub fn start(place: &Place, plan: &Plan) -> Dovecot {
        install::need(Part::Dovecot);
        place.worker_dir("mail", 0o700);
        fs::create_dir_all(place.join("run")).expect("run/");
        if plan.tls {
            certificates::make(place, certificates::OURS);
        }
        let mut users = Users::default();
        for (login, password) in &plan.users {
            users
                .passwords
                .insert(login.clone(), vec![password.clone()]);
        }
        users.write(place.path());
        let (server, ports) = retry_ports(|| {
            let ports = Ports {
                imap: plan.port.unwrap_or_else(place::free_port),
                imaps: place::free_port(),
                other: place::free_port(),
            };
            place.write("dovecot.conf", configuration(place.path(), ports, plan));
            Ok((run(place.path(), ports)?, ports))
        });
        Dovecot {
            server: Some(server),
            directory: place.path().to_owned(),
            ports,
            users: Mutex::new(users),
        }
    }

    /// Where IMAP without TLS, or with STARTTLS, is spoken.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.imap))
    }

    /// Where IMAP over TLS is spoken, if asked for.
    pub fn tls_address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.imaps))
    }

    /// The certificate that signed the server's own, if TLS was asked for.
    pub fn ca_file(&self) -> PathBuf {
        certificates::authority(&self.directory)
    }

    /// Adds a user, or gives one a new and only password.
    pub fn set_password(&self, login: &str, password: &str) {
        let mut users = self.users.lock().unwrap_or_else(|e| e.into_inner());
        let old = users
            .passwords
            .insert(login.to_owned(), vec![password.to_owned()]);
        users.write(&self.directory);
        self.wait_for(login, password, true);
        for gone in old
            .unwrap_or_default()
            .iter()
            .filter(|old| *old != password)
        {
            self.wait_for(login, gone, false);
        }
    }

    /// Lets a user in with one more password, as an app password does.
    pub fn add_password(&self, login: &str, password: &str) {
        let mut users = self.users.lock().unwrap_or_else(|e| e.into_inner());
        let passwords = users.passwords.entry(login.to_owned()).or_default();
        assert!(
            passwords.len() < PASSWORDS,
            "too many passwords for {login}"
        );
        passwords.push(password.to_owned());
        users.write(&self.directory);
        self.wait_for(login, password, true);
    }

    /// Dovecot looks at a password file at most once in a second.
    fn wait_for(&self, login: &str, password: &str, is_right: bool) {
        let door = SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.other));
        let begin = Instant::now();
        while MailClient::may_sign_in(door, login, password) != is_right {
            assert!(
                begin.elapsed() < Duration::from_secs(10),
                "the passwords of {login} stay"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Puts mails into a folder, oldest first, by writing its Maildir. The folder's name is as on the wire, `/` between
    /// levels.
    pub fn fill(&self, login: &str, folder: &str, mails: &[Mail]) {
        let mut dirs = vec![
            self.directory.join("mail").join(login),
            self.directory.join("mail").join(login).join("Maildir"),
        ];
        let root = dirs[1].clone();
        if folder != "INBOX" {
            dirs.push(root.join(format!(".{}", folder.replace('/', "."))));
        }
        let maildir = dirs[dirs.len() - 1].clone();
        dirs.extend(["cur", "new", "tmp"].map(|part| maildir.join(part)));
        for dir in &dirs {
            if !dir.exists() {
                fs::create_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
                place::give_to_worker(dir);
            }
        }
        let before = fs::read_dir(maildir.join("cur")).expect("cur/").count();
        for (n, mail) in mails.iter().enumerate() {
            // Dovecot numbers new files by the time in their names.
            let name = format!(
                "{}.M{n}P{before}.localhost,S={}:2,{}",
                1_000_000_000 + before + n,
                mail.bytes.len(),
                mail.maildir_flags()
            );
            let file = maildir.join("cur").join(name);
            fs::write(&file, &mail.bytes).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            let opened = fs::File::options()
                .write(true)
                .open(&file)
                .expect("the mail");
            opened.set_modified(mail.received).expect("its time");
            place::give_to_worker(&file);
        }
    }

    /// Lets nobody read the file of the nth mail of a folder, counted from 0 at the oldest.
    pub fn make_unreadable(&self, login: &str, folder: &str, nth: usize) {
        let maildir = self.directory.join("mail").join(login).join("Maildir");
        let files = fs::read_dir(maildir.join(format!(".{folder}")).join("cur")).expect("cur/");
        let mut files: Vec<_> = files.map(|file| file.expect("a mail").path()).collect();
        files.sort();
        let nobody = fs::Permissions::from_mode(0o000);
        fs::set_permissions(&files[nth], nobody).expect("a file of ours");
    }

    /// The user's other mail program, signed in. It does not count as a login.
    pub fn client(&self, login: &str) -> MailClient {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.other));
        MailClient::connect(address, login, OTHER_PASSWORD)
    }

    /// Gives a folder a new numbering (UIDVALIDITY).
    pub fn renumber(&self, login: &str, folder: &str, validity: u32) {
        let validity = validity.to_string();
        self.doveadm(&[
            "mailbox",
            "update",
            "-u",
            login,
            "--uid-validity",
            &validity,
            folder,
        ]);
    }

    /// Runs doveadm on this server; what it prints.
    pub fn doveadm(&self, args: &[&str]) -> String {
        let out = Command::new("/usr/bin/doveadm")
            .arg("-c")
            .arg(self.directory.join("dovecot.conf"))
            .args(args)
            .output()
            .expect("doveadm");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            out.status.success(),
            "doveadm {args:?}: {}",
            text(&out.stderr)
        );
        text(&out.stdout)
    }

    /// How often somebody signed in through the counted door until now.
    pub fn logins(&self) -> usize {
        self.settled_log()
            .lines()
            .filter(|line| line.contains("imap-login: Info: Login:") && !self.is_other(line))
            .count()
    }

    /// How often a sign-in through the counted door was refused until now.
    pub fn refused_logins(&self) -> usize {
        self.settled_log()
            .lines()
            .filter(|line| line.contains("auth failed") && !self.is_other(line))
            .count()
    }

    fn is_other(&self, line: &str) -> bool {
        line.contains(&format!("lport={},", self.ports.other))
    }

    /// The log, once everything that happened before this call stands in it: one process does all logins, and a last
    /// one of our own is waited for.
    fn settled_log(&self) -> String {
        let marks = |log: &str| log.lines().filter(|l| l.contains("user=<mark>")).count();
        let before = marks(&self.log());
        self.client("mark").run("NOOP");
        self.log_when(|log| marks(log) > before)
    }

    /// Waits until every session has ended: then the server has done with the commands of whoever was killed. Clients of the
    /// test's own must have been dropped.
    pub fn wait_for_ends(&self) {
        let count = |log: &str, what: &str| log.lines().filter(|l| l.contains(what)).count();
        let begun = "imap-login: Info: Login: ";
        let ended = ">: Info: Disconnected: ";
        self.settled_log();
        self.log_when(|log| count(log, begun) == count(log, ended));
    }

    /// The log, once this is true of it.
    fn log_when(&self, is_so: impl Fn(&str) -> bool) -> String {
        let begin = Instant::now();
        loop {
            let log = self.log();
            if is_so(&log) {
                return log;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(10),
                "Dovecot logs nothing:\n{log}"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Its log.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.directory.join("dovecot.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Ends it: connections are refused from now on.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stop_listening(self.address());
        }
    }

    /// Starts it again where it was.
    pub fn start_again(&mut self) {
        let server = run(&self.directory, self.ports);
        self.server = Some(server.unwrap_or_else(|e| panic!("{e}")));
    }
}

fn run(directory: &Path, ports: Ports) -> Result<Server, String> {
    let conf = directory.join("dovecot.conf");
    let log = directory.join("dovecot.log");
    let started = || place::tail(&log, 20).contains("starting up for imap");
    // Otherwise an earlier start would be taken for this one.
    if log.exists() {
        fs::rename(&log, directory.join("dovecot.log.before")).expect("the old log");
    }
    let args = ["-F".as_ref(), "-c".as_ref(), conf.as_os_str()];
    let output = directory.join("dovecot.out");
    let mut server = Server::start("dovecot", "/usr/sbin/dovecot", args, &output);
    server.wait_until(|| started() && TcpStream::connect(("127.0.0.1", ports.imap)).is_ok())?;
    Ok(server)
}

fn configuration(dir: &Path, ports: Ports, plan: &Plan) -> String {
    let dir = dir.display();
    let worker = place::worker();
    let (uid, gid) = (worker.uid, worker.gid);
    let ssl = if plan.tls {
        format!("ssl = yes\nssl_cert = <{dir}/server.pem\nssl_key = <{dir}/server.key\nssl_dh =")
    } else {
        "ssl = no".to_owned()
    };
    let imaps = if plan.tls { ports.imaps } else { 0 };
    let ordinary = if place::are_we_root() {
        String::new()
    } else {
        let (name, group) = (&worker.name, &worker.group);
        format!(
            "default_internal_user = {name}\ndefault_login_user = {name}\n\
             default_internal_group = {group}\n\
             service anvil {{\n  chroot =\n}}\nservice imap-login {{\n  chroot =\n}}\n"
        )
    };
    let passwords: String = (0..PASSWORDS)
        .map(|nth| {
            format!(
                "passdb {{\n  driver = passwd-file\n  \
                 args = scheme=PLAIN username_format=%u {dir}/passwords.{nth}\n}}\n"
            )
        })
        .collect();
    let (imap, other) = (ports.imap, ports.other);
    let extra = &plan.extra;
    format!(
        r"base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/dovecot.log
protocols = imap
listen = 127.0.0.1
{ssl}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_chars =
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
login_log_format_elements = user=<%u> method=%m lport=%a, %c session=<%{{session}}>
{ordinary}{passwords}passdb {{
  driver = static
  args = password={OTHER_PASSWORD}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \Sent
    auto = subscribe
  }}
  mailbox Drafts {{
    special_use = \Drafts
    auto = subscribe
  }}
  mailbox Trash {{
    special_use = \Trash
    auto = subscribe
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
  inet_listener other {{
    port = {other}
  }}
  service_count = 0
  client_limit = 1000
  process_min_avail = 1
  process_limit = 1
}}
service imap {{
  process_limit = 200
}}
{extra}
"
    )
}
