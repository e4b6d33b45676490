//! What is said to whoever opens Postern before anybody has signed in: what is wrong with the installation, and what to do.
//!
//! To know before changing it: strangers read it as well, so it names settings, and says nothing else about the machine. The
//! reader may have FTP and no shell, so each remedy is a file, a setting, or a question to the provider.

use super::Words;
use crate::error::{Fault, MailServer, Named, PlaceFault, Trouble};

/// What is said of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultText {
    /// What is wrong, without a full stop.
    pub what: String,
    /// What to do, in sentences.
    pub remedy: String,
}

/// Where a state directory has to be.
const ANOTHER_PLACE: &str = "a directory outside the document root that belongs to the user that the web server runs Postern as";
/// Who else can help.
const ASK_PROVIDER: &str = "Ask your provider for more";

fn text(what: impl Into<String>, remedy: impl Into<String>) -> FaultText {
    FaultText {
        what: what.into(),
        remedy: remedy.into(),
    }
}

/// `Line 3 of the configuration file`, or only where that is.
fn line(named: Option<usize>) -> String {
    named.map_or("The configuration file".to_owned(), |n| {
        format!("Line {n} of the configuration file")
    })
}

fn setting(named: &Named) -> String {
    match named.name.as_str() {
        "" => "a setting".to_owned(),
        name => format!("\u{201c}{name}\u{201d}"),
    }
}

/// The first visit.
impl Words {
    /// Title of the page that says what is wrong.
    pub fn not_ready(&self) -> &'static str {
        "Postern is not ready yet"
    }

    /// Why the page is shown.
    pub fn not_ready_why(&self) -> &'static str {
        "Nobody has signed in here yet, so this page tells you what is wrong with the setup. Correct it, then check again."
    }

    /// The link to the same page.
    pub fn check_again(&self) -> &'static str {
        "Check again"
    }

    /// The link to the sign-in form, where people can sign in all the same.
    pub fn sign_in_anyway(&self) -> &'static str {
        "Sign in anyway"
    }

    /// Below what is wrong.
    pub fn not_ready_more(&self) -> &'static str {
        "For details, see the web server's error log, or run \u{201c}postern check\u{201d}; README.md says how to run it without a shell. This page does not appear after somebody has signed in."
    }

    /// Below the sign-in form, where everything is well.
    pub fn is_ready(&self) -> &'static str {
        "Postern is set up: everything that could be tested from here works."
    }

    /// The same, where mail servers and limits have yet to be tested; in how many seconds they can be.
    pub fn is_ready_untested(&self, seconds: u64) -> String {
        format!(
            "Postern is set up. Its mail servers have not been tested yet: to test them, open this page again in {}.",
            self.seconds(seconds.max(1))
        )
    }

    /// When mail servers and limits can be tested again; seconds.
    pub fn tested_again(&self, seconds: u64) -> String {
        format!(
            "Mail servers and limits are tested once a minute at most: to test them again, open this page in {}.",
            self.seconds(seconds.max(1))
        )
    }

    /// What is wrong, and what to do.
    pub fn fault(&self, fault: &Fault) -> FaultText {
        match fault {
            Fault::Unreadable => text(
                "The configuration file cannot be read",
                "Set the permissions of .htpostern.toml to 600. It must belong to the same user as the program.",
            ),
            Fault::NotText => text(
                "The configuration file is not plain text",
                "Save .htpostern.toml as plain text in UTF-8 and upload it again.",
            ),
            Fault::Line(n) => text(
                format!("{} cannot be understood", line(*n)),
                "Each setting is on a line of its own and set once, such as host = \"imap.example.org\", below a line such as [imap]. Texts are in quotation marks. Correct the line or delete it.",
            ),
            Fault::Unknown(named) => text(
                format!("{} does not exist", capital(&setting(named))),
                format!(
                    "{} has a setting that Postern does not know. Check its spelling and the [section] that it is in; README.md lists all settings.",
                    line(named.line)
                ),
            ),
            Fault::Value(named, rule) => text(
                match rule {
                    Some(rule) => format!("{} {rule}", capital(&setting(named))),
                    None => format!("{} has an invalid value", capital(&setting(named))),
                },
                format!(
                    "Correct {} in the configuration file{}. README.md lists all settings and their values.",
                    setting(named),
                    named.line.map_or(String::new(), |n| format!(" (line {n})"))
                ),
            ),
            Fault::Changeable => text(
                "Other users can change the program or its configuration",
                "Set the permissions of the program to 755, and those of .htpostern.toml to 600.",
            ),
            Fault::NotOurs => text(
                "The program or its configuration belongs to a different user",
                "Both must belong to the user that the web server runs Postern as, or to root. If the web server runs programs as its own user, ask your provider for suEXEC.",
            ),
            Fault::Clock => text(
                "The clock of this machine is wrong",
                "It is set to a time before 1970. Ask your provider to set it.",
            ),
            Fault::NoPlace => text(
                "\u{201c}state_dir\u{201d} is not set",
                format!(
                    "The web server runs Postern as a user without a home directory. At the top of .htpostern.toml, set state_dir to {ANOTHER_PLACE}."
                ),
            ),
            Fault::Place(fault) => place(*fault),
            Fault::Secret => text(
                "The secret of this installation is missing or damaged",
                "Restore the file \u{201c}secret\u{201d} in the state directory from a backup. If nobody has used Postern yet, delete the state directory; Postern creates a new one.",
            ),
            Fault::Locks => text(
                "File locking does not work in the state directory",
                format!("Set state_dir to {ANOTHER_PLACE}, on a local disk."),
            ),
            Fault::FewProcesses(needed) => text(
                "Too few processes are allowed",
                format!(
                    "{ASK_PROVIDER} processes and threads: up to {needed} are needed when many people click at once."
                ),
            ),
            Fault::TightProcesses(fits) => text(
                "Few processes are allowed",
                format!(
                    "When many people click at once, some requests will be refused. Set [gate] total = {fits}, or ask your provider for more processes and threads."
                ),
            ),
            Fault::LittleMemory => text(
                "Too little memory is allowed",
                format!(
                    "{ASK_PROVIDER} memory: Postern needs 256 MB (address space) for each process."
                ),
            ),
            Fault::Mail(server, trouble) => mail(*server, *trouble),
            Fault::NoSending => text(
                "Nobody can send messages yet",
                "This machine has no sendmail program. Set [smtp] host in .htpostern.toml.",
            ),
            Fault::BaseUrl => text(
                "\u{201c}base_url\u{201d} does not match the address of this page",
                "Links and buttons lead to the address in base_url. Unless a proxy shows Postern there, delete base_url from .htpostern.toml.",
            ),
            Fault::Other => text(
                "Postern cannot be used as it is set up",
                "The web server's error log says why (in cPanel under \u{201c}Metrics\u{201d}, \u{201c}Errors\u{201d}).",
            ),
        }
    }
}

fn capital(words: &str) -> String {
    match words.strip_prefix("a ") {
        Some(rest) => format!("A {rest}"),
        None => words.to_owned(),
    }
}

fn place(fault: PlaceFault) -> FaultText {
    match fault {
        PlaceFault::Link => text(
            "The state directory is a symbolic link",
            "Set state_dir to the directory that the link leads to.",
        ),
        PlaceFault::NoDirectory => text(
            "The state directory is not a directory",
            format!("Set state_dir to {ANOTHER_PLACE}."),
        ),
        PlaceFault::Foreign => text(
            "The state directory belongs to a different user",
            format!("Set state_dir to {ANOTHER_PLACE}."),
        ),
        PlaceFault::AboveForeign => text(
            "The state directory is in a directory of a different user",
            format!("That user could replace it. Set state_dir to {ANOTHER_PLACE}."),
        ),
        PlaceFault::AboveChangeable => text(
            "Other users can write to a directory that contains the state directory",
            "Remove the write permission for group and others from the directories above state_dir (755 in place of 775 or 777).",
        ),
        PlaceFault::Served => text(
            "The web server could serve the state directory",
            "It is in the document root or beside the program. Set state_dir to a directory outside both, and delete the old one.",
        ),
        PlaceFault::Denied => text(
            "The state directory cannot be created or written",
            format!(
                "Set state_dir to {ANOTHER_PLACE}, or set the permissions of that directory to 700."
            ),
        ),
    }
}

fn mail(server: MailServer, trouble: Trouble) -> FaultText {
    let (name, section) = match server {
        MailServer::UsualImap | MailServer::Imap => {
            ("The mail server".to_owned(), "[imap]".to_owned())
        }
        MailServer::DomainImap(n) => (
            format!("The mail server of [[domain]] {n}"),
            "imap".to_owned(),
        ),
        MailServer::Smtp => ("The outgoing mail server".to_owned(), "[smtp]".to_owned()),
        MailServer::DomainSmtp(n) => (
            format!("The outgoing mail server of [[domain]] {n}"),
            "smtp".to_owned(),
        ),
    };
    let file = "in .htpostern.toml";
    if server == MailServer::UsualImap {
        return text(
            match trouble {
                Trouble::Unreachable | Trouble::Timeout => {
                    "There is no mail server on this machine"
                }
                Trouble::Certificate
                | Trouble::Unprotected
                | Trouble::Garbled
                | Trouble::Refused
                | Trouble::CaFile
                | Trouble::NoProgram => "The mail server on this machine cannot be used",
            },
            "Postern looks for it there because [imap] host is not set. Upload a file .htpostern.toml beside the program with a line [imap], and below it host = \"the name of your IMAP server\". Your provider tells you the name.",
        );
    }
    match trouble {
        Trouble::Unreachable => text(
            format!("{name} cannot be reached"),
            format!(
                "Check {section} host and port {file}. A firewall of your host may also block the connection."
            ),
        ),
        Trouble::Timeout => text(
            format!("{name} does not answer"),
            format!(
                "Check {section} host, port and security {file}. A firewall of your host may also block the connection: ask your provider."
            ),
        ),
        Trouble::Certificate => text(
            format!("{name} has a certificate that is not trusted"),
            format!(
                "{section} host must be the name in the certificate. For a private CA, set {section} ca_file."
            ),
        ),
        Trouble::Unprotected => text(
            format!("{name} offers no encryption"),
            format!("Check {section} port and security {file}."),
        ),
        Trouble::Garbled => text(
            format!("{name} gives an answer that Postern does not understand"),
            format!("Check {section} port and security {file}."),
        ),
        Trouble::Refused => text(
            format!("{name} refuses the connection"),
            format!("Check {section} host, port and security {file}, or try again later."),
        ),
        Trouble::CaFile => text(
            format!("\u{201c}{section} ca_file\u{201d} cannot be used"),
            "It must be the full path of a file with CA certificates (PEM) that Postern can read.",
        ),
        Trouble::NoProgram => text(
            "\u{201c}sendmail\u{201d} does not name a program",
            "It must be the full path of a program that is compatible with sendmail. You can also set [smtp] host.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind of fault. The match names each, so the compiler asks for a new one: add it to the list below as well.
    fn all() -> Vec<Fault> {
        let known = |fault: &Fault| match fault {
            Fault::Unreadable
            | Fault::NotText
            | Fault::Line(_)
            | Fault::Unknown(_)
            | Fault::Value(..)
            | Fault::Changeable
            | Fault::NotOurs
            | Fault::Clock
            | Fault::NoPlace
            | Fault::Place(_)
            | Fault::Secret
            | Fault::Locks
            | Fault::FewProcesses(_)
            | Fault::TightProcesses(_)
            | Fault::LittleMemory
            | Fault::Mail(..)
            | Fault::NoSending
            | Fault::BaseUrl
            | Fault::Other => {}
        };
        let named = |name: &str, line| Named {
            name: name.to_owned(),
            line,
        };
        let mut all = vec![
            Fault::Unreadable,
            Fault::NotText,
            Fault::Line(None),
            Fault::Line(Some(3)),
            Fault::Unknown(named("[gate] waitng", Some(3))),
            Fault::Unknown(named("", None)),
            Fault::Value(named("rows", Some(3)), Some("must be 10 to 200".to_owned())),
            Fault::Value(named("", Some(3)), None),
            Fault::Changeable,
            Fault::NotOurs,
            Fault::Clock,
            Fault::NoPlace,
            Fault::Secret,
            Fault::Locks,
            Fault::FewProcesses(61),
            Fault::TightProcesses(13),
            Fault::LittleMemory,
            Fault::NoSending,
            Fault::BaseUrl,
            Fault::Other,
        ];
        all.extend(
            [
                PlaceFault::Link,
                PlaceFault::NoDirectory,
                PlaceFault::Foreign,
                PlaceFault::AboveForeign,
                PlaceFault::AboveChangeable,
                PlaceFault::Served,
                PlaceFault::Denied,
            ]
            .map(Fault::Place),
        );
        for server in [
            MailServer::UsualImap,
            MailServer::Imap,
            MailServer::DomainImap(2),
            MailServer::Smtp,
            MailServer::DomainSmtp(2),
        ] {
            for trouble in [
                Trouble::Unreachable,
                Trouble::Timeout,
                Trouble::Certificate,
                Trouble::Unprotected,
                Trouble::Garbled,
                Trouble::Refused,
                Trouble::CaFile,
                Trouble::NoProgram,
            ] {
                all.push(Fault::Mail(server, trouble));
            }
        }
        all.iter().for_each(known);
        all
    }

    #[test]
    fn each_fault_is_a_title_and_sentences_that_say_what_to_do() {
        for fault in all() {
            let FaultText { what, remedy } = Words::ENGLISH.fault(&fault);
            let begins = what.starts_with(|c: char| c.is_uppercase() || c == '\u{201c}');
            assert!(begins && !what.ends_with('.'), "{what}");
            assert!(
                remedy.ends_with(['.', ')']) && !remedy.contains("  "),
                "{remedy}"
            );
        }
    }

    #[test]
    fn nothing_of_the_machine_is_in_what_is_said() {
        for fault in all() {
            let FaultText { what, remedy } = Words::ENGLISH.fault(&fault);
            let is_path = |word: &str| word.trim_start_matches(['(', '"']).starts_with('/');
            let said = format!("{what} {remedy}");
            assert!(!said.split(' ').any(is_path), "{said}");
        }
    }
}
