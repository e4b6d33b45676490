//! What a reader tells the sender of a message by one click: that it was read (RFC 8098), or whether they come (RFC 6047).
//!
//! Nothing is told without that click. It is a message like any other: kept, claimed, sent and shown again where it was not
//! (`compose`). Not for its bytes (`draft`).

use super::identities::{identities, may_send, own_addresses};
use super::{Done, Visit, compose};
use crate::document::{Document, Opening};
use crate::draft::{reply, typed};
use crate::error::{Cause, Error, GoneKind, Result};
use crate::extras::{Event, Guest, Method};
use crate::ledger::Token;
use crate::mail::{
    Address, Answer, Draft, Flags, ForPrograms, MessageAct, NestedPath, RECEIPT_ANSWERED, Role,
    Source, Tally,
};
use crate::mailbox::{Change, Order, Which};
use crate::remote::UidSet;
use crate::route::{ActForm, ListQuery, MessagesForm, Route, TellForm, Telling};
use crate::time::Zone;
use crate::views::extras::{Extras, ReceiptLine};

/// Tells it.
///
/// # Errors
/// `BadRequest` for a form that is not ours; `Gone`; those of sending.
pub fn tell(visit: &mut Visit) -> Result<Done> {
    let form = TellForm::read(visit.form.fields())?;
    let document = visit.open(&Opening::look(&form.message, &NestedPath::default()))?;
    let gone = || Error::Gone(GoneKind::Part);
    let (token, draft) = match form.what {
        Telling::Read => {
            let (to, reader) = asked(visit, &document).ok_or_else(gone)?;
            let id = document.message();
            let named = format!("{}.{}.{}", id.folder.as_wire(), id.validity.0, id.uid.get());
            let token = visit.ledger.token_of(&["receipt", &named]);
            let draft = receipt(visit, &document, &to, &reader);
            note_receipt(visit, &form)?;
            (token, draft)
        }
        Telling::Coming { event, coming } => {
            let token = visit.ledger.token(&form.token);
            let token = token.ok_or(Error::BadRequest("d"))?;
            let nth = usize::try_from(event).unwrap_or(usize::MAX);
            let event = document.extras().events.get(nth).ok_or_else(gone)?;
            let guest = invited(visit, event).ok_or_else(gone)?;
            let organizer = event.organizer.as_ref().ok_or_else(gone)?;
            let now = Zone::fixed(0).calendar(visit.now, visit.now);
            let now = now.ok_or(Error::Internal(Cause::new("a date that no calendar has")))?;
            let (subject, text) = visit.words.coming(coming, &guest.shown, &event.title);
            let draft = Draft {
                from: guest.email.clone(),
                to: organizer.email.clone(),
                subject,
                text,
                for_programs: Some(ForPrograms::Calendar(reply(event, guest, coming, &now))),
                ..Draft::default()
            };
            (token, draft)
        }
    };
    let (in_reply_to, references) = document.conversation_ids();
    let draft = Draft {
        source: Some(Source {
            message: form.message.clone(),
            how: Answer::Reply,
        }),
        references: references
            .into_iter()
            .chain([in_reply_to.clone()])
            .filter(|id| !id.is_empty())
            .collect(),
        in_reply_to,
        ..draft
    };
    compose::send_at_once(visit, token, draft, form.next)
}

/// Adds to what a message tells what its reader can tell its sender.
pub(super) fn offer(
    visit: &mut Visit,
    document: &Document,
    page: &Route,
    extras: &mut Extras,
) -> Result<()> {
    if document.is_inside() || !may_send(visit) {
        return Ok(());
    }
    let message = document.message().clone();
    let token = visit.ledger.to_text(&Token::new()?);
    for (line, nth) in extras.events.iter_mut().zip(0..) {
        if let Some(guest) = invited(visit, &line.event) {
            line.said = guest.coming;
            line.answer = Some(TellForm::about(&message, &token, Some(nth), page));
        }
    }
    let role = visit.mailbox.role_of(&message.folder);
    let is_own = matches!(
        role,
        Some(Role::Sent | Role::Drafts | Role::Junk | Role::Trash)
    );
    let is_answered = document.row().flags.has_keyword(RECEIPT_ANSWERED);
    if !is_own
        && !is_answered
        && let Some((to, _)) = asked(visit, document)
    {
        let mut fields = MessagesForm::place_of(
            &message.within(),
            &ListQuery::newest(message.folder.clone()),
        );
        fields.push(("u".to_owned(), message.uid.get().to_string()));
        fields.push(("r".to_owned(), document.standing().rank.to_string()));
        fields.push(("act".to_owned(), MessageAct::Receipt.name().to_owned()));
        extras.receipt = Some(ReceiptLine {
            to: to.email,
            send: TellForm::about(&message, "", None, page),
            leave: ActForm {
                to: Route::Messages,
                fields,
            },
        });
    }
    Ok(())
}

/// Who asks for a receipt, and as whom the reader got the message; None where nobody asks, or it is one's own.
fn asked(visit: &Visit, document: &Document) -> Option<(Address, String)> {
    let fields = document.header_fields();
    let mut fields = fields.iter();
    let (_, value) =
        fields.find(|(name, _)| name.eq_ignore_ascii_case("Disposition-Notification-To"))?;
    let to = typed(value).good.into_iter().next()?;
    let people = document.people("");
    let own = own_addresses(visit);
    let is_own = |email: &str| own.iter().any(|own| own.eq_ignore_ascii_case(email));
    if people.from.iter().any(|from| is_own(&from.email)) {
        return None;
    }
    let known = identities(visit);
    let written_to = people.to.iter().chain(&people.cc).map(|to| &to.email);
    let mut written_to = written_to.filter(|to| {
        let mut known = known.iter();
        known.any(|own| own.address.eq_ignore_ascii_case(to))
    });
    let usual = known.first().map(|own| &own.address);
    let reader = written_to.next().or(usual)?.clone();
    Some((to, reader))
}

/// The guest of an event that the reader is, where they are asked to come and may answer.
fn invited<'e>(visit: &Visit, event: &'e Event) -> Option<&'e Guest> {
    let is_asked = event.method == Method::Request && !event.cancelled && !event.id.0.is_empty();
    let organizer = event.organizer.as_ref().filter(|one| !one.email.is_empty());
    let known = identities(visit);
    let is_known = |guest: &&Guest| {
        let mut known = known.iter();
        known.any(|own| own.address.eq_ignore_ascii_case(&guest.email))
    };
    let mut guests = event.guests.iter();
    let guest = guests.find(is_known).filter(|_| is_asked)?;
    organizer.map(|_| guest)
}

fn receipt(visit: &Visit, document: &Document, to: &Address, reader: &str) -> Draft {
    let (original, _) = document.conversation_ids();
    let subject = &document.row().subject;
    let (subject, text) = visit.words.receipt_sent(subject, reader);
    Draft {
        from: reader.to_owned(),
        to: to.email.clone(),
        subject,
        text,
        for_programs: Some(ForPrograms::Receipt {
            reader: reader.to_owned(),
            original,
        }),
        ..Draft::default()
    }
}

/// Notes that its reader has decided, before anything is sent: it is asked about once (RFC 3503 3.1). A server that keeps no
/// such note keeps nobody from sending.
fn note_receipt(visit: &mut Visit, form: &TellForm) -> Result<()> {
    let message = &form.message;
    let flags = Flags::keyword(RECEIPT_ANSWERED).unwrap_or_default();
    let change = Change::Flags { flags, set: true };
    let from = message.within();
    let order = Order {
        act: MessageAct::Receipt,
        change: &change,
        into: "",
        from: &from,
        which: Which::These(UidSet::range(message.uid, message.uid)),
        before: Tally::default(),
        page: &ListQuery::newest(from.name.clone()),
        under: visit.notice,
        since: None,
    };
    match visit.mailbox.act(&order, visit.progress) {
        Ok(_) | Err(Error::ReadOnly) => Ok(()),
        Err(other) => Err(other),
    }
}
