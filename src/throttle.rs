//! Failed sign-ins: how many attempts an address or an account has left, in one file of a fixed size.
//!
//! Not a list of names: the file holds hashes and times only. Each slot is a leaky bucket by one number, the time at
//! which it is empty again (the generic cell rate algorithm), so that nothing has to be counted down or cleaned up.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::seal::Key;
use crate::state::{self, State};
use crate::time::{self, Seconds};

const SLOTS: u64 = 4096;
/// Bytes of a slot: 8 of the hash, 8 of the time in milliseconds.
const SLOT: u64 = 16;
/// How many neighbouring slots a hash may lie in.
const NEIGHBOURS: u64 = 8;
/// How far ahead, in milliseconds, a bucket's time may lie: a minute's worth of attempts may be made at once.
const LONGEST: i64 = 60_000;
/// How many more attempts an account has from everywhere than from one address.
const ACCOUNT_FACTOR: u32 = 10;
/// How many more a wider network has than one customer in it: what a provider gives to one site (IPv6 /56), to one
/// customer at most (/48), and what few have alone (IPv4 /24).
const WIDER: [Wider; 3] = [
    Wider {
        is_v4: false,
        bytes: 7,
        factor: 4,
    },
    Wider {
        is_v4: false,
        bytes: 6,
        factor: 16,
    },
    Wider {
        is_v4: true,
        bytes: 3,
        factor: 8,
    },
];

/// A network that holds many customers.
struct Wider {
    is_v4: bool,
    bytes: usize,
    factor: u32,
}

/// Whose attempts are counted.
pub enum Attempt<'a> {
    /// A browser that nobody knows, by its address and the account it asks for.
    Stranger { from: IpAddr, user: &'a [u8] },
    /// A browser with a cookie of that account: nobody else's attempts may lock it out.
    Known { session: &'a [u8] },
}

/// Attempts that were booked before LOGIN, to be taken back when it succeeds.
pub struct Booked {
    file: File,
    path: PathBuf,
    buckets: Vec<Bucket>,
    has_failed: Cell<bool>,
}

struct Bucket {
    tag: u64,
    per_minute: u32,
    /// True for one that never refuses: it remembers for a minute that a network has failed, however many more it may.
    remembers: bool,
}

impl Bucket {
    fn new(secret: &Key, per_minute: u32, parts: &[&[u8]]) -> Bucket {
        let hash = secret.hash("throttle", parts);
        let (head, _) = hash.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        // 0 marks an empty slot.
        Bucket {
            tag: u64::from_be_bytes(*head).max(1),
            per_minute,
            remembers: false,
        }
    }

    /// Milliseconds that one attempt costs.
    fn cost(&self) -> i64 {
        60_000 / i64::from(self.per_minute.max(1))
    }
}

/// Books an attempt.
///
/// # Errors
/// `TooMany`, with the seconds until the next one may be made, if any of its counters is full; then nothing is booked.
/// `DiskFull`, `Setup`.
pub fn book(state: &State, attempt: &Attempt, per_minute: u32) -> Result<Booked> {
    let bucket = |n: u32, parts: &[&[u8]]| Bucket::new(state.secret(), n, parts);
    let buckets = match attempt {
        Attempt::Stranger { from, user } => {
            let customer = network(*from);
            let mut buckets = vec![
                bucket(per_minute, &[b"network", &customer]),
                bucket(per_minute, &[b"both", &customer, user]),
                bucket(
                    per_minute.saturating_mul(ACCOUNT_FACTOR),
                    &[b"account", user],
                ),
            ];
            let address = octets(*from);
            for wider in WIDER.iter().filter(|w| w.is_v4 == (address.len() == 4)) {
                let network = address.get(..wider.bytes).unwrap_or_default();
                let limit = per_minute.saturating_mul(wider.factor);
                buckets.push(bucket(limit, &[b"network", network]));
            }
            buckets.push(Bucket {
                remembers: true,
                ..bucket(1, &[b"failed", wide(&address)])
            });
            buckets
        }
        Attempt::Known { session } => vec![bucket(per_minute, &[b"session", session])],
    };
    let path = state.dir().join("throttle");
    let booked = Booked {
        file: state::private()
            .open(&path)
            .map_err(|e| state::failed(&path, &e))?,
        path,
        buckets,
        has_failed: Cell::new(false),
    };
    booked.locked(|b| b.add(now_ms()))
}

impl Booked {
    /// True where an attempt of the same network failed a moment ago, or is being made.
    pub fn has_failed_before(&self) -> bool {
        self.has_failed.get()
    }

    /// The password was right: the attempt does not count.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn take_back(self) -> Result<()> {
        self.locked(|b| b.subtract()).map(drop)
    }

    fn locked(
        self,
        work: impl FnOnce(&Booked) -> io::Result<std::result::Result<(), u32>>,
    ) -> Result<Booked> {
        let done = fs2::FileExt::lock_exclusive(&self.file).and_then(|()| {
            let done = work(&self);
            fs2::FileExt::unlock(&self.file)?;
            done
        });
        match done {
            Ok(Ok(())) => Ok(self),
            Ok(Err(retry)) => Err(Error::TooMany { retry }),
            Err(e) => Err(state::failed(&self.path, &e)),
        }
    }

    fn add(&self, now: i64) -> io::Result<std::result::Result<(), u32>> {
        if self.file.metadata()?.len() < SLOTS * SLOT {
            self.file.set_len(SLOTS * SLOT)?;
        }
        let mut wait = 0;
        let mut changes = Vec::new();
        for bucket in &self.buckets {
            let (slot, full_until) = self.find(bucket)?;
            let latest = now.saturating_add(LONGEST);
            if full_until > latest {
                // No honest time lies further ahead: the clock was set back. Kept so, or it would bar them until then.
                self.write(slot, bucket.tag, latest)?;
            }
            let full_until = full_until.min(latest);
            if bucket.remembers {
                self.has_failed.set(full_until > now);
                changes.push((slot, bucket.tag, latest));
                continue;
            }
            let after = full_until.max(now).saturating_add(bucket.cost());
            wait = wait.max(after.saturating_sub(now).saturating_sub(LONGEST));
            changes.push((slot, bucket.tag, after));
        }
        if wait > 0 {
            let seconds = wait.saturating_add(999) / 1000;
            return Ok(Err(u32::try_from(seconds).unwrap_or(60)));
        }
        for (slot, tag, after) in changes {
            self.write(slot, tag, after)?;
        }
        Ok(Ok(()))
    }

    fn subtract(&self) -> io::Result<std::result::Result<(), u32>> {
        for bucket in &self.buckets {
            let (slot, full_until) = self.find(bucket)?;
            self.write(slot, bucket.tag, full_until.saturating_sub(bucket.cost()))?;
        }
        Ok(Ok(()))
    }

    /// The bucket's slot and its time; a new bucket takes the slot of its neighbourhood that holds least.
    fn find(&self, bucket: &Bucket) -> io::Result<(u64, i64)> {
        let mut least = (bucket.tag % SLOTS, i64::MAX);
        for step in 0..NEIGHBOURS {
            let slot = bucket.tag.wrapping_add(step) % SLOTS;
            let mut bytes = [0; 16];
            self.file.read_exact_at(&mut bytes, slot * SLOT)?;
            let both = u128::from_be_bytes(bytes);
            let (tag, until) = ((both >> 64) as u64, both as u64 as i64);
            if tag == bucket.tag {
                return Ok((slot, until));
            }
            if until < least.1 {
                least = (slot, until);
            }
        }
        Ok((least.0, 0))
    }

    fn write(&self, slot: u64, tag: u64, until: i64) -> io::Result<()> {
        let both = u128::from(tag) << 64 | u128::from(until.max(0) as u64);
        self.file.write_all_at(&both.to_be_bytes(), slot * SLOT)
    }
}

fn now_ms() -> i64 {
    let seconds: Seconds = time::now();
    seconds.saturating_mul(1000)
}

/// A number for the network that an address belongs to, by which places for sign-ins are shared out (IPv4 /24, IPv6 /48).
pub fn neighbourhood(state: &State, from: IpAddr) -> u64 {
    let address = octets(from);
    let hash = state.secret().hash("neighbourhood", &[wide(&address)]);
    hash.first_chunk()
        .map_or(0, |head| u64::from_be_bytes(*head))
}

/// What one customer of a provider has: an IPv4 address, or the first half of an IPv6 one.
fn network(from: IpAddr) -> Vec<u8> {
    let mut octets = octets(from);
    octets.truncate(8);
    octets
}

/// The network that an address belongs to: IPv4 /24, IPv6 /48.
fn wide(address: &[u8]) -> &[u8] {
    let bytes = if address.len() == 4 { 3 } else { 6 };
    address.get(..bytes).unwrap_or_default()
}

fn octets(from: IpAddr) -> Vec<u8> {
    match from.to_canonical() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use tempfile::{TempDir, tempdir};

    fn state(dir: &TempDir) -> State {
        let config = Config {
            state_dir: Some(dir.path().to_owned()),
            ..Config::default()
        };
        State::open(&config, &[]).unwrap()
    }

    fn stranger(ip: &str) -> Attempt<'static> {
        Attempt::Stranger {
            from: ip.parse().unwrap(),
            user: b"ann",
        }
    }

    #[test]
    fn five_attempts_then_a_wait_that_does_not_touch_others() {
        let dir = tempdir().unwrap();
        let state = state(&dir);
        for _ in 0..5 {
            book(&state, &stranger("192.0.2.1"), 5).map(drop).unwrap();
        }
        let refused = book(&state, &stranger("192.0.2.1"), 5).map(drop);
        assert!(
            matches!(refused, Err(Error::TooMany { retry: 1..=13 })),
            "{refused:?}"
        );
        book(&state, &stranger("192.0.2.2"), 5).map(drop).unwrap();
        book(&state, &Attempt::Known { session: b"s" }, 5)
            .map(drop)
            .unwrap();
        let size = std::fs::metadata(state.dir().join("throttle"))
            .unwrap()
            .len();
        assert_eq!(size, SLOTS * SLOT);
    }

    #[test]
    fn a_right_password_costs_nothing() {
        let dir = tempdir().unwrap();
        let state = state(&dir);
        for _ in 0..50 {
            book(&state, &stranger("192.0.2.1"), 5)
                .unwrap()
                .take_back()
                .unwrap();
        }
    }

    #[test]
    fn half_of_an_ipv6_address_is_one_customer() {
        let dir = tempdir().unwrap();
        let state = state(&dir);
        for host in 0..5 {
            book(&state, &stranger(&format!("2001:db8::{host}")), 5)
                .map(drop)
                .unwrap();
        }
        assert!(book(&state, &stranger("2001:db8::99"), 5).is_err());
        assert!(book(&state, &stranger("2001:db8:0:1::1"), 5).is_ok());
    }

    #[test]
    fn a_site_with_many_networks_of_its_own_has_a_limit_as_a_whole() {
        for (addresses, limit) in [
            (|n| format!("2001:db8:0:{n:x}::1"), 20),
            (|n| format!("2001:db8:0:{:x}00::1", n), 80),
            (|n| format!("192.0.2.{n}"), 40),
        ] as [(fn(u32) -> String, u32); 3]
        {
            let dir = tempdir().unwrap();
            let state = state(&dir);
            let tried = (0..200).take_while(|n| {
                let attempt = Attempt::Stranger {
                    from: addresses(*n).parse().unwrap(),
                    user: &n.to_be_bytes(),
                };
                book(&state, &attempt, 5).is_ok()
            });
            assert_eq!(tried.count(), limit as usize);
        }
    }

    #[test]
    fn a_network_that_failed_is_told_from_one_that_did_not() {
        let dir = tempdir().unwrap();
        let state = state(&dir);
        let failed = |ip: &str| book(&state, &stranger(ip), 5).unwrap().has_failed_before();
        assert!(!failed("192.0.2.1"));
        assert!(failed("192.0.2.1") && failed("192.0.2.77"));
    }
}
