//! Which folder an untagged answer speaks of, where a flight opens several one after the other.
//!
//! Not for answers that name their command (ESEARCH) or a folder (STATUS). To know before changing it: tagged ends alone do
//! not tell. Servers send what later commands bring before the end of the first, though never of a folder before the
//! commands about the one before it have ended: so the border is where all of these have ended, or, on servers that say it
//! (RFC 7162 3.2.11), `* OK [CLOSED]`. That word may come behind what was taken for the border already; then what came in
//! between still was of the folder before.

/// Where the answers of a flight stand. A place is a folder that is open: the first is the one that was open before the
/// flight, each further one is opened by the flight.
#[derive(Clone, Debug, Default)]
pub(super) struct Borders {
    /// How many commands about each place have not ended, the one that opens it among them.
    waiting: Vec<u32>,
    place: usize,
    /// CLOSED has come for this place.
    closed: bool,
    /// How the command that opens this place ended, once it has.
    opened: Option<bool>,
}

/// What CLOSED says of what came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// The next place begins here.
    Next,
    /// The place that was taken to begin before begins here.
    Late,
    /// Nothing: no folder follows.
    Stray,
}

impl Borders {
    /// For so many folders that are opened; nothing waits yet.
    pub fn new(opened: usize) -> Borders {
        Borders {
            waiting: vec![0; opened.saturating_add(1)],
            ..Borders::default()
        }
    }

    /// The place that answers belong to now.
    pub fn place(&self) -> usize {
        self.place
    }

    /// True where no folder is open: the command that was to open one failed.
    pub fn is_nowhere(&self) -> bool {
        self.opened == Some(false)
    }

    /// A command about a place goes out.
    pub fn sent(&mut self, place: usize) {
        if let Some(waiting) = self.waiting.get_mut(place) {
            *waiting = waiting.saturating_add(1);
        }
    }

    /// A command about a place has ended.
    pub fn ended(&mut self, place: usize) {
        if let Some(waiting) = self.waiting.get_mut(place) {
            *waiting = waiting.saturating_sub(1);
        }
    }

    /// The command that opens the present place has ended.
    pub fn opening_ended(&mut self, ok: bool) {
        self.opened = Some(ok);
    }

    /// Goes on to the next place where nothing about this one is awaited any more; true where it did.
    pub fn go_on(&mut self) -> bool {
        let done = self.waiting.get(self.place) == Some(&0);
        let next = self.place.saturating_add(1);
        if done && next < self.waiting.len() {
            self.begin(next, false);
            return true;
        }
        false
    }

    /// Takes `* OK [CLOSED]`; `begun` where what a server says of a folder that it opens has come for this place already.
    pub fn closed(&mut self, begun: bool) -> Closed {
        let next = self.place.saturating_add(1);
        if self.place > 0 && !self.closed && !begun && self.opened.is_none() {
            self.closed = true;
            return Closed::Late;
        }
        if next < self.waiting.len() {
            self.begin(next, true);
            return Closed::Next;
        }
        Closed::Stray
    }

    fn begin(&mut self, place: usize, closed: bool) {
        self.place = place;
        self.closed = closed;
        self.opened = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_begins_where_nothing_of_the_one_before_is_awaited() {
        let mut borders = Borders::new(2);
        for place in [1, 1, 2, 2] {
            borders.sent(place);
        }
        assert!(borders.go_on() && !borders.go_on());
        borders.opening_ended(true);
        borders.ended(1);
        assert!(!borders.go_on());
        borders.ended(1);
        assert!(borders.go_on() && !borders.go_on());
        assert_eq!(borders.place(), 2);
        // Its own CLOSED comes behind: late, and only once.
        assert_eq!(borders.closed(false), Closed::Late);
        assert_eq!(borders.closed(false), Closed::Stray);
    }

    #[test]
    fn closed_is_the_border_where_a_server_says_it() {
        let mut borders = Borders::new(2);
        for place in [0, 1, 1, 2] {
            borders.sent(place);
        }
        assert!(!borders.go_on(), "a command about the folder before");
        assert_eq!(borders.closed(false), Closed::Next);
        borders.ended(0);
        borders.opening_ended(false);
        assert!(borders.is_nowhere());
        // What fails leaves no folder, and nothing is closed then; where a server says it all the same, the next begins.
        borders.ended(1);
        borders.ended(1);
        assert!(borders.go_on() && !borders.is_nowhere());
        assert_eq!((borders.place(), borders.closed(false)), (2, Closed::Late));
    }
}
