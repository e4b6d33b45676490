//! What an answer begins with: who gets it, its subject, where it stands in its conversation, the quoted text.

use std::collections::BTreeSet;

use super::is_message_id;
use crate::mail::{Address, Answer, Draft, MessageRef, Source};

/// Most Message-IDs of a conversation that are passed on: the first, and the newest (RFC 5322 3.6.4 sets no bound; lines and
/// servers do).
const REFERENCES: usize = 20;

/// What people's programs put before a subject that they answer, in lower case.
const ANSWERED: [&str; 18] = [
    "re", "aw", "sv", "vs", "antw", "antwort", "odp", "ynt", "rif", "r", "res", "ref", "bls", "ad",
    "vá", "回复", "答复", "回覆",
];
/// And before one that they pass on.
const FORWARDED: [&str; 12] = [
    "fwd", "fw", "wg", "vl", "vb", "tr", "rv", "enc", "doorst", "i", "转发", "轉寄",
];

/// What is known of the message that is answered.
#[derive(Clone, Debug, Default)]
pub struct Answering {
    /// From.
    pub from: Vec<Address>,
    /// Reply-To, where it differs.
    pub reply_to: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc, in what one has sent.
    pub bcc: Vec<Address>,
    /// The addresses that it was delivered to, whatever it says itself.
    pub delivered: Vec<Address>,
    /// Mail-Followup-To: where its sender wants answers to everybody.
    pub follow_up: Vec<Address>,
    /// The address that mail for its list goes to (RFC 2369 3.4).
    pub list: Option<String>,
    /// Its subject.
    pub subject: String,
    /// Its Message-ID.
    pub message_id: String,
    /// The Message-IDs before it.
    pub references: Vec<String>,
    /// What stands between the answer and the quoted text, and that text.
    pub quote: String,
}

/// The beginning of an answer to a message; `own` are the addresses of whoever answers, the usual one first.
pub fn answer(message: MessageRef, how: Answer, about: &Answering, own: &[String]) -> Draft {
    let own_set: BTreeSet<String> = own.iter().map(|own| own.to_lowercase()).collect();
    let is_own = |address: &Address| own_set.contains(&address.email.to_lowercase());
    let (to, cc) = people(how, about, &is_own);
    let written_to = about.to.iter().chain(&about.cc).chain(&about.bcc);
    // One's own mail is answered as who has sent it.
    let mut known = written_to
        .chain(&about.delivered)
        .chain(&about.from)
        .filter(|address| is_own(address));
    let mut references = Vec::new();
    if how.is_reply() {
        references.clone_from(&about.references);
        // Some programs put a message's own among them.
        references.retain(|id| *id != about.message_id);
        references.push(about.message_id.clone());
        references.retain(|id| is_message_id(id));
        let many = references.len().saturating_sub(REFERENCES);
        if many > 0 {
            references.drain(1..=many);
        }
    }
    Draft {
        from: known.next().map_or_else(
            || own.first().cloned().unwrap_or_default(),
            |address| address.email.clone(),
        ),
        to: list(&to),
        cc: list(&cc),
        subject: subject(how, &about.subject),
        text: about.quote.clone(),
        source: Some(Source { message, how }),
        in_reply_to: match how.is_reply() {
            true => about.message_id.clone(),
            false => String::new(),
        },
        references,
        ..Draft::default()
    }
}

/// To and Cc.
fn people(
    how: Answer,
    about: &Answering,
    is_own: &dyn Fn(&Address) -> bool,
) -> (Vec<Address>, Vec<Address>) {
    // One's own mail, answered, goes to whom it went to.
    let is_mine = about.from.first().is_some_and(is_own);
    // A Reply-To without an address (`"Ann" <>`) is none.
    let is_told = about.reply_to.iter().any(|to| !to.email.is_empty());
    let sender = match (is_mine, is_told) {
        (true, _) => about.to.clone(),
        (false, false) => about.from.clone(),
        (false, true) => about.reply_to.clone(),
    };
    let others = |addresses: &[Address]| -> Vec<Address> {
        let all = addresses.iter().filter(|address| !is_own(address));
        all.cloned().collect()
    };
    let everybody = || {
        let told = others(&about.follow_up);
        if !told.is_empty() && !is_mine {
            return (told, Vec::new());
        }
        let mut to = sender.clone();
        to.extend(others(&about.to));
        (to, others(&about.cc))
    };
    let (to, cc) = match (how, &about.list) {
        (Answer::Forward | Answer::ForwardWhole | Answer::Redirect | Answer::EditAsNew, _) => {
            return (Vec::new(), Vec::new());
        }
        (Answer::Reply, _) => (sender.clone(), Vec::new()),
        (Answer::ReplyList, Some(list)) => {
            let list = Address {
                name: String::new(),
                email: list.clone(),
            };
            (vec![list], Vec::new())
        }
        (Answer::ReplyAll, _) | (Answer::ReplyList, None) => everybody(),
    };
    let mut seen = BTreeSet::new();
    let mut once = |all: Vec<Address>| -> Vec<Address> {
        let is_first = |address: &Address| {
            !address.email.is_empty() && seen.insert(address.email.to_lowercase())
        };
        all.into_iter().filter(is_first).collect()
    };
    let to = once(to);
    (to, once(cc))
}

/// Addresses as they are typed.
pub fn list(addresses: &[Address]) -> String {
    let typed = addresses.iter().map(|address| {
        let name: String = address.name.chars().filter(|c| !c.is_control()).collect();
        let name = name.trim();
        let needs_marks = |c: char| "()<>[]:;@\\,.\"".contains(c);
        if name.is_empty() || name == address.email {
            address.email.clone()
        } else if name.contains(needs_marks) {
            let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{escaped}\" <{}>", address.email)
        } else {
            format!("{name} <{}>", address.email)
        }
    });
    typed.collect::<Vec<_>>().join(", ")
}

/// The subject with its prefix, once.
pub fn subject(how: Answer, subject: &str) -> String {
    let (prefix, known): (_, &[&str]) = match how {
        Answer::Redirect | Answer::EditAsNew => return subject.to_owned(),
        Answer::Forward | Answer::ForwardWhole => ("Fwd", &FORWARDED),
        Answer::Reply | Answer::ReplyAll | Answer::ReplyList => ("Re", &ANSWERED),
    };
    let mut rest = subject.trim();
    while let Some(behind) = without_prefix(rest, known) {
        rest = behind;
    }
    match rest.is_empty() {
        true => format!("{prefix}:"),
        false => format!("{prefix}: {rest}"),
    }
}

/// What follows one of these prefixes, a count (`Re[2]:`, `AW (3):`) included.
fn without_prefix<'s>(subject: &'s str, known: &[&str]) -> Option<&'s str> {
    let colon = subject.find([':', '：'])?;
    let (word, rest) = subject.split_at_checked(colon)?;
    let counted = word.trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^* ".contains(c));
    let word = counted.trim().to_lowercase();
    known
        .contains(&word.as_str())
        .then(|| rest.trim_start_matches([':', '：']).trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{FolderName, Uid, UidValidity};

    fn message() -> MessageRef {
        MessageRef {
            folder: FolderName::inbox(),
            validity: UidValidity(1),
            uid: Uid::new(7).unwrap(),
        }
    }

    fn all(text: &str) -> Vec<Address> {
        super::super::typed(text).good
    }

    fn about() -> Answering {
        Answering {
            from: all("Bo <bo@example.org>"),
            to: all("Ann <ann@example.org>, Cas <cas@example.org>"),
            cc: all("dee@example.org, BO@example.org, ann@home.example"),
            subject: "The third geranium".to_owned(),
            message_id: "3@x".to_owned(),
            references: vec!["1@x".to_owned(), "2@x".to_owned()],
            ..Answering::default()
        }
    }

    const OWN: [&str; 2] = ["ann@home.example", "Ann@example.org"];

    fn answered(how: Answer, about: &Answering) -> (String, String, String) {
        let own = OWN.map(str::to_owned);
        let draft = answer(message(), how, about, &own);
        (draft.from, draft.to, draft.cc)
    }

    fn is(how: Answer, about: &Answering, expected: (&str, &str, &str)) {
        let (from, to, cc) = answered(how, about);
        assert_eq!((from.as_str(), to.as_str(), cc.as_str()), expected);
    }

    #[test]
    fn an_answer_goes_to_whom_it_should_and_never_to_oneself() {
        let ann = "ann@example.org";
        is(Answer::Reply, &about(), (ann, "Bo <bo@example.org>", ""));
        is(
            Answer::ReplyAll,
            &about(),
            (
                ann,
                "Bo <bo@example.org>, Cas <cas@example.org>",
                "dee@example.org",
            ),
        );
        is(Answer::Forward, &about(), (ann, "", ""));
        let listed = Answering {
            reply_to: all("list@example.org"),
            list: Some("post@example.org".to_owned()),
            follow_up: all("list@example.org, eve@example.org"),
            ..about()
        };
        is(Answer::Reply, &listed, (ann, "list@example.org", ""));
        is(
            Answer::ReplyAll,
            &listed,
            (ann, "list@example.org, eve@example.org", ""),
        );
        is(Answer::ReplyList, &listed, (ann, "post@example.org", ""));
        let own = Answering {
            from: all("Ann <ann@example.org>"),
            to: all("Bo <bo@example.org>"),
            cc: all("cas@example.org"),
            ..about()
        };
        is(Answer::Reply, &own, (ann, "Bo <bo@example.org>", ""));
        is(
            Answer::ReplyAll,
            &own,
            (ann, "Bo <bo@example.org>", "cas@example.org"),
        );
        // Not named in it, as whoever gets a blind copy.
        let delivered = Answering {
            to: all("undisclosed@example.org"),
            cc: Vec::new(),
            delivered: all("nobody@example.org, ANN@example.org"),
            ..about()
        };
        is(
            Answer::Reply,
            &delivered,
            ("ANN@example.org", "Bo <bo@example.org>", ""),
        );
        // Written to nobody whom one is known by.
        let blind = Answering {
            to: all("undisclosed@example.org"),
            cc: Vec::new(),
            ..about()
        };
        is(
            Answer::Reply,
            &blind,
            ("ann@home.example", "Bo <bo@example.org>", ""),
        );
    }

    #[test]
    fn the_prefix_stands_once_in_any_language() {
        for was in [
            "Lunch",
            "Re: Lunch",
            "RE: AW: Lunch",
            "Re[2]: Lunch",
            "SV: Lunch",
            "回复：Lunch",
            "re:Lunch",
        ] {
            assert_eq!(subject(Answer::Reply, was), "Re: Lunch", "{was}");
        }
        assert_eq!(subject(Answer::Reply, "Fwd: Lunch"), "Re: Fwd: Lunch");
        assert_eq!(subject(Answer::Forward, "WG: Fwd: Lunch"), "Fwd: Lunch");
        assert_eq!(subject(Answer::Forward, "Re: Lunch"), "Fwd: Re: Lunch");
        assert_eq!(
            subject(Answer::Reply, "Meeting: 12:30"),
            "Re: Meeting: 12:30"
        );
        assert_eq!(subject(Answer::Reply, ""), "Re:");
    }

    #[test]
    fn a_conversation_is_handed_on_with_its_first_and_its_newest() {
        let own = OWN.map(str::to_owned);
        let long = Answering {
            references: (0..100).map(|n| format!("{n}@x")).collect(),
            message_id: "newest@x".to_owned(),
            ..about()
        };
        let draft = answer(message(), Answer::Reply, &long, &own);
        assert_eq!(draft.references.len(), REFERENCES);
        assert_eq!(draft.references.first().map(String::as_str), Some("0@x"));
        assert_eq!(
            draft.references.last().map(String::as_str),
            Some("newest@x")
        );
        assert_eq!(draft.in_reply_to, "newest@x");
        let forwarded = answer(message(), Answer::Forward, &long, &own);
        assert!(forwarded.references.is_empty() && forwarded.in_reply_to.is_empty());
    }

    #[test]
    fn names_are_typed_so_that_they_are_read_again() {
        let odd = [
            Address {
                name: "Smith, Ann".to_owned(),
                email: "a@x.org".to_owned(),
            },
            Address {
                name: "A \"B\" \\ C".to_owned(),
                email: "b@x.org".to_owned(),
            },
            Address {
                name: "Dr. No".to_owned(),
                email: "c@x.org".to_owned(),
            },
            Address {
                name: String::new(),
                email: "d@x.org".to_owned(),
            },
        ];
        assert_eq!(super::super::typed(&list(&odd)).good, odd);
    }
}
