//! Style of a mail, judged by a CSS parser: style attributes and style sheets.
//!
//! Properties, functions, at-rules and selectors are allowed by name (`allowed`); everything that is not named goes, and so
//! does every declaration in which one such thing stands. What is kept is written again from its tokens (`written`), so that
//! it is read as the tokens that were judged: escapes and tricks of spelling do not survive. Addresses are judged as images
//! are (`value`). To know before changing it: what selectors cost a browser depends on the whole mail, so style sheets are
//! judged last, when all of its elements and attributes are counted.

mod allowed;
mod colours;
mod rules;
mod selectors;
mod value;
mod written;

use cssparser::{BasicParseErrorKind, ParseError, Parser, RuleBodyParser, StyleSheetParser};

use super::budget::{CSS_LAYERS, CSS_MATCHES, CSS_PAINTED};
use super::read::Sheet;
use super::{Inline, Show};
pub(super) use colours::is_own as is_own_colour;
use rules::{Declarations, Rules};
use selectors::media;
use written::Written;

/// Judges the style of one mail, and counts what it would cost and load.
#[derive(Default)]
pub(super) struct Judge<'a> {
    remote: bool,
    own_origin: Option<&'a str>,
    /// The address of an embedded image, by its Content-ID; only one that carries its bytes may stand in style.
    inline: Option<Inline<'a>>,
    /// Where addresses begin that are not whole, where the mail says so.
    pub(super) base: Option<String>,
    /// The id of the element that sheets stay inside of; None where the mail has its document for itself.
    within: Option<&'static str>,
    /// Elements of the mail, each of which every selector is tried at, and what that has come to so far.
    elements: usize,
    matches: usize,
    /// Bytes of the attributes of the mail, which every selector that asks for one may look through.
    attributes: usize,
    /// Elements that the block that is read may be drawn at, and what that has come to so far.
    drawn: usize,
    painted: usize,
    /// Bytes that embedded images have taken so far.
    embedded: usize,
    found: Found,
}

/// What the style of a mail asks for.
#[derive(Clone, Copy, Default)]
pub(super) struct Found {
    /// Loads that were taken out.
    pub(super) held_back: u32,
    /// How many of them come once remote images are asked for.
    pub(super) on_request: u32,
    /// True where there is style for the dark.
    pub(super) dark: bool,
    /// True where it gives words or grounds colours of their own.
    pub(super) colours: bool,
}

/// Says that something is not allowed.
type Refused = ParseError<()>;

fn refused() -> Refused {
    ParseError::from_basic_kind(BasicParseErrorKind::QualifiedRuleInvalid)
}

impl<'a> Judge<'a> {
    /// A judge for all style of a mail that is shown like this.
    pub(super) fn new(how: &Show<'a>) -> Judge<'a> {
        Judge {
            inline: Some(how.inline),
            within: how.within,
            ..Judge::for_attribute(how.remote, how.own_origin)
        }
    }

    /// A judge for a single style attribute that was judged before: no embedded image stands in it by its Content-ID any more.
    pub(super) fn for_attribute(remote: bool, own_origin: Option<&'a str>) -> Judge<'a> {
        Judge {
            remote,
            own_origin,
            ..Judge::default()
        }
    }

    /// Counts attributes of the mail, in bytes.
    pub(super) fn count_attributes(&mut self, bytes: usize) {
        self.attributes = self.attributes.saturating_add(bytes);
    }

    /// The allowed declarations of a style attribute.
    pub(super) fn declarations(&mut self, style: &str) -> String {
        let mut input = Parser::new(style);
        self.drawn = 1;
        self.block(&mut input)
    }

    /// The same of a body: what it would cut off cannot be reached on a small window.
    pub(super) fn declarations_of_body(&mut self, style: &str) -> String {
        let mut input = Parser::new(style);
        self.drawn = 1;
        let mut kept = self.kept(&mut input);
        kept.retain(|declaration| !declaration.starts_with("overflow"));
        kept.join(";")
    }

    /// The allowed rules of all style sheets of a mail of so many elements, each with the media that it is for (empty is for
    /// all). Each on its own: what one leaves open is not closed by the next.
    pub(super) fn sheets(
        &mut self,
        elements: usize,
        sheets: impl Iterator<Item = Sheet>,
    ) -> String {
        self.elements = elements;
        let judge = |sheet: Sheet| {
            self.base = sheet.base;
            self.sheet(&sheet.css, &sheet.media)
        };
        sheets.map(judge).collect()
    }

    /// What has been found so far.
    pub(super) fn found(&self) -> Found {
        self.found
    }

    /// The allowed rules of a style sheet. There is no `<` in it, so that it cannot end its element.
    fn sheet(&mut self, css: &str, of: &str) -> String {
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
        match self.matches > CSS_MATCHES {
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
        layers <= CSS_LAYERS && self.painted <= CSS_PAINTED
    }

    fn block(&mut self, input: &mut Parser<'_>) -> String {
        self.kept(input).join(";")
    }

    fn kept(&mut self, input: &mut Parser<'_>) -> Vec<String> {
        let mut declarations = Declarations { judge: self };
        RuleBodyParser::new(input, &mut declarations)
            .flatten()
            .collect()
    }
}
