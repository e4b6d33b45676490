//! How the answers of a flight find their command, and the folder that they speak of.

use super::super::change::Append;
use super::super::criteria::{Access, Criteria};
use super::super::segments::Content;
use super::*;
use crate::mail::{Flags, ModSeq, Uid, UidValidity};

fn asked() -> SentCommands {
    SentCommands {
        tags: [(b"a1".to_vec(), 0), (b"a2".to_vec(), 1)].into(),
        searches: [0, 1].into(),
        sorts: BTreeSet::new(),
    }
}

fn flight(responses: &[&str], asked: &SentCommands) -> Flight {
    let mut flight = Flight::default();
    for response in responses {
        flight.read(format!("{response}\r\n").as_bytes(), asked);
    }
    flight.settle();
    flight
}

fn uid(n: u32) -> Uid {
    Uid::new(n).expect("not 0")
}

#[test]
fn answers_about_one_message_become_one() {
    let flight = flight(
        &[
            "* 3 FETCH (FLAGS (\\Seen))",
            "* 3 FETCH (UID 9 RFC822.SIZE 5)",
            "* 3 FETCH(MODSEQ (4))",
        ],
        &asked(),
    );
    let message = flight.open[0].messages.get(&uid(9)).expect("UID 9");
    assert!(message.flags.is_some() && message.size == Some(5) && message.modseq == ModSeq::new(4));
}

#[test]
fn a_number_means_nothing_after_an_expunge() {
    let flight = flight(
        &[
            "* 3 FETCH (UID 9)",
            "* 2 EXPUNGE",
            "* 3 FETCH (FLAGS (\\Seen))",
        ],
        &asked(),
    );
    assert!(
        flight.open[0]
            .messages
            .get(&uid(9))
            .is_some_and(|m| m.flags.is_none())
    );
    assert_eq!(flight.tally.get(&("FETCH WITHOUT UID", false)), Some(&1));
}

#[test]
fn rule_15_searches_go_by_their_tag_or_not_at_all() {
    let two = flight(
        &[
            "* ESEARCH (TAG \"a2\") UID ALL 4,1:2 COUNT 3",
            "* SEARCH 7 8",
            "* ESEARCH (TAG \"a1\") UID COUNT 0",
        ],
        &asked(),
    );
    assert_eq!(two.found.get(&1).map(|f| f.uids.len()), Some(3));
    assert_eq!(
        two.found.get(&0).map(|f| (f.count, f.uids.is_empty())),
        Some((Some(0), true))
    );
    assert_eq!(two.tally.get(&("SEARCH", false)), Some(&1));
    let alone = SentCommands {
        sorts: [4].into(),
        ..asked()
    };
    let one = flight(&["* SORT 9 3 4 (MODSEQ 5)"], &alone);
    let found = one.found.get(&4).expect("an answer");
    assert_eq!(
        found.uids.iter().map(Uid::get).collect::<Vec<_>>(),
        [9, 3, 4]
    );
}

/// The words of RFC 7377 2.1 and of mox, the tag in another place.
#[test]
fn rule_16_a_search_of_several_folders_is_told_apart_by_their_names_and_numbering() {
    let mut plan = Plan::new();
    let asked = plan.search_in(vec![folder("INBOX"), folder("Work")], Vec::new(), false);
    let other = plan.search_in(vec![folder("Box")], Vec::new(), false);
    let flight = interleaved(
        &plan,
        &[
            "* ESEARCH (TAG \"a1\" MAILBOX \"Box\" UIDVALIDITY 5) UID COUNT 0",
            "* ESEARCH (TAG \"a0\" MAILBOX \"Inbox\" UIDVALIDITY 1) UID ALL 5:7 COUNT 3",
            "* OK [INPROGRESS (\"a0\" 1 4)] still searching",
            "* ESEARCH (UIDVALIDITY 3 MAILBOX Work TAG a0) UID COUNT 2 ALL 1,9",
            // Of no folder, of no numbering, and of no command that was sent.
            "* ESEARCH (TAG \"a0\") UID ALL 77",
            "* ESEARCH (TAG \"a0\" MAILBOX \"Work\") UID ALL 78",
            "* ESEARCH (TAG \"a9\" MAILBOX \"Work\" UIDVALIDITY 3) UID ALL 79",
            "a1 OK done",
            "a0 OK done",
        ],
    );
    let told = |handle| {
        let found: Vec<FoundIn> = flight.get(handle).cloned().unwrap_or_default();
        let of = |one: FoundIn| {
            let uids: Vec<u32> = one.found.uids.iter().map(Uid::get).collect();
            (
                one.folder.name.as_wire().to_owned(),
                one.folder.validity.0,
                uids,
            )
        };
        found.into_iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(
        told(asked),
        [
            ("INBOX".to_owned(), 1, vec![5, 6, 7]),
            ("Work".to_owned(), 3, vec![1, 9])
        ]
    );
    assert_eq!(told(other), [("Box".to_owned(), 5, Vec::new())]);
    assert!(flight.is_ok(asked));
}

#[test]
fn an_open_folder_tells_its_numbers() {
    let mut flight = flight(
        &[
            "* 6 EXISTS",
            "* OK [UIDVALIDITY 3] x",
            "* OK [UIDNEXT 7]",
            "* OK [HIGHESTMODSEQ 9] y",
            "* VANISHED (EARLIER) 2:4",
        ],
        &asked(),
    );
    flight.ends = vec![None];
    flight.current = flight.open.remove(0);
    flight.end_of(
        0,
        End::read(Status::Ok, b"[READ-ONLY] done"),
        Awaited::Elsewhere,
    );
    let mailbox = &flight.current;
    assert_eq!(
        (mailbox.exists, mailbox.validity),
        (Some(6), Some(UidValidity(3)))
    );
    assert!(mailbox.read_only && mailbox.modseq == ModSeq::new(9) && flight.end_at(0).is_some());
    assert_eq!(mailbox.vanished.len(), 3);
}

/// A flight of a plan, as its answers come: the tags are the numbers of the commands, `a0` the first.
fn interleaved(plan: &Plan, lines: &[&str]) -> Flight {
    let mut flight = Flight::of(plan);
    let mut sent = SentCommands::default();
    let mut awaited = Vec::new();
    for (n, command) in plan.commands.iter().enumerate() {
        sent.tags.insert(format!("a{n}").into_bytes(), n);
        match command {
            Command::Search(_) => drop(sent.searches.insert(n)),
            Command::Sort { .. } => drop(sent.sorts.insert(n)),
            _ => {}
        }
        let kind = match command {
            Command::Open { .. } => Awaited::Opening,
            command if command.is_about_messages() => Awaited::Here,
            _ => Awaited::Elsewhere,
        };
        if kind != Awaited::Elsewhere {
            flight.awaits(n);
        }
        awaited.push(kind);
    }
    flight.begin();
    for line in lines {
        match line.strip_prefix('a') {
            Some(end) => {
                let (n, end) = end.split_once(' ').expect("an end");
                let (word, text) = end.split_once(' ').expect("a text");
                let status = match word {
                    "OK" => Status::Ok,
                    _ => Status::No,
                };
                let n: usize = n.parse().expect("a number");
                flight.end_of(n, End::read(status, text.as_bytes()), awaited[n]);
            }
            None => flight.read(format!("{line}\r\n").as_bytes(), &sent),
        }
    }
    flight.settle();
    flight
}

fn folder(name: &str) -> FolderName {
    FolderName::new(name).expect("a name")
}

/// Folders a and b, each opened, searched and fetched.
fn two_folders() -> (Plan, [Handle<OpenFolder>; 2], [Handle<Found>; 2]) {
    let mut plan = Plan::new();
    let ask = |plan: &mut Plan, name| {
        let open = plan.open(&folder(name), Access::Read, None);
        let found = plan.search(Criteria::All);
        plan.fetch_rows(UidSet::all(), false);
        (open, found)
    };
    let (a, found_a) = ask(&mut plan, "a");
    let (b, found_b) = ask(&mut plan, "b");
    (plan, [a, b], [found_a, found_b])
}

fn sizes(flight: &Flight, folder: Handle<OpenFolder>) -> Vec<(u32, Option<u32>)> {
    let messages = &flight.get(folder).expect("a folder").messages;
    messages
        .iter()
        .map(|(uid, m)| (uid.get(), m.size))
        .collect()
}

#[test]
fn rule_15_two_folders_in_one_flight_are_told_apart_wherever_their_ends_stand() {
    let a = ["* 2 EXISTS", "* OK [UIDVALIDITY 1]"];
    let in_a = ["* SEARCH 1 2", "* 1 FETCH (UID 1 RFC822.SIZE 11)"];
    let b = ["* 1 EXISTS", "* OK [UIDVALIDITY 2]"];
    let in_b = ["* SEARCH 1", "* 1 FETCH (UID 1 RFC822.SIZE 21)"];
    for lines in [
        // In order, without a word about closing.
        [
            &a[..],
            &["a0 OK done"],
            &in_a,
            &["a1 OK done", "a2 OK done"],
            &b,
            &["a3 OK done"],
            &in_b,
            &["a4 OK done", "a5 OK done"],
        ]
        .concat(),
        // With CLOSED; what a folder brings comes before the first end, and ends before their predecessors'.
        [
            &a[..],
            &in_a,
            &["a0 OK done", "a2 OK done", "a1 OK done", "* OK [CLOSED] x"],
            &b,
            &in_b,
            &["a5 OK done", "a3 OK done", "a4 OK done"],
        ]
        .concat(),
        // CLOSED before the ends of the folder before.
        [
            &a[..],
            &in_a,
            &["* OK [CLOSED] x"],
            &b,
            &in_b,
            &[
                "a0 OK done",
                "a1 OK done",
                "a2 OK done",
                "a3 OK done",
                "a4 OK done",
                "a5 OK done",
            ],
        ]
        .concat(),
    ] {
        let (plan, open, found) = two_folders();
        let flight = interleaved(&plan, &lines);
        for (n, (folder, found)) in open.into_iter().zip(found).enumerate() {
            let one = flight.get(folder).expect("a folder");
            let number = u32::try_from(n).expect("small") + 1;
            assert_eq!(one.validity, Some(UidValidity(number)), "{lines:?}");
            assert_eq!(one.exists, Some(3 - number));
            assert_eq!(sizes(&flight, folder), [(1, Some(number * 10 + 1))]);
            let found = flight.get(found).expect("an answer");
            assert_eq!(found.uids.len(), u64::from(3 - number));
        }
        assert_eq!(
            flight.get(open[1]).and_then(|f| f.name.clone()),
            Some(folder("b"))
        );
    }
}

#[test]
fn rule_15_what_comes_before_a_late_word_of_closing_is_of_the_folder_before() {
    let (plan, [a, b], _) = two_folders();
    let flight = interleaved(
        &plan,
        &[
            "* 9 EXISTS",
            "a0 OK done",
            "a1 OK done",
            "a2 OK done",
            "* 1 FETCH (UID 1 FLAGS (\\Seen))",
            "* VANISHED 5",
            "* OK [CLOSED] x",
            "* 4 EXISTS",
            "a3 OK done",
            "* OK [CLOSED] again",
            "* 1 FETCH (UID 1 FLAGS ())",
            "a4 OK done",
            "a5 OK done",
        ],
    );
    let flags = |folder: Handle<OpenFolder>| {
        let messages = &flight.get(folder).expect("a folder").messages;
        messages.get(&uid(1)).and_then(|m| m.flags.clone())
    };
    assert_eq!(
        (flags(a), flags(b)),
        (Some(Flags::SEEN), Some(Flags::default()))
    );
    assert_eq!(flight.get(a).map(|f| f.vanished.len()), Some(1));
    assert_eq!(
        flight.get(b).map(|f| (f.exists, f.vanished.len())),
        Some((Some(4), 0))
    );
}

#[test]
fn rule_15_a_folder_that_cannot_be_opened_has_no_messages_and_hides_no_other() {
    let (plan, [a, b], found) = two_folders();
    let flight = interleaved(
        &plan,
        &[
            "* 7 EXISTS",
            "a0 NO [NONEXISTENT] x",
            "* 1 FETCH (UID 1 RFC822.SIZE 3)",
            "* SEARCH 4",
            "a1 NO x",
            "a2 NO x",
            "* 1 EXISTS",
            "* SEARCH 1",
            "* 1 FETCH (UID 1 RFC822.SIZE 21)",
            "a3 OK done",
            "a4 OK done",
            "a5 OK done",
        ],
    );
    assert!(!flight.is_ok(a) && flight.is_ok(b));
    assert_eq!(
        (sizes(&flight, a), sizes(&flight, b)),
        (vec![], vec![(1, Some(21))])
    );
    assert_eq!(flight.get(a).map(|f| f.exists), Some(None));
    assert_eq!(flight.get(found[1]).map(|f| f.uids.len()), Some(1));
    assert_eq!(flight.tally.get(&("FETCH", false)), Some(&1));
}

#[test]
fn what_an_act_did_is_what_the_server_names() {
    let mut plan = Plan::new();
    let set = |text: &str| Sequence::parse(text.as_bytes()).expect("a set").to_set();
    let one = plan.move_to(set("1:3"), &folder("x"));
    let other = plan.move_to(set("7,9"), &folder("y"));
    let stored = plan.add_flags(set("4:6"), Flags::SEEN);
    let flight = interleaved(
        &plan,
        &[
            "* OK [COPYUID 5 9,7 21,20] y",
            "* VANISHED 7,9",
            "* OK [COPYUID 4 1,3 8:9] x",
            "* VANISHED 1,3",
            "* OK [COPYUID 4 99 1] nobody's",
            "a0 NO the rest is gone",
            "a1 OK done",
            "a2 OK [MODIFIED 5:6] done",
        ],
    );
    let pairs = |handle| {
        let copied: &Copied = flight.get(handle).expect("pairs");
        copied
            .pairs()
            .map(|(a, b)| (a.get(), b.get()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (pairs(one), pairs(other)),
        (vec![(1, 8), (3, 9)], vec![(9, 21), (7, 20)])
    );
    assert!(!flight.is_ok(one) && flight.is_ok(other));
    let gone = flight.folder(one).map(|f| f.vanished.clone());
    assert_eq!(gone, Some(set("1,3,7,9")));
    assert_eq!(
        flight.get(stored).map(|s| s.modified.clone()),
        Some(set("5:6"))
    );
    assert_eq!(flight.tally.get(&("STATUS LINE", false)), Some(&1));

    let mut plan = Plan::new();
    let copy = plan.copy(set("1:2"), &folder("x"));
    let flight = interleaved(&plan, &["a0 OK [COPYUID 4 1:2 8:9] done"]);
    let copied = flight.get(copy).map(|c| (c.len(), c.validity, c.from()));
    assert_eq!(copied, Some((2, Some(UidValidity(4)), set("1:2"))));
    let mut plan = Plan::new();
    let append = plan.append(Append {
        folder: folder("x"),
        flags: Flags::default(),
        arrived: None,
        content: Content::Bytes(Vec::new()),
    });
    let flight = interleaved(&plan, &["a0 OK [APPENDUID 4 17] done"]);
    let at = flight.get(append).and_then(|a| a.at);
    assert_eq!(at, Some((UidValidity(4), uid(17))));
}

#[test]
fn a_folder_says_which_flags_stay() {
    let mut plan = Plan::new();
    let open = plan.open(&folder("a"), Access::Change, None);
    let flight = interleaved(
        &plan,
        &[
            "* OK [PERMANENTFLAGS (\\Seen \\Deleted $label1 \\*)] x",
            "a0 OK [READ-WRITE] done",
        ],
    );
    let open = flight.get(open).expect("a folder");
    let permanent = open.permanent.as_ref().expect("flags");
    assert!(permanent.any_keyword && permanent.flags.has(&Flags::DELETED) && !open.read_only);
    assert!(permanent.flags.has_keyword("$label1") && !permanent.flags.has(&Flags::FLAGGED));
}
