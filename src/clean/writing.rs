//! HTML that is written here: what an editor shows, and what is sent of it.
//!
//! Not for a mail that came (`documents`). It is read and bounded as that is, and less is kept: what makes letters and
//! paragraphs look, links, tables, and pictures that carry their bytes. To know before changing it: a message is judged each
//! time that it is kept, for its form comes from a browser, and again when it is sent.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use super::budget::{HTML_BYTES, ROUNDS};
use super::html::{OF_ALL, OF_ELEMENTS, builder, in_runs};
use super::read::read;
use super::{Cleaned, Judge, Load, Show, leads_to, load};
use crate::mail::Sought;
use crate::work::Work;

/// Elements and attributes of a mail that name places in it or speak to programs alone.
const NOT_WRITTEN: [&str; 2] = ["map", "area"];
const NOT_ATTRIBUTES: [&str; 10] = [
    "class",
    "id",
    "name",
    "target",
    "usemap",
    "role",
    "aria-hidden",
    "aria-label",
    "hidden",
    "char",
];

/// The most bytes of HTML that can be written, with the pictures in it.
pub const MOST_HTML: usize = HTML_BYTES;

/// HTML that somebody has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What stands in its body; empty where there is nothing to be seen.
    pub html: String,
    /// True where it was too large to be kept whole.
    pub is_cut: bool,
}

/// A picture that stands in an HTML that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its Content-ID, without brackets.
    pub id: String,
    /// Its media type.
    pub kind: String,
    /// Its bytes in base64, in one line.
    pub base64: String,
}

/// What is kept of an HTML that is being written.
pub fn written(html: &str) -> Written {
    let as_it_is = |kind: &str, data: &str| Some(format!("data:{kind};base64,{data}"));
    let (mut html, is_cut) = kept(html, as_it_is);
    // The same form, sent twice, is the same message: what markup without order becomes is read a second time.
    for _ in 0..ROUNDS {
        let (again, _) = kept(&html, as_it_is);
        if again == html {
            break;
        }
        html = again;
    }
    Written { html, is_cut }
}

/// What is written on of a mail: all that can stand in what is written, in an element with the style of its body.
pub fn to_write(mail: &Cleaned) -> String {
    written(&mail.inside("").into_string()).html
}

/// What is sent of it: its pictures are named by the Content-ID that `id` gives to each number.
pub fn sent(
    html: &str,
    id: impl Fn(usize) -> String + Send + Sync + 'static,
) -> (String, Vec<Picture>) {
    let pictures: Arc<Mutex<Vec<Picture>>> = Arc::default();
    let found = Arc::clone(&pictures);
    let name = move |kind: &str, data: &str| {
        let mut pictures = found.lock().ok()?;
        let known = pictures.iter().find(|one| one.base64 == data);
        let id = match known {
            Some(known) => known.id.clone(),
            None => {
                let id = id(pictures.len());
                pictures.push(Picture {
                    id: id.clone(),
                    kind: kind.to_owned(),
                    base64: data.to_owned(),
                });
                id
            }
        };
        Some(format!("cid:{id}"))
    };
    let (html, _) = kept(html, name);
    let pictures = pictures.lock().map(|mut all| std::mem::take(&mut *all));
    (html, pictures.unwrap_or_default())
}

/// `name` gives a picture its address, by its media type and its bytes in base64.
fn kept<N>(html: &str, name: N) -> (String, bool)
where
    N: Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
{
    let work = Work::default();
    let sought = Sought::default();
    let how = Show {
        work: &work,
        remote: false,
        inline: &|_| None,
        own_origin: None,
        write_to: None,
        within: None,
        sought: &sought,
    };
    // A form has no other line ends.
    let html = html.replace("\r\n", "\n").replace('\r', "\n");
    let reading = read(&[&html], &how);
    let filter = move |element: &str, attribute: &str, value: &str| match attribute {
        // There are no places in it to lead to.
        "href" if value.starts_with('#') => None,
        "href" => leads_to(value, None, None),
        "src" if element == "img" => match load(value) {
            Load::Data(address) => {
                let (kind, data) = raster(&address)?;
                name(kind, &data)
            }
            Load::Part(_) | Load::Remote(_) | Load::Refused | Load::Nothing => None,
        },
        "src" => None,
        "style" => {
            let kept = Judge::for_attribute(false, None).declarations(value);
            Some(kept).filter(|kept| !kept.is_empty() && !kept.contains("url("))
        }
        _ => Some(value.to_owned()),
    };
    let is_kept = |name: &&str| !NOT_ATTRIBUTES.contains(name);
    let mut builder = builder();
    builder
        .rm_tags(NOT_WRITTEN)
        .generic_attributes(OF_ALL.into_iter().filter(is_kept).collect())
        .tag_attributes(
            OF_ELEMENTS
                .iter()
                .filter(|(element, _)| !NOT_WRITTEN.contains(element))
                .map(|(element, of)| (*element, of.iter().copied().filter(is_kept).collect()))
                .collect(),
        )
        .link_rel(None)
        .attribute_filter(move |element: &str, attribute: &str, value: &str| {
            filter(element, attribute, value).map(Cow::Owned)
        });
    let kept = builder.clean(&in_runs(&reading.markup)).to_string();
    let kept = kept.replace('\r', "\n");
    let is_cut = reading.cut || kept.len() > HTML_BYTES;
    match has_something(&kept) {
        true => (kept, is_cut),
        false => (String::new(), is_cut),
    }
}

/// What stands for letters of base64 in some addresses: escapes, and the letters that addresses like better (RFC 4648 5).
const ODD: [(&str, &str); 8] = [
    ("%2B", "+"),
    ("%2b", "+"),
    ("%2F", "/"),
    ("%2f", "/"),
    ("%3D", "="),
    ("%3d", "="),
    ("-", "+"),
    ("_", "/"),
];

/// The media type and the bytes of a picture that its address carries.
fn raster(address: &str) -> Option<(&'static str, String)> {
    let (head, data) = address.strip_prefix("data:")?.split_once(',')?;
    let head = head.to_ascii_lowercase();
    let kinds = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    let of = match head.split(';').next()?.trim() {
        "image/jpg" => "image/jpeg",
        other => other,
    };
    let kind = kinds.into_iter().find(|kind| *kind == of)?;
    let mut data = data.trim_end_matches('=').to_owned();
    // Few write it so, and a picture is long.
    for (odd, letter) in ODD {
        if data.contains(odd) {
            data = data.replace(odd, letter);
        }
    }
    let length = data.trim_end_matches('=').len();
    data.truncate(length);
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    if data.is_empty() || !data.bytes().all(is_base64) {
        return None;
    }
    match data.len() % 4 {
        0 => {}
        2 => data.push_str("=="),
        3 => data.push('='),
        // No bytes come to this length.
        _ => return None,
    }
    Some((kind, data))
}

/// True where there is a word or a picture.
fn has_something(html: &str) -> bool {
    html.contains("<img") || html.contains("<hr") || !super::words(html).trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(html: &str) -> String {
        written(html).html
    }

    const PNG: &str = "iVBORw0KGgo=";

    #[test]
    fn what_is_written_stays() {
        for html in [
            "<p>Hëllo <b>Bo</b>, <i>how</i> are <u>you</u>?</p>",
            "<ul><li>a</li><li>b</li></ul><ol start=\"3\"><li>c</li></ol>",
            "<blockquote><p>a</p><blockquote>b</blockquote></blockquote>",
            "<a href=\"https://example.org/?a=1&amp;b=2\">x</a>",
            "<a href=\"mailto:bo@example.org\">Bo</a>",
            "<table border=\"1\"><tbody><tr><td colspan=\"2\" style=\"color:red\">a</td></tr></tbody></table>",
            "<div dir=\"rtl\" style=\"text-align:center\">a</div>",
            "<img src=\"data:image/png;base64,iVBORw0KGgo=\" alt=\"a\" width=\"20\">",
        ] {
            assert_eq!(body(html), html);
        }
    }

    #[test]
    fn nothing_acts_loads_or_has_a_name() {
        for (html, kept) in [
            (
                "<p id=a class=b onclick=x>a</p><script>b</script>",
                "<p>a</p>",
            ),
            (
                "<form action=x><input name=y><button>a</button></form>",
                "a",
            ),
            (
                "a<img src=https://example.org/t.gif onerror=x alt=b>",
                "a<span>b</span>",
            ),
            ("a<img src=cid:x>", "a<img>"),
            ("a<img src='data:image/svg+xml;base64,AAAA'>", "a<img>"),
            (
                "<style>p{color:red}</style><p style='background:url(https://x.org/y)'>a</p>",
                "<p style=\"background:none\">a</p>",
            ),
            (
                "<a href='javascript:x' target=_top name=b>a</a><a href=#b>c</a>",
                "<a>a</a><a>c</a>",
            ),
            ("<map name=x><area href=//y></map>a", "a"),
            ("<div hidden role=main aria-label=x>a</div>", "<div>a</div>"),
            ("<p><br></p>\u{a0} ", ""),
            ("", ""),
        ] {
            assert_eq!(body(html), kept, "{html}");
        }
    }

    #[test]
    fn what_is_kept_is_kept_as_it_is() {
        for html in [
            "<p>a\rb\r\nc&#13;d</p>",
            "<table><p>a<tr><td><li>b<div><li>c</table>",
            "<b><p>a</b>b",
            "<p>&lt;b&gt; &amp;amp; \u{a0}",
            "<a href=http://a><a href=http://b>c",
        ] {
            let once = body(html);
            assert_eq!(body(&once), once, "{html}");
            assert!(!once.contains('\r'));
        }
    }

    #[test]
    fn pictures_are_named_when_it_is_sent() {
        let html = format!(
            "<p><img src=\"data:image/PNG;base64,{PNG}\"><img src='data:image/jpg;base64,_-8%3D'></p>\
             <img src=\"data:image/png;base64,{PNG}\"> src=\"data:image/png;base64,{PNG}\""
        );
        let (sent, pictures) = sent(&body(&html), |n| format!("{n}.x@example.org"));
        assert_eq!(
            sent,
            format!(
                "<p><img src=\"cid:0.x@example.org\"><img src=\"cid:1.x@example.org\"></p>\
                 <img src=\"cid:0.x@example.org\"> src=\"data:image/png;base64,{PNG}\""
            )
        );
        let told: Vec<_> = pictures
            .iter()
            .map(|one| (one.id.as_str(), one.kind.as_str(), one.base64.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("0.x@example.org", "image/png", PNG),
                ("1.x@example.org", "image/jpeg", "/+8="),
            ]
        );
    }

    #[test]
    fn what_is_too_large_says_so() {
        let large = "a ".repeat(HTML_BYTES);
        assert!(written(&large).is_cut);
        assert!(!written("<p>a</p>").is_cut);
    }
}
