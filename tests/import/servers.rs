//! Imports into folders of servers that can do less, and a large one, measured.

use std::time::Instant;

use super::{found, import, mail, mbox, plan, says, subjects};
use crate::support::kernel::Watch;
use crate::support::liar::{Liar, Lie};
use crate::support::pymap::{self, Pymap};
use crate::support::site::Site;

#[test]
fn what_thunderbird_has_deleted_is_left_out_and_counted() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let one = |status: &str, subject: &str| {
        let begun = "From - Sat Nov 29 14:18:14 2025\n";
        let mail = mail(subject, "x");
        format!("{begun}X-Mozilla-Status: {status}\nX-Mozilla-Status2: 00000000\n{mail}\n")
    };
    let file = [
        one("0001", "Read"),
        one("0009", "Gone"),
        one("0000", "New"),
        one("0008", "Also gone"),
    ];
    let list = import(&ann, "Old", &[("Inbox", file.concat().as_bytes())]);
    says(&list, "2 messages imported into Old.");
    says(
        &list,
        "2 messages were left out because they had been deleted.",
    );
    assert_eq!(subjects(&site, "Old"), ["New", "Read"]);
    let seen: Vec<String> = found(&site, "Old")
        .into_iter()
        .map(|(_, flags, _)| flags)
        .collect();
    assert_eq!(seen, ["\\Seen", ""]);
    // Where nothing else is in the file, that is said too.
    let list = import(&ann, "Old", &[("Trash", one("0009", "Gone").as_bytes())]);
    says(
        &list,
        "Nothing was imported into Old. 1 message was left out",
    );
}

/// RFC 7889: a server may have a limit for each folder, which STATUS tells.
#[test]
fn the_limit_of_a_folder_is_asked_for_before_anything_is_sent() {
    let real = plan().dovecot("imap_capability = +APPENDLIMIT\n").start();
    let liar = Liar::start(real.dovecot().address());
    liar.lies(vec![
        Lie::about("STATUS")
            .does(|asked| asked.replace(" APPENDLIMIT", ""))
            .says(|answer| answer.replace("(MESSAGES", "(APPENDLIMIT 5000 MESSAGES")),
    ]);
    let front = Site::new().imap_at(liar.address()).start();
    let ann = front.sign_in("ann");
    let large = mail("Large", &"long line\n".repeat(600));
    let list = import(&ann, "Old", &[("large.eml", large.as_bytes())]);
    says(&list, "Nothing was imported into Old.");
    says(&list, "large.eml (too large for the mail server)");
    let heard = liar.heard();
    let asked = heard.iter().any(|line| line.contains("APPENDLIMIT)"));
    assert!(
        asked && !heard.iter().any(|line| line.contains("APPEND \"")),
        "{heard:?}"
    );
    assert!(subjects(&real, "Old").is_empty());
}

/// No UIDPLUS, no LITERAL+, no APPENDLIMIT: each message waits for the server to ask for it, and nobody tells its number.
#[test]
fn a_server_without_extensions_takes_messages_in() {
    let site = plan()
        .dovecot("imap_capability = IMAP4rev1\n")
        .proxied()
        .start();
    let ann = site.sign_in("ann");
    site.proxy().reset();
    let single = mail("Single", "x");
    let three = mbox(3);
    let files = [("a.eml", single.as_bytes()), ("b", three.as_bytes())];
    let list = import(&ann, "Old", &files);
    says(&list, "4 messages imported into Old.");
    assert_eq!(
        subjects(&site, "Old"),
        ["Letter1", "Letter2", "Letter3", "Single"]
    );
    let said = site.proxy().transcript();
    assert!(
        said.contains(" APPEND \"Old\"") && !said.contains("+}"),
        "{said}"
    );
}

#[test]
fn a_pymap_takes_messages_in() {
    let pymap = Pymap::start();
    let site = Site::new().imap_at(pymap.address()).start();
    let ann = site.sign_in_with(pymap::LOGIN, pymap::PASSWORD);
    let list = import(&ann, "INBOX", &[("a", mbox(3).as_bytes())]);
    says(&list, "3 messages imported into Inbox.");
    for subject in ["Letter1", "Letter2", "Letter3"] {
        list.shows(subject);
    }
    list.click("Letter2").shows("Hello");
}

#[test]
#[ignore = "a measurement: takes minutes; prints its figures"]
fn ten_thousand_messages_are_taken_in() {
    const COUNT: usize = 10_000;
    let site = plan().start();
    let ann = site.sign_in("ann");
    let file = mbox(COUNT);
    let watch = Watch::on(&site.program());
    let begin = Instant::now();
    let mut page = import(&ann, "Old", &[("a", file.as_bytes())]);
    let mut requests = 1;
    while page.text_of("form[data-goes-on]").is_some() {
        page = page.form("import-on").submit();
        requests += 1;
    }
    println!(
        "{COUNT} messages, {} MB: {:.1} s, {requests} requests, {} MB of memory at most",
        file.len() / 1_000_000,
        begin.elapsed().as_secs_f64(),
        watch.peak_mb()
    );
    says(&page, "10,000 messages imported into Old.");
    assert_eq!(subjects(&site, "Old").len(), COUNT);
}
