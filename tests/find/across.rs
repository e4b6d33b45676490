//! Looking for mails in several folders at once: what is found, where it is, what it costs, and what can be done with it.

use std::time::{Duration, SystemTime};

use super::{look_for, subjects};
use crate::acts::Says;
use crate::acts::injection::expect_no_command_added;
use crate::cost::{self, connections};
use crate::support::liar::{Liar, Lie};
use crate::support::mails::{self, Mail, MailBuilder};
use crate::support::page::Page;
use crate::support::site::{Plan, Site};

/// Mails about a project, in folders of many kinds. The later in this list, the newer.
fn plan() -> Plan {
    let mut nth: u64 = 0;
    let mut mail = |subject: &str, body: &str, flags: &[&'static str]| {
        nth += 1;
        Mail {
            received: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + nth * 3_600),
            ..MailBuilder::about(subject)
                .fields(&format!("Message-ID: <{nth}@id.example>"))
                .of_kind("text/plain; charset=utf-8", body)
                .flagged(flags)
        }
    };
    let in_each = [
        (
            "Work/Reports",
            vec![mail("Project, oldest", "first réunion", &["\\Seen"])],
        ),
        (
            "INBOX",
            vec![
                mail("Project, early", "in", &["\\Seen"]),
                mail("Lunch", "soup", &[]),
            ],
        ),
        ("Work", vec![mail("Project, middle", "work", &[])]),
        ("Sent", vec![mail("Re: Project plan", "sent", &["\\Seen"])]),
        (
            "Trash",
            vec![mail("Project, thrown away", "trash", &["\\Seen"])],
        ),
        ("Junk", vec![mail("Project, win a prize", "junk", &[])]),
        (
            "INBOX",
            vec![mail("Project, newest", "last", &["\\Flagged"])],
        ),
    ];
    let with = |plan: Plan, (folder, mails): (&str, Vec<Mail>)| plan.mails("ann", folder, mails);
    in_each.into_iter().fold(Site::new(), with)
}

const EVERYWHERE: [&str; 5] = [
    "Project, newest",
    "Re: Project plan",
    "Project, middle",
    "Project, early",
    "Project, oldest",
];

/// What is found in all folders, from the inbox.
fn everywhere(site: &Site, text: &str) -> Page {
    let list = site.sign_in("ann").get("/");
    look_for(&list, text).click("All folders")
}

#[test]
fn rule_16_all_folders_are_looked_through_but_for_what_was_thrown_away() {
    let site = plan().proxied().start();
    let list = site.sign_in("ann").get("/");
    let here = look_for(&list, "project");
    assert_eq!(subjects(&here), ["Project, newest", "Project, early"]);
    let (found, cost) = cost::of(&site, || here.click("All folders"));
    assert_eq!(subjects(&found), EVERYWHERE);
    assert_eq!(
        (cost.connections, cost.flights),
        (1, 3),
        "rule 16: two beside signing in"
    );
    found.shows("5 found");
    assert_eq!(
        found.texts_of(".place"),
        [
            "In folder Inbox",
            "In folder Sent",
            "In folder Work",
            "In folder Inbox",
            "In folder Reports"
        ]
    );
    // Its page again costs nothing, from whatever folder it is asked for.
    let (again, cost) = cost::of(&site, || {
        list.visitor().get(&format!(
            "{}&f=Work",
            found.target().replace("f=INBOX", "x=")
        ))
    });
    assert_eq!((subjects(&again), cost.connections), (subjects(&found), 0));
    // Other ways to say where.
    for (folder, text, expected) in [
        ("Work", "project", &["Project, middle"][..]),
        ("INBOX", "project in:work", &["Project, middle"]),
        ("INBOX", "in:work/reports", &["Project, oldest"]),
        ("INBOX", "project in:trash", &["Project, thrown away"]),
        ("INBOX", "project in:nowhere", &[]),
        (
            "INBOX",
            "project in:spam in:sent",
            &["Project, win a prize", "Re: Project plan"],
        ),
    ] {
        let list = list.visitor().get(&format!("/folder?f={folder}"));
        assert_eq!(subjects(&look_for(&list, text)), expected, "{text}");
    }
    let anywhere = look_for(&list, "project in:anywhere");
    anywhere.shows("7 found");
    assert!(!anywhere.has_link("All folders"), "what is typed counts");
    let below = look_for(&list.visitor().get("/folder?f=Work"), "project");
    let below = below.click("This folder and its subfolders");
    assert_eq!(subjects(&below), ["Project, middle", "Project, oldest"]);
    below.shows("Work and its subfolders");
    // Words in texts, whatever the script.
    assert_eq!(
        subjects(&look_for(&list, "body:réunion").click("All folders")),
        ["Project, oldest"]
    );
}

#[test]
fn rule_13_in_several_folders_too_only_what_has_come_since_is_looked_for_again() {
    let site = plan().proxied().start();
    let found = everywhere(&site, "project");
    let mut other = site.other_client("ann");
    other.run("SELECT Work");
    other.run("UID STORE 1 +FLAGS (\\Deleted)");
    other.run("UID EXPUNGE 1");
    other.append(
        "Sent",
        &MailBuilder::about("Project, just come").of_kind("text/plain", "x"),
    );
    let again = |page: &Page| {
        site.proxy().reset();
        let page = page.click("Search again");
        let said = site.proxy().transcript();
        let asked = said
            .lines()
            .filter(|line| line.contains(" C: ") && line.contains("TEXT"));
        (page, asked.map(str::to_owned).collect::<Vec<_>>())
    };
    let (page, asked) = again(&found);
    let now = [
        "Project, just come",
        EVERYWHERE[0],
        EVERYWHERE[1],
        EVERYWHERE[3],
        EVERYWHERE[4],
    ];
    assert_eq!(subjects(&page), now, "one has gone, and one has come");
    let is_all = |line: &&String| line.contains(" ALL ");
    // One folder is empty.
    let whole = asked.iter().filter(is_all).count();
    assert_eq!((asked.len(), whole), (5, 1), "{asked:?}");
    // A message that lies in two folders is shown once; when that one goes, it is found where it is as well.
    other.run("SELECT INBOX");
    other.run("UID COPY 3 Work");
    let (page, _) = again(&page);
    assert_eq!(subjects(&page), now);
    other.run("UID STORE 3 +FLAGS (\\Deleted)");
    other.run("UID EXPUNGE 3");
    let (page, _) = again(&page);
    assert_eq!(subjects(&page), now);
    assert_eq!(page.texts_of(".place")[1], "In folder Work");
    // A folder that was numbered anew is looked through as a whole, and what is in a new one is found.
    site.dovecot().renumber("ann", "Sent", 77);
    let all = page.visitor().get("/folders");
    let made = all.form("create-form").set("name", "Plans").submit();
    made.has_status(200);
    other.append(
        "Plans",
        &MailBuilder::about("Project, in a new folder").of_kind("text/plain", "x"),
    );
    let (page, asked) = again(&page);
    page.shows("Re: Project plan")
        .shows("Project, just come")
        .shows("6 found");
    assert!(asked.iter().any(|line| is_all(&line)), "{asked:?}");
}

#[test]
fn what_was_found_is_sorted_walked_and_read_like_any_list() {
    let site = plan().proxied().start();
    let found = everywhere(&site, "project");
    let sorted = found.click("Oldest first");
    let mut expected = EVERYWHERE;
    expected.reverse();
    assert_eq!(subjects(&sorted), expected);
    assert_eq!(subjects(&found.click("Unread first"))[1], "Project, middle");
    assert_eq!(
        subjects(&found.click("Starred first"))[0],
        "Project, newest"
    );
    // Newer and older lead from folder to folder, within what was found.
    let open = found.click("Re: Project plan");
    open.shows("2 of 5");
    let (older, cost) = cost::of(&site, || open.click("Older"));
    older.shows("3 of 5");
    assert_eq!(older.text_of("h1").as_deref(), Some("Project, middle"));
    assert!(
        cost.flights <= 3,
        "greeting, signing in, the text: {}",
        cost.flights
    );
    older
        .click("Older")
        .click("Older")
        .shows("Project, oldest")
        .shows("5 of 5");
    // What was read stands where it stood, shown as read.
    let back = found.visitor().get(found.target());
    assert_eq!(subjects(&back), EVERYWHERE, "rule 13");
    let unread = |page: &Page| page.texts_of(".row.unread .subject");
    assert_eq!(unread(&found), ["Project, newest", "Project, middle"]);
    assert_eq!(unread(&back), ["Project, newest"]);
}

#[test]
fn rule_17_messages_of_several_folders_are_sorted_by_an_index_of_each() {
    let site = plan().proxied().start();
    let found = everywhere(&site, "project");
    let by_subject = [
        "Re: Project plan",
        "Project, early",
        "Project, middle",
        "Project, newest",
        "Project, oldest",
    ];
    let (sorted, cost) = cost::of(&site, || found.click("Subject A to Z"));
    assert_eq!(subjects(&sorted), by_subject);
    let costs = (cost.connections, cost.flights);
    assert_eq!(costs, (1, 4), "signing in, search, dates, index");
    connections(&found.click("Subject A to Z"), 0);
    // What the index knows is not asked for again; among equals the newest comes first.
    let (by_sender, cost) = cost::of(&site, || found.click("Sender A to Z"));
    assert_eq!(subjects(&by_sender), EVERYWHERE);
    assert_eq!((cost.connections, cost.flights), (1, 3));
    let mut down = subjects(&sorted.click("Subject Z to A"));
    down.reverse();
    assert_eq!(down, by_subject);
    // In that order one goes from message to message, whichever folder each is in.
    let open = sorted.click("Project, early");
    open.shows("2 of 5");
    assert_eq!(open.click("Next").text_of("h1").unwrap(), by_subject[2]);
    // The index of a folder of which some messages were found serves the folder as a whole, and the other way round.
    let whole = found.visitor().get("/folder?f=INBOX&sort=subject");
    let all = ["Lunch", "Project, early", "Project, newest"];
    assert_eq!(subjects(&whole), all);
    let again = found
        .visitor()
        .get(&format!("{}&compare=1&sort=to", found.target()));
    assert_eq!(subjects(&again), EVERYWHERE);
}

#[test]
fn rule_17_what_cannot_be_sorted_in_time_is_sorted_by_the_next_request() {
    let site = Site::new()
        .config("[gate]\ndeadline_seconds = 100\n")
        .mails("ann", "INBOX", mails::generated(10))
        .mails("ann", "Big", mails::generated(4_500))
        .proxied()
        .start();
    let found = everywhere(&site, "subject:message");
    found.shows("4,510 found");
    site.proxy().delay(Duration::from_millis(3_500));
    let some = found.click("Subject A to Z");
    site.proxy().delay(Duration::ZERO);
    some.shows("have been sorted so far");
    let mut page = some;
    for _ in 0..4 {
        if !page.has_link("Sort older messages") {
            break;
        }
        page = page.click("Sort older messages");
    }
    page.hides("have been sorted so far").shows("4,510 found");
    let top = [
        "Message 1",
        "Message 1",
        "Message 10",
        "Message 10",
        "Message 100",
    ];
    assert_eq!(subjects(&page)[..5], top);
}

#[test]
fn acts_reach_messages_in_several_folders_and_undo_brings_each_home() {
    let site = plan().start();
    let places = || {
        let mut client = site.other_client("ann");
        ["INBOX", "Work", "Work/Reports", "Sent", "Trash", "Junk"].map(|folder| {
            client.run(&format!("SELECT \"{folder}\""));
            client
                .run("UID SEARCH ALL")
                .concat()
                .matches(char::is_whitespace)
                .count()
        })
    };
    let before = places();
    let found = everywhere(&site, "project");
    // Some that are ticked: one of Inbox, one of Sent, one of Work.
    let boxes = found.attributes_of(".tick", "value");
    let ticked = boxes[..3]
        .iter()
        .fold(found.form("rows"), |form, value| form.tick("u", value));
    let done = ticked.press("act", "delete");
    done.says("3 messages moved to Trash.");
    assert_eq!(subjects(&done), ["Project, early", "Project, oldest"]);
    assert_eq!(places()[4], before[4] + 3);
    let undone = done.click("Undo");
    assert_eq!(places(), before, "each is where it was");
    assert_eq!(subjects(&undone.click("Search again")), EVERYWHERE);
    // A flag, and back.
    let starred = {
        let found = everywhere(&site, "project is:unstarred");
        let all = found
            .visitor()
            .get(&format!("{}&select=all", found.target()));
        all.shows("All 4 selected");
        all.form("rows").press("act", "star")
    };
    starred.says("4 messages starred.");
    assert_eq!(subjects(&everywhere(&site, "is:starred")).len(), 5);
    starred.click("Undo");
    let again = everywhere(&site, "is:starred").click("Search again");
    assert_eq!(subjects(&again).len(), 1);
    // Into a folder where some of them are already.
    let found = everywhere(&site, "project");
    let all = found
        .visitor()
        .get(&format!("{}&select=all", found.target()));
    let choose = all.form("rows").press("act", "move");
    choose.shows("Move 5 messages to");
    let moved = choose.form("messages").press("to", "Work");
    moved.says("5 messages moved to Work.");
    assert_eq!(places()[1], 5 + before[1] - 1);
    // Also where the folder that comes last has it already.
    let found = everywhere(&site, "lunch OR from:bo");
    let boxes = found.attributes_of(".tick", "value");
    let of = |folder: &str| boxes.iter().find(|value| value.ends_with(folder));
    let form = [of(".INBOX"), of(".Work")].into_iter().flatten();
    let form = form.fold(found.form("rows"), |form, value| form.tick("u", value));
    let choose = form.press("act", "move");
    let moved = choose.form("messages").press("to", "Work");
    moved.says("2 messages moved to Work.");
    let said = moved.texts_of(".note p").concat();
    assert!(!said.contains("still"), "{said}");
    // For good, only from Trash, and only after a question.
    let trash = look_for(&found.visitor().get("/"), "project in:trash");
    let all = trash
        .visitor()
        .get(&format!("{}&select=all", trash.target()));
    let asked = all.form("rows").press("act", "delete");
    asked.shows("Permanently delete 1 message?").shows("Trash");
}

#[test]
fn messages_of_several_folders_are_saved_in_one_file() {
    let site = plan().start();
    let found = everywhere(&site, "project");
    let boxes = found.attributes_of(".tick", "value");
    let ticked = boxes[..3]
        .iter()
        .fold(found.form("rows"), |form, value| form.tick("u", value));
    let zip = ticked.press("act", "save-zip");
    zip.has_status(200);
    assert_eq!(zip.header("content-type"), "application/zip");
    assert_eq!(
        zip.header("content-disposition"),
        "attachment; filename=\"project.zip\""
    );
    for subject in ["Project, newest", "Re: Project plan", "Project, middle"] {
        assert!(
            zip.holds(format!("Subject: {subject}").as_bytes()),
            "{subject}"
        );
    }
    assert!(!zip.holds(b"Subject: Project, early"));
    // All that was found.
    let all = found
        .visitor()
        .get(&format!("{}&select=all", found.target()));
    let mbox = all.form("rows").press("act", "save-mbox");
    for subject in EVERYWHERE {
        assert!(
            mbox.holds(format!("Subject: {subject}").as_bytes()),
            "{subject}"
        );
    }
    // One that is gone from its folder is told, and left out of no file.
    let mut client = site.other_client("ann");
    client.run("SELECT Work");
    client.run("STORE 1 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    all.form("rows").press("act", "save-mbox").has_status(410);
}

#[test]
fn what_happens_meanwhile_in_one_of_the_folders_costs_the_others_nothing() {
    let site = plan().start();
    let found = everywhere(&site, "project");
    let mut client = site.other_client("ann");
    client.run("SELECT Work");
    client.run("STORE 1 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    client.run("DELETE Work/Reports");
    // As it was found, until somebody looks again.
    assert_eq!(subjects(&found.visitor().get(found.target())).len(), 5);
    found.click("Project, middle").has_status(410);
    let again = found.visitor().get(found.target());
    let again = again.click("Search again");
    assert_eq!(
        subjects(&again),
        ["Project, newest", "Re: Project plan", "Project, early"]
    );
    // One that gets other numbers: what was found under the old ones is not mistaken for what is there now.
    site.dovecot().renumber("ann", "Sent", 77);
    let path = format!("{}&compare=1", found.target());
    assert_eq!(subjects(&found.visitor().get(&path)).len(), 3);
}

#[test]
fn rule_16_a_message_that_lies_in_two_folders_is_found_once() {
    let twice = |flags: &[&'static str]| {
        let mail = MailBuilder::about("Twice").fields("Message-ID: <twice@id.example>");
        mail.of_kind("text/plain", "the same").flagged(flags)
    };
    let other = MailBuilder::about("Twice").fields("Message-ID: <other@id.example>");
    let site = Site::new()
        .mails("ann", "INBOX", vec![twice(&[])])
        .mails(
            "ann",
            "Work",
            vec![twice(&["\\Seen"]), other.of_kind("text/plain", "another")],
        )
        .start();
    let found = everywhere(&site, "twice");
    assert_eq!(found.texts_of(".row .subject").len(), 2, "rule 16");
    found.shows("2 found");
    let mut places = found.texts_of(".place");
    places.sort();
    assert_eq!(places, ["In folder Inbox", "In folder Work"]);
}

/// Dovecot says goodbye in the middle of what it tells of such a message.
#[test]
fn a_message_that_the_server_cannot_read_costs_no_other_its_row() {
    let mails = |name: &str| {
        let mail = |n| MailBuilder::about(&format!("{name} {n}")).of_kind("text/plain", "x");
        (1..=3).map(mail).collect::<Vec<Mail>>()
    };
    let site = Site::new()
        .mails("ann", "INBOX", mails("Inbox"))
        .mails("ann", "Work", mails("Work"))
        .start();
    let list = site.sign_in("ann").get("/");
    site.dovecot().make_unreadable("ann", "Work", 1);
    let found = look_for(&list, "is:unread").click("All folders");
    found.shows("6 found");
    // A request makes no more than three connections: what has not come then comes with the next one.
    let again = found.visitor().get(found.target());
    let mut subjects = subjects(&again);
    assert_eq!(subjects.len(), 6);
    subjects.sort();
    let unread = subjects
        .iter()
        .filter(|row| row.contains("could not read this message"));
    assert_eq!(unread.count(), 1, "{subjects:?}");
    connections(&again.visitor().get(again.target()), 0);
}

#[test]
fn rule_16_many_folders_are_asked_in_few_flights_and_large_ones_in_slices() {
    let mut plan = Site::new()
        .config("[gate]\ndeadline_seconds = 100\n")
        .mails("ann", "INBOX", mails::generated(10));
    for n in 0..120 {
        let mail = MailBuilder::about(&format!("Needle {n}")).of_kind("text/plain", "x");
        plan = plan.mails("ann", &format!("Box/{n}"), vec![mail]);
    }
    let site = plan
        .mails("ann", "Big", mails::generated(4_500))
        .proxied()
        .start();
    let list = site.sign_in("ann").get("/");
    let here = look_for(&list, "subject:needle");
    let (found, cost) = cost::of(&site, || here.click("All folders"));
    found.shows("120 found");
    // Signing in; 123 folders are three flights, and their rows are one, but the server may begin to answer what is long
    // before it has all of it.
    assert!(
        cost.connections == 1 && cost.flights <= 10,
        "{}",
        cost.flights
    );
    site.proxy().delay(Duration::from_millis(1_200));
    let found = look_for(&list, "message").click("All folders");
    found.shows("Not all folders have been searched yet.");
    site.proxy().delay(Duration::ZERO);
    let whole = found.click("Continue searching");
    whole.hides("Not all folders").shows("4,510 found");
    assert_eq!(whole.texts_of(".row").len(), 50);
}

/// What a server with MULTISEARCH says, by what is in its folders: those in which nothing is found have no answer.
fn found_at_once(site: &Site, word: &str) -> String {
    let mut client = site.other_client("ann");
    let mut said = String::new();
    for folder in ["INBOX", "Work", "Work/Reports", "Sent", "Trash", "Junk"] {
        let opened = client.run(&format!("EXAMINE \"{folder}\"")).concat();
        let (_, validity) = opened.split_once("UIDVALIDITY ").expect("its numbering");
        let (validity, _) = validity.split_once(']').expect("its end");
        let found = client.run(&format!("UID SEARCH TEXT \"{word}\"")).concat();
        let uids = found
            .split_whitespace()
            .filter(|word| word.parse::<u32>().is_ok());
        let uids = uids.collect::<Vec<_>>().join(",");
        if !uids.is_empty() && !["Trash", "Junk"].contains(&folder) {
            said.push_str(&format!(
                "* ESEARCH (TAG \"$TAG\" MAILBOX \"{folder}\" UIDVALIDITY {validity}) UID ALL {uids}\r\n"
            ));
        }
    }
    said
}

#[test]
fn rule_16_a_server_that_looks_through_all_folders_at_once_is_asked_once() {
    let real = plan().dovecot("imap_capability = +MULTISEARCH\n").start();
    let liar = Liar::start(real.dovecot().address());
    let front = Site::new().imap_at(liar.address()).start();
    let list = front.sign_in("ann").get("/");
    let here = look_for(&list, "project");
    let asks = |about: &str| {
        let heard = liar.heard();
        let asks = heard.iter().filter(|line| line.contains(about));
        asks.cloned().collect::<Vec<_>>()
    };
    let said = found_at_once(&real, "project");
    let answers = move |said: String| {
        let answer = move |_: &str| format!("{said}$TAG OK done\r\n");
        vec![Lie::about("ESEARCH IN").does_nothing().says(answer)]
    };
    liar.lies(answers(said));
    let found = here.click("All folders");
    assert_eq!(subjects(&found), EVERYWHERE);
    let asked = asks("TEXT");
    assert_eq!(asked.len(), 1, "{asked:?}");
    let folders = "ESEARCH IN (mailboxes (\"INBOX\" ";
    assert!(asked[0].starts_with(folders), "{asked:?}");
    assert!(!asked[0].contains("Trash"), "{asked:?}");
    assert!(
        asked[0].ends_with(" RETURN (ALL COUNT) TEXT \"project\""),
        "{asked:?}"
    );
    connections(&found.visitor().get(found.target()), 0);

    // What has come, and what has gone, is seen by the next look.
    let mut other = real.other_client("ann");
    other.run("SELECT Work");
    other.run("UID STORE 1 +FLAGS (\\Deleted)");
    other.run("UID EXPUNGE 1");
    let come = MailBuilder::about("Project, just come");
    other.append("Sent", &come.of_kind("text/plain", "x"));
    liar.lies(answers(found_at_once(&real, "project")));
    let now = [
        "Project, just come",
        EVERYWHERE[0],
        EVERYWHERE[1],
        EVERYWHERE[3],
        EVERYWHERE[4],
    ];
    assert_eq!(subjects(&found.click("Search again")), now);
    assert_eq!(asks("TEXT").len(), 1);

    // A server that offers it and cannot do it: each folder is asked, and it is not tried again.
    let refused = Lie::about("ESEARCH IN")
        .does_nothing()
        .ends("$TAG BAD Unknown command");
    liar.lies(vec![refused.clone()]);
    let again = found.click("Search again");
    assert_eq!(subjects(&again), now);
    assert_eq!(asks("ESEARCH IN").len(), 1);
    liar.lies(vec![refused]);
    assert_eq!(subjects(&again.click("Search again")), now);
    assert_eq!(asks("ESEARCH IN").len(), 0);
}

#[test]
fn no_folder_and_no_word_adds_a_command() {
    let site = plan().proxied().start();
    let list = site.sign_in("ann").get("/");
    for text in ["in:\"a\r\nz LOGOUT\"", "in:{5}", "in:\"", "in:\\ x", "in:%"] {
        site.proxy().reset();
        let page = look_for(&list, text).visitor().get("/");
        assert_eq!(page.status(), 200);
        expect_no_command_added(&site, text);
    }
    let query = |value: &str| form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
    for value in [
        "1.1.INBOX\r\nz LOGOUT",
        "1.1",
        "1.x.Work",
        "x.1.Work",
        "1.1.",
        "1.1:9999999.Work",
    ] {
        site.proxy().reset();
        let page = list.visitor().get(&format!(
            "/folder?f=INBOX&q=x&scope=all&older=1.{}",
            query(value)
        ));
        assert!(page.status() < 500, "{value:?}");
        let form = list.form("rows").smuggle("u", value);
        let page = form.press("act", "star");
        assert!(page.status() < 500, "{value:?}");
        expect_no_command_added(&site, value);
    }
}
