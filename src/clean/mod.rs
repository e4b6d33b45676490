//! HTML of a mail to a document that may be shown, and the judging of links in any mail.
//!
//! Not for plain text (`mime::structure`). Everything is by allow-list. The order is fixed: the markup is read once and
//! bounded (`read`), its style judged (`css`), and the last step is ammonia, which parses what is left, keeps what is
//! allowed and serialises once; nothing is edited as text afterwards. The only room that names `ammonia` and
//! `cssparser`, and the only one where `PreEscaped` may stand.

mod bound;
mod budget;
mod css;
mod html;
mod links;
mod mode;
mod nesting;
mod plain;
mod raw;
mod read;
mod tags;
mod words;
mod writing;

use maud::{Markup, PreEscaped, html};
use serde::{Deserialize, Serialize};

use crate::mail::{Sought, Theme};
use crate::work::Work;
use css::Judge;
use html::{is_attribute, is_element, keep_allowed, keep_inside};
use links::leads_to;
pub use links::{Leads, link};
use links::{Load, is_own, load, resolved};
use mode::Mode;
use nesting::{Nesting, is_block};
pub use plain::as_html;
use read::read;
pub use words::words;
pub use writing::{MOST_HTML, Picture, Written, sent, to_write, written};

/// The class of what stands in the place of a picture that is held back.
const PLACEHOLDER: &str = "m-held";

/// What is put in front of every id, so that none can be one of Postern's.
const ID_PREFIX: &str = "m-";

/// Says by which address an embedded image is shown, from its Content-ID or the address that the mail has for it.
pub type Inline<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How a mail is to be shown.
pub struct Show<'a> {
    /// What may still be done.
    pub work: &'a Work,
    /// Load images from elsewhere, over https only.
    pub remote: bool,
    /// The address that an embedded image is shown by, from its Content-ID: a data: address or one of our own.
    pub inline: Inline<'a>,
    /// Where this program answers, as `https://mail.example.org`: no address in a mail may lead there.
    pub own_origin: Option<&'a str>,
    /// What stands before a `mailto:` link, escaped, in the address of our page that writes to it; None where such links stay
    /// as they are.
    pub write_to: Option<&'a str>,
    /// The id of our element that the mail is put into, where it has not a document for itself: no sheet of its
    /// reaches what stands around it.
    pub within: Option<&'static str>,
    /// Words that are marked where they stand.
    pub sought: &'a Sought,
}

/// A rough height, for browsers where nothing measures the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Length {
    /// A few lines.
    Short,
    /// A page.
    Medium,
    /// More.
    Long,
}

/// A mail's HTML, made harmless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleaned {
    /// What stands in the body.
    html: String,
    /// What stands in the style element; never a `<` in it.
    sheet: String,
    /// What the mail's own body tag said, as a style and a class.
    body_style: String,
    body_class: String,
    /// How browsers lay it out.
    mode: Mode,
    /// Its direction, where it said one.
    dir: Option<String>,
    /// Content-IDs of the embedded images that it names, each once.
    pub embedded: Vec<String>,
    /// Loads from elsewhere that were taken out: images, backgrounds, fonts, style sheets.
    pub held_back: u32,
    /// How many of them come once they are asked for: images and backgrounds. The others never do.
    pub on_request: u32,
    /// How many of these are images of one pixel.
    pub trackers: u32,
    /// True where its style says that it can be dark.
    declares_dark: bool,
    /// True where words or what is behind them have colours of their own.
    has_colours: bool,
    /// True where the mail was too large to be shown whole.
    pub cut: bool,
    /// How long it is, roughly.
    pub length: Length,
    /// True where all of it was read and there is nothing to be seen: no word, and no picture but trackers.
    pub is_blank: bool,
}

impl Cleaned {
    /// What stands in the body of the framed document.
    pub fn body(&self) -> &str {
        &self.html
    }

    /// The doctype of a document that lays it out as its writer meant it.
    pub fn doctype(&self) -> Markup {
        self.mode.doctype()
    }

    /// Its style, as elements for the head of a document; `base` goes before it.
    pub fn style(&self, base: &'static str) -> Markup {
        html! {
            style { (PreEscaped(base)) (PreEscaped(PARTS_STYLE)) }
            @if !self.sheet.is_empty() { style { (PreEscaped(&self.sheet)) } }
        }
    }

    /// All of it inside an element with this id, the one of `Show::within`.
    pub fn inside(&self, id: &str) -> Markup {
        html! {
            div id=(id) dir=[&self.dir] class=[some(&self.body_class)] style=[some(&self.body_style)] {
                (PreEscaped(&self.html))
            }
        }
    }

    /// True for a letter in the colours that everything has: it can be shown in any others.
    pub fn is_plain(&self) -> bool {
        !self.has_colours && !self.declares_dark
    }

    /// Its judged style sheet.
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The judged style of its body element.
    pub fn body_style(&self) -> &str {
        &self.body_style
    }
}

/// Makes a mail's HTML harmless.
pub fn document(html: &str, how: &Show<'_>) -> Cleaned {
    documents(&[html], how)
}

/// Makes the HTML parts of a mail one harmless document, one after the other.
pub fn documents(parts: &[&str], how: &Show<'_>) -> Cleaned {
    let reading = read(parts, how);
    let keep = match how.within {
        Some(_) => keep_inside,
        None => keep_allowed,
    };
    Cleaned {
        html: keep(&reading.markup, how, &reading.inline),
        is_blank: !reading.cut
            && reading.words == 0
            && reading.embedded.is_empty()
            && reading.on_request <= reading.trackers
            && !reading.markup.contains(" src=\""),
        sheet: reading.sheet,
        body_style: reading.body_style,
        body_class: reading.body_class,
        mode: reading.mode.unwrap_or(Mode::Quirks),
        dir: reading.dir.map(str::to_owned),
        embedded: reading.embedded,
        held_back: reading.held_back,
        on_request: reading.on_request,
        trackers: reading.trackers,
        declares_dark: reading.dark,
        has_colours: reading.colours,
        cut: reading.cut,
        length: match reading.words / 80 + reading.rows {
            0..=12 => Length::Short,
            13..=60 => Length::Medium,
            _ => Length::Long,
        },
    }
}

/// An id with the prefix that keeps it apart from ours.
fn prefixed(id: &str) -> String {
    let id = id.trim();
    if id.starts_with(ID_PREFIX) {
        id.to_owned()
    } else {
        format!("{ID_PREFIX}{id}")
    }
}

/// Small margins, words that break rather than stick out, and nothing cut that cannot be reached, whatever the mail says of
/// it. A picture in a table makes its column as wide as it is, as everywhere; only what is wider than any newsletter and than
/// the frame is drawn smaller.
const BASE_STYLE: &str = "html:not(#m):not(#m){overflow:auto!important}html:not(#m):not(#m)>body{overflow:visible!important}\
body{margin:12px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:break-word}\
td,th{overflow-wrap:normal}:where(td,th) img{max-width:max(100vw - 24px,760px)}";

/// Nothing wider than what it stands in.
const PARTS_STYLE: &str = ".m-held{display:inline-block;box-sizing:border-box;max-width:100%;overflow:hidden;vertical-align:bottom;\
border:1px dashed #868fa0;border-radius:4px;background:rgb(134 143 160/.12);font:12px/1.4 system-ui,sans-serif;text-decoration:none}\
.m-held:not([style*=width]){min-width:1.5em;padding:0 .4em}.m-held:not([style*=height]){min-height:1.5em}:where(img){max-width:100%}img[height]:not([width]){width:auto}table{max-width:none}pre{white-space:pre-wrap}\
mark.m-found{display:inline!important;background:#ffe08a!important;color:#1b2230!important}blockquote{margin-inline:0;padding-inline-start:1em;border-inline-start:2px solid #c8ccd4}";

/// A plain letter in the dark, in the colours of our own pages. What it says of its own colours is no more than what
/// everything has, so all of it is overridden; pictures stay on white, for many are drawn for that.
const DARK_STYLE: &str = "html,body{background:#171b22!important;color:#e6e9ef!important}*{color:inherit!important;background-color:transparent!important}\
a{color:#86a8ff!important}img{background-color:#fff!important}";

/// The whole document for the frame, for a reader who wants pages to be light, dark, or as the device is.
pub fn frame(title: &str, cleaned: &Cleaned, lang: &str, theme: Theme) -> Markup {
    let scheme = match (cleaned.is_plain(), theme) {
        (true, Theme::Dark) => "dark",
        (true, Theme::System) => "light dark",
        (true, Theme::Light) => "light",
        (false, _) if cleaned.declares_dark => "light dark",
        (false, _) => "light",
    };
    let dark = match (cleaned.is_plain(), theme) {
        (true, Theme::Dark) => DARK_STYLE.to_owned(),
        (true, Theme::System) => format!("@media (prefers-color-scheme:dark){{{DARK_STYLE}}}"),
        _ => String::new(),
    };
    html! {
        (cleaned.doctype())
        html lang=(lang) dir=[&cleaned.dir] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content=(scheme);
                meta name="referrer" content="no-referrer";
                title { (title) }
                (cleaned.style(BASE_STYLE))
                @if !dark.is_empty() { style { (PreEscaped(&dark)) } }
            }
            body class=[some(&cleaned.body_class)] style=[some(&cleaned.body_style)] {
                (PreEscaped(&cleaned.html))
            }
        }
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
