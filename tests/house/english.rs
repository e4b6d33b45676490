//! In which words people are spoken to: plain ones. Phrases that once stood in pages, in the shell, in log lines and in README,
//! and that nobody says, each with what is said instead. What a person reads is looked through for them: the literals of
//! `src/`, those of `cargo demo` and `cargo pack`, README, the example of a configuration, and what Cargo.toml says of the program.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use super::expect_none;
use super::source::sources;

/// Phrases, whatever their capitals, and what is plainer. Only whole words are meant. Every sentence that was rewritten has one
/// of them, but for labels whose words are plain elsewhere: "Arrived", "Folders in", "This message", "Quoted text, 12 lines",
/// "Open the page", "Show", "Address", "To the list".
const ODD: &[(&str, &str)] = &[
    ("a guard judges", "is validated first"),
    ("after a comparison", "from the cache"),
    ("all stand", "see …"),
    ("always for this sender", "always show for this sender"),
    ("anew", "again; a folder is rebuilt or renumbered"),
    ("answer to an invitation", "reply to an invitation"),
    ("answers an old question", "say what it does"),
    ("answers go to", "replies go to"),
    ("any more", "no longer"),
    ("are gone", "no longer exist"),
    ("are not finished", "unfinished"),
    ("as it was", "is unchanged"),
    ("as of", "checked at"),
    ("as they were", "are unchanged"),
    ("asked for in this way", "opened this way"),
    ("attempts to sign in", "failed sign-ins"),
    ("authority that the", "CA certificate used to verify"),
    ("be shown whole", "show in full"),
    ("before an address", "from one address"),
    ("by its rules", "because of its rules"),
    ("by itself", "automatically"),
    ("by the clock of", "… time"),
    ("came too slowly", "took too long"),
    ("can be sent here", "you can send"),
    ("can see that", "can tell that"),
    ("cannot be seen", "invisible"),
    ("check now", "refresh"),
    ("choose a message", "select a message"),
    ("come along", "be printed"),
    ("complaint", "abuse report"),
    ("could be made", "could not connect"),
    ("cut short", "incomplete, interrupted"),
    ("dealt with", "handled"),
    (
        "did not accept this address",
        "wrong email address or password",
    ),
    ("did not come from", "came from another site"),
    ("did not keep the cookie", "did not accept the cookie"),
    ("disturbed", "a network problem"),
    ("does not come", "declined"),
    ("ended the connection", "closed the connection"),
    ("ends everything", "stops it"),
    ("ends here", "is rejected"),
    ("everybody on the way", "others"),
    (
        "everything of theirs",
        "everything of theirs: all their data",
    ),
    ("folder appear here", "will appear here"),
    ("for good", "permanently"),
    ("give away", "serve, reveal"),
    ("given back", "released"),
    ("gives away", "serves, reveals"),
    ("gives back", "frees"),
    ("go back and do it", "go back and try again"),
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
    ("header of the message", "message headers"),
    ("held at once", "file locking does not work"),
    ("held back", "blocked"),
    ("hold back", "block"),
    ("holds another", "contains a different"),
    ("https in front", "open it with https://"),
    ("in all is the most", "the limit is … in total"),
    ("in force", "in use"),
    ("in most cases", "usually"),
    ("is gone", "no longer exists, exits"),
    ("is no address", "is not an address"),
    ("is no setting", "is not a setting"),
    ("is the most", "the limit is …"),
    ("it was asked", "there was no answer"),
    ("its beginning is", "show … in full"),
    ("judges senders", "adds Authentication-Results"),
    ("just now", "right now"),
    ("keeps a second", "locking works"),
    ("keeps nothing that", "leave it out"),
    ("kept elsewhere", "external"),
    ("known before", "a saved copy"),
    ("laid it out", "HTML version"),
    ("laid out", "HTML version"),
    ("leave this undone", "safer not to"),
    ("let nobody", "do not accept sign-ins"),
    ("lets nobody", "does not accept sign-ins"),
    ("lies below", "is in"),
    ("look whether", "check whether"),
    ("lose their place", "lose their session"),
    ("made way", "waits its turn"),
    ("mail appears here", "will appear here"),
    ("mail server for sending", "outgoing mail server"),
    ("mail system there", "receiving mail system"),
    ("makes no sense", "is not valid"),
    ("may read and take", "plain files"),
    ("message names a page", "you can unsubscribe on a page"),
    ("message was shown", "was displayed"),
    ("messages appear here", "will appear here"),
    ("most likely back", "will probably be back"),
    ("no directory", "not a directory"),
    ("no such domain", "this domain does not exist"),
    ("no such mailbox", "this address does not exist"),
    ("no unread of", "… messages, none unread"),
    ("nobody known", "unknown authority"),
    ("nobody named", "no recipients listed"),
    ("nobody yet", "no recipient"),
    ("not right gets", "is not valid"),
    ("not well formed", "not valid"),
    ("not without encryption", "needs encryption"),
    ("nothing to read", "no message to show"),
    ("nothing was checked", "your password was not checked"),
    ("nothing was stored", "nothing was saved"),
    ("of ours", "say whose: Postern, this site"),
    ("once more", "again"),
    ("one working request", "at most one request at a time"),
    ("opened before", "already opened"),
    ("page of its own", "separate page"),
    ("pages of one user", "requests of one user"),
    ("pages of the list", "pages"),
    ("password of this session", "your password"),
    ("piece of a message", "part of a message"),
    ("prove who it is", "certificate is not trusted"),
    ("put right", "fix"),
    ("requests apart", "file locking does not work"),
    ("rest cannot be read", "the rest is unreadable"),
    ("right and what is not", "what to fix"),
    ("said no", "refused"),
    ("say how long", "is incomplete"),
    ("sealed with", "encrypted with"),
    ("seen to live", "run"),
    ("sender checked", "sender check"),
    ("server there", "receiving server"),
    ("several alphabets", "different alphabets"),
    ("show it no longer", "stop showing"),
    ("show once", "show images"),
    ("show the source", "view source"),
    ("shown this once", "shown this time"),
    ("stands at", "is at"),
    ("stands beside", "is next to"),
    ("stands in", "is in"),
    ("stays so", "keeps happening"),
    ("taken for", "considered"),
    ("takes for", "considers"),
    ("takes no", "does not accept"),
    ("tell its owner", "may learn that"),
    ("tells its owner", "will know that"),
    ("that the message names", "say whose"),
    ("the message says", "automatic"),
    ("the other of apache's", "name it"),
    ("this link names", "there is no such …"),
    ("those who", "the person who, people who"),
    ("time left to try", "gave up after trying for too long"),
    ("time or place is proposed", "a change is proposed"),
    ("times in", "times are shown in"),
    ("to go on", "to continue"),
    ("took for", "considered"),
    ("unread of", "… messages, … unread"),
    ("until before", "the last day itself"),
    ("visiting card", "contact card"),
    ("was handed to", "was sent on to"),
    ("was left as", "was not changed"),
    ("what became of", "whether … was done"),
    ("what is attached", "attachments"),
    ("which is written", "its technical form"),
    ("whoever", "everyone who, whichever"),
    ("work on this page", "Postern gave up"),
    ("wrong characters", "text looks wrong"),
    ("you see the html", "showing the"),
    ("you see the plain", "showing the"),
    ("your other click", "another page of yours"),
    ("zone of all times", "time zone in which times are shown"),
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
    for tool in [
        "demo.rs",
        "start/lib.rs",
        "start/main.rs",
        "release/licences.rs",
        "release/main.rs",
    ] {
        let said = literals(&read(&format!("tests/{tool}"))).into_iter();
        texts.extend(said.map(|text| (tool.to_owned(), text)));
    }
    texts.push((
        "htpostern.toml".to_owned(),
        read("tests/release/htpostern.toml"),
    ));
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
