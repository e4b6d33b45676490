//! A form of a page: what is in it, filled in and sent as a browser does.

use scraper::{ElementRef, Html};

use super::page::Page;
use super::text::{css, visible_text};
use super::visitor::Request;

/// A form being filled in.
pub struct Form<'p> {
    page: &'p Page,
    method: String,
    action: String,
    names: Vec<String>,
    buttons: Vec<(String, String)>,
    fields: Vec<(String, String)>,
    is_multipart: bool,
    files: Vec<ChosenFile>,
}

/// A file that somebody has chosen.
struct ChosenFile {
    field: String,
    name: String,
    kind: Option<String>,
    bytes: Vec<u8>,
}

impl<'p> Form<'p> {
    /// A form of a page, as it is before anybody touches it.
    pub fn new(page: &'p Page, html: &Html, form: ElementRef) -> Form<'p> {
        let id = form.attr("id");
        let (inside, outside) = (
            css("input, select, textarea"),
            css("input[form], select[form], textarea[form]"),
        );
        let own = form
            .select(&inside)
            .filter(|e| e.attr("form").is_none_or(|owner| Some(owner) == id));
        let foreign = html
            .select(&outside)
            .filter(|e| id.is_some() && e.attr("form") == id);
        let mut controls: Vec<ElementRef> = own.collect();
        controls.extend(foreign.filter(|e| !e.ancestors().any(|a| a.id() == form.id())));
        let action = form.attr("action").unwrap_or_default();
        Form {
            page,
            method: form.attr("method").unwrap_or("get").to_ascii_uppercase(),
            action: page.absolute(if action.is_empty() {
                page.target()
            } else {
                action
            }),
            names: controls
                .iter()
                .filter_map(|e| e.attr("name").map(str::to_owned))
                .collect(),
            buttons: form
                .select(&css("button[name]"))
                .filter_map(|e| Some((e.attr("name")?.to_owned(), e.attr("value")?.to_owned())))
                .collect(),
            fields: controls.into_iter().filter_map(field).collect(),
            is_multipart: form.attr("enctype") == Some("multipart/form-data"),
            files: Vec::new(),
        }
    }

    /// Fills a field, chooses of a list, or ticks the box that has this value.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        let there = self.names.iter().any(|n| n == name);
        let names = &self.names;
        self.page.expect(there, || {
            format!("the form has no field {name}, only {names:?}")
        });
        self.fields.retain(|(n, _)| n != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Ticks a further box of this name.
    pub fn tick(mut self, name: &str, value: &str) -> Self {
        let box_ = format!("input[type=checkbox][name=\"{name}\"][value=\"{value}\"]");
        let there = self.page.html().select(&css(&box_)).next().is_some();
        self.page.expect(there, || format!("no box {name}={value}"));
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Chooses a further file.
    pub fn file(self, field: &str, name: &str, bytes: &[u8]) -> Self {
        self.choose(ChosenFile {
            field: field.to_owned(),
            name: name.to_owned(),
            kind: None,
            bytes: bytes.to_vec(),
        })
    }

    /// Chooses a further file, of which the browser tells the media type.
    pub fn file_of(self, field: &str, name: &str, kind: &str, bytes: &[u8]) -> Self {
        self.choose(ChosenFile {
            field: field.to_owned(),
            name: name.to_owned(),
            kind: Some(kind.to_owned()),
            bytes: bytes.to_vec(),
        })
    }

    fn choose(mut self, file: ChosenFile) -> Self {
        let field = &file.field;
        let there = self.names.iter().any(|n| n == field);
        self.page.expect(there && self.is_multipart, || {
            format!("no files in {field}")
        });
        self.files.push(file);
        self
    }

    /// Presses the button that has this value.
    pub fn press(mut self, name: &str, value: &str) -> Page {
        let button = format!("button[name=\"{name}\"][value=\"{value}\"]");
        let there = self.page.html().select(&css(&button)).next().is_some();
        self.page
            .expect(there, || format!("no button {name}={value}"));
        self.fields.push((name.to_owned(), value.to_owned()));
        self.submit()
    }

    /// Adds a field that the form does not have, as somebody hostile does.
    pub fn smuggle(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes a field out, or a tick away.
    pub fn unset(mut self, name: &str) -> Self {
        self.fields.retain(|(n, _)| n != name);
        self
    }

    /// The end of the path that it is sent to.
    pub fn target(&self) -> &str {
        let path = self.action.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    /// The names of its fields, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Its buttons that say something, by name and value.
    pub fn buttons(&self) -> &[(String, String)] {
        &self.buttons
    }

    /// What is in a field now.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Sends it, following redirects.
    pub fn submit(self) -> Page {
        let visitor = self.page.visitor().clone();
        visitor.follow(self.submit_once())
    }

    /// Sends it, taking the first answer.
    pub fn submit_once(self) -> Page {
        let visitor = self.page.visitor();
        visitor.send(&self.request())
    }

    /// The request that sending it would make.
    pub fn request(&self) -> Request {
        if self.method == "POST" {
            let origin = format!("http://{}", self.page.visitor().server());
            if self.is_multipart {
                return self.multipart().header("Origin", &origin);
            }
            return Request::new("POST", &self.action)
                .form(&self.fields)
                .header("Origin", &origin);
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.fields);
        let path = self.action.split('?').next().unwrap_or_default();
        Request::new("GET", &format!("{path}?{}", query.finish()))
    }
}

impl Form<'_> {
    /// As a browser sends a form with files (RFC 7578).
    fn multipart(&self) -> Request {
        let mut body = Vec::new();
        let mut part = |parameters: String, content: &[u8]| {
            let head =
                format!("--b0undary\r\nContent-Disposition: form-data; {parameters}\r\n\r\n");
            body.extend([head.as_bytes(), content, b"\r\n"].concat());
        };
        for (name, value) in &self.fields {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        for file in &self.files {
            let (field, name) = (&file.field, file.name.replace('"', "%22"));
            let mut parameters = format!("name=\"{field}\"; filename=\"{name}\"");
            if let Some(kind) = &file.kind {
                parameters.push_str(&format!("\r\nContent-Type: {kind}"));
            }
            part(parameters, &file.bytes);
        }
        body.extend(b"--b0undary--\r\n");
        let request = Request::new("POST", &self.action);
        let mut request = request.header("Content-Type", "multipart/form-data; boundary=b0undary");
        request.body = body;
        request
    }
}

/// What a control contributes to its form when nobody touches it.
fn field(e: ElementRef) -> Option<(String, String)> {
    let name = e.attr("name")?.to_owned();
    if e.attr("disabled").is_some() {
        return None;
    }
    let value = match e.value().name() {
        "textarea" => e.text().collect(),
        "select" => {
            let options: Vec<ElementRef> = e.select(&css("option")).collect();
            let chosen = options
                .iter()
                .find(|o| o.attr("selected").is_some())
                .or(options.first())?;
            let text = || visible_text(*chosen);
            chosen.attr("value").map_or_else(text, str::to_owned)
        }
        _ => {
            let value = e.attr("value");
            match e.attr("type").unwrap_or("text") {
                "submit" | "button" | "image" | "reset" | "file" => return None,
                "checkbox" | "radio" => {
                    e.attr("checked")?;
                    value.unwrap_or("on").to_owned()
                }
                _ => value.unwrap_or_default().to_owned(),
            }
        }
    };
    Some((name, value))
}
