//! The user's other mail program: a plain IMAP client that types commands and reads answers. With it tests change a
//! mailbox behind Postern's back. It is not careful, only strict: whatever is not OK ends the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::mails::Mail;

/// A connection, signed in.
#[derive(Debug)]
pub struct MailClient {
    stream: BufReader<TcpStream>,
    commands: u32,
}

impl MailClient {
    /// Connects and signs in.
    pub fn connect(server: SocketAddr, login: &str, password: &str) -> MailClient {
        let mut client = MailClient::greeted(server);
        client.run(&format!("LOGIN \"{login}\" \"{password}\""));
        client
    }

    /// Whether the server lets this user in with this password.
    pub fn may_sign_in(server: SocketAddr, login: &str, password: &str) -> bool {
        let mut client = MailClient::greeted(server);
        client.send(format!("a LOGIN \"{login}\" \"{password}\"\r\n").as_bytes());
        client.response().starts_with("a OK")
    }

    fn greeted(server: SocketAddr) -> MailClient {
        let stream = TcpStream::connect(server).unwrap_or_else(|e| panic!("{server}: {e}"));
        let patience = Some(Duration::from_secs(30));
        stream.set_read_timeout(patience).expect("a timeout");
        let mut client = MailClient {
            stream: BufReader::new(stream),
            commands: 0,
        };
        let greeting = client.response();
        assert!(greeting.starts_with("* OK"), "greeting: {greeting}");
        client
    }

    /// Runs a command; the untagged responses, literals included.
    pub fn run(&mut self, command: &str) -> Vec<String> {
        let tag = self.tag();
        self.send(format!("{tag} {command}\r\n").as_bytes());
        self.answers(&tag, command)
    }

    /// Runs a command that the server may refuse; true where it did not.
    pub fn tries(&mut self, command: &str) -> bool {
        let tag = self.tag();
        self.send(format!("{tag} {command}\r\n").as_bytes());
        loop {
            if let Some(end) = self.response().strip_prefix(&tag) {
                return end.starts_with(" OK");
            }
        }
    }

    /// Puts a mail into a folder, named as on the wire.
    pub fn append(&mut self, folder: &str, mail: &Mail) {
        self.append_all(folder, std::slice::from_ref(mail));
    }

    /// Puts mails into a folder, in this order.
    pub fn append_all(&mut self, folder: &str, mails: &[Mail]) {
        for mail in mails {
            let tag = self.tag();
            let (flags, date, size) =
                (mail.flags.join(" "), mail.internal_date(), mail.bytes.len());
            let command = format!("APPEND \"{folder}\" ({flags}) \"{date}\" {{{size}}}");
            self.send(format!("{tag} {command}\r\n").as_bytes());
            let go_on = self.response();
            assert!(go_on.starts_with('+'), "{command}: {go_on}");
            self.send(&[mail.bytes.as_slice(), b"\r\n"].concat());
            self.answers(&tag, &command);
        }
    }

    fn tag(&mut self) -> String {
        self.commands += 1;
        format!("m{}", self.commands)
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream
            .get_mut()
            .write_all(bytes)
            .expect("the mail server");
    }

    fn answers(&mut self, tag: &str, command: &str) -> Vec<String> {
        let mut untagged = Vec::new();
        loop {
            let line = self.response();
            match line.strip_prefix(tag) {
                Some(end) if end.starts_with(" OK") => return untagged,
                Some(end) => panic!("{command}:{end}"),
                None => untagged.push(line),
            }
        }
    }

    /// One response: a line, and as long as it announces a literal, that and the next line.
    fn response(&mut self) -> String {
        let mut text = String::new();
        loop {
            let mut line = Vec::new();
            let n = self
                .stream
                .read_until(b'\n', &mut line)
                .expect("the mail server");
            assert!(n > 0, "the mail server closed the connection after: {text}");
            let line = String::from_utf8_lossy(&line).into_owned();
            let line = line.trim_end_matches(['\r', '\n']);
            text.push_str(line);
            let literal = line.strip_suffix('}').and_then(|l| l.rsplit_once('{'));
            let Some(size) = literal.and_then(|(_, size)| size.parse().ok()) else {
                return text;
            };
            let mut bytes = vec![0; size];
            self.stream.read_exact(&mut bytes).expect("a literal");
            text.push_str("\r\n");
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
}

impl Drop for MailClient {
    fn drop(&mut self) {
        // Without a farewell the server would log the user as lost; whether it arrives does not matter.
        if self.stream.get_mut().write_all(b"z LOGOUT\r\n").is_ok() {
            let _farewell = self.stream.read_to_end(&mut Vec::new());
        }
    }
}
