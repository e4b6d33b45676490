//! The cookies of a visitor (RFC 6265), as far as a browser on one host needs them. `Secure` is not looked at: on
//! loopback browsers let such cookies travel over plain http as well.

use jiff::{Timestamp, fmt::rfc2822};

/// A cookie as the browser keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The path below which it is sent.
    pub path: String,
    /// The whole line that set it, for looking at its attributes.
    pub line: String,
}

/// All cookies of a visitor.
#[derive(Clone, Debug, Default)]
pub struct Jar(Vec<Cookie>);

impl Jar {
    /// Takes what a `Set-Cookie` line, in the answer for `path`, says.
    pub fn take(&mut self, line: &str, path: &str) {
        let mut parts = line.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            panic!("not a cookie: {line}");
        };
        let mut cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            path: default_path(path),
            line: line.to_owned(),
        };
        let mut over = false;
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => cookie.path = value.to_owned(),
                "max-age" => over = value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                "expires" => over |= is_past(value),
                _ => {}
            }
        }
        self.0
            .retain(|c| (c.name.as_str(), &c.path) != (name, &cookie.path));
        if !over {
            self.0.push(cookie);
        }
    }

    /// The value of the `Cookie` header for a request for `path`; None if there is none to send.
    pub fn header(&self, path: &str) -> Option<String> {
        let path = path.split('?').next().unwrap_or_default();
        let mut fitting: Vec<&Cookie> = self.0.iter().filter(|c| matches(path, &c.path)).collect();
        // Longer paths first (RFC 6265 5.4).
        fitting.sort_by_key(|c| std::cmp::Reverse(c.path.len()));
        let pairs: Vec<String> = fitting
            .iter()
            .map(|c| format!("{}={}", c.name, c.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The cookies.
    pub fn all(&self) -> &[Cookie] {
        &self.0
    }

    /// Puts a cookie in, whoever made it.
    pub fn put(&mut self, cookie: Cookie) {
        self.0
            .retain(|c| (&c.name, &c.path) != (&cookie.name, &cookie.path));
        self.0.push(cookie);
    }

    /// Takes all cookies out.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// RFC 6265 5.1.4.
fn default_path(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    match path.rfind('/') {
        Some(0) | None => "/".to_owned(),
        Some(end) => path[..end].to_owned(),
    }
}

fn matches(path: &str, of_cookie: &str) -> bool {
    path.strip_prefix(of_cookie)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || of_cookie.ends_with('/'))
}

fn is_past(date: &str) -> bool {
    rfc2822::parse(date).is_ok_and(|at| at.timestamp() < Timestamp::now())
}
