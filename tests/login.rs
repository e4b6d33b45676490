//! Signing in and out: the form and what it refuses, sessions that end, cookies, forgeries, the way to the server.

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use postern::seal::{self, Key};

use crate::cost;
use crate::disk;
use crate::support::chromium::Chromium;
use crate::support::cookies::Cookie;
use crate::support::kernel::{Watch, until};
use crate::support::mails::{self, Mail};
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::site::{Site, password_of};
use crate::support::visitor::{Request, Visitor};

const HOUR: Duration = Duration::from_secs(3600);

/// Fills in the form and sends it; the first answer.
fn attempt(visitor: &Visitor, login: &str, password: &str) -> Page {
    let form = visitor.get("/sign-in");
    let form = form.form("sign-in").set("login", login);
    form.set("password", password).submit_once()
}

/// The cookie of the session; the other one, of the sign-in form, has the same name with an ending.
fn session_cookie(visitor: &Visitor) -> Cookie {
    let mut all = visitor.cookies();
    all.retain(|c| c.name.contains("postern") && !c.name.ends_with("-form"));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn asks_to_sign_in(page: &Page) -> bool {
    !page
        .attributes_of("input[type=password]", "name")
        .is_empty()
}

#[test]
fn a_stranger_is_asked_to_sign_in_and_comes_to_the_inbox() {
    let site = Site::with_inbox(3);
    let ann = site.visitor();
    let form = ann.get("/");
    form.has_status(200).shows("Sign in").hides("127.0.0.1");
    let page = form.form("sign-in").set("login", "ann");
    let page = page.set("password", &password_of("ann")).submit_once();
    page.has_status(303);
    let inbox = page.follow();
    inbox.has_status(200).shows("Message 3").shows("Inbox");
    assert!(!asks_to_sign_in(&inbox));
    assert_eq!(site.dovecot().refused_logins(), 0);
}

#[test]
fn the_key_of_the_password_is_made_while_the_mail_server_is_asked() {
    let site = Site::new().proxied().start();
    let watch = Watch::on(&site.program());
    let form = site.visitor().get("/sign-in");
    let before = watch.peak_mb();
    site.proxy().trouble(Trouble::Hang);
    let answer = thread::spawn(move || {
        let form = form.form("sign-in").set("login", "ann");
        form.set("password", &password_of("ann")).submit_once()
    });
    // It takes 19 MB.
    until("the key is made", || watch.peak_mb() >= before + 15);
    assert!(
        !answer.is_finished(),
        "there was an answer without a server"
    );
    site.proxy().trouble(Trouble::Close);
    site.proxy().cut();
    let page = answer.join().expect("an answer");
    assert!(asks_to_sign_in(&page), "{}", page.report("the form again"));
    site.proxy().trouble(Trouble::None);
    site.signed_in("ann").has_status(303);
}

#[test]
fn a_wrong_password_is_refused_and_only_the_login_is_kept() {
    let site = Site::with_inbox(3);
    let page = attempt(&site.visitor(), "ann", "wrong-Kettle");
    page.has_status(401)
        .shows("Wrong email address or password")
        .hides("Message 3");
    let form = page.form("sign-in");
    assert_eq!(form.value("login"), Some("ann"));
    assert_eq!(form.value("password"), Some(""));
    let logged = site.log();
    assert!(logged.contains("sign-in-failed from 127.0.0.1 user "));
    assert!(!logged.contains("ann") && !logged.contains("wrong-Kettle"));
}

#[test]
fn an_unknown_user_gets_the_answer_of_a_wrong_password() {
    let site = Site::new().start();
    let unknown = attempt(&site.visitor(), "zoe", "wrong");
    let wrong = attempt(&site.visitor(), "ann", "wrong");
    assert_eq!(unknown.status(), wrong.status());
    assert_eq!(unknown.text(), wrong.text());
    assert!(!site.state_dir().join("users").exists());
}

#[test]
fn what_is_missing_is_asked_for_without_asking_the_server() {
    let site = Site::new().start();
    for (login, password) in [("", "x"), ("ann", ""), ("ann\r\n", "x\0")] {
        let page = attempt(&site.visitor(), login, password);
        page.has_status(400)
            .shows("Enter both your email address (or user name) and your password");
    }
    assert_eq!(site.dovecot().refused_logins(), 0);
}

/// A sign-in that a trusted proxy passes on for a client at `from`.
fn attempt_from(visitor: &Visitor, from: &str, login: &str, password: &str) -> Page {
    let form = visitor.get("/sign-in");
    let form = form.form("sign-in").set("login", login);
    let request = form.set("password", password).request();
    visitor.send(&request.header("X-Forwarded-For", from))
}

#[test]
fn after_five_wrong_passwords_only_that_address_has_to_wait() {
    let site = Site::new()
        .setting("trusted_proxies = [\"127.0.0.1\"]\nallow_http = true")
        .start();
    let stranger = site.visitor();
    let ann = site.sign_in("ann");
    for _ in 0..5 {
        attempt_from(&stranger, "203.0.113.7", "ann", "guess").has_status(401);
    }
    let right = password_of("ann");
    let page = attempt_from(&stranger, "203.0.113.7", "ann", &right);
    page.has_status(429).shows("Too many failed sign-ins");
    let wait: u32 = page.header("retry-after").parse().expect("seconds");
    assert!((1..=12).contains(&wait), "{wait}");
    assert_eq!(page.form("sign-in").value("login"), Some("ann"));
    assert_eq!(site.dovecot().refused_logins(), 5);

    // Not the same account elsewhere, not another account, not a browser that Ann has used before.
    let elsewhere = site.visitor();
    attempt_from(&elsewhere, "203.0.113.8", "ann", &right).has_status(303);
    let ben = site.visitor();
    attempt_from(&ben, "203.0.113.9", "ben", &password_of("ben")).has_status(303);
    attempt_from(&ann, "203.0.113.7", "ann", &right).has_status(303);
}

/// Dovecot writes down from where somebody signs in, and slows down who guesses, by that address.
#[test]
fn a_mail_server_on_this_machine_may_be_told_from_which_address_a_sign_in_comes() {
    let logged =
        "login_log_format_elements = user=<%u> rip=%r method=%m lport=%a, %c session=<%{session}>";
    let rip = |settings: &str| {
        let site = Site::new()
            .setting("trusted_proxies = [\"127.0.0.1\"]\nallow_http = true")
            .imap_setting(settings)
            .dovecot(&format!("login_trusted_networks = 127.0.0.0/8\n{logged}\n"))
            .start();
        let visitor = site.visitor();
        attempt_from(&visitor, "203.0.113.7", "ann", "guess").has_status(401);
        attempt_from(&visitor, "203.0.113.7", "ann", &password_of("ann")).has_status(303);
        let logins = site.dovecot().logins();
        let log = site.dovecot().log();
        let of_ann = log.lines().filter(|line| line.contains("user=<ann>"));
        let told = of_ann
            .filter(|line| line.contains("rip=203.0.113.7"))
            .count();
        (logins, told)
    };
    assert_eq!(rip("send_client_address = true"), (1, 2));
    assert_eq!(rip(""), (1, 0));
}

#[test]
fn an_address_that_nobody_vouches_for_is_not_believed() {
    let site = Site::new().start();
    let stranger = site.visitor();
    for n in 0..5 {
        attempt_from(&stranger, &format!("203.0.113.{n}"), "ann", "guess").has_status(401);
    }
    attempt_from(&stranger, "203.0.113.9", "ann", "guess").has_status(429);
}

#[test]
fn right_passwords_are_never_too_many() {
    let site = Site::new().start();
    for _ in 0..8 {
        attempt(&site.visitor(), "ann", &password_of("ann")).has_status(303);
    }
}

#[test]
fn after_signing_out_nothing_opens_the_mail_any_more() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let inbox = ann.get("/");
    assert_eq!(inbox.header("cache-control"), "private, no-store");
    let message = inbox.click("Message 3");
    assert_eq!(message.header("cache-control"), "private, no-store");
    let cookie = session_cookie(&ann);

    let answer = inbox.click_once("Sign out");
    answer.has_status(303);
    assert_eq!(answer.header("clear-site-data"), "\"cache\"");
    let page = answer.follow();
    page.has_status(200).shows("You are signed out");
    assert!(!ann.cookies().iter().any(|c| c.name == cookie.name));

    // Back asks again, since nothing was stored; and whoever kept the cookie has kept nothing.
    let back = ann.get(message.target());
    back.has_status(401).hides("Message 3");
    ann.put_cookie(cookie);
    let back = ann.get(message.target());
    back.has_status(401).hides("Message 3");
    assert!(asks_to_sign_in(&back));
}

#[test]
fn the_button_back_of_a_browser_shows_no_mail_after_signing_out() {
    let site = Site::with_inbox(3);
    let chromium = Chromium::start();
    let tab = chromium.tab();
    tab.viewport(1440, 900, 1.0, false);
    tab.open(&format!("{}/", site.url()));
    tab.fill("input[name=login]", "ann");
    tab.fill("input[name=password]", &password_of("ann"));
    tab.click_to("button.primary");
    assert!(tab.text().contains("Message 3"), "{}", tab.text());
    tab.click_to("form[action$=sign-out] button");
    assert!(tab.text().contains("You are signed out"), "{}", tab.text());
    tab.loading(|| drop(tab.evaluate("history.back()")));
    // The document is there before its words are.
    tab.wait_for("document.body !== null && document.body.innerText.includes('Password')");
    assert!(!tab.text().contains("Message 3"), "{}", tab.text());
}

#[test]
fn a_session_that_nobody_used_for_a_day_leads_back_to_the_page_asked_for() {
    let site = Site::with_inbox(3);
    site.other_client("ann").append(
        "Sent",
        &Mail::plain("Ann <ann@example.org>", "To the museum", "Hello."),
    );
    let ann = site.sign_in("ann");
    let sent = ann.get("/").click("Sent");
    sent.shows("To the museum");
    disk::age_sessions(&site, "ann", 24 * HOUR);

    let page = ann.get(sent.target());
    page.has_status(401)
        .shows("Your session has expired")
        .hides("To the museum");
    let form = page.form("sign-in").set("login", "ann");
    let back = form.set("password", &password_of("ann")).submit();
    back.has_status(200).shows("To the museum");
    assert_eq!(back.target(), sent.target());
    cost::connections(&back, 0);
}

#[test]
fn keeping_signed_in_outlasts_the_day_but_not_the_month() {
    let site = Site::with_inbox(3);
    let ann = site.visitor();
    let form = ann.get("/sign-in");
    let form = form.form("sign-in").set("login", "ann").set("keep", "1");
    form.set("password", &password_of("ann"))
        .submit()
        .has_status(200);
    disk::age_sessions(&site, "ann", 24 * HOUR);
    ann.get("/").has_status(200).shows("Message 3");
    disk::age_sessions(&site, "ann", 31 * 24 * HOUR);
    ann.get("/")
        .has_status(401)
        .shows("Your session has expired");
}

#[test]
fn a_forged_sign_out_changes_nothing() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let (inbox, of_ben) = (ann.get("/"), site.sign_in("ben").get("/"));
    let of_her_phone = site.sign_in("ann").get("/");
    let token_of = |page: &Page| {
        let form = page.form("sign-out");
        form.value("token").expect("a token").to_owned()
    };
    let token = token_of(&inbox);
    let own = format!("http://{}", ann.server());
    let post = |fields: &[(&str, &str)], headers: &[(&str, &str)]| {
        let request = Request::new("POST", &ann.address("/sign-out")).form(fields);
        let request = headers
            .iter()
            .fold(request, |r, (name, value)| r.header(name, value));
        ann.send(&request)
    };
    let refused = [
        post(&[], &[("Origin", &own)]),
        post(&[("token", "")], &[("Origin", &own)]),
        post(&[("token", &token_of(&of_ben))], &[("Origin", &own)]),
        post(&[("token", &token_of(&of_her_phone))], &[("Origin", &own)]),
        post(&[("token", &token)], &[("Origin", "http://evil.example")]),
        post(&[("token", &token)], &[("Origin", "null")]),
        post(
            &[("token", &token)],
            &[("Origin", &own), ("Sec-Fetch-Site", "cross-site")],
        ),
        post(
            &[("token", &token)],
            &[("Origin", &own), ("Sec-Fetch-Site", "same-site")],
        ),
    ];
    for page in refused {
        page.has_status(403).shows("Nothing was changed");
    }
    ann.get_once("/sign-out").has_status(405);
    ann.get("/").has_status(200).shows("Message 3");
    let done = post(
        &[("token", &token)],
        &[("Origin", &own), ("Sec-Fetch-Site", "same-origin")],
    );
    done.has_status(303);
    ann.get("/").hides("Message 3");
}

#[test]
fn nobody_is_signed_in_by_the_form_of_another_site_or_browser() {
    let site = Site::new().start();
    let ann = site.visitor();
    let form = ann.get("/sign-in");
    let form = form.form("sign-in").set("login", "ann");
    let form = form.set("password", &password_of("ann"));
    let mut request = form.request();
    let stolen = request.clone();
    request.headers.retain(|(name, _)| name != "Origin");
    let foreign = request.header("Origin", "http://evil.example");
    ann.send(&foreign).has_status(403);
    // Another browser has not got the cookie that goes with the form's token, or has one of its own.
    let other = site.visitor();
    other
        .send(&stolen)
        .has_status(400)
        .shows("Allow cookies for this site");
    other.get("/sign-in");
    other.send(&stolen).has_status(400);
    assert_eq!(site.imap_logins(), 0);
}

#[test]
fn a_form_is_good_for_half_a_day() {
    let site = Site::new().start();
    let ann = site.visitor();
    let page = ann.get("/sign-in");
    let nonce = ann.cookie("postern-").value;
    let secret = std::fs::read(site.state_dir().join("secret")).expect("the secret");
    let secret = Key::new(secret.try_into().expect("32 bytes"));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let hour = i64::try_from(now.expect("a time").as_secs() / 3600).expect("an hour");
    let send = |hours_ago: i64| {
        let hour = (hour - hours_ago).to_be_bytes();
        let token = secret.hash("sign-in form", &[nonce.as_bytes(), &hour]);
        let form = page.form("sign-in").set("login", "ann");
        let form = form.set("password", &password_of("ann"));
        form.set("token", &seal::masked(&token[..16]).expect("a mask"))
            .submit_once()
    };
    let old = send(13);
    old.has_status(400).shows("This page was open too long");
    assert_eq!(old.form("sign-in").value("login"), Some("ann"));
    assert_eq!(site.imap_logins(), 0);
    send(10).has_status(303);
}

/// A request as a browser elsewhere sends it, by plain http.
fn from_elsewhere(site: &Site, method: &str, path: &str, body: &str) -> (u16, String) {
    let visitor = site.visitor();
    let head = format!(
        "{method} {} HTTP/1.1\r\nHost: mail.example.org\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        visitor.address(path),
        body.len()
    );
    let answer = visitor.raw(head.as_bytes()).expect("an answer");
    (
        answer.status,
        String::from_utf8_lossy(&answer.body).into_owned(),
    )
}

#[test]
fn without_https_no_password_is_asked_for_or_taken() {
    let site = Site::new().start();
    let (_, page) = from_elsewhere(&site, "GET", "/sign-in", "");
    assert!(
        page.contains("Open it with https://") && !page.contains("<form"),
        "{page}"
    );
    let body = format!("login=ann&password={}", password_of("ann"));
    let (status, page) = from_elsewhere(&site, "POST", "/sign-in", &body);
    assert_eq!(status, 403);
    assert!(page.contains("Open it with https://"), "{page}");
    assert_eq!(site.imap_logins(), 0);
}

#[test]
fn a_site_may_allow_http() {
    let site = Site::new().setting("allow_http = true").start();
    let (status, page) = from_elsewhere(&site, "GET", "/sign-in", "");
    assert_eq!(status, 200);
    assert!(page.contains("<form"), "{page}");
}

/// The parts of the line that set a cookie, the pair itself apart.
fn attributes(line: &str) -> Vec<&str> {
    line.split(';').skip(1).map(str::trim).collect()
}

#[test]
fn the_cookie_belongs_to_this_installation_alone() {
    let site = Site::new().start();
    let ann = site.sign_in("ann");
    let cookie = session_cookie(&ann);
    let hash = cookie.name.strip_prefix("postern-").expect("its name");
    assert_eq!(hash.len(), 8, "{hash}");
    let mut plain = attributes(&cookie.line);
    plain.retain(|a| !a.starts_with("Max-Age="));
    assert_eq!(plain, ["Path=/cgi-bin/postern", "HttpOnly", "SameSite=Lax"]);

    let behind_tls = Site::new().setting("https = \"always\"").start();
    let ann = behind_tls.sign_in("ann");
    let cookie = session_cookie(&ann);
    assert_eq!(cookie.name, format!("__Secure-postern-{hash}"));
    let mut secure = attributes(&cookie.line);
    secure.retain(|a| !a.starts_with("Max-Age="));
    assert_eq!(
        secure,
        [
            "Path=/cgi-bin/postern",
            "HttpOnly",
            "SameSite=Lax",
            "Secure"
        ]
    );
}

#[test]
fn at_the_root_of_a_host_the_cookie_is_bound_to_the_host() {
    let site = Site::new()
        .setting("https = \"always\"")
        .apache(
            "RewriteEngine On\nRewriteCond %{REQUEST_URI} !^/cgi-bin/\n\
             RewriteRule ^/(.*)$ /cgi-bin/postern/$1 [PT]\n",
        )
        .messages(2)
        .start();
    let ann = Visitor::new(site.apache().address(), "", Arc::new(String::new));
    let form = ann.get("/");
    let form = form.form("sign-in").set("login", "ann");
    let inbox = form.set("password", &password_of("ann")).submit();
    inbox.has_status(200).shows("Message 2");
    assert_eq!(inbox.target(), "/");
    let cookie = session_cookie(&ann);
    assert_eq!(cookie.name, "__Host-postern");
    let attributes = attributes(&cookie.line);
    assert!(attributes.contains(&"Path=/") && attributes.contains(&"Secure"));
    assert!(!cookie.line.contains("Domain"), "{}", cookie.line);
}

#[test]
fn an_altered_cookie_is_none() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let good = session_cookie(&ann);
    for at in [0, 10, 40, good.value.len() - 1] {
        let mut value = good.value.clone().into_bytes();
        value[at] = if value[at] == b'A' { b'B' } else { b'A' };
        let mut cookie = good.clone();
        cookie.value = String::from_utf8(value).expect("ASCII");
        ann.put_cookie(cookie);
        ann.get("/").hides("Message 3").shows("Sign in");
    }
    ann.put_cookie(good);
    ann.get("/").shows("Message 3");
}

#[test]
fn the_password_travels_over_tls_to_a_server_with_a_known_authority() {
    let site = Site::new().tls().messages(3).start();
    let inbox = site.sign_in("ann").get("/");
    inbox.shows("Message 3");
    let log = site.dovecot().log();
    let login = log.lines().find(|line| line.contains("user=<ann>"));
    assert!(login.is_some_and(|line| line.contains(" TLS,")), "{log}");
}

#[test]
fn a_domain_has_a_server_of_its_own_and_speaks_starttls() {
    let site = Site::new()
        .tls()
        .user("ann@example.org", "Tulip-1")
        .mails("ann@example.org", "INBOX", mails::generated(2))
        .start();
    let dovecot = site.dovecot();
    site.configure(&format!(
        "[[domain]]\nname = \"Example.org\"\nimap = {{ host = \"localhost\", port = {}, security = \"starttls\", \
         ca_file = \"{}\" }}\n",
        dovecot.address().port(),
        dovecot.ca_file().display()
    ));
    let ann = site.sign_in_with("ann@example.org", "Tulip-1");
    ann.get("/").shows("Message 2");
    assert!(dovecot.log().contains("TLS"), "{}", dovecot.log());
}

#[test]
fn a_server_that_cannot_prove_itself_never_sees_the_password() {
    let other = Site::new().tls().start();
    let wrong = other.dovecot().ca_file();
    let site = Site::new()
        .tls()
        .imap_setting(&format!("ca_file = \"{}\"", wrong.display()))
        .start();
    let page = attempt(&site.visitor(), "ann", &password_of("ann"));
    page.has_status(502)
        .shows("certificate is not trusted")
        .shows("Your password was not sent");
    assert_eq!(page.form("sign-in").value("login"), Some("ann"));
    assert_eq!(site.imap_logins() + site.dovecot().refused_logins(), 0);
}

#[test]
fn a_server_elsewhere_is_spoken_to_by_tls_unless_told_otherwise() {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = server.local_addr().expect("its address").port();
    let first_bytes = std::thread::spawn(move || {
        let (mut client, _) = server.accept().expect("a connection");
        let mut bytes = [0; 3];
        client.read_exact(&mut bytes).expect("a greeting of TLS");
        bytes
    });
    let site = Site::new()
        // An address of this machine in a form that is not taken for one.
        .config(&format!(
            "[[domain]]\nname = \"far.example\"\nimap = {{ host = \"127.1\", port = {port} }}"
        ))
        .start();
    let page = attempt(&site.visitor(), "ann@far.example", "Tulip-1");
    page.has_status(502).shows("Your password was not checked");
    let bytes = first_bytes.join().expect("the server");
    assert_eq!(bytes[..2], [0x16, 3], "a TLS handshake (RFC 8446 5.1)");
}
