//! Drops over a limit in the last hour, by user and minute.

use std::collections::{HashMap, HashSet, VecDeque};

use signalbox_protocol::feed::Hits;
use signalbox_protocol::{Timestamp, UserId};

const MINUTE_MS: i64 = 60_000;
const MINUTES: i64 = 60;
/// Users whose drops are counted, twice as many as the console promises to show; of each an id and its minutes, 1 KiB and
/// a half at most. A user beyond them has none until one of them is forgotten.
pub(crate) const USERS: usize = 200_000;

#[derive(Debug, Default)]
pub(super) struct HitBook(HashMap<UserId, Tally>);

#[derive(Debug, Default)]
struct Tally {
    total: u64,
    minutes: VecDeque<(i64, u64)>,
}

impl Tally {
    fn add(&mut self, count: u64, at: Timestamp) {
        let minute = at.as_millis().div_euclid(MINUTE_MS);
        match self.minutes.back_mut() {
            Some((last, sum)) if *last >= minute => *sum = sum.saturating_add(count),
            _ => self.minutes.push_back((minute, count)),
        }
        self.total = self.total.saturating_add(count);
    }
}

impl HitBook {
    pub(super) fn of(&self, user: &UserId) -> u64 {
        self.0.get(user).map_or(0, |tally| tally.total)
    }

    pub(super) fn add(&mut self, user: &UserId, count: u64, at: Timestamp) {
        let full = self.0.len() >= USERS;
        match self.0.get_mut(user) {
            Some(tally) => tally.add(count, at),
            None if full => {}
            None => self.0.entry(user.clone()).or_default().add(count, at),
        }
    }

    /// Takes a snapshot's sums, and says whose changed. When in the hour the drops were is not known: they are counted as
    /// of now, so that they stay for too long rather than vanish while they should be seen.
    pub(super) fn replace(&mut self, hits: &[Hits], at: Timestamp) -> Vec<UserId> {
        let before = std::mem::take(&mut self.0);
        for Hits { user, hits } in hits {
            match before.get(user) {
                // The own minutes are better than the sum, where they explain it.
                Some(known) if known.total == *hits && self.0.len() < USERS => {
                    self.0.insert(user.clone(), Tally { total: known.total, minutes: known.minutes.clone() });
                }
                _ => self.add(user, *hits, at),
            }
        }
        let all: HashSet<&UserId> = before.keys().chain(self.0.keys()).collect();
        let changed = all.into_iter().filter(|user| before.get(user).map_or(0, |tally| tally.total) != self.of(user));
        changed.cloned().collect()
    }

    /// Lets go what is over an hour ago, and says whose sums changed.
    pub(super) fn expire(&mut self, now: Timestamp) -> Vec<UserId> {
        let oldest = now.as_millis().div_euclid(MINUTE_MS) - MINUTES;
        let mut changed = Vec::new();
        self.0.retain(|user, tally| {
            let before = tally.total;
            while let Some((_, count)) = tally.minutes.pop_front_if(|(minute, _)| *minute <= oldest) {
                tally.total = tally.total.saturating_sub(count);
            }
            if tally.total != before {
                changed.push(user.clone());
            }
            tally.total > 0
        });
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_gateway_that_names_users_without_end_so_many_are_counted_and_stay() {
        let mut book = HitBook::default();
        for user in 0..USERS as i64 + 1_000 {
            book.add(&user.into(), 1, Timestamp(0));
        }
        assert_eq!(book.0.len(), USERS);
        book.add(&7.into(), 2, Timestamp(0));
        assert_eq!((book.of(&7.into()), book.of(&(USERS as i64).into())), (3, 0));
        let told: Vec<Hits> = (0..USERS as i64 + 1_000).map(|user| Hits { user: user.into(), hits: 9 }).collect();
        book.replace(&told, Timestamp(0));
        assert_eq!(book.0.len(), USERS);
    }
}
