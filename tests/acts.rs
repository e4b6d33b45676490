//! Doing something with messages: what the reader does and sees, and what another mail program then finds on the server.
//!
//! "Rule n" is one of the rules of how acts go, and tests that show one have its number in their names:
//!
//! | rule | what it says | shown by |
//! |---|---|---|
//! | 1 | one connection and three round trips, four with COPY; nothing that marks or removes goes out with the copy that it depends on | `rule_1_*` here and in `servers` |
//! | 2 | what was done is what the server names, never a tagged OK alone; a NO can be done in part | `rule_2_*` in `servers` |
//! | 3 | an act is noted on the disk before its first byte leaves; what was cut short is looked after and told | `rule_3_*` in `cut` |
//! | 4 | the folder is compared as it is opened; what others did meanwhile is neither skipped nor undone | `rule_4_*` here, in `servers` and `meanwhile` |
//! | 5 | what is moved takes its place by arrival, without asking for the order anew | `rule_5_*` here |
//! | 6 | the rows that move up, and the page after, come with the act | `rule_6_*` in `meanwhile` |
//! | 7 | all of a list are those that were there when their number was told; very many go in slices | `rule_7_*` here |
//! | 8 | a form says the state that is wanted, and sent twice it acts once | `rule_8_*` here; imports in `import` |
//! | 9 | what anybody has marked as deleted is shown so, can be restored, hidden, or removed after a question; nothing else is expunged | `rule_9_*` here and in `meanwhile` |
//! | 10 | Undo takes back exactly what was done, where the server has told what that is, and leaves alone what others changed since | `rule_10_*` in `servers` and `meanwhile` |
//! | 11 | what cannot be changed is not offered | `rule_11_*` in `servers`; shared folders in `folders::shared` |
//! | 12 | labels are keywords that stay; what a STORE did is read back | `rule_12_*` in `labels` |
//! | 13 | a result is walked as it was found until somebody looks again, and then only what has come since is asked for, unless flags decide | `rule_13_*` in `find` |
//! | 14 | entries hold numbers, keys of lists are keyed hashes, verdicts are asked for only where it is known whose count | `rule_14_*` in `senders` and in `store::typed` |
//! | 15 | answers for several folders in one flight are told apart by tags and borders | `rule_15_*` in `remote::answer` |
//! | 16 | all folders are searched in two flights, each message is found once, days are the reader's | `rule_16_*` in `find`, `find::across` and in `mailbox::sync::days` |
//! | 17 | orders come from an index of its own where the server has none, also over several folders, as far as there is time | `rule_17_*` in `find`, `find::across`, `large` and in `mailbox::index`, `mail::indexed`, `store::generation` |
//! | 18 | conversations are grouped by that index | `rule_18_*` in `conversations`, `large` and in `mailbox::index` |
//! | 19 | looks without a click keep no session alive and ask nobody for a stale one | `rule_19_*` in `script` |
//! | 20 | a session is accepted again after 15 minutes, by the first page or act; a server that is away is asked once a minute | `rule_20_*` in `cache` |
//! | 21 | another password makes the server judge all other sessions | `rule_21_*` in `cache` |

mod costs;
mod cut;
mod export;
mod hands;
pub mod injection;
mod labels;
mod meanwhile;
mod real;
mod script;
mod servers;
mod soak;
mod words;

use std::time::Duration;

use crate::cost::{self, connections, flights};
use crate::support::client::MailClient;
use crate::support::mails::{self, Mail};
use crate::support::page::Page;
use crate::support::site::{Plan, Site};

/// Folders that the other clients of an account usually have made.
const FOLDERS: &str = r"
namespace inbox {
  mailbox Archive {
    auto = subscribe
    special_use = \Archive
  }
  mailbox Spam {
    auto = subscribe
    special_use = \Junk
  }
  mailbox Trash {
    auto = subscribe
    special_use = \Trash
  }
}
";

/// Ann has so many unread messages.
pub fn plan(count: usize) -> Plan {
    Site::new()
        .mails("ann", "INBOX", unread(count))
        .dovecot(FOLDERS)
}

fn unread(count: usize) -> Vec<Mail> {
    let mails = mails::generated(count).into_iter();
    mails.map(|mail| mail.flagged(&[])).collect()
}

/// What a notice says; names of folders stand between unseen signs that keep their direction.
pub(crate) trait Says {
    fn says(&self, words: &str) -> &Self;
}

impl Says for Page {
    fn says(&self, words: &str) -> &Page {
        let notices = self.texts_of(".note p").join("\n");
        let plain = notices.replace(['\u{2068}', '\u{2069}'], "");
        self.expect(plain.contains(words), || {
            format!("no notice says “{words}”, but: {plain}")
        })
    }
}

/// Signs in, and opens the list.
fn inbox(site: &Site) -> Page {
    site.sign_in("ann").get("/")
}

/// The subjects of a folder in the order in which they came, read by another mail program, those marked as deleted apart.
pub fn subjects(site: &Site, folder: &str) -> Vec<String> {
    let mut client = site.other_client("ann");
    subjects_by(&mut client, folder)
}

fn subjects_by(client: &mut MailClient, folder: &str) -> Vec<String> {
    if client
        .run(&format!("EXAMINE \"{folder}\""))
        .contains(&"* 0 EXISTS".to_owned())
    {
        return Vec::new();
    }
    let rows = client.run("FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
    let subject = |row: &String| {
        // A server may write the name of a field as it was asked for.
        let (_, rest) = row
            .split_once("Subject: ")
            .or(row.split_once("SUBJECT: "))?;
        Some(rest.lines().next().unwrap_or_default().to_owned())
    };
    rows.iter().filter_map(subject).collect()
}

/// Takes everything back from the archive into the inbox, as another mail program does.
fn refill(site: &Site) {
    let mut client = site.other_client("ann");
    client.run("SELECT Archive");
    client.run("MOVE 1:* INBOX");
}

/// The flags of each message, by subject.
fn flags(site: &Site, folder: &str) -> Vec<String> {
    flags_by(&mut site.other_client("ann"), folder)
}

fn flags_by(client: &mut MailClient, folder: &str) -> Vec<String> {
    client.run(&format!("EXAMINE \"{folder}\""));
    let rows = client.run("FETCH 1:* (FLAGS)");
    let flags = |row: &String| {
        let (_, rest) = row.split_once("FLAGS (")?;
        let (flags, _) = rest.split_once(')')?;
        Some(flags.replace("\\Recent", "").trim().to_owned())
    };
    rows.iter().filter_map(flags).collect()
}

/// The list with these messages ticked, and a button pressed.
fn act(list: &Page, subjects: &[&str], act: &str) -> Page {
    let mut form = list.form("rows");
    for subject in subjects {
        form = form.tick("u", &uid_of(list, subject));
    }
    form.press("act", act)
}

/// The number of the message with this subject, as its row has it.
fn uid_of(list: &Page, subject: &str) -> String {
    let names = list.attributes_of("input.tick", "aria-label");
    let values = list.attributes_of("input.tick", "value");
    let wanted = format!("Select: {subject}");
    let found = names.iter().position(|name| *name == wanted);
    let nth = found.unwrap_or_else(|| panic!("no row {subject} in {names:?}"));
    values[nth].clone()
}

/// The subjects that a list shows, from its top.
fn shown(list: &Page) -> Vec<String> {
    list.texts_of(".row .subject")
}

/// A zip of these files, stored as they are.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let at = (out.len() as u32).to_le_bytes();
        let size = (bytes.len() as u32).to_le_bytes();
        let checksum = crc32(bytes).to_le_bytes();
        let length = (name.len() as u16).to_le_bytes();
        let facts = [
            &[20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0][..],
            &checksum,
            &size,
            &size,
            &length,
            &[0, 0],
        ]
        .concat();
        out.extend([b"PK\x03\x04", &facts[..], name.as_bytes(), bytes].concat());
        directory.extend(
            [
                b"PK\x01\x02\x14\x03",
                &facts[..],
                &[0; 10],
                &at,
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let (at, size, count) = (out.len() as u32, directory.len() as u32, files.len() as u16);
    out.extend(directory);
    out.extend(
        [
            b"PK\x05\x06\0\0\0\0",
            &count.to_le_bytes()[..],
            &count.to_le_bytes(),
        ]
        .concat(),
    );
    out.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

/// The checksum of a file in a zip (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
        })
    };
    !bytes.iter().fold(!0, step)
}

fn undo(page: &Page) -> Page {
    page.click("Undo")
}

#[test]
fn ticked_messages_go_to_the_archive_and_come_back() {
    let site = plan(5).start();
    let list = inbox(&site);
    let done = act(&list, &["Message 2", "Message 4"], "archive");
    done.has_status(200).says("2 messages moved to Archive.");
    assert_eq!(shown(&done), ["Message 5", "Message 3", "Message 1"]);
    assert_eq!(
        subjects(&site, "INBOX"),
        ["Message 1", "Message 3", "Message 5"]
    );
    assert_eq!(subjects(&site, "Archive"), ["Message 2", "Message 4"]);

    let back = undo(&done);
    back.says("2 messages moved to Inbox.");
    let all = [
        "Message 5",
        "Message 4",
        "Message 3",
        "Message 2",
        "Message 1",
    ];
    assert_eq!(shown(&back), all);
    assert!(subjects(&site, "Archive").is_empty());
    // The order by arrival is what it was, whatever numbers the messages have now.
    back.click("Refresh").has_status(200);
    assert_eq!(shown(&site.sign_in("ann").get("/")), all);
}

#[test]
fn rule_1_an_act_costs_one_connection_and_three_round_trips_and_the_list_after_it_none() {
    let site = plan(200).proxied().start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let read = |list: &Page| {
        let form = list.form("rows").tick("u", &uid_of(list, "Message 155"));
        form.smuggle("act", "read").request()
    };
    let (done, cost) = cost::of(&site, || ann.send(&read(&list)));
    assert_eq!(
        (cost.connections, cost.flights),
        (1, 3),
        "{:?}",
        flights(&site.proxy().transcript())
    );
    connections(&done.follow(), 0);

    let list = ann.get("/");
    let archive = |list: &Page| {
        let form = list.form("rows").tick("u", &uid_of(list, "Message 160"));
        form.tick("u", &uid_of(list, "Message 199"))
            .smuggle("act", "archive")
            .request()
    };
    let (done, cost) = cost::of(&site, || ann.send(&archive(&list)));
    assert_eq!(
        (cost.connections, cost.flights),
        (1, 3),
        "{:?}",
        flights(&site.proxy().transcript())
    );
    let after = done.follow();
    connections(&after, 0);
    assert_eq!(shown(&after).len(), shown(&list).len());
    // What moved up has come along, and so has the next page.
    connections(&after.click("Older"), 0);
}

#[test]
fn rule_1_an_act_lists_the_folders_on_the_way_where_that_is_due() {
    let stale = "[cache]\nfresh_seconds = 0\n";
    let site = plan(5).config(stale).proxied().start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let form = list.form("rows").tick("u", &uid_of(&list, "Message 3"));
    let form = form.smuggle("act", "delete").request();
    let (done, cost) = cost::of(&site, || ann.send(&form));
    assert_eq!(
        (cost.connections, cost.flights),
        (1, 3),
        "{:?}",
        flights(&site.proxy().transcript())
    );
    done.follow().says("1 message moved to Trash.");
}

#[test]
fn rule_1_a_copy_and_what_it_depends_on_are_never_in_one_write() {
    let site = plan(5)
        .dovecot("imap_capability = IMAP4rev1 UIDPLUS ESEARCH SORT LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS\n")
        .proxied()
        .start();
    let list = inbox(&site);
    site.proxy().reset();
    let done = act(&list, &["Message 2", "Message 4"], "archive");
    done.says("2 messages moved to Archive.");
    let flights = flights(&site.proxy().transcript());
    assert_eq!(flights.len(), 4, "{flights:?}");
    let copies =
        |flight: &&Vec<String>| flight.iter().any(|command| command.starts_with("UID COPY"));
    let copying = flights.iter().find(copies).expect("a copy");
    assert!(
        !copying
            .iter()
            .any(|c| c.contains("Deleted") || c.contains("EXPUNGE")),
        "{copying:?}"
    );
    assert_eq!(
        subjects(&site, "INBOX"),
        ["Message 1", "Message 3", "Message 5"]
    );
    assert_eq!(subjects(&site, "Archive"), ["Message 2", "Message 4"]);
    undo(&done).says("2 messages moved to Inbox.");
    assert_eq!(subjects(&site, "INBOX").len(), 5);
}

#[test]
fn rule_9_without_uidplus_nothing_is_expunged_that_others_have_marked() {
    let site = plan(5)
        .dovecot("imap_capability = IMAP4rev1 NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS\n")
        .start();
    let list = inbox(&site);
    let done = act(&list, &["Message 2"], "archive");
    done.says("1 message moved to Archive.");
    assert_eq!(
        subjects(&site, "INBOX"),
        ["Message 1", "Message 3", "Message 4", "Message 5"]
    );
    assert_eq!(subjects(&site, "Archive"), ["Message 2"]);

    // Somebody else has marked one: an EXPUNGE would take it, too.
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("STORE 1 +FLAGS (\\Deleted)");
    drop(other);
    let done = act(&done, &["Message 4"], "archive");
    assert_eq!(subjects(&site, "Archive"), ["Message 2", "Message 4"]);
    assert_eq!(
        subjects(&site, "INBOX"),
        ["Message 1", "Message 3", "Message 4", "Message 5"]
    );
    done.says("1 message is unchanged.");
}

#[test]
fn marks_are_what_was_asked_for_and_can_be_taken_back() {
    let site = plan(3).start();
    let list = inbox(&site);
    let starred = act(&list, &["Message 1", "Message 3"], "star");
    starred.says("2 messages starred.");
    assert_eq!(flags(&site, "INBOX"), ["\\Flagged", "", "\\Flagged"]);
    // Said of both, undone only for the one that had none.
    let again = act(&starred, &["Message 2", "Message 3"], "star");
    again.says("2 messages starred.");
    let back = undo(&again);
    back.says("Star removed from 1 message.");
    assert_eq!(flags(&site, "INBOX"), ["\\Flagged", "", "\\Flagged"]);

    let read = act(&back, &["Message 1", "Message 2"], "read");
    read.says("2 messages marked as read.");
    assert_eq!(
        read.text_of("header .count").as_deref(),
        Some("3 messages, 1 unread")
    );
    assert_eq!(
        flags(&site, "INBOX"),
        ["\\Flagged \\Seen", "\\Seen", "\\Flagged"]
    );
    let unread = act(&read, &["Message 2"], "unread");
    assert_eq!(
        unread.text_of("header .count").as_deref(),
        Some("3 messages, 2 unread")
    );
}

#[test]
fn a_message_that_was_read_here_and_is_unread_again_stays_unread() {
    let site = plan(2).start();
    let message = inbox(&site).click("Message 2");
    // The mark of reading waits for a connection; "unread" must not be sent behind it, nor before it.
    let list = message.form("acts").press("act", "unread");
    list.says("1 message marked as unread.");
    assert_eq!(
        list.text_of("header .count").as_deref(),
        Some("2 messages, 2 unread")
    );
    list.click("Refresh");
    assert_eq!(flags(&site, "INBOX"), ["", ""]);
}

/// The page of a message from which one is gone, and how many connections were made for it.
fn opened(page: &Page) -> (String, u64) {
    let subject = page.text_of("h1").unwrap_or_default();
    (subject, page.server_timing("imap").numbers()[0])
}

#[test]
fn when_an_open_message_is_deleted_the_next_one_comes_and_at_the_end_the_list() {
    let site = plan(4).start();
    let list = inbox(&site);
    list.click("Message 2");
    let next = list.click("Message 3").form("acts").press("act", "delete");
    next.says("1 message moved to Trash.");
    // It was read before: nobody is asked for it, and its list has moved up.
    assert_eq!(opened(&next), ("Message 2".to_owned(), 0));
    assert_eq!(shown(&next), ["Message 4", "Message 2", "Message 1"]);
    undo(&next).says("1 message moved to Inbox.");
    assert_eq!(subjects(&site, "INBOX").len(), 4);

    // It was not read before, and is now.
    let last = next.form("acts").press("act", "archive");
    assert_eq!(opened(&last), ("Message 1".to_owned(), 1));
    let list = last.form("acts").press("act", "spam");
    list.says("1 message moved to Spam.");
    assert_eq!(shown(&list), ["Message 4", "Message 3"]);
    // What was removed by somebody else is told on the list.
    let message = list.click("Message 4");
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("MOVE 1:* Archive");
    let list = message.form("acts").press("act", "delete");
    list.says("1 message was no longer in the folder.");
    assert!(shown(&list).is_empty());
}

#[test]
fn where_one_goes_after_deleting_is_set() {
    let site = plan(4).start();
    let delete = |subject: &str| {
        let message = inbox(&site).click(subject);
        message.form("acts").press("act", "delete")
    };
    site.configure("[settings]\nafter_delete = \"previous\"");
    assert_eq!(opened(&delete("Message 2")).0, "Message 3");
    let list = delete("Message 4");
    assert_eq!(shown(&list), ["Message 3", "Message 1"]);
    assert_eq!(list.text_of("h1").as_deref(), Some("Inbox"));
    site.configure("[settings]\nafter_delete = \"list\"");
    assert_eq!(shown(&delete("Message 3")), ["Message 1"]);
}

#[test]
fn what_is_in_trash_is_deleted_for_good_after_a_question() {
    let site = plan(3).start();
    let trash = act(&inbox(&site), &["Message 2"], "delete").click("Trash");
    assert_eq!(shown(&trash), ["Message 2"]);

    let question = act(&trash, &["Message 2"], "remove");
    question
        .shows("Permanently delete 1 message?")
        .shows("This cannot be undone.");
    assert_eq!(subjects(&site, "Trash"), ["Message 2"]);
    let gone = question.form("messages").submit();
    gone.says("1 message permanently deleted.").hides("Undo");
    assert!(subjects(&site, "Trash").is_empty());
    assert!(shown(&gone).is_empty());
}

#[test]
fn a_folder_to_move_to_is_asked_for() {
    let site = plan(3).start();
    site.other_client("ann").run("CREATE Orchestra/Scores");
    let list = inbox(&site);
    let question = act(&list, &["Message 1", "Message 3"], "move");
    question
        .shows("Move 2 messages to")
        .shows("Orchestra / Scores")
        .shows("Archive");
    let found = question.form("messages").set("find", "score").submit();
    assert_eq!(found.texts_of(".all button"), ["Orchestra / Scores"]);
    let done = found.form("messages").press("to", "Orchestra/Scores");
    done.says("2 messages moved to Scores.");
    assert_eq!(
        subjects(&site, "Orchestra/Scores"),
        ["Message 1", "Message 3"]
    );
}

#[test]
fn rule_8_a_form_that_is_sent_twice_acts_once() {
    let site = plan(3).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let copy = list
        .form("rows")
        .tick("u", &uid_of(&list, "Message 1"))
        .smuggle("act", "copy")
        .smuggle("to", "Archive")
        .request();
    let first = ann.send(&copy);
    let second = ann.send(&copy);
    assert_eq!(first.redirect_target(), second.redirect_target());
    second.follow().says("1 message copied to Archive.");
    assert_eq!(subjects(&site, "Archive"), ["Message 1"]);
    // The same from a new page is a new act.
    let list = ann.get("/");
    let again = list.form("rows").tick("u", &uid_of(&list, "Message 1"));
    again
        .smuggle("to", "Archive")
        .press("act", "copy")
        .says("1 message copied to Archive.");
    assert_eq!(subjects(&site, "Archive"), ["Message 1", "Message 1"]);
}

#[test]
fn rule_8_an_act_that_was_undone_is_done_again_by_the_same_page() {
    let site = plan(3).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let star = list.form("rows").tick("u", &uid_of(&list, "Message 1"));
    let star = star.smuggle("act", "star").request();
    let done = ann.follow(ann.send(&star));
    undo(&done).says("Star removed from 1 message.");
    ann.follow(ann.send(&star)).says("1 message starred.");
    assert_eq!(flags(&site, "INBOX"), ["\\Flagged", "", ""]);
}

#[test]
fn rows_that_are_gone_are_counted_and_no_other_message_is_touched() {
    let site = plan(3).start();
    let list = inbox(&site);
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("STORE 2 +FLAGS (\\Deleted)");
    other.run("EXPUNGE");
    other.append(
        "INBOX",
        &Mail::plain("Kai <kai@example.org>", "New one", "x"),
    );
    drop(other);
    let done = act(&list, &["Message 2", "Message 3"], "archive");
    done.says("1 message moved to Archive.")
        .says("1 message was no longer in the folder.");
    assert_eq!(subjects(&site, "INBOX"), ["Message 1", "New one"]);
    assert_eq!(shown(&done), ["New one", "Message 1"]);
}

#[test]
fn a_folder_that_was_made_anew_has_other_messages() {
    let site = plan(1).start();
    let mut other = site.other_client("ann");
    other.run("CREATE Notes");
    other.append("Notes", &Mail::plain("a@example.org", "Old", "x"));
    let ann = site.sign_in("ann");
    let list = ann.get("/folder?f=Notes");
    other.run("DELETE Notes");
    other.run("CREATE Notes");
    other.append("Notes", &Mail::plain("a@example.org", "Precious", "x"));
    drop(other);
    let form = list.form("rows").tick("u", "1");
    form.press("act", "delete").has_status(410);
    assert_eq!(subjects(&site, "Notes"), ["Precious"]);
}

#[test]
fn a_move_into_the_same_folder_is_refused_and_nothing_ticked_is_said() {
    let site = plan(2).start();
    let list = inbox(&site);
    let same = list.form("rows").tick("u", &uid_of(&list, "Message 1"));
    same.smuggle("to", "INBOX")
        .press("act", "move")
        .has_status(400);
    list.form("rows")
        .press("act", "archive")
        .shows("No message was selected.");
    assert_eq!(subjects(&site, "INBOX").len(), 2);
}

#[test]
fn a_folder_that_there_is_not_is_made_when_it_is_first_needed() {
    let site = Site::new().mails("ann", "INBOX", unread(3)).start();
    let list = inbox(&site);
    act(&list, &["Message 1"], "spam").says("1 message moved to Spam.");
    let mut client = site.other_client("ann");
    let listed = client.run("LIST \"\" \"*\"").join("\n");
    assert!(listed.contains("Junk"), "{listed}");
    assert_eq!(subjects_by(&mut client, "Junk"), ["Message 1"]);
}

#[test]
fn rule_5_what_is_moved_takes_its_place_by_arrival_in_a_list_that_is_known() {
    let site = plan(6).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    // The archive is known before and after.
    act(&list, &["Message 2", "Message 6"], "archive");
    let archive = ann.get("/folder?f=Archive");
    assert_eq!(shown(&archive), ["Message 6", "Message 2"]);
    act(&ann.get("/"), &["Message 4", "Message 1"], "archive");
    let archive = ann.get("/folder?f=Archive");
    connections(&archive, 0);
    assert_eq!(
        shown(&archive),
        ["Message 6", "Message 4", "Message 2", "Message 1"]
    );
    let compared = archive.click("Refresh");
    assert_eq!(shown(&compared), shown(&archive));
}

#[test]
fn rule_7_all_of_a_list_are_those_that_were_there_when_their_number_was_told() {
    let site = plan(120).start();
    let list = inbox(&site);
    let page = list.click("Select all on this page");
    assert_eq!(page.attributes_of("input.tick[checked]", "value").len(), 50);
    let all = page.click("Select all 120");
    all.shows("All 120 selected");
    // One has come meanwhile that nobody has seen.
    site.deliver("ann", &Mail::plain("a@example.org", "Just now", "x"));
    let done = all.form("rows").press("act", "archive");
    done.says("120 messages moved to Archive.");
    assert_eq!(subjects(&site, "INBOX"), ["Just now"]);
    assert_eq!(subjects(&site, "Archive").len(), 120);
    let back = undo(&done);
    back.says("120 messages moved to Inbox.");
    assert_eq!(subjects(&site, "INBOX").len(), 121);

    // Marks, too; and what some page selects can be cleared without script.
    let page = back.click("Select all on this page");
    page.form("rows")
        .press("act", "read")
        .says("50 messages marked as read.");
    let cleared = page.click("Clear");
    assert!(
        cleared
            .attributes_of("input.tick[checked]", "value")
            .is_empty()
    );
}

/// The page after all that is selected was archived over a slow line: two slices take longer than a page should.
fn archived_slowly(site: &Site, all: &Page) -> Page {
    site.proxy().delay(Duration::from_millis(4_200));
    let form = all.form("rows").smuggle("act", "archive").request();
    let answer = all.visitor().send(&form);
    site.proxy().delay(Duration::ZERO);
    all.visitor().follow(answer)
}

#[test]
fn rule_7_very_many_go_in_slices_and_the_page_says_how_far_it_is() {
    let site = plan(4_100)
        .config("[gate]\ndeadline_seconds = 100\n")
        .proxied()
        .start();
    let ann = site.sign_in("ann");
    let all = ann.get("/folder?select=all");
    all.shows("All 4,100 selected");
    let part = archived_slowly(&site, &all);
    part.says("4,000 messages moved to Archive. 100 messages are unchanged.");
    assert_eq!(subjects(&site, "INBOX").len(), 100);
    // None of them was read, in whichever slice it went.
    let counts = part.texts_of(".folders a.unread .count");
    assert_eq!(counts, ["100 unread", "4,000 unread"]);
    let done = part.click("Continue");
    done.says("100 messages moved to Archive.");
    assert!(subjects(&site, "INBOX").is_empty());
    assert_eq!(subjects(&site, "Archive").len(), 4_100);
}

/// However long it takes: what was found is not looked for anew meanwhile.
#[test]
fn rule_7_a_result_that_is_older_than_lists_may_be_is_gone_on_with_all_the_same() {
    let site = plan(4_100)
        .config("[gate]\ndeadline_seconds = 100\n[cache]\nfresh_seconds = 0\n")
        .proxied()
        .start();
    let ann = site.sign_in("ann");
    let found = "/folder?f=INBOX&q=subject%3Amessage&scope=all";
    ann.get(found).shows("4,100 found");
    let all = ann.get(&format!("{found}&select=all"));
    all.shows("All 4,100 selected");
    let part = archived_slowly(&site, &all);
    part.says("4,000 messages moved to Archive.")
        .shows("All 100 selected");
    let done = part.click("Continue");
    done.says("100 messages moved to Archive.");
    assert_eq!(subjects(&site, "Archive").len(), 4_100);
    assert!(subjects(&site, "INBOX").is_empty());
}

#[test]
fn rule_9_what_another_client_has_marked_is_struck_through_and_can_be_restored() {
    let site = plan(3).start();
    let ann = site.sign_in("ann");
    ann.get("/").hides("Restore");
    let mark = || {
        let mut other = site.other_client("ann");
        other.run("SELECT INBOX");
        other.run("STORE 1,3 +FLAGS (\\Deleted)");
    };
    mark();
    let list = ann.get("/?compare=1");
    let marked = list.texts_of(".row.marked .subject");
    assert_eq!(marked, ["Message 3", "Message 1"]);
    assert_eq!(
        list.texts_of(".row.marked .sr:first-child"),
        ["Marked for removal:"; 2]
    );
    let done = act(&list, &["Message 1", "Message 2", "Message 3"], "restore");
    done.says("3 messages restored.").hides("Restore");
    assert!(done.texts_of(".row.marked").is_empty());
    assert_eq!(flags(&site, "INBOX"), ["", "", ""]);

    mark();
    let message = ann.get("/?compare=1").click("Message 3");
    let done = message.form("acts").press("act", "restore");
    done.says("1 message restored.");
    assert!(
        done.attributes_of("#acts button[value=restore]", "value")
            .is_empty()
    );
    assert_eq!(flags(&site, "INBOX")[0], "\\Deleted");
    assert!(!flags(&site, "INBOX")[2].contains("Deleted"));
}

#[test]
fn rule_4_what_others_marked_in_a_folder_before_it_was_first_compared_is_not_overlooked() {
    let site = plan(3).start();
    let first = act(&inbox(&site), &["Message 1"], "archive");
    let second = act(&first, &["Message 2"], "archive");
    // The row of what went is cached; nobody has looked at the list that it is in.
    let mut other = site.other_client("ann");
    other.run("SELECT Archive");
    other.run("STORE 1 +FLAGS (\\Seen)");
    drop(other);
    undo(&second).says("1 message moved to Inbox.");
    let archive = inbox(&site).visitor().get("/folder?f=Archive");
    assert_eq!(shown(&archive), ["Message 1"]);
    assert!(archive.texts_of(".row.unread").is_empty());
}
