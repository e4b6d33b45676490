//! What is cached of a user's mail: server, folders, lists, rows, texts, and the marks that the server is still to be told.
//!
//! Never asks the server (`sync`), and decides nothing: the front does (`mod`). `lists` has the order of lists. To know before
//! changing it: whatever is asked for may be missing, at any time: that is a miss, not an error.

mod groups;
mod index;
mod lists;
mod names;

pub(super) use groups::Lines;

use std::collections::BTreeMap;

use crate::error::{Cause, Error, Result};
use crate::mail::{
    Counts, Entry, Folder, FolderName, FolderRef, MessageRef, ModSeq, PartPath, Role, Row, Uid,
};
use crate::remote::UidSet;
use crate::store::keys::{
    DataKey, ELSEWHERE, FOLDERS, FolderList, JUDGES, LISTS, List, MessageKey, NoticeKey, OPEN_ACTS,
    OPEN_FOLDER_ACTS, OpenAct, OpenFolderAct, PENDING, ROWS, SENT_MARKS, SERVER, ServerFacts,
    TEXTS, ValidityKey,
};
use crate::store::{Encryption, Store};

/// The cached mail of one user.
pub(super) struct Cache<'v, 'p> {
    store: &'v mut Store<'p>,
    data: &'v DataKey,
    /// Which folders the user has chosen to be for something.
    roles: BTreeMap<Role, FolderName>,
}

impl<'v, 'p> Cache<'v, 'p> {
    /// What a store holds under a data key.
    pub fn new(store: &'v mut Store<'p>, data: &'v DataKey) -> Cache<'v, 'p> {
        Cache {
            store,
            data,
            roles: BTreeMap::new(),
        }
    }

    fn encryption(&self) -> Encryption<'v> {
        Encryption::With(&self.data.key)
    }

    fn validity_key(&self, folder: &FolderRef) -> ValidityKey {
        self.data.folder(&folder.name).with(folder.validity)
    }

    /// The store, for what lies in it beside the mail.
    pub fn store(&mut self) -> &mut Store<'p> {
        self.store
    }

    /// Remembers what the server can do, if that is news.
    pub fn put_server(&mut self, facts: &ServerFacts) {
        let known = self.store.get(self.encryption(), &SERVER, &self.data.id);
        if known.as_ref() != Some(facts) {
            self.store
                .put(self.encryption(), &SERVER, &self.data.id, facts);
        }
    }

    /// From now on folders are for what the user has chosen, where the server does not say it.
    pub fn choose_roles(&mut self, roles: BTreeMap<Role, FolderName>) {
        self.roles = roles;
    }

    /// The folders, however old; none before the first visit.
    pub fn folders(&mut self) -> Option<FolderList> {
        let list = self.store.get(self.encryption(), &FOLDERS, &self.data.id);
        let mut list: FolderList = list?;
        for (role, name) in &self.roles {
            give_role(&mut list.folders, *role, name);
        }
        Some(list)
    }

    /// Keeps the folders; false where they are too much for the store.
    pub fn put_folders(&mut self, list: &FolderList) -> bool {
        self.store
            .put(self.encryption(), &FOLDERS, &self.data.id, list)
    }

    /// Keeps what a folder holds, where that was learnt by other means than LIST.
    pub fn put_counts(&mut self, folder: &FolderName, counts: Counts) {
        if let Some(mut list) = self.folders() {
            let Some(entry) = list.folders.iter_mut().find(|f| f.name == *folder) else {
                return;
            };
            if entry.counts != Some(counts) {
                entry.counts = Some(counts);
                self.put_folders(&list);
            }
        }
    }

    /// Forgets all that is cached of folders by their names, in whatever numbering: rows, texts, marks, and lists of their
    /// messages.
    pub fn forget_folders(&mut self, names: &[FolderName]) {
        for name in names {
            let within = self.data.folder(name);
            for key in self.store.keys_below(&ROWS, &within) {
                self.store.remove(&ROWS, &key);
            }
            for key in self.store.keys_below(&PENDING, &within) {
                self.store.remove(&PENDING, &key);
            }
            for key in self.store.keys_below(&SENT_MARKS, &within) {
                self.store.remove(&SENT_MARKS, &key);
            }
            for key in self.store.keys_below(&ELSEWHERE, &within) {
                self.store.remove(&ELSEWHERE, &key);
            }
            for key in self.store.keys_below(&TEXTS, &within) {
                self.store.remove(&TEXTS, &key);
            }
            self.drop_index(name);
        }
        for key in self.store.keys_below(&LISTS, &self.data.id) {
            let head = self.store.get(self.encryption(), &LISTS, &key);
            let is_of = |head: List| {
                let mut folders = head.folders();
                folders.any(|(_, folder)| names.contains(&folder.name))
            };
            if head.is_some_and(is_of) {
                self.remove_list(key);
            }
        }
    }

    /// Brings all that was kept down to the disk, before the first byte of a change leaves.
    ///
    /// # Errors
    /// `DiskFull`: then it may not begin.
    pub fn save(&mut self) -> Result<()> {
        self.store.save()
    }

    /// The rows of some messages of a folder, as far as they are there.
    pub fn rows(&mut self, folder: &FolderRef, uids: &[Uid]) -> BTreeMap<Uid, Row> {
        // The name of a folder is hashed once, not for each row.
        let within = self.validity_key(folder);
        let mut rows = BTreeMap::new();
        for uid in uids {
            // Put where it stays at once: rows are large, and a page has many.
            if let Some(row) = self.row_within(&within, *uid) {
                rows.insert(*uid, row);
            }
        }
        rows
    }

    /// The rows of some messages of a list, as far as they are there.
    pub fn rows_of(&mut self, head: &List, entries: &[Entry]) -> BTreeMap<Entry, Row> {
        let mut all = BTreeMap::new();
        for (folder, within) in head.folders() {
            let mut here = entries.iter().filter(|entry| entry.folder == folder);
            let Some(first) = here.next() else {
                continue;
            };
            let within = self.validity_key(within);
            for entry in std::iter::once(first).chain(here) {
                if let Some(row) = self.row_within(&within, entry.uid) {
                    all.insert(*entry, row);
                }
            }
        }
        all
    }

    /// The row of a message.
    pub fn row(&mut self, at: &MessageRef) -> Option<Row> {
        let key = self.data.message(at);
        self.store.get(self.encryption(), &ROWS, &key)
    }

    fn row_within(&mut self, within: &ValidityKey, uid: Uid) -> Option<Row> {
        self.store
            .get(self.encryption(), &ROWS, &within.message(uid))
    }

    /// True where there is a row of a message, whether or not it opens.
    pub fn has_row(&mut self, at: &MessageRef) -> bool {
        self.store.has(&ROWS, &self.data.message(at))
    }

    /// Keeps the row of a message.
    pub fn put_row(&mut self, at: &MessageRef, row: &Row) {
        let key = self.data.message(at);
        self.store.put(self.encryption(), &ROWS, &key, row);
    }

    /// Forgets all rows where they were judged by the verdict of another server (RFC 8601 2.5) than this: they are fetched
    /// again as they are shown.
    pub fn judge_by(&mut self, authserv_id: &str) {
        let known = self.store.get(self.encryption(), &JUDGES, &self.data.id);
        if known.as_deref().unwrap_or_default() == authserv_id {
            return;
        }
        for key in self.store.keys_below(&ROWS, &self.data.id) {
            self.store.remove(&ROWS, &key);
        }
        let id = authserv_id.to_owned();
        self.store
            .put(self.encryption(), &JUDGES, &self.data.id, &id);
    }

    /// A part of a message, decoded from its way. Opened here, not only looked for: what does not open has to be fetched
    /// now, not left out of the page.
    pub fn text(&mut self, at: &MessageRef, path: &PartPath) -> Option<Vec<u8>> {
        let key = self.data.message(at).text(path);
        self.store.get(self.encryption(), &TEXTS, &key)
    }

    /// True where there is such a part, whether or not it opens.
    pub fn has_text(&mut self, at: &MessageRef, path: &PartPath) -> bool {
        self.store.has(&TEXTS, &self.data.message(at).text(path))
    }

    /// Keeps a part of a message.
    pub fn put_text(&mut self, at: &MessageRef, path: &PartPath, bytes: &Vec<u8>) {
        let key = self.data.message(at).text(path);
        self.store.put(self.encryption(), &TEXTS, &key, bytes);
    }

    /// Which parts of a message are kept.
    pub fn texts(&mut self, at: &MessageRef) -> Vec<PartPath> {
        let below = self.store.keys_below(&TEXTS, &self.data.message(at));
        below.iter().map(|key| key.path().clone()).collect()
    }

    /// Notes an act whose first byte is about to leave, down to the disk.
    ///
    /// # Errors
    /// `DiskFull`, `Internal`: then it may not begin.
    pub fn begin_act(&mut self, key: &NoticeKey, act: &OpenAct) -> Result<()> {
        if !self.store.put(self.encryption(), &OPEN_ACTS, key, act) {
            return Err(Error::Internal(Cause::new("an act too large to be noted")));
        }
        self.store.save()
    }

    /// Notes that the end of an act is known.
    pub fn end_act(&mut self, key: &NoticeKey) {
        self.store.remove(&OPEN_ACTS, key);
    }

    /// Notes a change of a folder that is about to be made; whoever saves the store before it begins has it on the disk.
    pub fn begin_folder_act(&mut self, key: &NoticeKey, act: &OpenFolderAct) {
        self.store
            .put(self.encryption(), &OPEN_FOLDER_ACTS, key, act);
    }

    /// Notes that the end of a change of a folder is known.
    pub fn end_folder_act(&mut self, key: &NoticeKey) {
        self.store.remove(&OPEN_FOLDER_ACTS, key);
    }

    /// The changes of folders whose end is not known.
    pub fn open_folder_acts(&mut self) -> Vec<(NoticeKey, OpenFolderAct)> {
        let keys = self.store.keys_below(&OPEN_FOLDER_ACTS, &self.data.id);
        let act = |key: NoticeKey| {
            let act = self.store.get(self.encryption(), &OPEN_FOLDER_ACTS, &key)?;
            Some((key, act))
        };
        keys.into_iter().filter_map(act).collect()
    }

    /// The acts whose end is not known.
    pub fn open_acts(&mut self) -> Vec<(NoticeKey, OpenAct)> {
        let keys = self.store.keys_below(&OPEN_ACTS, &self.data.id);
        let act = |key: NoticeKey| {
            let act = self.store.get(self.encryption(), &OPEN_ACTS, &key)?;
            Some((key, act))
        };
        keys.into_iter().filter_map(act).collect()
    }

    /// Removes what is cached of messages that were in a folder `before` and are not there `now`.
    pub fn forget_gone(&mut self, folder: &FolderRef, before: &[Uid], now: &[Uid]) {
        let now: UidSet = now.iter().copied().collect();
        let gone = before.iter().copied().filter(|uid| !now.contains(*uid));
        let gone: Vec<Uid> = gone.collect();
        if gone.is_empty() {
            return;
        }
        self.drop_from_found(folder, &gone.iter().copied().collect());
        let within = self.validity_key(folder);
        for uid in gone {
            let key = within.message(uid);
            self.store.remove(&ROWS, &key);
            self.store.remove(&PENDING, &key);
            self.store.remove(&SENT_MARKS, &key);
            self.store.remove(&ELSEWHERE, &key);
            for text in self.store.keys_below(&TEXTS, &key) {
                self.store.remove(&TEXTS, &text);
            }
        }
    }

    /// The messages of a folder whose rows are cached, in whatever UIDVALIDITY.
    pub fn with_rows(&mut self, folder: &FolderName) -> UidSet {
        let keys = self.store.keys_below(&ROWS, &self.data.folder(folder));
        keys.iter().map(MessageKey::uid).collect()
    }

    /// Messages of a folder that were read here and whose \Seen the server does not know yet.
    pub fn pending(&mut self, folder: &FolderRef) -> Vec<Uid> {
        let keys = self.store.keys_below(&PENDING, &self.validity_key(folder));
        keys.iter().map(MessageKey::uid).collect()
    }

    /// How many such messages there are in each of these folders.
    pub fn pending_in<'f>(&mut self, folders: impl Iterator<Item = &'f FolderName>) -> Vec<u32> {
        let pending = self.store.keys_below(&PENDING, &self.data.id);
        let in_folder = |name: &FolderName| {
            if pending.is_empty() {
                return 0;
            }
            let folder = self.data.folder(name);
            let keys = pending.iter().filter(|key| key.folder() == folder);
            u32::try_from(keys.count()).unwrap_or(u32::MAX)
        };
        folders.map(in_folder).collect()
    }

    /// Notes that the server is still to be told that a message was read.
    pub fn put_pending(&mut self, at: &MessageRef) {
        let key = self.data.message(at);
        self.store.put(self.encryption(), &PENDING, &key, &());
    }

    /// Notes that the server knows what was read, or need not know it any more.
    pub fn forget_pending(&mut self, folder: &FolderRef, told: &[Uid]) {
        let within = self.validity_key(folder);
        for uid in told {
            self.store.remove(&PENDING, &within.message(*uid));
            self.store.remove(&SENT_MARKS, &within.message(*uid));
        }
    }

    /// Notes that the server was sent marks whose answer nobody waits for, and what the folder stood at before.
    pub fn put_sent(&mut self, folder: &FolderRef, sent: &[Uid], before: ModSeq) {
        self.forget_pending(folder, sent);
        let within = self.validity_key(folder);
        for uid in sent {
            let key = within.message(*uid);
            self.store
                .put(self.encryption(), &SENT_MARKS, &key, &before);
        }
    }

    /// Messages of a folder whose marks were sent and have not been seen there since, and what it stood at before.
    pub fn sent(&mut self, folder: &FolderRef) -> BTreeMap<Uid, ModSeq> {
        let keys = self
            .store
            .keys_below(&SENT_MARKS, &self.validity_key(folder));
        let mut sent = BTreeMap::new();
        for key in keys {
            let before = self.store.get(self.encryption(), &SENT_MARKS, &key);
            sent.extend(before.map(|before| (key.uid(), before)));
        }
        sent
    }
}

/// Gives a role that the server has not given to a folder that is there, in the place of one that is usually called so.
fn give_role(folders: &mut [Folder], role: Role, name: &FolderName) {
    let is_told = |folder: &Folder| folder.is_role_told;
    let has_role = |folder: &Folder| folder.role == Some(role);
    let is_it = |folder: &Folder| folder.name == *name && folder.selectable;
    let may = |folder: &Folder| is_it(folder) && !is_told(folder);
    if folders.iter().any(|f| has_role(f) && is_told(f)) || !folders.iter().any(may) {
        return;
    }
    for folder in folders {
        if is_it(folder) {
            folder.role = Some(role);
        } else if has_role(folder) {
            folder.role = None;
        }
    }
}
