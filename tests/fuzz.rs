//! Mails, pages and requests, changed at random, through everything that reads what a stranger wrote.
//!
//! Nothing may panic, be much work, or come through the sanitiser. A few thousand executions from a fixed seed; for longer:
//! `POSTERN_FUZZ_SECONDS=3600 POSTERN_FUZZ_SEED=7 cargo test --test postern fuzz -- --nocapture`. What fails is written to
//! `target/fuzz/`, and tried again by `POSTERN_FUZZ_FILE=target/fuzz/mail-1`. Seeds are `tests/mail` and, where it is at hand, the corpus.

/// What a client sends: through guard, router, cookie and form.
mod request;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use postern::clean;
use postern::mail::{NestedPath, Part, Row, Uid};
use postern::mime::{codec, containers, statements, structure};
use postern::sender::{self, Standpoint};
use postern::work::Work;

use crate::mail::{cleaned, harms, mails, vectors};
use crate::support::random::Random;
use crate::support::unmet::{self, Want};
use crate::support::work;

/// Executions where no time is given.
const FEW: u64 = 3_000;
/// Longest input that is made.
const LONGEST: usize = 64 * 1024;
/// Pieces that readers have stumbled over elsewhere.
const PIECES: [&[u8]; 43] = [
    b"=?utf-8?b?",
    b"=?iso-2022-jp?B?GyRC?=",
    b"=?x?q?=",
    b"?=",
    b"\r\n ",
    b"\r\n\r\n",
    b"--",
    b"boundary=",
    b"\0",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    b"filename*0*=utf-8''%",
    b"BEGIN:VEVENT\r\n",
    b"DTSTART;TZID=x:20260101T000000",
    b"begin 644 a\r\n",
    b"end\r\n",
    b"\x78\x9f\x3e\x22\x01\0",
    b"<style>",
    b"</style>",
    b"<svg>",
    b"<math>",
    b"<table>",
    b"<img src=x onerror=alert(1)>",
    b"<!--",
    b"-->",
    b"<a href=\"javascript:",
    b"&#x6a;",
    b"url(",
    b"@media (",
    b"expression(",
    b"\\75 rl(",
    b"/*",
    b"*/",
    b"/**/",
    b"</div>",
    b"<li><div><table><li>",
    b"{",
    b"}",
    b"position:fixed",
    b"<template>",
    b"<noscript>",
    b"]]>",
];

fn changed(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut input = seed.to_vec();
    input.truncate(LONGEST);
    let at = |length: usize, random: &mut Random| random.below(length as u64 + 1) as usize;
    for _ in 0..=random.below(8) {
        let from = at(input.len(), random);
        let to = (from + at(200, random)).min(input.len());
        match random.below(7) {
            0 => drop(input.drain(from..to)),
            1 => {
                let piece = PIECES[random.below(PIECES.len() as u64) as usize];
                input.splice(from..from, piece.iter().copied());
            }
            2 => {
                let twice = input[from..to].to_vec();
                let times = 1 + random.below(40) as usize;
                input.splice(from..from, twice.repeat(times));
            }
            3 if from < input.len() => input[from] ^= 1 << random.below(8),
            4 if from < input.len() => input[from] = random.below(256) as u8,
            5 => {
                let begin = at(other.len(), random);
                let end = (begin + at(500, random)).min(other.len());
                input.splice(from..to, other[begin..end].iter().copied());
            }
            _ => input.truncate(input.len() - at(input.len() / 4, random)),
        }
    }
    input.truncate(LONGEST);
    input
}

/// All that is done with the bytes of a mail.
fn read_mail(raw: &[u8]) {
    let header = codec::header_of(raw);
    let headers = codec::headers(header);
    assert!(!headers.subject.contains(['\n', '\r', '\0']));
    let row = Row {
        from: headers.from,
        evidence: statements::evidence(header, "", "mx.example.org"),
        ..Row::empty(Uid::new(1).expect("a number"))
    };
    let standpoint = Standpoint {
        server: "mx.example.org",
        ..Standpoint::default()
    };
    sender::judge(&row, &standpoint);
    statements::unsubscribe(header, clean::link);
    codec::named_fields(header);
    let parts = structure::leaves(raw, &Work::default());
    let body = structure::body_of(&parts);
    structure::told_by(&parts);
    structure::protection(&parts);
    for part in parts.iter().take(20) {
        let bytes =
            structure::part_of(raw, &part.path, &Work::default()).expect("a part that was told");
        read_part(part, &bytes, 0);
        let name = codec::safe_file_name(&part.name);
        assert!(!name.is_empty() && !name.contains(['/', '\\', '\n', '\0']));
        let nested = NestedPath::default().then(&part.path).to_string();
        assert!(NestedPath::parse(&nested).is_some() || part.path.steps().len() > 60);
    }
    for part in body.html.iter().take(4) {
        let bytes =
            structure::part_of(raw, &part.path, &Work::default()).expect("a part that was told");
        read_html(&codec::text(&bytes, &part.charset));
    }
}

/// A part as it is after decoding: its type on the first line, then its bytes.
fn read_loose(input: &[u8]) {
    let end = input
        .iter()
        .position(|b| *b == b'\n')
        .unwrap_or(input.len());
    let (kind, bytes) = input.split_at(end);
    let kind = String::from_utf8_lossy(kind).into_owned();
    let part = Part {
        kind,
        ..Part::default()
    };
    read_part(&part, bytes.get(1..).unwrap_or_default(), 0);
}

/// Parts that are more than text, out of these mails, each below its type.
fn loose(mails: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let told = |part: &Part| {
        structure::is_tnef(part) || !structure::told_by(std::slice::from_ref(part)).is_empty()
    };
    let mut found = Vec::new();
    for raw in mails {
        for part in structure::leaves(raw, &Work::default())
            .iter()
            .filter(|p| told(p))
        {
            let bytes = structure::part_of(raw, &part.path, &Work::default()).unwrap_or_default();
            let kind = if structure::is_tnef(part) {
                "application/ms-tnef"
            } else {
                &part.kind
            };
            found.push([kind.as_bytes(), b"\n", &bytes].concat());
        }
        if containers::tnef(raw, &Work::default()).is_some() {
            found.push([b"application/ms-tnef\n", &raw[..]].concat());
        }
    }
    found
}

fn read_part(part: &Part, bytes: &[u8], depth: u32) {
    let text = structure::reading(part, bytes, "");
    structure::preview(&text);
    structure::plain_text([(&text, part.flowed)], &clean::link);
    statements::events(&text, &Work::default());
    statements::cards(&text, &Work::default());
    statements::report("message/delivery-status", bytes, &Work::default());
    statements::report("message/disposition-notification", bytes, &Work::default());
    structure::sniffed_type(bytes);
    codec::text_as(bytes, "shift_jis");
    let Some(container) = containers::Container::open(part, bytes.to_vec(), &Work::default())
    else {
        return;
    };
    if let Some((_, html)) = container.text() {
        read_html(&String::from_utf8_lossy(html));
    }
    for inner in container.parts().iter().take(5) {
        let content = container
            .content(&inner.path)
            .expect("what was told is there");
        if depth < 3 {
            read_part(inner, &content, depth + 1);
        }
    }
}

/// A tree of formatting elements across deep blocks may be built anew in another way, so the result of cleaning twice may
/// differ in its nesting; it may not in what it can do.
fn read_html(html: &str) {
    for remote in [false, true] {
        let once = cleaned(html, remote);
        for html in [html, once.body()] {
            let harms = harms(html, remote);
            assert!(harms.is_empty(), "{}", harms.join("; "));
        }
    }
    clean::words(html);
}

fn execute(kind: &str, input: &[u8]) {
    match kind {
        "mail" => read_mail(input),
        "html" => read_html(&String::from_utf8_lossy(input)),
        "style" => {
            let css = String::from_utf8_lossy(input);
            read_html(&format!("<style>{css}</style><p style=\"{css}\">"));
        }
        "part" => read_loose(input),
        _ => request::read(input),
    }
}

#[test]
fn nothing_that_a_stranger_writes_makes_a_reader_stumble() {
    if let Some(file) = std::env::var_os("POSTERN_FUZZ_FILE").map(std::path::PathBuf::from) {
        // One finding again.
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned());
        let kind = name.unwrap_or_default();
        let kind = kind.split('-').next().unwrap_or_default();
        return execute(kind, &fs::read(&file).expect("a finding"));
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let seconds = number("POSTERN_FUZZ_SECONDS").map(Duration::from_secs);
    if seconds.is_none() {
        unmet::without(Want::Hours, "POSTERN_FUZZ_SECONDS gives it more time");
    }
    let mut random = Random::seeded(number("POSTERN_FUZZ_SEED").unwrap_or(1887));
    let mut mail_seeds: Vec<Vec<u8>> = Vec::new();
    for file in mails() {
        mail_seeds.push(fs::read(file).expect("a mail"));
    }
    let parts = loose(&mail_seeds);
    let pages: Vec<Vec<u8>> = vectors().into_iter().map(|(_, h)| h.into_bytes()).collect();
    let requests = request::seeds();
    let begin = Instant::now();
    let (mut executions, mut found) = (0_u64, Vec::new());
    let goes_on = |executions: u64| match seconds {
        Some(limit) => begin.elapsed() < limit,
        None => executions < FEW,
    };
    while goes_on(executions) && found.len() < 20 {
        executions += 1;
        let any = |of: u64, random: &mut Random| random.below(of) as usize;
        let other = &mail_seeds[any(mail_seeds.len() as u64, &mut random)];
        let (kind, seed): (&str, &[u8]) = match executions % 8 {
            0 => (
                "request",
                &requests[any(requests.len() as u64, &mut random)],
            ),
            1 if !parts.is_empty() => ("part", &parts[any(parts.len() as u64, &mut random)]),
            1..=4 => (
                "mail",
                &mail_seeds[any(mail_seeds.len() as u64, &mut random)],
            ),
            5 => ("style", &pages[any(pages.len() as u64, &mut random)]),
            _ => ("html", &pages[any(pages.len() as u64, &mut random)]),
        };
        let page = &pages[any(pages.len() as u64, &mut random)];
        let other = if kind == "mail" { other } else { page };
        let input = changed(seed, other, &mut random);
        let (outcome, work) = work::of(|| catch_unwind(AssertUnwindSafe(|| execute(kind, &input))));
        if outcome.is_err() || work > work::TOO_MUCH {
            let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
            fs::create_dir_all(&dir).expect("target/fuzz");
            let file = dir.join(format!("{kind}-{executions}"));
            fs::write(&file, &input).expect("a finding");
            let why = match outcome {
                Err(panic) => panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
                    .unwrap_or_default(),
                Ok(()) => format!("{work:?} of work"),
            };
            found.push(format!("{}: {why:.600}", file.display()));
        }
    }
    println!("{executions} executions in {:?}", begin.elapsed());
    assert!(found.is_empty(), "{}", found.join("\n"));
}
