//! One page of a web server, for `postern check`: whether it gives away what it must not.
//!
//! Not for mail, and never asked in a request: no address that a mail or a reader names leads here. It stands in this room
//! because the way there is the same: TCP, TLS, one deadline, one byte budget.

use std::io::{self, Read as _, Write as _};
use std::rc::Rc;

use super::connect::{Limits, connect, failed};
use crate::config::{ImapServer, Security};
use crate::error::{Cause, Error, Fault, Result};
use crate::time::Deadline;

/// What is read of a page, in bytes.
const PAGE_BYTES: u64 = 64 * 1024;

/// The beginning of what stands at an address, with the head of the answer. An answer that ends nowhere is cut.
///
/// # Errors
/// `Imap`, as for a mail server; `Setup` for what is no address.
pub fn web_page(address: &str, deadline: Deadline) -> Result<Vec<u8>> {
    let wrong = || Error::Setup(Fault::Other, Cause(format!("{address} is not an address")));
    let (security, rest) = match address.split_once("://").ok_or_else(wrong)? {
        ("https", rest) => (Security::Tls, rest),
        ("http", rest) => (Security::None, rest),
        _ => return Err(wrong()),
    };
    let (authority, path) = rest.split_once('/').ok_or_else(wrong)?;
    if address.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(wrong());
    }
    let told = authority.rsplit_once(':');
    let told = told.filter(|(_, port)| !port.is_empty() && !port.contains(']'));
    let (host, port) = match told {
        Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
        None if security == Security::Tls => (authority, 443),
        None => (authority, 80),
    };
    let server = ImapServer {
        host: host.trim_matches(['[', ']']).to_owned(),
        port,
        security: Some(security),
        ..ImapServer::default()
    };
    let limits = Rc::new(Limits::new(deadline, PAGE_BYTES));
    let mut stream = connect(&server, &limits)?.stream;
    // RFC 9112 9.6: the server ends the connection behind its answer.
    let request = format!(
        "GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nUser-Agent: postern-check\r\n\r\n"
    );
    let sent = stream.write_all(request.as_bytes());
    sent.and_then(|()| stream.flush())
        .map_err(|e| failed("asking", &e))?;
    let mut page = Vec::new();
    match stream.take(PAGE_BYTES).read_to_end(&mut page) {
        // Many servers end TLS without saying so.
        Err(e) if page.is_empty() || e.kind() == io::ErrorKind::TimedOut => {
            Err(failed("asking", &e))
        }
        _ => Ok(page),
    }
}
