//! An answer as a visitor sees it: status, headers, visible text, links and forms. Every expectation that fails ends the
//! test with the whole story: request, answer, logs.

use scraper::{ElementRef, Html};

use super::form::Form;
use super::http::Response;
use super::text::{contains_words, css, in_order, is_hidden, visible_text};
use super::visitor::{Request, Visitor};

/// An answer.
#[derive(Clone)]
pub struct Page {
    visitor: Visitor,
    request: Request,
    response: Response,
    redirects: Vec<(u16, String)>,
}

/// A number and words of a `Server-Timing` entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timing {
    /// Milliseconds.
    pub millis: f64,
    /// The description, empty where there is none.
    pub words: String,
}

impl Timing {
    /// The whole numbers in the description, in their order.
    pub fn numbers(&self) -> Vec<u64> {
        self.words
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect()
    }
}

impl Page {
    /// The answer to a request of a visitor.
    pub fn new(visitor: Visitor, request: Request, response: Response) -> Page {
        Page {
            visitor,
            request,
            response,
            redirects: Vec::new(),
        }
    }

    /// The next answer, which this one redirected to.
    pub fn after(mut self, mut next: Page) -> Page {
        self.redirects
            .push((self.response.status, self.header("location").to_owned()));
        next.redirects = self.redirects;
        next
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// Expects a status code.
    pub fn has_status(&self, status: u16) -> &Page {
        self.expect(self.status() == status, || {
            format!("the status is not {status}")
        })
    }

    /// The value of a header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.response.header(name).unwrap_or_default()
    }

    /// The whole answer.
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.response.body
    }

    /// The body as text.
    pub fn source(&self) -> String {
        String::from_utf8_lossy(&self.response.body).into_owned()
    }

    /// What was asked for.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The path and query that this is the answer for.
    pub fn target(&self) -> &str {
        &self.request.target
    }

    /// The redirects that led here: status and Location of each.
    pub fn redirects(&self) -> &[(u16, String)] {
        &self.redirects
    }

    /// Where this answer redirects to: path and query, on the same server.
    pub fn redirect_target(&self) -> Option<String> {
        if !matches!(self.status(), 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let location = self.header("location");
        let origin = format!("http://{}", self.visitor.server());
        let local = location.strip_prefix(&origin).unwrap_or(location);
        self.expect(local.starts_with('/'), || {
            format!("a redirect to {location}")
        });
        Some(local.to_owned())
    }

    /// Follows the redirects of this answer.
    pub fn follow(self) -> Page {
        let visitor = self.visitor.clone();
        visitor.follow(self)
    }

    /// An entry of `Server-Timing`.
    pub fn server_timing(&self, name: &str) -> Timing {
        let header = self.header("server-timing");
        let entries = split_outside_quotes(header, ',');
        let Some(entry) = entries
            .iter()
            .find(|e| e.split(';').next().map(str::trim) == Some(name))
        else {
            panic!("{}", self.report(&format!("no Server-Timing {name}")));
        };
        let mut timing = Timing::default();
        for part in split_outside_quotes(entry, ';').into_iter().skip(1) {
            match part.trim().split_once('=') {
                Some(("dur", millis)) => timing.millis = millis.parse().expect("milliseconds"),
                Some(("desc", words)) => timing.words = words.trim_matches('"').to_owned(),
                _ => {}
            }
        }
        timing
    }

    /// Who got this answer.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The parsed document.
    pub fn html(&self) -> Html {
        Html::parse_document(&self.source())
    }

    /// The text of the first element that a CSS selector finds, white space put in order; None if there is none.
    pub fn text_of(&self, selector: &str) -> Option<String> {
        self.texts_of(selector).into_iter().next()
    }

    /// The texts of all elements that a CSS selector finds.
    pub fn texts_of(&self, selector: &str) -> Vec<String> {
        self.html()
            .select(&css(selector))
            .map(visible_text)
            .collect()
    }

    /// An attribute of all elements that a CSS selector finds and that have it.
    pub fn attributes_of(&self, selector: &str, attribute: &str) -> Vec<String> {
        let html = self.html();
        html.select(&css(selector))
            .filter_map(|e| e.attr(attribute).map(str::to_owned))
            .collect()
    }

    /// Whether the body holds these bytes anywhere.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        self.body().windows(bytes.len()).any(|at| at == bytes)
    }

    /// The document in the one frame of the page.
    pub fn frame(&self) -> Page {
        let frames = self.attributes_of("iframe", "src");
        self.expect(frames.len() == 1, || format!("frames: {frames:?}"));
        self.visitor.get_once(&frames[0])
    }

    /// The answer that the nth link of those that a selector chooses leads to, counted from 0.
    pub fn open_nth(&self, selector: &str, nth: usize) -> Page {
        let all = self.attributes_of(selector, "href");
        self.expect(nth < all.len(), || {
            format!("{selector}: {} links", all.len())
        });
        self.visitor.get(&all[nth])
    }

    /// All text that a reader sees.
    pub fn text(&self) -> String {
        self.html()
            .root_element()
            .select(&css("body"))
            .map(visible_text)
            .collect()
    }

    /// Expects these words, as whole words, in the visible text or the title.
    pub fn shows(&self, words: &str) -> &Page {
        self.expect(self.has_words(words), || {
            format!("the page does not show \u{201c}{words}\u{201d}")
        })
    }

    /// Expects these words nowhere in the visible text or the title.
    pub fn hides(&self, words: &str) -> &Page {
        self.expect(!self.has_words(words), || {
            format!("the page shows \u{201c}{words}\u{201d}")
        })
    }

    /// Whether these words, as whole words, stand in the visible text or the title.
    pub fn has_words(&self, words: &str) -> bool {
        let words = in_order(words);
        let is_html = self.header("content-type").starts_with("text/html");
        if !is_html {
            return contains_words(&in_order(&self.source()), &words);
        }
        contains_words(&self.text(), &words)
            || self
                .texts_of("title")
                .iter()
                .any(|t| contains_words(t, &words))
    }

    /// Expects something of this page, told in words if it is not so.
    pub fn expect(&self, holds: bool, otherwise: impl FnOnce() -> String) -> &Page {
        assert!(holds, "{}", self.report(&otherwise()));
        self
    }

    /// Where the link leads whose text, title or label this is.
    pub fn link(&self, words: &str) -> String {
        match self.find(words) {
            Target::Link(href) => href,
            Target::Button { .. } => {
                panic!(
                    "{}",
                    self.report(&format!("\u{201c}{words}\u{201d} is a button"))
                )
            }
        }
    }

    /// Whether there is a link or button of this text, title or label.
    pub fn has_link(&self, words: &str) -> bool {
        !self.candidates(words).is_empty()
    }

    /// Clicks on the link or button whose text, title or label this is: exactly, or else the one that contains it.
    pub fn click(&self, words: &str) -> Page {
        self.visitor.follow(self.click_once(words))
    }

    /// The same, taking the first answer.
    pub fn click_once(&self, words: &str) -> Page {
        match self.find(words) {
            Target::Link(href) => self
                .visitor
                .send(&Request::new("GET", &self.absolute(&href))),
            Target::Button { form, name, value } => {
                let mut form = self.nth_form(form);
                if !name.is_empty() {
                    form = form.smuggle(&name, &value);
                }
                form.submit_once()
            }
        }
    }

    /// The form that is found by its id, name, or the end of its action's path (`sign-in` for `/cgi-bin/postern/sign-in`).
    pub fn form(&self, which: &str) -> Form<'_> {
        let html = self.html();
        let found = html.select(&css("form")).position(|form| {
            let action = form.attr("action").unwrap_or_default();
            let path = action.split('?').next().unwrap_or_default();
            [form.attr("id"), form.attr("name")].contains(&Some(which))
                || path.rsplit('/').next() == Some(which)
        });
        match found {
            Some(nth) => self.nth_form(nth),
            None => {
                let all = self.attributes_of("form", "action");
                panic!(
                    "{}",
                    self.report(&format!("no form {which}; there are {all:?}"))
                )
            }
        }
    }

    /// All its forms.
    pub fn forms(&self) -> Vec<Form<'_>> {
        let count = self.html().select(&css("form")).count();
        (0..count).map(|nth| self.nth_form(nth)).collect()
    }

    /// One of several forms that look alike.
    pub fn form_at(&self, selector: &str, nth: usize) -> Form<'_> {
        let html = self.html();
        match html.select(&css(selector)).nth(nth) {
            Some(form) => Form::new(self, &html, form),
            None => panic!("{}", self.report(&format!("no {selector} {nth}"))),
        }
    }

    fn nth_form(&self, nth: usize) -> Form<'_> {
        let html = self.html();
        let form = html.select(&css("form")).nth(nth);
        Form::new(self, &html, form.expect("the form found before"))
    }

    /// Path and query of a link of this page.
    pub fn absolute(&self, href: &str) -> String {
        let href = href.split('#').next().unwrap_or_default();
        let origin = format!("http://{}", self.visitor.server());
        let href = href.strip_prefix(&origin).unwrap_or(href);
        let path = self.target().split('?').next().unwrap_or_default();
        if href.starts_with('/') {
            href.to_owned()
        } else if href.is_empty() {
            self.target().to_owned()
        } else if href.starts_with('?') {
            format!("{path}{href}")
        } else {
            self.expect(!href.contains("://"), || {
                format!("the link {href} leads elsewhere")
            });
            let dir = path.rfind('/').map_or("/", |end| &path[..=end]);
            format!("{dir}{href}")
        }
    }

    fn find(&self, words: &str) -> Target {
        let mut found = self.candidates(words);
        found.dedup();
        match found.len() {
            1 => found.remove(0),
            0 => {
                let all = self
                    .clickable()
                    .into_iter()
                    .map(|(names, _)| names.join(" | "));
                let all: Vec<String> = all.collect();
                let all = all.join("\n    ");
                panic!(
                    "{}",
                    self.report(&format!(
                        "nothing to click says {words:?}; there is:\n    {all}"
                    ))
                )
            }
            n => panic!(
                "{}",
                self.report(&format!("{n} different links say {words:?}: {found:?}"))
            ),
        }
    }

    /// What these words may mean: those of the first rank that fits anything.
    fn candidates(&self, words: &str) -> Vec<Target> {
        let words = in_order(words);
        let all = self.clickable();
        for exactly in [true, false] {
            let fits = |name: &String| {
                if exactly {
                    *name == words
                } else {
                    contains_words(name, &words)
                }
            };
            let found: Vec<Target> = all
                .iter()
                .filter(|(names, _)| names.iter().any(fits))
                .map(|(_, target)| target.clone())
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// Everything that can be clicked, with its text, title and label.
    fn clickable(&self) -> Vec<(Vec<String>, Target)> {
        let html = self.html();
        let forms: Vec<ElementRef> = html.select(&css("form")).collect();
        html.select(&css("a[href], button, input[type=submit]"))
            .filter(|e| !is_hidden(*e))
            .filter_map(|e| {
                let mut names = vec![visible_text(e)];
                names.extend(
                    ["title", "aria-label"]
                        .iter()
                        .filter_map(|a| e.attr(a))
                        .map(in_order),
                );
                let target = if let Some(href) = e.attr("href") {
                    Target::Link(href.to_owned())
                } else {
                    names.extend(
                        (e.value().name() == "input")
                            .then(|| e.attr("value"))
                            .flatten()
                            .map(in_order),
                    );
                    let owner = match e.attr("form") {
                        Some(id) => forms.iter().position(|f| f.attr("id") == Some(id)),
                        None => forms
                            .iter()
                            .position(|f| e.ancestors().any(|a| a.id() == f.id())),
                    };
                    Target::Button {
                        form: owner?,
                        name: e.attr("name").unwrap_or_default().to_owned(),
                        value: e.attr("value").unwrap_or_default().to_owned(),
                    }
                };
                names.retain(|n| !n.is_empty());
                Some((names, target))
            })
            .collect()
    }

    /// The whole story, under a headline.
    pub fn report(&self, what: &str) -> String {
        let Request { method, target, .. } = &self.request;
        let headers: String = self
            .response
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        let excerpt: String = if self.header("content-type").starts_with("text/html") {
            format!("{}\n--- as HTML:\n{}", self.text(), self.source())
        } else {
            self.source()
        };
        let excerpt: String = excerpt.chars().take(6000).collect();
        format!(
            "{what}\n--- {method} {target}\n--- after redirects {:?}\n--- {} in {:?}\n{headers}--- body:\n{excerpt}\n{}",
            self.redirects,
            self.status(),
            self.response.took,
            self.visitor.evidence()
        )
    }
}

/// What a click does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Link(String),
    Button {
        form: usize,
        name: String,
        value: String,
    },
}

fn split_outside_quotes(text: &str, at: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '"';
        c == at && !quoted
    })
    .collect()
}
