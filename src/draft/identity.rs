//! Whether what was typed of an identity can stand in messages.
//!
//! Not for which addresses a user may send from: that is the hoster's to say (`config`). To know before changing it: what a
//! hand wrote into the user's file is judged here, too, before a message is from it.

use super::typed;
use crate::characters::{Unseen, unseen};
use crate::mail::{IdentityFault, IdentityField};

/// The longest that each field may be, in characters; an address by RFC 5321 4.5.3.1.
const LONGEST: [(IdentityField, usize); 5] = [
    (IdentityField::Name, 200),
    (IdentityField::Address, 254),
    (IdentityField::ReplyTo, 1_000),
    (IdentityField::Signature, 10_000),
    (IdentityField::SignatureHtml, LONGEST_HTML),
];

/// The longest HTML of a signature, with the pictures in it.
pub const LONGEST_HTML: usize = 30_000;

/// What is wrong with the fields of an identity, each told once.
pub fn identity_faults(text: impl Fn(IdentityField) -> String) -> Vec<IdentityFault> {
    let mut faults = Vec::new();
    for (field, limit) in LONGEST {
        let text = text(field);
        if field == IdentityField::SignatureHtml && text.chars().count() <= limit {
            // What may stand in HTML is judged elsewhere (`clean`).
            continue;
        }
        let has_lines = field == IdentityField::Signature;
        let is_unfit = |c: &char| is_unfit(*c) && !(has_lines && matches!(c, '\n' | '\t'));
        if let Some(what) = text.chars().find(is_unfit) {
            faults.push(IdentityFault::Unseen { field, what });
        } else if text.chars().count() > limit {
            let limit = u32::try_from(limit).unwrap_or(u32::MAX);
            faults.push(IdentityFault::TooLong { field, limit });
        }
    }
    let is_well = |field| !faults.iter().any(|fault| fault.field() == field);
    let address = typed(&text(IdentityField::Address));
    let is_one = matches!(address.good.as_slice(), [one] if one.name.is_empty());
    let no_address = is_well(IdentityField::Address) && !(is_one && address.wrong.is_empty());
    let mut replies = typed(&text(IdentityField::ReplyTo)).wrong.into_iter();
    let wrong = replies.next().filter(|_| is_well(IdentityField::ReplyTo));
    faults.extend(no_address.then_some(IdentityFault::NoAddress));
    faults.extend(wrong.map(IdentityFault::NoReplyTo));
    faults
}

/// A signature as it is kept: the line above it, which Postern adds itself, is not part of it.
pub fn bare_signature(typed: &str) -> String {
    let mut text = typed.trim_matches('\n');
    while let Some(("-- " | "--", rest)) = text.split_once('\n') {
        text = rest.trim_start_matches('\n');
    }
    match text {
        "-- " | "--" => String::new(),
        text => text.trim_end().to_owned(),
    }
}

/// What would end a line of a header, turn what stands beside it, or cannot be seen. Some scripts and signs need what joins
/// letters and chooses among their forms.
fn is_unfit(c: char) -> bool {
    match unseen(c) {
        None | Some(Unseen::Joiner | Unseen::Tag | Unseen::DirectionMark) => c.is_control(),
        Some(
            Unseen::Direction | Unseen::LineEnd | Unseen::Blank | Unseen::Nothing | Unseen::Note,
        ) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(field: IdentityField, value: &str) -> Vec<IdentityFault> {
        identity_faults(|one| match one {
            _ if one == field => value.to_owned(),
            IdentityField::Address => "ann@example.org".to_owned(),
            _ => String::new(),
        })
    }

    #[test]
    fn no_field_takes_what_ends_a_line_or_cannot_be_seen() {
        let fields = LONGEST.map(|(field, _)| field).into_iter();
        for field in fields.filter(|field| *field != IdentityField::SignatureHtml) {
            for what in [
                '\r', '\0', '\u{7f}', '\u{85}', '\u{200b}', '\u{202e}', '\u{2028}', '\u{feff}',
                '\u{3164}', '\u{1b}',
            ] {
                let told = faults(field, &format!("ann@example.org{what}"));
                assert_eq!(told, [IdentityFault::Unseen { field, what }], "{field:?}");
            }
            let lines = faults(field, "a\nBcc: b");
            let is_signature = field == IdentityField::Signature;
            assert_eq!(lines.is_empty(), is_signature, "{field:?}: {lines:?}");
            let long = faults(field, &"a".repeat(10_001));
            assert!(matches!(
                long.as_slice(),
                [IdentityFault::TooLong { .. }, ..]
            ));
        }
        for name in ["Ann \u{1f469}\u{200d}\u{1f467}", "می\u{200c}خواهم", "Å", ""] {
            assert_eq!(faults(IdentityField::Name, name), []);
        }
    }

    #[test]
    fn an_identity_has_one_address_and_answers_go_to_any() {
        for odd in [
            "",
            "ann",
            "ann@",
            "Ann <ann@example.org>",
            "ann@example.org, bo@example.org",
            "ann@example.org bo",
        ] {
            let told = faults(IdentityField::Address, odd);
            assert_eq!(told, [IdentityFault::NoAddress], "{odd}");
        }
        assert_eq!(faults(IdentityField::Address, "ännä@exämple.org"), []);
        let two = "Office <office@example.org>; bo@example.org";
        assert_eq!(faults(IdentityField::ReplyTo, two), []);
        let told = faults(IdentityField::ReplyTo, "bo@example.org, nobody");
        assert_eq!(told, [IdentityFault::NoReplyTo("nobody".to_owned())]);
    }

    #[test]
    fn the_line_above_a_signature_is_no_part_of_it() {
        for typed in [
            "Ann\nOslo",
            "-- \nAnn\nOslo\n",
            "\n--\nAnn\nOslo",
            "-- \n-- \n\nAnn\nOslo",
        ] {
            assert_eq!(bare_signature(typed), "Ann\nOslo", "{typed:?}");
        }
        for empty in ["", "-- ", "-- \n", "\n\n"] {
            assert_eq!(bare_signature(empty), "", "{empty:?}");
        }
        assert_eq!(bare_signature("-- Ann --\n--\nx"), "-- Ann --\n--\nx");
    }
}
