//! Mails of the world through the program itself: each has its page, its frame and its list of attachments.
//!
//! Those of `tests/mail` and a sample of the corpus; all of it by `POSTERN_MAILS=all cargo test --test postern corpus`. The
//! pages must say what the bytes say when they are read here; where the mail server reads a broken mail in another way, a
//! page may follow it, and no more than one mail of a hundred may differ so.

use std::fs;

use postern::mime::{codec, structure};
use postern::work::Work;

use crate::mail::mails;
use crate::support::kernel::Watch;
use crate::support::mails::Mail;
use crate::support::site::Site;
use crate::support::unmet::{self, Want};

/// Mails of the corpus where not all are asked for.
const SAMPLE: usize = 150;
/// Seconds of processor time after which the kernel ends the program: none of the pages may be so much work.
const TOO_MUCH: &str = "RLimitCPU 10 10\n";

/// Letters and digits alone.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn every_mail_has_its_page() {
    let all = mails();
    let step = match std::env::var("POSTERN_MAILS").as_deref() {
        Ok("all") => 1,
        _ => {
            unmet::without(Want::Hours, "POSTERN_MAILS=all tries every mail");
            (all.len() / SAMPLE).max(1)
        }
    };
    let chosen: Vec<(String, Vec<u8>)> = all
        .iter()
        .step_by(step)
        .map(|file| {
            let name = file
                .components()
                .rev()
                .take(2)
                .map(|c| c.as_os_str().to_string_lossy());
            let name: Vec<_> = name.collect();
            let name = name.into_iter().rev().collect::<Vec<_>>().join("/");
            (name, fs::read(file).expect("a mail"))
        })
        .collect();
    let site = Site::new()
        .mails(
            "ann",
            "INBOX",
            chosen.iter().map(|(_, b)| Mail::raw(b.clone())).collect(),
        )
        .config("[cache]\nfresh_seconds = 86400")
        .apache(TOO_MUCH)
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let newest = list.attributes_of(".row a", "href").remove(0);
    let validity = newest.split(['?', '&']).find_map(|p| p.strip_prefix("v="));
    let validity = validity.expect("a numbering");
    let memory = Watch::on(&site.program());
    let (mut framed, mut other) = (0, Vec::new());
    for (nth, (name, raw)) in chosen.iter().enumerate() {
        let page = ann.get(&format!(
            "/message?f=INBOX&v={validity}&u={}&r={nth}",
            nth + 1
        ));
        page.has_status(200);
        for frame in page.attributes_of("iframe", "src") {
            ann.get(&frame).has_status(200);
            framed += 1;
        }

        let subject = codec::headers(codec::header_of(raw)).subject;
        let shown = page.text_of("h1").unwrap_or_default();
        let expected = if subject.is_empty() {
            "(no subject)"
        } else {
            &subject
        };
        if letters(&shown) != letters(expected) {
            other.push(format!("{name}: subject {shown:?}, not {expected:?}"));
        }
        let parts = structure::leaves(raw, &Work::default());
        let files = page.texts_of(".file .name");
        let missing = structure::body_of(&parts)
            .attachments
            .into_iter()
            .find(|part| {
                let named = !part.name.is_empty() && !structure::is_tnef(part);
                named && !files.iter().any(|f| letters(f) == letters(&part.name))
            });
        if let Some(part) = missing {
            other.push(format!("{name}: no {:?} among {files:?}", part.name));
        }
    }
    println!(
        "{} mails, {framed} frames, {} differ, {} MB at most",
        chosen.len(),
        other.len(),
        memory.peak_mb()
    );
    assert!((1..64).contains(&memory.peak_mb()));
    assert!(
        other.len() * 100 <= chosen.len().max(100),
        "{}",
        other.join("\n")
    );
}
