//! What a reader sees of a document, as words in a row.

use scraper::{ElementRef, Node, Selector};

/// A CSS selector; a wrong one ends the test.
pub fn css(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|e| panic!("{selector}: {e}"))
}

/// Whether an element, or one around it, is hidden.
pub fn is_hidden(e: ElementRef) -> bool {
    let hidden = |e: ElementRef| e.attr("hidden").is_some() || e.attr("type") == Some("hidden");
    hidden(e) || e.ancestors().filter_map(ElementRef::wrap).any(hidden)
}

/// The text below an element that a reader sees, a space between elements that are not part of a word.
pub fn visible_text(e: ElementRef) -> String {
    let mut text = String::new();
    collect(e, &mut text);
    in_order(&text)
}

fn collect(e: ElementRef, text: &mut String) {
    let name = e.value().name();
    let unseen = ["script", "style", "template", "head", "iframe"];
    if unseen.contains(&name) || e.attr("hidden").is_some() {
        return;
    }
    let inside_word = ["b", "i", "em", "strong", "mark", "wbr", "bdi", "bdo"].contains(&name);
    if !inside_word {
        text.push(' ');
    }
    for child in e.children() {
        match child.value() {
            Node::Text(t) => text.push_str(t),
            Node::Element(_) => {
                if let Some(child) = ElementRef::wrap(child) {
                    collect(child, text);
                }
            }
            _ => {}
        }
    }
    if !inside_word {
        text.push(' ');
    }
}

/// One space between words, whatever white space was there.
pub fn in_order(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `words` stand in `text` without cutting a word: "Message 7" is not in "Message 71".
pub fn contains_words(text: &str, words: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        let cut_before = is_word(before) && is_word(words.chars().next());
        let cut_after = is_word(after) && is_word(words.chars().next_back());
        !cut_before && !cut_after
    })
}

/// Text whose bytes are written as `%41` where they are not letters (RFC 3986 2.1).
pub fn percent_decoded(text: &str) -> String {
    let query = format!("x={}", text.replace('+', "%2B"));
    form_urlencoded::parse(query.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}
