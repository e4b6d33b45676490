//! The last step: ammonia keeps what is allowed and serialises once.
//!
//! The lists here are the law of what a mail's markup may hold. Every attribute that could load, lead or look somewhere is
//! judged again by the filter, whatever the first reading did; nothing of the result is edited afterwards.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};

use super::{Judge, Load, Show, is_own, link, load, prefixed};

/// Keeps what is allowed of a mail's markup; `inline` are the addresses of ours that may stand in it.
pub(super) fn keep_allowed(markup: &str, how: &Show<'_>, inline: &[String]) -> String {
    let ours: HashSet<String> = inline.iter().cloned().collect();
    let (remote, own) = (how.remote, how.own_origin.map(str::to_owned));
    let filter = move |element: &str, attribute: &str, value: &str| -> Option<String> {
        let own = own.as_deref();
        match attribute {
            "href" if value.starts_with('#') => Some(format!("#{}", prefixed(value.get(1..)?))),
            "href" => link(value).filter(|href| !is_own(href, own)),
            "src" if element != "img" => None,
            "src" if ours.contains(value) => Some(value.to_owned()),
            "src" => match load(value) {
                Load::Data(data) => Some(data),
                Load::Remote(url) if remote && !is_own(&url, own) => Some(url),
                _ => None,
            },
            "style" => {
                let mut judge = Judge {
                    remote,
                    own_origin: own,
                    ..Judge::default()
                };
                Some(judge.declarations(value)).filter(|kept| !kept.is_empty())
            }
            "id" | "name" => Some(prefixed(value)),
            "usemap" => Some(format!("#{}", prefixed(value.trim_start_matches('#')))),
            "target" => matches!(value, "_blank" | "_self").then(|| value.to_owned()),
            _ => Some(value.to_owned()),
        }
    };
    let for_elements: HashMap<&str, HashSet<&str>> = OF_ELEMENTS
        .iter()
        .map(|(element, of)| (*element, of.iter().copied().collect()))
        .collect();
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.into_iter().collect())
        .clean_content_tags(DROPPED_WHOLE.into_iter().collect())
        .generic_attributes(OF_ALL.into_iter().collect())
        .tag_attributes(for_elements)
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "data"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("area", "rel", "noopener noreferrer nofollow")
        .strip_comments(true)
        .attribute_filter(move |element: &str, attribute: &str, value: &str| {
            filter(element, attribute, value).map(Cow::Owned)
        });
    builder.clean(markup).to_string()
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

/// Elements whose content goes with them.
const DROPPED_WHOLE: [&str; 12] = [
    "script", "style", "title", "iframe", "noembed", "noframes", "object", "svg", "math",
    "template", "audio", "video",
];

const OF_ALL: [&str; 27] = [
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
];

const OF_ELEMENTS: [(&str, &[&str]); 12] = [
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
];
