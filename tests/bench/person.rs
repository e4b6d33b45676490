//! Clicks as a person makes them: on a connection that the browser keeps, some time after the one before, wherever the log
//! of the store just ends.

use std::thread;
use std::time::Duration;

use crate::FAR;
use crate::numbers::{Series, Table, millis};
use crate::stage::{Click, Stage};
use crate::support::random::Random;

/// After so many rounds the log of the store ends elsewhere.
const ROUNDS_A_PHASE: usize = 10;
/// How often a message is opened for the first time.
const FIRST_OPENS: usize = 20;

/// Warm clicks on kept connections, and messages opened for the first time.
pub fn clicks(stage: &Stage, rounds: usize) {
    let [letter, frame] = stage.warm_letter();
    let list = stage.warm_list();
    let size = list.page().1.body.len();
    let kinds = [
        ("do-nothing CGI", stage.nothing(size)),
        ("warm list", list),
        ("warm message", stage.warm_message()),
        ("warm message of 30 kB HTML", letter),
        ("the document in its frame", frame),
    ];
    let mut connections = kinds.each_ref().map(|(_, click)| click.connection());
    let mut times: [Series; 5] = Default::default();
    let mut random = Random::seeded(7);
    for round in 0..rounds {
        if round.is_multiple_of(ROUNDS_A_PHASE) {
            stage.move_the_log();
        }
        for (((_, click), connection), times) in kinds.iter().zip(&mut connections).zip(&mut times)
        {
            think(&mut random);
            times.add(millis(click.page_on(connection).0));
        }
    }
    let mut table = Table::new(
        &format!("The same as a person clicks, on kept connections, ms; {rounds} rounds in turn"),
        &["", "p10", "median", "p75", "p90", "times"],
    );
    for ((name, _), series) in kinds.iter().zip(&times) {
        table.spread(name, series, &times[0]);
    }
    let opened = first_opens(stage, &stage.unopened(FIRST_OPENS), &mut random);
    let far = format!(
        "a message never opened, the mail server {} ms away",
        FAR.as_millis()
    );
    table.spread(&far, &opened, &times[0]);
    table.print();
}

fn first_opens(stage: &Stage, messages: &[Click], random: &mut Random) -> Series {
    stage.imap().delay(FAR);
    let mut times = Series::default();
    for message in messages {
        think(random);
        times.add(millis(message.page_on(&mut message.connection()).0));
    }
    stage.imap().delay(Duration::ZERO);
    times
}

fn think(random: &mut Random) {
    thread::sleep(Duration::from_millis(30 + random.below(31)));
}
