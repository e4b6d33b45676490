//! The page of a message that is being written: what stands on it, and what is said of the message.
//!
//! Not for what its form asks for (`compose`).

use super::archiving::archiving;
use super::identities::{as_address, identities};
use super::keeping::version;
use super::panes::Around;
use super::people;
use super::rich;
use super::signing::place;
use super::{Done, Visit, holding};
use crate::clean;
use crate::draft;
use crate::error::Result;
use crate::ledger::Token;
use crate::mail::{Answer, DraftFault, Source, WriteIn};
use crate::outbox::Writing;
use crate::route::{DraftForm, Route, Wish};
use crate::views::compose::{self, ComposePage, Later, Sender, State};
use crate::views::editor::Opens;
use crate::views::{Kind, Notice};

/// What a page shows.
pub(super) struct Page {
    /// Which message.
    pub token: Token,
    /// As it is here.
    pub writing: Writing,
    /// The page that follows.
    pub next: String,
    /// What keeps it from being sent.
    pub faults: Vec<DraftFault>,
    /// What became of it.
    pub state: State,
    /// How many messages that it was to forward are no longer there.
    pub missing: u32,
    /// True where nothing of it was kept yet.
    pub is_begun: bool,
    /// The names of files that did not come, though nobody may have been told.
    pub lost: Vec<String>,
}

impl Page {
    /// A message of which nothing is to be said.
    pub(super) fn of(token: Token, writing: Writing, next: &str) -> Page {
        Page {
            token,
            writing,
            next: next.to_owned(),
            faults: Vec::new(),
            state: State::Written,
            missing: 0,
            is_begun: false,
            lost: Vec::new(),
        }
    }
}

/// Shows it.
///
/// # Errors
/// `Imap` where no folders are cached; `Setup`.
pub(super) fn page(visit: &mut Visit, page: Page) -> Result<Done> {
    let notices = notices(visit, &page);
    let around = Around::gather(visit, None, notices)?;
    let known = identities(visit);
    let chosen = page.writing.draft.from.clone();
    let senders = known.into_iter().map(|identity| Sender {
        is_chosen: identity.is_of(&chosen),
        shown: draft::list(&[as_address(&identity)]),
        address: identity.address,
        reply_to: identity.reply_to,
        signature: identity.signature.trim_end().to_owned(),
        // A hand may have written it into the file.
        signature_html: clean::written(&identity.signature_html).html,
    });
    let html_of = rich::text_of(visit, &page.writing.draft);
    let form = DraftForm {
        token: visit.ledger.to_text(&page.token),
        base: version(visit, &page.writing.draft),
        draft: page.writing.draft,
        wish: Wish::Keep,
        again: matches!(page.state, State::Unknown(_)),
        signed: chosen.clone(),
        sure: matches!(page.state, State::Asked(_)),
        is_leaving: false,
        is_rich: false,
        is_html_missing: false,
        html_of,
        next: page.next,
    };
    let status = if page.faults.is_empty() { 200 } else { 422 };
    // What was put down in plain text stays so.
    let is_rich = visit.profile.settings().write == WriteIn::Rich;
    let quotes = form.draft.html.is_empty();
    let source = form.draft.source.clone().filter(|_| quotes);
    let quoting = |source: &Source| source.how.is_reply() || source.how == Answer::Forward;
    let opens = Opens {
        most: clean::MOST_HTML,
        at_once: is_rich && page.is_begun,
        quote: source.filter(quoting).map(Route::Quote),
        fields: (DraftForm::TEXT, DraftForm::HTML),
        title: visit.words.text_label(),
    };
    let archives = archiving(visit, &form.draft).is_some();
    // What has a time shows it, or it could not be taken off.
    let holds = holding::offered(visit).is_some();
    let later = (holds || !form.draft.later.is_empty()).then(|| Later {
        is_offered: holds,
        zone: visit.zone.name().to_owned(),
    });
    let is_held = holding::hold(visit, &form.draft).is_some();
    let page = ComposePage {
        senders: senders.collect(),
        begins: place(visit, &form.draft),
        people: people::offered(visit, &page.state),
        files: page.writing.files,
        most_attached: visit.config.most_attached(),
        opens,
        faults: page.faults,
        state: page.state,
        archives,
        later,
        is_held,
        form,
    };
    let response = visit.page_with(status, |visit| compose::page(&around.chrome(visit), &page));
    Ok(Done::Page(response.kept_for_back()))
}

/// What became of a message, and what keeps it from being sent.
fn notices(visit: &Visit, page: &Page) -> Vec<Notice> {
    let words = visit.words;
    let bad = |lead: &str, text: String| Notice {
        kind: Kind::Bad,
        ..Notice::warning(lead, text)
    };
    let state = match &page.state {
        // Every page says that it waits.
        State::Written | State::Picking | State::Waiting => None,
        State::WaitingBefore => Some(Notice::warning("", words.waiting_before())),
        State::Refused(refusal) if page.writing.draft.is_redirected() => {
            Some(bad(words.not_sent(), words.redirect_refusal(refusal)))
        }
        State::Refused(refusal) => Some(bad(words.not_sent(), words.refusal(refusal))),
        State::Asked(_) => None,
        State::Sending => Some(Notice::warning("", words.still_sending())),
        State::Unknown(at) => Some(bad(
            words.perhaps_sent_lead(),
            words.perhaps_sent_text(at.as_ref()),
        )),
        State::NotFiled(gone) => Some(Notice::warning(
            "",
            words.copy_missing(gone.at.as_ref(), gone.until.as_ref()),
        )),
        State::Overtaken => Some(Notice::warning("", words.draft_overtaken())),
        State::PerhapsBefore => Some(Notice::warning(
            words.perhaps_sent_lead(),
            words.perhaps_sent_before(),
        )),
        State::SentBefore(gone) => Some(Notice::warning(
            words.sent_before_lead(),
            words.sent_before_text(gone.at.as_ref(), gone.until.as_ref()),
        )),
    };
    let faults: Vec<String> = page
        .faults
        .iter()
        .map(|fault| words.draft_fault(fault))
        .collect();
    let lead = match page.faults.iter().all(DraftFault::is_of_template) {
        true => words.template_not_saved(),
        false => words.not_sent(),
    };
    let faults = (!faults.is_empty()).then(|| bad(lead, faults.join(" ")));
    let asked = match &page.state {
        State::Asked(asked) => asked.as_slice(),
        _ => &[],
    };
    let asked = asked
        .iter()
        .map(|question| Notice::warning("", words.question(question)));
    let missing = page.missing;
    let missing = (missing > 0).then(|| Notice::warning("", words.not_there_to_forward(missing)));
    let lost = page.lost.iter().map(|name| {
        let name = name.clone();
        let told = words.draft_fault(&DraftFault::FileCut { name });
        Notice::warning("", told)
    });
    let told = state
        .into_iter()
        .chain(elsewhere(visit, page))
        .chain(faults)
        .chain(missing)
        .chain(lost);
    told.chain(asked).collect()
}

/// What is to be said of the draft on the mail server.
fn elsewhere(visit: &Visit, page: &Page) -> Vec<Notice> {
    let key = &visit.session.data.key;
    let known = visit.drafts.on_server(&page.token.id, key);
    // What cannot be read says nothing: the message itself is here.
    let Some(known) = known.ok().flatten() else {
        return Vec::new();
    };
    let words = visit.words;
    let split = known.is_split.then(|| words.draft_split());
    let trouble = known.trouble.map(|trouble| words.draft_trouble(trouble));
    let told = split.into_iter().chain(trouble);
    told.map(|text| Notice::warning("", text)).collect()
}
