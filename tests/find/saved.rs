//! Searches that are kept: they stand with the folders, find what is there now, and follow folders that get other names.

use std::time::Duration;

use super::{look_for, subjects};
use crate::acts::Says;
use crate::disk;
use crate::support::mails::MailBuilder;
use crate::support::page::Page;
use crate::support::site::{Plan, Site, password_of};

fn plan() -> Plan {
    let mail = |subject: &str| MailBuilder::about(subject).of_kind("text/plain", "x");
    Site::new()
        .mails("ann", "INBOX", vec![mail("Invoice 1"), mail("Lunch")])
        .mails("ann", "Work", vec![mail("Invoice 2")])
}

/// The searches among the folders, and which of these is the one of the page.
fn kept(page: &Page) -> (Vec<String>, Vec<String>) {
    let current = page.texts_of("nav.folders [aria-current]");
    let all = page.texts_of("nav.folders .line .name");
    let is_kept = |name: &String| name.contains("nvoice");
    (all.into_iter().filter(is_kept).collect(), current)
}

#[test]
fn a_search_is_kept_opened_like_a_folder_and_forgotten() {
    let site = plan().start();
    let list = site.sign_in("ann").get("/");
    let found = look_for(&list, "subject:invoice").click("All folders");
    let saved = found
        .form("keep-search")
        .set("name", "  All\tinvoices ")
        .submit();
    saved.says("Search All invoices saved.");
    assert_eq!(subjects(&saved).len(), 2);
    let name = || vec!["All invoices".to_owned()];
    assert_eq!(kept(&saved), (name(), name()));
    // It is there on other pages and in other browsers, and finds what has come since.
    site.other_client("ann").append(
        "Work",
        &MailBuilder::about("Invoice 3").of_kind("text/plain", "x"),
    );
    let other = site.sign_in("ann").get("/folder?f=Work&compare=1");
    let opened = other.click("All invoices").click("Search again");
    assert_eq!(subjects(&opened).len(), 3);
    // Under another name it is the same one; without a name it is called by what is looked for.
    let again = opened.form("keep-search").submit();
    again.says("Saved search All invoices removed.");
    assert_eq!(kept(&again).0, Vec::<String>::new());
    let undone = again.click("Undo");
    assert_eq!(kept(&undone).0, name());
    let here = look_for(&undone.visitor().get("/folder?f=Work"), "invoice");
    let here = here.form("keep-search").set("name", " ").submit();
    assert_eq!(kept(&here).0, ["All invoices", "invoice"]);
    // What looks for nothing is not kept.
    let nothing = here.form("keep-search").unset("q").submit();
    nothing.has_status(400);
}

#[test]
fn a_kept_search_follows_its_folder_and_a_hoster_may_give_some() {
    let site = plan()
        .config("[[settings.searches]]\nname = \"Unread invoices\"\nfind = \"invoice is:unread\"\nin = \"all\"\n")
        .start();
    let list = site.sign_in("ann").get("/folder?f=Work");
    let given = list.click("Unread invoices");
    assert_eq!(subjects(&given).len(), 2);
    let found = look_for(&list, "invoice").form("keep-search").submit();
    assert_eq!(kept(&found).0, ["invoice", "Unread invoices"]);
    let options = found.visitor().get("/folder-options?f=Work");
    options.form("rename-form").set("name", "Job").submit();
    let moved = found.visitor().get("/").click("invoice");
    assert_eq!(subjects(&moved), ["Invoice 2"]);
    assert!(moved.target().contains("f=Job"), "{}", moved.target());
    // One whose folder is gone says so, and can be removed.
    site.other_client("ann").run("DELETE Job");
    let gone = moved
        .visitor()
        .get(&format!("{}&compare=1", moved.target()));
    gone.has_status(410);
}

#[test]
fn a_search_that_is_to_be_kept_survives_the_end_of_its_session() {
    let site = plan().start();
    let list = site.sign_in("ann").get("/");
    let found = look_for(&list, "invoice");
    disk::age_sessions(&site, "ann", Duration::from_secs(9 * 3_600));
    let waits = found.form("keep-search").submit_once();
    let form = waits.form("sign-in").set("login", "ann");
    let back = form.set("password", &password_of("ann")).submit();
    back.shows("Save search").shows("invoice");
    let done = back.form("keep-search").submit();
    assert_eq!(kept(&done).0, ["invoice"]);
}
