//! Somebody who visits the site with a browser that has no JavaScript: keeps a connection and cookies, follows
//! redirects. What a page shows and what can be clicked on it stands in `page.rs`.

use std::fmt::Write as _;
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::cookies::{Cookie, Jar};
use super::http::{self, Connection, Response};
use super::page::Page;

/// What is added to the report of a failure: logs, dialogue, where the state is kept.
pub type Evidence = Arc<dyn Fn() -> String + Send + Sync>;

/// How many redirects in a row a browser follows.
const REDIRECTS: usize = 5;

/// A visitor. A clone is the same one: the same cookies, the same connection.
#[derive(Clone)]
pub struct Visitor {
    inner: Arc<Mutex<Browser>>,
    base: Arc<str>,
    server: SocketAddr,
    evidence: Evidence,
}

struct Browser {
    connection: Connection,
    jar: Jar,
}

/// A request before it is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Headers beside Host, Cookie and Content-Length.
    pub headers: Vec<(String, String)>,
    /// The body; none, if it is empty and the method is GET or HEAD.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without body.
    pub fn new(method: &str, target: &str) -> Request {
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a body, as a form sends it.
    pub fn form(mut self, fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> Request {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            body.append_pair(name.as_ref(), value.as_ref());
        }
        self.body = body.finish().into_bytes();
        self.header("Content-Type", "application/x-www-form-urlencoded")
    }

    fn bytes(&self, server: SocketAddr, cookies: Option<&str>) -> Vec<u8> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {server}\r\n",
            self.method, self.target
        );
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").expect("a string");
        }
        if let Some(cookies) = cookies {
            write!(head, "Cookie: {cookies}\r\n").expect("a string");
        }
        if !self.body.is_empty() || !matches!(self.method.as_str(), "GET" | "HEAD") {
            write!(head, "Content-Length: {}\r\n", self.body.len()).expect("a string");
        }
        [format!("{head}\r\n").as_bytes(), &self.body].concat()
    }
}

impl Visitor {
    /// A visitor of the installation whose addresses begin with `base`, without cookies.
    pub fn new(server: SocketAddr, base: &str, evidence: Evidence) -> Visitor {
        Visitor {
            inner: Arc::new(Mutex::new(Browser {
                connection: Connection::to(server),
                jar: Jar::default(),
            })),
            base: base.into(),
            server,
            evidence,
        }
    }

    /// Another visitor with a connection of its own and, at this moment, the same cookies: a second tab that is loading
    /// at the same time.
    pub fn tab(&self) -> Visitor {
        let other = Visitor::new(self.server, &self.base, Arc::clone(&self.evidence));
        other.browser().jar = self.browser().jar.clone();
        other
    }

    /// Opens the message of this subject from the first page of the list.
    pub fn open_mail(&self, subject: &str) -> Page {
        self.get("/").click(subject)
    }

    /// Opens a path below the base (or with the base in front), following redirects.
    pub fn get(&self, path: &str) -> Page {
        self.follow(self.send(&Request::new("GET", &self.address(path))))
    }

    /// Opens a path below the base, taking the first answer, whatever it is.
    pub fn get_once(&self, path: &str) -> Page {
        self.send(&Request::new("GET", &self.address(path)))
    }

    /// Sends a form to a path below the base, taking the first answer.
    pub fn post_once(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = format!("http://{}", self.server);
        let request = Request::new("POST", &self.address(path)).form(fields);
        self.send(&request.header("Origin", &origin))
    }

    /// The address of a path below the base.
    pub fn address(&self, path: &str) -> String {
        let has_base = path
            .strip_prefix(&*self.base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
        if has_base && !self.base.is_empty() {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        }
    }

    /// Sends a request with the cookies that belong to it, and takes the cookies that come back.
    pub fn send(&self, request: &Request) -> Page {
        let mut browser = self.browser();
        let cookies = browser.jar.header(&request.target);
        let bytes = request.bytes(self.server, cookies.as_deref());
        let answer = browser
            .connection
            .exchange(&bytes, request.method == "HEAD");
        let response = match answer {
            Ok(response) => response,
            Err(e) => {
                drop(browser);
                let (method, target) = (&request.method, &request.target);
                panic!("{method} {target}: {e}\n{}", (self.evidence)());
            }
        };
        for (name, value) in &response.headers {
            if name == "set-cookie" {
                browser.jar.take(value, &request.target);
            }
        }
        drop(browser);
        Page::new(self.clone(), request.clone(), response)
    }

    /// Follows the redirects of an answer, as a browser does.
    pub fn follow(&self, mut page: Page) -> Page {
        for _ in 0..REDIRECTS {
            match page.redirect_target() {
                // The same is sent there.
                Some(target) if page.status() == 307 => {
                    let again = Request {
                        target,
                        ..page.request().clone()
                    };
                    page = page.after(self.send(&again));
                }
                Some(target) => page = page.after(self.send(&Request::new("GET", &target))),
                None => return page,
            }
        }
        panic!("{}", page.report("more than five redirects in a row"));
    }

    /// Sends these bytes on a connection of their own and reads one response; None if the server only closes.
    pub fn raw(&self, bytes: &[u8]) -> Option<Response> {
        let mut stream = self.open();
        // The server may have had enough before the last byte; its answer is there all the same.
        let _sent = stream.write_all(bytes);
        http::read(&mut BufReader::new(stream), false).ok()
    }

    /// Sends these bytes on a connection of their own, then no more, and reads all that comes.
    pub fn raw_to_end(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.open();
        let _sent = stream
            .write_all(bytes)
            .and_then(|()| stream.shutdown(Shutdown::Write));
        let mut all = Vec::new();
        let _read = stream.read_to_end(&mut all);
        all
    }

    /// A connection of its own to the server, for a request that is sent slowly or left.
    pub fn open(&self) -> TcpStream {
        let stream =
            TcpStream::connect(self.server).unwrap_or_else(|e| panic!("{}: {e}", self.server));
        stream
            .set_read_timeout(Some(Duration::from_secs(90)))
            .expect("a timeout");
        stream
    }

    /// The bytes of a request of this visitor, cookies included, for `raw` and `open`.
    pub fn bytes_of(&self, request: &Request) -> Vec<u8> {
        let cookies = self.browser().jar.header(&request.target);
        request.bytes(self.server, cookies.as_deref())
    }

    /// Opens all these paths at the same time, each on a connection of its own; the answers in the same order.
    pub fn get_at_once(&self, paths: &[&str]) -> Vec<Page> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = paths
                .iter()
                .map(|path| {
                    let tab = self.tab();
                    scope.spawn(move || tab.get_once(path))
                })
                .collect();
            threads
                .into_iter()
                .map(|t| t.join().expect("a visit"))
                .collect()
        })
    }

    /// The cookies as they are now.
    pub fn cookies(&self) -> Vec<Cookie> {
        self.browser().jar.all().to_vec()
    }

    /// The one cookie whose name begins so.
    pub fn cookie(&self, prefix: &str) -> Cookie {
        let all = self.cookies();
        let found = all.iter().find(|c| c.name.starts_with(prefix));
        found
            .unwrap_or_else(|| panic!("no cookie {prefix} in {all:?}"))
            .clone()
    }

    /// Puts a cookie into the browser.
    pub fn put_cookie(&self, cookie: Cookie) {
        self.browser().jar.put(cookie);
    }

    /// Takes what a `Set-Cookie` line says that came with the answer for `target`.
    pub fn take_cookie(&self, line: &str, target: &str) {
        self.browser().jar.take(line, target);
    }

    /// Forgets all cookies.
    pub fn forget_cookies(&self) {
        self.browser().jar.clear();
    }

    /// How many TCP connections this visitor has opened.
    pub fn connections(&self) -> usize {
        self.browser().connection.opened()
    }

    /// The server.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// What stands before all addresses of the installation.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Logs and dialogue, for a failure.
    pub fn evidence(&self) -> String {
        (self.evidence)()
    }

    fn browser(&self) -> MutexGuard<'_, Browser> {
        self.inner.lock().unwrap_or_else(|e| e.into_inner())
    }
}
