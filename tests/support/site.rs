//! A whole site: Apache with the program in its cgi-bin, Dovecot with mailboxes, perhaps a proxy between them, the
//! configuration, the state directory. Everything is its own, so that tests can run side by side.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, Weak};

use super::apache::{self, Apache, Mpm};
use super::client::MailClient;
use super::dovecot::{self, Dovecot};
use super::mails::{self, Mail};
use super::page::Page;
use super::place::{self, Place};
use super::proxy::ImapProxy;
use super::visitor::{Evidence, Visitor};

/// Who has a mailbox on every site.
pub const USERS: [&str; 3] = ["ann", "ben", "cid"];

/// The password of a user.
pub fn password_of(login: &str) -> String {
    format!("Kettle-{login}-1887")
}

/// What stands before every address of the program.
pub const BASE: &str = "/cgi-bin/postern";

/// What a site is asked to be.
#[derive(Clone, Debug)]
pub struct Plan {
    apache: apache::Plan,
    dovecot: Option<dovecot::Plan>,
    imap_at: Option<SocketAddr>,
    program: PathBuf,
    others: Vec<(String, PathBuf)>,
    mails: Vec<(String, String, Vec<Mail>)>,
    top: String,
    imap: String,
    tables: String,
    proxied: bool,
    tls: bool,
    until_the_end: bool,
}

impl Plan {
    /// For a site that stands in a static, which is never dropped.
    pub fn until_the_end(mut self) -> Plan {
        self.until_the_end = true;
        self
    }

    /// Puts this many generated mails into Ann's INBOX.
    pub fn messages(self, count: usize) -> Plan {
        self.mails("ann", "INBOX", mails::generated(count))
    }

    /// Puts mails into a folder, named as on the wire.
    pub fn mails(mut self, login: &str, folder: &str, mails: Vec<Mail>) -> Plan {
        self.mails
            .push((login.to_owned(), folder.to_owned(), mails));
        self
    }

    /// How Apache runs the program.
    pub fn mpm(mut self, mpm: Mpm) -> Plan {
        self.apache.mpm = mpm;
        self
    }

    /// On this port.
    pub fn port(mut self, port: u16) -> Plan {
        self.apache.port = Some(port);
        self
    }

    /// With these further lines in Apache's configuration.
    pub fn apache(mut self, lines: &str) -> Plan {
        self.apache.extra.push_str(lines);
        self
    }

    /// With these further lines in Dovecot's configuration.
    pub fn dovecot(mut self, lines: &str) -> Plan {
        let plan = self.dovecot.get_or_insert_default();
        plan.extra.push_str(lines);
        self
    }

    /// With a counting proxy before the IMAP server.
    pub fn proxied(mut self) -> Plan {
        self.proxied = true;
        self
    }

    /// The program speaks TLS with Dovecot, and is told the file of its authority.
    pub fn tls(mut self) -> Plan {
        self.tls = true;
        self.dovecot.get_or_insert_default().tls = true;
        self
    }

    /// Another IMAP server instead of a Dovecot.
    pub fn imap_at(mut self, server: SocketAddr) -> Plan {
        self.imap_at = Some(server);
        self.dovecot = None;
        self
    }

    /// Lines at the top of the program's configuration: `allow_http = true`.
    pub fn setting(mut self, lines: &str) -> Plan {
        self.top = format!("{}{lines}\n", self.top);
        self
    }

    /// Lines in `[imap]` of the program's configuration.
    pub fn imap_setting(mut self, lines: &str) -> Plan {
        self.imap = format!("{}{lines}\n", self.imap);
        self
    }

    /// Tables of the program's configuration: `[gate]\nwaiting = 1`.
    pub fn config(mut self, tables: &str) -> Plan {
        self.tables = format!("{}{tables}\n", self.tables);
        self
    }

    /// Another program in place of the one under test.
    pub fn program(mut self, program: &Path) -> Plan {
        program.clone_into(&mut self.program);
        self
    }

    /// A further program in cgi-bin.
    pub fn beside(mut self, name: &str, program: &Path) -> Plan {
        self.others.push((name.to_owned(), program.to_owned()));
        self
    }

    /// Another user beside Ann, Ben and Cid.
    pub fn user(mut self, login: &str, password: &str) -> Plan {
        let plan = self.dovecot.get_or_insert_default();
        plan.users.push((login.to_owned(), password.to_owned()));
        self
    }

    /// Starts everything.
    pub fn start(self) -> Site {
        let place = Place::new("site");
        let place = match self.until_the_end {
            true => place.swept(),
            false => place,
        };
        let home = place.worker_dir("home", 0o700);
        let dovecot = self
            .dovecot
            .as_ref()
            .map(|plan| Dovecot::start(&place, plan));
        if let Some(dovecot) = &dovecot {
            for (login, folder, mails) in &self.mails {
                dovecot.fill(login, folder, mails);
            }
        }
        let server = match (&dovecot, self.imap_at) {
            (Some(dovecot), _) if self.tls => dovecot.tls_address(),
            (Some(dovecot), _) => dovecot.address(),
            (None, Some(server)) => server,
            (None, None) => panic!("a site needs a Dovecot, or another IMAP server"),
        };
        let proxy = self.proxied.then(|| Arc::new(ImapProxy::start(server)));
        let imap = proxy.as_ref().map_or(server, |proxy| proxy.address());

        let cgi_bin = place.worker_dir("cgi-bin", 0o755);
        let program = shared_copy(&self.program);
        // A link, not a copy: a file that was just written cannot be executed while some other thread, between fork
        // and exec, still has it open.
        fs::hard_link(&program.file, cgi_bin.join("postern")).expect("the program in cgi-bin");
        for (name, other) in &self.others {
            copy(other, &cgi_bin.join(name));
        }
        let state_dir = home.join("state");
        let config = Configuration {
            file: cgi_bin.join(".htpostern.toml"),
            state_dir: state_dir.clone(),
            top: self.top,
            imap: self.imap,
            imap_at: imap,
            ca_file: dovecot.as_ref().filter(|_| self.tls).map(Dovecot::ca_file),
        };
        config.write(&self.tables);
        let apache = Apache::start(&place, &self.apache);
        let evidence = evidence(&apache, &state_dir, proxy.as_ref());
        Site {
            apache,
            proxy,
            dovecot,
            evidence,
            state_dir,
            config,
            _program: program,
            place,
        }
    }
}

/// A running site. Its servers end with it.
pub struct Site {
    // In this order they are dropped: the directory last.
    apache: Apache,
    proxy: Option<Arc<ImapProxy>>,
    dovecot: Option<Dovecot>,
    evidence: Evidence,
    state_dir: PathBuf,
    config: Configuration,
    _program: Arc<SharedCopy>,
    place: Place,
}

impl Site {
    /// Plans a site: event with mod_cgid, a Dovecot, empty mailboxes of Ann, Ben and Cid.
    #[expect(clippy::new_ret_no_self, reason = "what a test plans is a site")]
    pub fn new() -> Plan {
        Plan {
            apache: apache::Plan::default(),
            dovecot: Some(dovecot::Plan {
                users: USERS.map(|u| (u.to_owned(), password_of(u))).into(),
                ..dovecot::Plan::default()
            }),
            imap_at: None,
            program: PathBuf::from(env!("CARGO_BIN_EXE_postern")),
            others: Vec::new(),
            mails: Vec::new(),
            top: String::new(),
            imap: String::new(),
            tables: String::new(),
            proxied: false,
            tls: false,
            until_the_end: false,
        }
    }

    /// A site where Ann has this many generated mails in her INBOX.
    pub fn with_inbox(count: usize) -> Site {
        Site::new().messages(count).start()
    }

    /// Somebody with a fresh browser.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.apache.address(), BASE, Arc::clone(&self.evidence))
    }

    /// Somebody with a fresh browser, who finds the program below another address.
    pub fn visitor_below(&self, base: &str) -> Visitor {
        Visitor::new(self.apache.address(), base, Arc::clone(&self.evidence))
    }

    /// Somebody with a fresh browser who has just signed in.
    pub fn sign_in(&self, login: &str) -> Visitor {
        self.sign_in_with(login, &password_of(login))
    }

    /// The same with another password.
    pub fn sign_in_with(&self, login: &str, password: &str) -> Visitor {
        let visitor = self.visitor();
        let form = visitor.get("/sign-in");
        let form = form.has_status(200).form("sign-in");
        let page = form.set("login", login).set("password", password).submit();
        page.has_status(200);
        let asks_again = page.html().select(&password_field()).next().is_some();
        page.expect(!asks_again, || format!("{login} was not signed in"));
        visitor
    }

    /// Somebody who has just signed in and has not seen any page yet: the answer that leads to the first one.
    pub fn signed_in(&self, login: &str) -> Page {
        self.signed_in_with(login, &password_of(login))
    }

    /// The same with another password.
    pub fn signed_in_with(&self, login: &str, password: &str) -> Page {
        let form = self.visitor().get("/sign-in");
        let form = form.form("sign-in").set("login", login);
        let answer = form.set("password", password).submit_once();
        answer.has_status(303);
        answer
    }

    /// The URL of the program, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}{BASE}", self.apache.address())
    }

    /// The web server.
    pub fn apache(&self) -> &Apache {
        &self.apache
    }

    /// The mail server.
    pub fn dovecot(&self) -> &Dovecot {
        self.dovecot.as_ref().expect("a site with a Dovecot")
    }

    /// The mail server, to stop and start it.
    pub fn dovecot_mut(&mut self) -> &mut Dovecot {
        self.dovecot.as_mut().expect("a site with a Dovecot")
    }

    /// The proxy before the mail server.
    pub fn proxy(&self) -> &ImapProxy {
        self.proxy.as_ref().expect("a site planned with proxied()")
    }

    /// How often the program signed in at the mail server until now, as that server saw it.
    pub fn imap_logins(&self) -> usize {
        self.dovecot().logins()
    }

    /// The user's other mail program.
    pub fn other_client(&self, login: &str) -> MailClient {
        self.dovecot().client(login)
    }

    /// New mail arrives in a user's INBOX.
    pub fn deliver(&self, login: &str, mail: &Mail) {
        self.other_client(login).append("INBOX", mail);
    }

    /// Where the mailbox of a user lies.
    pub fn maildir(&self, login: &str) -> PathBuf {
        self.place.join("mail").join(login).join("Maildir")
    }

    /// Where the program keeps its state.
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// The directories of all users who have signed in.
    pub fn users(&self) -> BTreeSet<PathBuf> {
        let entries = fs::read_dir(self.state_dir.join("users"));
        let entries = entries.into_iter().flatten();
        entries.map(|e| e.expect("an entry").path()).collect()
    }

    /// The directory of the one user.
    pub fn user_dir(&self) -> PathBuf {
        let users: Vec<PathBuf> = self.users().into_iter().collect();
        match users.as_slice() {
            [one] => one.clone(),
            all => panic!("not one user: {all:?}"),
        }
    }

    /// As if a process had lived long enough here for others to be relied on.
    pub fn lets_processes_live(&self) {
        let lived = self.state_dir.join("later.lived");
        fs::write(&lived, "").expect("the proof");
        place::give_to_worker(&lived);
    }

    /// The program's own log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.state_dir.join("log")).unwrap_or_default()
    }

    /// The program as it lies in cgi-bin, its configuration beside it.
    pub fn program(&self) -> PathBuf {
        self.place.join("cgi-bin/postern")
    }

    /// A directory of this site, for more files.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Writes the configuration anew with other tables than the plan's.
    pub fn configure(&self, tables: &str) {
        self.config.write(tables);
    }
}

/// What of the program's configuration stays the same.
struct Configuration {
    file: PathBuf,
    state_dir: PathBuf,
    top: String,
    imap: String,
    imap_at: SocketAddr,
    ca_file: Option<PathBuf>,
}

impl Configuration {
    fn write(&self, tables: &str) {
        let Configuration { top, imap, .. } = self;
        let state_dir = self.state_dir.display();
        let (host, port) = (self.imap_at.ip(), self.imap_at.port());
        let security = match &self.ca_file {
            Some(ca_file) => format!("security = \"tls\"\nca_file = \"{}\"", ca_file.display()),
            None => "security = \"none\"".to_owned(),
        };
        // A line of the test's own wins over the usual one; TOML would refuse both.
        let usual = format!("host = \"{host}\"\nport = {port}\n{security}\n");
        let key = |line: &str| line.split('=').next().map(|k| k.trim().to_owned());
        let own: Vec<_> = imap.lines().map(key).collect();
        let usual: String = usual
            .lines()
            .filter(|line| !own.contains(&key(line)))
            .map(|line| format!("{line}\n"))
            .collect();
        let tables = sent_at_once(tables);
        let text = format!("state_dir = \"{state_dir}\"\n{top}[imap]\n{usual}{imap}{tables}");
        // In one step: a request may be reading it.
        let new = self.file.with_extension("new");
        fs::write(&new, text).expect("the configuration");
        fs::set_permissions(&new, fs::Permissions::from_mode(0o644)).expect("chmod");
        fs::rename(&new, &self.file).expect("the configuration");
    }
}

/// The tables, with messages that are sent at once where a test says nothing of it: it would have to wait for each.
fn sent_at_once(tables: &str) -> String {
    let at_once = "[settings]\nundo_seconds = 0\n";
    match tables {
        own if own.contains("undo_seconds") => own.to_owned(),
        own if own.contains("[settings]\n") => own.replacen("[settings]\n", at_once, 1),
        own => format!("{own}\n{at_once}"),
    }
}

fn password_field() -> scraper::Selector {
    scraper::Selector::parse("input[type=password]").expect("a selector")
}

/// What a failure tells beside the answer itself.
fn evidence(apache: &Apache, state_dir: &Path, proxy: Option<&Arc<ImapProxy>>) -> Evidence {
    let error_log = apache.error_log_file();
    let state_dir = state_dir.to_owned();
    let proxy = proxy.map(Arc::downgrade);
    Arc::new(move || {
        let mut told = format!(
            "--- Apache's error log:\n{}\n--- log of the program:\n{}\n--- state directory: {}\n",
            place::tail(&error_log, 20),
            place::tail(&state_dir.join("log"), 20),
            state_dir.display()
        );
        if let Some(proxy) = proxy.as_ref().and_then(Weak::upgrade) {
            let said = proxy.transcript();
            let lines: Vec<&str> = said.lines().collect();
            let end = &lines[lines.len().saturating_sub(80)..];
            told.push_str(&format!("--- end of the dialogue:\n{}\n", end.join("\n")));
        }
        told
    })
}

/// A program where the servers' account can run it; removed with the last site that links to it.
#[derive(Debug)]
struct SharedCopy {
    of: PathBuf,
    file: PathBuf,
    _place: Place,
}

fn shared_copy(program: &Path) -> Arc<SharedCopy> {
    static COPIES: Mutex<Vec<Weak<SharedCopy>>> = Mutex::new(Vec::new());
    let mut copies = COPIES.lock().unwrap_or_else(|e| e.into_inner());
    copies.retain(|copy| copy.strong_count() > 0);
    if let Some(copy) = copies
        .iter()
        .filter_map(Weak::upgrade)
        .find(|c| c.of == program)
    {
        return copy;
    }
    // A site that lasts until the end holds it until then.
    let place = Place::new("program").dull().swept();
    let file = place.join("program");
    copy(program, &file);
    let made = Arc::new(SharedCopy {
        of: program.to_owned(),
        file,
        _place: place,
    });
    copies.push(Arc::downgrade(&made));
    made
}

/// Copies a program in another process, so that no thread of ours can pass its open file on to a child.
fn copy(program: &Path, to: &Path) {
    let done = Command::new("cp")
        .arg(program)
        .arg(to)
        .status()
        .expect("cp");
    assert!(done.success(), "cp {} {}", program.display(), to.display());
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).expect("chmod");
}
