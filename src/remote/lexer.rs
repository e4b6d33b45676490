//! A response to tokens: open, close, atom, quoted, literal. Total (any bytes give tokens or an end), without recursion.
//!
//! Not for meaning: what a token stands for is read in `answer` and the files beside it. To know before changing it:
//! servers break the grammar mostly in what an atom may hold, so an atom here is whatever stands between two spaces or
//! parentheses; bytes over 127 are bytes. `wire` cut the response at the same literals, so that a `{n}` at a line's end
//! always has its n bytes behind it.

use std::borrow::Cow;

/// Deepest nesting that is followed.
pub const DEEPEST: usize = 64;
/// Most values that one value may hold, all levels counted.
const MOST_VALUES: usize = 60_000;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `(`
    Open,
    /// `)`
    Close,
    /// Anything unquoted, NIL and numbers included.
    Atom(&'a [u8]),
    /// A quoted string, unescaped.
    Quoted(Cow<'a, [u8]>),
    /// The bytes of a literal.
    Literal(&'a [u8]),
}

/// A token or a list of them, with lists inside up to [`DEEPEST`] levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Anything unquoted but NIL.
    Atom(&'a [u8]),
    /// A quoted string or a literal.
    Text(Cow<'a, [u8]>),
    /// NIL.
    Nil,
    /// `( .. )`.
    List(Vec<Value<'a>>),
}

impl<'a> Value<'a> {
    /// The bytes of a string or atom; None for NIL and lists.
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Value::Atom(bytes) => Some(bytes),
            Value::Text(bytes) => Some(bytes),
            Value::Nil | Value::List(_) => None,
        }
    }

    /// The values of a list; none for anything else.
    pub fn list(&self) -> &[Value<'a>] {
        match self {
            Value::List(values) => values,
            _ => &[],
        }
    }

    /// How many values it is made of, itself included. Its depth was bounded when it was read.
    pub fn size(&self) -> usize {
        let inside = self.list().iter().map(Value::size);
        inside.fold(1, usize::saturating_add)
    }

    /// A number, where it is one.
    pub fn number<N: std::str::FromStr>(&self) -> Option<N> {
        number(self.text()?)
    }

    /// True for an atom or string that is this word, in any case.
    pub fn is(&self, word: &str) -> bool {
        self.text()
            .is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes()))
    }
}

/// Reads digits and nothing else: no sign, no space.
pub fn number<N: std::str::FromStr>(bytes: &[u8]) -> Option<N> {
    let digits = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(bytes)
        .ok()
        .filter(|_| digits)?
        .parse()
        .ok()
}

/// Goes through one response from left to right.
#[derive(Clone)]
pub struct Lexer<'a> {
    rest: &'a [u8],
}

impl<'a> Lexer<'a> {
    /// Begins at the first byte of a response, or of a piece of one.
    pub fn new(bytes: &'a [u8]) -> Lexer<'a> {
        Lexer { rest: bytes }
    }

    /// What was not read yet, without the line's end.
    pub fn rest(&self) -> &'a [u8] {
        self.rest.trim_ascii()
    }

    /// Everything up to the next space, whatever it is: the tag, `*`, the word of a response.
    pub fn word(&mut self) -> &'a [u8] {
        self.skip_spaces();
        let end = self.until(|b| b.is_ascii_whitespace());
        self.step(end)
    }

    /// Steps over an opening parenthesis, if one comes next.
    pub fn enter(&mut self) -> bool {
        self.skip_spaces();
        let opens = self.rest.first() == Some(&b'(');
        if opens {
            self.step(1);
        }
        opens
    }

    /// The name of a FETCH attribute in upper case, with its section and origin as they came: `BODY[1.2]<0>`.
    /// None where a parenthesis, a string or the end comes next.
    pub fn attribute(&mut self) -> Option<String> {
        self.skip_spaces();
        let end = self.until(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b')' | b'[' | b'"'));
        let mut name = self.step(end).to_ascii_uppercase();
        if name.is_empty() {
            return None;
        }
        if self.rest.first() == Some(&b'[') {
            let section = self.section()?;
            name.extend(section.to_ascii_uppercase());
            let end = self.until(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b')' | b'{'));
            name.extend_from_slice(self.step(end));
        }
        String::from_utf8(name).ok()
    }

    /// `[..]`, with strings and parentheses inside. Where no bracket closes, nothing.
    fn section(&mut self) -> Option<Vec<u8>> {
        let mut inside = self.clone();
        inside.step(1);
        let mut text = vec![b'['];
        loop {
            let end = inside.until(|b| matches!(b, b']' | b'"' | b'\r' | b'\n'));
            text.extend_from_slice(inside.step(end));
            match inside.rest.first()? {
                b']' => {
                    inside.step(1);
                    text.push(b']');
                    *self = inside;
                    return Some(text);
                }
                b'"' => match inside.next()? {
                    Token::Quoted(word) => text.extend_from_slice(&word),
                    _ => return None,
                },
                // The name of a header field sent as a literal: its announcement ends the line.
                _ => {
                    let announced = text.iter().rposition(|b| *b == b'{')?;
                    let mut literal = Lexer::new(text.get(announced..)?);
                    let count = literal.announced()?;
                    text.truncate(announced);
                    inside.line_end();
                    text.extend_from_slice(inside.rest.get(..count)?);
                    inside.step(count);
                }
            }
        }
    }

    /// The next whole value. None at the end, before a closing parenthesis (which stays), where a list is not closed,
    /// and where it is too deep or too large: then the rest of the response is lost, nothing else.
    pub fn value(&mut self) -> Option<Value<'a>> {
        let mut open: Vec<Vec<Value<'a>>> = Vec::new();
        let mut count = 0usize;
        loop {
            let before = self.rest;
            let value = match self.next() {
                None => return None,
                Some(Token::Open) if open.len() >= DEEPEST => return None,
                Some(Token::Open) => {
                    open.push(Vec::new());
                    continue;
                }
                Some(Token::Close) => match open.pop() {
                    Some(values) => Value::List(values),
                    None => {
                        self.rest = before;
                        return None;
                    }
                },
                Some(Token::Atom(atom)) if atom.eq_ignore_ascii_case(b"NIL") => Value::Nil,
                Some(Token::Atom(atom)) => Value::Atom(atom),
                Some(Token::Quoted(text)) => Value::Text(text),
                Some(Token::Literal(text)) => Value::Text(Cow::Borrowed(text)),
            };
            count = count.saturating_add(1);
            if count > MOST_VALUES {
                return None;
            }
            match open.last_mut() {
                Some(list) => list.push(value),
                None => return Some(value),
            }
        }
    }

    /// Steps over one value without keeping it, however deep it is.
    pub fn skip_value(&mut self) {
        let mut depth = 0usize;
        loop {
            let before = self.rest;
            match self.next() {
                None => return,
                Some(Token::Open) => depth = depth.saturating_add(1),
                Some(Token::Close) if depth == 0 => {
                    self.rest = before;
                    return;
                }
                Some(Token::Close) => depth = depth.saturating_sub(1),
                Some(_) => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn step(&mut self, count: usize) -> &'a [u8] {
        let (head, tail) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = tail;
        head
    }

    fn until(&self, stop: impl Fn(u8) -> bool) -> usize {
        let len = self.rest.len();
        self.rest.iter().position(|b| stop(*b)).unwrap_or(len)
    }

    fn skip_spaces(&mut self) {
        let end = self.until(|b| !b.is_ascii_whitespace());
        self.step(end);
    }

    fn line_end(&mut self) {
        if self.rest.first() == Some(&b'\r') {
            self.step(1);
        }
        if self.rest.first() == Some(&b'\n') {
            self.step(1);
        }
    }

    /// `{n}` or `~{n}` or `{n+}`, where one comes next; steps over it.
    fn announced(&mut self) -> Option<usize> {
        let mut ahead = self.clone();
        if ahead.rest.first() == Some(&b'~') {
            ahead.step(1);
        }
        if ahead.step(1) != b"{" {
            return None;
        }
        let end = ahead.until(|b| !b.is_ascii_digit());
        let count = number(ahead.step(end))?;
        if ahead.rest.first() == Some(&b'+') {
            ahead.step(1);
        }
        if ahead.step(1) != b"}" {
            return None;
        }
        *self = ahead;
        Some(count)
    }

    /// A literal, where one comes next.
    fn literal(&mut self) -> Option<&'a [u8]> {
        let mut ahead = self.clone();
        let count = ahead.announced()?;
        if !matches!(ahead.rest.first(), Some(b'\r' | b'\n')) {
            return None;
        }
        ahead.line_end();
        if count > ahead.rest.len() {
            return None;
        }
        let bytes = ahead.step(count);
        *self = ahead;
        Some(bytes)
    }

    /// The rest of a quoted string whose first quote was read. Without a closing quote it goes to the end of the line.
    fn quoted(&mut self) -> Cow<'a, [u8]> {
        let end = self.until(|b| matches!(b, b'"' | b'\\' | b'\r' | b'\n'));
        let mut text = Cow::Borrowed(self.step(end));
        loop {
            match self.rest.first() {
                Some(b'\\') => {
                    self.step(1);
                    text.to_mut().extend_from_slice(self.step(1));
                }
                Some(b'"') => {
                    self.step(1);
                    return text;
                }
                _ => return text,
            }
            let end = self.until(|b| matches!(b, b'"' | b'\\' | b'\r' | b'\n'));
            let more = self.step(end);
            text.to_mut().extend_from_slice(more);
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_spaces();
        match self.rest.first()? {
            b'(' => {
                self.step(1);
                Some(Token::Open)
            }
            b')' => {
                self.step(1);
                Some(Token::Close)
            }
            b'"' => {
                self.step(1);
                Some(Token::Quoted(self.quoted()))
            }
            first => {
                if matches!(first, b'{' | b'~')
                    && let Some(bytes) = self.literal()
                {
                    return Some(Token::Literal(bytes));
                }
                let end = self.until(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b')'));
                Some(Token::Atom(self.step(end)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &[u8]) -> Option<Value<'_>> {
        Lexer::new(text).value()
    }

    #[test]
    fn strings_come_unescaped_and_keep_their_bytes() {
        assert_eq!(
            value(b"\"a \\\"b\\\\ \xff\"").and_then(|v| v.text().map(<[u8]>::to_vec)),
            Some(b"a \"b\\ \xff".to_vec())
        );
        assert_eq!(
            value(b"{5}\r\na)\r\nb x").and_then(|v| v.text().map(<[u8]>::to_vec)),
            Some(b"a)\r\nb".to_vec())
        );
        assert_eq!(
            value(b"~{2}\r\n\0\xffx"),
            Some(Value::Text(Cow::Borrowed(b"\0\xff")))
        );
        assert_eq!(value(b"nil"), Some(Value::Nil));
    }

    #[test]
    fn a_literal_that_is_not_there_is_no_literal() {
        assert_eq!(value(b"{9}\r\nabc"), Some(Value::Atom(b"{9}")));
        assert_eq!(
            value(b"{99999999999999999999}\r\n"),
            Some(Value::Atom(b"{99999999999999999999}"))
        );
    }

    #[test]
    fn an_attribute_keeps_its_section_together() {
        let mut lexer = Lexer::new(b"body[header.fields (\"Date\" From)]<0> {0}\r\n UID 1");
        assert_eq!(
            lexer.attribute().as_deref(),
            Some("BODY[HEADER.FIELDS (DATE FROM)]<0>")
        );
        assert_eq!(lexer.value(), Some(Value::Text(Cow::Borrowed(b""))));
        assert_eq!(lexer.attribute().as_deref(), Some("UID"));
        let mut lexer = Lexer::new(b"BODY[HEADER.FIELDS ({4}\r\nDATE)] NIL");
        assert_eq!(
            lexer.attribute().as_deref(),
            Some("BODY[HEADER.FIELDS (DATE)]")
        );
        assert_eq!(lexer.value(), Some(Value::Nil));
    }

    #[test]
    fn nesting_is_followed_to_its_bound_and_no_further() {
        let nested = |n: usize| [vec![b'('; n], vec![b')'; n]].concat();
        assert!(value(&nested(DEEPEST)).is_some());
        assert!(value(&nested(DEEPEST + 1)).is_none());
        assert!(value(&nested(5_000)).is_none());
        let text = [nested(5_000), b" UID 7".to_vec()].concat();
        let mut lexer = Lexer::new(&text);
        lexer.skip_value();
        assert_eq!(lexer.attribute().as_deref(), Some("UID"));
    }

    #[test]
    fn any_bytes_come_to_an_end() {
        let odd: &[&[u8]] = &[
            b"\"",
            b"\\",
            b"\"\\",
            b"((",
            b"))",
            b"{",
            b"{}",
            b"~",
            b"~{",
            b"{1+",
            b"[",
            b"BODY[",
            b"BODY[\"",
            b"BODY[{9}\r\n",
            b"\0\xff\r\n",
        ];
        for bytes in odd {
            assert!(Lexer::new(bytes).count() <= bytes.len(), "{bytes:?}");
            let mut lexer = Lexer::new(bytes);
            lexer.attribute();
            lexer.value();
            lexer.skip_value();
        }
    }
}
