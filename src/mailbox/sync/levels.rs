//! What LIST leaves out, though it is there: levels of folders that some servers list only one at a time.
//!
//! Not for asking (`folders`). To know before changing it: it is asked for once; from then on its patterns go out in the
//! flight that lists the folders, so that it costs no round trip. All of it has bounds.

use crate::mail::FolderName;
use crate::remote::{Folders, Listed};

/// Patterns of one account.
const PATTERNS: usize = 60;
/// Levels of names whose server says nothing of children.
const LEVELS: usize = 4;

/// Patterns that were not asked for yet, of levels that are announced and not listed. Where an `old` server, one without
/// LIST-EXTENDED, announces nothing: that of the level below the lowest one, as long as each has brought something.
pub(super) fn missing(told: &Folders, asked: &[FolderName], old: bool) -> Vec<FolderName> {
    if told.unlisted > 0 {
        // There are more than can be read, and those that seem to be left out are among them.
        return Vec::new();
    }
    let mut names: Vec<&str> = told.listed.iter().map(|l| l.name.as_wire()).collect();
    names.sort_unstable();
    let has_children = |parent: &str| {
        let at = names.partition_point(|name| *name < parent);
        names.get(at).is_some_and(|name| name.starts_with(parent))
    };
    let announced = |listed: &Listed| {
        let name = listed.name.as_wire();
        let parent = format!("{name}{}", listed.delimiter?);
        let is_left_out = listed.has("\\haschildren") && !has_children(&parent);
        // In a pattern these stand for anything.
        let is_plain = !name.contains(['%', '*']);
        FolderName::new(&format!("{parent}%")).filter(|_| is_left_out && is_plain)
    };
    let announced = told.listed.iter().filter_map(announced);
    let lower = old.then(|| below_the_lowest(told, asked)).flatten();
    announced
        .chain(lower)
        .filter(|pattern| !asked.contains(pattern))
        .take(PATTERNS.saturating_sub(asked.len()))
        .collect()
}

/// Which of the patterns that were asked for are worth asking for again.
pub(super) fn still_needed(told: &Folders, asked: Vec<FolderName>) -> Vec<FolderName> {
    let is_needed = |pattern: &FolderName| {
        let parent = pattern.as_wire().trim_end_matches('%');
        let is_its_name = |listed: &&Listed| {
            let rest = parent.strip_prefix(listed.name.as_wire());
            rest.is_some_and(|rest| rest.chars().eq(listed.delimiter))
        };
        let listed = told.listed.iter().find(is_its_name);
        listed.map_or(parent.contains('%'), |listed| listed.has("\\haschildren"))
    };
    asked.into_iter().filter(is_needed).collect()
}

/// `%/%` where all that is listed stands at the top, `%/%/%` where that has brought something, and so on.
fn below_the_lowest(told: &Folders, asked: &[FolderName]) -> Option<FolderName> {
    let mut others = told.listed.iter().filter(|l| !l.name.is_inbox());
    let delimiter = others.clone().find_map(|l| l.delimiter)?;
    let speaks = |listed: &Listed| {
        let words = ["\\haschildren", "\\hasnochildren", "\\noinferiors"];
        words.iter().any(|word| listed.has(word))
    };
    if others.any(speaks) {
        return None;
    }
    let level = |listed: &Listed| listed.name.as_wire().split(delimiter).count();
    let lowest = told.listed.iter().map(level).max()?;
    let pattern = |levels: usize| {
        let steps = vec!["%"; levels];
        FolderName::new(&steps.join(delimiter.encode_utf8(&mut [0; 4])))
    };
    let has_brought = lowest == 1 || asked.contains(&pattern(lowest)?);
    match has_brought && lowest < LEVELS {
        true => pattern(lowest.saturating_add(1)),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(listed: &[(&str, &str)]) -> Folders {
        let listed = listed.iter().map(|(name, attributes)| Listed {
            name: FolderName::new(name).unwrap(),
            delimiter: Some('/'),
            attributes: (*attributes).to_owned(),
        });
        Folders {
            listed: listed.collect(),
            ..Folders::default()
        }
    }

    fn missing_of(listed: &[(&str, &str)], asked: &[&str]) -> Vec<String> {
        let asked: Vec<FolderName> = asked.iter().filter_map(|n| FolderName::new(n)).collect();
        let missing = missing(&told(listed), &asked, true);
        missing.iter().map(|n| n.as_wire().to_owned()).collect()
    }

    #[test]
    fn what_is_announced_and_not_listed_is_asked_for_once() {
        let some = [
            ("INBOX", "\\hasnochildren"),
            ("Work", "\\haschildren"),
            ("Work/a", "\\haschildren"),
            ("Work-old", "\\haschildren"),
            ("50%", "\\haschildren"),
        ];
        assert_eq!(missing_of(&some, &[]), ["Work/a/%", "Work-old/%"]);
        assert_eq!(missing_of(&some, &["Work/a/%"]), ["Work-old/%"]);
        let asked = ["Work/a/%", "Work/%", "Gone/%", "%/%"];
        let asked = asked.iter().filter_map(|n| FolderName::new(n)).collect();
        let needed = still_needed(&told(&some), asked);
        let needed: Vec<&str> = needed.iter().map(FolderName::as_wire).collect();
        assert_eq!(needed, ["Work/a/%", "Work/%", "%/%"]);
    }

    #[test]
    fn a_server_that_announces_nothing_is_asked_for_one_level_more_as_long_as_that_brings_something()
     {
        let flat = [("INBOX", "\\noinferiors"), ("Work", "")];
        assert_eq!(missing_of(&flat, &[]), ["%/%"]);
        assert!(missing_of(&flat, &["%/%"]).is_empty());
        let two = [("Work", ""), ("Work/a", "")];
        assert!(missing_of(&two, &[]).is_empty(), "it lists levels itself");
        assert_eq!(missing_of(&two, &["%/%"]), ["%/%/%"]);
        assert!(missing_of(&[("Work", "\\hasnochildren")], &[]).is_empty());
    }

    #[test]
    fn however_many_announce_children_only_so_many_are_asked_for() {
        let many: Vec<String> = (0..500).map(|n| format!("f{n}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|n| (&**n, "\\haschildren")).collect();
        assert_eq!(missing_of(&many, &[]).len(), PATTERNS);
    }
}
