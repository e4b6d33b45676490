//! Captured replies through the door: nothing panics, nothing is lost, and what is read and passed over is counted.
//!
//! The large corpus lies outside the repository (`POSTERN_CORPUS`, or `../shared/corpus`); a selection of it in
//! `tests/imap` runs always.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use postern::error::{Error, Imap};

use super::{MARK, play};
use crate::support::transcript::{TRANSCRIPTS, Transcript};
use crate::support::unmet::{self, Want};

/// The UIDs that stand in the FETCH lines of a file.
fn uids_in(file: &[u8]) -> BTreeSet<u32> {
    let text = String::from_utf8_lossy(file);
    let lines = text
        .lines()
        .filter(|l| l.starts_with("* ") && l.to_ascii_uppercase().contains(" FETCH "));
    let uid = |line: &str| {
        let (_, tail) = line.split_once("UID ")?;
        tail.split(|c: char| !c.is_ascii_digit())
            .next()?
            .parse()
            .ok()
    };
    lines.filter_map(uid).collect()
}

/// What was read and what was passed over, by class, over many files.
#[derive(Default)]
struct Count {
    classes: BTreeMap<(&'static str, bool), u32>,
    lost: Vec<String>,
    missed: Vec<String>,
}

impl Count {
    fn play(&mut self, name: &str, file: &[u8]) {
        match play(file) {
            Ok(played) => {
                for (class, n) in &played.flight.tally {
                    *self.classes.entry(*class).or_default() += n;
                }
                let got: BTreeSet<u32> =
                    played.folder.messages.keys().map(|uid| uid.get()).collect();
                for uid in uids_in(file).difference(&got) {
                    self.missed.push(format!("{name}: UID {uid}"));
                }
            }
            Err(error) => self.lost.push(format!("{name}: {error:?}")),
        }
    }

    /// Holds the counts: nothing lost, no UID missed, and so much of each class read and passed over.
    fn is(&self, expected: &[&str]) {
        assert_eq!(self.lost, Vec::<String>::new(), "connections lost");
        assert_eq!(self.missed, Vec::<String>::new(), "UIDs missed");
        assert_eq!(self.table(), expected, "read and passed over");
    }

    /// One line for each class: how many were read, how many passed over.
    fn table(&self) -> Vec<String> {
        let names: BTreeSet<&'static str> = self.classes.keys().map(|(name, _)| *name).collect();
        let of = |name, read| self.classes.get(&(name, read)).copied().unwrap_or(0);
        let line =
            |name: &&'static str| format!("{name}: {} and {}", of(*name, true), of(*name, false));
        names.iter().map(line).collect()
    }
}

fn files(under: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![under.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "txt") {
                let name = path
                    .strip_prefix(under)
                    .expect("below")
                    .display()
                    .to_string();
                // The files have lost the CR of their line ends, which their literals count.
                let text = fs::read(&path).expect("a file");
                let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
                found.push((name, lines.join(b"\r\n".as_slice())));
            }
        }
    }
    found.sort();
    found
}

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let path = std::env::var_os("POSTERN_CORPUS").map_or(beside, PathBuf::from);
    path.join("imap").is_dir().then_some(path.join("imap"))
}

/// An answer with the mark where its tag stood.
fn marked(answer: &[u8], tag: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = answer;
    while let Some(at) = rest.windows(tag.len()).position(|w| w == tag) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(MARK);
        rest = &rest[at + tag.len()..];
    }
    out.extend_from_slice(rest);
    out
}

#[test]
fn the_captured_replies_of_the_repository_go_through_the_door() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imap/replies"));
    assert!(files.len() >= 20, "only {} files", files.len());
    let mut count = Count::default();
    for (name, file) in &files {
        count.play(name, file);
    }
    count.is(&[
        "CAPABILITY: 1 and 0",
        "ESEARCH: 3 and 0",
        "EXISTS: 5 and 0",
        "EXPUNGE: 3 and 0",
        "FETCH: 121 and 0",
        "FLAGS: 3 and 0",
        "LIST: 24 and 0",
        "NAMESPACE: 1 and 0",
        "NO RESPONSE: 0 and 1",
        "RECENT: 4 and 0",
        "SEARCH: 1 and 0",
        "STATUS: 11 and 0",
        "STATUS LINE: 15 and 0",
        "VANISHED: 3 and 0",
    ]);
}

#[test]
fn the_whole_corpus_goes_through_the_door() {
    let Some(corpus) = corpus() else {
        unmet::without(Want::Corpus, "only the selection in tests/imap was played");
        return;
    };
    let mut count = Count::default();
    let files = files(&corpus.join("replies"));
    assert_eq!(files.len(), 262);
    for (name, file) in &files {
        count.play(name, file);
    }
    let lines = fs::read(corpus.join("replies.json")).expect("replies.json");
    let lines: Vec<BTreeMap<String, String>> = serde_json::from_slice(&lines).expect("JSON");
    // The others are client commands, ends under foreign tags, and pieces of a line.
    let responses = lines.iter().map(|line| line["text"].as_str());
    let responses = responses.filter(|text| text.starts_with("* ") && text.ends_with("\r\n"));
    // What announces a literal and has none leaves the reader waiting until the server is gone.
    let (halves, whole): (Vec<&str>, Vec<&str>) =
        responses.partition(|t| t.contains(" FETCH ") && t.ends_with("}\r\n"));
    for (n, text) in whole.iter().enumerate() {
        count.play(&format!("replies.json, whole one {n}"), text.as_bytes());
    }
    for text in &halves {
        let error = play(text.as_bytes()).err();
        assert!(
            matches!(error, Some(Error::Imap(Imap::Unreachable, _))),
            "{text}"
        );
    }
    assert_eq!((whole.len(), halves.len()), (155, 6));
    // Passed over: THREAD, ID, ACL, METADATA and their like, which nobody asks for; LIST of the root.
    count.is(&[
        "BYE: 6 and 0",
        "CAPABILITY: 37 and 0",
        "ENABLED: 3 and 0",
        "ESEARCH: 17 and 0",
        "EXISTS: 36 and 0",
        "EXPUNGE: 95 and 0",
        "FETCH: 327 and 0",
        "FETCH WITHOUT UID: 0 and 9",
        "FLAGS: 24 and 0",
        "LIST: 123 and 1",
        "LSUB: 13 and 0",
        "MYRIGHTS: 4 and 0",
        "NAMESPACE: 9 and 0",
        "NO RESPONSE: 0 and 2",
        "OTHER: 0 and 32",
        "QUOTA: 10 and 0",
        "QUOTAROOT: 7 and 0",
        "RECENT: 27 and 0",
        "SEARCH: 10 and 1",
        "SORT: 5 and 0",
        "STATUS: 46 and 0",
        "STATUS LINE: 162 and 2",
        "VANISHED: 12 and 2",
    ]);
}

#[test]
fn every_answer_of_the_six_transcripts_goes_through_the_door() {
    let mut count = Count::default();
    for name in TRANSCRIPTS {
        for exchange in Transcript::named(name).exchanges {
            let whole = exchange.responses.concat();
            let played = marked(&whole, exchange.tag.as_bytes());
            count.play(&format!("{name} {}", exchange.tag), &played);
        }
    }
    // Passed over: the root that LIST "" "" names, THREAD, ID, FETCHes that nobody could place, and what was moved by no
    // command of this flight.
    count.is(&[
        "BYE: 6 and 0",
        "CAPABILITY: 13 and 0",
        "ENABLED: 3 and 0",
        "ESEARCH: 2 and 0",
        "EXISTS: 8 and 0",
        "EXPUNGE: 8 and 0",
        "FETCH: 103 and 0",
        "FETCH WITHOUT UID: 0 and 19",
        "FLAGS: 10 and 0",
        "LIST: 90 and 6",
        "LSUB: 6 and 0",
        "NAMESPACE: 5 and 0",
        "OTHER: 0 and 9",
        "QUOTA: 1 and 1",
        "QUOTAROOT: 2 and 0",
        "RECENT: 10 and 0",
        "SEARCH: 16 and 0",
        "SORT: 3 and 0",
        "STATUS: 17 and 0",
        "STATUS LINE: 40 and 2",
    ]);
}

#[test]
fn damaged_replies_end_in_an_answer_or_an_error() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imap/replies"));
    // A fixed sequence (Knuth's constants), so that a failure comes again.
    let mut state = 2_026_u64;
    let mut next = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let odd = b"(){}[]\"\\\r\n*+ ~<>09\0\xff";
    let mut answers = 0;
    for (_, file) in files.iter().cycle().take(4_000) {
        let mut file = file.clone();
        for _ in 0..=next(4).min(file.len() / 8) {
            let at = next(file.len());
            match next(4) {
                0 => file[at] = odd[next(odd.len())],
                1 => drop(file.remove(at)),
                2 => file.insert(at, odd[next(odd.len())]),
                _ => file.truncate(at.max(8)),
            }
        }
        match play(&file) {
            Ok(_) => answers += 1,
            Err(Error::Imap(Imap::Garbled | Imap::Unreachable | Imap::Goodbye(_), _)) => {}
            Err(error) => panic!("{error:?} from {:?}", String::from_utf8_lossy(&file)),
        }
    }
    // Most damage loses a response or nothing at all.
    assert!(answers > 2_000, "{answers} of 4,000");
}
