//! The page of messages that others begin with.
//!
//! Not for keeping them. To know before changing it: a form says which one it means by its id, since another page may have
//! changed the list meanwhile.

use maud::{Markup, html};

use super::about::framed;
use super::{Chrome, tokens};
use crate::route::Route;

/// The field that says which one is meant.
pub const ID: &str = "id";
/// The field with another name.
pub const NAME: &str = "name";
/// The longest name, in characters.
pub const LONGEST: usize = 200;
/// The field that says what is to be done.
pub const WISH: &str = "do";
/// A message begins with it.
pub const BEGIN: &str = "new";
/// It gets another name.
pub const RENAME: &str = "rename";
/// It is deleted.
pub const REMOVE: &str = "delete";
/// It was deleted, and is taken back.
pub const RESTORE: &str = "restore";

/// All of them.
#[derive(Clone, Debug)]
pub struct TemplatesPage {
    /// By their names.
    pub templates: Vec<TemplateLine>,
    /// The way back.
    pub back: Route,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct TemplateLine {
    /// Names it in forms.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The subject of what begins with it.
    pub subject: String,
    /// Who gets what begins with it, as typed.
    pub to: String,
    /// How many files it has.
    pub files: usize,
}

/// Draws them.
pub fn page(chrome: &Chrome, page: &TemplatesPage) -> Markup {
    let words = chrome.words;
    let inside = html! {
        h1 { (words.templates()) }
        p.hint { (if page.templates.is_empty() { words.no_templates() } else { words.about_templates() }) }
        ul.sessions.identities.templates {
            @for line in &page.templates { li { (self::line(chrome, line)) } }
        }
    };
    framed(
        chrome,
        words.templates(),
        (&page.back, words.back_to_inbox()),
        inside,
    )
}

fn line(chrome: &Chrome, line: &TemplateLine) -> Markup {
    let words = chrome.words;
    let target = chrome.href(&Route::EditTemplate);
    let name = &line.name;
    let id = format!("t-{}", line.id);
    html! {
        div {
            b dir="auto" { (name) }
            @if !line.subject.is_empty() && line.subject != *name { p.hint dir="auto" { (line.subject) } }
            @if !line.to.trim().is_empty() { p.hint { (words.template_to(&line.to)) } }
            @if line.files > 0 { p.hint { (words.template_files(line.files)) } }
        }
        form.bar.many method="post" action=(target) {
            (tokens(chrome))
            input type="hidden" name=(ID) value=(line.id);
            button.button name=(WISH) value=(BEGIN) aria-label=(words.write_from_template_of(name)) { (words.write_from_template()) }
            button.button name=(WISH) value=(REMOVE) aria-label=(words.delete_template_of(name)) { (words.delete_template()) }
        }
        details {
            summary aria-label=(words.rename_template_of(name)) { (words.rename_template()) }
            form.find method="post" action=(target) {
                (tokens(chrome))
                input type="hidden" name=(ID) value=(line.id);
                label.sr for=(id) { (words.template_name()) }
                input id=(id) name=(NAME) value=(name) maxlength=(LONGEST) dir="auto" required;
                button.button name=(WISH) value=(RENAME) { (words.save_template_name()) }
            }
        }
    }
}
