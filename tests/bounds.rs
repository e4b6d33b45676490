//! What is made of a reply has bounds, whatever the reply is: a page comes, all that it leaves out is told on it or can be
//! found from it, and no process takes more than 64 MB. Every site limits its program to 256 MB of address space.

/// What can be made as long as one likes.
mod growth;
/// Mails of which one thing is too long.
mod mails;
/// Replies of which one thing is too long.
mod replies;
/// What is left out of a mail, and said.
mod told;
/// Work that grows faster than its input.
mod work;

use crate::support::imap_script::{ImapScript, Mischief};
use crate::support::kernel::Watch;
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::transcript::Transcript;
use crate::support::visitor::Visitor;

/// Bytes of a page at most: one with a text of 1 MB that is nothing but links is that long.
const PAGE_BYTES: usize = 3 * 1024 * 1024;
/// Megabytes of RAM that a process takes at most.
const PEAK_MB: u64 = 64;
/// Processor time of one click, in milliseconds.
const CPU_MILLIS: u64 = 1_000;

/// A server that lists these folders, in the lines of LIST, beside its INBOX.
fn listing(lines: &[String]) -> ImapScript {
    let mut transcript = Transcript::named("dovecot-2.3.19.1");
    for exchange in &mut transcript.exchanges {
        if exchange.command.starts_with("LIST") {
            let end = exchange.responses.pop().expect("an end");
            let inbox = b"* LIST (\\HasNoChildren) \".\" INBOX\r\n".to_vec();
            exchange.responses = vec![inbox, lines.concat().into_bytes(), end];
        }
    }
    ImapScript::speaking(transcript, Mischief::Honest)
}

/// The first page of somebody at a site of this server. What the site was is kept until the page is no longer looked at.
fn at(script: ImapScript) -> (Standing, Page) {
    let site = Site::new().imap_at(script.address()).start();
    let watch = Watch::on(&site.program());
    let ann = site.sign_in_with("ann", "x");
    let page = ann.get_once("/");
    within(&page, &watch);
    // The next click finds the folders in the cache.
    let again = ann.get_once("/");
    within(&again, &watch);
    crate::cost::connections(&again, 0);
    (Standing(site, script), page)
}

/// A site and its mail server, until they are dropped.
struct Standing(#[expect(dead_code)] Site, #[expect(dead_code)] ImapScript);

/// Expects a whole list, in bounds.
fn within(page: &Page, watch: &Watch) {
    page.has_status(200);
    assert!(
        !page.texts_of("li.row").is_empty(),
        "{}",
        page.report("no row")
    );
    let (bytes, peak) = (page.body().len(), watch.peak_mb());
    println!("{bytes} bytes, {peak} MB, {} ms of CPU", watch.cpu_millis());
    assert!(bytes < PAGE_BYTES, "a page of {bytes} bytes");
    assert!(peak < PEAK_MB, "{peak} MB");
}

/// A page; once more where it came too late, as it may while everything waits for a processor: what is bounded here is work.
fn in_time(visitor: &Visitor, path: &str) -> Page {
    let page = visitor.get_once(path);
    match page.status() {
        503 | 504 => visitor.get_once(path),
        _ => page,
    }
}

/// True where a second look at a list asks the server although the first look has told all of it.
fn asks_needlessly(first: &Page, second: &Page) -> bool {
    let is_told = !first.text().contains("Not loaded yet");
    is_told && second.status() == 200 && second.server_timing("imap").numbers()[0] != 0
}

fn listed(name: &str) -> String {
    format!("* LIST () \".\" \"{name}\"\r\n")
}

#[test]
fn a_list_of_deep_folders_makes_no_more_than_it_has_names() {
    // 3 MB, 64 levels a name.
    let levels = (0..63)
        .map(|n| format!("{n}"))
        .collect::<Vec<String>>()
        .join(".");
    let lines: Vec<String> = (0..17_000)
        .map(|n| listed(&format!("f{n}.{levels}")))
        .collect();
    let (_standing, page) = at(listing(&lines));
    found(&page, "f10999");
    let all = page.click("more folders");
    all.has_status(200)
        .shows("more folders than Postern can list");
}

#[test]
fn a_list_of_too_many_folders_says_how_many_are_left_out() {
    let lines: Vec<String> = (0..140_000).map(|n| listed(&format!("n{n:06}"))).collect();
    let lines = [lines, vec![listed("Sent")]].concat();
    let (_standing, page) = at(listing(&lines));
    page.shows("Sent");
    let all = page.click("more folders");
    all.has_status(200)
        .shows("120,002 more folders than Postern can list");
    found(&page, "n000005");
}

#[test]
fn folders_with_long_names_stay_in_the_list() {
    let long = "x".repeat(900);
    let lines: Vec<String> = (0..3_000)
        .map(|n| listed(&format!("{n:04}{long}")))
        .collect();
    let (_standing, page) = at(listing(&lines));
    found(&page, "0007x");
}

/// Expects that the page of all folders finds a folder.
fn found(page: &Page, name: &str) {
    let all = page.click("more folders");
    all.has_status(200);
    assert!(all.body().len() < PAGE_BYTES);
    let found = all.form("find-folder").set("find", name).submit();
    found.has_status(200);
    let links = found.attributes_of("main .all a", "href");
    assert!(
        links.iter().any(|href| href.contains(name)),
        "{name}: {links:?}"
    );
}
