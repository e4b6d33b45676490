//! What is asked about a message before it is sent: the page says it, and the same form sent again is the answer.
//!
//! Not for what is asked (`draft::questions`): here is what it is judged by.

use super::Visit;
use super::identities::own_addresses;
use crate::draft::{Known, Letter, questions};
use crate::mail::{Address, Question, Source};
use crate::outbox::Writing;

/// All that its writer is asked.
pub(super) fn ask(visit: &mut Visit, letter: &Letter, writing: &Writing) -> Vec<Question> {
    let mut addresses = own_addresses(visit);
    // Where it cannot be read who was written to before, fewer are known.
    if let Ok(recipients) = visit.profile.recipients() {
        let all = recipients.all().iter();
        addresses.extend(all.map(|one| one.address.clone()));
    }
    let source = writing.draft.source.as_ref();
    if let Some(Source { message, .. }) = source
        // Where it is gone nobody is known by it.
        && let Ok(row) = visit.mailbox.row(message)
    {
        let people = [&row.from, &row.reply_to, &row.to, &row.cc]
            .into_iter()
            .flatten();
        addresses.extend(people.map(|Address { email, .. }| email.clone()));
    }
    let known = Known {
        has_files: !writing.files.is_empty()
            || !writing.draft.carried.is_empty()
            || writing.draft.has_picture(),
        addresses: &addresses,
        forwarded: visit.words.forwarded_line(),
    };
    let mut asked = questions(letter, &known);
    if writing.draft.is_redirected() {
        // Its subject is not the one of its writer.
        asked.retain(|question| *question != Question::NoSubject);
    }
    asked
}
