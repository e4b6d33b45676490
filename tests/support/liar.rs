//! An IMAP server that lies: a real one, of whose commands and answers some are exchanged for others.
//!
//! The mailbox behind it is real, so that a test can see what became of it. To know before changing it: what comes before
//! the tagged end of a command, back to the end of the one before, is taken for its answer.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

/// Exchanges a command, or its answer, for another: what is given is without tag and CRLF, or the whole answer.
type Exchange = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// What is exchanged.
#[derive(Clone)]
pub struct Lie {
    /// How the commands begin that it is about.
    about: String,
    does: Exchange,
    says: Exchange,
}

impl Lie {
    /// About commands that begin like this; they are carried out, and answered, as they should.
    pub fn about(start: &str) -> Lie {
        Lie {
            about: start.to_owned(),
            does: Arc::new(str::to_owned),
            says: Arc::new(str::to_owned),
        }
    }

    /// Carries out another command instead.
    pub fn does(mut self, does: impl Fn(&str) -> String + Send + Sync + 'static) -> Lie {
        self.does = Arc::new(does);
        self
    }

    /// Carries out nothing.
    pub fn does_nothing(self) -> Lie {
        self.does(|_| "NOOP".to_owned())
    }

    /// Says something else; `$TAG` stands for the tag.
    pub fn says(mut self, says: impl Fn(&str) -> String + Send + Sync + 'static) -> Lie {
        self.says = Arc::new(says);
        self
    }

    /// Says this instead of the tagged end.
    pub fn ends(self, end: &'static str) -> Lie {
        self.says(move |answer| match answer.rsplit_once("$TAG ") {
            Some((untagged, _)) => format!("{untagged}{end}\r\n"),
            None => format!("{end}\r\n"),
        })
    }
}

/// A running liar.
pub struct Liar {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    lies: Mutex<Vec<Lie>>,
    heard: Mutex<Vec<String>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

impl Liar {
    /// Starts one in front of a server.
    pub fn start(server: SocketAddr) -> Liar {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared::default());
        let its = Arc::clone(&shared);
        // Lasts as long as the program: nobody speaks to it after its test.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if let Ok(server) = TcpStream::connect(server) {
                    stand_between(&client, &server, &its);
                }
            }
        });
        Liar { address, shared }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lies like this from now on, and forgets what it heard.
    pub fn lies(&self, lies: Vec<Lie>) {
        *locked(&self.shared.lies) = lies;
        locked(&self.shared.heard).clear();
    }

    /// The commands that were heard, without tags.
    pub fn heard(&self) -> Vec<String> {
        locked(&self.shared.heard).clone()
    }
}

fn stand_between(client: &TcpStream, server: &TcpStream, shared: &Arc<Shared>) {
    let copy = |stream: &TcpStream| stream.try_clone().expect("a second handle");
    let (from_client, to_server) = (copy(client), copy(server));
    let (from_server, to_client) = (copy(server), copy(client));
    let told: Arc<Mutex<HashMap<String, Exchange>>> = Arc::default();
    let (its, tags) = (Arc::clone(shared), Arc::clone(&told));
    thread::spawn(move || carry_commands(from_client, to_server, &its, &tags));
    thread::spawn(move || carry_answers(from_server, to_client, &told));
}

/// A line, with the literals in it.
fn line(from: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    if from.read_until(b'\n', &mut line).ok()? == 0 {
        return None;
    }
    Some(line)
}

/// The size of the literal that a line announces.
fn literal(line: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(line);
    let (_, size) = text.trim_end().strip_suffix('}')?.rsplit_once('{')?;
    size.trim_end_matches('+').parse().ok()
}

fn carry_commands(
    from: TcpStream,
    mut to: TcpStream,
    shared: &Shared,
    told: &Mutex<HashMap<String, Exchange>>,
) {
    let mut from = BufReader::new(from);
    let mut goes_on = false;
    while let Some(mut line) = line(&mut from) {
        if !goes_on {
            let text = String::from_utf8_lossy(&line).into_owned();
            let (tag, command) = text.trim_end().split_once(' ').unwrap_or(("", ""));
            locked(&shared.heard).push(command.to_owned());
            let lies = locked(&shared.lies).clone();
            if let Some(lie) = lies.iter().find(|lie| command.starts_with(&lie.about)) {
                locked(told).insert(tag.to_owned(), Arc::clone(&lie.says));
                line = format!("{tag} {}\r\n", (lie.does)(command)).into_bytes();
            }
        }
        goes_on = false;
        if let Some(size) = literal(&line) {
            let mut bytes = vec![0; size];
            if from.read_exact(&mut bytes).is_err() {
                break;
            }
            line.extend(bytes);
            goes_on = true;
        }
        if to.write_all(&line).is_err() {
            break;
        }
    }
    let _closed = to.shutdown(Shutdown::Both);
}

fn carry_answers(from: TcpStream, mut to: TcpStream, told: &Mutex<HashMap<String, Exchange>>) {
    let mut from = BufReader::new(from);
    let mut answer: Vec<u8> = Vec::new();
    let mut goes_on = false;
    while let Some(line) = line(&mut from) {
        answer.extend(&line);
        if let Some(size) = literal(&line) {
            let mut bytes = vec![0; size];
            if from.read_exact(&mut bytes).is_err() {
                break;
            }
            answer.extend(bytes);
            goes_on = true;
            continue;
        }
        let is_rest = std::mem::take(&mut goes_on);
        let text = String::from_utf8_lossy(&line).into_owned();
        let tag = text.split(' ').next().unwrap_or_default();
        let lie = locked(told).remove(tag);
        if let Some(says) = lie {
            let text = String::from_utf8_lossy(&answer);
            let text = text.replace(&format!("{tag} "), "$TAG ");
            answer = says(&text).replace("$TAG", tag).into_bytes();
        } else if (is_rest || text.starts_with("* ")) && !locked(told).is_empty() {
            // Of which command it speaks is known at its end.
            continue;
        }
        let leaves = answer.windows(5).any(|said| said == b"* BYE");
        if to.write_all(&answer).is_err() || leaves {
            break;
        }
        answer.clear();
    }
    // What was held back is said all the same.
    let _rest = to.write_all(&answer);
    let _closed = to.shutdown(Shutdown::Both);
}
