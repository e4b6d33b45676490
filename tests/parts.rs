//! The parts in support/ by themselves, with a program of three lines in place of Postern: what fails here is no fault of
//! the webmail.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use native_tls::{Certificate, TlsConnector};
use serde_json::json;

use crate::support::apache::Mpm;
use crate::support::chromium::{Chromium, Scheme};
use crate::support::client::MailClient;
use crate::support::mails::{self, Mail};
use crate::support::place::Place;
use crate::support::proxy::{Counts, Trouble};
use crate::support::pymap::{self, Pymap};
use crate::support::site::{Site, password_of};

/// A CGI program that shows what it was asked, and sets a cookie.
const PROGRAM: &str = r#"#!/bin/sh
body=$(head -c "${CONTENT_LENGTH:-0}")
printf 'Status: 200 OK\r\nContent-Type: text/html\r\nServer-Timing: total;dur=1.5, imap;dur=0;desc="2 connections, 7"\r\n'
printf "Content-Security-Policy: img-src 'none'\r\n"
printf 'Set-Cookie: visits=again; Path=/cgi-bin\r\n\r\n'
echo "<!doctype html><meta name=viewport content='width=device-width'>"
echo "<title>Echo</title><h1>$REQUEST_METHOD $REQUEST_URI</h1><p>Cookie: $HTTP_COOKIE.</p><p>Body: $body.</p>"
echo "<a href='/cgi-bin/postern/next?p=1' title='To the next page'><b>Ne</b>xt</a>"
echo "<form method=post action=/cgi-bin/postern/sign-in><input name=login><input type=hidden name=token value=t1>"
echo "<button name=go value=1>Sign in</button></form>"
"#;

fn program(place: &Place) -> PathBuf {
    place.write("echo.sh", PROGRAM)
}

#[test]
fn a_program_answers_in_both_set_ups_of_apache() {
    let place = Place::new("echo");
    for mpm in [Mpm::Event, Mpm::Prefork] {
        let site = Site::new().program(&program(&place)).mpm(mpm).start();
        let ann = site.visitor();
        let page = ann.get("/folder?f=Sent");
        page.has_status(200)
            .shows("GET /cgi-bin/postern/folder?f=Sent");
        page.shows("Cookie: .").hides("Cookie: visits");
        assert_eq!(page.server_timing("imap").numbers(), [2, 7]);
        ann.get("/").shows("Cookie: visits=again");
        assert_eq!(ann.connections(), 1, "the connection was not kept");
    }
}

#[test]
fn a_visitor_clicks_links_and_fills_forms() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).start();
    let page = site.visitor().get("/");
    page.click("Next").shows("GET /cgi-bin/postern/next?p=1");
    page.click("To the next page").shows("next?p=1");
    let sent = page.form("sign-in").set("login", "ann & co").submit();
    sent.shows("POST /cgi-bin/postern/sign-in")
        .shows("Body: token=t1&login=ann+%26+co.");
    page.click("Sign in").shows("Body: login=&token=t1&go=1.");
    assert!(!page.has_link("Previous"));
}

#[test]
fn the_configuration_beside_the_program_is_not_served() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).start();
    assert!(site.program().with_file_name(".htpostern.toml").exists());
    let answer = site
        .visitor()
        .raw(b"GET /cgi-bin/.htpostern.toml HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(answer.expect("an answer").status, 403);
}

#[test]
fn dovecot_takes_each_password_of_a_user_and_counts_the_logins() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).start();
    let server = site.dovecot();
    assert_eq!(site.imap_logins(), 0);
    MailClient::connect(server.address(), "ann", &password_of("ann")).run("NOOP");
    server.add_password("ann", "Second-1");
    MailClient::connect(server.address(), "ann", "Second-1").run("NOOP");
    server.set_password("ann", "Third-1");
    MailClient::connect(server.address(), "ann", "Third-1").run("NOOP");
    site.other_client("ann").run("NOOP");
    assert_eq!(site.imap_logins(), 3);
}

#[test]
fn a_mailbox_is_filled_in_order_and_changed_from_elsewhere() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).messages(120).start();
    let mut ann = site.other_client("ann");
    let selected = ann.run("SELECT INBOX");
    assert!(
        selected.contains(&"* 120 EXISTS".to_owned()),
        "{selected:?}"
    );
    let first = ann
        .run("FETCH 1,71 (INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        .concat();
    for wanted in [
        "Message 1\r\n",
        "Message 71\r\n",
        "01-Mar-2025 08:00:00 +0000",
        "04-Mar-2025 06:00:00",
    ] {
        assert!(first.contains(wanted), "{wanted} is not in {first}");
    }
    site.deliver(
        "ann",
        &Mail::plain("Bo <bo@example.org>", "Just now", "Hello."),
    );
    assert!(ann.run("NOOP").contains(&"* 121 EXISTS".to_owned()));
    ann.append_all("Sent", &mails::generated(2));
    drop(ann);
    site.dovecot().renumber("ann", "INBOX", 4711);
    let status = site
        .other_client("ann")
        .run("STATUS INBOX (UIDVALIDITY)")
        .concat();
    assert!(status.contains("UIDVALIDITY 4711"), "{status}");
}

#[test]
fn the_proxy_counts_flights_and_can_spoil_them() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).proxied().start();
    let proxy = site.proxy();
    let mut client = MailClient::connect(proxy.address(), "ann", &password_of("ann"));
    client.append(
        "INBOX",
        &Mail::plain("Bo <bo@example.org>", "a LOGIN b", "x LOGIN y z\r\n"),
    );
    drop(client);
    let counts = proxy.counts();
    let expected = Counts {
        connections: 1,
        logins: 1,
        // LOGIN, APPEND, LOGOUT; the literal of APPEND travels alone.
        commands: 3,
        flights: 4,
        ..counts
    };
    assert_eq!(counts, expected, "{}", proxy.transcript());
    assert!(
        !proxy.transcript().contains(&password_of("ann")),
        "{}",
        proxy.transcript()
    );
    proxy.trouble(Trouble::CutAfter(10));
    let cut = std::panic::catch_unwind(|| MailClient::connect(proxy.address(), "ann", "x"));
    assert!(cut.is_err());
}

#[test]
fn chromium_shows_a_page_and_tells_what_happened_in_it() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).start();
    let ann = site.visitor();
    ann.get("/");
    let chromium = Chromium::start();
    let tab = chromium.tab();
    tab.take_cookies(&ann);
    tab.viewport(390, 844, 2.0, true);
    tab.prefer(Scheme::Dark);
    tab.open(&format!("{}/first", site.url()));
    assert!(
        tab.text().contains("Cookie: visits=again"),
        "{}",
        tab.text()
    );
    assert_eq!(
        tab.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"),
        json!([390, true])
    );
    tab.fill("input[name=login]", "ann");
    tab.click_to("button");
    assert!(
        tab.text().contains("Body: login=ann&token=t1&go=1"),
        "{}",
        tab.text()
    );
    tab.expect_quiet();
    let wanted = format!("POST {}/sign-in", site.url());
    assert!(
        tab.happened().requests.contains(&wanted),
        "{:?}",
        tab.happened()
    );
    let picture = std::fs::read(tab.screenshot("parts-chromium")).expect("a picture");
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(picture.ends_with(b"IEND\xaeB`\x82"));
    tab.evaluate(
        "console.error('told', 1); document.body.append(Object.assign(new Image, {src: '/x.png'}))",
    );
    tab.evaluate("new Promise(done => setTimeout(() => { alert('hear'); done(1) }, 0))");
    let happened = tab.happened();
    assert!(happened.errors.concat().contains("told"), "{happened:?}");
    assert!(
        happened.csp_violations.concat().contains("img-src"),
        "{happened:?}"
    );
    assert_eq!(happened.dialogs, ["hear"]);
    assert!(
        !happened.requests.concat().contains("x.png"),
        "{happened:?}"
    );
}

#[test]
fn pymap_serves_its_demonstration_mailbox() {
    let pymap = Pymap::start();
    let mut client = MailClient::connect(pymap.address(), pymap::LOGIN, pymap::PASSWORD);
    let selected = client.run("SELECT INBOX");
    assert!(
        selected.iter().any(|line| line.ends_with(" EXISTS")),
        "{selected:?}"
    );
}

#[test]
fn a_failed_expectation_tells_the_whole_story() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).start();
    let page = site.visitor().get("/folder");
    let told = std::panic::catch_unwind(AssertUnwindSafe(|| page.shows("Message 7").status()));
    let told = told
        .expect_err("a panic")
        .downcast::<String>()
        .expect("words");
    for wanted in [
        "does not show \u{201c}Message 7\u{201d}",
        "GET /cgi-bin/postern/folder",
        "server-timing: total;dur=1.5",
        "<h1>GET",
        "Apache's error log:",
        "state directory: /",
    ] {
        assert!(told.contains(wanted), "{wanted} is not in {told}");
    }
    let told = std::panic::catch_unwind(AssertUnwindSafe(|| page.click("Older").status()));
    let told = told
        .expect_err("a panic")
        .downcast::<String>()
        .expect("words");
    assert!(told.contains("Next | To the next page"), "{told}");
}

#[test]
fn words_are_found_whole() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).start();
    let page = site.visitor().get("/folder/71/x");
    page.shows("folder/71").shows("Next").shows("Echo");
    page.hides("folder/7")
        .hides("1/x1")
        .hides("Nex")
        .hides("name=login");
}

#[test]
fn dovecot_speaks_tls_with_a_certificate_of_its_own_authority() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).tls().start();
    let server = site.dovecot();
    let greeting = |ca: Option<Certificate>| {
        let mut builder = TlsConnector::builder();
        ca.map(|ca| builder.add_root_certificate(ca));
        let stream = TcpStream::connect(server.tls_address()).expect("a connection");
        let stream = builder.build().expect("TLS").connect("localhost", stream);
        let mut line = String::new();
        BufReader::new(stream.map_err(|_| "refused")?)
            .read_line(&mut line)
            .map_err(|_| "silent")?;
        Ok::<_, &str>(line)
    };
    let ca = std::fs::read(server.ca_file()).expect("the authority");
    let ca = Certificate::from_pem(&ca).expect("a certificate");
    assert!(greeting(Some(ca)).expect("a greeting").starts_with("* OK"));
    assert_eq!(greeting(None), Err("refused"));
}

#[test]
fn dovecot_can_be_gone_and_come_back() {
    let place = Place::new("echo");
    let mut site = Site::new().program(&program(&place)).start();
    let address = site.dovecot().address();
    site.dovecot_mut().stop();
    assert!(TcpStream::connect(address).is_err());
    site.dovecot_mut().start_again();
    assert_eq!(site.dovecot().address(), address);
    MailClient::connect(address, "ann", &password_of("ann")).run("NOOP");
    assert_eq!(site.imap_logins(), 1);
}

#[test]
fn the_proxy_makes_the_way_longer() {
    let place = Place::new("echo");
    let site = Site::new().program(&program(&place)).proxied().start();
    site.proxy().delay(Duration::from_millis(80));
    let mut client = MailClient::connect(site.proxy().address(), "ann", &password_of("ann"));
    let begin = Instant::now();
    client.run("NOOP");
    assert!(begin.elapsed() >= Duration::from_millis(80));
}

#[test]
fn several_tabs_load_at_the_same_time() {
    let place = Place::new("slow");
    // Each waits for the other: one after the other they would wait for ever.
    let rendezvous = place.worker_dir("met", 0o777);
    let script = format!(
        "#!/bin/sh\ncd {}\ntouch \"$QUERY_STRING\"\nwhile ! [ -e a -a -e b ]; do sleep 0.01; done\n\
         printf 'Content-Type: text/plain\\r\\n\\r\\nmet'\n",
        rendezvous.display()
    );
    let program = place.write("slow.sh", script);
    for mpm in [Mpm::Event, Mpm::Prefork] {
        let site = Site::new().program(&program).mpm(mpm).start();
        for page in site.visitor().get_at_once(&["/?a", "/?b"]) {
            page.has_status(200).shows("met");
        }
        for name in ["a", "b"] {
            std::fs::remove_file(rendezvous.join(name)).expect("a mark");
        }
    }
}
