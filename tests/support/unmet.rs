//! What a test wanted and did not find, so that it was not tried, or not in full. The harness knows only "ok" and "FAILED" for
//! a test that has begun: so it stands in `target/unmet`, a file for each test, and `.ci/run` shows all of them after the
//! results, and fails where a machine that checks must have what was missing.

use std::fmt;
use std::fs;

use super::place;

/// Something that not every machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The mails of other projects, which are not ours to hand on.
    Corpus,
    /// A Python, for its opinion.
    Python,
    /// The rights of root.
    Root,
    /// Hours: a sample was tried instead of everything.
    Hours,
}

impl fmt::Display for Want {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Want::Corpus => "corpus",
            Want::Python => "python",
            Want::Root => "root",
            Want::Hours => "hours",
        })
    }
}

/// Says that the test that runs now does without this, and what it therefore leaves out.
pub fn without(want: Want, left_out: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("main");
    println!("without {want}: {left_out}");
    let directory = place::target_dir().join("unmet");
    fs::create_dir_all(&directory).expect("target/unmet");
    let file = directory.join(format!("{}.{want}", test.replace("::", ".")));
    fs::write(&file, format!("{want}\t{test}: {left_out}\n"))
        .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
}
