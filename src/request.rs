//! The guard: from whatever environment and body the web server hands over to a `Request`. Hostile bytes end here.
//!
//! Not for deciding what a request may do: that is `app`. To know before changing it: the `cgi` crate panics on much of what
//! a client can send, so the guard judges the environment first and leaves only an allow-list of it for the crate; and the
//! crate allocates whatever length a body announces, so the body is read here (`body`, `form`), and the crate is told of none.

pub mod body;
mod coding;
pub mod form;
pub mod multipart;
pub mod upload;

use std::env;
use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use self::body::{BodyLimit, Source as _, Spooled, Stdin};
use self::form::Form;
use crate::config::{Config, Https};
use crate::error::{Error, Result};
use crate::process;
use crate::route::{Base, Route};

/// Longest request URI; Apache's own limit is a little higher.
const LONGEST_URI: usize = 8000;
/// Longest value of any other variable that is read.
const LONGEST_VALUE: usize = 8200;
/// A request without its body: everything that is read of the environment, judged.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// `GET`, `POST`, ...: ASCII letters.
    pub method: String,
    /// The path below the base, raw: `/folder`.
    pub path: String,
    /// The query, raw.
    pub query: String,
    /// What stands before the path.
    pub base: Base,
    /// True where the client reached the web server by https.
    pub https: bool,
    /// The client's address; None where the web server did not say.
    pub client: Option<IpAddr>,
    /// Bytes of the body; None where it is chunked.
    pub length: Option<u64>,
    /// The `Cookie` header, as bytes: other programs' cookies need not be ASCII.
    pub cookies: Vec<u8>,
    /// `Content-Type`, else empty.
    pub content_type: String,
    /// `Accept-Language`, else empty.
    pub language: String,
    /// `Origin`, where the browser sends one.
    pub origin: Option<String>,
    /// `Host`, else empty.
    pub host: String,
    /// `Sec-Fetch-Site`, else empty.
    pub fetch_site: String,
    /// `Sec-Fetch-Dest`, else empty.
    pub fetch_dest: String,
    /// `User-Agent`, else empty.
    pub agent: String,
    /// True where the browser takes an answer as gzip (`Accept-Encoding`).
    pub takes_gzip: bool,
    /// True for what a browser or our script fetches before anybody has asked for it (`Sec-Purpose: prefetch`): it marks nothing
    /// as read.
    pub prefetch: bool,
    /// True for what our script fetches so (`X-Postern-Ahead`, see www/panes.js): it never waits, keeps no session alive, and is
    /// not answered where the mail server would have to be asked. Another site cannot send this header.
    pub ahead: bool,
    /// True where the page was asked for at another path than `base_url` says, and no proxy says that it stands between.
    pub is_elsewhere: bool,
    /// What the web server is known to serve files from: its document root, and that of the alias that led here.
    pub served: Vec<PathBuf>,
}

/// A whole request: its head, what it asks for, and its form. It reaches the action as it is.
pub struct Request<'r> {
    /// Everything but the body.
    pub head: &'r Head,
    /// What is asked for.
    pub route: Route,
    /// What was sent with it; empty for a GET.
    pub form: Form,
}

/// True where a web server runs this program; otherwise somebody does, from a shell.
pub fn is_cgi() -> bool {
    env::var_os("GATEWAY_INTERFACE").is_some()
}

/// Judges the environment, and leaves of it only what the `cgi` crate reads without panicking.
///
/// # Errors
/// `BadRequest`, `UriTooLong`: what no browser sends. The environment is clean all the same.
pub fn guard(config: &Config) -> Result<Head> {
    let head = judge(config, |name| env::var_os(name));
    let tls = config.connects_by_tls();
    let method = head.as_ref().map_or("GET", |h| h.method.as_str());
    let mut kept: Vec<(&str, &OsStr)> = vec![
        ("REQUEST_METHOD", OsStr::new(method)),
        ("SERVER_PROTOCOL", OsStr::new("HTTP/1.1")),
        ("PATH", OsStr::new("/usr/local/bin:/usr/bin:/bin")),
    ];
    let uri = head
        .as_ref()
        .map_or_else(|_| "/".to_owned(), |h| plain_uri(&h.path));
    kept.push(("REQUEST_URI", OsStr::new(&uri)));
    let certificates = tls.then(hashed_certificates).flatten();
    if let Some(dir) = &certificates {
        // With an empty bundle and a hashed directory OpenSSL reads the one certificate it needs, not all of them.
        kept.push(("SSL_CERT_FILE", OsStr::new("/dev/null")));
        kept.push(("SSL_CERT_DIR", OsStr::new(dir)));
    }
    process::set_environment(&kept);
    head
}

/// Judges the variables that `var` tells (RFC 3875 4.1); the guard without its hands.
///
/// # Errors
/// `BadRequest`, `UriTooLong`.
pub fn judge(config: &Config, var: impl Fn(&str) -> Option<OsString>) -> Result<Head> {
    let optional = |name: &str| var(name).filter(|v| v.len() <= LONGEST_VALUE);
    // A header that is not ASCII is as good as none: nothing here needs it.
    let text = |name: &str| {
        optional(name)
            .and_then(|v| v.into_string().ok())
            .filter(|v| v.bytes().all(|b| (0x20..0x7f).contains(&b)))
            .unwrap_or_default()
    };

    let uri = var("REQUEST_URI").ok_or(Error::BadRequest("REQUEST_URI"))?;
    if uri.len() > LONGEST_URI {
        return Err(Error::UriTooLong);
    }
    let uri = uri
        .to_str()
        .filter(|u| u.starts_with('/') && u.bytes().all(|b| b.is_ascii_graphic()))
        .ok_or(Error::BadRequest("REQUEST_URI"))?;
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));

    let method = text("REQUEST_METHOD");
    if method.is_empty() || method.len() > 20 || !method.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Error::BadRequest("REQUEST_METHOD"));
    }

    let own = own_base(path, &text("SCRIPT_NAME"));
    // A proxy in front may show another path than the one that it asks for.
    let base = match &config.base_url {
        Some(base) => Base(base.clone()),
        None => own.clone(),
    };
    let asked = below(path, &base).or_else(|| below(path, &own));
    let by_proxy = ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA"];
    let is_elsewhere =
        below(path, &base).is_none() && !by_proxy.iter().any(|name| var(name).is_some());
    let path = asked.unwrap_or(path).to_owned();

    let peer: Option<IpAddr> = text("REMOTE_ADDR").parse().ok();
    let proxied = peer.is_some_and(|ip| config.trusted_proxies.contains(&ip.to_canonical()));
    let forwarded = |name| if proxied { text(name) } else { String::new() };
    let by_proxy: Option<IpAddr> = forwarded("HTTP_X_FORWARDED_FOR")
        .rsplit(',')
        .filter_map(|ip| ip.trim().parse().ok())
        .find(|ip: &IpAddr| !config.trusted_proxies.contains(&ip.to_canonical()));
    let https = config.https == Https::Always
        || text("HTTPS").eq_ignore_ascii_case("on")
        || forwarded("HTTP_X_FORWARDED_PROTO").eq_ignore_ascii_case("https");

    let chunked = var("HTTP_TRANSFER_ENCODING").is_some();
    let length = match (chunked, var("CONTENT_LENGTH")) {
        (true, _) => None,
        (false, None) if method == "POST" => None,
        (false, None) => Some(0),
        (false, Some(n)) if n.is_empty() => Some(0),
        (false, Some(n)) => {
            let digits = n.to_str().filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
            let length = digits.and_then(|n| n.parse().ok());
            Some(length.ok_or(Error::BadRequest("CONTENT_LENGTH"))?)
        }
    };

    let ahead = method == "GET" && var("HTTP_X_POSTERN_AHEAD").is_some();

    Ok(Head {
        path,
        query: query.to_owned(),
        base,
        https,
        client: by_proxy.or(peer),
        length,
        cookies: optional("HTTP_COOKIE").map_or_else(Vec::new, |v| v.as_bytes().to_vec()),
        content_type: text("CONTENT_TYPE"),
        language: text("HTTP_ACCEPT_LANGUAGE"),
        // An Origin that cannot be read is a foreign one.
        origin: var("HTTP_ORIGIN").map(|_| text("HTTP_ORIGIN")),
        host: text("HTTP_HOST"),
        fetch_site: text("HTTP_SEC_FETCH_SITE"),
        fetch_dest: text("HTTP_SEC_FETCH_DEST"),
        agent: text("HTTP_USER_AGENT"),
        takes_gzip: coding::takes_gzip(&text("HTTP_ACCEPT_ENCODING")),
        prefetch: text("HTTP_SEC_PURPOSE").contains("prefetch") || ahead,
        ahead,
        method,
        is_elsewhere,
        served: ["DOCUMENT_ROOT", "CONTEXT_DOCUMENT_ROOT"]
            .iter()
            .filter_map(|name| optional(name))
            .filter(|dir| !dir.is_empty())
            .map(PathBuf::from)
            .collect(),
    })
}

/// A path below a base; None where it is not.
fn below<'p>(path: &'p str, base: &Base) -> Option<&'p str> {
    let rest = path.strip_prefix(base.0.as_str())?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// The base as this web server sees it: the script's name where the address begins with it, else its directory (a
/// FallbackResource or RewriteRule hides the name).
fn own_base(path: &str, script: &str) -> Base {
    let plain = script
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/-._~".contains(&b));
    let script = if plain && script.starts_with('/') && !script.starts_with("//") {
        script
    } else {
        ""
    };
    let dir = script.rsplit_once('/').map_or("", |(dir, _)| dir);
    let bases = [script, dir].map(|base| Base(base.to_owned()));
    let found = bases.into_iter().find(|base| below(path, base).is_some());
    found.unwrap_or_default()
}

/// A path that every URI parser takes: what is not plain is left out, since nobody reads it again.
fn plain_uri(path: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "/-._~".contains(*c);
    let path: String = path.chars().filter(plain).collect();
    format!("/{}", path.trim_start_matches('/'))
}

/// True where the system keeps each certificate under its hash, so that one can be read without the others.
pub fn has_hashed_certificates() -> bool {
    hashed_certificates().is_some()
}

/// The system's directory of certificates under their hashes, if it has one.
fn hashed_certificates() -> Option<&'static str> {
    let is_hash = |name: &OsStr| {
        let name = name.as_bytes();
        name.len() == 10 && name.ends_with(b".0") && name.iter().take(8).all(u8::is_ascii_hexdigit)
    };
    ["/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/openssl/certs"]
        .into_iter()
        .find(|dir| {
            std::fs::read_dir(dir)
                .is_ok_and(|mut entries| entries.any(|e| e.is_ok_and(|e| is_hash(&e.file_name()))))
        })
}

impl Head {
    /// Reads the body of a POST to its end. Any other body is read and forgotten.
    ///
    /// `has_place` says that a long body has one of its user's places; `spool` opens the file for it.
    ///
    /// # Errors
    /// `LengthRequired`, `TooLarge`, `TooMany` (no place), `BodyTimeout`, `DiskFull`; `BadRequest` for what is no form, and
    /// for a body shorter than announced: a client that went away in the middle of a POST looks like that, and must not have
    /// changed anything. Where the limit says that a page shows again what came, these stand in the form instead.
    pub fn take_body(
        &self,
        limit: BodyLimit,
        has_place: bool,
        spool: impl FnOnce() -> Result<Box<dyn Spooled>>,
    ) -> Result<Form> {
        if self.method != "POST" {
            // Nobody wants it, but a web server loses the answer to a body that was left lying.
            self.drain();
            return Ok(Form::default());
        }
        let length = self.length.ok_or(Error::LengthRequired)?;
        let refused = match length {
            _ if length > limit.bytes => Some(Error::TooLarge { limit: limit.bytes }),
            _ if length > body::SHORT && !has_place => Some(Error::TooMany { retry: 4 }),
            _ => None,
        };
        if let Some(error) = refused.clone().filter(|_| !limit.is_shown_again) {
            return Err(error);
        }
        let taken = body::receive(&mut Stdin, length, limit.time, refused, spool);
        if let Some(error) = &taken.cut {
            if !limit.is_shown_again {
                return Err(error.clone());
            }
            body::drain(&mut Stdin, length.saturating_sub(taken.bytes.length()));
        }
        Form::read(&self.content_type, taken)
    }

    /// Reads and forgets what is left of a body that nobody took, within limits.
    pub fn drain(&self) {
        body::drain(&mut Stdin, self.length.unwrap_or(u64::MAX));
    }

    /// True where the browser says that another site's page sent this request.
    pub fn is_cross_site(&self) -> bool {
        match self.fetch_site.as_str() {
            "" => {}
            "same-origin" | "none" => return false,
            _ => return true,
        }
        self.origin.as_ref().is_some_and(|origin| {
            let host = origin
                .strip_prefix("https://")
                .or(origin.strip_prefix("http://"));
            host != Some(self.host.as_str())
        })
    }

    /// True for a request that may change nothing (RFC 9110 9.2.1).
    pub fn is_get(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// True where the request came over the machine's own loopback, which needs no https.
    pub fn is_local(&self) -> bool {
        let host = self
            .host
            .rsplit_once(':')
            .map_or(self.host.as_str(), |(host, port)| {
                if port.bytes().all(|b| b.is_ascii_digit()) {
                    host
                } else {
                    self.host.as_str()
                }
            });
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let here = host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        here && self
            .client
            .is_some_and(|ip| ip.to_canonical().is_loopback())
    }

    /// The values of our cookies of a name, of which there may be several (RFC 6265 4.2.2): ASCII, without what only
    /// quoting could carry.
    pub fn cookies_named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.cookies.split(|b| *b == b';').filter_map(move |pair| {
            let pair = std::str::from_utf8(pair.trim_ascii()).ok()?;
            let (key, value) = pair.split_once('=')?;
            (key == name && value.is_ascii()).then_some(value)
        })
    }

    /// Path and query below the base, as the retry links and the way back after sign-in need them.
    pub fn here(&self) -> String {
        // Two slashes at the beginning, or what browsers take for them, would be another host.
        let path = self.path.trim_start_matches(['/', '\\']);
        let path = match self.path.is_empty() {
            true => String::new(),
            false => format!("/{path}"),
        };
        match self.query.as_str() {
            "" => path,
            query => format!("{path}?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(vars: &[(&str, &str)]) -> Result<Head> {
        judge(&Config::default(), |name| {
            vars.iter()
                .find(|(k, _)| *k == name)
                .map(|(_, v)| OsString::from(v))
        })
    }

    fn got(uri: &str, script: &str) -> (String, String) {
        let head = head(&[
            ("REQUEST_METHOD", "GET"),
            ("REQUEST_URI", uri),
            ("SCRIPT_NAME", script),
        ])
        .unwrap();
        (head.base.0, head.path)
    }

    #[test]
    fn the_base_is_the_script_or_where_it_hides() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            got("/cgi-bin/postern/folder?f=1", "/cgi-bin/postern"),
            pair("/cgi-bin/postern", "/folder")
        );
        assert_eq!(
            got("/cgi-bin/postern", "/cgi-bin/postern"),
            pair("/cgi-bin/postern", "")
        );
        assert_eq!(
            got("/mail/folder", "/mail/postern.cgi"),
            pair("/mail", "/folder")
        );
        assert_eq!(got("/folder", "/postern.cgi"), pair("", "/folder"));
        // A link below this base would lead to another host.
        assert_eq!(got("//e.org/x", "//e.org"), pair("", "//e.org/x"));
    }

    #[test]
    fn a_browser_tells_when_another_site_sent_the_request() {
        let foreign = |site: &str, origin: Option<&str>| {
            let head = Head {
                host: "example.org".into(),
                fetch_site: site.into(),
                origin: origin.map(str::to_owned),
                ..Head::default()
            };
            head.is_cross_site()
        };
        assert!(!foreign("", None));
        assert!(!foreign("same-origin", Some("https://example.org")));
        assert!(!foreign("", Some("http://example.org")));
        assert!(foreign("", Some("null")));
        assert!(foreign("", Some("https://example.org.evil.test")));
        assert!(foreign("cross-site", Some("https://example.org")));
        assert!(foreign("same-site", None));
    }

    #[test]
    fn a_cookie_is_found_among_those_of_others() {
        let head = Head {
            cookies: b"a=\xff; postern=abc ;b=1;postern=def".to_vec(),
            ..Head::default()
        };
        let named = |name: &str| head.cookies_named(name).collect::<Vec<_>>();
        assert_eq!(named("postern"), ["abc", "def"]);
        assert_eq!(named("a"), [""; 0]);
        assert_eq!(named("c"), [""; 0]);
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        let ok = [("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/")];
        assert!(head(&ok).is_ok());
        for bad in [
            vec![],
            vec![("REQUEST_METHOD", "GET")],
            vec![("REQUEST_URI", "/")],
            vec![("REQUEST_METHOD", "GE T"), ("REQUEST_URI", "/")],
            vec![("REQUEST_METHOD", "GET"), ("REQUEST_URI", "*")],
            vec![("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/\u{e4}")],
            vec![
                ("REQUEST_METHOD", "POST"),
                ("REQUEST_URI", "/"),
                ("CONTENT_LENGTH", "-1"),
            ],
        ] {
            assert!(matches!(head(&bad), Err(Error::BadRequest(_))), "{bad:?}");
        }
        let long = "/".repeat(LONGEST_URI + 1);
        assert!(matches!(
            head(&[("REQUEST_URI", &long)]),
            Err(Error::UriTooLong)
        ));
    }
}
