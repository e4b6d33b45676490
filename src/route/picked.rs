//! How forms name messages: by numbers and ranges of the folder that the form is about, or with their folder, and then where
//! each are to go and since when they may not have been changed.
//!
//! Not for what is to be done with them (`act`).

use crate::error::{Error, Result};
use crate::mail::{FolderName, FolderRef, ModSeq, Uid, UidValidity};

/// Most messages that one form names.
pub(super) const MOST: usize = 100_000;

/// Messages of one of several folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked {
    /// The folder.
    pub folder: FolderRef,
    /// Which of its messages.
    pub uids: Vec<Uid>,
    /// The folder that just these are to go to, where each have their own.
    pub home: Option<FolderName>,
    /// Those of them that were changed since are left alone, where the server can tell.
    pub since: Option<ModSeq>,
}

impl Picked {
    /// Reads UIDVALIDITY, numbers and the folder's name: `7.3:5,9.Work`.
    pub(super) fn read(text: &str) -> Option<Result<Picked>> {
        let (validity, rest) = text.split_once('.')?;
        let bad = || Error::BadRequest("u");
        Some((|| {
            let (numbers, name) = rest.split_once('.').ok_or_else(bad)?;
            Ok(Picked {
                folder: FolderRef {
                    name: FolderName::new(name).ok_or_else(bad)?,
                    validity: UidValidity(validity.parse().map_err(|_| bad())?),
                },
                uids: uids(std::iter::once(numbers))?,
                home: None,
                since: None,
            })
        })())
    }

    /// As forms have it.
    pub(super) fn to_text(&self) -> String {
        let FolderRef { name, validity } = &self.folder;
        let numbers = ranges(&self.uids);
        format!("{}.{numbers}.{}", validity.0, name.as_wire())
    }
}

/// Parts what names messages of the form's own folder from what names them with theirs.
pub(super) fn named<'t>(
    texts: impl Iterator<Item = &'t str>,
) -> Result<(Vec<&'t str>, Vec<Picked>)> {
    let (mut plain, mut all) = (Vec::new(), Vec::<Picked>::new());
    let mut count: usize = 0;
    for text in texts {
        let Some(picked) = Picked::read(text) else {
            plain.push(text);
            continue;
        };
        let picked = picked?;
        count = count.saturating_add(picked.uids.len());
        if count > MOST {
            return Err(Error::BadRequest("u"));
        }
        all.push(picked);
    }
    Ok((plain, all))
}

/// Since when the messages of each text may not have been changed: each folder counts its changes for itself.
pub(super) fn unchanged(since: &[Option<ModSeq>], picked: Vec<Picked>) -> Result<Vec<Picked>> {
    if since.is_empty() || picked.is_empty() {
        return Ok(picked);
    }
    if since.len() != picked.len() {
        return Err(Error::BadRequest("since"));
    }
    let counted = picked.into_iter().zip(since);
    let counted = counted.map(|(picked, since)| Picked {
        since: *since,
        ..picked
    });
    Ok(counted.collect())
}

/// Where messages are to go: those of each text into a folder of their own, or all into one; then the messages of one folder
/// are put together.
pub(super) fn at_home(
    to: Vec<FolderName>,
    picked: Vec<Picked>,
) -> Result<(Option<FolderName>, Vec<Picked>)> {
    if to.len() <= 1 {
        let mut together: Vec<Picked> = Vec::new();
        for picked in picked {
            let mut known = together.iter_mut();
            let is_same = |known: &&mut Picked| {
                (&known.folder, known.since) == (&picked.folder, picked.since)
            };
            match known.find(is_same) {
                Some(known) => known.uids.extend(picked.uids),
                None => together.push(picked),
            }
        }
        for picked in &mut together {
            picked.uids.sort_unstable();
            picked.uids.dedup();
        }
        return Ok((to.into_iter().next(), together));
    }
    if to.len() != picked.len() {
        return Err(Error::BadRequest("to"));
    }
    let homes = picked.into_iter().zip(to);
    let homes = homes.map(|(picked, home)| Picked {
        home: Some(home),
        ..picked
    });
    Ok((None, homes.collect()))
}

/// Reads numbers and ranges of numbers; a message that is named twice counts once.
pub(super) fn uids<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Vec<Uid>> {
    let bad = || Error::BadRequest("u");
    let number = |text: &str| text.parse().ok().and_then(Uid::new).ok_or_else(bad);
    let mut uids = Vec::new();
    for range in texts.flat_map(|text| text.split(',')) {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        let (first, last) = (number(first)?.get(), number(last)?.get());
        let count = last.checked_sub(first).ok_or_else(bad)?;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if uids.len().saturating_add(count) >= MOST {
            return Err(bad());
        }
        uids.extend((first..=last).filter_map(Uid::new));
    }
    uids.sort_unstable();
    uids.dedup();
    Ok(uids)
}

/// Numbers in one text, runs of them as ranges.
pub(super) fn ranges(uids: &[Uid]) -> String {
    let runs = uids.chunk_by(|one, next| one.get().checked_add(1) == Some(next.get()));
    let written = runs.filter_map(|run| {
        let (first, last) = (run.first()?.get(), run.last()?.get());
        Some(match first == last {
            true => first.to_string(),
            false => format!("{first}:{last}"),
        })
    });
    written.collect::<Vec<_>>().join(",")
}
