//! A program of Debian's that is not installed, but unpacked into the place of a test: its package and that of another server
//! shut each other out. It runs as the account that the servers work as.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::install;
use super::place::{self, Place};

/// Packages, unpacked.
#[derive(Debug)]
pub struct Unpacked {
    root: PathBuf,
}

impl Unpacked {
    /// Unpacks the packages of a server into `place`, with those of the libraries that this machine lacks.
    pub fn of(name: &str, servers: &[&str], libraries: &[&str], place: &Place) -> Unpacked {
        let root = place.join("unpacked");
        for package in install::packages(name, servers, libraries) {
            let out = Command::new("/usr/bin/dpkg")
                .arg("-x")
                .args([&package, &root])
                .output()
                .expect("dpkg");
            let said = String::from_utf8_lossy(&out.stderr).into_owned();
            assert!(out.status.success(), "{}: {said}", package.display());
        }
        Unpacked { root }
    }

    /// Where a file of theirs is, named as if they were installed.
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Where its own libraries are found, as the value of LD_LIBRARY_PATH.
    pub fn libraries(&self) -> String {
        let mut found = Vec::new();
        for directory in ["usr/lib", "lib"].map(|name| self.root.join(name)) {
            let inside = fs::read_dir(&directory).into_iter().flatten().flatten();
            let of_architecture = inside
                .map(|entry| entry.path())
                .filter(|path| is_of_architecture(path));
            found.extend(of_architecture);
            found.push(directory);
        }
        let found: Vec<String> = found.iter().map(|d| d.display().to_string()).collect();
        found.join(":")
    }

    /// What starts one of its programs, as arguments of `env`.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Vec<String> {
        let mut words = vec![format!("LD_LIBRARY_PATH={}", self.libraries())];
        if place::are_we_root() {
            let worker = place::worker();
            words.push("setpriv".to_owned());
            words.push(format!("--reuid={}", worker.uid));
            words.push(format!("--regid={}", worker.gid));
            words.push("--clear-groups".to_owned());
        }
        words.push(self.file(program).display().to_string());
        words.extend(arguments.iter().map(|word| (*word).to_owned()));
        words
    }
}

/// `x86_64-linux-gnu`, `aarch64-linux-gnu`.
fn is_of_architecture(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.contains("-linux-gnu"))
}
