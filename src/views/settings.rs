//! The page of settings: one form.
//!
//! Not for deciding what there is to choose: the action knows. To know before changing it: what the hoster has fixed is
//! said, not offered, and has no field.

use maud::{Markup, html};

use super::about::framed;
use super::{Chrome, tokens};
use crate::mail::Setting;
use crate::route::Route;

/// The page.
#[derive(Clone, Debug)]
pub struct SettingsPage {
    /// The way back.
    pub back: Route,
    /// What is set, in the order of `Setting::ALL`.
    pub fields: Vec<SettingField>,
}

/// One setting.
#[derive(Clone, Debug)]
pub struct SettingField {
    /// Which.
    pub setting: Setting,
    /// Its value, or what was typed.
    pub value: String,
    /// What there is to choose from, as the form has it and for people; nothing where a value is typed.
    pub choices: Vec<(String, String)>,
    /// True where nobody can change it.
    pub is_fixed: bool,
    /// True where what was typed is none of its values.
    pub is_wrong: bool,
}

/// Draws it.
pub fn page(chrome: &Chrome, page: &SettingsPage) -> Markup {
    let words = chrome.words;
    let group = |title: &str, settings: &[Setting]| {
        let of_group = |field: &&SettingField| settings.contains(&field.setting);
        html! {
            fieldset {
                legend { (title) }
                @for one in page.fields.iter().filter(of_group) { (field(chrome, one)) }
            }
        }
    };
    let inside = html! {
        h1 { (words.settings()) }
        form.settings #settings method="post" action=(chrome.href(&Route::SaveSettings)) {
            (tokens(chrome))
            (group(words.settings_of_all(), &[Setting::TimeZone, Setting::Theme, Setting::Keys]))
            (group(words.settings_of_lists(), &[Setting::Rows, Setting::Marked, Setting::AfterDelete]))
            (group(words.settings_of_messages(), &[Setting::ShowFirst, Setting::Write, Setting::Reply, Setting::Undo, Setting::Collect]))
            p { button.button.primary { (words.save_settings()) } }
        }
        section.option {
            h2 { (words.more_settings()) }
            ul.links {
                li { a href=(chrome.href(&Route::Identities)) { (words.identities()) } }
                li { a href=(chrome.href(&Route::Templates)) { (words.templates()) } }
                li { a href=(chrome.href(&Route::People { ask: false })) { (words.people()) } }
                li { a href=(chrome.href(&Route::Labels)) { (words.edit_labels()) } }
                li { a href=(chrome.href(&Route::Keys)) { (words.shortcuts()) } }
                li { a href=(chrome.href(&Route::Sessions)) { (words.sessions()) } }
            }
        }
    };
    framed(
        chrome,
        words.settings(),
        (&page.back, words.back_to_inbox()),
        inside,
    )
}

fn field(chrome: &Chrome, field: &SettingField) -> Markup {
    let words = chrome.words;
    let name = field.setting.key();
    let (id, why) = (format!("s-{name}"), format!("s-{name}-why"));
    let hint = words.setting_hint(field.setting);
    let told = field.is_wrong || hint.is_some();
    let label = words.setting_label(field.setting);
    if field.is_fixed {
        return html! {
            .field {
                span { (label) }
                span { (shown(field)) " " span.hint { (words.setting_is_fixed()) } }
            }
        };
    }
    html! {
        .field {
            label for=(id) { (label) }
            @if field.choices.is_empty() {
                input id=(id) name=(name) value=(field.value) maxlength="64" autocomplete="off" spellcheck="false"
                    inputmode=[(field.setting == Setting::Rows).then_some("numeric")]
                    aria-invalid=[field.is_wrong.then_some("true")] aria-describedby=[told.then_some(&why)];
            } @else {
                select id=(id) name=(name) aria-invalid=[field.is_wrong.then_some("true")]
                    aria-describedby=[told.then_some(&why)] {
                    @for (value, label) in &field.choices {
                        option value=(value) selected[*value == field.value] { (label) }
                    }
                }
            }
            @if field.is_wrong { p.why id=(why) { (words.setting_fault(field.setting)) } }
            @else if let Some(hint) = hint { p.hint id=(why) { (hint) } }
        }
    }
}

/// A value, for people.
fn shown(field: &SettingField) -> &str {
    let mut choices = field.choices.iter();
    let choice = choices.find(|(value, _)| *value == field.value);
    choice.map_or(&field.value, |(_, label)| label)
}
