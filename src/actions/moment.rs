//! The one time of a message that its row tells: when it arrived, which is also the order of lists.
//!
//! Not for the page of a message, which tells both times where they differ. To know before changing it: an import that kept no
//! times makes all of a folder arrive at once. There, and in a list in the order of dates, a row tells when it was dated.

use crate::mail::Row;
use crate::time::Seconds;

const HOUR: Seconds = 3_600;
const DAY: Seconds = 86_400;

/// Whether the rows of a page were taken in from elsewhere, all at once: most of them are a day older and more than they are
/// here, and all came within an hour.
pub(super) fn are_imported<'r>(rows: impl Iterator<Item = &'r Row>) -> bool {
    let told = rows.filter_map(|row| Some((row.arrived, row.dated?.at)));
    let told: Vec<(Seconds, Seconds)> = told.filter(|(arrived, _)| *arrived != 0).collect();
    let arrivals = || told.iter().map(|(arrived, _)| *arrived);
    let (Some(first), Some(last)) = (arrivals().min(), arrivals().max()) else {
        return false;
    };
    let old = told
        .iter()
        .filter(|(arrived, dated)| arrived.saturating_sub(*dated) > DAY);
    told.len() > 1
        && last.saturating_sub(first) <= HOUR
        && old.count().saturating_mul(2) > told.len()
}

/// When a message arrived, or, `by_date`, when it was dated; the other where nobody knows it, or the date is still to come.
pub(super) fn of(row: &Row, by_date: bool, now: Seconds) -> Option<Seconds> {
    let is_past = |at: &Seconds| *at <= now.saturating_add(DAY);
    let dated = row.dated.map(|dated| dated.at).filter(is_past);
    let arrived = Some(row.arrived).filter(|at| *at != 0);
    match by_date {
        true => dated.or(arrived),
        false => arrived.or(dated),
    }
}

/// When it was dated, where that is more than a day from when it arrived.
pub(super) fn other(row: &Row) -> Option<Seconds> {
    let arrived = Some(row.arrived).filter(|at| *at != 0)?;
    let dated = row.dated?.at;
    (arrived.abs_diff(dated) > DAY.unsigned_abs()).then_some(dated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Dated, Uid};

    fn row(arrived: Seconds, dated: Option<Seconds>) -> Row {
        let dated = dated.map(|at| Dated { at, offset: 0 });
        Row {
            arrived,
            dated,
            ..Row::empty(Uid::new(1).expect("a number"))
        }
    }

    const NOW: Seconds = 1_800_000_000;

    #[test]
    fn a_row_tells_when_its_message_arrived() {
        let late = row(NOW - 60, Some(NOW - 3 * DAY));
        assert_eq!(of(&late, false, NOW), Some(NOW - 60));
        assert_eq!(of(&late, true, NOW), Some(NOW - 3 * DAY));
        assert_eq!(other(&late), Some(NOW - 3 * DAY));
        assert_eq!(other(&row(NOW, Some(NOW - HOUR))), None);
        // Nobody knows when it came; and a date that is still to come is none.
        assert_eq!(of(&row(0, Some(NOW)), false, NOW), Some(NOW));
        assert_eq!(of(&row(NOW, Some(NOW + 9 * DAY)), true, NOW), Some(NOW));
        assert_eq!(of(&row(0, None), false, NOW), None);
    }

    #[test]
    fn what_came_all_at_once_and_is_old_was_imported() {
        let old = |n: i64| row(NOW + n, Some(NOW - (n + 2) * DAY));
        let new = |n: i64| row(NOW + n, Some(NOW + n));
        let rows = |all: &[Row]| are_imported(all.iter());
        assert!(rows(&[old(1), old(2), old(3), new(4)]));
        assert!(!rows(&[old(1), new(2), new(3)]));
        assert!(!rows(&[old(1)]));
        assert!(!rows(&[old(1), old(HOUR + 2)]));
        assert!(!rows(&[]));
    }
}
