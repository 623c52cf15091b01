//! Drops over a limit in the last hour, by user and minute.

use std::collections::{HashMap, HashSet, VecDeque};

use signalbox_protocol::feed::Hits;
use signalbox_protocol::{Timestamp, UserId};

const MINUTE_MS: i64 = 60_000;
const MINUTES: i64 = 60;

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
        match self.0.get_mut(user) {
            Some(tally) => tally.add(count, at),
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
                Some(known) if known.total == *hits => {
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
