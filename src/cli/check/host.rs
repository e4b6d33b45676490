//! What the host gives: the file system below the state directory, locks, processes, memory.
//!
//! To know before changing it: what is looked at is what holds in this shell. A web server may limit its programs further.

use std::path::Path;

use super::{Report, told};
use crate::checks::host::{
    self, FEW_PROCESSES, LEAST_TOTAL, LITTLE_MEMORY, beside, fitting, needed, of_request,
};
use crate::process::{self, Limits};
use crate::state::State;

/// File systems by their numbers (statfs(2), linux/magic.h), and whether they are of this machine: of others locks may hold
/// on one machine only, or not at all, and what one has written the other may see late.
const FILE_SYSTEMS: [(u64, &str, bool); 25] = [
    (0xef53, "ext4", true),
    (0x9123_683e, "btrfs", true),
    (0x5846_5342, "xfs", true),
    (0x2fc1_2fc1, "zfs", true),
    (0xf2f5_2010, "f2fs", true),
    (0x0102_1994, "tmpfs", true),
    (0x8584_58f6, "ramfs", true),
    (0x794c_7630, "overlay", true),
    (0x3153_464a, "jfs", true),
    (0x5265_4973, "reiserfs", true),
    (0xca45_1a4e, "bcachefs", true),
    (0x6969, "NFS", false),
    (0x517b, "SMB", false),
    (0xff53_4d42, "SMB (cifs)", false),
    (0xfe53_4d42, "SMB", false),
    (0x0102_1997, "9p", false),
    (0x6573_5546, "FUSE", false),
    (0x00c3_6400, "Ceph", false),
    (0x5346_414f, "AFS", false),
    (0x6b41_4653, "AFS", false),
    (0x7375_7245, "Coda", false),
    (0x0116_1970, "GFS2", false),
    (0x7461_636f, "OCFS2", false),
    (0x0bd0_0bd0, "Lustre", false),
    (0x4750_4653, "GPFS", false),
];

/// Names the file system of the state directory.
pub fn file_system(report: &Report, dir: &Path) {
    let number = match process::file_system(dir) {
        Ok(number) => number,
        Err(error) => return report.note(&format!("file system: unknown ({error})")),
    };
    match FILE_SYSTEMS.iter().find(|(known, ..)| *known == number) {
        Some((_, name, true)) => report.good(&format!("file system {name}")),
        Some((_, name, false)) => report.note(&format!(
            "file system {name}: the state directory may be on another machine. Locks and the cache need a local file system; if several servers share this one, locks must hold between all of them. Set state_dir to a local directory if you can"
        )),
        None => report.note(&format!(
            "file system {number:#x} is not known to Postern; the state directory must be on a local one with working locks"
        )),
    }
}

/// Tries whether a lock that one process holds keeps another one out, and only as long as it is held.
pub fn locks(report: &mut Report, state: &State) {
    match host::locks_hold(state) {
        Ok(true) => report.good("file locking works there, between two processes"),
        Ok(false) => report.wrong("state directory: file locking does not work on this file system; choose another state_dir"),
        Err(error) => report.wrong(&format!("file locking could not be tested: {}", told(&error))),
    }
}

/// Whether the limits of the host leave room for what the configuration lets work at once.
pub fn limits(report: &mut Report, limits: &Limits, total: u32) {
    match limits.processes {
        Some(n) if n < FEW_PROCESSES => report.wrong(&format!("only {n} processes and threads are allowed; a few requests at once may use them up. Ask your provider for at least {}", needed(total))),
        Some(n) if n < needed(total) => report.note(&format!(
            "{n} processes and threads are allowed, and {} may be needed when many people click at once ([gate] total = {total}, up to {} each, and {} beside them); some requests are then refused. {}",
            needed(total),
            of_request(),
            beside(),
            match fitting(n) {
                fits if fits >= LEAST_TOTAL => format!("[gate] total = {fits} fits"),
                _ => "Ask your provider for more".to_owned(),
            }
        )),
        Some(n) => report.good(&format!(
            "{n} processes and threads are allowed, enough for [gate] total = {total}"
        )),
        None => report.good("the number of processes is not limited"),
    }
    match limits.memory {
        Some(n) if n < LITTLE_MEMORY => report.wrong(&format!(
            "only {} MB of memory (address space) are allowed; Postern needs 256 MB",
            n / 1024 / 1024
        )),
        Some(n) => report.good(&format!(
            "{} MB of memory (address space) are allowed",
            n / 1024 / 1024
        )),
        None => report.good("memory is not limited"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_system_is_named_twice() {
        for (nth, (number, ..)) in FILE_SYSTEMS.iter().enumerate() {
            let same = FILE_SYSTEMS
                .iter()
                .skip(nth + 1)
                .find(|(n, ..)| n == number);
            assert!(same.is_none(), "{same:?}");
        }
        let dir = tempfile::tempdir().unwrap();
        assert_ne!(process::file_system(dir.path()).unwrap(), 0);
        assert!(process::file_system(Path::new("/none")).is_err());
    }

    #[test]
    fn a_limit_that_is_too_small_is_told_with_what_would_fit() {
        for (processes, wrong) in [(20, 1), (100, 0), (500, 0)] {
            let mut report = Report::default();
            let found = Limits {
                processes: Some(processes),
                memory: Some(LITTLE_MEMORY - 1),
            };
            limits(&mut report, &found, 16);
            assert_eq!(report.wrong, wrong + 1, "{processes}");
        }
    }
}
