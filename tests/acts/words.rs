//! Acts at servers that offer what those of other makers do: their words, and a real mailbox behind them, which another mail
//! program then looks into. Nothing is lost and nothing is there twice, whatever a server can do.

use super::{Says as _, act, flags, plan, shown, subjects, uid_of, undo};
use crate::support::liar::{Liar, Lie};
use crate::support::page::Page;
use crate::support::site::Site;

/// A server, as far as it decides how an act goes.
struct Words {
    /// Of which transcript these are the words.
    name: &'static str,
    /// What it says that it can do, of what the server behind it can.
    able: &'static str,
    /// Further lines of its configuration.
    lines: &'static str,
    /// What stands before the names of its folders.
    prefix: &'static str,
    /// True where it tells no next number when a folder is opened.
    hides_next: bool,
}

const SERVERS: [Words; 4] = [
    Words {
        name: "courier-5.0.13",
        able: "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=REFERENCES SORT IDLE",
        lines: "namespace inbox {\n  separator = .\n  prefix = INBOX.\n}\n",
        prefix: "INBOX.",
        hides_next: true,
    },
    Words {
        name: "cyrus-3.6.1",
        able: "IMAP4rev1 LITERAL+ ID ENABLE BINARY CATENATE CHILDREN CONDSTORE ESEARCH ESORT LIST-EXTENDED LIST-STATUS MOVE MULTIAPPEND NAMESPACE PREVIEW QRESYNC SORT SORT=DISPLAY SPECIAL-USE THREAD=REFERENCES UIDPLUS UNSELECT WITHIN",
        lines: "namespace inbox {\n  separator = .\n}\n",
        prefix: "",
        hides_next: false,
    },
    Words {
        name: "hoodiecrow-2.1.0",
        able: "IMAP4rev1 ID NAMESPACE IDLE ENABLE CONDSTORE LITERAL+ UNSELECT SPECIAL-USE",
        lines: "",
        prefix: "",
        hides_next: false,
    },
    Words {
        name: "mailutils-imap4d-3.15",
        able: "IMAP4rev1 NAMESPACE ID IDLE LITERAL+ UNSELECT",
        lines: "",
        prefix: "",
        hides_next: false,
    },
];

fn offers_undo(page: &Page) -> bool {
    page.texts_of(".note button").iter().any(|b| b == "Undo")
}

#[test]
fn what_is_done_in_the_words_of_four_servers_is_where_the_page_says() {
    for server in SERVERS {
        let name = server.name;
        let able = format!("imap_capability = {}\n{}", server.able, server.lines);
        let real = plan(6).dovecot(&able).start();
        let liar = Liar::start(real.dovecot().address());
        if server.hides_next {
            let hides = |answer: &str| {
                let lines = answer.split_inclusive('\n');
                lines.filter(|line| !line.contains("[UIDNEXT")).collect()
            };
            liar.lies(vec![
                Lie::about("SELECT").says(hides),
                Lie::about("EXAMINE").says(hides),
            ]);
        }
        let front = Site::new().imap_at(liar.address()).start();
        let ann = front.sign_in("ann");
        let folder = |folder: &str| subjects(&real, &format!("{}{folder}", server.prefix));
        let inbox = || subjects(&real, "INBOX");
        let all: Vec<String> = (1..=6).map(|n| format!("Message {n}")).collect();
        assert_eq!(inbox(), all, "{name}");

        let starred = act(&ann.get("/"), &["Message 6", "Message 2"], "star");
        starred.says("2 messages starred.");
        let of = |nth: usize| flags(&real, "INBOX")[nth].clone();
        assert_eq!([of(1), of(5)], ["\\Flagged", "\\Flagged"], "{name}");
        undo(&starred).says("Stars removed from 2 messages.");
        assert_eq!([of(1), of(5)], ["", ""], "{name}");
        act(&ann.get("/"), &["Message 6"], "read").says("1 message marked as read.");
        assert_eq!(of(5), "\\Seen", "{name}");
        act(&ann.get("/"), &["Message 6"], "unread").says("1 message marked as unread.");
        assert_eq!(of(5), "", "{name}");

        let archived = act(&ann.get("/"), &["Message 3", "Message 5"], "archive");
        archived.says("2 messages moved to Archive.");
        assert_eq!(shown(&archived).len(), 4, "{name}");
        let mut there = folder("Archive");
        there.sort_unstable();
        assert_eq!(there, ["Message 3", "Message 5"], "{name}");
        assert_eq!(inbox().len(), 4, "{name}");
        if offers_undo(&archived) {
            undo(&archived).says("2 messages moved to Inbox.");
            assert_eq!((inbox().len(), folder("Archive").len()), (6, 0), "{name}");
        }
        let list = ann.get("/").click("Refresh");
        let newest = shown(&list)[0].clone();
        let copy = list.form("rows").tick("u", &uid_of(&list, &newest));
        let to = format!("{}Archive", server.prefix);
        let copied = copy.smuggle("to", &to).press("act", "copy");
        copied.says("1 message copied to Archive.");
        assert!(
            folder("Archive").contains(&newest) && inbox().contains(&newest),
            "{name}"
        );
        let deleted = act(&ann.get("/"), &[&newest], "delete");
        deleted.says("1 message moved to Trash.");
        assert_eq!(folder("Trash"), std::slice::from_ref(&newest), "{name}");
        let trash = ann.get(&format!("/folder?f={}Trash", server.prefix));
        let asked = act(&trash, &[&newest], "remove");
        asked.shows("Permanently delete 1 message?");
        let removed = asked.form("messages").submit();
        removed.says("1 message permanently deleted.");
        assert_eq!(folder("Trash").len(), 0, "{name}");

        // Each message is once where it is, but for the one that was copied and then deleted.
        let mut now = [inbox(), folder("Archive")].concat();
        now.sort_unstable();
        assert_eq!(now, all, "{name}");
        // What is shown is what there is, at once and after a look.
        for (address, there) in [
            ("/".to_owned(), inbox()),
            (format!("/folder?f={to}"), folder("Archive")),
        ] {
            let at_once = ann.get(&address);
            for list in [at_once.click("Refresh"), at_once] {
                let (mut shown, mut there) = (shown(&list), there.clone());
                shown.sort_unstable();
                there.sort_unstable();
                assert_eq!(shown, there, "{name}: {address}");
            }
        }
    }
}
