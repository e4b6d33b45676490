//! Storms as people make them: quick clicks with an act among them, and clicks that do not end. Nothing is held up by hand;
//! the mail server is far away.

use std::thread;
use std::time::Duration;

use super::{act, answer, click, made_way, part_and_token, plan, signed_in};
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
        let last = pages.last().expect("clicks");
        last.has_status(200);
        println!("{} of 30 were served", served.len());
    }
}

#[test]
fn clicks_without_end_leave_a_calm_user_alone() {
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
            let clicks: Vec<_> = (0..280)
                .map(|_| {
                    thread::sleep(Duration::from_millis(14));
                    click(&ann, "/?compare=1")
                })
                .collect();
            clicks.into_iter().map(answer).collect::<Vec<Page>>()
        }
    });
    while !storm.is_finished() {
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
    for page in pages.iter().filter(|p| p.status() != 200) {
        made_way(page);
    }
}
