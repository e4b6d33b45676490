//! Two things that make the program start quicker, where the linker knows how; both measured by `cargo bench`.
//!
//! It is linked without PIE: its many tables of addresses are then final in the file, instead of being put right page by page at
//! each start. What is given up, the random place of the program's own code in memory, protects against faults that safe Rust
//! does not have; stack, heap and the C library stay where chance puts them.
//!
//! What unwinds the stack after a panic is linked into it: to load a library for that takes each process longer than all else
//! that it does with it.
//!
//! Not in `config.toml` beside this: there it would reach the libraries that the compiler itself loads.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What the compiler asks for, and the static library that holds the same.
const SHARED: &str = "libgcc_s.so";
const LINKED_IN: &str = "libgcc_eh.a";

fn main() {
    println!("cargo:rerun-if-changed=.cargo/build.rs");
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return;
    }
    println!("cargo:rustc-link-arg-bins=-no-pie");
    let is_native = env::var("HOST") == env::var("TARGET");
    let Some(out) = env::var_os("OUT_DIR").filter(|_| is_native) else {
        return;
    };
    let dir = Path::new(&out).join("linked-in");
    // Where it is not installed all stays as it is.
    if let Some(linked_in) = found(LINKED_IN)
        && fs::create_dir_all(&dir).is_ok()
        && fs::write(
            dir.join(SHARED),
            format!("INPUT({})\n", linked_in.display()),
        )
        .is_ok()
    {
        println!("cargo:rustc-link-arg-bins=-L{}", dir.display());
    }
}

/// Where the C compiler finds a library of this name.
fn found(name: &str) -> Option<PathBuf> {
    let mut cc = Command::new("cc");
    let said = cc.arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(said.stdout).ok()?.trim());
    // A name that it does not find it says as it was asked.
    path.is_absolute().then_some(path)
}
