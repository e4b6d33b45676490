//! Whether the mail servers of a configuration can be used, as far as that is seen without a password.
//!
//! Not for what is done with them. To know before changing it: a name that DNS does not answer for keeps a thread waiting for
//! longer than any deadline here, so the servers are asked beside the request, which goes on without them.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::config::{Config, ImapServer};
use crate::error::{Error, Fault, Imap, MailServer, Trouble};
use crate::mail::Refusal;
use crate::remote;
use crate::seal::Secret;
use crate::submission::{self, Way};
use crate::time::Deadline;

/// How long one server may take, and all of them.
const PATIENCE: Duration = Duration::from_secs(4);
const ALTOGETHER: Duration = Duration::from_secs(7);
/// The most servers that are asked, of those to read mail from and of those to send by.
const SERVERS: usize = 8;

/// A way to a server, for a thread of its own.
enum To {
    Read(ImapServer),
    Send(Way),
}

/// What is wrong with the mail servers of a configuration.
pub fn faults(config: &Config) -> Vec<Fault> {
    let (reading, sending) = (reading(config), sending(config));
    let names = |half: &[(MailServer, To)]| half.iter().map(|(server, _)| *server).collect();
    let halves: [Vec<MailServer>; 2] = [names(&reading), names(&sending)];
    let (tell, told) = mpsc::channel();
    for half in [reading, sending] {
        let tell = tell.clone();
        let ask = move || {
            for (server, to) in half {
                if tell.send((server, trouble(&to))).is_err() {
                    return;
                }
            }
        };
        // Where no thread can be had nothing is found out of these.
        drop(thread::Builder::new().spawn(ask));
    }
    drop(tell);
    let deadline = Deadline::after(ALTOGETHER);
    let mut answered = Vec::new();
    let mut found = Vec::new();
    loop {
        match told.recv_timeout(deadline.left()) {
            Ok((server, fault)) => {
                answered.push(server);
                found.extend(fault.map(|trouble| fault_of(server, trouble)));
            }
            Err(RecvTimeoutError::Disconnected) => return found,
            Err(RecvTimeoutError::Timeout) => break,
        }
    }
    // Those behind one that is still waited for have not been asked.
    let silent = halves.iter().filter_map(|half| {
        let mut half = half.iter();
        half.find(|server| !answered.contains(*server))
    });
    found.extend(silent.map(|server| Fault::Mail(*server, Trouble::Timeout)));
    found
}

fn fault_of(server: MailServer, trouble: Option<Trouble>) -> Fault {
    trouble.map_or(Fault::NoSending, |trouble| Fault::Mail(server, trouble))
}

fn reading(config: &Config) -> Vec<(MailServer, To)> {
    let first = match config.imap == ImapServer::default() {
        // Where each domain has its own, nobody need have one on this machine.
        true if !config.domain.is_empty() => None,
        true => Some(MailServer::UsualImap),
        false => Some(MailServer::Imap),
    };
    let first = first.map(|server| (server, &config.imap));
    let domains = config.domain.iter().enumerate();
    let domains = domains.map(|(n, d)| (MailServer::DomainImap(n.saturating_add(1)), &d.imap));
    first
        .into_iter()
        .chain(domains)
        .take(SERVERS)
        .map(|(server, imap)| (server, To::Read(imap.clone())))
        .collect()
}

fn sending(config: &Config) -> Vec<(MailServer, To)> {
    let way = |server| Way::of(server, config.sendmail.as_deref(), "", &Secret::new(""));
    let domains = config.domain.iter().enumerate();
    let own = domains.filter_map(|(n, d)| {
        let server = MailServer::DomainSmtp(n.saturating_add(1));
        Some((server, To::Send(way(Some(d.smtp.as_ref()?)))))
    });
    std::iter::once((MailServer::Smtp, To::Send(way(config.smtp.as_ref()))))
        .chain(own)
        .take(SERVERS)
        .collect()
}

/// What is wrong with one: None where nothing is, and in it None where there is no server to be asked.
fn trouble(to: &To) -> Option<Option<Trouble>> {
    match to {
        To::Read(server) => {
            let error = remote::greet(server, Deadline::after(PATIENCE)).err()?;
            Some(Some(of_reading(&error)))
        }
        To::Send(Way::Nowhere) => Some(None),
        To::Send(way) => {
            let (refusal, _) = submission::probe(way).err()?;
            Some(Some(of_sending(&refusal)))
        }
    }
}

fn of_reading(error: &Error) -> Trouble {
    match error.imap() {
        Some(Imap::Unreachable) => Trouble::Unreachable,
        Some(Imap::Timeout) => Trouble::Timeout,
        Some(Imap::Certificate) => Trouble::Certificate,
        Some(Imap::Garbled) => Trouble::Garbled,
        Some(
            Imap::Refused(_)
            | Imap::Goodbye(_)
            | Imap::LoginRefused
            | Imap::LoginLater
            | Imap::LoginInUse,
        ) => Trouble::Refused,
        None => Trouble::CaFile,
    }
}

fn of_sending(refusal: &Refusal) -> Trouble {
    match refusal {
        Refusal::Unreachable => Trouble::Unreachable,
        Refusal::Timeout => Trouble::Timeout,
        Refusal::Certificate => Trouble::Certificate,
        Refusal::Unprotected => Trouble::Unprotected,
        Refusal::Garbled => Trouble::Garbled,
        Refusal::NoProgram => Trouble::NoProgram,
        _ => Trouble::Refused,
    }
}
