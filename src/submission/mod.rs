//! Handing a message over to be delivered: to a submission server (RFC 6409) in the name of the user, or to a program that is
//! compatible with sendmail. Only this room names lettre.
//!
//! Not for what is in the message (`draft`), nor for whether it may be sent at all (`ledger`). To know before changing it:
//! between the end of the message and its answer nobody knows whether it was taken. So everything before that end is
//! `Refused`, and everything after it, but for a clear answer, is `Unknown`; a message of which not all could be read is
//! never ended.

mod sendmail;
mod smtp;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::SmtpServer;
use crate::error::{Cause, Said};
use crate::mail::{Holds, Refusal};
use crate::seal::Secret;
use crate::spool::Spool;
use crate::time::Seconds;

/// For how long the answer to the end of the message is waited for. RFC 5321 4.5.3.2.6 allows ten minutes; scanners take 5
/// to 60 seconds, and a web server ends a request that takes longer.
const LAST_ANSWER: Duration = Duration::from_secs(50);
/// How long it may take from one sign of progress to the next: for whoever sets an end to the process.
pub const LONGEST: Duration = Duration::from_secs(75);
/// Where programs that are compatible with sendmail are installed.
const USUAL: [&str; 2] = ["/usr/sbin/sendmail", "/usr/lib/sendmail"];

/// How long the other side is waited for before the end of the message.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For connecting, and for each answer.
    answer: Duration,
    /// For sender and recipients, all together.
    envelope: Duration,
}

impl Patience {
    /// As a rule.
    pub const USUAL: Patience = Patience {
        answer: Duration::from_secs(15),
        envelope: Duration::from_secs(40),
    };
    /// Where somebody wants to be gone.
    pub const SHORT: Patience = Patience {
        answer: Duration::from_secs(5),
        envelope: Duration::from_secs(5),
    };
}

/// What is handed over.
pub struct Outgoing<'o> {
    /// The address that reports of failure go to (RFC 5321 4.1.1.2); empty for none.
    pub sender: &'o str,
    /// True where the other side is to tell what became of it, if it can (RFC 3461).
    pub reports: bool,
    /// Who gets it.
    pub recipients: &'o [String],
    /// The message: lines ended by CRLF, a CRLF at its end.
    pub message: &'o mut Spool,
    /// True where there are other bytes in it than ASCII.
    pub is_8bit: bool,
    /// Until when the other side is to hold it (RFC 4865); None where it goes at once.
    pub until: Option<Seconds>,
    /// How long the other side is waited for.
    pub patience: Patience,
    /// Called whenever some of it has gone: the end of the process can be put off to `LONGEST` from then.
    pub progressed: fn(),
}

/// What became of it.
#[derive(Debug)]
pub enum Outcome {
    /// The other side has taken it, for all recipients.
    Taken,
    /// It has not taken it, for any.
    Refused(Refusal),
    /// All of it was written, and no answer came: it may have been taken.
    Unknown(Cause),
}

/// What came of it.
#[derive(Debug)]
pub struct Handed {
    /// What became of the message.
    pub outcome: Outcome,
    /// For the log.
    pub cause: Option<Cause>,
    /// What the server announces; None where it did not come to that.
    pub offers: Option<Offers>,
}

/// What a server announces that is worth keeping in mind.
#[derive(Clone, Copy, Debug)]
pub struct Offers {
    /// For how long it holds messages that are to be sent later; None where it does not.
    pub holds: Option<Holds>,
}

/// Where messages are handed over.
#[derive(Clone, Debug)]
pub enum Way {
    /// To a server, in the name of a user.
    Server {
        /// Which.
        server: SmtpServer,
        /// The user's name there.
        login: String,
        /// Their password.
        password: Secret,
    },
    /// To a program of this machine.
    Program(PathBuf),
    /// There is none.
    Nowhere,
}

impl Way {
    /// Where the messages of a user are handed over: to the server that is configured, else to a program.
    pub fn of(
        server: Option<&SmtpServer>,
        program: Option<&Path>,
        login: &str,
        password: &Secret,
    ) -> Way {
        if let Some(server) = server {
            return Way::Server {
                server: server.clone(),
                login: login.to_owned(),
                password: password.clone(),
            };
        }
        let usual = USUAL.into_iter().map(Path::new).find(|path| path.exists());
        match program.or(usual) {
            Some(program) => Way::Program(program.to_owned()),
            None => Way::Nowhere,
        }
    }
}

/// Hands a message over. What is to be held is handed to nobody who would not hold it.
pub fn hand_over(way: &Way, outgoing: Outgoing) -> Handed {
    let mut offers = None;
    let (outcome, cause) = match way {
        Way::Server {
            server,
            login,
            password,
        } => smtp::send(server, login, password, outgoing, &mut offers),
        Way::Program(_) if outgoing.until.is_some() => (Outcome::Refused(Refusal::NotHeld), None),
        Way::Program(program) => sendmail::send(program, outgoing),
        Way::Nowhere => (Outcome::Refused(Refusal::NoProgram), None),
    };
    Handed {
        outcome,
        cause,
        offers,
    }
}

/// Whether messages can be handed over there, as far as that is seen without a password. The cause is for the hoster.
///
/// # Errors
/// Why not.
pub fn probe(way: &Way) -> Result<(), (Refusal, Option<Cause>)> {
    match way {
        Way::Server { server, .. } => smtp::probe(server),
        Way::Program(program) if program.is_file() => Ok(()),
        Way::Program(program) => {
            let cause = Cause::at(&program.to_string_lossy(), "there is no such program");
            Err((Refusal::NoProgram, Some(cause)))
        }
        Way::Nowhere => Err((Refusal::NoProgram, None)),
    }
}

/// What the other side said, on one line.
fn said(text: &str) -> String {
    Said::new(text.as_bytes())
        .words()
        .unwrap_or_default()
        .to_owned()
}
