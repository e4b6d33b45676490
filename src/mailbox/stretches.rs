//! Stretches of a list whose flags are known as of different times, where the server does not tell what has changed.
//!
//! Not for when flags are asked for (`list`). To know before changing it: few are kept, whatever is walked through. Where they
//! become too many, neighbours become one, as old as the older of the two: what is noted is never newer than what is known.

use crate::store::keys::FlagsAsOf;

/// Most of them that are kept.
const MOST: usize = 20;

/// Notes one that has just come beside those that are known.
pub(super) fn note(known: &mut Vec<FlagsAsOf>, now: FlagsAsOf) {
    known.retain(|at| at.from < at.to && (at.from < now.from || at.to > now.to));
    known.push(now);
    if known.len() <= MOST {
        return;
    }
    known.sort_by_key(|at| (at.from, at.to));
    while known.len() > MOST {
        join_nearest(known);
    }
}

/// Makes one of the two neighbours that are nearest in time; where none touch, the oldest goes.
fn join_nearest(known: &mut Vec<FlagsAsOf>) {
    let pairs = known.iter().zip(known.iter().skip(1)).enumerate();
    let touching = pairs.filter(|(_, (one, next))| one.to >= next.from);
    let apart =
        |(_, (one, next)): &(usize, (&FlagsAsOf, &FlagsAsOf))| one.as_of.abs_diff(next.as_of);
    let nearest = touching
        .min_by_key(apart)
        .map(|(at, (_, next))| (at, *next));
    let oldest = || {
        let all = known.iter().enumerate();
        all.min_by_key(|(_, at)| at.as_of).map(|(at, _)| at)
    };
    let Some((at, next)) = nearest else {
        if let Some(oldest) = oldest() {
            known.remove(oldest);
        }
        return;
    };
    known.remove(at.saturating_add(1));
    if let Some(one) = known.get_mut(at) {
        one.to = one.to.max(next.to);
        one.as_of = one.as_of.min(next.as_of);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: u32, to: u32, as_of: i64) -> FlagsAsOf {
        FlagsAsOf { from, to, as_of }
    }

    #[test]
    fn a_long_walk_leaves_few_stretches_and_forgets_none_of_it() {
        let mut known = Vec::new();
        for page in 0..100 {
            let from = 1_000 - 10 * (page + 1);
            note(&mut known, stretch(from, from + 10, i64::from(page)));
        }
        assert_eq!(known.len(), MOST);
        let mut missing = 0;
        known.sort_by_key(|at| at.from);
        for at in &known {
            assert_eq!(at.from, missing);
            missing = at.to;
            // As old as its oldest page, which is the one of the highest ranks.
            assert_eq!(i64::from((1_000 - at.to) / 10), at.as_of);
        }
        assert_eq!(missing, 1_000);
        // The same page once more is no further one.
        note(&mut known, stretch(0, 10, 500));
        assert_eq!(known.len(), MOST);
    }

    #[test]
    fn where_no_two_touch_the_oldest_goes() {
        let mut known = Vec::new();
        for n in 0..=20 {
            note(&mut known, stretch(100 * n, 100 * n + 10, i64::from(n)));
        }
        assert_eq!(known.len(), MOST);
        assert!(known.iter().all(|at| at.as_of > 0));
    }
}
