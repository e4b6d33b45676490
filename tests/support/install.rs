//! What the tests need beside cargo: Apache, Dovecot, Postfix, Chromium, pymap. Installed when missing, as root; otherwise an
//! error names the packages. Nothing installed here is left running as a service, and no test relies on one.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use super::place;

/// A part of the machine that a test needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The web server.
    Apache,
    /// The IMAP server, with doveadm.
    Dovecot,
    /// The browser.
    Chromium,
    /// The certificate tool.
    Openssl,
    /// The tool that sees system calls, and can end a program at one.
    Strace,
    /// The library that gives a program another clock.
    Faketime,
    /// The SMTP server.
    Aiosmtpd,
    /// A real mail server.
    Postfix,
    /// A program that is compatible with sendmail, and hands on to a server.
    Msmtp,
    /// Another IMAP server, with few extensions, from PyPI.
    Pymap,
}

/// The version of pymap that `imap_facts` were seen with; newer ones need a newer Python.
const PYMAP: &str = "pymap==0.36.7";

impl Part {
    /// What must exist, and the Debian packages that bring it.
    fn wants(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Part::Apache => (
                &["/usr/sbin/apache2", "/usr/lib/apache2/modules/mod_cgid.so"],
                &["apache2-bin"],
            ),
            Part::Dovecot => (
                &[
                    "/usr/sbin/dovecot",
                    "/usr/lib/dovecot/imap",
                    "/usr/bin/doveadm",
                ],
                &["dovecot-imapd"],
            ),
            Part::Chromium => (
                &["/usr/bin/chromium"],
                &["chromium", "fonts-dejavu-core", "fonts-noto-cjk"],
            ),
            Part::Openssl => (&["/usr/bin/openssl"], &["openssl"]),
            Part::Strace => (&["/usr/bin/strace"], &["strace"]),
            Part::Faketime => (&["/usr/bin/faketime"], &["faketime"]),
            Part::Aiosmtpd => (
                &[
                    "/usr/bin/python3",
                    "/usr/lib/python3/dist-packages/aiosmtpd",
                ],
                &["python3-aiosmtpd"],
            ),
            Part::Postfix => (&["/usr/sbin/postfix"], &["postfix"]),
            Part::Msmtp => (&["/usr/bin/msmtp"], &["msmtp"]),
            Part::Pymap => (&["/usr/bin/python3"], &["python3", "python3-venv"]),
        }
    }

    fn is_there(self) -> bool {
        let files = self.wants().0.iter().all(|file| Path::new(file).exists());
        // Debian's Python comes without the part that makes environments, and says so only when asked.
        files && (self != Part::Pymap || can_make_environments())
    }
}

fn can_make_environments() -> bool {
    Command::new("/usr/bin/python3")
        .args(["-c", "import ensurepip, venv"])
        .output()
        .is_ok_and(|out| out.status.success())
}

/// Makes sure that a part is there. Tests that run side by side wait for each other, other runs as well.
pub fn need(part: Part) {
    static DONE: Mutex<Vec<Part>> = Mutex::new(Vec::new());
    let mut done = DONE.lock().unwrap_or_else(|e| e.into_inner());
    if done.contains(&part) {
        return;
    }
    if !part.is_there() {
        let _lock = lock();
        // Perhaps another run has just done it.
        if !part.is_there() {
            install(part);
        }
    }
    done.push(part);
}

/// The program pymap in a virtual environment under target/, made when it is not there.
pub fn pymap() -> PathBuf {
    need(Part::Pymap);
    let venv = place::target_dir().join("pymap");
    let program = venv.join("bin/pymap");
    let _lock = lock();
    if !program.exists() {
        println!("Installing {PYMAP} in {}", venv.display());
        run(Command::new("/usr/bin/python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv));
        let pip = venv.join("bin/pip");
        run(Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", PYMAP]));
    }
    program
}

/// One installation at a time, whichever process it comes from.
fn lock() -> File {
    let path = place::target_dir().join("install.lock");
    let file = File::create(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    file.lock().expect("the lock of the installation");
    file
}

fn install(part: Part) {
    let packages = part.wants().1;
    let names = packages.join(" ");
    assert!(
        place::are_we_root(),
        "{part:?} is missing, and only root can install it: apt-get install {names}"
    );
    println!("Installing {names}");
    let _quiet = NoServices::begin();
    run(apt().arg("update").arg("-qq"));
    run(apt()
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages));
    assert!(
        part.is_there(),
        "{names} is installed, and still {part:?} is not there"
    );
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn run(command: &mut Command) {
    let out = command
        .output()
        .unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(
        out.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
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
