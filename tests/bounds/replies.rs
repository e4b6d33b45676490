//! Replies of a mail server of which one thing is far too long: names of folders, LIST and what comes with it, and what
//! FETCH says of one message. The list is whole, its next click asks nobody, and neither takes more than 64 MB or a second
//! of processor time.

use super::growth::{Kind, LENGTHS, any_length, try_all};
use super::{CPU_MILLIS, PAGE_BYTES, PEAK_MB};
use crate::support::imap_script::{ImapScript, Mischief};
use crate::support::kernel::{Watch, until};
use crate::support::page::Page;
use crate::support::random::Random;
use crate::support::site::Site;
use crate::support::transcript::Transcript;
use crate::support::visitor::Visitor;

/// The server that all this is put in the mouth of.
const SERVER: &str = "dovecot-2.3.19.1";
/// Replies of one site.
const ROUND: usize = 24;

/// What a reply is an answer to, as the commands of the transcript begin.
const LIST: &str = "LIST";
const NAMESPACE: &str = "NAMESPACE";
const QUOTA: &str = "GETQUOTAROOT";
const OPENED: &str = "SELECT INBOX";
const FOUND: &str = "UID SEARCH";
const ROWS: &str = "FETCH 1:* (UID";

/// A kind of reply.
struct Reply {
    /// What it is an answer to.
    to: &'static str,
    kind: Kind,
}

macro_rules! replies {
    ($($name:literal: $to:expr, $before:expr, $again:expr, $after:expr;)*) => {
        [$(Reply { to: $to, kind: Kind { name: $name, before: $before, again: $again, after: $after } }),*]
    };
}

/// What FETCH says of a message, up to where it is too long.
macro_rules! row {
    ($before:expr) => {
        concat!(
            "* 3 FETCH (UID 3 RFC822.SIZE 7 INTERNALDATE \"24-Nov-2026 04:47:00 +0000\" ",
            $before
        )
    };
}

const REPLIES: &[Reply] = &replies! {
    "name of a folder": LIST, "* LIST () \".\" \"", "x", "\"\r\n";
    "name of a folder in a literal": LIST, "* LIST () \".\" {$LEN}\r\n", "x", "\r\n";
    "name of a folder without quotes": LIST, "* LIST () \".\" ", "x", "\r\n";
    "escaped name of a folder": LIST, "* LIST () \".\" \"", "\\\\", "\"\r\n";
    "encoded name of a folder": LIST, "* LIST () \".\" \"", "&AOk-", "\"\r\n";
    "long code in the name of a folder": LIST, "* LIST () \".\" \"&", "AOkA6QDp", "-\"\r\n";
    "name of a folder in UTF-8": LIST, "* LIST () \".\" \"", "\u{e9}", "\"\r\n";
    "levels of a folder": LIST, "* LIST () \".\" \"", "a.", "b\"\r\n";
    "delimiters in the name of a folder": LIST, "* LIST () \".\" \"a", ".", "b\"\r\n";
    "delimiter": LIST, "* LIST () \"", ".", "\" a\r\n";
    "attributes of a folder": LIST, "* LIST (", "\\x$N ", "\\y) \".\" a\r\n";
    "attribute of a folder": LIST, "* LIST (\\", "x", ") \".\" a\r\n";
    "what LIST says beside": LIST, "* LIST () \".\" a (", "\"CHILDINFO\" (\"SUBSCRIBED\") ", "\"x\" \"y\")\r\n";
    "folders": LIST, "", "* LIST () \".\" f$N\r\n", "";
    "folders in brackets": LIST, "", "* LIST (((((((((\r\n", "";
    "folders without a name": LIST, "", "* LIST () \".\" \"\"\r\n", "";
    "folders of one name": LIST, "", "* LIST () \".\" f\r\n", "";
    "folders of two cases": LIST, "", "* LIST () \".\" inbox\r\n* LIST () \".\" \"INBOX.f$N\"\r\n", "";
    "folders below each other": LIST, "", "* LIST () \".\" a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.f$N\r\n", "";
    "folders in folders of their own": LIST, "", "* LIST () \".\" f$N.a.b.c.d.e.f.g\r\n", "";
    "folders with a role": LIST, "", "* LIST (\\Sent) \".\" s$N\r\n", "";
    "folders that are called by a role": LIST, "", "* LIST () \".\" f$N.Trash\r\n", "";
    "encoded folders": LIST, "", "* LIST () \".\" \"&AOk-&AOk-&AOk-&AOk-$N\"\r\n", "";
    "folders that cannot be opened": LIST, "", "* LIST (\\NoSelect) \".\" f$N\r\n", "";
    "counts": LIST, "", "* STATUS f$N (MESSAGES 1 UNSEEN 1)\r\n", "";
    "counts of one folder": LIST, "* STATUS INBOX (MESSAGES 6 ", "UNSEEN 1 ", "UNSEEN 1)\r\n";
    "words to the user": LIST, "* OK [ALERT] ", "word ", "\r\n";
    "many words to the user": LIST, "", "* OK [ALERT] word $N\r\n", "";
    "capabilities": LIST, "* CAPABILITY", " X$N", "\r\n";
    "lines that nobody knows": LIST, "", "* XYZ a\r\n", "";
    "empty lines": LIST, "", "\r\n", "";
    "line without an end": LIST, "* XYZ ", "x", "\r\n";
    "literal that nobody knows": LIST, "* XYZ {$LEN}\r\n", "x", "\r\n";
    "literals that nobody knows": LIST, "* XYZ", " {1}\r\na", "\r\n";
    "namespaces": NAMESPACE, "* NAMESPACE (", "(\"n$N.\" \".\")", ") NIL NIL\r\n";
    "prefix of a namespace": NAMESPACE, "* NAMESPACE ((\"", "x", "\" \".\")) NIL NIL\r\n";
    "other namespaces": NAMESPACE, "* NAMESPACE NIL ((\"\" \".\")) (", "(\"n$N.\" \".\")", ")\r\n";
    "quotas": QUOTA, "", "* QUOTA \"r$N\" (STORAGE 10 512)\r\n", "";
    "resources of a quota": QUOTA, "* QUOTA \"\" (", "R$N 1 2 ", "STORAGE 10 512)\r\n";
    "roots of a quota": QUOTA, "* QUOTAROOT INBOX", " r$N", "\r\n";
    "flags of a folder": OPENED, "* FLAGS (", "$$x$N ", "\\Seen)\r\n";
    "flags that stay": OPENED, "* OK [PERMANENTFLAGS (", "$$x$N ", "\\Seen)] x\r\n";
    "words of what was opened": OPENED, "* OK [UIDVALIDITY 1795495620] ", "x", "\r\n";
    "code of what was opened": OPENED, "* OK [X-", "x", "] x\r\n";
    "numbers of messages that are none": FOUND, "* VANISHED (EARLIER) ", "4000000$N,", "4000000000\r\n";
    "flags of a message": ROWS, row!("FLAGS ("), "$$x$N ", "\\Seen))\r\n";
    "flag of a message": ROWS, row!("FLAGS ("), "x", "))\r\n";
    "subject in an envelope": ROWS, row!("ENVELOPE (NIL \""), "x", "\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n";
    "subject in an envelope as a literal": ROWS, row!("ENVELOPE (NIL {$LEN}\r\n"), "x", " NIL NIL NIL NIL NIL NIL NIL NIL))\r\n";
    "encoded subject in an envelope": ROWS, row!("ENVELOPE (NIL \""), "=?utf-8?q?=C3=A9?= ", "\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n";
    "senders in an envelope": ROWS, row!("ENVELOPE (NIL \"s\" ("), "(\"Bo\" NIL \"bo$N\" \"example.org\")", ") NIL NIL NIL NIL NIL NIL NIL))\r\n";
    "name in an envelope": ROWS, row!("ENVELOPE (NIL \"s\" ((\""), "x", "\" NIL \"bo\" \"example.org\")) NIL NIL NIL NIL NIL NIL NIL))\r\n";
    "recipients in an envelope": ROWS, row!("ENVELOPE (NIL \"s\" NIL NIL NIL ("), "(NIL NIL \"bo$N\" \"example.org\")", ") NIL NIL NIL NIL))\r\n";
    "date in an envelope": ROWS, row!("ENVELOPE (\""), "x", "\" \"s\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n";
    "parts of a structure": ROWS, row!("BODYSTRUCTURE ("), "(\"text\" \"plain\" NIL NIL NIL \"7bit\" $N 1)", " \"mixed\"))\r\n";
    "nested structure": ROWS, row!("BODYSTRUCTURE "), "((\"a\" \"b\" NIL NIL NIL \"7bit\" 1)", ")\r\n";
    "parameters in a structure": ROWS, row!("BODYSTRUCTURE (\"text\" \"plain\" ("), "\"p$N\" \"v\" ", "\"a\" \"b\") NIL NIL \"7bit\" 5 1))\r\n";
    "name in a structure": ROWS, row!("BODYSTRUCTURE (\"application\" \"pdf\" (\"name\" \""), "x", "\") NIL NIL \"7bit\" 5))\r\n";
    "description in a structure": ROWS, row!("BODYSTRUCTURE (\"application\" \"pdf\" NIL NIL \""), "x", "\" \"7bit\" 5))\r\n";
    "type in a structure": ROWS, row!("BODYSTRUCTURE (\"application\" \""), "x", "\" NIL NIL NIL \"7bit\" 5))\r\n";
    "languages in a structure": ROWS, row!("BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1 NIL NIL ("), "\"l$N\" ", "\"en\") NIL))\r\n";
    "preview": ROWS, row!("PREVIEW \""), "word ", "\")\r\n";
    "preview as a literal": ROWS, row!("PREVIEW {$LEN}\r\n"), "word ", ")\r\n";
    "header in a row": ROWS, row!("BODY[HEADER.FIELDS (SUBJECT)] {$LEN}\r\n"), "Subject: word\r\n", ")\r\n";
    "items of a row": ROWS, row!("X$N 1 "), "X$N 1 ", "X 1)\r\n";
    "rows of one message": ROWS, "", "* 3 FETCH (UID 3 FLAGS ())\r\n", "";
    "rows of messages that are none": ROWS, "* 3 FETCH (UID 3 FLAGS ())\r\n", "* 9 FETCH (UID 9$N FLAGS ())\r\n", "";
    "rows without a number": ROWS, "* 3 FETCH (UID 3 FLAGS ())\r\n", "* 9 FETCH (FLAGS ())\r\n", "";
};

impl Reply {
    /// The words of a server that says this.
    fn put_into(&self, mut words: Transcript, bytes: usize) -> Transcript {
        let said = self.kind.grown(bytes).into_bytes();
        for exchange in &mut words.exchanges {
            if !exchange.command.starts_with(self.to) {
                continue;
            }
            let at = exchange.responses.len().saturating_sub(1);
            if self.to == ROWS {
                // What is said of a message that nobody asked for is not put in the mouth of this server.
                exchange.responses.retain(|r| !r.starts_with(b"* 3 "));
                exchange.responses.insert(2, said.clone());
            } else {
                exchange.responses.insert(at, said.clone());
            }
        }
        words
    }
}

/// A kind of reply, and how long it is.
type Case = (&'static Reply, usize);

/// Looks at a page, and adds to `found` what of it is too much.
fn look(ann: &Visitor, watch: &Watch, path: &str, what: &str, found: &mut Vec<String>) -> Page {
    let before = watch.cpu_millis();
    let page = super::in_time(ann, path);
    until("the process has ended", || watch.now() == 0);
    let (cpu, peak) = (watch.cpu_millis() - before, watch.peak_mb());
    let bytes = page.body().len();
    println!(
        "{what}: {} of {bytes} bytes, {peak} MB, {cpu} ms",
        page.status()
    );
    if page.status() != 200 || bytes > PAGE_BYTES || cpu > CPU_MILLIS || peak >= PEAK_MB {
        let status = page.status();
        found.push(format!(
            "{what}: {status}, {bytes} bytes, {peak} MB, {cpu} ms"
        ));
    }
    page
}

/// Shows somebody what such servers say; what was found.
fn tried(cases: &[Case]) -> Vec<String> {
    let honest = Transcript::named(SERVER);
    let rows = honest.uids().len();
    let script = ImapScript::speaking(honest.clone(), Mischief::Honest);
    let site = Site::new().imap_at(script.address()).start();
    let mut found = Vec::new();
    for (nth, (reply, bytes)) in cases.iter().enumerate() {
        script.speak(reply.put_into(honest.clone(), *bytes));
        let what = format!("{} of {bytes}", reply.kind.name);
        let somebody = site.visitor();
        let form = somebody.get("/sign-in");
        let form = form.form("sign-in");
        let form = form
            .set("login", &format!("user{nth}"))
            .set("password", "x");
        form.submit_once().has_status(303);
        let watch = Watch::on(&site.program());
        let list = look(&somebody, &watch, "/", &what, &mut found);
        let again = look(
            &somebody,
            &watch,
            "/",
            &format!("{what}, again"),
            &mut found,
        );
        for page in [&list, &again] {
            let shown = page.texts_of("li.row").len();
            if shown != rows {
                found.push(format!("{what}: {shown} rows of {rows}"));
            }
        }
        if super::asks_needlessly(&list, &again) {
            found.push(format!("{what}: the second click asks the server"));
        }
        if let Some(all) = list.attributes_of("a[href*='/folders']", "href").first() {
            look(
                &somebody,
                &watch,
                all,
                &format!("{what}, all folders"),
                &mut found,
            );
        }
    }
    drop(site);
    found
}

#[test]
fn whatever_is_too_long_in_a_reply_the_list_is_whole() {
    let of_length = |bytes: usize| REPLIES.iter().map(move |reply| (reply, bytes));
    let short: Vec<Case> = of_length(1_000_000).collect();
    let others = LENGTHS.into_iter().flat_map(of_length).collect();
    let any = |random: &mut Random| {
        let reply = &REPLIES[random.below(REPLIES.len() as u64) as usize];
        (reply, any_length(random))
    };
    try_all([short, others], any, ROUND, tried);
}
