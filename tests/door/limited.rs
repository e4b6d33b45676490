//! The library in a process of its own, with as much address space as hosts give a CGI program: what hostile servers are met
//! with, and what that takes.

use std::fs;
use std::process::Command;
use std::time::Duration;

use postern::config::{ImapServer, Security};
use postern::error::{Error, Result};
use postern::remote::{Capabilities, Criteria, Plan, Remote};
use postern::time::Deadline;

use super::{account, server, visit};
use crate::support::apache::ADDRESS_SPACE;

/// Kilobytes of RAM that it may take.
const PEAK_KB: u64 = 64 * 1024;

/// What the process is told by its environment: what to do, the port of the server, and the deadline in milliseconds.
const TASK: &str = "POSTERN_DOOR_TASK";
const PORT: &str = "POSTERN_DOOR_PORT";
const MILLIS: &str = "POSTERN_DOOR_MILLIS";

/// What it does at a server.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    /// Signs in, lists folders and rows.
    Visit,
    /// Signs in over TLS.
    Tls,
    /// Signs in over STARTTLS.
    Starttls,
    /// Searches, and counts what was read.
    Search,
}

/// Does something at the server on this port. What came of it, as `Debug` writes it: what was counted, or the kind of error.
pub fn met(task: Task, port: u16, deadline: Duration) -> String {
    let said = said_by(
        "door::limited::child_at_a_server",
        &[
            (TASK, format!("{task:?}")),
            (PORT, port.to_string()),
            (MILLIS, deadline.as_millis().to_string()),
        ],
    );
    let met = said.lines().find_map(|l| l.strip_prefix("met "));
    met.unwrap_or_else(|| panic!("no outcome: {said}"))
        .to_owned()
}

/// Runs an ignored test in a process of its own and expects that it ends well within its bounds; what it said.
pub fn said_by(test: &str, environment: &[(&str, String)]) -> String {
    let child = Command::new("prlimit")
        .arg(format!("--as={ADDRESS_SPACE}"))
        .arg(std::env::current_exe().expect("a test binary"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        // As in the program, which has one thread.
        .env("MALLOC_ARENA_MAX", "1")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .output()
        .expect("prlimit");
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{test} {environment:?}: {child:?}");
    let peak = said.lines().find_map(|l| l.strip_prefix("peak "));
    let peak: u64 = peak
        .and_then(|kb| kb.parse().ok())
        .unwrap_or_else(|| panic!("{test} {environment:?} did not run: {said}"));
    assert!(peak < PEAK_KB, "{environment:?}: {peak} kB");
    said
}

/// Says how much memory this process has taken.
pub fn tell_peak() {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let peak = peak.expect("a peak").trim().trim_end_matches(" kB");
    println!("\npeak {peak}");
}

#[test]
#[ignore = "other tests run it, in a process of its own"]
fn child_at_a_server() {
    let told = |name| std::env::var(name).expect("run by another test");
    let plain = server(told(PORT).parse().expect("a port"));
    let millis = told(MILLIS).parse().expect("milliseconds");
    let deadline = Deadline::after(Duration::from_millis(millis));
    let met = match told(TASK).as_str() {
        "Visit" => visit(plain.port, deadline).map(|_| String::new()),
        "Tls" => secured(&plain, Security::Tls, deadline),
        "Starttls" => secured(&plain, Security::Starttls, deadline),
        "Search" => searched(&plain, deadline),
        other => panic!("{other}"),
    };
    let met = met.unwrap_or_else(|error| match error {
        Error::Imap(kind, _) => format!("{kind:?}"),
        other => format!("{other:?}"),
    });
    println!("\nmet {met}");
    tell_peak();
}

fn secured(plain: &ImapServer, security: Security, deadline: Deadline) -> Result<String> {
    let server = ImapServer {
        security: Some(security),
        ..plain.clone()
    };
    let mut remote = Remote::new(account(&server), None, deadline);
    remote.ready().map(|_| String::new())
}

fn searched(server: &ImapServer, deadline: Deadline) -> Result<String> {
    let known = Some(Capabilities::parse(b"IMAP4rev1"));
    let mut remote = Remote::new(account(server), known, deadline);
    let mut plan = Plan::new();
    plan.search(Criteria::All);
    let flight = remote.fly(plan)?;
    Ok(format!("{:?}", flight.tally))
}
