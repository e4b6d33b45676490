//! The markup of attackers, each as a mail of its own, and mails of the world: in the real message page, on its page for
//! paper and in its frame, in Chromium.
//!
//! No script runs, no policy has to stop anything (the sanitiser did), and while remote content is off nothing leaves the
//! machine: every host name leads to a listener that counts. A sample, and all that ever failed; every one by
//! `POSTERN_VECTORS=all cargo test --test postern vectors -- --nocapture`.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use postern::mime::structure;
use postern::work::Work;

use crate::mail::{mails, vectors};
use crate::support::chromium::{Chromium, Tab};
use crate::support::imap_script::{ImapScript, Mischief, When};
use crate::support::mails::{Mail, generated, in_base64};
use crate::support::reader::Reader;
use crate::support::site::Site;
use crate::support::transcript::Transcript;
use crate::support::unmet::{self, Want};

/// How many are tried where not all are asked for: every vector goes through the sanitiser in `mail`, so that these stand for
/// what a browser makes of the rest.
const SAMPLE: usize = 90;
/// Vectors that are always tried, by their id: our own, among which are those that came through once.
const ALWAYS: &str = "own";

/// What is no page of ours, however it came there; what a frame holds beyond what a mail may; what lies over the names on
/// paper.
const INTRUDERS: &str = "(() => {
  const never = 'script:not([src]), iframe:not(.frame), object, embed, base, body link, math, [srcset]';
  const inFrames = 'script, iframe, form, input, svg';
  const framed = document.querySelector('main') ? document.querySelector('iframe.frame')?.contentDocument : document;
  const acts = (e) => [...e.attributes].some((a) => a.name.startsWith('on'));
  const odd = [document, ...(framed ? [framed] : [])].flatMap((d) => [...d.querySelectorAll('*')]
    .filter((e) => e.matches(never) || acts(e) || d === framed && e.matches(inFrames)));
  const name = document.querySelector('#head h1');
  const [place] = name?.getClientRects() ?? [];
  const onTop = place && document.elementFromPoint(place.left + 1, place.top + place.height / 2);
  if (name && !name.contains(onTop)) odd.push(onTop ?? name);
  return [...odd.map((e) => e.outerHTML.slice(0, 200)), ...['canary', 'xss', 'pwned'].filter((name) => name in window)];
})()";

/// Everywhere but here: all host names lead to it, and it counts who comes.
struct World {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl World {
    fn listening() -> World {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&visits);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        World { port, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// A mail whose body is this markup, and whose subject, sender, file name and list are the same words.
fn mail(html: &str) -> Mail {
    let plain: String = html.chars().filter(|c| !c.is_control()).take(300).collect();
    let word = format!("=?utf-8?B?{}?=", STANDARD.encode(&plain));
    let ascii: String = plain.chars().filter(char::is_ascii).collect();
    let quoted = ascii.replace(['\\', '"'], "");
    let body = in_base64(html.as_bytes()).replace('\n', "\r\n");
    let text = format!(
        "From: {word} <x@evil.example>\r\nTo: {word} <ann@example.org>\r\nSubject: {word}\r\n\
         List-Unsubscribe: <https://{ascii}>\r\nAuthentication-Results: mx.example.org; dkim=pass header.d={ascii}\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=vector-part\r\n\r\n--vector-part\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n--vector-part\r\n\
         Content-Type: x/{quoted}; charset=\"{quoted}\"; name=\"{quoted}\"\r\n\
         Content-Disposition: attachment; filename=\"{quoted}\"\r\n\r\nx\r\n--vector-part--\r\n"
    );
    Mail::raw(text)
}

/// What went wrong on the page that a tab shows.
fn faults(tab: &Tab, own: &str, remote: bool) -> Vec<String> {
    let happened = tab.happened();
    let mut faults = Vec::new();
    faults.extend(happened.dialogs.iter().map(|d| format!("dialog {d}")));
    let stopped = happened.csp_violations.iter().chain(&happened.blocked);
    faults.extend(stopped.map(|v| format!("stopped only by the policy: {v}")));
    for request in &happened.requests {
        let (method, url) = request.split_once(' ').unwrap_or(("", request));
        let inside = url.starts_with(own) || url.starts_with("data:") || url.starts_with("about:");
        let outside = remote && url.starts_with("https://");
        // Every browser asks this of any site by itself, whatever its pages say.
        let root = own.find("/cgi-bin").and_then(|end| own.get(..end));
        if root.and_then(|root| url.strip_prefix(root)) == Some("/favicon.ico") {
            continue;
        }
        if method != "GET" || !(inside || outside) {
            faults.push(format!("asked for {request}"));
        }
    }
    let odd = tab.evaluate(INTRUDERS);
    let odd = odd.as_array().cloned().unwrap_or_default();
    faults.extend(
        odd.iter()
            .filter(|o| **o != json!([]))
            .map(Value::to_string),
    );
    faults
}

/// How many of `all` are tried: every one, a number, or a sample, as `POSTERN_VECTORS` says.
fn step(all: usize, sample: usize) -> usize {
    let wanted = std::env::var("POSTERN_VECTORS").unwrap_or_default();
    match (wanted.as_str(), wanted.parse::<usize>()) {
        ("all", _) => 1,
        (_, Ok(number)) => (all / number.max(1)).max(1),
        _ => {
            unmet::without(Want::Hours, "POSTERN_VECTORS=all tries every vector");
            (all / sample).max(1)
        }
    }
}

/// A browser becomes slow with what a tab has seen: after so many mails it gets another one.
const A_LIFE: usize = 250;
/// More mails than this are shared among as many browsers as there are processors.
const MANY: usize = 100;

/// Opens each mail in its page, and its HTML with remote content; what any of them did, by its name.
fn deeds(mut mails: Vec<(String, Mail)>) -> Vec<String> {
    assert!(!mails.is_empty());
    let browsers = match mails.len() > MANY {
        true => std::thread::available_parallelism().map_or(1, usize::from),
        false => 1,
    };
    let share = mails.len().div_ceil(browsers);
    std::thread::scope(|scope| {
        let mut running = Vec::new();
        while !mails.is_empty() {
            let rest = mails.split_off(share.min(mails.len()));
            let mine = std::mem::replace(&mut mails, rest);
            running.push(scope.spawn(|| deeds_in_one_browser(mine)));
        }
        let ended = running.into_iter().map(|r| r.join().expect("a browser"));
        ended.flatten().collect()
    })
}

fn deeds_in_one_browser(mails: Vec<(String, Mail)>) -> Vec<String> {
    let (names, mails): (Vec<String>, Vec<Mail>) = mails.into_iter().unzip();
    let site = Site::new().mails("ann", "INBOX", mails);
    let site = site
        .imap_setting("authserv_id = \"mx.example.org\"")
        .config("[cache]\nfresh_seconds = 86400")
        .start();
    let ann = site.sign_in("ann");
    let links = ann.get("/").attributes_of(".row a", "href");
    let newest = links.first().expect("a message");
    let validity = newest
        .split(['?', '&'])
        .find_map(|pair| pair.strip_prefix("v="))
        .expect("a numbering");

    let world = World::listening();
    // The browser itself speaks to its maker; of a page that did, the list of requests would tell.
    let makers =
        "EXCLUDE *.google.com, EXCLUDE *.googleapis.com, EXCLUDE *.gstatic.com, EXCLUDE *.gvt1.com";
    let rules = format!(
        "MAP * 127.0.0.1:{}, EXCLUDE 127.0.0.1, {makers}",
        world.port
    );
    let chromium = Chromium::start_with(&[format!("--host-resolver-rules={rules}")]);
    let own = site.url();
    let mut wrong = Vec::new();
    for (life, names) in names.chunks(A_LIFE).enumerate() {
        let tab = chromium.tab();
        tab.take_cookies(&ann);
        for (nth, name) in (life * A_LIFE..).zip(names) {
            let of = format!("f=INBOX&v={validity}&u={}", nth + 1);
            for (page, remote) in [("message", false), ("print", false), ("frame", true)] {
                let before = world.visits();
                tab.forget();
                match remote {
                    false => tab.open(&format!("{own}/{page}?{of}&r={nth}")),
                    true => tab.open(&format!("{own}/{page}?{of}&remote=1")),
                }
                let mut faults = faults(&tab, &own, remote);
                let visits = world.visits() - before;
                if visits > 0 && !remote {
                    faults.push(format!("{visits} connections to the world"));
                }
                if !faults.is_empty() {
                    let faults = faults.join("\n    ");
                    wrong.push(format!("{name}: {page} remote={remote}: {faults}"));
                }
            }
        }
    }
    wrong
}

fn nothing_was_done(wrong: &[String]) {
    let first: Vec<String> = wrong.iter().take(40).cloned().collect();
    assert!(
        wrong.is_empty(),
        "{} did something:\n{}",
        wrong.len(),
        first.join("\n")
    );
}

#[test]
fn no_vector_does_anything_in_a_real_browser() {
    let all = vectors();
    let step = step(all.len(), SAMPLE);
    let chosen: Vec<(String, Mail)> = all
        .iter()
        .enumerate()
        .filter(|(nth, (id, _))| nth % step == 0 || id == ALWAYS)
        .map(|(_, (id, html))| (format!("{id}, {html:.300}"), mail(html)))
        .collect();
    println!("{} vectors in Chromium", chosen.len());
    nothing_was_done(&deeds(chosen));
}

#[test]
fn no_mail_of_the_world_does_anything_in_a_real_browser() {
    let read = |file: &std::path::PathBuf| {
        let bytes = std::fs::read(file).expect("a mail");
        let parts = structure::leaves(&bytes, &Work::default());
        let has_html = !structure::body_of(&parts).html.is_empty();
        has_html.then(|| (file.display().to_string(), Mail::raw(bytes)))
    };
    let all: Vec<(String, Mail)> = mails().iter().filter_map(read).collect();
    let step = step(all.len(), SAMPLE / 3);
    let chosen: Vec<(String, Mail)> = all.into_iter().step_by(step).collect();
    println!("{} mails with HTML in Chromium", chosen.len());
    nothing_was_done(&deeds(chosen));
}

#[test]
fn what_a_mail_server_says_stays_words() {
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Honest);
    let site = Site::new().imap_at(script.address()).start();
    let ann = site.sign_in_with("ann", "x");
    ann.get("/").has_status(200);
    let chromium = Chromium::start();
    let own = site.url();
    let one_line = |html: &str| html.len() < 150 && html.chars().all(|c| (' '..='~').contains(&c));
    let all: Vec<String> = vectors().into_iter().map(|(_, html)| html).collect();
    let all: Vec<&String> = all.iter().filter(|html| one_line(html)).collect();
    let step = step(all.len(), 30);
    let chosen: Vec<&String> = all.into_iter().step_by(step).collect();
    println!("{} vectors as words of a mail server", chosen.len());
    for vectors in chosen.chunks(A_LIFE) {
        let tab = chromium.tab();
        tab.take_cookies(&ann);
        for html in vectors {
            let refusal = format!("[NOPERM] {html}").leak();
            let farewell = format!("* BYE [ALERT] {html}\r\n").into_bytes();
            for mischief in [
                Mischief::Refuses(When::Command, refusal),
                Mischief::Says(When::Command, farewell),
            ] {
                script.misbehave(mischief);
                for page in ["folder?f=Unknown", "?compare=1"] {
                    tab.forget();
                    tab.open(&format!("{own}/{page}"));
                    let said = html.split_whitespace().collect::<Vec<_>>().join(" ");
                    let text = tab.evaluate("document.body.textContent");
                    let text = text.as_str().unwrap_or_default();
                    assert!(text.contains(&said), "{said} is not in {text}");
                    assert_eq!(faults(&tab, &own, false), [""; 0], "{said}");
                }
            }
        }
    }
}

/// A page, a drawing and a program in one, that would all do the same.
const ACTIVE: &str = "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:h=\"http://www.w3.org/1999/xhtml\" \
    onload=\"alert(1)\"><script>alert(2);parent.canary=1</script><h:script>alert(3);parent.canary=1</h:script></svg>\
    <script>alert(4);parent.canary=1</script>";
/// A paper that runs a program when it is opened.
const PAPER: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n\
    2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n\
    trailer<</Root 1 0 R>>\n";

#[test]
fn no_attachment_acts_in_our_origin() {
    let kinds = [
        "text/html",
        "TEXT/HTML",
        "application/xhtml+xml",
        "image/svg+xml",
        "text/xml",
        "application/xml",
        "application/javascript",
        "text/plain",
        "image/png",
        "image/png, text/html",
        "text/html/x",
        "",
        "application/pdf",
    ];
    let parts: String = kinds
        .iter()
        .map(|kind| {
            let body = if *kind == "application/pdf" { PAPER } else { ACTIVE };
            format!("--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename=x\r\n\r\n{body}\r\n")
        })
        .collect();
    let text = format!(
        "From: x@evil.example\r\nSubject: Files\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"
    );
    let ann = Reader::of([Mail::raw(text)]);
    let page = ann.open_mail("Files");
    let links = page.attributes_of(".file a:last-child", "href");
    assert_eq!(links.len(), kinds.len());
    let chromium = Chromium::start();
    let tab = chromium.tab();
    tab.take_cookies(&ann);
    tab.open(&format!("http://{}{}", ann.server(), page.target()));
    for (link, kind) in links.iter().zip(kinds) {
        if kind == "application/pdf" {
            // The browser's own viewer runs the program of a paper in a box of its own, where it may open dialogs.
            let happened = tab.happened();
            assert!(happened.dialogs.is_empty(), "{:?}", happened.dialogs);
        }
        for link in [format!("{link}&open=1"), link.clone()] {
            // What is saved never loads; the rest does within a moment.
            let inside = tab.evaluate(&format!(
                "new Promise((done) => {{ const f = document.createElement('iframe'); f.src = {};\
                 const tell = () => {{ let seen = 'shut'; try {{ seen = String(f.contentWindow.canary); }} catch {{}} done(seen); }};\
                 f.onload = tell; setTimeout(tell, 400); document.body.append(f); }})",
                json!(link)
            ));
            assert!(
                inside == json!("shut") || inside == json!("undefined"),
                "{kind}: {inside}"
            );
        }
    }
    assert_eq!(tab.evaluate("typeof canary"), json!("undefined"));
    let own = format!("http://{}", ann.server());
    let asked = tab.happened().requests;
    let elsewhere = |r: &&String| r.contains("http") && !r.contains(&own);
    assert_eq!(asked.iter().find(elsewhere), None, "{asked:?}");
}

#[test]
fn no_vector_acts_as_the_name_of_a_folder() {
    // As much as stands in a name: no control characters, and no folder above it.
    let name = |html: &str| -> String {
        let plain = html.chars().filter(|c| !c.is_control());
        let name: String = plain.take(300).collect();
        name.trim().to_owned()
    };
    let all: BTreeSet<String> = vectors().iter().map(|(_, html)| name(html)).collect();
    let all: Vec<String> = all.into_iter().filter(|name| !name.is_empty()).collect();
    let step = step(all.len(), SAMPLE);
    let chosen: Vec<&String> = all.iter().step_by(step).collect();
    println!("{} vectors as folder names in Chromium", chosen.len());
    let chromium = Chromium::start();
    for names in chosen.chunks(1_000) {
        let listed = names
            .iter()
            .map(|name| format!("* LIST () NIL {{{}}}\r\n{name}\r\n", name.len()).into_bytes());
        let listed: Vec<Vec<u8>> = listed.collect();
        let mut transcript = Transcript::named("dovecot-2.3.19.1");
        for exchange in &mut transcript.exchanges {
            if exchange.command.starts_with("LIST") {
                exchange.responses.splice(0..0, listed.clone());
            }
        }
        let script = ImapScript::speaking(transcript, Mischief::Honest);
        let site = Site::new().imap_at(script.address()).start();
        let ann = site.sign_in_with("ann", "x");
        let tab = chromium.tab();
        tab.take_cookies(&ann);
        let own = site.url();
        tab.open(&format!("{own}/"));
        assert_eq!(faults(&tab, &own, false), [""; 0]);
        let shown = tab
            .evaluate("[...document.querySelectorAll('#folders .name')].map((e) => e.textContent)");
        let shown = shown.as_array().expect("names");
        for name in names {
            // Modified UTF-7 (RFC 3501 5.1.3), where a vector happens to be that.
            if !name.contains('&') {
                assert!(shown.contains(&json!(name)), "{name} is not in {shown:?}");
            }
        }
        for name in names.iter().step_by(names.len().div_ceil(10)) {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("f", name)
                .finish();
            tab.open(&format!("{own}/folder?{query}"));
            assert_eq!(faults(&tab, &own, false), [""; 0], "{name}");
            let text = tab.evaluate("document.title + document.querySelector('h1').textContent");
            let text = text.as_str().unwrap_or_default();
            assert!(
                name.contains('&') || text.contains(name.as_str()),
                "{name} is not in {text}"
            );
        }
    }
}

#[test]
fn names_that_a_server_or_another_program_chose_stay_names() {
    let names = [
        "<script>alert(1)",
        "<img src=x onerror=alert(1)>",
        "a' onmouseover='alert(1)",
        "javascript:alert(1)",
    ];
    let mails = generated(1);
    let folders = names.iter().map(|name| (*name, &[][..]));
    let folders: Vec<(&str, &[Mail])> = folders.chain([("INBOX", &mails[..])]).collect();
    let ann = Reader::with(&folders);
    let chromium = Chromium::start();
    let tab = chromium.tab();
    tab.take_cookies(&ann);
    let list = ann.get("/");
    for name in names {
        list.shows(name);
        let folder = list.click(name);
        folder.has_status(200);
        tab.open(&format!("http://{}{}", ann.server(), folder.target()));
        tab.expect_quiet();
    }
}
