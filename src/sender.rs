//! Who a mail is from: the one judgement, made here once, which list, message, paper and "always show" only read.
//!
//! Not for reading a header (`mime::statements` gives the evidence, a row keeps it), nor for how a judgement is worded
//! (`words`). To know before changing it: anybody can write any From. It is certain only where it is exactly one mailbox of
//! a plain `local@domain` and, where the hoster has named the user's own server, that server's own field says pass for the
//! domain that is shown (RFC 8601 5). Everything else is a doubt, and is said where the name stands. `tests/senders.tsv`
//! has the forms.

mod alike;
mod checks;
mod looks;

use crate::mail::{Address, Evidence, FromForm, Role, Row, Topmost, Verdict};
pub use alike::is_alike;
use checks::Found;

/// Senders of one message whose looks are judged.
const JUDGED: usize = 5;

/// Where a message stands, as far as that matters to who it is from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standpoint<'a> {
    /// The authserv-id of the user's own server; empty where the hoster has not told it.
    pub server: &'a str,
    /// What the folder is for that the message lies in.
    pub role: Option<Role>,
    /// True for a message within another: who put it there may have written all of it.
    pub is_inside: bool,
}

/// What a message says of who it is from, and what is to be believed of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// How the sender is named wherever that is done.
    pub named: Named,
    /// Who sent it, where that is somebody else (RFC 5322 3.6.2), as `Ann <ann@example.org>`.
    pub sent_by: Option<String>,
    /// What is odd, most telling first.
    pub doubts: Vec<Doubt>,
    /// What the user's own server found out, to be told in full.
    pub verdict: Option<Verdict>,
    /// How far it is borne out by what the user's own server found out.
    proof: Proof,
    /// Why images are never always shown, whoever it is from.
    never: Option<WhyNot>,
}

/// How a sender is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By a name, which may be empty, and an address.
    Person {
        /// The name.
        name: String,
        /// The address.
        address: String,
    },
    /// As the field is written, since it names no one address for certain; empty where there is none.
    AsWritten(String),
}

/// What is odd about who a message says it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The user's own server found that it is not from this domain (DMARC, RFC 7489 6.6.2).
    Failed(String),
    /// The user's own server looked and did not find that it is from this domain.
    Unproven(String),
    /// There is no From, or nothing in it.
    Nobody,
    /// From is not exactly one plain address; how it is written stands in the place of the name.
    NotOneAddress,
    /// Several senders are named.
    Several(usize),
    /// The display name holds another address than the one it stands beside.
    NameHoldsAddress(String),
    /// Characters that cannot be seen, or that turn the direction of the text, stand in it.
    Invisible,
    /// The local part has other letters than ASCII.
    ForeignLocal(String),
    /// The domain is written in other letters than ASCII: as it looks, and as it is.
    Foreign {
        /// As it looks.
        looks: String,
        /// As it is on the wire: `xn--...`.
        is: String,
        /// True where letters of several alphabets stand in one word.
        mixed: bool,
    },
}

/// How far a sender is borne out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// Nothing is judged: the user wrote it.
    Own,
    /// Nobody's word is had on it.
    NotAsked,
    /// The user's own server says pass for the domain.
    Passed,
    /// The user's own server looked, or another one says it did, and it is not borne out.
    Missing,
    /// No server says that it looked.
    NotLooked,
}

/// Why the images of a sender cannot be shown always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The user wrote it.
    Own,
    /// It lies among unwanted mail.
    Junk,
    /// It lies within another message.
    Inside,
    /// It is not certain who it is from.
    Doubtful,
    /// The user's own server did not confirm it.
    NotConfirmed,
    /// No server's word is had on senders here, and the user is not known to have written to this one.
    Stranger,
}

impl Judgement {
    /// The same with the name as it reads in another charset.
    pub fn with_name_of(self, from: &[Address]) -> Judgement {
        let named = match (self.named, from) {
            (Named::Person { address, .. }, [one]) if one.email == address => Named::Person {
                name: one.name.trim().to_owned(),
                address,
            },
            (named, _) => named,
        };
        Judgement { named, ..self }
    }

    /// True where a list marks the message. That no server looked is no mark: it says nothing of this one message.
    pub fn is_marked(&self) -> bool {
        !self.doubts.is_empty()
    }

    /// True where the page of the message says that no server has confirmed its sender.
    pub fn is_unconfirmed(&self) -> bool {
        self.proof == Proof::NotLooked
    }

    /// The address of a sender who can be told by it for certain, in lower case, or why there is none: images are always
    /// shown where the user has chosen that for it.
    ///
    /// # Errors
    /// The reason.
    pub fn certain(&self) -> Result<String, WhyNot> {
        if let Some(why) = self.never {
            return Err(why);
        }
        let of_server = |doubt: &Doubt| matches!(doubt, Doubt::Failed(_) | Doubt::Unproven(_));
        let is_clear = self.doubts.iter().all(of_server);
        let address = self.address().filter(|_| is_clear);
        let address = address.ok_or(WhyNot::Doubtful)?;
        match self.proof {
            Proof::Passed | Proof::NotAsked => Ok(address),
            Proof::Missing | Proof::NotLooked => Err(WhyNot::NotConfirmed),
            Proof::Own => Err(WhyNot::Own),
        }
    }

    /// The address for which the user may choose that images are always shown, or why there is none. Where no server's
    /// word is had on senders, only those count whom the user has written to: `is_known` says that of an address.
    ///
    /// # Errors
    /// The reason.
    pub fn may_be_chosen(&self, is_known: impl FnOnce(&str) -> bool) -> Result<String, WhyNot> {
        let address = self.certain()?;
        match self.proof {
            Proof::NotAsked if !is_known(&address) => Err(WhyNot::Stranger),
            Proof::NotAsked | Proof::Passed | Proof::Own | Proof::Missing | Proof::NotLooked => {
                Ok(address)
            }
        }
    }

    /// The address that is shown, in lower case; None where there is no one address.
    pub fn address(&self) -> Option<String> {
        match &self.named {
            Named::Person { address, .. } => Some(address.to_lowercase()),
            Named::AsWritten(_) => None,
        }
    }
}

/// Judges who a message is from, by what its row keeps of its header.
pub fn judge(row: &Row, standpoint: &Standpoint) -> Judgement {
    let is_own = matches!(standpoint.role, Some(Role::Sent | Role::Drafts));
    let named = named(row);
    let sent_by = row.sender.as_ref().map(|sender| match sender.name.trim() {
        "" => sender.email.clone(),
        name => format!("{name} <{}>", sender.email),
    });
    if is_own && !standpoint.is_inside {
        return Judgement {
            named: own(row),
            sent_by,
            doubts: Vec::new(),
            verdict: None,
            proof: Proof::Own,
            never: Some(WhyNot::Own),
        };
    }
    let domain = match &named {
        Named::Person { address, .. } => address.rsplit_once('@').map(|(_, domain)| domain),
        Named::AsWritten(_) => None,
    };
    let evidence = &row.evidence;
    let verdict = verdict_of(evidence, standpoint);
    let (proof, of_checks) = checked(evidence, verdict, standpoint, domain);
    let mut doubts: Vec<Doubt> = of_checks.into_iter().collect();
    doubts.extend(of_form(row, &named));
    doubts.extend(of_looks(row, &named));
    Judgement {
        named,
        sent_by,
        doubts,
        verdict: verdict.filter(|v| !v.checks.is_empty()).cloned(),
        proof,
        never: match standpoint.role {
            _ if standpoint.is_inside => Some(WhyNot::Inside),
            Some(Role::Junk) => Some(WhyNot::Junk),
            Some(Role::Inbox | Role::Drafts | Role::Sent | Role::Archive | Role::Trash) | None => {
                None
            }
        },
    }
}

/// One plain address is named as a person; everything else as it is written.
fn named(row: &Row) -> Named {
    match (&row.evidence.form, row.from.as_slice()) {
        (FromForm::Plain, [one]) if one.email.contains('@') => Named::Person {
            name: one.name.trim().to_owned(),
            address: one.email.clone(),
        },
        (FromForm::Plain, _) => Named::AsWritten(String::new()),
        (FromForm::Other(written), _) => Named::AsWritten(written.clone()),
    }
}

/// What the user wrote is named as it was meant.
fn own(row: &Row) -> Named {
    match row.from.first() {
        Some(first) if !first.email.is_empty() => Named::Person {
            name: first.name.trim().to_owned(),
            address: first.email.clone(),
        },
        _ => named(row),
    }
}

/// The verdict of the server that is the user's own now; another one may have been when the row was made.
fn verdict_of<'a>(evidence: &'a Evidence, standpoint: &Standpoint) -> Option<&'a Verdict> {
    let verdict = evidence
        .verdict
        .as_ref()
        .filter(|_| !standpoint.is_inside)?;
    let is_own =
        !standpoint.server.is_empty() && verdict.server.eq_ignore_ascii_case(standpoint.server);
    is_own.then_some(verdict)
}

fn checked(
    evidence: &Evidence,
    verdict: Option<&Verdict>,
    standpoint: &Standpoint,
    domain: Option<&str>,
) -> (Proof, Option<Doubt>) {
    if standpoint.server.is_empty() || standpoint.is_inside {
        return (Proof::NotAsked, None);
    }
    let shown = domain.unwrap_or_default();
    let found = verdict.map_or(Found::Nothing, |verdict| checks::found(verdict, shown));
    // Another server's field on top may have been brought along, with one below it that looks like our own.
    let is_believed = evidence.topmost == Topmost::Own && verdict.is_some() && !shown.is_empty();
    match (found, evidence.topmost) {
        (Found::Failed(of), _) => {
            let of = if of.is_empty() { shown } else { of };
            (Proof::Missing, Some(Doubt::Failed(of.to_owned())))
        }
        (Found::Passed, _) if is_believed => (Proof::Passed, None),
        (_, Topmost::Nobody) => (Proof::NotLooked, None),
        (Found::Passed | Found::Nothing, Topmost::Own | Topmost::Other) => {
            let doubt = (!shown.is_empty()).then(|| Doubt::Unproven(shown.to_owned()));
            (Proof::Missing, doubt)
        }
    }
}

/// What is odd about how From is written.
fn of_form(row: &Row, named: &Named) -> Option<Doubt> {
    let Named::AsWritten(written) = named else {
        return None;
    };
    let mut emails: Vec<String> = row
        .from
        .iter()
        .map(|from| from.email.to_lowercase())
        .filter(|email| !email.is_empty())
        .collect();
    emails.sort();
    emails.dedup();
    match emails.len() {
        _ if written.is_empty() => Some(Doubt::Nobody),
        0 | 1 => Some(Doubt::NotOneAddress),
        several => Some(Doubt::Several(several)),
    }
}

/// What is odd about how the names and addresses look.
fn of_looks(row: &Row, named: &Named) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    if row.evidence.has_hidden {
        doubts.push(Doubt::Invisible);
    }
    for sender in row.from.iter().take(JUDGED) {
        let is_person = matches!(named, Named::Person { .. });
        if is_person
            && let Some(other) = looks::address_in(&sender.name)
            && !other.eq_ignore_ascii_case(&sender.email)
        {
            doubts.push(Doubt::NameHoldsAddress(other));
        }
        doubts.extend(looks::foreign_local(&sender.email));
        doubts.extend(looks::foreign_domain(&sender.email));
    }
    doubts
}
