//! A plain part that stands between parts of HTML, as HTML. It is judged with them afterwards, like all of a mail.
//!
//! Not for a text that is shown on its own: that is a view's. The recursion is as deep as the blocks are, which their maker
//! bounds.

use maud::{DOCTYPE, Markup, html};

use crate::plain_text::{Block, Line, Span, words_of};

/// A text with its white space, quotes and links.
pub fn as_html(blocks: &[Block]) -> String {
    framed(html! {
        div dir="auto" { @for block in blocks { (drawn(block)) } }
    })
}

/// Words with their line ends.
pub(super) fn words_as_html(words: &str) -> String {
    framed(html! { (words) })
}

fn framed(inside: Markup) -> String {
    html! { (DOCTYPE) div dir="auto" style="white-space:pre-wrap" { (inside) } }.into_string()
}

fn drawn(block: &Block) -> Markup {
    match block {
        Block::Text(lines) | Block::Signature(lines) => html! { p { (typed(lines)) } },
        Block::Quote { said, blocks, .. } => {
            let quote = html! {
                blockquote dir="auto" { @for block in blocks { (drawn(block)) } }
            };
            match said {
                Some(line) => html! {
                    details open { summary dir="auto" { (words_of(line)) } (quote) }
                },
                None => quote,
            }
        }
    }
}

fn typed(lines: &[Line]) -> Markup {
    html! {
        @for (i, line) in lines.iter().enumerate() {
            @if i > 0 { "\n" }
            @for span in line {
                @match span {
                    Span::Words(text) => (text),
                    Span::Link { shown, href } => a href=(href) { (shown) },
                }
            }
        }
    }
}
