//! What the kernel tells of a site's program while it runs: its processes, their memory, who holds a lock and who waits
//! for it. Only looks, but for `kill`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long anything may take that a test waits for; more than any deadline of the program.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so; `what` names it if it never is.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// The processes that run this program, as it lies there: a site's own copy tells its processes from all others.
pub fn processes(program: &Path) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| is_running(program, *pid)).collect()
}

/// Those of them that were started by this argument.
pub fn processes_for(program: &Path, argument: &str) -> Vec<u32> {
    let is_for = |pid: &u32| {
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments
            .split(|byte| *byte == 0)
            .any(|one| one == argument.as_bytes())
    };
    let all = processes(program).into_iter();
    all.filter(is_for).collect()
}

fn is_running(program: &Path, pid: u32) -> bool {
    fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program)
}

/// The most memory that a process has had in RAM so far, in KB; None once it is gone.
fn peak_kb(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Processor time that each thread of a process has used so far, in nanoseconds (proc(5), schedstat).
fn used(pid: u32) -> Vec<(u32, u64)> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten();
    let used = |task: io::Result<fs::DirEntry>| {
        let task = task.ok()?;
        let told = fs::read_to_string(task.path().join("schedstat")).ok()?;
        let nanos = told.split(' ').next()?.parse().ok()?;
        Some((task.file_name().to_str()?.parse().ok()?, nanos))
    };
    tasks.filter_map(used).collect()
}

/// Ends a process at once and for good.
pub fn kill(pid: u32) {
    // It may just have ended by itself.
    let _ended = Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .output();
}

/// The process that holds the lock on a file, and how many wait for it.
pub fn lock(file: &Path) -> (Option<u32>, usize) {
    let (holder, queue) = queue(file);
    (holder, queue.len())
}

/// The process that holds the lock on a file, and those that wait for it, first come, first served, as `/proc/locks` tells
/// (proc(5)). The kernel tells them by the page, and what stands where one page ends may be left out or told twice while
/// other locks come and go: what two looks in a row tell is so.
pub fn queue(file: &Path) -> (Option<u32>, Vec<u32>) {
    let mut told = look_at_queue(file);
    loop {
        let again = look_at_queue(file);
        if again == told {
            return told;
        }
        told = again;
    }
}

fn look_at_queue(file: &Path) -> (Option<u32>, Vec<u32>) {
    let Ok(found) = fs::metadata(file) else {
        return (None, Vec::new());
    };
    let dev = found.dev();
    let (major, minor) = ((dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00));
    let place = format!("{major:02x}:{minor:02x}:{}", found.ino());
    let text = fs::read_to_string("/proc/locks").expect("/proc/locks");
    let mut told = (None, Vec::new());
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = words.iter().position(|w| *w == place);
        let pid = at.and_then(|n| words[n.checked_sub(1)?].parse().ok());
        match pid {
            Some(pid) if words.contains(&"->") => told.1.push(pid),
            Some(pid) => told.0 = Some(pid),
            None => {}
        }
    }
    told
}

/// Watches a program's processes until it is dropped.
#[derive(Debug)]
pub struct Watch {
    seen: Arc<Seen>,
    watcher: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Seen {
    now: AtomicUsize,
    most: AtomicUsize,
    peak_kb: AtomicU64,
    /// Nanoseconds that each thread had worked, at the last look at it.
    used: Mutex<BTreeMap<u32, u64>>,
    looks: AtomicUsize,
    over: AtomicBool,
}

impl Watch {
    /// Begins to watch.
    pub fn on(program: &Path) -> Watch {
        let seen = Arc::new(Seen::default());
        let (program, shared): (PathBuf, _) = (program.to_owned(), Arc::clone(&seen));
        let watcher = thread::spawn(move || {
            while !shared.over.load(Ordering::SeqCst) {
                let all = processes(&program);
                shared.now.store(all.len(), Ordering::SeqCst);
                shared.most.fetch_max(all.len(), Ordering::SeqCst);
                for kb in all.iter().filter_map(|pid| peak_kb(*pid)) {
                    shared.peak_kb.fetch_max(kb, Ordering::SeqCst);
                }
                let used = all.iter().flat_map(|pid| used(*pid));
                shared.used.lock().expect("no panic").extend(used);
                shared.looks.fetch_add(1, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(3));
            }
        });
        Watch {
            seen,
            watcher: Some(watcher),
        }
    }

    /// How many there are: waits for a look that has begun after this was asked.
    pub fn now(&self) -> usize {
        let looks = || self.seen.looks.load(Ordering::SeqCst);
        let asked = looks();
        until("a look at the processes", || looks() > asked + 1);
        self.seen.now.load(Ordering::SeqCst)
    }

    /// Counts anew from here on.
    pub fn begin_again(&self) {
        let now = self.now();
        self.seen.most.store(now, Ordering::SeqCst);
    }

    /// Milliseconds of processor time that all of them have used; what one used after the last look at it is missing.
    pub fn cpu_millis(&self) -> u64 {
        let used = self.seen.used.lock().expect("no panic");
        used.values().sum::<u64>() / 1_000_000
    }

    /// How many there were at most.
    pub fn most(&self) -> usize {
        self.seen.most.load(Ordering::SeqCst)
    }

    /// The most memory that any of them had in RAM, in MB.
    pub fn peak_mb(&self) -> u64 {
        self.seen.peak_kb.load(Ordering::SeqCst) / 1024
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.seen.over.store(true, Ordering::SeqCst);
        if let Some(watcher) = self.watcher.take()
            && watcher.join().is_err()
            && !thread::panicking()
        {
            panic!("nobody watched the processes");
        }
    }
}
