//! The signature within a text that is being written: put there once, and changed for another as long as nobody has
//! touched it.
//!
//! Not for what signatures are (`settings::Identity`). To know before changing it: script does the same at once
//! (`resigned` in `www/app.js`), so that a page and its form agree.

use crate::mail::ReplyPlace;

/// What stands above a signature (RFC 3676 4.3).
const MARK: &str = "-- \n";

/// The beginning of a text with a signature, above or below what it quotes.
pub fn signed(text: &str, signature: &str, place: ReplyPlace) -> String {
    let block = block(signature);
    match place {
        ReplyPlace::Above if block.is_empty() => text.to_owned(),
        ReplyPlace::Above => format!("\n{block}\n{text}"),
        ReplyPlace::Below => format!("{}\n\n{block}", text.trim_start_matches('\n')),
    }
}

/// A text with another signature in the place of the one that was put there; as it is, where that has been changed.
pub fn resigned(text: &str, (old, new): (&str, &str), place: ReplyPlace) -> String {
    let (old, new) = (block(old), block(new));
    if old.is_empty() {
        return match (new.is_empty(), place) {
            (true, _) => text.to_owned(),
            (false, ReplyPlace::Below) => format!("{text}\n{new}"),
            (false, ReplyPlace::Above) => {
                let (above, quote) = split_at_quote(text);
                format!("{above}\n{new}\n{quote}")
            }
        };
    }
    let is_whole = |at: &usize| {
        let behind = text.get(at.saturating_add(old.len())..);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('\n'))
    };
    let places = text.match_indices(&old).map(|(at, _)| at);
    let mut places = places.filter(is_whole);
    let found = match place {
        ReplyPlace::Above => places.next(),
        ReplyPlace::Below => places.last(),
    };
    let Some((above, rest)) = found.and_then(|at| text.split_at_checked(at)) else {
        return text.to_owned();
    };
    let below = rest.strip_prefix(old.as_str()).unwrap_or(rest);
    match (
        new.is_empty(),
        above.strip_suffix('\n'),
        below.strip_prefix('\n'),
    ) {
        // The lines that were put around it go with it.
        (true, Some(above), Some(below)) => format!("{above}{below}"),
        _ => format!("{above}{new}{below}"),
    }
}

/// What is above the letter that is quoted or forwarded, and that letter with the line that says whose it is.
fn split_at_quote(text: &str) -> (&str, &str) {
    let begins = |at: &usize| {
        let rest = text.get(at.saturating_add(2)..).unwrap_or_default();
        let (head, below) = rest.split_once('\n').unwrap_or((rest, ""));
        !head.is_empty() && below.starts_with('>') || head.starts_with("----------")
    };
    let at = gaps(text).find(begins);
    text.split_at_checked(at.unwrap_or(text.len()))
        .unwrap_or((text, ""))
}

/// Where two lines end one behind the other.
fn gaps(text: &str) -> impl Iterator<Item = usize> {
    let starts = text.char_indices().map(|(at, _)| at);
    starts.filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with("\n\n")))
}

/// A signature with what stands above it; nothing for none.
fn block(signature: &str) -> String {
    match signature.trim_end() {
        "" => String::new(),
        signature => format!("\n{MARK}{signature}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_stands_above_what_is_quoted_or_below_it() {
        let quote = "\n\nBo wrote:\n> Hello\n";
        let above = signed(quote, "Ann\nOslo\n", ReplyPlace::Above);
        assert_eq!(above, "\n\n-- \nAnn\nOslo\n\n\nBo wrote:\n> Hello\n");
        let below = signed(quote, "Ann\nOslo\n", ReplyPlace::Below);
        assert_eq!(below, "Bo wrote:\n> Hello\n\n\n\n-- \nAnn\nOslo");
        assert_eq!(signed(quote, " \n", ReplyPlace::Above), quote);
        let below = signed(quote, "", ReplyPlace::Below);
        assert_eq!(below, "Bo wrote:\n> Hello\n\n\n");
    }

    #[test]
    fn an_untouched_signature_is_changed_wherever_it_stands_and_a_touched_one_never() {
        let quotes = [
            "",
            "\n\nBo wrote:\n> Hello\n> \n> -- \n> Ann\n",
            "\n\n---------- Forwarded message ----------\nFrom: Ann\n\nHello\n\n-- \nAnn\n",
        ];
        let signatures = ["", "Ann", "Ann Sommer\n\nStrings\n-- \nOslo", "Ann Sommer"];
        let places = [ReplyPlace::Above, ReplyPlace::Below];
        for (quote, place) in quotes.iter().flat_map(|q| places.map(|p| (q, p))) {
            // What is forwarded begins above.
            if place == ReplyPlace::Below && quote.contains("Forwarded") {
                continue;
            }
            for (old, new) in signatures.iter().flat_map(|o| signatures.map(|n| (*o, n))) {
                let was = signed(quote, old, place);
                let now = resigned(&was, (old, new), place);
                if place == ReplyPlace::Above {
                    assert_eq!(now, signed(quote, new, place), "{was:?}");
                }
                assert!(now.contains(&block(new)), "{was:?} {now:?}");
                assert!(now.contains(quote.trim()), "{now:?}");
                let touched = was.replace("-- \nAnn", "-- \nDear Ann");
                if touched != was && !old.is_empty() {
                    assert_eq!(resigned(&touched, (old, new), place), touched);
                }
            }
        }
        let typed = "Hello Bo\n\nHow are you?\n\n\nBo wrote:\n> Hi\n";
        let signed = resigned(typed, ("", "Ann"), ReplyPlace::Above);
        assert_eq!(
            signed,
            "Hello Bo\n\nHow are you?\n\n\n-- \nAnn\n\n\nBo wrote:\n> Hi\n"
        );
    }
}
