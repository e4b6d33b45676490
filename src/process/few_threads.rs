//! Few threads for who asks for many, and those late, and one of them before it is asked for.
//!
//! The one thing to know before changing it: what stands in `start` is called by everybody who starts a thread, in place of the
//! C library's function.

use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use self::start::Reserved;

/// For how long a late thread sleeps at a time, and how often at most.
const NAP: Duration = Duration::from_micros(20);
const NAPS: usize = 250;

/// The threads that `with_few_threads` is asked for.
struct Few {
    /// How many of them may still be started.
    left: usize,
    /// The one that has been started already.
    reserved: Option<Reserved>,
    /// How many of them have not been asked for yet.
    awaited: Arc<AtomicUsize>,
}

/// True once a reserved thread has been asked for: where it was asked for as one of those that stay, no others will be.
static HAVE_BEGUN: AtomicBool = AtomicBool::new(false);

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
///
/// The first of them is started before the work begins, unless there have been some before: sled waits for ever for its threads
/// where none can be started.
///
/// # Errors
/// Where the system starts no thread; then the work has not begun.
pub fn with_few_threads<T>(asked: usize, most: usize, work: impl FnOnce() -> T) -> io::Result<T> {
    struct Over(Arc<AtomicUsize>);
    impl Drop for Over {
        fn drop(&mut self) {
            FEW.set(None);
            self.0.store(0, Ordering::SeqCst);
        }
    }
    let reserved = match HAVE_BEGUN.load(Ordering::SeqCst) {
        true => None,
        false => Some(Reserved::start().ok_or(io::ErrorKind::WouldBlock)?),
    };
    let awaited = Arc::new(AtomicUsize::new(asked));
    let few = Few {
        left: most,
        reserved,
        awaited: Arc::clone(&awaited),
    };
    FEW.set(Some(few));
    let _over = Over(awaited);
    Ok(work())
}

/// What becomes of the next thread that this thread starts.
enum Next {
    /// It begins at once.
    Free,
    /// It begins when no more are awaited.
    Late(Late),
    /// The same, and is there already.
    Reserved(Reserved, Late),
    /// It is refused.
    Refused,
}

/// A thread that begins late.
struct Late(Arc<AtomicUsize>);

impl Late {
    /// Sleeps until all have been asked for, and a moment longer.
    fn wait(&self) {
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
fn next() -> Next {
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
                let late = Late(Arc::clone(&few.awaited));
                match few.reserved.take() {
                    Some(reserved) => {
                        HAVE_BEGUN.store(true, Ordering::SeqCst);
                        Next::Reserved(reserved, late)
                    }
                    None => Next::Late(late),
                }
            }
            None => Next::Refused,
        }
    });
    // A thread that ends has nothing of its own any more.
    next.unwrap_or(Next::Free)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod start {
    //! What everybody calls who starts a thread.

    use std::sync::{Arc, Condvar, Mutex, PoisonError};
    use std::{mem, ptr};

    use libc::{c_int, c_void, pthread_attr_t, pthread_t};

    use super::{Late, Next, next};

    /// Bytes of the stack of a reserved thread: what the standard library gives to those that it starts.
    const STACK: usize = 2 * 1024 * 1024;

    type Routine = extern "C" fn(*mut c_void) -> *mut c_void;

    /// What a late thread is to do.
    struct Begin {
        routine: Routine,
        argument: *mut c_void,
        late: Late,
    }

    // SAFETY: whoever asks for a thread hands its argument over to it, whichever thread that is.
    unsafe impl Send for Begin {}

    impl Begin {
        fn run(self) -> *mut c_void {
            self.late.wait();
            (self.routine)(self.argument)
        }
    }

    /// What a reserved thread is told.
    enum Word {
        Wait,
        Begin(Begin),
        Over,
    }

    type Place = (Mutex<Word>, Condvar);

    /// A thread that has been started before it is asked for, so that it is certain that there is one. It ends where nobody
    /// asks for it.
    pub struct Reserved {
        thread: pthread_t,
        place: Arc<Place>,
        is_given: bool,
    }

    impl Reserved {
        /// Starts it; None where the system refuses.
        pub fn start() -> Option<Reserved> {
            let place: Arc<Place> = Arc::new((Mutex::new(Word::Wait), Condvar::new()));
            let told = Arc::into_raw(Arc::clone(&place));
            // SAFETY: attributes are initialised before use and destroyed after; `told` belongs to the new thread.
            let (status, thread) = unsafe {
                let mut attributes: pthread_attr_t = mem::zeroed();
                let mut thread: pthread_t = mem::zeroed();
                let mut status = libc::pthread_attr_init(&mut attributes);
                if status == 0 {
                    libc::pthread_attr_setstacksize(&mut attributes, STACK);
                    let argument = told.cast_mut().cast();
                    status =
                        __real_pthread_create(&mut thread, &attributes, begin_reserved, argument);
                    libc::pthread_attr_destroy(&mut attributes);
                }
                (status, thread)
            };
            if status == 0 {
                return Some(Reserved {
                    thread,
                    place,
                    is_given: false,
                });
            }
            // SAFETY: no thread was made that could have taken it.
            drop(unsafe { Arc::from_raw(told) });
            None
        }

        fn tell(&self, word: Word) {
            let (place, told) = &*self.place;
            *place.lock().unwrap_or_else(PoisonError::into_inner) = word;
            told.notify_one();
        }

        /// Gives it to whoever asked for a thread, who joins or detaches it.
        fn give(mut self, begin: Begin) -> pthread_t {
            self.is_given = true;
            self.tell(Word::Begin(begin));
            self.thread
        }
    }

    impl Drop for Reserved {
        fn drop(&mut self) {
            if self.is_given {
                return;
            }
            self.tell(Word::Over);
            // SAFETY: it was started joinable, and nobody else has it.
            unsafe { libc::pthread_detach(self.thread) };
        }
    }

    extern "C" fn begin_reserved(place: *mut c_void) -> *mut c_void {
        // SAFETY: made by Arc::into_raw in `Reserved::start`, for this thread alone.
        let place = unsafe { Arc::from_raw(place.cast::<Place>().cast_const()) };
        let (word, told) = &*place;
        let word = word.lock().unwrap_or_else(PoisonError::into_inner);
        let is_waiting = |word: &mut Word| matches!(word, Word::Wait);
        let word = told.wait_while(word, is_waiting);
        let mut word = word.unwrap_or_else(PoisonError::into_inner);
        let said = mem::replace(&mut *word, Word::Over);
        drop(word);
        match said {
            Word::Begin(begin) => begin.run(),
            Word::Wait | Word::Over => ptr::null_mut(),
        }
    }

    unsafe extern "C" {
        /// The C library's own pthread_create(3): the linker calls it so (`--wrap`, .cargo/build.rs).
        fn __real_pthread_create(
            thread: *mut pthread_t,
            attributes: *const pthread_attr_t,
            routine: Routine,
            argument: *mut c_void,
        ) -> c_int;
    }

    /// What everybody calls who calls pthread_create(3).
    ///
    /// # Safety
    /// As pthread_create(3).
    #[unsafe(no_mangle)]
    unsafe extern "C" fn __wrap_pthread_create(
        thread: *mut pthread_t,
        attributes: *const pthread_attr_t,
        routine: Routine,
        argument: *mut c_void,
    ) -> c_int {
        let begin = |late| Begin {
            routine,
            argument,
            late,
        };
        let begin = match next() {
            Next::Free => {
                // SAFETY: what the caller promised.
                return unsafe { __real_pthread_create(thread, attributes, routine, argument) };
            }
            Next::Refused => return libc::EAGAIN,
            Next::Reserved(reserved, late) => {
                // SAFETY: the caller promised a place for it.
                unsafe { thread.write(reserved.give(begin(late))) };
                return 0;
            }
            Next::Late(late) => Box::into_raw(Box::new(begin(late))),
        };
        // SAFETY: what the caller promised; `begin` belongs to the new thread from here on.
        let status = unsafe { __real_pthread_create(thread, attributes, begin_late, begin.cast()) };
        if status != 0 {
            // SAFETY: no thread was made that could have taken it.
            drop(unsafe { Box::from_raw(begin) });
        }
        status
    }

    extern "C" fn begin_late(begin: *mut c_void) -> *mut c_void {
        // SAFETY: made by Box::into_raw in `__wrap_pthread_create`, for this thread alone.
        let begin = unsafe { Box::from_raw(begin.cast::<Begin>()) };
        begin.run()
    }
}

/// Where nothing stands before the C library's function: no thread is reserved, and none begins late.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod start {
    pub struct Reserved;

    impl Reserved {
        pub fn start() -> Option<Reserved> {
            Some(Reserved)
        }
    }
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
            let few = with_few_threads(3, 1, || (begin(), [begin(), begin()]));
            let (started, refused) = few.unwrap();
            assert_eq!(started.unwrap().join().unwrap(), 3);
            for refused in refused {
                assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::WouldBlock);
            }
        });
        let watch = Watch::start();
        let alone = with_few_threads(1, 1, || std::thread::spawn(move || watch.passed()));
        assert!(alone.unwrap().join().unwrap() >= NAP);
        assert_eq!(std::thread::spawn(|| 7).join().unwrap(), 7);
    }

    #[test]
    fn a_thread_that_nobody_asks_for_is_not_missed() {
        for _ in 0..3 {
            assert_eq!(with_few_threads(7, 2, || 7).unwrap(), 7);
            assert_eq!(std::thread::spawn(|| 7).join().unwrap(), 7);
        }
    }
}
