//! The keys of the store as types: what each names, and the bytes that it is written as.
//!
//! Not for what lies under them: that is the table in `keys`. To know before changing it: nobody outside has the bytes of a
//! key in hand; a key is made from what it names, and read back only by the store itself.

use serde::{Deserialize, Serialize};

use crate::mail::{FolderName, ListId, MessageRef, PartPath, Uid, UidValidity};
use crate::seal::Key;

/// How many numbers of messages one piece of an index is for.
const INDEX_PIECE: u32 = 128;

/// What a record lies under.
pub trait StoreKey: Sized {
    /// Appends the bytes of the key.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads what `write` wrote; None for anything else.
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// What several keys of this kind begin with.
pub trait Begins<K> {
    /// Appends the bytes that they have in common.
    fn write(&self, out: &mut Vec<u8>);
}

/// The beginning of every key of a tree.
pub struct Everything;

impl<K> Begins<K> for Everything {
    fn write(&self, _: &mut Vec<u8>) {}
}

/// Which session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionKey(pub [u8; 16]);

/// Which data key, and with it which key space: it begins every key of cached data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DataKeyId(pub [u8; 8]);

/// Which folder, whatever its UIDVALIDITY.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderKey {
    data: DataKeyId,
    folder: [u8; 16],
}

/// Which folder in which UIDVALIDITY.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValidityKey {
    folder: FolderKey,
    validity: UidValidity,
}

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageKey {
    within: ValidityKey,
    uid: Uid,
}

/// Which part of a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextKey {
    message: MessageKey,
    path: PartPath,
}

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListKey {
    data: DataKeyId,
    list: [u8; 16],
}

/// Which block of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockKey {
    list: ListKey,
    number: u32,
}

/// Which piece of a folder's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexKey {
    within: ValidityKey,
    number: u32,
}

/// Which session's notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticesKey {
    data: DataKeyId,
    session: SessionKey,
}

/// Which notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeKey {
    within: NoticesKey,
    id: [u8; 16],
}

impl FolderKey {
    /// In this UIDVALIDITY.
    pub fn with(self, validity: UidValidity) -> ValidityKey {
        ValidityKey {
            folder: self,
            validity,
        }
    }
}

impl ValidityKey {
    /// One message of it.
    pub fn message(self, uid: Uid) -> MessageKey {
        MessageKey { within: self, uid }
    }

    /// The piece of its index that this message is in.
    pub fn index(self, uid: Uid) -> IndexKey {
        IndexKey {
            within: self,
            number: uid.get().checked_div(INDEX_PIECE).unwrap_or(0),
        }
    }

    /// One bucket of the ids that its messages name.
    pub fn names(self, bucket: u16) -> IndexKey {
        IndexKey {
            within: self,
            number: bucket.into(),
        }
    }
}

impl MessageKey {
    /// One part of it.
    pub fn text(self, path: &PartPath) -> TextKey {
        TextKey {
            message: self,
            path: path.clone(),
        }
    }

    /// Its folder.
    pub fn folder(&self) -> FolderKey {
        self.within.folder
    }

    /// Its number.
    pub fn uid(&self) -> Uid {
        self.uid
    }
}

impl TextKey {
    /// Which part.
    pub fn path(&self) -> &PartPath {
        &self.path
    }
}

impl NoticeKey {
    /// Its random number.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// The session that it is told in.
    pub fn session(&self) -> SessionKey {
        self.within.session
    }
}

impl ListKey {
    /// The block of this number, from 0.
    pub fn block(self, number: u32) -> BlockKey {
        BlockKey { list: self, number }
    }
}

impl StoreKey for SessionKey {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0);
    }

    fn read(bytes: &[u8]) -> Option<SessionKey> {
        bytes.try_into().ok().map(SessionKey)
    }
}

impl StoreKey for DataKeyId {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0);
    }

    fn read(bytes: &[u8]) -> Option<DataKeyId> {
        bytes.try_into().ok().map(DataKeyId)
    }
}

impl StoreKey for MessageKey {
    fn write(&self, out: &mut Vec<u8>) {
        Begins::<MessageKey>::write(&self.within, out);
        out.extend(self.uid.get().to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<MessageKey> {
        let (data, rest) = bytes.split_first_chunk::<8>()?;
        let (folder, rest) = rest.split_first_chunk::<16>()?;
        let (validity, uid) = rest.split_first_chunk::<4>()?;
        let folder = FolderKey {
            data: DataKeyId(*data),
            folder: *folder,
        };
        let validity = UidValidity(u32::from_be_bytes(*validity));
        let uid = Uid::new(u32::from_be_bytes(uid.try_into().ok()?))?;
        Some(folder.with(validity).message(uid))
    }
}

impl StoreKey for IndexKey {
    fn write(&self, out: &mut Vec<u8>) {
        Begins::<MessageKey>::write(&self.within, out);
        out.extend(self.number.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<IndexKey> {
        let (within, number) = bytes.split_last_chunk::<4>()?;
        // Any number will do: what a message's key begins with is read.
        let first = MessageKey::read(&[within, &[0, 0, 0, 1]].concat())?;
        Some(IndexKey {
            within: first.within,
            number: u32::from_be_bytes(*number),
        })
    }
}

impl StoreKey for TextKey {
    fn write(&self, out: &mut Vec<u8>) {
        StoreKey::write(&self.message, out);
        for step in self.path.steps() {
            out.extend(step.to_be_bytes());
        }
    }

    fn read(bytes: &[u8]) -> Option<TextKey> {
        let (message, path) = bytes.split_at_checked(32)?;
        let steps = path.chunks(4).map(|step| step.try_into().ok());
        let steps: Option<Vec<[u8; 4]>> = steps.collect();
        let steps = steps?.into_iter().map(u32::from_be_bytes);
        let path = steps.fold(PartPath::default(), |path, step| path.child(step));
        Some(MessageKey::read(message)?.text(&path))
    }
}

impl StoreKey for ListKey {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.data.0);
        out.extend(self.list);
    }

    fn read(bytes: &[u8]) -> Option<ListKey> {
        let (data, list) = bytes.split_first_chunk::<8>()?;
        Some(ListKey {
            data: DataKeyId(*data),
            list: list.try_into().ok()?,
        })
    }
}

impl StoreKey for BlockKey {
    fn write(&self, out: &mut Vec<u8>) {
        StoreKey::write(&self.list, out);
        out.extend(self.number.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<BlockKey> {
        let (list, number) = bytes.split_last_chunk::<4>()?;
        Some(ListKey::read(list)?.block(u32::from_be_bytes(*number)))
    }
}

impl StoreKey for NoticeKey {
    fn write(&self, out: &mut Vec<u8>) {
        self.within.write(out);
        out.extend(self.id);
    }

    fn read(bytes: &[u8]) -> Option<NoticeKey> {
        let (data, rest) = bytes.split_first_chunk::<8>()?;
        let (session, id) = rest.split_first_chunk::<16>()?;
        let within = NoticesKey {
            data: DataKeyId(*data),
            session: SessionKey(*session),
        };
        let id = id.try_into().ok()?;
        Some(NoticeKey { within, id })
    }
}

impl Begins<NoticeKey> for NoticesKey {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.data.0);
        out.extend(self.session.0);
    }
}

impl Begins<NoticeKey> for DataKeyId {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0);
    }
}

impl Begins<MessageKey> for DataKeyId {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0);
    }
}

impl Begins<MessageKey> for ValidityKey {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.folder.data.0);
        out.extend(self.folder.folder);
        out.extend(self.validity.0.to_be_bytes());
    }
}

impl FolderKey {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend(self.data.0);
        out.extend(self.folder);
    }
}

impl Begins<MessageKey> for FolderKey {
    fn write(&self, out: &mut Vec<u8>) {
        self.begin(out);
    }
}

impl Begins<TextKey> for FolderKey {
    fn write(&self, out: &mut Vec<u8>) {
        self.begin(out);
    }
}

impl Begins<IndexKey> for FolderKey {
    fn write(&self, out: &mut Vec<u8>) {
        self.begin(out);
    }
}

impl Begins<ListKey> for DataKeyId {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0);
    }
}

impl Begins<BlockKey> for ListKey {
    fn write(&self, out: &mut Vec<u8>) {
        StoreKey::write(self, out);
    }
}

impl Begins<TextKey> for MessageKey {
    fn write(&self, out: &mut Vec<u8>) {
        StoreKey::write(self, out);
    }
}

/// A data key with its id: the key space of everything cached under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataKey {
    /// Begins every key of cached data; of the records there is one of (server, folders) it is the whole key.
    pub id: DataKeyId,
    /// Seals it.
    pub key: Key,
}

impl DataKey {
    /// Key of a folder.
    pub fn folder(&self, folder: &FolderName) -> FolderKey {
        FolderKey {
            data: self.id,
            folder: self.hash("folder", &[folder.as_wire().as_bytes()]),
        }
    }

    /// Key of one message's row, or pending mark.
    pub fn message(&self, at: &MessageRef) -> MessageKey {
        self.folder(&at.folder).with(at.validity).message(at.uid)
    }

    /// Key of a list.
    pub fn list(&self, list: &ListId) -> ListKey {
        ListKey {
            data: self.id,
            list: self.hash("list", &list.parts()),
        }
    }

    /// The beginning of the keys of a session's notices.
    pub fn notices(&self, session: SessionKey) -> NoticesKey {
        NoticesKey {
            data: self.id,
            session,
        }
    }

    /// Key of one notice, by its random number.
    pub fn notice(&self, session: SessionKey, id: [u8; 16]) -> NoticeKey {
        NoticeKey {
            within: self.notices(session),
            id,
        }
    }

    /// The number of what a page shows.
    pub fn shown(&self, parts: &[&[u8]]) -> [u8; 16] {
        self.hash("shown", parts)
    }

    /// The number of a form, by what is in it.
    pub fn form(&self, parts: &[&[u8]]) -> [u8; 16] {
        self.hash("form", parts)
    }

    /// The beginning of a keyed hash: without the key nobody can guess what was hashed.
    fn hash(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let whole = self.key.hash(purpose, parts);
        whole.first_chunk().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Order, Search};

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes);
        bytes
    }

    fn reads_back<K: StoreKey + PartialEq>(key: &K) -> bool {
        let bytes = written(|out| key.write(out));
        let longer = [bytes.as_slice(), b"x"].concat();
        K::read(&bytes).as_ref() == Some(key) && K::read(&longer).is_none()
    }

    #[test]
    fn a_folder_is_a_prefix_and_uids_are_in_order() {
        let data = DataKey {
            id: DataKeyId([1; 8]),
            key: Key::new([2; 32]),
        };
        let name = FolderName::new("a").unwrap();
        let within = data.folder(&name).with(UidValidity(9));
        let key = |uid| within.message(Uid::new(uid).unwrap());
        let bytes = |uid| written(|out| StoreKey::write(&key(uid), out));
        assert!(bytes(255) < bytes(256) && key(255) < key(256));
        let prefix = written(|out| within.write(out));
        assert!(bytes(1).starts_with(&prefix));
        let text = key(1).text(&PartPath::parse("1.2").unwrap());
        assert!(written(|out| text.write(out)).starts_with(&bytes(1)));
        let list = |name: &FolderName| data.list(&ListId::of_folder(name.clone()));
        assert_ne!(list(&name), list(&FolderName::inbox()));
        assert!(reads_back(&key(7)) && reads_back(&text));
        let piece = |uid| within.index(Uid::new(uid).unwrap());
        assert!(reads_back(&piece(700)) && piece(127) != piece(128));
        assert!(piece(128) == piece(255));
        assert!(reads_back(&list(&name)) && reads_back(&list(&name).block(3)));
        assert!(reads_back(&data.id) && reads_back(&SessionKey([3; 16])));
        assert!(reads_back(&data.notice(SessionKey([4; 16]), [5; 16])));
    }

    #[test]
    fn rule_14_the_key_of_a_list_can_be_made_by_nobody_without_the_data_key() {
        let with = |key: u8| DataKey {
            id: DataKeyId([1; 8]),
            key: Key::new([key; 32]),
        };
        let search = |text| {
            let list = ListId::of_folder(FolderName::inbox());
            list.searched(Search::new(text))
        };
        let hash = |key: u8, text| with(key).list(&search(text)).list;
        assert_eq!(hash(2, "from:ann"), hash(2, " from:ann "));
        assert_ne!(hash(2, "from:ann"), hash(3, "from:ann"));
        assert_ne!(hash(2, "from:ann"), hash(2, "from:bo"));
        // Each order has a list of its own, so that the server's and our own are never mixed with another.
        let by = Order::named("subject").unwrap();
        let sorted = with(2).list(&search("from:ann").sorted(by)).list;
        assert_ne!(sorted, hash(2, "from:ann"));
    }
}
