//! The rules of our own house, read from `src/` as text: which floor asks which, which room names which outside crate, and
//! what no line may hold. A rule that gets in the way is changed here, in the open, not worked around.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the top of the house to the ground: each may ask those after it.
const FLOORS: [&str; 32] = [
    "main", "app", "cli", "actions", "views", "document", "mailbox", "desk", "session", "store",
    "profile", "outbox", "gate", "throttle", "remote", "mime", "clean", "response", "request",
    "spool", "state", "assets", "words", "route", "told", "letter", "mail", "pack", "process",
    "seal", "config", "time",
];

/// What everybody may ask, being at the very bottom.
const CELLAR: &str = "error";

/// What a view may ask: words and addresses, nothing that could fetch anything.
const FOR_VIEWS: [&str; 9] = [
    "assets", "error", "letter", "mail", "route", "time", "told", "views", "words",
];

/// An outside crate, and the rooms that may name it.
const DOORS: [(&str, &[&str]); 20] = [
    ("ammonia", &["clean"]),
    ("cssparser", &["clean"]),
    ("html5ever", &["clean"]),
    ("url", &["clean"]),
    ("sled", &["store"]),
    ("imap", &["remote"]),
    ("imap_proto", &["remote"]),
    ("native_tls", &["remote"]),
    ("fs2", &["gate", "throttle"]),
    ("mail_parser", &["mime"]),
    ("encoding_rs", &["mime"]),
    ("chardetng", &["mime"]),
    ("idna", &["mime"]),
    ("crc32fast", &["pack"]),
    ("cgi", &["main", "app", "request", "response"]),
    ("toml", &["config", "profile"]),
    ("jiff", &["time", "remote"]),
    ("chacha20poly1305", &["seal"]),
    ("argon2", &["seal"]),
    ("getrandom", &["seal"]),
];

/// A file of `src/`: its path below it, its room, and its text.
struct Source {
    path: PathBuf,
    room: String,
    text: String,
    /// Without tests, comments, and what stands between quotes.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut dirs = vec![root.clone()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).expect("src") {
            let path = entry.expect("src").path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                let path = path.strip_prefix(&root).expect("below src").to_owned();
                let first = path.components().next().expect("a name").as_os_str();
                let room = first.to_string_lossy().trim_end_matches(".rs").to_owned();
                found.push(Source {
                    code: code(&text),
                    path,
                    room,
                    text,
                });
            }
        }
    }
    assert!(found.len() > 40, "only {} sources", found.len());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl Source {
    /// A file that is compiled for tests only.
    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs")
            || self.path.starts_with("views/samples")
            || self.path.ends_with("samples.rs")
    }
}

/// The lines before the tests, without comments, strings emptied.
fn code(text: &str) -> String {
    let mut out = String::new();
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let mut chars = text[..end].chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                out.push_str("\"\"");
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            // A quote as a character, which would otherwise begin a string.
            '\'' if chars.peek() == Some(&'"') => {
                chars.next();
                chars.next();
                out.push_str("' '");
            }
            '\'' if chars.peek() == Some(&'\\') => {
                chars.next();
                chars.next();
                out.push_str("' ");
            }
            c => out.push(c),
        }
    }
    out
}

/// The words of code, each with what follows it directly.
fn words(code: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = code;
    std::iter::from_fn(move || {
        let begin = rest.find(is_word)?;
        let from = &rest[begin..];
        let end = from.find(|c| !is_word(c)).unwrap_or(from.len());
        rest = &from[end..];
        Some((&from[..end], rest))
    })
}

/// Whether a crate is named: in a path or by `use`.
fn names(code: &str, krate: &str) -> bool {
    let mut before = "";
    let mut prior_ends_in_path = false;
    for (word, after) in words(code) {
        let is_path = after.starts_with("::");
        if word == krate && !prior_ends_in_path && (is_path || before == "use") {
            return true;
        }
        prior_ends_in_path = is_path;
        before = word;
    }
    false
}

/// Fails with all that was found, if anything was.
fn expect_none(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    let mut found = Vec::new();
    for source in sources() {
        let head: String = source
            .text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        if head.len() < 60 && !source.path.ends_with("lib.rs") {
            found.push(source.path.display().to_string());
        }
    }
    expect_none("no head comment worth the name", &found);
}

#[test]
fn a_room_asks_only_rooms_below_it() {
    let floor = |room: &str| match room {
        CELLAR => Some(FLOORS.len()),
        room => FLOORS.iter().position(|known| *known == room),
    };
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.room != "lib") {
        let own = floor(&source.room);
        if own.is_none() {
            found.push(format!("{} has no floor", source.path.display()));
        }
        for asked in asked(source) {
            let wrong = match (own, floor(&asked)) {
                (Some(own), Some(other)) => other < own,
                _ => true,
            };
            if wrong {
                found.push(format!("{} asks {asked}", source.path.display()));
            }
        }
    }
    expect_none("upwards", &found);
}

/// The rooms that a file names by `crate::` (or, in `main`, by `postern::`).
fn asked(source: &Source) -> BTreeSet<String> {
    let own = if source.room == "main" {
        "postern::"
    } else {
        "crate::"
    };
    let mut rooms = BTreeSet::new();
    for (at, _) in source.code.match_indices(own) {
        let rest = &source.code[at + own.len()..];
        let list = match rest.strip_prefix('{') {
            Some(inside) => inside.split('}').next().unwrap_or_default(),
            None => rest
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default(),
        };
        for name in list.split(',').map(str::trim).filter(|n| !n.is_empty()) {
            let room = name.split("::").next().unwrap_or(name);
            rooms.insert(room.to_owned());
        }
    }
    rooms
}

#[test]
fn the_rooms_of_mime_ask_one_way() {
    let allowed: [(&str, &[&str]); 5] = [
        ("mod.rs", &[]),
        ("codec", &[]),
        ("structure", &["codec"]),
        ("containers", &["codec", "structure"]),
        ("statements", &["codec"]),
    ];
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.room == "mime") {
        let mut steps = source.path.components().skip(1);
        let room = steps.next().expect("below mime").as_os_str();
        let room = room.to_string_lossy();
        if room == "tests.rs" {
            continue;
        }
        let known = allowed.iter().find(|(own, _)| *own == room);
        let (_, may) = known.unwrap_or_else(|| panic!("no room of mime: {room}"));
        for way in ["crate::mime::", "super::super::"] {
            for (at, _) in source.code.match_indices(way) {
                let (asked, _) = words(&source.code[at + way.len()..])
                    .next()
                    .expect("a name");
                if !may.contains(&asked) {
                    found.push(format!("{} asks {asked}", source.path.display()));
                }
            }
        }
    }
    expect_none("drawn in mime/mod.rs", &found);
}

#[test]
fn a_view_knows_words_and_addresses_and_nothing_else() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.room == "views") {
        for asked in asked(source) {
            if !FOR_VIEWS.contains(&asked.as_str()) {
                found.push(format!("{} asks {asked}", source.path.display()));
            }
        }
    }
    expect_none("views fetch nothing", &found);
}

#[test]
fn an_outside_crate_has_one_door() {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources() {
        for (krate, doors) in DOORS {
            if names(&source.code, krate) {
                used.insert(krate);
                if !doors.contains(&source.room.as_str()) {
                    found.push(format!("{} names {krate}", source.path.display()));
                }
            }
        }
    }
    expect_none("not the door of this crate", &found);
    for (krate, _) in DOORS {
        assert!(used.contains(krate), "nobody names {krate} any more");
    }
}

#[test]
fn markup_that_was_not_escaped_comes_from_one_room() {
    let named = |s: &Source| words(&s.code).any(|(word, _)| word == "PreEscaped");
    let rooms: BTreeSet<String> = sources()
        .into_iter()
        .filter(named)
        .map(|s| s.room)
        .collect();
    assert_eq!(rooms, BTreeSet::from(["clean".to_owned()]));
}

#[test]
fn unsafe_code_has_one_room() {
    let named = |s: &Source| words(&s.code).any(|(word, _)| word == "unsafe");
    let files: Vec<PathBuf> = sources()
        .into_iter()
        .filter(named)
        .map(|s| s.path)
        .collect();
    assert_eq!(files, [PathBuf::from("process.rs")]);
}

#[test]
fn nothing_that_came_from_outside_can_make_us_panic() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| !s.is_test()) {
        // What the compiler works out can make nobody panic at run time.
        let code = without_const_fns(&source.code);
        for call in [
            ".unwrap()",
            ".expect(",
            "panic!(",
            "unreachable!(",
            "todo!(",
            "dbg!(",
        ] {
            if code.contains(call) {
                found.push(format!("{}: {call}", source.path.display()));
            }
        }
        if source.room != "cli"
            && words(&code)
                .any(|(w, after)| matches!(w, "print" | "println") && after.starts_with('!'))
        {
            found.push(format!("{}: print", source.path.display()));
        }
        // Views have square brackets of maud's own.
        if source.room != "views" {
            let indexed = indexings(&code);
            found.extend(
                indexed
                    .into_iter()
                    .map(|line| format!("{}: {line}", source.path.display())),
            );
        }
    }
    expect_none("this could panic, or print into an answer", &found);
}

#[test]
fn what_could_panic_would_be_found() {
    let sample =
        "let a = b[0];\nlet c = d()[1..];\nlet e: &[u8] = &[1, 2];\nfor x in [1] {}\nf[..];";
    assert_eq!(indexings(sample), ["let a = b[0];", "let c = d()[1..];"]);
    let sample = code("x.y(\"a.unwrap()\"); // b.unwrap()\nlet c = '\"'; d.unwrap();");
    assert_eq!(sample.matches(".unwrap()").count(), 1, "{sample}");
    assert!(names("use sled;", "sled") && names("let t: sled::Tree;", "sled"));
    assert!(!names("crate::url::x; let url = 1; a.sled()", "url"));
}

fn without_const_fns(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some((before, after)) = rest.split_once("\nconst fn ") {
        out.push_str(before);
        rest = after.split_once("\n}").map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// Lines where something is indexed or cut by a range.
fn indexings(code: &str) -> Vec<&str> {
    let keywords = ["mut", "dyn", "in", "return", "else", "break", "match", "as"];
    let indexes = |line: &&str| {
        line.match_indices('[').any(|(at, _)| {
            let before = &line[..at];
            let word: String = before
                .chars()
                .rev()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let word: String = word.chars().rev().collect();
            let ends = before.ends_with([')', ']', '?']);
            let lifetime = before
                .strip_suffix(&word)
                .is_some_and(|b| b.ends_with('\''));
            let indexed =
                ends || !word.is_empty() && !lifetime && !keywords.contains(&word.as_str());
            // All of it is always there.
            indexed && !line[at..].starts_with("[..]")
        })
    };
    code.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter(indexes)
        .collect()
}

#[test]
fn no_sentence_is_written_in_a_view() {
    let mut found = Vec::new();
    for source in sources()
        .iter()
        .filter(|s| s.room == "views" && !s.is_test())
    {
        let end = source.text.find("#[cfg(test)]\nmod tests");
        let text = &source.text[..end.unwrap_or(source.text.len())];
        for literal in text_nodes(text) {
            if literal.chars().any(char::is_alphabetic) {
                found.push(format!("{}: {literal:?}", source.path.display()));
            }
        }
    }
    expect_none("words belong in words.rs", &found);
}

#[test]
fn a_sentence_in_a_view_would_be_found() {
    let view = r#"html! { p.a { "Hello" (name("no")) " " } a title="Go" href="/x" { @if x == "no" { "there" } } }"#;
    assert_eq!(text_nodes(view), ["Hello", " ", "Go", "there"]);
}

/// What a reader would see of the literals in `html!`: text nodes, and attributes that are read out.
fn text_nodes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, inside)) = rest.split_once("html! {") {
        rest = inside;
        // Open brackets; true where what stands in them is text to maud.
        let mut open = vec![true];
        let mut before = String::new();
        let mut chars = inside.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '{' => open.push(!before.ends_with('.') && open.last() == Some(&true)),
                '(' | '[' => open.push(false),
                '}' | ')' | ']' => drop(open.pop()),
                '"' => {
                    let mut literal = String::new();
                    while let Some((_, c)) = chars.next() {
                        match c {
                            '\\' => drop(chars.next()),
                            '"' => break,
                            c => literal.push(c),
                        }
                    }
                    let follows = before.trim_end();
                    let read_out = ["title=", "aria-label=", "placeholder=", "alt="]
                        .iter()
                        .any(|attribute| follows.ends_with(attribute));
                    let is_value = follows.ends_with(['=', '!', '<', '>', '|', ',']);
                    let pattern = inside[at..]
                        .get(literal.len() + 2..)
                        .is_some_and(|after| after.trim_start().starts_with("=>"));
                    if open.last() == Some(&true) && !pattern && (read_out || !is_value) {
                        found.push(literal);
                    }
                }
                _ => {}
            }
            if open.is_empty() {
                rest = &inside[at..];
                break;
            }
            before.push(c);
        }
    }
    found
}

#[test]
fn the_style_sheet_dresses_only_what_views_draw() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sheet = fs::read_to_string(root.join("www/style.css")).expect("the style sheet");
    let views: String = sources()
        .into_iter()
        .filter(|s| s.room == "views" && !s.is_test())
        .map(|s| s.text)
        .collect();
    let drawn: BTreeSet<&str> = words(&views).map(|(word, _)| word).collect();
    let mut found = Vec::new();
    for (at, _) in sheet.match_indices('.') {
        let class: String = sheet[at + 1..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let is_number = class.starts_with(|c: char| c.is_ascii_digit());
        let is_tint = class
            .strip_prefix('h')
            .is_some_and(|n| n.parse::<u32>().is_ok());
        let is_file = matches!(class.as_str(), "css" | "rs" | "js");
        if !class.is_empty() && !is_number && !is_tint && !is_file && !drawn.contains(&*class) {
            found.push(class);
        }
    }
    expect_none("no view draws this", &found);
    let sides: Vec<String> = sheet
        .lines()
        .skip_while(|line| !line.contains("*/"))
        .skip(1)
        .filter(|line| words(line).any(|(word, _)| matches!(word, "left" | "right")))
        .map(str::to_owned)
        .collect();
    expect_none(
        "sides are logical, for those who read from right to left",
        &sides,
    );
}
