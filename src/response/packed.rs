//! Pages and files of our own in fewer bytes on the line, for a browser that takes gzip.
//!
//! Not for the HTML of a mail and its parts: what they hold was chosen by strangers alone. Not left to the web server, which
//! would pack without padding. To know before changing it: a list shows words of strangers beside those of its reader, so the
//! length of a packed page could tell somebody who sends mail and watches the line what else is in it (the BREACH attack).
//! Tokens have a fresh mask on each page (`seal::masked`), and each packed page is longer by a number of bytes that chance
//! draws.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};

use super::{Packing, Response};
use crate::error::{Cause, Error, Result};
use crate::seal;

/// Fewer bytes are sent as they are: they fit into two packets, packed or not.
const WORTH_IT: usize = 2_048;
/// Names what an extra field holds (RFC 1952 2.3.1.1); nobody reads this one.
const PADDING: [u8; 2] = *b"Pd";

impl Response {
    /// The same answer as gzip (RFC 1952) if the browser takes it and it is worth it.
    pub fn packed(self, takes_gzip: bool) -> Response {
        let padding = match self.packing {
            Packing::Never => return self,
            Packing::Padded => seal::random::<1>().map(|[length]| vec![0; usize::from(length)]),
            Packing::Plain => Ok(Vec::new()),
        };
        let response = self.with("Vary", "Accept-Encoding");
        if !takes_gzip || response.body.len() < WORTH_IT {
            return response;
        }
        match padding.and_then(|padding| gzip(&response.body, &padding)) {
            Ok(body) => Response { body, ..response }.with("Content-Encoding", "gzip"),
            Err(error) => {
                eprintln!("postern: a page is sent uncompressed: {error:?}");
                response
            }
        }
    }
}

/// `bytes` at the quickest level, behind a header that is longer by `padding`.
fn gzip(bytes: &[u8], padding: &[u8]) -> Result<Vec<u8>> {
    let failed = |e| Error::Internal(Cause::at("gzip", e));
    let length = u16::try_from(padding.len()).unwrap_or_default();
    let extra = [&PADDING[..], &length.to_le_bytes(), padding].concat();
    let mut out = GzBuilder::new()
        .extra(extra)
        .write(Vec::new(), Compression::fast());
    out.write_all(bytes).map_err(failed)?;
    out.finish().map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use maud::{PreEscaped, html};

    use super::*;
    use crate::assets::SCRIPT;

    fn unpacked(response: &Response) -> String {
        let mut text = String::new();
        GzDecoder::new(&response.body[..])
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
        let found = response.headers.iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_page_is_packed_and_the_same_page_has_another_length_each_time() {
        let words = "A row of a list. ".repeat(1_000);
        let page = || Response::page(200, html! { (words) }).packed(true);
        let lengths: BTreeSet<usize> = (0..40).map(|_| page().body.len()).collect();
        assert!(lengths.len() > 10, "{lengths:?}");
        assert!(lengths.iter().all(|length| *length < 1_000), "{lengths:?}");
        assert_eq!(unpacked(&page()), words);
        assert_eq!(header(&page(), "Content-Encoding"), Some("gzip"));
        assert_eq!(header(&page(), "Vary"), Some("Accept-Encoding"));
    }

    #[test]
    fn what_is_small_is_not_packed_nor_for_a_browser_that_does_not_take_it() {
        let short = Response::page(200, html! { "Short." }).packed(true);
        assert_eq!(short.body, b"Short.");
        let words = "Long. ".repeat(1_000);
        let long = Response::page(200, html! { (words) }).packed(false);
        assert_eq!(long.body, words.as_bytes());
        for response in [short, long] {
            assert_eq!(header(&response, "Content-Encoding"), None);
            // A cache on the way keeps both apart.
            assert_eq!(header(&response, "Vary"), Some("Accept-Encoding"));
        }
    }

    #[test]
    fn a_mail_and_its_parts_are_not_packed_and_our_own_files_have_no_padding() {
        let mail = "<p>A mail</p>".repeat(1_000);
        let frame = Response::frame(PreEscaped(mail.clone()), false).packed(true);
        assert_eq!(frame.body, mail.as_bytes());
        let part = Response::part("text/plain", "attachment".to_owned(), mail.into_bytes());
        assert_eq!(header(&part.packed(true), "Content-Encoding"), None);
        let file = || Response::asset(&SCRIPT, true).packed(true);
        assert_eq!(unpacked(&file()).as_bytes(), SCRIPT.bytes);
        assert_eq!(file().body, file().body);
    }
}
