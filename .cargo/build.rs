//! What makes the program start quicker, and on any Linux, where the linker knows how; measured by `cargo bench`.
//!
//! It is linked without PIE: its many tables of addresses are then final in the file, instead of being put right page by page at
//! each start. What is given up, the random place of the program's own code in memory, protects against faults that safe Rust
//! does not have; stack, heap and mappings stay where chance puts them.
//!
//! The C library is linked into it, and what unwinds the stack after a panic: to load libraries takes each process a fifth of
//! the time of a click, and what is linked in runs on systems with an older library, or with another one. Where the
//! static libraries are not installed they are loaded as usual.
//!
//! Not in `config.toml` beside this: there it would reach the libraries that the compiler itself loads. For the same reason not
//! by `crt-static`, which is a matter of the whole build: the linker finds a script under the name of each shared library, which
//! leads it to the static one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Under what name a library is asked for, and the static ones that hold the same.
type LinkedIn = (&'static str, &'static [&'static str]);

/// What unwinds the stack.
const UNWINDER: [LinkedIn; 1] = [("libgcc_s.so", &["libgcc_eh.a"])];

/// The C library: since glibc 2.34 all but the first and the second are empty, but asked for all the same.
const C_LIBRARY: [LinkedIn; 6] = [
    ("libc.so", &["libc.a", "libgcc_eh.a", "libgcc.a"]),
    ("libm.so", &["libm.a"]),
    ("libdl.so", &["libdl.a"]),
    ("librt.so", &["librt.a"]),
    ("libutil.so", &["libutil.a"]),
    ("libpthread.so", &["libpthread.a"]),
];

fn main() {
    println!("cargo:rerun-if-changed=.cargo/build.rs");
    let makes_it = ["src", "Cargo.lock"];
    for path in makes_it {
        println!("cargo:rerun-if-changed={path}");
    }
    let hash = hash_of(makes_it.iter().map(PathBuf::from).collect());
    println!("cargo:rustc-env=POSTERN_BUILD={hash:016x}");
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return;
    }
    // `process` stands before this function of the C library.
    println!("cargo:rustc-link-arg=-Wl,--wrap=pthread_create");
    println!("cargo:rustc-link-arg-bins=-no-pie");
    // The C compiler links the program; for another machine than this one it has a name that cargo was told.
    let is_native = env::var("HOST") == env::var("TARGET");
    let cc = env::var("RUSTC_LINKER").ok();
    let Some(cc) = cc.or_else(|| is_native.then(|| "cc".to_owned())) else {
        return;
    };
    let Some(out) = env::var_os("OUT_DIR") else {
        return;
    };
    let dir = Path::new(&out);
    // Each has a directory of its own: one that could not be written as a whole is not looked into.
    if lead(&cc, &dir.join("unwinder"), &UNWINDER).is_some()
        && lead(&cc, &dir.join("c-library"), &C_LIBRARY).is_some()
    {
        println!("cargo:rustc-link-arg-bins=-static");
    }
}

/// A number that another one takes the place of when anything in these files and directories changes (FNV-1a): what one build
/// has made of a mail is not taken for the work of another, nor what it made with other libraries.
fn hash_of(mut paths: Vec<PathBuf>) -> u64 {
    paths.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for path in paths {
        add(path.to_string_lossy().as_bytes());
        match fs::read_dir(&path) {
            Ok(inside) => {
                let inside = inside.flatten().map(|entry| entry.path());
                add(&hash_of(inside.collect()).to_le_bytes());
            }
            Err(_) => add(&fs::read(&path).unwrap_or_default()),
        }
    }
    hash
}

/// Leads the linker to static libraries, by scripts in this directory; None where one of them is not installed.
fn lead(cc: &str, dir: &Path, libraries: &[LinkedIn]) -> Option<()> {
    let scripts = libraries.iter().map(|(asked, linked_in)| {
        let found: Option<Vec<String>> = linked_in.iter().map(|name| found(cc, name)).collect();
        Some((dir.join(asked), format!("GROUP({})\n", found?.join(" "))))
    });
    let scripts: Vec<(PathBuf, String)> = scripts.collect::<Option<_>>()?;
    fs::create_dir_all(dir).ok()?;
    for (path, script) in scripts {
        fs::write(path, script).ok()?;
    }
    println!("cargo:rustc-link-arg-bins=-L{}", dir.display());
    Some(())
}

/// Where the C compiler finds a library of this name, as a script of the linker names it.
fn found(cc: &str, name: &str) -> Option<String> {
    let mut cc = Command::new(cc);
    let said = cc.arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(said.stdout).ok()?.trim());
    // A name that it does not find it says as it was asked.
    path.is_absolute()
        .then(|| format!("\"{}\"", path.display()))
}
