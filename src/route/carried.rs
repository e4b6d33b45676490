//! What goes with a message of others, as one field of its form has it.

use super::Base;
use super::query::{Link, Query};
use crate::error::{Error, Result};
use crate::mail::{Carried, Encoding};

/// The encodings, by their names here.
const ENCODINGS: [(&str, Encoding); 4] = [
    ("", Encoding::Plain),
    ("b", Encoding::Base64),
    ("q", Encoding::QuotedPrintable),
    ("u", Encoding::Uu),
];

/// Reads what `to_text` wrote.
pub(super) fn read(text: &str) -> Result<Carried> {
    let fields = Query::read(text);
    let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let encoding = text("enc");
    let mut encodings = ENCODINGS.into_iter();
    let encoding = encodings.find(|(name, _)| *name == encoding);
    Ok(Carried {
        number: fields.number("n")?,
        message: fields.message()?,
        part: fields.nested("p")?,
        name: text("name"),
        kind: text("kind"),
        encoding: encoding.ok_or(Error::BadRequest("enc"))?.1,
        size: fields.number("size")?,
    })
}

/// As a form has it.
pub(super) fn to_text(carried: &Carried) -> String {
    let mut link = Link::new(&Base::default());
    link.set("n", &carried.number.to_string());
    link.message(&carried.message);
    link.nested("p", &carried.part);
    link.some("name", &carried.name);
    link.some("kind", &carried.kind);
    let mut encodings = ENCODINGS.into_iter();
    let encoding = encodings.find(|(_, encoding)| *encoding == carried.encoding);
    link.some("enc", encoding.map_or("", |(name, _)| name));
    link.set("size", &carried.size.to_string());
    link.0.trim_start_matches('?').to_owned()
}
