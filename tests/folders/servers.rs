//! Servers that refuse, lie, or keep folders in another way.

use super::{Says as _, create, delete, has, listed, options, plan, rename};
use crate::support::liar::{Liar, Lie};
use crate::support::mails::Mail;
use crate::support::site::Site;

/// Everything lies below INBOX, as with Courier; a dot separates.
const BELOW_INBOX: &str = "
namespace inbox {
  separator = .
  prefix = INBOX.
}
";

/// What a server says that lists no subscriptions and no counts with LIST.
const OLD: &str = "imap_capability = IMAP4rev1 UIDPLUS NAMESPACE\n";

#[test]
fn where_all_is_below_inbox_folders_are_made_there() {
    let site = Site::new().dovecot(BELOW_INBOX).start();
    let ann = site.sign_in("ann");
    create(&ann.get("/folders"), "Travel").says("Folder Travel was created.");
    assert!(has(&site, "INBOX.Travel"));
    create(&options(&ann, "INBOX.Travel"), "Tickets").says("Folder Tickets was created.");
    assert!(has(&site, "INBOX.Travel.Tickets"));
    // To Postern a slash is a sign like others there; this server has its own reason.
    let page = create(&ann.get("/folders"), "a/b");
    page.has_status(422).says("Name must not have '/'");
    let page = create(&ann.get("/folders"), "a.b");
    page.has_status(422).says("cannot contain “.”");
    rename(&options(&ann, "INBOX.Travel"), "Journeys").says("Travel was renamed to Journeys.");
    assert!(has(&site, "INBOX.Journeys.Tickets"));
    let place = options(&ann, "INBOX.Journeys.Tickets").click("Move this folder");
    place
        .form("move-form")
        .press("under", "")
        .says("Tickets was moved to the top level.");
    assert!(has(&site, "INBOX.Tickets"));
    delete(&options(&ann, "INBOX.Journeys")).says("Journeys was deleted.");
    assert!(!has(&site, "INBOX.Journeys"));
}

#[test]
fn a_server_that_tells_little_is_asked_for_subscriptions_and_counts() {
    let site = plan().dovecot(OLD).start();
    let mut other = site.other_client("ann");
    for name in ["Work", "Work/Plans"] {
        other.run(&format!("SUBSCRIBE {name}"));
    }
    let ann = site.sign_in("ann");
    options(&ann, "Work").says("You are subscribed to this folder.");
    options(&ann, "Letters").says("You are not subscribed to this folder.");
    rename(&options(&ann, "Work"), "Job").says("Work was renamed to Job.");
    let subscribed = listed(&site, "LSUB");
    assert!(
        subscribed.contains(&"Job/Plans".to_owned()),
        "{subscribed:?}"
    );
    assert!(
        !subscribed.contains(&"Work/Plans".to_owned()),
        "{subscribed:?}"
    );
    let question = options(&ann, "Job").click("Delete folder");
    question.says("It contains 2 subfolders, and together they contain 3 messages.");
    let late = Mail::plain("Kai <kai@example.org>", "Late", "x");
    other.append("Job/Plans", &late);
    let again = question.form("delete-form").submit();
    again.says("together they contain 4 messages.");
    again
        .form("delete-form")
        .submit()
        .says("Job and 2 subfolders were deleted.");
}

/// A site whose mail server lies, and the same mailboxes as they are.
fn lied() -> (Site, Site, Liar) {
    let real = plan().start();
    let liar = Liar::start(real.dovecot().address());
    let front = Site::new().imap_at(liar.address()).start();
    (real, front, liar)
}

#[test]
fn what_a_server_refuses_is_told_in_its_words_and_nothing_is_said_to_be_done() {
    let (real, front, liar) = lied();
    let ann = front.sign_in("ann");
    let refuses = |verb: &str| {
        let lie = Lie::about(verb).does_nothing();
        liar.lies(vec![lie.ends("$TAG NO [NOPERM] Not on a Sunday")]);
    };
    let page = ann.get("/folders");
    refuses("CREATE");
    let page = create(&page, "Travel");
    page.has_status(422)
        .says("Not on a Sunday")
        .says("Nothing was changed.");
    assert_eq!(page.form("create-form").value("name"), Some("Travel"));
    let page = options(&ann, "Work");
    refuses("RENAME");
    rename(&page, "Job").has_status(422).says("Not on a Sunday");
    let page = options(&ann, "Work").click("Delete folder");
    refuses("DELETE");
    let page = page.form("delete-form").submit();
    page.has_status(422).says("Not on a Sunday");
    let page = options(&ann, "Work");
    refuses("SUBSCRIBE");
    let page = page.form("subscription-form").press("act", "subscribe");
    page.has_status(422).says("Not on a Sunday");
    assert!(has(&real, "Work/Plans/Old"));
}

#[test]
fn a_subfolder_that_stays_keeps_what_holds_it() {
    let (real, front, liar) = lied();
    let ann = front.sign_in("ann");
    let question = options(&ann, "Work").click("Delete folder");
    let lie = Lie::about("DELETE \"Work/Plans\"").does_nothing();
    liar.lies(vec![lie.ends("$TAG NO In use")]);
    let page = question.form("delete-form").submit();
    page.has_status(200)
        .says("Work: the mail server deleted 1 folder, but refused to delete 2 folders.");
    assert!(has(&real, "Work") && has(&real, "Work/Plans") && !has(&real, "Work/Plans/Old"));
}

#[test]
fn an_ok_to_what_was_not_done_is_not_believed() {
    let (real, front, liar) = lied();
    let ann = front.sign_in("ann");
    for verb in ["RENAME", "DELETE"] {
        let page = options(&ann, "Letters");
        let page = match verb {
            "DELETE" => page.click("Delete folder"),
            _ => page,
        };
        liar.lies(vec![Lie::about(verb).does_nothing().ends("$TAG OK Done")]);
        let page = match verb {
            "DELETE" => page.form("delete-form").submit(),
            _ => rename(&page, "Post"),
        };
        page.has_status(422).says("The mail server refused this.");
        liar.lies(Vec::new());
    }
    assert!(has(&real, "Letters"));
}
