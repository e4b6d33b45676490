//! What an answer begins with, read from the message that is answered.
//!
//! Not for who gets it (`draft::answer`).

use super::{Visit, carrying};
use crate::document::{Document, Opening, ToWrite};
use crate::draft::{Answering, answer, list, quoted, typed, unquoted};
use crate::error::Result;
use crate::mail::{Answer, Draft, NestedPath, Source};
use crate::route::ComposeQuery;
use crate::settings::Identity;

/// What an answer quotes of a message.
pub(super) struct Quote {
    /// Whose words they are, and which message it was.
    pub above: String,
    /// The words.
    pub text: String,
}

/// What an answer quotes, as plain text.
pub(super) fn quote(visit: &Visit, document: &Document, how: Answer) -> Quote {
    let people = document.people("");
    let text = document.plain_text("", &visit.leads());
    let when = visit.calendar(document.row().arrived);
    let words = visit.words;
    let from = people.from.first().cloned().unwrap_or_default();
    match how {
        Answer::Forward => Quote {
            above: words.forwarded_below(&[
                (words.from_label(), list(&people.from)),
                (
                    words.sent_label(),
                    when.map(|at| words.when_full(&at)).unwrap_or_default(),
                ),
                (words.subject_label(), people.subject.clone()),
                (words.to_label(), list(&people.to)),
                (words.cc_label(), list(&people.cc)),
            ]),
            text: unquoted(&text),
        },
        Answer::Reply | Answer::ReplyAll | Answer::ReplyList => Quote {
            above: words.wrote(when.as_ref(), from.shown()),
            text: quoted(&text),
        },
        Answer::EditAsNew | Answer::ForwardWhole | Answer::Redirect => Quote {
            above: String::new(),
            text: unquoted(&text),
        },
    }
}

/// The beginning of an answer.
///
/// # Errors
/// `Gone`; `Imap` where the cache does not have it.
pub(super) fn begin(visit: &mut Visit, source: &Source, own: &[Identity]) -> Result<Draft> {
    let document = visit.open(&Opening::look(&source.message, &NestedPath::default()))?;
    let people = document.people("");
    let row = document.row();
    let quote = match source.how {
        Answer::Forward | Answer::Reply | Answer::ReplyAll | Answer::ReplyList => {
            let Quote { above, text } = quote(visit, &document, source.how);
            format!("\n\n{above}\n{text}\n")
        }
        Answer::EditAsNew => quote(visit, &document, source.how).text,
        Answer::ForwardWhole | Answer::Redirect => String::new(),
    };
    // What is written on is as it was; an answer becomes so where its writer wants it.
    let to_write = match source.how {
        Answer::EditAsNew => {
            let leads = visit.leads();
            document.html_to_write(&mut visit.mailbox, &leads)?
        }
        Answer::Reply
        | Answer::ReplyAll
        | Answer::ReplyList
        | Answer::Forward
        | Answer::ForwardWhole
        | Answer::Redirect => ToWrite::default(),
    };
    let mut carried = match source.how {
        Answer::Reply | Answer::ReplyAll | Answer::ReplyList => Vec::new(),
        Answer::Forward | Answer::EditAsNew => carrying::files(&document),
        Answer::ForwardWhole | Answer::Redirect => {
            vec![carrying::whole(source.message.clone(), row, 0)]
        }
    };
    carried.retain(|one| !to_write.pictures.contains(&one.part));
    let fields = document.header_fields();
    let field = |name: &str| {
        let found = fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let (message_id, references) = document.conversation_ids();
    // A message that was forwarded has one of each step.
    let is_delivered = |name: &str| {
        let known = ["Delivered-To", "X-Original-To", "Envelope-To"];
        known.iter().any(|one| one.eq_ignore_ascii_case(name))
    };
    let delivered = fields.iter().filter(|(name, _)| is_delivered(name));
    let delivered = delivered.flat_map(|(_, to)| typed(to).good).collect();
    let about = Answering {
        delivered,
        follow_up: typed(field("Mail-Followup-To")).good,
        list: list_of(&document),
        from: people.from,
        reply_to: people.reply_to,
        to: people.to,
        cc: people.cc,
        bcc: people.bcc,
        subject: people.subject,
        message_id,
        references,
        quote,
    };
    let own: Vec<String> = own.iter().map(|own| own.address.clone()).collect();
    let begun = answer(source.message.clone(), source.how, &about, &own);
    Ok(match source.how {
        Answer::EditAsNew => Draft {
            to: list(&about.to),
            cc: list(&about.cc),
            bcc: list(&about.bcc),
            source: None,
            carried,
            html: to_write.html,
            ..begun
        },
        _ => Draft { carried, ..begun },
    })
}

/// The address of the list that a message came by (RFC 2369 3.4); None where it came by none, or nobody may write to it.
pub(super) fn list_of(document: &Document) -> Option<String> {
    let fields = document.header_fields().into_iter();
    let mut posted = fields.filter(|(name, _)| name.eq_ignore_ascii_case("List-Post"));
    let (_, field) = posted.next()?;
    let (_, rest) = field.split_once('<')?;
    let (link, _) = rest.split_once('>')?;
    let query = ComposeQuery::of_mailto(link.trim());
    typed(&query.to)
        .good
        .into_iter()
        .next()
        .map(|list| list.email)
}
