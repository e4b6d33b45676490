//! A message goes to a program that is compatible with sendmail, of this machine: recipients as arguments, the message on its
//! standard input with lines ended by LF.
//!
//! To know before changing it: the program takes the message when its input ends. So its input is a file that has all of it
//! before the program begins: a pipe would end wherever we are ended, and a part of the message would be delivered.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::{LAST_ANSWER, Outcome, Outgoing};
use crate::error::{Cause, Error};
use crate::mail::Refusal;
use crate::time::Deadline;

/// How often it is looked how far the program has come.
const LOOK: Duration = Duration::from_millis(10);
/// Most of what it says that is read, in bytes.
const MOST_SAID: u64 = 4096;
/// Where programs look for others. suEXEC's has no sbin, and the rest of the environment is the client's.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Hands a message over to a program. The cause is for the log.
pub fn send(program: &Path, outgoing: Outgoing) -> (Outcome, Option<Cause>) {
    let failed = |refusal: Refusal, cause: Cause| (Outcome::Refused(refusal), Some(cause));
    let mut reading = match Reading::of(outgoing) {
        Ok(reading) => reading,
        Err(Error::DiskFull(cause)) => return failed(Refusal::DiskFull, cause),
        Err(other) => {
            let (kind, cause) = other.log_kind();
            let cause = Cause::at(kind, cause);
            return failed(Refusal::Program(String::new()), cause);
        }
    };
    let sender = match reading.outgoing.sender {
        // Nothing answers it, as programs write that.
        "" => "<>",
        sender => sender,
    };
    let begun = reading.input().and_then(|input| {
        Command::new(program)
            .args(["-i", "-f", sender, "--"])
            .args(reading.outgoing.recipients)
            .env_clear()
            .env("PATH", PATH)
            .stdin(input)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
    });
    let mut child = match begun {
        Ok(child) => child,
        Err(error) => {
            let cause = Cause::at(&program.to_string_lossy(), error);
            return failed(Refusal::NoProgram, cause);
        }
    };
    let Some(errors) = child.stderr.take() else {
        kill(&mut child);
        return failed(Refusal::NoProgram, Cause::new("no pipe"));
    };
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
        let ended = reading.wait(&mut child);
        if ended.is_none() {
            kill(&mut child);
        }
        let said = super::said(&said.join().unwrap_or_default());
        match ended {
            Some(status) => judged(status, said, reading.is_over()),
            None if reading.is_over() => (
                Outcome::Unknown(Cause::new("the program did not end")),
                None,
            ),
            None => failed(
                Refusal::Program(said),
                Cause::new("the program was too slow"),
            ),
        }
    })
}

/// A message that is being read by a program, and how far that has come: program and we have one place in one file.
struct Reading<'o> {
    outgoing: Outgoing<'o>,
    file: File,
    length: u64,
}

impl<'o> Reading<'o> {
    fn of(outgoing: Outgoing<'o>) -> Result<Reading<'o>, Error> {
        let file = outgoing.message.plain(|byte| byte != b'\r')?;
        let unreadable = |e| Error::Internal(Cause::at("the spool of a message", e));
        let length = file.metadata().map_err(unreadable)?.len();
        Ok(Reading {
            outgoing,
            file,
            length,
        })
    }

    fn input(&self) -> io::Result<Stdio> {
        self.file.try_clone().map(Stdio::from)
    }

    /// How much has been read.
    fn place(&mut self) -> u64 {
        // What does not tell its place has not moved.
        self.file.stream_position().unwrap_or(0)
    }

    /// True where all has been read: then the program may have taken it.
    fn is_over(&mut self) -> bool {
        self.place() >= self.length
    }

    /// Waits for the end of the program, as long as it goes on.
    fn wait(&mut self, child: &mut Child) -> Option<ExitStatus> {
        let mut deadline = Deadline::after(self.outgoing.patience.answer);
        let mut seen = 0;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if !deadline.has_passed() => std::thread::sleep(LOOK),
                Ok(None) | Err(_) => return None,
            }
            let place = self.place();
            if place != seen {
                seen = place;
                let patience = if place >= self.length {
                    LAST_ANSWER
                } else {
                    self.outgoing.patience.answer
                };
                deadline = Deadline::after(patience);
                (self.outgoing.progressed)();
            }
        }
    }
}

fn kill(child: &mut Child) {
    // One that has ended on its own needs no end.
    drop(child.kill());
    drop(child.wait());
}

/// What the end of the program means (sysexits.h, as sendmail and its kin use it).
fn judged(status: ExitStatus, said: String, is_read: bool) -> (Outcome, Option<Cause>) {
    let Some(code) = status.code() else {
        return (
            Outcome::Unknown(Cause::at("the program was killed", status)),
            None,
        );
    };
    let refusal = match code {
        0 if is_read => return (Outcome::Taken, None),
        0 => {
            let cause = Cause::new("the program has not read all of the message");
            return (Outcome::Unknown(cause), None);
        }
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
