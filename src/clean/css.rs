//! Style of a mail, judged by a CSS parser: style attributes and style sheets.
//!
//! Properties, functions, at-rules and selectors are allowed by name; everything that is not named goes, and so does
//! every declaration in which one such thing stands. What is kept is written anew from its tokens, so that it is read as
//! the tokens that were judged: escapes and tricks of spelling do not survive. Addresses are judged as images are.

use cssparser::{
    AtRuleParser, BasicParseErrorKind, CowRcStr, DeclarationParser, ParseError, Parser,
    ParserState, QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser, StyleSheetParser, ToCss,
    Token, TokenSerializationType, serialize_string,
};

use super::{ID_PREFIX, Inline, Load, is_own, load, prefixed};

/// Deepest nesting of brackets and of at-rules.
const DEEPEST: u32 = 8;

/// Longest string, in bytes: some are shown as text, at each element that a rule finds.
const LONGEST_STRING: usize = 500;

/// Tokens of one value or one list of selectors. Ten times what the longest of newsletters have.
const MOST_TOKENS: usize = 500;

/// How often a browser may have to hold a part of a selector against an element of the mail.
const MOST_MATCHES: usize = 50_000_000;

/// Pictures that are computed for each element which a rule finds, gradients and shadows: in one value, and in all.
const MOST_LAYERS: usize = 8;
const MOST_PAINTED: usize = 100_000;

/// Longest string that an attribute is searched for, in bytes.
const LONGEST_SOUGHT: usize = 100;

/// Bytes of embedded images in all style of a mail, each as often as it is named.
const EMBEDDED_BYTES: usize = 1024 * 1024;

/// How addresses in style are treated, and what was found.
#[derive(Default)]
pub(super) struct Judge<'a> {
    pub(super) remote: bool,
    pub(super) own_origin: Option<&'a str>,
    /// The address of an embedded image, by its Content-ID; only one that carries its bytes may stand in style.
    pub(super) inline: Option<Inline<'a>>,
    /// The id of the element that sheets stay inside of; None where the mail has its document for itself.
    pub(super) within: Option<&'static str>,
    /// Elements of the mail, each of which every selector is tried at, and what that has come to so far.
    pub(super) elements: usize,
    pub(super) matches: usize,
    /// Bytes of the attributes of the mail, which every selector that asks for one may look through.
    pub(super) attributes: usize,
    /// Elements that the block that is read may be drawn at, and what that has come to so far.
    pub(super) drawn: usize,
    pub(super) painted: usize,
    /// Bytes that embedded images have taken so far.
    pub(super) embedded: usize,
    /// Loads that were taken out, and how many of them `remote` would bring.
    pub(super) held_back: u32,
    pub(super) on_request: u32,
    /// True once style for the dark was seen.
    pub(super) dark: bool,
}

/// Says that something is not allowed.
type Refused = ParseError<()>;

fn refused() -> Refused {
    ParseError::from_basic_kind(BasicParseErrorKind::QualifiedRuleInvalid)
}

impl Judge<'_> {
    /// The allowed declarations of a style attribute.
    pub(super) fn declarations(&mut self, style: &str) -> String {
        let mut input = Parser::new(style);
        self.drawn = 1;
        self.block(&mut input)
    }

    /// The allowed rules of a style sheet, for the media that its element names; empty is for all. There is no `<` in it,
    /// so that it cannot end its element.
    pub(super) fn sheet(&mut self, css: &str, of: &str) -> String {
        let Ok(query) = media(&mut Parser::new(of)) else {
            return String::new();
        };
        let mut input = Parser::new(css);
        self.drawn = self.elements;
        let mut rules = Rules {
            judge: self,
            depth: 0,
        };
        let kept: String = StyleSheetParser::new(&mut input, &mut rules)
            .flatten()
            .collect();
        let kept = kept.replace('<', "\\3c ");
        match query.is_empty() || kept.is_empty() {
            true => kept,
            false => format!("@media {query}{{{kept}}}"),
        }
    }

    /// Counts what a selector costs a browser. What follows a sibling (`~`) is looked for among all that stand before it.
    fn tried(&mut self, selector: &Written) -> Result<(), Refused> {
        let siblings = selector.text.matches('~').count();
        let parts = siblings
            .saturating_mul(self.elements)
            .saturating_add(selector.tokens);
        let searches = selector.text.matches('[').count().saturating_mul(2);
        let cost = parts
            .saturating_mul(self.elements)
            .saturating_add(searches.saturating_mul(self.attributes));
        self.matches = self.matches.saturating_add(cost);
        match self.matches > MOST_MATCHES {
            true => Err(refused()),
            false => Ok(()),
        }
    }

    /// Counts the gradients, pictures and shadows of a value, at each element that they may be drawn at.
    fn may_paint(&mut self, name: &str, value: &str) -> bool {
        let count = |what: &str| value.matches(what).count();
        let layers = match name.ends_with("-shadow") {
            // Commas, but for those between brackets.
            true => value
                .split(')')
                .filter_map(|piece| piece.split('(').next())
                .map(|piece| piece.matches(',').count())
                .fold(1, usize::saturating_add),
            false => count("gradient(").saturating_add(count("url(")),
        };
        self.painted = self
            .painted
            .saturating_add(layers.saturating_mul(self.drawn));
        layers <= MOST_LAYERS && self.painted <= MOST_PAINTED
    }

    fn block(&mut self, input: &mut Parser<'_>) -> String {
        let mut declarations = Declarations { judge: self };
        let kept: Vec<String> = RuleBodyParser::new(input, &mut declarations)
            .flatten()
            .collect();
        kept.join(";")
    }

    /// A value, from its tokens.
    fn value(
        &mut self,
        input: &mut Parser<'_>,
        depth: u32,
        out: &mut Written,
    ) -> Result<(), Refused> {
        if depth > DEEPEST {
            return Err(refused());
        }
        while let Ok(token) = input.next_including_whitespace().cloned() {
            match &token {
                Token::WhiteSpace(_) => out.space(),
                Token::UnquotedUrl(address) => self.address(address, out)?,
                Token::Function(name) => {
                    let name = name.to_ascii_lowercase();
                    if name == "url" || name == "src" {
                        let address = input.parse_nested_block(|inner| {
                            Ok::<_, Refused>(
                                inner.expect_string().map_err(|_| refused())?.to_string(),
                            )
                        })?;
                        self.address(&address, out)?;
                    } else if FUNCTIONS.contains(&name.as_str()) {
                        out.token(&Token::Function(name.into()))?;
                        self.bracket(input, depth, out)?;
                    } else {
                        // image-set("x") and its like load too.
                        if LOADERS.iter().any(|l| name.ends_with(l)) {
                            self.held_back = self.held_back.saturating_add(1);
                        }
                        return Err(refused());
                    }
                }
                Token::ParenthesisBlock => {
                    out.token(&token)?;
                    self.bracket(input, depth, out)?;
                }
                Token::Ident(word) if word.to_ascii_lowercase().contains("expression") => {
                    return Err(refused());
                }
                Token::Ident(_)
                | Token::Hash(_)
                | Token::IDHash(_)
                | Token::QuotedString(_)
                | Token::Number { .. }
                | Token::Percentage { .. }
                | Token::Dimension { .. }
                | Token::Comma
                | Token::Delim('/' | '+' | '-' | '*' | '!') => out.token(&token)?,
                _ => return Err(refused()),
            }
        }
        Ok(())
    }

    /// What stands between an opening bracket, which is written already, and its end.
    fn bracket(
        &mut self,
        input: &mut Parser<'_>,
        depth: u32,
        out: &mut Written,
    ) -> Result<(), Refused> {
        input.parse_nested_block(|inner| self.value(inner, depth.saturating_add(1), out))?;
        out.token(&Token::CloseParenthesis)
    }

    /// An address in a value: kept, or the word that stands for no image.
    fn address(&mut self, address: &str, out: &mut Written) -> Result<(), Refused> {
        let kept = match load(address) {
            Load::Data(data) => Some(data),
            Load::Remote(url) if is_own(&url, self.own_origin) => None,
            Load::Remote(url) if self.remote => Some(url),
            Load::Remote(_) => {
                self.held_back = self.held_back.saturating_add(1);
                self.on_request = self.on_request.saturating_add(1);
                None
            }
            Load::Refused => {
                self.held_back = self.held_back.saturating_add(1);
                None
            }
            Load::Part(id) => self
                .inline
                .filter(|_| self.embedded <= EMBEDDED_BYTES)
                .and_then(|inline| inline(&id))
                .filter(|address| matches!(load(address), Load::Data(_)))
                .filter(|address| {
                    self.embedded = self.embedded.saturating_add(address.len());
                    self.embedded <= EMBEDDED_BYTES
                }),
            Load::Nothing => None,
        };
        match kept {
            Some(url) => out.url(&url),
            None => out.token(&Token::Ident("none".into())),
        }
    }
}

/// Tokens as text that is read as just these tokens.
///
/// A comment is no token, and without it two can become one that nobody judged: `url` and a bracket an address, `/` and
/// `*` the beginning of a comment. An empty one is put between them where that is so (CSS Syntax 9).
#[derive(Default)]
struct Written {
    text: String,
    tokens: usize,
    last: TokenSerializationType,
}

impl Written {
    fn token(&mut self, token: &Token<'_>) -> Result<(), Refused> {
        self.tokens = self.tokens.saturating_add(1);
        if self.tokens > MOST_TOKENS {
            return Err(refused());
        }
        self.after_last(token.serialization_type());
        let start = self.text.len();
        token.to_css(&mut self.text).map_err(|_| refused())?;
        // Only in a string can it be written without the `<` that a sheet must not hold.
        let written = self.text.get(start..).unwrap_or_default();
        let is_refused = match token {
            Token::QuotedString(string) => string.len() > LONGEST_STRING,
            // `1e3e3` is a number with a unit, and would be read as a number.
            Token::Dimension { unit, .. } if unit.starts_with(['e', 'E']) => {
                !unit.bytes().all(|b| b.is_ascii_alphabetic())
            }
            _ => written.contains('<'),
        };
        if is_refused { Err(refused()) } else { Ok(()) }
    }

    /// One blank, however many there were, with or without comments between.
    fn space(&mut self) {
        // An escape ends in a blank of its own.
        if self.last != TokenSerializationType::WhiteSpace {
            self.text.push(' ');
        }
        self.last = TokenSerializationType::WhiteSpace;
    }

    fn url(&mut self, address: &str) -> Result<(), Refused> {
        self.tokens = self.tokens.saturating_add(1);
        self.after_last(TokenSerializationType::Function);
        self.text.push_str("url(");
        serialize_string(address, &mut self.text).map_err(|_| refused())?;
        self.text.push(')');
        self.last = TokenSerializationType::UrlOrBadUrl;
        Ok(())
    }

    fn after_last(&mut self, kind: TokenSerializationType) {
        if self.last.needs_separator_when_before(kind) {
            self.text.push_str("/**/");
        }
        self.last = kind;
    }
}

/// The declarations of a block.
struct Declarations<'a, 'j> {
    judge: &'a mut Judge<'j>,
}

impl<'i> DeclarationParser<'i> for Declarations<'_, '_> {
    type Declaration = String;
    type Error = ();

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _: &ParserState,
    ) -> Result<String, Refused> {
        let name = name.to_ascii_lowercase();
        let mut value = Written::default();
        let before = self.judge.on_request;
        let judged = self.judge.value(input, 0, &mut value);
        // Where this declaration goes whatever is asked for, what it names never comes.
        let on_request = std::mem::replace(&mut self.judge.on_request, before);
        if name == "color-scheme" || name == "supported-color-schemes" {
            self.judge.dark |= value.text.contains("dark");
            return Err(refused());
        }
        judged?;
        let value = value.text.trim();
        let fits =
            is_property(&name) && !value.is_empty() && fits(&name, &value.to_ascii_lowercase());
        if !fits {
            return Err(refused());
        }
        if !self.judge.may_paint(&name, value) {
            return Err(refused());
        }
        if PICTURED.contains(&name.as_str()) {
            self.judge.on_request = on_request;
        }
        Ok(format!("{name}:{value}"))
    }
}

impl<'i> AtRuleParser<'i> for Declarations<'_, '_> {
    type Prelude = ();
    type AtRule = String;
    type Error = ();
}

impl<'i> QualifiedRuleParser<'i> for Declarations<'_, '_> {
    type Prelude = ();
    type QualifiedRule = String;
    type Error = ();
}

impl<'i> RuleBodyItemParser<'i, String, ()> for Declarations<'_, '_> {
    fn parse_declarations(&self) -> bool {
        true
    }

    fn parse_qualified(&self) -> bool {
        false
    }
}

/// The rules of a sheet, or of a media query in it.
struct Rules<'a, 'j> {
    judge: &'a mut Judge<'j>,
    depth: u32,
}

impl<'i> QualifiedRuleParser<'i> for Rules<'_, '_> {
    type Prelude = String;
    type QualifiedRule = String;
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Result<String, Refused> {
        let mut selector = Written::default();
        match self.judge.within {
            None => selectors(input, 0, &mut selector)?,
            // Each of a list by itself, behind the element; a comma inside of brackets is no end of one.
            Some(id) => input
                .parse_comma_separated(|one| inside(one, id, &mut selector))
                .map(drop)?,
        }
        self.judge.tried(&selector)?;
        Ok(selector.text.trim().to_owned())
    }

    fn parse_block(
        &mut self,
        selector: String,
        _: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<String, Refused> {
        let block = self.judge.block(input);
        if selector.is_empty() || block.is_empty() {
            return Err(refused());
        }
        Ok(format!("{selector}{{{block}}}"))
    }
}

impl<'i> AtRuleParser<'i> for Rules<'_, '_> {
    type Prelude = String;
    type AtRule = String;
    type Error = ();

    fn parse_prelude(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
    ) -> Result<String, Refused> {
        let name = name.to_ascii_lowercase();
        if name == "import" || name == "font-face" {
            self.judge.held_back = self.judge.held_back.saturating_add(1);
        }
        if name != "media" || self.depth >= DEEPEST {
            return Err(refused());
        }
        media(input)
    }

    fn parse_block(
        &mut self,
        query: String,
        _: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<String, Refused> {
        let lower = query.to_ascii_lowercase();
        self.judge.dark |= lower.contains("prefers-color-scheme") && lower.contains("dark");
        let mut inner = Rules {
            judge: self.judge,
            depth: self.depth.saturating_add(1),
        };
        let rules: String = RuleBodyParser::new(input, &mut inner).flatten().collect();
        if rules.is_empty() {
            return Err(refused());
        }
        Ok(format!("@media {query}{{{rules}}}"))
    }
}

impl<'i> DeclarationParser<'i> for Rules<'_, '_> {
    type Declaration = String;
    type Error = ();
}

impl<'i> RuleBodyItemParser<'i, String, ()> for Rules<'_, '_> {
    fn parse_declarations(&self) -> bool {
        false
    }

    fn parse_qualified(&self) -> bool {
        true
    }
}

/// One selector, so that it finds nothing but what lies in the element of ours with this id, and for `body` that element.
fn inside(input: &mut Parser<'_>, id: &str, out: &mut Written) -> Result<(), Refused> {
    if !out.text.is_empty() {
        out.token(&Token::Comma)?;
    }
    out.token(&Token::IDHash(id.into()))?;
    input.skip_whitespace();
    let start = input.state();
    match input.next_including_whitespace() {
        Ok(Token::Ident(name)) if name.eq_ignore_ascii_case("body") => {}
        // It would lead out, to what stands beside the element.
        Ok(Token::Delim('>' | '+' | '~')) | Err(_) => return Err(refused()),
        Ok(_) => {
            input.reset(&start);
            out.space();
        }
    }
    selectors(input, 0, out)
}

/// A selector list from its tokens; ids get the prefix that they have in the markup.
fn selectors(input: &mut Parser<'_>, depth: u32, out: &mut Written) -> Result<(), Refused> {
    if depth > DEEPEST {
        return Err(refused());
    }
    while let Ok(token) = input.next_including_whitespace().cloned() {
        let close = match &token {
            Token::WhiteSpace(_) => {
                out.space();
                continue;
            }
            Token::IDHash(id) => {
                let id = id.strip_prefix(ID_PREFIX).unwrap_or(id);
                out.token(&Token::IDHash(format!("{ID_PREFIX}{id}").into()))?;
                continue;
            }
            Token::Function(name)
                if SELECTOR_FUNCTIONS.contains(&name.to_ascii_lowercase().as_str()) =>
            {
                Token::CloseParenthesis
            }
            Token::SquareBracketBlock => {
                out.token(&token)?;
                input.parse_nested_block(|inner| of_attribute(inner, out))?;
                out.token(&Token::CloseSquareBracket)?;
                continue;
            }
            Token::Ident(_)
            | Token::QuotedString(_)
            | Token::Number { .. }
            | Token::Dimension { .. }
            | Token::Colon
            | Token::Comma
            | Token::Delim('.' | '>' | '+' | '-' | '~' | '*') => {
                out.token(&token)?;
                continue;
            }
            _ => return Err(refused()),
        };
        out.token(&token)?;
        input.parse_nested_block(|inner| selectors(inner, depth.saturating_add(1), out))?;
        out.token(&close)?;
    }
    Ok(())
}

/// What stands between square brackets; an id that is asked for there has its prefix in the markup too.
fn of_attribute(input: &mut Parser<'_>, out: &mut Written) -> Result<(), Refused> {
    let (mut is_first, mut is_id) = (true, false);
    while let Ok(token) = input.next_including_whitespace().cloned() {
        match &token {
            Token::WhiteSpace(_) => {
                out.space();
                continue;
            }
            Token::Ident(id) | Token::QuotedString(id) if is_id => {
                out.token(&Token::QuotedString(prefixed(id).into()))?;
                is_id = false;
            }
            // Embedded images stand under addresses of ours, which say in which folder the message lies.
            Token::Ident(name) if is_first && name.eq_ignore_ascii_case("src") => {
                return Err(refused());
            }
            Token::QuotedString(sought) if sought.len() > LONGEST_SOUGHT => return Err(refused()),
            Token::Ident(name) => {
                is_id = is_first && name.eq_ignore_ascii_case("id");
                out.token(&token)?;
            }
            // How it ends, and what is in it, is the same with the prefix.
            Token::SuffixMatch | Token::SubstringMatch => {
                is_id = false;
                out.token(&token)?;
            }
            Token::QuotedString(_)
            | Token::Number { .. }
            | Token::Dimension { .. }
            | Token::IncludeMatch
            | Token::DashMatch
            | Token::PrefixMatch
            | Token::Delim('-' | '=') => out.token(&token)?,
            _ => return Err(refused()),
        }
        is_first = false;
    }
    Ok(())
}

/// A media query from its tokens.
fn media(input: &mut Parser<'_>) -> Result<String, Refused> {
    let mut query = Written::default();
    media_tokens(input, 0, &mut query)?;
    Ok(query.text.trim().to_owned())
}

fn media_tokens(input: &mut Parser<'_>, depth: u32, out: &mut Written) -> Result<(), Refused> {
    if depth > DEEPEST {
        return Err(refused());
    }
    while let Ok(token) = input.next_including_whitespace().cloned() {
        match &token {
            Token::WhiteSpace(_) => out.space(),
            Token::ParenthesisBlock => {
                out.token(&token)?;
                input.parse_nested_block(|inner| {
                    media_tokens(inner, depth.saturating_add(1), out)
                })?;
                out.token(&Token::CloseParenthesis)?;
            }
            Token::Ident(_)
            | Token::Number { .. }
            | Token::Dimension { .. }
            | Token::Colon
            | Token::Comma
            | Token::Delim('/' | '>' | '=') => out.token(&token)?,
            _ => return Err(refused()),
        }
    }
    Ok(())
}

/// Rules of single properties beyond their names.
fn fits(name: &str, value: &str) -> bool {
    let importance = value.strip_suffix("important").map(str::trim_end);
    let plain = importance.and_then(|rest| rest.strip_suffix('!'));
    let value = plain.unwrap_or(value).trim_end();
    match name {
        // Out of the flow of its own place: over the rest, or where it stays in sight as the reader scrolls.
        "position" => matches!(value, "static" | "relative" | "absolute"),
        "display" => !value.contains("contents"),
        _ => true,
    }
}

fn is_property(name: &str) -> bool {
    PROPERTIES.contains(&name)
        || FAMILIES.iter().any(|f| {
            name.strip_prefix(f)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
}

/// Properties whose value may be a picture; an address in any other loads nothing.
const PICTURED: [&str; 6] = [
    "background",
    "background-image",
    "border-image",
    "border-image-source",
    "list-style",
    "list-style-image",
];

/// Properties whose longer forms (`border-top-color`) are allowed with them.
const FAMILIES: [&str; 9] = [
    "background",
    "border",
    "margin",
    "padding",
    "font",
    "list-style",
    "text-decoration",
    "flex",
    "outline",
];

const PROPERTIES: [&str; 61] = [
    "color",
    "opacity",
    "width",
    "height",
    "min-width",
    "min-height",
    "max-width",
    "max-height",
    "line-height",
    "letter-spacing",
    "word-spacing",
    "white-space",
    "word-break",
    "word-wrap",
    "overflow-wrap",
    "text-align",
    "text-align-last",
    "text-indent",
    "text-transform",
    "text-overflow",
    "text-shadow",
    "text-size-adjust",
    "-webkit-text-size-adjust",
    "-ms-text-size-adjust",
    "vertical-align",
    "direction",
    "unicode-bidi",
    "hyphens",
    "-webkit-hyphens",
    "quotes",
    "display",
    "visibility",
    "float",
    "clear",
    "overflow",
    "overflow-x",
    "overflow-y",
    "position",
    "top",
    "right",
    "bottom",
    "left",
    "box-sizing",
    "box-shadow",
    "table-layout",
    "caption-side",
    "empty-cells",
    "object-fit",
    "gap",
    "row-gap",
    "column-gap",
    "order",
    "aspect-ratio",
    "object-position",
    "text-underline-offset",
    "text-wrap",
    "justify-content",
    "align-items",
    "align-content",
    "align-self",
    "tab-size",
];

const FUNCTIONS: [&str; 17] = [
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "hwb",
    "lab",
    "lch",
    "oklab",
    "oklch",
    "calc",
    "min",
    "max",
    "clamp",
    "linear-gradient",
    "radial-gradient",
    "repeating-linear-gradient",
    "repeating-radial-gradient",
];

/// Functions that name something to load.
const LOADERS: [&str; 5] = ["image", "image-set", "cross-fade", "url-prefix", "element"];

const SELECTOR_FUNCTIONS: [&str; 8] = [
    "not",
    "is",
    "where",
    "lang",
    "nth-child",
    "nth-last-child",
    "nth-of-type",
    "nth-last-of-type",
];
