//! The fields of a message beside its text: what few ask for, its files, and what is said of a field in which something is wrong.
//!
//! Not for who gets it, nor for its text (`compose`).

use maud::{Markup, html};

use super::super::Chrome;
use super::super::icons::{Icon, icon};
use super::ComposePage;
use crate::mail::{Asks, AttachedFile, Carried, DraftFault, FaultPlace, Priority};
use crate::route::{DraftForm, Route};

/// What is wrong in a field of the page, and what its field needs to say so.
pub(super) struct Why<'p> {
    faults: Vec<&'p DraftFault>,
    id: String,
}

impl<'p> Why<'p> {
    /// Of the field with this id.
    pub(super) fn of(faults: &'p [DraftFault], place: FaultPlace, id: &str) -> Why<'p> {
        let here = |fault: &&DraftFault| fault.place() == place;
        Why {
            faults: faults.iter().filter(here).collect(),
            id: format!("{id}-why"),
        }
    }

    /// The value of `aria-invalid`.
    pub(super) fn is_wrong(&self) -> Option<&'static str> {
        (!self.faults.is_empty()).then_some("true")
    }

    /// The value of `aria-describedby`.
    pub(super) fn id(&self) -> Option<&str> {
        (!self.faults.is_empty()).then_some(self.id.as_str())
    }

    /// What is said below the field.
    pub(super) fn shown(&self, chrome: &Chrome) -> Markup {
        html! {
            @if let Some(id) = self.id() {
                .why id=(id) { @for fault in &self.faults { p { (chrome.words.draft_fault_here(fault)) } } }
            }
        }
    }
}

/// Makes a message a template, and leads to all of these.
pub(super) fn template(chrome: &Chrome) -> Markup {
    let words = chrome.words;
    html! {
        p.bar.many {
            button.button name=(DraftForm::WISH) value="template" { (words.save_as_template()) }
            a.more href=(chrome.href(&Route::Templates)) { (words.use_a_template()) }
        }
    }
}

/// The field for the time at which a message is sent.
pub(super) fn later(chrome: &Chrome, page: &ComposePage) -> Markup {
    let words = chrome.words;
    let Some(later) = &page.later else {
        return html! {};
    };
    let why = Why::of(&page.faults, FaultPlace::Later, "w-later");
    let told = why
        .id()
        .map_or_else(|| "w-zone".to_owned(), |id| format!("w-zone {id}"));
    html! {
        .field {
            label for="w-later" { (words.send_at_label()) }
            .beside {
                input #w-later type="datetime-local" name=(DraftForm::LATER) value=(page.form.draft.later)
                    aria-invalid=[why.is_wrong()] aria-describedby=(told);
                @if later.is_offered {
                    button.button name=(DraftForm::WISH) value="later" { (words.send_later()) }
                }
            }
            (why.shown(chrome))
        }
        p.hint #w-zone { (words.about_send_later(&later.zone)) }
    }
}

/// What few messages ask for.
pub(super) fn asks(chrome: &Chrome, asks: &Asks, opens: bool, more: &Markup) -> Markup {
    let words = chrome.words;
    let priorities = [
        ("", Priority::Normal),
        ("high", Priority::High),
        ("low", Priority::Low),
    ];
    let ticks = [
        (DraftForm::RECEIPT, words.ask_for_receipt(), asks.receipt),
        (DraftForm::DELIVERY, words.ask_for_delivery(), asks.delivery),
    ];
    html! {
        details.asks open[opens || *asks != Asks::default()] {
            summary { (words.more_options()) }
            .field {
                label for="w-priority" { (words.priority_label()) }
                select #w-priority name=(DraftForm::PRIORITY) {
                    @for (value, priority) in priorities {
                        option value=(value) selected[asks.priority == priority] { (words.priority(priority)) }
                    }
                }
            }
            @for (name, label, is_set) in ticks {
                label.check { input type="checkbox" name=(name) value="1" checked[is_set]; " " (label) }
            }
            (more)
        }
    }
}

/// What goes with a message, and how it says so.
pub(super) struct Attached<'p> {
    /// What of other messages.
    pub carried: &'p [Carried],
    /// The files.
    pub files: &'p [AttachedFile],
    /// How many bytes can be attached.
    pub most: u64,
    /// What is wrong.
    pub faults: &'p [DraftFault],
}

/// What goes with a message, and the field for more.
pub(super) fn files(chrome: &Chrome, attached: &Attached) -> Markup {
    let words = chrome.words;
    html! {
        @if !attached.files.is_empty() || !attached.carried.is_empty() {
            section.files aria-label=(words.attached_files()) {
                ul {
                    @for one in attached.carried {
                        (file(chrome, &one.name, one.carries(), format!("drop.{}", one.number)))
                    }
                    @for one in attached.files {
                        (file(chrome, &one.name, one.size, format!("detach.{}", one.number)))
                    }
                }
            }
        }
        // Without it not all that was typed has come.
        input type="hidden" name=(DraftForm::WHOLE) value="1";
        .attach data-most=(attached.most) data-files=(words.attached_files()) data-cancel=(words.cancel_upload("%s"))
            data-large=(words.file_too_large("%s", attached.most)) data-failed=(words.upload_failed("%s")) data-waits=(words.waits_for_files()) {
            @let why = Why::of(attached.faults, FaultPlace::Files, "w-files");
            @let told = why.id().map_or_else(|| "w-most".to_owned(), |id| format!("w-most {id}"));
            label for="w-files" { (words.files_to_attach()) }
            input #w-files type="file" name=(DraftForm::FILES) multiple aria-invalid=[why.is_wrong()] aria-describedby=(told);
            button.button name=(DraftForm::WISH) value="keep" { (words.attach_now()) }
            p.hint #w-most { (words.most_attached(attached.most)) }
            (why.shown(chrome))
            // For script: what has become of an upload, what its button is drawn with, and where files are dropped.
            p.hint role="status" {}
            template { (icon(Icon::Close)) }
            p.dropping hidden { (words.drop_files_here()) }
        }
    }
}

/// One that goes with it, and the button that takes it off.
fn file(chrome: &Chrome, name: &str, size: u64, wish: String) -> Markup {
    let words = chrome.words;
    let name = if name.is_empty() {
        words.unnamed_file()
    } else {
        name
    };
    html! {
        li data-size=(size) {
            (icon(Icon::Clip)) span.name dir="auto" { (name) } span.hint { (words.size(size)) }
            button.button.quiet name=(DraftForm::WISH) value=(wish) title=(words.detach(name)) {
                (icon(Icon::Close)) span.sr { (words.detach(name)) }
            }
        }
    }
}
