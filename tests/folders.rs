//! Managing folders: what the reader does and sees, and what another mail program then finds on the server.

mod cut;
mod injection;
mod look;
mod servers;
mod settings;
mod shared;

use crate::cost::{self, connections, flights};
use crate::support::mails::{self, Mail};
use crate::support::page::Page;
use crate::support::site::{Plan, Site};
use crate::support::visitor::Visitor;

/// Ann has some messages, and folders in folders with more.
fn plan() -> Plan {
    let some = |subject: &str| vec![Mail::plain("Kai <kai@example.org>", subject, "x")];
    Site::new()
        .mails("ann", "INBOX", mails::generated(3))
        .mails("ann", "Work", some("Of work"))
        .mails("ann", "Work/Plans", some("A plan"))
        .mails("ann", "Work/Plans/Old", some("An old plan"))
        .mails("ann", "Letters", some("A letter"))
}

/// What a page says, names without the signs that keep their direction.
fn said(page: &Page) -> String {
    page.text().replace(['\u{2068}', '\u{2069}'], "")
}

trait Says {
    fn says(&self, words: &str) -> &Self;
}

impl Says for Page {
    fn says(&self, words: &str) -> &Page {
        self.expect(said(self).contains(words), || {
            format!("it does not say “{words}”")
        })
    }
}

/// The page of a folder.
fn options(visitor: &Visitor, wire: &str) -> Page {
    visitor.get(&format!("/folder-options?f={}", escaped(wire)))
}

fn escaped(wire: &str) -> String {
    form_urlencoded::byte_serialize(wire.as_bytes()).collect()
}

fn create(page: &Page, name: &str) -> Page {
    page.form("create-form").set("name", name).submit()
}

fn rename(page: &Page, name: &str) -> Page {
    page.form("rename-form").set("name", name).submit()
}

fn delete(page: &Page) -> Page {
    page.click("Delete folder").form("delete-form").submit()
}

/// The names of all folders that another mail program finds, or of those that it is subscribed to.
fn listed(site: &Site, verb: &str) -> Vec<String> {
    let answers = site.other_client("ann").run(&format!("{verb} \"\" \"*\""));
    let mut names: Vec<String> = answers.iter().filter_map(|line| name_of(line)).collect();
    names.sort_unstable();
    names
}

fn name_of(line: &str) -> Option<String> {
    if line.contains("\\Noselect") || line.contains("\\NonExistent") {
        return None;
    }
    let (_, name) = line.split_once(") \"")?;
    let name = name.get(3..)?;
    if let Some((_, literal)) = name.split_once("}\r\n") {
        return Some(literal.to_owned());
    }
    let plain = name.strip_prefix('"').unwrap_or(name);
    let plain = plain.strip_suffix('"').unwrap_or(plain);
    Some(plain.replace("\\\"", "\"").replace("\\\\", "\\"))
}

fn has(site: &Site, name: &str) -> bool {
    listed(site, "LIST").iter().any(|one| one == name)
}

#[test]
fn folders_are_made_renamed_moved_and_deleted() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let all = ann.get("/").click("Manage folders");
    let made = create(&all, "Travel");
    made.has_status(200).says("Folder Travel was created.");
    made.shows("Travel");
    assert!(has(&site, "Travel"));
    assert!(listed(&site, "LSUB").contains(&"Travel".to_owned()));

    let below = create(&options(&ann, "Travel"), "Tickets");
    below.says("Folder Tickets was created.");
    assert!(has(&site, "Travel/Tickets"));

    let renamed = rename(&options(&ann, "Travel"), "Journeys");
    renamed.says("Travel was renamed to Journeys.");
    renamed.shows("1 subfolder");
    assert!(has(&site, "Journeys/Tickets") && !has(&site, "Travel"));

    let place = options(&ann, "Journeys").click("Move this folder");
    place.hides("Journeys / Tickets");
    let place = place.form("find-folder").set("find", "LETT").submit();
    let moved = place.form("move-form").press("under", "Letters");
    moved.says("Journeys was moved to Letters.");
    assert!(has(&site, "Letters/Journeys/Tickets"));
    let place = moved.click("Move this folder");
    let top = place.form("move-form").press("under", "");
    top.says("Journeys was moved to the top level.");
    assert!(has(&site, "Journeys/Tickets"));

    let question = options(&ann, "Work").click("Delete folder");
    question
        .says("Delete Work?")
        .says("It contains 2 subfolders, and together they contain 3 messages.")
        .says("This cannot be undone.");
    assert!(has(&site, "Work"));
    let deleted = question.form("delete-form").submit();
    deleted.says("Work and 2 subfolders were deleted.");
    deleted.expect(deleted.texts_of(".note button").is_empty(), || {
        "there is something to press".to_owned()
    });
    let left = listed(&site, "LIST");
    assert!(
        !left.iter().any(|name| name.starts_with("Work")),
        "{left:?}"
    );
    // Its list is gone, too.
    ann.get("/folder?f=Work").has_status(410);
    ann.get("/folder?f=Work%2FPlans").has_status(410);
}

#[test]
fn an_act_costs_one_connection_and_the_folders_after_it_none() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    let all = ann.get("/folders");
    let make = all.form("create-form").set("name", "Travel").request();
    let (made, spent) = cost::of(&site, || ann.send(&make));
    assert_eq!(made.status(), 303);
    assert_eq!(
        (spent.connections, spent.flights),
        (1, 4),
        "{}",
        heard(&site)
    );
    connections(&made.follow(), 0);

    let page = options(&ann, "Work");
    let form = page.form("rename-form").set("name", "Job").request();
    let (renamed, spent) = cost::of(&site, || ann.send(&form));
    assert_eq!(
        (spent.connections, spent.flights),
        (1, 4),
        "{}",
        heard(&site)
    );
    let page = renamed.follow();
    page.says("Work was renamed to Job.");
    connections(&page, 0);
    connections(&ann.get("/folders"), 0);

    let question = options(&ann, "Letters").click("Delete folder");
    let form = question.form("delete-form").request();
    let (deleted, spent) = cost::of(&site, || ann.send(&form));
    assert_eq!(
        (spent.connections, spent.flights),
        (1, 4),
        "{}",
        heard(&site)
    );
    connections(&deleted.follow(), 0);
}

fn heard(site: &Site) -> String {
    format!("{:#?}", flights(&site.proxy().transcript()))
}

#[test]
fn the_same_form_twice_is_one_act() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let all = ann.get("/folders");
    let make = all.form("create-form").set("name", "Travel").request();
    let first = ann.follow(ann.send(&make));
    let second = ann.follow(ann.send(&make));
    first.says("Folder Travel was created.");
    second.says("Folder Travel was created.");
    let question = options(&ann, "Work").click("Delete folder");
    let form = question.form("delete-form").request();
    for _ in 0..2 {
        let page = ann.follow(ann.send(&form));
        page.has_status(200)
            .says("Work and 2 subfolders were deleted.");
    }
    // Without its token it is nothing.
    let page = ann.get("/folders");
    let forged = page
        .form("create-form")
        .set("name", "Forged")
        .unset("token");
    forged.submit_once().has_status(403);
    assert!(!has(&site, "Forged"));
}

#[test]
fn subscriptions_of_subfolders_follow_their_parent() {
    let site = plan().start();
    let mut other = site.other_client("ann");
    for name in ["Work", "Work/Plans/Old", "Letters"] {
        other.run(&format!("SUBSCRIBE \"{name}\""));
    }
    let before = listed(&site, "LSUB");
    let ann = site.sign_in("ann");
    rename(&options(&ann, "Work"), "Job").says("Work was renamed to Job.");
    let mut wanted: Vec<String> = before
        .iter()
        .map(|name| match name.strip_prefix("Work") {
            Some(rest) => format!("Job{rest}"),
            None => name.clone(),
        })
        .collect();
    wanted.sort_unstable();
    assert_eq!(listed(&site, "LSUB"), wanted);
    delete(&options(&ann, "Job")).says("Job and 2 subfolders were deleted.");
    wanted.retain(|name| !name.starts_with("Job"));
    assert_eq!(listed(&site, "LSUB"), wanted);
}

#[test]
fn one_subscribes_and_unsubscribes() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let page = options(&ann, "Letters");
    page.says("You are not subscribed to this folder.");
    let form = page.form("subscription-form");
    let page = form.press("act", "subscribe");
    page.says("You are now subscribed to Letters.")
        .says("You are subscribed to this folder.");
    assert!(listed(&site, "LSUB").contains(&"Letters".to_owned()));
    let page = page.form("subscription-form").press("act", "unsubscribe");
    page.says("You are no longer subscribed to Letters.");
    assert!(!listed(&site, "LSUB").contains(&"Letters".to_owned()));
}

#[test]
fn what_is_for_something_is_neither_renamed_nor_deleted() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    site.other_client("ann").run("CREATE Trash/Inner");
    for name in ["INBOX", "Trash"] {
        let page = options(&ann, name);
        page.says("cannot be renamed, moved or deleted");
        page.hides("Delete folder").hides("Move this folder");
        let buttons = page.texts_of("button");
        assert!(!buttons.iter().any(|b| b == "Rename"), "{buttons:?}");
        // A form of another folder, with this one's name.
        for (act, more) in [("rename", ("name", "x")), ("delete", ("folders", "0"))] {
            let page = options(&ann, "Letters");
            let form = page
                .form("rename-form")
                .unset("act")
                .unset("f")
                .unset("name");
            let form = form.smuggle("act", act).smuggle("f", name);
            let form = form.smuggle(more.0, more.1).smuggle("messages", "3");
            form.submit().has_status(422).says("cannot be renamed");
        }
    }
    assert!(has(&site, "Trash") && has(&site, "INBOX"));
    // What is in Trash is a folder like others.
    rename(&options(&ann, "Trash/Inner"), "Other").says("Inner was renamed to Other.");
}

#[test]
fn names_are_what_was_typed_or_refused_with_the_reason() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    let odd = [
        "R&D",
        "\"quoted\"",
        "back\\slash",
        " edge ",
        "🎻 music",
        "Entwürfe 2",
        "{5}",
        "%",
        "50 % * 2",
        "NIL",
        "a(b",
        "&-",
        "inbox 2",
        "日本語",
    ];
    for name in odd {
        let made = create(&ann.get("/folders"), name);
        made.has_status(200)
            .says(&format!("Folder {name} was created."));
        let wire = wire_of(&made, name);
        assert!(has(&site, &wire), "{name}: {:?}", listed(&site, "LIST"));
        let page = options(&ann, &wire);
        assert_eq!(page.form("rename-form").value("name"), Some(name));
        let renamed = rename(&page, &format!("{name}!"));
        renamed
            .has_status(200)
            .says(&format!("{name} was renamed to {name}!"));
        let back = rename(&renamed, name);
        back.has_status(200)
            .says(&format!("{name}! was renamed to {name}."));
        delete(&back).says(&format!("{name} was deleted."));
        assert!(!has(&site, &wire), "{name}");
    }
    create(&ann.get("/folders"), "Réunion").has_status(200);
    site.proxy().reset();
    for (name, why) in [
        (" ", "Type a name"),
        ("a/b", "cannot contain “/”"),
        ("a\u{7}b", "characters that cannot be used"),
        ("work", "already a folder named Work"),
        ("RÉUNION", "already a folder named Réunion"),
        ("inbox", "already a folder named"),
        (&"x".repeat(1500), "too long"),
    ] {
        let page = create(&ann.get("/folders"), name);
        page.has_status(422).says(why);
        assert_eq!(page.form("create-form").value("name"), Some(name));
        let letters = options(&ann, "Letters");
        let page = rename(&letters, name);
        page.has_status(422).says(why);
        assert_eq!(page.form("rename-form").value("name"), Some(name));
    }
    // Its own name in capital letters is no other's.
    rename(&options(&ann, "Letters"), "LETTERS").says("Letters was renamed to LETTERS.");
    let heard = site.proxy().transcript();
    assert!(!heard.contains("CREATE"), "{heard}");
    assert_eq!(heard.matches("RENAME").count(), 1, "{heard}");
}

/// The name on the wire of a folder that a page of all folders shows.
fn wire_of(page: &Page, name: &str) -> String {
    let titles = page.texts_of(".all li > :first-child");
    let hrefs = page.attributes_of(".all li > .button", "href");
    let nth = titles.iter().position(|title| title.trim() == name.trim());
    let href = &hrefs[nth.unwrap_or_else(|| panic!("no {name} in {titles:?}"))];
    let (_, query) = href.split_once('?').expect("a query");
    let mut fields = form_urlencoded::parse(query.as_bytes());
    let (_, wire) = fields.find(|(key, _)| key == "f").expect("a folder");
    wire.into_owned()
}

#[test]
fn a_question_whose_numbers_are_no_longer_true_is_asked_again() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let question = options(&ann, "Letters").click("Delete folder");
    question.says("It contains 1 message.");
    let late = Mail::plain("Kai <kai@example.org>", "Late", "x");
    site.other_client("ann").append("Letters", &late);
    let again = question.form("delete-form").submit();
    again.has_status(200).says("It contains 2 messages.");
    assert!(has(&site, "Letters"));
    again
        .form("delete-form")
        .submit()
        .says("Letters was deleted.");
    assert!(!has(&site, "Letters"));
}

#[test]
fn a_folder_whose_name_differs_in_case_only_is_another() {
    let site = plan().start();
    let mut other = site.other_client("ann");
    other.run("CREATE work");
    other.run("CREATE WORK/x");
    let ann = site.sign_in("ann");
    let question = options(&ann, "work").click("Delete folder");
    question.says("It contains no messages.");
    question
        .form("delete-form")
        .submit()
        .says("work was deleted.");
    let left = listed(&site, "LIST");
    for name in ["Work", "Work/Plans", "Work/Plans/Old", "WORK/x"] {
        assert!(left.contains(&name.to_owned()), "{name} in {left:?}");
    }
    // Gone meanwhile: nothing else is taken for it.
    let question = options(&ann, "Letters").click("Delete folder");
    other.run("RENAME Letters letters");
    question.form("delete-form").submit().has_status(410);
    assert!(has(&site, "letters"));
}

#[test]
fn what_was_cached_of_a_name_is_not_shown_for_another_folder() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    ann.get("/folder?f=Work").click("Of work").shows("x");
    ann.get("/folder?f=Work%2FPlans").click("A plan");
    let starred = {
        let list = ann.get("/folder?f=Work%2FPlans");
        let uid = list.attributes_of("input.tick", "value")[0].clone();
        list.form("rows").tick("u", &uid).press("act", "star")
    };
    assert!(starred.texts_of(".note button").iter().any(|b| b == "Undo"));
    let address = starred.target().to_owned();
    rename(&options(&ann, "Work"), "Job");
    // What would undo it in a folder that has another name now.
    let told = ann.get(&address.replace("Work", "Job"));
    told.says("1 message starred.");
    assert!(told.texts_of(".note button").is_empty());
    let mut other = site.other_client("ann");
    other.run("CREATE Work");
    let fresh = Mail::plain("Kai <kai@example.org>", "Quite another", "x");
    other.append("Work", &fresh);
    let list = ann.get("/folder?f=Work");
    assert_eq!(list.texts_of(".row .subject"), ["Quite another"]);
    let list = ann.get("/folder?f=Job");
    assert_eq!(list.texts_of(".row .subject"), ["Of work"]);
    let list = ann.get("/folder?f=Job%2FPlans");
    assert_eq!(list.texts_of(".row .subject"), ["A plan"]);
    // What was read before it was renamed is read at the server.
    let flags = {
        other.run("EXAMINE Job");
        other.run("FETCH 1 (FLAGS)").concat()
    };
    assert!(flags.contains("\\Seen"), "{flags}");
}
