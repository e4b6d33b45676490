//! Requests of any bytes, through the guard, the router, the cookie and the form. What comes out may be put into headers
//! and pages, leads to no other site, and belongs to nobody whose cookie was not made here.

use std::ffi::OsString;
use std::io::Read as _;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::sync::LazyLock;

use postern::config::Config;
use postern::request::body::{Body, Bytes};
use postern::request::form::Form;
use postern::request::{self, Head};
use postern::route::{self, Route};
use postern::seal::Wiped;
use postern::session::{self, Claims, SessionCookie};
use postern::state::{State, UserId};
use postern::words::Words;
use postern::{response, seal};

/// An installation with its secret, and the cookie of its one user.
struct Known {
    state: State,
    cookie: String,
}

const USER: UserId = UserId([7; 16]);

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let config = Config {
        state_dir: Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz-state")),
        ..Config::default()
    };
    let state = State::open(&config, &[]).expect("a state directory");
    let body = [&USER.0[..], &[1; 16], &[2; 32]].concat();
    let tag = state.secret().hash("cookie", &[&body]);
    let cookie = seal::to_text(&[&body, &tag[..16]].concat());
    Known { state, cookie }
});

/// Requests to begin with: variables, each ended by a NUL, and behind an empty one the body.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let cookie = &KNOWN.cookie;
    let usual = |method: &str, uri: &str, more: &[&str], body: &str| {
        let mut all = vec![
            format!("REQUEST_METHOD={method}"),
            format!("REQUEST_URI=/cgi-bin/postern{uri}"),
            "SCRIPT_NAME=/cgi-bin/postern".to_owned(),
            "REMOTE_ADDR=192.0.2.7".to_owned(),
            "HTTP_HOST=mail.example.org".to_owned(),
            format!("HTTP_COOKIE=a=b; postern={cookie}; __Host-postern={cookie}; c=\u{fc}"),
            "HTTP_ACCEPT_LANGUAGE=de-AT, en;q=0.5, *;q=0".to_owned(),
        ];
        all.extend(more.iter().map(|variable| (*variable).to_owned()));
        all.extend([String::new(), body.to_owned()]);
        all.join("\0").into_bytes()
    };
    vec![
        usual(
            "GET",
            "/message?f=INBOX&v=1&u=2&r=3&in=2/1.2&charset=koi8-r",
            &["HTTPS=on"],
            "",
        ),
        usual(
            "HEAD",
            "/folder?f=a%26b&older=1.2.3&again=4",
            &["HTTP_SEC_FETCH_SITE=same-origin"],
            "",
        ),
        usual(
            "GET",
            "/part?f=INBOX&v=1&u=2&p=1.2/3&open=1",
            &["HTTP_SEC_FETCH_DEST=image"],
            "",
        ),
        usual(
            "GET",
            "/frame?f=INBOX&v=1&u=2&remote=1",
            &["HTTP_SEC_PURPOSE=prefetch"],
            "",
        ),
        usual(
            "GET",
            "/sign-in?to=%2Ffolder%3Ff%3DSent",
            &["DOCUMENT_ROOT=/srv/www"],
            "",
        ),
        usual(
            "POST",
            "/sign-in",
            &[
                "CONTENT_LENGTH=63",
                "CONTENT_TYPE=application/x-www-form-urlencoded",
                "HTTP_ORIGIN=https://mail.example.org",
                "HTTP_X_FORWARDED_FOR=192.0.2.1, ::1",
                "HTTP_X_FORWARDED_PROTO=https",
            ],
            "login=ann%40example.org&password=%C3%A4+b&token=AAAA&to=%2Fmessage",
        ),
        usual(
            "POST",
            "/sign-out",
            &["HTTP_TRANSFER_ENCODING=chunked"],
            "token=x",
        ),
        usual("GET", "/asset/0a1b/style.css", &[], ""),
        usual("GET", "/resume?form=AAAAAAAAAAAAAAAAAAAAAA", &[], ""),
        usual(
            "POST",
            "/sender?f=INBOX&v=1&u=2&r=3&always=1",
            &["CONTENT_TYPE=multipart/form-data; boundary=b"],
            "--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n/folder\r\n--b\r\n\
             Content-Disposition: form-data; name=\"f\"; filename=\"a%22.txt\"\r\n\
             Content-Type: text/plain\r\n\r\ncontent\r\n--b\r\n\
             Content-Disposition: form-data; name=f; filename=b\r\n\r\n\r\n--b--\r\n",
        ),
    ]
}

/// All that is done with a request before anything of a user is opened.
pub(super) fn read(input: &[u8]) {
    let mut variables = Vec::new();
    let mut rest = input;
    while let Some(end) = rest.iter().position(|b| *b == 0) {
        let (variable, behind) = (&rest[..end], &rest[end + 1..]);
        rest = behind;
        if variable.is_empty() {
            break;
        }
        let equals = variable.iter().position(|b| *b == b'=');
        let (name, value) = variable.split_at(equals.unwrap_or(variable.len()));
        let value = value.strip_prefix(b"=").unwrap_or(value);
        variables.push((name, value));
    }
    let told = |name: &str| {
        let found = variables.iter().find(|(n, _)| *n == name.as_bytes());
        found.map(|(_, value)| OsString::from_vec(value.to_vec()))
    };
    let kind = told("CONTENT_TYPE").unwrap_or_default();
    let body = Body {
        bytes: Bytes::Memory(Wiped::new(rest.to_vec())),
        cut: None,
    };
    if let Ok(form) = Form::read(&kind.to_string_lossy(), body) {
        judge_address(form.get("to"));
        judge_form(&form, rest);
    }
    for trusted_proxies in [Vec::new(), vec!["192.0.2.7".parse().expect("an address")]] {
        let config = Config {
            trusted_proxies,
            ..Config::default()
        };
        if let Ok(head) = request::judge(&config, told) {
            judge_head(&head);
        }
    }
}

/// The files of a form are stretches of what was sent, and none lies in another.
fn judge_form(form: &Form, sent: &[u8]) {
    let mut before = 0;
    for file in form.files() {
        assert!(file.at >= before, "{file:?}");
        before = file.at + file.size;
        let mut bytes = Vec::new();
        form.open(file).read_to_end(&mut bytes).expect("a file");
        assert_eq!(bytes, sent[file.at as usize..before as usize]);
        assert!(file.name.len() <= 1000 && file.kind.len() <= 1000);
    }
    let text = form.fields().iter().map(|(_, value)| value.len());
    // What is no UTF-8 becomes longer.
    assert!(text.sum::<usize>() <= 3 * sent.len());
}

fn judge_head(head: &Head) {
    for text in [
        &head.method,
        &head.path,
        &head.query,
        &head.base.0,
        &head.host,
        &head.content_type,
    ] {
        assert!(is_plain(text), "{text:?}");
    }
    // Behind the base stands nothing that could make the address another site's.
    assert!(
        head.base.0.is_empty() || head.base.0.starts_with('/') && !head.base.0.starts_with("//"),
        "{:?}",
        head.base
    );
    head.is_cross_site();
    head.is_local();
    Words::chosen(&head.language);
    if let Ok(route) = Route::parse(&head.method, &head.path, &head.query) {
        let href = route.href(&head.base);
        let below = href.strip_prefix(&head.base.0).unwrap_or_default();
        assert!(is_plain(&href) && below.starts_with('/'), "{href}");
        judge_address(below);
    }
    let again = route::retrying(&head.here(), 3);
    assert_eq!(
        route::retries(again.split_once('?').map_or("", |(_, q)| q)),
        3,
        "{again}"
    );
    let cookie = session::forget_cookie(head);
    assert!(is_plain(&cookie.replace(' ', "")), "{cookie}");
    if let Claims::One(claim) = SessionCookie::read(head, &KNOWN.state) {
        let name = cookie.split('=').next().expect("a name");
        let mut named = head.cookies_named(name);
        assert!(named.any(|value| value == KNOWN.cookie));
        assert_eq!(claim.user, USER);
    }
    let answer = response::Response::see_other(&again).head(0);
    let answer = String::from_utf8(answer).expect("text");
    assert!(!answer.trim_end().contains("\r\n\r\n"), "{answer}");
}

/// An address that is understood is written in one way only.
fn judge_address(address: &str) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    for path in [path, "/folder", "/message", "/part", "/frame", "/sign-in"] {
        if let Ok(route) = Route::parse("GET", path, query) {
            let href = route.href(&route::Base::default());
            assert!(is_plain(&href) && !href.starts_with("//"), "{href}");
            let (path, query) = href.split_once('?').unwrap_or((&href, ""));
            assert_eq!(Route::parse("GET", path, query), Ok(route), "{href}");
        }
    }
}

/// Fit for a header line and for an address in it.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}
