//! Lines that have to stand below each other letter by letter: diffs, tables, drawings of lines.
//!
//! Not for drawing them. To know before changing it: nothing says so in a mail, so it is guessed from its paragraphs; a
//! wrong guess only shows words in other letters, and the reader can choose these for the whole message.

use super::{Line, words_of};

/// Some lines that are drawn alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch<'l> {
    /// Its lines; none that is empty at the ends.
    pub lines: &'l [Line],
    /// True where each letter has to be as wide as any other.
    pub is_fixed: bool,
}

/// Columns that a tab leads to.
const TAB: usize = 8;
/// A gap that nobody types by habit, as two blanks behind a sentence.
const WIDE: usize = 3;
/// More narrow gaps than a table has in a line: such lines are spaced out to equal length.
const SPACED: usize = 3;
/// As long as the mark of an item may be, in bytes; and as many cells of a row are looked at: all is done once for each letter.
const MARK: usize = 3;
const CELLS: usize = 64;

/// The lines of a text, told apart by how they are to be drawn.
pub fn stretches(lines: &[Line]) -> Vec<Stretch<'_>> {
    let is_empty = |line: &Line| words_of(line).trim().is_empty();
    let mut found: Vec<(usize, usize, bool)> = Vec::new();
    let (mut at, mut in_diff) = (0_usize, false);
    for chunk in lines.chunk_by(|one, next| is_empty(one) == is_empty(next)) {
        let from = at;
        at = at.saturating_add(chunk.len());
        if chunk.first().is_none_or(is_empty) {
            continue;
        }
        let rows: Vec<String> = chunk.iter().map(|line| untabbed(&words_of(line))).collect();
        in_diff = begins_diff(&rows) || in_diff && rows.iter().all(|row| is_of_diff(row));
        let is_fixed = in_diff || is_drawn(&rows) || is_table(&rows);
        match found.last_mut().filter(|(.., fixed)| *fixed == is_fixed) {
            Some((_, end, _)) => *end = at,
            None => found.push((from, at, is_fixed)),
        }
    }
    let stretch = |(from, end, is_fixed): (usize, usize, bool)| Stretch {
        lines: lines.get(from..end).unwrap_or_default(),
        is_fixed,
    };
    found.into_iter().map(stretch).collect()
}

fn untabbed(row: &str) -> String {
    if !row.contains('\t') {
        return row.to_owned();
    }
    let (mut out, mut column) = (String::with_capacity(row.len()), 0_usize);
    for c in row.chars() {
        let width = match c {
            // A tab is a gap, however short it comes out.
            '\t' => TAB.saturating_sub(column % TAB).max(2),
            _ => 1,
        };
        column = column.saturating_add(width);
        match c {
            '\t' => out.extend(std::iter::repeat_n(' ', width)),
            c => out.push(c),
        }
    }
    out
}

/// True where a diff begins in these rows: `git diff`, `diff -u`, `svn diff`.
fn begins_diff(rows: &[String]) -> bool {
    let begins = |row: &String, with: &str| row.starts_with(with);
    let names = |pair: &[String]| match pair {
        [old, new] => begins(old, "--- ") && begins(new, "+++ "),
        _ => false,
    };
    let is_hunk =
        |row: &String| begins(row, "@@ -") && row.get(4..).is_some_and(|rest| rest.contains(" @@"));
    rows.iter()
        .any(|row| begins(row, "diff --git ") || is_hunk(row))
        || rows.windows(2).any(names)
}

fn is_of_diff(row: &str) -> bool {
    let begins = [' ', '+', '-', '@', '\\', '='];
    row.starts_with(begins)
        || [
            "diff ",
            "index ",
            "Index: ",
            "new ",
            "deleted ",
            "rename ",
            "similarity ",
        ]
        .iter()
        .any(|with| row.starts_with(with))
}

/// True where lines are drawn of letters: corners and uprights of Unicode, or `+---+` and `| a |`.
fn is_drawn(rows: &[String]) -> bool {
    let is_line = |c: char| ('\u{2500}'..='\u{257f}').contains(&c);
    let lies = |c: char| matches!(c, '─' | '━' | '═' | '╌' | '╍' | '┄' | '┅' | '┈' | '┉');
    let is_box = |row: &String| row.chars().any(|c| is_line(c) && !lies(c));
    let edge = |row: &String, edge: char| {
        let row = row.trim();
        row.len() > 3 && row.starts_with(edge) && row.ends_with(edge)
    };
    let is_rule = |row: &String| edge(row, '+') && (row.contains("--") || row.contains("=="));
    rows.iter().any(is_box)
        || rows.iter().any(is_rule) && rows.len() > 1
        || rows.iter().filter(|row| edge(row, '|')).count() > 1
}

/// Something that stands apart in a row: where it begins and ends, and how wide the gap before it is.
#[derive(Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    gap: usize,
}

/// True where something stands at the same column in rows that follow each other: in three, or in two behind a wide gap.
fn is_table(rows: &[String]) -> bool {
    let rows: Vec<Vec<Cell>> = rows.iter().map(|row| cells(row)).collect();
    let is_below = |one: &Cell, other: &Cell| one.start == other.start || one.end == other.end;
    let two = |pair: &[Vec<Cell>], least: usize| match pair {
        [above, below] => above.iter().any(|one| {
            one.gap >= least
                && below
                    .iter()
                    .any(|other| other.gap >= least && is_below(one, other))
        }),
        _ => false,
    };
    let three = |group: &[Vec<Cell>]| match group {
        [first, second, third] => second.iter().any(|cell| {
            let stands = |row: &Vec<Cell>| row.iter().any(|other| is_below(cell, other));
            stands(first) && stands(third)
        }),
        _ => false,
    };
    rows.windows(2).any(|pair| two(pair, WIDE)) || rows.windows(3).any(three)
}

/// True where all that stands before a column is the mark of an item: `*`, `12.`, `a)`.
fn is_mark(before: &str) -> bool {
    let ends = before.trim_end_matches(['.', ')']);
    before.len() <= MARK && (ends.len() < before.len() || !before.contains(char::is_alphanumeric))
}

/// What stands apart in a row, behind a gap of two blanks and more, or behind an upright; none of a row that is spaced out.
fn cells(row: &str) -> Vec<Cell> {
    let mut found: Vec<Cell> = Vec::new();
    // Blanks since the last letter; that letter; whether there has been one.
    let (mut gap, mut last) = (0_usize, None::<char>);
    // The first letters of the row: more than those of a mark, where it has more.
    let mut before = String::new();
    for (column, c) in row.chars().enumerate() {
        if c == ' ' {
            gap = gap.saturating_add(1);
            continue;
        }
        let is_item = found.is_empty() && is_mark(&before);
        let is_sentence = is_item || gap < WIDE && last.is_some_and(|last| ".!?:;,".contains(last));
        if last.is_some() && (gap > 1 && !is_sentence || c == '|') {
            if found.len() == CELLS {
                break;
            }
            found.push(Cell {
                start: column,
                end: column,
                gap,
            });
        }
        if let Some(cell) = found.last_mut() {
            cell.end = column;
        }
        if before.len() <= MARK {
            before.push(c);
        }
        (gap, last) = (0, Some(c));
    }
    let narrow = found.iter().filter(|cell| cell.gap < WIDE).count();
    if narrow > SPACED && narrow == found.len() {
        found.clear();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain_text::Span;

    fn lines(text: &str) -> Vec<Line> {
        let line = |row: &str| vec![Span::Words(row.to_owned())];
        text.lines().map(line).collect()
    }

    /// The first line of each stretch, with a bar before what is fixed.
    fn told(text: &str) -> Vec<String> {
        let lines = lines(text);
        let first = |one: &Stretch| {
            let bar = if one.is_fixed { "|" } else { "" };
            format!(
                "{bar}{}",
                one.lines.first().map(words_of).unwrap_or_default().trim()
            )
        };
        stretches(&lines).iter().map(first).collect()
    }

    #[test]
    fn a_diff_is_fixed_from_its_first_line_to_its_last() {
        // A patch to notmuch, as it was sent, and an answer to it.
        let patch = "Some typos that I came across.\n\n---\n Makefile                |    4 ++--\n README                  |    6 +++---\n\n\
            diff --git a/Makefile b/Makefile\nindex 436dacf..96aaa73 100644\n--- a/Makefile\n+++ b/Makefile\n@@ -1,4 +1,4 @@\n\
            -# Default FLAGS, (can be overriden by user)\n+# Default FLAGS, (can be overridden by user)\n WARN_FLAGS=-Wall\n \n\
            @@ -14,7 +14,7 @@ override CXXFLAGS\n-a\n+b\n\nWhat do you think of that?";
        assert_eq!(
            told(patch),
            [
                "Some typos that I came across.",
                "|---",
                "What do you think of that?"
            ]
        );
        assert_eq!(told("--- a.c\n+++ b.c\n@@ -1 +1 @@\n-x\n+y"), ["|--- a.c"]);
        assert_eq!(told("@@ -1,3 +1,4 @@\n a\n+b"), ["|@@ -1,3 +1,4 @@"]);
        assert_eq!(told("--- \nthat was all\n@@ home"), ["---"]);
    }

    #[test]
    fn tables_and_drawings_are_fixed() {
        for text in [
            // A renewal of Network Solutions.
            "  * Domain Name: yyyyyyyyyyy.com\n  * Total:       $70.00\n  * Rebate:      $10.50",
            // SpamAssassin.
            "SPAM: Hit! (1 point)   Subject is all capitals\nSPAM: Hit! (1 point)   From: ends in numbers",
            // Office 365.
            "postmaster      Office 365      noname\nAction Required                 Recipient",
            "    tile       per m2    days\n    Dark       31.20        2\n    Red        28.90        4",
            "a\t1\nbc\t22",
            "+-----+----+\n| a   | b  |\n+-----+----+",
            "| a | b |\n|---|---|\n| 1 | 2 |",
            "\u{250c}\u{2500}\u{2500}\u{2510}\n\u{2502}hi\u{2502}\n\u{2514}\u{2500}\u{2500}\u{2518}",
        ] {
            let told = told(text);
            assert!(
                told.len() == 1 && told[0].starts_with('|'),
                "{text}: {told:?}"
            );
        }
    }

    #[test]
    fn letters_are_not() {
        for text in [
            "Congratulations!  Your Web Address (domain name) has been renewed for\nan extended period.  Thank you.\nBye.  Ann",
            // Office 365.
            "  *   Send the message again following these steps.\n  *   Contact the recipient.\n  *   Clear the list.",
            "1.  One\n2.  Two\n10. Three",
            "Title\n\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\nWords",
            // Spaced out to lines of equal length.
            "The  importance of  nomenclature,  notation,  and language  as  tools\n\
             of  thought has  long been  recognized.  In chemistry  and in  botany\n\
             for  example the  establishment of  systems of  nomenclature by  such",
            "Dear Ann,\n\n    an indented line\n    and one more\n\nBo",
            "",
            " \n\n",
        ] {
            assert!(
                !told(text).iter().any(|one| one.starts_with('|')),
                "{text}: {:?}",
                told(text)
            );
        }
        assert_eq!(told("\n\na\n\nb\n\n"), ["a"]);
    }
}
