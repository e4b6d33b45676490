//! The first minute with `cargo demo`: what would go wrong later is said before Postern is built, in one sentence that says
//! what to do. And the mailbox that it shows gets what is written in it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};

use start::{Machine, Options, place_fault, port_fault};

use crate::acts::Says as _;
use crate::support::demo::{Demo, LOGIN, PASSWORD};
use crate::support::place::Place;

/// A Debian on which nothing is missing.
fn debian() -> Machine {
    Machine {
        has_apt: true,
        ..Machine::default()
    }
}

#[test]
fn what_is_missing_is_named_before_anything_is_built() {
    assert_eq!(debian().fault(), None);
    let servers = Machine {
        servers: vec!["apache2-bin", "dovecot-imapd"],
        ..debian()
    };
    let said = servers.fault().expect("a fault");
    assert!(
        said.ends_with(
            "as root, then run cargo demo again: apt-get install apache2-bin dovecot-imapd"
        ),
        "{said}"
    );
    // Root gets the servers without being asked, but no compiler.
    let root = Machine {
        is_root: true,
        ..servers.clone()
    };
    assert_eq!(root.fault(), None);
    let no_perl = Machine {
        tools: vec!["perl"],
        ..root
    };
    let said = no_perl.fault().expect("a fault");
    assert!(said.ends_with("apt-get install perl"), "{said}");
    let elsewhere = Machine {
        has_apt: false,
        ..servers
    };
    let said = elsewhere.fault().expect("a fault");
    assert!(said.contains("needs a Debian system"), "{said}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    assert_eq!(port_fault(None), None);
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = other.local_addr().expect("its number").port();
    let said = port_fault(Some(port)).expect("a fault");
    assert_eq!(
        said,
        format!(
            "Port {port} is already in use. Choose another one with --port, or leave --port out."
        )
    );
    drop(other);
    assert_eq!(port_fault(Some(port)), None);
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let place = Place::new("tries");
    assert_eq!(place_fault(place.path()), None);
    assert!(
        fs::read_dir(place.path())
            .expect("a directory")
            .next()
            .is_none()
    );
    let said = place_fault(&place.join("nowhere")).expect("a fault");
    let begins = format!(
        "Nothing can be written to {}/nowhere: No such file or directory. Choose",
        place.path().display()
    );
    assert!(said.starts_with(&begins), "{said}");
}

#[test]
fn options_are_read_before_anything_is_built() {
    let read = |words: &[&str]| Options::read(words.iter().map(|word| (*word).to_owned()));
    let wanted = Options {
        port: Some(8080),
        messages: 5000,
        prefork: true,
    };
    let options = ["--port", "8080", "--messages=5000", "--cgi", "mod_cgi"];
    assert_eq!(read(&options), Ok(Some(wanted)));
    assert_eq!(read(&["--help"]), Ok(None));
    for (words, said) in [
        (&["--port"][..], "--port needs a value"),
        (&["--port", "x"], "invalid value for --port: x"),
        (&["--cgi", "x"], "invalid value for --cgi: x"),
        (&["-x"], "unknown option -x"),
    ] {
        assert_eq!(read(words), Err(said.to_owned()));
    }
}

#[test]
fn a_letter_to_oneself_arrives_in_the_demo_and_can_be_answered() {
    let demo = Demo::start(&Options::default());
    let newcomer = demo.site.sign_in_with(LOGIN, PASSWORD);
    let page = newcomer.get("/compose");
    let form = page.form("write").set("to", "demo@example.org");
    let form = form
        .set("subject", "A first letter")
        .set("text", "Does it arrive?")
        .file("files", "a.txt", b"one");
    // It is in the list that follows.
    let page = form.press("do", "send");
    page.says("Message sent");
    let letter = page.click("A first letter");
    letter.shows("Does it arrive?").shows("a.txt");
    let answer = letter.click("Reply");
    let form = answer.form("write");
    let to = form.value("to").unwrap_or_default().trim().to_owned();
    answer.expect(to == "demo@example.org", || format!("it goes to {to:?}"));
    let quoted = form
        .value("text")
        .unwrap_or_default()
        .contains("> Does it arrive?");
    answer.expect(quoted, || "nothing is quoted".into());
    form.press("do", "send").says("Message sent");
    let letter = newcomer.get("/").click("Re: A first letter");
    letter.shows("Does it arrive?");
    let sent = newcomer.get("/folder?f=Sent");
    sent.shows("Re: A first letter");
}
