//! Changing the folders themselves: make, rename, move, delete, subscribe.
//!
//! Each goes in three steps, on one connection: a look at what there is now, the change, and a look at what there is then,
//! which is kept, so that the page that follows asks nobody. Not for renaming and moving (`renaming`), nor for which name
//! a folder may have (`naming`). To know before
//! changing it: before the first byte of a change leaves, what is cached of all folders that it may touch is forgotten and
//! the list of folders marked as old, down to the disk; so whatever cuts the change short, the next page asks the server.

use super::Changes;
use super::look::{Look, number, size};
use super::naming::Naming;
use crate::error::{Act, Cause, Error, Imap, Progress, Result, Said};
use crate::mail::{Folder, FolderAct, FolderChange, FolderFault, FolderName, FolderSize, Tally};
use crate::remote::{Flight, Handle, Plan};

/// What became of a change.
#[derive(Debug)]
pub enum FolderOutcome {
    /// It was made.
    Done(FolderDone),
    /// It was not made, and nothing was changed.
    Fault(FolderFault),
    /// It was not made, since it would delete other than was told: it has to be asked about.
    Asks(FolderSize),
}

/// A change that was made.
#[derive(Debug, Default)]
pub struct FolderDone {
    /// The folder as it is called now; None where it is gone.
    pub folder: Option<FolderName>,
    /// All names that mean something else now.
    pub names: Vec<FolderName>,
    /// Each folder that had another name, and the one that it has now; None where it is gone.
    pub followed: Vec<(FolderName, Option<FolderName>)>,
}

/// Why a change is not made, or the failure that ends the request.
pub(super) enum Stop {
    Fault(FolderFault),
    Asks(FolderSize),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

impl From<FolderFault> for Stop {
    fn from(fault: FolderFault) -> Stop {
        Stop::Fault(fault)
    }
}

impl Changes<'_, '_, '_> {
    /// Changes a folder; noted in `progress` before each step.
    ///
    /// # Errors
    /// `Gone(Folder)`; `DiskFull` before anything was sent; `Imap`, `OverQuota`.
    pub fn change_folder(
        &mut self,
        change: &FolderChange,
        progress: &Progress,
    ) -> Result<FolderOutcome> {
        let look = self.look()?;
        let done = match change {
            FolderChange::Create { under, name } => {
                self.create(&look, under.as_ref(), name, progress)
            }
            FolderChange::Rename { folder, name } => self.rename(&look, folder, name, progress),
            FolderChange::Move { folder, under } => {
                self.move_below(&look, folder, under.as_ref(), progress)
            }
            FolderChange::Delete { folder, told } => self.delete(&look, folder, *told, progress),
            FolderChange::Subscribe { folder, on } => self.subscribe(&look, folder, *on, progress),
        };
        match done {
            Ok(done) => Ok(FolderOutcome::Done(done)),
            Err(Stop::Fault(fault)) => Ok(FolderOutcome::Fault(fault)),
            Err(Stop::Asks(size)) => Ok(FolderOutcome::Asks(size)),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// Lists the folders again, with subscriptions.
    ///
    /// # Errors
    /// `Imap`.
    pub fn look(&mut self) -> Result<Look> {
        let mut plan = Plan::new();
        self.ask_for_all(&mut plan)?;
        let flight = self.sync.fly_with_counts(plan)?;
        self.looked(&flight)
    }

    pub(super) fn ask_for_all(&mut self, plan: &mut Plan) -> Result<()> {
        self.sync.ask_for_folders(plan)?;
        let server = &mut self.sync.server;
        if !server.can("LIST-EXTENDED")? && !server.can("IMAP4REV2")? {
            plan.lsub();
        }
        Ok(())
    }

    pub(super) fn looked(&mut self, flight: &Flight) -> Result<Look> {
        if flight.folders.listed.is_empty() {
            // INBOX is always there.
            let refused = Imap::Refused(Said::default());
            return Err(Error::Imap(refused, Cause::new("no folders listed")));
        }
        self.sync.keep_facts();
        self.sync.note_folders(flight)?;
        self.sync.count_the_rest()?;
        let places = flight.folders.namespaces.as_ref();
        Ok(Look {
            list: self.sync.cache.folders().unwrap_or_default(),
            own: places.and_then(|places| places.personal.first().cloned()),
        })
    }

    /// Forgets what is cached of folders that are about to be changed, down to the disk.
    pub(super) fn begin(
        &mut self,
        names: &[FolderName],
        act: &Act,
        progress: &Progress,
    ) -> Result<()> {
        self.sync.cache.forget_folders(names);
        if let Some(mut list) = self.sync.cache.folders() {
            list.as_of = list.as_of.min(self.sync.fresh.stale());
            self.sync.cache.put_folders(&list);
        }
        self.sync.cache.save()?;
        progress.tries(act.clone());
        Ok(())
    }

    /// What a NO to the one command of a change means. The folders are listed again all the same: it may have done a part.
    pub(super) fn refused(
        &mut self,
        flight: &Flight,
        command: Handle,
        progress: &Progress,
    ) -> std::result::Result<(), Stop> {
        let Err(refused) = flight.require(command) else {
            return Ok(());
        };
        progress.did_nothing();
        self.look()?;
        Err(stop_of(refused))
    }

    fn create(
        &mut self,
        look: &Look,
        under: Option<&FolderName>,
        typed: &str,
        progress: &Progress,
    ) -> std::result::Result<FolderDone, Stop> {
        let parent = under.map(|under| look.require(under)).transpose()?;
        let name = Naming::of(look).below(parent, typed, None)?;
        let act = act(FolderAct::Create, typed, "", 1);
        let names = vec![name.clone()];
        self.begin(&names, &act, progress)?;
        let mut plan = Plan::new();
        let made = plan.create(&name, None);
        let flight = self.sync.fly_with_counts(plan)?;
        self.refused(&flight, made, progress)?;
        progress.did(act);
        let mut plan = Plan::new();
        plan.subscribe(&name);
        self.ask_for_all(&mut plan)?;
        let flight = self.sync.fly_with_counts(plan)?;
        self.looked(&flight)?;
        let folder = Some(name);
        Ok(FolderDone {
            folder,
            names,
            followed: Vec::new(),
        })
    }

    /// DELETE from the leaves: what is below goes first, and where one of them stays, so does what holds it.
    fn delete(
        &mut self,
        look: &Look,
        folder: &FolderName,
        told: Option<FolderSize>,
        progress: &Progress,
    ) -> std::result::Result<FolderDone, Stop> {
        let folder = look.require(folder)?;
        let whole = look.whole(folder);
        changeable(folder, &whole)?;
        if look.list.left_out > 0 {
            return Err(FolderFault::TooMany.into());
        }
        if told != Some(size(&whole)) {
            return Err(Stop::Asks(size(&whole)));
        }
        let can_be_opened = whole.iter().filter(|one| one.selectable).count();
        let act = act(FolderAct::Delete, &folder.title, "", number(can_be_opened));
        let names: Vec<FolderName> = whole.iter().map(|one| one.name.clone()).collect();
        self.begin(&names, &act, progress)?;
        let mut first = None;
        for level in levels(&whole) {
            progress.tries(act.clone());
            let mut plan = Plan::new();
            let sent: Vec<(&Folder, Handle)> = level
                .into_iter()
                .map(|one| (one, plan.delete(&one.name)))
                .collect();
            let flight = self.sync.fly_with_counts(plan)?;
            // What only held others may have gone with the last of them.
            let mut needed = sent.iter().filter(|(one, _)| one.selectable);
            first = needed.find_map(|(_, sent)| flight.require(*sent).err());
            if first.is_some() {
                break;
            }
        }
        let mut plan = Plan::new();
        self.ask_for_all(&mut plan)?;
        let flight = self.sync.fly_with_counts(plan)?;
        let now = self.looked(&flight)?;
        let was = whole.iter().filter(|one| one.selectable);
        let left = was.filter(|one| now.can_be_opened(&one.name)).count();
        let done = number(can_be_opened.saturating_sub(left));
        if done == 0 {
            progress.did_nothing();
            let said_no = FolderFault::SaidNo(String::new());
            return Err(first.map_or(said_no.into(), stop_of));
        }
        let tally = Tally {
            done,
            left: number(left),
            missing: 0,
        };
        progress.did(with_tally(act, tally));
        self.unsubscribe_from_gone(&whole, &now)?;
        Ok(FolderDone {
            folder: (left > 0).then(|| folder.name.clone()),
            followed: names
                .iter()
                .filter(|name| !now.can_be_opened(name))
                .map(|name| (name.clone(), None))
                .collect(),
            names,
        })
    }

    /// Takes what is gone from the list of the subscribed folders, where a server keeps it there (RFC 9051 6.3.5).
    fn unsubscribe_from_gone(&mut self, whole: &[Folder], now: &Look) -> Result<()> {
        let mut plan = Plan::new();
        let gone = whole.iter();
        let gone = gone.filter(|one| one.subscribed == Some(true) && !now.can_be_opened(&one.name));
        for one in gone {
            plan.unsubscribe(&one.name);
        }
        if !plan.is_empty() {
            self.sync.fly_with_counts(plan)?;
        }
        Ok(())
    }

    fn subscribe(
        &mut self,
        look: &Look,
        folder: &FolderName,
        on: bool,
        progress: &Progress,
    ) -> std::result::Result<FolderDone, Stop> {
        let folder = look.require(folder)?;
        let what = match on {
            true => FolderAct::Subscribe,
            false => FolderAct::Unsubscribe,
        };
        let act = act(what, &folder.title, "", 1);
        self.begin(&[], &act, progress)?;
        let mut plan = Plan::new();
        let sent = match on {
            true => plan.subscribe(&folder.name),
            false => plan.unsubscribe(&folder.name),
        };
        let flight = self.sync.fly_with_counts(plan)?;
        self.refused(&flight, sent, progress)?;
        progress.did(act);
        self.look()?;
        Ok(FolderDone {
            folder: Some(folder.name.clone()),
            ..FolderDone::default()
        })
    }

    /// How much is in a folder now, and below it.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn folder_size(&mut self, name: &FolderName) -> Result<FolderSize> {
        let look = self.look()?;
        let folder = look.require(name)?;
        Ok(size(&look.whole(folder)))
    }
}

/// What it means that the server says no.
fn stop_of(refused: Error) -> Stop {
    if let Error::Imap(Imap::Refused(said), _) = &refused {
        let words = said.words().unwrap_or_default().to_owned();
        return Stop::Fault(FolderFault::SaidNo(words));
    }
    Stop::Error(refused)
}

pub(super) fn act(act: FolderAct, name: &str, into: &str, folders: u32) -> Act {
    Act::Folder {
        act,
        name: name.to_owned(),
        into: into.to_owned(),
        tally: Tally {
            done: folders,
            ..Tally::default()
        },
    }
}

/// The same act, done with so many folders.
pub(super) fn with_tally(act: Act, tally: Tally) -> Act {
    match act {
        Act::Folder {
            act, name, into, ..
        } => Act::Folder {
            act,
            name,
            into,
            tally,
        },
        act => act,
    }
}

/// Nothing that is for something is renamed, moved or deleted, nor what holds such a folder: RENAME of INBOX would move the
/// mail out of it (RFC 9051 6.3.6), and other mail programs know the others by their names.
pub(super) fn changeable(
    folder: &Folder,
    whole: &[Folder],
) -> std::result::Result<(), FolderFault> {
    let has_role = folder.name.is_inbox() || whole.iter().any(|one| one.role.is_some());
    match has_role {
        true => Err(FolderFault::HasRole),
        false => Ok(()),
    }
}

/// Folders by the length of their way, the longest first: what is below a folder comes before it.
fn levels(whole: &[Folder]) -> Vec<Vec<&Folder>> {
    let steps = |folder: &Folder| {
        let delimiter = folder.delimiter;
        delimiter.map_or(0, |d| folder.name.as_wire().matches(d).count())
    };
    let mut by_level = std::collections::BTreeMap::<usize, Vec<&Folder>>::new();
    for folder in whole {
        by_level.entry(steps(folder)).or_default().push(folder);
    }
    by_level.into_values().rev().collect()
}
