//! The one file on a strange machine: without libraries, and where names are known in other ways than here.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::process::Command;
use std::thread;

use crate::shell;
use crate::support::place::{self, Place};
use crate::support::site::Site;
use crate::support::unmet::{self, Want};

/// Where a name server listens, and where one listens that says nothing.
const SPEAKS: &str = "127.0.77.1:53";
const IS_SILENT: &str = "127.0.77.2:53";

/// A question or an answer (RFC 1035 4.1) about one name: what was asked for, and where the question ends.
fn question(message: &[u8]) -> (String, u16, usize) {
    let (mut name, mut at) = (String::new(), 12);
    while message[at] != 0 {
        let length = usize::from(message[at]);
        name += std::str::from_utf8(&message[at + 1..=at + length]).expect("a name");
        name.push('.');
        at += length + 1;
    }
    let kind = u16::from_be_bytes([message[at + 1], message[at + 2]]);
    (name, kind, at + 5)
}

/// The answer of a server that knows two names: one of a company, and one with so many addresses that a datagram does not hold
/// them.
fn answer(asked: &[u8], is_datagram: bool) -> Vec<u8> {
    const A: u16 = 1;
    let (name, kind, end) = question(asked);
    let known = match name.as_str() {
        "mail.corp.example." => 1,
        "many.example." => 60,
        _ => 0,
    };
    let records: u16 = if kind == A { known } else { 0 };
    let is_cut = is_datagram && records > 1;
    let records = if is_cut { 0 } else { records };
    let mut said = asked[..2].to_vec();
    said.push(0x84 | u8::from(is_cut) << 1 | asked[2] & 1);
    said.push(if known == 0 { 0x83 } else { 0x80 });
    said.extend([0, 1]);
    said.extend(records.to_be_bytes());
    said.extend([0; 4]);
    said.extend(&asked[12..end]);
    for _ in 0..records {
        said.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    }
    said
}

/// Answers until the tests are over.
fn serve_names() -> UdpSocket {
    let silent = UdpSocket::bind(IS_SILENT).expect("a port for the silent name server");
    let datagrams = UdpSocket::bind(SPEAKS).expect("a port for the name server");
    let streams = TcpListener::bind(SPEAKS).expect("a port for the name server");
    thread::spawn(move || {
        let mut asked = [0; 512];
        while let Ok((length, from)) = datagrams.recv_from(&mut asked) {
            // Who has gone away is not answered.
            drop(datagrams.send_to(&answer(&asked[..length], true), from));
        }
    });
    thread::spawn(move || {
        for stream in streams.incoming() {
            let mut stream = stream.expect("a connection");
            let mut length = [0; 2];
            while stream.read_exact(&mut length).is_ok() {
                let mut asked = vec![0; usize::from(u16::from_be_bytes(length))];
                stream.read_exact(&mut asked).expect("a question");
                let said = answer(&asked, false);
                let length = u16::try_from(said.len()).expect("a short answer");
                stream
                    .write_all(&[&length.to_be_bytes(), said.as_slice()].concat())
                    .expect("a listener");
            }
        }
    });
    silent
}

#[test]
fn it_runs_where_there_is_nothing_but_itself() {
    if !place::are_we_root() {
        return unmet::without(Want::Root, "only root can change the root directory");
    }
    let site = Site::new().start();
    let empty = Place::new("root");
    fs::copy(site.program(), empty.join("postern")).expect("a copy");
    let said = Command::new("chroot")
        .args([
            empty.path().as_os_str(),
            "/postern".as_ref(),
            "--version".as_ref(),
        ])
        .output()
        .expect("chroot");
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{said:?}");
    assert!(text.starts_with("postern "), "{text}");
}

#[test]
fn a_mail_server_is_found_by_the_hosts_file_and_by_name_servers() {
    if !place::are_we_root() {
        return unmet::without(Want::Root, "only root can put another /etc in its place");
    }
    let _silent = serve_names();
    let site = Site::with_inbox(1);
    let port = site.dovecot().address().port();
    let hosts = ["only-in-hosts", "mail", "many.example", "nobody.example"];
    let domains: String = hosts
        .iter()
        .map(|host| {
            format!(
                "[[domain]]\nname = \"{host}.test\"\nimap = {{ host = \"{host}\", port = {port}, security = \"none\" }}\n"
            )
        })
        .collect();
    site.configure(&domains);
    let etc = Place::new("etc");
    for (name, text) in [
        ("hosts", "127.0.0.1 only-in-hosts\n"),
        // Where an extension of the system's library would be asked first.
        (
            "nsswitch.conf",
            "hosts: mymachines resolve [!UNAVAIL=return]\npasswd: sss\n",
        ),
        (
            "resolv.conf",
            "nameserver 127.0.77.2\nnameserver 127.0.77.1\nsearch elsewhere.example corp.example\noptions timeout:1\n",
        ),
    ] {
        etc.write(name, text);
    }
    let own_etc = etc.path().display().to_string();
    let checked = shell::within(
        &site,
        &[
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            "mount --bind \"$0\" /etc && exec \"$@\"",
            &own_etc,
        ],
        &[],
        &["check"],
    );
    let text = shell::said(&checked);
    let line = |host: &str| {
        let name = format!("IMAP server of {host}.test ");
        let line = text.lines().find(|line| line.contains(&name));
        line.unwrap_or_else(|| panic!("{host} is not in:\n{text}"))
    };
    for host in ["only-in-hosts", "mail", "many.example"] {
        assert!(line(host).contains("answers"), "{text}");
    }
    assert!(line("nobody.example").starts_with("WRONG"), "{text}");
}
