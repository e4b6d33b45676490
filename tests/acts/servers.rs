//! Servers that lie, refuse, or are odd. After each act what the page says is true, the lists shown are what the server has,
//! and no other message was touched.

use std::sync::Mutex;

use super::{Says as _, act, flags, plan, shown, subjects, uid_of, undo};
use crate::support::chromium::{Chromium, Scheme};
use crate::support::liar::{Liar, Lie};
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::{Plan, Site};
use crate::support::visitor::Visitor;

/// A server with MOVE that says which numbers are gone only by their place.
const WITHOUT_QRESYNC: &str = "imap_capability = IMAP4rev1 UIDPLUS MOVE ESEARCH SORT LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS\n";

/// A server without MOVE.
pub(super) const WITHOUT_MOVE: &str = "imap_capability = IMAP4rev1 UIDPLUS ESEARCH SORT LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS\n";

/// A site whose mail server lies, and the same mailboxes as they are.
pub(super) struct Lied {
    pub real: Site,
    pub front: Site,
    pub liar: Liar,
}

/// How many messages are in the inbox, and how many old ones in the archive.
const COUNT: usize = 40;

pub(super) fn lied(capabilities: &str) -> Lied {
    lied_with(plan(COUNT).dovecot(capabilities))
}

fn lied_with(plan: Plan) -> Lied {
    let old: Vec<Mail> = (1..=3)
        .map(|n| Mail::plain("Kai <kai@example.org>", &format!("Old {n}"), "x"))
        .collect();
    let real = plan.mails("ann", "Archive", old).start();
    let liar = Liar::start(real.dovecot().address());
    let front = Site::new().imap_at(liar.address()).start();
    Lied { real, front, liar }
}

impl Lied {
    /// Ann, who has seen both lists.
    pub fn ann(&self) -> Visitor {
        let ann = self.front.sign_in("ann");
        ann.get("/");
        ann.get("/folder?f=Archive");
        ann
    }

    /// The two newest messages are archived by a server that lies.
    fn archive_two(&self, ann: &Visitor, lies: Vec<Lie>) -> Page {
        self.two(ann, "archive", lies)
    }

    fn two(&self, ann: &Visitor, what: &str, lies: Vec<Lie>) -> Page {
        let list = ann.get("/").click("Refresh");
        let newest: Vec<String> = shown(&list).into_iter().take(2).collect();
        let newest: Vec<&str> = newest.iter().map(String::as_str).collect();
        self.liar.lies(lies);
        let done = act(&list, &newest, what);
        self.liar.lies(Vec::new());
        done
    }

    /// No message is lost or in two places, and the lists show what there is; `step` names the case.
    pub fn expect_truth(&self, ann: &Visitor, step: &str) {
        let (inbox, archive) = (
            subjects(&self.real, "INBOX"),
            subjects(&self.real, "Archive"),
        );
        let mut all: Vec<&String> = inbox.iter().chain(&archive).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), COUNT + 3, "{step}: a message is lost");
        for old in ["Old 1", "Old 2", "Old 3"] {
            assert!(
                archive.contains(&old.to_owned()),
                "{step}: {old} was touched"
            );
        }
        for (address, there) in [("/", &inbox), ("/folder?f=Archive", &archive)] {
            let list = ann.get(address);
            // What has just come may wait for the next comparison; what is gone may not be shown.
            let gone = shown(&list).into_iter().find(|row| !there.contains(row));
            list.expect(gone.is_none(), || format!("{step}: {gone:?} is gone"));
            same(&list.click("Refresh"), there, step);
        }
    }
}

/// A list shows these, in whatever order.
fn same(list: &Page, there: &[String], step: &str) {
    let (mut shown, mut there) = (shown(list), there.to_vec());
    shown.sort_unstable();
    there.sort_unstable();
    list.expect(shown == there, || {
        format!(
            "{step}: {} shows {shown:?}, there is {there:?}",
            list.target()
        )
    });
}

fn offers_undo(page: &Page) -> bool {
    page.texts_of(".note button").iter().any(|b| b == "Undo")
}

/// The first number of the set that a command names: `UID MOVE 39:40 "Archive"` is about 39 and 40.
fn first_only(command: &str) -> String {
    let mut words: Vec<&str> = command.split(' ').collect();
    let set = words[2];
    words[2] = set.split([':', ',']).next().expect("a number");
    words.join(" ")
}

/// An answer with other words behind `COPYUID`.
fn copyuid(answer: &str, change: impl Fn(&str, &str, &str) -> String) -> String {
    let Some((before, rest)) = answer.split_once("COPYUID ") else {
        return answer.to_owned();
    };
    let (named, after) = rest.split_once(']').expect("its end");
    let words: Vec<&str> = named.split(' ').collect();
    let named = change(words[0], words[1], words[2]);
    format!("{before}COPYUID {named}]{after}")
}

/// COPYUIDs that are not true.
fn false_copyuids(verb: &'static str) -> Vec<(&'static str, Lie)> {
    let lie = |change: fn(&str, &str, &str) -> String| {
        Lie::about(verb).says(move |answer| copyuid(answer, change))
    };
    vec![
        (
            "others' numbers there",
            lie(|v, from, _| format!("{v} {from} 1:2")),
        ),
        (
            "another UIDVALIDITY",
            lie(|_, from, to| format!("7 {from} {to}")),
        ),
        (
            "numbers that nobody named",
            lie(|v, _, to| format!("{v} 1:2 {to}")),
        ),
        (
            "another length",
            lie(|v, from, _| format!("{v} {from} 900")),
        ),
        (
            "a huge range",
            lie(|v, _, _| format!("{v} 1:4294967290 1:4294967290")),
        ),
        (
            "numbers to come",
            lie(|v, from, _| format!("{v} {from} 9000:9001")),
        ),
        ("rubbish", lie(|_, _, _| "x y z".to_owned())),
    ]
}

#[test]
fn rule_10_a_copyuid_that_lies_harms_no_other_message() {
    for (capabilities, verb) in [
        ("", "UID MOVE"),
        (WITHOUT_QRESYNC, "UID MOVE"),
        (WITHOUT_MOVE, "UID COPY"),
    ] {
        let lied = lied(capabilities);
        let ann = lied.ann();
        for (case, lie) in false_copyuids(verb) {
            let step = format!("{verb} {case}");
            let done = lied.archive_two(&ann, vec![lie]);
            assert!(
                done.status() < 500 || verb == "UID COPY",
                "{step}: {}",
                done.text()
            );
            lied.expect_truth(&ann, &step);
            if offers_undo(&done) {
                undo(&done);
                lied.expect_truth(&ann, &format!("{step}, undone"));
            }
        }
    }
}

/// What is said by a page, and by the next one, in one text.
fn said(ann: &Visitor, page: &Page) -> String {
    let next = ann.get("/");
    let said = [page.text(), next.text()].join("\n");
    said.replace(['\u{2068}', '\u{2069}'], "")
}

#[test]
fn rule_2_a_move_that_is_refused_or_does_nothing_is_not_said_to_be_done() {
    for capabilities in ["", WITHOUT_QRESYNC] {
        let lied = lied(capabilities);
        let ann = lied.ann();
        let refusals: [(&str, &str); 4] = [
            (
                "$TAG NO [TRYCREATE] Mailbox doesn't exist: Archive",
                "Nothing was changed",
            ),
            ("$TAG NO [OVERQUOTA] Quota exceeded", "Nothing was changed"),
            ("$TAG BAD What?", "Nothing was changed"),
            ("$TAG OK No messages found.", "2 messages are unchanged"),
        ];
        for (end, says) in refusals {
            let before = subjects(&lied.real, "INBOX");
            let lie = Lie::about("UID MOVE").does_nothing().ends(end);
            let page = lied.archive_two(&ann, vec![lie]);
            let said = said(&ann, &page);
            assert!(said.contains(says), "{end}: {said}");
            assert!(!offers_undo(&page), "{end}");
            assert_eq!(subjects(&lied.real, "INBOX"), before, "{end}");
            lied.expect_truth(&ann, end);
        }
        // It has moved one, and says NO.
        let lie = Lie::about("UID MOVE")
            .does(first_only)
            .ends("$TAG NO [LIMIT] Not all of them");
        let page = lied.archive_two(&ann, vec![lie]);
        page.says("1 message moved to Archive.")
            .says("1 message is unchanged.");
        lied.expect_truth(&ann, "NO after one of two");
        undo(&page).says("1 message moved to Inbox.");
        lied.expect_truth(&ann, "NO after one of two, undone");
        // It has moved one, says NO, and does not say which.
        let lie = Lie::about("UID MOVE").does(first_only).says(|answer| {
            let lines = answer
                .lines()
                .filter(|line| line.contains("EXPUNGE") || line.contains("VANISHED"));
            lines
                .map(|line| format!("{line}\r\n"))
                .chain(["$TAG NO Not all\r\n".to_owned()])
                .collect()
        });
        lied.archive_two(&ann, vec![lie])
            .says("1 message is unchanged.");
        lied.expect_truth(&ann, "NO after one of two, unnamed");
        // It says goodbye when it has moved them.
        let lie = Lie::about("UID MOVE").says(|_| "* BYE Out of memory\r\n".to_owned());
        let page = lied.archive_two(&ann, vec![lie]);
        let said = said(&ann, &page);
        assert!(said.contains("2 messages moved to Archive"), "BYE: {said}");
        lied.expect_truth(&ann, "BYE");
    }
}

#[test]
fn rule_2_what_a_server_has_done_without_a_word_is_looked_for() {
    for (capabilities, verb) in [
        ("", "UID MOVE"),
        (WITHOUT_QRESYNC, "UID MOVE"),
        (WITHOUT_MOVE, "UID EXPUNGE"),
    ] {
        let lied = lied(capabilities);
        let ann = lied.ann();
        let silent = Lie::about(verb).says(|answer| {
            let lines = answer.split_inclusive('\n');
            let is_silence = |line: &&str| !line.contains("EXPUNGE") && !line.contains("VANISHED");
            lines.filter(is_silence).collect()
        });
        lied.archive_two(&ann, vec![silent])
            .says("2 messages moved to Archive.");
        lied.expect_truth(&ann, &format!("{verb} without a word"));
    }
}

/// Another mail program removes a message of the inbox at this moment.
fn removed_meanwhile(real: &Site, subject: &str) -> impl Fn(&str) + Send + Sync + 'static {
    let client = Mutex::new(real.other_client("ann"));
    let subject = subject.to_owned();
    move |_: &str| {
        let mut client = client.lock().expect("no panic");
        client.run("SELECT INBOX");
        let found = client
            .run(&format!("UID SEARCH HEADER SUBJECT \"{subject}\""))
            .concat();
        // "Message 3" is found in "Message 39" as well: the first is meant.
        let uid = found
            .split_whitespace()
            .nth(2)
            .expect("a message")
            .to_owned();
        client.run(&format!("UID STORE {uid} +FLAGS (\\Deleted)"));
        client.run(&format!("UID EXPUNGE {uid}"));
        client.append(
            "INBOX",
            &Mail::plain("Kai <kai@example.org>", &subject, "again"),
        );
    }
}

#[test]
fn rule_4_what_others_remove_meanwhile_is_neither_done_by_the_act_nor_overlooked() {
    for capabilities in ["", WITHOUT_QRESYNC] {
        let lied = lied(capabilities);
        let ann = lied.ann();
        for (what, verb, subject) in [
            ("archive", "UID MOVE", "Message 3"),
            ("star", "UID STORE", "Message 4"),
        ] {
            let meanwhile = removed_meanwhile(&lied.real, subject);
            let lie = Lie::about(verb).does(move |command| {
                meanwhile(command);
                command.to_owned()
            });
            let page = lied.two(&ann, what, vec![lie]);
            page.says(if what == "star" {
                "2 messages starred."
            } else {
                "2 messages moved to Archive."
            });
            lied.expect_truth(&ann, what);
        }
        // As many go as were meant, but others.
        let list = ann.get("/").click("Refresh");
        let meanwhile = removed_meanwhile(&lied.real, "Message 5");
        let lie = Lie::about("UID MOVE")
            .does(move |command| {
                meanwhile(command);
                "NOOP".to_owned()
            })
            .ends("$TAG NO [CANNOT] Not now");
        let newest = shown(&list)[0].clone();
        lied.liar.lies(vec![lie]);
        let page = act(&list, &[&newest], "archive");
        lied.liar.lies(Vec::new());
        assert!(!page.text().contains("moved to Archive"), "{}", page.text());
        lied.expect_truth(&ann, "others went");
    }
}

#[test]
fn rule_1_without_move_nothing_is_removed_that_was_not_copied() {
    let lied = lied(WITHOUT_MOVE);
    let ann = lied.ann();
    for (end, does_one) in [
        (
            "$TAG NO [OVERQUOTA] Quota exceeded (mailbox for user is full)",
            false,
        ),
        ("$TAG NO [TRYCREATE] Mailbox doesn't exist", false),
        ("$TAG OK No messages found.", false),
        ("$TAG OK [COPYUID 7 39:40 1:2] Done.", false),
        ("$TAG OK Done.", true),
    ] {
        let before = subjects(&lied.real, "INBOX");
        let lie = Lie::about("UID COPY");
        let lie = if does_one {
            lie.does(first_only)
        } else {
            lie.does_nothing()
        };
        let page = lied.archive_two(&ann, vec![lie.ends(end)]);
        if end.contains("OVERQUOTA") {
            page.shows("Nothing was changed").shows("full");
        }
        assert!(
            !page.text().contains("moved to Archive."),
            "{end}: {}",
            page.text()
        );
        assert_eq!(subjects(&lied.real, "INBOX"), before, "{end}");
        lied.expect_truth(&ann, end);
    }
    // COPYUID as it should be, of nothing that was done.
    let before = subjects(&lied.real, "INBOX");
    let lie = Lie::about("UID COPY")
        .does_nothing()
        .says(|_| "$TAG OK [COPYUID 7 39:40 9000:9001] Done.\r\n".to_owned());
    lied.archive_two(&ann, vec![lie]);
    assert_eq!(subjects(&lied.real, "INBOX"), before, "copied nothing");
    // Copied, and then nothing can be marked.
    let lie = Lie::about("UID STORE")
        .does_nothing()
        .ends("$TAG NO [NOPERM] No");
    let page = lied.archive_two(&ann, vec![lie]);
    let said = said(&ann, &page);
    assert!(
        said.contains("2 messages are in both folders now.") && !said.contains("moved to Archive."),
        "{said}"
    );
    lied.expect_truth(&ann, "NO to STORE");
}

/// A mailbox that three messages fill, at a server whose Trash takes a copy.
fn full() -> Site {
    let quota = "mail_plugins = $mail_plugins quota\nprotocol imap {\n  mail_plugins = $mail_plugins quota imap_quota\n}\n\
                 plugin {\n  quota = count:User quota\n  quota_vsizes = yes\n  quota_rule = *:messages=3\n}\n";
    plan(3).dovecot(&format!("{WITHOUT_MOVE}{quota}")).start()
}

#[test]
fn in_a_full_mailbox_what_trash_cannot_take_may_be_deleted_for_good() {
    let site = full();
    let list = site.sign_in("ann").get("/");
    let question = act(&list, &["Message 2"], "delete");
    question
        .shows("Your mailbox is full.")
        .shows("no room to keep these messages in Trash")
        .shows("Permanently delete 1 message?");
    assert_eq!(subjects(&site, "INBOX").len(), 3);
    let done = question.form("messages").submit();
    done.says("1 message permanently deleted.");
    assert_eq!(subjects(&site, "INBOX"), ["Message 1", "Message 3"]);
    // Now there is room.
    let done = act(&done, &["Message 3"], "delete");
    done.says("1 message moved to Trash.");
    assert_eq!(subjects(&site, "Trash"), ["Message 3"]);
}

#[test]
fn with_script_too_the_question_of_a_full_mailbox_is_asked_and_has_its_pictures() {
    let site = full();
    let browser = Chromium::start();
    for scripts in [false, true] {
        let tab = browser.tab();
        tab.take_cookies(&site.sign_in("ann"));
        tab.scripts(scripts);
        for (width, phone) in [(1440, false), (390, true)] {
            tab.viewport(width, 844, 1.0, phone);
            for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
                tab.prefer(scheme);
                tab.open(&format!("{}/", site.url()));
                tab.click(".row:nth-child(1) .tick");
                tab.click_to(".bulk button[value=delete]");
                let all = "[...document.querySelectorAll('h1')].map(h => h.innerText).join()";
                let heading = tab.evaluate(all).to_string();
                assert!(
                    heading.contains("Permanently delete 1 message?"),
                    "{heading}"
                );
                tab.screenshot(&format!("full-mailbox-{scripts}-{width}-{mode}"));
            }
        }
    }
    assert_eq!(subjects(&site, "INBOX").len(), 3);
}

#[test]
fn marks_are_said_as_the_server_tells_them() {
    for capabilities in ["", WITHOUT_QRESYNC] {
        let lied = lied(capabilities);
        let ann = lied.ann();
        let refused = Lie::about("UID STORE")
            .does_nothing()
            .ends("$TAG NO [NOPERM] No");
        let page = lied.two(&ann, "star", vec![refused]);
        page.shows("Nothing was changed").hides("starred.");
        let forgets = Lie::about("UID STORE").does_nothing().ends("$TAG OK Done.");
        let page = lied.two(&ann, "star", vec![forgets]);
        page.says("2 messages are unchanged.");
        assert!(!flags(&lied.real, "INBOX").concat().contains("Flagged"));
        // It tells of others.
        let others = Lie::about("UID STORE")
            .says(|_| "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n$TAG OK Done.\r\n".to_owned());
        lied.two(&ann, "star", vec![others])
            .says("2 messages starred.");
        lied.expect_truth(&ann, "FETCH of others");
        let half = Lie::about("UID STORE").does(first_only);
        lied.two(&ann, "read", vec![half])
            .says("1 message marked as read.")
            .says("1 message is unchanged.");
        lied.expect_truth(&ann, "half");
        // Neither done nor told.
        let silent = vec![
            Lie::about("UID STORE").does_nothing().ends("$TAG NO No"),
            Lie::about("UID FETCH").does_nothing().ends("$TAG NO No"),
        ];
        let page = lied.two(&ann, "unstar", silent);
        page.hides("no longer in the folder").hides("Star removed");
        lied.expect_truth(&ann, "silent");
    }
}

#[test]
fn rule_11_what_cannot_be_changed_is_not_changed() {
    let lied = lied("");
    let ann = lied.ann();
    let before = subjects(&lied.real, "INBOX");
    let only = Lie::about("SELECT").says(|answer| answer.replace("[READ-WRITE]", "[READ-ONLY]"));
    let page = lied.archive_two(&ann, vec![only]);
    page.shows("Nothing was changed");
    assert!(page.status() < 500, "{}", page.status());
    // It is known from now on, until the server says otherwise.
    offers_nothing(&ann.get("/"));
    assert!(offers(&ann.get("/").click("Refresh")).len() > 2);
    // The folder was made anew meanwhile.
    let anew = Lie::about("SELECT").says(|answer| {
        let (before, rest) = answer.split_once("[UIDVALIDITY ").expect("a UIDVALIDITY");
        let (_, after) = rest.split_once(']').expect("its end");
        format!("{before}[UIDVALIDITY 7]{after}")
    });
    let page = lied.archive_two(&ann, vec![anew]);
    page.has_status(410);
    assert_eq!(subjects(&lied.real, "INBOX"), before);
    lied.expect_truth(&ann, "made anew");
}

/// A list whose messages can only be read, and saved.
fn offers_nothing(list: &Page) {
    list.shows("This folder is read-only.");
    assert_eq!(offers(list), ["save-zip", "save-mbox"]);
}

/// The acts that a page offers.
fn offers(page: &Page) -> Vec<String> {
    page.attributes_of("button[name=act]", "value")
}

#[test]
fn rule_11_a_folder_that_is_read_only_offers_nothing() {
    let lied = lied("");
    let only = || Lie::about("SELECT").says(|answer| answer.replace("[READ-WRITE]", "[READ-ONLY]"));
    lied.liar.lies(vec![only(), only(), only(), only()]);
    let ann = lied.front.sign_in("ann");
    let list = ann.get("/");
    offers_nothing(&list);
    let message = list.click("Message 40");
    let is_saving = |act: &String| act.starts_with("save-");
    assert!(
        offers(&message).iter().all(is_saving),
        "{:?}",
        offers(&message)
    );
    // Nothing can be marked, so nothing is said to be: it stays unread.
    message.shows("Print");
    let saved = list.form("rows").tick("u", "7").press("act", "save-mbox");
    assert!(saved.holds(b"\nSubject: Message 7"));
    list.click("Refresh");
    let count = ann.get("/").text_of("header .count").unwrap_or_default();
    assert_eq!(count, "40 messages, 40 unread");
    lied.liar.lies(Vec::new());
    assert!(offers(&ann.get("/").click("Refresh")).len() > 2);
}

#[test]
fn rule_11_a_folder_that_can_only_be_examined_is_shown_and_offers_nothing() {
    let lied = lied("");
    let no = || {
        Lie::about("SELECT")
            .does_nothing()
            .ends("$TAG NO [NOPERM] Read only")
    };
    lied.liar.lies(vec![no(), no(), no()]);
    let list = lied.front.sign_in("ann").get("/folder?f=Archive");
    assert_eq!(shown(&list).len(), 3);
    offers_nothing(&list);
}

#[test]
fn rule_11_flags_that_do_not_stay_are_not_offered() {
    let lied = lied("");
    let none = Lie::about("SELECT").says(|answer| {
        let (before, rest) = answer.split_once("[PERMANENTFLAGS (").expect("its flags");
        let (_, after) = rest.split_once(')').expect("their end");
        format!("{before}[PERMANENTFLAGS (\\Deleted){after}")
    });
    lied.liar.lies(vec![none]);
    let list = lied.front.sign_in("ann").get("/");
    assert_eq!(
        offers(&list),
        [
            "archive",
            "delete",
            "spam",
            "move",
            "copy",
            "save-zip",
            "save-mbox"
        ]
    );
    let message = list.click("Message 40");
    assert_eq!(
        message.attributes_of("#acts button[name=act]", "value"),
        ["archive", "delete", "spam", "move", "copy", "save-mbox"]
    );
}

#[test]
fn an_undo_moves_what_is_there_and_never_another_message() {
    let lied = lied("");
    let ann = lied.ann();
    // Some have left.
    let done = lied.archive_two(&ann, Vec::new());
    let mut other = lied.real.other_client("ann");
    other.run("SELECT Archive");
    other.run("UID MOVE 5 INBOX");
    let back = undo(&done);
    back.says("1 message moved to Inbox.")
        .says("1 message was no longer in the folder.");
    lied.expect_truth(&ann, "some have left");
    // Twice.
    let done = lied.archive_two(&ann, Vec::new());
    let (first, second) = (undo(&done), undo(&done));
    first.says("2 messages moved to Inbox.");
    second.says("2 messages moved to Inbox.");
    lied.expect_truth(&ann, "twice");
    // The folder was made anew; what is there now has the same numbers.
    let done = lied.archive_two(&ann, Vec::new());
    other.run("SELECT Archive");
    other.run("CREATE Elsewhere");
    other.run("MOVE 1:* Elsewhere");
    other.run("SELECT INBOX");
    other.run("DELETE Archive");
    other.run("CREATE Archive");
    for n in 1..=12 {
        other.append(
            "Archive",
            &Mail::plain("a@example.org", &format!("Precious {n}"), "x"),
        );
    }
    undo(&done).has_status(410);
    assert_eq!(subjects(&lied.real, "Archive").len(), 12);
}

#[test]
fn a_pymap_is_acted_on_like_any_other_server() {
    use crate::support::pymap::{self, Pymap};
    let pymap = Pymap::start();
    let site = Site::new().imap_at(pymap.address()).proxied().start();
    let ann = site.sign_in_with(pymap::LOGIN, pymap::PASSWORD);
    let list = ann.get("/");
    let all = shown(&list);
    let newest = all[0].clone();
    let count = |list: &Page| shown(list).len();

    let starred = act(&list, &[&newest], "star");
    starred.says("1 message starred.");
    undo(&starred).says("Star removed from 1 message.");
    act(&ann.get("/"), &[&newest], "unread").says("1 message marked as unread.");
    let archived = act(&ann.get("/"), &[&newest], "archive");
    archived.says("1 message moved to Archive.");
    assert_eq!(count(&archived), all.len() - 1);
    assert_eq!(
        shown(&ann.get("/folder?f=Archive")),
        std::slice::from_ref(&newest)
    );
    let back = undo(&archived);
    back.says("1 message moved to Inbox.");
    same(&ann.get("/").click("Refresh"), &all, "pymap");
    let deleted = act(&ann.get("/"), &[&newest], "delete");
    // Its Trash cannot be written to.
    deleted.shows("read-only").shows("Nothing was changed.");
    offers_nothing(&ann.get("/folder?f=Trash"));
    let list = ann.get("/");
    let copy = list.form("rows").tick("u", &uid_of(&list, &newest));
    copy.smuggle("to", "Archive")
        .press("act", "copy")
        .says("1 message copied to Archive.");
    let list = ann.get("/");
    let moved = list.form("rows").tick("u", &uid_of(&list, &newest));
    let moved = moved.smuggle("to", "Archive").press("act", "move");
    moved.says("1 message moved to Archive.");
    let archive = ann.get("/folder?f=Archive");
    assert_eq!(shown(&archive), [newest.clone(), newest.clone()]);
    same(
        &archive.click("Refresh"),
        &[newest.clone(), newest],
        "pymap",
    );
}
