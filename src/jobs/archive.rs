//! What was answered goes to the archive, once the answer has been sent.
//!
//! To know before changing it: it is an act like any other (`mailbox::act`), and one of its own: that it fails never means
//! that the answer was not sent.

use crate::error::{Error, GoneKind, Progress, Result};
use crate::mail::{FolderName, MessageAct, MessageRef, Tally};
use crate::mailbox::{Change, Mailbox, Options, Order, WayBack, Which};
use crate::remote::{Remote, UidSet};
use crate::route::{ActForm, ListQuery, MessagesForm, NoticeId};
use crate::store::Store;
use crate::store::keys::{DataKey, NoticeKey};
use crate::time::Seconds;

/// A message that is to go to the archive.
pub struct Archiving {
    /// Which.
    pub message: MessageRef,
    /// The archive.
    pub into: FolderName,
    /// Its name for people.
    pub title: String,
    /// What the act is noted under.
    pub under: NoticeKey,
    /// How the mailbox is used.
    pub options: Options,
}

impl Archiving {
    /// Moves it. What undoes that, where something does.
    ///
    /// # Errors
    /// Those of `Mailbox::act`; `Gone(Message)` where it is not there any more.
    pub(super) fn archive(
        &self,
        store: &mut Store,
        remote: Remote,
        (data, now): (&DataKey, Seconds),
    ) -> Result<Option<ActForm>> {
        let mut mailbox = Mailbox::new(store, remote, data, self.options.clone(), now);
        let from = self.message.within();
        let order = Order {
            act: MessageAct::Archive,
            change: &Change::Move(self.into.clone()),
            into: &self.title,
            from: &from,
            which: Which::These(UidSet::range(self.message.uid, self.message.uid)),
            before: Tally::default(),
            page: &ListQuery::newest(from.name.clone()),
            under: self.under,
            since: None,
        };
        let outcome = mailbox.act(&order, &Progress::new(true))?;
        match outcome.tally.done {
            0 => Err(Error::Gone(GoneKind::Message)),
            _ => Ok(outcome.back.and_then(|way| self.undo(way))),
        }
    }

    /// The act that moves it back.
    fn undo(&self, way: WayBack) -> Option<ActForm> {
        let WayBack::From(from, uids) = way else {
            return None;
        };
        let home = self.message.folder.clone();
        Some(ActForm::from(MessagesForm {
            act: MessageAct::Move,
            to: Some(home.clone()),
            label: None,
            from,
            uids: uids.iter().collect(),
            picked: Vec::new(),
            all: None,
            page: ListQuery::newest(home),
            opened: None,
            talk: None,
            sure: false,
            undoes: Some(NoticeId(self.under.id())),
            since: None,
        }))
    }
}
