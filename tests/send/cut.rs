//! Sending, cut short by a kill at each of its system calls: no message goes out twice unless its writer chose that, no page
//! says "sent" where none did, and the text is there.
//!
//! Each call once; `POSTERN_KILLS=300 cargo test --test postern send::cut` kills so often on each way, and at each write,
//! fsync and rename five times at least.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use super::{found, only, plan, said, says, typed};
use crate::support::by_hand::{ByHand, Outcome};
use crate::support::install::{self, Part};
use crate::support::random::Random;
use crate::support::sink::{Sendmail, SmtpSink, Taken};
use crate::support::site::Site;
use crate::support::unmet::{self, Want};
use crate::support::visitor::Visitor;

/// The calls at which it is killed: what lasts, what gets its name.
const LASTING: [&str; 8] = [
    "write",
    "pwrite64",
    "sendto",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
];
/// And what comes in, what goes away, what makes a program.
const OTHERS: [&str; 8] = [
    "recvfrom", "connect", "unlink", "unlinkat", "mkdir", "clone3", "clone", "vfork",
];
/// How often at least at each of what lasts, where there is time.
const AT_EACH: usize = 5;
/// A call that does not come again as often as it came is given up after so many.
const TRIES: usize = 15;

/// A call of a good run: of which kind, and the how manieth in its process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    call: String,
    nth: usize,
}

/// A message under way.
struct Try {
    subject: String,
    ended: Outcome,
    /// True where something was killed: the program, or what it had started.
    is_killed: bool,
}

/// Messages that are sent under strace, one after the other.
struct Trial<'t> {
    site: &'t Site,
    ann: Visitor,
    taken: &'t dyn Fn() -> Vec<Taken>,
    trace: PathBuf,
    count: usize,
}

impl Trial<'_> {
    /// Sends a message under strace, with these of its options.
    fn send(&mut self, options: &[&str]) -> Try {
        self.count += 1;
        let subject = format!("Step {}", self.count);
        let page = self.ann.get("/compose");
        let sent = typed(&page, "bo@example.org", &subject)
            .file("files", "a.txt", b"one")
            .smuggle("do", "send")
            .request();
        let mut by_hand = sent;
        by_hand.headers.retain(|(name, _)| name != "Origin");
        // Not more than is looked at: everything else would be stopped as well.
        let trace = format!("trace={}", [&LASTING[..], &OTHERS].concat().join(","));
        let output = self.trace.display().to_string();
        let strace = ["strace", "-f", "-q", "-o", &output, "-e", &trace];
        let ended = ByHand::request(&self.site.program(), by_hand)
            .by(&self.ann)
            .under(&[&strace[..], options].concat())
            .run();
        Try {
            subject,
            ended,
            is_killed: self.traced().contains("killed by SIGKILL"),
        }
    }

    fn traced(&self) -> String {
        fs::read_to_string(&self.trace).unwrap_or_default()
    }

    /// The calls of a good run.
    fn moments(&mut self) -> BTreeSet<Moment> {
        // The first one makes directories, which are there from then on.
        self.send(&[]);
        let good = self.send(&[]);
        assert!(good.ended.ended.success(), "{}", good.ended.errors);
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for line in self.traced().lines() {
            let call = line.split_once(' ').and_then(|(process, rest)| {
                let (call, _) = rest.trim_start().split_once('(')?;
                Some((process.to_owned(), call.to_owned()))
            });
            if let Some(call) = call.filter(|(_, call)| is_traced(call)) {
                *counts.entry(call).or_default() += 1;
            }
        }
        let moments = counts.into_iter().flat_map(|((_, call), count)| {
            (1..=count).map(move |nth| Moment {
                call: call.clone(),
                nth,
            })
        });
        moments.collect()
    }

    /// Sends a message, and kills whatever comes to this moment. True where something did.
    fn kill_at(&mut self, moment: &Moment) -> bool {
        let Moment { call, nth } = moment;
        let inject = format!("inject={call}:signal=SIGKILL:when={nth}");
        let tried = self.send(&["-e", &inject]);
        self.expect_truth(&tried, &format!("killed at {call} number {nth}"));
        tried.is_killed
    }

    /// Sends a message, and has whatever comes to this moment find a full disk. True where something did.
    fn fill_at(&mut self, moment: &Moment) -> bool {
        let Moment { call, nth } = moment;
        let inject = format!("inject={call}:error=ENOSPC:when={nth}");
        let tried = self.send(&["-e", &inject]);
        self.expect_truth(&tried, &format!("a full disk at {call} number {nth}"));
        self.traced().contains("(INJECTED)")
    }

    /// How often the message was taken; always as a whole.
    fn sent(&self, subject: &str) -> usize {
        let all = (self.taken)().into_iter();
        let is_this = |line: &str| line.strip_prefix("Subject: ") == Some(subject);
        let sent: Vec<Taken> = all
            .filter(|mail| mail.text().lines().any(is_this))
            .collect();
        for mail in &sent {
            // One that was cut before its file had arrived has its text alone.
            let text = mail.text();
            let is_ended = !text.contains("boundary=") || text.trim_end().ends_with("--");
            assert!(text.contains("geranium") && is_ended, "{text}");
        }
        sent.len()
    }

    /// What must be true after a kill, whatever it was that was cut.
    fn expect_truth(&self, tried: &Try, step: &str) {
        let subject = &tried.subject;
        let sent = self.sent(subject);
        assert!(sent <= 1, "{step}: sent {sent} times");
        if let Some(answer) = &tried.ended.answer {
            let leads_to = answer.header("location").unwrap_or_default();
            let says_sent = leads_to.contains("notice=");
            assert!(!says_sent || sent == 1, "{step}: it says that it was sent");
        }
        let mut page = self.ann.get("/unsent");
        if page.has_words(subject) {
            page = page.click(subject);
            let is_open = said(&page);
            let text = page.form("write");
            let text = text.value("text").unwrap_or_default();
            assert!(text.contains("geranium"), "{step}: the text is gone");
            page.expect(!is_open.contains("Message sent"), || step.to_owned());
            if is_open.contains("may have been sent") {
                // Its writer knows of one, and leaves it at that.
                says(
                    &page.form("write").press("do", "discard"),
                    "Message discarded.",
                );
                return;
            }
            let is_known = is_open.contains("Saving the copy does not send the message again.");
            assert_eq!(sent, usize::from(is_known), "{step}: {is_open}");
            let page = page.form("write").press("do", "send");
            page.expect(said(&page).contains("Message sent"), || {
                format!("{step}: {}", said(&page))
            });
            assert_eq!(self.sent(subject), 1, "{step}");
        } else if sent == 0 {
            // Killed before anything was kept: the browser still has the form. Or it is shown again.
            let shown = tried.ended.answer.as_ref().map(|answer| &answer.body);
            let has_text = |body: &Vec<u8>| String::from_utf8_lossy(body).contains("geranium");
            assert!(shown.is_none_or(has_text), "{step}: {:?}", tried.ended);
            return;
        }
        let copies = found(self.site, "Sent")
            .iter()
            .filter(|row| row.contains(&format!("Subject: {subject}\r")))
            .count();
        assert_eq!(copies, 1, "{step}: copies in Sent");
        self.ann.get("/").hides("Unsent");
    }

    /// Nothing was taken twice, whatever its subject.
    fn expect_each_once(&self) {
        let taken = (self.taken)();
        let ids = taken.iter().map(|mail| {
            let text = mail.text();
            let line = text.lines().find(|line| line.starts_with("Message-ID:"));
            line.expect("a Message-ID").to_owned()
        });
        assert_eq!(ids.collect::<BTreeSet<_>>().len(), taken.len());
    }
}

fn is_traced(call: &str) -> bool {
    LASTING.contains(&call) || OTHERS.contains(&call)
}

fn killed_at_each_step(site: &Site, taken: &dyn Fn() -> Vec<Taken>) {
    install::need(Part::Strace);
    let wanted = std::env::var("POSTERN_KILLS").ok();
    let wanted: usize = wanted.map_or(0, |n| n.parse().expect("a number"));
    if wanted == 0 {
        unmet::without(
            Want::Hours,
            "POSTERN_KILLS=300 kills more often at each step",
        );
    }
    let ann = site.sign_in("ann");
    ann.get("/folders");
    let mut trial = Trial {
        site,
        ann,
        taken,
        trace: site.place().worker_dir("strace", 0o700).join("trace"),
        count: 0,
    };
    let moments: Vec<Moment> = trial.moments().into_iter().collect();
    let mut hit: BTreeMap<&Moment, usize> = BTreeMap::new();
    let mut missed = Vec::new();
    for moment in &moments {
        let is_lasting = LASTING.contains(&moment.call.as_str());
        let enough = if wanted > 0 && is_lasting { AT_EACH } else { 1 };
        for _ in 0..if enough > 1 { TRIES } else { 2 } {
            *hit.entry(moment).or_default() += usize::from(trial.kill_at(moment));
            if hit[moment] >= enough {
                break;
            }
        }
        if hit[moment] < enough {
            missed.push(moment);
        }
    }
    let mut random = Random::seeded(7);
    while hit.values().sum::<usize>() < wanted {
        let moment = &moments[random.below(moments.len() as u64) as usize];
        *hit.entry(moment).or_default() += usize::from(trial.kill_at(moment));
    }
    trial.expect_each_once();
    let kills: usize = hit.values().sum();
    println!(
        "killed {kills} times at {} moments; not reached again: {missed:?}",
        hit.len()
    );
    // Some calls come only now and then: a cache that is written anew, a timer.
    assert!(missed.len() * 10 <= moments.len(), "{missed:?}");
    assert!(kills >= 40, "only {kills} kills");
}

#[test]
fn rule_4_a_message_may_be_killed_at_each_step_on_its_way_to_a_server() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    killed_at_each_step(&site, &|| sink.taken());
}

#[test]
fn rule_4_a_message_may_be_killed_at_each_step_on_its_way_to_a_program() {
    let sendmail = Sendmail::new();
    let site = plan().setting(&sendmail.setting()).start();
    killed_at_each_step(&site, &|| sendmail.taken());
}

#[test]
fn the_disk_may_be_full_at_each_write() {
    install::need(Part::Strace);
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let mut trial = Trial {
        site: &site,
        ann,
        taken: &|| sink.taken(),
        trace: site.place().worker_dir("strace", 0o700).join("trace"),
        count: 0,
    };
    let moments = trial.moments();
    let writes = moments.iter().filter(|moment| {
        let call = moment.call.as_str();
        call != "sendto" && (LASTING.contains(&call) || call == "mkdir")
    });
    let full = writes.filter(|moment| trial.fill_at(moment)).count();
    trial.expect_each_once();
    println!("the disk was full {full} times");
    assert!(full >= 20, "only {full} times");
}

#[test]
fn rule_1_what_is_torn_on_the_disk_is_not_sent() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let page = typed(&page, "bo@example.org", "Torn")
        .file("files", "a.bin", &[1; 200_000])
        .press("do", "keep");
    let mut torn = 0;
    for entry in walk(&site.user_dir().join("drafts")) {
        if entry.file_name().is_some_and(|name| name == "file.0") {
            let bytes = std::fs::read(&entry).expect("the file");
            std::fs::write(&entry, &bytes[..bytes.len() / 2]).expect("the file");
            torn += 1;
        }
    }
    assert_eq!(torn, 1);
    let page = page.form("write").press("do", "send");
    says(&page, "An attached file can no longer be read.");
    assert!(sink.taken().is_empty());
    let page = page.form("write").press("do", "detach.0");
    says(&page.form("write").press("do", "send"), "Message sent");
    only(sink.taken());
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => walk(&path),
            false => vec![path],
        })
        .collect()
}
