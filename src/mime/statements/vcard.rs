//! A vCard (RFC 6350, and the older 2.1 and 3.0) to what a page shows of it.
//!
//! Not for importing it. Pictures, sounds and keys in it are passed over.

use super::contentlines::content_lines;
use crate::extras::{Card, Detail};
use crate::work::Work;

/// Most cards of a part, and most lines of a card, that are told.
const MOST_CARDS: usize = 20;
const MOST_DETAILS: usize = 30;

/// The cards of a part.
pub fn cards(text: &str, work: &Work) -> Vec<Card> {
    let mut cards: Vec<Card> = Vec::new();
    for line in content_lines(text, work) {
        if line.name == "BEGIN" && line.value.trim().eq_ignore_ascii_case("VCARD") {
            if cards.len() >= MOST_CARDS {
                work.leave_out();
                break;
            }
            cards.push(Card::default());
        }
        let Some(card) = cards.last_mut() else {
            continue;
        };
        let detail = match line.name.as_str() {
            "FN" => {
                card.name = line.words();
                continue;
            }
            // RFC 6350 6.2.2: family name first; shown only where there is no FN.
            "N" if card.name.is_empty() => {
                let mut names = line.fields();
                names.truncate(2);
                names.reverse();
                card.name = names.join(" ");
                continue;
            }
            "ORG" => Detail::Organisation,
            "TITLE" | "ROLE" => Detail::Title,
            "EMAIL" => Detail::Email,
            "TEL" => Detail::Phone,
            "ADR" => Detail::Address,
            "URL" => Detail::Web,
            "BDAY" => Detail::Birthday,
            "NOTE" => Detail::Note,
            _ => continue,
        };
        let value = match detail {
            Detail::Organisation | Detail::Address => line.fields().join(", "),
            Detail::Phone => line.words().trim_start_matches("tel:").to_owned(),
            _ => line.words(),
        };
        match card.details.len() < MOST_DETAILS {
            _ if value.is_empty() => {}
            true => card.details.push((detail, value)),
            false => work.leave_out(),
        }
    }
    cards.retain(|card| !card.name.is_empty() || !card.details.is_empty());
    cards
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_of_any_version_is_read() {
        let found = cards(
            "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Peeters;Ann;;;\r\nTEL;WORK;VOICE:+32 9 1\r\nADR;HOME:;;Street 1;Ghent;;9000;\r\n\
             PHOTO;ENCODING=BASE64:AAAA\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:<b>Bo\r\nEMAIL;TYPE=work:bo@example.org\r\nTEL:tel:+1\r\nEND:VCARD",
            &Work::default(),
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].name, "Ann Peeters");
        assert_eq!(
            found[0].details,
            [
                (Detail::Phone, "+32 9 1".to_owned()),
                (Detail::Address, "Street 1, Ghent, 9000".to_owned())
            ]
        );
        assert_eq!(found[1].name, "<b>Bo");
        assert_eq!(found[1].details[1], (Detail::Phone, "+1".to_owned()));
        assert!(cards("nothing", &Work::default()).is_empty());
    }
}
