//! A server process of a test: started, watched until it is ready, ended by its own process id. What each server needs
//! to know stands in its own file. It also ends when the test process is gone, however that ended.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::place::tail;

/// Runs the server and ends it as soon as our end of the pipe is closed: by `Drop`, or by our own death. It is a process
/// group of its own, so that what ends us (Ctrl-C at a terminal, a signal to our group) does not end the keeper first. The
/// server has a session of its own: an Apache with prefork ends by a signal to its whole process group. It may end in order
/// for a tenth of a second; there is nothing to save.
const KEEPER: &str = r#"
exec 3<&0 </dev/null
setsid "$@" 3<&- &
server=$!
(
  read -r _ <&3
  kill -TERM $server
  n=0
  while [ $n -lt 10 ] && kill -0 $server; do sleep 0.01; n=$((n + 1)); done
  kill -KILL -$server
) 2>/dev/null &
watcher=$!
wait $server
code=$?
kill $watcher
kill -KILL -$server
exit $code
"#;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
#[derive(Debug)]
pub struct Server {
    name: &'static str,
    keeper: Child,
    output: PathBuf,
}

impl Server {
    /// Starts `program`; what it prints goes to `output`.
    pub fn start<S: AsRef<OsStr>>(
        name: &'static str,
        program: &str,
        args: impl IntoIterator<Item = S>,
        output: &Path,
    ) -> Server {
        let to = |_| OpenOptions::new().create(true).append(true).open(output);
        let log = [(); 2].map(to).map(|file| file.expect("a file for output"));
        let [out, err] = log;
        let keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, name, program])
            .args(args)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(err)
            .spawn()
            .unwrap_or_else(|e| panic!("{name} did not start: {e}"));
        Server {
            name,
            keeper,
            output: output.to_owned(),
        }
    }

    /// Waits until `ready` says so.
    ///
    /// # Errors
    /// What it printed, if it ended instead.
    pub fn wait_until(&mut self, mut ready: impl FnMut() -> bool) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            if ready() {
                return Ok(());
            }
            if let Some(status) = self.keeper.try_wait().expect("wait") {
                let said = tail(&self.output, 20);
                return Err(format!("{} ended with {status}:\n{said}", self.name));
            }
            if begin.elapsed() > PATIENCE {
                let said = tail(&self.output, 20);
                return Err(format!("{} is not ready:\n{said}", self.name));
            }
            // Servers do not tell when they are ready.
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends it, and waits until nobody listens at this address any more: a process that was just killed may still do so.
    pub fn stop_listening(&mut self, address: SocketAddr) {
        self.stop();
        let begin = Instant::now();
        while TcpStream::connect(address).is_ok() {
            assert!(begin.elapsed() < PATIENCE, "{} still listens", self.name);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends it and waits until it is gone.
    pub fn stop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(e) = self.keeper.wait() {
            eprintln!("{}: {e}", self.name);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts a server on free ports, anew if another process was quicker to take one of them.
pub fn retry_ports<T>(mut start: impl FnMut() -> Result<T, String>) -> T {
    let mut why = String::new();
    for _ in 0..3 {
        match start() {
            Ok(server) => return server,
            Err(e) => why = e,
        }
    }
    panic!("{why}");
}

/// The number in a file that holds one, such as a pid file; None while there is no such file.
pub fn number_in(file: &Path) -> Option<u32> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}
