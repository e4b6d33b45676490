//! Signing in: passwords that are not ASCII, servers that take none by LOGIN, and refusals that are judged by their code.

use std::time::Duration;

use postern::error::{Error, Imap};
use postern::remote::{Account, Capabilities, Remote};
use postern::time::Deadline;

use super::script::Script;
use super::server;

const PLAIN: &str = "AGFubgBkw6lmYXV0";

/// What becomes of Ann's sign-in, and what the server is known to have afterwards.
fn sign_in(
    password: &str,
    known: Option<&str>,
    steps: &[(&str, &str)],
) -> Result<Capabilities, Imap> {
    sign_in_from(None, password, known, steps)
}

/// The same from an address that the server is told.
fn sign_in_from(
    client: Option<&str>,
    password: &str,
    known: Option<&str>,
    steps: &[(&str, &str)],
) -> Result<Capabilities, Imap> {
    let server = server(1);
    let account = Account {
        server: &server,
        login: "ann",
        password,
        client: client.map(|address| address.parse().expect("an address")),
    };
    let steps: Vec<(&[u8], &[u8])> = steps
        .iter()
        .map(|(hears, says)| (hears.as_bytes(), says.as_bytes()))
        .collect();
    let (script, _) = Script::of(&steps);
    let known = known.map(|words| Capabilities::parse(words.as_bytes()));
    let deadline = Deadline::after(Duration::from_secs(20));
    let mut remote = Remote::new(account, known, deadline);
    match remote.ready_over(Box::new(script)) {
        Ok(able) => Ok(able.clone()),
        Err(Error::Imap(kind, _)) => Err(kind),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_password_that_is_not_ascii_goes_as_a_literal() {
    // RFC 9051 4.3: a quoted string has no 8-bit bytes.
    let waits = [
        ("", "* OK [CAPABILITY IMAP4rev1] ready\r\n"),
        ("a1 LOGIN \"ann\" {7}\r\n", "+ go on\r\n"),
        ("défaut\r\n", "a1 OK in\r\n"),
    ];
    assert!(sign_in("défaut", None, &waits).is_ok());
    let goes = [
        ("", "* OK [CAPABILITY IMAP4rev1 LITERAL+] ready\r\n"),
        (
            "a1 LOGIN \"ann\" {7+}\r\ndéfaut\r\n",
            "a1 NO [AUTHENTICATIONFAILED] no\r\n",
        ),
    ];
    assert_eq!(sign_in("défaut", None, &goes), Err(Imap::LoginRefused));
    // Where PLAIN is offered it is better still.
    let plain = format!("a1 AUTHENTICATE PLAIN {PLAIN}\r\n");
    let better = [
        (
            "",
            "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n",
        ),
        (plain.as_str(), "a1 OK in\r\n"),
    ];
    assert!(sign_in("défaut", None, &better).is_ok());
}

#[test]
fn a_server_that_hides_that_it_takes_no_login_is_asked_once() {
    let answer = format!("{PLAIN}\r\n");
    let hidden = [
        ("", "* OK ready\r\n"),
        ("a1 LOGIN \"ann\" {7}\r\n", "a1 NO LOGIN disabled\r\n"),
        (
            "a2 CAPABILITY\r\n",
            "* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN\r\na2 OK done\r\n",
        ),
        ("a3 AUTHENTICATE PLAIN\r\n", "+ \r\n"),
        (
            answer.as_str(),
            "a3 OK [CAPABILITY IMAP4rev1 UIDPLUS] in\r\n",
        ),
    ];
    let able = sign_in("défaut", None, &hidden).expect("signed in");
    assert!(able.has("UIDPLUS") && able.has("LOGINDISABLED") && able.has("AUTH=PLAIN"));
    // The next connection knows.
    let known: Vec<&str> = able.words().collect();
    let next = [
        ("", "* OK ready\r\n"),
        ("a1 AUTHENTICATE PLAIN\r\n", "+ \r\n"),
        (answer.as_str(), "a1 OK in\r\n"),
    ];
    assert!(sign_in("défaut", Some(&known.join(" ")), &next).is_ok());
    // A password that is wrong stays wrong.
    let wrong = [
        ("", "* OK ready\r\n"),
        ("a1 LOGIN \"ann\" \"x\"\r\n", "a1 NO who are you\r\n"),
        (
            "a2 CAPABILITY\r\n",
            "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na2 OK done\r\n",
        ),
    ];
    assert_eq!(sign_in("x", None, &wrong), Err(Imap::LoginRefused));
}

#[test]
fn a_server_that_takes_no_passwords_refuses_nobody_for_theirs() {
    let told = [(
        "",
        "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] ready\r\n",
    )];
    let hidden = [
        ("", "* OK ready\r\n"),
        ("a1 LOGIN \"ann\" \"x\"\r\n", "a1 NO LOGIN disabled\r\n"),
        (
            "a2 CAPABILITY\r\n",
            "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\na2 OK done\r\n",
        ),
    ];
    for steps in [&told[..], &hidden[..]] {
        let refused = sign_in("x", None, steps).err();
        assert!(matches!(refused, Some(Imap::Refused(_))), "{refused:?}");
    }
}

#[test]
fn no_words_make_a_wrong_password_a_busy_server() {
    for words in [
        "LOGIN User name or passwd rejected, account in use",
        "too many failures",
        "try again",
        "[ALERT] temporarily unavailable, busy: limit exceeded, internal error",
    ] {
        let no = format!("a1 NO {words}\r\n");
        let steps = [
            ("", "* OK [CAPABILITY IMAP4rev1] ready\r\n"),
            ("a1 LOGIN \"ann\" \"x\"\r\n", no.as_str()),
        ];
        assert_eq!(
            sign_in("x", None, &steps),
            Err(Imap::LoginRefused),
            "{words}"
        );
    }
}

#[test]
fn a_server_that_is_to_know_is_told_before_the_sign_in_from_which_address_it_is() {
    let sign_in = |from, steps: &[(&str, &str)]| sign_in_from(Some(from), "x", None, steps);
    let told = |address: &str| format!("a1 ID (\"x-originating-ip\" \"{address}\")\r\n");
    let greeting = ("", "* OK [CAPABILITY IMAP4rev1 ID] ready\r\n");
    let login = "a2 LOGIN \"ann\" \"x\"\r\n";
    for (from, address) in [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
    ] {
        let told = told(address);
        let answer = "* ID (\"name\" \"Dovecot\")\r\na1 OK done\r\n";
        for answer in [
            answer,
            "* ID NIL\r\na1 OK\r\n",
            "a1 BAD what\r\n",
            "a1 NO no\r\n",
        ] {
            let steps = [greeting, (told.as_str(), answer), (login, "a2 OK in\r\n")];
            assert!(sign_in(from, &steps).is_ok(), "{from}: {answer}");
        }
        // A wrong password stays wrong.
        let wrong = ("a2 NO who are you\r\n", Err(Imap::LoginRefused));
        let steps = [greeting, (told.as_str(), "a1 OK\r\n"), (login, wrong.0)];
        assert_eq!(sign_in(from, &steps), wrong.1);
    }
    // One that does not know the command is not asked.
    let steps = [
        ("", "* OK [CAPABILITY IMAP4rev1] ready\r\n"),
        ("a1 LOGIN \"ann\" \"x\"\r\n", "a1 OK in\r\n"),
    ];
    assert!(sign_in("192.0.2.7", &steps).is_ok());
}
