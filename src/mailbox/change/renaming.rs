//! Giving a folder another name, or another place: RENAME takes along what is below it, and here follows what servers leave
//! behind.
//!
//! Not for which name it may have (`naming`). To know before changing it: many servers keep the subscriptions of the old
//! names, of all folders below too; these are put on the new names only when the server has said that it renamed.

use super::Changes;
use super::folders::{FolderDone, Stop, act, changeable, with_tally};
use super::look::{Look, number};
use super::naming::Naming;
use crate::error::{Act, Progress};
use crate::mail::{Folder, FolderAct, FolderFault, FolderName, FolderRef, Tally, UidValidity};
use crate::remote::{Access, Plan};

/// What a renaming is noted as, and where.
struct Way<'w> {
    act: Act,
    progress: &'w Progress,
}

impl Changes<'_, '_, '_> {
    pub(super) fn rename(
        &mut self,
        look: &Look,
        folder: &FolderName,
        typed: &str,
        progress: &Progress,
    ) -> std::result::Result<FolderDone, Stop> {
        let folder = look.require(folder)?;
        let to = Naming::of(look).beside(folder, typed)?;
        let act = act(FolderAct::Rename, &folder.title, typed, 1);
        self.give_name(look, folder, &to, Way { act, progress })
    }

    pub(super) fn move_below(
        &mut self,
        look: &Look,
        folder: &FolderName,
        under: Option<&FolderName>,
        progress: &Progress,
    ) -> std::result::Result<FolderDone, Stop> {
        let folder = look.require(folder)?;
        let parent = under.map(|under| look.require(under)).transpose()?;
        if parent.is_some_and(|parent| parent.name == folder.name || folder.holds(&parent.name)) {
            return Err(FolderFault::BelowItself.into());
        }
        let to = Naming::of(look).moved(folder, parent)?;
        let into = parent.map_or("", |parent| &parent.title);
        let act = act(FolderAct::Move, &folder.title, into, 1);
        self.give_name(look, folder, &to, Way { act, progress })
    }

    /// RENAME, which takes along what is below; subscriptions that the server does not take along follow.
    fn give_name(
        &mut self,
        look: &Look,
        folder: &Folder,
        to: &FolderName,
        way: Way,
    ) -> std::result::Result<FolderDone, Stop> {
        let whole = look.whole(folder);
        changeable(folder, &whole)?;
        if folder.name == *to {
            way.progress.did(way.act);
            return Ok(FolderDone {
                folder: Some(to.clone()),
                ..FolderDone::default()
            });
        }
        let from = folder.name.as_wire();
        let renamed = |old: &FolderName| {
            let rest = old.as_wire().strip_prefix(from)?;
            FolderName::new(&format!("{}{rest}", to.as_wire()))
        };
        let pairs: Vec<(&Folder, FolderName)> = whole
            .iter()
            .filter_map(|old| Some((old, renamed(&old.name)?)))
            .collect();
        if pairs.len() < whole.len() {
            return Err(FolderFault::TooLong.into());
        }
        let mut names: Vec<FolderName> = whole.iter().map(|old| old.name.clone()).collect();
        let opened = self.send_pending_in(names.iter())?;
        names.extend(pairs.iter().map(|(_, new)| new.clone()));
        self.begin(&names, &way.act, way.progress)?;
        let mut plan = Plan::new();
        let inbox = FolderName::inbox();
        // Some servers do not rename what is open.
        let elsewhere = opened.then(|| plan.open(&inbox, Access::Read, None));
        let renaming = plan.rename(&folder.name, to);
        let flight = self.sync.fly_with_counts(plan)?;
        if let Some(open) = elsewhere.and_then(|open| flight.get(open)) {
            let inbox = FolderRef {
                name: inbox,
                validity: UidValidity(0),
            };
            self.sync.server.note_open(&inbox, Access::Read, open);
        }
        self.refused(&flight, renaming, way.progress)?;
        way.progress.did(way.act.clone());
        let mut plan = Plan::new();
        let mut subscribed = Vec::new();
        for (old, new) in &pairs {
            if old.subscribed == Some(true) {
                plan.subscribe(new);
                plan.unsubscribe(&old.name);
                subscribed.push(new);
            }
        }
        self.ask_for_all(&mut plan)?;
        let flight = self.sync.fly_with_counts(plan)?;
        let now = self.looked(&flight)?;
        if now.can_be_opened(&folder.name) && now.folder(to).is_none() {
            // It said OK and did nothing.
            way.progress.did_nothing();
            return Err(FolderFault::SaidNo(String::new()).into());
        }
        let lost = |name: &&&FolderName| {
            let there = now.folder(name);
            there.is_none_or(|there| there.subscribed == Some(false))
        };
        let lost = number(subscribed.iter().filter(lost).count());
        let tally = Tally {
            done: 1,
            left: lost,
            missing: 0,
        };
        way.progress.did(with_tally(way.act, tally));
        let folder = Some(to.clone());
        let followed = pairs.into_iter();
        let followed = followed.map(|(old, new)| (old.name.clone(), Some(new)));
        Ok(FolderDone {
            folder,
            names,
            followed: followed.collect(),
        })
    }
}
