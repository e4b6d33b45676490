//! Two browsers of one user and a desktop client act at random on one mailbox, also on rows that are long stale. What each
//! notice says is compared with what the server had before and after; now and then everything that the pages show is.
//!
//! The random numbers follow from a seed that is printed; another one by POSTERN_SEED, more acts by POSTERN_ACTS.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use super::plan;
use crate::soak::{Told, rows_of, server_folders, shown_folders};
use crate::support::client::MailClient;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::random::Random;
use crate::support::visitor::{Request, Visitor};

/// The folders, as on the wire, and what notices call them.
const PLACES: [(&str, &str); 5] = [
    ("INBOX", "Inbox"),
    ("Archive", "Archive"),
    ("Trash", "Trash"),
    ("Spam", "Spam"),
    ("Orchestra", "Orchestra"),
];

/// Everything is compared after so many acts.
const OFTEN: usize = 50;

/// Lists do not grow old by themselves: what happens follows from the seed alone.
const TABLES: &str =
    "[cache]\nfresh_seconds = 86400\n[limits]\nrows = 20\nlogins_per_minute = 1000\n";

/// Neither CONDSTORE nor QRESYNC.
const WITHOUT_CHANGES: &str = "imap_capability = IMAP4rev1 UIDPLUS MOVE ESEARCH SORT LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS\n";
/// Nor MOVE and UIDPLUS.
const BARE: &str = "imap_capability = IMAP4rev1 ESEARCH SORT LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS\n";

/// A message as the server has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Message {
    subject: String,
    arrived: String,
    flags: BTreeSet<String>,
}

/// A folder as the server has it.
#[derive(Clone, Debug, Default)]
struct Folder {
    messages: BTreeMap<u32, Message>,
    /// Newest first.
    order: Vec<u32>,
}

type Mailbox = BTreeMap<String, Folder>;

/// What a form asks for.
#[derive(Debug)]
struct Asked {
    act: String,
    from: String,
    to: Option<String>,
    /// The messages that it means, and how many it says that these are.
    which: BTreeSet<u32>,
    count: usize,
    /// The keyword of the label that it is about.
    label: String,
    /// Of messages that were changed later than this it leaves the flags alone.
    since: Option<u64>,
    /// Which these are.
    left: BTreeSet<u32>,
}

struct Soak {
    client: MailClient,
    random: Random,
    browsers: [Visitor; 2],
    /// What each browser shows, and what it showed before.
    pages: [Vec<Page>; 2],
    /// Messages that were opened: the server may learn of it later.
    opened: BTreeSet<(String, u32)>,
    /// Subjects of messages that another program has marked as unread. Where the server tells no changes, a row may still say
    /// that such a message was read; opened again, it is marked by nobody.
    unread_elsewhere: BTreeSet<String>,
    sent: BTreeSet<Vec<u8>>,
    /// True where the server tells which flags have changed.
    tracks: bool,
    delivered: usize,
    tally: BTreeMap<String, usize>,
    /// What was done last.
    story: Vec<String>,
}

fn run(capabilities: &str, tracks: bool, seed: u64) {
    let number = |name: &str| {
        let text = std::env::var(name).ok()?;
        Some(text.parse::<u64>().expect("a number"))
    };
    let seed = number("POSTERN_SEED").unwrap_or(seed);
    let count = number("POSTERN_ACTS").unwrap_or(150);
    println!("seed {seed}");
    let site = plan(50).dovecot(capabilities).config(TABLES).start();
    let mut client = site.other_client("ann");
    client.run("CREATE Orchestra");
    let browsers = [site.sign_in("ann"), site.sign_in("ann")];
    let pages = [0, 1].map(|n: usize| vec![browsers[n].get("/")]);
    let mut soak = Soak {
        client,
        random: Random::seeded(seed),
        browsers,
        pages,
        opened: BTreeSet::new(),
        unread_elsewhere: BTreeSet::new(),
        sent: BTreeSet::new(),
        tracks,
        delivered: 0,
        tally: BTreeMap::new(),
        story: Vec::new(),
    };
    let mut acts = 0;
    while acts < usize::try_from(count).expect("few") {
        if soak.step() {
            acts += 1;
            if acts % OFTEN == 0 {
                soak.agree();
            }
        }
    }
    soak.agree();
    println!("{:?}", soak.tally);
    let errors = site.apache().error_log();
    assert!(
        !errors.contains("damaged") && !errors.contains("panic"),
        "{errors}"
    );
}

#[test]
fn after_acts_at_random_cache_and_server_agree() {
    run("", true, 19);
}

#[test]
fn after_acts_at_random_cache_and_server_agree_without_condstore() {
    run(WITHOUT_CHANGES, false, 20);
}

#[test]
fn after_acts_at_random_cache_and_server_agree_without_move_and_uidplus() {
    run(BARE, false, 21);
}

impl Soak {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.random.below(bound as u64)).expect("small")
    }

    fn place(&mut self) -> &'static str {
        PLACES[self.below(PLACES.len())].0
    }

    fn tell(&mut self, what: String) {
        let (kind, _) = what.split_once(' ').unwrap_or((&what, ""));
        *self.tally.entry(kind.to_owned()).or_default() += 1;
        self.story.push(what);
    }

    fn fail(&self, page: &Page, what: &str) -> ! {
        let last = self.story.len().saturating_sub(40);
        let story = self.story[last..].join("\n    ");
        panic!("{}", page.report(&format!("{what}\nafter:\n    {story}")));
    }

    /// One thing that somebody does; true for an act.
    fn step(&mut self) -> bool {
        let at = self.below(2);
        match self.below(20) {
            0..=3 => self.meddle(),
            4 => {
                let folder = self.place();
                self.tell(format!("list {folder}"));
                self.show(at, &format!("/folder?f={folder}"));
            }
            5 => self.compare(at),
            6 | 7 => self.open(at),
            8 => {
                let page = self.pages[at].last().expect("a page").clone();
                let is_message = !page.attributes_of("form#acts", "action").is_empty();
                if !is_message && page.has_link("Older") {
                    self.tell("older".to_owned());
                    let next = page.click("Older");
                    self.pages[at].push(next);
                }
            }
            9..=11 => return self.undo(at),
            _ => return self.act(at),
        }
        false
    }

    /// Another mail program at work.
    fn meddle(&mut self) {
        let kind = self.below(6);
        if kind < 2 {
            for _ in 0..=self.below(3) {
                self.delivered += 1;
                let subject = format!("Later {}", self.delivered);
                let mut mail = Mail::plain("Kai <kai@example.org>", &subject, "x");
                // Some arrived long ago, somewhere else.
                let hours = u64::try_from(self.below(60)).expect("few");
                if self.below(2) == 0 {
                    mail.received =
                        SystemTime::UNIX_EPOCH + Duration::from_secs(1_740_816_000 + hours * 3600);
                }
                let folder = ["INBOX", "INBOX", "INBOX", "Archive"][self.below(4)];
                self.client.append(folder, &mail);
                self.tell(format!("deliver {subject} into {folder}"));
            }
            return;
        }
        let folder = self.place();
        let mailbox = self.look();
        let all: Vec<u32> = mailbox[folder].messages.keys().copied().collect();
        if all.is_empty() {
            return;
        }
        let some: BTreeSet<String> = (0..=self.below(3))
            .map(|_| all[self.below(all.len())].to_string())
            .collect();
        let uids = some.into_iter().collect::<Vec<_>>().join(",");
        self.client.run(&format!("SELECT {folder}"));
        match kind {
            2 => {
                self.client
                    .run(&format!("UID STORE {uids} +FLAGS (\\Deleted)"));
                self.client.run(&format!("UID EXPUNGE {uids}"));
                self.tell(format!("expunge {folder} {uids}"));
            }
            3 => {
                let to = self.place();
                if to != folder {
                    self.client.run(&format!("UID MOVE {uids} {to}"));
                    self.tell(format!("elsewhere-moved {folder} {uids} {to}"));
                }
            }
            _ => {
                let sign = ['+', '-'][self.below(2)];
                let flag = ["\\Seen", "\\Flagged", "\\Answered"][self.below(3)];
                if (sign, flag) == ('-', "\\Seen") {
                    let held = mailbox[folder].messages.iter();
                    let named =
                        held.filter(|(uid, _)| uids.split(',').any(|n| n == uid.to_string()));
                    let subjects = named.map(|(_, message)| message.subject.clone());
                    self.unread_elsewhere.extend(subjects);
                }
                self.client
                    .run(&format!("UID STORE {uids} {sign}FLAGS ({flag})"));
                self.tell(format!("elsewhere-marked {folder} {uids} {sign}{flag}"));
            }
        }
        self.client.run("UNSELECT");
    }

    fn show(&mut self, at: usize, address: &str) {
        let page = self.browsers[at].get(address);
        page.has_status(200);
        self.pages[at].push(page);
    }

    /// "Refresh": the list is what the server has.
    fn compare(&mut self, at: usize) {
        let page = self.pages[at].last().expect("a page").clone();
        if page.has_link("Refresh") {
            self.tell("compare".to_owned());
            let page = page.click("Refresh");
            let mailbox = self.look();
            self.expect_list(&page, &mailbox, true);
            self.pages[at].push(page);
        }
    }

    /// Opens a message of the list.
    fn open(&mut self, at: usize) {
        let page = self.pages[at].last().expect("a page").clone();
        let links = page.attributes_of("li.row > a", "href");
        if links.is_empty() {
            return self.show(at, "/");
        }
        let nth = self.below(links.len());
        let href = page.absolute(&links[nth]);
        let (folder, uid) = named(&href);
        self.tell(format!("open {folder} {uid}"));
        let page = self.browsers[at].get(&href);
        if page.status() == 410 {
            return self.show(at, "/");
        }
        page.has_status(200);
        self.opened.insert((folder, uid));
        self.pages[at].push(page);
    }

    /// The page that is acted on: mostly the one that is shown, at times one before it.
    fn acted_on(&mut self, at: usize) -> Page {
        let back = [0, 0, 0, 1, 2][self.below(5)];
        let pages = &self.pages[at];
        pages[pages.len().saturating_sub(back + 1)].clone()
    }

    fn undo(&mut self, at: usize) -> bool {
        let page = self.acted_on(at);
        let form = ".note .acts form:last-child";
        if page.texts_of(&format!("{form} button")) != ["Undo"] {
            return false;
        }
        let names = page.attributes_of(&format!("{form} input"), "name");
        let values = page.attributes_of(&format!("{form} input"), "value");
        let fields: Vec<(String, String)> = names.into_iter().zip(values).collect();
        let origin = format!("http://{}", page.visitor().server());
        let target = page.attributes_of(form, "action").concat();
        let request = Request::new("POST", &page.absolute(&target)).form(&fields);
        self.send(at, "undo", request.header("Origin", &origin))
    }

    /// Does something with the rows of a list, or with the message that is open.
    fn act(&mut self, at: usize) -> bool {
        let mut page = self.acted_on(at);
        let is_message = !page.attributes_of("form#acts", "action").is_empty();
        if !is_message && page.attributes_of("form#rows", "action").is_empty() {
            self.show(at, "/");
            return false;
        }
        let id = if is_message { "acts" } else { "rows" };
        let acts = page.attributes_of(&format!("form#{id} button[name=act]"), "value");
        let act = acts[self.below(acts.len())].clone();
        if act.starts_with("save") {
            // Nothing is changed by it.
            self.show(at, "/");
            return false;
        }
        if !is_message && self.below(6) == 0 {
            page = page.click("Select all on this page");
            let all = page.attributes_of(".bulk.bar > a[href*=all]", "href");
            if let (Some(all), 0) = (all.first(), self.below(3)) {
                page = self.browsers[at].get(&page.absolute(all));
            }
        }
        if page
            .attributes_of(&format!("form#{id}"), "action")
            .is_empty()
        {
            // The last of its rows have gone.
            self.pages[at].push(page);
            return false;
        }
        let mut form = page.form(id);
        let boxes = page.attributes_of("input.tick:not([checked])", "value");
        let is_selected = !page
            .attributes_of("input.tick[checked]", "value")
            .is_empty();
        if !is_message && !is_selected {
            for _ in 0..=self.below(4) {
                form = form.tick("u", &boxes[self.below(boxes.len())]);
            }
        }
        form = form.smuggle("act", &act);
        if matches!(act.as_str(), "move" | "copy") {
            form = form.smuggle("to", self.place());
        }
        if act == "label" {
            let word = ["+$label1", "-$label1", "+$label2"][self.below(3)];
            form = form.smuggle("label", word);
        }
        if act == "remove" {
            form = form.smuggle("sure", "1");
        }
        let request = form.request();
        self.send(at, "act", request)
    }

    /// Sends a form, once or twice; true where it was an act.
    fn send(&mut self, at: usize, what: &str, request: Request) -> bool {
        if !self.sent.insert(request.body.clone()) {
            return false;
        }
        let before = self.look();
        let mut asked = Asked::read(&request.body, &before);
        asked.left = self.changed_since(&asked, &before);
        if asked.to.as_ref() == Some(&asked.from) {
            self.browsers[at].send(&request).has_status(400);
            return false;
        }
        self.tell(format!("{what}-{} {asked:?}", asked.act));
        let answer = self.browsers[at].send(&request);
        let mut page = self.browsers[at].follow(answer);
        if page.target().contains("/message?") {
            // The one beside it is open now.
            self.opened.insert(named(page.target()));
        }
        let after = self.look();
        self.expect_done(&page, &asked, &before, &after);
        if self.below(8) == 0 {
            self.tell("again".to_owned());
            let answer = self.browsers[at].send(&request);
            page = self.browsers[at].follow(answer);
            let again = self.look();
            self.expect_same(&page, &after, &again);
            self.expect_says(&page, &asked, &before);
        }
        if !page.attributes_of("li.row > a", "href").is_empty() && page.target().contains("/folder")
        {
            let listed = folder_of(page.target());
            if listed == asked.from {
                self.expect_list(&page, &after, self.tracks);
            }
        }
        self.pages[at].push(page);
        true
    }

    /// The messages that an act leaves as they are, since they were changed meanwhile.
    fn changed_since(&mut self, asked: &Asked, before: &Mailbox) -> BTreeSet<u32> {
        let Some(since) = asked.since else {
            return BTreeSet::new();
        };
        self.client.run(&format!("EXAMINE {}", asked.from));
        let lines = self.client.run("UID FETCH 1:* (MODSEQ)");
        let number = |line: &str, before: &str| {
            let (_, rest) = line.split_once(before)?;
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest[..end].parse::<u64>().ok()
        };
        let changed = lines.iter().filter_map(|line| {
            let modseq = number(line, "MODSEQ (")?;
            let uid = u32::try_from(number(line, "UID ")?).ok()?;
            (modseq > since).then_some(uid)
        });
        let held = &before[&asked.from].messages;
        let is_left = |uid: &u32| {
            let has = |flag: &str| held.get(uid).is_some_and(|m| m.flags.contains(flag));
            asked.which.contains(uid)
                && match asked.act.as_str() {
                    "read" => !has("\\Seen"),
                    "unread" => has("\\Seen"),
                    "star" => !has("\\Flagged"),
                    "unstar" => has("\\Flagged"),
                    "label" => !has(&asked.label),
                    _ => has(&asked.label),
                }
        };
        changed.filter(is_left).collect()
    }

    /// What the server has.
    fn look(&mut self) -> Mailbox {
        PLACES
            .iter()
            .map(|(name, _)| ((*name).to_owned(), folder(&mut self.client, name)))
            .collect()
    }

    /// What was done is what was asked for, with just these messages, and what is said is what was done.
    fn expect_done(&mut self, page: &Page, asked: &Asked, before: &Mailbox, after: &Mailbox) {
        let mut expected = before.clone();
        let from = expected.get_mut(&asked.from).expect("a folder");
        let there: Vec<u32> = from.messages.keys().copied().collect();
        let there: Vec<u32> = there
            .into_iter()
            .filter(|uid| asked.which.contains(uid) && !asked.left.contains(uid))
            .collect();
        let mut gone = Vec::new();
        for uid in there {
            let message = from.messages.get_mut(&uid).expect("a message");
            let mut set = |flag: &str, set: bool| match set {
                true => drop(message.flags.insert(flag.to_owned())),
                false => drop(message.flags.remove(flag)),
            };
            match asked.act.as_str() {
                "read" => set("\\Seen", true),
                "unread" => {
                    set("\\Seen", false);
                    self.opened.remove(&(asked.from.clone(), uid));
                }
                "star" => set("\\Flagged", true),
                "unstar" => set("\\Flagged", false),
                "label" | "unlabel" => set(&asked.label, asked.act == "label"),
                "copy" => gone.push((uid, message.clone())),
                _ => gone.extend(from.messages.remove(&uid).map(|message| (uid, message))),
            }
        }
        // What has come, known by everything but its number.
        if let Some(to) = &asked.to {
            let new = after[to].messages.iter();
            let new = new.filter(|(uid, _)| !before[to].messages.contains_key(uid));
            let new: BTreeMap<u32, Message> = new.map(|(uid, m)| (*uid, m.clone())).collect();
            let mut came: Vec<Message> = new.values().cloned().collect();
            let went = gone.iter().map(|(uid, message)| {
                let mut message = message.clone();
                // What was opened may be known to be read, and unread again elsewhere.
                if self.opened.contains(&(asked.from.clone(), *uid)) && !came.contains(&message) {
                    message.flags.insert("\\Seen".to_owned());
                }
                message
            });
            let mut went: Vec<Message> = went.collect();
            came.sort();
            went.sort();
            if came != went {
                self.fail(page, &format!("{went:?} went, and {came:?} came"));
            }
            let to = expected.get_mut(to).expect("a folder");
            to.messages.extend(new);
        }
        self.expect_same(page, &expected, after);
        self.expect_says(page, asked, before);
        self.opened.retain(|(folder, uid)| {
            let message = after[folder].messages.get(uid);
            message.is_some_and(|message| !message.flags.contains("\\Seen"))
        });
    }

    /// Nothing else has happened: but what was opened may be known to be read.
    fn expect_same(&self, page: &Page, expected: &Mailbox, found: &Mailbox) {
        for (name, folder) in expected {
            let (mut folder, found) = (folder.messages.clone(), &found[name].messages);
            for (uid, message) in &mut folder {
                let is_seen = |m: &Message| m.flags.contains("\\Seen");
                let may_be_seen = self.opened.contains(&(name.clone(), *uid));
                if may_be_seen && found.get(uid).is_some_and(is_seen) {
                    message.flags.insert("\\Seen".to_owned());
                }
            }
            let uids: BTreeSet<&u32> = folder.keys().chain(found.keys()).collect();
            for uid in uids {
                let (one, other) = (folder.get(uid), found.get(uid));
                if one != other {
                    self.fail(
                        page,
                        &format!("{name} {uid}: expected {one:?}, but {other:?}"),
                    );
                }
            }
        }
    }

    /// The notice says what was done.
    fn expect_says(&self, page: &Page, asked: &Asked, before: &Mailbox) {
        let held = &before[&asked.from].messages;
        let done = asked
            .which
            .iter()
            .filter(|uid| held.contains_key(uid))
            .count();
        let missing = asked.count - done;
        let done = done - asked.left.len();
        let messages = |n: usize| format!("{n} message{}", if n == 1 { "" } else { "s" });
        let title = |name: &String| PLACES.iter().find(|(n, _)| n == name).expect("a folder").1;
        let to = asked.to.as_ref().map_or("", title);
        let n = messages(done);
        let did = match (asked.act.as_str(), done) {
            ("read" | "unread" | "star" | "unstar" | "label" | "unlabel", 0) => {
                "Nothing was changed.".to_owned()
            }
            ("copy", 0) => "Nothing was copied.".to_owned(),
            ("remove", 0) => "Nothing was deleted.".to_owned(),
            (_, 0) => "Nothing was moved.".to_owned(),
            ("read", _) => format!("{n} marked as read."),
            ("unread", _) => format!("{n} marked as unread."),
            ("star", _) => format!("{n} starred."),
            ("unstar", 1) => format!("Star removed from {n}."),
            ("unstar", _) => format!("Stars removed from {n}."),
            ("label", _) => format!("Label {} added to {n}.", asked.label_name()),
            ("unlabel", _) => format!("Label {} removed from {n}.", asked.label_name()),
            ("copy", _) => format!("{n} copied to {to}."),
            ("remove", _) => format!("{n} permanently deleted."),
            _ => format!("{n} moved to {to}."),
        };
        let not_there = match missing {
            0 => String::new(),
            1 => " 1 message was no longer in the folder.".to_owned(),
            n => format!(" {} were no longer in the folder.", messages(n)),
        };
        let said = page.texts_of(".note p").join(" ");
        let said = said.replace(['\u{2068}', '\u{2069}'], "");
        let left = match asked.left.len() {
            0 => String::new(),
            1 => " 1 message is unchanged.".to_owned(),
            n => format!(" {} are unchanged.", messages(n)),
        };
        if said != format!("{did}{not_there}{left}") {
            self.fail(
                page,
                &format!("{said:?} is said, not \"{did}{not_there}{left}\""),
            );
        }
    }

    /// A list shows what the server has: order, counts, and flags where these are told.
    fn expect_list(&self, page: &Page, mailbox: &Mailbox, with_flags: bool) {
        let name = folder_of(page.target());
        let held = &mailbox[&name];
        let shown = rows_of(page);
        let uids: Vec<u32> = shown.iter().map(|(uid, _)| *uid).collect();
        let start = match (page.has_link("Newer"), uids.first()) {
            (true, Some(first)) => held.order.iter().position(|uid| uid == first).unwrap_or(0),
            _ => 0,
        };
        let expected: Vec<u32> = held.order.iter().skip(start).copied().collect();
        let is_whole = page.has_link("Older") || expected.len() == uids.len();
        if !expected.starts_with(&uids) || !is_whole {
            self.fail(
                page,
                &format!("{name}: {uids:?} are shown, but there are {expected:?}"),
            );
        }
        let is_opened = |uid: &u32| self.opened.contains(&(name.clone(), *uid));
        let unread = |uid: &u32| !held.messages[uid].flags.contains("\\Seen") && !is_opened(uid);
        let is_doubtful = |uid: &&u32| {
            let message = &held.messages[*uid];
            let is_unread = !message.flags.contains("\\Seen") && is_opened(uid);
            is_unread && !self.tracks && self.unread_elsewhere.contains(&message.subject)
        };
        for (uid, told) in shown.iter().filter(|_| with_flags) {
            let message = &held.messages[uid];
            let expected = Told {
                unread: match is_doubtful(&uid) {
                    true => told.unread,
                    false => unread(uid),
                },
                starred: message.flags.contains("\\Flagged"),
                answered: message.flags.contains("\\Answered"),
                subject: Some(message.subject.clone()),
            };
            if *told != expected {
                self.fail(
                    page,
                    &format!("{name} {uid}: {told:?} is shown, not {expected:?}"),
                );
            }
        }
        let all = held.order.len();
        let count = held.order.iter().filter(|uid| unread(uid)).count();
        let doubtful = held.order.iter().filter(is_doubtful).count();
        let words = |count: usize| match (all, count) {
            (0, _) => "No messages".to_owned(),
            (1, 0) => "1 message, none unread".to_owned(),
            (n, 0) => format!("{n} messages, none unread"),
            (1, n) => format!("1 message, {n} unread"),
            (m, n) => format!("{m} messages, {n} unread"),
        };
        let said = page.text_of("header .count").unwrap_or_default();
        let mut right = count..=count + doubtful;
        if !right.any(|count| said == words(count)) {
            let words = words(count);
            self.fail(page, &format!("{name}: {said:?} is said, not {words:?}"));
        }
    }

    /// After one comparison of each folder, everything that is shown is what the server has.
    fn agree(&mut self) {
        self.tell("agree".to_owned());
        let browser = self.browsers[0].clone();
        for (name, _) in PLACES {
            let mut page = browser.get(&format!("/folder?f={name}&compare=1"));
            self.opened.retain(|(folder, _)| folder != name);
            loop {
                page.has_status(200);
                let mailbox = self.look();
                self.expect_list(&page, &mailbox, true);
                if !page.has_link("Older") {
                    break;
                }
                page = page.click("Older");
                if !self.tracks {
                    page = page.click("Refresh");
                }
            }
        }
        // The same again, from what is cached.
        for (name, _) in PLACES {
            let page = browser.get(&format!("/folder?f={name}"));
            let asked = page.server_timing("imap").numbers()[0];
            page.expect(asked == 0, || "the server was asked".to_owned());
            let mailbox = self.look();
            self.expect_list(&page, &mailbox, true);
            let told = server_folders(&mut self.client);
            let shown = shown_folders(&page);
            if shown != told {
                self.fail(
                    &page,
                    &format!("{shown:?} stand beside folders, not {told:?}"),
                );
            }
        }
    }
}

impl Asked {
    fn read(body: &[u8], mailbox: &Mailbox) -> Asked {
        let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let get = |name: &str| {
            let field = fields.iter().find(|(n, _)| n == name);
            field.map(|(_, value)| value.clone())
        };
        let label = get("label").unwrap_or_default();
        let act = match get("act").expect("an act").as_str() {
            "label" | "unlabel" if label.starts_with('-') => "unlabel".to_owned(),
            "label" | "unlabel" => "label".to_owned(),
            act => act.to_owned(),
        };
        let from = get("in").or(get("f")).expect("a folder");
        let to = match act.as_str() {
            "archive" => Some("Archive".to_owned()),
            "delete" => Some("Trash".to_owned()),
            "spam" => Some("Spam".to_owned()),
            "not-spam" => Some("INBOX".to_owned()),
            _ => get("to"),
        };
        let named = fields.iter().filter(|(name, _)| name == "u");
        let named: BTreeSet<u32> = named.flat_map(|(_, text)| numbers(text)).collect();
        let (which, count) = match get("all") {
            None => (named.clone(), named.len()),
            Some(all) => {
                let (below, count) = all.split_once('.').expect("all");
                let below: u32 = below.parse().expect("a number");
                let uids = mailbox[&from].messages.keys().copied();
                let which = uids.filter(|uid| *uid < below).collect();
                (which, count.parse().expect("a number"))
            }
        };
        Asked {
            act,
            from,
            to,
            which,
            count,
            label: label.trim_start_matches(['+', '-']).to_owned(),
            since: get("since").map(|since| since.parse().expect("a number")),
            left: BTreeSet::new(),
        }
    }

    fn label_name(&self) -> &'static str {
        match self.label.as_str() {
            "$label1" => "Important",
            _ => "Work",
        }
    }
}

/// `3:5,9`.
fn numbers(text: &str) -> Vec<u32> {
    let ranges = text.split(',').map(|range| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        let number = |text: &str| text.parse::<u32>().expect("a number");
        number(first)..=number(last)
    });
    ranges.flatten().collect()
}

/// The folder that an address names.
fn folder_of(address: &str) -> String {
    let (_, query) = address.split_once('?').unwrap_or((address, ""));
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let name = pairs.find(|(key, _)| key == "f");
    name.map_or_else(|| "INBOX".to_owned(), |(_, name)| name.into_owned())
}

/// The message that an address names.
fn named(address: &str) -> (String, u32) {
    let (_, tail) = address.split_once("u=").expect("a message");
    let digits = tail.split('&').next().unwrap_or_default();
    (folder_of(address), digits.parse().expect("a number"))
}

fn folder(client: &mut MailClient, name: &str) -> Folder {
    client.run(&format!("EXAMINE {name}"));
    let lines = client.run("UID FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
    let between = |line: &str, open: &str, close: char| {
        let (_, rest) = line.split_once(open).expect("what was asked for");
        let (inside, _) = rest.split_once(close).expect("its end");
        inside.to_owned()
    };
    let lines = lines.iter().filter(|line| line.contains(" FETCH "));
    let messages = lines.map(|line| {
        let flags = between(line, "FLAGS (", ')');
        let flags = flags.split_whitespace().filter(|f| *f != "\\Recent");
        let message = Message {
            subject: between(line, "Subject: ", '\r'),
            arrived: between(line, "INTERNALDATE \"", '"'),
            flags: flags.map(str::to_owned).collect(),
        };
        let uid = between(line, "UID ", ' ').parse().expect("a number");
        (uid, message)
    });
    let messages = messages.collect();
    let order = client.run("UID SORT (ARRIVAL) US-ASCII ALL").concat();
    let order = order.split(' ').filter_map(|word| word.parse().ok());
    let mut order: Vec<u32> = order.collect();
    order.reverse();
    Folder { messages, order }
}
