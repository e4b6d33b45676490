//! Single messages on the page of their conversation: what is done with one, whichever folder it is in, and the images that
//! one loads.

use serde_json::json;

use super::{MARTA, folded, grouped, letter, switch, told_all_over, unfolded};
use crate::look::type_sign_in;
use crate::support::chromium::Chromium;
use crate::support::client::MailClient;
use crate::support::kernel::until;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::Request;

/// The page of the conversation about the hall: h1 in the archive, h2 and h3 in the inbox, h2a in Sent.
fn talk(site: &Site) -> Page {
    let list = site.sign_in("ann").get("/folder?f=INBOX&group=1");
    list.click("Re: The hall")
}

/// Does something with the unfolded message of this id.
fn act(talk: &Page, id: &str, what: &str) -> Page {
    let nth = unfolded(talk).iter().position(|one| one == id);
    let nth = nth.unwrap_or_else(|| panic!("{}", talk.report(&format!("{id} is not unfolded"))));
    talk.form_at("form.small", nth).press("act", what)
}

/// The ids of what is found in a folder.
fn ids(client: &mut MailClient, folder: &str, key: &str) -> Vec<String> {
    client.run(&format!("EXAMINE {folder}"));
    let found = client.run(&format!("UID SEARCH {key}")).concat();
    let uids: Vec<&str> = found
        .split(' ')
        .filter(|word| word.parse::<u32>().is_ok())
        .collect();
    if uids.is_empty() {
        return Vec::new();
    }
    let fetch = format!(
        "UID FETCH {} (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])",
        uids.join(",")
    );
    let rows = client.run(&fetch);
    let id = |row: &String| Some(row.split_once('<')?.1.split_once('>')?.0.to_owned());
    rows.iter().filter_map(id).collect()
}

#[test]
fn one_message_of_a_conversation_is_acted_on_wherever_it_is_and_no_other() {
    let site = told_all_over().start();
    let page = talk(&site);
    assert_eq!(unfolded(&page), ["h2", "h3", "h2a"]);
    let mut client = site.other_client("ann");

    // In another folder; the conversation stays open, and so does the message.
    let starred = act(&page, "h2a", "star");
    starred.shows("1 message starred.");
    assert_eq!(starred.text_of("h1").as_deref(), Some("Re: The hall"));
    assert!(unfolded(&starred).contains(&"h2a".to_owned()));
    assert_eq!(ids(&mut client, "Sent", "FLAGGED"), ["h2a"]);
    assert!(ids(&mut client, "INBOX", "FLAGGED").is_empty());
    let undone = starred.click("Undo");
    undone.shows("removed from 1 message.");
    assert!(ids(&mut client, "Sent", "FLAGGED").is_empty());

    // The newest of its folder goes: another one stands for the conversation now.
    let page = talk(&site);
    let archived = act(&page, "h3", "archive");
    archived.shows("1 message moved to");
    assert_eq!(archived.text_of("h1").as_deref(), Some("Re: The hall"));
    let here = ids(&mut client, "INBOX", "ALL");
    assert!(
        here.contains(&"h2".to_owned()) && !here.contains(&"h3".to_owned()),
        "{here:?}"
    );
    // It is still part of it, and says where it is.
    archived.shows("4 messages").shows("Archive");

    // A copy in the archive is not the message in the inbox.
    let h3 = folded(&archived).len();
    assert!(h3 >= 1);
    let page = archived.open_nth("a.letter", 0);
    let deleted = act(&page, &unfolded(&page)[0], "delete");
    deleted.shows("1 message moved to");
    assert_eq!(ids(&mut client, "Trash", "ALL"), ["h1"]);
    assert!(ids(&mut client, "INBOX", "ALL").contains(&"h2".to_owned()));

    // Moving asks where, and still means one.
    let page = talk(&site);
    let asked = act(&page, "h2", "move");
    asked.shows("Move 1 message to");
    let moved = asked.form("messages").press("to", "Sent");
    moved.shows("1 message moved to");
    let here = ids(&mut client, "INBOX", "ALL");
    assert!(
        !here.contains(&"h2".to_owned()) && here.len() == 3,
        "{here:?}"
    );
    // Nothing of it is left in the inbox: the list comes.
    assert!(moved.text_of("main.list").is_some() || moved.text_of("h1").is_some());
}

#[test]
fn a_message_of_a_conversation_that_is_marked_unread_stays_unread() {
    let site = told_all_over().start();
    let page = talk(&site);
    let list = act(&page, "h3", "unread");
    list.shows("1 message marked as unread.");
    assert!(list.text_of("main.list").is_some());
    let mut client = site.other_client("ann");
    assert_eq!(ids(&mut client, "INBOX", "UNSEEN"), ["h3"]);
}

#[test]
fn all_that_a_conversation_shows_unfolded_is_read_at_the_server_without_a_further_look() {
    let unread = ["h1", "h2", "h3"].map(|id| letter(id, MARTA, "The hall", &["h0"]).mail());
    let site = Site::new().mails("ann", "INBOX", unread.into()).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    // The text of some of them is at hand before.
    let newest = list.attributes_of(".row > a", "href").remove(0);
    let ahead = Request::new("GET", &newest).header("Sec-Purpose", "prefetch");
    ann.send(&ahead).has_status(200);
    switch(&list).click("The hall").shows("Words of h1.");
    let mut client = site.other_client("ann");
    until("all marks arrive", || {
        ids(&mut client, "INBOX", "UNSEEN").is_empty()
    });
}

/// A mail with an image from elsewhere.
fn pictured(id: &str, references: &str) -> Mail {
    Mail::written(&format!(
        "From: {MARTA}\nTo: Ann <ann@example.org>\nSubject: Pictures\nDate: 10 Nov 2026 10:00:00 +0000\n\
         Message-ID: <{id}>\n{references}Content-Type: text/html; charset=utf-8\n\n\
         <p>Words of {id}.<img src=\"http://{id}.example/hall.png\" width=300 height=200>\n"
    ))
}

/// For each frame of a page, whether it loads images.
fn loads(page: &Page) -> Vec<bool> {
    let frames = page.attributes_of("iframe", "src").into_iter();
    frames.map(|src| src.contains("remote=1")).collect()
}

#[test]
fn images_of_one_message_are_shown_on_the_page_of_its_conversation_and_of_no_other() {
    let mails = vec![
        pictured("p1", "").flagged(&["\\Seen"]),
        pictured("p2", "References: <p1>\n"),
        pictured("p3", "References: <p1> <p2>\n"),
    ];
    let site = Site::new().mails("ann", "INBOX", mails).start();
    let page = grouped(&site).open_nth(".row a", 0);
    assert_eq!(loads(&page), [false, false]);
    let links = page.attributes_of("details.letter .note a", "href");
    let shown = page.visitor().get(&links[0]);
    assert_eq!(shown.text_of("h1").as_deref(), Some("Pictures"));
    assert_eq!(folded(&shown).len() + loads(&shown).len(), 3);
    assert_eq!(loads(&shown).iter().filter(|loads| **loads).count(), 1);
    let frames = shown.attributes_of("iframe", "src");
    let loading = frames
        .iter()
        .find(|src| src.contains("remote=1"))
        .expect("one");
    shown.visitor().get(loading).shows("Words of p2");
    // Another page of it asks for none.
    let folded_again = shown.open_nth("a.letter", 0);
    assert!(
        !loads(&folded_again).contains(&true),
        "{:?}",
        loads(&folded_again)
    );
    // Blocked again, on the same page.
    let again = shown.click("Block again");
    assert_eq!(again.text_of("h1").as_deref(), Some("Pictures"));
    assert!(!loads(&again).contains(&true));
    // Where the list is no longer known, the message is shown whose images were asked for, and no other.
    let alone = links[0].replace("&group=1", "");
    let alone = page.visitor().get(&alone);
    assert_eq!(loads(&alone), [true]);
    alone.frame().shows("Words of p2");
    // The text version is the same page, too.
    let address = format!("{}&text=1", links[0].replace("&remote=1", ""));
    let text = page.visitor().get(&address);
    assert_eq!(text.text_of("h1").as_deref(), Some("Pictures"));
}

#[test]
fn with_script_a_conversation_stays_where_it_is_and_the_focus_with_its_message() {
    let site = told_all_over().start();
    let chromium = Chromium::start();
    let tab = chromium.tab();
    type_sign_in(&site, &tab);
    let page = talk(&site);
    tab.viewport(1440, 420, 1.0, false);
    tab.open(&format!(
        "http://{}{}",
        site.apache().address(),
        page.target()
    ));
    let message = "document.querySelector('main.message')";
    let second = "document.querySelectorAll('form.small')[1]";
    tab.evaluate(&format!(
        "{message}.scrollTop = 120; {second}.querySelector('[value=star]').focus({{ preventScroll: true }})"
    ));
    let top = tab.evaluate(&format!("{message}.scrollTop"));
    assert_ne!(top, json!(0));
    tab.changing(|| tab.press(" "));
    tab.wait_for("document.querySelector('.note')?.innerText.includes('1 message starred')");
    assert_eq!(tab.evaluate(&format!("{message}.scrollTop")), top);
    let focused =
        format!("{second}.contains(document.activeElement) && document.activeElement.value");
    assert_eq!(tab.evaluate(&focused), json!("unstar"));
}
