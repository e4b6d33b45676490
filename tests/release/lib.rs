//! What is handed to a hoster: the program with what belongs to it, as a zip archive and as tar.gz. Only packing is here, so
//! that tests can pack the program that they have; `main.rs` builds the one that is released.
//!
//! Equal files make equal archives, byte for byte: entries are sorted, and times and owners are those that the caller names.
#![deny(unsafe_code)]

mod archive;
/// Under which terms the parts of the program may be passed on.
pub mod licences;

use std::fs;
use std::io;
use std::path::Path;

pub use archive::{tar_gz, zip};

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, with `/` between directories.
    pub name: String,
    /// Whether it may be executed.
    pub is_program: bool,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Entry {
    /// A file that is read.
    pub fn text(name: &str, bytes: impl Into<Vec<u8>>) -> Entry {
        Entry {
            name: name.to_owned(),
            is_program: false,
            bytes: bytes.into(),
        }
    }

    /// A file that is run.
    pub fn program(name: &str, bytes: Vec<u8>) -> Entry {
        Entry {
            is_program: true,
            ..Entry::text(name, bytes)
        }
    }
}

/// The files of a release, of the project that lies at `root`.
///
/// # Errors
/// As reading.
pub fn entries(root: &Path, program: Vec<u8>, licences: Vec<Entry>) -> io::Result<Vec<Entry>> {
    let readme = fs::read_to_string(root.join("README.md"))?;
    let example = fs::read(root.join("tests/release/htpostern.toml"))?;
    let mut entries = vec![
        Entry::program("postern", program),
        Entry::text("example.htpostern.toml", example),
        Entry::text("README.md", without_pictures(&readme)),
        Entry::text("LICENSE", fs::read(root.join("LICENSE"))?),
    ];
    entries.extend(licences);
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// The pictures are not in the archive.
fn without_pictures(readme: &str) -> String {
    let paragraphs = readme.split("\n\n");
    let kept: Vec<&str> = paragraphs.filter(|text| !text.starts_with("![")).collect();
    kept.join("\n\n")
}

/// The source from which the program was built, without what a build makes.
///
/// # Errors
/// As reading.
pub fn source(root: &Path) -> io::Result<Vec<Entry>> {
    const TOP: [&str; 10] = [
        ".cargo",
        ".ci",
        ".gitignore",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "src",
        "tests",
        "www",
    ];
    let mut entries = Vec::new();
    let mut paths: Vec<_> = TOP.iter().map(|name| root.join(name)).collect();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                paths.push(entry?.path());
            }
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path);
        let name = name.to_string_lossy().into_owned();
        let bytes = fs::read(&path)?;
        // The one file that is run as it is.
        entries.push(match name.as_str() {
            ".ci/run" => Entry::program(&name, bytes),
            _ => Entry::text(&name, bytes),
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// Whether a program for Linux (ELF, 64 bits) contains its C library: it then names no loader (PT_INTERP).
pub fn is_whole(program: &[u8]) -> bool {
    const PT_INTERP: usize = 3;
    let number = |at: usize, length: usize| {
        let bytes = program.get(at..at + length)?;
        let digits = bytes.iter().rev();
        Some(digits.fold(0, |sum, digit| sum << 8 | usize::from(*digit)))
    };
    let kinds = || -> Option<Vec<usize>> {
        let (headers, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
        (0..count)
            .map(|nth| number(headers + nth * size, 4))
            .collect()
    };
    program.starts_with(b"\x7fELF\x02\x01")
        && kinds().is_some_and(|kinds| !kinds.contains(&PT_INTERP))
}
