//! Bounds the attributes of each tag before anything parses them.
//!
//! html5ever compares each attribute of a tag with all before it: a megabyte of attributes in one tag takes 13 seconds.
//! This walks over tags exactly as its tokenizer does (HTML 13.2.5), with the elements of `raw`, and leaves out what
//! a tag has beyond its share. It judges nothing else.

use std::borrow::Cow;

use super::budget::ATTRIBUTES;
use super::raw::RAW;

/// The markup with at most `ATTRIBUTES` attributes in each tag.
pub(super) fn few_attributes(html: &str) -> Cow<'_, str> {
    let mut walk = Walk {
        bytes: html.as_bytes(),
        at: 0,
        cuts: Vec::new(),
    };
    walk.whole();
    if walk.cuts.is_empty() {
        return html.into();
    }
    let mut kept = String::with_capacity(html.len());
    let mut from = 0;
    for (start, end) in walk.cuts {
        kept.push_str(html.get(from..start).unwrap_or_default());
        from = end;
    }
    kept.push_str(html.get(from..).unwrap_or_default());
    kept.into()
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Stretches to leave out.
    cuts: Vec<(usize, usize)>,
}

impl Walk<'_> {
    fn whole(&mut self) {
        while self.find(b"<", self.at) {
            match self.rest() {
                [b'<', b'!', b'-', b'-', ..] => self.comment(),
                [b'<', b'/', b'>', ..] => self.at += 3,
                [b'<', b'/', first, ..] if first.is_ascii_alphabetic() => {
                    self.at += 2;
                    self.tag();
                }
                [b'<', first, ..] if first.is_ascii_alphabetic() => {
                    self.at += 1;
                    let name = self.tag();
                    let mut all = RAW.iter().map(|raw| raw.name.as_bytes());
                    if let Some(raw) = all.find(|raw| name.eq_ignore_ascii_case(raw)) {
                        self.raw(raw);
                    }
                }
                [b'<', b'!' | b'?' | b'/', ..] => {
                    self.find(b">", self.at);
                }
                _ => self.at += 1,
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn next(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Goes to the next place of a text; to the end, and false, where there is none.
    fn find(&mut self, text: &[u8], from: usize) -> bool {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let found = match text {
            [one] => rest.iter().position(|b| b == one),
            _ => rest.windows(text.len()).position(|w| w == text),
        };
        self.at = found.map_or(self.bytes.len(), |n| from.saturating_add(n));
        found.is_some()
    }

    /// `<!-->` and `<!--->` end at once; else `-->` or `--!>`.
    fn comment(&mut self) {
        let start = self.at;
        let body = self
            .bytes
            .get(start.saturating_add(2)..)
            .unwrap_or_default();
        let end = body.windows(3).enumerate().find_map(|(n, w)| match w {
            b"-->" => Some(n.saturating_add(3)),
            b"--!" if n >= 2 && body.get(n.saturating_add(3)) == Some(&b'>') => {
                Some(n.saturating_add(4))
            }
            _ => None,
        });
        self.at = end.map_or(self.bytes.len(), |n| {
            start.saturating_add(2).saturating_add(n)
        });
    }

    /// To the end tag of a raw element.
    fn raw(&mut self, name: &[u8]) {
        while self.find(b"</", self.at) {
            let after = self.rest().get(2..).unwrap_or_default();
            let (head, tail) = after.split_at_checked(name.len()).unwrap_or((after, b""));
            let ends = tail
                .first()
                .is_some_and(|b| is_space(*b) || matches!(b, b'/' | b'>'));
            if head.eq_ignore_ascii_case(name) && ends {
                return;
            }
            self.at += 2;
        }
    }

    /// From a tag's name to behind its end; gives the name.
    fn tag(&mut self) -> Vec<u8> {
        let start = self.at;
        self.skip(|b| !is_space(b) && !matches!(b, b'/' | b'>'));
        let name = self.bytes.get(start..self.at).unwrap_or_default().to_vec();
        let (mut count, mut cut) = (0_usize, None);
        loop {
            self.skip(|b| is_space(b) || b == b'/');
            match self.next() {
                None => break,
                Some(b'>') => {
                    self.cuts.extend(cut.map(|from| (from, self.at)));
                    self.at += 1;
                    break;
                }
                Some(_) => {}
            }
            count = count.saturating_add(1);
            if count > ATTRIBUTES {
                cut = cut.or(Some(self.at));
            }
            self.attribute();
        }
        if self.next().is_none() && self.bytes.last() != Some(&b'>') {
            // A tag that never ends is no tag, but it is read to the end all the same.
            self.cuts.extend(cut.map(|from| (from, self.at)));
        }
        name
    }

    fn attribute(&mut self) {
        // An equals sign at the very start belongs to the name.
        self.at += 1;
        self.skip(|b| !is_space(b) && !matches!(b, b'/' | b'>' | b'='));
        self.skip(is_space);
        if self.next() != Some(b'=') {
            return;
        }
        self.at += 1;
        self.skip(is_space);
        match self.next() {
            Some(quote @ (b'"' | b'\'')) => {
                self.at += 1;
                self.skip(|b| b != quote);
                self.at = self.at.saturating_add(1).min(self.bytes.len());
            }
            _ => self.skip(|b| !is_space(b) && b != b'>'),
        }
    }

    fn skip(&mut self, passed: impl Fn(u8) -> bool) {
        while self.next().is_some_and(&passed) {
            self.at += 1;
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0xc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_markup_stays_as_it_is() {
        for html in [
            "<p class=a>x</p>",
            "<a href='>' title=\">\">x",
            "<!-- <b --> <i",
            "<style>a<b</style>",
            "a < b </> <? x> <!doctype html>",
        ] {
            assert_eq!(few_attributes(html), html);
        }
    }

    #[test]
    fn a_tag_with_thousands_of_attributes_keeps_its_first() {
        let many: String = (0..5000).map(|n| format!(" a{n}='>'")).collect();
        for before in [
            "",
            "<!--<x y='-->",
            "<!-->",
            "<!--->",
            "<style><x y='</style>",
            "<title></titles></title >",
            "<x y=\"<z\">",
            "<!-- --!>",
            "</y='>",
            "<?'>",
        ] {
            let kept = few_attributes(&format!("{before}<p{many}>after")).into_owned();
            assert!(
                kept.len() < 3000 && kept.starts_with(before) && kept.ends_with(">after"),
                "{before}: {kept}"
            );
        }
        assert!(few_attributes(&format!("<p{many}")).len() < 3000);
    }
}
