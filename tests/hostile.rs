//! What no browser sends: bytes of any kind in every place that a client can reach, methods that nobody knows, bodies that
//! lie about themselves, cookies that nobody gave. A page answers all of it, and nobody's directory is touched.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::support::cookies::Cookie;
use crate::support::http::Response;
use crate::support::place::Place;
use crate::support::site::{BASE, Site};
use crate::support::visitor::{Request, Visitor};

/// The program alone, as a web server would run it.
struct Alone {
    place: Place,
    program: PathBuf,
}

/// What it wrote.
struct Written {
    out: String,
    err: String,
}

/// What a web server says of an ordinary request.
const USUAL: [(&str, &str); 20] = [
    ("GATEWAY_INTERFACE", "CGI/1.1"),
    ("SERVER_PROTOCOL", "HTTP/1.1"),
    ("SERVER_SOFTWARE", "Apache"),
    ("REQUEST_METHOD", "GET"),
    ("REQUEST_URI", "/cgi-bin/postern/folder?f=Sent"),
    ("SCRIPT_NAME", "/cgi-bin/postern"),
    ("PATH_INFO", "/folder"),
    ("QUERY_STRING", "f=Sent"),
    ("REMOTE_ADDR", "127.0.0.1"),
    ("CONTENT_LENGTH", "0"),
    ("CONTENT_TYPE", "application/x-www-form-urlencoded"),
    ("DOCUMENT_ROOT", "/var/www/html"),
    ("HTTP_HOST", "localhost"),
    ("HTTP_COOKIE", "a=b; postern=c"),
    ("HTTP_ACCEPT_LANGUAGE", "en, de;q=0.5"),
    ("HTTP_ORIGIN", "http://localhost"),
    ("HTTP_SEC_FETCH_SITE", "same-origin"),
    ("HTTP_SEC_FETCH_DEST", "document"),
    ("HTTP_SEC_PURPOSE", "prefetch"),
    ("HTTP_X_FORWARDED_FOR", "192.0.2.1"),
];

impl Alone {
    fn new() -> Alone {
        let place = Place::new("alone");
        fs::create_dir(place.join("cgi-bin")).expect("a directory");
        let program = place.join("cgi-bin/postern");
        let copied = Command::new("cp")
            .arg(env!("CARGO_BIN_EXE_postern"))
            .arg(&program)
            .status();
        assert!(copied.expect("cp").success());
        let state = place.join("state");
        place.write(
            "cgi-bin/.htpostern.toml",
            format!("state_dir = \"{}\"\n", state.display()),
        );
        Alone { place, program }
    }

    /// Runs it with exactly these variables and this body.
    fn run(&self, variables: &[(OsString, OsString)], arguments: &[&str], body: &[u8]) -> Written {
        let mut child = Command::new(&self.program)
            .env_clear()
            .envs(variables.iter().map(|(k, v)| (k, v)))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut stdin = child.stdin.take().expect("a pipe");
        // It may have said no before it has read everything.
        let _written = stdin.write_all(body);
        drop(stdin);
        let output = child.wait_with_output().expect("an answer");
        Written {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The usual variables with some changed; None takes one away.
    fn with(&self, changes: &[(&str, Option<&[u8]>)]) -> Written {
        let mut variables: Vec<(OsString, OsString)> =
            USUAL.iter().map(|(k, v)| (k.into(), v.into())).collect();
        for (name, value) in changes {
            variables.retain(|(k, _)| k != name);
            if let Some(value) = value {
                variables.push((name.into(), OsStr::from_bytes(value).to_owned()));
            }
        }
        self.run(&variables, &[], b"")
    }
}

impl Written {
    /// Expects a whole answer with a page, and that nothing went wrong inside; its status.
    fn is_a_page(&self, what: &str) -> u16 {
        let Written { out, err } = self;
        let story = || format!("{what}\n--- answer:\n{out:.3000}\n--- errors:\n{err}");
        let (head, body) = out
            .split_once("\r\n\r\n")
            .or(out.split_once("\n\n"))
            .unwrap_or_else(|| panic!("{}", story()));
        let status = head
            .lines()
            .find_map(|line| line.strip_prefix("Status: "))
            .and_then(|line| line.get(..3)?.parse().ok())
            .unwrap_or_else(|| panic!("{}", story()));
        assert!((200..500).contains(&status), "{}", story());
        assert!(
            body.contains("<h1") && body.contains("</html>"),
            "{}",
            story()
        );
        assert!(!err.contains("panicked"), "{}", story());
        status
    }
}

#[test]
fn each_variable_may_be_missing_empty_enormous_or_garbage() {
    let alone = Alone::new();
    let long = vec![b'a'; 40_000];
    let values: [(&str, Option<&[u8]>); 9] = [
        ("missing", None),
        ("empty", Some(b"")),
        ("enormous", Some(&long)),
        ("not UTF-8", Some(b"\xff\xfe/\x80")),
        ("of many lines", Some(b"a\r\nStatus: 200\r\n\r\n<script>")),
        ("markup", Some(b"/\"><script>alert(1)</script>")),
        ("umlauts", Some("\u{fc}\u{df}".as_bytes())),
        ("a number", Some(b"99999999999999999999")),
        ("odd", Some(b"http://[::1]:99999999/%%%?#")),
    ];
    let also = ["HTTPS", "HTTP_TRANSFER_ENCODING", "HTTP_X_FORWARDED_PROTO"];
    let names = USUAL.iter().map(|(name, _)| *name).chain(also);
    for name in names.chain(["PATH", "HTTP_X", "HTTP_", "HTTP_A B", "SERVER_PORT"]) {
        for (kind, value) in values {
            // Without this one, somebody at a shell has started the program.
            if name == "GATEWAY_INTERFACE" && value.is_none() {
                continue;
            }
            for method in [&b"GET"[..], b"POST"] {
                let answer = alone.with(&[("REQUEST_METHOD", Some(method)), (name, value)]);
                let method = String::from_utf8_lossy(method);
                answer.is_a_page(&format!("{method}, {name} {kind}"));
                assert!(
                    !answer.out.contains("<script>"),
                    "{name} {kind}: {}",
                    answer.out
                );
            }
        }
    }
    assert!(!alone.place.join("state/users").exists());
}

#[test]
fn arguments_of_a_request_are_not_read() {
    let alone = Alone::new();
    let variables: Vec<(OsString, OsString)> =
        USUAL.iter().map(|(k, v)| (k.into(), v.into())).collect();
    for argument in ["gc", "check", "--version", "--help", "\\"] {
        let answer = alone.run(&variables, &[argument], b"");
        answer.is_a_page(argument);
        assert!(!answer.out.contains(env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn a_query_that_looks_like_an_argument_is_a_query() {
    let site = Site::new().start();
    let visitor = site.visitor();
    for query in ["?gc", "?--version", "?check", "?--version+gc", "?-h"] {
        visitor
            .get_once(&format!("/{query}"))
            .has_status(401)
            .shows("Sign in")
            .hides(env!("CARGO_PKG_VERSION"));
    }
}

/// Sends a request line and headers of these bytes and expects a page of somebody; its status.
fn answered(visitor: &Visitor, request: &[u8]) -> Response {
    let shown = String::from_utf8_lossy(request).into_owned();
    let answer = visitor
        .raw(request)
        .unwrap_or_else(|| panic!("no answer to {shown:.300}\n{}", visitor.evidence()));
    let story = || format!("{} to {shown:.300}\n{}", answer.status, visitor.evidence());
    assert!((200..500).contains(&answer.status), "{}", story());
    assert!(!answer.body.is_empty(), "{}", story());
    answer
}

#[test]
fn every_byte_may_stand_in_address_cookie_and_headers() {
    let site = Site::new().start();
    let visitor = site.visitor();
    for byte in 0..=u8::MAX {
        let strange = [b'a', byte, b'b'];
        let places: [(&[u8], &[u8]); 4] = [
            (b"GET /cgi-bin/postern/", b" HTTP/1.1\r\nHost: localhost\r\n"),
            (b"GET /cgi-bin/postern/folder?f=", b" HTTP/1.1\r\nHost: localhost\r\n"),
            (b"GET /cgi-bin/postern/ HTTP/1.1\r\nHost: localhost\r\nCookie: postern=", b"\r\n"),
            (
                b"GET /cgi-bin/postern/ HTTP/1.1\r\nHost: localhost\r\nAccept-Language: x\r\nOrigin: http://",
                b"\r\n",
            ),
        ];
        for (before, after) in places {
            let request = [before, &strange, after, b"Connection: close\r\n\r\n"].concat();
            answered(&visitor, &request);
        }
    }
    for name in [
        "X-\u{e4}",
        "Content-Length",
        "Transfer-Encoding",
        "Proxy",
        "_",
        "Cookie2",
    ] {
        let request = format!(
            "GET {BASE}/ HTTP/1.1\r\nHost: localhost\r\n{name}: \u{e4}\r\nConnection: close\r\n\r\n"
        );
        answered(&visitor, request.as_bytes());
    }
    assert!(!site.state_dir().join("users").exists());
}

#[test]
fn an_unknown_method_is_told_what_is_known() {
    let site = Site::new().start();
    let visitor = site.visitor();
    for method in [
        "PUT", "DELETE", "PATCH", "OPTIONS", "BREW", "POST", "PROPFIND",
    ] {
        let answer = visitor.send(&Request::new(method, &visitor.address("/folder")));
        answer.has_status(405);
        assert_eq!(answer.header("allow"), "GET, HEAD", "{method}");
    }
    let sign_out = visitor.get_once("/sign-out");
    sign_out.has_status(405);
    assert_eq!(sign_out.header("allow"), "POST");
    let head = visitor.send(&Request::new("HEAD", &visitor.address("/sign-in")));
    head.has_status(200);
    assert!(head.body().is_empty());
}

#[test]
fn an_address_that_is_too_long_gets_its_page() {
    let site = Site::new().start();
    let visitor = site.visitor();
    let long = visitor.get_once(&format!("/folder?f={}", "a".repeat(8_050)));
    long.has_status(414).shows("This link is too long");
    // Longer ones Apache answers itself.
    visitor
        .get_once(&format!("/folder?f={}", "a".repeat(30_000)))
        .has_status(414);
}

/// The bytes of Ann's click on "Sign out", its body replaced and announced like this.
fn sign_out(ann: &Visitor, announced: &str, body: &[u8]) -> Vec<u8> {
    let request = ann.get("/").form("sign-out").request();
    let head = ann.bytes_of(&Request {
        body: Vec::new(),
        ..request
    });
    let head = String::from_utf8(head).expect("ASCII");
    let head = head.replace("Content-Length: 0\r\n", announced);
    let head = head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn status_of(answer: &[u8]) -> String {
    let line = answer.split(|b| *b == b'\r').next().unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

#[test]
fn a_body_that_lies_about_itself_changes_nothing() {
    let site = Site::with_inbox(1);
    let ann = site.sign_in("ann");
    let whole = ann.get("/").form("sign-out").request().body;
    let length = whole.len();
    let chunk = format!(
        "{length:x}\r\n{}\r\n0\r\n\r\n",
        String::from_utf8_lossy(&whole)
    );

    let chunked = ann.raw_to_end(&sign_out(
        &ann,
        "Transfer-Encoding: chunked\r\n",
        chunk.as_bytes(),
    ));
    assert!(
        status_of(&chunked).contains(" 411 "),
        "{}",
        status_of(&chunked)
    );

    let too_large = ann.raw_to_end(&sign_out(
        &ann,
        "Content-Length: 70000\r\n",
        &[whole.clone(), vec![b'&'; 70_000 - length]].concat(),
    ));
    assert!(
        status_of(&too_large).contains(" 413 "),
        "{}",
        status_of(&too_large)
    );
    let text = String::from_utf8_lossy(&too_large).into_owned();
    assert!(text.contains("Too large"), "{text}");

    let announced = format!("Content-Length: {}\r\n", length + 10);
    let short = ann.raw_to_end(&sign_out(&ann, &announced, &whole));
    assert!(
        !status_of(&short).contains(" 303 "),
        "{}",
        status_of(&short)
    );

    let absurd = ann.raw_to_end(&sign_out(&ann, "Content-Length: -1\r\n", &whole));
    assert!(
        status_of(&absurd).contains(" 400 "),
        "{}",
        status_of(&absurd)
    );

    ann.get("/").has_status(200).shows("Message 1");
}

#[test]
fn a_form_without_the_right_token_or_from_another_site_changes_nothing() {
    let site = Site::with_inbox(1);
    let (ann, ben) = (site.sign_in("ann"), site.sign_in("ben"));
    let token_of = |visitor: &Visitor| {
        let page = visitor.get("/");
        page.form("sign-out")
            .value("token")
            .unwrap_or_default()
            .to_owned()
    };
    let (own, foreign) = (token_of(&ann), token_of(&ben));
    for token in ["", "x", foreign.as_str()] {
        ann.post_once("/sign-out", &[("token", token)])
            .has_status(403);
    }
    ann.post_once("/sign-out", &[]).has_status(403);
    for origin in ["https://elsewhere.example", "null"] {
        let request = Request::new("POST", &ann.address("/sign-out"))
            .form(&[("token", own.as_str())])
            .header("Origin", origin);
        ann.send(&request)
            .has_status(403)
            .shows("This request was refused");
    }
    ann.get("/").has_status(200).shows("Message 1");
}

/// Every file below a directory, with its length and when it was written.
fn everything_below(dir: &Path) -> Vec<(PathBuf, u64, SystemTime)> {
    let mut found = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let meta = entry.metadata().expect("a file");
            if meta.is_dir() {
                dirs.push(entry.path());
            }
            found.push((entry.path(), meta.len(), meta.modified().expect("a time")));
        }
    }
    found.sort();
    found
}

#[test]
fn nobody_without_a_good_cookie_touches_a_directory() {
    let site = Site::with_inbox(1);
    let stranger = site.visitor();
    let anonymous = |visitor: &Visitor| {
        for path in [
            "/",
            "/folder?f=Sent",
            "/message?f=INBOX&v=1&u=1&r=0",
            "/nonsense",
        ] {
            visitor.get_once(path);
        }
        visitor
            .get_once("/part?f=INBOX&v=1&u=1&p=1")
            .has_status(401);
        visitor.post_once("/sign-out", &[("token", "x")]);
    };
    anonymous(&stranger);
    assert!(!site.state_dir().join("users").exists());

    let ann = site.sign_in("ann");
    let real = ann.cookie("postern");
    let before = everything_below(&site.state_dir().join("users"));
    assert!(!before.is_empty());
    let mut forged: Vec<String> = vec![
        String::new(),
        "x".to_owned(),
        "=".repeat(100),
        "A".repeat(real.value.len()),
        format!("{}A", real.value),
        real.value[1..].to_owned(),
    ];
    // One character changed, at every place.
    for at in 0..real.value.len() {
        let mut changed = real.value.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(changed).expect("ASCII"));
    }
    for value in forged.into_iter().filter(|value| *value != real.value) {
        let forger = site.visitor();
        forger.put_cookie(Cookie {
            value: value.clone(),
            ..real.clone()
        });
        let page = forger.get_once("/folder?f=Sent");
        page.has_status(401).shows("Sign in").hides("Message 1");
    }
    anonymous(&stranger);
    assert!(
        everything_below(&site.state_dir().join("users")) == before,
        "somebody without a cookie has touched a user's directory"
    );
    ann.get("/").has_status(200).shows("Message 1");
}

#[test]
fn names_on_the_wire_cannot_end_a_command() {
    let site = Site::with_inbox(1);
    let ann = site.sign_in("ann");
    for name in [
        "INBOX%0d%0aa9%20DELETE%20Sent",
        "%00",
        "\"",
        "a\"%20b",
        "INBOX%22%0d%0a",
        "{5+}",
        "*",
        "%25",
        "..%2f..%2fetc",
        "%ff%fe",
    ] {
        let page = ann.get_once(&format!("/folder?f={name}"));
        let status = page.status();
        // Not one of ours, not there, or a name that the server will not hear of.
        let is_refused = (400..500).contains(&status) || status == 502;
        page.expect(is_refused, || format!("{name}: {status}"));
        page.expect(page.text_of("h1").is_some(), || format!("{name}: no page"));
    }
    ann.get("/folder?f=Sent").has_status(200);
}
