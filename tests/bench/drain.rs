//! How a storm drains: tabs that a browser opens at once, each of which tries again as its page says, until all have theirs.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use crate::numbers::{Table, millis, number};
use crate::stage::{Click, Stage};
use crate::support::http::Response;
use crate::{FAR, STORMS};

/// Folders that nobody has opened which this needs.
pub const COLD: usize = 1 + STORMS[0];
/// A tab that has no page after so long never gets one.
const PATIENCE: Duration = Duration::from_secs(120);

/// Storms of cached pages, and of pages that have to be fetched.
pub fn storms(stage: &Stage) {
    stage.imap().delay(FAR);
    let mut table = Table::new(
        &format!(
            "Tabs of one user opened at once, the mail server {} ms away, until all have their page",
            FAR.as_millis()
        ),
        &[
            "",
            "first, ms",
            "last, ms",
            "connections",
            "tries",
            "most tries of a tab",
        ],
    );
    let one = |table: &mut Table, name: &str, tabs: &[Click]| {
        stage.imap().reset();
        let drained = drain(tabs);
        let tries: usize = drained.iter().map(|(_, tries)| tries).sum();
        let ends = || drained.iter().map(|(took, _)| millis(*took));
        let cells = [
            number(ends().fold(f64::INFINITY, f64::min)),
            number(ends().fold(0.0, f64::max)),
            stage.imap().counts().connections.to_string(),
            tries.to_string(),
            drained
                .iter()
                .map(|(_, tries)| *tries)
                .max()
                .unwrap_or(0)
                .to_string(),
        ];
        table.row(name, &cells);
    };
    one(&mut table, "1 of a cold list", &[stage.cold_list()]);
    let cold: Vec<Click> = (0..STORMS[0]).map(|_| stage.cold_list()).collect();
    one(
        &mut table,
        &format!("{} of different cold lists", STORMS[0]),
        &cold,
    );
    for count in STORMS {
        let warm = vec![stage.warm_list(); count];
        one(&mut table, &format!("{count} of a cached list"), &warm);
    }
    table.print();
    stage.imap().delay(Duration::ZERO);
}

/// When each tab had its page, and how often it had asked by then.
fn drain(tabs: &[Click]) -> Vec<(Duration, usize)> {
    let begin = Instant::now();
    thread::scope(|scope| {
        let running: Vec<_> = tabs
            .iter()
            .map(|tab| scope.spawn(move || until_it_has_its_page(tab, begin)))
            .collect();
        running
            .into_iter()
            .map(|tab| tab.join().expect("a tab"))
            .collect()
    })
}

fn until_it_has_its_page(tab: &Click, begin: Instant) -> (Duration, usize) {
    let (mut tab, mut tries) = (tab.clone(), 0);
    let mut refused: BTreeMap<u16, usize> = BTreeMap::new();
    loop {
        tries += 1;
        let (_, answer) = tab.answer();
        if answer.status == 200 {
            return (begin.elapsed(), tries);
        }
        *refused.entry(answer.status).or_default() += 1;
        assert!(begin.elapsed() < PATIENCE, "no page: {refused:?}");
        let (seconds, next) = refresh(&answer).expect("a page that tries again");
        thread::sleep(Duration::from_secs(seconds));
        tab = tab.at(&next);
    }
}

/// After how many seconds a page loads which address.
fn refresh(answer: &Response) -> Option<(u64, String)> {
    let (seconds, next) = answer.header("refresh")?.split_once("; url=")?;
    Some((seconds.parse().ok()?, next.to_owned()))
}
