//! What others do between a look and an act, or an act and its undoing: it is neither undone nor overlooked, and what is said
//! is what is so. Servers that tell of too much belong here, too.

use super::servers::{WITHOUT_MOVE, lied};
use super::{Says as _, act, flags, inbox, plan, shown, subjects, uid_of, undo};
use crate::cost::{self, connections};
use crate::support::liar::Lie;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// The count that stands beside a folder.
fn count_beside(page: &Page, folder: &str) -> String {
    let names = page.texts_of("nav.folders .name");
    let lines = page.texts_of("nav.folders .line");
    let nth = names.iter().position(|name| name == folder);
    let line = nth.and_then(|nth| lines.get(nth)).cloned();
    let line = line.unwrap_or_else(|| panic!("no {folder} in {names:?}"));
    line.chars().filter(char::is_ascii_digit).collect()
}

#[test]
fn a_target_that_has_gone_is_said_to_be_gone_and_not_the_folder_that_one_is_in() {
    let site = plan(3).start();
    let mut other = site.other_client("ann");
    other.run("CREATE Plans");
    let list = inbox(&site);
    list.visitor().get("/folders");
    let question = act(&list, &["Message 2"], "move");
    other.run("DELETE Plans");
    let page = question.form("messages").smuggle("to", "Plans").submit();
    page.has_status(410);
    page.shows("The other folder no longer exists")
        .shows("Nothing was changed.")
        .hides("This folder no longer exists");
    assert_eq!(shown(&list.visitor().get("/")).len(), 3);

    // It goes when it has just been looked at.
    for verb in ["UID MOVE", "UID COPY"] {
        let lied = lied("");
        let ann = lied.ann();
        let list = ann.get("/");
        let what = if verb == "UID MOVE" { "move" } else { "copy" };
        let question = act(&list, &["Message 40"], what);
        let lie = Lie::about(verb)
            .does_nothing()
            .ends("$TAG NO [TRYCREATE] Mailbox doesn't exist: Archive");
        lied.liar.lies(vec![lie]);
        let page = question.form("messages").smuggle("to", "Archive").submit();
        page.has_status(410);
        page.shows("The other folder no longer exists")
            .shows("Nothing was changed.");
        lied.liar.lies(Vec::new());
        lied.expect_truth(&ann, verb);
    }
}

#[test]
fn rule_4_numbers_that_are_said_to_be_gone_and_are_not_empty_no_list() {
    const ALL: &str = "* VANISHED (EARLIER) 1:4294967295\r\n";
    let lied = lied("");
    let ann = lied.ann();
    for (about, what) in [
        ("UID MOVE", "archive"),
        ("UID FETCH 1:*", "archive"),
        ("UID STORE", "star"),
        ("UID SEARCH", "unread"),
    ] {
        let list = ann.get("/").click("Refresh");
        let before = subjects(&lied.real, "INBOX").len();
        let newest = shown(&list)[0].clone();
        lied.liar.lies(vec![
            Lie::about(about).says(|answer| format!("{ALL}{answer}")),
        ]);
        let page = act(&list, &[&newest], what);
        lied.liar.lies(Vec::new());
        let left = before - usize::from(what == "archive");
        page.has_status(200);
        assert_eq!(shown(&page).len(), left, "{about}: {}", page.text());
        assert_eq!(shown(&ann.get("/")).len(), left, "{about}");
        lied.expect_truth(&ann, about);
    }
    // The comparison itself is told so.
    lied.liar.lies(vec![
        Lie::about("EXAMINE").says(|answer| format!("{ALL}{answer}")),
    ]);
    let list = ann.get("/").click("Refresh");
    lied.liar.lies(Vec::new());
    assert_eq!(shown(&list).len(), subjects(&lied.real, "INBOX").len());
}

#[test]
fn what_was_read_here_is_not_counted_as_unread_in_the_folder_that_others_go_to() {
    let old = |n| Mail::plain("Kai <kai@example.org>", &format!("Old {n}"), "x");
    let site = plan(4)
        .mails("ann", "Archive", vec![old(1), old(2)])
        .start();
    let ann = site.sign_in("ann");
    let archive = ann.get("/folder?f=Archive");
    // Its text is at hand before it is opened, so opening it asks nobody.
    let ahead = Request::new("GET", &archive.link("Old 2")).header("Sec-Purpose", "prefetch");
    ann.send(&ahead).has_status(200);
    let opened = archive.click("Old 2");
    connections(&opened, 0);
    let list = ann.get("/");
    assert_eq!(count_beside(&list, "Archive"), "1");
    let done = act(&list, &["Message 4"], "archive");
    done.says("1 message moved to Archive.");
    // Old 1, and what has come.
    assert_eq!(count_beside(&done, "Archive"), "2");
}

/// A message that was opened from the cache, so that the server does not know yet that it was read.
#[test]
fn what_was_read_here_is_read_wherever_it_goes() {
    for (capabilities, what) in [
        ("", "archive"),
        ("", "copy"),
        (WITHOUT_MOVE, "archive"),
        (WITHOUT_MOVE, "copy"),
    ] {
        let site = plan(2).dovecot(capabilities).start();
        let list = inbox(&site);
        let ahead = Request::new("GET", &list.link("Message 2")).header("Sec-Purpose", "prefetch");
        list.visitor().send(&ahead).has_status(200);
        connections(&list.click("Message 2"), 0);
        assert_eq!(flags(&site, "INBOX"), ["", ""], "{what}");
        let list = list.visitor().get("/");
        let form = list.form("rows").tick("u", &uid_of(&list, "Message 2"));
        let done = form.smuggle("to", "Archive").press("act", what);
        done.says("1 message");
        assert_eq!(
            flags(&site, "Archive"),
            ["\\Seen"],
            "{what}: {capabilities}"
        );
        let archive = list.visitor().get("/folder?f=Archive&compare=1");
        assert_eq!(archive.texts_of(".row.unread").len(), 0, "{what}");
    }
}

#[test]
fn rule_10_undo_leaves_alone_what_others_have_changed_since() {
    let site = plan(4).start();
    let list = inbox(&site);
    let done = act(&list, &["Message 1", "Message 2"], "star");
    done.says("2 messages starred.");
    // Another program takes the star and sets it again: it is its own now.
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("STORE 1 -FLAGS (\\Flagged)");
    other.run("STORE 1 +FLAGS (\\Flagged)");
    drop(other);
    let back = undo(&done);
    back.says("Star removed from 1 message.")
        .says("1 message is unchanged.");
    let flags = flags(&site, "INBOX");
    assert_eq!(flags[..2], ["\\Flagged", ""], "{flags:?}");
}

#[test]
fn rule_10_undo_in_several_folders_leaves_alone_what_others_have_changed_in_each() {
    let old = |n| Mail::plain("Kai <kai@example.org>", &format!("Old {n}"), "x");
    let site = plan(2)
        .mails("ann", "Archive", vec![old(1), old(2)])
        .start();
    let list = inbox(&site);
    let found = list
        .visitor()
        .get("/folder?f=INBOX&q=is:unstarred&scope=all&select=all");
    let done = found.form("rows").smuggle("act", "star").submit();
    done.says("4 messages starred.");
    // Another program makes one star of each folder its own.
    let mut other = site.other_client("ann");
    for folder in ["INBOX", "Archive"] {
        other.run(&format!("SELECT {folder}"));
        other.run("STORE 1 -FLAGS (\\Flagged)");
        other.run("STORE 1 +FLAGS (\\Flagged)");
    }
    drop(other);
    let back = undo(&done);
    back.says("Stars removed from 2 messages.")
        .says("2 messages are unchanged.");
    for folder in ["INBOX", "Archive"] {
        assert_eq!(flags(&site, folder), ["\\Flagged", ""], "{folder}");
    }
}

/// Two hundred rows a page, two acts with a page of them each: one connection for each act, and none for the list that
/// follows, which has the rows that moved up.
#[test]
fn rule_6_the_rows_that_move_up_come_with_the_act() {
    let site = crate::support::site::Site::new()
        .messages(700)
        .dovecot(super::FOLDERS)
        .config("[settings]\nrows = 200")
        .proxied()
        .start();
    let mut list = inbox(&site);
    for _ in 0..2 {
        let newest = shown(&list)[0].clone();
        let all = list.visitor().get("/folder?select=page");
        let form = all.form("rows").smuggle("act", "archive").request();
        let (answer, cost) = cost::of(&site, || list.visitor().send(&form));
        assert_eq!((cost.connections, cost.flights), (1, 3));
        list = answer.follow();
        connections(list.says("200 messages moved to Archive."), 0);
        assert_eq!(shown(&list).len(), 200);
        assert!(!shown(&list).contains(&newest));
        list.hides("not been read yet");
    }
    let older = list.click("Older");
    assert_eq!(shown(connections(&older, 0)).len(), 100);
}

fn mark(site: &Site, set: &str) {
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run(&format!("STORE {set} +FLAGS (\\Deleted)"));
}

fn ask_about_marked(ann: &Visitor) -> Page {
    ann.get("/folder?compare=1").click("Remove marked messages")
}

#[test]
fn rule_9_those_that_are_marked_are_removed_after_a_question_that_names_their_number() {
    for capabilities in [
        "",
        "imap_capability = IMAP4rev1 NAMESPACE SPECIAL-USE LIST-EXTENDED\n",
    ] {
        let site = plan(5).dovecot(capabilities).start();
        let ann = site.sign_in("ann");
        ann.get("/").hides("Remove marked messages");
        mark(&site, "2,4");
        let question = ask_about_marked(&ann);
        question
            .shows("Permanently delete 2 messages?")
            .shows("They will be removed from \u{2068}Inbox\u{2069}");
        // One more is marked meanwhile: with UIDPLUS it stays, without nothing goes.
        mark(&site, "5");
        let done = question.form("messages").submit();
        let left = subjects(&site, "INBOX");
        if capabilities.is_empty() {
            done.says("2 messages permanently deleted.");
            assert_eq!(left, ["Message 1", "Message 3", "Message 5"]);
        } else {
            done.says("2 messages are unchanged.");
            assert_eq!(left.len(), 5);
            let again = ask_about_marked(&ann);
            again.shows("Permanently delete 3 messages?");
            let done = again.form("messages").submit();
            done.says("3 messages permanently deleted.");
            assert_eq!(subjects(&site, "INBOX"), ["Message 1", "Message 3"]);
        }
    }
}

#[test]
fn rule_9_what_is_marked_can_be_hidden() {
    let site = plan(5).config("[settings]\nmarked = \"hidden\"").start();
    mark(&site, "2,4");
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    assert_eq!(shown(&list), ["Message 5", "Message 3", "Message 1"]);
    list.shows("2 messages marked for removal are hidden on this page.");
    mark(&site, "1:5");
    let list = ann.get("/folder?compare=1");
    assert_eq!(shown(&list).len(), 0);
    list.shows("5 messages marked for removal are hidden on this page.")
        .hides("This folder is empty.");
    list.click("Remove marked messages")
        .shows("Permanently delete 5 messages?");
}
