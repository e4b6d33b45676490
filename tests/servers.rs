//! Mail servers that hang, drip, cut, lie and flood: the page comes by the soft deadline, says what is the matter, or shows
//! what was known before; memory stays small, and the gate is free afterwards.
//!
//! Each misbehaviour has a server and a mail domain of its own, so that all of them happen at the same time.

use std::collections::BTreeSet;
use std::fs;
use std::thread;
use std::time::Duration;

use crate::cost::connections;
use crate::support::clock::Clock;
use crate::support::imap_script::{
    Garble, ImapScript, Mischief, Pieces, Unreadable, When, content,
};
use crate::support::kernel::{self, Watch, until};
use crate::support::page::Page;
use crate::support::place;
use crate::support::site::Site;
use crate::support::transcript::{Transcript, replaced};
use crate::support::visitor::Visitor;

/// The soft deadline of these sites, and the hard one.
const DEADLINE: Duration = Duration::from_secs(12);
const HARD: Duration = Duration::from_secs(15);

const SILENT: &str = "The mail server is not answering";
const AWAY: &str = "The mail server cannot be reached";
const NONSENSE: &str = "The mail server sent an answer that Postern does not understand";
const BUSY: &str = "The mail server is busy";
const NO: &str = "The mail server refused the request";
const FAREWELL: &str = "The mail server closed the connection";
/// CANNOT is said of a name that no folder can have.
const GONE: &str = "This folder no longer exists";

struct Case {
    name: &'static str,
    mischief: Mischief,
    /// What a page says that the cache cannot answer.
    says: &'static str,
}

fn cases() -> Vec<Case> {
    use Mischief::{Cuts, Drips, Floods, Refuses, Says, SaysAndWaits, Silent};
    use When::{Command, Greeting, SignIn};
    let case = |name, mischief, says| Case {
        name,
        mischief,
        says,
    };
    let says = |when, text: &[u8]| Says(when, text.to_vec());
    let drip = Duration::from_millis(250);
    let deep = [
        b"* 1 FETCH (UID 1 BODYSTRUCTURE ".as_slice(),
        &[b'('; 5000],
        &[b')'; 5000],
        b")\r\n",
    ]
    .concat();
    let eight_bit: Vec<u8> = (0..4000_u32).map(|n| (128 + n * 37 % 128) as u8).collect();
    // Everything that is kept of an answer, without end: each line has its number in it.
    let many = |line: &str| {
        let lines = (1..=20_000).map(|n| format!("{}\r\n", line.replace("$N", &n.to_string())));
        Floods(Command, Vec::new(), lines.collect::<String>().into_bytes())
    };
    vec![
        case("silent", Silent(Greeting), SILENT),
        case("shy", Silent(SignIn), SILENT),
        case("mute", Silent(Command), SILENT),
        case("drips", Drips(Greeting, drip), SILENT),
        case("trickles", Drips(Command, drip), SILENT),
        case("cuts", Cuts(Command, 40), AWAY),
        case("cuts-greeting", Cuts(Greeting, 3), AWAY),
        case(
            "cuts-literal",
            says(Command, b"* 1 FETCH (UID 1 BODY[1] {1000}\r\nabc"),
            AWAY,
        ),
        case(
            "huge",
            SaysAndWaits(
                Command,
                b"* 1 FETCH (UID 1 BODY[1] {4294967296}\r\n".to_vec(),
            ),
            NONSENSE,
        ),
        case(
            "floods",
            Floods(
                Command,
                b"* 1 FETCH (UID 1 BODY[1] {4294967296}\r\n".to_vec(),
                vec![b'x'; 1024],
            ),
            NONSENSE,
        ),
        case(
            "lines",
            Floods(Command, Vec::new(), b"* OK go on\r\n".to_vec()),
            NONSENSE,
        ),
        case(
            "endless",
            Floods(Command, Vec::new(), vec![b'y'; 1024]),
            NONSENSE,
        ),
        case(
            "fetches",
            many("* $N FETCH (UID $N FLAGS (\\Seen))"),
            NONSENSE,
        ),
        case(
            "envelopes",
            many(
                "* $N FETCH (UID $N FLAGS () RFC822.SIZE 1 INTERNALDATE \"01-Jan-2026 00:00:00 +0000\" \
            BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1))",
            ),
            NONSENSE,
        ),
        case("folders", many("* LIST () \"/\" folder$N"), NONSENSE),
        case(
            "statuses",
            many("* STATUS folder$N (MESSAGES 1 UNSEEN 1)"),
            NONSENSE,
        ),
        case("searches", many("* SEARCH $N 4294967295"), NONSENSE),
        case(
            "ranges",
            many("* ESEARCH (TAG \"$TAG\") UID ALL $N:4294967295"),
            NONSENSE,
        ),
        case(
            "vanished",
            many("* VANISHED (EARLIER) $N:4294967295"),
            NONSENSE,
        ),
        case("quotas", many("* QUOTA \"q$N\" (STORAGE $N 10)"), NONSENSE),
        case("capabilities", many("* CAPABILITY IMAP4rev1 X$N"), NONSENSE),
        case("deep", Says(Command, deep), AWAY),
        case(
            "garbage",
            Floods(Command, Vec::new(), eight_bit.clone()),
            NONSENSE,
        ),
        case(
            "garbled-greeting",
            SaysAndWaits(Greeting, [eight_bit, b"\r\n".to_vec()].concat()),
            NONSENSE,
        ),
        case(
            "web-server",
            says(Greeting, b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            NONSENSE,
        ),
        case("bye", says(Greeting, b"* BYE not today\r\n"), BUSY),
        case("bye-later", says(SignIn, b"* BYE too many\r\n"), BUSY),
        case(
            "bye-in-between",
            says(Command, b"* BYE shutting down\r\n"),
            FAREWELL,
        ),
        case(
            "wrong-tag",
            SaysAndWaits(Command, b"zz9 OK done\r\n".to_vec()),
            NONSENSE,
        ),
        case("limited", Refuses(SignIn, "[LIMIT] later"), BUSY),
        case("no", Refuses(Command, "[CANNOT] never"), NO),
        case("no-reason", Refuses(Command, "never"), NO),
    ]
}

/// Expects an answer that the program made itself, before the hard deadline; how busy the machine is shall not matter.
fn came_in_time(case: &Case, page: &Page) {
    page.hides("This took too long");
    let took = page.server_timing("total").millis;
    page.expect(took < HARD.as_secs_f64() * 1000.0, || {
        format!("{}: it took {took} ms", case.name)
    });
}

#[test]
fn whatever_a_server_does_the_page_comes_in_time_and_says_so() {
    let cases = cases();
    let scripts: Vec<ImapScript> = cases
        .iter()
        .map(|_| ImapScript::start("dovecot-2.3.19.1", Mischief::Honest))
        .collect();
    let domains: String = cases
        .iter()
        .zip(&scripts)
        .map(|(case, script)| {
            format!(
                "[[domain]]\nname = \"{}.test\"\nimap = {{ host = \"127.0.0.1\", port = {}, security = \"none\" }}\n",
                case.name,
                script.port()
            )
        })
        .collect();
    let seconds = DEADLINE.as_secs();
    let gate = format!("[gate]\ntotal = 64\ndeadline_seconds = {seconds}\n{domains}");
    let site = Site::new()
        .imap_at(scripts[0].address())
        .apache("StartServers 3\n")
        .config(&gate)
        .start();
    let readers: Vec<(Visitor, BTreeSet<String>)> = cases
        .iter()
        .map(|case| {
            let reader = site.sign_in_with(&format!("ann@{}.test", case.name), "x");
            let links = messages(&reader.get("/"));
            assert!(!links.is_empty(), "an empty inbox proves nothing");
            (reader, links)
        })
        .collect();
    for (case, script) in cases.iter().zip(&scripts) {
        script.misbehave(case.mischief.clone());
    }

    let watch = Watch::on(&site.program());
    // A flood takes all of a processor, so only a few come at once: each is to meet its bound before the deadline.
    let (floods, others): (Vec<_>, Vec<_>) = cases
        .iter()
        .zip(&readers)
        .partition(|(case, _)| matches!(case.mischief, Mischief::Floods(..)));
    let at_once = |some: &[(&Case, &(Visitor, BTreeSet<String>))]| {
        thread::scope(|scope| {
            for (case, (reader, known)) in some.iter().copied() {
                scope.spawn(move || {
                    let page = reader.get_once("/folder?f=Unknown");
                    came_in_time(case, &page);
                    page.expect(page.status() >= 400, || format!("{}: no error", case.name));
                    let says = if case.name == "no" { GONE } else { case.says };
                    page.expect(page.has_words(says), || {
                        format!("{}: the page does not say {says}", case.name)
                    });
                    // What was known before is shown, with a word on why it may be old.
                    let page = reader.get_once("/?compare=1");
                    came_in_time(case, &page);
                    page.has_status(200).shows(case.says);
                    assert_eq!(messages(&page), *known, "{}", page.report(case.name));
                });
            }
        })
    };
    at_once(&others);
    floods.chunks(3).for_each(at_once);
    let peak = watch.peak_mb();
    println!("{peak} MB at most");
    assert!((1..64).contains(&peak), "{peak} MB");

    // Nobody holds anything, and all of them recover.
    until("all have ended", || {
        kernel::processes(&site.program()).is_empty()
    });
    for user in fs::read_dir(site.state_dir().join("users")).expect("users/") {
        let lock = user.expect("a user").path().join("lock");
        assert_eq!(kernel::lock(&lock), (None, 0));
    }
    for ((case, (reader, known)), script) in cases.iter().zip(&readers).zip(&scripts) {
        script.misbehave(Mischief::Honest);
        let page = reader.get("/?compare=1");
        page.has_status(200).hides(case.says);
        assert_eq!(messages(&page), *known, "{}", page.report(case.name));
    }
}

/// Where the messages of a list lead.
fn messages(page: &Page) -> BTreeSet<String> {
    page.attributes_of("a[href*='/message']", "href")
        .into_iter()
        .collect()
}

#[test]
fn a_folder_that_may_not_be_opened_is_not_taken_for_one_that_is_gone() {
    for (words, folder, says, reason) in [
        (
            "[NOPERM] For the board <only>",
            "Nosuch",
            NO,
            "For the board <only>",
        ),
        ("[UNAVAILABLE] Disk 3 sleeps", "Nosuch", NO, "Disk 3 sleeps"),
        ("[INUSE] Being repaired", "Nosuch", NO, "Being repaired"),
        ("[SERVERBUG] Oops", "Nosuch-2", NO, "Oops"),
        (
            "[LIMIT] Too many are open",
            "Nosuch-2",
            NO,
            "Too many are open",
        ),
        // Without a code: whether it is in the list of folders tells.
        ("Permission denied", "Nosuch", NO, "Permission denied"),
        ("Permission denied", "Nosuch-2", GONE, ""),
        ("[NONEXISTENT] No such folder", "Nosuch", GONE, ""),
    ] {
        let mut transcript = Transcript::named("dovecot-2.3.19.1");
        for exchange in &mut transcript.exchanges {
            if exchange.command.starts_with("SELECT \"nosuch\"") {
                exchange.responses = vec![format!("{} NO {words}\r\n", exchange.tag).into()];
            }
            if exchange.command.starts_with("LIST") {
                let listed = exchange.responses.iter();
                let listed = listed.map(|line| replaced(line, b"Drafts", b"Nosuch"));
                exchange.responses = listed.collect();
            }
        }
        let script = ImapScript::speaking(transcript, Mischief::Honest);
        let site = Site::new().imap_at(script.address()).start();
        let ann = site.sign_in_with("ann", "x");
        let page = ann.get_once(&format!("/folder?f={folder}"));
        page.expect(page.has_words(says) && page.has_words(reason), || {
            format!("the answer to NO {words} is another page")
        });
        let status = if says == GONE { 410 } else { 502 };
        page.has_status(status);
        // The log is not told: there it might be somebody's name.
        assert!(reason.is_empty() || !site.log().contains(reason));
    }
}

#[test]
fn a_farewell_is_passed_on_in_the_words_of_the_server() {
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Honest);
    let site = Site::new().imap_at(script.address()).start();
    let ann = site.sign_in_with("ann", "x");
    ann.get("/").has_status(200);
    let bye = b"* BYE [UNAVAILABLE] Back at \x01 9 <b>sharp</b> caf\xe9\r\n";
    script.misbehave(Mischief::Says(When::Command, bye.to_vec()));
    let page = ann.get_once("/folder?f=Unknown");
    page.has_status(502).shows(FAREWELL);
    page.shows("Back at 9 <b>sharp</b> caf\u{fffd}");
    ann.get_once("/?compare=1")
        .has_status(200)
        .shows(FAREWELL)
        .shows("Back at 9 <b>sharp</b> caf\u{fffd}");
}

#[test]
fn a_password_that_is_no_longer_right_ends_the_session_and_no_other_refusal_does() {
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Honest);
    let site = Site::new().imap_at(script.address()).start();
    let reader = site.sign_in_with("ann", "x");
    for words in [
        "[UNAVAILABLE] later",
        "[INUSE] busy",
        "[LIMIT] too many connections",
    ] {
        script.misbehave(Mischief::Refuses(When::SignIn, words));
        reader.get_once("/?compare=1").has_status(200).shows(BUSY);
    }
    script.misbehave(Mischief::Refuses(When::SignIn, "who are you"));
    let page = reader.get_once("/?compare=1");
    page.has_status(401)
        .shows("no longer accepts your password");
    reader.get_once("/").has_status(401);
}

#[test]
fn a_sign_in_at_a_broken_server_keeps_the_form_and_counts_for_nothing() {
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Honest);
    let site = Site::new()
        .imap_at(script.address())
        .config("[gate]\ndeadline_seconds = 5\n[limits]\nlogins_per_minute = 1")
        .start();
    let stranger = site.visitor();
    for (mischief, says) in [
        (Mischief::Silent(When::SignIn), SILENT),
        (Mischief::Cuts(When::SignIn, 2), AWAY),
        (Mischief::Says(When::Greeting, b"* BYE\r\n".to_vec()), BUSY),
        (
            Mischief::SaysAndWaits(When::Greeting, b"\xff\r\n".to_vec()),
            NONSENSE,
        ),
    ] {
        script.misbehave(mischief);
        let form = stranger.get("/sign-in");
        let form = form
            .form("sign-in")
            .set("login", "ann")
            .set("password", "x");
        let page = form.submit_once();
        page.expect(page.status() >= 500, || "no error".to_owned());
        page.shows(says).shows("Your password was not checked");
        assert_eq!(page.form("sign-in").value("login"), Some("ann"));
    }
    assert!(!site.state_dir().join("users").exists());
    script.misbehave(Mischief::Honest);
    site.sign_in_with("ann", "x").get("/").has_status(200);
}

/// The rows of a list, and those among them that say that the server could not read their message.
fn rows(page: &Page) -> (usize, usize) {
    let rows = page.texts_of("li.row");
    let unread = rows
        .iter()
        .filter(|row| row.contains("could not read this message"));
    (rows.len(), unread.count())
}

#[test]
fn a_message_that_the_server_cannot_read_costs_no_other_its_row() {
    let uids = Transcript::named("dovecot-2.3.19.1").uids();
    for how in [Unreadable::Omits, Unreadable::Refuses, Unreadable::Leaves] {
        for bad in [uids[0], uids[1], *uids.last().expect("some mail")] {
            let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Unreadable(bad, how));
            let site = Site::new().imap_at(script.address()).start();
            let ann = site.sign_in_with("ann", "x");
            let list = ann.get("/");
            list.has_status(200);
            let told = format!("{how:?} {bad}");
            assert_eq!(rows(&list), (uids.len(), 1), "{}", list.report(&told));
            // It is remembered, so that the next click asks nobody.
            let again = ann.get("/");
            connections(&again, 0);
            assert_eq!(rows(&again), (uids.len(), 1), "{}", again.report(&told));
            // What the server can read again is shown as soon as it is opened.
            let link = again
                .attributes_of(".row > a", "href")
                .into_iter()
                .find(|href| href.contains(&format!("u={bad}&")))
                .expect("a link for every row");
            script.misbehave(Mischief::Honest);
            ann.get(&link).has_status(200);
            assert_eq!(rows(&ann.get("/")), (uids.len(), 0), "{told}");
        }
    }
}

#[test]
fn a_row_that_came_garbled_is_asked_for_again_a_moment_later() {
    let transcript = "dovecot-2.3.19.1";
    let uids = Transcript::named(transcript).uids();
    let (bad, other) = (uids[1], uids[2]);
    let subject = |uid: u32| format!("Message {uid}");
    for how in [
        Garble::NoHeader,
        Garble::EmptyHeader,
        Garble::AByteMore,
        Garble::AByteLess,
        Garble::NoStructure,
        Garble::AnothersNumber(other),
    ] {
        let script = ImapScript::start(transcript, Mischief::Garbles(bad, how));
        let clock = Clock::start(Site::new().imap_at(script.address()));
        let ann = clock.site.sign_in_with("ann", "x");
        let list = ann.get("/");
        list.has_status(200);
        assert_eq!(rows(&list).0, uids.len(), "{}", list.report("a row less"));
        for uid in uids.iter().filter(|uid| ![bad, other].contains(uid)) {
            list.shows(&subject(*uid));
        }
        // The click after it asks nobody.
        script.misbehave(Mischief::Honest);
        let again = ann.get("/");
        connections(&again, 0);
        clock.set("+70s");
        let healed = ann.get("/");
        for uid in &uids {
            healed.expect(healed.has_words(&subject(*uid)), || {
                format!("{how:?}: message {uid} stays as it came")
            });
        }
        assert_eq!(rows(&healed), (uids.len(), 0), "{how:?}");
        // What is whole is not asked for again.
        let before = script.heard().len();
        clock.set("+20m");
        ann.get("/");
        let heard = script.heard().split_off(before);
        let asks = heard.iter().any(|said| said.contains("BODYSTRUCTURE"));
        assert!(!asks, "{how:?}: {heard:?}");
    }
}

#[test]
fn a_row_that_never_comes_whole_is_asked_for_ever_more_rarely() {
    let transcript = "dovecot-2.3.19.1";
    let bad = Transcript::named(transcript).uids()[1];
    let script = ImapScript::start(transcript, Mischief::Garbles(bad, Garble::NoHeader));
    let clock = Clock::start(Site::new().imap_at(script.address()));
    let ann = clock.site.sign_in_with("ann", "x");
    ann.get("/").has_status(200);
    let mut asked = Vec::new();
    for minutes in [2, 4, 12, 14, 80, 120, 400] {
        clock.set(&format!("+{minutes}m"));
        let before = script.heard().len();
        ann.get("/").has_status(200);
        let heard = script.heard().split_off(before);
        let rows = heard.iter().filter(|said| said.contains("BODYSTRUCTURE"));
        if rows.count() > 0 {
            asked.push(minutes);
        }
    }
    assert_eq!(asked, [2, 12, 80]);
}

#[test]
fn folders_that_are_listed_one_level_at_a_time_are_all_there_and_cost_no_flight_later() {
    let announced = Transcript::named("pymap-0.36.7");
    let mut silent = announced.clone();
    for response in silent.exchanges.iter_mut().flat_map(|e| &mut e.responses) {
        for attribute in [&b"\\HasNoChildren"[..], b"\\HasChildren"] {
            *response = replaced(response, attribute, b"");
        }
    }
    for transcript in [announced, silent] {
        let script = ImapScript::speaking(transcript, Mischief::ListsByLevel);
        let site = Site::new().imap_at(script.address()).start();
        let ann = site.sign_in_with("ann", "x");
        let list = ann.get("/");
        list.has_status(200);
        let nested = |page: &Page| {
            let folders = page.texts_of(".folders a.line");
            folders.iter().any(|name| name.contains("rust"))
        };
        list.expect(nested(&list), || "Lists/rust is not listed".to_owned());
        let before = script.heard().len();
        let again = ann.get("/?compare=1");
        again.expect(nested(&again), || "Lists/rust is gone".to_owned());
        // All of it goes out together: nothing about folders comes behind the opening of the one that is looked at.
        let heard = script.heard().split_off(before);
        let place = |words: &[&str]| {
            let is = |said: &String| words.iter().any(|word| said.starts_with(word));
            heard.iter().rposition(is)
        };
        assert!(
            place(&["LIST"]) < place(&["EXAMINE", "SELECT"]),
            "{heard:?}"
        );
    }
}

#[test]
fn a_server_that_sorts_nothing_is_asked_for_its_own_order() {
    let uids = Transcript::named("dovecot-2.3.19.1").uids();
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::SortsNothing);
    let site = Site::new().imap_at(script.address()).start();
    let ann = site.sign_in_with("ann", "x");
    let list = ann.get("/");
    list.has_status(200).hides("This folder is empty");
    assert_eq!(rows(&list), (uids.len(), 0));
    let checked = list.click("Refresh");
    checked.has_status(200);
    assert_eq!(rows(&checked), (uids.len(), 0));
}

#[test]
fn an_order_that_came_before_the_server_refused_it_is_shown() {
    let uids = Transcript::named("dovecot-2.3.19.1").uids();
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::SortsAndRefuses);
    let site = Site::new().imap_at(script.address()).start();
    let ann = site.sign_in_with("ann", "x");
    let list = ann.get("/");
    list.has_status(200).hides("This folder is empty");
    assert_eq!(rows(&list), (uids.len(), 0));
}

#[test]
fn a_mail_whose_file_name_tells_dovecot_a_wrong_size_costs_no_other_its_row() {
    let site = Site::with_inbox(4);
    let mail = "From: Sender <sender@example.org>\nTo: Ann <ann@example.org>\nSubject: Its file name tells a wrong size\n\nwords\n";
    // As moved or recompressed Maildirs have it.
    let name = format!("1796000000.M1P1.localhost,S={}:2,", mail.len() + 7);
    let file = site
        .place()
        .write(&format!("mail/ann/Maildir/cur/{name}"), mail);
    place::give_to_worker(&file);
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    list.has_status(200);
    assert_eq!(rows(&list), (5, 1), "{}", list.report("rows"));
    connections(&ann.get("/"), 0);
    list.click("Message 2").shows("This is message 2.");
}

#[test]
fn what_the_server_wants_its_user_to_see_is_shown_once() {
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Honest);
    let site = Site::new().imap_at(script.address()).start();
    let ann = site.sign_in_with("ann", "x");
    ann.get("/").has_status(200).hides("The mail server says:");
    script.misbehave(Mischief::Alerts("Moves <b>tonight</b> at nine"));
    let page = ann.get("/?compare=1");
    page.has_status(200).shows("The mail server says:");
    let shown = page.text().matches("Moves <b>tonight</b> at nine").count();
    assert_eq!(shown, 1, "{}", page.text());
}

/// A mailbox with one message, whose second part is a long attachment: as long as it and its message are announced.
fn with_an_attachment() -> Transcript {
    with_an_attachment_of(|size| size)
}

/// The same, announced as so long.
fn with_an_attachment_of(told: impl Fn(usize) -> usize) -> Transcript {
    let mut transcript = Transcript::named("dovecot-2.3.19.1");
    let (part, whole) = (told(content("2", 4).len()), told(content("", 4).len()));
    let row = format!(
        "* 1 FETCH (UID 4 FLAGS () INTERNALDATE \"02-Nov-2026 10:00:00 +0000\" RFC822.SIZE {whole} BODYSTRUCTURE \
         ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 10 1)(\"application\" \"octet-stream\" (\"name\" \"big.bin\") NIL NIL \
         \"7bit\" {part} NIL (\"attachment\" (\"filename\" \"big.bin\")) NIL NIL) \"mixed\"))\r\n"
    );
    for exchange in &mut transcript.exchanges {
        if exchange.command.starts_with("FETCH 1:* (UID") {
            let end = exchange.responses.pop().expect("an end");
            exchange.responses = vec![row.clone().into_bytes(), end];
        }
    }
    transcript
}

/// The address of the message with UID 4, from the list.
fn link_to_the_fourth(who: &Visitor) -> String {
    let links = who.get("/").attributes_of(".row > a", "href");
    let link = links.into_iter().find(|href| href.contains("u=4&"));
    link.expect("the message")
}

#[test]
fn a_download_goes_on_from_what_came_and_is_never_taken_for_whole_where_it_is_cut() {
    for pieces in [
        Pieces::Right,
        Pieces::Short,
        Pieces::WithoutOrigin,
        Pieces::WithLength,
        Pieces::CutShort,
    ] {
        let script = ImapScript::speaking(with_an_attachment(), Mischief::Pieces(pieces));
        let site = Site::new().imap_at(script.address()).start();
        let ann = site.sign_in_with("ann", "x");
        let message = ann.get(&link_to_the_fourth(&ann));
        for (link, section) in [("Download big.bin", "2"), ("Download message", "")] {
            let saved = message.click_once(link);
            if pieces == Pieces::CutShort {
                saved.has_status(502).shows(NONSENSE);
                continue;
            }
            saved.has_status(200);
            let whole = content(section, 4);
            saved.expect(saved.body() == whole, || {
                let (came, all) = (saved.body().len(), whole.len());
                format!("{pieces:?}, {link}: {came} of {all} bytes")
            });
        }
    }
}

#[test]
fn where_the_server_says_that_nothing_follows_a_download_is_whole() {
    // As Exchange tells sizes, which it estimates.
    let too_large = |size: usize| size + size / 5;
    for (pieces, is_whole) in [
        (Pieces::Right, true),
        (Pieces::Short, true),
        (Pieces::RefusedBehind, false),
        (Pieces::BrokenBehind, false),
        (Pieces::CutShort, false),
    ] {
        let mailbox = with_an_attachment_of(too_large);
        let script = ImapScript::speaking(mailbox, Mischief::Pieces(pieces));
        let site = Site::new().imap_at(script.address()).start();
        let ann = site.sign_in_with("ann", "x");
        let message = ann.get(&link_to_the_fourth(&ann));
        let saved = message.click_once("Download message");
        let whole = content("", 4);
        let is_as_it_should = match is_whole {
            true => saved.status() == 200 && saved.body() == whole,
            false => saved.status() >= 500,
        };
        saved.expect(is_as_it_should, || {
            let (came, all) = (saved.body().len(), whole.len());
            format!("{pieces:?}: {came} of {all} bytes")
        });
    }
}

#[test]
fn a_size_that_nobody_told_is_not_said_to_be_nothing() {
    let script = ImapScript::speaking(with_an_attachment_of(|_| 0), Mischief::Honest);
    let site = Site::new().imap_at(script.address()).start();
    let ann = site.sign_in_with("ann", "x");
    let message = ann.get(&link_to_the_fourth(&ann));
    message.shows("big.bin").hides("0 bytes");
    message.click("Print").shows("big.bin").hides("0 bytes");
}

#[test]
fn a_file_without_a_name_in_the_structure_has_that_of_its_own_header() {
    let mut transcript = with_an_attachment();
    for exchange in &mut transcript.exchanges {
        for response in &mut exchange.responses {
            let nameless = br#"NIL NIL NIL "7bit""#;
            let said = replaced(response, br#"("name" "big.bin") NIL NIL "7bit""#, nameless);
            *response = replaced(&said, br#"("attachment" ("filename" "big.bin"))"#, b"NIL");
        }
    }
    let script = ImapScript::speaking(transcript, Mischief::Honest);
    let site = Site::new().imap_at(script.address()).start();
    let ann = site.sign_in_with("ann", "x");
    let link = link_to_the_fourth(&ann);
    let message = ann.get(&link);
    assert!(
        message.has_link("Download named.bin"),
        "{}",
        message.report("no name")
    );
    // It is kept.
    let again = ann.get(&link);
    connections(&again, 0);
    assert!(again.has_link("Download named.bin"));
}
