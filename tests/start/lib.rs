//! What the demo and the tests need of this machine, and what `cargo demo` finds out before Postern is built. Without
//! dependencies, so that it is built at once and can speak before a build that takes minutes.
#![deny(unsafe_code)]

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{self, Command};

/// What `--help` says.
pub const USAGE: &str = "\
Usage: cargo demo [--port N] [--messages N] [--cgi mod_cgid|mod_cgi]

  --port N      listen on this port of 127.0.0.1 (default: any free port)
  --messages N  add N generated messages to the ones in tests/mails (default: 0)
  --cgi NAME    the Apache module that runs Postern: mod_cgid (with event, the default) or mod_cgi (with prefork)
  --help        show this help
";

/// What was asked for on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The port; None for any free one.
    pub port: Option<u16>,
    /// How many generated messages are added.
    pub messages: usize,
    /// mod_cgi with prefork, instead of mod_cgid with event.
    pub prefork: bool,
}

impl Options {
    /// Reads the arguments; None where only help is wanted.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
        let mut options = Options::default();
        while let Some(arg) = args.next() {
            if arg == "--help" {
                return Ok(None);
            }
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (arg, None),
            };
            if !["--port", "--messages", "--cgi"].contains(&name.as_str()) {
                return Err(format!("unknown option {name}"));
            }
            let value = value.or_else(|| args.next());
            let value = value.ok_or_else(|| format!("{name} needs a value"))?;
            let wrong = || format!("invalid value for {name}: {value}");
            match name.as_str() {
                "--port" => options.port = Some(value.parse().map_err(|_| wrong())?),
                "--messages" => options.messages = value.parse().map_err(|_| wrong())?,
                _ => {
                    options.prefork = match value.as_str() {
                        "mod_cgid" => false,
                        "mod_cgi" => true,
                        _ => return Err(wrong()),
                    }
                }
            }
        }
        Ok(Some(options))
    }
}

/// A part of the machine that the demo or a test needs.
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
    /// A program that is compatible with sendmail, and passes messages on to a server.
    Msmtp,
    /// Another IMAP server, with few extensions, from PyPI.
    Pymap,
}

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

    /// The Debian packages that bring it.
    pub fn packages(self) -> &'static [&'static str] {
        self.wants().1
    }

    /// Whether it is there.
    pub fn is_there(self) -> bool {
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

/// What the demo starts.
pub const OF_DEMO: [Part; 2] = [Part::Apache, Part::Dovecot];

/// What is known of this machine.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// Root installs what is missing of the servers.
    pub is_root: bool,
    /// Whether it has Debian's package manager.
    pub has_apt: bool,
    /// Missing packages of the servers.
    pub servers: Vec<&'static str>,
    /// Missing packages without which Postern cannot be built.
    pub tools: Vec<&'static str>,
}

impl Machine {
    /// This one; what building needs is looked for only where it is still to be done.
    pub fn this(is_built: bool) -> Machine {
        let missing = OF_DEMO.into_iter().filter(|part| !part.is_there());
        let path = std::env::var_os("PATH").unwrap_or_default();
        let has = |program: &str| std::env::split_paths(&path).any(|d| d.join(program).exists());
        let tools = [("cc", "gcc"), ("make", "make"), ("perl", "perl")];
        let tools = tools.into_iter().filter(|(program, _)| !has(program));
        Machine {
            is_root: fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0),
            has_apt: has("apt-get"),
            servers: missing.flat_map(Part::packages).copied().collect(),
            tools: match is_built {
                true => Vec::new(),
                false => tools.map(|(_, package)| package).collect(),
            },
        }
    }

    /// Why the demo cannot start here, and what to do about it.
    pub fn fault(&self) -> Option<String> {
        let mut missing = self.tools.clone();
        if !self.is_root || !self.has_apt {
            missing.extend(&self.servers);
        }
        let names = missing.join(" ");
        match (missing.is_empty(), self.has_apt) {
            (true, _) => None,
            (false, true) => Some(format!(
                "Some packages are missing. Install them as root, then run cargo demo again: apt-get install {names}"
            )),
            (false, false) => Some(format!(
                "cargo demo needs a Debian system: it looks for the files of these packages, and apt-get is not there to install them: {names}"
            )),
        }
    }
}

/// Why nothing can be written into the directory for temporary files, and what to do about it.
pub fn place_fault(directory: &Path) -> Option<String> {
    let file = directory.join(format!("postern-tries-{}", process::id()));
    // As much as a page: the first byte fits into what even a full disk has left.
    let written = fs::write(&file, [0; 65_536]);
    // It may not be there.
    let _removed = fs::remove_file(&file);
    let error = written.err()?;
    let why = error.to_string();
    let why = why.split(" (os error").next().unwrap_or_default();
    Some(format!(
        "Nothing can be written to {}: {why}. Choose another directory: TMPDIR=/a/directory cargo demo",
        directory.display()
    ))
}

/// Why nothing can listen on a port of 127.0.0.1, and what to do about it.
pub fn port_fault(port: Option<u16>) -> Option<String> {
    let port = port?;
    let error = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).err()?;
    Some(match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "Port {port} is already in use. Choose another one with --port, or leave --port out."
        ),
        io::ErrorKind::PermissionDenied => {
            format!("Only root can use port {port}. Choose one above 1023 with --port.")
        }
        _ => format!("Port {port} cannot be used: {error}. Choose another one with --port."),
    })
}
