//! A run of the site's program without a web server: the environment that Apache gives a CGI, and whatever else a test wants
//! to put around it, such as limits or a debugger.

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::http::{self, Response};
use super::place;
use super::site::BASE;
use super::visitor::{Request, Visitor};

/// A request, and what it is run with.
#[derive(Debug)]
pub struct ByHand {
    program: PathBuf,
    around: Vec<String>,
    request: Request,
    cookies: Option<String>,
    env: Vec<(String, String)>,
    as_worker: bool,
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code, or the signal.
    pub ended: ExitStatus,
    /// The answer; None where there was none, or not a whole one.
    pub answer: Option<Response>,
    /// What it wrote to its standard error.
    pub errors: String,
}

impl ByHand {
    /// A GET of a path below the base.
    pub fn get(program: &Path, path: &str) -> ByHand {
        ByHand::request(program, Request::new("GET", &format!("{BASE}{path}")))
    }

    /// Any request.
    pub fn request(program: &Path, request: Request) -> ByHand {
        ByHand {
            program: program.to_owned(),
            around: Vec::new(),
            request,
            cookies: None,
            env: Vec::new(),
            as_worker: true,
        }
    }

    /// With the cookies of a visitor.
    pub fn by(mut self, visitor: &Visitor) -> ByHand {
        let pairs = visitor.cookies();
        let pairs: Vec<String> = pairs
            .iter()
            .map(|c| format!("{}={}", c.name, c.value))
            .collect();
        self.cookies = Some(pairs.join("; "));
        self
    }

    /// Started by another program: `prlimit --nproc=30`. What is given first is outermost.
    pub fn under(mut self, command: &[&str]) -> ByHand {
        self.around.extend(command.iter().map(|w| (*w).to_owned()));
        self
    }

    /// Under strace, which kills it at a system call: at the how manieth of these names. What is put `under` it behind this
    /// are further options of strace, such as `-f` (what its threads call counts as well), `-P` (only what is about this file).
    pub fn killed_at(mut self, calls: &str, nth: usize) -> ByHand {
        // By hand the host has no port, and a browser's word on the origin would not fit.
        self.request.headers.retain(|(name, _)| name != "Origin");
        let inject = format!("inject={calls}:signal=SIGKILL:when={nth}");
        self.under(&["strace", "-qq", "-o", "/dev/null"]).under(&[
            "-e",
            &format!("trace={calls}"),
            "-e",
            &inject,
        ])
    }

    /// With one more variable in the environment.
    pub fn env(mut self, name: &str, value: &str) -> ByHand {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As the account that runs the tests, not as the servers' one.
    pub fn like_ourselves(mut self) -> ByHand {
        self.as_worker = false;
        self
    }

    /// Runs it to its end.
    pub fn run(&self) -> Outcome {
        let mut words: Vec<String> = Vec::new();
        // Which files a process has open, only root can see of one that is not dumpable: strace needs it for its -P.
        let is_seen_by_root = self.around.iter().any(|word| word == "-P");
        if is_seen_by_root {
            words.extend(self.around.iter().cloned());
        }
        if self.as_worker && place::are_we_root() {
            let worker = place::worker();
            words.extend(["setpriv".to_owned(), format!("--reuid={}", worker.uid)]);
            words.extend([
                format!("--regid={}", worker.gid),
                "--clear-groups".to_owned(),
            ]);
        }
        if !is_seen_by_root {
            words.extend(self.around.iter().cloned());
        }
        words.push(self.program.display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear();
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let Request {
            method,
            target,
            headers,
            body,
        } = &self.request;
        for (name, value) in [
            ("GATEWAY_INTERFACE", "CGI/1.1"),
            ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("REQUEST_METHOD", method),
            ("REQUEST_URI", target),
            ("SCRIPT_NAME", BASE),
            ("REMOTE_ADDR", "127.0.0.1"),
            ("HTTP_HOST", "127.0.0.1"),
        ] {
            command.env(name, value);
        }
        for (name, value) in headers {
            let name = name.to_ascii_uppercase().replace('-', "_");
            let prefix = if name == "CONTENT_TYPE" { "" } else { "HTTP_" };
            command.env(format!("{prefix}{name}"), value);
        }
        if !body.is_empty() {
            command.env("CONTENT_LENGTH", body.len().to_string());
        }
        if let Some(cookies) = &self.cookies {
            command.env("HTTP_COOKIE", cookies);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        let pipes = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap_or_else(|e| panic!("{words:?}: {e}"));
        // It need not read what it is given.
        let _given = child.stdin.take().expect("a pipe").write_all(body);
        let out = child.wait_with_output().expect("its end");
        Outcome {
            ended: out.status,
            answer: parsed(&out.stdout),
            errors: String::from_utf8_lossy(&out.stderr).into_owned(),
        }
    }
}

/// A CGI answer (RFC 3875 6) as Apache would pass it on.
fn parsed(out: &[u8]) -> Option<Response> {
    let text = String::from_utf8_lossy(out);
    let status = text
        .lines()
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix("Status: "));
    let status = status.unwrap_or("200 OK");
    let whole = [format!("HTTP/1.1 {status}\r\n").as_bytes(), out].concat();
    (!out.is_empty())
        .then(|| http::read(&mut BufReader::new(whole.as_slice()), false).ok())
        .flatten()
}
