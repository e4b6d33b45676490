//! Sending later: a server that announces it (RFC 4865) holds the message until then. Where none does, nothing is offered;
//! and what was to be sent later is never sent at once instead.

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use super::undo::{has_text, kill_waiting, relied_on, undo};
use super::{found, id, only, plan, said, says, send, typed};
use crate::support::page::Page;
use crate::support::sink::{Sendmail, SmtpSink, Taken};
use crate::support::site::{Plan, Site};
use crate::support::visitor::Visitor;

/// The field in which the time is chosen.
const FIELD: &str = "input[name=later]";
/// How long the sink holds a message.
const WEEK: i64 = 7 * 86_400;

/// A sink that announces that it holds messages for this many seconds.
fn holding(seconds: i64) -> Value {
    // What is nearer counts: the seconds.
    let until = in_so_many(seconds + 86_400).timestamp();
    json!({"holds": format!("{seconds} {}", until.strftime("%Y-%m-%dT%H:%M:%SZ"))})
}

/// A whole minute in so many seconds, by the clock of these people.
fn in_so_many(seconds: i64) -> Zoned {
    let at = Timestamp::now().as_second() + seconds;
    let at = Timestamp::from_second(at - at % 60).expect("a time");
    let offset = Offset::from_seconds(19_800).expect("an offset");
    at.to_zoned(TimeZone::fixed(offset))
}

/// As a browser sends it.
fn as_typed(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// As the page says it.
fn as_said(at: &Zoned) -> String {
    at.strftime("%-d %B %Y, %H:%M (+05:30)").to_string()
}

const ZONE: &str = "[settings]\ntime_zone = \"Asia/Kolkata\"\n";

/// A site of a sink that holds messages; its user has sent one, so that this is known.
fn site(sink: &SmtpSink) -> (Site, Visitor) {
    site_of(plan(), sink)
}

fn site_of(plan: Plan, sink: &SmtpSink) -> (Site, Visitor) {
    sink.rules(holding(WEEK));
    let site = plan.config(&sink.config()).config(ZONE).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    page.expect(page.attributes_of(FIELD, "name").is_empty(), || {
        "it is offered before it is known".into()
    });
    says(&send(&ann, "bo@example.org", "Before"), "Message sent");
    (site, ann)
}

/// A message that is to be sent then, as its button does it.
fn send_later(ann: &Visitor, subject: &str, at: &str) -> Page {
    let page = ann.get("/compose");
    let form = typed(&page, "bo@example.org", subject).set("later", at);
    form.press("do", "later")
}

fn last(sink: &SmtpSink) -> Taken {
    sink.taken().pop().expect("a mail")
}

/// Until when the sink was asked to hold a mail.
fn held_until(taken: &Taken) -> Option<String> {
    let asked = taken.about["asked"].as_array().expect("what was asked");
    let held = asked.iter().filter_map(Value::as_str);
    let mut held = held.filter_map(|one| one.strip_prefix("HOLDUNTIL="));
    held.next().map(str::to_owned)
}

fn is_held(taken: &Taken, at: &Zoned) {
    let wanted = at.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    assert_eq!(held_until(taken), Some(wanted), "{:?}", taken.about);
}

/// The time that a page of a message still has.
fn kept_time(page: &Page) -> String {
    let form = page.form("write");
    form.value("later").unwrap_or_default().to_owned()
}

#[test]
fn rule_8_a_server_that_announces_it_holds_a_message_until_the_chosen_time() {
    let sink = SmtpSink::start(false);
    let (site, ann) = site(&sink);
    let at = in_so_many(2 * 86_400);
    let page = ann.get("/compose");
    page.shows("Asia/Kolkata");
    let form = typed(&page, "bo@example.org", "On Thursday").set("later", &as_typed(&at));
    let request = form.smuggle("do", "later").request();
    let sent = format!(
        "The mail server will send your message on {}.",
        as_said(&at)
    );
    // A double click, and a page that is loaded again.
    for _ in 0..3 {
        let page = ann.follow(ann.send(&request));
        says(&page, &sent);
        says(&page, "It can no longer be stopped from here.");
    }
    assert_eq!(sink.taken().len(), 2, "sent twice");
    let taken = last(&sink);
    is_held(&taken, &at);
    // Its readers sort it where it arrives.
    let date = at
        .strftime("Date: %a, %-d %b %Y %H:%M:00 +0530\r\n")
        .to_string();
    assert!(taken.text().contains(&date), "{date}: {}", taken.text());
    let copies = found(&site, "Sent");
    let copies: Vec<_> = copies
        .iter()
        .filter(|copy| copy.contains("On Thursday"))
        .collect();
    assert_eq!(copies.len(), 1);
    assert!(copies[0].contains(&date), "{}", copies[0]);
    assert!(found(&site, "Drafts").is_empty());
    ann.get("/unsent").shows("There are no unsent messages");
    // Back, another time, Send: it is said what has become of it.
    let other = as_typed(&in_so_many(3 * 86_400));
    let form = typed(&page, "bo@example.org", "On Thursday").set("later", &other);
    let page = form.press("do", "later");
    says(&page, "Already sent.");
    says(&page, &format!("will send it on {}", as_said(&at)));
    assert_eq!((sink.taken().len(), kept_time(&page)), (2, other));
    // What has no time goes at once.
    says(&send(&ann, "bo@example.org", "Now"), "Message sent");
    assert_eq!(held_until(&last(&sink)), None);
}

#[test]
fn rule_8_nothing_is_offered_where_nobody_holds_a_message_and_none_is_sent_at_once_instead() {
    let sink = SmtpSink::start(false);
    let sendmail = Sendmail::new();
    let at = as_typed(&in_so_many(86_400));
    for by_program in [false, true] {
        let plan = match by_program {
            true => plan().setting(&sendmail.setting()),
            false => plan().config(&sink.config()),
        };
        let site = plan.config(ZONE).start();
        let ann = site.sign_in("ann");
        says(&send(&ann, "bo@example.org", "Hello"), "Message sent");
        let taken = sink.taken().len() + sendmail.taken().len();
        let page = ann.get("/compose");
        page.hides("Send later");
        let form = typed(&page, "bo@example.org", "Later").smuggle("later", &at);
        let page = form.smuggle("do", "send").submit();
        says(&page, "Your message was not sent.");
        says(&page, "does not hold messages until later");
        has_text(&page);
        assert_eq!(kept_time(&page), at);
        assert_eq!(sink.taken().len() + sendmail.taken().len(), taken);
        // Without the time it goes.
        let page = page.form("write").set("later", "").press("do", "send");
        says(&page, "Message sent");
        assert_eq!(sink.taken().len() + sendmail.taken().len(), taken + 1);
    }
}

#[test]
fn rule_8_where_the_server_no_longer_holds_messages_that_is_told() {
    let sink = SmtpSink::start(false);
    let (_site, ann) = site(&sink);
    let at = in_so_many(2 * 86_400);
    sink.rules(json!({}));
    let page = send_later(&ann, "Hello", &as_typed(&at));
    says(&page, "does not hold messages until later");
    has_text(&page);
    assert_eq!((sink.taken().len(), kept_time(&page)), (1, as_typed(&at)));
    // From now on it is not offered, but where it has to be taken back.
    ann.get("/compose").hides("Send later");
    // It is as before when it holds them again; a shorter time than was known is told.
    sink.rules(holding(86_400));
    let page = page.form("write").press("do", "send");
    says(&page, "at most 24 hours");
    assert_eq!((sink.taken().len(), kept_time(&page)), (1, as_typed(&at)));
    let at = in_so_many(7200);
    let form = page.form("write").set("later", &as_typed(&at));
    says(&form.press("do", "later"), "The mail server will send");
    is_held(&last(&sink), &at);
}

#[test]
fn rule_8_a_server_that_refuses_the_time_loses_nothing() {
    let sink = SmtpSink::start(false);
    let (_site, ann) = site(&sink);
    let at = as_typed(&in_so_many(86_400));
    let mut rules = holding(WEEK);
    rules["held"] = json!("501 5.5.4 not on a Sunday");
    sink.rules(rules);
    let page = send_later(&ann, "Hello", &at);
    says(&page, "did not accept the time or the sender");
    says(&page, "not on a Sunday");
    has_text(&page);
    assert_eq!((sink.taken().len(), kept_time(&page)), (1, at));
}

#[test]
fn rule_8_a_time_that_cannot_be_is_told_at_its_field() {
    let sink = SmtpSink::start(false);
    let (_site, ann) = site(&sink);
    let cases = [
        (as_typed(&in_so_many(-3600)), "That time is in the past."),
        (as_typed(&in_so_many(8 * 86_400)), "at most 7 days"),
        ("2026-02-30T10:00".to_owned(), "Choose a date and a time."),
        ("soon".to_owned(), "Choose a date and a time."),
        (String::new(), "Choose a date and a time."),
    ];
    for (typed, told) in cases {
        let page = send_later(&ann, "Hello", &typed);
        page.has_status(422);
        says(&page, told);
        let why = page.text_of("#w-later-why").unwrap_or_default();
        page.expect(why.contains(told), || format!("{typed}: {why}"));
        page.expect(
            !page.attributes_of("details.asks[open]", "class").is_empty(),
            || "the field is folded".into(),
        );
        has_text(&page);
        assert_eq!(kept_time(&page), typed);
    }
    let page = ann.get("/compose");
    let hostile = format!("{}\r\nX-Evil: 1 HOLDFOR=1", as_typed(&in_so_many(86_400)));
    let form = typed(&page, "bo@example.org", "Hello").set("later", &hostile);
    says(&form.press("do", "later"), "Choose a date and a time.");
    only(sink.taken());
}

#[test]
fn rule_8_where_its_copy_is_owed_it_is_said_until_when_the_server_holds_it() {
    let sink = SmtpSink::start(false);
    let quota = "mail_plugins = quota\nplugin {\n quota = count:User quota\n quota_rule = *:storage=2M\n quota_vsizes = yes\n}\nprotocol imap {\n mail_plugins = quota imap_quota\n}\n";
    let (_site, ann) = site_of(plan().dovecot(quota), &sink);
    let at = in_so_many(86_400);
    let page = ann.get("/compose");
    let form = typed(&page, "bo@example.org", "Large").set("later", &as_typed(&at));
    let form = form.file("files", "large.bin", &vec![7; 1_800_000]);
    let page = form.press("do", "later");
    says(&page, "The mail server will send your message on");
    says(&page, "Its copy could not be saved in Sent");
    let page = ann.get("/").click("Unsent (1)").click("Large");
    says(&page, &format!("will send it on {}", as_said(&at)));
    // Owed, it is tried again alone.
    let page = page.form("write").press("do", "send");
    says(&page, "The mail server will send your message on");
    assert_eq!(sink.taken().len(), 2);
    is_held(&last(&sink), &at);
}

#[test]
fn rule_8_what_is_announced_only_to_whom_the_server_knows_counts() {
    let sink = SmtpSink::start(true);
    let (_site, ann) = site(&sink);
    let at = in_so_many(86_400);
    says(
        &send_later(&ann, "Hello", &as_typed(&at)),
        "The mail server will send your message on",
    );
    is_held(&last(&sink), &at);
}

#[test]
fn rule_8_a_time_stays_with_its_message_through_questions_and_refusals() {
    let sink = SmtpSink::start(false);
    let (_site, ann) = site(&sink);
    let at = in_so_many(86_400);
    let page = send_later(&ann, "", &as_typed(&at));
    says(&page, "This message has no subject.");
    let mut rules = holding(WEEK);
    rules["refuse"] = json!({"bo@example.org": "550 no such user"});
    sink.rules(rules);
    let page = page.form("write").press("do", "send");
    says(&page, "no such user");
    sink.rules(holding(WEEK));
    // Written on by somebody who comes back to it.
    let page = page.form("write").press("do", "keep");
    assert_eq!(kept_time(&page), as_typed(&at));
    let page = page
        .form("write")
        .set("subject", "Hello")
        .press("do", "send");
    says(&page, "The mail server will send your message on");
    is_held(&last(&sink), &at);
    assert_eq!(sink.taken().len(), 2);
    // Nobody knows whether the server has it: it is sent again for the same time, or not at all.
    let mut rules = holding(WEEK);
    rules["cut"] = json!(true);
    sink.rules(rules);
    let page = send_later(&ann, "Cut", &as_typed(&at));
    says(&page, "This message may have been sent.");
    let first = last(&sink);
    is_held(&first, &at);
    sink.rules(holding(WEEK));
    let page = page.form("write").press("do", "send");
    says(&page, "The mail server will send your message on");
    is_held(&last(&sink), &at);
    assert_eq!(id(&last(&sink)), id(&first));
}

#[test]
fn rule_8_a_message_for_later_can_be_taken_back_before_the_server_has_it() {
    let sink = SmtpSink::start(false);
    sink.rules(holding(WEEK));
    let (site, ann) = relied_on(&sink, 30);
    says(&send(&ann, "bo@example.org", "Before"), "will be sent in");
    let page = ann.get("/unsent").click("Before");
    says(&page.form("write").press("do", "now"), "Message sent");
    kill_waiting(&site);
    let at = in_so_many(86_400).timestamp().to_zoned(TimeZone::UTC);
    let page = send_later(&ann, "Hello", &as_typed(&at));
    says(&page, "The mail server gets it in");
    says(
        &page,
        &format!(
            "“Hello” is to be sent on {}",
            at.strftime("%-d %B %Y, %H:%M")
        ),
    );
    let page = undo(&ann.get("/"));
    says(&page, "The message was not sent.");
    has_text(&page);
    assert_eq!((sink.taken().len(), kept_time(&page)), (1, as_typed(&at)));
    page.form("write").press("do", "send");
    let page = ann.get("/unsent").click("Hello");
    page.shows("Pass on now").hides("Send now");
    let page = page.form("write").press("do", "now");
    says(&page, "The mail server will send your message on");
    is_held(&last(&sink), &at);
    assert_eq!(found(&site, "Sent").len(), 2);
    assert!(found(&site, "Drafts").is_empty());
    assert!(!said(&ann.get("/")).contains("Hello"));
    kill_waiting(&site);
}
