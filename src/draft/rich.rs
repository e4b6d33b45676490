//! A message in rich text: its text, its HTML and the pictures in that (RFC 2046 5.1.4, RFC 2387).
//!
//! Not for what may stand in the HTML (`clean`).

use std::io::{self, Write as _};

use mail_builder::headers::content_type::ContentType;
use mail_builder::mime::MimePart;

use crate::clean::{self, Picture};

/// A line of base64, in letters (RFC 2045 6.8).
const LINE: usize = 76;

/// What stands around the HTML of a message. It is laid out by the standards, and its lines are not letters of another kind.
const BEFORE: &str = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n";
const BEHIND: &str = "\n</body></html>\n";

/// The part with all of it. `text` is the part with its text, `id` the Message-ID, and `boundary` divides the message.
///
/// # Errors
/// None that memory does not have.
pub(super) fn rich_part(text: &[u8], html: &str, id: &str, boundary: &str) -> io::Result<Vec<u8>> {
    let random = boundary.trim_start_matches(['=', '_']).to_owned();
    let domain = id.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain = domain.to_owned();
    let (html, pictures) = clean::sent(html, move |n| format!("{n}.{random}@{domain}"));
    let kind = ContentType::new("text/html").attribute("charset", "utf-8");
    let mut part = Vec::new();
    MimePart::new(kind, format!("{BEFORE}{html}{BEHIND}")).write_part(&mut part);
    let mut all = Vec::new();
    write!(
        all,
        "Content-Type: multipart/alternative;\r\n boundary=\"{boundary}a\"\r\n\r\n--{boundary}a\r\n"
    )?;
    all.extend_from_slice(text);
    write!(all, "\r\n--{boundary}a\r\n")?;
    if pictures.is_empty() {
        all.extend_from_slice(&part);
    } else {
        write!(
            all,
            "Content-Type: multipart/related; type=\"text/html\";\r\n boundary=\"{boundary}r\"\r\n\r\n--{boundary}r\r\n"
        )?;
        all.extend_from_slice(&part);
        for (nth, picture) in pictures.iter().enumerate() {
            write!(all, "\r\n--{boundary}r\r\n")?;
            picture_part(picture, nth, &mut all)?;
        }
        write!(all, "\r\n--{boundary}r--\r\n")?;
    }
    write!(all, "\r\n--{boundary}a--\r\n")?;
    Ok(all)
}

fn picture_part(picture: &Picture, nth: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let Picture { id, kind, base64 } = picture;
    let ending = kind.rsplit('/').next().unwrap_or_default();
    let number = nth.saturating_add(1);
    write!(
        out,
        "Content-Type: {kind}; name=\"picture{number}.{ending}\"\r\n\
         Content-Disposition: inline; filename=\"picture{number}.{ending}\"\r\n\
         Content-ID: <{id}>\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    )?;
    for (nth, line) in base64.as_bytes().chunks(LINE).enumerate() {
        if nth > 0 {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(line);
    }
    Ok(())
}
