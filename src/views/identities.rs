//! The pages of identities: the list of them, and the form of one.
//!
//! Not for judging what was typed. To know before changing it: a form says which identity it means by its address, since
//! places in the list may have changed meanwhile.

use maud::{Markup, html};

use super::about::framed;
use super::editor::{self, Opens};
use super::{Chrome, tokens};
use crate::mail::{IdentityFault, IdentityField};
use crate::route::Route;

/// The field with the address of the identity that is meant; empty for a new one.
pub const WAS: &str = "was";
/// The field that says what is to be done.
pub const WISH: &str = "do";
/// It is made the usual one.
pub const USUAL: &str = "usual";
/// It is removed.
pub const REMOVE: &str = "delete";

/// All identities.
#[derive(Clone, Debug)]
pub struct IdentitiesPage {
    /// The identities, the usual one first.
    pub identities: Vec<IdentityLine>,
    /// True where the user can change them.
    pub can_change: bool,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct IdentityLine {
    /// With its name.
    pub shown: String,
    /// Its address.
    pub address: String,
    /// Where answers go; empty for the address.
    pub reply_to: String,
    /// The name for people of its own folder for copies; None for the usual one.
    pub sent: Option<String>,
    /// The first line of its signature; may be empty.
    pub signature: String,
    /// Why it cannot be used.
    pub fault: Option<IdentityFault>,
}

/// The form of one.
#[derive(Clone, Debug)]
pub struct IdentityPage {
    /// The address that it had; empty for a new one.
    pub was: String,
    /// Its fields, in their order, with what is in them.
    pub fields: Vec<(IdentityField, String)>,
    /// The folders that copies may go to, as the form has them and for people.
    pub folders: Vec<(String, String)>,
    /// Which addresses are allowed; None for any.
    pub allowed: Option<String>,
    /// Its signature as HTML; empty where it is plain text alone.
    pub signature_html: String,
    /// How many bytes that can have.
    pub most_html: usize,
    /// What is wrong.
    pub faults: Vec<IdentityFault>,
}

/// Draws the list.
pub fn list(chrome: &Chrome, page: &IdentitiesPage) -> Markup {
    let words = chrome.words;
    let inside = html! {
        h1 { (words.identities()) }
        p.hint { (if page.can_change { words.about_identities() } else { words.identities_are_fixed() }) }
        ul.sessions.identities {
            @for (nth, line) in page.identities.iter().enumerate() { li { (self::line(chrome, page, (nth, line))) } }
        }
        @if page.can_change {
            a.button href=(chrome.href(&Route::Identity(None))) { (words.new_identity()) }
        }
    };
    framed(
        chrome,
        words.identities(),
        (&Route::Settings, words.settings()),
        inside,
    )
}

fn line(chrome: &Chrome, page: &IdentitiesPage, (nth, line): (usize, &IdentityLine)) -> Markup {
    let words = chrome.words;
    let place = u32::try_from(nth).unwrap_or(u32::MAX);
    html! {
        div {
            b dir="auto" { (line.shown) }
            @if nth == 0 && page.identities.len() > 1 { " " span.chip { (words.is_default()) } }
            @if let Some(fault) = &line.fault { p.why { (words.identity_unused(&words.identity_fault(fault))) } }
            @if !line.reply_to.is_empty() { p.hint { (words.replies_to(&line.reply_to)) } }
            @if let Some(folder) = &line.sent { p.hint { (words.copies_in(folder)) } }
            @if !line.signature.is_empty() { p.hint dir="auto" { (line.signature) } }
        }
        @if page.can_change {
            form.bar.many method="post" action=(chrome.href(&Route::EditIdentity)) {
                (tokens(chrome))
                input type="hidden" name=(WAS) value=(line.address);
                a.button href=(chrome.href(&Route::Identity(Some(place)))) aria-label=(words.edit_of(&line.address)) { (words.edit()) }
                @if nth > 0 {
                    button.button name=(WISH) value=(USUAL) aria-label=(words.make_default_of(&line.address)) { (words.make_default()) }
                }
                @if page.identities.len() > 1 {
                    button.button name=(WISH) value=(REMOVE) aria-label=(words.delete_of(&line.address)) { (words.delete_identity()) }
                }
            }
        }
    }
}

/// Draws the form of one.
pub fn page(chrome: &Chrome, page: &IdentityPage) -> Markup {
    let words = chrome.words;
    let heading = match page.was.is_empty() {
        true => words.new_identity(),
        false => words.edit_identity(),
    };
    let inside = html! {
        h1 { (heading) }
        form.settings #identity method="post" action=(chrome.href(&Route::EditIdentity)) {
            (tokens(chrome))
            input type="hidden" name=(WAS) value=(page.was);
            @for (field, value) in &page.fields { (self::field(chrome, page, (*field, value))) }
            p { button.button.primary { (words.save_identity()) } }
        }
        (editor::questions(chrome))
    };
    framed(
        chrome,
        heading,
        (&Route::Identities, words.back_to_identities()),
        inside,
    )
}

fn field(chrome: &Chrome, page: &IdentityPage, (field, value): (IdentityField, &str)) -> Markup {
    let words = chrome.words;
    let name = field.key();
    let (id, why) = (format!("own-{name}"), format!("own-{name}-why"));
    let is_about = |fault: &&IdentityFault| match (fault.field(), field) {
        (IdentityField::SignatureHtml, IdentityField::Signature) => true,
        (of, field) => of == field,
    };
    let fault = page.faults.iter().find(is_about);
    let hint = match field {
        IdentityField::Address => page.allowed.as_deref(),
        _ => words.identity_hint(field),
    };
    let wrong = fault.map(|_| "true");
    let told = (fault.is_some() || hint.is_some()).then_some(&why);
    html! {
        .field {
            label for=(id) { (words.identity_label(field)) }
            @match field {
                IdentityField::Signature => .signed {
                    (editor::opener(chrome))
                    @if !page.signature_html.is_empty() { p.hint.unscripted { (words.signature_unseen()) } }
                    (editor::editor(chrome, &Opens {
                        most: page.most_html,
                        at_once: false,
                        quote: None,
                        fields: (name, IdentityField::SignatureHtml.key()),
                        title: words.identity_label(field),
                    }))
                    textarea id=(id) name=(name) rows="6" dir="auto" aria-invalid=[wrong] aria-describedby=[told] { "\n" (value) }
                    (editor::html_of(IdentityField::SignatureHtml.key(), &page.signature_html))
                },
                // It belongs to the one before.
                IdentityField::SignatureHtml => {},
                IdentityField::Sent => select id=(id) name=(name) aria-invalid=[wrong] aria-describedby=[told] {
                    @for (folder, title) in &page.folders { option value=(folder) selected[folder == value] { (title) } }
                },
                IdentityField::Name => input id=(id) name=(name) value=(value) dir="auto" autocomplete="name" aria-invalid=[wrong] aria-describedby=[told];,
                IdentityField::Address | IdentityField::ReplyTo => input id=(id) name=(name) value=(value) inputmode="email" autocapitalize="off" spellcheck="false"
                    autocomplete=(if field == IdentityField::Address { "email" } else { "off" }) aria-invalid=[wrong] aria-describedby=[told];,
            }
            @if let Some(fault) = fault { p.why id=(why) { (words.identity_fault(fault)) } }
            @else if let Some(hint) = hint { p.hint id=(why) { (hint) } }
        }
    }
}
