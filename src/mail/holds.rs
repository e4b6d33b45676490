//! For how long a submission server holds messages that are to be sent later (RFC 4865).
//!
//! Not for whether it is told to (`submission`).

use serde::{Deserialize, Serialize};

/// What it announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// For how many seconds at most.
    pub seconds: u32,
    /// Until when at most, in seconds since 1970; None where it says nothing that can be read.
    pub until: Option<i64>,
}

impl Holds {
    /// For how many seconds from now at most.
    pub fn longest(self, now: i64) -> i64 {
        let until = self
            .until
            .map_or(i64::MAX, |until| until.saturating_sub(now));
        until.min(self.seconds.into()).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_end_counts() {
        let holds = |seconds, until| Holds { seconds, until }.longest(1000);
        assert_eq!(holds(60, None), 60);
        assert_eq!(holds(60, Some(1030)), 30);
        assert_eq!(holds(60, Some(5000)), 60);
        assert_eq!(holds(60, Some(3)), 0);
    }
}
