//! Messages of a folder in one file, as they travelled: a zip of them, or an mbox.
//!
//! Not for what is attached to one (`transfer`). To know before changing it: one that is gone ends it with a page that says
//! so, since a file that looks whole and is not would be taken for all of them.

use std::io::{self, Write};

use super::{Answer, Ended, Job, Outside, progressed};
use crate::error::{Error, GoneKind, Result};
use crate::gate::{self, LaneKind};
use crate::mail::{FolderRef, PartPath, Uid, UidValidity};
use crate::pack::{Mbox, Zip};
use crate::remote::{Access, Announced, Plan, Remote, SectionKind};
use crate::response::Response;
use crate::spool::Spool;
use crate::state;

/// Messages that are saved in one file.
pub struct Export {
    /// Their folder.
    pub folder: FolderRef,
    /// Which.
    pub messages: Vec<Saved>,
    /// True for an mbox, false for a zip.
    pub is_mbox: bool,
    /// The answer without its body.
    pub head: Response,
}

/// A message that is saved.
pub struct Saved {
    /// Its number.
    pub uid: Uid,
    /// Its size, in bytes; 0 where that is not known.
    pub size: u32,
    /// The name of its file in a zip.
    pub name: String,
    /// Whom it is from, by address; may be empty.
    pub from: String,
    /// When it arrived, as `asctime` writes it.
    pub arrived: String,
}

impl Job for Export {
    fn lane(&self) -> &'static LaneKind {
        &gate::BULK
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let dir = outside.state.dir();
        let failed = |e: io::Error| state::failed(dir, &e);
        let mut file = Spool::new(outside.state)?;
        open(&mut outside.remote, &self.folder)?;
        if self.is_mbox {
            let mut mbox = Mbox::new(&mut file);
            for message in &self.messages {
                mbox.begin(&message.from, &message.arrived)
                    .map_err(failed)?;
                bring(&mut outside.remote, message, &mut |bytes| {
                    mbox.write(bytes).map_err(failed)
                })?;
                mbox.end().map_err(failed)?;
            }
        } else {
            let mut zip = Zip::new(&mut file);
            for message in &self.messages {
                zip.begin(&message.name).map_err(failed)?;
                bring(&mut outside.remote, message, &mut |bytes| {
                    zip.write(bytes).map_err(failed)
                })?;
                zip.end().map_err(failed)?;
            }
            zip.finish().map_err(failed)?;
        }
        file.flush().map_err(failed)?;
        Ok(Ended {
            answer: Answer::File(self.head, file),
            record: None,
        })
    }
}

/// Opens the folder, in the numbering that is meant.
fn open(remote: &mut Remote, folder: &FolderRef) -> Result<()> {
    remote.ready()?;
    let mut plan = Plan::new();
    let open = plan.open(&folder.name, Access::Read, None);
    let flight = remote.fly(plan)?;
    let opened = remote.require_open(&flight, open)?;
    match opened.validity.unwrap_or(UidValidity(0)) == folder.validity {
        true => Ok(()),
        false => Err(Error::Gone(GoneKind::Numbering)),
    }
}

/// Brings one message as it travelled.
fn bring(
    remote: &mut Remote,
    message: &Saved,
    keep: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let all = SectionKind::Part(PartPath::default());
    let announced = Announced {
        what: &all,
        size: message.size,
    };
    let fetched = remote.fetch_pieces(message.uid, announced, &mut |bytes| {
        progressed();
        keep(bytes)
    })?;
    match fetched {
        0 => Err(Error::Gone(GoneKind::Message)),
        _ => Ok(()),
    }
}
