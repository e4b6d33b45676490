//! The HTML of a message that is being written: judged when it comes, before it is kept or sent.
//!
//! Not for what may stand in it (`clean`), nor for how it is sent (`draft`). To know before changing it: only script writes it,
//! and with it the text that says the same. Without script its text alone can be changed: then the HTML is dropped, as the page
//! has said, for a message never says two things.

use maud::html;

use super::{Done, Visit, answering, carrying};
use crate::clean;
use crate::document::{Opening, ToWrite};
use crate::error::Result;
use crate::mail::{Draft, DraftFault, NestedPath, Source};
use crate::route::DraftForm;
use crate::views::editor::{self, Quoted};

/// The form with its HTML made harmless, and what is wrong with that.
pub(super) fn judged(visit: &Visit, mut form: DraftForm) -> (DraftForm, Option<DraftFault>) {
    let limit = u64::try_from(clean::MOST_HTML).unwrap_or(u64::MAX);
    let too_large = Some(DraftFault::HtmlTooLarge { limit });
    if form.is_html_missing {
        return (form, too_large);
    }
    if form.draft.html.is_empty() {
        return (form, None);
    }
    if !form.is_rich && form.html_of != text_of(visit, &form.draft) {
        form.draft.html.clear();
        return (form, None);
    }
    let written = clean::written(&form.draft.html);
    form.draft.html = written.html;
    if form.draft.text.trim().is_empty() {
        form.draft.text = clean::words(&form.draft.html);
    }
    (form, too_large.filter(|_| written.is_cut))
}

/// Tells the text of a message that has HTML; empty for any other.
pub(super) fn text_of(visit: &Visit, draft: &Draft) -> String {
    if draft.html.is_empty() {
        return String::new();
    }
    visit.ledger.mark(&[draft.text.as_bytes()])
}

/// What an answer quotes, as text and as HTML, for an editor that was opened on it.
///
/// # Errors
/// `Gone`; `Imap` where the cache does not have it.
pub fn quote(visit: &mut Visit, source: &Source) -> Result<Done> {
    let document = visit.open(&Opening::look(&source.message, &NestedPath::default()))?;
    let leads = visit.leads();
    let ToWrite {
        html,
        pictures,
        missing,
    } = document.html_to_write(&mut visit.mailbox, &leads)?;
    let quote = answering::quote(visit, &document, source.how);
    let above = html! { @for line in quote.above.lines() { div { (line) } } }.into_string();
    let html = match (html.is_empty(), source.how.is_reply()) {
        (true, _) => html,
        (false, true) => format!("{above}<blockquote>{html}</blockquote>"),
        (false, false) => format!("{above}<div><br></div>{html}"),
    };
    // They are in the text now, and need not go along as files.
    let files = carrying::files(&document).into_iter();
    let within = files.filter(|one| pictures.contains(&one.part));
    let quoted = Quoted {
        text: format!("{}\n{}", quote.above, quote.text),
        html: clean::written(&html).html,
        within: within.map(|one| one.number).collect(),
        missing,
    };
    Ok(Done::Page(
        visit.page(|visit| editor::quoted(visit.words, &quoted)),
    ))
}
