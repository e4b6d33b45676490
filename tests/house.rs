//! The rules of our own house, read from `src/`: who asks whom, what a file and a function may be, what is written where, and
//! what no line may hold. A rule that gets in the way is changed here, in the open, not worked around.

/// In which words: phrases that no reader should meet.
mod english;
/// What is written: heads, sentences, the style sheet.
mod prose;
/// Who asks whom: rooms, files, outside crates.
mod rooms;
/// How large things are, what is decided everywhere, what nobody uses.
mod shape;
/// The files, as the rules read them.
mod source;

use std::collections::BTreeSet;

use source::{Source, code, sources, words};

/// Fails with all that was found.
fn expect_none(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
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
    let rooms: BTreeSet<String> = sources()
        .into_iter()
        .filter(named)
        .map(|s| s.room)
        .collect();
    assert_eq!(rooms, BTreeSet::from(["process".to_owned()]));
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
