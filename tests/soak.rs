//! Ten users who click at random, in several tabs and two browsers each, over everything that there is, while their other mail
//! programs change it: every answer is a page, and at the end cache and server agree exactly.
//!
//! Each user has random numbers of their own, all from one seed; what comes in between of what is left to the machine. More
//! clicks by POSTERN_CLICKS.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::disk;
use crate::support::client::MailClient;
use crate::support::kernel::{self, Watch, until};
use crate::support::mailbox::{FOLDERS, ROLES, mails_of};
use crate::support::mails::{self, Mail};
use crate::support::page::Page;
use crate::support::random::Random;
use crate::support::site::{Site, password_of};
use crate::support::visitor::Visitor;

const USERS: [&str; 10] = [
    "ann", "ben", "cid", "dora", "emil", "fay", "gus", "hana", "ilse", "jan",
];
/// The smallest budget there is: so that stores are left behind for new ones again and again.
const BUDGET_MB: u64 = 4;
/// Folders that a user's other mail program makes, at most at a time.
const MADE: usize = 6;

const FAREWELL: &str = "The mail server closed the connection";

/// The program's configuration, lists fresh for so many seconds.
fn tables(fresh: u32) -> String {
    // How busy the machine is shall not matter.
    format!(
        "[cache]\nfresh_seconds = {fresh}\nbudget_mb = {BUDGET_MB}\n[gate]\nwait_seconds = 60\ndeadline_seconds = 60\n\
         [limits]\nrows = 20\nlogins_per_minute = 1000"
    )
}

/// Clicks of all users together.
fn clicks() -> usize {
    let more = std::env::var("POSTERN_CLICKS").ok();
    more.map_or(200, |n| n.parse().expect("a number"))
}

/// Something on a page that leads on: its kind, its address, and the subject of the mail that it says it is.
#[derive(Clone, Debug)]
struct Link {
    kind: String,
    href: String,
    subject: Option<String>,
}

/// What kind of click an address is: its last word, where that says enough.
fn kind_of(address: &str) -> &str {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let has = |key: &str| query.split('&').any(|pair| pair.starts_with(key));
    match path.rsplit('/').next().unwrap_or_default() {
        _ if path.contains("/asset/") => "asset",
        "" | "postern" | "folder" if has("compare=") => "compare",
        "" | "postern" | "folder" if has("older=") || has("newer=") => "step",
        "" | "postern" | "folder" => "list",
        "message" if has("in=") => "message inside",
        "part" if has("open=") => "part",
        "part" => "download",
        "attachments" => "zip",
        other => other,
    }
}

/// All that a page leads to, of our own.
fn links(page: &Page) -> Vec<Link> {
    let rows = page.attributes_of("li.row > a", "href");
    let subjects = page.texts_of("li.row > a .subject");
    let row = |href: &String| rows.iter().position(|r| r == href);
    let mut all = page.attributes_of("a[href]", "href");
    all.extend(page.attributes_of("iframe[src], img[src], script[src]", "src"));
    let own = all
        .into_iter()
        .filter(|href| href.starts_with(page.visitor().base()));
    own.map(|href| Link {
        kind: kind_of(&href).to_owned(),
        subject: row(&href).and_then(|n| subjects.get(n).cloned()),
        href: page.absolute(&href),
    })
    .collect()
}

/// True for a page with everything around it: where the next click starts.
fn is_whole(page: &Page) -> bool {
    page.header("content-type").starts_with("text/html") && page.text_of("nav.folders").is_some()
}

/// What a page says of the server and of itself, apart from the mail.
fn notices(page: &Page) -> String {
    match page.status() {
        200 => page
            .texts_of(".note[role=status], .note[role=alert]")
            .concat(),
        _ => page.text(),
    }
}

/// A browser and the page that it shows.
struct Window {
    browser: Visitor,
    page: Page,
}

/// Fills in the form until there is a place at the door; the page behind it.
fn sign_in(browser: &Visitor, login: &str) -> Page {
    loop {
        let form = browser.get("/sign-in");
        let form = form.form("sign-in").set("login", login);
        let page = form.set("password", &password_of(login)).submit_once();
        if page.status() != 429 {
            page.has_status(303);
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    let page = patiently(browser, "/");
    page.has_status(200);
    page
}

/// Opens an address as a browser does that is told to try again.
fn patiently(tab: &Visitor, address: &str) -> Page {
    let mut page = tab.get_once(address);
    for _ in 0..1_000 {
        if page.status() != 429 {
            return page;
        }
        page.expect(!page.header("retry-after").is_empty(), || {
            "nobody says when to try again".to_owned()
        });
        let again = page.header("refresh").split_once("; url=");
        let again = again.map_or_else(|| address.to_owned(), |(_, url)| url.to_owned());
        thread::sleep(Duration::from_millis(20));
        page = tab.get_once(&again);
    }
    panic!("{}", page.report("never had its turn"));
}

/// One of the ten.
struct User<'s> {
    site: &'s Site,
    login: &'static str,
    random: Random,
    windows: Vec<Window>,
    directory: PathBuf,
    /// The folders that their other mail program has made.
    made: Vec<String>,
    /// What parts and sources were the first time.
    seen: BTreeMap<String, u64>,
    /// Clicks by kind; answers other than pages.
    tally: BTreeMap<String, usize>,
    /// Most bytes that their directory had on disk.
    largest: u64,
}

impl<'s> User<'s> {
    /// Somebody who has signed in at a desk and on a phone.
    fn new(site: &'s Site, login: &'static str, seed: u64) -> User<'s> {
        let users = site.state_dir().join("users");
        let all = || -> BTreeSet<PathBuf> {
            let entries = fs::read_dir(&users).into_iter().flatten();
            entries.map(|e| e.expect("an entry").path()).collect()
        };
        let before = all();
        let windows = [0, 1].map(|_| {
            let browser = site.visitor();
            let page = sign_in(&browser, login);
            Window { browser, page }
        });
        let directory = all()
            .difference(&before)
            .next()
            .expect("a directory")
            .clone();
        User {
            site,
            login,
            random: Random::seeded(seed),
            windows: windows.into(),
            directory,
            made: Vec::new(),
            seen: BTreeMap::new(),
            tally: BTreeMap::new(),
            largest: 0,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.random.below(bound as u64)).expect("small")
    }

    fn count(&mut self, what: &str) {
        *self.tally.entry(what.to_owned()).or_default() += 1;
    }

    /// Clicks, while their other mail program may be changing something; how many clicks.
    fn round(&mut self) -> usize {
        let at = self.below(2);
        let window = self.windows.swap_remove(at);
        let mut other = (self.below(3) == 0).then(|| Meddler {
            site: self.site,
            login: self.login,
            random: Random::seeded(self.random.number()),
            made: std::mem::take(&mut self.made),
        });
        let first = self.below(2) == 0;
        if let (true, Some(other)) = (first, &mut other) {
            other.meddle();
        }
        let tabs = if self.below(8) == 0 {
            2 + self.below(3)
        } else {
            1
        };
        let (window, done) = thread::scope(|scope| {
            let meddling = other.as_mut().filter(|_| !first);
            let meddling = meddling.map(|other| scope.spawn(|| other.meddle()));
            let done = match self.below(40) {
                0 if is_whole(&window.page) => (self.leave_and_come_back(window), 2),
                _ => (self.click(window, tabs), tabs),
            };
            if let Some(meddling) = meddling {
                meddling.join().expect("the other mail program");
            }
            done
        });
        if let Some(other) = other {
            self.made = other.made;
            self.count("(changed elsewhere)");
        }
        self.windows.push(window);
        self.largest = self.largest.max(on_disk(&self.directory));
        done
    }

    /// Follows links of the page, each in a tab; the first kind of link is chosen, then one of it, so that rare ones come up.
    fn click(&mut self, window: Window, tabs: usize) -> Window {
        let Window { browser, page } = window;
        let all = links(&page);
        let kinds: BTreeSet<&str> = all.iter().map(|link| link.kind.as_str()).collect();
        let kinds: Vec<&str> = kinds.into_iter().collect();
        let mut chosen = Vec::new();
        for _ in 0..tabs {
            let kind = kinds[self.below(kinds.len())];
            let of_kind: Vec<&Link> = all.iter().filter(|l| l.kind == kind).collect();
            chosen.push(of_kind[self.below(of_kind.len())].clone());
        }
        let answers: Vec<Page> = thread::scope(|scope| {
            let open = |link: &Link| (browser.tab(), link.href.clone());
            let opening = chosen.iter().map(open);
            let opening: Vec<_> = opening
                .map(|(tab, href)| scope.spawn(move || patiently(&tab, &href)))
                .collect();
            opening
                .into_iter()
                .map(|o| o.join().expect("a tab"))
                .collect()
        });
        let mut next = page;
        for (link, answer) in chosen.iter().zip(answers) {
            self.judge(link, &answer);
            if is_whole(&answer) || answer.status() == 410 {
                next = answer;
            }
        }
        if next.status() == 410 && links(&next).iter().all(|link| link.kind == "asset") {
            // The small page of a part that is gone.
            next = patiently(&browser, "/");
        }
        Window {
            browser,
            page: next,
        }
    }

    /// Expects a page, or that what the link meant has gone meanwhile.
    fn judge(&mut self, link: &Link, page: &Page) {
        self.count(&link.kind);
        let notices = notices(page);
        if notices.contains(FAREWELL) {
            // Dovecot hangs up on whoever reads a folder at the moment when it is deleted or renamed.
            page.expect(notices.contains("under us"), || "hung up on".to_owned());
            self.count("(deleted while it was read)");
            return;
        }
        page.expect(matches!(page.status(), 200 | 410), || {
            format!("{} clicked on {link:?}", self.login)
        });
        if page.header("server-timing").contains("imap;") {
            let told = page.server_timing("imap").numbers();
            page.expect(told[0] <= 1, || "more than one connection".to_owned());
            *self.tally.entry("(connections)".to_owned()).or_default() += usize::from(told[0] == 1);
        }
        if page.status() == 410 {
            self.count("(gone)");
            return;
        }
        page.expect(!notices.contains("The mail server"), || "away".to_owned());
        match &link.subject {
            Some(subject) if !subject.is_empty() => drop(page.shows(subject)),
            _ => {}
        }
        if matches!(
            link.kind.as_str(),
            "part" | "download" | "source" | "frame" | "asset"
        ) {
            let mut hasher = DefaultHasher::new();
            page.body().hash(&mut hasher);
            let now = hasher.finish();
            let then = *self.seen.entry(link.href.clone()).or_insert(now);
            page.expect(now == then, || "it was something else before".to_owned());
        }
    }

    /// Signs out, and in again: in the same browser, or in a new one.
    fn leave_and_come_back(&mut self, window: Window) -> Window {
        let form = window.page.form("sign-out").request();
        let browser = window.browser;
        let mut page = browser.send(&form);
        while page.status() == 429 {
            thread::sleep(Duration::from_millis(20));
            page = browser.send(&form);
        }
        page.has_status(303);
        self.count("sign-out");
        page.follow().shows("You are signed out");
        let browser = match self.below(2) {
            0 => browser,
            _ => self.site.visitor(),
        };
        self.count("sign-in");
        let page = sign_in(&browser, self.login);
        Window { browser, page }
    }
}

/// A user's other mail program, at work once.
struct Meddler<'s> {
    site: &'s Site,
    login: &'static str,
    random: Random,
    made: Vec<String>,
}

impl Meddler<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.random.below(bound as u64)).expect("small")
    }

    fn meddle(&mut self) {
        let mut client = self.site.other_client(self.login);
        match self.below(10) {
            0..=2 => {
                let folder = self.folder();
                self.deliver(&mut client, &folder);
            }
            3 | 4 => {
                if let Some(uids) = self.some_of(&mut client) {
                    let sign = ['+', '-'][self.below(2)];
                    let flag = ["\\Seen", "\\Flagged", "\\Answered"][self.below(3)];
                    client.run(&format!("UID STORE {uids} {sign}FLAGS ({flag})"));
                }
            }
            5 => {
                if let Some(uids) = self.some_of(&mut client) {
                    client.run(&format!("UID STORE {uids} +FLAGS (\\Deleted)"));
                    client.run("EXPUNGE");
                }
            }
            6 => {
                let to = self.folder();
                if let Some(uids) = self.some_of(&mut client) {
                    client.run(&format!("UID MOVE {uids} \"{to}\""));
                }
            }
            7 if self.made.len() < MADE => {
                let name = self.new_name();
                client.run(&format!("CREATE \"{name}\""));
                self.deliver(&mut client, &name);
                self.made.push(name);
            }
            8 if !self.made.is_empty() => {
                let at = self.below(self.made.len());
                let name = self.new_name();
                let old = std::mem::replace(&mut self.made[at], name.clone());
                client.run(&format!("RENAME \"{old}\" \"{name}\""));
            }
            9 if !self.made.is_empty() => {
                let at = self.below(self.made.len());
                let name = self.made.swap_remove(at);
                client.run(&format!("DELETE \"{name}\""));
                // The same name, and every number in it means something else. Dovecot may still be removing it.
                if self.below(2) == 0 && client.tries(&format!("CREATE \"{name}\"")) {
                    self.deliver(&mut client, &name);
                    self.made.push(name);
                }
            }
            _ => self.deliver(&mut client, "INBOX"),
        }
    }

    /// A folder that there is.
    fn folder(&mut self) -> String {
        let some = ["INBOX", "INBOX", "Archive", "Orchestra/Concerts", "Trash"];
        let at = self.below(some.len() + self.made.len());
        let made = at.checked_sub(some.len()).map(|n| self.made[n].clone());
        made.unwrap_or_else(|| some[at].to_owned())
    }

    fn new_name(&mut self) -> String {
        let n = self.random.number() % 1_000_000;
        let names = ["Made", "Orchestra/Made", "B&APw-cher", "Deep/er and"];
        format!("{} {n}", names[self.below(names.len())])
    }

    /// One to three mails arrive.
    fn deliver(&mut self, client: &mut MailClient, folder: &str) {
        let all = mails::generated(70);
        for _ in 0..=self.below(3) {
            let mail: &Mail = &all[self.below(all.len())];
            client.append(folder, mail);
        }
    }

    /// Opens a folder; some of the messages in it.
    fn some_of(&mut self, client: &mut MailClient) -> Option<String> {
        let folder = self.folder();
        client.run(&format!("SELECT \"{folder}\""));
        let found = client.run("UID SEARCH ALL").concat();
        let uids = found.split(' ').filter_map(|word| word.parse().ok());
        let uids: Vec<u32> = uids.collect();
        let chosen: BTreeSet<String> = (0..=self.below(3))
            .filter_map(|_| Some(uids.get(self.below(uids.len()))?.to_string()))
            .collect();
        let chosen: Vec<String> = chosen.into_iter().collect();
        (!chosen.is_empty()).then(|| chosen.join(","))
    }
}

/// Bytes that a directory takes on disk.
fn on_disk(dir: &Path) -> u64 {
    // A file may go while one looks.
    let size = |file: &PathBuf| fs::metadata(file).map_or(0, |m| m.blocks() * 512);
    disk::files_below(dir).iter().map(size).sum()
}

/// Tells the others when somebody fails, so that they need not go on to the end.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

#[test]
fn after_many_clicks_at_random_cache_and_server_agree() {
    let large = mails::large(6);
    let mut plan = Site::new().proxied().dovecot(ROLES);
    for login in USERS {
        plan = plan.user(login, &password_of(login));
        for (directory, folder) in FOLDERS {
            plan = plan.mails(login, folder, mails_of(directory));
        }
        plan = plan.mails(login, "INBOX", mails::generated(70));
        plan = plan.mails(login, "Large", large.clone());
    }
    let site = plan.apache("StartServers 3\n").config(&tables(2)).start();
    let watch = Watch::on(&site.program());
    let mut users: Vec<User> = USERS
        .iter()
        .zip(130..)
        .map(|(login, seed)| User::new(&site, login, seed))
        .collect();
    site.proxy().reset();
    let begin = Instant::now();
    let failed = AtomicBool::new(false);
    thread::scope(|scope| {
        for user in &mut users {
            scope.spawn(|| {
                let _alarm = Alarm(&failed);
                let mut done = 0;
                while done < clicks().div_ceil(USERS.len()) && !failed.load(Ordering::SeqCst) {
                    done += user.round();
                }
            });
        }
    });
    let took = begin.elapsed();
    let connections = site.proxy().counts().connections;

    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, count) in users.iter().flat_map(|user| &user.tally) {
        *tally.entry(kind).or_default() += count;
    }
    let largest = users.iter().map(|user| user.largest).max().unwrap_or(0);
    println!(
        "{took:?}, {connections} connections, {largest} bytes at most, {} MB, {tally:?}",
        watch.peak_mb()
    );

    // When a store is left behind, there are both for a moment: the one, which the click before may have taken over its
    // budget, and what the other takes along (2 MB at most).
    assert!(largest < 2 * BUDGET_MB * 1024 * 1024, "{largest} bytes");
    agree(&site, &users);
    within_budget(&site, &users);
    assert!((1..64).contains(&watch.peak_mb()), "{} MB", watch.peak_mb());
    let errors = site.apache().error_log();
    assert!(
        !errors.contains("damaged") && !errors.contains("panic"),
        "{errors}"
    );
}

/// What a list says of a message, or the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Not read.
    pub unread: bool,
    /// Starred.
    pub starred: bool,
    /// Answered.
    pub answered: bool,
    /// None where it is not plain ASCII: the server tells it encoded.
    pub subject: Option<String>,
}

/// Messages by UID.
type Folder = BTreeMap<u32, Told>;

/// Expects that for each user everything that the pages show is what the server has, after one comparison of each folder;
/// and that the same is shown again without asking it.
fn agree(site: &Site, users: &[User]) {
    // The folders and the INBOX of everybody are asked for now; from then on nothing is old.
    site.configure(&tables(0));
    for user in users {
        user.windows[0].browser.get("/?compare=1").has_status(200);
    }
    site.configure(&tables(86_400));
    for user in users {
        let browser = &user.windows[0].browser;
        let mut client = site.other_client(user.login);
        let names = server_folders(&mut client);
        let pane = browser.get("/");
        assert_eq!(shown_folders(&pane), names, "{}", pane.report(user.login));
        for compare in [true, false] {
            for (name, count) in &names {
                let (mut shown, pane) = shown_messages(browser, name, compare);
                let told = server_messages(&mut client, name);
                for (uid, told) in &told {
                    // What the server tells encoded is not decoded here.
                    if let (None, Some(shown)) = (&told.subject, shown.get_mut(uid)) {
                        shown.subject = None;
                    }
                }
                let uids: BTreeSet<&u32> = shown.keys().chain(told.keys()).collect();
                let differ = uids
                    .into_iter()
                    .map(|uid| (uid, shown.get(uid), told.get(uid)));
                let differ: Vec<_> = differ.filter(|(_, one, other)| one != other).collect();
                pane.expect(differ.is_empty(), || {
                    format!("{}: {name}: shown and told differ: {differ:?}", user.login)
                });
                let beside = shown_folders(&pane).get(name).copied();
                pane.expect(beside == Some(*count), || {
                    format!(
                        "{}: {beside:?} stands beside {name}, not {count}",
                        user.login
                    )
                });
            }
        }
    }
}

/// The folders of the pane, as on the wire, and the number that stands beside each.
pub fn shown_folders(page: &Page) -> BTreeMap<String, usize> {
    let hrefs = page.attributes_of("nav.folders a.line", "href");
    let texts = page.texts_of("nav.folders a.line");
    let name = |href: &String| {
        let query = href.split_once('?').map_or("f=INBOX", |(_, query)| query);
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let (_, name) = pairs.find(|(key, _)| key == "f").expect("a folder");
        name.into_owned()
    };
    // The number, then a word for those who hear the page.
    let number = |text: &String| {
        let count = text
            .strip_suffix("unread")
            .or(text.strip_suffix("messages"));
        let count = count.or(text.strip_suffix("message")).unwrap_or_default();
        let digits = count.trim().rsplit(' ').next().unwrap_or_default();
        digits.parse().unwrap_or(0)
    };
    hrefs
        .iter()
        .map(name)
        .zip(texts.iter().map(number))
        .collect()
}

/// The same as the server has them.
pub fn server_folders(client: &mut MailClient) -> BTreeMap<String, usize> {
    let listed = client.run("LIST \"\" \"*\"");
    let mut folders = BTreeMap::new();
    for line in listed {
        if line.to_ascii_lowercase().contains("\\noselect") || line.contains("\\NonExistent") {
            continue;
        }
        let (_, name) = line.split_once(" \"/\" ").expect("a folder");
        let name = name.trim_matches('"').to_owned();
        let all = matches!(name.as_str(), "Drafts" | "Spam");
        let item = if all { "MESSAGES" } else { "UNSEEN" };
        let status = client.run(&format!("STATUS \"{name}\" ({item})")).concat();
        let (_, count) = status.rsplit_once(' ').expect("a count");
        let count = count.trim_end_matches(')').parse().expect("a number");
        folders.insert(name, count);
    }
    folders
}

fn plain(subject: &str) -> Option<String> {
    let is_plain = subject.is_ascii() && !subject.contains("=?") && !subject.trim().is_empty();
    is_plain.then(|| subject.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What the list of a folder says of its messages, through all its pages, and the last of these.
fn shown_messages(browser: &Visitor, folder: &str, compare: bool) -> (Folder, Page) {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("f", folder);
    if compare {
        query.append_pair("compare", "1");
    }
    let mut page = browser.get(&format!("/folder?{}", query.finish()));
    let mut all = Folder::new();
    loop {
        page.has_status(200);
        let notices = notices(&page);
        page.expect(notices.is_empty(), || "more than a list".to_owned());
        let asked = page.server_timing("imap").numbers()[0];
        page.expect(compare || asked == 0, || "the server was asked".to_owned());
        all.extend(rows_of(&page));
        if !page.has_link("Older") {
            return (all, page);
        }
        page = page.click("Older");
    }
}

/// What the rows of a page say of their messages, in their order.
pub fn rows_of(page: &Page) -> Vec<(u32, Told)> {
    let hrefs = page.attributes_of("li.row > a", "href");
    let rows = hrefs.iter().enumerate().map(|(n, href)| {
        let (_, tail) = href.split_once("&u=").expect("a message");
        let digits = tail.split('&').next().unwrap_or_default();
        let row = format!("ul > li.row:nth-child({})", n + 1);
        let signs = page.attributes_of(&format!("{row} svg"), "aria-label");
        let says = |word: &str| signs.iter().any(|sign| sign == word);
        let subject = page.text_of(&format!("{row} .subject"));
        let told = Told {
            unread: page.text_of(&format!("{row}.unread")).is_some(),
            starred: says("Starred"),
            answered: says("Answered"),
            subject: subject.as_deref().and_then(plain),
        };
        (digits.parse().expect("a UID"), told)
    });
    rows.collect()
}

/// The same as the server has it.
fn server_messages(client: &mut MailClient, folder: &str) -> Folder {
    client.run(&format!("EXAMINE \"{folder}\""));
    let lines = client.run("UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
    let lines = lines.iter().filter(|line| line.contains(" FETCH "));
    lines
        .map(|line| {
            let (head, rest) = line.split_once("\r\n").unwrap_or((line, ""));
            let (_, tail) = head.split_once("UID ").expect("a UID");
            let digits = tail.split(|c: char| !c.is_ascii_digit()).next();
            let uid = digits.and_then(|d| d.parse().ok()).expect("a number");
            let subject = rest.trim_end_matches(')').trim();
            let told = Told {
                unread: !head.contains("\\Seen"),
                starred: head.contains("\\Flagged"),
                answered: head.contains("\\Answered"),
                subject: subject.get("Subject:".len()..).and_then(plain),
            };
            (uid, told)
        })
        .collect()
}

/// Expects that nobody's directory takes more room than it may: the budget, and beside the log that it bounds a snapshot of
/// that and the files of the gate.
fn within_budget(site: &Site, users: &[User]) {
    for user in users {
        // A store that has outgrown its budget is left behind by the next click.
        user.windows[0].browser.get("/").has_status(200);
    }
    until("all have ended", || {
        kernel::processes(&site.program()).is_empty()
    });
    let most = BUDGET_MB * 1024 * 1024 + 512 * 1024;
    for user in users {
        let bytes = on_disk(&user.directory);
        assert!(bytes <= most, "{}: {bytes} bytes", user.login);
    }
}
