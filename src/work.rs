//! One budget of work for all that is read of one mail.
//!
//! A mail is written by anybody, and whoever reads it must not wait for it. Each loop has a bound for what it makes of its
//! input; loops that stand within each other, or run once for each part, would multiply these. So each container that is
//! opened, each walk through a message, each search and each HTML part of a page takes its steps from the one budget that
//! its document lends. Where that is spent, nothing further is begun; whoever leaves something out says so here, and the
//! page says that it is not all of the mail. To know before changing it: what was begun is read to its end, since the
//! paths of parts follow from the bytes of a message alone, never from what was read before them.

use std::cell::Cell;

/// Steps for one mail. A step is about what it takes to look at a few bytes: a nanosecond or two.
const STEPS: usize = 400_000_000;

/// What may still be done, and whether something was left out.
#[derive(Clone, Debug)]
pub struct Work {
    left: Cell<usize>,
    has_left_out: Cell<bool>,
}

impl Default for Work {
    /// The budget of one mail.
    fn default() -> Work {
        Work {
            left: Cell::new(STEPS),
            has_left_out: Cell::new(false),
        }
    }
}

impl Work {
    /// Counts steps for something that takes so many for each of its bytes.
    pub fn does(&self, bytes: usize, steps: usize) {
        let steps = bytes.saturating_mul(steps);
        self.left.set(self.left.get().saturating_sub(steps));
    }

    /// True where nothing further is to be begun.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// Notes that there is more in the mail than is shown or listed.
    pub fn leave_out(&self) {
        self.has_left_out.set(true);
    }

    /// True once something was left out.
    pub fn has_left_out(&self) -> bool {
        self.has_left_out.get()
    }
}
