//! Invented settings, for the tests of the views: one is fixed, one was typed wrong.

use maud::Markup;

use super::{chrome, folder_route, folders};
use crate::mail::Setting;
use crate::views::settings::{self, SettingField, SettingsPage};
use crate::words::Words;

/// The page of settings.
pub(super) fn page() -> Markup {
    let fields = Setting::ALL.map(|setting| SettingField {
        setting,
        value: match setting {
            Setting::Rows => "many \" <b>".to_owned(),
            _ => "b".to_owned(),
        },
        choices: match setting {
            Setting::Rows => Vec::new(),
            _ => ["a", "b"].map(|v| (v.to_owned(), v.repeat(9))).into(),
        },
        is_fixed: setting == Setting::Theme,
        is_wrong: setting == Setting::Rows,
    });
    let page = SettingsPage {
        back: folder_route("INBOX"),
        fields: fields.into(),
    };
    settings::page(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}
