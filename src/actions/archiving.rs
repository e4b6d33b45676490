//! Where what a message answers goes, once that has been sent.
//!
//! Not for moving it (`jobs::archive`).

use super::Visit;
use crate::jobs::archive::Archiving;
use crate::mail::{Draft, FolderName, Role};
use crate::mailbox::Options;

/// Where what a message answers is to go; None where there is no archive, or it is there.
pub(super) fn archiving(visit: &mut Visit, draft: &Draft) -> Option<Archiving> {
    let source = draft
        .source
        .as_ref()
        .filter(|source| source.how.is_reply())?;
    let into = archive(visit).filter(|archive| *archive != source.message.folder)?;
    Some(Archiving {
        message: source.message.clone(),
        title: visit.words.role(Role::Archive).to_owned(),
        into,
        under: visit.notice,
        options: options(visit),
    })
}

/// How the mailbox is used, as for the page.
fn options(visit: &Visit) -> Options {
    let settings = visit.profile.settings();
    Options {
        fresh_seconds: visit.config.cache.fresh_seconds,
        rows: settings.rows,
        away: None,
        roles: settings.folders.roles(),
        zone: visit.zone.clone(),
    }
}

/// The archive, where there is one.
fn archive(visit: &mut Visit) -> Option<FolderName> {
    let list = visit.mailbox.known_folders().ok()?;
    let mut folders = list.folders.iter();
    let archive = folders.find(|folder| folder.role == Some(Role::Archive));
    archive.map(|folder| folder.name.clone())
}
