//! Where a flight keeps the answer of each kind of command.
//!
//! Not for reading them. To know before changing it: what is said of a folder is kept once for each folder that was open,
//! and found by every command that speaks of it.

use super::Flight;
use crate::remote::change::{Appended, Copied, Stored};
use crate::remote::found::{Found, FoundIn};
use crate::remote::open_folder::{Messages, OpenFolder};

/// An answer that belongs to one command, or to the folder that this command speaks of.
pub trait Answer: Default {
    /// Where it is kept.
    #[doc(hidden)]
    fn of(flight: &Flight, command: usize) -> Option<&Self>;

    /// The same, to be changed.
    #[doc(hidden)]
    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Self>;
}

impl Answer for Found {
    fn of(flight: &Flight, command: usize) -> Option<&Found> {
        flight.found.get(&command)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Found> {
        flight.found.get_mut(&command)
    }
}

impl Answer for Vec<FoundIn> {
    fn of(flight: &Flight, command: usize) -> Option<&Vec<FoundIn>> {
        flight.found_in.get(&command)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Vec<FoundIn>> {
        flight.found_in.get_mut(&command)
    }
}

impl Answer for Stored {
    fn of(flight: &Flight, command: usize) -> Option<&Stored> {
        flight.stored.get(&command)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Stored> {
        flight.stored.get_mut(&command)
    }
}

impl Answer for Copied {
    fn of(flight: &Flight, command: usize) -> Option<&Copied> {
        flight.copied.get(&command)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Copied> {
        flight.copied.get_mut(&command)
    }
}

impl Answer for Appended {
    fn of(flight: &Flight, command: usize) -> Option<&Appended> {
        flight.appended.get(&command)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Appended> {
        flight.appended.get_mut(&command)
    }
}

impl Answer for OpenFolder {
    fn of(flight: &Flight, command: usize) -> Option<&OpenFolder> {
        flight.open.get(*flight.places.get(command)?)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut OpenFolder> {
        flight.open.get_mut(*flight.places.get(command)?)
    }
}

impl Answer for Messages {
    fn of(flight: &Flight, command: usize) -> Option<&Messages> {
        OpenFolder::of(flight, command).map(|folder| &folder.messages)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Messages> {
        OpenFolder::of_mut(flight, command).map(|folder| &mut folder.messages)
    }
}
