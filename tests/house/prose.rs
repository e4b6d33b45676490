//! What is written: heads of files that are true, sentences in the one place for them, a style sheet that dresses what is drawn.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};

use super::expect_none;
use super::source::{sources, words};

/// Names in the heads of files that are not ours.
const NOT_OURS: &[&str] = &[];

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

/// All tests of a kind, one text: files, and what is in directories.
fn tests_in(paths: &[&str]) -> String {
    fn collect(path: &Path, into: &mut String) {
        if path.is_file() {
            into.push_str(&fs::read_to_string(path).expect("a source"));
            return;
        }
        for entry in fs::read_dir(path).expect("a directory").flatten() {
            let path = entry.path();
            if path.is_dir() || path.extension().is_some_and(|end| end == "rs") {
                collect(&path, into);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = String::new();
    for path in paths {
        collect(&root.join(path), &mut all);
    }
    all
}

/// Expects of each rule a row of the table at the head of this file, and a test with its number among those.
fn expect_shown(rules: impl Iterator<Item = u32>, table: &str, tests: &str) {
    let table = tests_in(&[table]);
    let missing = rules.filter(|n| {
        let row = table.contains(&format!("//! | {n} | "));
        !row || !tests.contains(&format!("fn rule_{n}_"))
    });
    let missing: Vec<String> = missing.map(|n| format!("rule {n}")).collect();
    expect_none("no test names it, or no row of the table", &missing);
}

/// The table of rules at the head of `tests/acts.rs` names where each is shown; so there is a test with its number.
#[test]
fn each_rule_of_acts_and_lists_has_a_test_that_names_it() {
    let tests = tests_in(&[
        "src",
        "tests/acts.rs",
        "tests/acts",
        "tests/cache.rs",
        "tests/conversations.rs",
        "tests/conversations",
        "tests/find.rs",
        "tests/find",
        "tests/folders",
        "tests/import.rs",
        "tests/large.rs",
        "tests/senders.rs",
    ]);
    expect_shown(1..=21, "tests/acts.rs", &tests);
}

/// The same of writing: the table is at the head of `tests/send.rs`.
#[test]
fn each_rule_of_writing_has_a_test_that_names_it() {
    let tests = tests_in(&[
        "tests/send.rs",
        "tests/send",
        "tests/identities.rs",
        "tests/people.rs",
        "tests/resume.rs",
    ]);
    expect_shown(1..=20, "tests/send.rs", &tests);
}

/// Every name of ours that stands between backticks in the head of a file: a path (`mailbox::cache`), or a type or function
/// with brackets behind it.
#[test]
fn a_head_names_only_what_exists() {
    struct Names(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_ident(&mut self, name: &'ast proc_macro2::Ident) {
            self.0.insert(name.to_string());
        }
        fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
            self.0.insert(item.ident.to_string());
            visit::visit_item_mod(self, item);
        }
    }
    let sources = sources();
    let mut known = Names(BTreeSet::new());
    for source in &sources {
        known.visit_file(source.file());
        known.0.extend(source.module());
    }
    let mut found = Vec::new();
    for source in &sources {
        let head: String = source
            .text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        for name in head.split('`').skip(1).step_by(2) {
            let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
            let plain = name.trim_end_matches("()");
            let is_path = plain.contains("::") || name.ends_with("()");
            let is_name = plain.starts_with(|c: char| c.is_ascii_alphabetic());
            if !is_path || !is_name || !plain.chars().all(is_word) {
                continue;
            }
            let missing = plain
                .split("::")
                .find(|step| !known.0.contains(*step) && *step != "crate");
            if let Some(missing) = missing
                && !NOT_OURS.contains(&plain)
            {
                found.push(format!(
                    "{}: {name} ({missing} is nowhere)",
                    source.path.display()
                ));
            }
        }
    }
    expect_none("a head that names what is not there", &found);
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
