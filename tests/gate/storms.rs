//! Storms as people make them: quick clicks with an act among them, and clicks that do not end. Nothing is held up by hand;
//! the mail server is far away.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::{act, answer, click, made_way, part_and_token, plan, signed_in};
use crate::support::kernel;
use crate::support::page::Page;
use crate::support::visitor::Visitor;

/// The way to the mail server and back.
const ROUND_TRIP: Duration = Duration::from_millis(100);

/// Asks for a part in the background.
fn part(who: &Visitor, part: &str) -> thread::JoinHandle<Page> {
    click(who, part)
}

#[test]
fn an_act_among_quick_clicks_is_refused_to_nobody() {
    let site = plan().config("[cache]\nfresh_seconds = 1").start();
    site.other_client("ben")
        .append_all("INBOX", &crate::support::mails::generated(120)[100..]);
    let (ann, _) = signed_in(&site, "ann");
    let (ben, _) = signed_in(&site, "ben");
    let [(own, _), (calm, _)] = [&ann, &ben].map(part_and_token);
    site.proxy().delay(ROUND_TRIP);
    for _ in 0..3 {
        let (mut pages, mut others) = (Vec::new(), Vec::new());
        for n in 0..30 {
            // Each asks the mail server.
            pages.push(click(&ann, "/?compare=1"));
            match n {
                10 => others.push((403, act(&ann))),
                14 => others.push((200, part(&ann, &own))),
                18 => others.push((403, act(&ben))),
                22 => others.push((200, part(&ben, &calm))),
                26 => others.push((200, click(&ben, "/"))),
                _ => {}
            }
            thread::sleep(Duration::from_millis(5));
        }
        for (status, other) in others {
            answer(other).has_status(status);
        }
        let pages: Vec<Page> = pages.into_iter().map(answer).collect();
        let (served, displaced): (Vec<_>, Vec<_>) = pages.iter().partition(|p| p.status() == 200);
        displaced.into_iter().for_each(made_way);
        // Which is the newest the machine decides: clicks this close together overtake each other.
        assert!(!served.is_empty(), "nobody was served");
        println!("{} of 30 were served", served.len());
    }
}

/// Seventy clicks a second, for a few seconds; for longer: `POSTERN_STORM_SECONDS=15`.
#[test]
fn clicks_without_end_leave_a_calm_user_alone() {
    let seconds = std::env::var("POSTERN_STORM_SECONDS").ok();
    let seconds: u32 = seconds.map_or(4, |text| text.parse().expect("a number"));
    let site = plan().config("[cache]\nfresh_seconds = 1").start();
    site.other_client("ben")
        .append_all("INBOX", &crate::support::mails::generated(120)[100..]);
    let (ann, _) = signed_in(&site, "ann");
    let (ben, _) = signed_in(&site, "ben");
    let (frame, _) = part_and_token(&ben);
    site.proxy().delay(ROUND_TRIP * 3);
    let storm = thread::spawn({
        let ann = ann.clone();
        move || {
            let clicks: Vec<_> = (0..70 * seconds)
                .map(|_| {
                    thread::sleep(Duration::from_millis(14));
                    click(&ann, "/?compare=1")
                })
                .collect();
            clicks.into_iter().map(answer).collect::<Vec<Page>>()
        }
    });
    let mut rounds = 0;
    while !storm.is_finished() {
        rounds += 1;
        let calm = [
            click(&ben, "/"),
            part(&ben, &frame),
            part(&ben, &frame),
            act(&ben),
        ];
        for (click, status) in calm.into_iter().zip([200, 200, 200, 403]) {
            answer(click).has_status(status);
        }
        thread::sleep(Duration::from_millis(200));
    }
    let pages = storm.join().expect("a storm");
    let served = pages.iter().filter(|page| page.status() == 200).count();
    println!(
        "{served} of {} were served beside {rounds} calm rounds",
        pages.len()
    );
    for page in pages.iter().filter(|p| p.status() != 200) {
        made_way(page);
    }
}

/// What an account of shared hosting may run at once.
const ENTRY_PROCESSES: usize = 20;
/// Pages of one user that wait, and those that are about to leave.
const IN_QUEUE: usize = 4;

/// One look at a site's program.
struct Look {
    at: Duration,
    processes: usize,
    in_queue: usize,
}

/// Looks at the processes and the queue of a user until the storm is over.
fn looks_at(program: &Path, user: &Path, storm: &[thread::JoinHandle<Page>]) -> Vec<Look> {
    let (begin, lock) = (Instant::now(), user.join("lock"));
    let mut looks = Vec::new();
    while storm.iter().any(|click| !click.is_finished()) {
        looks.push(Look {
            at: begin.elapsed(),
            processes: kernel::processes(program).len(),
            in_queue: kernel::lock(&lock).1,
        });
        thread::sleep(Duration::from_millis(4));
    }
    looks
}

/// The longest time between two looks that saw so few, with more in between.
fn longest_above(looks: &[Look], few: usize) -> Duration {
    let mut longest = Duration::ZERO;
    let mut last = Duration::ZERO;
    for (look, before) in looks.iter().skip(1).zip(looks) {
        if before.processes <= few {
            last = before.at;
        }
        if before.processes > few {
            longest = longest.max(look.at - last);
        }
    }
    longest
}

#[test]
fn of_many_clicks_at_once_four_wait() {
    let site = plan().config("[cache]\nfresh_seconds = 1").start();
    let (ann, dir) = signed_in(&site, "ann");
    ann.get("/").has_status(200);
    site.proxy().delay(ROUND_TRIP * 3);
    println!("clicks  served  most processes  ms above {ENTRY_PROCESSES}  ms above 8");
    for clicks in [12, 50, 200] {
        let storm: Vec<_> = (0..clicks).map(|_| click(&ann, "/?compare=1")).collect();
        let looks = looks_at(&site.program(), &dir, &storm);
        let pages: Vec<Page> = storm.into_iter().map(answer).collect();
        let (served, displaced): (Vec<_>, Vec<_>) = pages.iter().partition(|p| p.status() == 200);
        displaced.into_iter().for_each(made_way);
        assert!(!served.is_empty(), "nobody was served");
        // How long a process takes to begin and to end is the machine's affair, and told.
        let most = looks.iter().map(|look| look.processes).max().unwrap_or(0);
        println!(
            "{clicks:6}  {:6}  {most:14}  {:11}  {:10}",
            served.len(),
            longest_above(&looks, ENTRY_PROCESSES).as_millis(),
            longest_above(&looks, 8).as_millis(),
        );
        // Whoever has to leave does not stand here, however busy the machine is.
        let queue = looks.iter().map(|look| look.in_queue).max().unwrap_or(0);
        assert!(queue <= IN_QUEUE, "{queue} in the queue");
    }
}
