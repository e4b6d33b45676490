//! What somebody looks for, as they type it: plain words, and the operators that people know from other webmails.
//!
//! Not for how a server is asked (`remote`). To know before changing it: nothing that is typed is an error. What is not
//! one of our operators is a word, and is looked for as such.

use super::{Flags, Sought};
use crate::time::Day;

/// Longest text that is looked for, in bytes.
const LONGEST_SEARCH: usize = 500;
/// Most terms of it.
const MOST_TERMS: usize = 30;

/// What is looked for: messages that every term is true of. Two of one text are one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    text: String,
}

/// One thing that must be true of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// These words stand in it, wherever.
    Anywhere(String),
    /// They stand in this field, or in its text.
    Within(SearchField, String),
    /// A flag is set, or is not.
    Flag(Flags, bool),
    /// Something is attached, as far as the server knows.
    Attachment,
    /// It came before this day began.
    Before(Day),
    /// It came on this day or later.
    Since(Day),
    /// It has more bytes.
    Larger(u32),
    /// It has fewer bytes.
    Smaller(u32),
    /// The opposite.
    Not(Box<Term>),
    /// One of the two.
    Either(Box<Term>, Box<Term>),
}

/// Where is looked, as it is typed (`in:archive`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In all folders, with what was deleted and with spam.
    Anywhere,
    /// In the folder of this name, or for this.
    Named(String),
}

/// What people narrow a list by with one click.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowing {
    /// Not read.
    Unread,
    /// Starred.
    Starred,
    /// With something attached.
    Attachment,
}

/// What can be filled in by people who do not know what to type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchOption {
    /// Who it is from.
    From,
    /// Whom it went to.
    To,
    /// Words of its subject.
    Subject,
    /// Words of its text.
    Body,
    /// From which day on it came.
    After,
    /// Before which day it came.
    Before,
    /// Larger than so much.
    Larger,
}

impl SearchOption {
    /// All of them, in the order in which they are asked for, each with the name of its field.
    pub const ALL: [(SearchOption, &'static str); 7] = [
        (SearchOption::From, "q-from"),
        (SearchOption::To, "q-to"),
        (SearchOption::Subject, "q-subject"),
        (SearchOption::Body, "q-body"),
        (SearchOption::After, "q-after"),
        (SearchOption::Before, "q-before"),
        (SearchOption::Larger, "q-larger"),
    ];

    /// The operator that says the same.
    pub fn typed(self) -> &'static str {
        match self {
            SearchOption::From => "from",
            SearchOption::To => "to",
            SearchOption::Subject => "subject",
            SearchOption::Body => "body",
            SearchOption::After => "after",
            SearchOption::Before => "before",
            SearchOption::Larger => "larger",
        }
    }
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchField {
    /// Who it is from.
    From,
    /// Whom it went to.
    To,
    /// Who got a copy.
    Cc,
    /// Who got a blind copy.
    Bcc,
    /// Its subject.
    Subject,
    /// Its text.
    Body,
}

impl Narrowing {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Narrowing; 3] = [Narrowing::Unread, Narrowing::Starred, Narrowing::Attachment];

    /// As it is typed.
    pub fn typed(self) -> &'static str {
        match self {
            Narrowing::Unread => "is:unread",
            Narrowing::Starred => "is:starred",
            Narrowing::Attachment => "has:attachment",
        }
    }
}

impl Search {
    /// What is looked for by a text; None where that is nothing. Blanks say no more than one blank; of a text that is too
    /// long the end is left out.
    pub fn new(text: &str) -> Option<Search> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut text = words.join(" ");
        text.retain(|c| !c.is_control());
        while text.len() > LONGEST_SEARCH {
            text.pop();
        }
        let text = text.trim().to_owned();
        (!text.is_empty()).then_some(Search { text })
    }

    /// What is looked for by a text and by what stands in the fields of a form; None where that is nothing.
    pub fn composed<'t>(
        text: &str,
        fields: impl IntoIterator<Item = (SearchOption, &'t str)>,
    ) -> Option<Search> {
        let mut whole = text.to_owned();
        for (option, value) in fields {
            let value = value.replace('"', " ");
            let value = value.trim();
            if !value.is_empty() {
                let name = option.typed();
                let quote = if value.contains(char::is_whitespace) {
                    "\""
                } else {
                    ""
                };
                whole.push_str(&format!(" {name}:{quote}{value}{quote}"));
            }
        }
        Search::new(&whole)
    }

    /// As it is typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What must be true of a message; `OR` between two terms asks for one of them.
    pub fn terms(&self) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        let mut either = false;
        for token in tokens(&self.text).take(MOST_TERMS) {
            if place(token).is_some() {
                continue;
            }
            if token == "OR" && !terms.is_empty() && !either {
                either = true;
                continue;
            }
            let term = term(token);
            match (std::mem::take(&mut either), terms.pop()) {
                (true, Some(before)) => {
                    terms.push(Term::Either(Box::new(before), Box::new(term)));
                }
                (_, before) => terms.extend(before.into_iter().chain([term])),
            }
        }
        if either {
            terms.push(Term::Anywhere("OR".to_owned()));
        }
        terms
    }

    /// Where is looked, where that is typed.
    pub fn places(&self) -> Vec<Place> {
        tokens(&self.text)
            .take(MOST_TERMS)
            .filter_map(place)
            .collect()
    }

    /// True where it is typed where is looked.
    pub fn names_places(&self) -> bool {
        tokens(&self.text)
            .take(MOST_TERMS)
            .any(|token| place(token).is_some())
    }

    /// The words that are looked for, in whatever place: those that a row shows where they stand.
    pub fn sought(&self) -> Sought {
        self.sought_where(|_| true)
    }

    /// Those that are looked for in one place, or anywhere.
    pub fn sought_in(&self, place: SearchField) -> Sought {
        self.sought_where(|field| field == place)
    }

    /// Those that are looked for anywhere and nowhere else.
    pub fn sought_anywhere(&self) -> Sought {
        self.sought_where(|_| false)
    }

    fn sought_where(&self, is_meant: impl Fn(SearchField) -> bool) -> Sought {
        fn of(term: Term, is_meant: &impl Fn(SearchField) -> bool, into: &mut Vec<String>) {
            match term {
                Term::Anywhere(words) => into.push(words),
                Term::Within(field, words) if is_meant(field) => into.push(words),
                Term::Either(one, other) => {
                    of(*one, is_meant, into);
                    of(*other, is_meant, into);
                }
                Term::Within(..)
                | Term::Flag(..)
                | Term::Attachment
                | Term::Before(_)
                | Term::Since(_)
                | Term::Larger(_)
                | Term::Smaller(_)
                | Term::Not(_) => {}
            }
        }
        let mut words = Vec::new();
        let terms = self.terms().into_iter();
        terms.for_each(|term| of(term, &is_meant, &mut words));
        Sought::new(words)
    }

    /// True where this is one of its terms, as it is typed.
    pub fn has(&self, typed: &str) -> bool {
        tokens(&self.text).any(|token| token.eq_ignore_ascii_case(typed))
    }

    /// The same without this term; None where nothing is left.
    pub fn without(&self, typed: &str) -> Option<Search> {
        let others = tokens(&self.text).filter(|token| !token.eq_ignore_ascii_case(typed));
        Search::new(&others.collect::<Vec<_>>().join(" "))
    }

    /// The same with this term too.
    pub fn with(&self, typed: &str) -> Option<Search> {
        Search::new(&format!("{} {typed}", self.text))
    }
}

impl Term {
    /// True where the server has to read messages for it, not only what it keeps of them.
    pub fn reads_texts(&self) -> bool {
        match self {
            Term::Anywhere(_) | Term::Within(SearchField::Body, _) => true,
            Term::Not(term) => term.reads_texts(),
            Term::Either(one, other) => one.reads_texts() || other.reads_texts(),
            Term::Within(..)
            | Term::Flag(..)
            | Term::Attachment
            | Term::Before(_)
            | Term::Since(_)
            | Term::Larger(_)
            | Term::Smaller(_) => false,
        }
    }

    /// True where it is about what is attached.
    pub fn asks_for_attachments(&self) -> bool {
        match self {
            Term::Attachment => true,
            Term::Not(term) => term.asks_for_attachments(),
            Term::Either(one, other) => one.asks_for_attachments() || other.asks_for_attachments(),
            Term::Flag(..)
            | Term::Anywhere(_)
            | Term::Within(..)
            | Term::Before(_)
            | Term::Since(_)
            | Term::Larger(_)
            | Term::Smaller(_) => false,
        }
    }

    /// True where it is true of a message at one time and not at another.
    pub fn reads_flags(&self) -> bool {
        match self {
            Term::Flag(..) => true,
            Term::Not(term) => term.reads_flags(),
            Term::Either(one, other) => one.reads_flags() || other.reads_flags(),
            Term::Anywhere(_)
            | Term::Within(..)
            | Term::Attachment
            | Term::Before(_)
            | Term::Since(_)
            | Term::Larger(_)
            | Term::Smaller(_) => false,
        }
    }
}

/// The terms of a text, as they stand there: blanks part them, but for those between quotation marks.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let mut is_quoted = false;
        let end = rest.find(|c: char| {
            is_quoted ^= c == '"';
            c == ' ' && !is_quoted
        });
        // A quotation mark that is never closed is a character like any other.
        let end = match end {
            None if is_quoted => rest.find(' '),
            end => end,
        };
        let (token, behind) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = behind;
        (!token.is_empty()).then_some(token)
    })
}

/// The place that a term names; None for any other term.
fn place(token: &str) -> Option<Place> {
    let (name, value) = token.split_once(':')?;
    let value = unquoted(value);
    if value.is_empty() || !name.eq_ignore_ascii_case("in") {
        return None;
    }
    let anywhere = ["anywhere", "all", "everywhere"].iter();
    let is_anywhere = anywhere
        .into_iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    Some(match is_anywhere {
        true => Place::Anywhere,
        false => Place::Named(value),
    })
}

fn term(token: &str) -> Term {
    if let Some(rest) = token.strip_prefix('-').filter(|rest| !rest.is_empty()) {
        return Term::Not(Box::new(term(rest)));
    }
    let words = || Term::Anywhere(unquoted(token));
    let Some((name, value)) = token.split_once(':') else {
        return words();
    };
    let value = unquoted(value);
    if value.is_empty() {
        return words();
    }
    let within = |field| Term::Within(field, value.clone());
    match name.to_ascii_lowercase().as_str() {
        "from" => within(SearchField::From),
        "to" => within(SearchField::To),
        "cc" => within(SearchField::Cc),
        "bcc" => within(SearchField::Bcc),
        "subject" => within(SearchField::Subject),
        "body" => within(SearchField::Body),
        "label" | "keyword" => match Flags::keyword(&value) {
            Some(keyword) => Term::Flag(keyword, true),
            None => words(),
        },
        "is" => is(&value).unwrap_or_else(words),
        "has" if matches!(value.as_str(), "attachment" | "attachments") => Term::Attachment,
        "before" | "older" => Day::read(&value).map_or_else(words, Term::Before),
        "after" | "since" | "newer" => Day::read(&value).map_or_else(words, Term::Since),
        "larger" | "size" => size(&value).map_or_else(words, Term::Larger),
        "smaller" => size(&value).map_or_else(words, Term::Smaller),
        _ => words(),
    }
}

fn is(what: &str) -> Option<Term> {
    let (flags, set) = match what.to_ascii_lowercase().as_str() {
        "unread" | "unseen" => (Flags::SEEN, false),
        "read" | "seen" => (Flags::SEEN, true),
        "starred" | "flagged" => (Flags::FLAGGED, true),
        "unstarred" | "unflagged" => (Flags::FLAGGED, false),
        "answered" | "replied" => (Flags::ANSWERED, true),
        "unanswered" => (Flags::ANSWERED, false),
        "draft" => (Flags::DRAFT, true),
        "deleted" => (Flags::DELETED, true),
        "forwarded" => (Flags::keyword(super::FORWARDED)?, true),
        "muted" => (Flags::keyword(super::MUTED)?, true),
        _ => return None,
    };
    Some(Term::Flag(flags, set))
}

fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    inner.unwrap_or(text).trim().to_owned()
}

/// A number of bytes: `500`, `20k`, `5M`.
fn size(text: &str) -> Option<u32> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_suffix('b').unwrap_or(&text);
    let (digits, unit) = match text.strip_suffix(['k', 'm', 'g']) {
        Some(digits) if text.ends_with('k') => (digits, 1_000),
        Some(digits) if text.ends_with('m') => (digits, 1_000_000),
        Some(digits) => (digits, 1_000_000_000),
        None => (text, 1),
    };
    let number: u64 = digits.parse().ok()?;
    Some(u32::try_from(number.saturating_mul(unit)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<Term> {
        Search::new(text).map_or_else(Vec::new, |search| search.terms())
    }

    fn anywhere(words: &str) -> Term {
        Term::Anywhere(words.to_owned())
    }

    #[test]
    fn what_people_type_is_understood_as_they_mean_it() {
        let within = |field, words: &str| Term::Within(field, words.to_owned());
        let not = |term| Term::Not(Box::new(term));
        let day = Day {
            year: 2026,
            month: 3,
            day: 1,
        };
        for (text, meant) in [
            ("", vec![]),
            ("  two   words ", vec![anywhere("two"), anywhere("words")]),
            ("\"two words\"", vec![anywhere("two words")]),
            ("From:Ann", vec![within(SearchField::From, "Ann")]),
            (
                "subject:\"a b\" x",
                vec![within(SearchField::Subject, "a b"), anywhere("x")],
            ),
            ("is:unread", vec![Term::Flag(Flags::SEEN, false)]),
            ("-is:unread", vec![not(Term::Flag(Flags::SEEN, false))]),
            ("is:red", vec![anywhere("is:red")]),
            (
                "is:muted",
                vec![Term::Flag(Flags::keyword("$Muted").unwrap(), true)],
            ),
            ("has:attachment", vec![Term::Attachment]),
            ("before:2026-03", vec![Term::Before(day)]),
            ("after:2026/3/1", vec![Term::Since(day)]),
            ("before:2026-02-30", vec![anywhere("before:2026-02-30")]),
            ("larger:5M", vec![Term::Larger(5_000_000)]),
            ("smaller:20kb", vec![Term::Smaller(20_000)]),
            ("larger:99999999999g", vec![Term::Larger(u32::MAX)]),
            ("12:30", vec![anywhere("12:30")]),
            (
                "https://a.example/?b",
                vec![anywhere("https://a.example/?b")],
            ),
            ("from:", vec![anywhere("from:")]),
            ("-", vec![anywhere("-")]),
            ("-spam", vec![not(anywhere("spam"))]),
            (
                "a OR b c",
                vec![
                    Term::Either(Box::new(anywhere("a")), Box::new(anywhere("b"))),
                    anywhere("c"),
                ],
            ),
            (
                "OR a OR",
                vec![anywhere("OR"), anywhere("a"), anywhere("OR")],
            ),
            (
                "\"never closed x",
                vec![anywhere("\"never"), anywhere("closed"), anywhere("x")],
            ),
            ("réunion 한국", vec![anywhere("réunion"), anywhere("한국")]),
        ] {
            assert_eq!(terms(text), meant, "{text}");
        }
    }

    #[test]
    fn where_is_looked_is_no_word() {
        let search = Search::new("in:\"Work 2026\" a In:all in: in").unwrap();
        let places = [Place::Named("Work 2026".to_owned()), Place::Anywhere];
        assert_eq!(search.places(), places);
        assert_eq!(
            search.terms(),
            [anywhere("a"), anywhere("in:"), anywhere("in")]
        );
        assert!(search.names_places() && !Search::new("in: -in:x").unwrap().names_places());
    }

    #[test]
    fn a_term_is_put_in_and_taken_out_as_it_is_typed() {
        let search = Search::new("from:ann is:unread x").unwrap();
        assert!(search.has("is:unread") && !search.has("is:un"));
        let without = search.without("is:unread").unwrap();
        assert_eq!(without.text(), "from:ann x");
        assert_eq!(
            without.with("is:starred").unwrap().text(),
            "from:ann x is:starred"
        );
        assert_eq!(Search::new("is:unread").unwrap().without("is:unread"), None);
    }

    #[test]
    fn a_form_that_is_filled_in_says_what_could_be_typed() {
        let composed = |text: &str, fields: &[(SearchOption, &str)]| {
            let fields = fields.iter().copied();
            Search::composed(text, fields).map(|search| search.text().to_owned())
        };
        let fields = [
            (SearchOption::From, "ann"),
            (SearchOption::To, " "),
            (SearchOption::Subject, "two \"words\""),
            (SearchOption::After, "2026-03-01"),
        ];
        assert_eq!(
            composed("x", &fields).unwrap(),
            "x from:ann subject:\"two words\" after:2026-03-01"
        );
        assert_eq!(composed("", &[(SearchOption::To, "")]), None);
    }

    #[test]
    fn whatever_is_typed_is_bounded_and_ends_nothing() {
        let long = "ü".repeat(LONGEST_SEARCH);
        assert!(Search::new(&long).unwrap().text().len() <= LONGEST_SEARCH);
        assert_eq!(terms(&"a ".repeat(200)).len(), MOST_TERMS);
        let hostile = Search::new("a\r\nx\0 LOGOUT\u{85}").unwrap();
        assert!(!hostile.text().chars().any(char::is_control));
        assert_eq!(Search::new("\r\n\0"), None);
    }
}
