//! Where a part stands in a message, and in the messages that are parts of it.
//!
//! Not for what stands there. To know before changing it: these are written into addresses and keys of the store.

use serde::{Deserialize, Serialize};

/// Where a part stands in its message: `1.2` (RFC 9051 6.4.5.1). The empty path is the whole message.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PartPath(Vec<u32>);

impl PartPath {
    /// Deepest path that is followed.
    pub const DEEPEST: usize = 64;

    /// Reads `1.2.3`; the empty text is the whole message.
    pub fn parse(text: &str) -> Option<PartPath> {
        if text.is_empty() {
            return Some(PartPath::default());
        }
        let steps: Option<Vec<u32>> = text
            .split('.')
            .map(|step| {
                let plain = !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
                step.parse().ok().filter(|n| plain && *n > 0)
            })
            .collect();
        steps.filter(|s| s.len() <= PartPath::DEEPEST).map(PartPath)
    }

    /// The path of the n-th child (from 1).
    pub fn child(&self, n: u32) -> PartPath {
        let mut steps = self.0.clone();
        steps.push(n);
        PartPath(steps)
    }

    /// Where the header of a message is kept beside its parts.
    pub fn header() -> PartPath {
        PartPath::default().unwrapped()
    }

    /// Where the HTML of a message is kept beside its parts, as its frame shows it. No message has so many parts.
    pub fn harmless() -> PartPath {
        PartPath::header().child(u32::MAX)
    }

    /// The step 0, which no server gives (parts are counted from 1) and no address may name (`parse`): the entity that a
    /// container stands for. What a winmail.dat or a message signed as a whole wraps is shown in its place, as leaves below
    /// the step 0 of the part that holds it.
    pub fn unwrapped(&self) -> PartPath {
        self.child(0)
    }

    /// The path of what stands at `further` below this.
    pub fn join(&self, further: &PartPath) -> PartPath {
        PartPath([self.0.as_slice(), &further.0].concat())
    }

    /// The numbers of the path, outermost first.
    pub fn steps(&self) -> &[u32] {
        &self.0
    }
}

impl std::fmt::Display for PartPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            write!(f, "{step}")?;
        }
        Ok(())
    }
}

/// Where something stands that may lie inside a part: the part, then what lies in it, and so on. `2/1.2` is the part 1.2
/// of the message that is attached as part 2. The empty path is the message itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NestedPath(Vec<PartPath>);

impl NestedPath {
    /// Deepest nested that is followed.
    pub const DEEPEST: usize = 8;

    /// Reads `2/1.2`; the empty text is the message itself.
    pub fn parse(text: &str) -> Option<NestedPath> {
        if text.is_empty() {
            return Some(NestedPath::default());
        }
        let paths: Option<Vec<PartPath>> = text
            .split('/')
            .map(|path| PartPath::parse(path).filter(|p| !p.steps().is_empty()))
            .collect();
        paths
            .filter(|p| p.len() <= NestedPath::DEEPEST)
            .map(NestedPath)
    }

    /// What stands at `path` inside of what stands here.
    pub fn then(&self, path: &PartPath) -> NestedPath {
        let mut paths = self.0.clone();
        paths.push(path.clone());
        NestedPath(paths)
    }

    /// Its first part, and the way from there.
    pub fn split(&self) -> Option<(&PartPath, &[PartPath])> {
        self.0.split_first()
    }

    /// True for the message itself.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for NestedPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, path) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("/")?;
            }
            write!(f, "{path}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_path_reads_what_it_writes_and_nothing_else() {
        for text in ["", "1", "1.2.3", "4294967295"] {
            assert_eq!(
                PartPath::parse(text).map(|p| p.to_string()).as_deref(),
                Some(text)
            );
        }
        for text in ["0", "1.", ".1", "1..2", "+1", "a", "4294967296", "1 "] {
            assert_eq!(PartPath::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_nested_path_reads_what_it_writes_and_nothing_else() {
        for text in ["", "2", "2/1.2/3"] {
            let nested = NestedPath::parse(text).map(|t| t.to_string());
            assert_eq!(nested.as_deref(), Some(text));
        }
        let deep = ["1"; 9].join("/");
        for text in ["/", "1/", "/1", "1//2", "a", deep.as_str()] {
            assert_eq!(NestedPath::parse(text), None, "{text}");
        }
    }
}
