//! Submission servers that do what real ones seldom do: odd greetings, commands that are refused or never answered, lines that
//! are cut. Whatever it is, the page says it in words, nothing is sent twice, and text and file are still there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::{found, only, plan, said, says, typed};
use crate::support::page::Page;
use crate::support::sink::{Sendmail, SmtpSink};
use crate::support::site::{Site, password_of};
use crate::support::unmet::{self, Want};
use crate::support::visitor::Visitor;

/// What a server greets with and answers to each command that begins so, instead of the usual; `CUT` ends the connection,
/// `HANG` never answers.
type Answers = &'static [(&'static str, &'static str)];
const CUT: &str = "cut";
const HANG: &str = "hang";
/// What the end of a message, and the greeting, are called among the commands.
const END: &str = ".";
const GREETING: &str = "greeting";

/// A server that answers as it is told.
struct Odd {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Odd {
    fn start(answers: Answers) -> Odd {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let of_thread = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = Arc::clone(&of_thread);
                thread::spawn(move || {
                    // Whoever is cut off has gone.
                    drop(answer(&stream, answers, &heard));
                });
            }
        });
        Odd { address, heard }
    }

    fn config(&self, more: &str) -> String {
        let port = self.address.port();
        format!(
            "[identities]\ndomains = [\"example.org\"]\n[smtp]\nhost = \"127.0.0.1\"\nport = {port}\n{more}\n"
        )
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("what it heard").clone()
    }

    /// How often a message was ended.
    fn ends(&self) -> usize {
        self.heard().iter().filter(|line| *line == END).count()
    }
}

fn answer(stream: &TcpStream, answers: Answers, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let mut out = stream;
    let mut say = |command: &str, usual: &str| -> std::io::Result<bool> {
        heard
            .lock()
            .expect("what it heard")
            .push(command.to_owned());
        let own = answers.iter().find(|(begin, _)| command.starts_with(begin));
        match own.map_or(usual, |(_, own)| own) {
            CUT => return Ok(false),
            HANG => thread::sleep(Duration::from_secs(60)),
            said => out.write_all(format!("{said}\r\n").as_bytes())?,
        }
        Ok(true)
    };
    if !say(GREETING, "220 odd.example ESMTP")? {
        return Ok(());
    }
    let mut is_data = false;
    while let Some(line) = lines.next().transpose()? {
        let command = line.trim_end();
        if is_data && command != END {
            continue;
        }
        is_data = command.starts_with("DATA");
        let usual = match command.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-odd.example\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 well",
        };
        if !say(command, usual)? {
            return Ok(());
        }
    }
    Ok(())
}

fn site() -> Site {
    plan().start()
}

/// Sends a message with a file by this server.
fn send(site: &Site, ann: &Visitor, config: &str) -> Page {
    site.configure(config);
    let page = ann.get("/compose");
    typed(&page, "bo@example.org, cas@example.org", "Hello")
        .file("files", "a.txt", b"one")
        .press("do", "send")
}

/// Nothing is lost: text and file are on the page and under "Unsent", and go out by a server that takes them.
fn expect_all_there(site: &Site, page: &Page, sink: &SmtpSink) {
    page.shows("a.txt");
    let form = page.form("write");
    assert!(
        form.value("text")
            .is_some_and(|text| text.contains("geranium"))
    );
    page.visitor().get("/").shows("Unsent (1)");
    site.configure(&format!(
        "[identities]\ndomains = [\"example.org\"]\n{}",
        sink.config()
    ));
    let before = sink.taken().len();
    says(&form.press("do", "send"), "Message sent");
    let taken = only(sink.taken().split_off(before)).text();
    assert!(
        taken.contains("b25l") && taken.contains("geranium"),
        "{taken}"
    );
    page.visitor().get("/").hides("Unsent");
}

/// What goes wrong before the message begins, or is refused at its end: nobody has it.
const REFUSING: [(Answers, &str, &str); 16] = [
    (
        &[(GREETING, "554 5.3.2 closed today")],
        "",
        "did not accept it. It says: 5.3.2 closed today",
    ),
    (
        &[(GREETING, "421 4.3.2 too busy")],
        "",
        "cannot accept it now",
    ),
    (
        &[(GREETING, "What?")],
        "",
        "gave an answer that Postern does not understand",
    ),
    (&[(GREETING, CUT)], "", "cannot be reached"),
    (
        &[("EHLO", "502 5.5.1 only HELO here")],
        "",
        "did not accept it. It says: 5.5.1 only HELO here",
    ),
    (&[("EHLO", CUT)], "", "cannot be reached"),
    (
        &[("MAIL", "530 5.7.0 Must issue a STARTTLS command first")],
        "",
        "does not accept mail from this address. It says: 5.7.0 Must issue a STARTTLS",
    ),
    (
        &[("MAIL", "552 5.3.4 too large")],
        "",
        "larger than the mail server accepts (1",
    ),
    (
        &[("MAIL", "421 4.3.2 going down")],
        "",
        "cannot accept it now",
    ),
    (
        &[("RCPT TO:<cas", "421 4.3.2 going down")],
        "",
        "cas@example.org was not accepted for now. It says: 4.3.2 going down",
    ),
    (&[("RCPT TO:<cas", CUT)], "", "cannot be reached"),
    (
        &[("DATA", "421 4.3.2 going down")],
        "",
        "cannot accept it now",
    ),
    (&[("DATA", CUT)], "", "cannot be reached"),
    (
        &[(END, "554-5.7.1 Spam\r\n554 5.7.1 <b>score</b> 17")],
        "",
        "did not accept it. It says: 5.7.1 Spam",
    ),
    (
        &[(END, "451 4.7.1 greylisted")],
        "",
        "cannot accept it now. Try again in a few minutes. It says: 4.7.1 greylisted",
    ),
    (&[], "security = \"starttls\"", "offers no encryption"),
];

#[test]
fn whatever_a_server_refuses_is_told_and_nothing_is_lost() {
    let sink = SmtpSink::start(false);
    let site = site();
    let ann = site.sign_in("ann");
    for (answers, more, words) in REFUSING {
        let odd = Odd::start(answers);
        let page = send(&site, &ann, &odd.config(more));
        says(&page, words);
        says(&page, "Your message was not sent.");
        expect_all_there(&site, &page, &sink);
    }
    assert_eq!(sink.taken().len(), REFUSING.len());
}

#[test]
fn odd_servers_that_take_mail_get_it() {
    let site = site();
    let ann = site.sign_in("ann");
    let many: Answers = &[(
        GREETING,
        "220-odd.example\r\n220-no spam please\r\n220 ready",
    )];
    let odd = Odd::start(many);
    says(&send(&site, &ann, &odd.config("")), "Message sent");
    assert_eq!(odd.ends(), 1);
    let bare: Answers = &[("EHLO", "250 odd.example")];
    let odd = Odd::start(bare);
    says(&send(&site, &ann, &odd.config("")), "Message sent");
    // AUTH LOGIN alone, which has no document of its own.
    let login: Answers = &[
        ("EHLO", "250-odd.example\r\n250 AUTH LOGIN"),
        ("AUTH LOGIN", "334 VXNlcm5hbWU6"),
        ("YW5u", "334 UGFzc3dvcmQ6"),
        ("S2V0", "235 2.7.0 welcome"),
    ];
    let odd = Odd::start(login);
    says(&send(&site, &ann, &odd.config("")), "Message sent");
    assert_eq!(
        (odd.ends(), password_of("ann").as_str()),
        (1, "Kettle-ann-1887")
    );
    let refused: Answers = &[
        ("EHLO", "250-odd.example\r\n250 AUTH LOGIN PLAIN"),
        ("AUTH", "535 5.7.8 no"),
    ];
    let odd = Odd::start(refused);
    let page = send(&site, &ann, &odd.config(""));
    says(&page, "did not accept your password. It says: 5.7.8 no");
    assert!(!odd.heard().iter().any(|line| line.starts_with("MAIL")));
    // What is asked for and not there is told as well.
    let odd = Odd::start(&[]);
    let page = send(&site, &ann, &odd.config("sign_in = true"));
    says(&page, "did not accept your password");
}

#[test]
fn rule_2_what_is_cut_behind_the_end_may_have_been_sent() {
    let site = site();
    let ann = site.sign_in("ann");
    let odd = Odd::start(&[(END, CUT)]);
    let page = send(&site, &ann, &odd.config(""));
    says(&page, "This message may have been sent.");
    page.shows("a.txt");
    assert_eq!(odd.ends(), 1);
    // A reload, and another look, send nothing.
    ann.get("/unsent")
        .click("Hello")
        .shows("may have been sent");
    assert_eq!(odd.ends(), 1);
    assert!(found(&site, "Sent").is_empty());
}

#[test]
fn a_server_that_hangs_is_left_and_nothing_is_lost() {
    let sink = SmtpSink::start(false);
    let site = site();
    let ann = site.sign_in("ann");
    let odd = Odd::start(&[("RCPT TO:<cas", HANG)]);
    let page = send(&site, &ann, &odd.config(""));
    says(&page, "did not answer in time");
    expect_all_there(&site, &page, &sink);
}

#[test]
fn rule_2_a_server_may_think_longer_about_a_message_than_about_a_command() {
    let late = std::env::var("POSTERN_LATE").ok();
    // Longer than any other answer is waited for.
    let late: u64 = late.map_or(17, |n| n.parse().expect("seconds"));
    if late < 40 {
        let more = "POSTERN_LATE=40 lets a server think for so many seconds";
        unmet::without(Want::Hours, more);
    }
    let sink = SmtpSink::start(false);
    sink.rules(json!({"late": late}));
    let site = site();
    let ann = site.sign_in("ann");
    let config = format!(
        "[identities]\ndomains = [\"example.org\"]\n{}",
        sink.config()
    );
    let page = send(&site, &ann, &config);
    says(&page, "Message sent");
    only(sink.taken());
    assert_eq!(said(&page).matches("sent").count(), 1);
}

#[test]
fn msmtp_in_the_place_of_sendmail_hands_on_what_it_gets() {
    let sink = SmtpSink::start(false);
    let msmtp = Sendmail::msmtp(&sink);
    let site = plan().setting(&msmtp.setting()).start();
    let ann = site.sign_in("ann");
    let write = |to: &str| {
        let page = ann.get("/compose");
        let form = typed(&page, to, "By msmtp").set("bcc", "dee@example.org");
        let form = form.set("text", "geranium\n.\n..two\nFrom here\n");
        form.file("files", "a.bin", &[b'o'; 100_000])
            .press("do", "send")
    };
    says(&write("bo@example.org, cas@example.org"), "Message sent");
    let taken = only(sink.taken());
    assert_eq!(taken.about["from"], "ann@example.org");
    let to = json!(["bo@example.org", "cas@example.org", "dee@example.org"]);
    assert_eq!(taken.about["to"], to);
    let text = taken.text();
    assert!(
        text.contains("geranium\r\n") && !text.contains("dee@"),
        "{text}"
    );
    assert!(
        text.contains("\r\n..two\r\n") || text.contains("Li50d28"),
        "{text}"
    );
    assert!(text.contains(&"b29v".repeat(19)), "{text}");
    // One of three is refused: nobody gets it, and what msmtp says is told.
    sink.rules(json!({"refuse": {"cas@example.org": "550 5.1.1 no such user"}}));
    let page = write("bo@example.org, cas@example.org");
    says(&page, "Your message was not sent.");
    says(&page, "cas@example.org");
    says(&page, "no such user");
    page.shows("a.bin");
    assert_eq!(sink.taken().len(), 1);
    sink.rules(json!({}));
    says(&page.form("write").press("do", "send"), "Message sent");
    assert_eq!(sink.taken().len(), 2);
}
