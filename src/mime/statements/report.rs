//! What mail systems report: delivery status (RFC 3464) and receipts (RFC 8098).
//!
//! Not for bounces that are plain prose: those are read as the text they are.

use crate::extras::{Delivery, Fate, Report};
use crate::mime::codec::{fields, line, words};
use crate::work::Work;

/// Most recipients that are told of.
const MOST: usize = 100;

/// Reads a `message/delivery-status` or `message/disposition-notification` part.
pub fn report(kind: &str, body: &[u8], work: &Work) -> Option<Report> {
    match kind {
        "message/delivery-status" | "message/global-delivery-status" => delivery(body, work),
        "message/disposition-notification" | "message/global-disposition-notification" => {
            receipt(body)
        }
        _ => None,
    }
}

/// A block for the message, then one for each recipient, with empty lines between.
fn delivery(body: &[u8], work: &Work) -> Option<Report> {
    let mut reporter = String::new();
    let mut deliveries = Vec::new();
    for block in blocks(body) {
        let block = fields(&block);
        let field = |name: &str| {
            let found = block.iter().find(|(n, _)| n == name);
            found.map(|(_, value)| line(&words(value)))
        };
        if let Some(name) = field("reporting-mta") {
            reporter = typed(&name).to_owned();
        }
        let recipient = field("original-recipient").or_else(|| field("final-recipient"));
        let action = field("action").unwrap_or_default().to_ascii_lowercase();
        let status = field("status").and_then(|s| status(&s));
        let fate = match action.split_whitespace().next().unwrap_or_default() {
            "failed" => Fate::Failed,
            "delayed" => Fate::Delayed,
            "delivered" => Fate::Delivered,
            "relayed" => Fate::Relayed,
            "expanded" => Fate::Expanded,
            _ => match status {
                Some((5, ..)) => Fate::Failed,
                Some((4, ..)) => Fate::Delayed,
                Some((2, ..)) => Fate::Delivered,
                _ => continue,
            },
        };
        // An address is one word; a sentence would be said in our own card.
        let recipient = recipient.map(|r| address(&r));
        let Some(recipient) = recipient.filter(|r| is_address(r)) else {
            continue;
        };
        if deliveries.len() >= MOST {
            work.leave_out();
            break;
        }
        deliveries.push(Delivery {
            recipient,
            fate,
            status,
            said: typed(&field("diagnostic-code").unwrap_or_default()).to_owned(),
        });
    }
    (!deliveries.is_empty()).then_some(Report::Delivery {
        reporter,
        deliveries,
    })
}

fn receipt(body: &[u8]) -> Option<Report> {
    let block = fields(body);
    let field = |name: &str| {
        let found = block.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| line(&words(value)))
    };
    let did = field("disposition")?.to_ascii_lowercase();
    let recipient = field("final-recipient").or_else(|| field("original-recipient"))?;
    let recipient = Some(address(&recipient)).filter(|r| is_address(r))?;
    Some(Report::Receipt {
        recipient,
        displayed: did.contains("displayed"),
    })
}

fn blocks(body: &[u8]) -> Vec<Vec<u8>> {
    let mut blocks: Vec<Vec<u8>> = vec![Vec::new()];
    for row in body.split_inclusive(|b| *b == b'\n') {
        if row.trim_ascii().is_empty() {
            if blocks.last().is_some_and(Vec::is_empty) {
                continue;
            }
            // One for the message, and one to know that there are more.
            if blocks.len() > MOST.saturating_add(1) {
                break;
            }
            blocks.push(Vec::new());
        } else if let Some(last) = blocks.last_mut() {
            last.extend_from_slice(row);
        }
    }
    blocks
}

/// `rfc822; ann@example.org`, `smtp; 550 5.1.1 ...`, without its type.
fn typed(value: &str) -> &str {
    let value = match value.split_once(';') {
        Some((kind, rest)) if kind.len() < 20 && !kind.trim().contains(' ') => rest,
        _ => value,
    };
    value.trim().trim_matches(['<', '>'])
}

fn is_address(text: &str) -> bool {
    // RFC 5321 4.5.3.1.3
    text.len() <= 254 && !text.is_empty() && !text.contains(char::is_whitespace)
}

/// An address with a type; letters beyond ASCII may be written `\x{436}` (RFC 6533 3).
fn address(value: &str) -> String {
    let mut pieces = typed(value).split("\\x{");
    let mut read = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let letter = piece.split_once('}').and_then(|(hex, rest)| {
            let letter = char::from_u32(u32::from_str_radix(hex, 16).ok()?)?;
            Some((letter, rest))
        });
        match letter {
            Some((letter, rest)) => {
                read.push(letter);
                read.push_str(rest);
            }
            None => {
                read.push_str("\\x{");
                read.push_str(piece);
            }
        }
    }
    line(&read)
}

fn status(value: &str) -> Option<(u16, u16, u16)> {
    let first = value.split_whitespace().next()?;
    let mut numbers = first.split('.').map(|n| n.parse::<u16>().ok());
    Some((numbers.next()??, numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_report_tells_of_each_recipient() {
        let body = b"Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822;ann@example.org\r\nAction: failed\r\n\
            Status: 5.1.1 (no such user)\r\nDiagnostic-Code: smtp; 550 5.1.1 <ann@example.org>:\r\n unknown\r\n \r\n\
            Final-Recipient: utf-8; \\x{436}@example.org\\x{zz}\r\nAction: failed\r\n\r\n\
            Final-Recipient: RFC822; <bo@example.org>\r\nStatus: 4.4.1\r\n\r\nFinal-Recipient: x\r\n";
        let Some(Report::Delivery {
            reporter,
            deliveries,
        }) = report("message/delivery-status", body, &Work::default())
        else {
            panic!("no report")
        };
        assert_eq!(reporter, "mx.example.org");
        assert_eq!(deliveries.len(), 3);
        assert_eq!(deliveries[1].recipient, "\u{436}@example.org\\x{zz}");
        assert_eq!(deliveries[0].said, "550 5.1.1 <ann@example.org>: unknown");
        assert_eq!(deliveries[0].status, Some((5, 1, 1)));
        assert_eq!(deliveries[2].recipient, "bo@example.org");
        assert_eq!(deliveries[2].fate, Fate::Delayed);
        assert_eq!(
            report("message/delivery-status", b"\r\n\r\n", &Work::default()),
            None
        );
    }

    #[test]
    fn a_receipt_tells_whether_it_was_shown() {
        let body = b"Final-Recipient: rfc822;ann@example.org\nDisposition: manual-action/MDN-sent-manually; displayed\n";
        let shown = report("message/disposition-notification", body, &Work::default());
        let recipient = "ann@example.org".to_owned();
        assert_eq!(
            shown,
            Some(Report::Receipt {
                recipient,
                displayed: true
            })
        );
    }
}
