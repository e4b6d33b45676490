//! A private Apache on a loopback port, from a configuration written for it: no file of /etc/apache2 is read. Both of the
//! set-ups that hosts have: event with mod_cgid, prefork with mod_cgi.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::install::{self, Part};
use super::place::{self, Place};
use super::server::{Server, number_in, retry_ports};

/// Where Debian keeps the modules.
/// Where its modules are.
pub const MODULES: &str = "/usr/lib/apache2/modules";

/// Bytes of address space that a program may have, as hosts limit it (RLimitMEM is RLIMIT_AS).
pub const ADDRESS_SPACE: u64 = 256 * 1024 * 1024;

/// How Apache runs programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mpm {
    /// Threads, and a daemon that starts the programs: mpm_event with mod_cgid.
    #[default]
    Event,
    /// A process a connection, that starts the program itself: mpm_prefork with mod_cgi.
    Prefork,
}

/// What an Apache is asked to be.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// How it runs programs.
    pub mpm: Mpm,
    /// The port; None for any free one.
    pub port: Option<u16>,
    /// Further lines of configuration.
    pub extra: String,
}

/// A running Apache.
#[derive(Debug)]
pub struct Apache {
    // Before anything else in it: dropped first, so that nothing writes into the directory any more.
    server: Server,
    address: SocketAddr,
    directory: PathBuf,
}

impl Apache {
    /// Starts it in `place`: `cgi-bin/` there holds the programs and is what `/cgi-bin/` answers from, `htdocs/` the rest.
    pub fn start(place: &Place, plan: &Plan) -> Apache {
        install::need(Part::Apache);
        for dir in ["cgi-bin", "htdocs"] {
            place.worker_dir(dir, 0o755);
        }
        retry_ports(|| {
            let port = plan.port.unwrap_or_else(place::free_port);
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let conf = place.write("apache.conf", configuration(place.path(), port, plan));
            let pid_file = place.join("apache.pid");
            let args = ["-DFOREGROUND".as_ref(), "-f".as_ref(), conf.as_os_str()];
            let output = place.join("apache.out");
            let mut server = Server::start("apache2", "/usr/sbin/apache2", args, &output);
            // The pid file is written after the port was taken; without it somebody else may be answering there.
            server.wait_until(|| {
                number_in(&pid_file).is_some()
                    && TcpStream::connect(address).is_ok()
                    && (plan.mpm == Mpm::Prefork || starts_programs(place.path()))
            })?;
            Ok(Apache {
                server,
                address,
                directory: place.path().to_owned(),
            })
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it and the programs wrote to its error log.
    pub fn error_log(&self) -> String {
        let bytes = fs::read(self.error_log_file()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Where its error log is.
    pub fn error_log_file(&self) -> PathBuf {
        self.directory.join("error.log")
    }

    /// The process id of the one that started the others.
    pub fn pid(&self) -> u32 {
        number_in(&self.directory.join("apache.pid")).expect("apache.pid")
    }

    /// Ends it; connections to it are refused from now on.
    pub fn stop(&mut self) {
        self.server.stop_listening(self.address);
    }
}

/// True once mod_cgid's own process may be asked by those that serve: it gives its socket to them after it has made it.
fn starts_programs(dir: &Path) -> bool {
    let mine = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        let is_socket = entry.file_name().to_string_lossy().starts_with("cgid.sock");
        Some(is_socket && entry.metadata().ok()?.uid() == place::worker().uid)
    };
    fs::read_dir(dir).is_ok_and(|mut entries| entries.any(|entry| mine(entry) == Some(true)))
}

fn configuration(dir: &Path, port: u16, plan: &Plan) -> String {
    let dir = dir.display();
    let mut modules = vec![
        "authz_core",
        "alias",
        "mime",
        "dir",
        "env",
        "setenvif",
        "headers",
        "rewrite",
    ];
    let set_up = match plan.mpm {
        Mpm::Event => {
            modules.extend(["mpm_event", "cgid"]);
            format!(
                "ScriptSock {dir}/cgid.sock\nStartServers 1\nThreadsPerChild 25\nMinSpareThreads 25\nMaxSpareThreads 75"
            )
        }
        Mpm::Prefork => {
            modules.extend(["mpm_prefork", "cgi"]);
            "StartServers 3\nMinSpareServers 2\nMaxRequestWorkers 64".to_owned()
        }
    };
    let load: String = modules
        .iter()
        .map(|m| format!("LoadModule {m}_module {MODULES}/mod_{m}.so\n"))
        .collect();
    let account = if place::are_we_root() {
        let worker = place::worker();
        format!("User #{}\nGroup #{}", worker.uid, worker.gid)
    } else {
        String::new()
    };
    let extra = &plan.extra;
    format!(
        r#"Define SITE {dir}
ServerRoot "{dir}"
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile "{dir}/apache.pid"
ErrorLog "{dir}/error.log"
LogLevel warn
RLimitMEM {ADDRESS_SPACE} {ADDRESS_SPACE}
{load}{set_up}
{account}
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 30
Timeout 60
GracefulShutdownTimeout 1
TypesConfig /dev/null
AddType text/plain .txt
AddType text/html .html
DocumentRoot "{dir}/htdocs"
<Directory />
    Require all denied
    AllowOverride None
</Directory>
<Directory "{dir}/htdocs">
    Require all granted
    AllowOverride All
    Options +ExecCGI +FollowSymLinks
</Directory>
ScriptAlias "/cgi-bin/" "{dir}/cgi-bin/"
<Directory "{dir}/cgi-bin">
    Require all granted
    AllowOverride All
    Options +ExecCGI
</Directory>
<FilesMatch "^\.ht">
    Require all denied
</FilesMatch>
{extra}
"#
    )
}
