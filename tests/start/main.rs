//! `cargo demo`, from its first moment: says at once what would go wrong after minutes of building, then becomes the cargo that
//! builds and runs the demo (`tests/demo.rs`), with its progress in sight.
#![deny(unsafe_code)]

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use start::{Machine, Options, USAGE, place_fault, port_fault};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let options = match Options::read(arguments.iter().cloned()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(what) => {
            eprint!("{what}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let is_built = is_built();
    let fault = Machine::this(is_built).fault();
    let fault = fault.or_else(|| port_fault(options.port));
    if let Some(fault) = fault.or_else(|| place_fault(&env::temp_dir())) {
        eprintln!("{fault}");
        return ExitCode::FAILURE;
    }
    if !is_built {
        println!("Building Postern. The first time, this takes several minutes.");
        if let Err(why) = download() {
            eprintln!(
                "Cargo could not download the libraries that Postern needs. Check the network connection, then run cargo demo again. Cargo said: {why}"
            );
            return ExitCode::FAILURE;
        }
    }
    let mut demo = cargo("test");
    demo.args(["--test", "demo", "--"]).args(arguments);
    let error = demo.exec();
    eprintln!("cargo cannot be started: {error}");
    ExitCode::FAILURE
}

fn cargo(does: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .arg(does)
        .arg("--manifest-path")
        .arg(Path::new(ROOT).join("Cargo.toml"));
    command
}

/// Whether Postern was built before.
fn is_built() -> bool {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(ROOT).join("target"));
    target.join("debug/postern").exists()
}

/// Has cargo download what Postern is built from, where it is not here.
///
/// # Errors
/// What cargo said last.
fn download() -> Result<(), String> {
    let libc = if cfg!(target_env = "musl") {
        "musl"
    } else {
        "gnu"
    };
    let target = format!("{}-unknown-linux-{libc}", env::consts::ARCH);
    let fetched = cargo("fetch")
        .args(["--locked", "--quiet", "--target", &target])
        .output()
        .map_err(|e| e.to_string())?;
    if fetched.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&fetched.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Err(last.unwrap_or_default().trim().to_owned())
}
