//! How deep and how many: which start and end tags are passed on.
//!
//! A rough picture of what a parser would build, so that it never has to build more than it can in a moment: the open
//! elements, the ones that end without an end tag, and the formatting elements that HTML opens again in every block, which
//! is where a few bytes can become a tree without end. It decides nothing about what is allowed.

use std::collections::HashMap;

use super::budget::{DEPTH, ELEMENTS, FOSTERED};

/// An element that is open.
struct Open {
    name: String,
    kind: Kind,
}

/// What is open, and what it has cost.
#[derive(Default)]
pub(super) struct Nesting {
    /// Elements that are open in the result, outermost first; at most `DEPTH`.
    open: Vec<Open>,
    /// How many of them are formatting, and how many are tables: no tag looks through all that is open for these.
    formatting_open: usize,
    tables_open: usize,
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
        let in_heading = Kind::of(name).is(Kind::HEADING) && self.is_in_line_of_heading();
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
            .skip_while(|open| open.kind.is(Kind::FORMATTING));
        let is_heading = |open: &Open| open.kind.is(Kind::HEADING);
        let is_direct = self.open.last().is_some_and(is_heading);
        !is_direct && around.next().is_some_and(is_heading)
    }

    fn is_started(&mut self, name: &str) -> bool {
        let kind = Kind::of(name);
        if kind.is(Kind::TABLE_PART) && self.tables_open == 0 {
            // A parser passes over it.
            return false;
        }
        self.close_implied(kind);
        if !kind.is(Kind::TABLE_PART) && !self.fosters() {
            return self.skip(name);
        }
        if kind.is(Kind::BETWEEN_CELLS) && !self.is_between_cells() {
            // A parser ends the cell where it stands, and so what is counted here would be told too small.
            return self.skip(name);
        }
        let reopened = self.formatting.len().saturating_sub(self.formatting_open);
        // A link is given two attributes of our own, which take as much memory as an element.
        let own = if name == "a" { 2 } else { 1 };
        self.cost = self.cost.saturating_add(reopened).saturating_add(own);
        self.cut |= self.cost > ELEMENTS;
        let void = is_void(name);
        let is_formatting = kind.is(Kind::FORMATTING);
        let too_many = is_formatting && self.formatting.len() >= DEPTH / 2;
        if self.cut || self.open.len() >= DEPTH || too_many {
            return self.skip(name);
        }
        if !void {
            if is_formatting {
                self.formatting.push(Some(name.to_owned()));
            } else if kind.is(Kind::CELL) {
                self.formatting.push(None);
            }
            self.count(kind, true);
            let name = name.to_owned();
            self.open.push(Open { name, kind });
        }
        true
    }

    /// Counts what opens or closes.
    fn count(&mut self, kind: Kind, opens: bool) {
        for (which, count) in [
            (Kind::FORMATTING, &mut self.formatting_open),
            (Kind::TABLE, &mut self.tables_open),
        ] {
            let one = usize::from(kind.is(which));
            *count = match opens {
                true => count.saturating_add(one),
                false => count.saturating_sub(one),
            };
        }
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
        if self.tables_open == 0 {
            return false;
        }
        let of_table = Kind::TABLE.or(Kind::TABLE_PART);
        let innermost = self.open.iter().rfind(|open| open.kind.is(of_table));
        innermost.is_some_and(|open| !open.kind.is(Kind::CELL))
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
        let kind = Kind::of(name);
        let is_heading = kind.is(Kind::HEADING);
        let inner = self.headings.last().filter(|_| is_heading).copied();
        let wall = Kind::SCOPE.or(Kind::HEADING);
        if let Some(at) = inner
            && let Some(inside) = self.open.get(at.saturating_add(1)..)
            && !inside.iter().any(|open| open.kind.is(wall))
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
        let kind = Kind::of(name);
        let wall = match kind {
            _ if kind.is(Kind::TABLE.or(Kind::TABLE_PART)) => Kind::TABLE,
            _ if kind.is(Kind::ITEM) => Kind::SCOPE.or(Kind::LIST),
            _ if kind.is(Kind::FORMATTING.or(Kind::SPECIAL)) => Kind::SCOPE,
            _ => Kind::SPECIAL,
        };
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.kind == kind && open.name == name {
                self.close(at);
                return true;
            }
            if open.kind.is(wall) {
                return false;
            }
        }
        false
    }

    /// Ends all that is open, innermost first, and then what a parser would open again.
    pub(super) fn end_all(&mut self) -> Vec<String> {
        self.skipped.clear();
        self.headings.clear();
        (self.formatting_open, self.tables_open) = (0, 0);
        let open = std::mem::take(&mut self.open);
        let open = open.into_iter().map(|open| open.name);
        let formatting = std::mem::take(&mut self.formatting);
        let again = formatting.into_iter().rev().flatten();
        open.rev().chain(again).collect()
    }

    /// Takes an element off the list, and what is open in it; a formatting element alone, for what it holds stays open.
    fn close(&mut self, at: usize) {
        let Some(Open { name, kind }) = self.open.get(at) else {
            return;
        };
        if kind.is(Kind::FORMATTING) {
            let (name, kind) = (name.clone(), *kind);
            self.open.remove(at);
            self.count(kind, false);
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
                self.count(closed.kind, false);
                if closed.kind.is(Kind::CELL) {
                    while self.formatting.pop().flatten().is_some() {}
                }
            }
        }
        if self.open.len() < DEPTH {
            self.skipped.clear();
        }
    }

    /// Elements that end where this one begins.
    fn close_implied(&mut self, begins: Kind) {
        let table = Kind::TABLE;
        let (ended, wall) = match begins {
            _ if begins.is(Kind::ITEM) => (Kind::ITEM, Kind::ITEM_WALL),
            _ if begins.is(Kind::TERM) => (Kind::TERM, Kind::ITEM_WALL),
            _ if begins.is(Kind::DATA) => (Kind::DATA, table.or(Kind::ROW)),
            _ if begins.is(Kind::ROW) => (Kind::ROW, table),
            _ if begins.is(Kind::ROWS) => (Kind::ROWS.or(Kind::ROW).or(Kind::NO_ROWS), table),
            _ if begins.is(Kind::LINK) => (Kind::LINK, Kind::SCOPE),
            _ if begins.is(Kind::BLOCK) => (Kind::PARAGRAPH, Kind::SCOPE),
            _ => return,
        };
        let mut found = None;
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.kind.is(ended) {
                found = Some(at);
            } else if open.kind.is(wall) {
                break;
            }
        }
        if let Some(at) = found {
            self.close(at);
        }
    }
}

/// What an element is to the rules of this file: found out once for each tag, for all that is open is looked through with it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind(u32);

impl Kind {
    /// Elements that a parser opens again in the next block.
    const FORMATTING: Kind = Kind(1);
    const HEADING: Kind = Kind(1 << 1);
    const TABLE: Kind = Kind(1 << 2);
    const TABLE_PART: Kind = Kind(1 << 3);
    const CELL: Kind = Kind(1 << 4);
    /// Elements that an end tag in them does not reach out of.
    const SCOPE: Kind = Kind::TABLE.or(Kind::CELL);
    const BLOCK: Kind = Kind(1 << 5);
    /// HTML 13.2.4.2, of the elements that may stand in a mail.
    const SPECIAL: Kind = Kind(1 << 6);
    /// `ul` and `ol`.
    const LIST: Kind = Kind(1 << 7);
    /// `li`.
    const ITEM: Kind = Kind(1 << 8);
    /// What ends the search for an item that is open.
    const ITEM_WALL: Kind = Kind(1 << 9);
    /// `dt` and `dd`.
    const TERM: Kind = Kind(1 << 10);
    /// `td` and `th`.
    const DATA: Kind = Kind(1 << 11);
    const ROW: Kind = Kind(1 << 12);
    /// `tbody` and its like.
    const ROWS: Kind = Kind(1 << 13);
    /// What in a table ends where rows begin.
    const NO_ROWS: Kind = Kind(1 << 14);
    /// What stands in a table and in no row.
    const BETWEEN_CELLS: Kind = Kind(1 << 15);
    const LINK: Kind = Kind(1 << 16);
    const PARAGRAPH: Kind = Kind(1 << 17);

    const fn or(self, other: Kind) -> Kind {
        Kind(self.0 | other.0)
    }

    /// True where it is one of these.
    const fn is(self, any: Kind) -> bool {
        self.0 & any.0 != 0
    }

    fn of(name: &str) -> Kind {
        let mut kind = match name {
            "table" => Kind::TABLE,
            "ul" | "ol" => Kind::LIST,
            "li" => Kind::ITEM,
            "dt" | "dd" => Kind::TERM,
            "td" | "th" => Kind::DATA,
            "tr" => Kind::ROW,
            "tbody" | "thead" | "tfoot" => Kind::ROWS,
            "caption" | "colgroup" => Kind::NO_ROWS.or(Kind::BETWEEN_CELLS),
            "col" => Kind::BETWEEN_CELLS,
            "a" => Kind::LINK,
            "p" => Kind::PARAGRAPH,
            _ => Kind(0),
        };
        for (is_so, more) in [
            (is_formatting(name), Kind::FORMATTING),
            (is_heading(name), Kind::HEADING),
            (is_cell(name), Kind::CELL),
            (is_table_part(name), Kind::TABLE_PART),
            (is_block(name), Kind::BLOCK),
        ] {
            if is_so {
                kind = kind.or(more);
            }
        }
        if kind.is(Kind::BLOCK.or(Kind::TABLE_PART)) || is_special_beside(name) {
            kind = kind.or(Kind::SPECIAL);
        }
        let is_passed = matches!(name, "address" | "div" | "p");
        match kind.is(Kind::SPECIAL) && !is_passed {
            true => kind.or(Kind::ITEM_WALL),
            false => kind,
        }
    }
}

fn is_table_part(name: &str) -> bool {
    is_cell(name)
        || matches!(
            name,
            "tr" | "tbody" | "thead" | "tfoot" | "col" | "colgroup"
        )
}

/// Special elements that are neither blocks nor parts of a table.
fn is_special_beside(name: &str) -> bool {
    matches!(
        name,
        "dd" | "dt" | "figcaption" | "hgroup" | "li" | "summary" | "table"
    )
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
