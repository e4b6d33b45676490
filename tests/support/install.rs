//! What the tests need beside cargo: Apache, Dovecot, Postfix, Chromium, pymap. Installed when missing, as root; otherwise an
//! error names the packages. Nothing installed here is left running as a service, and no test relies on one.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

pub use start::Part;

use super::place;

/// The version of pymap that `imap_facts` were seen with; newer ones need a newer Python.
const PYMAP: &str = "pymap==0.36.7";

/// Makes sure that a part is there.
pub fn need(part: Part) {
    get(part).unwrap_or_else(|why| panic!("{why}"));
}

/// The same. Tests that run side by side wait for each other, other runs as well.
///
/// # Errors
/// Why it cannot be had, in a sentence.
pub fn get(part: Part) -> Result<(), String> {
    static DONE: Mutex<Vec<Part>> = Mutex::new(Vec::new());
    let mut done = DONE.lock().unwrap_or_else(|e| e.into_inner());
    if done.contains(&part) {
        return Ok(());
    }
    if !part.is_there() {
        let _lock = lock();
        // Perhaps another run has just done it.
        if !part.is_there() {
            install(part)?;
        }
    }
    done.push(part);
    Ok(())
}

/// The program pymap in a virtual environment under target/, made when it is not there.
pub fn pymap() -> PathBuf {
    need(Part::Pymap);
    let venv = place::target_dir().join("pymap");
    let program = venv.join("bin/pymap");
    let _lock = lock();
    if !program.exists() {
        println!("Installing {PYMAP} in {}", venv.display());
        let made = run(Command::new("/usr/bin/python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv));
        let pip = || Command::new(venv.join("bin/pip"));
        let quiet = ["install", "--quiet", "--disable-pip-version-check", PYMAP];
        made.and_then(|()| run(pip().args(quiet)))
            .unwrap_or_else(|why| panic!("{why}"));
    }
    program
}

/// Debian's packages as files below target/, for what cannot be installed beside the other servers: whoever needs them unpacks
/// them into a place of its own. Libraries that this machine has are not fetched.
pub fn packages(name: &str, servers: &[&str], libraries: &[&str]) -> Vec<PathBuf> {
    let directory = place::target_dir().join("packages").join(name);
    let _lock = lock();
    if !directory.exists() {
        let missing = libraries.iter().filter(|package| !is_installed(package));
        let wanted: Vec<&str> = servers.iter().chain(missing).copied().collect();
        println!("Fetching {}", wanted.join(" "));
        let new = directory.with_extension("new");
        let download = || {
            // One that was cut short is of no use.
            let _absent = fs::remove_dir_all(&new);
            fs::create_dir_all(&new).map_err(|e| format!("{}: {e}", new.display()))?;
            run(apt().arg("download").args(&wanted).current_dir(&new))
        };
        download()
            .or_else(|_| run(apt().args(["update", "-qq"])).and_then(|()| download()))
            .and_then(|()| fs::rename(&new, &directory).map_err(|e| e.to_string()))
            .unwrap_or_else(|why| panic!("{name} could not be fetched. {why}"));
    }
    let files = fs::read_dir(&directory).expect("the packages");
    files.map(|file| file.expect("a package").path()).collect()
}

fn is_installed(package: &str) -> bool {
    let status = ["-W", "-f=${db:Status-Status}", package];
    let told = Command::new("/usr/bin/dpkg-query").args(status).output();
    told.is_ok_and(|told| told.stdout.starts_with(b"installed"))
}

/// One installation at a time, whichever process it comes from.
fn lock() -> File {
    let path = place::target_dir().join("install.lock");
    let file = File::create(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    file.lock().expect("the lock of the installation");
    file
}

fn install(part: Part) -> Result<(), String> {
    let packages = part.packages();
    let names = packages.join(" ");
    if !place::are_we_root() {
        return Err(format!(
            "{part:?} is missing, and only root can install it: apt-get install {names}"
        ));
    }
    println!("Installing {names}");
    let _quiet = NoServices::begin();
    let installed = run(apt().arg("update").arg("-qq")).and_then(|()| {
        run(apt()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages))
    });
    installed.map_err(|said| {
        format!("{names} could not be installed. Check the network connection. {said}")
    })?;
    match part.is_there() {
        true => Ok(()),
        false => Err(format!(
            "{names} is installed, and still {part:?} is not there"
        )),
    }
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let out = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    match out.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{} said:\n{}{}",
            command.get_program().display(),
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        )),
    }
}

/// While it lives, Debian's packages start no service (policy-rc.d, Debian policy 9.3.3).
struct NoServices {
    ours: bool,
}

impl NoServices {
    const FILE: &str = "/usr/sbin/policy-rc.d";

    fn begin() -> NoServices {
        // One that is already there says what this machine wants.
        let ours = !Path::new(Self::FILE).exists();
        if ours {
            fs::write(Self::FILE, "#!/bin/sh\nexit 101\n").expect(Self::FILE);
            fs::set_permissions(Self::FILE, fs::Permissions::from_mode(0o755)).expect(Self::FILE);
        }
        NoServices { ours }
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.ours
            && let Err(e) = fs::remove_file(Self::FILE)
        {
            eprintln!("{}: {e}", Self::FILE);
        }
    }
}
