//! A click that comes later: a process of this program outlives the request that has started it, waits, and then sends a form
//! as its user would have sent it, with the cookie of their session. All that counts for a click counts for this one.
//!
//! Not for what the form does, nor for what waits (`ledger`). To know before changing it: hosts end processes that outlive
//! their request, some at once, some after a while, so nothing rests on this one. None is begun for anybody before one has
//! lived for half a minute here; one that did not come back ends the trust for a week.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::detached;
use crate::error::{Cause, Error, Result};
use crate::gate;
use crate::process;
use crate::request::Head;
use crate::route::Route;
use crate::state::{self, State};

/// The argument that starts such a process.
pub const ARGUMENT: &str = "later";
/// For how long one has to live before any is relied on, and for how long that is believed.
const LIVES: Duration = Duration::from_secs(30);
const BELIEVED: Duration = Duration::from_secs(7 * 86_400);
/// A proof this old is renewed when there is an occasion, and an attempt that came to nothing is repeated after this time.
const RENEWED: Duration = Duration::from_secs(86_400);
const REPEATED: Duration = Duration::from_secs(3_600);
/// For how long its start is waited for.
const START: Duration = Duration::from_secs(2);
/// How often a form is sent to which there is no answer yet, and after which time.
const TRIES: u32 = 15;
const AGAIN: Duration = Duration::from_secs(2);
/// The longest answer that is read, in bytes.
const MOST: u64 = 64 * 1024;
/// What it says once it has a place, and what lets it begin to wait.
const READY: u8 = b'r';
const GO: u8 = b'g';
/// The files in the state directory: one has lived, one is being tried, one did not come back.
const LIVED: &str = "later.lived";
const TRIED: &str = "later.tried";
const MISSED: &str = "later.missed";

/// A form, as a browser would send it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Click {
    /// The variables of the request (RFC 3875 4.1).
    variables: Vec<(String, Vec<u8>)>,
    /// The fields of the form.
    fields: Vec<(String, String)>,
}

impl Click {
    /// The form that a page of the same browser would send.
    pub fn of(head: &Head, to: &Route, fields: Vec<(String, String)>) -> Click {
        let client = head.client.map(|ip| ip.to_string()).unwrap_or_default();
        let served = head.served.first();
        let served = served.map(|dir| dir.to_string_lossy().into_owned());
        let https = if head.https { "on" } else { "" };
        let address = to.href(&head.base);
        let variables: [(&str, &[u8]); 12] = [
            ("GATEWAY_INTERFACE", b"CGI/1.1"),
            ("REQUEST_METHOD", b"POST"),
            ("REQUEST_URI", address.as_bytes()),
            ("SCRIPT_NAME", head.base.0.as_bytes()),
            ("REMOTE_ADDR", client.as_bytes()),
            ("HTTPS", https.as_bytes()),
            ("DOCUMENT_ROOT", served.as_deref().unwrap_or("").as_bytes()),
            ("CONTENT_TYPE", b"application/x-www-form-urlencoded"),
            ("HTTP_COOKIE", &head.cookies),
            ("HTTP_HOST", head.host.as_bytes()),
            ("HTTP_ACCEPT_LANGUAGE", head.language.as_bytes()),
            ("HTTP_SEC_FETCH_SITE", b"same-origin"),
        ];
        let is_said = |(_, value): &(&str, &[u8])| !value.is_empty();
        let variables = variables.into_iter().filter(is_said);
        Click {
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_vec()))
                .collect(),
            fields,
        }
    }

    /// The same with one more field.
    pub fn with(mut self, name: &str, value: String) -> Click {
        self.fields.push((name.to_owned(), value));
        self
    }

    /// Sends it, by a process of its own as a web server would start it, until it is answered.
    fn send(&self, program: &Path) -> io::Result<()> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&self.fields);
        let body = body.finish();
        for _ in 0..TRIES {
            let mut asked = Command::new(program);
            asked
                .env_clear()
                .env("CONTENT_LENGTH", body.len().to_string());
            for (name, value) in &self.variables {
                asked.env(name, OsStr::from_bytes(value));
            }
            let asked = asked.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut asked = asked.stderr(Stdio::null()).spawn()?;
            if let Some(mut stdin) = asked.stdin.take() {
                stdin.write_all(body.as_bytes())?;
            }
            let mut answer = Vec::new();
            if let Some(stdout) = asked.stdout.take() {
                stdout.take(MOST).read_to_end(&mut answer)?;
            }
            asked.wait()?;
            if !has_no_time(&answer) {
                return Ok(());
            }
            std::thread::sleep(AGAIN);
        }
        Err(io::Error::other("no time for it"))
    }
}

/// True for the answer of a server that has no time now: 429 or 503.
fn has_no_time(answer: &[u8]) -> bool {
    let lines = answer.split(|byte| *byte == b'\n');
    let mut lines = lines.take_while(|line| !line.trim_ascii().is_empty());
    let status = lines.find_map(|line| line.strip_prefix(b"Status: "));
    status.is_some_and(|status| status.starts_with(b"429") || status.starts_with(b"503"))
}

/// What such a process is to do.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    /// After how many seconds.
    seconds: u32,
    /// The form, and the file that it makes once it has waited; None for one that only shows that it lives.
    click: Option<(Click, PathBuf)>,
}

/// A process that has its place and its order, and does nothing before it may. Dropped, it ends.
pub struct Ready {
    _process: Child,
    stdin: ChildStdin,
}

/// Starts a process that will send a form. Before it does, it makes the file `woken`: whatever becomes of the form, it has
/// lived until then.
///
/// # Errors
/// Where the host lets none start, or there is no place: then it will not be sent.
pub fn begin(click: Click, seconds: u32, woken: PathBuf) -> io::Result<Ready> {
    start(&Order {
        seconds,
        click: Some((click, woken)),
    })
}

impl Ready {
    /// From now on it waits, whatever becomes of this process.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn go(mut self) -> io::Result<()> {
        self.stdin.write_all(&[GO])
    }
}

fn start(order: &Order) -> io::Result<Ready> {
    let mut process = detached::start(ARGUMENT, order, Stdio::piped())?;
    let missing = || io::Error::other("no pipe");
    let stdin = process.stdin.take().ok_or_else(missing)?;
    let mut stdout = process.stdout.take().ok_or_else(missing)?;
    let mut said = [0];
    if !process::wait_for(&stdout, START)? || stdout.read(&mut said)? == 0 || said != [READY] {
        return Err(io::Error::other("it has not begun"));
    }
    Ok(Ready {
        _process: process,
        stdin,
    })
}

/// Whether clicks come later here: the state directory has what is known of it.
#[derive(Clone, Copy)]
pub struct Later<'s> {
    state: &'s State,
}

impl<'s> Later<'s> {
    /// In an installation.
    pub fn of(state: &'s State) -> Later<'s> {
        Later { state }
    }

    /// True where one has lived for long enough, not long ago, and none has been missed since.
    pub fn is_relied_on(self) -> bool {
        self.is_younger(LIVED, BELIEVED)
    }

    /// Where this stands, for the hoster.
    pub fn standing(self) -> &'static str {
        if self.is_relied_on() {
            "undo send works: this host lets background processes run"
        } else if self.is_younger(MISSED, BELIEVED) {
            "undo send is off: this host ended a background process that was waiting to send a message. Postern tries again after a week"
        } else {
            "undo send is off until a background process has run here for 30 seconds. Postern tests this when somebody writes a message"
        }
    }

    /// Where it is not known, or has to be found out again, whether such a process lives here: starts one that shows it. What
    /// keeps it from starting keeps it from being relied on, and no more.
    pub fn find_out(self) {
        let is_known = self.is_younger(LIVED, RENEWED);
        if is_known || self.is_younger(MISSED, BELIEVED) || self.is_younger(TRIED, REPEATED) {
            return;
        }
        let seconds = u32::try_from(LIVES.as_secs()).unwrap_or(u32::MAX);
        let order = Order {
            seconds,
            click: None,
        };
        let begun = self.note(TRIED).map_err(|error| error.log_kind().1);
        let begun = begun.and_then(|()| {
            let begun = start(&order).and_then(Ready::go);
            begun.map_err(|e| e.to_string())
        });
        if let Err(why) = begun {
            self.state.log(&format!("later not-tried {why}"));
        }
    }

    /// Notes that one did not come back: no other is relied on for a week.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn note_missed(self) -> Result<()> {
        self.state.log("later missed: undo send is off for a week");
        self.note(MISSED)?;
        let path = self.state.dir().join(LIVED);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(state::failed(&path, &e)),
            _ => Ok(()),
        }
    }

    fn note(self, name: &str) -> Result<()> {
        let path = self.state.dir().join(name);
        let made = state::private().truncate(true).open(&path);
        let made = made.and_then(|file| file.set_modified(SystemTime::now()));
        made.map_err(|e| state::failed(&path, &e))
    }

    fn is_younger(self, name: &str, limit: Duration) -> bool {
        let about = fs::metadata(self.state.dir().join(name));
        let age = about
            .and_then(|about| about.modified())
            .map(|at| at.elapsed());
        // One of the future is no longer what the clock says.
        age.is_ok_and(|age| age.is_ok_and(|age| age <= limit))
    }
}

/// Runs such a process, from its own `main`: takes a place, waits, and does what it was told to.
pub fn run() -> ExitCode {
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/"));
    match work(&program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (kind, cause) = error.log_kind();
            eprintln!("postern: {kind}: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn work(program: &Path) -> Result<()> {
    let failed = |e: io::Error| Error::Internal(Cause::at("a click that comes later", e));
    let config = Config::read(program, process::home)?;
    let state = State::open(&config, &[])?;
    let order: Order = detached::order().map_err(failed)?;
    let Some(place) = gate::later_place(&state, &config.gate)? else {
        return Err(Error::TooMany { retry: 1 });
    };
    let mut stdout = io::stdout().lock();
    let said = stdout.write_all(&[READY]).and_then(|()| stdout.flush());
    said.map_err(failed)?;
    // Where the request ends before it has noted that somebody waits, nobody does.
    io::stdin().read_exact(&mut [0]).map_err(failed)?;
    std::thread::sleep(Duration::from_secs(order.seconds.into()));
    match order.click {
        None => Later::of(&state).note(LIVED),
        Some((click, woken)) => {
            // Where the message is gone there is no place for it, and nobody asks.
            drop(state::private().open(woken));
            // The click takes a place of its own.
            let _place = place.without_slot();
            let sent = click.send(program);
            if let Err(e) = &sent {
                state.log(&format!("later not-answered {e}"));
            }
            sent.map_err(failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_that_has_no_time_is_asked_again() {
        assert!(has_no_time(
            b"Status: 503 Service Unavailable\r\nA: b\r\n\r\n"
        ));
        assert!(has_no_time(
            b"A: b\r\nStatus: 429 Too Many Requests\r\n\r\n"
        ));
        for other in [
            &b"Status: 303 See Other\r\n\r\n"[..],
            b"Content-Type: text/html\r\n\r\nStatus: 503\r\n",
            b"Status: 401\r\n\r\n",
            b"",
        ] {
            assert!(!has_no_time(other));
        }
    }
}
