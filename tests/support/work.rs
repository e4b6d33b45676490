//! How much work something was, instead of how long it took: processor time of this thread, as the kernel counts it (proc(5),
//! schedstat). What other programs do meanwhile, and what is waited for, does not count.

use std::fs;
use std::time::Duration;

/// What one reading of one input may cost at most: a hundred times what the dearest that is known costs, so that only what grows
/// faster than its input comes near.
pub const TOO_MUCH: Duration = Duration::from_secs(5);

/// Does something, and tells how much work it was.
pub fn of<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let before = used();
    let done = act();
    (done, used().saturating_sub(before))
}

fn used() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanos = told.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.expect("nanoseconds"))
}
