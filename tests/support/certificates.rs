//! A certification authority for one test, and a certificate of its that a server shows.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::install::{self, Part};
use super::place::Place;

/// The names of a server on this machine.
pub const OURS: &str = "DNS:localhost,IP:127.0.0.1";

/// Makes both in a place: `ca.pem`, and `server.pem` with `server.key` for a server of these names.
pub fn make(place: &Place, names: &str) {
    install::need(Part::Openssl);
    place.write("server.ext", format!("subjectAltName={names}\n"));
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    for command in [
        format!("req -x509 {key} -keyout ca.key -out ca.pem -days 30 -subj /CN=Postern-test-CA"),
        format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"),
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
         -extfile server.ext -out server.pem"
            .to_owned(),
    ] {
        let out = Command::new("/usr/bin/openssl")
            .args(command.split_whitespace())
            .current_dir(place.path())
            .output()
            .expect("openssl");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "openssl {command}: {said}");
    }
}

/// The certificate of the authority whose certificates lie in a directory.
pub fn authority(directory: &Path) -> PathBuf {
    directory.join("ca.pem")
}
