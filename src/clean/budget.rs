//! How much of a mail's HTML is read, kept and drawn: every budget of this room.
//!
//! A mail is written by anybody, and whoever reads it must not wait for it: each number here bounds the time or the memory
//! that a part of it can cost, here or in a browser. What is over a budget is left out, and the page says that the mail was
//! cut where words may be missing.

/// Bytes of a mail's HTML that are read.
pub(super) const HTML_BYTES: usize = 3_000_000;
/// Steps of work for each of them.
pub(super) const STEPS: usize = 100;
/// Bytes that a mail may come to as it is written out, without the images that it carries: letters that are written as
/// entities make six of one, and of the whole there are three copies for a moment.
pub(super) const WRITTEN_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of plain text that are made of a mail's HTML.
pub(super) const WORDS_BYTES: usize = 1024 * 1024;
/// Deepest quotes and lists that are marked in that text.
pub(super) const WORDS_DEPTH: usize = 20;

/// Deepest nesting of elements.
pub(super) const DEPTH: usize = 150;
/// Elements that a tree may come to have.
pub(super) const ELEMENTS: usize = 60_000;
/// Elements and texts in a table but in no cell of it. A parser moves them in front of the table, and looks through all that
/// stand there already for the place.
pub(super) const FOSTERED: usize = 4_000;
/// Attributes of one tag.
pub(super) const ATTRIBUTES: usize = 200;
/// Bytes of an attribute that is neither an address nor a style: each may be searched by every selector.
pub(super) const ATTRIBUTE_BYTES: usize = 2_000;
/// Signs in one run of text, or in one attribute, that are written as entities.
pub(super) const SIGNS: usize = 500;
/// Columns or rows that one cell may reach over, and all cells of a mail together: a browser makes each of them.
pub(super) const SPAN: usize = 200;
/// See `SPAN`.
pub(super) const SPANS: usize = 50_000;
/// Elements around which a browser writes quotation marks: at each it looks through those before.
pub(super) const QUOTES: usize = 2_000;
/// How often markup is parsed again before its words have to do.
pub(super) const ROUNDS: usize = 5;

/// Embedded images that are told.
pub(super) const EMBEDDED: usize = 500;
/// Bytes of embedded images that the document carries, each as often as it is named.
pub(super) const EMBEDDED_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of style sheets that are read.
pub(super) const SHEET_BYTES: usize = 300_000;
/// Bytes of style that body tags may leave.
pub(super) const BODY_STYLE_BYTES: usize = 64 * 1024;
/// Deepest nesting of brackets and of at-rules in style.
pub(super) const CSS_DEPTH: u32 = 8;
/// Bytes of a string in style: some are shown as text, at each element that a rule finds.
pub(super) const CSS_STRING_BYTES: usize = 500;
/// Tokens of one value or one list of selectors. Ten times what the longest of newsletters have.
pub(super) const CSS_TOKENS: usize = 500;
/// How often a browser may have to hold a part of a selector against an element of the mail.
pub(super) const CSS_MATCHES: usize = 50_000_000;
/// Pictures that are computed for each element which a rule finds, gradients and shadows: in one value, and in all.
pub(super) const CSS_LAYERS: usize = 8;
/// See `CSS_LAYERS`.
pub(super) const CSS_PAINTED: usize = 100_000;
/// Bytes of a string that a selector searches attributes for.
pub(super) const CSS_SOUGHT_BYTES: usize = 100;
/// Bytes of embedded images in all style of a mail, each as often as it is named.
pub(super) const CSS_EMBEDDED_BYTES: usize = 1024 * 1024;
