//! What a user can set: each setting once, with its built-in value, its rule, and the one place where it is decided whose
//! value counts: built in < hoster (`[settings]`) < user (`settings.toml`) < hoster (`[fixed]`). What is typed is judged by the
//! same rule as what stands in a file (`Chosen::broken_rule`).
//!
//! Not for files: the user's is `profile`'s, the hoster's `config`'s. To know before changing it: a new setting is a field of
//! `Chosen` and one of `Settings`; the compiler then names what else of this file has to know it. One on the page of settings
//! is also a `Setting` (`mail`), with its name and its choices (`words`, `actions::settings`). What a later version or
//! a hand wrote into the user's file is kept in `other`.

mod folders;
mod identities;
mod searches;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use toml::Table;

use crate::mail::{
    AfterDelete, Choice, Marked, Preference, ReplyPlace, Setting, ShowFirst, Switch, Theme, WriteIn,
};
use crate::time::Zone;

pub use folders::FolderChoices;
pub use identities::Identity;
pub use searches::SavedSearches;

/// Senders whose images are always shown; one more, and the oldest goes.
const SENDERS: usize = 1000;
/// For how many seconds a message can be taken back: one of these.
pub const UNDO_SECONDS: [u32; 5] = [0, 5, 10, 20, 30];

/// What one side says: the user in `settings.toml`, the hoster in `[settings]` or `[fixed]`. None: nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// Rows of a list page.
    pub rows: Option<u32>,
    /// The zone in which times are shown; empty for the machine's.
    pub time_zone: Option<String>,
    /// The senders whose remote images are always shown, by their addresses, the latest last.
    pub remote_from: Option<Vec<String>>,
    /// What is shown when the message that was open has been deleted, archived or moved.
    pub after_delete: Option<AfterDelete>,
    /// Whether messages are shown that are marked for removal.
    pub marked: Option<Marked>,
    /// Whether keys do something when they are pressed alone.
    pub keys: Option<bool>,
    /// Light or dark.
    pub theme: Option<Theme>,
    /// Which version of a message is shown that has both.
    pub show_first: Option<ShowFirst>,
    /// Where an answer begins.
    pub reply: Option<ReplyPlace>,
    /// What messages are written in.
    pub write: Option<WriteIn>,
    /// Whether people whom messages are sent to are suggested from then on.
    pub collect: Option<bool>,
    /// For how many seconds a message can be taken back after it was sent.
    pub undo_seconds: Option<u32>,
    /// What is chosen of folders.
    pub folders: Option<FolderChoices>,
    /// The searches that are kept.
    pub searches: Option<SavedSearches>,
    /// Whom messages are from, the usual one first.
    pub identities: Option<Vec<Identity>>,
    /// Keys that are no settings of this version.
    #[serde(flatten)]
    pub other: Table,
}

/// The settings in use for one user.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Rows of a list page.
    pub rows: u32,
    /// The zone in which times are shown; empty for the machine's.
    pub time_zone: String,
    /// True where the user, or the hoster for all, has chosen it; else that of the reader's own clock comes first.
    pub is_zone_chosen: bool,
    /// The senders whose remote images are always shown, by their addresses in lower case, the latest last.
    pub remote_from: Vec<String>,
    /// What is shown when the message that was open has been deleted, archived or moved.
    pub after_delete: AfterDelete,
    /// Whether messages are shown that are marked for removal.
    pub marked: Marked,
    /// Whether keys do something when they are pressed alone.
    pub keys: bool,
    /// Light or dark.
    pub theme: Theme,
    /// Which version of a message is shown that has both.
    pub show_first: ShowFirst,
    /// Where an answer begins.
    pub reply: ReplyPlace,
    /// What messages are written in.
    pub write: WriteIn,
    /// Whether people whom messages are sent to are suggested from then on.
    pub collect: bool,
    /// For how many seconds a message can be taken back after it was sent; 0 for not at all.
    pub undo_seconds: u32,
    /// Those that the hoster does not let users change.
    pub fixed: Vec<Setting>,
    /// What is chosen of folders.
    pub folders: FolderChoices,
    /// The searches that are kept.
    pub searches: SavedSearches,
    /// Whom messages are from, the usual one first.
    pub identities: Vec<Identity>,
    /// True where the hoster does not let users change them.
    pub is_identities_fixed: bool,
    /// True where the hoster does not let users change which searches are kept.
    pub is_searches_fixed: bool,
    /// True where the hoster does not let users change `remote_from`.
    pub is_remote_from_fixed: bool,
}

/// What the hoster says.
#[derive(Clone, Copy, Debug)]
pub struct Hoster<'c> {
    /// Counts until the user chooses.
    pub settings: &'c Chosen,
    /// Counts whatever the user chose.
    pub fixed: &'c Chosen,
}

impl Settings {
    /// How many rows a page of a list may have.
    pub const ROWS: RangeInclusive<u32> = 10..=200;

    /// The one place where it is decided whose value counts.
    pub fn resolve(hoster: Hoster, user: &Chosen) -> Settings {
        /// The first of the three that says something.
        fn first<T: Clone>(all: [&Option<T>; 3]) -> Option<T> {
            all.into_iter().flatten().next().cloned()
        }
        let Hoster { settings, fixed } = hoster;
        let remote_from = first([&fixed.remote_from, &user.remote_from, &settings.remote_from]);
        // An empty one is no choice.
        let own_zone = user.time_zone.clone().filter(|name| !name.is_empty());
        Settings {
            rows: first([&fixed.rows, &user.rows, &settings.rows]).unwrap_or(50),
            time_zone: first([&fixed.time_zone, &own_zone, &settings.time_zone])
                .unwrap_or_default(),
            is_zone_chosen: fixed.time_zone.is_some() || own_zone.is_some(),
            remote_from: remote_from
                .unwrap_or_default()
                .iter()
                .map(|address| address.to_lowercase())
                .collect(),
            after_delete: first([
                &fixed.after_delete,
                &user.after_delete,
                &settings.after_delete,
            ])
            .unwrap_or_default(),
            marked: first([&fixed.marked, &user.marked, &settings.marked]).unwrap_or_default(),
            keys: first([&fixed.keys, &user.keys, &settings.keys]).unwrap_or(true),
            theme: first([&fixed.theme, &user.theme, &settings.theme]).unwrap_or_default(),
            show_first: first([&fixed.show_first, &user.show_first, &settings.show_first])
                .unwrap_or_default(),
            reply: first([&fixed.reply, &user.reply, &settings.reply]).unwrap_or_default(),
            write: first([&fixed.write, &user.write, &settings.write]).unwrap_or_default(),
            collect: first([&fixed.collect, &user.collect, &settings.collect]).unwrap_or(true),
            undo_seconds: first([
                &fixed.undo_seconds,
                &user.undo_seconds,
                &settings.undo_seconds,
            ])
            .unwrap_or(10),
            fixed: fixed.said(),
            folders: first([&fixed.folders, &user.folders, &settings.folders]).unwrap_or_default(),
            searches: first([&fixed.searches, &user.searches, &settings.searches])
                .unwrap_or_default(),
            identities: first([&fixed.identities, &user.identities, &settings.identities])
                .unwrap_or_default(),
            is_identities_fixed: fixed.identities.is_some(),
            is_searches_fixed: fixed.searches.is_some(),
            is_remote_from_fixed: fixed.remote_from.is_some(),
        }
    }

    /// The same as somebody would choose it: each value is said, but for those that are long where nothing is chosen.
    pub fn into_chosen(self) -> Chosen {
        let Settings {
            rows,
            time_zone,
            is_zone_chosen: _,
            remote_from,
            after_delete,
            marked,
            keys,
            theme,
            show_first,
            reply,
            write,
            collect,
            undo_seconds,
            fixed: _,
            folders,
            searches,
            identities,
            is_identities_fixed: _,
            is_searches_fixed: _,
            is_remote_from_fixed: _,
        } = self;
        Chosen {
            rows: Some(rows),
            time_zone: Some(time_zone),
            remote_from: Some(remote_from),
            after_delete: Some(after_delete),
            marked: Some(marked),
            keys: Some(keys),
            theme: Some(theme),
            show_first: Some(show_first),
            reply: Some(reply),
            write: Some(write),
            collect: Some(collect),
            undo_seconds: Some(undo_seconds),
            folders: Some(folders).filter(|chosen| *chosen != FolderChoices::default()),
            identities: Some(identities).filter(|own| !own.is_empty()),
            searches: Some(searches).filter(|kept| *kept != SavedSearches::default()),
            other: Table::new(),
        }
    }

    /// The value that is in use, as a form has it.
    pub fn text(&self, setting: Setting) -> String {
        match setting {
            Setting::TimeZone if !self.is_zone_chosen => String::new(),
            Setting::TimeZone => self.time_zone.clone(),
            Setting::Theme => self.theme.as_str().to_owned(),
            Setting::Keys => Switch::of(self.keys).as_str().to_owned(),
            Setting::Rows => self.rows.to_string(),
            Setting::Marked => self.marked.as_str().to_owned(),
            Setting::AfterDelete => self.after_delete.as_str().to_owned(),
            Setting::ShowFirst => self.show_first.as_str().to_owned(),
            Setting::Reply => self.reply.as_str().to_owned(),
            Setting::Write => self.write.as_str().to_owned(),
            Setting::Collect => Switch::of(self.collect).as_str().to_owned(),
            Setting::Undo => self.undo_seconds.to_string(),
        }
    }

    /// True where the hoster does not let users change it.
    pub fn is_fixed(&self, setting: Setting) -> bool {
        self.fixed.contains(&setting)
    }

    /// True where the hoster does not let users change it.
    pub fn fixes(&self, preference: Preference) -> bool {
        match preference {
            Preference::Keys(_) => self.is_fixed(Setting::Keys),
        }
    }

    /// True for a sender, by the address in lower case, whose remote images are always shown.
    pub fn always_shows(&self, sender: &str) -> bool {
        self.remote_from.iter().any(|known| known == sender)
    }

    /// The senders as they are once the images of this one are always shown, or no longer.
    pub fn senders_with(&self, sender: &str, always: bool) -> Vec<String> {
        let mut senders = self.remote_from.clone();
        senders.retain(|known| known != sender);
        if always {
            senders.push(sender.to_owned());
        }
        let too_many = senders.len().saturating_sub(SENDERS);
        senders.split_off(too_many)
    }
}

impl Chosen {
    /// The same with a preference.
    pub fn with(self, preference: Preference) -> Chosen {
        match preference {
            Preference::Keys(on) => Chosen {
                keys: Some(on),
                ..self
            },
        }
    }

    /// The same with a value as it was typed; None where the setting has no such value.
    pub fn with_typed(&self, setting: Setting, text: &str) -> Option<Chosen> {
        let mut chosen = self.clone();
        let text = text.trim();
        let is_one = match setting {
            Setting::TimeZone => set(&mut chosen.time_zone, Some(text.to_owned())),
            Setting::Theme => set(&mut chosen.theme, Choice::named(text)),
            Setting::Keys => set(&mut chosen.keys, Switch::named(text).map(Switch::is_on)),
            Setting::Rows => set(&mut chosen.rows, text.parse().ok()),
            Setting::Marked => set(&mut chosen.marked, Choice::named(text)),
            Setting::AfterDelete => set(&mut chosen.after_delete, Choice::named(text)),
            Setting::ShowFirst => set(&mut chosen.show_first, Choice::named(text)),
            Setting::Reply => set(&mut chosen.reply, Choice::named(text)),
            Setting::Write => set(&mut chosen.write, Choice::named(text)),
            Setting::Collect => set(&mut chosen.collect, Switch::named(text).map(Switch::is_on)),
            Setting::Undo => set(&mut chosen.undo_seconds, text.parse().ok()),
        };
        (is_one && chosen.broken_rule().is_none()).then_some(chosen)
    }

    /// The settings of the page that it says something of.
    fn said(&self) -> Vec<Setting> {
        let says = |setting: &Setting| match setting {
            Setting::TimeZone => self.time_zone.is_some(),
            Setting::Theme => self.theme.is_some(),
            Setting::Keys => self.keys.is_some(),
            Setting::Rows => self.rows.is_some(),
            Setting::Marked => self.marked.is_some(),
            Setting::AfterDelete => self.after_delete.is_some(),
            Setting::ShowFirst => self.show_first.is_some(),
            Setting::Reply => self.reply.is_some(),
            Setting::Write => self.write.is_some(),
            Setting::Collect => self.collect.is_some(),
            Setting::Undo => self.undo_seconds.is_some(),
        };
        Setting::ALL.into_iter().filter(says).collect()
    }

    /// The first key whose value its type allows and the program does not, and the rule.
    pub fn broken_rule(&self) -> Option<(&'static str, &'static str)> {
        let Chosen {
            rows,
            time_zone,
            // Any list of words will do: what is no address is nobody's.
            remote_from: _,
            // Each of its values makes sense.
            after_delete: _,
            marked: _,
            keys: _,
            theme: _,
            show_first: _,
            reply: _,
            write: _,
            collect: _,
            undo_seconds,
            // A name that no folder has does nothing.
            folders: _,
            // One that names no list is not offered.
            searches: _,
            // An address that nobody may use is not offered.
            identities: _,
            other: _,
        } = self;
        if rows.is_some_and(|rows| !Settings::ROWS.contains(&rows)) {
            return Some(("rows", "must be 10 to 200"));
        }
        if time_zone
            .as_ref()
            .is_some_and(|name| Zone::named(name).is_none())
        {
            return Some(("time_zone", "must be a zone such as Europe/Brussels"));
        }
        if undo_seconds.is_some_and(|seconds| !UNDO_SECONDS.contains(&seconds)) {
            return Some(("undo_seconds", "must be 0, 5, 10, 20 or 30"));
        }
        None
    }
}

/// Sets what has been understood; false where nothing has.
fn set<T>(value: &mut Option<T>, to: Option<T>) -> bool {
    *value = to;
    value.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str) -> Chosen {
        toml::from_str(text).unwrap()
    }

    fn resolved(settings: &str, user: &str, fixed: &str) -> Settings {
        let hoster = Hoster {
            settings: &chosen(settings),
            fixed: &chosen(fixed),
        };
        Settings::resolve(hoster, &chosen(user))
    }

    #[test]
    fn built_in_gives_way_to_the_hoster_and_the_hoster_to_the_user_and_all_to_what_is_fixed() {
        assert_eq!(resolved("", "", "").rows, 50);
        assert_eq!(resolved("rows = 20", "", "").rows, 20);
        assert_eq!(resolved("rows = 20", "rows = 30", "").rows, 30);
        assert_eq!(resolved("rows = 20", "rows = 30", "rows = 40").rows, 40);
        // One that is not said is not touched by another.
        let one = resolved("time_zone = 'UTC'", "rows = 30", "");
        assert_eq!((one.rows, one.time_zone.as_str()), (30, "UTC"));
        assert!(!one.is_remote_from_fixed);
        assert!(resolved("", "remote_from = ['A']", "remote_from = []").is_remote_from_fixed);
    }

    #[test]
    fn of_many_senders_the_oldest_goes() {
        let all: Vec<String> = (0..SENDERS).map(|n| format!("{n}@example.org")).collect();
        let full = Settings {
            remote_from: all,
            ..resolved("", "", "")
        };
        let more = full.senders_with("new@example.org", true);
        assert_eq!(more.len(), SENDERS);
        assert_eq!(more.first().map(String::as_str), Some("1@example.org"));
        assert_eq!(more.last().map(String::as_str), Some("new@example.org"));
        assert_eq!(full.senders_with("7@example.org", false).len(), SENDERS - 1);
    }

    #[test]
    fn a_value_that_makes_no_sense_is_named_with_its_rule() {
        assert_eq!(chosen("rows = 9").broken_rule().map(|r| r.0), Some("rows"));
        let nowhere = chosen("time_zone = 'Nowhere/Atlantis'");
        assert_eq!(nowhere.broken_rule().map(|r| r.0), Some("time_zone"));
        assert_eq!(chosen("x = 1").broken_rule(), None);
    }

    fn values(setting: Setting) -> Vec<&'static str> {
        fn all<T: Choice>() -> Vec<&'static str> {
            T::ALL.iter().map(|one| one.as_str()).collect()
        }
        match setting {
            Setting::TimeZone => vec!["", "UTC"],
            Setting::Theme => all::<Theme>(),
            Setting::Keys | Setting::Collect => all::<Switch>(),
            Setting::Rows => vec!["10", "200"],
            Setting::Marked => all::<Marked>(),
            Setting::AfterDelete => all::<AfterDelete>(),
            Setting::ShowFirst => all::<ShowFirst>(),
            Setting::Reply => all::<ReplyPlace>(),
            Setting::Write => all::<WriteIn>(),
            Setting::Undo => vec!["0", "5", "30"],
        }
    }

    #[test]
    fn each_value_is_typed_kept_and_shown_again_and_no_other_is_taken() {
        for setting in Setting::ALL {
            for value in values(setting) {
                let chosen = Chosen::default().with_typed(setting, value).unwrap();
                assert_eq!(chosen.said(), [setting], "{value}");
                // By the file, with the names that the form has.
                let text = toml::to_string(&chosen).unwrap();
                let read: Chosen = toml::from_str(&text).unwrap();
                assert_eq!(read, chosen, "{text}");
                assert!(text.starts_with(setting.key()), "{text}");
                assert_eq!(resolved("", &text, "").text(setting), value);
            }
            for odd in [
                "9",
                "201",
                "-1",
                "1e2",
                "Nowhere/Atlantis",
                "x\ny = 1",
                "ON",
            ] {
                assert_eq!(Chosen::default().with_typed(setting, odd), None, "{odd}");
            }
        }
    }
}
