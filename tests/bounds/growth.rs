//! What can be made as long as one likes, how long it is made, and how many of it are tried.
//!
//! Each generator has a short run from a fixed seed; for longer:
//! `POSTERN_BOUNDS_SECONDS=3600 POSTERN_BOUNDS_SEED=7 cargo test --test postern bounds:: -- --nocapture`.

use std::time::{Duration, Instant};

use crate::support::random::Random;
use crate::support::unmet::{self, Want};

/// A place in a mail or in a reply, and what is put there again and again.
pub struct Kind {
    /// What is too long.
    pub name: &'static str,
    /// What stands before it; `$LEN` is how many bytes are put behind.
    pub before: &'static str,
    /// What is put there; `$N` is a number that counts.
    pub again: &'static str,
    /// What stands behind it.
    pub after: &'static str,
}

impl Kind {
    /// With so many bytes put there, or a few less.
    pub fn grown(&self, bytes: usize) -> String {
        let mut put = String::new();
        for n in 0_u32.. {
            let more = self.again.replace("$N", &n.to_string());
            if put.len() + more.len() > bytes {
                break;
            }
            put += &more;
        }
        let before = self.before.replace("$LEN", &put.len().to_string());
        [&before, put.as_str(), self.after].concat()
    }
}

/// Lengths that are tried of everything.
pub const LENGTHS: [usize; 6] = [0, 1, 1_000, 64 * 1024, 1024 * 1024, 10_000_000];

/// Lengths at which the program begins to leave something out: of an address, a name, a subject, what a row is made of, a
/// header, a text, HTML, a line of a reply.
const BOUNDS: [usize; 9] = [
    320,
    1_000,
    64 * 1024,
    256 * 1024,
    512 * 1024,
    1024 * 1024,
    3_000_000,
    4 * 1024 * 1024,
    8 * 1024 * 1024,
];

/// Any length: one beside a bound, or as many of each number of digits as of each other.
pub fn any_length(random: &mut Random) -> usize {
    if random.below(3) == 0 {
        let bound = BOUNDS[random.below(BOUNDS.len() as u64) as usize];
        return (bound + random.below(200) as usize).saturating_sub(100);
    }
    let most = 1 << random.below(24);
    random.below(most.min(10_000_000)) as usize
}

/// Tries things, some at a time: first those of the short run; then, where hours are given, all of the others in their
/// order, and then any that `any` makes up, until the time is over. What was found, in all of them.
pub fn try_all<T>(
    [short, others]: [Vec<T>; 2],
    mut any: impl FnMut(&mut Random) -> T,
    some: usize,
    mut tried: impl FnMut(&[T]) -> Vec<String>,
) {
    let seed = number("POSTERN_BOUNDS_SEED").unwrap_or(1);
    println!("POSTERN_BOUNDS_SEED={seed}");
    let mut found = Vec::new();
    let mut tell = |of_these: Vec<String>| {
        if !of_these.is_empty() {
            println!("found: {of_these:#?}");
        }
        found.extend(of_these);
    };
    for these in short.chunks(some) {
        tell(tried(these));
    }
    if let Some(seconds) = number("POSTERN_BOUNDS_SECONDS") {
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut random = Random::seeded(seed);
        let mut others = others.chunks(some);
        while Instant::now() < end {
            match others.next() {
                Some(these) => tell(tried(these)),
                None => {
                    let these: Vec<T> = (0..some).map(|_| any(&mut random)).collect();
                    tell(tried(&these));
                }
            }
        }
    } else {
        unmet::without(Want::Hours, "POSTERN_BOUNDS_SECONDS gives it more time");
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn number(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("a number"))
}
