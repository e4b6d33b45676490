//! What a user sets folders to be: the one for archived mail, a favourite; where messages went last; and what is done with
//! all that is in one.

use super::{Says as _, has, listed, options, plan, rename};
use crate::acts::subjects;
use crate::cost::connections;
use crate::support::liar::{Liar, Lie};
use crate::support::mails::{self, Mail};
use crate::support::page::Page;
use crate::support::site::Site;

/// Presses a button of the list for its newest message.
fn act_on_newest(list: &Page, act: &str) -> Page {
    let uid = list.attributes_of("input.tick", "value")[0].clone();
    list.form("rows").tick("u", &uid).press("act", act)
}

/// A button of the page of a folder that sets it to be something.
fn set(page: &Page, label: &str) -> Page {
    page.click(label)
}

#[test]
fn trash_is_emptied_of_what_was_counted_and_of_nothing_that_came_later() {
    let site = plan()
        .mails("ann", "Trash", mails::generated(5))
        .dovecot(
            "namespace inbox {\n mailbox Spam {\n auto = create\n special_use = \\Junk\n }\n}\n",
        )
        .start();
    let ann = site.sign_in("ann");
    let question = ann.get("/folder?f=Trash").click("Empty Trash");
    question.says("Permanently delete 5 messages?");
    assert_eq!(subjects(&site, "Trash").len(), 5);
    let late = Mail::plain("Kai <kai@example.org>", "Late", "x");
    site.other_client("ann").append("Trash", &late);
    let done = question.form("messages").submit();
    done.has_status(200).says("5 messages permanently deleted.");
    assert_eq!(subjects(&site, "Trash"), ["Late"]);
    // Nothing is there to be removed, and no other folder is offered to be emptied.
    let spam = ann.get("/folder?f=Spam");
    spam.expect(!spam.has_link("Empty Spam"), || "it is empty".to_owned());
    let other = ann.get("/folder?f=Letters");
    other.expect(!other.has_link("Empty"), || "it is no rubbish".to_owned());
    ann.get("/folder-options?f=Trash").click("Empty Trash");
}

#[test]
fn all_of_a_folder_is_marked_as_read() {
    let unread = mails::generated(4).into_iter();
    let unread = unread.map(|mail| mail.flagged(&[])).collect();
    let site = plan().mails("ann", "Unread", unread).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/folder?f=Unread");
    list.shows("4 unread");
    let done = list.click("Mark all as read");
    done.has_status(200).says("4 messages marked as read.");
    done.hides("Mark all as read");
    let mut other = site.other_client("ann");
    other.run("EXAMINE Unread");
    assert!(other.run("UID SEARCH UNSEEN").concat().ends_with("SEARCH"));
    done.click("Undo").says("4 messages marked as unread.");
}

#[test]
fn a_role_that_the_server_leaves_open_is_given_by_hand() {
    let site = plan().start();
    site.other_client("ann").run("CREATE Ablage");
    let ann = site.sign_in("ann");
    let page = options(&ann, "Ablage");
    page.expect(!page.has_link("Use as Trash"), || {
        "the server says which folder is Trash".to_owned()
    });
    let page = set(&page, "Use as Archive");
    page.says("Postern now uses Ablage as Archive.");
    page.says("Postern uses this folder as Archive.");
    // What is for something is neither renamed nor deleted.
    page.hides("Delete folder");
    let done = act_on_newest(&ann.get("/"), "archive");
    done.says("1 message moved to Archive.");
    assert_eq!(subjects(&site, "Ablage").len(), 1);
    assert!(!has(&site, "Archive"));
    let page = set(&options(&ann, "Ablage"), "Stop using as Archive");
    page.says("Postern no longer uses Ablage as Archive.");
    page.shows("Use as Archive");
    act_on_newest(&ann.get("/"), "archive");
    assert_eq!(subjects(&site, "Archive").len(), 1);
    // A form that names what the server says itself, or INBOX.
    for (folder, role) in [
        ("Ablage", "trash"),
        ("INBOX", "archive"),
        ("Ablage", "inbox"),
    ] {
        let page = options(&ann, "Ablage");
        let form = page.form("set-folder").unset("f").unset("set");
        let page = form.smuggle("f", folder).smuggle("set", role).submit();
        page.has_status(400);
    }
}

#[test]
fn no_second_spam_folder_is_made_beside_one_in_another_language_case_or_namespace() {
    let below_inbox = "\nnamespace inbox {\n  separator = .\n  prefix = INBOX.\n}\n";
    for (extra, name) in [
        ("", "Ind&AOk-sirables"),
        ("", "SPAM"),
        ("", "&V4NXPpCuTvY-"),
        (below_inbox, "INBOX.spam"),
        (below_inbox, "INBOX.Skr&AOQ-ppost"),
    ] {
        let site = Site::new().dovecot(extra).messages(2).start();
        site.other_client("ann").run(&format!("CREATE \"{name}\""));
        let before = listed(&site, "LIST");
        let ann = site.sign_in("ann");
        act_on_newest(&ann.get("/"), "spam").says("1 message moved to Spam.");
        assert_eq!(listed(&site, "LIST"), before, "{name}");
        assert_eq!(subjects(&site, name).len(), 1, "{name}");
    }
}

#[test]
fn a_missing_folder_is_made_for_its_use_where_the_server_can_note_that() {
    let real = plan()
        .dovecot("imap_capability = +CREATE-SPECIAL-USE\n")
        .start();
    let liar = Liar::start(real.dovecot().address());
    let front = Site::new().imap_at(liar.address()).start();
    let ann = front.sign_in("ann");
    let list = ann.get("/");
    liar.lies(vec![Lie::about("CREATE").does(|said| {
        let plain = said.split(" (USE").next();
        plain.unwrap_or(said).to_owned()
    })]);
    act_on_newest(&list, "spam").says("1 message moved to Spam.");
    let heard = liar.heard();
    let made = "CREATE \"Junk\" (USE (\\Junk))".to_owned();
    assert!(heard.contains(&made), "{heard:?}");
    assert_eq!(subjects(&real, "Junk").len(), 1);
}

#[test]
fn favourites_stand_first_and_follow_their_folder() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    let first = |page: &Page| page.texts_of("nav.folders > ul:first-of-type > li > .line .name");
    let all = ann.get("/folders?find=plans");
    let page = all.click("Add to favourites: \u{2068}Work / Plans\u{2069}");
    page.has_status(200)
        .says("Plans was added to your favourites.");
    connections(&page, 0);
    assert_eq!(page.form("find-folder").value("find"), Some("plans"));
    assert_eq!(first(&page), ["Plans"]);
    page.shows("Favourites");
    let file = site.user_dir().join("profile/settings.toml");
    let kept = std::fs::read_to_string(&file).expect("settings");
    assert!(kept.contains("Work/Plans"), "{kept}");
    rename(&options(&ann, "Work"), "Job");
    assert_eq!(first(&ann.get("/")), ["Plans"]);
    let list = ann.get("/folder?f=Job%2FPlans");
    let current = list.attributes_of("[aria-current=page]", "href");
    assert_eq!(current.len(), 1, "{current:?}");
    let page = options(&ann, "Job/Plans").click("Remove from favourites");
    page.says("Plans was removed from your favourites.");
    page.hides("Favourites:");
    let back = page.click("Undo");
    assert_eq!(first(&back), ["Plans"]);
    site.other_client("ann").run("DELETE Job/Plans/Old");
    super::delete(&options(&ann, "Job/Plans"));
    let page = ann.get("/");
    page.hides("Favourites");
}

#[test]
fn the_folders_that_messages_went_to_last_are_offered_first() {
    let site = plan().mails("ann", "INBOX", mails::generated(9)).start();
    let ann = site.sign_in("ann");
    let recent = |page: &Page| {
        let all = page.attributes_of("ul.all:first-of-type button", "value");
        match page.has_words("Recent") {
            true => all,
            false => Vec::new(),
        }
    };
    let places = [
        "Letters",
        "Work",
        "Work/Plans",
        "Sent",
        "Drafts",
        "Trash",
        "Work",
    ];
    for to in places {
        let asked = act_on_newest(&ann.get("/"), "move");
        asked.form("messages").press("to", to).has_status(200);
    }
    let asked = act_on_newest(&ann.get("/"), "copy");
    assert_eq!(
        recent(&asked),
        ["Work", "Trash", "Drafts", "Sent", "Work/Plans"]
    );
    let found = asked.form("messages").set("find", "lett").submit();
    assert!(recent(&found).is_empty());
    // What is taken back is no target.
    let moved = asked.form("messages").press("to", "Letters");
    moved.has_status(200);
    let moved = act_on_newest(&ann.get("/"), "archive");
    moved.click("Undo").has_status(200);
    let asked = act_on_newest(&ann.get("/"), "move");
    let first = recent(&asked);
    assert_eq!(first.first().map(String::as_str), Some("Letters"));
    assert!(!first.contains(&"INBOX".to_owned()), "{first:?}");
}
