//! The page on which a message is written.
//!
//! Not for what keeps it from being sent: notices say that. To know before changing it: the files are the last field, so that
//! whatever cuts an upload leaves the text whole; and Enter in a field presses the first button of the page that belongs to
//! the form, wherever it stands, so that one keeps the message and sends nothing.

mod fields;

use maud::{Markup, html};

use super::choose::hidden;
use super::editor::Opens;
use super::folders::opener;
use super::icons::{Icon, icon};
use super::people::{Suggested, picker};
use super::{Chrome, Pane, app, editor, notices, tokens};
use crate::assets;
use crate::mail::{
    AddressField, AttachedFile, DraftFault, FaultPlace, Question, Refusal, ReplyPlace,
};
use crate::route::{DraftForm, Route, before_mailto, next};
use crate::time::Calendar;
use fields::{Attached, Why, asks, files, later, template};

/// A message that is being written.
#[derive(Clone, Debug)]
pub struct ComposePage {
    /// What was typed.
    pub form: DraftForm,
    /// Whom it can be from.
    pub senders: Vec<Sender>,
    /// Where its text begins, of an answer.
    pub begins: ReplyPlace,
    /// Who is suggested as a recipient.
    pub people: Suggested,
    /// What is attached.
    pub files: Vec<AttachedFile>,
    /// How many bytes can be attached.
    pub most_attached: u64,
    /// How its editor opens.
    pub opens: Opens,
    /// What keeps it from being sent.
    pub faults: Vec<DraftFault>,
    /// What became of it.
    pub state: State,
    /// True where what it answers can be archived.
    pub archives: bool,
    /// How it is sent later; None where that is not offered.
    pub later: Option<Later>,
    /// True where the mail server holds it for a while once it is sent.
    pub is_held: bool,
}

/// How a message is sent later.
#[derive(Clone, Debug)]
pub struct Later {
    /// False where it is not offered, and a time was chosen all the same.
    pub is_offered: bool,
    /// The name of the zone that the time is in.
    pub zone: String,
}

/// When a message went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gone {
    /// When it was handed over.
    pub at: Option<Calendar>,
    /// Until when the mail server holds it; None where it went at once.
    pub until: Option<Calendar>,
}

/// An address that a message can be from.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The address.
    pub address: String,
    /// With its name.
    pub shown: String,
    /// True where it is chosen.
    pub is_chosen: bool,
    /// Where answers go; empty for the address.
    pub reply_to: String,
    /// What stands below its messages.
    pub signature: String,
    /// The same as HTML; empty where there is no more to it.
    pub signature_html: String,
}

/// What became of a message.
#[derive(Clone, Debug)]
pub enum State {
    /// It is being written.
    Written,
    /// It was not sent, for this reason.
    Refused(Refusal),
    /// It is being written, and people are picked who are to get it.
    Picking,
    /// Its writer is asked about it, before it is sent.
    Asked(Vec<Question>),
    /// It will be sent soon.
    Waiting,
    /// Another one will be sent soon by the same form; this is a new one.
    WaitingBefore,
    /// Another request is sending it.
    Sending,
    /// It may have been sent.
    Unknown(Option<Calendar>),
    /// It was sent, and its copy is not in Sent.
    NotFiled(Gone),
    /// It was changed elsewhere while it was written here; this is another one.
    Overtaken,
    /// Another one may have been sent by the same form; this is a new one.
    PerhapsBefore,
    /// Another one was sent by the same form; this is a new one.
    SentBefore(Gone),
}

impl State {
    /// Of a message that can be written on: people are picked for it, or it was refused before.
    pub fn open(picks: bool, refusal: Option<Refusal>) -> State {
        match (picks, refusal) {
            (true, _) => State::Picking,
            (false, Some(refusal)) => State::Refused(refusal),
            (false, None) => State::Written,
        }
    }
}

/// The form that the buttons of the bar belong to.
const FORM: &str = "write";

/// The page.
pub fn page(chrome: &Chrome, page: &ComposePage) -> Markup {
    let words = chrome.words;
    let heading = match &page.form.draft.source {
        Some(source) => words.answer_label(source.how),
        None => words.new_message(),
    };
    let panes = html! {
        main.message #message aria-label=(heading) {
            (tools(chrome, page))
            article.compose {
                h1 { (heading) }
                (notices(chrome))
                @if asks_of_many(page) {
                    p { button.button form=(FORM) name=(DraftForm::WISH) value="hide" { (words.move_to_bcc()) } }
                }
                @match page.state {
                    State::Sending | State::Waiting | State::NotFiled(_) => (kept(chrome, page)),
                    State::Picking => (picking(chrome, page)),
                    _ => (form(chrome, page)),
                }
            }
            .steps.bar.bare { (opener(chrome)) }
        }
    };
    app(chrome, heading, Pane::Alone, panes)
}

fn tools(chrome: &Chrome, page: &ComposePage) -> Markup {
    let words = chrome.words;
    let back = next(&page.form.next);
    let (send, sign) = match &page.state {
        State::Unknown(_) => (words.send_again(), Icon::Sent),
        State::Asked(_) => (words.send_anyway(), Icon::Sent),
        State::NotFiled(_) => (words.save_copy(), Icon::Sent),
        State::Written
        | State::Picking
        | State::Refused(_)
        | State::Sending
        | State::Overtaken
        | State::Waiting
        | State::WaitingBefore
        | State::PerhapsBefore
        | State::SentBefore(_) => (words.send(), Icon::Sent),
    };
    if matches!(page.state, State::Picking) {
        return html! {
            .tools.bar {
                a.button.quiet href=(chrome.href(&again(page))) { (icon(Icon::Back)) (words.back_to_message()) }
                button.button.primary.push form=(FORM) name=(DraftForm::WISH) value="renew" { (words.add_picked()) }
            }
        };
    }
    html! {
        // What Enter in a field asks for.
        button form=(FORM) name=(DraftForm::WISH) value="keep" hidden {}
        .tools.bar role="group" aria-label=(words.about_message()) {
            a.button.quiet.back href=(chrome.href(&back)) title=(words.back_to_list()) {
                (icon(Icon::Back)) span.sr { (words.back_to_list()) }
            }
            @if matches!(page.state, State::Waiting) {
                @let now = if page.is_held { words.pass_on_now() } else { words.send_now() };
                button.button.primary form=(FORM) name=(DraftForm::WISH) value="now" { (icon(Icon::Sent)) (now) }
                button.button.quiet form=(FORM) name=(DraftForm::WISH) value="back" { (words.take_back()) }
            } @else if matches!(page.state, State::Sending) {
                a.button.primary href=(chrome.href(&again(page))) { (words.look_again()) }
            } @else {
                button.button.primary form=(FORM) name=(DraftForm::WISH) value="send" { (icon(sign)) (send) }
                @if page.archives && !matches!(page.state, State::Unknown(_) | State::NotFiled(_)) {
                    button.button.quiet form=(FORM) name=(DraftForm::WISH) value="archive" title=(words.send_and_archive()) {
                        (icon(Icon::Archive)) span.wide { (words.send_and_archive()) }
                    }
                }
                @if !matches!(page.state, State::NotFiled(_)) {
                    button.button.quiet form=(FORM) name=(DraftForm::WISH) value="keep" { (words.keep_draft()) }
                    button.button.quiet.push form=(FORM) name=(DraftForm::WISH) value="discard" title=(words.discard_draft()) {
                        (icon(Icon::Trash)) span.wide { (words.discard_draft()) }
                    }
                }
            }
        }
    }
}

/// True where it is asked whether so many are to see each other.
fn asks_of_many(page: &ComposePage) -> bool {
    match &page.state {
        State::Asked(asked) => asked.iter().any(|one| matches!(one, Question::Many { .. })),
        _ => false,
    }
}

fn again(page: &ComposePage) -> Route {
    let (token, next) = (page.form.token.clone(), page.form.next.clone());
    Route::Compose(Box::new(crate::route::ComposeQuery::of_token(token, next)))
}

/// A message that is not to be changed any more: its form, unseen.
fn kept(chrome: &Chrome, page: &ComposePage) -> Markup {
    let draft = &page.form.draft;
    html! {
        form id=(FORM) method="post" enctype="multipart/form-data" action=(chrome.href(&Route::Write)) {
            (unseen(chrome, page))
        }
        h2 dir="auto" { (draft.subject) }
        p.plain dir="auto" { (draft.text) }
    }
}

/// All of a message, in fields that nobody sees.
fn unseen(chrome: &Chrome, page: &ComposePage) -> Markup {
    let draft = &page.form.draft;
    html! {
        (tokens(chrome))
        (hidden(&page.form.hidden()))
        @for (name, value) in [
            (DraftForm::FROM, &draft.from), (DraftForm::TO, &draft.to), (DraftForm::CC, &draft.cc),
            (DraftForm::BCC, &draft.bcc), (DraftForm::REPLY_TO, &draft.reply_to),
            (DraftForm::SUBJECT, &draft.subject), (DraftForm::LATER, &draft.later),
        ] { input type="hidden" name=(name) value=(value); }
        textarea name=(DraftForm::TEXT) hidden { "\n" (draft.text) }
        (editor::html_of(DraftForm::HTML, &draft.html))
        div hidden { (asks(chrome, &draft.asks, false, &html! {})) }
        input type="hidden" name=(DraftForm::WHOLE) value="1";
    }
}

/// The form on which people are picked: the message goes along, so that all that counts for a form counts for this one.
fn picking(chrome: &Chrome, page: &ComposePage) -> Markup {
    html! {
        form id=(FORM) method="post" enctype="multipart/form-data" action=(chrome.href(&Route::Write)) {
            (unseen(chrome, page))
            (picker(chrome, &page.people))
        }
    }
}

fn form(chrome: &Chrome, page: &ComposePage) -> Markup {
    let words = chrome.words;
    let draft = &page.form.draft;
    let folded = draft.cc.is_empty() && draft.bcc.is_empty() && draft.reply_to.is_empty();
    let is_answer = draft
        .source
        .as_ref()
        .is_some_and(|source| source.how.is_reply());
    let is_timed = !draft.later.is_empty()
        || page
            .faults
            .iter()
            .any(|fault| fault.place() == FaultPlace::Later);
    if draft.is_redirected() {
        return redirect(chrome, page);
    }
    html! {
        (around(chrome, page, &html! {
            @if page.form.sure { input type="hidden" name="sure" value="1"; }
            (from(chrome, page))
            (page.people.list(chrome))
            (addresses(chrome, page, &Field { name: DraftForm::TO, label: words.to_label(), value: &draft.to, of: AddressField::To }, !is_answer && draft.to.is_empty()))
            (page.people.field(chrome))
            details open[!folded] {
                summary { (words.more_fields()) }
                (addresses(chrome, page, &Field { name: DraftForm::CC, label: words.cc_label(), value: &draft.cc, of: AddressField::Cc }, false))
                (addresses(chrome, page, &Field { name: DraftForm::BCC, label: words.bcc_label(), value: &draft.bcc, of: AddressField::Bcc }, false))
                (addresses(chrome, page, &Field { name: DraftForm::REPLY_TO, label: words.reply_to_label(), value: &draft.reply_to, of: AddressField::ReplyTo }, false))
            }
            .field {
                @let why = Why::of(&page.faults, FaultPlace::Subject, "w-subject");
                label for="w-subject" { (words.subject_label()) }
                input #w-subject name=(DraftForm::SUBJECT) value=(draft.subject) dir="auto" maxlength="900"
                    aria-invalid=[why.is_wrong()] aria-describedby=[why.id()];
                (why.shown(chrome))
            }
            @if !draft.html.is_empty() { p.hint.unscripted { (words.formatting_unseen()) } }
            (editor::opener(chrome))
            (editor::editor(chrome, &page.opens))
            label.sr for="w-text" { (words.text_label()) }
            // The first line end of a text area is not part of it.
            textarea #w-text name=(DraftForm::TEXT) rows="18" dir="auto" autofocus[is_answer]
                data-begins=[(page.begins == ReplyPlace::Below).then_some("below")] { "\n" (draft.text) }
            (asks(chrome, &draft.asks, is_timed, &html! { (later(chrome, page)) (template(chrome)) }))
            // Behind the text: whatever cuts it leaves that whole.
            (editor::html_of(DraftForm::HTML, &draft.html))
            (files(chrome, &attached(page)))
        }))
        (editor::questions(chrome))
        script src=(assets::FILES.route().href(chrome.base)) defer {}
        // Script shows it where the browser can do that.
        p.hint #handler data-page=(format!("{}%s", before_mailto(chrome.base))) hidden {
            button.button.quiet type="button" { (icon(Icon::Letter)) (words.open_links_here()) }
        }
    }
}

fn attached(page: &ComposePage) -> Attached<'_> {
    Attached {
        carried: &page.form.draft.carried,
        files: &page.files,
        most: page.most_attached,
        faults: &page.faults,
    }
}

/// A message of somebody else that is passed on as it is: only who gets it is asked for.
fn redirect(chrome: &Chrome, page: &ComposePage) -> Markup {
    let words = chrome.words;
    let draft = &page.form.draft;
    html! {
        (around(chrome, page, &html! {
            input type="hidden" name=(DraftForm::SUBJECT) value=(draft.subject);
            p.hint { (words.about_redirect()) }
            (from(chrome, page))
            (page.people.list(chrome))
            (addresses(chrome, page, &Field { name: DraftForm::TO, label: words.to_label(), value: &draft.to, of: AddressField::To }, draft.to.is_empty()))
            (page.people.field(chrome))
            (addresses(chrome, page, &Field { name: DraftForm::CC, label: words.cc_label(), value: &draft.cc, of: AddressField::Cc }, false))
            (addresses(chrome, page, &Field { name: DraftForm::BCC, label: words.bcc_label(), value: &draft.bcc, of: AddressField::Bcc }, false))
            section.files aria-label=(words.attached_files()) {
                ul { @for one in &draft.carried { li { (icon(Icon::Letter)) span.name dir="auto" { (one.name) } span.hint { (words.size(one.carries())) } } } }
            }
            input type="hidden" name=(DraftForm::WHOLE) value="1";
        }))
    }
}

/// The form of a message, around what is typed in.
fn around(chrome: &Chrome, page: &ComposePage, inside: &Markup) -> Markup {
    html! {
        form id=(FORM) method="post" enctype="multipart/form-data" action=(chrome.href(&Route::Write)) autocomplete="off"
            data-autosave=(chrome.href(&Route::Autosave)) data-page=(chrome.href(&again(page))) {
            (tokens(chrome))
            (hidden(&page.form.hidden()))
            (inside)
        }
    }
}

fn from(chrome: &Chrome, page: &ComposePage) -> Markup {
    let words = chrome.words;
    let why = Why::of(&page.faults, FaultPlace::From, "w-from");
    html! {
        .field {
            @match page.senders.as_slice() {
                [] => { span { (words.from_label()) } span { (words.no_sender()) } },
                [one] => {
                    span { (words.from_label()) }
                    span dir="auto" { (one.shown) }
                    input type="hidden" name=(DraftForm::FROM) value=(one.address) data-signature=(one.signature) data-signature-html=(one.signature_html);
                },
                several => {
                    label for="w-from" { (words.from_label()) }
                    .beside {
                        select #w-from name=(DraftForm::FROM) aria-invalid=[why.is_wrong()] aria-describedby=[why.id()] {
                            @for sender in several {
                                option value=(sender.address) selected[sender.is_chosen] data-signature=(sender.signature)
                                    data-signature-html=(sender.signature_html)
                                    data-reply-to=(sender.reply_to) { (sender.shown) }
                            }
                        }
                        // Script changes the signature at once.
                        button.button.unscripted name=(DraftForm::WISH) value="renew" { (words.change_sender()) }
                    }
                    input type="hidden" name=(DraftForm::SIGNED) value=(page.form.signed);
                }
            }
            (why.shown(chrome))
        }
    }
}

/// A field that addresses are typed in.
struct Field<'f> {
    name: &'f str,
    label: &'f str,
    value: &'f str,
    of: AddressField,
}

fn addresses(chrome: &Chrome, page: &ComposePage, field: &Field, focus: bool) -> Markup {
    let id = format!("w-{}", field.name.replace('_', "-"));
    let why = Why::of(&page.faults, FaultPlace::Addresses(field.of), &id);
    html! {
        .field {
            label for=(id) { (field.label) }
            textarea id=(id) name=(field.name) data-people[!page.people.is_empty()] rows="1" dir="auto" autocapitalize="off" spellcheck="false" autofocus[focus]
                aria-invalid=[why.is_wrong()] aria-describedby=[why.id()] { "\n" (field.value) }
            (why.shown(chrome))
        }
    }
}
