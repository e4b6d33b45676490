//! `kill -9` at any moment: whoever dies, the next click works, nothing is damaged and nothing is left over.
//!
//! At random moments by a real web server, and at each single step of a change of generation, where strace ends the
//! program at its n-th system call of a kind. The program has no hook for any of this.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::support::by_hand::{ByHand, Outcome};
use crate::support::install::{self, Part};
use crate::support::kernel::{self, until};
use crate::support::mails;
use crate::support::place;
use crate::support::random::Random;
use crate::support::site::{Site, password_of};
use crate::support::visitor::{Request, Visitor};

/// How often a holder is killed; more by POSTERN_KILLS.
fn kills() -> usize {
    let more = std::env::var("POSTERN_KILLS").ok();
    more.map_or(25, |n| n.parse().expect("a number"))
}

/// The names in a user's directory that begin so.
fn names(dir: &Path, prefix: &str) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a directory").flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|n| n.starts_with(prefix)).collect();
    names.sort();
    names
}

/// Expects one whole generation, nothing damaged, and nobody who holds or awaits anything.
fn all_is_well(site: &Site) {
    let dir = site.user_dir();
    let generations = names(&dir, "db.");
    assert_eq!(generations.len(), 1, "{generations:?}");
    let current = dir.join(&generations[0]);
    assert!(current.join("ready").exists(), "not ready");
    assert!(!current.join("bad").exists(), "marked as bad");
    assert_eq!(names(&dir, "damaged"), Vec::<String>::new());
    let errors = site.apache().error_log();
    assert!(!errors.contains("damaged"), "{errors}");
    until("all processes have ended", || {
        kernel::processes(&site.program()).is_empty()
    });
    for lock in [&dir, &site.state_dir().join("slots")] {
        for name in names(lock, "") {
            let file = lock.join(name);
            if file.is_file() {
                assert_eq!(kernel::lock(&file), (None, 0), "{}", file.display());
            }
        }
    }
}

/// Clicks of a reader who never looks at the same message twice, so that each click writes.
fn click(ann: &Visitor, nth: usize) -> thread::JoinHandle<u16> {
    let tab = ann.tab();
    thread::spawn(move || {
        if nth.is_multiple_of(3) {
            return tab.get_once("/?compare=1").status();
        }
        let page = tab.get_once("/");
        if page.status() != 200 {
            return page.status();
        }
        let links = page.attributes_of("a[href*='/message']", "href");
        if links.is_empty() {
            // It died while it wrote: to the web server that looks like the end.
            return 500;
        }
        tab.get_once(&links[nth % links.len()]).status()
    })
}

#[test]
fn a_holder_may_be_killed_at_any_moment() {
    let site = Site::new()
        .messages(300)
        .config("[cache]\nfresh_seconds = 1")
        .start();
    let ann = site.sign_in("ann");
    let lock = site.user_dir().join("lock");
    let mut random = Random::seeded(7);
    let mut killed = 0;
    let mut nth = 0;
    while killed < kills() {
        nth += 1;
        let clicking = click(&ann, nth);
        let mut holder = None;
        until("somebody holds the gate", || {
            holder = kernel::lock(&lock).0;
            holder.is_some() || clicking.is_finished()
        });
        // The moment itself is what is random here: a click may hold the gate for one millisecond, or for forty.
        let longest = 1_000 << random.below(6);
        thread::sleep(Duration::from_micros(random.below(longest)));
        if let Some(pid) = holder.filter(|pid| Some(*pid) == kernel::lock(&lock).0) {
            kernel::kill(pid);
        }
        let status = clicking.join().expect("a click");
        assert!(matches!(status, 200 | 500), "{status}");
        killed += usize::from(status == 500);
        assert!(nth < kills() * 20, "hardly any was hit");
        ann.get("/").has_status(200).shows("Inbox");
    }
    all_is_well(&site);
    // What was written in between is whole: every row that the list shows is there.
    let page = ann.get("/?compare=1");
    page.shows("Message 300").shows("300");
}

/// A site whose one store has outgrown the budget that is in force from now on, Ann's browser, and a copy of the state.
fn outgrown() -> (Site, Visitor, PathBuf) {
    let site = Site::new()
        .mails(
            "ann",
            "INBOX",
            [mails::large(6), mails::generated(20)].concat(),
        )
        .proxied()
        .config("[cache]\nfresh_seconds = 3600\nbudget_mb = 4096")
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    for n in 1..=6 {
        list.click(&format!("Large {n}")).has_status(200);
    }
    // Fetched ahead, then opened: its mark waits for the next connection.
    let unread = list.absolute(&list.link("Message 18"));
    let ahead = Request::new("GET", &unread).header("Sec-Purpose", "prefetch");
    ann.send(&ahead).has_status(200);
    ann.get(&unread).has_status(200);
    site.configure("[cache]\nfresh_seconds = 3600\nbudget_mb = 4");
    let size = fs::metadata(site.user_dir().join("db.1/db"))
        .expect("db")
        .len();
    assert!(size > 4 * 1024 * 1024, "{size} bytes");
    let copy = site.place().join("before");
    copy_state(site.state_dir(), &copy);
    (site, ann, copy)
}

fn copy_state(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap_or_else(|e| panic!("{}: {e}", to.display()));
    }
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.is_ok_and(|s| s.success()), "cp");
}

#[test]
fn a_new_generation_keeps_sessions_lists_and_marks_and_leaves_the_rest() {
    let (site, ann, _) = outgrown();
    site.proxy().reset();
    let page = ann.get("/");
    page.has_status(200).shows("Large 6").shows("Message 20");
    assert_eq!(names(&site.user_dir(), "db."), ["db.2"]);
    let size = fs::metadata(site.user_dir().join("db.2/db"))
        .expect("db")
        .len();
    assert!(size < 2 * 1024 * 1024, "{size} bytes were taken along");
    // The order came along and the rows did not: they are a miss once.
    ann.get("/").has_status(200);
    assert_eq!(site.proxy().counts().logins, 1);
    // The mark was not lost: it goes to the server with the next comparison.
    let is_seen = || {
        let mut other = site.other_client("ann");
        other.run("EXAMINE INBOX");
        let found = other.run("UID SEARCH SEEN SUBJECT \"Message 18\"").concat();
        found.contains(" 24")
    };
    assert!(!is_seen());
    ann.get("/?compare=1").has_status(200);
    assert!(is_seen());
    all_is_well(&site);
    // Another browser finds the data key by its wrap: no second cache begins.
    site.proxy().reset();
    let other = site.sign_in("ann");
    other.get("/").has_status(200).shows("Message 20");
    assert_eq!(site.proxy().counts().logins, 1, "only the sign-in itself");
}

/// What a change of generation asks of the kernel that lasts.
const CALLS: [&str; 9] = [
    "mkdir",
    "pwrite64",
    "ftruncate",
    "fsync",
    "fdatasync",
    "rename",
    "unlink",
    "unlinkat",
    "rmdir",
];

#[test]
fn a_change_of_generation_may_be_killed_at_each_of_its_steps() {
    install::need(Part::Strace);
    let (site, ann, before) = outgrown();
    let mut steps = 0;
    for (call, is_bad) in CALLS
        .iter()
        .flat_map(|call| [(*call, false), (*call, true)])
    {
        let mut nth = 1;
        loop {
            copy_state(&before, site.state_dir());
            if is_bad {
                // A store that was damaged is set aside instead of removed.
                let mark = site.user_dir().join("db.1/bad");
                fs::write(&mark, "").expect("a mark");
                place::give_to_worker(&mark);
            }
            let killed = ByHand::get(&site.program(), "/").killed_at(call, nth);
            let outcome = killed.under(&["-f"]).by(&ann).run();
            if outcome.ended.signal().is_none() && outcome.ended.success() {
                let answer = outcome.answer.expect("a page");
                assert_eq!(answer.status, 200, "{call} {nth}: {}", outcome.errors);
                break;
            }
            steps += 1;
            let page = ann.get("/");
            page.expect(page.status() == 200 && page.has_words("Large 6"), || {
                format!("after the death at {call} number {nth}")
            });
            let kept = site.user_dir().join("damaged");
            if is_bad && kept.exists() {
                fs::remove_dir_all(kept).expect("what was set aside");
            }
            all_is_well(&site);
            nth += stride(call, nth);
        }
    }
    println!("killed at {steps} steps");
    assert!(steps >= 15, "only {steps} steps");
}

/// Calls of a kind that are left out after this one: sled writes many pieces alike.
fn stride(call: &str, nth: usize) -> usize {
    let every = std::env::var_os("POSTERN_KILLS").is_some() || call != "pwrite64" || nth < 4;
    if every { 1 } else { nth / 2 }
}

/// A first sign-in under strace, which kills it at its n-th call of a kind; with `at`, only calls about that file count.
fn first_sign_in_killed_at(site: &Site, call: &str, nth: usize, at: Option<&Path>) -> Outcome {
    let stranger = site.visitor();
    let form = stranger.get("/sign-in");
    let form = form.form("sign-in").set("login", "ann");
    let request = form.set("password", &password_of("ann")).request();
    let killed = ByHand::request(&site.program(), request).killed_at(call, nth);
    let at = at.map(|path| path.display().to_string());
    let only = at.iter().flat_map(|path| ["-P", path]);
    let options: Vec<&str> = only.chain(["-f"]).collect();
    killed.under(&options).by(&stranger).run()
}

#[test]
fn a_first_sign_in_may_be_killed_at_each_of_its_steps() {
    install::need(Part::Strace);
    let site = Site::new()
        .messages(3)
        .config("[limits]\nlogins_per_minute = 1000")
        .start();
    site.sign_in("ann");
    let dir = site.user_dir();
    let users = site.state_dir().join("users");
    let lock = dir.join("lock");
    let mut kinds: Vec<(&str, Option<&Path>)> = CALLS.map(|call| (call, None)).to_vec();
    kinds.push(("openat", Some(&lock)));
    kinds.push(("flock", None));
    let mut steps = 0;
    for (call, at) in kinds {
        for nth in (1..).step_by(if call == "pwrite64" { 5 } else { 1 }) {
            fs::remove_dir_all(&users).expect("users/");
            let outcome = first_sign_in_killed_at(&site, call, nth, at);
            if outcome.ended.signal().is_none() && outcome.ended.success() {
                let answer = outcome.answer.expect("an answer");
                assert_eq!(answer.status, 303, "{call} {nth}: {}", outcome.errors);
                break;
            }
            steps += 1;
            let page = site.sign_in("ann").get("/");
            page.expect(page.has_words("Message 3"), || {
                format!("after the death at {call} number {nth}")
            });
            all_is_well(&site);
        }
    }
    println!("killed at {steps} steps");
    assert!(steps >= 10, "only {steps} steps");
}

#[test]
fn the_first_request_of_all_may_be_killed_at_each_of_its_steps() {
    install::need(Part::Strace);
    let site = Site::new().messages(3).start();
    let mut steps = 0;
    for call in [
        "mkdir", "fsync", "link", "linkat", "unlink", "unlinkat", "write",
    ] {
        for nth in 1.. {
            if site.state_dir().exists() {
                fs::remove_dir_all(site.state_dir()).expect("the state");
            }
            let killed = ByHand::get(&site.program(), "/sign-in").killed_at(call, nth);
            let outcome = killed.under(&["-f"]).run();
            if outcome.ended.success() {
                break;
            }
            steps += 1;
            site.sign_in("ann")
                .get("/")
                .has_status(200)
                .shows("Message 3");
        }
    }
    println!("killed at {steps} steps");
    assert!(steps >= 4, "only {steps} steps");
}

#[test]
fn what_a_crash_left_beside_a_generation_is_removed() {
    let site = Site::with_inbox(5);
    let ann = site.sign_in("ann");
    let dir = site.user_dir();
    for name in ["db.2", "db.0", "db.77"] {
        let left = dir.join(name);
        fs::create_dir(&left).expect("a directory");
        fs::write(left.join("db"), vec![7; 70_000]).expect("a file");
        for path in [&left, &left.join("db")] {
            place::give_to_worker(path);
        }
    }
    ann.get("/").has_status(200).shows("Message 5");
    assert_eq!(names(&dir, "db."), ["db.1"]);
    all_is_well(&site);
}
