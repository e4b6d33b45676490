//! The HTML of a message as one is written from it: quoted, forwarded, or written on.
//!
//! Not for showing it (`text`). To know before changing it: its pictures go along in it, as many as there is room for, so that
//! what is sent needs nothing of the message that it was; whoever writes learns how many are left out.

use super::text::{data_address, is_named};
use super::{Document, part};
use crate::clean::{self, Leads, MOST_HTML};
use crate::error::Result;
use crate::mail::{NestedPath, Part, Sought};
use crate::mailbox::{Mailbox, PartBytes};

/// Room that is left for what is written.
const OWN_BYTES: usize = 256 * 1024;
/// Pictures that are fetched for it, each on its own.
const FETCHED: usize = 20;
/// What can be a picture in what is written.
const KINDS: [&str; 4] = ["png", "jpeg", "gif", "webp"];

/// What is written on.
#[derive(Clone, Debug, Default)]
pub struct ToWrite {
    /// Its HTML, made harmless; empty where it has none.
    pub html: String,
    /// The ways to the pictures that are in it.
    pub pictures: Vec<NestedPath>,
    /// How many there was no room for, or that could not be fetched.
    pub missing: u32,
}

/// A picture that an HTML names, and the address that carries it.
struct Named {
    id: String,
    way: NestedPath,
    address: String,
}

impl Document {
    /// Its HTML as one writes on it.
    ///
    /// # Errors
    /// Those of fetching its pictures, but that one is gone.
    pub fn html_to_write(&self, mailbox: &mut Mailbox, leads: &Leads) -> Result<ToWrite> {
        if !self.has_html() {
            return Ok(ToWrite::default());
        }
        let parts = self.html_parts("");
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let show = |inline: clean::Inline| {
            clean::documents(
                &parts,
                &clean::Show {
                    work: &self.work,
                    remote: false,
                    inline,
                    own_origin: Some(&leads.own_origin),
                    write_to: None,
                    within: None,
                    sought: &Sought::default(),
                },
            )
        };
        let plain = show(&|_| None);
        let mut room = MOST_HTML
            .saturating_sub(OWN_BYTES)
            .saturating_sub(plain.body().len());
        let (mut named, mut missing) = (Vec::new(), 0_u32);
        for id in plain.embedded {
            let Some(part) = self.leaves.inline().find(|part| is_named(part, &id)) else {
                continue;
            };
            let address = self.picture(mailbox, part, named.len() < FETCHED, room)?;
            match address.filter(|address| address.len() <= room) {
                Some(address) => {
                    room = room.saturating_sub(address.len());
                    let way = self.inside.then(&part.path);
                    named.push(Named { id, way, address });
                }
                None => missing = missing.saturating_add(1),
            }
        }
        let address = |id: &str| {
            let found = named.iter().find(|one| one.id == id);
            found.map(|one| one.address.clone())
        };
        let cleaned = show(&address);
        Ok(ToWrite {
            html: clean::to_write(&cleaned),
            pictures: named.into_iter().map(|one| one.way).collect(),
            missing,
        })
    }

    /// The address that carries a picture; None for what is none, is too large, or is not there any more.
    fn picture(
        &self,
        mailbox: &mut Mailbox,
        picture: &Part,
        is_fetched: bool,
        room: usize,
    ) -> Result<Option<String>> {
        let mut images = self.images.iter();
        let known = images.find(|image| image.part.path == picture.path);
        let address = match known {
            Some(image) => data_address(&image.bytes),
            None if !is_fetched || usize::try_from(picture.size).is_ok_and(|size| size > room) => {
                None
            }
            None => {
                let way = self.inside.then(&picture.path);
                match part(mailbox, &self.message, &way, picture.size)? {
                    (_, PartBytes::Here(bytes)) => data_address(&bytes),
                    _ => None,
                }
            }
        };
        let is_kind = |address: &String| {
            let kind = address.strip_prefix("data:image/");
            let kind = kind.and_then(|rest| rest.split(';').next());
            kind.is_some_and(|kind| KINDS.contains(&kind))
        };
        Ok(address.filter(is_kind))
    }
}
