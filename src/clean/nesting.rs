//! How deep and how many: which start and end tags are passed on.
//!
//! A rough picture of what a parser would build, so that it never has to build more than it can in a moment: the open
//! elements, the ones that end without an end tag, and the formatting elements that HTML opens again in every block, which
//! is where a few bytes can become a tree without end. It decides nothing about what is allowed.

use std::collections::HashMap;

use super::budget::{DEPTH, ELEMENTS, FOSTERED};

/// What is open, and what it has cost.
#[derive(Default)]
pub(super) struct Nesting {
    /// Elements that are open in the result, outermost first; at most `DEPTH`.
    open: Vec<String>,
    /// Headings in the line of another heading, which are written as a `div`: where in `open`.
    headings: Vec<usize>,
    /// Elements that were too deep to be kept, by name, so that their end tags are passed over too.
    skipped: HashMap<String, u32>,
    /// Formatting elements that a parser would open again in the next block (HTML 13.2.4.3); None is a marker.
    formatting: Vec<Option<String>>,
    /// Elements that a parser would make, so far.
    cost: usize,
    /// Elements and texts that a parser may move in front of a table, so far.
    fostered: usize,
    /// True once there were too many of them.
    pub(super) cut: bool,
}

impl Nesting {
    /// Elements that a parser would make of what was passed on.
    pub(super) fn elements(&self) -> usize {
        self.cost
    }

    /// A start tag: the name that it is written by; None where it is left out.
    ///
    /// A heading in the line of another one (`<h1><a>One<h6>Two</a></h6>Three</h1>`) becomes its child once the line ends.
    /// Written as that, it would end the outer one when it is read again; so it is written as a `div`.
    pub(super) fn start<'n>(&mut self, name: &'n str) -> Option<&'n str> {
        let in_heading = is_heading(name) && self.is_in_line_of_heading();
        let written = if in_heading { "div" } else { name };
        let is_kept = self.is_started(written);
        if is_kept && in_heading {
            self.headings.push(self.open.len().saturating_sub(1));
        }
        is_kept.then_some(written)
    }

    /// True where what is open around here is a heading, with nothing in between but formatting, or a heading of these.
    fn is_in_line_of_heading(&self) -> bool {
        let last = self.open.len().saturating_sub(1);
        if self.headings.last() == Some(&last) {
            return true;
        }
        let mut around = self
            .open
            .iter()
            .rev()
            .skip_while(|open| is_formatting(open));
        let is_direct = self.open.last().is_some_and(|open| is_heading(open));
        !is_direct && around.next().is_some_and(|open| is_heading(open))
    }

    fn is_started(&mut self, name: &str) -> bool {
        if is_table_part(name) && !self.open.iter().any(|o| o == "table") {
            // A parser passes over it.
            return false;
        }
        self.close_implied(name);
        if !is_table_part(name) && !self.fosters() {
            return self.skip(name);
        }
        if matches!(name, "col" | "colgroup" | "caption") && !self.is_between_cells() {
            // A parser ends the cell where it stands, and so what is counted here would be told too small.
            return self.skip(name);
        }
        let open = self.open.iter().filter(|o| is_formatting(o)).count();
        let reopened = self.formatting.len().saturating_sub(open);
        // A link is given two attributes of our own, which take as much memory as an element.
        let own = if name == "a" { 2 } else { 1 };
        self.cost = self.cost.saturating_add(reopened).saturating_add(own);
        self.cut |= self.cost > ELEMENTS;
        let void = is_void(name);
        let too_many = is_formatting(name) && self.formatting.len() >= DEPTH / 2;
        if self.cut || self.open.len() >= DEPTH || too_many {
            return self.skip(name);
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

    /// True where a text may be passed on.
    pub(super) fn text(&mut self, text: &str) -> bool {
        text.trim_ascii().is_empty() || self.fosters()
    }

    /// Counts what is not of a table itself; false where it would be one too many that is moved in front of one.
    fn fosters(&mut self) -> bool {
        if !self.is_between_cells() {
            return true;
        }
        self.fostered = self.fostered.saturating_add(1);
        self.cut |= self.fostered > FOSTERED;
        self.fostered <= FOSTERED
    }

    /// True in a table but in no cell of it. What was moved out of the table may be open as well: whether it still is for a
    /// parser, is not certain.
    fn is_between_cells(&self) -> bool {
        let mut inside = self.open.iter().rev();
        let innermost = inside.find(|o| *o == "table" || is_table_part(o));
        innermost.is_some_and(|o| !is_cell(o))
    }

    /// Leaves a start tag out, and the end tag that belongs to it.
    fn skip(&mut self, name: &str) -> bool {
        if !is_void(name) {
            let skipped = self.skipped.entry(name.to_owned()).or_default();
            *skipped = skipped.saturating_add(1);
        }
        false
    }

    /// An end tag: the name that it is written by; None where it ends nothing.
    pub(super) fn end<'n>(&mut self, name: &'n str) -> Option<&'n str> {
        // The end tag of any heading ends the innermost one (WHATWG HTML 13.2.6.4.7).
        let inner = self.headings.last().filter(|_| is_heading(name)).copied();
        if let Some(at) = inner
            && let Some(inside) = self.open.get(at.saturating_add(1)..)
            && !inside.iter().any(|open| is_scope(open) || is_heading(open))
        {
            self.close(at);
            return Some("div");
        }
        self.is_ended(name).then_some(name)
    }

    /// False where it ends nothing. Which elements it may reach through is HTML 13.2.6.4.7: it must never
    /// close more here than in a parser, or the depth would be told too small.
    fn is_ended(&mut self, name: &str) -> bool {
        if let Some(skipped) = self.skipped.get_mut(name).filter(|n| **n > 0) {
            *skipped = skipped.saturating_sub(1);
            return false;
        }
        let is_wall = |open: &str| match name {
            _ if is_table_part(name) || name == "table" => open == "table",
            "li" => is_scope(open) || matches!(open, "ul" | "ol"),
            _ if is_formatting(name) || is_special(name) => is_scope(open),
            _ => is_special(open),
        };
        for (at, open) in self.open.iter().enumerate().rev() {
            if open == name {
                self.close(at);
                return true;
            }
            if is_wall(open) {
                return false;
            }
        }
        false
    }

    /// Ends all that is open, innermost first, and then what a parser would open again.
    pub(super) fn end_all(&mut self) -> Vec<String> {
        self.skipped.clear();
        self.headings.clear();
        let open = std::mem::take(&mut self.open);
        let formatting = std::mem::take(&mut self.formatting);
        let again = formatting.into_iter().rev().flatten();
        open.into_iter().rev().chain(again).collect()
    }

    /// Takes an element off the list, and what is open in it; a formatting element alone, for what it holds stays open.
    fn close(&mut self, at: usize) {
        let name = self.open.get(at).cloned().unwrap_or_default();
        if is_formatting(&name) {
            self.open.remove(at);
            for heading in self.headings.iter_mut().filter(|heading| **heading > at) {
                *heading = heading.saturating_sub(1);
            }
            let last = self
                .formatting
                .iter()
                .rposition(|f| f.as_ref() == Some(&name));
            if let Some(last) = last {
                self.formatting.remove(last);
            }
        } else {
            self.headings.retain(|heading| *heading < at);
            for closed in self.open.split_off(at.min(self.open.len())).iter().rev() {
                if is_cell(closed) {
                    while self.formatting.pop().flatten().is_some() {}
                }
            }
        }
        if self.open.len() < DEPTH {
            self.skipped.clear();
        }
    }

    /// Elements that end where this one begins.
    fn close_implied(&mut self, name: &str) {
        let ended: &[&str] = match name {
            "li" => &["li"],
            "dt" | "dd" => &["dt", "dd"],
            "td" | "th" => &["td", "th"],
            "tr" => &["tr"],
            "tbody" | "thead" | "tfoot" => {
                &["tbody", "thead", "tfoot", "caption", "colgroup", "tr"]
            }
            "a" => &["a"],
            _ if is_block(name) => &["p"],
            _ => return,
        };
        let is_wall = |open: &str| match name {
            "li" | "dt" | "dd" => is_special(open) && !matches!(open, "address" | "div" | "p"),
            "td" | "th" => matches!(open, "table" | "tr"),
            "tr" | "tbody" | "thead" | "tfoot" => open == "table",
            _ => is_scope(open),
        };
        let mut found = None;
        for (at, open) in self.open.iter().enumerate().rev() {
            if ended.contains(&open.as_str()) {
                found = Some(at);
            } else if is_wall(open) {
                break;
            }
        }
        if let Some(at) = found {
            self.close(at);
        }
    }
}

/// Elements that an end tag in them does not reach out of.
fn is_scope(name: &str) -> bool {
    is_cell(name) || name == "table"
}

fn is_table_part(name: &str) -> bool {
    is_cell(name)
        || matches!(
            name,
            "tr" | "tbody" | "thead" | "tfoot" | "col" | "colgroup"
        )
}

/// HTML 13.2.4.2, of the elements that may stand in a mail.
fn is_special(name: &str) -> bool {
    let more = matches!(
        name,
        "dd" | "dt" | "figcaption" | "hgroup" | "li" | "summary" | "table"
    );
    is_block(name) || is_table_part(name) || more
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn is_cell(name: &str) -> bool {
    matches!(name, "td" | "th" | "caption")
}

fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img" | "col" | "wbr" | "area")
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
