//! Which name a folder gets: from what a person typed, and the folder that it is to be below, to the name on the wire.
//!
//! Not for asking the server (`folders`). To know before changing it: a name is never cleaned up in silence. It is what was
//! typed, blanks and all, or it is refused with the reason.

use super::look::Look;
use crate::mail::{Folder, FolderFault, FolderName};
use crate::remote::{decoded, encoded};

/// Makes names among the folders that there are.
pub(super) struct Naming<'l> {
    look: &'l Look,
}

type Named = Result<FolderName, FolderFault>;

impl<'l> Naming<'l> {
    pub fn of(look: &'l Look) -> Naming<'l> {
        Naming { look }
    }

    /// The name of a folder below another one, or at the top; `own` is the folder that is to be called so.
    pub fn below(&self, parent: Option<&Folder>, typed: &str, own: Option<&FolderName>) -> Named {
        let (prefix, delimiter) = self.place(parent)?;
        self.named(&prefix, delimiter, typed, own)
    }

    /// The name of a folder that stays where it is.
    pub fn beside(&self, folder: &Folder, typed: &str) -> Named {
        let (prefix, _) = split(folder);
        self.named(prefix, folder.delimiter, typed, Some(&folder.name))
    }

    /// The name of a folder that keeps its last one.
    pub fn moved(&self, folder: &Folder, parent: Option<&Folder>) -> Named {
        let (_, last) = split(folder);
        let (prefix, delimiter) = self.place(parent)?;
        // In another namespace another character may separate.
        if let Some(delimiter) = delimiter.filter(|d| last.contains(*d)) {
            return Err(FolderFault::Delimiter(delimiter));
        }
        let name = FolderName::new(&format!("{prefix}{last}")).ok_or(FolderFault::TooLong)?;
        self.free(name, Some(&folder.name))
    }

    /// What names at a place begin with, and what separates their levels.
    fn place(&self, parent: Option<&Folder>) -> Result<(String, Option<char>), FolderFault> {
        if let Some(parent) = parent {
            let below = parent.below().filter(|_| parent.bears);
            let below = below.ok_or(FolderFault::NoSubfolders)?;
            return Ok((below, parent.delimiter));
        }
        if let Some(own) = &self.look.own {
            return Ok((own.prefix.clone(), own.delimiter));
        }
        let inbox = self.look.folder(&FolderName::inbox());
        Ok((String::new(), inbox.and_then(|inbox| inbox.delimiter)))
    }

    fn named(
        &self,
        prefix: &str,
        delimiter: Option<char>,
        typed: &str,
        own: Option<&FolderName>,
    ) -> Named {
        if typed.trim().is_empty() {
            return Err(FolderFault::NoName);
        }
        if typed.chars().any(char::is_control) {
            return Err(FolderFault::Control);
        }
        if let Some(delimiter) = delimiter.filter(|d| typed.contains(*d)) {
            return Err(FolderFault::Delimiter(delimiter));
        }
        let last = encoded(typed).ok_or(FolderFault::TooLong)?;
        // A letter of another alphabet goes over the wire in ASCII, which may separate levels, too.
        if let Some(delimiter) = delimiter.filter(|d| last.as_wire().contains(*d)) {
            return Err(FolderFault::Delimiter(delimiter));
        }
        // `encoded` takes INBOX in any case for the one that every account has.
        let last = match last.is_inbox() {
            true => typed,
            false => last.as_wire(),
        };
        let name = FolderName::new(&format!("{prefix}{last}")).ok_or(FolderFault::TooLong)?;
        self.free(name, own)
    }

    /// A name that no other folder has, in whatever case: many servers keep folders where `work` and `Work` are one.
    fn free(&self, name: FolderName, own: Option<&FolderName>) -> Named {
        let sought = decoded(name.as_wire()).to_lowercase();
        let is_other = |folder: &&Folder| Some(&folder.name) != own;
        let mut others = self.look.list.folders.iter().filter(is_other);
        let taken = others.find(|other| decoded(other.name.as_wire()).to_lowercase() == sought);
        match taken {
            Some(taken) => Err(FolderFault::Taken(taken.title.clone())),
            None => Ok(name),
        }
    }
}

/// What a name begins with, its delimiter included, and its last step.
fn split(folder: &Folder) -> (&str, &str) {
    let wire = folder.name.as_wire();
    let at = folder.delimiter.and_then(|d| Some((wire.rfind(d)?, d)));
    let at = at.map_or(0, |(at, d)| at.saturating_add(d.len_utf8()));
    wire.split_at_checked(at).unwrap_or(("", wire))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::Namespace;
    use crate::store::keys::FolderList;

    fn folder(name: &str, delimiter: char) -> Folder {
        Folder {
            name: FolderName::new(name).unwrap(),
            title: decoded(name),
            depth: 0,
            role: None,
            is_role_told: false,
            gathers: None,
            selectable: true,
            counts: None,
            delimiter: Some(delimiter),
            bears: true,
            subscribed: None,
            rights: None,
        }
    }

    fn look(names: &[&str], prefix: &str, delimiter: char) -> Look {
        let folders = names.iter().map(|name| folder(name, delimiter)).collect();
        let own = Some(Namespace {
            prefix: prefix.to_owned(),
            delimiter: Some(delimiter),
        });
        let list = FolderList {
            folders,
            ..FolderList::default()
        };
        Look { list, own }
    }

    fn at_top(look: &Look, typed: &str) -> Result<String, FolderFault> {
        let name = Naming::of(look).below(None, typed, None)?;
        Ok(name.as_wire().to_owned())
    }

    #[test]
    fn a_name_is_what_was_typed_or_is_refused_with_the_reason() {
        let look = look(&["INBOX", "Work", "R&AOk-union"], "", '/');
        for (typed, wire) in [
            (" a ", " a "),
            ("R&D", "R&-D"),
            ("\"\\", "\"\\"),
            ("a.b", "a.b"),
            ("🎻", "&2Dzfuw-"),
            ("INBOX2", "INBOX2"),
        ] {
            assert_eq!(at_top(&look, typed).as_deref(), Ok(wire));
        }
        let taken = |title: &str| Err(FolderFault::Taken(title.to_owned()));
        for (typed, fault) in [
            ("", Err(FolderFault::NoName)),
            ("  ", Err(FolderFault::NoName)),
            ("a\r\nb", Err(FolderFault::Control)),
            ("a/b", Err(FolderFault::Delimiter('/'))),
            ("work", taken("Work")),
            ("RÉUNION", taken("Réunion")),
            ("inbox", taken("INBOX")),
            (&"x".repeat(1001), Err(FolderFault::TooLong)),
        ] {
            let found = at_top(&look, typed);
            let same = match (&found, &fault) {
                (Err(FolderFault::Taken(a)), Err(FolderFault::Taken(b))) => {
                    a.to_lowercase() == b.to_lowercase()
                }
                _ => found == fault,
            };
            assert!(same, "{typed}: {found:?}");
        }
    }

    #[test]
    fn a_namespace_and_its_delimiter_are_kept_to() {
        let look = look(&["INBOX", "INBOX.Work", "INBOX.Work.a"], "INBOX.", '.');
        assert_eq!(at_top(&look, "b").as_deref(), Ok("INBOX.b"));
        assert_eq!(at_top(&look, "b/c").as_deref(), Ok("INBOX.b/c"));
        assert_eq!(at_top(&look, "b.c"), Err(FolderFault::Delimiter('.')));
        assert_eq!(at_top(&look, "inbox").as_deref(), Ok("INBOX.inbox"));
        let (work, a) = (folder("INBOX.Work", '.'), folder("INBOX.Work.a", '.'));
        let naming = Naming::of(&look);
        let wire = |named: Named| named.map(|name| name.as_wire().to_owned());
        assert_eq!(
            wire(naming.beside(&a, "A")).as_deref(),
            Ok("INBOX.Work.A"),
            "its own name in another case"
        );
        assert_eq!(wire(naming.moved(&a, None)).as_deref(), Ok("INBOX.a"));
        assert_eq!(
            wire(naming.below(Some(&work), "n", None)).as_deref(),
            Ok("INBOX.Work.n")
        );
        let closed = Folder {
            bears: false,
            ..work
        };
        assert_eq!(
            naming.below(Some(&closed), "n", None),
            Err(FolderFault::NoSubfolders)
        );
        // In modified UTF-7 a comma stands for a slash of base64.
        let commas = super::tests::look(&["INBOX"], "", ',');
        assert_eq!(at_top(&commas, "台北"), Err(FolderFault::Delimiter(',')));
    }
}
