//! The words of a mail's HTML as plain text: what the text version shows where a mail has none, and the line below a
//! subject. Line ends where a reader would see them, quotes and lists marked as in plain mail, links with their address.
//!
//! `mail_parser` has this too, but to it a line ends only at `br` and `p`: the cells
//! and boxes of which newsletters are made ran into one word.

use html5ever::tokenizer::Tag;

use super::budget::{WORDS_BYTES, WORDS_DEPTH};
use super::raw::{RawText, raw_text};
use super::tags::{Reads, walk};
use super::{is_block, link};

/// The words of an HTML.
pub fn words(html: &str) -> String {
    walk(html, Words::default()).out
}

/// True for an element whose text is nothing to read.
fn is_dropped(name: &str) -> bool {
    raw_text(name).is_some_and(|text| text != RawText::Shown)
}

/// What has to come before the next word.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

#[derive(Default)]
struct Words {
    out: String,
    gap: Gap,
    /// A list's mark was the last word: its text goes on behind it, whatever blocks it begins with.
    marked: bool,
    /// Inside of what is no text.
    raw: bool,
    templates: usize,
    preformatted: usize,
    quotes: usize,
    /// How many quotes the last word stood in.
    before: usize,
    /// The open lists; a number counts.
    lists: Vec<Option<u32>>,
    /// The address of the open link, and where its words begin.
    link: Option<(String, usize)>,
}

impl Reads for Words {
    fn start(&mut self, tag: &Tag) {
        let name = &*tag.name;
        let attribute = |key: &str| {
            let found = tag.attrs.iter().find(|a| &*a.name.local == key);
            found.map(|a| &*a.value)
        };
        match name {
            _ if is_dropped(name) => self.raw = true,
            "template" => self.templates = self.templates.saturating_add(1),
            "br" => self.br(),
            "td" | "th" => self.apart(Gap::Space),
            "img" => self.text(attribute("alt").unwrap_or_default()),
            "a" => {
                let address = attribute("href").and_then(link);
                let address = address.filter(|a| a.starts_with("http"));
                self.link = address.map(|a| (a, self.out.len()));
            }
            "li" => self.item(),
            _ => {
                self.block(name);
                match name {
                    "ul" if self.lists.len() < WORDS_DEPTH => self.lists.push(None),
                    "ol" if self.lists.len() < WORDS_DEPTH => self.lists.push(Some(0)),
                    "blockquote" => self.quotes = self.quotes.saturating_add(1),
                    "pre" => self.preformatted = self.preformatted.saturating_add(1),
                    _ => {}
                }
            }
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            _ if is_dropped(name) => self.raw = false,
            "template" => self.templates = self.templates.saturating_sub(1),
            "td" | "th" => self.apart(Gap::Space),
            "a" => self.end_link(),
            "li" => {
                self.marked = false;
                self.apart(Gap::Line);
            }
            _ => {
                if matches!(name, "ul" | "ol") {
                    self.lists.pop();
                }
                self.block(name);
                match name {
                    "blockquote" => self.quotes = self.quotes.saturating_sub(1),
                    "pre" => self.preformatted = self.preformatted.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.raw || self.templates > 0 {
            return;
        }
        if self.preformatted > 0 {
            for (nth, row) in text.split('\n').enumerate() {
                if nth > 0 {
                    self.br();
                }
                if !row.trim().is_empty() {
                    self.put(row.trim_end());
                }
            }
            return;
        }
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        for piece in text.split_inclusive(is_blank) {
            let word = piece.trim_end_matches(is_blank);
            if !word.is_empty() {
                self.put(word);
            }
            if word.len() < piece.len() {
                self.gap = self.gap.max(Gap::Space);
            }
        }
    }
}

impl Words {
    fn apart(&mut self, gap: Gap) {
        if !self.marked {
            self.gap = self.gap.max(gap);
        }
    }

    fn block(&mut self, name: &str) {
        let paragraph = [
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "pre",
            "table",
            "ul",
            "ol",
            "dl",
            "hr",
        ];
        if paragraph.contains(&name) && (self.lists.is_empty() || !matches!(name, "ul" | "ol")) {
            self.apart(Gap::Paragraph);
        } else if is_block(name) || matches!(name, "tr" | "dt" | "dd" | "option" | "body") {
            self.apart(Gap::Line);
        }
    }

    /// One ends the line, a second one leaves a line empty.
    fn br(&mut self) {
        self.marked = false;
        self.gap = match self.gap {
            Gap::Line | Gap::Paragraph => Gap::Paragraph,
            _ => Gap::Line,
        };
    }

    fn item(&mut self) {
        self.marked = false;
        self.apart(Gap::Line);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{number}.")
            }
            _ => "\u{2022}".to_owned(),
        };
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        self.put(&format!("{indent}{mark}"));
        self.gap = Gap::Space;
        self.marked = true;
    }

    fn end_link(&mut self) {
        let Some((address, from)) = self.link.take() else {
            return;
        };
        let said = self.out.get(from..).unwrap_or_default().trim();
        let plain = |text: &str| {
            let text = text
                .trim_start_matches("https://")
                .trim_start_matches("http://");
            text.trim_end_matches('/').to_owned()
        };
        if !said.is_empty() && plain(said) != plain(&address) {
            let gap = std::mem::replace(&mut self.gap, Gap::Space);
            self.put(&format!("<{address}>"));
            self.gap = gap;
        }
    }

    fn put(&mut self, word: &str) {
        if self.out.len() > WORDS_BYTES {
            return;
        }
        let gap = std::mem::take(&mut self.gap);
        let level = self.quotes.min(WORDS_DEPTH);
        let before = std::mem::replace(&mut self.before, level);
        if !self.out.is_empty() {
            match gap {
                Gap::None => {}
                Gap::Space => self.out.push(' '),
                Gap::Line => self.out.push('\n'),
                Gap::Paragraph => {
                    // The line between belongs to what is around both.
                    let around = "> ".repeat(before.min(level));
                    self.out.push('\n');
                    self.out.push_str(around.trim_end());
                    self.out.push('\n');
                }
            }
        }
        if self.out.is_empty() || gap >= Gap::Line {
            self.out.push_str(&"> ".repeat(level));
        }
        self.marked = false;
        self.out.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn lines_end_where_a_reader_sees_them_end() {
        for (html, text) in [
            ("<p>hello</p>", "hello"),
            ("<div>one</div><div>two</div>", "one\ntwo"),
            ("<p>one<p>two <b>th</b>ree", "one\n\ntwo three"),
            ("a<br>b<br><br>c", "a\nb\n\nc"),
            (
                "<table><tr><td>1</td><td>2</td></tr><tr><td>3</table>4",
                "1 2\n3\n\n4",
            ),
            ("<td><div>in a box</div></td><td>x</td>", "in a box\nx"),
            ("<pre>a  b\n  c\n\nd</pre>", "a  b\n  c\n\nd"),
            (" \n one \t two&nbsp;&amp; ", "one two\u{a0}&"),
            ("&lt;b&gt;<b></b>", "<b>"),
            ("<xmp><b>x</xmp><textarea><i></textarea>", "<b>x<i>"),
        ] {
            assert_eq!(words(html), text, "{html}");
        }
    }

    #[test]
    fn quotes_lists_and_links_are_written_as_in_plain_mail() {
        for (html, text) in [
            (
                "yes<blockquote>why<blockquote><p>one<p>two</blockquote></blockquote>no",
                "yes\n\n> why\n>\n> > one\n> >\n> > two\n\nno",
            ),
            (
                "<ul><li>a<li><p>b</p><ul><li>c</ul></ul><ol><li>d<li>e</ol>f",
                "\u{2022} a\n\u{2022} b\n\n  \u{2022} c\n\n1. d\n2. e\n\nf",
            ),
            (
                "<a href='https://e.org/x'>the <b>list</b></a>, <a href=http://e.org>e.org</a>, <a href='javascript:1'>x</a>",
                "the list <https://e.org/x>, e.org, x",
            ),
            (
                "<a href=https://e.org/><img src=x alt='A kettle'></a>",
                "A kettle <https://e.org/>",
            ),
            ("<a href=https://e.org><img src=x></a>", ""),
        ] {
            assert_eq!(words(html), text, "{html}");
        }
    }

    #[test]
    fn what_is_no_text_is_left_out() {
        let html = "<html><head><title>T</title><style>p{}</style></head><body><script>1<2</script>a\
            <template>b<template>c</template></template><iframe>d</iframe><!-- e -->f";
        assert_eq!(words(html), "af");
    }
}
