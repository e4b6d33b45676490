//! Servers that hang, drip, cut, flood and lie: an error within the deadline, and bounded memory. Whoever meets them is a
//! process of its own, with as much address space as a program of a host has.

use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use postern::error::{Imap, Said};
use postern::mail::{Flags, Uid};

use super::limited::{self, Task, said_by, tell_peak};
use super::play;
use crate::support::imap_script::{ImapScript, Mischief, When};

/// More than any machine needs for what does not wait for a deadline.
const AMPLE: Duration = Duration::from_secs(60);

/// How a hostile server is met, where no deadline plays a part: which kind of error, and with a bound on what was read of it.
fn hostile(mischief: Mischief) -> String {
    hostile_for(AMPLE, mischief)
}

fn hostile_for(deadline: Duration, mischief: Mischief) -> String {
    let told = format!("{mischief:?}")
        .chars()
        .take(100)
        .collect::<String>();
    let script = ImapScript::start("dovecot-2.3.19.1", mischief);
    let begun = Instant::now();
    let met = limited::met(Task::Visit, script.port(), deadline);
    // Far more than a deadline here, so that it does not matter how busy the machine is.
    let took = begun.elapsed();
    assert!(took < AMPLE, "{told}: {took:?}");
    // Whatever was read was held at most once, so the bytes bound the memory.
    assert!(
        script.sent() < 40 * 1024 * 1024,
        "{told}: {} bytes",
        script.sent()
    );
    met
}

/// How a kind of error is told.
fn kind(kind: Imap) -> String {
    format!("{kind:?}")
}

#[test]
fn a_server_that_says_nothing_or_drips_meets_the_deadline() {
    for when in [When::Greeting, When::SignIn, When::Command] {
        let drip = Mischief::Drips(when, Duration::from_millis(100));
        for mischief in [Mischief::Silent(when), drip] {
            let met = hostile_for(Duration::from_millis(400), mischief);
            assert_eq!(met, kind(Imap::Timeout), "{when:?}");
        }
    }
}

#[test]
fn a_tls_record_that_drips_meets_the_deadline_too() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let dripping = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        // The head of a handshake record of 16 KB, whose bytes keep the socket busy and TLS waiting.
        let mut next: &[u8] = &[0x16, 3, 3, 0x40, 0];
        while stream.write_all(next).is_ok() {
            next = &[2];
            thread::sleep(Duration::from_millis(20));
        }
    });
    let begun = Instant::now();
    let met = limited::met(Task::Tls, port, Duration::from_millis(400));
    assert_eq!(met, kind(Imap::Timeout));
    assert!(begun.elapsed() < AMPLE);
    dripping
        .join()
        .expect("the server ends when its client left");
}

#[test]
fn a_server_that_cuts_is_unreachable_wherever_it_cuts() {
    for when in [When::Greeting, When::SignIn, When::Command] {
        for count in [0, 1, 7] {
            assert_eq!(
                hostile(Mischief::Cuts(when, count)),
                kind(Imap::Unreachable),
                "{when:?} {count}"
            );
        }
    }
    let literal = b"* 1 FETCH (UID 1 BODY[] {500}\r\nabc".to_vec();
    assert_eq!(
        hostile(Mischief::Says(When::Command, literal)),
        kind(Imap::Unreachable)
    );
}

#[test]
fn a_literal_that_no_request_may_hold_ends_the_connection_at_its_announcement() {
    for size in ["4294967296", "999999999999999999999999", "40000000"] {
        let line = format!("* 1 FETCH (BODY[] {{{size}}}\r\n").into_bytes();
        assert_eq!(
            hostile(Mischief::SaysAndWaits(When::Command, line)),
            kind(Imap::Garbled),
            "{size}"
        );
    }
}

#[test]
fn floods_end_at_their_bound() {
    for (what, first, again) in [
        ("a line without end", &b"* OK "[..], &b"x"[..]),
        ("responses without end", &b""[..], &b"* 1 EXISTS\r\n"[..]),
        ("empty lines without end", &b""[..], &b"\r\n"[..]),
        (
            "literals without end",
            &b"* 1 FETCH ("[..],
            &b"X {1}\r\na "[..],
        ),
        (
            "nesting without end",
            &b"* 1 FETCH (BODYSTRUCTURE "[..],
            &b"("[..],
        ),
        ("searches without end", &b""[..], &b"* SEARCH 4 9 2\r\n"[..]),
    ] {
        let mischief = Mischief::Floods(When::Command, first.to_vec(), again.to_vec());
        assert_eq!(hostile(mischief), kind(Imap::Garbled), "{what}");
    }
}

#[test]
fn what_is_not_an_answer_ends_the_connection_or_loses_itself() {
    for garbage in [
        &b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"[..],
        b"\0\xff\xfe\r\n",
        b"220 mail.example.org ESMTP\r\n",
    ] {
        let met = hostile(Mischief::Says(When::Greeting, garbage.to_vec()));
        assert_eq!(met, kind(Imap::Garbled));
    }
    for garbage in [
        &b"zz OK done\r\n"[..],
        b"a999 NO done\r\n",
        b"$TAG OK one\r\n$TAG OK two\r\n",
        b"$TAG MAYBE\r\n",
    ] {
        let met = hostile(Mischief::Says(When::Command, garbage.to_vec()));
        let either = [Imap::Garbled, Imap::Unreachable].map(kind);
        assert!(either.contains(&met), "{met}");
    }
    let goodbye = b"* BYE shutting down\r\n".to_vec();
    assert_eq!(
        hostile(Mischief::Says(When::Command, goodbye)),
        kind(Imap::Goodbye(Said::new(b"shutting down")))
    );
}

#[test]
fn five_thousand_parentheses_lose_one_structure_and_nothing_else() {
    said_by("door::hostile::child_with_five_thousand_parentheses", &[]);
}

#[test]
#[ignore = "another test runs it, in a process of its own"]
fn child_with_five_thousand_parentheses() {
    let deep = [
        b"* 1 FETCH (UID 4 BODYSTRUCTURE ".to_vec(),
        vec![b'('; 5_000],
        vec![b')'; 5_000],
        b" RFC822.SIZE 7)\r\n* 2 FETCH (UID 5 FLAGS (\\Seen caf\xe9))\r\nA######## NO caf\xe9 \0\r\n".to_vec(),
    ];
    let played = play(&deep.concat()).expect("a flight");
    let uid = |n| Uid::new(n).expect("not 0");
    let message = played.folder.messages.get(&uid(4)).expect("UID 4");
    assert!(message.structure_refused && message.size == Some(7));
    assert_eq!(
        played
            .folder
            .messages
            .get(&uid(5))
            .and_then(|m| m.flags.as_ref()),
        Some(&Flags::SEEN)
    );
    assert!(
        !played.ok[0],
        "an end that the crate cannot read is still an end"
    );
    tell_peak();
}

#[test]
fn no_answer_takes_more_than_64_mb() {
    let many = |count: u32, line: &dyn Fn(u32) -> String| (1..count).map(line).collect::<String>();
    let parts = r#"("a" "b" NIL NIL NIL NIL 1)"#.repeat(250);
    let long = "a".repeat(3_900_000);
    for (name, lines) in [
        (
            "messages",
            many(145_000, &|n| {
                format!("* {n} FETCH (UID {n} FLAGS (\\Seen) RFC822.SIZE 1)\r\n")
            }),
        ),
        (
            "messages without UID",
            many(145_000, &|n| format!("* {n} FETCH (FLAGS ())\r\n")),
        ),
        (
            "structures",
            many(3_000, &|n| {
                format!("* {n} FETCH (UID {n} BODYSTRUCTURE ({parts}\"mixed\"))\r\n")
            }),
        ),
        (
            "literals",
            many(7, &|n| {
                format!("* 1 FETCH (UID 1 BODY[{n}] {{3900000}}\r\n{long})\r\n")
            }),
        ),
        (
            "sections",
            format!("* 1 FETCH (UID 1{})\r\n", " BODY[1] a".repeat(700_000)),
        ),
        (
            "folders",
            many(145_000, &|n| {
                format!("* LIST (\\a \\b \\c \\d) \"/\" folder{n}\r\n")
            }),
        ),
        (
            "numbers",
            format!("* SEARCH{}\r\n", many(900_000, &|n| format!(" {}", 3 * n))),
        ),
        (
            "extensions",
            many(3_000, &|n| {
                format!("* ENABLED{}\r\n", format!(" X{n}").repeat(1_000))
            }),
        ),
    ] {
        let answer = format!("{lines}$TAG OK done\r\n").into_bytes();
        let mischief = Mischief::SaysAndWaits(When::Command, answer);
        let script = ImapScript::start("dovecot-2.3.19.1", mischief);
        let met = limited::met(Task::Search, script.port(), AMPLE);
        assert!(
            met.contains("true): ") || met == kind(Imap::Garbled),
            "{name}: nothing was read, {met}"
        );
    }
}

#[test]
fn what_comes_in_the_clear_behind_starttls_is_refused() {
    for (greeting, expected) in [
        (
            "* OK ready\r\np0 OK go on\r\n* CAPABILITY AUTH=PLAIN\r\n",
            Imap::Garbled,
        ),
        ("* BYE full\r\n", Imap::LoginLater),
        ("220 mail.example.org ESMTP\r\n", Imap::Garbled),
        ("* OK ready\r\n", Imap::Timeout),
    ] {
        let mischief = Mischief::SaysAndWaits(When::Greeting, greeting.as_bytes().to_vec());
        let script = ImapScript::start("dovecot-2.3.19.1", mischief);
        let met = limited::met(Task::Starttls, script.port(), Duration::from_millis(500));
        assert_eq!(met, kind(expected), "{greeting}");
    }
}
