//! The page of one folder: rename, move, subfolders, subscription, delete; and what is asked before some of these.
//!
//! Not for deciding what may be done: the action knows. To know before changing it: each form has one field at most, so
//! Enter in it does what its button says; what deletes is a page of its own.

use maud::{Markup, html};

use super::choose::{Back, FolderChoice, asking, hidden};
use super::icons::{Icon, icon};
use super::{Chrome, tokens};
use crate::mail::{FolderAct, FolderChange, FolderName, FolderSetting, FolderSize, Role};
use crate::route::{FolderAsks, FolderQuery, FoldersQuery, Route, SettingForm};

/// What can be done with a folder.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which.
    pub folder: FolderName,
    /// Its name for people.
    pub title: String,
    /// Its last name, as it can be typed.
    pub last: String,
    /// How much is in it; None where it only holds others.
    pub holds: Option<String>,
    /// Its list.
    pub list: Option<Route>,
    /// Takes messages in from files.
    pub import: Option<Route>,
    /// The folder that it is in.
    pub parent: Option<String>,
    /// Why it can be neither renamed, moved nor deleted.
    pub stays: Option<Kept>,
    /// Makes it a favourite, or no longer.
    pub favourite: SettingForm,
    /// What it is for.
    pub role: Option<Role>,
    /// Choose what it is for.
    pub roles: Vec<SettingForm>,
    /// What it is for, where something is in it.
    pub empties: Option<Role>,
    /// True where it can have subfolders.
    pub bears: bool,
    /// Whether it is on the list of those that other mail programs show.
    pub subscribed: Option<bool>,
    /// What was wrong with what was typed.
    pub fault: Option<Fault>,
}

/// Why a folder stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is for something.
    ForItsRole,
    /// A folder below it is for something.
    ForWhatItHolds,
    /// The user may not.
    ForItsRights,
}

/// What was wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In the form of which act.
    pub act: FolderAct,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub why: String,
}

/// The places that a folder may be moved to.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// Which folder.
    pub folder: FolderName,
    /// Its name for people.
    pub title: String,
    /// What is looked for in the names of places.
    pub find: &'a str,
    /// True where the top is one.
    pub top: bool,
    /// The others.
    pub choices: Vec<FolderChoice>,
    /// True where there are more of them.
    pub more: bool,
}

/// The question before a folder is deleted.
#[derive(Clone, Debug)]
pub struct Whether {
    /// Its name for people.
    pub title: String,
    /// How much goes with it.
    pub size: FolderSize,
    /// What deletes it.
    pub change: FolderChange,
    /// Where one goes on without doing it.
    pub back: Route,
}

/// The page of a folder.
pub fn page(chrome: &Chrome, page: &Options) -> Markup {
    let words = chrome.words;
    let asks = |asks| {
        Route::FolderOptions(FolderQuery {
            folder: page.folder.clone(),
            asks,
        })
    };
    let inside = html! {
        @if let Some(holds) = &page.holds { p.hint { (holds) } }
        @if let Some(list) = &page.list {
            .opens.bar {
                a.button href=(chrome.href(list)) { (icon(Icon::Folder)) (words.open_messages()) }
                (setting(chrome, &page.favourite))
            }
        }
        @if let Some(import) = &page.import {
            section.option {
                h2 { (words.import_messages()) }
                p { (words.what_can_be_imported()) }
                a.button href=(chrome.href(import)) { (icon(Icon::File)) (words.import_messages()) }
            }
        }
        @if let Some(label) = page.empties.and_then(|role| words.empty_folder(role)) {
            section.option {
                h2 { (label) }
                a.button.danger href=(chrome.href(&asks(FolderAsks::WhetherToEmpty))) {
                    (icon(Icon::Trash)) (label)
                }
            }
        }
        @match page.stays {
            Some(Kept::ForItsRole) => p.option { (words.folder_has_role()) },
            Some(Kept::ForWhatItHolds) => p.option { (words.folder_holds_role()) },
            Some(Kept::ForItsRights) => p.option { (words.folder_is_others()) },
            None => {
                section.option {
                    h2 { (words.rename()) }
                    (naming(chrome, &Naming {
                        change: FolderChange::Rename { folder: page.folder.clone(), name: page.last.clone() },
                        fault: page.fault.as_ref(),
                        button: words.rename(),
                        label: words.new_name(),
                    }))
                }
                section.option {
                    h2 { (words.move_folder()) }
                    p { (words.folder_is_in(page.parent.as_deref())) }
                    a.button href=(chrome.href(&asks(FolderAsks::Where { find: String::new() }))) {
                        (words.move_elsewhere())
                    }
                }
            },
        }
        @if page.bears {
            section.option {
                h2 { (words.new_subfolder()) }
                (naming(chrome, &Naming {
                    change: FolderChange::Create { under: Some(page.folder.clone()), name: String::new() },
                    fault: page.fault.as_ref(),
                    button: words.create(),
                    label: words.name_of_new(),
                }))
            }
        }
        @if page.list.is_some() && !page.folder.is_inbox() {
            section.option {
                h2 { (words.subscription()) }
                p { (words.is_subscribed(page.subscribed)) }
                form.bar #subscription-form method="post" action=(chrome.href(&Route::ChangeFolder)) {
                    (tokens(chrome))
                    input type="hidden" name="f" value=(page.folder.as_wire());
                    @for act in [FolderAct::Subscribe, FolderAct::Unsubscribe] {
                        @if page.subscribed != Some(act == FolderAct::Subscribe) {
                            button.button name="act" value=(act.name()) { (words.folder_act_label(act)) }
                        }
                    }
                }
            }
        }
        @if !page.roles.is_empty() {
            section.option {
                h2 { (words.used_as()) }
                p { (words.why_used_as(page.role)) }
                .bar.many { @for form in &page.roles { (setting(chrome, form)) } }
            }
        }
        @if page.stays.is_none() {
            section.option {
                h2 { (words.delete_folder()) }
                a.button.danger href=(chrome.href(&asks(FolderAsks::WhetherToDelete))) {
                    (icon(Icon::Trash)) (words.delete_folder())
                }
            }
        }
    };
    let all = Route::Folders(FoldersQuery::default());
    let back = Back {
        to: &all,
        label: words.back_to_folders(),
    };
    asking(chrome, &back, &page.title, inside)
}

/// A form that is nothing but its button: what it sets a folder to be.
fn setting(chrome: &Chrome, form: &SettingForm) -> Markup {
    let label = chrome.words.folder_set_label(form.setting, form.on);
    html! {
        form method="post" action=(chrome.href(&Route::SetFolder)) {
            (tokens(chrome))
            (hidden(&form.fields()))
            button.button { @if form.setting == FolderSetting::Favourite { (icon(Icon::Star)) } (label) }
        }
    }
}

/// The star beside a folder's name: whether it is a favourite, and what changes that.
pub(super) fn star(chrome: &Chrome, form: &SettingForm, title: &str) -> Markup {
    let label = chrome.words.folder_to_set(form.setting, form.on, title);
    html! {
        form.star method="post" action=(chrome.href(&Route::SetFolder)) {
            (tokens(chrome))
            (hidden(&form.fields()))
            button.button.quiet.starred[!form.on] title=(label) aria-label=(label) { (icon(Icon::Star)) }
        }
    }
}

/// A form for a name.
pub(super) struct Naming<'n> {
    /// What it does; with the name that stands in its field.
    pub change: FolderChange,
    /// What was wrong with what was typed, into whichever form of the page.
    pub fault: Option<&'n Fault>,
    /// What its button says.
    pub button: &'n str,
    /// What its field is for.
    pub label: &'n str,
}

/// A form for a name; what was typed stands in it with what is wrong with that.
pub(super) fn naming(chrome: &Chrome, form: &Naming) -> Markup {
    let act = form.change.act();
    let fault = form.fault.filter(|fault| fault.act == act);
    let standing = form.change.typed().unwrap_or_default();
    let typed = fault.map_or(standing, |fault| fault.typed.as_str());
    let (why, id) = (
        format!("{}-why", act.name()),
        format!("{}-form", act.name()),
    );
    let fields = form.change.fields();
    let fields = fields.into_iter().filter(|(name, _)| name != "name");
    html! {
        form.find.name #(id) method="post" action=(chrome.href(&Route::ChangeFolder)) {
            (tokens(chrome))
            (hidden(&fields.collect::<Vec<_>>()))
            input name="name" value=(typed) aria-label=(form.label) maxlength="200" dir="auto" required
                autocomplete="off" autofocus[fault.is_some()] aria-invalid=[fault.map(|_| "true")]
                aria-describedby=[fault.map(|_| &why)];
            button.button { (form.button) }
            @if let Some(fault) = fault { p.why #(why) { (fault.why) } }
        }
    }
}

/// The page that asks where a folder is to go.
pub fn place(chrome: &Chrome, page: &Place) -> Markup {
    let words = chrome.words;
    let options = Route::FolderOptions(FolderQuery::plain(page.folder.clone()));
    let asks = FolderAsks::Where {
        find: String::new(),
    };
    let same = Route::FolderOptions(FolderQuery {
        folder: page.folder.clone(),
        asks,
    });
    let (address, fields) = same.form(chrome.base);
    let moving = FolderChange::Move {
        folder: page.folder.clone(),
        under: None,
    };
    let moving = moving.fields().into_iter();
    let moving: Vec<_> = moving.filter(|(name, _)| name != "under").collect();
    let inside = html! {
        form.find #find-folder method="get" action=(address) {
            (hidden(&fields))
            input name="find" value=(page.find) aria-label=(words.folder_name()) maxlength="200" dir="auto";
            button.button { (words.find_folder()) }
        }
        form.choose #move-form method="post" action=(chrome.href(&Route::ChangeFolder)) {
            (tokens(chrome))
            (hidden(&moving))
            @if page.choices.is_empty() && !page.top { p.hint { (words.no_such_folder()) } }
            ul.all {
                @if page.top { li { button.link name="under" value="" { (words.top_level()) } } }
                @for choice in &page.choices {
                    li {
                        button.link name="under" value=(choice.name.as_wire()) dir="auto" { (choice.title) }
                    }
                }
            }
            @if page.more { p.hint { (words.more_folders_by_name()) } }
        }
    };
    let back = Back {
        to: &options,
        label: words.back_to_folder(),
    };
    asking(chrome, &back, &words.where_folder_to(&page.title), inside)
}

/// The page that asks whether a folder is to be deleted.
pub fn whether(chrome: &Chrome, page: &Whether) -> Markup {
    let words = chrome.words;
    let inside = html! {
        p { (words.would_be_deleted(page.size)) }
        p { (words.deleting_is_final()) }
        form.choose #delete-form method="post" action=(chrome.href(&Route::ChangeFolder)) {
            (tokens(chrome))
            (hidden(&page.change.fields()))
            p.bar {
                a.button href=(chrome.href(&page.back)) { (words.leave_undone()) }
                button.button.danger { (words.folder_act_label(FolderAct::Delete)) }
            }
        }
    };
    let back = Back {
        to: &page.back,
        label: words.back_to_folder(),
    };
    asking(chrome, &back, &words.whether_to_delete(&page.title), inside)
}
