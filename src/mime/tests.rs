//! Rules of reading mail, one story each. Whole mails by the thousand are in `tests/mail.rs`.

use super::{codec::*, structure::*};
use crate::mail::{Encoding, Flowed, Part, PartPath};
use crate::plain_text::{Block, Line, Span};
use crate::work::Work;

fn subject(value: &[u8]) -> String {
    headers(&[b"Subject: ", value, b"\r\n\r\n"].concat()).subject
}

fn people(value: &str) -> Vec<(String, String)> {
    let found = headers(format!("To: {value}\r\n\r\n").as_bytes()).to;
    found.into_iter().map(|a| (a.name, a.email)).collect()
}

#[test]
fn a_subject_is_read_as_the_world_writes_it() {
    for (value, shown) in [
        (&b"plain  words"[..], "plain  words"),
        (b"=?utf-8?Q?caf=C3=A9_au_lait?=", "caf\u{e9} au lait"),
        (b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "caf\u{e9}"),
        (b"=?utf-8?B?Y2Fmww?=\r\n =?UTF-8?B?qQ==?=", "caf\u{e9}"),
        (b"=?utf-8?B?Y2Fmw?= =?utf-8?B?6k=?=", "caf\u{e9}"),
        (b"=?iso-8859-1*en?Q?caf=E9?= x", "caf\u{e9} x"),
        (b"Re: =?iso-2022-jp?B?GyRCJU8bKEI=?=", "Re: \u{30cf}"),
        (b"caf\xe9", "caf\u{e9}"),
        (b"caf\xc3\xa9", "caf\u{e9}"),
        (b"=?utf-8?Q?two words?=", "two words"),
        (b"=?x-nowhere?Q?caf=E9?=", "caf\u{e9}"),
        (b"a =?utf-8?Q?b?= c =?broken", "a b c =?broken"),
        (b"folded\r\n\tonce", "folded once"),
        (b"=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        (b"=?utf-8?Q?=E2=80=AEevil?=", "evil"),
    ] {
        assert_eq!(subject(value), shown, "{}", String::from_utf8_lossy(value));
    }
}

#[test]
fn people_are_read_as_the_world_writes_them() {
    let one = |name: &str, email: &str| (name.to_owned(), email.to_owned());
    for (value, shown) in [
        ("ann@example.org", vec![one("", "ann@example.org")]),
        (
            "\"Peeters, Ann\" <ann@example.org>, b@c.d",
            vec![one("Peeters, Ann", "ann@example.org"), one("", "b@c.d")],
        ),
        (
            "=?utf-8?Q?Peeters,_Ann?= <ann@example.org>",
            vec![one("Peeters, Ann", "ann@example.org")],
        ),
        (
            "\"=?utf-8?Q?Ann=C3?= =?utf-8?Q?=A9?=\" <ann@example.org>",
            vec![one("Ann\u{e9}", "ann@example.org")],
        ),
        (
            "ann@example.org (Ann Peeters)",
            vec![one("Ann Peeters", "ann@example.org")],
        ),
        (
            "undisclosed-recipients:;",
            vec![one("undisclosed-recipients", "")],
        ),
        (
            "Team: a@b.c, \"D\" <d@e.f>;",
            vec![one("", "a@b.c"), one("D", "d@e.f")],
        ),
        (
            "'Ann' <ann@example.org>",
            vec![one("Ann", "ann@example.org")],
        ),
        (
            "\"ceo@bank.example\" <x@evil.example>",
            vec![one("ceo@bank.example", "x@evil.example")],
        ),
        ("", vec![]),
    ] {
        assert_eq!(people(value), shown, "{value}");
    }
}

#[test]
fn dates_that_no_calendar_has_are_none() {
    let date = |value: &str| headers(format!("Date: {value}\n\n").as_bytes()).date;
    assert_eq!(
        date("Wed, 25 Nov 2026 10:05:00 +0100"),
        Some((1_795_597_500, 60))
    );
    assert_eq!(
        date("25 Nov 2026 04:05:00 -0500 (EST)"),
        Some((1_795_597_500, -300))
    );
    for wrong in [
        "",
        "yesterday",
        "Wed, 99 Foo 2026 10:05:00 +0100",
        "1 Jan 1066 00:00 +0000",
        "1 Jan 9999 00:00 +0000",
    ] {
        assert_eq!(date(wrong), None, "{wrong}");
    }
}

#[test]
fn a_header_is_read_in_a_chosen_charset() {
    let raw = b"From: \xc4\xe0 <a@b.c>\r\nSubject: =?koi8-r?Q?=E4=C1?=\r\n \xc4\xe0\r\n\r\n\xff";
    let read = headers_as(raw, "windows-1251").unwrap();
    let yes = "\u{414}\u{430}";
    assert_eq!(read.from[0].name, yes);
    assert_eq!(read.subject, format!("{yes} {yes}"));
    let escaped = headers_as(b"Subject: \x1b$B%O\x1b(B\n", "iso-2022-jp");
    assert_eq!(escaped.unwrap().subject, "\u{30cf}");
    for no in ["utf-16le", "nowhere", ""] {
        assert_eq!(headers_as(raw, no), None, "{no}");
    }
}

#[test]
fn ids_and_several_senders_are_told() {
    let raw = b"From: a@b.c\nFrom: d@e.f\nMessage-ID: <1@x>\nReferences: <2@x>\n <3@x>garbage<4@x>\nIn-Reply-To: 5@x\n\nFrom: no@body";
    let read = headers(raw);
    assert_eq!(read.from.len(), 2);
    assert_eq!(read.message_id, "1@x");
    assert_eq!(read.references, ["2@x", "3@x", "4@x"]);
    assert_eq!(read.in_reply_to, ["5@x"]);
}

const NESTED: &[u8] = b"Content-Type: multipart/mixed; boundary=\"o\"\r\n\r\npreamble\r\n\
--o\r\nContent-Type: multipart/related; boundary=r\r\n\r\n\
--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
--a\r\nContent-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\nplain\r\n\
--a\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=41</p>\r\n--a--\r\n\
--r\r\nContent-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--r--\r\n\
--o\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\nPDF\r\n\
--o\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nx\r\n--i--\r\n\
--o\r\n\r\nlast words\r\n--o--\r\nepilogue";

#[test]
fn leaves_have_the_paths_that_a_server_would_give() {
    let parts = leaves(NESTED, &Work::default());
    let told: Vec<String> = parts
        .iter()
        .map(|p| format!("{} {}", p.path, p.kind))
        .collect();
    assert_eq!(
        told,
        [
            "1.1.1 text/plain",
            "1.1.2 text/html",
            "1.2 image/png",
            "2 application/pdf",
            "3 message/rfc822",
            "4 text/plain"
        ]
    );
    let bytes = |path: &str| part_of(NESTED, &PartPath::parse(path).unwrap(), &Work::default());
    assert_eq!(bytes("1.1.2").as_deref(), Some(&b"<p>A</p>"[..]));
    assert_eq!(bytes("1.2").as_deref(), Some(&b"hi"[..]));
    assert_eq!(bytes("4").as_deref(), Some(&b"last words"[..]));
    assert_eq!(bytes("9"), None);
    assert_eq!(bytes("").as_deref(), Some(NESTED));
    assert_eq!(parts[0].flowed, Some(Flowed { delete_space: true }));
    assert_eq!(
        parts[1]
            .group
            .iter()
            .map(|g| g.path.to_string())
            .collect::<Vec<_>>(),
        ["", "1", "1.1"]
    );
}

#[test]
fn the_body_is_what_other_programs_show() {
    let parts = leaves(NESTED, &Work::default());
    let body = body_of(&parts);
    let paths = |of: &[&Part]| of.iter().map(|p| p.path.to_string()).collect::<Vec<_>>();
    assert_eq!(paths(&body.text), ["1.1.1", "4"]);
    assert_eq!(paths(&body.html), ["1.1.2", "4"]);
    assert_eq!(paths(&body.inline), ["1.2"]);
    assert_eq!(paths(&body.attachments), ["2", "3"]);
}

/// A part of this type with these further lines in its header.
fn entity(kind: &str, further: &str, body: &str) -> String {
    format!("Content-Type: {kind}\n{further}\n{body}\n")
}

fn multipart(kind: &str, parts: &[String]) -> String {
    let parts: String = parts
        .iter()
        .map(|part| format!("--{kind}\n{part}"))
        .collect();
    format!("Content-Type: multipart/{kind}; boundary={kind}\n\n{parts}--{kind}--\n")
}

/// What is shown as text, what as HTML, what only serves it, and what is listed.
fn sorted(raw: &str) -> String {
    let parts = leaves(raw.as_bytes(), &Work::default());
    let body = body_of(&parts);
    let paths = |of: &[&Part]| {
        let paths = of.iter().map(|p| p.path.to_string());
        paths.collect::<Vec<_>>().join(" ")
    };
    format!(
        "text {}; html {}; inline {}; listed {}",
        paths(&body.text),
        paths(&body.html),
        paths(&body.inline),
        paths(&body.attachments)
    )
}

#[test]
fn no_text_is_lost_wherever_it_stands() {
    let (plain, html) = (
        entity("text/plain", "", "a"),
        entity("text/html", "", "<p>a"),
    );
    let picture = entity("image/png", "Content-ID: <i@x>\n", "i");
    for (mail, said) in [
        // What stands beside the root of a related is no version of it.
        (
            multipart("related", &[html.clone(), picture.clone(), plain.clone()]),
            "text 1; html 1; inline 2; listed 3",
        ),
        (
            multipart(
                "alternative",
                &[
                    plain.clone(),
                    multipart("related", &[html.clone(), picture, plain.clone()]),
                ],
            ),
            "text 1; html 2.1; inline 2.2; listed 2.3",
        ),
        (
            // The last one is the richest (RFC 2046 5.1.4).
            multipart("alternative", &[plain.clone(), plain.clone()]),
            "text 2; html ; inline ; listed ",
        ),
        (
            multipart(
                "alternative",
                &[entity("text/x-amp-html", "", "a"), plain, html],
            ),
            "text 2; html 3; inline ; listed ",
        ),
        // Where there is nothing else, any version is the message.
        (
            multipart(
                "alternative",
                &[
                    entity("text/richtext", "", "a"),
                    entity("text/enriched", "", "a"),
                ],
            ),
            "text 1; html ; inline ; listed ",
        ),
    ] {
        assert_eq!(sorted(&mail), said, "{mail}");
    }
}

#[test]
fn a_text_is_read_by_what_it_is_and_a_file_is_listed() {
    let named = entity("text/plain; name=a.txt", "", "a");
    let attached = "Content-Disposition: attachment; filename=a.txt\n";
    let shown = "text 1; html ; inline ; listed ";
    for (mail, said) in [
        (entity("text/markdown", "", "# a"), shown),
        (entity("text/x-of-tomorrow", "", "a"), shown),
        (
            entity("text/csv", "", "a,b"),
            "text ; html ; inline ; listed 1",
        ),
        (named.clone(), shown),
        (
            entity("text/plain", attached, "a"),
            "text ; html ; inline ; listed 1",
        ),
        (
            multipart("mixed", &[named.clone(), named.clone()]),
            "text 1; html ; inline ; listed 2",
        ),
        (
            multipart(
                "alternative",
                &[named, entity("text/html; name=a.html", "", "<p>a")],
            ),
            "text 1; html 2; inline ; listed ",
        ),
        (
            multipart(
                "related",
                &[
                    entity("text/html", "", "<img src=cid:i@x>"),
                    entity(
                        "application/octet-stream; name=i.png",
                        "Content-ID: <i@x>\n",
                        "i",
                    ),
                ],
            ),
            "text 1; html 1; inline 2; listed ",
        ),
    ] {
        assert_eq!(sorted(&mail), said, "{mail}");
    }
}

#[test]
fn a_message_within_is_called_by_its_subject() {
    let inner = entity("message/rfc822", "", "Subject: =?utf-8?Q?caf=C3=A9?=\n\nx");
    let parts = leaves(
        multipart("digest", &["\nSubject: one\n\nx\n".to_owned(), inner]).as_bytes(),
        &Work::default(),
    );
    let names: Vec<&str> = parts.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["one", "caf\u{e9}"]);
}

#[test]
fn raw_letters_of_a_header_are_in_the_charset_of_its_message() {
    let read = |charset: &str| {
        let raw = b"Subject: \xc4\xe0\r\nFrom: \xc3\xa9 <a@b.c>\r\n\r\n";
        let read = headers(&in_utf8(raw, charset));
        (read.subject, read.from.first().map(|a| a.name.clone()))
    };
    let name = Some("\u{e9}".to_owned());
    assert_eq!(
        read("windows-1251"),
        ("\u{414}\u{430}".to_owned(), name.clone())
    );
    assert_eq!(read("koi8-r").0, "\u{434}\u{42e}");
    // Charsets in which a header would be something else, or nothing.
    for vague in ["", "utf-8", "us-ascii", "utf-16", "utf-7", "x-nowhere"] {
        assert_eq!(
            read(vague),
            ("\u{c4}\u{e0}".to_owned(), name.clone()),
            "{vague}"
        );
    }
}

#[test]
fn a_mail_with_html_alone_has_it_as_its_text_too() {
    let parts = leaves(b"Content-Type: text/html\n\n<p>hello", &Work::default());
    let body = body_of(&parts);
    assert_eq!(
        (body.text.len(), body.html.len(), body.attachments.len()),
        (1, 1, 0)
    );
}

#[test]
fn a_broken_structure_still_shows_what_is_there() {
    let kinds = |raw: &[u8]| {
        leaves(raw, &Work::default())
            .into_iter()
            .map(|p| (p.path.to_string(), p.kind))
            .collect::<Vec<_>>()
    };
    let text = |path: &str| (path.to_owned(), "text/plain".to_owned());
    assert_eq!(kinds(b"just words"), [text("1")]);
    assert_eq!(
        kinds(b"Content-Type: multipart/mixed; boundary=x\n\nno boundary"),
        [text("1")]
    );
    assert_eq!(
        kinds(b"Content-Type: multipart/mixed\n\nno parameter"),
        [text("1")]
    );
    assert_eq!(
        kinds(b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\n\nunfinished"),
        [text("1"), text("2")]
    );
    for lost in ["", "; boundary=other"] {
        let mail = format!(
            "Content-Type: multipart/mixed{lost}\n\n--x\nContent-Type: text/plain\n\na\n--x\n\nb\n--x--\n"
        );
        assert_eq!(kinds(mail.as_bytes()), [text("1"), text("2")]);
    }
    assert_eq!(kinds(b"Content-Type: nonsense\n\na"), [text("1")]);
    assert_eq!(
        kinds(b"Content-Type: multipart; boundary=x\n\n--x\n\na\n--x\n\nb\n--x--"),
        [text("1"), text("2")]
    );
    assert_eq!(kinds(b"").len(), 1);
    let deep: String = (0..5000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary={n}\n\n--{n}\n"))
        .collect();
    assert_eq!(kinds(deep.as_bytes()).len(), 1);
}

/// A text read by somebody who trusts every address in it.
fn read(text: &str, flowed: Option<Flowed>) -> Vec<Block> {
    plain_text([(text, flowed)], &|address: &str| Some(address.to_owned())).blocks
}

#[test]
fn a_text_has_no_more_in_it_than_a_browser_draws_in_a_moment() {
    let of_two = |text: String| {
        plain_text([(&text, None), (&text, None)], &|address: &str| {
            Some(address.to_owned())
        })
    };
    let links = of_two("a@b.example ".repeat(7_000));
    let words = told(&links.blocks);
    assert_eq!(words.matches("[a@b.example|").count(), 10_000);
    assert_eq!(words.matches(" a@b.example").count(), 4_000);
    let quotes = of_two(">> deep\nflat\n".repeat(4_000));
    let words = told(&quotes.blocks);
    assert_eq!(words.matches("QUOTE(").count(), 10_000);
    assert_eq!(words.matches("> > deep").count(), 3_000);
    assert!(!links.cut && !quotes.cut);
    let turning = of_two("a\u{5d0} ".repeat(15_000));
    assert!(turning.cut && told(&turning.blocks).len() > 90_000);
    assert!(!plain_text([("a\u{5d0} ".repeat(15_000), None)], &|_: &str| None).cut);
    // A thousand beginnings of links in one address, of which none is looked at to its end and again.
    use std::sync::atomic::{AtomicUsize, Ordering};
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    plain_text([("mailto:a@b/".repeat(100_000), None)], &|_: &str| {
        ASKED.fetch_add(1, Ordering::Relaxed);
        None
    });
    let asked = ASKED.load(Ordering::Relaxed);
    assert!((400..2_000).contains(&asked), "{asked}");
}

#[test]
fn an_address_that_may_not_be_a_link_stays_words() {
    let line = plain_text([("see http://a.example now", None)], &|_: &str| None);
    assert_eq!(told(&line.blocks), "see http://a.example now");
}

fn told(blocks: &[Block]) -> String {
    let line = |line: &Line| {
        let spans = line.iter().map(|span| match span {
            Span::Words(words) => words.clone(),
            Span::Link { shown, href } => format!("[{shown}|{href}]"),
        });
        spans.collect::<String>()
    };
    let lines = |of: &[Line]| of.iter().map(line).collect::<Vec<_>>().join("/");
    let blocks = blocks.iter().map(|block| match block {
        Block::Text(text) => lines(text),
        Block::Signature(text) => format!("SIG({})", lines(text)),
        Block::Quote { said, blocks, .. } => format!(
            "QUOTE({}: {})",
            said.as_ref().map(line).unwrap_or_default(),
            told(blocks)
        ),
    });
    blocks.collect::<Vec<_>>().join(" ; ")
}

#[test]
fn quotes_are_told_by_level_with_who_said_them() {
    let text = "Hello\n\nOn Monday, Bob <b@c.de> wrote:\n> one\n>> two\n> > two\n>\n> three\n\nBye\n-- \nAnn\n";
    assert_eq!(
        told(&read(text, None)),
        "Hello ; QUOTE(On Monday, Bob <[b@c.de|mailto:b@c.de]> wrote:: one ; QUOTE(: two/two) ; three) ; Bye ; SIG(Ann)"
    );
    assert_eq!(
        told(&read("Yes\n-- \nAnn\n\nBob wrote on 1.1.:\n> old\n", None)),
        "Yes ; SIG(Ann) ; QUOTE(Bob wrote on 1.1.:: old)"
    );
    assert_eq!(told(&read(">From here", None)), "From here");
    assert_eq!(
        told(&read(&">".repeat(5000), None))
            .matches("QUOTE")
            .count(),
        20
    );
}

#[test]
fn flowed_lines_are_joined_and_fixed_ones_kept() {
    let flowed = |text, delete_space| told(&read(text, Some(Flowed { delete_space })));
    assert_eq!(
        flowed("a b \nc\nd \n\n> q \n> r\n> s\n-- \nx", false),
        "a b c/d ; QUOTE(: q r/s) ; SIG(x)"
    );
    assert_eq!(flowed("long \nword", true), "longword");
    assert_eq!(
        flowed(" >not a quote\n From x", false),
        ">not a quote/From x"
    );
    assert_eq!(told(&read("a \nb", None)), "a/b");
}

#[test]
fn links_are_found_and_the_sentence_around_them_is_not_part_of_them() {
    for (text, shown) in [
        (
            "see https://example.org/a_(b), ok",
            "see [https://example.org/a_(b)|https://example.org/a_(b)], ok",
        ),
        (
            "(www.example.org)",
            "([www.example.org|http://www.example.org])",
        ),
        (
            "<https://example.org/x?a=b&c=d>.",
            "<[https://example.org/x?a=b&c=d|https://example.org/x?a=b&c=d]>.",
        ),
        (
            "mail ann@example.org.",
            "mail [ann@example.org|mailto:ann@example.org].",
        ),
        (
            "mailto:ann@example.org",
            "[mailto:ann@example.org|mailto:ann@example.org]",
        ),
        (
            "HTTP://EXAMPLE.ORG/!",
            "[HTTP://EXAMPLE.ORG/|HTTP://EXAMPLE.ORG/]!",
        ),
        ("xhttp://example.org", "xhttp://example.org"),
        (
            "javascript:alert(1) http:// www. a@b @x a@b.c",
            "javascript:alert(1) http:// www. a@b @x a@b.c",
        ),
        (
            "\u{fc}ber-ann@example.org",
            "\u{fc}ber-[ann@example.org|mailto:ann@example.org]",
        ),
    ] {
        assert_eq!(told(&read(text, None)), shown, "{text}");
    }
}

#[test]
fn a_forgotten_comma_and_an_old_route_lose_nobody() {
    let one = |name: &str, email: &str| (name.to_owned(), email.to_owned());
    assert_eq!(people("a@b.c d@e.f"), [one("", "a@b.c"), one("", "d@e.f")]);
    assert_eq!(people("<Big Bug bb@b.c>"), [one("Big Bug", "bb@b.c")]);
    assert_eq!(people("<@x.y,@z.w:a@b.c>").last(), Some(&one("", "a@b.c")));
    assert_eq!(
        people("Mail System <MAILER-DAEMON>"),
        [one("Mail System", "MAILER-DAEMON")]
    );
    assert_eq!(people("Only A Name"), [one("Only A Name", "")]);
    assert_eq!(
        people("Peeters, Ann <a@b.c>, d@e.f, Berg, Bo <g@h.i>"),
        [
            one("Peeters, Ann", "a@b.c"),
            one("", "d@e.f"),
            one("Berg, Bo", "g@h.i")
        ]
    );
    assert_eq!(
        people("root, Ann <a@b.c>"),
        [one("root", ""), one("Ann", "a@b.c")]
    );
}

#[test]
fn a_month_may_be_written_out() {
    let read = headers(b"Date: Fri, 12 June 2025 23:42:00 +0200\n\n");
    assert_eq!(read.date, Some((1_749_764_520, 120)));
}

#[test]
fn hostile_text_comes_to_an_end() {
    for text in [
        "a.",
        "mailto:",
        "www.",
        "http://a)",
        "=?a?q? ",
        "<",
        "a@",
        "(",
        ">",
        "x@y.z ",
    ] {
        let long = text.repeat(300_000 / text.len());
        read(&long, None);
        headers(format!("To: {long}\nSubject: {long}\n\n").as_bytes());
        leaves(
            format!("Content-Type: multipart/mixed; boundary=a; {long}\n\n--a\n\n{long}")
                .as_bytes(),
            &Work::default(),
        );
    }
}

#[test]
fn a_subject_of_thousands_of_words_is_read_at_once() {
    // Read again with each word, as it was, ten times the words were a hundred times the work.
    let word = " =?utf-8?q?Die_hei=C3=9Fe_Zypernsonne?=\r\n =?utf-8?B?ZGllIGhlaQ==?=\r\n";
    // Processor time of this thread (proc(5), schedstat): how busy the machine is does not matter.
    let used = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        told.split(' ').next().unwrap().parse::<u64>().unwrap()
    };
    let work = |words: usize, times: usize| {
        let header = format!("Subject:{}", word.repeat(words));
        let before = used();
        for _ in 0..times {
            let subject = headers(header.as_bytes()).subject;
            assert_eq!(subject.matches("Zypernsonne").count(), words);
        }
        used() - before
    };
    // As many words each time, often enough that the kernel's count of time is fine enough. More in one header would be
    // longer than the longest that is read.
    let (few, many) = (work(700, 100), work(7_000, 10));
    assert!(many < few * 4, "{few} ns, then {many} ns");
}

#[test]
fn a_text_without_a_header_is_a_text() {
    let bare = b"The heater in the hall was repaired today.\r\nNothing else is to be done.\r\n";
    assert_eq!(header_of(bare), b"");
    let parts = leaves(bare, &Work::default());
    assert_eq!(parts.len(), 1);
    assert_eq!(
        part_of(bare, &parts[0].path, &Work::default()).as_deref(),
        Some(&bare[..])
    );
    let blank = b"Subject: x\r\nOrganization: Boat club\r\n \r\nThe jetty is closed.\r\nUse the stairs.\r\n";
    assert_eq!(
        header_of(blank),
        b"Subject: x\r\nOrganization: Boat club\r\n"
    );
    let fields = named_fields(blank);
    assert_eq!(
        fields.last().map(|(_, value)| value.as_str()),
        Some("Boat club")
    );
    let parts = leaves(blank, &Work::default());
    let text = part_of(blank, &parts[0].path, &Work::default());
    assert_eq!(
        text.as_deref(),
        Some(&b"The jetty is closed.\r\nUse the stairs.\r\n"[..])
    );
    // A line of blanks within a header is a fold.
    let folded = b"Subject: x\r\n \r\nTo: ann@example.org\r\n\r\ntext";
    assert_eq!(headers(folded).to.len(), 1);
}

#[test]
fn a_named_part_whose_type_is_none_is_a_file() {
    let part = |head: &str| {
        leaves(format!("{head}\n\nx").as_bytes(), &Work::default())
            .remove(0)
            .kind
    };
    assert_eq!(
        part("Content-Type: application-x-gzip; name=\"a.gz\""),
        "application/octet-stream"
    );
    assert_eq!(part("Content-Type: text"), "text/plain");
    assert_eq!(part("Content-Type: ; name=a"), "text/plain");
}

#[test]
fn what_is_called_base64_may_be_none() {
    let text = b"Good morning Ann,\r\n\r\nthe program that sent this did not encode.\r\nMira\r\n";
    assert_eq!(decode(text, Encoding::Base64), text);
    let mut pieces = Decoder::new(Encoding::Base64);
    let mut out = Vec::new();
    for byte in text {
        pieces.push(&[*byte], &mut out);
    }
    pieces.finish(&mut out);
    assert_eq!(out, text);
    for coded in ["Q2F0", "Q2 F0", " Q2F0", "Q2F0!", "Q2\r\nF0"] {
        assert_eq!(
            decode(coded.as_bytes(), Encoding::Base64),
            b"Cat",
            "{coded}"
        );
    }
}

#[test]
fn marks_of_damage_in_utf8_are_utf8() {
    let text = "That\u{fffd}s it: Gr\u{fc}\u{df}e aus K\u{f6}ln \u{fffd}\u{fffd}";
    for charset in ["", "utf-8", "us-ascii", "iso-8859-1"] {
        assert_eq!(
            super::codec::text(text.as_bytes(), charset),
            text,
            "{charset}"
        );
    }
}

#[test]
fn an_offset_of_three_digits_is_hours_and_minutes() {
    let date =
        |zone: &str| headers(format!("Date: Tue, 3 Mar 2026 10:15:00 {zone}\r\n").as_bytes()).date;
    assert_eq!(date("-600"), date("-0600"));
    assert_eq!(date("+530"), date("+0530"));
}
