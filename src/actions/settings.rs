//! The page of settings, and its form.
//!
//! Not for keeping them (`profile`), nor for whose value counts and what a value may be (`settings`). To know before changing
//! it: what did not change is not written, so that the hoster's value goes on counting where the user has chosen none.

use super::panes::Around;
use super::{Done, GoOn, Visit};
use crate::error::{Act, Result};
use crate::mail::{
    AfterDelete, Choice, FolderName, Marked, ReplyPlace, Setting, ShowFirst, Switch, Theme, WriteIn,
};
use crate::outbox::Kept;
use crate::request::form::Form;
use crate::route::{ActForm, ListQuery, Route};
use crate::settings::UNDO_SECONDS;
use crate::time::Zone;
use crate::views::settings::{self, SettingField, SettingsPage};
use crate::views::{Kind, Notice};

/// Shows the page.
///
/// # Errors
/// `Imap`, where no folders are cached.
pub fn show(visit: &mut Visit) -> Result<Done> {
    page(visit, &Form::default(), None)
}

/// Sets what its form says, all or nothing of it.
///
/// # Errors
/// `Profile`, `DiskFull`, `Setup`.
pub fn save(visit: &mut Visit) -> Result<Done> {
    let settings = visit.profile.settings();
    let mut chosen = visit.profile.chosen()?.clone();
    let (mut before, mut wrong) = (Vec::new(), Vec::new());
    for setting in Setting::ALL {
        let was = settings.text(setting);
        let Some(text) = typed(visit.form, setting).filter(|text| *text != was) else {
            continue;
        };
        if settings.is_fixed(setting) {
            continue;
        }
        match chosen.with_typed(setting, text) {
            Some(changed) => chosen = changed,
            None => wrong.push(setting),
        }
        before.push((setting.key().to_owned(), was));
    }
    if !wrong.is_empty() {
        let form = visit.form;
        let faults = wrong.into_iter().map(|one| visit.words.setting_wrong(one));
        let faults: Vec<String> = faults.collect();
        let notice = Notice {
            kind: Kind::Bad,
            ..Notice::warning(visit.words.settings_not_saved(), faults.join(" "))
        };
        return page(visit, form, Some(notice));
    }
    visit.profile.choose(&chosen, Act::Set, visit.progress)?;
    Ok(Done::GoOn(Box::new(GoOn {
        page: Route::Settings,
        undo: (!before.is_empty()).then_some(ActForm {
            to: Route::SaveSettings,
            fields: before,
        }),
        more: None,
    })))
}

/// Shows a form again whose session had ended.
///
/// # Errors
/// As `show`.
pub fn again(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let notice = Notice::warning("", visit.words.settings_to_save());
    let done = page(visit, &kept.form, Some(notice))?;
    visit.outbox.forget(kept.id)?;
    Ok(done)
}

/// What was typed for a setting; None where the form has no field for it.
fn typed(form: &Form, setting: Setting) -> Option<&str> {
    let mut fields = form.fields().iter();
    let field = fields.find(|(name, _)| name == setting.key());
    field.map(|(_, value)| value.as_str())
}

/// The page, with what was typed.
fn page(visit: &mut Visit, form: &Form, notice: Option<Notice>) -> Result<Done> {
    let around = Around::gather(visit, None, notice.into_iter().collect())?;
    let settings = visit.profile.settings();
    let judge = crate::settings::Chosen::default();
    let fields = Setting::ALL.map(|setting| {
        let is_fixed = settings.is_fixed(setting);
        let text = typed(form, setting).filter(|_| !is_fixed);
        let value = text.map_or_else(|| settings.text(setting), str::to_owned);
        let is_wrong = judge.with_typed(setting, &value).is_none();
        SettingField {
            choices: choices(visit, setting, &value),
            setting,
            value,
            is_fixed,
            is_wrong,
        }
    });
    let status = match fields.iter().any(|field| field.is_wrong) {
        true => 422,
        false => 200,
    };
    let page = SettingsPage {
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
        fields: fields.into(),
    };
    Ok(Done::Page(visit.page_with(status, |visit| {
        settings::page(&around.chrome(visit), &page)
    })))
}

/// What there is to choose from.
fn choices(visit: &Visit, setting: Setting, value: &str) -> Vec<(String, String)> {
    fn all<T: Choice>(label: impl Fn(T) -> &'static str) -> Vec<(String, String)> {
        let line = |one: &T| (one.as_str().to_owned(), label(*one).to_owned());
        T::ALL.iter().map(line).collect()
    }
    let words = visit.words;
    match setting {
        Setting::TimeZone => zones(visit, value),
        Setting::Theme => all(|theme: Theme| words.theme(theme)),
        Setting::Keys | Setting::Collect => all(|switch: Switch| words.switched(switch.is_on())),
        Setting::Rows => Vec::new(),
        Setting::Marked => all(|marked: Marked| words.marked(marked)),
        Setting::AfterDelete => all(|after: AfterDelete| words.after_delete(after)),
        Setting::ShowFirst => all(|version: ShowFirst| words.show_first(version)),
        Setting::Undo => UNDO_SECONDS
            .map(|seconds| (seconds.to_string(), words.undo_time(seconds)))
            .into(),
        Setting::Reply => all(|place: ReplyPlace| words.reply_place(place)),
        Setting::Write => all(|what: WriteIn| words.write_in(what)),
    }
}

/// The zones that the system has; none where it keeps no list: then one is typed.
fn zones(visit: &Visit, value: &str) -> Vec<(String, String)> {
    let names = Zone::names();
    if names.is_empty() {
        return Vec::new();
    }
    // Without a choice it is the one in use: what script has told of the device, else the server's.
    let settings = visit.profile.settings();
    let of_server = Zone::named(&settings.time_zone).filter(|_| !settings.is_zone_chosen);
    let of_server = of_server.or_else(|| Zone::named(""));
    let of_server = of_server.map_or_else(String::new, |zone| zone.name().to_owned());
    let is_told = !settings.is_zone_chosen && visit.zone.name() != of_server;
    let usual = match is_told {
        true => visit.words.device_zone(visit.zone.name()),
        false => visit.words.server_zone(&of_server),
    };
    let of_server = (String::new(), usual);
    let is_other = |name: &&str| !name.is_empty() && !names.iter().any(|known| known == name);
    let other = [value].into_iter().filter(is_other).map(str::to_owned);
    let utc = (value != "UTC").then(|| "UTC".to_owned());
    let all = other.chain(utc).chain(names.clone());
    let named = all.map(|name| (name.clone(), name.replace('_', " ")));
    std::iter::once(of_server).chain(named).collect()
}
