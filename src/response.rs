//! The answer: status, headers, body, written once. Security headers are decided here, by the kind of answer.
//!
//! Not for deciding what is said: that is an action's and a view's. Pages leave through the `cgi` crate, which takes only
//! ASCII headers, and of equal ones the first: so one cookie an answer.

mod packed;

use std::time::Duration;

use maud::Markup;

use crate::assets::{Asset, HTML};

/// Browsers look up the hosts of a page's links ahead of any click; where a mail was opened is nobody's business.
const NO_LOOKING_UP: (&str, &str) = ("X-DNS-Prefetch-Control", "off");
/// The policy of our own pages: nothing inline, nothing from elsewhere.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
/// What a page's iframe and its document both say of the mail inside. Scripts, forms and top navigation stay off.
pub const FRAME_SANDBOX: &str = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

/// The same of the document that a message is written in: no script, no form, no other window.
pub const EDITOR_SANDBOX: &str = "allow-same-origin";

/// Who may share a window with an answer, and load it.
const SAME_ORIGIN: &str = "same-origin";

/// An answer on its way.
#[derive(Debug)]
pub struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    packing: Packing,
}

/// Whether an answer may be compressed on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    /// It is sent as it is.
    Never,
    /// It may, and its length is to tell nothing.
    Padded,
    /// It may: everybody knows what is in it.
    Plain,
}

impl Response {
    fn new(status: u16, kind: &str, body: Vec<u8>) -> Response {
        let headers = vec![
            ("Content-Type", kind.to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            // Another site can neither load an answer nor watch the window that it opened it in: how many frames a page has
            // tells what it shows.
            ("Cross-Origin-Opener-Policy", SAME_ORIGIN.to_owned()),
            ("Cross-Origin-Resource-Policy", SAME_ORIGIN.to_owned()),
        ];
        Response {
            status,
            headers,
            body,
            packing: Packing::Never,
        }
    }

    fn packing(self, packing: Packing) -> Response {
        Response { packing, ..self }
    }

    /// One of our pages. Never stored: a warm click is cheap, and Back after sign-out shows nothing.
    pub fn page(status: u16, page: Markup) -> Response {
        Response::new(
            status,
            "text/html; charset=utf-8",
            page.into_string().into_bytes(),
        )
        .packing(Packing::Padded)
        .with("Content-Security-Policy", PAGE_POLICY)
        .with("Referrer-Policy", "same-origin")
        .with(NO_LOOKING_UP.0, NO_LOOKING_UP.1)
        .with("Cache-Control", "private, no-store")
    }

    /// Nothing: what is shown is still true.
    pub fn nothing() -> Response {
        Response::new(204, "text/html; charset=utf-8", Vec::new())
            .with("Cache-Control", "private, no-store")
    }

    /// What is fetched ahead and is not at hand.
    pub fn not_ahead(status: u16) -> Response {
        Response {
            status,
            ..Response::nothing()
        }
    }

    /// The HTML of a mail, a document of its own; `remote` lets it load pictures from elsewhere.
    pub fn frame(document: Markup, remote: bool) -> Response {
        Response::of_mail(document, remote, FRAME_SANDBOX)
    }

    /// The same for paper: whoever shows it may print it. Nothing in it can ask for that, for scripts stay off.
    pub fn paper(document: Markup, remote: bool) -> Response {
        let sandbox = format!("{FRAME_SANDBOX} allow-modals");
        Response::of_mail(document, remote, &sandbox)
    }

    fn of_mail(document: Markup, remote: bool, sandbox: &str) -> Response {
        let images = if remote {
            "data: 'self' https:"
        } else {
            "data: 'self'"
        };
        let policy = format!(
            "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'self'; sandbox {sandbox}"
        );
        Response::new(
            200,
            "text/html; charset=utf-8",
            document.into_string().into_bytes(),
        )
        .with("Content-Security-Policy", policy)
        .with("Referrer-Policy", "no-referrer")
        .with(NO_LOOKING_UP.0, NO_LOOKING_UP.1)
        .with("Cache-Control", "private, no-store")
    }

    /// Bytes of a mail: `kind` from our own list, never what the mail says; `disposition` is whole and ASCII.
    pub fn part(kind: &str, disposition: String, body: Vec<u8>) -> Response {
        Response::new(200, kind, body)
            .with("Content-Disposition", disposition)
            .with(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox",
            )
            .with("Referrer-Policy", "no-referrer")
            .with("Cache-Control", "private, no-store")
    }

    /// A file of the program's own, under its content's hash: good for a year.
    pub fn asset(asset: &Asset, hashed: bool) -> Response {
        let age = if hashed {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=3600"
        };
        let policy = match asset.content_type {
            // What is pasted into it, or quoted, loads nothing and does nothing.
            HTML => format!(
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                 frame-ancestors 'self'; sandbox {EDITOR_SANDBOX}"
            ),
            _ => "default-src 'none'; style-src 'unsafe-inline'".to_owned(),
        };
        Response::new(200, asset.content_type, asset.bytes.to_vec())
            .packing(Packing::Plain)
            .with("Cache-Control", age)
            .with("Content-Security-Policy", policy)
    }

    /// After a POST: go on there (RFC 9110 15.4.4).
    pub fn see_other(href: &str) -> Response {
        Response::new(303, "text/plain; charset=utf-8", Vec::new())
            .with("Location", href)
            .with("Cache-Control", "private, no-store")
    }

    /// After a POST: the same is to be sent there (RFC 9110 15.4.8).
    pub fn same_again(href: &str) -> Response {
        Response {
            status: 307,
            ..Response::see_other(href)
        }
    }

    /// The same page, which a browser may show again as it was left: what was typed is still in it.
    pub fn kept_for_back(self) -> Response {
        self.with("Cache-Control", "private, no-cache")
    }

    /// The same answer with one more header. What is not printable ASCII does not leave.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Response {
        let value: String = value.into();
        if value.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            self.headers.retain(|(n, _)| *n != name);
            self.headers.push((name, value));
        }
        self
    }

    /// The same answer, that makes the browser try again automatically.
    pub fn retrying(self, after: Duration, href: &str) -> Response {
        let seconds = after.as_secs().max(1);
        self.with("Refresh", format!("{seconds}; url={href}"))
            .with("Retry-After", seconds.to_string())
    }

    /// As the `cgi` crate takes it.
    pub fn into_cgi(self) -> cgi::Response {
        let mut out = cgi::http::Response::new(self.body);
        *out.status_mut() = cgi::http::StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in &self.headers {
            if let Ok(value) = cgi::http::HeaderValue::from_str(value) {
                out.headers_mut().insert(*name, value);
            }
        }
        out
    }

    /// The head alone, as bytes, for a body that is streamed after it.
    pub fn head(&self, length: u64) -> Vec<u8> {
        let mut head = format!("Status: {}\r\nContent-Length: {length}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}
