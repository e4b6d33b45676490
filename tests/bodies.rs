//! Bodies that do not come as announced, and bodies that leave slowly: nothing is changed by the ones, nobody waits for the
//! others.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::thread;
use std::time::Duration;

use crate::support::http;
use crate::support::kernel::{self, Watch, until};
use crate::support::mails;
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::random::Random;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// A POST put together by hand: these headers, this body, whatever they say of each other.
fn post(ann: &Visitor, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let target = ann.address("/sign-out");
    let bytes = ann.bytes_of(&Request::new("GET", &target));
    let text = String::from_utf8(bytes).expect("a head");
    let mut text = text.replacen("GET", "POST", 1);
    text.truncate(text.len() - 2);
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for (name, value) in [&[form], headers].concat() {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// What is wrong with a body, its headers, the body, and the status that it gets.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, u16);

fn token(ann: &Visitor) -> String {
    let page = ann.get("/");
    page.form("sign-out")
        .value("token")
        .expect("a token")
        .to_owned()
}

#[test]
fn a_body_that_is_not_as_announced_changes_nothing() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let good = format!("token={}", token(&ann));
    let others = format!("token={}", token(&site.sign_in("ann")));
    let length = good.len().to_string();
    let too_short = (good.len() - 4).to_string();
    let too_long = (good.len() + 50).to_string();
    let origin = format!("http://{}", ann.server());
    let large = format!("{good}&x={}", "x".repeat(100_000));
    let large_length = large.len().to_string();
    let chunks = format!("{:x}\r\n{good}\r\n0\r\n\r\n", good.len());
    let ours = ("Origin", origin.as_str());
    let cases: [Case; 9] = [
        (
            "cut short",
            &[("Content-Length", &too_long), ours],
            &good,
            400,
        ),
        (
            "longer than it says",
            &[("Content-Length", &too_short), ours],
            &good,
            403,
        ),
        (
            "chunked",
            &[("Transfer-Encoding", "chunked"), ours],
            &chunks,
            411,
        ),
        (
            "too large",
            &[("Content-Length", &large_length), ours],
            &large,
            413,
        ),
        ("empty", &[("Content-Length", "0"), ours], "", 403),
        ("no token", &[("Content-Length", "3"), ours], "a=b", 403),
        (
            "the token of another session",
            &[("Content-Length", &length), ours],
            &others,
            403,
        ),
        (
            "from another site",
            &[
                ("Content-Length", &length),
                ("Origin", "https://evil.example"),
            ],
            &good,
            403,
        ),
        (
            "from another site, as the browser says",
            &[
                ("Content-Length", &length),
                ours,
                ("Sec-Fetch-Site", "cross-site"),
            ],
            &good,
            403,
        ),
    ];
    for (what, headers, body, status) in cases {
        let all = ann.raw_to_end(&post(&ann, headers, body));
        let answer = http::read(&mut BufReader::new(all.as_slice()), false);
        let answer = answer.unwrap_or_else(|e| panic!("{what}: {e}\n{}", ann.evidence()));
        assert_eq!(answer.status, status, "{what}");
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        // Apache judges a body that ends early by itself.
        if status != 400 {
            assert!(page.contains("Nothing was changed."), "{what}: {page}");
        }
        ann.get("/").has_status(200).shows("Message 3");
    }
    // And as announced it is taken.
    let all = ann.raw_to_end(&post(&ann, &[("Content-Length", &length), ours], &good));
    assert!(all.starts_with(b"HTTP/1.1 303"));
    ann.get("/").has_status(401);
}

#[test]
fn a_body_that_drips_holds_no_lock() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let mut slow = ann.open();
    let head = post(&ann, &[("Content-Length", "90")], "to");
    slow.write_all(&head).expect("the web server");
    until("it is being read", || {
        kernel::processes(&site.program()).len() == 1
    });
    let lock = site.user_dir().join("lock");
    for drop in b"ken=" {
        slow.write_all(&[*drop]).expect("the web server");
        ann.get("/").has_status(200).shows("Message 3");
        until("the click is over", || {
            kernel::processes(&site.program()).len() == 1
        });
        assert_eq!(kernel::lock(&lock), (None, 0));
    }
}

#[test]
fn whoever_is_signed_in_may_have_a_slow_line() {
    let site = Site::new()
        .messages(3)
        .config("[gate]\ndeadline_seconds = 5\nwait_seconds = 5")
        .start();
    let ann = site.sign_in("ann");
    let body = format!("token={}", token(&ann));
    let origin = format!("http://{}", ann.server());
    let length = body.len().to_string();
    let headers = [("Content-Length", length.as_str()), ("Origin", &origin)];
    let request = post(&ann, &headers, &body);
    let (most, last) = request.split_at(request.len() - 1);
    let mut slow = ann.open();
    slow.write_all(most).expect("the web server");
    // Time itself is what is tried: longer than a request may take once its body is there, the hard deadline included.
    thread::sleep(Duration::from_secs(9));
    slow.write_all(last).expect("the web server");
    let answer = http::read(&mut BufReader::new(slow), false).expect("an answer");
    assert_eq!(answer.status, 303);
    ann.get("/").has_status(401);
}

/// So many MB.
fn megabytes(count: usize, seed: u64) -> Vec<u8> {
    Random::seeded(seed).bytes(count * 1024 * 1024)
}

/// A site where "Large" has these bytes attached, a proxy before its mail server; Ann, and where she downloads them.
fn with_large(bytes: &[u8]) -> (Site, Visitor, String) {
    let mail = mails::attached("Large", "Large.bin", bytes);
    let site = Site::new()
        .mails("ann", "INBOX", vec![mail])
        .proxied()
        .start();
    let ann = site.sign_in("ann");
    let link = attachment(&ann, "Large");
    (site, ann, link)
}

/// Expects these bytes, bit for bit.
fn is_whole(page: &Page, bytes: &[u8]) {
    page.has_status(200);
    page.expect(page.body() == bytes, || "other bytes".to_owned());
}

/// Where the attachment of a message is downloaded.
fn attachment(ann: &Visitor, subject: &str) -> String {
    let page = ann.get("/").click(subject);
    let links = page.attributes_of("a[href*='/part?']", "href");
    let link = links.iter().find(|l| !l.contains("open=1"));
    page.absolute(link.unwrap_or_else(|| panic!("{}", page.report("no attachment"))))
}

#[test]
fn nobody_waits_for_a_slow_reader_and_he_gets_every_byte() {
    let bytes = megabytes(50, 1);
    let (site, ann, link) = with_large(&bytes);
    let other = megabytes(2, 2);
    site.deliver("ann", &mails::attached("Other", "Other.bin", &other));
    ann.get("/?compare=1");
    let second = attachment(&ann, "Other");
    let watch = Watch::on(&site.program());
    let mut slow = ann.open();
    let request = ann.bytes_of(&Request::new("GET", &link));
    slow.write_all(&request).expect("the web server");
    let mut begin = vec![0; 300_000];
    slow.read_exact(&mut begin).expect("the first bytes");
    // He is in no hurry; others are.
    for _ in 0..3 {
        ann.get("/").has_status(200).shows("Large");
    }
    is_whole(&ann.get(&second), &other);
    until("only the slow one is left", || {
        kernel::processes(&site.program()).len() == 1
    });

    let whole =
        http::read(&mut BufReader::new(begin.as_slice().chain(slow)), false).expect("all of it");
    assert_eq!(whole.status, 200);
    let disposition = whole.header("content-disposition").unwrap_or_default();
    assert_eq!(disposition, "attachment; filename=\"Large.bin\"");
    assert_eq!(whole.body.len(), bytes.len());
    assert!(whole.body == bytes, "not bit for bit the same");
    assert!((1..64).contains(&watch.peak_mb()), "{} MB", watch.peak_mb());
    // Nothing of it stays behind.
    let left = fs::read_dir(site.state_dir()).expect("the state").flatten();
    let left: Vec<_> = left
        .filter(|e| e.metadata().is_ok_and(|m| m.len() > 1_000_000))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_server_that_is_cut_off_is_an_error_page_and_never_a_short_file() {
    let bytes = megabytes(50, 3);
    let (site, ann, link) = with_large(&bytes);
    let watch = Watch::on(&site.program());
    // Before it begins, in the middle, and in its last bytes: base64 makes 70 MB of it.
    for cut in [100, 30_000_000, 70_000_000] {
        site.proxy().trouble(Trouble::CutAfter(cut));
        let page = ann.get_once(&link);
        page.has_status(502)
            .shows("This part of the message could not be shown");
        assert_eq!(page.header("content-disposition"), "");
    }
    site.proxy().trouble(Trouble::None);
    is_whole(&ann.get_once(&link), &bytes);
    assert!((1..64).contains(&watch.peak_mb()), "{} MB", watch.peak_mb());
}

#[test]
fn a_transfer_that_stalls_ends_with_a_page_and_frees_its_lane() {
    let bytes = megabytes(4, 5);
    let (site, ann, link) = with_large(&bytes);
    site.proxy().reset();
    site.proxy().trouble(Trouble::HangAfter(2_000_000));
    let tab = ann.tab();
    let path = link.clone();
    let stalled = thread::spawn(move || tab.get_once(&path));
    until("it stalls", || {
        site.proxy().counts().bytes_down >= 2_000_000
    });
    // The lane is taken, the gate is not.
    ann.get("/").has_status(200).shows("Large");
    let page = stalled.join().expect("an answer");
    page.has_status(504)
        .shows("This part of the message could not be shown");
    site.proxy().trouble(Trouble::None);
    is_whole(&ann.get_once(&link), &bytes);
}

#[test]
fn what_nobody_takes_any_more_frees_its_lane() {
    let bytes = megabytes(8, 4);
    let (_site, ann, link) = with_large(&bytes);
    // Four that take the first bytes and no more are as many as there are places.
    let slow: Vec<_> = (0..4)
        .map(|_| {
            let mut stream = ann.open();
            let request = ann.bytes_of(&Request::new("GET", &link));
            stream.write_all(&request).expect("the web server");
            stream.read_exact(&mut [0; 1000]).expect("the first bytes");
            stream
        })
        .collect();
    let page = ann.get_once(&link);
    page.has_status(429).shows("reloads automatically");
    // Clicks go on all the while.
    ann.get("/").has_status(200);
    drop(slow);
    let mut page = ann.get_once(&link);
    until("a place is free", || {
        page = ann.get_once(&link);
        page.status() != 429
    });
    is_whole(&page, &bytes);
}

#[test]
fn large_posts_at_once_are_refused_before_the_gate_and_held_nowhere() {
    let site = Site::new()
        .messages(3)
        .proxied()
        .config("[gate]\nwait_seconds = 60\ndeadline_seconds = 60")
        .start();
    let ann = site.sign_in("ann");
    let token = format!("token={}&x=", token(&ann));
    let lock = site.user_dir().join("lock");
    site.proxy().trouble(Trouble::Hang);
    let tab = ann.tab();
    let holder = thread::spawn(move || tab.get_once("/?compare=1"));
    until("a click works", || kernel::lock(&lock).0.is_some());
    let watch = Watch::on(&site.program());
    // No form of ours is larger than 64 KB, so there is no large one that would be taken.
    let body = format!("{token}{}", "x".repeat(20_000_000));
    let origin = format!("http://{}", ann.server());
    let length = body.len().to_string();
    let request = post(
        &ann,
        &[("Content-Length", &length), ("Origin", &origin)],
        &body,
    );
    let answers: Vec<_> = thread::scope(|scope| {
        let sending: Vec<_> = (0..6).map(|_| scope.spawn(|| ann.raw(&request))).collect();
        sending
            .into_iter()
            .map(|s| s.join().expect("a POST"))
            .collect()
    });
    for answer in answers {
        let answer = answer.unwrap_or_else(|| panic!("no answer\n{}", ann.evidence()));
        assert_eq!(answer.status, 413);
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(page.contains("Nothing was changed."), "{page}");
    }
    // All of them were answered while another click held the gate, and none of their bytes were kept.
    assert!(!holder.is_finished() && kernel::lock(&lock).0.is_some());
    assert!((1..20).contains(&watch.peak_mb()), "{} MB", watch.peak_mb());
    site.proxy().trouble(Trouble::None);
    site.proxy().cut();
    holder.join().expect("a click").has_status(200);
    ann.get("/").has_status(200).shows("Message 3");
}
