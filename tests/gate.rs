//! One request at a time for each user, few waiting, and a bound for the whole installation: storms of clicks, parts and
//! acts among them, and waiters that leave.
//!
//! The program has no hook for any of this: the mail server is made slow, and the kernel tells who holds and who waits.

mod ends;
mod storms;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::apache::Mpm;
use crate::support::chromium::Chromium;
use crate::support::kernel::{self, Watch, until};
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::site::{Plan, Site, password_of};
use crate::support::visitor::{Request, Visitor};

/// The way to the mail server and back takes a second.
const FAR: Duration = Duration::from_secs(1);

/// A site whose web server has threads for a storm from the beginning.
fn plan() -> Plan {
    Site::new()
        .messages(120)
        .proxied()
        .apache("StartServers 3\n")
}

/// One whose clicks wait for as long as a test wants: what is held up by a silent server goes on when it is cut off.
fn patient() -> Plan {
    plan().config("[gate]\nwait_seconds = 60\ndeadline_seconds = 60")
}

/// Clicks of now on hang at the mail server, until `go_on`.
fn hang(site: &Site) {
    site.proxy().trouble(Trouble::Hang);
}

/// What hung goes on, without a server.
fn go_on(site: &Site) {
    site.proxy().trouble(Trouble::Close);
    site.proxy().cut();
}

/// Somebody who has just signed in and has not seen any page yet, and the directory of that user.
fn signed_in(site: &Site, login: &str) -> (Visitor, PathBuf) {
    let before = site.users();
    let visitor = site.signed_in(login).visitor().clone();
    let new: Vec<PathBuf> = site.users().difference(&before).cloned().collect();
    let [dir] = new.as_slice() else {
        panic!("{login} has the directories {new:?}")
    };
    (visitor, dir.clone())
}

/// So many clicks, one after the other, where nobody waits yet; all of them stand in the user's queue afterwards.
fn clicks_that_wait<const N: usize>(
    visitor: &Visitor,
    dir: &Path,
) -> [thread::JoinHandle<Page>; N] {
    let lock = dir.join("lock");
    std::array::from_fn(|n| {
        let one = click(visitor, "/");
        // A ticket alone does not tell: who has one may still be on its way to its place.
        until("it waits", || kernel::lock(&lock).1 == n + 1);
        one
    })
}

/// How many pages of a user had to wait so far.
fn tickets(user: &Path) -> u64 {
    fs::metadata(user.join("pages")).map_or(0, |m| m.len())
}

/// Expects what a page gets that made way: it says so, and comes again by itself.
fn made_way(page: &Page) {
    page.expect(matches!(page.status(), 429 | 503), || {
        "neither 429 nor 503".to_owned()
    });
    page.shows("One moment").shows("reloads automatically");
    let seconds: u32 = page.header("retry-after").parse().expect("seconds");
    assert!((1..=8).contains(&seconds), "{seconds}");
    let again = format!("{seconds}; url={}", page.visitor().address("/"));
    page.expect(page.header("refresh").starts_with(&again), || {
        format!("Refresh does not begin with {again}")
    });
}

/// Clicks in the background; the answers are taken later.
fn click(tab: &Visitor, path: &str) -> thread::JoinHandle<Page> {
    let (tab, path) = (tab.tab(), path.to_owned());
    thread::spawn(move || tab.get_once(&path))
}

/// Clicks in the background, and is the one that holds the gate.
fn at_work(tab: &Visitor, user: &Path, path: &str) -> thread::JoinHandle<Page> {
    let holder = click(tab, path);
    until("a click works", || {
        kernel::lock(&user.join("lock")).0.is_some()
    });
    holder
}

fn answer(click: thread::JoinHandle<Page>) -> Page {
    click.join().expect("a click")
}

#[test]
fn fifty_clicks_cost_one_sign_in_and_three_processes() {
    for mpm in [Mpm::Event, Mpm::Prefork] {
        storm(mpm);
    }
}

/// Fifty clicks of one reader, the first of which works until all have come, while two others read on.
fn storm(mpm: Mpm) {
    let processes = match mpm {
        Mpm::Event => "",
        Mpm::Prefork => "StartServers 60\nMaxSpareServers 64\n",
    };
    // What the calm ones have seen stays fresh, so that they need no server.
    let plan = patient().config("[cache]\nfresh_seconds = 86400");
    let site = plan.mpm(mpm).apache(processes).start();
    let (ben, _) = signed_in(&site, "ben");
    let (cid, _) = signed_in(&site, "cid");
    for calm in [&ben, &cid] {
        calm.get("/").has_status(200);
    }
    let (ann, dir) = signed_in(&site, "ann");
    site.proxy().reset();
    site.proxy().trouble(Trouble::Hold);
    let watch = Watch::on(&site.program());

    let first = at_work(&ann, &dir, "/");
    let (holder, _) = kernel::lock(&dir.join("lock"));
    let crowd: Vec<_> = (1..49).map(|_| click(&ann, "/")).collect();
    // Others do not notice.
    for calm in [&ben, &cid] {
        for _ in 0..3 {
            calm.get_once("/").has_status(200).shows("Inbox");
        }
    }
    until("all have come", || tickets(&dir) == 48);
    let last = click(&ann, "/");
    until("the last has come", || tickets(&dir) == 49);
    until("only three are left", || watch.now() <= 3);
    watch.begin_again();
    assert_eq!(kernel::lock(&dir.join("lock")).0, holder);
    site.proxy().let_go();
    let first = answer(first);
    let last = answer(last);
    assert!(watch.most() <= 3, "{} processes at once", watch.most());
    first.has_status(200).shows("Message 120");
    last.has_status(200).shows("Message 120");
    let waited = last.server_timing("gate").millis;
    let mut served = 2;
    for page in crowd.into_iter().map(answer) {
        match page.status() {
            200 => {
                page.shows("Message 120");
                served += 1;
            }
            _ => made_way(&page),
        }
    }
    let cpu = watch.cpu_millis();
    println!(
        "{mpm:?}: {served} of 50 were served, the last after {waited} ms; {cpu} ms of CPU at least"
    );
    // The one that worked and the two that came last: nobody else stood between the last and its page.
    assert!(served <= 3, "{served} were served");
    let logins = site.proxy().counts().logins;
    assert!(logins <= 2, "{logins} sign-ins");
    one_after_the_other(&site.proxy().transcript());
}

/// Expects that nobody signs in before the one in front has gone.
fn one_after_the_other(transcript: &str) {
    let mut inside: Option<&str> = None;
    for line in transcript.lines() {
        let Some((connection, said)) = line.split_once(" C: ") else {
            continue;
        };
        if said.contains(" LOGIN ") || said.contains(" AUTHENTICATE ") {
            assert_eq!(inside, None, "two at once:\n{transcript}");
            inside = Some(connection);
        } else if said.ends_with(" LOGOUT") && inside == Some(connection) {
            inside = None;
        }
    }
}

/// A frame of an HTML mail that is in the cache, and the token of this session's forms.
fn part_and_token(reader: &Visitor) -> (String, String) {
    let list = reader.get("/");
    let token = list
        .form("sign-out")
        .value("token")
        .expect("a token")
        .to_owned();
    // Each seventh mail has HTML.
    let page = list.click("Message 119");
    let frames = page.attributes_of("iframe", "src");
    assert_eq!(frames.len(), 1, "{}", page.report("one frame"));
    reader.get(&frames[0]).has_status(200);
    (frames[0].clone(), token)
}

/// A POST that changes nothing: it waits like all of them, and is refused in the end.
fn act(tab: &Visitor) -> thread::JoinHandle<Page> {
    let tab = tab.tab();
    thread::spawn(move || tab.post_once("/sign-out", &[("token", "not-the-right-one")]))
}

/// Sends a form in the background.
fn send(tab: &Visitor, form: &Request) -> thread::JoinHandle<Page> {
    let (tab, form) = (tab.tab(), form.clone());
    thread::spawn(move || tab.send(&form))
}

/// When a request was sent and, at the latest, seen to wait; and its answer.
struct Waiting {
    sent: Instant,
    seen: Instant,
    answer: thread::JoinHandle<Page>,
    /// What is answered in the end.
    status: u16,
}

/// Somebody whose click hangs at the mail server, behind which others wait.
struct Queue {
    site: Site,
    ann: Visitor,
    dir: PathBuf,
    part: String,
    settings: Request,
    holder: thread::JoinHandle<Page>,
    waiting: Vec<Waiting>,
}

impl Queue {
    /// Four parts and four acts in turn, each of which waits before the next one comes.
    fn of_parts_and_acts() -> Queue {
        let site = patient().start();
        let (ann, dir) = signed_in(&site, "ann");
        let (part, _) = part_and_token(&ann);
        // An act that the mail server is not needed for. One that is refused would look for the folders that are shown around its
        // page, and for that pass the gate again, without waiting.
        let settings = ann.get("/settings").form("settings").request();
        hang(&site);
        let holder = at_work(&ann, &dir, "/?compare=1");
        let lock = dir.join("lock");
        let wait = |n: usize| {
            let sent = Instant::now();
            let (answer, status) = match n % 2 {
                0 => (click(&ann, &part), 200),
                _ => (send(&ann, &settings), 303),
            };
            until("it waits", || kernel::lock(&lock).1 == n + 1);
            Waiting {
                sent,
                seen: Instant::now(),
                answer,
                status,
            }
        };
        let waiting = (0..8).map(wait).collect();
        Queue {
            site,
            ann,
            dir,
            part,
            settings,
            holder,
            waiting,
        }
    }
}

#[test]
fn parts_and_acts_are_served_in_order() {
    let queue = Queue::of_parts_and_acts();
    // A fifth of each has no place, and changes nothing.
    answer(click(&queue.ann, &queue.part)).has_status(429);
    answer(send(&queue.ann, &queue.settings))
        .has_status(429)
        .shows("Go back and try again");

    go_on(&queue.site);
    answer(queue.holder)
        .has_status(200)
        .shows("The mail server cannot be reached");
    let mut latest = None;
    for one in queue.waiting {
        let page = answer(one.answer);
        page.has_status(one.status);
        let waited = Duration::from_secs_f64(page.server_timing("gate").millis / 1000.0);
        // It entered between these two moments.
        let (earliest, at_last) = (one.sent + waited, one.seen + waited);
        if let Some(before) = latest.replace(earliest) {
            assert!(before <= at_last, "{}", page.report("it entered too early"));
        }
    }
}

#[test]
fn parts_and_acts_make_way_for_no_click() {
    let queue = Queue::of_parts_and_acts();
    let clicks: Vec<_> = (0..6).map(|_| click(&queue.ann, "/")).collect();
    until("the clicks have come", || tickets(&queue.dir) == 6);

    go_on(&queue.site);
    answer(queue.holder).has_status(200);
    for one in queue.waiting {
        answer(one.answer).has_status(one.status);
    }
    let shown = clicks
        .into_iter()
        .map(answer)
        .filter(|page| match page.status() {
            200 => true,
            _ => {
                made_way(page);
                false
            }
        });
    assert!(shown.count() >= 2, "two clicks may wait");
}

#[test]
fn a_part_is_served_before_the_clicks_that_came_before_it() {
    let site = patient().start();
    let (ann, dir) = signed_in(&site, "ann");
    let (part, _) = part_and_token(&ann);
    hang(&site);
    let lock = dir.join("lock");
    let holder = at_work(&ann, &dir, "/?compare=1");
    let clicks = [1, 2].map(|n| {
        let one = click(&ann, "/");
        until("it waits", || kernel::lock(&lock).1 == n);
        one
    });
    let before = kernel::queue(&lock).1;
    let part = click(&ann, &part);
    // Each time that a page looks whether it was displaced, it goes to the end of the queue.
    until("the part stands first", || {
        let (_, queue) = kernel::queue(&lock);
        queue.len() == 3 && queue.first().is_some_and(|pid| !before.contains(pid))
    });
    go_on(&site);
    for page in [holder, part].into_iter().chain(clicks).map(answer) {
        page.has_status(200);
    }
}

#[test]
fn three_storming_users_leave_room_for_a_calm_one() {
    let site = patient().user("dora", &password_of("dora")).start();
    let mut stormers = Vec::new();
    for login in ["ann", "ben", "cid"] {
        let mails = crate::support::mails::generated(120);
        if login != "ann" {
            site.other_client(login).append_all("INBOX", &mails[100..]);
        }
        let (who, dir) = signed_in(&site, login);
        let (part, _) = part_and_token(&who);
        stormers.push((who, dir, part));
    }
    let (dora, _) = signed_in(&site, "dora");
    dora.get("/").has_status(200);
    hang(&site);
    let watch = Watch::on(&site.program());

    let holders: Vec<_> = stormers
        .iter()
        .map(|(who, dir, _)| at_work(who, dir, "/?compare=1"))
        .collect();
    let (mut pages, mut others) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        for (who, _, part) in &stormers {
            pages.extend([click(who, "/"), click(who, "/")]);
            others.push((200, click(who, part)));
            others.push((403, act(who)));
        }
    }
    let come = || stormers.iter().map(|(_, dir, _)| tickets(dir)).sum::<u64>();
    until("the storm has come", || come() == 24);
    // Three places are left for those who need not wait.
    until("who has no place has left", || watch.now() <= 13);
    watch.begin_again();
    for _ in 0..5 {
        dora.get_once("/").has_status(200).shows("Inbox");
    }
    assert!(watch.most() <= 16, "{} processes at once", watch.most());
    go_on(&site);
    for holder in holders {
        answer(holder).has_status(200);
    }
    for (status, other) in others {
        let page = answer(other);
        // Without a place it was told so at once; once it waited, it was served.
        if page.status() == 429 {
            page.expect(page.header("server-timing").find("gate").is_none(), || {
                "it had waited".to_owned()
            });
        } else {
            page.has_status(status);
        }
    }
    for page in pages.into_iter().map(answer).filter(|p| p.status() != 200) {
        made_way(&page);
    }
}

#[test]
fn who_finds_all_places_taken_waits_a_moment_for_one() {
    let site = patient().start();
    let (ann, ben) = (site.sign_in("ann"), site.sign_in("ben"));
    let dir = site.state_dir().join("slots");
    let hold = |name: &str| {
        let file = fs::File::create(dir.join(name)).expect("a file to lock");
        // The program works as another user where the test is root.
        let for_all = fs::Permissions::from_mode(0o666);
        file.set_permissions(for_all).expect("its permissions");
        file.lock().expect("its lock");
        file
    };
    // As sixteen clicks that work would hold, and three that wait.
    let mut places: Vec<_> = (0..16).map(|nth| hold(&nth.to_string())).collect();
    let mut waiting = Vec::from(["waits.1", "waits.2", "waits.3"].map(hold));
    // No more than three do: the next is told so at once.
    ben.get_once("/").has_status(429);
    drop(waiting.pop());
    let waits = || {
        let file = fs::File::open(dir.join("waits.3"));
        file.is_ok_and(|file| file.try_lock().is_err())
    };
    let waited = click(&ann, "/");
    until("it waits for a place", waits);
    drop(places.pop());
    answer(waited).has_status(200);
    // Where no place comes free, nobody waits for long.
    places.push(hold("15"));
    ann.get_once("/").has_status(429);
}

#[test]
fn a_page_that_tries_again_by_itself_displaces_no_click() {
    let site = patient().start();
    let (ann, dir) = signed_in(&site, "ann");
    site.proxy().trouble(Trouble::Hold);
    let holder = at_work(&ann, &dir, "/");
    let clicks = clicks_that_wait::<2>(&ann, &dir);
    for (n, times) in [(1, 1..=3), (9, 1..=3), (12, 4..=8)] {
        // Those that were sent away together do not come back together.
        let mut seen = BTreeSet::new();
        for _ in 0..12 {
            let page = ann.tab().get_once(&format!("/?again={n}"));
            page.has_status(429).shows("reloads automatically");
            let seconds: u64 = page.header("retry-after").parse().expect("seconds");
            page.expect(times.contains(&seconds), || format!("{times:?}"));
            let again = ann.address(&format!("/?again={}", n + 1));
            assert_eq!(page.header("refresh"), format!("{seconds}; url={again}"));
            seen.insert(seconds);
        }
        assert!(seen.len() > 1, "all come back after {seen:?} seconds");
    }
    assert_eq!(tickets(&dir), 2, "a retry took a ticket");
    site.proxy().let_go();
    answer(holder).has_status(200);
    for page in clicks.map(answer) {
        page.has_status(200).shows("Message 120");
    }
    ann.get("/?again=3").has_status(200).shows("Message 120");
}

#[test]
fn a_page_that_tries_again_by_itself_waits_where_there_is_room() {
    let site = patient().start();
    let (ann, dir) = signed_in(&site, "ann");
    let lock = dir.join("lock");
    site.proxy().trouble(Trouble::Hold);
    let holder = at_work(&ann, &dir, "/");
    let retry = click(&ann, "/?again=1");
    until("the retry waits", || kernel::lock(&lock).1 == 1);
    site.proxy().let_go();
    answer(holder).has_status(200);
    answer(retry).has_status(200).shows("Message 120");

    // Newer clicks have its place.
    site.proxy().trouble(Trouble::Hold);
    let holder = at_work(&ann, &dir, "/?compare=1");
    let retry = click(&ann, "/?again=1");
    until("the retry waits", || kernel::lock(&lock).1 == 1);
    let clicks = [1, 2].map(|n| {
        let one = click(&ann, "/");
        until("it waits", || tickets(&dir) == n);
        one
    });
    made_way(&answer(retry));
    site.proxy().let_go();
    answer(holder).has_status(200);
    for page in clicks.map(answer) {
        page.has_status(200);
    }
}

#[test]
fn five_tabs_restored_at_once_end_on_their_pages_by_themselves() {
    let site = plan().start();
    let (ann, dir) = signed_in(&site, "ann");
    site.proxy().delay(FAR / 2);
    let chromium = Chromium::start();
    let tabs: Vec<_> = (0..5).map(|_| chromium.tab()).collect();
    for tab in &tabs {
        tab.take_cookies(&ann);
    }
    let url = site.url();
    thread::scope(|scope| {
        for tab in &tabs {
            let url = &url;
            scope.spawn(move || tab.open(&format!("{url}/")));
        }
    });
    assert!(tickets(&dir) >= 3, "nobody had to make way");
    for tab in &tabs {
        tab.wait_for("document.body && document.body.innerText.includes('Message 120')");
    }
}
