//! How an address is spelled: the parameters of a query being read, and an address being written.
//!
//! Not for what there is to be asked for (`route`). What is read here has the form that it must have, or is a
//! `BadRequest` that names the parameter; what is written reads back as the same.

use super::{
    Anchor, Base, Face, FolderAsks, FolderQuery, ListPage, ListQuery, MessageQuery, MessageRef,
    Route, Selected,
};
use crate::error::{Error, Result};
use crate::mail::{
    FolderName, ListId, NestedPath, Order, Scope, Search, SearchOption, Uid, UidValidity,
};

impl Anchor {
    /// UIDVALIDITY, UID and rank; the folder stands behind them where the list does not say it.
    pub(super) fn write(&self, list: &ListId) -> String {
        let MessageRef {
            folder,
            validity,
            uid,
        } = &self.message;
        let numbers = format!("{}.{}.{}", validity.0, uid.get(), self.rank);
        match list.spans_folders() {
            false => numbers,
            true => format!("{numbers}.{}", folder.as_wire()),
        }
    }

    fn read(text: &str, list: &ListId) -> Option<Anchor> {
        let mut pieces = text.splitn(4, '.');
        let mut number = || pieces.next()?.parse::<u32>().ok();
        let (validity, uid, rank) = (number()?, number()?, number()?);
        let folder = match (pieces.next(), list.spans_folders()) {
            (Some(name), true) => FolderName::new(name)?,
            (None, false) => list.folder().clone(),
            (Some(_), false) | (None, true) => return None,
        };
        Some(Anchor {
            message: MessageRef {
                folder,
                validity: UidValidity(validity),
                uid: Uid::new(uid)?,
            },
            rank,
        })
    }
}

/// The parameters of a query, decoded.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn read(raw: &str) -> Query {
        Query(
            form_urlencoded::parse(raw.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The fields of a form, which are read as a query is.
    pub(super) fn of(fields: &[(String, String)]) -> Query {
        Query(fields.to_vec())
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// All values of a field that may come several times.
    pub(super) fn all(&self, key: &str) -> impl Iterator<Item = &str> {
        let all = self.0.iter().filter(move |(k, _)| k == key);
        all.map(|(_, v)| v.as_str())
    }

    pub(super) fn is_set(&self, key: &str) -> bool {
        self.get(key) == Some("1")
    }

    pub(super) fn number(&self, key: &'static str) -> Result<u32> {
        self.get(key)
            .and_then(|n| n.parse().ok())
            .ok_or(Error::BadRequest(key))
    }

    /// A place in a list; None for none of them.
    pub(super) fn place(&self, key: &'static str) -> Result<Option<u32>> {
        let place = self.get(key).map(str::parse);
        place.transpose().map_err(|_| Error::BadRequest(key))
    }

    pub(super) fn list_page(&self) -> Result<ListQuery> {
        let list = self.list()?;
        let anchor = |key: &'static str| {
            self.get(key)
                .map(|text| Anchor::read(text, &list).ok_or(Error::BadRequest(key)))
                .transpose()
        };
        let page = match (anchor("older")?, anchor("newer")?) {
            (Some(anchor), _) => ListPage::OlderThan(anchor),
            (None, Some(anchor)) => ListPage::NewerThan(anchor),
            (None, None) => ListPage::Newest,
        };
        Ok(ListQuery {
            list,
            page,
            compare: self.is_set("compare"),
            further: self.is_set("further"),
            selected: match self.get("select") {
                Some("page") => Selected::Page,
                Some("all") => Selected::All,
                _ => Selected::Nothing,
            },
        })
    }

    /// Which list: messages of the folder `f`, or of more folders as `scope` says, those that `q` looks for, in the order
    /// `sort` (`-subject` is reversed); with `group` by conversation.
    fn list(&self) -> Result<ListId> {
        let folder = match self.get("f") {
            Some(name) => FolderName::new(name).ok_or(Error::BadRequest("f"))?,
            None => FolderName::inbox(),
        };
        self.list_of(folder)
    }

    fn list_of(&self, folder: FolderName) -> Result<ListId> {
        let scope = self.get("scope").unwrap_or_default();
        let scope = Scope::named(scope).ok_or(Error::BadRequest("scope"))?;
        let order = self.get("sort").unwrap_or_default();
        let order = Order::named(order).ok_or(Error::BadRequest("sort"))?;
        let typed = self.get("q").unwrap_or_default();
        let filled = SearchOption::ALL
            .into_iter()
            .filter_map(|(option, field)| Some((option, self.get(field)?)));
        let search = Search::composed(typed, filled);
        let list = ListId::of_folder(folder).within(scope).searched(search);
        Ok(list.sorted(order).grouped(self.is_set("group")))
    }

    /// The folder that a link names.
    pub(super) fn folder(&self) -> Result<FolderName> {
        let folder = self.get("f").and_then(FolderName::new);
        folder.ok_or(Error::BadRequest("f"))
    }

    pub(super) fn folder_page(&self) -> Result<FolderQuery> {
        Ok(FolderQuery {
            folder: self.folder()?,
            asks: match self.get("ask") {
                Some("where") => FolderAsks::Where {
                    find: self.get("find").unwrap_or_default().trim().to_owned(),
                },
                Some("delete") => FolderAsks::WhetherToDelete,
                Some("empty") => FolderAsks::WhetherToEmpty,
                Some("marked") => FolderAsks::WhetherToRemoveMarked,
                Some(_) | None => FolderAsks::Nothing,
            },
        })
    }

    pub(super) fn message(&self) -> Result<MessageRef> {
        Ok(MessageRef {
            folder: self
                .get("f")
                .and_then(FolderName::new)
                .ok_or(Error::BadRequest("f"))?,
            validity: UidValidity(self.number("v")?),
            uid: Uid::new(self.number("u")?).ok_or(Error::BadRequest("u"))?,
        })
    }

    pub(super) fn message_page(&self) -> Result<MessageQuery> {
        let message = self.message()?;
        // The list that it was opened from may be another folder's.
        let from = match self.get("from") {
            Some(name) => FolderName::new(name).ok_or(Error::BadRequest("from"))?,
            None => message.folder.clone(),
        };
        Ok(MessageQuery {
            message,
            list: self.list_of(from)?,
            rank: self.get("r").and_then(|n| n.parse().ok()).unwrap_or(0),
            face: match (self.is_set("text"), self.is_set("html")) {
                (true, _) => Face::Text,
                (false, true) => Face::Html,
                (false, false) => Face::First,
            },
            remote: self.is_set("remote"),
            inside: self.nested("in")?,
            charset: self.charset()?,
            fixed: self.is_set("fixed"),
            unfolded: self.unfolded()?,
        })
    }

    /// A picture that is attached.
    pub(super) fn picture(&self) -> Result<Route> {
        Ok(Route::Picture {
            message: self.message()?,
            inside: self.nested("in")?,
            nested: self.nested("p")?,
        })
    }

    /// The other message of a conversation that is unfolded.
    fn unfolded(&self) -> Result<Option<Box<MessageRef>>> {
        let Some(name) = self.get("of") else {
            return Ok(None);
        };
        Ok(Some(Box::new(MessageRef {
            folder: FolderName::new(name).ok_or(Error::BadRequest("of"))?,
            validity: UidValidity(self.number("ov")?),
            uid: Uid::new(self.number("ou")?).ok_or(Error::BadRequest("ou"))?,
        })))
    }

    pub(super) fn nested(&self, key: &'static str) -> Result<NestedPath> {
        NestedPath::parse(self.get(key).unwrap_or_default()).ok_or(Error::BadRequest(key))
    }

    /// The name of a charset, by its form alone.
    fn charset(&self) -> Result<String> {
        let name = self.get("charset").unwrap_or_default();
        let is_name = name.len() <= 40
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'));
        match is_name {
            true => Ok(name.to_owned()),
            false => Err(Error::BadRequest("charset")),
        }
    }
}

/// An address being written.
pub(super) struct Link(pub(super) String);

impl Link {
    pub(super) fn new(base: &Base) -> Link {
        Link(base.0.clone())
    }

    pub(super) fn path(&mut self, path: &str) {
        self.0.push_str(path);
    }

    pub(super) fn set(&mut self, key: &str, value: &str) {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        // A retry sets keys that a stranger wrote.
        self.0
            .extend(form_urlencoded::byte_serialize(key.as_bytes()));
        self.0.push('=');
        self.0
            .extend(form_urlencoded::byte_serialize(value.as_bytes()));
    }

    pub(super) fn flag(&mut self, key: &str, on: bool) {
        if on {
            self.set(key, "1");
        }
    }

    pub(super) fn some(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.set(key, value);
        }
    }

    pub(super) fn nested(&mut self, key: &str, nested: &NestedPath) {
        self.some(key, &nested.to_string());
    }

    pub(super) fn message_page(&mut self, page: &MessageQuery) {
        self.message(&page.message);
        if *page.list.folder() != page.message.folder {
            self.set("from", page.list.folder().as_wire());
        }
        self.kind_of_list(&page.list);
        self.set("r", &page.rank.to_string());
        self.nested("in", &page.inside);
        self.flag("text", page.face == Face::Text);
        self.flag("html", page.face == Face::Html);
        self.flag("remote", page.remote);
        self.some("charset", &page.charset);
        self.flag("fixed", page.fixed);
        if let Some(at) = &page.unfolded {
            let MessageRef {
                folder,
                validity,
                uid,
            } = &**at;
            self.set("of", folder.as_wire());
            self.set("ov", &validity.0.to_string());
            self.set("ou", &uid.get().to_string());
        }
    }

    pub(super) fn about(&mut self, path: &str, message: &MessageRef) {
        self.path(path);
        self.message(message);
    }

    pub(super) fn picture(
        &mut self,
        message: &MessageRef,
        inside: &NestedPath,
        nested: &NestedPath,
    ) {
        self.about("/picture", message);
        self.nested("in", inside);
        self.nested("p", nested);
    }

    pub(super) fn folder_page(&mut self, page: &FolderQuery) {
        self.set("f", page.folder.as_wire());
        match &page.asks {
            FolderAsks::Nothing => {}
            FolderAsks::Where { find } => {
                self.set("ask", "where");
                self.some("find", find);
            }
            FolderAsks::WhetherToDelete => self.set("ask", "delete"),
            FolderAsks::WhetherToEmpty => self.set("ask", "empty"),
            FolderAsks::WhetherToRemoveMarked => self.set("ask", "marked"),
        }
    }

    /// What names a page of a list; `Query::list_page` reads it.
    pub(super) fn list_page(&mut self, page: &ListQuery) {
        self.list(&page.list);
        match &page.page {
            ListPage::Newest => {}
            ListPage::OlderThan(anchor) => self.set("older", &anchor.write(&page.list)),
            ListPage::NewerThan(anchor) => self.set("newer", &anchor.write(&page.list)),
        }
        self.flag("compare", page.compare);
        self.flag("further", page.further);
        match page.selected {
            Selected::Nothing => {}
            Selected::Page => self.set("select", "page"),
            Selected::All => self.set("select", "all"),
        }
    }

    /// What names a list; `Query::list` reads it.
    pub(super) fn list(&mut self, list: &ListId) {
        self.set("f", list.folder().as_wire());
        self.kind_of_list(list);
    }

    /// What names a list beside its folder.
    fn kind_of_list(&mut self, list: &ListId) {
        self.some("q", list.search().map_or("", Search::text));
        self.some("scope", list.scope().name());
        self.some("sort", &list.order().name());
        self.flag("group", list.is_grouped());
    }

    pub(super) fn message(&mut self, message: &MessageRef) {
        self.set("f", message.folder.as_wire());
        self.set("v", &message.validity.0.to_string());
        self.set("u", &message.uid.get().to_string());
    }
}
