//! Acts, lists, searches and folders at servers of other makers, as they run: Cyrus, Courier, and the imap4d of GNU mailutils.
//! Another mail program looks into the mailbox after each step. pymap has tests of its own beside those of Dovecot.

use std::fmt::Debug;

use super::{Says as _, act, flags_by, shown, subjects_by, uid_of, undo, unread};
use crate::support::client::MailClient;
use crate::support::courier::Courier;
use crate::support::cyrus::Cyrus;
use crate::support::imap4d::{self, Imap4d};
use crate::support::kernel::until;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// How many messages the inbox begins with, all of them unread.
const COUNT: usize = 6;

/// Somebody before a mailbox of `COUNT` messages, and how another mail program gets into it.
pub(super) struct Seat<'a> {
    /// The server's name.
    pub name: &'a str,
    pub ann: &'a Visitor,
    pub other: &'a dyn Fn() -> MailClient,
    /// What stands before the names of its folders.
    pub prefix: &'a str,
}

fn offers_undo(page: &Page) -> bool {
    page.texts_of(".note button").iter().any(|b| b == "Undo")
}

/// What a page says, names without the signs that keep their direction.
fn expect_said(page: &Page, words: &str) {
    let said = page.text().replace(['\u{2068}', '\u{2069}'], "");
    page.expect(said.contains(words), || {
        format!("it does not say “{words}”")
    });
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort_unstable();
    all
}

impl Seat<'_> {
    fn wire(&self, folder: &str) -> String {
        format!("{}{folder}", self.prefix)
    }

    fn inbox(&self) -> Vec<String> {
        subjects_by(&mut (self.other)(), "INBOX")
    }

    fn folder(&self, folder: &str) -> Vec<String> {
        subjects_by(&mut (self.other)(), &self.wire(folder))
    }

    fn flags(&self, nth: usize) -> String {
        flags_by(&mut (self.other)(), "INBOX")[nth].clone()
    }

    /// All folders that another mail program finds.
    fn has(&self, folder: &str) -> bool {
        let (quoted, plain) = (
            format!("\"{}\"", self.wire(folder)),
            format!(" {}", self.wire(folder)),
        );
        let listed = (self.other)().run("LIST \"\" \"*\"");
        listed
            .iter()
            .filter(|line| !line.to_ascii_lowercase().contains("\\noselect"))
            .any(|line| line.ends_with(&quoted) || line.ends_with(&plain))
    }

    /// What is shown is what there is, at once and after a look.
    fn expect_truth(&self, folder: &str) {
        let (address, there) = match folder {
            "INBOX" => ("/".to_owned(), self.inbox()),
            _ => (
                format!("/folder?f={}", self.wire(folder)),
                self.folder(folder),
            ),
        };
        let at_once = self.ann.get(&address);
        for list in [at_once.click("Refresh"), at_once] {
            let (shown, there) = (sorted(shown(&list)), sorted(there.clone()));
            list.expect(shown == there, || {
                format!(
                    "{}: {address} shows {shown:?}, there is {there:?}",
                    self.name
                )
            });
        }
    }

    /// Expects that another mail program finds this, now or in a moment: some servers write down what was changed when the
    /// connection has ended.
    fn sees<T: PartialEq + Debug>(&self, expected: T, found: impl Fn() -> T) {
        let what = format!("{}: {expected:?}", self.name);
        until(&what, || found() == expected);
    }

    /// Marks, moves, copies and deletes; after each step the mailbox is as the page says.
    pub fn acts(&self) {
        let ann = self.ann;
        let all: Vec<String> = (1..=COUNT).map(|n| format!("Message {n}")).collect();
        self.sees(all.clone(), || self.inbox());

        let starred = act(&ann.get("/"), &["Message 6", "Message 2"], "star");
        starred.says("2 messages starred.");
        let two = || [self.flags(1), self.flags(5)];
        self.sees(["\\Flagged", "\\Flagged"].map(str::to_owned), two);
        undo(&starred).says("Stars removed from 2 messages.");
        self.sees(["", ""].map(str::to_owned), two);
        act(&ann.get("/"), &["Message 6"], "read").says("1 message marked as read.");
        self.sees("\\Seen".to_owned(), || self.flags(5));
        act(&ann.get("/"), &["Message 6"], "unread").says("1 message marked as unread.");
        self.sees(String::new(), || self.flags(5));

        let archived = act(&ann.get("/"), &["Message 3", "Message 5"], "archive");
        archived.says("2 messages moved to Archive.");
        assert_eq!(shown(&archived).len(), 4, "{}", self.name);
        let two = ["Message 3", "Message 5"].map(str::to_owned);
        self.sees(two.to_vec(), || sorted(self.folder("Archive")));
        self.sees(4, || self.inbox().len());
        if offers_undo(&archived) {
            undo(&archived).says("2 messages moved to Inbox.");
            self.sees((6, 0), || {
                (self.inbox().len(), self.folder("Archive").len())
            });
        }
        let list = ann.get("/").click("Refresh");
        let newest = shown(&list)[0].clone();
        let copy = list.form("rows").tick("u", &uid_of(&list, &newest));
        let copied = copy
            .smuggle("to", &self.wire("Archive"))
            .press("act", "copy");
        copied.says("1 message copied to Archive.");
        self.sees([true, true], || {
            [self.folder("Archive"), self.inbox()].map(|all| all.contains(&newest))
        });
        let deleted = act(&ann.get("/"), &[&newest], "delete");
        deleted.says("1 message moved to Trash.");
        self.sees(vec![newest.clone()], || self.folder("Trash"));
        let trash = ann.get(&format!("/folder?f={}", self.wire("Trash")));
        let asked = act(&trash, &[&newest], "remove");
        asked.shows("Permanently delete 1 message?");
        let removed = asked.form("messages").submit();
        removed.says("1 message permanently deleted.");
        self.sees(0, || self.folder("Trash").len());

        // Each message is once where it is, but for the one that was copied and then deleted.
        self.sees(all, || {
            sorted([self.inbox(), self.folder("Archive")].concat())
        });
        self.expect_truth("INBOX");
        self.expect_truth("Archive");
    }

    /// Sorts and searches; what other mail programs do meanwhile is found.
    fn lists(&self) {
        let (name, ann) = (self.name, self.ann);
        let inbox = sorted(self.inbox());
        let list = ann.get("/").click("Refresh");
        let by_subject = list.click("Subject A to Z");
        assert_eq!(shown(&by_subject), inbox, "{name}");
        let oldest = shown(&list.click("Oldest first"));
        let mut newest = shown(&list);
        newest.reverse();
        assert_eq!(oldest, newest, "{name}");
        for order in ["Sender A to Z", "Largest first", "Unread first"] {
            assert_eq!(sorted(shown(&list.click(order))), inbox, "{name}: {order}");
        }
        let look = |list: &Page, text: &str| list.form("look").set("q", text).submit();
        let some = inbox[0].clone();
        for text in [
            format!("subject:\"{some}\""),
            format!("\"this is {}\"", some.to_lowercase()),
        ] {
            let found = look(&list, &text);
            found.expect(shown(&found) == [some.as_str()], || {
                format!("{name}: {text} finds {:?}", shown(&found))
            });
        }
        assert!(shown(&look(&list, "réunion")).is_empty(), "{name}");
        let kept = self.folder("Archive")[0].clone();
        let everywhere = look(&list, &format!("subject:\"{kept}\"")).click("All folders");
        assert_eq!(shown(&everywhere), [kept.as_str()], "{name}");
        assert_eq!(
            everywhere.texts_of(".place"),
            ["In folder Archive"],
            "{name}"
        );
        let open = everywhere.click(&kept);
        open.shows(&format!("This is {}.", kept.to_lowercase()));

        let mut other = (self.other)();
        other.append(
            "INBOX",
            &Mail::plain("Kai <kai@example.org>", "From elsewhere", "x"),
        );
        other.run("SELECT INBOX");
        other.run("STORE 1 +FLAGS (\\Flagged \\Seen)");
        other.run("STORE 2 +FLAGS (\\Deleted)");
        other.run("EXPUNGE");
        drop(other);
        ann.get("/").click("Refresh");
        self.expect_truth("INBOX");
        let starred = look(&ann.get("/"), "is:starred");
        assert_eq!(shown(&starred).len(), 1, "{name}");
    }

    /// Makes a folder, moves a message there, gives the folder another name, and deletes it.
    fn folders(&self) {
        let (name, ann) = (self.name, self.ann);
        let options = |folder: &str| {
            let wire = self.wire(folder);
            let wire: String = form_urlencoded::byte_serialize(wire.as_bytes()).collect();
            ann.get(&format!("/folder-options?f={wire}"))
        };
        let all = ann.get("/folders");
        let made = all.form("create-form").set("name", "Réunion & Co").submit();
        expect_said(&made, "Folder Réunion & Co was created.");
        let travel = "R&AOk-union &- Co";
        assert!(self.has(travel), "{name}");
        let list = ann.get("/").click("Refresh");
        let (newest, before) = (shown(&list)[0].clone(), self.inbox().len());
        let moving = list.form("rows").tick("u", &uid_of(&list, &newest));
        let moved = moving
            .smuggle("to", &self.wire(travel))
            .press("act", "move");
        moved.says("1 message moved to Réunion & Co.");
        self.sees((vec![newest], before - 1), || {
            (self.folder(travel), self.inbox().len())
        });
        let renamed = options(travel)
            .form("rename-form")
            .set("name", "Journeys")
            .submit();
        expect_said(&renamed, "Réunion & Co was renamed to Journeys.");
        assert!(self.has("Journeys") && !self.has(travel), "{name}");
        assert_eq!(self.folder("Journeys").len(), 1, "{name}");
        let question = options("Journeys").click("Delete folder");
        let gone = question.form("delete-form").submit();
        expect_said(&gone, "Journeys was deleted.");
        assert!(!self.has("Journeys"), "{name}");
        self.expect_truth("INBOX");
    }

    fn all(&self) {
        self.acts();
        self.lists();
        self.folders();
    }
}

#[test]
fn a_cyrus_is_read_and_acted_on_like_any_other_server() {
    let cyrus = Cyrus::start();
    cyrus.client("ann").append_all("INBOX", &unread(COUNT));
    let site = Site::new().imap_at(cyrus.address()).proxied().start();
    let ann = site.sign_in("ann");
    let seat = Seat {
        name: "Cyrus",
        ann: &ann,
        other: &|| cyrus.client("ann"),
        prefix: "INBOX.",
    };
    seat.all();
}

#[test]
fn a_courier_is_read_and_acted_on_like_any_other_server() {
    let courier = Courier::start();
    courier.client().append_all("INBOX", &unread(COUNT));
    let site = Site::new().imap_at(courier.address()).proxied().start();
    let ann = site.sign_in("ann");
    let seat = Seat {
        name: "Courier",
        ann: &ann,
        other: &|| courier.client(),
        prefix: "INBOX.",
    };
    seat.all();
}

#[test]
fn an_imap4d_of_gnu_mailutils_is_read_and_acted_on_like_any_other_server() {
    let server = Imap4d::start();
    server.client().append_all("INBOX", &unread(COUNT));
    let site = Site::new().imap_at(server.address()).proxied().start();
    let ann = site.sign_in_with(imap4d::LOGIN, imap4d::PASSWORD);
    let seat = Seat {
        name: "imap4d",
        ann: &ann,
        other: &|| server.client(),
        prefix: "",
    };
    seat.all();
}
