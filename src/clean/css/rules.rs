//! The declarations of a block, and the rules of a sheet, as the CSS parser hands them over.

use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, Parser, ParserState, QualifiedRuleParser,
    RuleBodyItemParser, RuleBodyParser,
};

use super::allowed::{PICTURED, fits, is_property};
use super::colours::is_own;
use super::selectors::{inside, media, selectors};
use super::written::Written;
use super::{Judge, Refused, refused};
use crate::clean::budget::CSS_DEPTH;

/// The declarations of a block.
pub(super) struct Declarations<'a, 'j> {
    pub(super) judge: &'a mut Judge<'j>,
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
        let before = self.judge.found.on_request;
        let judged = self.judge.value(input, 0, &mut value);
        // Where this declaration goes whatever is asked for, what it names never comes.
        let on_request = std::mem::replace(&mut self.judge.found.on_request, before);
        if name == "color-scheme" || name == "supported-color-schemes" {
            self.judge.found.dark |= value.text.contains("dark");
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
            self.judge.found.on_request = on_request;
        }
        // A picture that is held back now is a colour as soon as it is there.
        let is_held_back = name.starts_with("background") && on_request > before;
        self.judge.found.colours |= is_held_back || is_own(&name, value);
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
pub(super) struct Rules<'a, 'j> {
    pub(super) judge: &'a mut Judge<'j>,
    pub(super) depth: u32,
}

impl<'i> QualifiedRuleParser<'i> for Rules<'_, '_> {
    type Prelude = String;
    type QualifiedRule = String;
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Result<String, Refused> {
        let mut selector = Written::default();
        match self.judge.within {
            None => selectors(input, 0, &mut selector)?,
            // Each of a list separately, behind the element; a comma inside of brackets is no end of one.
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
            self.judge.found.held_back = self.judge.found.held_back.saturating_add(1);
        }
        if name != "media" || self.depth >= CSS_DEPTH {
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
        self.judge.found.dark |= lower.contains("prefers-color-scheme") && lower.contains("dark");
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
