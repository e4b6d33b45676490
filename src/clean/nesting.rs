//! How deep and how many: which start and end tags are passed on.
//!
//! A rough picture of what a parser would build, so that it never has to build more than it can in a moment: the open
//! elements, the ones that end without an end tag, and the formatting elements that HTML opens anew in every block, which
//! is where a few bytes can become a tree without end. It decides nothing about what is allowed.

use std::collections::HashMap;

/// Deepest nesting that is kept.
const DEEPEST: usize = 150;
/// Elements that a tree may come to have.
const MOST: usize = 80_000;

/// What is open, and what it has cost.
#[derive(Default)]
pub(super) struct Nesting {
    /// Elements that are open in the result, outermost first; at most `DEEPEST`.
    open: Vec<String>,
    /// Elements that were too deep to be kept, by name, so that their end tags are passed over too.
    skipped: HashMap<String, u32>,
    /// Formatting elements that a parser would open anew in the next block (HTML 13.2.4.3); None is a marker.
    formatting: Vec<Option<String>>,
    /// Elements that a parser would make, so far.
    cost: usize,
    /// True once there were too many of them.
    pub(super) cut: bool,
}

impl Nesting {
    /// A start tag; false where it is left out.
    pub(super) fn start(&mut self, name: &str) -> bool {
        self.close_implied(name);
        let open = self.open.iter().filter(|o| is_formatting(o)).count();
        let reopened = self.formatting.len().saturating_sub(open);
        self.cost = self.cost.saturating_add(reopened).saturating_add(1);
        self.cut |= self.cost > MOST;
        let void = matches!(name, "br" | "hr" | "img" | "col" | "wbr" | "area");
        let too_many = is_formatting(name) && self.formatting.len() >= DEEPEST / 2;
        if self.cut || self.open.len() >= DEEPEST || too_many {
            if !void {
                let skipped = self.skipped.entry(name.to_owned()).or_default();
                *skipped = skipped.saturating_add(1);
            }
            return false;
        }
        if !void {
            if is_formatting(name) {
                self.formatting.push(Some(name.to_owned()));
            } else if is_cell(name) {
                self.formatting.push(None);
            }
            self.open.push(name.to_owned());
        }
        true
    }

    /// An end tag; false where it ends nothing.
    pub(super) fn end(&mut self, name: &str) -> bool {
        if let Some(skipped) = self.skipped.get_mut(name).filter(|n| **n > 0) {
            *skipped = skipped.saturating_sub(1);
            return false;
        }
        // An end tag reaches no further than its cell, but for those of the table itself.
        let in_table = matches!(
            name,
            "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "caption"
        );
        let is_wall = |n: &str| {
            if in_table {
                n == "table"
            } else {
                matches!(n, "table" | "td" | "th" | "caption")
            }
        };
        for (at, open) in self.open.iter().enumerate().rev() {
            if open == name {
                self.close_from(at);
                return true;
            }
            if is_wall(open) {
                return false;
            }
        }
        false
    }

    /// Takes the elements from this one on off the list; a parser closes them by itself.
    fn close_from(&mut self, at: usize) {
        let explicit = self.open.get(at).cloned();
        for closed in self.open.split_off(at.min(self.open.len())).iter().rev() {
            if is_cell(closed) {
                while self.formatting.pop().flatten().is_some() {}
            }
        }
        let last = self
            .formatting
            .iter()
            .rposition(|f| f.as_ref() == explicit.as_ref());
        if let Some(last) = last.filter(|_| explicit.is_some()) {
            self.formatting.remove(last);
        }
        if self.open.len() < DEEPEST {
            self.skipped.clear();
        }
    }

    /// Elements that end where this one begins.
    fn close_implied(&mut self, name: &str) {
        let (ended, walls): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu", "dir"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["tr"]),
            "tr" => (&["tr"], &[]),
            "tbody" | "thead" | "tfoot" => {
                (&["tbody", "thead", "tfoot", "caption", "colgroup"], &[])
            }
            "a" => (&["a"], &[]),
            _ if is_block(name) => (&["p"], &[]),
            _ => return,
        };
        let wall =
            |n: &str| walls.contains(&n) || n == "table" || (is_cell(n) && !ended.contains(&n));
        for (at, open) in self.open.iter().enumerate().rev() {
            if ended.contains(&open.as_str()) {
                return self.close_from(at);
            }
            if wall(open) {
                return;
            }
        }
    }
}

fn is_cell(name: &str) -> bool {
    matches!(name, "td" | "th" | "caption")
}

fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// True for an element before which a paragraph ends.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "details"
            | "dir"
            | "div"
            | "dl"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "ul"
    )
}
