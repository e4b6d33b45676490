//! The process itself: what Rust's own library does not offer, in the one room with unsafe code.
//!
//! Not for deciding when to give up: limits come from `config`, waiting from `gate`. The one thing to know before
//! changing it: `ReadyMade::end` runs inside a signal and may only do what signal-safety(7) allows.
#![expect(
    unsafe_code,
    reason = "umask, mallopt, the allocator, timers, environment, starting threads, fsync and _exit have no safe face in std"
)]

mod few_threads;
mod memory;
mod unsynced;

use std::cell::Cell;
use std::ffi::{CStr, CString, OsStr};
use std::fs;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, AsRawFd as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::thread::LocalKey;
use std::time::Duration;
use std::{mem, ptr};

pub use self::few_threads::with_few_threads;
pub use self::memory::{lacked_memory, with_large_pieces_together};
pub use self::unsynced::without_fsync;

/// How far a process that nobody waits for stands back (nice(2)).
const NICENESS: i32 = 10;
/// The ready-made page of the hard deadline, and the one of an abort.
static TOO_LATE: ReadyMade = ReadyMade::none();
static ABORTED: ReadyMade = ReadyMade::none();
/// True once there is a hard deadline.
static ARMED: AtomicBool = AtomicBool::new(false);
/// True once a byte of the answer may have been written: then a second answer would only be noise.
static ANSWERING: AtomicBool = AtomicBool::new(false);

/// Does `work` while a flag of this thread is set.
fn with_set<T>(flag: &'static LocalKey<Cell<bool>>, work: impl FnOnce() -> T) -> T {
    struct Over(&'static LocalKey<Cell<bool>>, bool);
    impl Drop for Over {
        fn drop(&mut self) {
            self.0.set(self.1);
        }
    }
    let _over = Over(flag, flag.replace(true));
    work()
}

/// First thing in `main`: files for the owner only, one malloc arena, short sleeps that are short, no death by a file
/// that may not grow, and no copy of this memory, which holds a password, for a core file or another process of the account.
///
/// Without the second, each of sled's threads reserves 64 MB of address space, which hosts limit.
pub fn start() {
    // SAFETY: these calls only set process-wide numbers; no other thread exists yet.
    unsafe {
        libc::umask(0o077);
        // Where a host limits the size of files, a write that is refused can be told; a process that is killed cannot.
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        libc::mallopt(libc::M_ARENA_MAX, 1);
        let no_core = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        libc::setrlimit(libc::RLIMIT_CORE, &no_core);
        // Also where cores go to a program (core_pattern), and against ptrace and /proc/<pid>/mem.
        libc::prctl(libc::PR_SET_DUMPABLE, 0 as libc::c_ulong);
        // The kernel may otherwise stretch each sleep of sled's threads by 50 us, to twice its length.
        libc::prctl(libc::PR_SET_TIMERSLACK, 1 as libc::c_ulong);
    }
}

/// Last thing in `main`: ends at once, without destructors. mod_cgi makes the next request of the connection wait for
/// a process that lingers. Stdout is flushed by hand, since `_exit` would lose what its buffer holds, and closed before the
/// kernel takes the memory apart: until then the web server waits for more of the answer.
pub fn end(code: i32) -> ! {
    // A reader that has gone away is nobody's fault, and nobody is left to be told.
    drop(io::stdout().flush());
    // SAFETY: nothing uses these descriptors any more; _exit never returns and touches none of our memory.
    unsafe {
        for descriptor in 0..3 {
            libc::close(descriptor);
        }
        libc::_exit(code)
    }
}

/// For opening a file: a symbolic link in its place is an error (open(2)).
pub const NO_FOLLOW: i32 = libc::O_NOFOLLOW;

/// From here on whoever else wants the processor goes first.
pub fn yield_to_others() {
    // SAFETY: it changes a number of this process alone; where the system refuses, that number stays.
    unsafe { libc::nice(NICENESS) };
}

/// The user this process works as.
pub fn user() -> u32 {
    // SAFETY: geteuid always succeeds.
    unsafe { libc::geteuid() }
}

/// From here on hosts are looked up in /etc/hosts and by DNS alone, and users in /etc/passwd: whatever else nsswitch.conf(5)
/// names would be a library of the system, which may not be of the version that is linked into this program.
pub fn look_up_by_files_and_dns() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            /// Part of glibc's <nss.h>.
            fn __nss_configure_lookup(
                database: *const libc::c_char,
                services: *const libc::c_char,
            ) -> libc::c_int;
        }
        static DONE: Once = Once::new();
        // SAFETY: strings that end in NUL, which it copies; `Once` lets one thread at a time call it. Where it refuses
        // (memory), the system's own order stays.
        DONE.call_once(|| unsafe {
            __nss_configure_lookup(c"hosts".as_ptr(), c"files dns".as_ptr());
            __nss_configure_lookup(c"passwd".as_ptr(), c"files".as_ptr());
        });
    }
}

/// The home of the effective user, from /etc/passwd: HOME is unset under suEXEC.
pub fn home() -> Option<PathBuf> {
    look_up_by_files_and_dns();
    let mut buffer = vec![0 as libc::c_char; 16 * 1024];
    let mut found: *mut libc::passwd = ptr::null_mut();
    // SAFETY: zeroes are a valid passwd; the call fills it with pointers into `buffer`, which lives until the copy below.
    unsafe {
        let mut entry: libc::passwd = mem::zeroed();
        let status = libc::getpwuid_r(
            libc::geteuid(),
            &mut entry,
            buffer.as_mut_ptr(),
            buffer.len(),
            &mut found,
        );
        if status != 0 || found.is_null() || entry.pw_dir.is_null() {
            return None;
        }
        let home = CStr::from_ptr(entry.pw_dir).to_bytes();
        (!home.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(home)))
    }
}

/// What the host allows this user; None where it does not limit.
pub struct Limits {
    /// Processes and threads (RLIMIT_NPROC).
    pub processes: Option<u64>,
    /// Bytes of address space (RLIMIT_AS).
    pub memory: Option<u64>,
}

/// The limits in use.
pub fn limits() -> Limits {
    // SAFETY: both calls fill a struct of plain numbers.
    let (processes, memory) = unsafe {
        let mut processes: libc::rlimit = mem::zeroed();
        let mut memory: libc::rlimit = mem::zeroed();
        libc::getrlimit(libc::RLIMIT_NPROC, &mut processes);
        libc::getrlimit(libc::RLIMIT_AS, &mut memory);
        (processes.rlim_cur, memory.rlim_cur)
    };
    let told = |n: u64| (n != libc::RLIM_INFINITY && n != 0).then_some(n);
    Limits {
        processes: told(processes),
        memory: told(memory),
    }
}

/// What kind of file system a path lies on: the number that the kernel has for it (statfs(2), `f_type`).
///
/// # Errors
/// Whatever statfs reports.
pub fn file_system(path: &Path) -> io::Result<u64> {
    let path = CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)?;
    // SAFETY: zeroes are a valid statfs, which the call fills; the path is a live string that ends in NUL.
    let found = unsafe {
        let mut found: libc::statfs = mem::zeroed();
        if libc::statfs(path.as_ptr(), &mut found) != 0 {
            return Err(io::Error::last_os_error());
        }
        found.f_type
    };
    // A number of 32 bits, with a sign in front of it here and there.
    Ok(u64::from(found as u32))
}

/// Replaces the whole environment by these variables. Only before there are threads.
pub fn set_environment(variables: &[(&str, &OsStr)]) {
    // SAFETY: called from the first lines of `main`, before any thread is started.
    unsafe {
        let old: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
        for name in old.iter().filter(|n| !n.is_empty()) {
            std::env::remove_var(name);
        }
        for (name, value) in variables {
            std::env::set_var(name, value);
        }
    }
}

/// Unlocks a file wherever this process has it open and locked by flock(2), without closing it; false where it is open nowhere,
/// or the system does not tell.
pub fn unlock(path: &Path) -> bool {
    let (Ok(wanted), Ok(open)) = (path.metadata(), fs::read_dir("/proc/self/fd")) else {
        return false;
    };
    let is_it = |file: &libc::c_int| {
        // SAFETY: zeroes are a valid stat, which the call fills where there is such a file.
        let (status, found) = unsafe {
            let mut found: libc::stat = mem::zeroed();
            (libc::fstat(*file, &mut found), found)
        };
        status == 0 && (found.st_dev, found.st_ino) == (wanted.dev(), wanted.ino())
    };
    // Somebody who has closed it may not have done with it yet: it may be open twice.
    let files = open.filter_map(|file| file.ok()?.file_name().to_str()?.parse().ok());
    let files: Vec<libc::c_int> = files.filter(is_it).collect();
    // SAFETY: a number of a file; what it is opened for stays as it is.
    let unlock = |file: &libc::c_int| unsafe { libc::flock(*file, libc::LOCK_UN) } == 0;
    !files.is_empty() && files.iter().all(unlock)
}

/// Reads from standard input without std's buffer, which would take more than is asked for.
///
/// # Errors
/// Whatever read reports.
pub fn read_stdin(buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the pointer and length are those of a live slice.
    let read = unsafe { libc::read(0, buffer.as_mut_ptr().cast(), buffer.len()) };
    usize::try_from(read).map_err(|_| io::Error::last_os_error())
}

/// Waits until standard input can be read or has ended; false when the time is over.
///
/// # Errors
/// Whatever poll reports, interruptions apart.
pub fn wait_for_stdin(limit: Duration) -> io::Result<bool> {
    wait_for(&io::stdin(), limit)
}

/// The same for another file.
///
/// # Errors
/// As `wait_for_stdin`.
pub fn wait_for(file: &impl AsFd, limit: Duration) -> io::Result<bool> {
    let mut fd = libc::pollfd {
        fd: file.as_fd().as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    let limit = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: one valid pollfd.
    match unsafe { libc::poll(&mut fd, 1, limit) } {
        0 => Ok(false),
        n if n > 0 => Ok(true),
        _ => match io::Error::last_os_error() {
            e if e.kind() == io::ErrorKind::Interrupted => Ok(true),
            e => Err(e),
        },
    }
}

/// Arms the hard deadline: after `limit` the process ends, with `page` (a whole CGI answer) if nothing of an
/// answer was written. A signal, not a thread: it must also end what hangs in the kernel, and hosts may allow no thread.
pub fn hard_deadline(limit: Duration, page: &'static [u8]) {
    TOO_LATE.set(page);
    handle(libc::SIGALRM, hard_deadline_passed);
    ARMED.store(true, Ordering::SeqCst);
    more_time(limit);
}

/// Puts the hard deadline off, to `limit` from now.
pub fn more_time(limit: Duration) {
    if !ARMED.load(Ordering::SeqCst) {
        // In a shell nothing hangs unseen, and nobody has said what the signal is to do.
        return;
    }
    let timer = libc::itimerval {
        it_interval: libc::timeval {
            tv_sec: 1,
            tv_usec: 0,
        },
        it_value: libc::timeval {
            tv_sec: libc::time_t::try_from(limit.as_secs().max(1)).unwrap_or(libc::time_t::MAX),
            tv_usec: 0,
        },
    };
    // SAFETY: a valid itimerval; the old one is not asked for.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, ptr::null_mut()) };
}

/// From here on the answer is being written: the hard deadline ends the process without a page of its own.
pub fn answering() {
    ANSWERING.store(true, Ordering::SeqCst);
}

/// Whatever aborts the process (an allocation that the system refuses, a stack that is full, a panic during a panic) ends it
/// with `page` instead, a whole CGI answer, if nothing of an answer was written.
///
/// The signal, not the allocator: that would end the process where `try_reserve` asks whether there is room.
pub fn when_aborted(page: &'static [u8]) {
    ABORTED.set(page);
    handle(libc::SIGABRT, aborted);
}

/// A page that is written from within a signal.
struct ReadyMade {
    page: AtomicPtr<u8>,
    length: AtomicUsize,
}

impl ReadyMade {
    const fn none() -> ReadyMade {
        ReadyMade {
            page: AtomicPtr::new(ptr::null_mut()),
            length: AtomicUsize::new(0),
        }
    }

    fn set(&self, page: &'static [u8]) {
        self.length.store(page.len(), Ordering::SeqCst);
        self.page.store(page.as_ptr().cast_mut(), Ordering::SeqCst);
    }

    /// Writes the page if nothing of an answer was written, and ends the process.
    fn end(&self) -> ! {
        let page = self.page.load(Ordering::SeqCst);
        // SAFETY: write and _exit are signal-safe; `page` and `length` describe a static slice.
        unsafe {
            if !ANSWERING.swap(true, Ordering::SeqCst) && !page.is_null() {
                libc::write(1, page.cast(), self.length.load(Ordering::SeqCst));
            }
            libc::_exit(0)
        }
    }
}

extern "C" fn hard_deadline_passed(_: libc::c_int) {
    TOO_LATE.end()
}

extern "C" fn aborted(_: libc::c_int) {
    ABORTED.end()
}

extern "C" fn tick(_: libc::c_int) {}

/// Lets `signal` interrupt blocking calls (no SA_RESTART) and run `action`.
fn handle(signal: libc::c_int, action: extern "C" fn(libc::c_int)) {
    // SAFETY: zeroes are a valid sigaction with an empty mask and no flags; the handler has the type C expects.
    unsafe {
        let mut how: libc::sigaction = mem::zeroed();
        how.sa_sigaction = action as *const () as libc::sighandler_t;
        libc::sigaction(signal, &how, ptr::null_mut());
    }
}

/// From now on the wish of the web server that this process ends is passed over: it has that wish once its client is gone, and
/// what has come of a form by then is to be kept. It kills a few seconds later. Programs that this one starts know nothing of it.
pub fn outlive_client() {
    extern "C" fn pass(_: libc::c_int) {}
    // SAFETY: as in `handle`; calls that are interrupted by it go on.
    unsafe {
        let mut how: libc::sigaction = mem::zeroed();
        how.sa_sigaction = pass as *const () as libc::sighandler_t;
        how.sa_flags = libc::SA_RESTART;
        libc::sigaction(libc::SIGTERM, &how, ptr::null_mut());
    }
}

/// While it lives, blocking calls are interrupted again and again: a single signal that comes just before the call is lost.
pub struct Ticks(libc::timer_t);

impl Ticks {
    /// Interrupts first after `first`, then after every `then`.
    ///
    /// # Errors
    /// Where the system has no timer left.
    pub fn every(first: Duration, then: Duration) -> io::Result<Ticks> {
        handle(libc::SIGUSR1, tick);
        let time = |d: Duration| libc::timespec {
            tv_sec: libc::time_t::try_from(d.as_secs()).unwrap_or(libc::time_t::MAX),
            tv_nsec: libc::c_long::from(d.subsec_nanos() as i32),
        };
        let when = libc::itimerspec {
            it_interval: time(then),
            it_value: time(first.max(Duration::from_millis(1))),
        };
        // SAFETY: zeroes are a valid sigevent; the timer is deleted in drop and nowhere else.
        unsafe {
            let mut event: libc::sigevent = mem::zeroed();
            event.sigev_notify = libc::SIGEV_SIGNAL;
            event.sigev_signo = libc::SIGUSR1;
            let mut timer: libc::timer_t = ptr::null_mut();
            if libc::timer_create(libc::CLOCK_MONOTONIC, &mut event, &mut timer) != 0 {
                return Err(io::Error::last_os_error());
            }
            let ticks = Ticks(timer);
            if libc::timer_settime(timer, 0, &when, ptr::null_mut()) != 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(ticks)
        }
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        // SAFETY: made by timer_create, deleted once.
        unsafe { libc::timer_delete(self.0) };
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod sync {
    use libc::c_int;

    use super::unsynced::is_left_out;

    /// Stands before the function of this name in the C library, and does what it does where it is not to be left out.
    ///
    /// # Safety
    /// As fsync(2), which any number may be given to.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn fsync(file: c_int) -> c_int {
        if is_left_out() {
            return 0;
        }
        // SAFETY: the system call takes one number, and sets errno as the function of the C library does.
        let status = unsafe { libc::syscall(libc::SYS_fsync, file) };
        c_int::try_from(status).unwrap_or(-1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn a_file_that_is_open_twice_is_unlocked_wherever_it_is_locked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        let open = || File::options().create(true).append(true).open(&path);
        let (closed_late, locked, other) = (open().unwrap(), open().unwrap(), open().unwrap());
        locked.try_lock().unwrap();
        assert!(other.try_lock().is_err());
        assert!(unlock(&path));
        other.try_lock().unwrap();
        drop((closed_late, locked, other));
        assert!(!unlock(&path));
    }
}
