//! The key that a password makes, made while the mail server is asked whether the password is right.
//!
//! Not for what is sealed under it (`wraps`). To know before changing it: the salt follows from the installation's secret and the
//! user, so that it is known before the user's directory is opened, or even there, and nobody without the secret can prepare for it.

use std::thread::{Builder, JoinHandle};

use crate::error::Result;
use crate::seal::{Key, Secret};
use crate::state::{State, UserId};

/// Bytes of a salt.
const SALT: usize = 16;

/// A key that is being made from a password.
pub struct Making {
    salt: [u8; SALT],
    password: Secret,
    /// None where the host has no thread for it.
    thread: Option<JoinHandle<Result<Key>>>,
}

/// A password with its key, and the salt that this was made with.
pub struct PasswordKey {
    pub(super) password: Secret,
    pub(super) salt: [u8; SALT],
    key: Key,
}

impl Making {
    /// Begins to make the key of a user's password.
    pub fn begin(state: &State, user: UserId, password: &str) -> Making {
        let salt = state.secret().short_hash("password salt", &[&user.0]);
        let password = Secret::new(password);
        let for_thread = password.clone();
        let thread = Builder::new().spawn(move || Key::from_password(for_thread.text(), &salt));
        Making {
            salt,
            password,
            thread: thread.ok(),
        }
    }

    /// The key; waits until it is made.
    ///
    /// # Errors
    /// `Internal` where there is no memory for it.
    pub fn finish(self) -> Result<PasswordKey> {
        let made = self.thread.and_then(|thread| thread.join().ok());
        let key = match made {
            Some(made) => made?,
            None => Key::from_password(self.password.text(), &self.salt)?,
        };
        Ok(PasswordKey {
            password: self.password,
            salt: self.salt,
            key,
        })
    }
}

impl PasswordKey {
    /// The key that the password makes with a salt. Others than its own were chosen at random by earlier versions.
    ///
    /// # Errors
    /// `Internal` where there is no memory for it.
    pub(super) fn with_salt(&self, salt: &[u8; SALT]) -> Result<Key> {
        match *salt == self.salt {
            true => Ok(self.key.clone()),
            false => Key::from_password(self.password.text(), salt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_password_has_one_key_wherever_it_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            state_dir: Some(dir.path().join("state")),
            ..Config::default()
        };
        let state = State::open(&config, &[]).unwrap();
        let ann = state.user("", "ann");
        let made = |user, password| Making::begin(&state, user, password).finish().unwrap();
        let first = made(ann, "secret");
        // Where no thread can be had.
        let alone = Making {
            thread: None,
            ..Making::begin(&state, ann, "secret")
        };
        let alone = alone.finish().unwrap();
        assert!(first.salt == alone.salt && first.key == alone.key);
        assert!(first.key != made(ann, "Secret").key);
        assert!(first.salt != made(state.user("", "ben"), "secret").salt);
        // What an earlier version has wrapped opens still.
        let earlier = Key::from_password("secret", &[7; SALT]).unwrap();
        assert!(first.with_salt(&[7; SALT]).unwrap() == earlier && earlier != first.key);
        assert!(first.with_salt(&first.salt).unwrap() == first.key);
    }
}
