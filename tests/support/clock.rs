//! A site whose program sees another clock than the machine's.

use std::fs;
use std::path::{Path, PathBuf};

use super::install::{self, Part};
use super::place::Place;
use super::site::{Plan, Site};

/// A site whose clock a test sets.
pub struct Clock {
    /// The site.
    pub site: Site,
    file: PathBuf,
    _place: Place,
}

impl Clock {
    /// Starts a site whose clock goes with the machine's at first.
    pub fn start(plan: Plan) -> Clock {
        // The library reads the file once in each process, before the program cleans its environment.
        install::need(Part::Faketime);
        let place = Place::new("clock").dull();
        let file = place.write("clock", "+0");
        let env = format!(
            "SetEnv LD_PRELOAD {}\nSetEnv FAKETIME_TIMESTAMP_FILE {}\nSetEnv NO_FAKE_STAT 1\n",
            library().display(),
            file.display()
        );
        let site = plan.program(&dynamic()).apache(&env).start();
        Clock {
            site,
            file,
            _place: place,
        }
    }

    /// So much ahead of the machine's clock, or behind it: `-1h`, `+1y`.
    pub fn set(&self, to: &str) {
        fs::write(&self.file, to).expect("the clock");
    }
}

/// The program that such a library is loaded into: the usual one has its own C library.
fn dynamic() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_postern"));
    let program = program.with_file_name("examples/postern-dynamic");
    assert!(
        program.exists(),
        "`cargo test` builds {}",
        program.display()
    );
    program
}

fn library() -> PathBuf {
    let dirs = fs::read_dir("/usr/lib").expect("/usr/lib").flatten();
    let mut found = dirs.map(|d| d.path().join("faketime/libfaketime.so.1"));
    found.find(|f| f.exists()).expect("libfaketime")
}
