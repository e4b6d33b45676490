//! Muting a conversation: what is shown of it, what another mail program finds, and what servers without keywords cost.

use super::{Letter, MARTA, PIET, grouped, plan, rows};
use crate::support::client::MailClient;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::pymap::{self, Pymap};
use crate::support::site::Site;

/// How the row of a conversation stands out: what its classes say of it.
fn stands_out(page: &Page, subject: &str) -> String {
    let subjects = page.texts_of(".row .subject");
    let nth = subjects.iter().position(|one| one == subject);
    let nth = nth.unwrap_or_else(|| panic!("{}", page.report(&format!("no {subject}"))));
    let class = &page.attributes_of(".row", "class")[nth];
    let words = class
        .split(' ')
        .filter(|word| ["unread", "muted"].contains(word));
    words.collect::<Vec<_>>().join(" ")
}

/// Does something with the conversation of this subject.
fn act(page: &Page, subject: &str, what: &str) -> Page {
    let subjects = page.texts_of(".row .subject");
    let nth = subjects.iter().position(|one| one == subject);
    let value = &page.attributes_of(".row .tick", "value")[nth.expect("a row")];
    page.form("rows").tick("u", value).press("act", what)
}

/// How many messages of the inbox are found so.
fn count(client: &mut MailClient, key: &str) -> usize {
    client.run("SELECT INBOX");
    let found = client.run(&format!("UID SEARCH {key}")).concat();
    found
        .split(' ')
        .filter(|word| word.parse::<u32>().is_ok())
        .count()
}

/// One more message about the hall.
fn reply(id: &'static str, references: &'static [&'static str]) -> Mail {
    Letter {
        id,
        from: PIET,
        subject: "Re: The hall",
        references,
    }
    .mail()
}

#[test]
fn rule_18_what_comes_of_a_muted_conversation_does_not_stand_out() {
    let site = plan().start();
    let list = grouped(&site);
    assert_eq!(stands_out(&list, "Re: The hall"), "unread");
    let before = site.imap_logins();
    let muted = act(&list, "Re: The hall", "mute");
    assert_eq!(site.imap_logins(), before + 1);
    muted.shows("3 messages muted.");
    assert_eq!(stands_out(&muted, "Re: The hall"), "muted");
    assert_eq!(stands_out(&muted, "Re: Keys"), "");
    let mut client = site.other_client("ann");
    assert_eq!(count(&mut client, "KEYWORD $Muted"), 3);
    // Nothing is changed but what the act says.
    assert_eq!(count(&mut client, "UNSEEN"), 1);

    site.deliver("ann", &reply("h4", &["h1", "h3"]));
    let later = muted.click("Refresh");
    assert_eq!(rows(&later)[0], "Marta, Piet 4 Re: The hall");
    assert_eq!(stands_out(&later, "Re: The hall"), "muted");
    assert_eq!(count(&mut client, "UNSEEN UNKEYWORD $Muted"), 1);
    let found = later.visitor().get("/folder?f=INBOX&q=is:muted");
    assert_eq!(rows(&found), ["Marta, Piet 4 Re: The hall"]);

    // Its page says so, and takes it back.
    let talk = later.open_nth(".row > a", 0);
    assert_eq!(talk.texts_of(".talk .muted"), ["Muted"]);
    let on = talk.form("acts").press("act", "unmute");
    on.shows("4 messages are no longer muted.");
    assert!(on.texts_of(".talk .muted").is_empty());
    assert_eq!(count(&mut client, "KEYWORD $Muted"), 0);
    let again = on.click("Undo");
    again.shows("3 messages muted.");
    assert_eq!(count(&mut client, "KEYWORD $Muted"), 3);
}

#[test]
fn rule_18_what_another_mail_program_mutes_or_not_counts() {
    let site = plan().start();
    let list = grouped(&site);
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("UID STORE 2 +FLAGS ($Muted)");
    let now = list.click("Refresh");
    assert_eq!(stands_out(&now, "Re: Keys"), "muted");
    let muted = act(&now, "Re: The hall", "mute");
    assert_eq!(stands_out(&muted, "Re: The hall"), "muted");
    client.run("UID STORE 1:6 -FLAGS ($Muted)");
    let now = muted.click("Refresh");
    assert_eq!(stands_out(&now, "Re: The hall"), "unread");
    assert_eq!(stands_out(&now, "Re: Keys"), "");
}

#[test]
fn rule_18_a_muted_conversation_that_was_archived_stays_muted() {
    let site = plan().start();
    let list = grouped(&site);
    let muted = act(&list, "Re: The hall", "mute");
    let gone = act(&muted, "Re: The hall", "archive");
    assert!(!rows(&gone).concat().contains("Re: The hall"));
    site.deliver("ann", &reply("h4", &["h1", "h2", "h3"]));
    site.deliver("ann", &reply("other", &["nothing"]));
    let now = gone.click("Refresh");
    let subjects = now.texts_of(".row .subject");
    assert_eq!(subjects[..2], ["Re: The hall", "Re: The hall"]);
    let classes = now.attributes_of(".row", "class");
    assert!(
        classes[0].contains("unread") && !classes[0].contains("muted"),
        "{classes:?}"
    );
    assert!(
        !classes[1].contains("unread") && classes[1].contains("muted"),
        "{classes:?}"
    );
    // What is muted no longer is not by what came before either.
    let uid = &now.attributes_of(".row .tick", "value")[1];
    let on = now.form("rows").tick("u", uid).press("act", "unmute");
    let classes = on.attributes_of(".row", "class");
    assert!(
        classes[1].contains("unread") && !classes[1].contains("muted"),
        "{classes:?}"
    );
}

/// What a visitor's profile holds of muted conversations.
fn kept(site: &Site) -> String {
    let file = site.user_dir().join("profile/muted.toml");
    std::fs::read_to_string(file).unwrap_or_default()
}

#[test]
fn rule_18_where_the_server_keeps_no_keywords_the_profile_does() {
    let server = Pymap::start();
    let mut client = MailClient::connect(server.address(), pymap::LOGIN, pymap::PASSWORD);
    let hall = Letter {
        id: "h1",
        from: MARTA,
        subject: "The hall",
        references: &[],
    };
    client.append("INBOX", &hall.mail());
    client.append("INBOX", &reply("h2", &["h1"]));
    let site = Site::new().imap_at(server.address()).start();
    let demo = site.sign_in_with(pymap::LOGIN, pymap::PASSWORD);
    let list = demo.get("/folder?f=INBOX&group=1");
    assert_eq!(stands_out(&list, "Re: The hall"), "unread");
    let muted = act(&list, "Re: The hall", "mute");
    muted.shows("2 messages muted.");
    assert_eq!(stands_out(&muted, "Re: The hall"), "muted");
    client.append("INBOX", &reply("h3", &["h1", "h2"]));
    let now = demo.get("/folder?f=INBOX&group=1&compare=1");
    assert_eq!(stands_out(&now, "Re: The hall"), "muted");
    // Hashes, for these files are no secret.
    assert!(kept(&site).contains("ids") && !kept(&site).contains("h1"));
    let on = muted.click("Undo");
    on.shows("2 messages are no longer muted.");
    assert_eq!(stands_out(&on, "Re: The hall"), "unread");
}

#[test]
fn a_list_of_muted_conversations_that_cannot_be_read_is_left_as_it_is() {
    let site = plan().start();
    let list = grouped(&site);
    act(&list, "Re: The hall", "mute");
    let file = site.user_dir().join("profile/muted.toml");
    std::fs::write(&file, "ids = 7").expect("the profile");
    let now = list.visitor().get("/folder?f=INBOX&group=1");
    // The keyword still tells.
    assert_eq!(stands_out(&now, "Re: The hall"), "muted");
    now.shows("settings cannot be read");
    act(&now, "Re: Keys", "mute");
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), "ids = 7");
}
