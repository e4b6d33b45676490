//! Every mail that is at hand, read by us and by Python's `email`: two opinions, and a list of where and why they differ.
//!
//! `tests/mail/opinions.tsv` names each value on which we differ on purpose, with the reason; at least 99 % of all values
//! agree without it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::mail::{Reading, corpus, mails, read};
use crate::support::unmet::{self, Want};
use crate::support::work;

/// What Python says, by file.
fn python(files: &[PathBuf]) -> Option<BTreeMap<PathBuf, Value>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/opinion.py");
    let mut child = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let list: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    let mut input = child.stdin.take()?;
    std::thread::spawn(move || input.write_all(list.join("\n").as_bytes()));
    let output = child.wait_with_output().ok()?;
    assert!(output.status.success(), "python3 stumbled");
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let read = lines.lines().map(|line| {
        let value: Value = serde_json::from_str(line).expect("a line of JSON");
        let path = value["path"].as_str().expect("a path");
        (PathBuf::from(path), value.clone())
    });
    Some(read.collect())
}

/// Letters and digits alone: how they are laid out is a matter of taste.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What could not be read there is no measure.
fn is_damaged(text: &str) -> bool {
    text.contains('\u{fffd}') || text.contains("=?")
}

/// The values on which we differ: what, their reading, ours.
fn differences(
    theirs: &Value,
    ours: &Reading,
    compared: &mut usize,
) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    let mut compare = |what, theirs: String, ours: String, same: bool| {
        *compared += 1;
        if !same {
            found.push((what, theirs, ours));
        }
    };
    if let Some(subject) = theirs["subject"].as_str().filter(|s| !is_damaged(s)) {
        let own = &ours.headers.subject;
        let same = letters(subject) == letters(own);
        compare("subject", subject.to_owned(), own.clone(), same);
    }
    if let Some(from) = theirs["from"].as_array() {
        let theirs: Vec<&str> = from.iter().filter_map(Value::as_str).collect();
        let own: Vec<&str> = ours.headers.from.iter().map(|a| a.email.as_str()).collect();
        if !theirs.is_empty() && !theirs.iter().any(|f| is_damaged(f)) {
            let same = own
                .iter()
                .map(|o| letters(o))
                .eq(theirs.iter().map(|t| letters(t)));
            compare("from", theirs.join(", "), own.join(", "), same);
        }
    }
    if let Some(date) = theirs["date"].as_f64() {
        let own = ours.headers.date.map(|(at, _)| at);
        let same = own.is_some_and(|own| (own as f64 - date).abs() < 1.0);
        compare("date", date.to_string(), format!("{own:?}"), same);
    }
    for name in theirs["names"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if !is_damaged(name) {
            let own = &ours.names;
            let same = own.iter().any(|own| letters(own) == letters(name));
            compare("name", name.to_owned(), own.join(", "), same);
        }
    }
    if let Some(text) = theirs["text"].as_str().filter(|t| !is_damaged(t)) {
        let own = letters(&ours.words);
        let begin: String = letters(text).chars().take(60).collect();
        let same = own.contains(&begin);
        let shown: String = own.chars().take(80).collect();
        compare("text", begin, shown, same);
    }
    found
}

#[test]
fn two_readers_agree_on_every_mail_or_it_is_known_why_not() {
    let files = mails();
    let Some(opinions) = python(&files) else {
        unmet::without(Want::Python, "its opinion is not asked");
        return;
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/opinions.tsv");
    let known = fs::read_to_string(here).expect("tests/mail/opinions.tsv");
    let known: Vec<(&str, &str)> = known
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| {
            let mut columns = l.split('\t');
            Some((columns.next()?, columns.next()?))
        })
        .collect();
    let (mut compared, mut differ, mut unknown) = (0, 0, Vec::new());
    for file in &files {
        let Some(theirs) = opinions.get(file) else {
            continue;
        };
        let bytes = fs::read(file).expect("a mail");
        let (ours, work) = work::of(|| read(&bytes));
        assert!(work < work::TOO_MUCH, "{}: {work:?}", file.display());
        let from = file.components().rev().take(2).collect::<Vec<_>>();
        let name = from.iter().rev().collect::<PathBuf>().display().to_string();
        for (what, theirs, ours) in differences(theirs, &ours, &mut compared) {
            differ += 1;
            if !known.contains(&(name.as_str(), what)) {
                unknown.push(format!("{name}\t{what}\t{theirs:?} {ours:?}"));
            }
        }
    }
    println!("{compared} values compared, {differ} differ");
    assert!(compared > 50);
    assert!(unknown.is_empty(), "not known why:\n{}", unknown.join("\n"));
    // The mails beside the tests were chosen because they are odd: of them alone no share says anything.
    let is_share = corpus().is_some();
    assert!(
        !is_share || differ * 100 <= compared,
        "{differ} of {compared} differ"
    );
}
