//! Which addresses may stand in a page: for links in HTML and in plain text, and for what a mail wants loaded.
//!
//! Judged as a browser reads them (WHATWG URL), and written out again, so that what was judged is what is followed.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};

/// The longest address of our page that writes to somebody, in bytes.
const LONGEST_PAGE: usize = 6000;

/// What may be done with the address of something to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Load {
    /// It carries its bytes: a raster image.
    Data(String),
    /// A part of the mail, by Content-ID.
    Part(String),
    /// From elsewhere, over https.
    Remote(String),
    /// From elsewhere in a way that is never allowed.
    Refused,
    /// Nothing that could be loaded at all.
    Nothing,
}

/// The address of a link, fit to be an `href`: http, https, mailto, tel, sms and webcal only. None for any other scheme, for what is no
/// absolute address, and for what hides a scheme behind controls or blanks.
pub fn link(address: &str) -> Option<String> {
    let url = absolute(address)?;
    match url.scheme() {
        "http" | "https" => Some(url.into()),
        "mailto" | "tel" | "sms" | "webcal" => {
            Some(url.as_str().replace(['\'', '"', '<', '>'], ""))
        }
        _ => None,
    }
}

/// Where the links of a mail may lead.
#[derive(Clone, Debug, Default)]
pub struct Leads {
    /// Where this program answers: nothing in a mail leads there.
    pub own_origin: String,
    /// The one way to it: what stands before a `mailto:` link, escaped, in the address of our page that writes to it. None
    /// where such links stay as they are.
    pub write_to: Option<String>,
}

impl Leads {
    /// Where a link leads that stands in a text; None where it may not.
    pub fn link(&self, address: &str) -> Option<String> {
        leads_to(address, Some(&self.own_origin), self.write_to.as_deref())
    }
}

/// Where a link of a mail leads, as `Leads` has it. What it gives it takes: an address may be judged several times.
pub(super) fn leads_to(
    address: &str,
    own_origin: Option<&str>,
    write_to: Option<&str>,
) -> Option<String> {
    if write_to.is_some_and(|before| is_written(address, before)) {
        return Some(address.to_owned());
    }
    let href = link(address).filter(|href| !is_own(href, own_origin))?;
    let Some(before) = write_to.filter(|_| href.starts_with("mailto:")) else {
        return Some(href);
    };
    let page = format!("{before}{}", utf8_percent_encode(&href, NON_ALPHANUMERIC));
    // What is longer than our own addresses may be is left to another program.
    Some(if page.len() <= LONGEST_PAGE {
        page
    } else {
        href
    })
}

/// True for the address of our page that writes to somebody, with nothing in it but a `mailto:` link.
fn is_written(address: &str, before: &str) -> bool {
    let link = address.strip_prefix(before);
    let link = link.filter(|link| link.starts_with("mailto%3A"));
    link.is_some_and(|link| link.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'%'))
}

/// An address as it is meant in a mail whose HTML names a base: there addresses need not be whole. `//host/x` takes the
/// scheme of the page; mail has none, so the safe one.
pub(super) fn resolved(address: &str, base: Option<&str>) -> String {
    let given = address.trim_matches(|c: char| c.is_control() || c == ' ');
    if given.starts_with("//") {
        return format!("https:{given}");
    }
    match base.and_then(absolute) {
        Some(base) if absolute(given).is_none() && !given.is_empty() => {
            base.join(given).map_or(given.to_owned(), String::from)
        }
        _ => given.to_owned(),
    }
}

/// The base that an HTML names; None for what is no page in the web.
pub(super) fn base(address: &str) -> Option<String> {
    let url = absolute(address)?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// True for an address at the host that this program itself answers at, whatever its scheme.
pub(super) fn is_own(address: &str, own_origin: Option<&str>) -> bool {
    let (Some(url), Some(own)) = (absolute(address), own_origin.and_then(absolute)) else {
        return false;
    };
    let same_port =
        url.port() == own.port() || url.port_or_known_default() == own.port_or_known_default();
    url.host()
        .is_some_and(|h| own.host().is_some_and(|o| same_host(&h, &o)))
        && same_port
}

fn same_host(a: &Host<&str>, b: &Host<&str>) -> bool {
    let plain = |h: &Host<&str>| h.to_string().trim_end_matches('.').to_owned();
    plain(a) == plain(b)
}

/// What the address of an image means.
pub(super) fn load(address: &str) -> Load {
    let Some(url) = absolute(&resolved(address, None)) else {
        return Load::Nothing;
    };
    match url.scheme() {
        "https" => Load::Remote(url.into()),
        "http" => upgraded(url),
        "ftp" => Load::Refused,
        "cid" => Load::Part(percent_decode_str(url.path()).decode_utf8_lossy().into()),
        "data" if is_raster(url.path()) => Load::Data(url.into()),
        _ => Load::Nothing,
    }
}

/// Images of old mails are named by http; hosts that still have them answer on https.
fn upgraded(mut url: Url) -> Load {
    if url.port().is_none() && url.set_scheme("https").is_ok() {
        Load::Remote(url.into())
    } else {
        Load::Refused
    }
}

/// A data: path that is base64 of one of the kinds that can carry no program, and nothing else.
fn is_raster(path: &str) -> bool {
    let Some((head, data)) = path.split_once(',') else {
        return false;
    };
    let head = head.to_ascii_lowercase().replace(' ', "");
    let base64 =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'%' | b'-' | b'_');
    let kind = head.split(';').next().unwrap_or_default();
    head.ends_with(";base64")
        && data.bytes().all(base64)
        && matches!(
            kind,
            "image/png" | "image/jpeg" | "image/jpg" | "image/gif" | "image/webp"
        )
}

/// Parses an address that needs no base; a browser ignores tabs and line ends in it, and so does this.
fn absolute(address: &str) -> Option<Url> {
    Url::parse(address).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailto_leads_to_our_page_and_nothing_else_does() {
        let leads = Leads {
            own_origin: "https://mail.example.org".to_owned(),
            write_to: Some("/p/compose?mailto=".to_owned()),
        };
        let page = leads
            .link("MAILTO:ann@example.org?subject=a&x=%0d%0aBcc:b")
            .unwrap();
        assert_eq!(
            page,
            "/p/compose?mailto=mailto%3Aann%40example%2Eorg%3Fsubject%3Da%26x%3D%250d%250aBcc%3Ab"
        );
        assert_eq!(leads.link(&page), Some(page.clone()));
        for own in [
            "/p/compose?mailto=x",
            "/p/compose?how=reply",
            "/p/compose?mailto=mailto%3Aa&how=reply",
            "https://mail.example.org/p/compose?mailto=mailto%3Aa",
        ] {
            assert_eq!(leads.link(own), None, "{own}");
        }
        let long = format!("mailto:a@x.org?body={}", "%20".repeat(2000));
        assert_eq!(leads.link(&long), Some(long));
        let web = "https://example.org/?mailto:";
        assert_eq!(leads.link(web).as_deref(), Some(web));
        assert_eq!(
            Leads::default().link("mailto:a@x.org").as_deref(),
            Some("mailto:a@x.org")
        );
    }

    #[test]
    fn only_six_schemes_can_be_followed() {
        for (given, href) in [
            (
                "https://example.org/a?b=c#d",
                Some("https://example.org/a?b=c#d"),
            ),
            ("HTTP://Example.org", Some("http://example.org/")),
            ("  https://example.org/ ", Some("https://example.org/")),
            ("https:\\\\example.org\\x", Some("https://example.org/x")),
            (
                "mailto:ann@example.org?subject=x",
                Some("mailto:ann@example.org?subject=x"),
            ),
            ("tel:+32123", Some("tel:+32123")),
            ("javascript:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("\u{1}javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            ("vbscript:x", None),
            ("data:text/html,x", None),
            ("blob:https://example.org/x", None),
            ("file:///etc/passwd", None),
            ("/sign-out", None),
            ("//example.org/", None),
            ("", None),
        ] {
            assert_eq!(link(given).as_deref(), href, "{given:?}");
        }
    }

    #[test]
    fn what_a_mail_wants_loaded_is_told_apart() {
        assert_eq!(load("cid:a%40b+c"), Load::Part("a@b+c".into()));
        assert_eq!(
            load("//cdn.example/x"),
            Load::Remote("https://cdn.example/x".into())
        );
        assert_eq!(
            load("http://example.org/x"),
            Load::Remote("https://example.org/x".into())
        );
        assert_eq!(load("http://example.org:8080/x.png"), Load::Refused);
        assert_eq!(
            load("data:image/png,x);background:url(//example.org"),
            Load::Nothing
        );
        assert_eq!(load("data:image/svg+xml,<svg>"), Load::Nothing);
        assert_eq!(load("logo.png"), Load::Nothing);
        assert!(matches!(load("data:image/png;base64,AAAA"), Load::Data(_)));
    }

    #[test]
    fn our_own_host_is_known_in_every_way_of_writing_it() {
        let own = Some("https://mail.example.org");
        for address in [
            "https://MAIL.example.org/x",
            "https:\\\\mail.example.org",
            "https://u:p@mail.example.org:443/",
            "https://mail.example.org./",
            "https://mail%2eexample.org/",
        ] {
            assert!(is_own(address, own), "{address}");
        }
        assert!(!is_own("https://example.org/", own));
        assert!(!is_own("https://mail.example.org/", None));
    }
}
