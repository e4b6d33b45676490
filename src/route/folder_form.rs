//! What the form of `Route::ChangeFolder` says: which folder, and what is to become of it.
//!
//! Not for the token, which every form carries. To know before changing it: `read` and `fields` are each the inverse of the
//! other; what was typed as a name travels as it was typed.

use super::query::Query;
use super::{ActForm, FolderQuery, FoldersQuery, ListQuery, Route};
use crate::error::{Error, Result};
use crate::mail::{FolderAct, FolderChange, FolderName, FolderSetting, FolderSize};

impl FolderChange {
    /// Reads the fields of a form; the inverse of `fields`.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<FolderChange> {
        let fields = Query::of(fields);
        let folder = |key: &'static str| {
            let name = fields.get(key).filter(|name| !name.is_empty());
            let name = name.map(|name| FolderName::new(name).ok_or(Error::BadRequest(key)));
            name.transpose()
        };
        let this = || folder("f")?.ok_or(Error::BadRequest("f"));
        let typed = || fields.get("name").unwrap_or_default().to_owned();
        let act = fields.get("act").and_then(FolderAct::named);
        Ok(match act.ok_or(Error::BadRequest("act"))? {
            FolderAct::Create => FolderChange::Create {
                under: folder("under")?,
                name: typed(),
            },
            FolderAct::Rename => FolderChange::Rename {
                folder: this()?,
                name: typed(),
            },
            FolderAct::Move => FolderChange::Move {
                folder: this()?,
                under: folder("under")?,
            },
            FolderAct::Delete => FolderChange::Delete {
                folder: this()?,
                told: match fields.get("folders") {
                    None => None,
                    Some(_) => Some(FolderSize {
                        folders: fields.number("folders")?,
                        messages: fields.number("messages")?,
                    }),
                },
            },
            FolderAct::Subscribe => FolderChange::Subscribe {
                folder: this()?,
                on: true,
            },
            FolderAct::Unsubscribe => FolderChange::Subscribe {
                folder: this()?,
                on: false,
            },
        })
    }

    /// Its fields, but for the token.
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![("act".to_owned(), self.act().name().to_owned())];
        let mut set = |name: &str, value: String| fields.push((name.to_owned(), value));
        match self {
            FolderChange::Create { .. } => {}
            FolderChange::Rename { folder, .. }
            | FolderChange::Move { folder, .. }
            | FolderChange::Delete { folder, .. }
            | FolderChange::Subscribe { folder, .. } => set("f", folder.as_wire().to_owned()),
        }
        match self {
            FolderChange::Create { under, .. } | FolderChange::Move { under, .. } => {
                let under = under.as_ref().map(FolderName::as_wire);
                set("under", under.unwrap_or_default().to_owned());
            }
            FolderChange::Rename { .. }
            | FolderChange::Delete { .. }
            | FolderChange::Subscribe { .. } => {}
        }
        if let Some(name) = self.typed() {
            set("name", name.to_owned());
        }
        if let FolderChange::Delete {
            told: Some(told), ..
        } = self
        {
            set("folders", told.folders.to_string());
            set("messages", told.messages.to_string());
        }
        fields
    }
}

impl From<FolderChange> for ActForm {
    fn from(change: FolderChange) -> ActForm {
        ActForm {
            to: Route::ChangeFolder,
            fields: change.fields(),
        }
    }
}

/// What the form of `Route::SetFolder` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingForm {
    /// Which folder.
    pub folder: FolderName,
    /// What it is to be.
    pub setting: FolderSetting,
    /// From now on, or no longer.
    pub on: bool,
    /// The page of all folders that it was set on; None for its own page.
    pub list: Option<FoldersQuery>,
}

impl SettingForm {
    /// Reads the fields of a form; the inverse of `fields`.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<SettingForm> {
        let fields = Query::of(fields);
        let folder = fields.get("f").and_then(FolderName::new);
        let setting = fields.get("set").and_then(FolderSetting::named);
        let from = fields.get("from").map(|_| fields.number("from"));
        Ok(SettingForm {
            folder: folder.ok_or(Error::BadRequest("f"))?,
            setting: setting.ok_or(Error::BadRequest("set"))?,
            on: fields.is_set("on"),
            list: from.transpose()?.map(|from| FoldersQuery {
                find: fields.get("find").unwrap_or_default().to_owned(),
                from,
            }),
        })
    }

    /// Its fields, but for the token.
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        let mut set = |name: &str, value: &str| fields.push((name.to_owned(), value.to_owned()));
        set("f", self.folder.as_wire());
        set("set", self.setting.name());
        if self.on {
            set("on", "1");
        }
        if let Some(list) = &self.list {
            set("from", &list.from.to_string());
            set("find", &list.find);
        }
        fields
    }

    /// The page that it was set on.
    pub fn page(&self) -> Route {
        match &self.list {
            Some(list) => Route::Folders(list.clone()),
            None if self.setting == FolderSetting::Grouped => {
                Route::Folder(ListQuery::newest(self.folder.clone()))
            }
            None => Route::FolderOptions(FolderQuery::plain(self.folder.clone())),
        }
    }
}

impl From<SettingForm> for ActForm {
    fn from(form: SettingForm) -> ActForm {
        ActForm {
            to: Route::SetFolder,
            fields: form.fields(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_what_it_writes() {
        let folder = || FolderName::new("INBOX.R&-D %2F?&=+ü").unwrap();
        let name = || " & \"/\\ 🎻 ".to_owned();
        let size = FolderSize {
            folders: 3,
            messages: u32::MAX,
        };
        for change in [
            FolderChange::Create {
                under: None,
                name: name(),
            },
            FolderChange::Create {
                under: Some(folder()),
                name: String::new(),
            },
            FolderChange::Rename {
                folder: folder(),
                name: name(),
            },
            FolderChange::Move {
                folder: folder(),
                under: None,
            },
            FolderChange::Move {
                folder: folder(),
                under: Some(FolderName::inbox()),
            },
            FolderChange::Delete {
                folder: folder(),
                told: None,
            },
            FolderChange::Delete {
                folder: folder(),
                told: Some(size),
            },
            FolderChange::Subscribe {
                folder: folder(),
                on: true,
            },
            FolderChange::Subscribe {
                folder: folder(),
                on: false,
            },
        ] {
            assert_eq!(FolderChange::read(&change.fields()), Ok(change.clone()));
            let form = ActForm::from(change);
            assert_eq!(ActForm::of_kept(&form.kept()), Some(form));
        }
        assert!(FolderChange::read(&[]).is_err());
        for (on, list) in [
            (true, None),
            (
                false,
                Some(FoldersQuery {
                    find: "ü".into(),
                    from: 100,
                }),
            ),
        ] {
            let form = SettingForm {
                folder: folder(),
                setting: FolderSetting::Favourite,
                on,
                list,
            };
            assert_eq!(SettingForm::read(&form.fields()), Ok(form));
        }
        assert!(SettingForm::read(&[]).is_err());
    }
}
