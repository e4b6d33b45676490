//! What a click cost at the mail server, as three witnesses tell it: the answer's own `Server-Timing`, a proxy on the way,
//! and the server's log. Not a module of tests.

use crate::support::page::Page;
use crate::support::site::Site;

/// What a click cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Connections that were opened.
    pub connections: usize,
    /// Sign-ins.
    pub logins: usize,
    /// Commands, sign-in included, farewell not.
    pub commands: usize,
    /// Round trips that were waited for, the greeting not counted.
    pub flights: usize,
}

/// Does something on a site with a proxy, and tells what it cost. The proxy and the answer must agree.
pub fn of(site: &Site, act: impl FnOnce() -> Page) -> (Page, Cost) {
    site.proxy().reset();
    let page = act();
    let flights = flights(&site.proxy().transcript());
    let counts = site.proxy().counts();
    let cost = Cost {
        connections: counts.connections,
        logins: counts.logins,
        commands: flights.concat().len(),
        flights: flights.len(),
    };
    let told = page.server_timing("imap").numbers();
    let seen = [cost.connections, cost.commands].map(|n| n as u64);
    page.expect(told == seen, || {
        format!("the page says {told:?} connections and commands, the proxy saw {seen:?}")
    });
    (page, cost)
}

/// Expects that an answer cost this many connections.
pub fn connections(page: &Page, count: u64) -> &Page {
    let told = page.server_timing("imap");
    page.expect(told.numbers().first() == Some(&count), || {
        format!("not {count} connections, but {}", told.words)
    })
}

/// What the client said each time before the server spoke again, answers to its own continuations apart.
///
/// Without the farewell and what goes with it: nobody waits for an answer, so it may not have passed the proxy yet.
pub fn flights(transcript: &str) -> Vec<Vec<String>> {
    let mut flights: Vec<Vec<String>> = Vec::new();
    let mut spoke_last = false;
    for line in transcript.lines() {
        let Some((_, said)) = line.split_once(" C: ") else {
            spoke_last = false;
            continue;
        };
        // The rest of a command, or of a SASL dialogue, is no command of its own.
        let Some((_, command)) = said.split_once(' ') else {
            continue;
        };
        if command == "LOGOUT" {
            if spoke_last {
                flights.pop();
            }
            continue;
        }
        if !spoke_last {
            flights.push(Vec::new());
        }
        spoke_last = true;
        if let Some(flight) = flights.last_mut() {
            flight.push(command.to_owned());
        }
    }
    flights
}
