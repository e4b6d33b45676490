//! Whom a user may want to write to: one list of people from all that is known of them, the likeliest first.
//!
//! Known are those whom messages were sent to (`profile`); whatever else will know people joins them in `People::of`, and
//! nobody who asks has to know where somebody comes from. Not for whom a message goes to (`draft`). To know before changing
//! it: nobody is offered to himself, and no address that nobody reads.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::gate::Pass;
use crate::mail::Address;
use crate::profile::{Profile, Recipients};
use crate::time::Seconds;

/// Local parts of addresses that nobody reads, without what stands between their words.
const UNREAD: [&str; 9] = [
    "noreply",
    "donotreply",
    "dontreply",
    "neverreply",
    "mailerdaemon",
    "postmaster",
    "bounce",
    "bounces",
    "nepasrepondre",
];

/// A day, in seconds.
const DAY: Seconds = 86_400;
/// After so many days somebody counts half.
const HALVED: Seconds = 30;

/// People, the likeliest first.
#[derive(Clone, Debug, Default)]
pub struct People(Vec<Address>);

impl People {
    /// Everybody who is known, but for the user, whose addresses are `own`. Where what is kept cannot be read, nobody is.
    pub fn of(profile: &Profile, own: &[String], now: Seconds) -> People {
        let recipients = profile.recipients();
        let recipients = recipients.iter().flat_map(Recipients::all);
        let mut ranked: Vec<(i64, Address)> = recipients
            .map(|one| {
                let age = now.saturating_sub(one.last).max(0) / DAY;
                let count = i64::from(one.count).saturating_mul(1_000_000);
                let address = Address {
                    name: one.name.clone(),
                    email: one.address.clone(),
                };
                (count / age.saturating_add(HALVED), address)
            })
            .collect();
        ranked.sort_by(|(a, one), (b, other)| b.cmp(a).then(one.email.cmp(&other.email)));
        let all = ranked.into_iter().map(|(_, address)| address);
        People(all.filter(|one| !is_own(one, own)).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The likeliest ones.
    pub fn first(&self, most: usize) -> impl Iterator<Item = &Address> {
        self.0.iter().take(most)
    }

    /// Those with all of these words at the beginnings of words of their names or addresses.
    pub fn found(&self, words: &str) -> impl Iterator<Item = &Address> {
        let sought: Vec<String> = words_of(words).collect();
        self.0.iter().filter(move |one| {
            let known: BTreeSet<String> = words_of(&one.name).chain(words_of(&one.email)).collect();
            let begins = |word: &String| known.iter().any(|known| known.starts_with(word));
            sought.iter().all(begins)
        })
    }
}

/// Keeps in mind that a message was sent to these people.
///
/// # Errors
/// `Profile`, `DiskFull`, `Setup`.
pub fn note_sent(pass: &Pass, to: &[Address], now: Seconds) -> Result<()> {
    match to {
        [] => Ok(()),
        to => Recipients::of(pass)?.note(to, now),
    }
}

/// Of those whom a message goes to, whoever is worth keeping in mind.
pub fn worth_keeping<'a>(to: impl Iterator<Item = &'a Address>, own: &[String]) -> Vec<Address> {
    let worth = to.filter(|one| !is_own(one, own) && !is_unread(&one.email));
    let worth = worth.map(|one| Address {
        // No name brings what cannot be seen.
        name: one.name.chars().filter(|c| !c.is_control()).collect(),
        email: one.email.clone(),
    });
    worth.collect()
}

fn is_own(one: &Address, own: &[String]) -> bool {
    let address = one.email.to_lowercase();
    own.iter().any(|own| own.to_lowercase() == address)
}

/// True for an address that nobody reads.
fn is_unread(address: &str) -> bool {
    let (local, _) = address.rsplit_once('@').unwrap_or((address, ""));
    let (local, _) = local.split_once('+').unwrap_or((local, ""));
    let letters = local.chars().filter(|c| !"-_.".contains(*c));
    let letters = letters.collect::<String>().to_lowercase();
    UNREAD.contains(&letters.as_str())
}

/// The words of a text, in lower case.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|w| !w.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(addresses: &[(&str, &str)]) -> Vec<Address> {
        let all = addresses.iter();
        all.map(|(name, email)| Address {
            name: (*name).to_owned(),
            email: (*email).to_owned(),
        })
        .collect()
    }

    #[test]
    fn nobody_keeps_himself_nor_an_address_that_nobody_reads() {
        let to = all(&[
            ("Bo\0", "bo@example.org"),
            ("", "ANN@example.org"),
            ("Shop", "no-reply@shop.example"),
            ("Shop", "Do_Not.Reply+7@shop.example"),
            ("", "MAILER-DAEMON@example.org"),
            ("Nora", "nora.reply@example.org"),
        ]);
        let kept = worth_keeping(to.iter(), &["ann@Example.org".to_owned()]);
        let expected = all(&[("Bo", "bo@example.org"), ("Nora", "nora.reply@example.org")]);
        assert_eq!(kept, expected);
    }

    #[test]
    fn people_are_found_by_the_beginnings_of_their_words() {
        let people = People(all(&[
            ("Åse Lund", "aase@post.example"),
            ("田中 花子", "hanako@example.jp"),
            ("", "bo.lund@example.org"),
        ]));
        let found = |words: &str| {
            let found = people.found(words).map(|one| one.email.as_str());
            found.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found("lu"), "aase@post.example bo.lund@example.org");
        assert_eq!(found("å lund"), "aase@post.example");
        assert_eq!(found("花"), "hanako@example.jp");
        assert_eq!(found("bo.lund@ex"), "bo.lund@example.org");
        assert_eq!(found("und"), "");
        assert_eq!(people.found("").count(), 3);
    }
}
