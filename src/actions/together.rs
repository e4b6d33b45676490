//! How the line of a conversation names the people in it, and what of it is unread or starred.
//!
//! Not for which messages belong to it (`mailbox`), nor for its page (`conversation`).

use super::Visit;
use super::identities::own_addresses;
use crate::mail::{Flags, Row};
use crate::mailbox::Together;
use crate::sender::{self, Named, Standpoint};
use crate::views::folder::TogetherLine;

/// Most people that a line names.
const PEOPLE: usize = 4;

/// What a row shows of its conversation, whose newest message is this one.
pub fn line(
    visit: &Visit,
    together: &Together,
    newest: Option<&Row>,
    standpoint: &Standpoint,
) -> TogetherLine {
    let rows = together.before.iter().chain(newest);
    let is_unread = |row: &&Row| !row.flags.has(&Flags::SEEN) && !row.told.is_nothing();
    let near = rows.clone().filter(is_unread).count();
    let mut people: Vec<(String, String)> = Vec::new();
    for row in rows.filter(|row| !row.told.is_nothing()) {
        let (address, name) = who(visit, row, standpoint);
        if !people.iter().any(|(known, _)| *known == address) {
            people.push((address, name));
        }
    }
    let surplus = people.len().saturating_sub(PEOPLE);
    TogetherLine {
        count: together.count,
        unread: u32::try_from(near)
            .unwrap_or(u32::MAX)
            .saturating_add(together.unread),
        people: people
            .into_iter()
            .skip(surplus)
            .map(|(_, name)| name)
            .collect(),
    }
}

/// Whether something of a conversation is unread, and starred, beside its newest message.
pub fn flagged(together: Option<&Together>) -> (bool, bool) {
    let Some(together) = together else {
        return (false, false);
    };
    let any = |is: &dyn Fn(&Row) -> bool| together.before.iter().any(is);
    let unread = any(&|row| !row.flags.has(&Flags::SEEN) && !row.told.is_nothing());
    let starred = any(&|row| row.flags.has(&Flags::FLAGGED));
    (unread || together.unread > 0, starred || together.starred)
}

/// Who wrote a message: the address, and a short name. One who is not certain is named by the address, never by a name alone.
fn who(visit: &Visit, row: &Row, standpoint: &Standpoint) -> (String, String) {
    let judged = sender::judge(row, standpoint);
    let is_marked = judged.is_marked();
    match judged.named {
        Named::Person { address, .. } if is_own(visit, &address) => {
            (address.to_lowercase(), visit.words.me().to_owned())
        }
        Named::Person { name, address } if is_marked || name.trim().is_empty() => {
            drop(name);
            (address.to_lowercase(), address)
        }
        Named::Person { name, address } => (address.to_lowercase(), short(&name).to_owned()),
        Named::AsWritten(written) if written.is_empty() => {
            (String::new(), visit.words.unknown_sender().to_owned())
        }
        Named::AsWritten(written) => (written.clone(), written),
    }
}

/// True for the reader's own address.
pub fn is_own(visit: &Visit, address: &str) -> bool {
    let is_this = |own: &String| own.eq_ignore_ascii_case(address);
    own_addresses(visit).iter().any(is_this)
}

/// The first word of a name; all of it where that would say too little.
fn short(name: &str) -> &str {
    let name = name.trim();
    let first = name.split([' ', ',']).next().unwrap_or_default();
    match first.chars().count() {
        0..=2 => name,
        _ if name.contains(',') => name,
        _ => first,
    }
}
