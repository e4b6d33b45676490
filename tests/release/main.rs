//! `cargo pack`: builds the program that hosters are given, for this machine's architecture or another one, and packs it.
//!
//! The same source and compilers make the same bytes, wherever the source lies: paths of this machine are not in the program,
//! and the archives have the time of the last commit, or the one that SOURCE_DATE_EPOCH names.
#![deny(unsafe_code)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use release::{Entry, licences};
use start::Machine;

const USAGE: &str = "\
Usage: cargo pack [--target x86_64|aarch64]

Builds Postern for web hosting accounts and packs it, with its licences and an example of a configuration, as
target/pack/postern-VERSION-ARCHITECTURE.zip and .tar.gz, and its source as postern-VERSION-source.tar.gz.

  --target ARCH  the processor architecture that it is built for (default: this machine's)
  --help         show this help
";

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let arch = match arguments[..] {
        [] => env::consts::ARCH,
        ["--help"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        ["--target", arch @ ("x86_64" | "aarch64")] => arch,
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match pack(arch) {
        Ok(files) => {
            for file in files {
                println!("{}", file.display());
            }
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Where the archives are, of the program for this architecture.
fn pack(arch: &str) -> Result<Vec<PathBuf>, String> {
    let root = fs::canonicalize(ROOT).map_err(|e| format!("{ROOT}: {e}"))?;
    let compilers = Compilers::find(arch)?;
    let time = time(&root)?;
    let out = root.join("target/pack");
    let program = compilers.build(&root, &out, time)?;
    if !release::is_whole(&program) {
        return Err("The program does not contain its C library, whose static form is missing here. Install it: on Debian it is in libc6-dev.".into());
    }
    if names(&program, &root) {
        return Err("The program names directories of this machine, so it is not the same when it is built elsewhere.".into());
    }
    let metadata = compilers.metadata(&root)?;
    let mut texts = vec![licences::of_crates(&metadata)?];
    texts.extend(licences::of_compilers(
        arch,
        &compilers.sysroot,
        &compilers.gcc_version()?,
    )?);
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let version = packages
        .filter(|package| package["name"] == "postern")
        .find_map(|package| package["version"].as_str())
        .unwrap_or_default();
    let name = format!("postern-{version}-{arch}");
    let source = format!("postern-{version}-source");
    let entries = release::entries(&root, program, texts).map_err(|e| e.to_string())?;
    let of_source = release::source(&root).map_err(|e| e.to_string())?;
    type Pack = fn(&str, &[Entry], u32) -> std::io::Result<Vec<u8>>;
    let archives: [(&str, &[Entry], &str, Pack); 3] = [
        (&name, &entries, "zip", release::zip),
        (&name, &entries, "tar.gz", release::tar_gz),
        (&source, &of_source, "tar.gz", release::tar_gz),
    ];
    archives
        .into_iter()
        .map(|(name, entries, ending, pack)| {
            let path = out.join(format!("{name}.{ending}"));
            let bytes = pack(name, entries, time);
            let written = bytes.and_then(|bytes| fs::write(&path, bytes));
            written.map_err(|e| format!("{}: {e}", path.display()))?;
            Ok(path)
        })
        .collect()
}

/// Whether a directory is named anywhere in a program.
fn names(program: &[u8], directory: &Path) -> bool {
    let name = directory.as_os_str().as_encoded_bytes();
    program.windows(name.len()).any(|some| some == name)
}

/// The time of everything in the archives, in seconds since 1970.
fn time(root: &Path) -> Result<u32, String> {
    if let Ok(set) = env::var("SOURCE_DATE_EPOCH") {
        let wrong = |_| format!("SOURCE_DATE_EPOCH is no number of seconds: {set}");
        return set.parse().map_err(wrong);
    }
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"]).current_dir(root);
    let said = git.output().ok().filter(|out| out.status.success());
    let said = said.and_then(|out| String::from_utf8(out.stdout).ok()?.trim().parse().ok());
    // Source that was unpacked from an archive has the time that it was packed with.
    let unpacked = || {
        let about = fs::metadata(root.join("Cargo.lock")).ok()?;
        let since = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH);
        u32::try_from(since.ok()?.as_secs()).ok()
    };
    Ok(said.or_else(unpacked).unwrap_or_default())
}

/// What the program is built with.
struct Compilers {
    /// What Rust calls the machine that it will run on.
    target: String,
    /// The C compiler for it, which links it, too.
    cc: String,
    /// Where Rust is installed.
    sysroot: PathBuf,
}

impl Compilers {
    /// Those for an architecture, or what is missing.
    fn find(arch: &str) -> Result<Compilers, String> {
        let target = format!("{arch}-unknown-linux-gnu");
        let is_native = arch == env::consts::ARCH;
        let cc = match is_native {
            true => "cc".to_owned(),
            false => format!("{arch}-linux-gnu-gcc"),
        };
        let mut missing = Machine::this(false).tools;
        if !is_native && said(Command::new(&cc).arg("-dumpversion")).is_err() {
            missing.extend(match arch {
                "aarch64" => ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
                _ => ["gcc-x86-64-linux-gnu", "libc6-dev-amd64-cross"],
            });
        }
        if !missing.is_empty() {
            return Err(format!(
                "Some packages are missing. Install them as root, then run cargo pack again: apt-get install {}",
                missing.join(" ")
            ));
        }
        let sysroot = said(Command::new("rustc").args(["--print", "sysroot"]))?;
        let sysroot = PathBuf::from(sysroot);
        if !sysroot.join("lib/rustlib").join(&target).exists() {
            return Err(format!(
                "Rust's library for {arch} is missing. Install it, then run cargo pack again: rustup target add {target}"
            ));
        }
        Ok(Compilers {
            target,
            cc,
            sysroot,
        })
    }

    /// The program.
    fn build(&self, root: &Path, out: &Path, time: u32) -> Result<Vec<u8>, String> {
        println!(
            "Building Postern for {}. This takes several minutes.",
            self.target
        );
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
        let flags: Vec<String> = [(root, "postern"), (&self.sysroot, "rust")]
            .into_iter()
            .chain(home.as_deref().map(|home| (home, "cargo")))
            .map(|(from, to)| format!("--remap-path-prefix={}=/{to}", from.display()))
            .collect();
        let linker = self.target.to_uppercase().replace('-', "_");
        let status = cargo("build", root)
            .args(["--release", "--locked", "--bin", "postern", "--target"])
            .arg(&self.target)
            .arg("--target-dir")
            .arg(out)
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
            .env(format!("CARGO_TARGET_{linker}_LINKER"), &self.cc)
            .env("SOURCE_DATE_EPOCH", time.to_string())
            // OpenSSL would name directories of this build, for what it could load and never does.
            .env(
                "GNUMAKEFLAGS",
                "ENGINESDIR=/nonexistent MODULESDIR=/nonexistent",
            )
            .status()
            .map_err(|e| format!("cargo cannot be started: {e}"))?;
        if !status.success() {
            return Err("Postern could not be built. Cargo said why.".into());
        }
        let program = out.join(&self.target).join("release/postern");
        fs::read(&program).map_err(|e| format!("{}: {e}", program.display()))
    }

    /// What cargo knows of the libraries of the program.
    fn metadata(&self, root: &Path) -> Result<serde_json::Value, String> {
        let told = said(
            cargo("metadata", root)
                .args(["--format-version", "1", "--locked", "--filter-platform"])
                .arg(&self.target),
        )?;
        serde_json::from_str(&told).map_err(|e| format!("cargo metadata: {e}"))
    }

    /// The number by which Debian's packages of the C compiler are called.
    fn gcc_version(&self) -> Result<String, String> {
        let version = said(Command::new(&self.cc).arg("-dumpversion"))?;
        let major = version.split('.').next().unwrap_or_default();
        Ok(major.to_owned())
    }
}

fn cargo(does: &str, root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let manifest = root.join("Cargo.toml");
    command.arg(does).arg("--manifest-path").arg(manifest);
    command
}

/// What a program says when it succeeds, without the end of the line.
fn said(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let out = command.output().map_err(|e| format!("{name}: {e}"))?;
    match out.status.success() {
        true => Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned()),
        false => Err(format!(
            "{name}: {}",
            String::from_utf8_lossy(&out.stderr).trim()
        )),
    }
}
