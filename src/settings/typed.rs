//! Settings as a form has them: each value as a text.
//!
//! Not for the form (`actions::settings`). To know before changing it: what is typed is judged by the same rule as what
//! stands in a file (`Chosen::broken_rule`).

use super::{Chosen, Settings};
use crate::mail::{Choice, Setting, Switch};

impl Settings {
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
}

impl Chosen {
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
    pub(super) fn said(&self) -> Vec<Setting> {
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
}

/// Sets what has been understood; false where nothing has.
fn set<T>(value: &mut Option<T>, to: Option<T>) -> bool {
    *value = to;
    value.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{AfterDelete, Marked, ReplyPlace, ShowFirst, Theme, WriteIn};
    use crate::settings::Hoster;

    fn resolved(user: &Chosen) -> Settings {
        let nothing = Chosen::default();
        let hoster = Hoster {
            settings: &nothing,
            fixed: &nothing,
        };
        Settings::resolve(hoster, user)
    }

    fn values(setting: Setting) -> Vec<&'static str> {
        fn all<T: crate::mail::Choice>() -> Vec<&'static str> {
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
                assert_eq!(resolved(&read).text(setting), value);
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
