//! The handles by which the answers of a flight are found, each by the command that it belongs to.
//!
//! Not for the answers themselves (`answer`). To know before changing it: a handle carries the kind of answer that its command
//! brings, so that nobody can take a search's answer for a folder's.

use std::marker::PhantomData;

/// The answer of a command whose answer is only how it ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended;

/// One command of a plan; its answer is found by this in the flight that the plan became, and only there.
pub struct Handle<A = Ended> {
    pub(super) command: usize,
    answer: PhantomData<fn() -> A>,
}

impl<A> Clone for Handle<A> {
    fn clone(&self) -> Handle<A> {
        *self
    }
}

impl<A> Copy for Handle<A> {}

impl<A> Handle<A> {
    /// To the command of this number.
    pub(super) fn to(command: usize) -> Handle<A> {
        Handle {
            command,
            answer: PhantomData,
        }
    }
}
