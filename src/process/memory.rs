//! The allocator: the system's, which remembers whether it was ever refused memory, and can lay large pieces together.
//!
//! Not for deciding how much may be asked for: whoever reads what others wrote has a limit of its own.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use super::with_set;

/// The system's allocator. What goes wrong after it has refused memory says nothing of the data that was being worked on.
struct Remembering {
    has_refused: AtomicBool,
    together: Together,
}

#[global_allocator]
static ALLOCATOR: Remembering = Remembering::new();

/// Pieces of at least so many bytes are laid together, and at most so many bytes of them.
const LARGE: usize = 256 * 1024;
const MOST: usize = 41 * 512 * 1024;

/// The mapping in which large pieces lie.
struct Together {
    /// Where it begins: null before the first piece is asked for.
    begin: AtomicPtr<u8>,
    /// How many bytes of it are taken.
    taken: AtomicUsize,
}

thread_local! {
    /// True where this thread's large pieces are laid together.
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// True where the system has refused memory to this process.
pub fn lacked_memory() -> bool {
    ALLOCATOR.has_refused.load(Ordering::Relaxed)
}

/// Does `work`; the large pieces of zeros that it asks for lie in one mapping (mmap(2)), which stays. For who
/// keeps many of them as long as the process lives and hardly touches them: sled has 41 tables of 512 KiB, which would be as
/// many mappings, made and removed in each click.
pub fn with_large_pieces_together<T>(work: impl FnOnce() -> T) -> T {
    with_set(&IS_ASKED, work)
}

impl Together {
    const fn new() -> Together {
        Together {
            begin: AtomicPtr::new(ptr::null_mut()),
            taken: AtomicUsize::new(0),
        }
    }

    /// Lays a piece of zeros beside the others; None where it is not to lie there, or there is no room.
    fn lay(&self, layout: Layout) -> Option<*mut u8> {
        const PAGE: usize = 4096;
        let is_asked = IS_ASKED.try_with(Cell::get).unwrap_or(false);
        if !is_asked || layout.size() < LARGE || layout.align() > PAGE {
            return None;
        }
        let begin = self.begin()?;
        let size = layout.size().checked_next_multiple_of(PAGE)?;
        let next = |taken: usize| taken.checked_add(size).filter(|taken| *taken <= MOST);
        let at = self
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        // SAFETY: the mapping has `MOST` bytes; those of the piece are within, and nobody else's.
        at.ok().map(|at| unsafe { begin.add(at) })
    }

    fn begin(&self) -> Option<*mut u8> {
        let begin = self.begin.load(Ordering::Acquire);
        if !begin.is_null() {
            return Some(begin);
        }
        // SAFETY: a new mapping, which nobody else knows of.
        let made = unsafe {
            libc::mmap(
                ptr::null_mut(),
                MOST,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if made == libc::MAP_FAILED {
            return None;
        }
        let orders = (Ordering::AcqRel, Ordering::Acquire);
        let null = ptr::null_mut();
        match self
            .begin
            .compare_exchange(null, made.cast(), orders.0, orders.1)
        {
            Ok(_) => Some(made.cast()),
            Err(begin) => {
                // SAFETY: made above; another thread was faster, and nothing lies in it.
                unsafe { libc::munmap(made, MOST) };
                Some(begin)
            }
        }
    }

    /// True for a piece that lies here.
    fn holds(&self, memory: *mut u8) -> bool {
        let begin = self.begin.load(Ordering::Acquire).addr();
        begin != 0 && memory.addr().wrapping_sub(begin) < MOST
    }
}

impl Remembering {
    const fn new() -> Remembering {
        Remembering {
            has_refused: AtomicBool::new(false),
            together: Together::new(),
        }
    }

    fn noted(&self, memory: *mut u8) -> *mut u8 {
        if memory.is_null() {
            self.has_refused.store(true, Ordering::Relaxed);
        }
        memory
    }
}

// SAFETY: all of it is the system's allocator, but for the pieces that lie together: each is handed out once, is of zeros, as
// large and as aligned as it was asked for, and stays when it is freed.
unsafe impl GlobalAlloc for Remembering {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: what the caller promised.
        self.noted(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if let Some(memory) = self.together.lay(layout) {
            return memory;
        }
        // SAFETY: what the caller promised.
        self.noted(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.together.holds(memory) {
            // SAFETY: what the caller promised.
            return self.noted(unsafe { System.realloc(memory, layout, size) });
        }
        let Ok(larger) = Layout::from_size_align(size, layout.align()) else {
            return ptr::null_mut();
        };
        // SAFETY: both pieces are as large as is copied, and do not overlap.
        unsafe {
            let moved = self.alloc(larger);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(memory, moved, layout.size().min(size));
            }
            moved
        }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if !self.together.holds(memory) {
            // SAFETY: what the caller promised.
            unsafe { System.dealloc(memory, layout) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pieces_lie_together_where_that_is_asked_for_and_can_be_used_as_any() {
        let own = Remembering::new();
        let large = Layout::from_size_align(LARGE, 8).unwrap();
        let small = Layout::from_size_align(LARGE - 1, 8).unwrap();
        // SAFETY: each piece is used within its size, and freed as it was asked for.
        unsafe {
            let apart = own.alloc_zeroed(large);
            let (little, first, second) = with_large_pieces_together(|| {
                (
                    own.alloc_zeroed(small),
                    own.alloc_zeroed(large),
                    own.alloc_zeroed(large),
                )
            });
            let together = [apart, little, first, second].map(|piece| own.together.holds(piece));
            assert_eq!(together, [false, false, true, true]);
            first.write_bytes(7, LARGE);
            let after = std::slice::from_raw_parts(second, LARGE);
            assert!(after.iter().all(|byte| *byte == 0));
            let grown = own.realloc(first, large, 2 * LARGE);
            assert!(!own.together.holds(grown));
            let grown_bytes = std::slice::from_raw_parts(grown, LARGE);
            assert!(grown_bytes.iter().all(|byte| *byte == 7));
            own.dealloc(second, large);
            own.dealloc(grown, Layout::from_size_align(2 * LARGE, 8).unwrap());
            own.dealloc(apart, large);
            own.dealloc(little, small);
            // Where there is no more room they lie apart.
            let more = MOST / LARGE;
            let more = (0..more).map(|_| with_large_pieces_together(|| own.alloc_zeroed(large)));
            let more: Vec<*mut u8> = more.collect();
            let apart = more.iter().filter(|piece| !own.together.holds(**piece));
            assert_eq!(apart.count(), 2);
            for piece in more {
                own.dealloc(piece, large);
            }
        }
        assert!(!own.has_refused.load(Ordering::Relaxed));
    }
}
