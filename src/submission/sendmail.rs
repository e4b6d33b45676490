//! A message goes to a program that is compatible with sendmail, of this machine: recipients as arguments, the message on its
//! standard input with lines ended by LF.
//!
//! To know before changing it: the program takes the message when its input ends. One of which not all could be read, or
//! that is too slow, is killed before that end.

use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{LAST_ANSWER, Outcome, Outgoing, PATIENCE};
use crate::error::Cause;
use crate::mail::Refusal;
use crate::spool::Spool;
use crate::time::Deadline;

/// How much of a message is written at once, in bytes.
const PIECE: usize = 32 * 1024;
/// How often it is looked whether the program has ended.
const LOOK: Duration = Duration::from_millis(10);
/// Most of what it says that is read, in bytes.
const MOST_SAID: u64 = 4096;
/// Where programs look for others. suEXEC's has no sbin, and the rest of the environment is the client's.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Hands a message over to a program. The cause is for the log.
pub fn send(program: &Path, outgoing: Outgoing) -> (Outcome, Option<Cause>) {
    let failed = |refusal: Refusal, cause: Cause| (Outcome::Refused(refusal), Some(cause));
    let begun = Command::new(program)
        .args(["-i", "-f", outgoing.sender, "--"])
        .args(outgoing.recipients)
        .env_clear()
        .env("PATH", PATH)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match begun {
        Ok(child) => child,
        Err(error) => {
            let cause = Cause::at(&program.to_string_lossy(), error);
            return failed(Refusal::NoProgram, cause);
        }
    };
    let message = outgoing.message;
    let (Some(input), Some(errors)) = (child.stdin.take(), child.stderr.take()) else {
        kill(&mut child);
        return failed(Refusal::NoProgram, Cause::new("no pipes"));
    };
    let count = &AtomicU64::new(0);
    std::thread::scope(|scope| {
        let said = scope.spawn(move || {
            let mut said = Vec::new();
            let mut errors = errors;
            // What cannot be read was not said.
            drop(errors.by_ref().take(MOST_SAID).read_to_end(&mut said));
            // The rest is read, or the program could not write it and go on.
            drop(io::copy(&mut errors, &mut io::sink()));
            String::from_utf8_lossy(&said).into_owned()
        });
        let writer = scope.spawn(move || {
            let mut input = input;
            let done = write(message, &mut input, count);
            (input, done)
        });
        let going = Going {
            count,
            progressed: outgoing.progressed,
        };
        let written = written(&mut child, writer, &going);
        let ended = match &written {
            Ok(()) => wait(&mut child, LAST_ANSWER),
            Err(_) => None,
        };
        if ended.is_none() {
            kill(&mut child);
        }
        let said = super::said(&said.join().unwrap_or_default());
        match (written, ended) {
            (Err(cause), _) => failed(Refusal::Program(said), cause),
            (Ok(()), Some(status)) => judged(status, said),
            (Ok(()), None) => (
                Outcome::Unknown(Cause::new("the program did not end")),
                None,
            ),
        }
    })
}

/// How far writing has come.
struct Going<'g> {
    /// How many pieces the program has taken.
    count: &'g AtomicU64,
    progressed: fn(),
}

/// Waits until all is written, and ends the message. An error where the program has not taken it all: then it was killed
/// with its input still open.
fn written(
    child: &mut Child,
    writer: std::thread::ScopedJoinHandle<'_, (ChildStdin, io::Result<()>)>,
    going: &Going,
) -> Result<(), Cause> {
    let mut deadline = Deadline::after(PATIENCE);
    let mut seen = 0;
    while !writer.is_finished() && !deadline.has_passed() {
        std::thread::sleep(LOOK);
        let count = going.count.load(Ordering::Relaxed);
        if count != seen {
            seen = count;
            deadline = Deadline::after(PATIENCE);
            (going.progressed)();
        }
    }
    let is_late = !writer.is_finished();
    if is_late {
        // The writer's pipe breaks with it.
        kill(child);
    }
    let Ok((input, done)) = writer.join() else {
        kill(child);
        return Err(Cause::new("writing to the program panicked"));
    };
    match done {
        Ok(()) if !is_late => {
            // Here the message ends.
            drop(input);
            Ok(())
        }
        Ok(()) => Err(Cause::new("the program was too slow")),
        Err(error) => {
            kill(child);
            drop(input);
            Err(Cause::at("writing to the program", error))
        }
    }
}

/// Writes the message. The open end stays with the caller: what is dropped here would end it.
fn write(message: &mut Spool, input: &mut ChildStdin, count: &AtomicU64) -> io::Result<()> {
    message.rewind()?;
    let mut piece = vec![0; PIECE];
    loop {
        let n = message.read(&mut piece)?;
        let read = piece.get(..n).unwrap_or_default();
        if read.is_empty() {
            return Ok(());
        }
        let lines: Vec<u8> = read.iter().copied().filter(|b| *b != b'\r').collect();
        input.write_all(&lines)?;
        count.fetch_add(1, Ordering::Relaxed);
    }
}

fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let deadline = Deadline::after(patience);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if !deadline.has_passed() => std::thread::sleep(LOOK),
            Ok(None) | Err(_) => return None,
        }
    }
}

fn kill(child: &mut Child) {
    // One that has ended by itself needs no end.
    drop(child.kill());
    drop(child.wait());
}

/// What the end of the program means (sysexits.h, as sendmail and its kin use it).
fn judged(status: ExitStatus, said: String) -> (Outcome, Option<Cause>) {
    let Some(code) = status.code() else {
        return (
            Outcome::Unknown(Cause::at("the program was killed", status)),
            None,
        );
    };
    let refusal = match code {
        0 => return (Outcome::Taken, None),
        // EX_NOUSER, EX_NOHOST
        67 | 68 => Refusal::Message(said),
        // EX_UNAVAILABLE, EX_OSERR, EX_TEMPFAIL
        69 | 71 | 75 => Refusal::Later(said),
        // EX_NOPERM
        77 => Refusal::Sender(said),
        _ => Refusal::Program(said),
    };
    let cause = Cause::at("the program has ended", format!("exit code {code}"));
    (Outcome::Refused(refusal), Some(cause))
}
