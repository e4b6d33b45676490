//! The one connection of a request to the mail server, and which folder is open there.
//!
//! Not for what is asked (`sync`, `change`) nor for how it is said (`remote`). To know before changing it: a UID means
//! something only in the UIDVALIDITY that its folder was opened in, so that is looked at with each opening.

use crate::error::{Error, GoneKind, Imap, Result};
use crate::mail::{FolderName, FolderRef, ModSeq, UidValidity};
use crate::remote::{Access, Cost, Flight, Handle, OpenFolder, Plan, Remote};
use crate::store::keys::ServerFacts;

/// The connection of a request; nothing is asked before there is need.
pub(super) struct Connection<'v> {
    remote: Remote<'v>,
    /// What is open there.
    open: Option<Open>,
    /// True where the server has said goodbye over some message, and the session continued.
    has_gone_on: bool,
    /// What the server is told on leaving, about the open folder.
    parting: Option<Plan>,
}

struct Open {
    folder: FolderRef,
    /// For what it was opened.
    access: Access,
    /// True where the server says that nothing can be changed in it.
    read_only: bool,
    /// What it stood at, where it can tell.
    modseq: Option<ModSeq>,
}

/// A folder that a flight is about: opened by it, or open before.
pub(super) struct Opening {
    folder: FolderRef,
    asked: Option<(Handle<OpenFolder>, Access)>,
}

impl<'v> Connection<'v> {
    /// A connection that is not made yet.
    pub fn new(remote: Remote<'v>) -> Connection<'v> {
        Connection {
            remote,
            open: None,
            has_gone_on: false,
            parting: None,
        }
    }

    /// True where this request has signed in.
    pub fn is_signed_in(&self) -> bool {
        self.remote.is_open()
    }

    /// True where a connection was needed that was not to be made.
    pub fn has_missed(&self) -> bool {
        self.remote.has_missed()
    }

    /// What it was asked last and is to be asked apart from here.
    pub fn take_asked(&mut self) -> Option<Plan> {
        self.remote.take_asked()
    }

    /// True where the server has an extension; connects at the first question.
    pub fn can(&mut self, capability: &str) -> Result<bool> {
        Ok(self.remote.ready()?.has(capability))
    }

    /// True where the server is known to have an extension, as far as that is known without asking it.
    pub fn is_known_to_have(&self, capability: &str) -> bool {
        let known = self.remote.capabilities();
        known.is_some_and(|known| known.has(capability))
    }

    /// Takes an extension out of what the server is said to have: it was offered and then did not work.
    pub fn forget(&mut self, capability: &str) {
        self.remote.forget(capability);
    }

    /// What the server can do, where it was asked.
    pub fn facts(&self) -> Option<ServerFacts> {
        let capabilities = self.remote.capabilities()?;
        Some(ServerFacts {
            capabilities: capabilities.words().map(str::to_owned).collect(),
        })
    }

    /// What the server wants the user to see.
    pub fn alerts(&self) -> impl Iterator<Item = &str> {
        self.remote.alerts()
    }

    /// The name by which the server signs its verdict on a sender; empty where nobody has told it.
    pub fn authserv_id(&self) -> &str {
        &self.remote.server().authserv_id
    }

    /// Sends a flight.
    pub fn fly(&mut self, plan: Plan) -> Result<Flight> {
        if let Some(parting) = self.parting.take() {
            // It was about the folder that is open now.
            self.remote.fly(parting)?;
        }
        self.remote.fly(plan)
    }

    /// What the server is told about the open folder when the request leaves it: nobody waits for the answers.
    pub fn at_parting(&mut self) -> &mut Plan {
        self.parting.get_or_insert_default()
    }

    /// Adds to a flight what opens a folder, where it is not open yet.
    pub fn ask_for(&mut self, plan: &mut Plan, folder: &FolderRef, access: Access) -> Opening {
        let asked = (!self.is_open(folder, access))
            .then(|| (plan.open(&folder.name, access, None), access));
        Opening {
            folder: folder.clone(),
            asked,
        }
    }

    /// After the flight: true where the folder is open, and has the UIDVALIDITY that was meant.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn has_opened(&mut self, flight: &Flight, opening: &Opening) -> Result<bool> {
        let Some((handle, access)) = opening.asked else {
            return Ok(true);
        };
        let opened = self.require_open(flight, handle)?;
        Ok(self.note_open(&opening.folder, access, opened) == opening.folder)
    }

    /// What a flight had brought of a folder when its connection broke; None where that was not open yet, or where a
    /// request may make no further connection. The next flight makes one.
    pub fn take_broken(&mut self, opening: &Opening) -> Option<Flight> {
        let broken = self.remote.take_broken()?;
        let is_open = opening.asked.is_none_or(|(handle, _)| {
            let validity = broken.get(handle).and_then(|folder| folder.validity);
            broken.is_ok(handle) && validity == Some(opening.folder.validity)
        });
        if !is_open || !self.remote.begin_again() {
            return None;
        }
        self.open = None;
        Some(broken)
    }

    /// Goes on where the server said goodbye over some message: the next flight makes a new connection.
    ///
    /// # Errors
    /// The one that there was, where that is another, or where a request may make no further connection.
    pub fn go_on_after(&mut self, error: Error) -> Result<()> {
        let is_goodbye = matches!(error, Error::Imap(Imap::Goodbye(_), _));
        if !is_goodbye || !self.remote.begin_again() {
            return Err(error);
        }
        (self.open, self.has_gone_on) = (None, true);
        Ok(())
    }

    /// True where that was so in this request: from now on each folder is asked with care.
    pub fn has_gone_on(&self) -> bool {
        self.has_gone_on
    }

    /// The folder that a flight opened. None is open where it could not be.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn require_open<'f>(
        &mut self,
        flight: &'f Flight,
        handle: Handle<OpenFolder>,
    ) -> Result<&'f OpenFolder> {
        let opened = self.remote.require_open(flight, handle);
        if opened.is_err() {
            self.open = None;
        }
        opened
    }

    /// What a command comes to that needs the folder to be there which messages are to go to.
    ///
    /// # Errors
    /// `Gone(Target)`; `Imap`, `OverQuota`.
    pub fn require_target<A>(
        &mut self,
        flight: &Flight,
        handle: Handle<A>,
        target: &FolderName,
    ) -> Result<()> {
        let required = self.remote.require_there(flight, handle, target);
        required.map_err(|error| match error == Error::Gone(GoneKind::Folder) {
            true => Error::Gone(GoneKind::Target),
            false => error,
        })
    }

    /// Notes which folder is open from now on, and in which UIDVALIDITY.
    pub fn note_open(
        &mut self,
        meant: &FolderRef,
        access: Access,
        opened: &OpenFolder,
    ) -> FolderRef {
        let folder = FolderRef {
            name: meant.name.clone(),
            validity: opened.validity.unwrap_or(UidValidity(0)),
        };
        self.open = Some(Open {
            folder: folder.clone(),
            access,
            read_only: opened.read_only,
            modseq: opened.modseq,
        });
        folder
    }

    /// True where a folder is open in its UIDVALIDITY, by SELECT where it is to be changed.
    pub fn is_open(&self, folder: &FolderRef, access: Access) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.folder == *folder && (open.access == Access::Change || access == Access::Read)
        })
    }

    /// True where the server has said that nothing can be changed in the open folder.
    pub fn is_read_only(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.read_only)
    }

    /// What the open folder stood at when it was opened; None where it cannot tell what was changed since (RFC 7162).
    pub fn stood_at(&mut self) -> Option<ModSeq> {
        let modseq = self.open.as_ref()?.modseq?;
        self.can("CONDSTORE").is_ok_and(|can| can).then_some(modseq)
    }

    /// What this request has cost at the server so far.
    pub fn cost(&self) -> Cost {
        self.remote.cost()
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        if let Some(parting) = self.parting.take() {
            self.remote.leave_with(parting);
        }
    }
}
