//! Finds in a plain text what `plain_text` has names for: quotes by level, links, the signature.
//!
//! Not for drawing (a view) nor for deciding where a link may lead: that is asked of the caller, who has `clean::link` at
//! hand. A link's target is what stands in the text, so nothing can be disguised.

use crate::characters::{BidiRuns, unseen};
use crate::mail::Flowed;
use crate::plain_text::{Block, DEEPEST, Judge, Line, PlainText, Span};

/// Longest link, in bytes: what is longer is cut there.
const LONGEST: usize = 2000;
/// Most marks that are taken off the end of a link.
const TRIMMED: usize = 20;
/// Links and quotes that are made of all texts of a mail; what comes behind them stays words, with its marks in front.
/// A browser takes a minute to draw a hundred thousand.
const MOST_LINKS: usize = 10_000;
const MOST_QUOTES: usize = 10_000;

/// Bytes of markup that the letters of all texts may come to; what comes behind them is cut. A mark of a quote is counted
/// as the entity that it is written as.
const WRITTEN: usize = 1_200_000;

/// Reads the plain texts of a mail, one after the other; their lines end in `\n`.
pub fn plain_text<T: AsRef<str>>(
    texts: impl IntoIterator<Item = (T, Option<Flowed>)>,
    judge: &Judge,
) -> PlainText {
    let mut reader = Reader {
        judge,
        runs: BidiRuns::default(),
        links: 0,
        quotes: 0,
        written: 0,
    };
    let mut letter = PlainText::default();
    for (text, flowed) in texts {
        let text = text.as_ref();
        let most = text.char_indices().find(|(_, c)| !reader.has_room_for(*c));
        let drawn = most.and_then(|(at, _)| text.get(..at));
        letter.cut |= drawn.is_some();
        letter
            .blocks
            .append(&mut reader.text(drawn.unwrap_or(text), flowed));
    }
    letter
}

/// A line with how deep it is quoted.
struct Quoted {
    depth: usize,
    text: String,
}

/// A line of fixed text: `> > `, `>>`, `>` in front, one blank after the last mark dropped.
fn fixed(row: &str) -> Quoted {
    let (mut depth, mut rest) = (0_usize, row);
    while depth < DEEPEST {
        let Some(after) = rest
            .strip_prefix('>')
            .or_else(|| rest.strip_prefix(" >").filter(|_| depth > 0))
        else {
            break;
        };
        // An mbox escape, not a quote.
        if depth == 0 && after.starts_with("From ") {
            return Quoted {
                depth,
                text: after.to_owned(),
            };
        }
        (depth, rest) = (depth.saturating_add(1), after);
    }
    let rest = if depth > 0 {
        rest.strip_prefix(' ').unwrap_or(rest)
    } else {
        rest
    };
    Quoted {
        depth,
        text: rest.to_owned(),
    }
}

/// RFC 3676 4: lines that end in a blank go on in the next one of the same depth.
fn unflow(text: &str, delete_space: bool) -> Vec<Quoted> {
    let mut out: Vec<Quoted> = Vec::new();
    let mut goes_on = false;
    for row in text.lines() {
        let rest = row.trim_start_matches('>');
        let depth = row.len().saturating_sub(rest.len()).min(DEEPEST);
        // Space-stuffing.
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let is_signature = rest == "-- ";
        let flows = rest.ends_with(' ') && !is_signature;
        let kept = if flows && delete_space {
            rest.strip_suffix(' ').unwrap_or(rest)
        } else {
            rest
        };
        match out
            .last_mut()
            .filter(|last| goes_on && !is_signature && last.depth == depth)
        {
            Some(last) => last.text.push_str(kept),
            None => out.push(Quoted {
                depth,
                text: kept.to_owned(),
            }),
        }
        goes_on = flows;
    }
    out
}

/// What the texts of one mail have had so far.
struct Reader<'j> {
    judge: &'j Judge<'j>,
    runs: BidiRuns,
    links: usize,
    quotes: usize,
    written: usize,
}

impl Reader<'_> {
    /// True where a letter may still be drawn.
    fn has_room_for(&mut self, c: char) -> bool {
        let length = match c {
            '&' | '<' | '>' | '"' => 5,
            c => c.len_utf8(),
        };
        self.written = self.written.saturating_add(length);
        self.runs.pass(c) && self.written <= WRITTEN
    }

    /// One text.
    fn text(&mut self, text: &str, flowed: Option<Flowed>) -> Vec<Block> {
        let mut lines: Vec<Quoted> = match flowed {
            Some(flowed) => unflow(text, flowed.delete_space),
            None => text.lines().map(fixed).collect(),
        };
        let end = lines
            .iter()
            .rposition(|l| l.depth > 0 || !l.text.trim().is_empty());
        lines.truncate(end.map_or(0, |n| n.saturating_add(1)));
        self.level(&mut lines);
        self.blocks(&lines, 0)
    }

    /// Takes the quotes beyond their number as words.
    fn level(&mut self, lines: &mut [Quoted]) {
        let mut before = 0;
        for line in lines {
            let opened = line.depth.saturating_sub(before);
            self.quotes = self.quotes.saturating_add(opened);
            if self.quotes > MOST_QUOTES && line.depth > 0 {
                line.text.insert_str(0, &"> ".repeat(line.depth));
                line.depth = 0;
            }
            before = line.depth;
        }
    }

    /// The lines from this depth on, deeper ones as quotes. Recursion ends at `DEEPEST`.
    fn blocks(&mut self, lines: &[Quoted], depth: usize) -> Vec<Block> {
        let mut out = Vec::new();
        let mut rest = lines;
        while !rest.is_empty() {
            let own = rest.iter().take_while(|l| l.depth <= depth).count();
            let (mine, after) = rest.split_at_checked(own).unwrap_or((rest, &[]));
            let quoted = after.iter().take_while(|l| l.depth > depth).count();
            let (quote, after) = after.split_at_checked(quoted).unwrap_or((after, &[]));
            let (mine, said) = if quote.is_empty() {
                (mine, None)
            } else {
                self.attribution(mine)
            };
            let cut = mine
                .iter()
                .position(|l| matches!(l.text.as_str(), "-- " | "--"))
                .filter(|_| after.is_empty());
            let (text, signature) = cut
                .and_then(|at| mine.split_at_checked(at))
                .unwrap_or((mine, &[]));
            out.extend(self.lines(text, Block::Text));
            out.extend(self.lines(signature.get(1..).unwrap_or_default(), Block::Signature));
            if !quote.is_empty() {
                let is_empty = |line: &Quoted| line.text.trim().is_empty();
                out.push(Block::Quote {
                    said,
                    blocks: self.blocks(quote, depth.saturating_add(1)),
                    is_apart: mine.last().is_some_and(is_empty),
                    ends_apart: after.first().is_some_and(is_empty),
                });
            }
            rest = after;
        }
        out
    }

    fn lines(&mut self, lines: &[Quoted], block: fn(Vec<Line>) -> Block) -> Option<Block> {
        let filled = |l: &Quoted| !l.text.trim().is_empty();
        let first = lines.iter().position(filled)?;
        let last = lines.iter().rposition(filled)?;
        let lines = lines.get(first..=last)?;
        Some(block(
            lines
                .iter()
                .map(|l| self.spans(l.text.trim_end()))
                .collect(),
        ))
    }

    /// The line before a quote that says whose it is: it ends in a colon, and may have been wrapped once.
    fn attribution<'a>(&mut self, lines: &'a [Quoted]) -> (&'a [Quoted], Option<Line>) {
        let Some(last) = lines.iter().rposition(|l| !l.text.trim().is_empty()) else {
            return (lines, None);
        };
        let text = |at: usize| lines.get(at).map_or("", |l| l.text.trim());
        let ends = text(last);
        let near = lines.len().saturating_sub(last) <= 2;
        if !near || !ends.ends_with([':', '\u{ff1a}']) || ends.chars().count() > 250 {
            return (lines, None);
        }
        let alone = ends.contains('@') || ends.chars().any(|c| c.is_ascii_digit());
        let wrapped = last
            .checked_sub(1)
            .filter(|at| !alone && !text(*at).is_empty());
        let first = wrapped.unwrap_or(last);
        let said = if wrapped.is_some() {
            format!("{} {ends}", text(first))
        } else {
            ends.to_owned()
        };
        (
            lines.get(..first).unwrap_or_default(),
            Some(self.spans(&said)),
        )
    }

    /// Cuts a line into words and links.
    fn spans(&mut self, text: &str) -> Line {
        let mut out = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let at_start = !words
                .chars()
                .next_back()
                .is_some_and(|c| c.is_alphanumeric());
            let found = (at_start && self.links < MOST_LINKS)
                .then(|| link_at(rest))
                .flatten();
            if let Some((shown, to)) = found {
                rest = rest.get(shown.len()..).unwrap_or_default();
                let Some(href) = to.and_then(|to| (self.judge)(&to)) else {
                    // Not looked through again: it may hold a thousand beginnings of others.
                    words.push_str(shown);
                    continue;
                };
                self.links = self.links.saturating_add(1);
                if !words.is_empty() {
                    out.push(Span::Words(std::mem::take(&mut words)));
                }
                out.push(Span::Link {
                    shown: shown.to_owned(),
                    href,
                });
            } else {
                // To the next place where a link may begin.
                let step = rest
                    .char_indices()
                    .skip(1)
                    .find(|(_, c)| !c.is_alphanumeric() || !first.is_alphanumeric())
                    .map_or(rest.len(), |(at, _)| at);
                let (passed, after) = rest.split_at_checked(step).unwrap_or((rest, ""));
                words.push_str(passed);
                rest = after;
            }
        }
        if !words.is_empty() || out.is_empty() {
            out.push(Span::Words(words));
        }
        out
    }
}

/// What begins here as a link does, as it is written, and its target; None there where it is none after all.
fn link_at(text: &str) -> Option<(&str, Option<String>)> {
    let begins = |with: &str| {
        text.get(..with.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(with))
    };
    let web = ["https://", "http://", "www.", "mailto:"]
        .into_iter()
        .find(|p| begins(p));
    let Some(prefix) = web else {
        return mail_address(text).map(|(shown, to)| (shown, Some(to)));
    };
    let host = text.get(prefix.len()..)?;
    if !host.starts_with(|c: char| c.is_alphanumeric() || c == '[') {
        return None;
    }
    let shown = link_end(text);
    let rest = shown.get(prefix.len()..)?;
    let target = match prefix {
        "www." => format!("http://{shown}"),
        _ => shown.to_owned(),
    };
    let dotted = prefix != "www." || rest.contains('.');
    let addressed = prefix != "mailto:" || rest.contains('@');
    Some((
        shown,
        (!rest.is_empty() && dotted && addressed).then_some(target),
    ))
}

/// Up to the first character that no address has, without the punctuation of the sentence around it.
fn link_end(text: &str) -> &str {
    let end = text
        .char_indices()
        .find(|(at, c)| *at > LONGEST || ends_link(*c))
        .map_or(text.len(), |(at, _)| at);
    let mut kept = text.get(..end).unwrap_or_default();
    let count = |sign: char| kept.matches(sign).count();
    // How many more of each bracket are closed than were opened.
    let mut surplus = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    for _ in 0..TRIMMED {
        let Some(last) = kept.chars().next_back() else {
            break;
        };
        let closes = surplus
            .iter_mut()
            .find(|(close, n)| *close == last && *n > 0);
        let mark = [
            '.', ',', ';', ':', '!', '?', '\'', '*', '|', '\u{2026}', '\u{2019}',
        ];
        match closes {
            Some((_, n)) => *n = n.saturating_sub(1),
            None if mark.contains(&last) => {}
            None => break,
        }
        let end = kept.len().saturating_sub(last.len_utf8());
        kept = kept.get(..end).unwrap_or_default();
    }
    kept
}

/// Characters that stand in no address, but beside one.
fn ends_link(c: char) -> bool {
    let quote = matches!(
        c,
        '<' | '>' | '"' | '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201e}'
    );
    let stop = matches!(c, '\u{3001}' | '\u{3002}');
    c.is_whitespace() || c.is_control() || quote || stop || unseen(c).is_some()
}

/// A bare mail address.
fn mail_address(text: &str) -> Option<(&str, String)> {
    // RFC 5321 4.5.3.1: 64 bytes before the at sign, 255 after it.
    let of_local = |b: u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b);
    let local_end = text.bytes().take(65).position(|b| !of_local(b))?;
    let (local, rest) = text.split_at_checked(local_end)?;
    let domain = rest.strip_prefix('@')?;
    let end = domain
        .char_indices()
        .find(|(at, c)| *at > 255 || !(c.is_alphanumeric() || matches!(c, '.' | '-')))
        .map_or(domain.len(), |(at, _)| at);
    let domain = domain.get(..end)?.trim_end_matches(['.', '-']);
    let starts = local.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let last = domain.rsplit_once('.')?.1;
    let real = starts
        && local.len() <= 64
        && last.chars().count() >= 2
        && !domain.starts_with(['.', '-'])
        && !domain.contains("..");
    let shown = text.get(..local.len().checked_add(1)?.checked_add(domain.len())?)?;
    real.then(|| (shown, format!("mailto:{shown}")))
}
