//! Few threads for who asks for many, and those late.
//!
//! Not for starting them: that stands in `process`, before the C library's own function.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// For how long a late thread sleeps at a time, and how often at most.
const NAP: Duration = Duration::from_micros(20);
const NAPS: usize = 250;

/// The threads that `with_few_threads` is asked for.
struct Few {
    /// How many of them may still be started.
    left: usize,
    /// How many of them have not been asked for yet.
    awaited: Arc<AtomicUsize>,
}

thread_local! {
    /// Those that this thread asks for; None outside of `with_few_threads`.
    static FEW: RefCell<Option<Few>> = const { RefCell::new(None) };
}

/// Does `work`, which asks for so many threads and gets `most`: the others are refused, as a host at its limit refuses them.
/// Those that are started sleep until all have been asked for, and a moment longer.
///
/// sled starts its threads inside the lazy initialiser of the queue that they read, and until it is done they spin: on
/// few cores they take the time from the thread that they wait for. Asleep they let it finish. It continues with those that it
/// gets; each costs a click some 20 us.
pub fn with_few_threads<T>(asked: usize, most: usize, work: impl FnOnce() -> T) -> T {
    struct Over(Arc<AtomicUsize>);
    impl Drop for Over {
        fn drop(&mut self) {
            FEW.set(None);
            self.0.store(0, Ordering::SeqCst);
        }
    }
    let awaited = Arc::new(AtomicUsize::new(asked));
    let few = Few {
        left: most,
        awaited: Arc::clone(&awaited),
    };
    FEW.set(Some(few));
    let _over = Over(awaited);
    work()
}

/// What becomes of the next thread that this thread starts.
pub(super) enum Next {
    /// It begins at once.
    Free,
    /// It begins when no more are awaited.
    Late(Late),
    /// It is refused.
    Refused,
}

/// A thread that begins late.
pub(super) struct Late(Arc<AtomicUsize>);

impl Late {
    /// Sleeps until all have been asked for, and a moment longer.
    pub fn wait(&self) {
        for _ in 0..NAPS {
            let all = self.0.load(Ordering::SeqCst) == 0;
            std::thread::sleep(NAP);
            if all {
                break;
            }
        }
    }
}

/// Counts a thread that is asked for.
pub(super) fn next() -> Next {
    let next = FEW.try_with(|few| {
        let mut few = few.borrow_mut();
        let Some(few) = few.as_mut() else {
            return Next::Free;
        };
        let awaited = few.awaited.load(Ordering::SeqCst);
        few.awaited
            .store(awaited.saturating_sub(1), Ordering::SeqCst);
        match few.left.checked_sub(1) {
            Some(left) => {
                few.left = left;
                Next::Late(Late(Arc::clone(&few.awaited)))
            }
            None => Next::Refused,
        }
    });
    // A thread that ends has nothing of its own any more.
    next.unwrap_or(Next::Free)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    use crate::time::Watch;

    #[test]
    fn few_threads_begin_when_all_have_been_asked_for() {
        let asked = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let begin = || {
                asked.fetch_add(1, Ordering::SeqCst);
                std::thread::Builder::new().spawn_scoped(scope, || asked.load(Ordering::SeqCst))
            };
            let (started, refused) = with_few_threads(3, 1, || (begin(), [begin(), begin()]));
            assert_eq!(started.unwrap().join().unwrap(), 3);
            for refused in refused {
                assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::WouldBlock);
            }
        });
        let watch = Watch::start();
        let alone = with_few_threads(1, 1, || std::thread::spawn(move || watch.passed()));
        assert!(alone.join().unwrap() >= NAP);
        assert_eq!(std::thread::spawn(|| 7).join().unwrap(), 7);
    }
}
