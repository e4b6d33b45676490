//! The last step: ammonia keeps what is allowed and serialises once.
//!
//! The lists here are the law of what a mail's markup may hold. Every attribute that could load, lead or look somewhere is
//! judged again by the filter, whatever the first reading did; nothing of the result is edited afterwards.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};

use super::budget::{ROUNDS, SIGNS};
use super::plain::words_as_html;
use super::raw::{RAW, RawText};
use super::{Judge, Load, Show, is_own, leads_to, load, prefixed, words};

/// Keeps what is allowed of a mail's markup; `inline` are our own addresses that may stand in it.
pub(super) fn keep_allowed(markup: &str, how: &Show<'_>, inline: &[String]) -> String {
    let ours: HashSet<String> = inline.iter().cloned().collect();
    let (remote, own) = (how.remote, how.own_origin.map(str::to_owned));
    let write_to = how.write_to.map(str::to_owned);
    let filter = move |element: &str, attribute: &str, value: &str| -> Option<String> {
        let own = own.as_deref();
        match attribute {
            "href" if value.starts_with('#') => Some(format!("#{}", prefixed(value.get(1..)?))),
            "href" => leads_to(value, own, write_to.as_deref()),
            "src" if element != "img" => None,
            "src" if ours.contains(value) => Some(value.to_owned()),
            "src" => match load(value) {
                Load::Data(data) => Some(data),
                Load::Remote(url) if remote && !is_own(&url, own) => Some(url),
                _ => None,
            },
            "style" => {
                let mut judge = Judge::for_attribute(remote, own);
                Some(judge.declarations(value)).filter(|kept| !kept.is_empty())
            }
            "id" | "name" => Some(prefixed(value)),
            "usemap" => Some(format!("#{}", prefixed(value.trim_start_matches('#')))),
            "target" => matches!(value, "_blank" | "_self").then(|| value.to_owned()),
            _ => Some(value.to_owned()),
        }
    };
    let mut builder = builder();
    builder.attribute_filter(move |element: &str, attribute: &str, value: &str| {
        filter(element, attribute, value).map(Cow::Owned)
    });
    builder.clean(&in_runs(markup)).to_string()
}

/// What keeps the elements and attributes of a mail, and judges none of their values.
pub(super) fn builder<'b>() -> Builder<'b> {
    let for_elements: HashMap<&str, HashSet<&str>> = OF_ELEMENTS
        .iter()
        .map(|(element, of)| (*element, of.iter().copied().collect()))
        .collect();
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.into_iter().collect())
        .clean_content_tags(dropped_whole())
        .generic_attributes(OF_ALL.into_iter().collect())
        .tag_attributes(for_elements)
        .url_schemes(HashSet::from([
            "http", "https", "mailto", "tel", "sms", "webcal", "data",
        ]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("area", "rel", "noopener noreferrer nofollow")
        .strip_comments(true);
    builder
}

/// The same for markup that is put into an element of one of our pages: nothing in it ends that element.
///
/// Markup is not always read as the tree that it was written from. A table sends what does not belong into it in front of
/// it, and can make a `li` in a `div` in a `li`; the next parser ends the first `li` with its `div` where the second begins,
/// and the end tag of that `div` is left for whatever is open around the mail. Each parsing takes such trees apart.
pub(super) fn keep_inside(markup: &str, how: &Show<'_>, inline: &[String]) -> String {
    let again = |markup: &str| keep_allowed(markup, how, inline);
    // Behind the last of it the element is still open, and ends with its own end tag.
    let stays =
        |kept: &str| again(&format!("<div>{kept}<wbr></div><wbr>")).ends_with("<wbr></div><wbr>");
    let mut kept = again(markup);
    for _ in 0..ROUNDS {
        if stays(&kept) {
            return kept;
        }
        kept = again(&kept);
    }
    again(&words_as_html(&words(markup)))
}

/// True for the first byte of a sign that is written as an entity, or may be (a blank that does not break begins with 0xC2).
pub(super) fn is_sign(byte: u8) -> bool {
    matches!(byte, b'&' | b'"' | b'<' | b'>' | 0xC2)
}

/// The same markup with an empty comment in long runs of text, so that they become several.
///
/// Ammonia leaves comments out, but the texts around stay two. What writes them out looks to the end of a text for each
/// sign in it: half a megabyte of ampersands takes ten seconds. In markup that comes here, `<` and `>` are of tags alone.
pub(super) fn in_runs(markup: &str) -> Cow<'_, str> {
    let (mut in_tag, mut signs) = (false, 0_usize);
    let mut ends = Vec::new();
    for (at, byte) in markup.bytes().enumerate() {
        match byte {
            b'<' => (in_tag, signs) = (true, 0),
            b'>' => in_tag = false,
            _ if !in_tag && is_sign(byte) => {
                signs = signs.saturating_add(1);
                if signs > SIGNS {
                    ends.push(at);
                    signs = 1;
                }
            }
            _ => {}
        }
    }
    if ends.is_empty() {
        return markup.into();
    }
    let mut out = String::with_capacity(markup.len());
    let mut from = 0;
    for end in ends {
        out.push_str(markup.get(from..end).unwrap_or_default());
        out.push_str("<!---->");
        from = end;
    }
    out.push_str(markup.get(from..).unwrap_or_default());
    out.into()
}

/// The elements whose content goes with them.
fn dropped_whole() -> HashSet<&'static str> {
    RAW.iter()
        .filter(|raw| raw.text != RawText::Shown)
        .map(|raw| raw.name)
        .chain(DROPPED_WHOLE)
        .collect()
}

/// True for an element that may stand in the result.
pub(super) fn is_element(name: &str) -> bool {
    ELEMENTS.contains(&name)
}

/// True for an attribute that may stand on this element, once judged.
pub(super) fn is_attribute(element: &str, name: &str) -> bool {
    OF_ALL.contains(&name)
        || OF_ELEMENTS
            .iter()
            .any(|(e, of)| *e == element && name != "target" && of.contains(&name))
}

const ELEMENTS: [&str; 84] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "map",
    "mark",
    "menu",
    "nav",
    "nobr",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "rb",
    "rtc",
    "hgroup",
];

/// Elements whose content goes with them, beside the raw ones.
const DROPPED_WHOLE: [&str; 6] = ["object", "svg", "math", "template", "audio", "video"];

pub(super) const OF_ALL: [&str; 28] = [
    "align",
    "valign",
    "bgcolor",
    "width",
    "height",
    "class",
    "id",
    "dir",
    "lang",
    "title",
    "style",
    "color",
    "face",
    "size",
    "border",
    "hspace",
    "vspace",
    "clear",
    "nowrap",
    "role",
    "aria-hidden",
    "aria-label",
    "bordercolor",
    "noshade",
    "datetime",
    "compact",
    "char",
    "hidden",
];

pub(super) const OF_ELEMENTS: [(&str, &[&str]); 13] = [
    ("a", &["href", "name", "target"]),
    ("area", &["href", "shape", "coords", "alt", "target"]),
    ("map", &["name"]),
    ("img", &["src", "alt", "usemap"]),
    (
        "table",
        &["cellpadding", "cellspacing", "summary", "rules", "frame"],
    ),
    ("td", &["colspan", "rowspan", "abbr", "headers", "scope"]),
    ("th", &["colspan", "rowspan", "abbr", "headers", "scope"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("ol", &["start", "type", "reversed"]),
    ("ul", &["type"]),
    ("li", &["value", "type"]),
    ("details", &["open"]),
];
