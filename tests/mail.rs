//! Mails and vectors of other projects, read and cleaned: the ones in `tests/mail` always, the whole corpus where it is.
//!
//! The corpus lies in `../shared/corpus` beside the project, or where `POSTERN_CORPUS` says. Where it is absent the tests
//! say so and run over `tests/mail` alone.

use std::fs;
use std::path::{Path, PathBuf};

use postern::clean::{self, Cleaned, Show};
use postern::mail::{Part, PartPath, Theme};
use postern::mime::{codec, containers, structure};
use postern::plain_text::{Block, Line, Span};
use postern::work::Work;
use scraper::{Html, Selector};
use serde_json::Value;

use crate::support::unmet::{self, Want};

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail")
}

/// The corpus, where it is.
pub(crate) fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("POSTERN_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let found = named.unwrap_or(beside);
    if found.join("mail").is_dir() {
        return Some(found);
    }
    unmet::without(Want::Corpus, &format!("nothing is at {}", found.display()));
    None
}

/// The mails to read: those here, and those of the corpus.
pub(crate) fn mails() -> Vec<PathBuf> {
    let mut found = files(&here());
    if let Some(corpus) = corpus() {
        found.extend(files(&corpus.join("mail")));
    }
    found.retain(|f| {
        let named = f
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        !named.starts_with('.')
            && ![".json", ".md", ".tsv", ".py"]
                .iter()
                .any(|e| named.ends_with(e))
    });
    assert!(found.len() >= 30, "tests/mail is empty");
    found
}

/// Vectors that are always at hand: one of each kind.
const OWN: [&str; 14] = [
    "<img src=x onerror=alert(1)><svg/onload=alert(1)>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a><a href=data:text/html,x>x</a>",
    "<form action=https://e.org><input type=image src=https://e.org/x></form>",
    "<p style='background:u\\72l(https://e.org/x);position:fixed;width:expression(1)'>x",
    "<style>@import '//e.org/x';p{background:image-set('https://e.org/x' 1x)}</style><p>x",
    "<style>p{font-family:'<\\/style><script>alert(1)</script>'}</style>x",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;<img src=x onerror=alert(1)>'>",
    "<base href=//e.org/><link rel=stylesheet href=x><iframe srcdoc='<script>1</script>'></iframe>",
    "<body onload=x background=//e.org/x><img srcset='//e.org/x 1x' src=data:image/svg+xml;base64,AAAA>",
    "<style>p{background:url/**/('https://e.org/x')}i{background:image-set/**/('message' 1x)}</style><p>x<i>y",
    "<body style=\"background:url/**/('https://e.org/x')\">x",
    "<style>p{margin:1px//**/*2}q{font-family:'*/}*{position:fixed;background:url(//e.org/x)}/*'}</style><p>x",
    "<p style=\"margin:1px//**/*2;font-family:'*/;position:fixed;background:url/**/(&quot;//e.org/x&quot;)/*'\">x",
];

/// These, and the vectors of the corpus, by name.
pub(crate) fn vectors() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = OWN
        .iter()
        .map(|v| ("own".to_owned(), (*v).to_owned()))
        .collect();
    let Some(corpus) = corpus() else {
        return found;
    };
    let text = |v: &Value, key: &str| {
        v.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    for file in files(&corpus.join("html/vectors")) {
        let read: Vec<Value> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        found.extend(read.iter().map(|v| (text(v, "id"), text(v, "html"))));
    }
    for file in files(&corpus.join("html/pages")) {
        found.push((
            file.display().to_string(),
            String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned(),
        ));
    }
    assert!(
        found.len() > 6000,
        "the corpus holds only {} vectors",
        found.len()
    );
    found
}

pub(crate) fn cleaned(html: &str, remote: bool) -> Cleaned {
    cleaned_for(html, remote, None)
}

fn cleaned_for(html: &str, remote: bool, within: Option<&'static str>) -> Cleaned {
    let how = Show {
        sought: &postern::mail::Sought::default(),
        work: &Work::default(),
        remote,
        inline: &|_| None,
        own_origin: Some("https://mail.example.org"),
        write_to: None,
        within,
    };
    clean::document(html, &how)
}

/// True where a mail that stands in a page of ours ends nothing but itself.
fn stays_inside(html: &str, remote: bool) -> bool {
    let mail = cleaned_for(html, remote, Some("mail")).inside("mail");
    let page = format!(
        "<!DOCTYPE html><div id=paper>{}</div><hr>",
        mail.into_string()
    );
    let page = Html::parse_document(&page);
    let children = |of: &str| {
        let children = Selector::parse(&format!("{of} > *")).unwrap();
        page.select(&children).count()
    };
    (children("body"), children("#paper")) == (2, 1)
}

/// Style with what stands between quotes taken out, but for addresses.
fn without_strings(style: &str) -> String {
    let mut out = String::new();
    let mut chars = style.chars();
    while let Some(c) = chars.next() {
        out.push(c);
        if c != '"' {
            continue;
        }
        let is_address = out.ends_with("url(\"");
        while let Some(c) = chars.next() {
            let escaped = (c == '\\').then(|| chars.next()).flatten();
            if is_address || c == '"' {
                out.push(c);
                out.extend(escaped);
            }
            if c == '"' {
                break;
            }
        }
    }
    out
}

/// What is wrong with a framed document, and whether it changes when it is cleaned again; nothing, it is hoped.
fn faults(html: &str, remote: bool) -> Vec<String> {
    let mut faults = harms(html, remote);
    let cleaned = self::cleaned(html, remote);
    let twice = self::cleaned(cleaned.body(), remote);
    if twice.body() != cleaned.body() {
        faults.push(format!(
            "not the same twice: {}",
            difference(cleaned.body(), twice.body())
        ));
    }
    let sheet = self::cleaned(&format!("<style>{}</style>", cleaned.sheet()), remote);
    if sheet.sheet() != cleaned.sheet() {
        faults.push(format!(
            "style not the same twice: {}",
            difference(cleaned.sheet(), sheet.sheet())
        ));
    }
    faults
}

/// What in a framed document could act, load, or lead where nothing may lead.
pub(crate) fn harms(html: &str, remote: bool) -> Vec<String> {
    let cleaned = cleaned(html, remote);
    let page = clean::frame("t", &cleaned, "en", Theme::Light).into_string();
    let mut faults = Vec::new();
    let mut styles = 0;
    let judge_style = |style: &str, faults: &mut Vec<String>| {
        let style = without_strings(&style.to_ascii_lowercase());
        for bad in [
            "expression",
            "@import",
            "-moz-binding",
            "behavior",
            "javascript",
            "position:fixed",
            "position:sticky",
            "var(",
            "image-set(",
            "@font-face",
        ] {
            let declared = |bad: &str| {
                // What an opening brace follows is a selector.
                let all = style.split_inclusive(['{', '}', ';']);
                let mut all = all.filter(|piece| !piece.ends_with('{'));
                all.any(|piece| piece.trim().starts_with(bad))
            };
            if style
                .split([':', ';', '{', '}', '('])
                .any(|w| w.trim() == bad)
                || (bad.contains(['(', '@']) && style.contains(bad))
                || (bad.contains(':') && declared(bad))
            {
                faults.push(format!("style has {bad}: {style}"));
            }
        }
        let mut judged = 0;
        while let Some(at) = style[judged..].find("url(").map(|at| judged + at) {
            let (before, url) = (&style[..at], &style[at + 4..]);
            let quoted = url.strip_prefix('"');
            // What stands in an address is not looked at again.
            let address = quoted.and_then(|u| u.split('"').next()).unwrap_or_default();
            judged = at + 4 + address.len();
            // `#curl(1)` is a colour and brackets.
            if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '#' | '-' | '_')) {
                continue;
            }
            let url = url.trim_start_matches(['"', '\'']);
            if !(url.starts_with("data:image/") || remote && url.starts_with("https://")) {
                let near: String = before.chars().rev().take(60).collect();
                let near: String = near.chars().rev().collect();
                faults.push(format!("style loads {url:.60} after {near}"));
            }
        }
    };
    for node in Html::parse_document(&page).tree.values() {
        let Some(element) = node.as_element() else {
            continue;
        };
        let name = element.name();
        styles += usize::from(name == "style");
        if matches!(
            name,
            "script"
                | "iframe"
                | "object"
                | "embed"
                | "svg"
                | "math"
                | "form"
                | "input"
                | "button"
                | "base"
                | "link"
                | "video"
                | "audio"
                | "textarea"
                | "select"
                | "template"
                | "noscript"
        ) {
            faults.push(format!("element {name}"));
        }
        for (key, value) in element.attrs() {
            let plain: String = value
                .chars()
                .filter(|c| !c.is_whitespace() && !c.is_control())
                .collect::<String>()
                .to_ascii_lowercase();
            if key.starts_with("on")
                || matches!(
                    key,
                    "srcset"
                        | "ping"
                        | "action"
                        | "formaction"
                        | "poster"
                        | "background"
                        | "srcdoc"
                        | "xlink:href"
                )
            {
                faults.push(format!("attribute {key}"));
            }
            let fine = match key {
                "href" => ["http://", "https://", "mailto:", "tel:", "#m-"]
                    .iter()
                    .any(|s| plain.starts_with(s)),
                "src" => {
                    let kind = plain.split(',').next().unwrap_or_default();
                    kind.starts_with("data:image/") && !kind.contains("svg")
                        || remote && plain.starts_with("https://")
                }
                "id" | "name" if name != "meta" => value.starts_with("m-"),
                "style" => {
                    judge_style(value, &mut faults);
                    true
                }
                _ => true,
            };
            if !fine {
                faults.push(format!("{name} {key}={value}"));
            }
        }
    }
    judge_style(cleaned.sheet(), &mut faults);
    for bad in ["</", "<!--"] {
        if cleaned.sheet().contains(bad) {
            faults.push(format!("the sheet has {bad}: {}", cleaned.sheet()));
        }
    }
    if !stays_inside(html, remote) {
        faults.push("it ends the element that it is put into".to_owned());
    }
    if styles > 2 {
        faults.push(format!("{styles} style elements"));
    }
    let twice = self::cleaned(cleaned.body(), remote);
    if remote || twice.held_back == 0 {
        return faults;
    }
    faults.push(format!("{} loads left", twice.held_back));
    faults
}

/// Two texts from a little before the place where they part.
fn difference(a: &str, b: &str) -> String {
    let same = a
        .bytes()
        .zip(b.bytes())
        .take_while(|(x, y)| x == y)
        .count()
        .saturating_sub(40);
    let cut = |t: &str| {
        let start = (0..=same)
            .rev()
            .find(|at| t.is_char_boundary(*at))
            .unwrap_or(0);
        t[start..].chars().take(160).collect::<String>()
    };
    format!("\n  {:?}\n  {:?}", cut(a), cut(b))
}

#[test]
fn nothing_in_a_vector_comes_through() {
    let vectors = vectors();
    let mut wrong = Vec::new();
    for (id, html) in &vectors {
        for remote in [false, true] {
            let faults = faults(html, remote);
            if !faults.is_empty() {
                wrong.push(format!(
                    "{id} remote={remote}: {}\n  in {html:.300}",
                    faults.join("; ")
                ));
            }
        }
    }
    println!("{} vectors", vectors.len());
    assert!(
        wrong.is_empty(),
        "{} vectors come through:\n{}",
        wrong.len(),
        wrong
            .iter()
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}

/// A mail, taken through all that a message page does.
pub(crate) struct Reading {
    pub(crate) headers: codec::Headers,
    pub(crate) parts: Vec<Part>,
    pub(crate) words: String,
    /// Of all files, those in messages within it too.
    pub(crate) names: Vec<String>,
}

/// The names of parts and of what lies in them.
fn names(raw: &[u8], parts: &[Part], depth: u32, out: &mut Vec<String>) {
    for part in parts {
        out.push(part.name.clone());
        let bytes = structure::part_of(raw, &part.path, &Work::default()).unwrap();
        let is_message = structure::is_message(part);
        let Some(inside) = containers::Container::open(part, bytes, &Work::default()) else {
            continue;
        };
        if is_message && depth < 5 {
            names(inside.entity_bytes(), inside.parts(), depth + 1, out);
        } else {
            out.extend(inside.parts().iter().map(|p| p.name.clone()));
        }
    }
}

pub(crate) fn read(raw: &[u8]) -> Reading {
    let parts = structure::leaves(raw, &Work::default());
    let body = structure::body_of(&parts);
    let mut words = String::new();
    for part in &body.text {
        let bytes = structure::part_of(raw, &part.path, &Work::default()).unwrap();
        let mut text = structure::reading(part, &bytes, "");
        if part.kind == "text/html" {
            text = clean::words(&text);
        }
        for block in &structure::plain_text([(text, part.flowed)], &clean::link).blocks {
            tell(block, &mut words);
        }
    }
    for part in body.html.iter().filter(|p| p.kind == "text/html") {
        let html = codec::text(
            &structure::part_of(raw, &part.path, &Work::default()).unwrap(),
            &part.charset,
        );
        cleaned(&html, false);
    }
    let everywhere = body.text.len() + body.html.len() + body.inline.len() + body.attachments.len();
    assert!(
        everywhere > 0 || parts.is_empty(),
        "nothing of {parts:?} is shown"
    );
    let mut names = Vec::new();
    self::names(raw, &parts, 0, &mut names);
    Reading {
        names,
        headers: codec::headers(raw),
        words,
        parts: parts.clone(),
    }
}

fn tell(block: &Block, out: &mut String) {
    let mut lines = |lines: &[Line]| {
        for span in lines.iter().flatten() {
            match span {
                Span::Words(words) => out.push_str(words),
                Span::Link { shown, .. } => out.push_str(shown),
            }
            out.push(' ');
        }
    };
    match block {
        Block::Text(text) | Block::Signature(text) => lines(text),
        Block::Quote { said, blocks, .. } => {
            lines(said.as_slice());
            blocks.iter().for_each(|b| tell(b, out));
        }
    }
}

#[test]
fn every_mail_is_read_and_none_panics() {
    let (mut read_, mut with_words) = (0, 0);
    for file in mails() {
        let raw = fs::read(&file).unwrap();
        let reading = read(&raw);
        read_ += 1;
        with_words += usize::from(!reading.words.trim().is_empty());
        for part in &reading.parts {
            let name = codec::safe_file_name(&part.name);
            assert!(
                !name.is_empty() && !name.contains(['/', '\\', '\n', '"']),
                "{name:?} in {}",
                file.display()
            );
            assert!(
                !part.path.steps().is_empty() && PartPath::parse(&part.path.to_string()).is_some()
            );
        }
    }
    println!("{read_} mails, {with_words} of them with words");
    assert!(
        with_words * 10 > read_ * 7,
        "only {with_words} of {read_} mails have words"
    );
}

/// The value of a header in a dump of mail-parser, as words.
fn expected<'a>(dump: &'a Value, name: &str) -> Option<&'a Value> {
    let headers = dump.pointer("/parts/0/headers")?.as_array()?;
    headers
        .iter()
        .find(|h| h.get("name").and_then(Value::as_str) == Some(name))?
        .get("value")
}

/// Everything under a key anywhere in a value, in order.
fn all_under(value: &Value, key: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (k, v) in map {
                if k == key
                    && let Some(text) = v.as_str()
                {
                    out.push(text.to_owned());
                }
                all_under(v, key, out);
            }
        }
        Value::Array(list) => list.iter().for_each(|v| all_under(v, key, out)),
        _ => {}
    }
}

/// Without white space, and without the backslashes that mail-parser takes out of `C:\dir`.
fn squeezed(text: &str) -> String {
    text.split_whitespace()
        .collect::<String>()
        .replace('\\', "")
}

#[test]
fn mails_with_a_known_reading_are_read_so() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for file in mails() {
        let dump = file.with_extension("expected.json");
        let Ok(dump) = fs::read(&dump) else {
            continue;
        };
        let dump: Value = serde_json::from_slice(&dump).unwrap();
        let read = read(&fs::read(&file).unwrap());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(subject) = expected(&dump, "subject")
            .and_then(|v| v.get("Text"))
            .and_then(Value::as_str)
            .filter(|s| !s.contains('\u{fffd}'))
        {
            compared += 1;
            if squeezed(subject) != squeezed(&read.headers.subject) {
                wrong.push(format!(
                    "{name} subject {subject:?} {:?}",
                    read.headers.subject
                ));
            }
        }
        if let Some(from) = expected(&dump, "from") {
            let mut known = Vec::new();
            all_under(from, "address", &mut known);
            compared += 1;
            let ours: Vec<String> = read
                .headers
                .from
                .iter()
                .map(|a| a.email.clone())
                .filter(|e| !e.is_empty())
                .collect();
            if known.iter().map(|k| squeezed(k)).collect::<Vec<_>>() != ours {
                wrong.push(format!("{name} from {known:?} {:?}", read.headers.from));
            }
        }
        for part in dump
            .get("parts")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let named = ["content_disposition", "content_type"]
                .iter()
                .find_map(|header| {
                    let of = part
                        .get("headers")?
                        .as_array()?
                        .iter()
                        .find(|h| h.get("name").and_then(Value::as_str) == Some(header))?;
                    let list = of.pointer("/value/ContentType/attributes")?.as_array()?;
                    let key = |a: &&Value| {
                        matches!(
                            a.get("name").and_then(Value::as_str),
                            Some("filename" | "name")
                        )
                    };
                    list.iter()
                        .find(key)?
                        .get("value")?
                        .as_str()
                        .map(str::to_owned)
                });
            // What mail-parser could not read itself is no measure.
            if let Some(named) = named.filter(|n| !n.contains('\u{fffd}')) {
                compared += 1;
                if !read
                    .parts
                    .iter()
                    .any(|p| squeezed(&p.name) == squeezed(&named))
                {
                    let ours: Vec<&str> = read.parts.iter().map(|p| p.name.as_str()).collect();
                    wrong.push(format!("{name} attachment {named:?} {ours:?}"));
                }
            }
        }
    }
    println!("{compared} values compared, {} differ", wrong.len());
    assert!(compared > 0);
    assert!(
        wrong.len() * 100 <= compared,
        "{} of {compared} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
