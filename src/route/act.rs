//! What the forms of acts say: which message is meant stands in a form, never in the address that it is sent to.
//!
//! Not for the token, which every form carries. To know before changing it: `read` and `fields` are each the inverse of the
//! other, as `Route::parse` and `Route::href` are.

pub use super::picked::Picked;
use super::picked::{self, at_home, named, ranges, uids, unchanged};
use super::query::{Link, Query};
use super::{Base, ListQuery, MessageQuery, MessageRef, NoticeId, Route, Selected};
use crate::error::{Error, Result};
use crate::mail::{FolderName, FolderRef, LabelWord, MessageAct, ModSeq, Uid, UidValidity};

/// What the form of `Route::Sender` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderForm {
    /// The page of the message whose sender is meant.
    pub page: MessageQuery,
    /// True where the sender's images are always shown from now on, false where no longer.
    pub always: bool,
}

impl SenderForm {
    /// Reads the fields of a form; the inverse of `fields`.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<SenderForm> {
        let fields = Query::of(fields);
        Ok(SenderForm {
            page: fields.message_page()?,
            always: fields.is_set(ALWAYS),
        })
    }

    /// Its fields, but for the token.
    pub fn fields(&self) -> Vec<(String, String)> {
        let (_, mut fields) = Route::Message(self.page.clone()).form(&Base::default());
        if self.always {
            fields.push((ALWAYS.to_owned(), "1".to_owned()));
        }
        fields
    }
}

/// What the form of `Route::Messages` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagesForm {
    /// What is to be done.
    pub act: MessageAct,
    /// The folder that they are to go to, where the act does not say it.
    pub to: Option<FolderName>,
    /// The label that they are to get, or to lose.
    pub label: Option<LabelWord>,
    /// Their folder.
    pub from: FolderRef,
    /// Which.
    pub uids: Vec<Uid>,
    /// Messages of several folders, where the list has such; then `uids` is empty.
    pub picked: Vec<Picked>,
    /// All of the list, as it was when their number was told; then no message is named.
    pub all: Option<AllOf>,
    /// The page of the list that they were chosen on.
    pub page: ListQuery,
    /// The rank of the message that was open, where it was chosen there.
    pub opened: Option<u32>,
    /// The conversation that was open, by the message that stands for it, where only some of its messages are meant.
    pub talk: Option<MessageRef>,
    /// True where a question has been answered: it is really to be done.
    pub sure: bool,
    /// The notice whose act this one undoes.
    pub undoes: Option<NoticeId>,
    /// Messages that were changed since are left alone, where the server can tell (RFC 7162).
    pub since: Option<ModSeq>,
}

/// All messages of a list as it was when it was shown. What has come since is not among them: its UIDs are higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllOf {
    /// The UID that the next message was to get.
    pub below: u32,
    /// How many there were.
    pub count: u32,
}

impl AllOf {
    fn read(text: &str) -> Option<AllOf> {
        let (below, count) = text.split_once('.')?;
        Some(AllOf {
            below: below.parse().ok()?,
            count: count.parse().ok()?,
        })
    }

    /// As forms have it.
    pub fn to_text(self) -> String {
        format!("{}.{}", self.below, self.count)
    }
}

impl MessagesForm {
    /// Most messages that one form names.
    pub const MOST: usize = picked::MOST;
    /// The field that means all of a list.
    pub const ALL: &str = "all";
    /// The field that names the conversation which is open.
    pub const TALK: &str = "talk";

    /// Something is to be done with all messages of a folder, as they were when they were counted.
    pub fn with_all(act: MessageAct, from: FolderRef, all: AllOf) -> MessagesForm {
        MessagesForm {
            act,
            to: None,
            page: ListQuery::newest(from.name.clone()),
            from,
            uids: Vec::new(),
            picked: Vec::new(),
            all: Some(all),
            opened: None,
            talk: None,
            sure: false,
            undoes: None,
            since: None,
            label: None,
        }
    }

    /// How many messages it names.
    pub fn count(&self) -> u32 {
        let picked = self.picked.iter().map(|picked| picked.uids.len());
        let named = picked.fold(self.uids.len(), usize::saturating_add);
        let named = u32::try_from(named).unwrap_or(u32::MAX);
        self.all.map_or(named, |all| all.count)
    }

    /// The message that it names first.
    pub fn first(&self) -> Option<MessageRef> {
        let own = self.uids.first().map(|uid| self.from.message(*uid));
        own.or_else(|| {
            let picked = self.picked.first()?;
            Some(picked.folder.message(*picked.uids.first()?))
        })
    }

    /// The folder that what it names is to go to; of several the first.
    pub fn target(&self) -> Option<&FolderName> {
        let home = || self.picked.first()?.home.as_ref();
        self.to.as_ref().or_else(home)
    }

    /// The folder of what it names; of several the first.
    pub fn place(&self) -> &FolderName {
        let picked = self.picked.first().map(|picked| &picked.folder);
        &picked.unwrap_or(&self.from).name
    }

    /// The value of the box that chooses a message, in a list of several folders or of one.
    pub fn box_of(message: &MessageRef, spans_folders: bool) -> String {
        let uids = vec![message.uid];
        match spans_folders {
            false => ranges(&uids),
            true => Picked {
                folder: message.within(),
                uids,
                home: None,
                since: None,
            }
            .to_text(),
        }
    }

    /// Reads the fields of a form; the inverse of `fields`. Messages are named by numbers and ranges: `7`, `3:5,9`.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<MessagesForm> {
        let fields = Query::of(fields);
        let page = fields.list_page()?;
        let to = fields.all("to").filter(|to| !to.is_empty());
        let to = to.map(|to| FolderName::new(to).ok_or(Error::BadRequest("to")));
        let to: Vec<FolderName> = to.collect::<Result<_>>()?;
        let since = fields
            .all("since")
            .map(|text| text.parse().ok().and_then(ModSeq::new));
        let since: Vec<Option<ModSeq>> = since.collect();
        let (plain, picked) = named(fields.all("u"))?;
        let picked = unchanged(&since, picked)?;
        let (to, picked) = at_home(to, picked)?;
        let name = fields
            .get("in")
            .map(|name| FolderName::new(name).ok_or(Error::BadRequest("in")));
        let from = FolderRef {
            name: name
                .transpose()?
                .unwrap_or_else(|| page.list.folder().clone()),
            validity: UidValidity(fields.number("v")?),
        };
        let act = fields.get("act").and_then(MessageAct::named);
        let mut act = act.ok_or(Error::BadRequest("act"))?;
        let mut label = None;
        if let (MessageAct::Label | MessageAct::Unlabel, Some(text)) = (act, fields.get("label")) {
            let is_set = text.starts_with('+');
            let word = text.strip_prefix(['+', '-']).and_then(LabelWord::new);
            label = Some(word.ok_or(Error::BadRequest("label"))?);
            act = match is_set {
                true => MessageAct::Label,
                false => MessageAct::Unlabel,
            };
        }
        Ok(MessagesForm {
            act,
            label,
            to,
            from,
            uids: uids(plain.into_iter())?,
            all: fields
                .get(MessagesForm::ALL)
                .map(|text| AllOf::read(text).ok_or(Error::BadRequest("all")))
                .transpose()?,
            page,
            opened: fields.get("r").map(|_| fields.number("r")).transpose()?,
            talk: fields
                .get(MessagesForm::TALK)
                .map(|text| talk(text).ok_or(Error::BadRequest(MessagesForm::TALK)))
                .transpose()?,
            sure: fields.is_set("sure"),
            undoes: fields.get("undoes").and_then(NoticeId::from_text),
            since: match picked.is_empty() {
                true => since.first().copied().flatten(),
                false => None,
            },
            picked,
        })
    }

    /// Its fields, but for the token.
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields = MessagesForm::place_of(&self.from, &self.page);
        let mut set = |name: &str, value: String| fields.push((name.to_owned(), value));
        set("act", self.act.name().to_owned());
        if let Some(all) = self.all {
            set(MessagesForm::ALL, all.to_text());
        } else if self.picked.is_empty() {
            set("u", ranges(&self.uids));
        }
        let are_counted = self.picked.iter().any(|picked| picked.since.is_some());
        for picked in &self.picked {
            set("u", picked.to_text());
            if are_counted {
                // Where one folder counts its changes, and another does not: 0 for that one.
                let since = picked.since.map_or(0, ModSeq::get);
                set("since", since.to_string());
            }
            if let Some(home) = &picked.home {
                set("to", home.as_wire().to_owned());
            }
        }
        if let Some(to) = &self.to {
            set("to", to.as_wire().to_owned());
        }
        if let Some(word) = &self.label {
            let sign = match self.act {
                MessageAct::Unlabel => '-',
                _ => '+',
            };
            set("label", format!("{sign}{}", word.as_str()));
        }
        if let Some(rank) = self.opened {
            set("r", rank.to_string());
        }
        if let Some(talk) = &self.talk {
            set(MessagesForm::TALK, MessagesForm::box_of(talk, true));
        }
        if self.sure {
            set("sure", "1".to_owned());
        }
        if let Some(id) = self.undoes {
            set("undoes", id.to_text());
        }
        if let Some(since) = self.since.filter(|_| self.picked.is_empty()) {
            set("since", since.get().to_string());
        }
        fields
    }

    /// The fields that say where messages are, without saying which, nor what is to be done.
    pub fn place_of(from: &FolderRef, page: &ListQuery) -> Vec<(String, String)> {
        let page = ListQuery {
            compare: false,
            selected: Selected::Nothing,
            ..page.clone()
        };
        let (_, mut fields) = Route::Folder(page.clone()).form(&Base::default());
        let folder = page.list.folder();
        // The first page of INBOX has an address without a name.
        let is_unnamed = !fields.iter().any(|(name, _)| name == "f");
        let mut set = |name: &str, value: String| fields.push((name.to_owned(), value));
        if is_unnamed {
            set("f", folder.as_wire().to_owned());
        }
        if *folder != from.name {
            set("in", from.name.as_wire().to_owned());
        }
        set("v", from.validity.0.to_string());
        fields
    }
}

impl From<MessagesForm> for ActForm {
    fn from(form: MessagesForm) -> ActForm {
        ActForm {
            to: Route::Messages,
            fields: form.fields(),
        }
    }
}

/// Reads the message that stands for a conversation.
fn talk(text: &str) -> Option<MessageRef> {
    let picked = Picked::read(text)?.ok()?;
    Some(picked.folder.message(*picked.uids.first()?))
}

/// An act, and what its form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActForm {
    /// The act.
    pub to: Route,
    /// Its fields, but for the token.
    pub fields: Vec<(String, String)>,
}

impl ActForm {
    /// The form in one line, to be kept; never an address, for it says what it is about.
    pub fn kept(&self) -> String {
        let mut link = Link(self.to.href(&Base::default()));
        for (name, value) in &self.fields {
            link.set(name, value);
        }
        link.0
    }

    /// Reads what was kept; None for what is no form's.
    pub fn of_kept(kept: &str) -> Option<ActForm> {
        let (target, fields) = kept.split_once('?').unwrap_or((kept, ""));
        let fields = form_urlencoded::parse(fields.as_bytes()).into_owned();
        Some(ActForm {
            to: Route::posted_to(target)?,
            fields: fields.collect(),
        })
    }
}

impl From<SenderForm> for ActForm {
    fn from(form: SenderForm) -> ActForm {
        ActForm {
            to: Route::Sender,
            fields: form.fields(),
        }
    }
}

/// The field that says that images are always shown.
const ALWAYS: &str = "always";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::samples;

    #[test]
    fn messages_of_several_folders_are_named_with_them_and_each_may_go_home() {
        let picked = |name: &str, home: Option<&str>| Picked {
            folder: FolderRef {
                name: FolderName::new(name).unwrap(),
                validity: UidValidity(7),
            },
            uids: [3, 4, 9].into_iter().filter_map(Uid::new).collect(),
            home: home.and_then(FolderName::new),
            since: None,
        };
        let all = AllOf { below: 1, count: 2 };
        let form = MessagesForm {
            all: None,
            picked: vec![picked("a.b", Some("x")), picked("a.b", Some("y,1"))],
            ..MessagesForm::with_all(MessageAct::Move, picked("c", None).folder, all)
        };
        assert_eq!(MessagesForm::read(&form.fields()), Ok(form.clone()));
        let one_place = MessagesForm {
            to: FolderName::new("x"),
            picked: vec![picked("a", None), picked("b", None)],
            ..form.clone()
        };
        assert_eq!(MessagesForm::read(&one_place.fields()), Ok(one_place));
        let of_talk = MessagesForm {
            talk: Some(picked("a.b", None).folder.message(Uid::new(7).unwrap())),
            uids: picked("a", None).uids,
            picked: Vec::new(),
            ..form.clone()
        };
        assert_eq!(MessagesForm::read(&of_talk.fields()), Ok(of_talk));
        // Of each folder as of its own count of changes, where it has one.
        let counted = |name: &str, since| Picked {
            since: ModSeq::new(since),
            ..picked(name, None)
        };
        let of_each = MessagesForm {
            picked: vec![counted("a", 7), counted("b", 0), counted("c", 9)],
            ..form.clone()
        };
        assert_eq!(MessagesForm::read(&of_each.fields()), Ok(of_each.clone()));
        let mut fields = of_each.fields();
        fields.push(("since".to_owned(), "7".to_owned()));
        assert!(MessagesForm::read(&fields).is_err(), "a count too many");
        let mut fields = form.fields();
        fields.push(("to".to_owned(), "z".to_owned()));
        assert!(MessagesForm::read(&fields).is_err(), "a home too many");
    }

    #[test]
    fn a_form_reads_what_it_writes_and_its_address_says_nothing() {
        let pages = samples().into_iter().filter_map(|(_, route)| match route {
            Route::Message(page) => Some(page),
            _ => None,
        });
        for page in pages {
            for always in [true, false] {
                let form = SenderForm {
                    page: page.clone(),
                    always,
                };
                assert_eq!(SenderForm::read(&form.fields()), Ok(form.clone()));
                let act = ActForm::from(form);
                assert_eq!(ActForm::of_kept(&act.kept()), Some(act));
            }
        }
        assert_eq!(Route::Sender.href(&Base::default()), "/sender");
        assert!(SenderForm::read(&[]).is_err());
    }
}
