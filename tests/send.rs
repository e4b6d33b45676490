//! Writing a message and sending it: what arrives, what another mail program then finds in Sent, what is said where it was not
//! sent, and that none is sent twice.
//!
//! "Rule n" is one of the rules of how messages are written and sent, and tests that show one have its number in their names.
//!
//! | rule | what it says | shown by |
//! |---|---|---|
//! | 1 | every recipient's answer is read before the message begins, and all are refused where one is; what cannot be read back is never ended | `rule_1_*` here and in `cut` |
//! | 2 | behind its end a message is waited for longer than a command; only then nobody knows whether it was taken | `rule_2_*` in `servers` |
//! | 3 | the other side holds a message once at most, unless its writer chose to send it again, under the same Message-ID | `rule_3_*` here, and `cut` |
//! | 4 | what was typed lies sealed on the disk until it was sent and its copy made | `rule_4_*` in `cut` |
//! | 5 | the same form with other content sends nothing | `rule_5_*` here |
//! | 6 | whether a message is sent or taken back is one claim: who is first wins | `rule_6_*` in `undo` |
//! | 7 | a message waits, and can be taken back until it is sent; what nobody has sent in time is said on every page | `rule_7_*` in `undo` |
//! | 8 | a message is sent later only by a server that holds it until then; by no other, and never at once instead | `rule_8_*` in `later` |
//! | 9 | the copy in Sent keeps Bcc, what travels never has it; it is made once, and alone | `rule_9_*` here, and `cut` |
//! | 10 | what is redirected goes as it is, below lines that say by whom | `rule_10_*` in `handing_on` |
//! | 11 | an invitation is answered by whom it names, about the version that it is | `rule_11_*` in `telling` |
//! | 12 | a receipt is sent by a click alone, and asked about once | `rule_12_*` in `telling` |
//! | 13 | people write as the login's own address, or as what the hoster has named | `rule_13_*` in `identities` |
//! | 14 | the draft on the server is renewed on Save and on leaving, with what is heavy only when that is asked for | `rule_14_*` in `drafts` |
//! | 15 | a draft keeps one Message-ID and is one message there; one that was changed elsewhere stays beside it | `rule_15_*` in `drafts` |
//! | 16 | a file that is refused, or does not come, keeps neither the text nor other files away | `rule_16_*` here and in `files` |
//! | 17 | two uploads run at once; the files of all unsent messages have a bound | `rule_17_*` here |
//! | 18 | a form is carried through signing in, to nobody else | `rule_18_*` here and in `resume` |
//! | 19 | what is written in rich text is sanitised, and sent with a text and its pictures | `rule_19_*` in `rich` |
//! | 20 | without script one more field completes an address, and a page has all of them | `rule_20_*` in `people` |
//!
//! | what else | shown by |
//! |---|---|
//! | what arrives is what was typed: names, lines, files of any kind; the copy in Sent is the same and has Bcc | `random` |
//! | an answer goes to whom it should, and knows its conversation | `answers`, `an_answer_knows_its_conversation_and_marks_what_it_answers` |
//! | nothing typed, named or linked to becomes a header, a recipient or a command | `injection` |
//! | a full disk, a full mailbox, another password, a damaged store, another configuration: text and files are there | `lost`, `servers` |
//! | all of it is done by keyboard alone, with and without script | `keyboard` |
//! | the password goes to nobody but the server that is meant | `protected` |
//! | messages begin with what was saved for that; it is sealed, and few | `templates` |

mod answers;
mod asked;
mod cut;
mod drafts;
mod editor;
mod files;
mod handing_on;
mod injection;
mod keyboard;
mod later;
mod lost;
mod mailto;
mod pictures;
mod postfix;
mod protected;
mod quoting;
mod random;
mod rich;
mod servers;
mod telling;
mod templates;
mod undo;

use std::time::Duration;

use serde_json::json;

use crate::look;
use crate::support::by_hand::ByHand;
use crate::support::chromium::Chromium;
use crate::support::form::Form;
use crate::support::mailbox::ROLES;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::sink::{Sendmail, SmtpSink, Taken};
use crate::support::site::{Plan, Site, password_of};
use crate::support::visitor::{Request, Visitor};

fn plan() -> Plan {
    Site::new()
        .messages(3)
        .config("[identities]\ndomains = [\"example.org\"]")
        .dovecot(ROLES)
}

/// The form of a new message, filled in.
fn typed<'p>(page: &'p Page, to: &str, subject: &str) -> Form<'p> {
    let form = page.form("write").set("to", to).set("subject", subject);
    form.set("text", "Hëllo Bo\n\nThe third geranium is for you.\n\nAnn")
}

fn send(ann: &Visitor, to: &str, subject: &str) -> Page {
    typed(&ann.get("/compose"), to, subject).press("do", "send")
}

/// What a page says of a message, without the signs that keep the direction of names.
fn said(page: &Page) -> String {
    let said = page.texts_of(".note p").join("\n");
    said.replace(['\u{2068}', '\u{2069}'], "")
}

fn says(page: &Page, words: &str) {
    page.expect(said(page).contains(words), || {
        format!("“{words}” is not said, but: {}", said(page))
    });
}

/// Sends a form, and kills the program at a system call, the how manieth of these names. True where it came to that.
fn is_killed_at(site: &Site, ann: &Visitor, form: Request, (calls, nth): (&str, usize)) -> bool {
    let killed = ByHand::request(&site.program(), form).killed_at(calls, nth);
    !killed.by(ann).run().ended.success()
}

/// Each message of a folder as another mail program finds it.
fn found(site: &Site, folder: &str) -> Vec<String> {
    let mut client = site.other_client("ann");
    let opened = client.run(&format!("EXAMINE \"{folder}\""));
    if !opened
        .iter()
        .any(|line| line.ends_with("EXISTS") && *line != "* 0 EXISTS")
    {
        return Vec::new();
    }
    let rows = client.run("FETCH 1:* (FLAGS BODY.PEEK[])");
    rows.into_iter()
        .filter(|row| row.contains("BODY[]"))
        .collect()
}

fn only(mut taken: Vec<Taken>) -> Taken {
    assert_eq!(taken.len(), 1, "{taken:?}");
    taken.remove(0)
}

/// The Message-ID of a mail.
fn id(taken: &Taken) -> String {
    let text = taken.text();
    let line = text.lines().find(|line| line.starts_with("Message-ID:"));
    line.unwrap_or_else(|| panic!("no Message-ID in {text}"))
        .to_owned()
}

#[test]
fn rule_9_a_message_arrives_and_its_copy_is_in_sent() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann
        .get("/compose")
        .form("write")
        .set("bcc", "cas@example.org")
        .press("do", "keep");
    let page = typed(&page, "Bo <bo@example.org>", "The third geranium").press("do", "send");
    says(&page, "Message sent");
    let taken = only(sink.taken());
    assert_eq!(taken.about["from"], "ann@example.org");
    assert_eq!(
        taken.about["to"],
        json!(["bo@example.org", "cas@example.org"])
    );
    assert_eq!(taken.about["hello"], "[127.0.0.1]");
    let text = taken.text();
    for line in [
        "From: <ann@example.org>\r\n",
        "To: \"Bo\" <bo@example.org>\r\n",
        "Subject: The third geranium\r\n",
        "MIME-Version: 1.0\r\n",
        "format=\"flowed\"",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    for hidden in [
        "cas@",
        "User-Agent",
        "X-",
        "127.0.0.1",
        "Received",
        "ostern",
    ] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let sent = found(&site, "Sent");
    assert_eq!(sent.len(), 1, "{sent:?}");
    for kept in [
        "\\Seen",
        "Subject: The third geranium",
        "Bcc: <cas@example.org>",
        &id(&taken),
    ] {
        assert!(sent[0].contains(kept), "{kept} in {}", sent[0]);
    }
    ann.get("/folder?f=Sent&compare=1")
        .click("The third geranium")
        .shows("Hëllo Bo");
    ann.get("/").hides("Unsent");
}

#[test]
fn it_goes_in_the_name_of_its_user_where_the_server_asks_for_that() {
    let sink = SmtpSink::start(true);
    sink.rules(json!({"password": password_of("ann")}));
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    says(&send(&ann, "bo@example.org", "Hello"), "Message sent");
    assert_eq!(only(sink.taken()).about["user"], "ann");
    sink.rules(json!({"password": "another"}));
    let page = send(&ann, "bo@example.org", "Hello");
    says(&page, "did not accept your password");
    page.expect(
        page.source().contains("The third geranium is for you."),
        || "the text is gone".into(),
    );
    assert_eq!(sink.taken().len(), 1);
    assert!(!site.log().contains(&password_of("ann")));
}

#[test]
fn what_is_wrong_is_said_and_everything_is_still_there() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let form = typed(&page, "bo@example.org, nobody", "Hello").file("files", "a.txt", b"one");
    let page = form.set("cc", "Cas <cas@>").press("do", "send");
    page.has_status(422);
    for wrong in ["To: nobody is not", "Cc: Cas <cas@> is not"] {
        says(&page, wrong);
    }
    // Each field says itself what is wrong in it (WCAG 3.3.1); one that is right says nothing.
    for (field, why) in [
        ("to", "nobody is not a valid address."),
        ("cc", "Cas <cas@> is not a valid address."),
    ] {
        let field = format!("#w-{field}[aria-invalid=true]");
        let told = page.attributes_of(&field, "aria-describedby");
        let told = page
            .text_of(&format!("#{}", told.join(" ")))
            .unwrap_or_default();
        let told = told.replace(['\u{2068}', '\u{2069}'], "");
        page.expect(told == why, || format!("{field} says {told}"));
    }
    let wrong = page.attributes_of("[aria-invalid]", "id");
    assert_eq!(wrong, ["w-to", "w-cc"]);
    let form = page.form("write");
    assert_eq!(
        form.value("to").map(str::trim),
        Some("bo@example.org, nobody")
    );
    assert!(
        form.value("text")
            .is_some_and(|text| text.contains("geranium"))
    );
    page.shows("a.txt");
    assert!(sink.taken().is_empty());
    let page = form
        .set("to", "bo@example.org")
        .set("cc", "")
        .set("subject", "")
        .press("do", "send");
    says(&page, "no subject");
    says(&page.form("write").press("do", "send"), "Message sent");
    let text = only(sink.taken()).text();
    assert!(
        text.contains("name=\"a.txt\"") && text.contains("b25l"),
        "{text}"
    );
}

#[test]
fn rule_1_one_refused_recipient_keeps_it_from_all_and_is_named() {
    let sink = SmtpSink::start(false);
    sink.rules(json!({"refuse": {"bo@example.org": "550 5.1.1 <i>no such</i> user", "dee@example.org": "451 later"}}));
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = send(
        &ann,
        "cas@example.org, bo@example.org, dee@example.org",
        "Hello",
    );
    for words in [
        "Nobody has received it",
        "bo@example.org was not accepted.",
        "<i>no such</i> user",
        "dee@example.org was not accepted for now",
    ] {
        says(&page, words);
    }
    assert!(sink.taken().is_empty() && found(&site, "Sent").is_empty());
    ann.get("/").click("Unsent (1)").shows("Not sent");
    sink.rules(json!({}));
    let page = page
        .form("write")
        .set("to", "cas@example.org")
        .press("do", "send");
    says(&page, "Message sent");
    assert_eq!(only(sink.taken()).about["to"], json!(["cas@example.org"]));
    ann.get("/").hides("Unsent");
}

#[test]
fn what_the_server_says_is_told_in_words() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    for (rules, to, words) in [
        (
            json!({"sender": "550 not you"}),
            "bo@example.org",
            "does not accept mail from this address. It says: 5",
        ),
        (
            json!({"data": "554 spam"}),
            "bo@example.org",
            "did not accept it",
        ),
        (
            json!({"data": "451 greylisted"}),
            "bo@example.org",
            "cannot accept it now",
        ),
        (
            json!({"size": 100}),
            "bo@example.org",
            "larger than the mail server accepts (100",
        ),
        (
            json!({"hidden": ["SMTPUTF8"]}),
            "bö@example.org",
            "letters such as",
        ),
    ] {
        sink.rules(rules);
        let page = send(&ann, to, "Hello");
        let words = words.trim_end_matches('5');
        says(&page, words);
        assert!(
            page.form("write")
                .value("text")
                .is_some_and(|text| text.contains("geranium"))
        );
    }
    assert!(sink.taken().is_empty());
    sink.rules(json!({}));
    says(&send(&ann, "bö@example.org", "Hello"), "Message sent");
    let options = only(sink.taken()).about["options"].to_string();
    assert!(options.contains("SMTPUTF8"), "{options}");
}

#[test]
fn a_program_in_the_place_of_sendmail_gets_it_and_nothing_else() {
    let sendmail = Sendmail::new();
    let site = plan().setting(&sendmail.setting()).start();
    let ann = site.sign_in("ann");
    says(
        &send(&ann, "bo@example.org, -x@example.org", "Hello"),
        "Message sent",
    );
    let taken = only(sendmail.taken());
    assert_eq!(
        taken.about,
        json!("-i -f ann@example.org -- bo@example.org -x@example.org")
    );
    assert!(
        taken.text().contains("Subject: Hello\nMessage-ID"),
        "{}",
        taken.text()
    );
    let environment = sendmail.environment();
    assert!(
        !environment.contains("HTTP_") && environment.contains("PATH="),
        "{environment}"
    );
    sendmail.refuses(75, "queue is full");
    let page = send(&ann, "bo@example.org", "Again");
    says(
        &page,
        "cannot accept it now. Try again in a few minutes. It says: queue is full",
    );
    sendmail.takes();
    says(&page.form("write").press("do", "send"), "Message sent");
    assert_eq!(sendmail.taken().len(), 2);
}

#[test]
fn rule_3_one_form_is_sent_once_however_often_it_is_sent() {
    let sink = SmtpSink::start(false);
    sink.rules(json!({"late": 0.3}));
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let request = typed(&page, "bo@example.org", "Hello")
        .file("files", "a.txt", b"one")
        .smuggle("do", "send")
        .request();
    std::thread::scope(|scope| {
        for _ in 0..20 {
            let (tab, request) = (ann.tab(), request.clone());
            scope.spawn(move || tab.send(&request));
        }
    });
    let taken = only(sink.taken());
    assert_eq!(taken.text().matches("b25l").count(), 1, "attached once");
    assert_eq!(found(&site, "Sent").len(), 1);
    // A reload, and the Back button with the same text.
    says(&ann.follow(ann.send(&request)), "Message sent");
    assert_eq!(sink.taken().len(), 1);
}

#[test]
fn rule_5_the_same_form_with_other_content_sends_nothing() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let sent = typed(&page, "bo@example.org", "Hello").press("do", "send");
    says(&sent, "Message sent");
    // Back, another text, Send.
    let changed = typed(&page, "bo@example.org", "Hello").set("text", "Another text");
    let page = changed.press("do", "send");
    says(&page, "Already sent.");
    assert!(
        page.form("write")
            .value("text")
            .is_some_and(|text| text.contains("Another text"))
    );
    assert_eq!(sink.taken().len(), 1);
    says(&page.form("write").press("do", "send"), "Message sent");
    assert_eq!(sink.taken().len(), 2);
}

#[test]
fn rule_17_who_sends_too_many_at_once_keeps_the_text_and_can_send_it_a_moment_later() {
    let sink = SmtpSink::start(false);
    sink.rules(json!({"late": 1.0}));
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let forms: Vec<Page> = (0..4).map(|_| ann.tab().get("/compose")).collect();
    let pages = std::thread::scope(|scope| {
        let sending = forms.iter().zip(1..).map(|(page, nth)| {
            let form = typed(page, "bo@example.org", &format!("Nr. {nth}"));
            scope.spawn(move || form.press("do", "send"))
        });
        let sending: Vec<_> = sending.collect();
        let pages = sending.into_iter().map(|one| one.join().unwrap());
        pages.collect::<Vec<_>>()
    });
    let sent = |page: &&Page| said(page).contains("Message sent");
    let (sent, turned_away): (Vec<&Page>, Vec<&Page>) = pages.iter().partition(sent);
    assert!(!turned_away.is_empty(), "one is sent and one may wait");
    assert_eq!(sink.taken().len(), sent.len());
    for page in turned_away {
        says(
            page,
            "Postern is sending other messages of yours right now.",
        );
        says(&page.form("write").press("do", "send"), "Message sent");
    }
    assert_eq!(sink.taken().len(), 4);
}

#[test]
fn rule_3_where_no_answer_comes_nobody_says_that_it_was_sent() {
    let sink = SmtpSink::start(false);
    sink.rules(json!({"cut": true}));
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = send(&ann, "bo@example.org", "Hello");
    says(&page, "This message may have been sent.");
    let first = only(sink.taken());
    ann.get("/").click("Unsent (1)").shows("May have been sent");
    sink.rules(json!({}));
    // With another text it is another message: the first has its Message-ID, by which receivers know it.
    let changed = page
        .form("write")
        .set("text", "Another text")
        .press("do", "send");
    says(&changed, "This message may have been sent.");
    says(&changed, "which has not been sent");
    assert_eq!(sink.taken().len(), 1);
    assert_eq!(
        changed.form("write").value("text").map(str::trim),
        Some("Another text")
    );
    says(
        &changed.form("write").press("do", "discard"),
        "Message discarded.",
    );
    let page = ann.get("/unsent").click("Hello");
    assert!(
        page.form("write")
            .value("text")
            .is_some_and(|text| text.contains("geranium"))
    );
    says(&page.form("write").press("do", "send"), "Message sent");
    let taken = sink.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(
        id(&taken[1]),
        id(&first),
        "receivers can tell that it is the same"
    );
    assert_eq!(found(&site, "Sent").len(), 1);
}

#[test]
fn a_copy_that_cannot_be_made_is_made_later_and_alone() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).proxied().start();
    let ann = site.sign_in("ann");
    says(&send(&ann, "bo@example.org", "First"), "Message sent");
    let page = ann.get("/compose");
    site.proxy().trouble(crate::support::proxy::Trouble::Close);
    let page = typed(&page, "bo@example.org", "Second").press("do", "send");
    says(&page, "could not be saved in Sent");
    assert_eq!(sink.taken().len(), 2);
    site.proxy().trouble(crate::support::proxy::Trouble::None);
    let page = ann.get("/").click("Unsent (1)").click("Second");
    says(&page, "Saving the copy does not send the message again.");
    says(&page.form("write").press("do", "send"), "Message sent");
    assert_eq!(sink.taken().len(), 2);
    assert_eq!(found(&site, "Sent").len(), 2);
    ann.get("/").hides("Unsent");
}

fn mail(header: &str, text: &str) -> Mail {
    let text =
        format!("{header}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n");
    Mail {
        bytes: text.replace('\n', "\r\n").into_bytes(),
        received: std::time::SystemTime::now(),
        flags: Vec::new(),
    }
}

#[test]
fn an_answer_knows_its_conversation_and_marks_what_it_answers() {
    let sink = SmtpSink::start(false);
    let letter = mail(
        "From: Bo <bo@example.org>\nTo: ann@example.org, Cas <cas@example.org>\nCc: dee@example.org\nSubject: AW: Lunch\nMessage-ID: <3@x>\nReferences: <1@x> <2@x>",
        "Shall we?\n> at noon\n-- \nBo",
    );
    let site = plan()
        .mails("ann", "INBOX", vec![letter])
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let message = ann.get("/").click("AW: Lunch");
    let page = message.click("Reply all");
    let form = page.form("write");
    let value = |name: &str| form.value(name).unwrap_or_default().trim().to_owned();
    assert_eq!(value("to"), "Bo <bo@example.org>, Cas <cas@example.org>");
    assert_eq!(
        (value("cc"), value("subject")),
        ("dee@example.org".into(), "Re: Lunch".into())
    );
    assert!(
        value("text").ends_with("Bo wrote:\n> Shall we?\n>> at noon"),
        "{}",
        value("text")
    );
    let page = form.press("do", "send");
    says(&page, "Message sent to 3 people");
    page.shows("Shall we?");
    let text = only(sink.taken()).text();
    assert!(text.contains("In-Reply-To: <3@x>\r\n"), "{text}");
    assert!(text.contains("References: <1@x> <2@x> <3@x>\r\n"), "{text}");
    let row = found(&site, "INBOX")
        .into_iter()
        .find(|row| row.contains("Lunch"));
    assert!(row.is_some_and(|row| row.contains("\\Answered")));
    let page = ann.get("/").click("AW: Lunch").click("Forward");
    assert_eq!(page.form("write").value("subject"), Some("Fwd: AW: Lunch"));
    says(
        &page
            .form("write")
            .set("to", "eve@example.org")
            .press("do", "send"),
        "Message sent",
    );
    let text = sink.taken()[1].text();
    assert!(
        text.contains("Forwarded message") && !text.contains("In-Reply-To"),
        "{text}"
    );
    let row = found(&site, "INBOX")
        .into_iter()
        .find(|row| row.contains("Lunch"));
    assert!(row.is_some_and(|row| row.contains("$Forwarded")));
}

#[test]
fn rule_16_files_come_and_go_one_by_one_and_the_text_stays() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .config("[limits]\nupload_mb = 1")
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let form = typed(&page, "bo@example.org", "Files").file("files", "one.txt", b"one");
    let page = form
        .file("files", "zwei \"2\".txt", b"two")
        .press("do", "keep");
    page.shows("one.txt").shows("zwei \"2\".txt");
    let page = page.form("write").press("do", "detach.0");
    page.hides("one.txt").shows("zwei \"2\".txt");
    let page = page
        .form("write")
        .file("files", "large.bin", &vec![7; 1_100_000])
        .press("do", "send");
    says(&page, "too large");
    page.hides("large.bin").shows("zwei \"2\".txt");
    assert!(
        page.form("write")
            .value("text")
            .is_some_and(|text| text.contains("geranium"))
    );
    says(&page.form("write").press("do", "send"), "Message sent");
    let text = only(sink.taken()).text();
    assert!(text.contains("dHdv") && !text.contains("b25l"), "{text}");
    let page = ann.get("/compose");
    let page = typed(&page, "bo@example.org", "No")
        .file("files", "a", b"a")
        .press("do", "keep");
    let page = page.form("write").press("do", "discard");
    says(&page, "Message discarded.");
    page.hides("Unsent");
}

#[test]
fn rule_17_the_files_of_all_unsent_messages_have_a_bound() {
    let sendmail = Sendmail::new();
    let mut site = plan()
        .config("[limits]\nupload_mb = 1")
        .setting(&sendmail.setting())
        .start();
    let ann = site.sign_in("ann");
    let keep = |nth: u32| {
        let page = ann.get("/compose");
        let form = typed(&page, "bo@example.org", &format!("Large {nth}"));
        form.file("files", "large.bin", &vec![7; 900_000])
            .press("do", "keep")
    };
    // What is in Drafts on the mail server need not lie here.
    for nth in 11..=16 {
        keep(nth).shows("large.bin");
    }
    assert_eq!(found(&site, "Drafts").len(), 6);
    site.dovecot_mut().stop();
    for nth in 1..=3 {
        keep(nth).shows("large.bin");
    }
    let page = keep(4);
    says(&page, "Discard or send one of them.");
    page.hides("large.bin");
    assert!(
        page.form("write")
            .value("text")
            .is_some_and(|text| text.contains("geranium"))
    );
    site.dovecot_mut().start_again();
    let page = ann
        .get("/unsent")
        .click("Large 1")
        .form("write")
        .press("do", "send");
    says(&page, "Message sent");
    keep(5).shows("large.bin");
}

#[test]
fn a_large_file_takes_little_memory_and_arrives_byte_by_byte() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let bytes: Vec<u8> = (0..24_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let page = ann.get("/compose");
    let watch = crate::support::kernel::Watch::on(&site.program());
    let page = typed(&page, "bo@example.org", "Large")
        .file("files", "large.bin", &bytes)
        .press("do", "send");
    says(&page, "Message sent");
    let peak = watch.peak_mb();
    assert!(peak < 64, "{peak} MB");
    let text = only(sink.taken()).text();
    let coded = text
        .split("base64\r\n\r\n")
        .nth(1)
        .expect("a part in base64");
    let coded: String = coded
        .split("\r\n--")
        .next()
        .unwrap_or_default()
        .replace("\r\n", "");
    use base64::Engine as _;
    let arrived = base64::engine::general_purpose::STANDARD
        .decode(coded)
        .expect("base64");
    assert!(arrived == bytes);
    assert_eq!(found(&site, "Sent").len(), 1);
}

#[test]
fn rule_18_a_session_that_ends_meanwhile_loses_nothing_and_sends_nothing() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    // Script has kept what was typed until a moment ago.
    let mut kept = typed(&page, "bo@example.org", "Lat").request();
    kept.target = page.attributes_of("form", "data-autosave").remove(0);
    ann.send(&kept).has_status(204);
    let form = typed(&page, "bo@example.org", "Late").file("files", "a.txt", b"one");
    crate::disk::age_sessions(&site, "ann", Duration::from_secs(9 * 3600));
    let page = form.press("do", "send");
    page.has_status(401);
    let page = page
        .form("sign-in")
        .set("login", "ann")
        .set("password", &password_of("ann"))
        .submit();
    page.shows("a.txt").hides("another window");
    assert!(sink.taken().is_empty());
    assert_eq!(page.form("write").value("subject"), Some("Late"));
    says(&page.form("write").press("do", "send"), "Message sent");
    assert!(only(sink.taken()).text().contains("b25l"));
}

#[test]
fn a_browser_keeps_what_is_typed_without_a_click_and_sends_it_once() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    tab.open(&format!("{}/compose", site.url()));
    tab.fill("#w-to", "bo@example.org");
    tab.fill("#w-subject", "Typed");
    tab.fill("#w-text", "The third geranium");
    // What else is done every 20 seconds.
    tab.evaluate("keep()");
    tab.wait_for("location.search.includes('d=')");
    // Another browser goes on with it, on whatever machine.
    let elsewhere = site.sign_in("ann").get("/unsent").click("Typed");
    let text = elsewhere.form("write");
    assert_eq!(
        text.value("text").map(str::trim),
        Some("The third geranium")
    );
    tab.loading(|| tab.click(".tools button[value=send]"));
    tab.wait_for("document.body.innerText.includes('Message sent.')");
    assert!(!tab.text().contains("Unsent"), "{}", tab.text());
    only(sink.taken());
    // The form of the other browser is the same message.
    text.press("do", "send").has_status(200);
    only(sink.taken());
    tab.expect_quiet();
}
