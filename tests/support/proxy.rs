//! A proxy between Postern and an IMAP server: it counts connections, logins, commands and flights, can make the way
//! longer, and can spoil it. It understands no answers; over TLS it counts connections and bytes only.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// How much of what a server says at once the transcript keeps.
const KEPT: usize = 2_000;

/// What the proxy has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that were opened.
    pub connections: usize,
    /// LOGIN and AUTHENTICATE commands.
    pub logins: usize,
    /// All commands, those included.
    pub commands: usize,
    /// How often the client spoke after the server had spoken: round trips, the greeting not counted.
    pub flights: usize,
    /// Bytes from client to server.
    pub bytes_up: usize,
    /// Bytes from server to client.
    pub bytes_down: usize,
}

/// What the proxy does to connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// New connections are closed at once.
    Close,
    /// New connections are taken and nothing is ever said.
    Hang,
    /// Of new connections, nothing that the client says arrives before `let_go`.
    Hold,
    /// Each connection is closed when the server has sent so many bytes.
    CutAfter(usize),
    /// Each connection falls silent when the server has sent so many bytes.
    HangAfter(usize),
    /// What the client says together with its goodbye never arrives.
    LoseGoodbye,
}

/// A running proxy. It ends when it is dropped, connections in it as well.
#[derive(Debug)]
pub struct ImapProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    state: Mutex<State>,
    /// Somebody may go on: `let_go`, or the end.
    released: Condvar,
    ended: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    counts: Counts,
    delay: Duration,
    trouble: Trouble,
    transcript: String,
    open: Vec<TcpStream>,
    /// How often those that were held could go on.
    releases: usize,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Waits while nobody was let go since there were so many releases.
    fn wait_for_release(&self, releases: usize) {
        let held = |state: &mut State| state.releases == releases;
        drop(self.released.wait_while(self.state(), held));
    }
}

impl ImapProxy {
    /// Starts one in front of `server`.
    pub fn start(server: SocketAddr) -> ImapProxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            server,
            state: Mutex::default(),
            released: Condvar::new(),
            ended: AtomicBool::new(false),
        });
        let proxy = ImapProxy {
            address,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.ended.load(Ordering::SeqCst) {
                    break;
                }
                accept(client, &shared);
            }
        });
        proxy
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was counted until now.
    pub fn counts(&self) -> Counts {
        self.shared.state().counts
    }

    /// Begins to count anew, with an empty transcript.
    pub fn reset(&self) {
        let mut state = self.shared.state();
        state.counts = Counts::default();
        state.transcript.clear();
    }

    /// Makes each round trip of connections to come this much longer.
    pub fn delay(&self, round_trip: Duration) {
        self.shared.state().delay = round_trip;
    }

    /// Spoils connections from now on; `Trouble::None` ends that for new ones.
    pub fn trouble(&self, trouble: Trouble) {
        self.shared.state().trouble = trouble;
    }

    /// Lets those go on that were held; new connections are not held any more.
    pub fn let_go(&self) {
        let mut state = self.shared.state();
        state.releases += 1;
        state.trouble = Trouble::None;
        drop(state);
        self.shared.released.notify_all();
    }

    /// Closes the connections that are open now.
    pub fn cut(&self) {
        for stream in self.shared.state().open.drain(..) {
            // It may be closed already.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }

    /// What was said, passwords left out.
    pub fn transcript(&self) -> String {
        self.shared.state().transcript.clone()
    }
}

impl Drop for ImapProxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.let_go();
        self.cut();
        // Wakes the thread that accepts; if nobody listens any more it is gone already.
        let _woken = TcpStream::connect(self.address);
    }
}

fn accept(client: TcpStream, shared: &Arc<Shared>) {
    let (n, delay, trouble, releases) = {
        let mut state = shared.state();
        state.counts.connections += 1;
        let n = state.counts.connections;
        state.transcript.push_str(&format!("{n} -- connected\n"));
        (n, state.delay, state.trouble, state.releases)
    };
    if trouble == Trouble::Close {
        return;
    }
    let keep = |stream: &TcpStream| {
        let copy = stream.try_clone().expect("a second handle");
        shared.state().open.push(copy);
    };
    keep(&client);
    if trouble == Trouble::Hang {
        return;
    }
    let Ok(server) = TcpStream::connect(shared.server) else {
        // As a port forwarder does whose other side is gone.
        let _closed = client.shutdown(Shutdown::Both);
        return;
    };
    keep(&server);
    let dialogue = Arc::new(Mutex::new(Dialogue::default()));
    for (from, to, side) in [
        (&client, &server, Side::Client),
        (&server, &client, Side::Server),
    ] {
        let from = from.try_clone().expect("a second handle");
        let to = to.try_clone().expect("a second handle");
        for stream in [&from, &to] {
            stream.set_nodelay(true).expect("nodelay");
        }
        let (shared, dialogue) = (Arc::clone(shared), Arc::clone(&dialogue));
        let (send, receive) = mpsc::channel::<(Instant, Vec<u8>)>();
        let held_since = (trouble == Trouble::Hold && side == Side::Client).then_some(releases);
        let waits_at = Arc::clone(&shared);
        thread::spawn(move || {
            let first = receive.recv();
            if let Some(releases) = held_since {
                waits_at.wait_for_release(releases);
            }
            carry_on(to, first.into_iter().chain(receive.iter()));
        });
        thread::spawn(move || listen(n, from, side, delay / 2, &shared, &dialogue, &send));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

/// What is known of one connection, to count what goes over it.
#[derive(Default)]
struct Dialogue {
    client_spoke_last: bool,
    /// The line of the client that has not ended yet.
    line: Vec<u8>,
    /// So many bytes of a literal still come.
    literal: usize,
    /// The line is the rest of a command that a literal interrupted.
    goes_on: bool,
    authenticating: bool,
    from_server: usize,
}

/// Reads one side, counts, and hands on.
fn listen(
    n: usize,
    mut from: TcpStream,
    side: Side,
    delay: Duration,
    shared: &Shared,
    dialogue: &Mutex<Dialogue>,
    send: &mpsc::Sender<(Instant, Vec<u8>)>,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(size @ 1..) = from.read(&mut buffer) {
        let mut bytes = &buffer[..size];
        let mut state = shared.state();
        let mut dialogue = dialogue.lock().unwrap_or_else(|e| e.into_inner());
        let mut cut = false;
        match side {
            Side::Client => {
                state.counts.bytes_up += size;
                if !dialogue.client_spoke_last {
                    state.counts.flights += 1;
                }
                dialogue.client_spoke_last = true;
                for line in dialogue.lines(bytes, &mut state.counts) {
                    cut |= state.trouble == Trouble::LoseGoodbye && line.ends_with(" LOGOUT");
                    state.transcript.push_str(&format!("{n} C: {line}\n"));
                }
                if cut {
                    bytes = &[];
                }
            }
            Side::Server => {
                let limit = match state.trouble {
                    Trouble::CutAfter(limit) | Trouble::HangAfter(limit) => limit,
                    _ => usize::MAX,
                };
                let allowed = limit.saturating_sub(dialogue.from_server);
                if size >= allowed {
                    bytes = &bytes[..allowed];
                    cut = true;
                }
                dialogue.from_server += bytes.len();
                dialogue.client_spoke_last = false;
                dialogue.authenticating = false;
                state.counts.bytes_down += bytes.len();
                let shown = &bytes[..bytes.len().min(KEPT)];
                for line in String::from_utf8_lossy(shown).lines() {
                    state.transcript.push_str(&format!("{n} S: {line}\n"));
                }
                if bytes.len() > KEPT {
                    state
                        .transcript
                        .push_str(&format!("{n} S: ({} bytes)\n", bytes.len()));
                }
            }
        }
        let silent = cut && matches!(state.trouble, Trouble::HangAfter(_));
        drop((state, dialogue));
        if send.send((Instant::now() + delay, bytes.to_vec())).is_err() {
            return;
        }
        if silent {
            // The streams stay open in the list of the proxy.
            loop_until_closed(&mut from, &mut buffer);
            return;
        }
        if cut {
            return;
        }
    }
}

/// Swallows what still comes.
fn loop_until_closed(from: &mut TcpStream, buffer: &mut [u8]) {
    while matches!(from.read(buffer), Ok(1..)) {}
}

/// Writes what was read on one side to the other, each piece when its time has come; then closes that direction.
fn carry_on(mut to: TcpStream, pieces: impl Iterator<Item = (Instant, Vec<u8>)>) {
    for (due, bytes) in pieces {
        // The length of the way, not a wait for something to happen.
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            return;
        }
    }
    // The other side may be gone already.
    let _closed = to.shutdown(Shutdown::Write);
}

impl Dialogue {
    /// Reads what the client says: counts its commands, and gives its lines for the transcript.
    fn lines(&mut self, bytes: &[u8], counts: &mut Counts) -> Vec<String> {
        let mut lines = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.literal > 0 {
                let taken = self.literal.min(rest.len());
                self.literal -= taken;
                rest = &rest[taken..];
                continue;
            }
            let end = rest
                .iter()
                .position(|b| *b == b'\n')
                .map_or(rest.len(), |at| at + 1);
            self.line.extend_from_slice(&rest[..end]);
            rest = &rest[end..];
            if self.line.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                lines.push(self.line(String::from_utf8_lossy(&line).trim_end(), counts));
            }
        }
        lines
    }

    fn line(&mut self, line: &str, counts: &mut Counts) -> String {
        let mut shown = line.to_owned();
        let words: Vec<&str> = line.split(' ').collect();
        if self.goes_on {
            self.goes_on = false;
        } else if let [tag, name, ..] = words.as_slice() {
            counts.commands += 1;
            let name = name.to_ascii_uppercase();
            if name == "LOGIN" {
                counts.logins += 1;
                shown = format!("{tag} LOGIN ...");
            } else if name == "AUTHENTICATE" {
                counts.logins += 1;
                self.authenticating = true;
                shown = format!("{tag} AUTHENTICATE {} ...", words.get(2).unwrap_or(&""));
            }
        } else if line != "DONE" {
            // A lone word of base64.
            "...".clone_into(&mut shown);
        }
        let literal = line.strip_suffix('}').and_then(|l| l.rsplit_once('{'));
        let size = literal.and_then(|(_, size)| size.trim_end_matches('+').parse().ok());
        if let Some(size) = size {
            self.literal = size;
            self.goes_on = true;
        }
        shown
    }
}
