//! How waiting and working come to an end: by the limit, the deadlines, or `kill -9`.

use std::fs;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use super::{
    answer, at_work, click, clicks_that_wait, go_on, hang, made_way, patient, plan, signed_in,
    tickets,
};
use crate::support::by_hand::ByHand;
use crate::support::kernel::{self, Watch, until};
use crate::support::page::Page;
use crate::support::place::{self, Place};
use crate::support::proxy::Trouble;
use crate::support::site::{Site, password_of};
use crate::support::unmet::{self, Want};
use crate::support::visitor::{Request, Visitor};

#[test]
fn twenty_users_before_a_silent_server_leave_the_door_open() {
    let logins: Vec<String> = (1..=20).map(|n| format!("user{n}")).collect();
    let mut plan = plan().config("[gate]\ndeadline_seconds = 5");
    for login in &logins {
        plan = plan.user(login, &password_of(login));
    }
    let site = plan.start();
    let users: Vec<Visitor> = logins.iter().map(|login| site.sign_in(login)).collect();
    site.proxy().trouble(Trouble::Hang);
    let watch = Watch::on(&site.program());
    let clicks: Vec<_> = users
        .iter()
        .map(|user| click(user, "/?compare=1"))
        .collect();
    until("four had no place", || {
        clicks.iter().filter(|c| c.is_finished()).count() >= 4
    });
    until("they are gone", || watch.now() <= 16);
    watch.begin_again();
    let page = site.visitor().get_once("/sign-in");
    page.has_status(200).form("sign-in");
    // The form's own process came on top.
    assert!(watch.most() <= 17, "{} processes", watch.most());
    let mut refused = 0;
    for page in clicks.into_iter().map(answer) {
        match page.status() {
            200 => drop(page.shows("The mail server is not answering")),
            _ => {
                refused += 1;
                page.has_status(429).shows("One moment");
            }
        }
    }
    assert_eq!(refused, 4, "sixteen may work at once");
}

#[test]
fn a_killed_holder_frees_the_gate() {
    let site = plan().start();
    let (ann, dir) = signed_in(&site, "ann");
    site.proxy().trouble(Trouble::Hang);
    let lock = dir.join("lock");
    let killed = click(&ann, "/");
    until("it has connected", || site.proxy().counts().connections > 1);
    let (holder, _) = kernel::lock(&lock);
    site.proxy().trouble(Trouble::None);
    let next = click(&ann, "/");
    until("the next one waits", || kernel::lock(&lock).1 == 1);
    kernel::kill(holder.expect("a holder"));
    answer(next).has_status(200).shows("Message 120");
    // The web server's own answer: there was nobody left to make one.
    answer(killed).has_status(500);
    until("nobody is left", || kernel::lock(&lock) == (None, 0));
}

#[test]
fn nobody_waits_longer_than_the_limit() {
    let site = plan()
        .config("[gate]\nwait_seconds = 1\ndeadline_seconds = 5")
        .start();
    let (ann, dir) = signed_in(&site, "ann");
    site.proxy().trouble(Trouble::Hang);
    let holder = at_work(&ann, &dir, "/");
    let page = ann.tab().get_once("/");
    page.has_status(503)
        .shows("Postern is still working on another page of yours")
        .shows("1 second");
    made_way(&page);
    let post = ann.tab().post_once("/sign-out", &[("token", "x")]);
    post.has_status(503).shows("Go back and try again");
    answer(holder)
        .has_status(504)
        .shows("The mail server is not answering");
}

#[test]
fn the_file_of_tickets_is_begun_anew_when_it_has_grown() {
    let site = patient().start();
    let (ann, dir) = signed_in(&site, "ann");
    ann.get("/").has_status(200);
    let file = dir.join("pages");
    fs::write(&file, vec![b'.'; 1024 * 1024 + 1]).expect("tickets");
    place::give_to_worker(&file);
    hang(&site);
    let holder = at_work(&ann, &dir, "/?compare=1");
    let clicks = clicks_that_wait::<2>(&ann, &dir);
    assert_eq!(tickets(&dir), 2);
    go_on(&site);
    answer(holder).has_status(200);
    for page in clicks.map(answer) {
        page.has_status(200).shows("Message 120");
    }
}

#[test]
fn a_name_lookup_that_hangs_ends_with_the_hard_deadline() {
    if !place::are_we_root() {
        unmet::without(Want::Root, "only root can give a process another resolver");
        return;
    }
    // A name server that hears and never answers, on an address of our own.
    let place = Place::new("lookup");
    let silent = UdpSocket::bind("127.9.9.53:53").expect("port 53 of a loopback address");
    let resolver = place.write(
        "resolv.conf",
        "nameserver 127.9.9.53\noptions timeout:30 attempts:2\n",
    );
    let site = Site::new().start();
    fs::create_dir(place.join("cgi-bin")).expect("a directory");
    let program = place.join("cgi-bin/postern");
    // A link: a file that was just written may still be open in a child of another test.
    fs::hard_link(site.program(), &program).expect("a link");
    let state = place.join("state");
    let config = format!(
        "state_dir = \"{}\"\n[imap]\nhost = \"mail.silent.test\"\nsecurity = \"none\"\n[gate]\ndeadline_seconds = 5\n",
        state.display()
    );
    place.write("cgi-bin/.htpostern.toml", config);

    let form = ByHand::get(&program, "/sign-in").like_ourselves().run();
    let form = form.answer.expect("a form");
    let cookie = form.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let visitor = site.visitor();
    let page = Page::new(
        visitor.clone(),
        Request::new("GET", "/cgi-bin/postern/sign-in"),
        form,
    );
    let filled = page
        .form("sign-in")
        .set("login", "ann")
        .set("password", "x");
    let (mut request, mount) = (
        filled.request(),
        format!(
            "mount --bind {} /etc/resolv.conf && exec \"$0\"",
            resolver.display()
        ),
    );
    request.headers.retain(|(name, _)| name != "Origin");
    let begin = Instant::now();
    let outcome = ByHand::request(&program, request)
        .env("HTTP_COOKIE", &cookie)
        .under(&["unshare", "--mount", "sh", "-c", &mount])
        .like_ourselves()
        .run();
    let took = begin.elapsed();
    let answer = outcome
        .answer
        .unwrap_or_else(|| panic!("no answer: {}", outcome.errors));
    assert_eq!(answer.status, 503);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains("This took too long"), "{text}");
    assert!(took >= Duration::from_secs(8), "ended after {took:?}");
    drop(silent);
}

#[test]
fn a_lock_that_was_replaced_is_no_gate_any_more() {
    let site = patient().start();
    let (ann, dir) = signed_in(&site, "ann");
    ann.get("/").has_status(200);
    let path = dir.join("lock");
    // As whoever removes a user does: under the lock.
    let old = fs::File::open(&path).expect("the lock");
    old.lock().expect("the gate");
    let waiting = click(&ann, "/");
    until("it waits", || kernel::lock(&path).1 == 1);
    fs::remove_file(&path).expect("the lock");
    fs::write(&path, "").expect("a new lock");
    place::give_to_worker(&path);
    hang(&site);
    let before = site.proxy().counts().connections;
    let working = click(&ann, "/?compare=1");
    until("another works behind the new one", || {
        site.proxy().counts().connections > before
    });
    drop(old);
    until("it waits at the new one", || kernel::lock(&path).1 == 1);
    go_on(&site);
    answer(working).has_status(200);
    answer(waiting).has_status(200).shows("Message 120");
}

#[test]
fn who_waits_for_a_user_that_is_forgotten_has_to_sign_in() {
    let site = patient().start();
    let (ann, dir) = signed_in(&site, "ann");
    let path = dir.join("lock");
    let forgetting = fs::File::open(&path).expect("the lock");
    forgetting.lock().expect("the gate");
    let waiting = click(&ann, "/");
    until("it waits", || kernel::lock(&path).1 == 1);
    fs::remove_dir_all(&dir).expect("the user");
    drop(forgetting);
    answer(waiting)
        .has_status(401)
        .shows("Your session has expired");
    assert!(!dir.exists());
}
