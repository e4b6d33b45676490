//! Where the disk is not waited for.
//!
//! Not for synchronising: that stands in `process`, before the C library's own function, and does it wherever this thread is
//! not between the two lines of `without_fsync`.

use std::cell::Cell;

use super::with_set;

thread_local! {
    /// True between these lines.
    static LEFT_OUT: Cell<bool> = const { Cell::new(false) };
}

/// Does `work`, and leaves out what it synchronises to the disk on this thread by fsync(2): for work that a request does not
/// depend on. Where the C library is not glibc nothing stands before its function, and nothing is left out.
pub fn without_fsync<T>(work: impl FnOnce() -> T) -> T {
    with_set(&LEFT_OUT, work)
}

/// True where fsync(2) is to be left out.
pub(super) fn is_left_out() -> bool {
    // A thread that ends has nothing of its own any more.
    LEFT_OUT.try_with(Cell::get).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::panic::catch_unwind;

    /// What fsync refuses, unless it is left out.
    fn is_synchronised() -> bool {
        let (_reader, writer) = std::io::pipe().unwrap();
        File::from(std::os::fd::OwnedFd::from(writer))
            .sync_all()
            .is_err()
    }

    #[test]
    fn the_disk_is_waited_for_everywhere_else() {
        assert!(is_synchronised());
        assert!(!without_fsync(is_synchronised));
        let inner = without_fsync(|| {
            without_fsync(|| ());
            let other = std::thread::spawn(is_synchronised).join();
            (is_synchronised(), other.unwrap())
        });
        assert_eq!(inner, (false, true));
        assert!(catch_unwind(|| without_fsync(|| panic!("in the middle"))).is_err());
        assert!(is_synchronised());
    }
}
