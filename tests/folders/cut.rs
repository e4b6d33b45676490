//! Changes of folders that are cut short, by a kill or a lost connection, at each of their steps: the next page shows what is
//! there.

use std::os::unix::process::ExitStatusExt as _;

use super::{listed, options, plan};
use crate::support::by_hand::ByHand;
use crate::support::install::{self, Part};
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// The calls at which an act is killed: what goes out, what comes in, what lasts.
const CALLS: [&str; 3] = ["sendto", "recvfrom", "fdatasync,fsync"];

/// A form, made new for each step, and what it leaves behind put right again by another mail program.
struct Case {
    form: fn(&Visitor) -> Request,
    again: fn(&Site),
}

const RENAME: Case = Case {
    form: |ann| {
        let page = options(ann, "Work");
        page.form("rename-form").set("name", "Job").request()
    },
    again: |site| {
        let mut client = site.other_client("ann");
        client.tries("RENAME Job Work");
        for name in ["Work", "Work/Plans", "Work/Plans/Old"] {
            client.tries(&format!("SUBSCRIBE {name}"));
        }
    },
};

const DELETE: Case = Case {
    form: |ann| {
        let question = options(ann, "Work").click("Delete folder");
        question.form("delete-form").request()
    },
    again: |site| {
        let mut client = site.other_client("ann");
        for name in ["Work", "Work/Plans", "Work/Plans/Old"] {
            client.tries(&format!("CREATE {name}"));
        }
    },
};

/// The folders that a page shows, by their addresses.
fn shown(page: &Page) -> Vec<String> {
    let hrefs = page.attributes_of(".all li > a:first-child", "href");
    let name = |href: &String| {
        let (_, query) = href.split_once('?').unwrap_or(("", ""));
        let mut fields = form_urlencoded::parse(query.as_bytes());
        let named = fields.find(|(key, _)| key == "f");
        named.map_or("INBOX".to_owned(), |(_, name)| name.into_owned())
    };
    let mut names: Vec<String> = hrefs.iter().map(name).collect();
    names.sort_unstable();
    names
}

/// What must be said once where the change had begun.
fn expect_told(page: &Page, there: &[String], step: &str) {
    let said = page.texts_of(".note p").join(" ");
    let said = said.replace(['\u{2068}', '\u{2069}'], "");
    if !said.contains("interrupted") {
        return;
    }
    let has = |name: &str| there.iter().any(|one| one == name);
    let wanted = match (has("Work"), has("Job")) {
        (true, _) if said.contains("deleted") => "Work was not deleted",
        (true, _) => "Work was not renamed.",
        (false, true) => "Work was renamed to Job.",
        (false, false) => "Work was deleted.",
    };
    let is_told = said.contains("Your last action was interrupted.") && said.contains(wanted);
    page.expect(is_told, || {
        format!("{step}: {there:?}, and it says: {said}")
    });
}

/// True where the page told that the change had been interrupted.
fn expect_truth(site: &Site, ann: &Visitor, step: &str) -> bool {
    site.dovecot().wait_for_ends();
    let there = listed(site, "LIST");
    let page = ann.get("/folders");
    expect_told(&page, &there, step);
    let is_told = page.has_words("interrupted");
    ann.get("/folders").hides("interrupted");
    page.expect(shown(&page) == there, || {
        format!("{step}: it shows {:?}, there is {there:?}", shown(&page))
    });
    for (name, subject) in [
        ("Work", "Of work"),
        ("Job", "Of work"),
        ("Letters", "A letter"),
    ] {
        let list = ann.get(&format!("/folder?f={name}"));
        let is_there = there.iter().any(|one| one == name);
        let status = if is_there { 200 } else { 410 };
        list.expect(list.status() == status, || format!("{step}: {name}"));
        let rows = list.texts_of(".row .subject");
        // Beside the page that says that it is gone stands another list.
        let are_its_own = |row: &String| (row == subject) == is_there;
        assert!(rows.iter().all(are_its_own), "{step}: {rows:?}");
    }
    is_told
}

fn killed_at_each_step(case: &Case, least: usize) {
    install::need(Part::Strace);
    let site = plan().start();
    let ann = site.sign_in("ann");
    let (mut steps, mut told) = (0, 0);
    for call in CALLS {
        for nth in 1.. {
            (case.again)(&site);
            ann.get("/folder?compare=1");
            expect_fresh(&ann);
            let form = (case.form)(&ann);
            let killed = ByHand::request(&site.program(), form).killed_at(call, nth);
            let outcome = killed.under(&["-f"]).by(&ann).run();
            if outcome.ended.signal().is_none() && outcome.ended.success() {
                break;
            }
            steps += 1;
            let step = format!("killed at {call} number {nth}");
            told += usize::from(expect_truth(&site, &ann, &step));
        }
    }
    println!("killed at {steps} steps, told {told} times");
    assert!(told > 0, "never told");
    assert!(steps >= least, "only {steps} steps");
}

/// The folders as they are now, known to the cache.
fn expect_fresh(ann: &Visitor) {
    options(ann, "Work").has_status(200);
    ann.get("/folder?f=Work");
}

fn cut_at_each_step(case: &Case, least: usize) {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    let mut cuts = 0;
    for bytes in (50..).step_by(97) {
        (case.again)(&site);
        ann.get("/folder?compare=1");
        expect_fresh(&ann);
        let form = (case.form)(&ann);
        site.proxy().reset();
        site.proxy().trouble(Trouble::CutAfter(bytes));
        let answer = ann.send(&form);
        site.proxy().trouble(Trouble::None);
        if answer.status() == 303 {
            break;
        }
        cuts += 1;
        expect_truth(&site, &ann, &format!("cut after {bytes} bytes"));
    }
    println!("cut {cuts} times");
    assert!(cuts >= least, "only {cuts} cuts");
}

#[test]
fn a_rename_may_be_killed_at_each_of_its_steps() {
    killed_at_each_step(&RENAME, 8);
}

#[test]
fn deleting_may_be_killed_at_each_of_its_steps() {
    killed_at_each_step(&DELETE, 8);
}

#[test]
fn a_rename_may_be_cut_off_at_each_of_its_steps() {
    cut_at_each_step(&RENAME, 8);
}

#[test]
fn deleting_may_be_cut_off_at_each_of_its_steps() {
    cut_at_each_step(&DELETE, 8);
}
