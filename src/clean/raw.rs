//! The elements whose content is text to the HTML parser, up to their own end tag (HTML 13.2.5.2 and 13.2.5.3).
//!
//! The one table of them: what bounds tags, reads markup, takes words out and writes the result must agree on it, or one of
//! them would read as markup what another reads as text.

/// What becomes of the text in a raw element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RawText {
    /// It is a style sheet.
    Style,
    /// It goes, with its element.
    Dropped,
    /// It goes, and what its element would load counts as taken out.
    DroppedLoader,
    /// It is shown as text.
    Shown,
}

/// A raw element.
pub(super) struct RawElement {
    /// Its name.
    pub(super) name: &'static str,
    /// What becomes of its text.
    pub(super) text: RawText,
    /// True where entities are read in it (RCDATA), false where not (RAWTEXT). Not as script where it is one: all that
    /// walk over tags walk over these alike.
    pub(super) has_entities: bool,
}

/// All raw elements.
pub(super) const RAW: [RawElement; 8] = [
    raw("style", RawText::Style, false),
    raw("script", RawText::Dropped, false),
    raw("title", RawText::Dropped, true),
    raw("textarea", RawText::Shown, true),
    raw("iframe", RawText::DroppedLoader, false),
    raw("noembed", RawText::DroppedLoader, false),
    raw("noframes", RawText::DroppedLoader, false),
    raw("xmp", RawText::Shown, false),
];

const fn raw(name: &'static str, text: RawText, has_entities: bool) -> RawElement {
    RawElement {
        name,
        text,
        has_entities,
    }
}

/// The raw element of this name, in lower case.
pub(super) fn raw_element(name: &str) -> Option<&'static RawElement> {
    RAW.iter().find(|raw| raw.name == name)
}

/// What becomes of the text in the element of this name; None where it is no raw element.
pub(super) fn raw_text(name: &str) -> Option<RawText> {
    raw_element(name).map(|raw| raw.text)
}
