//! The attributes of a tag, judged: addresses, styles, spans; and what a tag that goes would have loaded.

use html5ever::tokenizer::Tag;

use super::{Reader, color};
use crate::clean::budget::{
    ATTRIBUTE_BYTES, ATTRIBUTES, EMBEDDED, EMBEDDED_BYTES, SIGNS, SPAN, SPANS,
};
use crate::clean::css::{Judge, is_own_colour};
use crate::clean::html::is_sign;
use crate::clean::{Load, PLACEHOLDER, is_attribute, is_own, link, load, prefixed, resolved};

impl Reader<'_> {
    /// The judged attributes of an element, as markup.
    pub(super) fn attributes(&mut self, tag: &Tag) -> String {
        let name = &*tag.name;
        let mut out = String::new();
        // A style has the last word, wherever it stands among the attributes.
        let (mut hint, mut style) = (String::new(), String::new());
        for attribute in tag.attrs.iter().take(ATTRIBUTES) {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            if key == "background" {
                hint = self.judge.declarations(&background(value));
            } else if key == "style" {
                style = self.judge.declarations(value);
            } else if key == "src" && name == "img" {
                self.image(tag, value, &mut out);
            } else if key == "href" && matches!(name, "a" | "area") {
                self.link(value, &mut out);
            } else if is_loader(key) {
                self.count_load(value);
            } else if is_attribute(name, key) {
                let old = color(value);
                self.found.colours |= match key {
                    "bgcolor" => is_own_colour("background", &old),
                    "color" => is_own_colour("color", &old),
                    _ => false,
                };
                match key {
                    "colspan" | "rowspan" | "span" if !self.has_room_for(value) => {}
                    "id" | "name" => write(key, &prefixed(value), &mut out),
                    "usemap" => write(
                        key,
                        &format!("#{}", prefixed(value.trim_start_matches('#'))),
                        &mut out,
                    ),
                    _ => write(key, value, &mut out),
                }
            }
        }
        let style = join(&hint, &style);
        if !style.is_empty() {
            write("style", &style, &mut out);
        }
        out
    }

    /// True where a table may have these columns or rows more.
    fn has_room_for(&mut self, span: &str) -> bool {
        let digits = span.trim().bytes().take_while(u8::is_ascii_digit).count();
        let number = span.trim().get(..digits).map(str::parse::<usize>);
        let Some(Ok(number)) = number.filter(|n| *n != Ok(0)) else {
            return false;
        };
        self.spans = self.spans.saturating_add(number.min(SPAN));
        number <= SPAN && self.spans <= SPANS
    }

    fn image(&mut self, tag: &Tag, address: &str, out: &mut String) {
        let what = match load(&resolved(address, self.base.as_deref())) {
            // RFC 2557: a page that was saved with its pictures names them by the address that they had.
            Load::Remote(_) | Load::Nothing
                if self.embedded_bytes <= EMBEDDED_BYTES
                    && (self.how.inline)(address.trim()).is_some() =>
            {
                Load::Part(address.trim().to_owned())
            }
            what => what,
        };
        let kept = match what {
            Load::Data(data) => Some(data),
            Load::Part(id) => {
                // A mail may name one image ten thousand times, and each time its bytes would be written again.
                let has_room = self.embedded_bytes <= EMBEDDED_BYTES;
                let address = has_room.then(|| (self.how.inline)(&id)).flatten();
                let shown = address.filter(|address| {
                    self.embedded_bytes = self.embedded_bytes.saturating_add(address.len());
                    self.embedded_bytes <= EMBEDDED_BYTES
                });
                if !self.found.embedded.contains(&id) && self.found.embedded.len() < EMBEDDED {
                    self.found.embedded.push(id);
                }
                if let Some(address) = &shown
                    && !self.found.inline.contains(address)
                {
                    self.found.inline.push(address.clone());
                }
                shown
            }
            Load::Remote(url) if is_own(&url, self.how.own_origin) => None,
            Load::Remote(url) if self.how.remote => Some(url),
            Load::Refused => {
                self.found.held_back = self.found.held_back.saturating_add(1);
                None
            }
            Load::Remote(_) => {
                self.found.held_back = self.found.held_back.saturating_add(1);
                self.found.on_request = self.found.on_request.saturating_add(1);
                let tiny = |key: &str| {
                    let value = tag
                        .attrs
                        .iter()
                        .find(|a| &*a.name.local == key)
                        .map(|a| a.value.trim().to_owned());
                    value.is_some_and(|v| matches!(v.trim_end_matches("px"), "0" | "1"))
                };
                self.found.trackers = self
                    .found
                    .trackers
                    .saturating_add(u32::from(tiny("width") && tiny("height")));
                None
            }
            Load::Nothing => None,
        };
        if let Some(kept) = kept {
            write("src", &kept, out);
        }
    }

    /// In the place of a picture that is held back: as large as it would be, with what its writer says is on it.
    pub(super) fn placeholder(&mut self, tag: &Tag) {
        let value = |key: &str| {
            let found = tag.attrs.iter().find(|a| &*a.name.local == key);
            found.map_or("", |a| a.value.trim())
        };
        let (width, height) = (value("width"), value("height"));
        let hint = [("width", length(width)), ("height", length(height))]
            .into_iter()
            .filter_map(|(name, length)| Some(format!("{name}:{}", length?)))
            .chain(ratio(width, height))
            .collect::<Vec<_>>()
            .join(";");
        // Its declarations have been judged with the tag, as far as they cost or load anything.
        let style = Judge::for_attribute(false, None).declarations(value("style"));
        let mut out = String::from("<span");
        write(
            "class",
            &format!("{PLACEHOLDER} {}", begin(value("class"))),
            &mut out,
        );
        let style = join(&hint, &style);
        if !style.is_empty() {
            write("style", &style, &mut out);
        }
        out.push('>');
        let mut alt = String::new();
        self.letters(begin(value("alt")), &mut alt);
        escape(&alt, &mut out);
        out.push_str("</span>");
        self.written = self.written.saturating_add(out.len());
        self.found.markup.push_str(&out);
    }

    fn link(&mut self, address: &str, out: &mut String) {
        // A place without a name is none: such a link looks like one, and does nothing.
        if let Some(place) = address.trim().strip_prefix('#') {
            write("href", &format!("#{}", prefixed(place)), out);
            write("target", "_self", out);
        } else if let Some(href) = link(&resolved(address, self.base.as_deref()))
            .filter(|h| !is_own(h, self.how.own_origin))
        {
            write("href", &href, out);
            write("target", "_blank", out);
        }
    }

    pub(super) fn count_loads(&mut self, tag: &Tag) {
        for attribute in tag.attrs.iter().take(ATTRIBUTES) {
            let key = &*attribute.name.local;
            if is_loader(key)
                || (key == "href" && matches!(&*tag.name, "link" | "image" | "use"))
                || key == "src"
            {
                self.count_load(&attribute.value);
            }
        }
    }

    fn count_load(&mut self, address: &str) {
        if matches!(load(address), Load::Remote(_) | Load::Refused) {
            self.found.held_back = self.found.held_back.saturating_add(1);
        }
    }
}

/// Attributes that load, and are never kept.
fn is_loader(key: &str) -> bool {
    matches!(
        key,
        "srcset" | "poster" | "lowsrc" | "dynsrc" | "data" | "imagesrcset" | "background"
    )
}

/// A length of an attribute as style has it: `600`, `600px`, `50%`.
fn length(value: &str) -> Option<String> {
    let number = value.trim_end_matches("px").trim_end_matches('%');
    let is_number = (1..=4).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let unit = if value.ends_with('%') { "%" } else { "px" };
    is_number.then(|| format!("{number}{unit}"))
}

/// The shape of a picture whose width and height are both told.
fn ratio(width: &str, height: &str) -> Option<String> {
    let pixels = |value: &str| length(value)?.strip_suffix("px").map(str::to_owned);
    Some(format!(
        "aspect-ratio:{}/{}",
        pixels(width)?,
        pixels(height)?
    ))
}

/// An address as the declaration of a background image.
pub(super) fn background(address: &str) -> String {
    let plain = address.replace('\\', "/").replace(['"', '\n', '\r'], "");
    format!("background-image:url(\"{plain}\")")
}

pub(super) fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.to_owned(),
        (_, true) => first.to_owned(),
        _ => format!("{first};{second}"),
    }
}

/// The beginning of a text, up to `ATTRIBUTE_BYTES`.
pub(super) fn begin(text: &str) -> &str {
    text.get(..text.floor_char_boundary(ATTRIBUTE_BYTES))
        .unwrap_or(text)
}

fn write(key: &str, value: &str, out: &mut String) {
    let value = match key {
        "href" | "src" | "style" => value,
        _ => begin(value),
    };
    if value.bytes().filter(|b| is_sign(*b)).count() > SIGNS {
        return;
    }
    out.push(' ');
    out.push_str(key);
    out.push_str("=\"");
    escape(value, out);
    out.push('"');
}

pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}
