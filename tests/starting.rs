//! The first minute with `cargo demo`: what would go wrong later is said before Postern is built, in one sentence that says
//! what to do.

use std::net::{Ipv4Addr, TcpListener};

use start::{Machine, Options, port_fault};

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
