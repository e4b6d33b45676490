//! Acts at servers that offer what those of other makers do: their words, and a real mailbox behind them, which another mail
//! program then looks into. Nothing is lost and nothing is there twice, whatever a server can do.

use super::plan;
use super::real::Seat;
use crate::support::liar::{Liar, Lie};
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
        let seat = Seat {
            name,
            ann: &ann,
            other: &|| real.other_client("ann"),
            prefix: server.prefix,
        };
        seat.acts();
    }
}
