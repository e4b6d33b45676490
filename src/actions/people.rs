//! The people whom a user writes to: suggested where a message is written, listed on a page of their own, forgotten there.
//!
//! Not for who is known (`people`), nor for keeping them (`profile`).

use super::identities::own_addresses;
use super::panes::Around;
use super::{Done, GoOn, Visit};
use crate::draft::{Letter, list as typed};
use crate::error::{Error, Result};
use crate::mail::Address;
use crate::people::{People, worth_keeping};
use crate::profile::Recipient;
use crate::route::{ActForm, Route};
use crate::views::compose::State;
use crate::views::people::{self as view, ALL, PERSON, PeoplePage, Suggested};

/// How many stand in the page on which a message is written.
const IN_THE_PAGE: usize = 100;
/// How many script gets at once.
const FOUND: usize = 10;
/// What the form says that puts somebody back.
const NAME: &str = "name";
const COUNT: &str = "count";
const LAST: &str = "last";

/// Who is offered where a message is written: the likeliest, or, where they are picked, all by their names.
pub(super) fn offered(visit: &Visit, state: &State) -> Suggested {
    let people = known(visit);
    if matches!(state, State::Picking) {
        let mut all: Vec<String> = people.first(usize::MAX).map(as_typed).collect();
        all.sort_by_cached_key(|one| one.trim_start_matches('"').to_lowercase());
        return Suggested {
            first: all,
            has_more: false,
        };
    }
    Suggested {
        first: people.first(IN_THE_PAGE).map(as_typed).collect(),
        has_more: people.count() > IN_THE_PAGE,
    }
}

/// Of those whom a letter goes to, whoever is kept in mind.
pub(super) fn to_keep(visit: &Visit, letter: &Letter) -> Vec<Address> {
    let to = letter.to.iter().chain(&letter.cc).chain(&letter.bcc);
    match visit.profile.settings().collect {
        true => worth_keeping(to, &own_addresses(visit)),
        false => Vec::new(),
    }
}

/// The people that match what has been typed of them.
///
/// # Errors
/// None.
pub fn suggest(visit: &mut Visit, find: &str) -> Result<Done> {
    let people = known(visit);
    let found: Vec<String> = people.found(find).take(FOUND).map(as_typed).collect();
    Ok(Done::Page(visit.page(|_| view::found(&found))))
}

/// The page of all of them, or the question whether they are to be forgotten.
///
/// # Errors
/// `Profile` where they cannot be read; `Imap`, where no folders are cached.
pub fn list(visit: &mut Visit, ask: bool) -> Result<Done> {
    let recipients = visit.profile.recipients()?;
    let around = Around::gather(visit, None, Vec::new())?;
    let people = recipients.all().iter().rev().map(|one| {
        let person = Address {
            name: one.name.clone(),
            email: one.address.clone(),
        };
        (one.address.clone(), as_typed(&person))
    });
    let page = PeoplePage {
        people: people.collect(),
    };
    Ok(Done::Page(visit.page(|visit| {
        let chrome = around.chrome(visit);
        match ask && !page.people.is_empty() {
            true => view::whether(&chrome, page.people.len()),
            false => view::page(&chrome, &page),
        }
    })))
}

/// Forgets somebody, or everybody; or puts back whom it forgot.
///
/// # Errors
/// `BadRequest` for a form that is not ours; `Profile`, `DiskFull`, `Setup`.
pub fn edit(visit: &mut Visit) -> Result<Done> {
    let form = visit.form;
    let recipients = visit.profile.recipients()?;
    let who = Some(form.get(PERSON)).filter(|address| !address.is_empty());
    let undo = match (who, form.get(COUNT).parse()) {
        (None, _) if form.get(ALL).is_empty() => return Err(Error::BadRequest(PERSON)),
        (Some(address), Ok(count)) => {
            let person = Recipient {
                address: address.to_owned(),
                name: form.get(NAME).to_owned(),
                count,
                last: form.get(LAST).parse().unwrap_or_default(),
                ..Recipient::default()
            };
            recipients.put_back(person, visit.progress)?;
            None
        }
        (who, _) => {
            let gone = recipients.forget(who, visit.progress)?;
            who.and(gone.into_iter().next()).map(put_back)
        }
    };
    Ok(Done::GoOn(Box::new(GoOn {
        page: Route::People { ask: false },
        undo,
        more: None,
    })))
}

/// The form that puts somebody back.
fn put_back(gone: Recipient) -> ActForm {
    let fields = [
        (PERSON, gone.address),
        (NAME, gone.name),
        (COUNT, gone.count.to_string()),
        (LAST, gone.last.to_string()),
    ];
    ActForm {
        to: Route::EditPeople,
        fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
    }
}

fn known(visit: &Visit) -> People {
    People::of(&visit.profile, &own_addresses(visit), visit.now)
}

fn as_typed(person: &Address) -> String {
    typed(std::slice::from_ref(person))
}
