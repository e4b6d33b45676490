//! Where the servers of a test live: a directory, free ports, and the account that they work as. Nothing here starts
//! anything. The directory lies under the system's temporary one, because as root the servers change to an account that
//! may not be able to enter the directory of the sources.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// An account of this machine.
#[derive(Debug)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The name of its first group.
    pub group: String,
    /// Its number.
    pub uid: u32,
    /// The number of its first group.
    pub gid: u32,
}

/// Whether we are root.
pub fn are_we_root() -> bool {
    fs::metadata("/proc/self").expect("/proc").uid() == 0
}

/// The account that the CGI program and the mail server's workers run as: our own, or `www-data` if we are root.
pub fn worker() -> &'static Account {
    static WORKER: OnceLock<Account> = OnceLock::new();
    WORKER.get_or_init(|| {
        let whose = are_we_root().then_some("www-data");
        let ask = |what: &str| {
            let out = Command::new("id").arg(what).args(whose).output();
            let out = out.expect("the program id");
            assert!(out.status.success(), "id {what} failed for {whose:?}");
            String::from_utf8(out.stdout).expect("id").trim().to_owned()
        };
        Account {
            name: ask("-un"),
            group: ask("-gn"),
            uid: ask("-u").parse().expect("a number"),
            gid: ask("-g").parse().expect("a number"),
        }
    })
}

/// Gives a file or directory to the account that the servers work as.
pub fn give_to_worker(path: &Path) {
    if are_we_root() {
        let worker = worker();
        chown(path, Some(worker.uid), Some(worker.gid))
            .unwrap_or_else(|e| panic!("chown {}: {e}", path.display()));
    }
}

/// A loopback port that nothing listens on. Below the range that the kernel takes for outgoing connections, and never
/// the same twice in one process, so that tests running side by side do not meet.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(97) % 20_000;
    for _ in 0..20_000 {
        let n = (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000;
        let port = u16::try_from(11_000 + n).expect("below 31000");
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no free port between 11000 and 31000 on 127.0.0.1");
}

/// Removes a directory as soon as our end of the pipe is closed: by our death, however that came. The servers in it end by
/// the same sign (`server.rs`), so it tries for a while. A word before that says that the directory is kept. It is a process
/// group of its own, so that what ends us does not end it first.
const SWEEPER: &str = r#"
read -r word
[ "$word" = keep ] && exit
n=0
until rm -rf "$1" || [ $n -ge 50 ]; do sleep 0.1; n=$((n + 1)); done
"#;

/// A directory of its own, removed at the end unless the test failed.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    worth_a_look: bool,
    sweeper: Mutex<Option<Child>>,
}

impl Place {
    /// Makes one; `name` only makes it easier to recognise.
    pub fn new(name: &str) -> Place {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let pid = std::process::id();
        // Short, since the path of a Unix socket below it may have 107 bytes at most.
        let path = std::env::temp_dir().join(format!("postern-{pid}-{n}-{name}"));
        if path.exists() {
            fs::remove_dir_all(&path).expect("an old directory of another process");
        }
        fs::create_dir_all(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("chmod");
        Place {
            path,
            worth_a_look: true,
            sweeper: Mutex::new(None),
        }
    }

    /// The same, also removed when this process ends without dropping it: what stands in a static is never dropped.
    pub fn swept(self) -> Place {
        let sweeper = Command::new("/bin/sh")
            .args(["-c", SWEEPER, "sweeper"])
            .arg(&self.path)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        *self.sweeper.lock().unwrap_or_else(|e| e.into_inner()) = Some(sweeper);
        self
    }

    /// Keeps a swept directory after all.
    pub fn keep(&self) {
        let mut sweeper = self.sweeper.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(pipe) = sweeper.as_mut().and_then(|s| s.stdin.as_mut())
            && let Err(e) = writeln!(pipe, "keep")
        {
            // It was told so before.
            eprintln!("{}: {e}", self.path.display());
        }
    }

    /// The same, but never kept.
    pub fn dull(mut self) -> Place {
        self.worth_a_look = false;
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path below it.
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// Makes a directory below it that belongs to the account that the servers work as.
    pub fn worker_dir(&self, name: &str, mode: u32) -> PathBuf {
        let dir = self.join(name);
        fs::create_dir_all(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        fs::set_permissions(&dir, fs::Permissions::from_mode(mode)).expect("chmod");
        give_to_worker(&dir);
        dir
    }

    /// Writes a file below it, readable to everybody.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let file = self.join(name);
        fs::write(&file, text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        file
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.worth_a_look && std::thread::panicking() {
            eprintln!("kept for a look: {}", self.path.display());
        } else if let Err(e) = fs::remove_dir_all(&self.path) {
            // A process that is just ending may still write; what is left lies in the temporary directory.
            eprintln!("not removed: {}: {e}", self.path.display());
        }
        let sweeper = self.sweeper.get_mut().unwrap_or_else(|e| e.into_inner());
        if let Some(mut sweeper) = sweeper.take() {
            drop(sweeper.stdin.take());
            let _ended = sweeper.wait();
        }
    }
}

/// The last lines of a text file, or a word on why there are none.
pub fn tail(file: &Path, lines: usize) -> String {
    match fs::read(file) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let all: Vec<&str> = text.lines().collect();
            all[all.len().saturating_sub(lines)..].join("\n")
        }
        Err(e) => format!("({}: {e})", file.display()),
    }
}

/// The directory of build output, for what outlives a run: screenshots, installed parts.
pub fn target_dir() -> PathBuf {
    // target/<profile>/postern
    let program = Path::new(env!("CARGO_BIN_EXE_postern"));
    let target = program.parent().and_then(Path::parent).expect("target/");
    target.to_owned()
}
