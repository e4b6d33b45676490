//! What is wrong with a configuration file: for the log with the file, the line, and what stands there; for whoever opens the
//! page of a first visit with the name of the setting and no more (`Fault`).
//!
//! Not for the rules. To know before changing it: a file can have anything in it, a password too that was put on a wrong
//! line, so what a stranger sees of it are the names of settings and tables, and only where they look like such.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Cause, Error, Fault, Named};

/// The longest name that is shown.
const LONGEST: usize = 40;

/// A file that is there and cannot be read.
pub(super) fn unreadable(file: &Path, e: &io::Error) -> Error {
    let fault = match e.kind() {
        io::ErrorKind::InvalidData => Fault::NotText,
        _ => Fault::Unreadable,
    };
    Error::Setup(fault, Cause::at(&file.display().to_string(), e))
}

/// A file that is not TOML, or names or types what it must not.
pub(super) fn not_understood(text: &str, file: &Path, e: &toml::de::Error) -> Error {
    let line = e.span().map(|span| line_of(text, span.start));
    let between = |before: &str| {
        let rest = e.message().strip_prefix(before)?.strip_prefix('`')?;
        rest.split('`').next()
    };
    let fault = if text.parse::<toml::Table>().is_err() {
        Fault::Line(line)
    } else if let Some(key) = between("unknown field ") {
        Fault::Unknown(named(text, line, key))
    } else if let Some(key) = between("missing field ") {
        Fault::Value(named(text, line, key), Some("is missing".to_owned()))
    } else {
        let there = line.and_then(|n| text.lines().nth(n.saturating_sub(1)));
        let key = there.and_then(|there| Some(there.split_once('=')?.0));
        Fault::Value(named(text, line, key.unwrap_or_default().trim()), None)
    };
    Error::Setup(fault, Cause::at(&file.display().to_string(), e))
}

/// A key that its type allows and the program does not know.
pub(super) fn unknown(text: &str, file: &Path, key: &str, rule: &str) -> Error {
    let (line, cause) = at_key(text, file, key, rule);
    Error::Setup(Fault::Unknown(named(text, line, key)), cause)
}

/// A key whose value its type allows and the program does not.
pub(super) fn broken(text: &str, file: &Path, key: &str, rule: &str) -> Error {
    let (line, cause) = at_key(text, file, key, rule);
    let setting = named(text, line, key);
    Error::Setup(Fault::Value(setting, Some(rule.to_owned())), cause)
}

fn at_key(text: &str, file: &Path, key: &str, rule: &str) -> (Option<usize>, Cause) {
    let line = text.lines().position(|l| l.trim_start().starts_with(key));
    let line = line.map(|n| n.saturating_add(1));
    let at = line.map_or(String::new(), |n| format!("line {n}: "));
    let cause = Cause::at(&file.display().to_string(), format!("{at}{key} {rule}"));
    (line, cause)
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let ends = before.iter().filter(|byte| **byte == b'\n').count();
    ends.saturating_add(1)
}

/// A setting by its name, with the table that it stands in.
fn named(text: &str, line: Option<usize>, key: &str) -> Named {
    let table = line.and_then(|n| {
        let lines: Vec<&str> = text.lines().take(n).map(str::trim).collect();
        let table = lines.into_iter().rev().find(|line| line.starts_with('['))?;
        let end = table.rfind(']')?;
        table.get(..=end).filter(|table| is_fit(table, "[]._-"))
    });
    let key = Some(key).filter(|key| is_fit(key, "._-"));
    let name = match (table, key) {
        (Some(table), Some(key)) => format!("{table} {key}"),
        (None, Some(key)) => key.to_owned(),
        (_, None) => String::new(),
    };
    Named { name, line }
}

/// True for what looks like the name of a setting, or of a table in its brackets.
fn is_fit(name: &str, signs: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || signs.contains(c);
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(fits)
}

/// The state directory that a file names which may be broken elsewhere.
pub(super) fn state_dir(text: &str) -> Option<PathBuf> {
    let dir = match text.parse::<toml::Table>() {
        Ok(table) => table.get("state_dir")?.as_str()?.to_owned(),
        Err(_) => {
            let line = |line: &&str| line.trim_start().starts_with("state_dir");
            let line: toml::Table = text.lines().find(line)?.parse().ok()?;
            line.get("state_dir")?.as_str()?.to_owned()
        }
    };
    Some(PathBuf::from(dir)).filter(|dir| dir.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn fault(text: &str) -> Fault {
        match Config::parse(text, Path::new("/x/postern.toml")) {
            Err(Error::Setup(fault, _)) => fault,
            other => panic!("{other:?}"),
        }
    }

    fn name_of(fault: &Fault) -> (&str, Option<usize>) {
        match fault {
            Fault::Unknown(named) | Fault::Value(named, _) => (&named.name, named.line),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_stranger_is_told_the_setting_and_not_what_it_says() {
        for (text, name, line) in [
            ("[gate]\nwaitng = 3", "[gate] waitng", 2),
            ("[gate]\n\nwaiting = 99", "[gate] waiting", 3),
            ("state_dir = 'relative'", "state_dir", 1),
            ("[imap]\nsecurity = 'maybe'", "[imap] security", 2),
            ("[imap]\nport = 'SECRET'", "[imap] port", 2),
            ("[imap]\n  SECRET = 1", "", 2),
            ("[settings]\ncolour = 'red'", "[settings] colour", 2),
            ("[[domain]]\nname = 'a.example'", "[[domain]] imap", 1),
        ] {
            let fault = fault(text);
            assert_eq!(name_of(&fault), (name, Some(line)), "{text}");
            assert!(!format!("{fault:?}").contains("SECRET"), "{fault:?}");
        }
        for text in [
            "[imap]\nSECRET",
            "[imap]\nhost = SECRET\n",
            "[imap]\nport = 1\nport = 2",
        ] {
            let fault = fault(text);
            assert!(matches!(fault, Fault::Line(Some(2 | 3))), "{fault:?}");
        }
    }

    #[test]
    fn a_broken_file_still_says_where_the_state_is() {
        let dir = Some(PathBuf::from("/a/b"));
        assert_eq!(state_dir("state_dir = \"/a/b\"\nnonsense = 1"), dir);
        assert_eq!(state_dir("state_dir = '/a/b'\n[imap\nhost ="), dir);
        assert_eq!(state_dir("state_dir = 'b'\nnonsense = 1"), None);
        assert_eq!(state_dir("state_dir = /a/b"), None);
    }
}
