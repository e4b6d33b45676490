//! In which words people are spoken to: plain ones. Phrases that once stood in pages, in the shell, in log lines and in README,
//! and that nobody says, each with what is said instead. What a person reads is looked through for them: the literals of
//! `src/`, the demo's, README, and what Cargo.toml says of the program.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use super::expect_none;
use super::source::sources;

/// Phrases, whatever their capitals, and what is plainer. Only whole words are meant.
const ODD: &[(&str, &str)] = &[
    ("anew", "again; a folder is rebuilt or renumbered"),
    ("answer to an invitation", "reply to an invitation"),
    ("answers go to", "replies go to"),
    ("any more", "no longer"),
    ("are gone", "no longer exist"),
    ("as it was", "is unchanged"),
    ("as of", "checked at"),
    ("as they were", "are unchanged"),
    ("by itself", "automatically"),
    ("cut short", "incomplete, interrupted"),
    ("dealt with", "handled"),
    ("disturbed", "a network problem"),
    ("for good", "permanently"),
    ("give away", "serve, reveal"),
    ("given back", "released"),
    ("gives away", "serves, reveals"),
    ("gives back", "frees"),
    ("go on from", "go to"),
    ("go on searching", "continue searching"),
    ("go on where", "continue where"),
    ("go on with", "continue"),
    ("goes on trying", "keeps trying"),
    ("goes on with", "continues"),
    ("goes round", "is caught in a loop"),
    ("gone on with", "continued"),
    ("handed on", "passed on"),
    ("handed over", "passed on"),
    ("hands on", "passes on, forwards"),
    ("held back", "blocked"),
    ("hold back", "block"),
    ("holds another", "contains a different"),
    ("in all is the most", "the limit is … in total"),
    ("in force", "in use"),
    ("is gone", "no longer exists, exits"),
    ("is no address", "is not an address"),
    ("is no setting", "is not a setting"),
    ("is the most", "the limit is …"),
    ("just now", "right now"),
    ("keeps a second", "locking works"),
    ("laid out", "HTML version"),
    ("leave this undone", "safer not to"),
    ("let nobody", "do not accept sign-ins"),
    ("lets nobody", "does not accept sign-ins"),
    ("lies below", "is in"),
    ("look whether", "check whether"),
    ("made way", "waits its turn"),
    ("mail server for sending", "outgoing mail server"),
    ("makes no sense", "is not valid"),
    ("no directory", "not a directory"),
    ("nobody known", "unknown authority"),
    ("not well formed", "not valid"),
    ("of ours", "say whose: Postern, this site"),
    ("once more", "again"),
    ("page of its own", "separate page"),
    ("password of this session", "your password"),
    ("prove who it is", "certificate is not trusted"),
    ("put right", "fix"),
    ("said no", "refused"),
    ("sealed with", "encrypted with"),
    ("seen to live", "run"),
    ("stands at", "is at"),
    ("stands beside", "is next to"),
    ("stands in", "is in"),
    ("stays so", "keeps happening"),
    ("taken for", "considered"),
    ("takes for", "considers"),
    ("takes no", "does not accept"),
    ("those who", "the person who, people who"),
    ("took for", "considered"),
    ("visiting card", "contact card"),
    ("what became of", "whether … was done"),
    ("whoever", "everyone who, whichever"),
];

/// Those of them that comments have no need of either, because there is a plain word that every programmer uses.
const ODD_IN_COMMENTS: &[&str] = &[
    "anew",
    "given back",
    "goes on with",
    "gone on with",
    "handed on",
    "hands on",
    "in force",
    "lets nobody",
    "of ours",
    "put right",
    "said no",
    "those who",
];

#[test]
fn comments_are_written_in_plain_english() {
    let mut found = Vec::new();
    for source in sources() {
        let lines = source.text.lines().map(str::trim_start);
        let comments: Vec<&str> = lines
            .filter_map(|line| line.strip_prefix("//"))
            .map(|line| line.trim_start_matches(['/', '!']))
            .collect();
        // A phrase may lie in two lines.
        for pair in comments.windows(2) {
            let both = odd(&pair.concat()).map(|(odd, _)| odd);
            let last: Vec<&str> = odd(pair[1]).map(|(odd, _)| odd).collect();
            for odd in both.filter(|odd| ODD_IN_COMMENTS.contains(odd) && !last.contains(odd)) {
                found.push(format!(
                    "{}: \"{odd}\" in:{}",
                    source.path.display(),
                    pair[0]
                ));
            }
        }
    }
    expect_none("there is a plainer word", &found);
}

#[test]
fn nobody_is_spoken_to_in_odd_english() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).expect("a file of ours");
    let mut texts: Vec<(String, String)> = Vec::new();
    for source in sources().iter().filter(|s| !s.is_test()) {
        let file = source.path.display().to_string();
        let said = literals(&source.text).into_iter();
        texts.extend(said.map(|text| (file.clone(), text)));
    }
    let demo = literals(&read("tests/demo.rs")).into_iter();
    texts.extend(demo.map(|text| ("demo.rs".to_owned(), text)));
    let manifest = read("Cargo.toml");
    let described = manifest.lines().filter(|l| l.starts_with("description"));
    texts.extend(described.map(|line| ("Cargo.toml".to_owned(), line.to_owned())));
    let readme = read("README.md");
    let paragraphs = readme.split("\n\n");
    texts.extend(paragraphs.map(|text| ("README.md".to_owned(), text.to_owned())));
    assert!(texts.len() > 2000, "only {} texts", texts.len());
    let mut found = Vec::new();
    for (file, text) in &texts {
        for (odd, plain) in odd(text) {
            found.push(format!("{file}: \"{odd}\" ({plain}) in: {text}"));
        }
    }
    expect_none("nobody talks like that", &found);
}

#[test]
fn odd_english_would_be_found() {
    let of = |text: &str| odd(text).map(|(odd, _)| odd).collect::<Vec<_>>();
    assert_eq!(of("It was made\n  Anew."), ["anew"]);
    assert_eq!(of("Nothing stands\nat this address"), ["stands at"]);
    assert_eq!(of("Janewood renewed; a mistake"), [""; 0]);
    let code = r##"
        /// "a head" says
        fn f() { format!("1 {a}", g("2\u{2019}"), r#"3"#, '4', b"5"); x! { p { "6" } } }
        #[cfg(test)]
mod tests { "7" }"##;
    assert_eq!(literals(code), ["1 {a}", "2\u{2019}", "3", "6"]);
}

/// The odd phrases of a text.
fn odd(text: &str) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let text = format!(" {} ", words.join(" "));
    let all = ODD.iter().copied();
    all.filter(move |(odd, _)| text.contains(&format!(" {odd} ")))
}

/// What stands between quotes in code, without comments and tests.
fn literals(code: &str) -> Vec<String> {
    fn collect(tokens: TokenStream, into: &mut Vec<String>) {
        let mut is_comment = false;
        for token in tokens {
            match token {
                TokenTree::Group(group) => collect(group.stream(), into),
                TokenTree::Literal(literal) => {
                    let text = syn::parse_str::<syn::LitStr>(&literal.to_string());
                    into.extend(text.ok().filter(|_| !is_comment).map(|text| text.value()));
                }
                // `#[doc = "…"]`: a comment, as tokens have it.
                TokenTree::Ident(name) => is_comment = name == "doc",
                TokenTree::Punct(_) => {}
            }
        }
    }
    let end = code.find("#[cfg(test)]\nmod tests");
    let code = &code[..end.unwrap_or(code.len())];
    let tokens = TokenStream::from_str(code).expect("Rust");
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}
