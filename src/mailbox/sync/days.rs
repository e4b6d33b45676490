//! Days as the reader's calendar has them, whatever the mail server's has.
//!
//! Not for what else is looked for (`find`). To know before changing it: a server goes by days of its own (RFC 9051 6.4.4), so it
//! is asked for one more at each end, and when each message of these came decides.

use std::collections::BTreeMap;

use super::Sync;
use super::quest::Quest;
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Term, Uid};
use crate::remote::{Access, Plan, UidSet};
use crate::time::{ClockTime, Day, Seconds, Zone};

/// What is looked for, its days taken apart. A day that is one of two choices is the server's: too much hangs on it.
pub(super) struct Days {
    /// What the server is asked for: a day more.
    pub asked: Vec<Term>,
    /// What is right by any calendar: a day less; None where no day is named.
    pub sure: Option<Vec<Term>>,
    /// What is asked for beside it, of which rows decide (`attached`).
    pub doubted: Option<Vec<Term>>,
    from: Option<Seconds>,
    to: Option<Seconds>,
}

/// One end of the time that is looked through.
enum End {
    From(Day),
    To(Day),
}

impl Days {
    /// What is looked for by a reader in this zone.
    pub fn of(terms: Vec<Term>, zone: &Zone) -> Days {
        let mut days = Days {
            asked: Vec::new(),
            sure: None,
            doubted: None,
            from: None,
            to: None,
        };
        let (mut sure, mut names_days) = (Vec::new(), false);
        for term in terms {
            let Some((end, begins)) = end_of(&term).and_then(|end| {
                let day = match &end {
                    End::From(day) | End::To(day) => *day,
                };
                let midnight = ClockTime::midnight(day.year, day.month, day.day);
                Some((end, zone.moment(midnight)?))
            }) else {
                sure.push(term.clone());
                days.asked.push(term);
                continue;
            };
            names_days = true;
            match end {
                End::From(day) => {
                    days.from = days.from.max(Some(begins));
                    days.asked.push(Term::Since(day.before()));
                    sure.push(Term::Since(day.after()));
                }
                End::To(day) => {
                    days.to = Some(days.to.map_or(begins, |to| to.min(begins)));
                    days.asked.push(Term::Before(day.after()));
                    sure.push(Term::Before(day.before()));
                }
            }
        }
        days.sure = names_days.then_some(sure);
        days
    }

    /// True for a message that came at this time.
    pub fn holds(&self, arrived: Seconds) -> bool {
        self.from.is_none_or(|from| arrived >= from) && self.to.is_none_or(|to| arrived < to)
    }
}

fn end_of(term: &Term) -> Option<End> {
    match term {
        Term::Since(day) => Some(End::From(*day)),
        Term::Before(day) => Some(End::To(*day)),
        Term::Not(term) => match **term {
            Term::Since(day) => Some(End::To(day)),
            Term::Before(day) => Some(End::From(day)),
            _ => None,
        },
        _ => None,
    }
}

impl Sync<'_, '_, '_> {
    /// Of what was found, what came on the days that are meant. What is right by any calendar needs no look.
    pub(super) fn within_days(
        &mut self,
        quest: &Quest,
        days: &Days,
        found: UidSet,
        sure: &UidSet,
    ) -> Result<UidSet> {
        let known = quest.uids.iter().copied();
        let doubtful = |uid: &Uid| found.contains(*uid) && !sure.contains(*uid);
        let doubtful: Vec<Uid> = known.filter(doubtful).collect();
        if doubtful.is_empty() {
            return Ok(found);
        }
        let arrived = self.arrived(quest, &doubtful)?;
        let is_out = |uid: &Uid| arrived.get(uid).is_some_and(|at| !days.holds(*at));
        Ok(found.iter().filter(|uid| !is_out(uid)).collect())
    }

    /// When messages of a folder came, as far as the cache or the server knows.
    fn arrived(&mut self, quest: &Quest, uids: &[Uid]) -> Result<BTreeMap<Uid, Seconds>> {
        let rows = self.cache.rows(quest.folder, uids).into_iter();
        let rows = rows.filter(|(_, row)| row.arrived != 0);
        let mut arrived: BTreeMap<Uid, Seconds> =
            rows.map(|(uid, row)| (uid, row.arrived)).collect();
        let unknown = uids.iter().filter(|uid| !arrived.contains_key(uid));
        let unknown: UidSet = unknown.copied().collect();
        if unknown.is_empty() {
            return Ok(arrived);
        }
        let mut plan = Plan::new();
        let opening = self.server.ask_for(&mut plan, quest.folder, Access::Read);
        let told = plan.fetch_dates(unknown, false);
        let flight = self.fly_with_counts(plan)?;
        if !self.server.has_opened(&flight, &opening)? {
            return Err(Error::Gone(GoneKind::Numbering));
        }
        let told = flight.get(told).into_iter().flatten();
        arrived.extend(told.filter_map(|(uid, message)| Some((*uid, message.arrived?))));
        Ok(arrived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Search;

    #[test]
    fn rule_16_one_more_day_is_asked_for_and_the_readers_midnight_decides() {
        let day = |day| Day {
            year: 2026,
            month: 3,
            day,
        };
        let zone = Zone::fixed(120);
        let days = |text: &str| Days::of(Search::new(text).unwrap().terms(), &zone);
        let march = days("after:2026-03-01 x -after:2026-03-02");
        let x = Term::Anywhere("x".to_owned());
        let feb = Day {
            month: 2,
            ..day(28)
        };
        assert_eq!(
            march.asked,
            [Term::Since(feb), x.clone(), Term::Before(day(3))]
        );
        assert_eq!(
            march.sure,
            Some(vec![Term::Since(day(2)), x, Term::Before(day(1))])
        );
        let begins = zone.moment(ClockTime::midnight(2026, 3, 1)).unwrap();
        let held = [-1, 0, 86_399, 86_400].map(|after| march.holds(begins + after));
        assert_eq!(held, [false, true, true, false]);
        assert!(days("x").sure.is_none());
        assert!(days("before:2026 OR x").sure.is_none(), "the server's day");
    }
}
