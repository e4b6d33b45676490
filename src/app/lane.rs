//! Long transfers: everything is fetched into an unlinked file first, with the gate given back, and only then sent.
//!
//! For a program that dies in the middle of its answer looks, to a browser, as if it had finished: a failure of the mail
//! server has to be a page, not a short file. One fetch at a time for each user; the sending waits for nobody.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::time::Duration;

use super::timing::Timing;
use super::visit::account;
use super::{Asked, Door};
use crate::actions::{Answer, Packed, Piece, Pieces, Transfer};
use crate::error::{Error, GoneKind, Result};
use crate::gate::Pass;
use crate::mail::{PartPath, UidValidity};
use crate::mailbox::WHOLE_BYTES;
use crate::mime::codec::Decoder;
use crate::mime::structure;
use crate::pack::Zip;
use crate::process;
use crate::remote::{Access, Plan, Remote, SectionKind as Section};
use crate::route::MessageRef;
use crate::session::Session;
use crate::spool;
use crate::state::{self, State};
use crate::time::Deadline;
use crate::views::error::HARD_DEADLINE;

/// A transfer without progress for so long is given up.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much is written at a time: little, so that a slow line makes progress within the patience.
const PIECE: usize = 8 * 1024;

/// Leaves the gate for the lane, fetches, leaves the lane, sends.
pub(super) fn run(
    asked: &Asked,
    door: &Door,
    pass: Pass,
    session: &Session,
    job: Transfer,
    timing: &mut Timing,
) -> Result<Answer> {
    let (config, state) = (&asked.context.config, &door.state);
    let mut lane = asked.gate(door).into_lane(pass)?;
    process::hard_deadline(PATIENCE.saturating_mul(2), HARD_DEADLINE);

    let mut file = spool::file(state)?;
    let mut remote = Remote::new(account(config, session)?, None, Deadline::after(PATIENCE));
    open(&mut remote, &job)?;
    let fetched = match &job.what {
        Pieces::One(piece) => {
            let mut keep = |bytes: &[u8]| file.write_all(bytes);
            bring(&mut remote, &job, piece, state, &mut None, &mut keep)
        }
        Pieces::Zip(files) => zipped(&mut remote, &job, files, state, &mut file),
    };
    timing.imap = Some(remote.cost());
    fetched?;
    drop(remote);
    let failed = |e: io::Error| state::failed(state.dir(), &e);
    let written = file.seek(io::SeekFrom::End(0)).map_err(failed)?;
    lane.fetched();

    let cost = timing.header(asked.context.watch.passed());
    let head = job.head.with("Server-Timing", cost).head(written);
    match send(&head, &mut file) {
        // The reader has gone; there is nobody to tell.
        Ok(()) | Err(_) => Ok(Answer::Sent),
    }
}

/// Brings one section into `keep`, decoded: where the server has none under its path, out of the whole message, which is
/// then kept for the next. Where a structure was read here, the paths are ours.
fn bring(
    remote: &mut Remote,
    job: &Transfer,
    piece: &Piece,
    state: &State,
    whole: &mut Option<Vec<u8>>,
    keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<()> {
    let gone = || Error::Gone(GoneKind::Part);
    let path = match (fetch(remote, job, piece, state, keep), &piece.section) {
        (Err(Error::Gone(GoneKind::Part)), Section::Part(path)) if piece.size > 0 => path,
        (outcome, _) => return outcome,
    };
    let raw = match whole {
        Some(raw) => raw,
        None => whole.insert(match fetch_whole(remote, job) {
            // Too large once, too large for all that follow.
            Err(Error::Gone(GoneKind::Part)) => Vec::new(),
            raw => raw?,
        }),
    };
    let bytes = structure::part_of(raw, path).ok_or_else(gone)?;
    keep(&bytes).map_err(|e| state::failed(state.dir(), &e))
}

/// The whole message, where it is not too large to be read here.
fn fetch_whole(remote: &mut Remote, job: &Transfer) -> Result<Vec<u8>> {
    let most = usize::try_from(WHOLE_BYTES).unwrap_or(usize::MAX);
    let mut raw = Vec::new();
    let all = Section::Part(PartPath::default());
    remote.fetch_pieces(job.message.uid, &all, &mut |bytes| {
        process::hard_deadline(PATIENCE.saturating_mul(2), HARD_DEADLINE);
        if raw.len().saturating_add(bytes.len()) > most {
            return Err(Error::Gone(GoneKind::Part));
        }
        raw.extend_from_slice(bytes);
        Ok(())
    })?;
    Ok(raw)
}

/// Brings one section into `keep`, decoded.
fn fetch(
    remote: &mut Remote,
    job: &Transfer,
    piece: &Piece,
    state: &State,
    keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<()> {
    let failed = |e: io::Error| state::failed(state.dir(), &e);
    let mut decoder = Decoder::new(piece.encoding);
    let mut decoded = Vec::new();
    let fetched = remote.fetch_pieces(job.message.uid, &piece.section, &mut |bytes| {
        process::hard_deadline(PATIENCE.saturating_mul(2), HARD_DEADLINE);
        decoded.clear();
        decoder.push(bytes, &mut decoded);
        keep(&decoded).map_err(failed)
    })?;
    if fetched == 0 {
        return Err(Error::Gone(GoneKind::Part));
    }
    decoded.clear();
    decoder.finish(&mut decoded);
    keep(&decoded).map_err(failed)
}

/// Brings all sections into one archive.
fn zipped(
    remote: &mut Remote,
    job: &Transfer,
    files: &[(String, Packed)],
    state: &State,
    file: &mut File,
) -> Result<()> {
    let failed = |e: io::Error| state::failed(state.dir(), &e);
    let mut zip = Zip::new(file);
    let mut whole = None;
    for (name, packed) in files {
        zip.begin(name).map_err(failed)?;
        let brought = match packed {
            Packed::Bytes(bytes) => zip.write(bytes).map_err(failed),
            Packed::Part(piece) => {
                let mut keep = |bytes: &[u8]| zip.write(bytes);
                bring(remote, job, piece, state, &mut whole, &mut keep)
            }
        };
        match brought {
            // An empty file is one too.
            Ok(()) | Err(Error::Gone(GoneKind::Part)) => zip.end().map_err(failed)?,
            Err(e) => return Err(e),
        }
    }
    zip.finish().map_err(failed)
}

/// Opens the folder of a transfer, in the numbering that the link means.
fn open(remote: &mut Remote, job: &Transfer) -> Result<()> {
    remote.ready()?;
    let MessageRef {
        folder, validity, ..
    } = &job.message;
    let mut plan = Plan::new();
    let open = plan.open(folder, Access::Read, None);
    let flight = remote.fly(plan)?;
    let opened = remote.require_open(&flight, open)?;
    if opened.validity.unwrap_or(UidValidity(0)) == *validity {
        return Ok(());
    }
    Err(Error::Gone(GoneKind::Numbering))
}

fn send(head: &[u8], file: &mut File) -> io::Result<()> {
    process::answering();
    file.rewind()?;
    let mut out = io::stdout().lock();
    out.write_all(head)?;
    let mut piece = [0; PIECE];
    loop {
        let n = file.read(&mut piece)?;
        if n == 0 {
            return out.flush();
        }
        process::hard_deadline(PATIENCE, HARD_DEADLINE);
        out.write_all(piece.get(..n).unwrap_or_default())?;
        out.flush()?;
    }
}
