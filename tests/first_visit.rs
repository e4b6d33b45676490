//! Before anybody has signed in: what a hoster who has FTP and no shell is told in the browser, what a stranger learns from it,
//! and what it costs.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::look::pictures;
use crate::shell;
use crate::support::by_hand::{ByHand, Outcome};
use crate::support::chromium::Chromium;
use crate::support::clock::Clock;
use crate::support::install::{self, Part};
use crate::support::page::Page;
use crate::support::place;
use crate::support::site::{Site, password_of};
use crate::support::unmet::{self, Want};
use crate::support::visitor::Visitor;

const NOT_READY: &str = "Postern is not ready yet";
const READY: &str = "everything that could be tested from here works";
const NOT_TESTED: &str = "Its mail servers have not been tested yet";

/// The configuration of a site, as it is uploaded.
struct File {
    path: PathBuf,
    whole: String,
}

impl File {
    fn of(site: &Site) -> File {
        let path = site.program().with_file_name(".htpostern.toml");
        let whole = fs::read_to_string(&path).expect("the configuration");
        File { path, whole }
    }

    /// In one step: a request may be reading it.
    fn put(&self, text: impl AsRef<[u8]>) {
        let new = self.path.with_extension("new");
        fs::write(&new, text).expect("a file");
        fs::set_permissions(&new, fs::Permissions::from_mode(0o644)).expect("a mode");
        fs::rename(&new, &self.path).expect("the configuration");
    }

    fn mode(&self, mode: u32) {
        fs::set_permissions(&self.path, fs::Permissions::from_mode(mode)).expect("a mode");
    }
}

/// As if a minute had passed since something was tested.
fn a_minute_later(state: &Path) {
    fs::remove_file(state.join("slots/first-visit")).expect("what was tested");
}

/// Expects that nothing of the machine stands in a page: no path, address, user, version, and not what a setting says.
fn tells_nothing(site: &Site, page: &Page) {
    let source = page.source();
    let place = site.place().path().display().to_string();
    let port = site.dovecot().address().port().to_string();
    for told in [
        place.as_str(),
        "/home",
        "/tmp",
        "/var",
        "127.0.0.1",
        port.as_str(),
        env!("CARGO_PKG_VERSION"),
        "SECRET",
        "os error",
        "uid",
    ] {
        page.expect(!source.contains(told), || format!("it tells {told:?}"));
    }
    // It looks as other pages do, whatever is wrong.
    for style in page.attributes_of("link[rel=stylesheet]", "href") {
        site.visitor().get_once(&style).has_status(200);
    }
}

/// Opens the front page as a stranger, who is told this.
fn told(site: &Site, words: &[&str]) -> Page {
    let page = site.visitor().get("/");
    for words in words {
        page.shows(words);
    }
    tells_nothing(site, &page);
    page
}

#[test]
fn what_is_wrong_with_the_configuration_is_named_by_its_setting() {
    let site = Site::new().start();
    let file = File::of(&site);
    for (text, words) in [
        (
            "[gate]\nwaitng = 3\n",
            [
                "\u{201c}[gate] waitng\u{201d} does not exist",
                "Line 2 of the configuration file",
            ],
        ),
        (
            "[gate]\n\nwaiting = 99\n",
            ["\u{201c}[gate] waiting\u{201d} must be 1 to 8", "(line 3)"],
        ),
        (
            "state_dir = \"SECRET\"\n",
            [
                "\u{201c}state_dir\u{201d} must be an absolute path",
                "(line 1)",
            ],
        ),
        (
            "[imap]\nsecurity = \"SECRET\"\n",
            [
                "\u{201c}[imap] security\u{201d} has an invalid value",
                "(line 2)",
            ],
        ),
        (
            "[imap]\nport = \"SECRET\"\n",
            [
                "\u{201c}[imap] port\u{201d} has an invalid value",
                "(line 2)",
            ],
        ),
        // A password that was put where it does not belong.
        (
            "[imap]\nhost = \"a\"\nSECRET\n",
            [
                "Line 3 of the configuration file cannot be understood",
                "[imap]",
            ],
        ),
        (
            "[imap]\nSECRET-is-my-password = 1\n",
            [
                "A setting does not exist",
                "Line 2 of the configuration file",
            ],
        ),
        (
            "[settings]\nrows = 9\n",
            [
                "\u{201c}[settings] rows\u{201d} must be 10 to 200",
                "(line 2)",
            ],
        ),
        (
            "[[domain]]\nname = \"SECRET.example\"\n",
            ["\u{201c}[[domain]] imap\u{201d} is missing", "(line 1)"],
        ),
    ] {
        file.put(text);
        let page = told(&site, &words);
        page.has_status(500)
            .shows(NOT_READY)
            .hides("Sign in anyway");
        // A link, a form, a page that never was: the same answer.
        for path in ["/sign-in", "/folder?f=INBOX"] {
            site.visitor().get(path).has_status(500).shows(words[0]);
        }
    }
    file.put(b"\xff\xfes\0t\0a\0t\0e\0");
    told(&site, &["is not plain text", "UTF-8"]);
    file.put(&file.whole);
    file.mode(0o666);
    told(
        &site,
        &[
            "Other users can change the program or its configuration",
            "755",
        ],
    );
    if place::are_we_root() {
        file.mode(0o000);
        told(&site, &["The configuration file cannot be read", "600"]);
        file.mode(0o644);
        let other = place::worker().uid + 1;
        std::os::unix::fs::chown(&file.path, Some(other), None).expect("chown");
        told(&site, &["belongs to a different user", "suEXEC"]);
    } else {
        unmet::without(Want::Root, "only root can give a file to somebody else");
    }
    // Uploaded again, as it should be.
    fs::remove_file(&file.path).expect("the configuration");
    file.put(&file.whole);
    let page = told(&site, &["Password"]);
    page.has_status(200).hides(NOT_READY);
}

#[test]
fn what_is_wrong_with_the_state_directory_is_said_without_naming_it() {
    let site = Site::new().start();
    let file = File::of(&site);
    let usual = site.state_dir().display().to_string();
    let with = |dir: &Path| file.put(file.whole.replace(&usual, &dir.display().to_string()));
    let place = site.place();

    let real = place.worker_dir("home/real", 0o700);
    let link = place.join("home/link");
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    with(&link);
    told(&site, &["is a symbolic link", "Set state_dir to"]).has_status(500);

    let plain = place.write("home/plain", "no directory");
    place::give_to_worker(&plain);
    with(&plain);
    told(&site, &["is not a directory", "Set state_dir to"]);
    with(&plain.join("below"));
    told(&site, &["is not a directory", "Set state_dir to"]);

    let open = place.worker_dir("open", 0o777);
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("a mode");
    with(&open.join("state"));
    told(&site, &["Other users can write to a directory", "755"]);

    place.worker_dir("htdocs/mail", 0o755);
    with(&place.join("htdocs/mail/state"));
    told(&site, &["could serve the state directory", "document root"]);
    with(&place.join("cgi-bin/state"));
    told(
        &site,
        &["could serve the state directory", "beside the program"],
    );

    if place::are_we_root() {
        fs::create_dir(place.join("root")).expect("a directory");
        with(&place.join("root"));
        told(&site, &["belongs to a different user", "Set state_dir to"]);
        with(&place.join("root/state"));
        told(&site, &["cannot be created or written", "Set state_dir to"]);
    } else {
        unmet::without(Want::Root, "only root owns what others may not write");
    }
    with(&place.join("home/state"));
    told(&site, &["Password"]).has_status(200).hides(NOT_READY);
}

/// A server that says this to whoever comes, and then waits.
fn server_that_says(words: &'static str) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("its number").port();
    thread::spawn(move || {
        let mut all = Vec::new();
        for client in listener.incoming().map_while(Result::ok) {
            // Whoever has gone away again hears nothing.
            let _said = (&client).write_all(words.as_bytes());
            all.push(client);
        }
    });
    port
}

#[test]
fn a_mail_server_that_cannot_be_used_is_named_by_its_section() {
    let site = Site::new().tls().start();
    let file = File::of(&site);
    let state = site.state_dir().to_owned();
    let top = format!("state_dir = \"{}\"\n", state.display());
    let imap =
        |port: u16, rest: &str| format!("[imap]\nhost = \"127.0.0.1\"\nport = {port}\n{rest}\n");
    let tls = site.dovecot().tls_address().port();
    let (mute, other) = (server_that_says(""), server_that_says("220 Good day\r\n"));
    let none = "security = \"none\"";
    let well = file.whole[file.whole.find("[imap]").expect("a section")..].to_owned();
    for (text, words) in [
        (
            String::new(),
            [
                "There is no mail server on this machine",
                "[imap] host is not set",
            ],
        ),
        (
            imap(9, none),
            ["The mail server cannot be reached", "[imap] host"],
        ),
        (
            imap(mute, none),
            ["The mail server does not answer", "firewall"],
        ),
        (
            imap(other, none),
            [
                "an answer that Postern does not understand",
                "[imap] port and security",
            ],
        ),
        (
            imap(tls, "security = \"tls\""),
            ["a certificate that is not trusted", "[imap] ca_file"],
        ),
        (
            imap(tls, "security = \"tls\"\nca_file = \"/SECRET\""),
            ["\u{201c}[imap] ca_file\u{201d} cannot be used", "PEM"],
        ),
        (
            format!("{well}[smtp]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\n"),
            ["The outgoing mail server cannot be reached", "[smtp] host"],
        ),
        (
            format!("sendmail = \"/SECRET\"\n{well}"),
            [
                "\u{201c}sendmail\u{201d} does not name a program",
                "[smtp] host",
            ],
        ),
        (
            format!(
                "{well}[[domain]]\nname = \"SECRET.example\"\nimap = {{ host = \"127.0.0.1\", port = 9, security = \"none\" }}\n"
            ),
            [
                "The mail server of [[domain]] 1 cannot be reached",
                "imap host",
            ],
        ),
    ] {
        file.put(format!("{top}{text}"));
        let page = told(&site, &words);
        page.has_status(200).shows(NOT_READY).shows("Check again");
        // Known for a minute, and told to everybody.
        told(&site, &words).shows("once a minute at most");
        // Who signs in all the same may try.
        page.click("Sign in anyway")
            .has_status(200)
            .shows("Password");
        a_minute_later(&state);
    }
    file.put(&file.whole);
    told(&site, &["Password", READY]).has_status(200);
    a_minute_later(&state);
    // Each domain has its own server: then nobody misses one on this machine.
    let own = well.replace(
        "[imap]",
        "[[domain]]\nname = \"example.org\"\n[domain.imap]",
    );
    file.put(format!("{top}{own}"));
    told(&site, &["Password", READY]).has_status(200);
}

#[test]
fn what_was_put_right_is_no_longer_told_and_soon_tested() {
    let site = Site::new().start();
    let file = File::of(&site);
    file.put(format!(
        "{}[smtp]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\n",
        file.whole
    ));
    told(
        &site,
        &[NOT_READY, "The outgoing mail server cannot be reached"],
    );
    file.put(&file.whole);
    told(&site, &["Password", NOT_TESTED, "open this page again in"]).hides(NOT_READY);
    a_minute_later(site.state_dir());
    told(&site, &["Password", READY]).hides(NOT_TESTED);
}

#[test]
fn links_that_lead_elsewhere_are_told_where_no_proxy_stands_between() {
    let site = Site::new().setting("base_url = \"/webmail\"").start();
    let page = site.visitor().get("/");
    page.shows(NOT_READY)
        .shows("\u{201c}base_url\u{201d} does not match");
    // The link comes back to this page, not to where base_url says.
    page.click("Check again").shows(NOT_READY);
    let proxied = crate::support::visitor::Request::new("GET", &site.visitor().address("/"));
    let page = site
        .visitor()
        .send(&proxied.header("X-Forwarded-For", "192.0.2.1"));
    page.hides(NOT_READY).shows("Password");
}

#[test]
fn a_clock_before_1970_is_told() {
    let clock = Clock::start(Site::new());
    clock.set("-60y");
    let page = clock.site.visitor().get("/");
    page.has_status(500)
        .shows("The clock of this machine is wrong");
    clock.set("+0");
    clock
        .site
        .visitor()
        .get("/")
        .has_status(200)
        .shows("Password");
}

fn text_of(outcome: &Outcome) -> String {
    let answer = outcome.answer.as_ref();
    let answer = answer.unwrap_or_else(|| panic!("no answer: {}", outcome.errors));
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[test]
fn what_the_host_does_not_give_is_told() {
    install::need(Part::Strace);
    let site = Site::new().start();
    let state = site.state_dir().to_owned();
    let told = |around: &[&str], words: &str| {
        let page = ByHand::get(&site.program(), "/").under(around).run();
        let text = text_of(&page);
        assert!(text.contains(NOT_READY) && text.contains(words), "{text}");
        a_minute_later(&state);
    };
    // As on a file system that takes every lock and holds none.
    let blind = "inject=flock:retval=0";
    let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", blind];
    told(&strace, "File locking does not work");
    told(&["prlimit", "--nproc=20"], "Too few processes are allowed");
    told(
        &["prlimit", "--as=209715200"],
        "Too little memory is allowed",
    );
}

#[test]
fn twenty_first_visits_at_once_make_one_test() {
    let site = Site::new().proxied().start();
    let visitors: Vec<Visitor> = (0..20).map(|_| site.visitor()).collect();
    let pages: Vec<Page> = thread::scope(|scope| {
        let all: Vec<_> = visitors
            .iter()
            .map(|visitor| scope.spawn(|| visitor.get("/")))
            .collect();
        all.into_iter()
            .map(|one| one.join().expect("a visit"))
            .collect()
    });
    for page in &pages {
        page.has_status(200).shows("Password");
        let knows = [READY, NOT_TESTED]
            .iter()
            .any(|words| page.has_words(words));
        page.expect(knows, || "nothing is said of the test".to_owned());
    }
    assert_eq!(site.proxy().counts().connections, 1);
    assert_eq!(site.imap_logins(), 0);
    told(&site, &[READY]);
    assert_eq!(site.proxy().counts().connections, 1);
    assert_eq!(
        site.dovecot().refused_logins(),
        0,
        "somebody tried to sign in"
    );
}

#[test]
fn after_the_first_sign_in_it_is_never_seen_again() {
    let mut site = Site::new().messages(3).proxied().start();
    let file = File::of(&site);
    let ann = site.visitor();
    let form = ann.get("/");
    form.shows(READY);
    let form = form.form("sign-in").set("login", "ann");
    form.set("password", &password_of("ann"))
        .submit()
        .shows("Message 3");
    ann.get("/").click("Sign out").shows("You are signed out");

    site.proxy().reset();
    let page = told(&site, &["Password"]);
    page.has_status(200).hides(READY).hides("tested");
    assert_eq!(site.proxy().counts().connections, 0, "it was tested");
    // What breaks from now on is told to the log, and to nobody else.
    site.dovecot_mut().stop();
    told(&site, &["Password"]).hides(NOT_READY);
    let vague = "This site is not set up correctly";
    for broken in [
        format!("{}\n[nonsense]\n", file.whole),
        format!("{}[gate\n", file.whole),
        file.whole.replacen("security", "insecurity", 1),
    ] {
        file.put(broken);
        told(&site, &[vague]).has_status(500).hides(NOT_READY);
    }
}

#[test]
fn a_click_of_somebody_who_is_signed_in_looks_for_none_of_it() {
    if !place::are_we_root() {
        return unmet::without(Want::Root, "only root sees which files a process asks for");
    }
    install::need(Part::Strace);
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    ann.get("/").shows("Message 3");
    let to = site.place().join("calls").display().to_string();
    let calls = |name: &str| {
        let file = site.state_dir().join(name).display().to_string();
        let strace = ["strace", "-f", "-qq", "-o", &to, "-P", &file];
        let page = ByHand::get(&site.program(), "/").by(&ann).under(&strace);
        let text = text_of(&page.run());
        assert!(text.contains("Message 3"), "{text}");
        fs::read_to_string(&to).expect("what it called")
    };
    assert!(calls("secret").contains("secret"));
    for name in ["users", "slots/first-visit"] {
        assert_eq!(calls(name), "", "{name}");
    }
}

#[test]
fn what_is_told_can_be_read_by_everybody() {
    let site = Site::new().start();
    let file = File::of(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    let url = format!("{}/", site.url());
    pictures(&tab, "first-visit-ready", &url);
    let wrong = "[imap]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\n[smtp]\nhost = \"127.0.0.1\"\nport = 9\n";
    file.put(format!(
        "state_dir = \"{}\"\n{wrong}",
        site.state_dir().display()
    ));
    pictures(&tab, "first-visit-not-tested", &url);
    a_minute_later(site.state_dir());
    pictures(&tab, "first-visit-not-ready", &url);
    assert!(tab.text().contains(NOT_READY), "{}", tab.text());
    file.put("[gate]\nwaitng = 3\n");
    pictures(&tab, "first-visit-refused", &url);
    assert!(tab.text().contains("does not exist"), "{}", tab.text());
}

#[test]
fn check_stops_for_another_user_than_the_owner_of_the_program() {
    if !place::are_we_root() {
        return unmet::without(Want::Root, "only root can be somebody else");
    }
    let site = Site::new().start();
    let dir = site.place().worker_dir("cgi-bin/own", 0o755);
    let program = dir.join("postern");
    let copied = Command::new("cp")
        .arg("-L")
        .args([&site.program(), &program])
        .status();
    assert!(copied.is_ok_and(|status| status.success()), "cp");
    place::give_to_worker(&program);
    let check = |uid: u32| {
        let ids = [format!("--reuid={uid}"), format!("--regid={uid}")];
        let mut command = Command::new("setpriv");
        command
            .args(&ids)
            .arg("--clear-groups")
            .arg(&program)
            .arg("check");
        let output = command.env_clear().output().expect("the program");
        (output.status.code(), shell::said(&output))
    };
    let owner = place::worker().uid;
    let (code, text) = check(owner + 1);
    assert_eq!((code, text.lines().count()), (Some(1), 1), "{text}");
    let names = format!(
        "belongs to user {owner}, and check was run as user {}",
        owner + 1
    );
    assert!(
        text.starts_with("WRONG  ") && text.contains(&names),
        "{text}"
    );
    assert!(text.contains(&format!("sudo -u '#{owner}' /")), "{text}");
    let (_, text) = check(owner);
    assert!(
        text.contains("Settings in use") && !text.contains("suEXEC"),
        "{text}"
    );
}
