//! What the kernel knows of processes: their time, their memory, their number, their system calls. Reads `/proc`, and asks
//! strace where it is at hand.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::place;

/// The kernel's unit of processor time in `/proc` (USER_HZ, proc(5)).
const TICK_MILLIS: f64 = 10.0;

/// The load of the machine over the last minute, as `uptime` says it.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").expect("/proc/loadavg");
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// How many processors there are.
pub fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Milliseconds that all processors together have worked since the machine started, for whomever.
pub fn machine_millis() -> f64 {
    let text = fs::read_to_string("/proc/stat").expect("/proc/stat");
    let line = text.lines().next().unwrap_or_default();
    let fields = line.split_whitespace().skip(1);
    let ticks: Vec<f64> = fields.filter_map(|n| n.parse().ok()).collect();
    // user nice system idle iowait irq softirq
    let worked = [0, 1, 2, 5, 6].map(|at| ticks[at]);
    worked.iter().sum::<f64>() * TICK_MILLIS
}

/// Milliseconds of processor time of our own children that have ended.
pub fn children_millis() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").expect("/proc/self/stat");
    // The name of the program stands in parentheses and may hold anything.
    let (_, fields) = text.rsplit_once(')').expect("a name");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("ticks");
    // cutime and cstime: fields 16 and 17 of proc(5), the state being field 3.
    (ticks(13) + ticks(14)) * TICK_MILLIS
}

/// The most memory (KB) that a program had resident, up to the end of its work.
///
/// Its answer goes into a pipe that is full: when it stands there, all is done but the writing. The kernel's own record
/// after its end would not do; it begins with the size of whoever started it.
pub fn peak_kb(mut program: Command) -> u64 {
    let (mut reader, mut writer) = io::pipe().expect("a pipe");
    writer
        .write_all(&[b'.'; 64 * 1024])
        .expect("a pipe of 64 KB");
    let mut child = program.stdout(writer).spawn().expect("the program");
    // The command holds the pipe's other end.
    drop(program);
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    let mut since = Instant::now();
    while since.elapsed() < Duration::from_millis(300) {
        let text = fs::read_to_string(&status).expect("the program waits");
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let now = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
        let now: u64 = now.expect("the program stands before the pipe");
        if now != peak {
            peak = now;
            since = Instant::now();
        }
        thread::sleep(Duration::from_millis(5));
    }
    let mut answer = Vec::new();
    reader.read_to_end(&mut answer).expect("the answer");
    child.wait().expect("its end");
    peak
}

/// How many processes of a program there were at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Most {
    /// At any moment.
    pub ever: usize,
    /// After the first half second.
    pub later: usize,
}

/// Counts the processes of `program` again and again while `work` runs.
pub fn most_processes<T>(program: &Path, work: impl FnOnce() -> T) -> (T, Most) {
    let done = AtomicBool::new(false);
    let begin = Instant::now();
    thread::scope(|scope| {
        let counting = scope.spawn(|| {
            let mut most = Most::default();
            while !done.load(Ordering::SeqCst) {
                let now = processes_of(program);
                most.ever = most.ever.max(now);
                if begin.elapsed() > Duration::from_millis(500) {
                    most.later = most.later.max(now);
                }
                thread::sleep(Duration::from_millis(3));
            }
            most
        });
        let result = work();
        done.store(true, Ordering::SeqCst);
        (result, counting.join().expect("counting"))
    })
}

fn processes_of(program: &Path) -> usize {
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    let exe = |entry: fs::DirEntry| fs::read_link(entry.path().join("exe")).ok();
    processes.filter_map(exe).filter(|e| e == program).count()
}

/// What a program asked of the kernel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calls {
    /// System calls of all its threads.
    pub all: usize,
    /// Threads it started.
    pub threads: usize,
    /// fsync and its kin.
    pub syncs: usize,
    /// Bytes read from files below the directory.
    pub read: u64,
    /// Bytes written to files below the directory.
    pub written: u64,
}

/// Runs a program under strace, as the account that servers work as; None where strace is not installed. Files below
/// `directory` count; `log` is for what strace says.
pub fn calls(program: &Command, directory: &Path, log: &Path) -> Option<Calls> {
    let mut strace = Command::new("strace");
    if place::are_we_root() {
        strace.args(["-u", &place::worker().name]);
    }
    strace.args(["-f", "-y", "-qq", "-s", "0", "-o"]).arg(log);
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            let pair = [name.as_encoded_bytes(), b"=", value.as_encoded_bytes()].concat();
            strace
                .arg("-E")
                .arg(String::from_utf8_lossy(&pair).as_ref());
        }
    }
    strace.arg(program.get_program()).stdin(Stdio::null());
    let ended = match strace.stdout(Stdio::null()).status() {
        Ok(ended) => ended,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
        Err(e) => panic!("strace: {e}"),
    };
    assert!(ended.success(), "strace: {ended}");
    let text = fs::read(log).expect("what strace saw");
    Some(read_calls(&String::from_utf8_lossy(&text), directory))
}

fn read_calls(text: &str, directory: &Path) -> Calls {
    let below = directory.to_string_lossy();
    let mut calls = Calls::default();
    // A call that another thread's interrupts is told in two lines, the file only in the first.
    let mut open: HashMap<&str, &str> = HashMap::new();
    for line in text.lines() {
        let Some((thread, told)) = line.split_once(' ') else {
            continue;
        };
        let told = told.trim_start();
        let resumed = told.starts_with("<... ");
        let whole = if resumed {
            open.remove(thread).unwrap_or(told)
        } else {
            told
        };
        if !resumed && told.ends_with("<unfinished ...>") {
            open.insert(thread, told);
            continue;
        }
        let Some((name, args)) = whole.split_once('(') else {
            continue;
        };
        calls.all += 1;
        let result = told.rsplit_once(" = ").map_or("", |(_, result)| result);
        let bytes = result
            .split(' ')
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        let first = args.split(',').next().unwrap_or_default();
        let is_ours = first.contains(below.as_ref());
        match name {
            "clone" | "clone3" => calls.threads += 1,
            "fsync" | "fdatasync" | "sync_file_range" | "msync" | "syncfs" => calls.syncs += 1,
            "read" | "pread64" | "readv" | "preadv" if is_ours => calls.read += bytes,
            "write" | "pwrite64" | "writev" | "pwritev" if is_ours => calls.written += bytes,
            _ => {}
        }
    }
    calls
}
