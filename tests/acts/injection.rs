//! Hostile forms: whatever stands in their fields, no command is ended or added, and nothing fails that should be refused.

use super::{act, plan, shown, subjects, uid_of};
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// What might end a command, begin a literal, or be taken for a pattern.
pub const WORDS: [&str; 22] = [
    "",
    " ",
    "a\r\nz LOGOUT",
    "a\nz LOGOUT",
    "a\rz LOGOUT",
    "a\0b",
    "\"",
    "a\" (",
    "\\",
    "\\\"",
    "{5}",
    "{5+}",
    "x {5}\r\n",
    "%",
    "*",
    "Archive%",
    "é",
    "한국 🎻",
    "\u{202e}",
    "&-",
    "~peter/../../etc",
    "4294967296",
];

/// The commands that a client of ours sends.
const COMMANDS: [&str; 19] = [
    "CAPABILITY",
    "LOGIN",
    "AUTHENTICATE",
    "ENABLE",
    "NAMESPACE",
    "LIST",
    "LSUB",
    "STATUS",
    "SELECT",
    "EXAMINE",
    "UID",
    "CREATE",
    "SUBSCRIBE",
    "GETQUOTAROOT",
    "NOOP",
    "LOGOUT",
    "EXPUNGE",
    "ID",
    "COMPRESS",
];

/// Every command that was sent begins with a tag of ours and a word of ours, and there is no LOGOUT of another's.
pub fn expect_no_command_added(site: &Site, what: &str) {
    expect_only(site, &COMMANDS, what);
}

/// True for what a client may say outside of literals (RFC 9051 9): printable ASCII, and strings that end.
fn is_well_formed(said: &str) -> bool {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in said.chars() {
        match c {
            _ if is_escaped => match c {
                '"' | '\\' => is_escaped = false,
                _ => return false,
            },
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ' '..='~' => {}
            _ => return false,
        }
    }
    !is_quoted && !is_escaped
}

#[test]
fn a_command_that_is_not_well_formed_would_be_found() {
    for well in [
        "a1 NOOP",
        "a1 SELECT \"a\\\"b\\\\\"",
        "a1 X {5}",
        " \"&-\" (\\Seen)",
    ] {
        assert!(is_well_formed(well), "{well}");
    }
    for ill in [
        "a1 SELECT \"a",
        "a1 X \"a\\x\"",
        "a1 X \u{e9}",
        "a1 X\rz NOOP",
        "a1 X \0",
    ] {
        assert!(!is_well_formed(ill), "{ill:?}");
    }
}

/// Every command that was sent begins with a tag of ours and one of these words, and is one as it should be.
pub fn expect_only(site: &Site, commands: &[&str], what: &str) {
    // A lone CR ends no line here, and may end one elsewhere.
    for line in site.proxy().transcript().split('\n') {
        let Some((_, said)) = line.split_once(" C: ") else {
            continue;
        };
        assert!(is_well_formed(said), "{what}: {said:?}");
        let mut words = said.split(' ');
        let (tag, verb) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        // What goes on behind a literal, and words of a sign-in.
        if said == "..." || said.is_empty() || said.starts_with(' ') {
            continue;
        }
        assert_ne!(tag, "z", "{what}: {said}");
        assert!(commands.contains(&verb), "{what}: {said}");
    }
}

fn sent(ann: &Visitor, field: &str, value: &str) -> (u16, String) {
    let list = ann.get("/");
    let form = list
        .form("rows")
        .tick("u", &uid_of(&list, &shown(&list)[0]));
    let form = match field {
        "to" => form.smuggle("act", "move"),
        "act" | "all" => form,
        "find" => form.smuggle("act", "copy"),
        _ => form.smuggle("act", "star"),
    };
    let form = form.unset(field).smuggle(field, value);
    let form = if field == "all" {
        form.smuggle("act", "star")
    } else {
        form
    };
    let page = ann.follow(form.submit_once());
    (page.status(), page.text())
}

#[test]
fn nothing_that_a_form_says_becomes_a_command() {
    let site = plan(6).proxied().start();
    let ann = site.sign_in("ann");
    let huge = [
        "x".repeat(999),
        "x".repeat(100_000),
        "9".repeat(50),
        "1,".repeat(20_000),
    ];
    let values: Vec<&str> = WORDS
        .into_iter()
        .chain(huge.iter().map(String::as_str))
        .collect();
    for field in [
        "to", "in", "f", "u", "all", "act", "once", "undoes", "find", "v", "p", "r", "sure",
        "token",
    ] {
        for value in &values {
            let shown: String = value.chars().take(30).collect();
            site.proxy().reset();
            let (status, text) = sent(&ann, field, value);
            // The mail server may refuse (502); nothing of ours may fail.
            assert!(
                status < 500 || status == 502,
                "{field}={shown:?}: {status} {text}"
            );
            expect_no_command_added(&site, &format!("{field}={shown:?}"));
        }
    }
    for value in [
        "0.0",
        "4294967295.4294967295",
        "4294967296.1",
        "7.",
        ".",
        "-1.1",
        "7.1.1",
    ] {
        let (status, text) = sent(&ann, "all", value);
        assert!(status < 500, "all={value}: {status} {text}");
    }
    for value in [
        "1:4294967295",
        "4294967295:1",
        "0",
        "1:0",
        "*",
        "1:*",
        "1,,2",
        "-1",
        " 1",
        "+1",
    ] {
        let (status, _) = sent(&ann, "u", value);
        assert!(status < 500, "u={value}: {status}");
    }
    assert_eq!(subjects(&site, "INBOX").len(), 6);
}

#[test]
fn folders_with_odd_names_are_targets_like_others() {
    let names = [
        "a b", " edge ", "a\\\"b", "a\\\\b", "{5}", "{5+}", "&-&-", "50%", "st*r", "&2Dzfuw-",
        "Tr&AOk-s", "(x)", "NIL", "]",
    ];
    let site = plan(names.len() + 2).proxied().start();
    let ann = site.sign_in("ann");
    let mut other = site.other_client("ann");
    for name in names {
        // What the server does not let be made is nobody's target.
        if !other.tries(&format!("CREATE \"{name}\"")) {
            continue;
        }
        let wire = name.replace("\\\"", "\"").replace("\\\\", "\\");
        site.proxy().reset();
        let list = ann.get("/").click("Refresh");
        let newest = shown(&list)[0].clone();
        let form = list.form("rows").tick("u", &uid_of(&list, &newest));
        let done = form.smuggle("to", &wire).press("act", "move");
        done.has_status(200).shows("1 message moved to");
        assert_eq!(
            subjects(&site, name),
            std::slice::from_ref(&newest),
            "{name}"
        );
        expect_no_command_added(&site, name);
        let back = done.click("Undo");
        back.has_status(200).shows("1 message moved to");
        assert!(subjects(&site, name).is_empty(), "{name}");
        // From there, too.
        let query: String = form_urlencoded::byte_serialize(wire.as_bytes()).collect();
        ann.get(&format!("/folder?f={query}")).has_status(200);
        let again = ann.get("/");
        let form = again.form("rows").tick("u", &uid_of(&again, &newest));
        form.smuggle("to", &wire)
            .press("act", "copy")
            .has_status(200);
        let there = ann.get(&format!("/folder?f={query}"));
        act(&there, &[&newest], "delete")
            .has_status(200)
            .shows("1 message moved to");
        assert!(subjects(&site, name).is_empty(), "{name}");
    }
}

#[test]
fn the_notice_and_the_page_of_another_are_not_mine() {
    let site = plan(4).start();
    let (ann, other) = (site.sign_in("ann"), site.sign_in("ann"));
    let list = ann.get("/");
    let newest = shown(&list)[0].clone();
    let done = act(&list, &[&newest], "star");
    let undoes = done.attributes_of(".note input[name=undoes]", "value");
    let id = undoes.first().expect("an Undo").to_owned();
    // Another session's notice is named: nothing is withdrawn there, and the act is done as its form says.
    let theirs = other.get("/");
    let form = theirs
        .form("rows")
        .tick("u", &uid_of(&theirs, &newest))
        .smuggle("undoes", &id);
    form.smuggle("act", "unstar")
        .submit()
        .has_status(200)
        .shows("Star removed from 1 message.");
    // The page that was sent already says what it did, also under another's `once`.
    let form = theirs.form("rows").tick("u", &uid_of(&theirs, &newest));
    let once = list.form("rows").value("once").map(str::to_owned);
    if let Some(once) = once {
        let form = form
            .unset("once")
            .smuggle("once", &once)
            .smuggle("act", "star");
        let page = form.submit();
        assert!(page.status() < 500, "{}", page.text());
    }
    assert_eq!(subjects(&site, "INBOX").len(), 4);
}
