//! How many events, by name and by user, in each minute of the last hour.
//!
//! Bounded: an event's counts are fixed when the gateway starts, 60 numbers for each name that a namespace knows. A user
//! costs a counter and one pair for each minute with an event; at most [`MAX_USERS`] are remembered, those who sent
//! something within the hour or are still there. Who comes beyond that is counted in the totals and not remembered.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;
use signalbox_protocol::UserId;

/// Whole minutes that are kept.
const MINUTES: usize = 60;
/// Users that are remembered.
const MAX_USERS: usize = 100_000;

/// Events by name and by user.
#[derive(Debug, Default)]
pub struct Tallies {
    past: Mutex<Past>,
    users: Mutex<HashMap<UserId, Arc<UserTally>>>,
}

#[derive(Debug, Default)]
struct Past {
    /// By minute, oldest first: how many of each event.
    minutes: VecDeque<Box<[u32]>>,
    /// The running minute, and what the totals were when it began.
    running: Option<(i64, Box<[u64]>)>,
}

/// One user's events.
#[derive(Debug, Default)]
pub struct UserTally {
    /// In the running minute.
    running: AtomicU32,
    /// Earlier minutes with events, oldest first, and how many there were.
    past: Mutex<VecDeque<(i64, u32)>>,
}

/// One user's last hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// Whose.
    pub user: UserId,
    /// Minutes with events, oldest first, and how many there were.
    pub minutes: Vec<(i64, u32)>,
}

impl Tallies {
    /// The user's tally, for whoever counts the user's events.
    pub fn of(&self, user: &UserId) -> Arc<UserTally> {
        let mut users = self.users.lock();
        if let Some(tally) = users.get(user) {
            return tally.clone();
        }
        let tally = Arc::<UserTally>::default();
        if users.len() < MAX_USERS {
            users.insert(user.clone(), tally.clone());
        }
        tally
    }

    /// The user's minutes with events, oldest first. `None` where the user is not remembered.
    pub fn minutes_of(&self, user: &UserId) -> Option<Vec<(i64, u32)>> {
        self.users.lock().get(user).map(|tally| tally.past.lock().iter().copied().collect())
    }

    /// The minutes with events, oldest first, of those users who sent most in the last hour, the most first, and how many
    /// others sent any.
    pub fn busiest(&self, most: usize, is_meant: impl Fn(&UserId) -> bool) -> (Vec<Busy>, usize) {
        let mut senders: Vec<(Reverse<u64>, UserId)> = Vec::new();
        for (user, tally) in self.users.lock().iter() {
            let sent: u64 = tally.past.lock().iter().map(|(_, events)| u64::from(*events)).sum();
            if sent > 0 && is_meant(user) {
                senders.push((Reverse(sent), user.clone()));
            }
        }
        let others = senders.len().saturating_sub(most);
        if others > 0 {
            senders.select_nth_unstable(most);
            senders.truncate(most);
        }
        senders.sort_unstable();
        let busiest =
            senders.into_iter().filter_map(|(_, user)| self.minutes_of(&user).map(|minutes| Busy { user, minutes }));
        (busiest.collect(), others)
    }

    /// By event, in the order of the totals: how many in each of the last whole minutes, oldest first.
    pub fn events(&self) -> Vec<Vec<u32>> {
        let past = self.past.lock();
        let columns = past.minutes.front().map_or(0, |row| row.len());
        (0..columns).map(|column| past.minutes.iter().map(|row| row[column]).collect()).collect()
    }

    /// Closes the minutes before that one, at whose end so many of each event had come. To be called every second or so.
    pub fn tick(&self, minute: i64, totals: Box<[u64]>) {
        let mut past = self.past.lock();
        let Some((running, base)) = &past.running else {
            past.running = Some((minute, totals));
            return;
        };
        let running = *running;
        if minute <= running {
            return;
        }
        let grown = totals.iter().zip(base).map(|(now, before)| u32::try_from(now - before).unwrap_or(u32::MAX));
        let row = grown.collect::<Box<[u32]>>();
        let quiet = vec![0; row.len()].into_boxed_slice();
        past.minutes.push_back(row);
        // The machine slept, or the clock was set: minutes that nobody saw were quiet ones.
        for _ in (running + 1).max(minute - MINUTES as i64)..minute {
            past.minutes.push_back(quiet.clone());
        }
        while past.minutes.len() > MINUTES {
            past.minutes.pop_front();
        }
        past.running = Some((minute, totals));
        drop(past);
        self.close_users(running, minute);
    }

    /// Forgets who is gone and has sent nothing for an hour.
    fn close_users(&self, closed: i64, minute: i64) {
        self.users.lock().retain(|_, tally| {
            let mut past = tally.past.lock();
            let events = tally.running.swap(0, Ordering::Relaxed);
            if events > 0 {
                past.push_back((closed, events));
            }
            while past.front().is_some_and(|(at, _)| *at < minute - MINUTES as i64) {
                past.pop_front();
            }
            !past.is_empty() || Arc::strong_count(tally) > 1
        });
    }
}

impl UserTally {
    /// The user has sent an event. True for the first one of the minute, on whichever socket it came.
    pub fn count(&self) -> bool {
        self.running.fetch_add(1, Ordering::Relaxed) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_by_minute() {
        let tallies = Tallies::default();
        let tick = |minute, totals: [u64; 2]| tallies.tick(minute, totals.into());
        tick(10, [100, 7]);
        tick(10, [103, 7]);
        tick(11, [105, 7]);
        tick(14, [106, 8]);
        assert_eq!(tallies.events(), [vec![5, 1, 0, 0], vec![0, 1, 0, 0]]);
        (15..200).for_each(|minute| tick(minute, [106, 8]));
        assert_eq!(tallies.events(), [[0; MINUTES], [0; MINUTES]]);
    }

    #[test]
    fn a_user_is_active_once_a_minute_however_many_sockets_there_are() {
        let tallies = Tallies::default();
        tallies.tick(10, Box::default());
        let (phone, laptop) = (tallies.of(&7.into()), tallies.of(&7.into()));
        let first = [&phone, &laptop, &phone].map(|tally| tally.count());
        assert_eq!(first, [true, false, false]);
        tallies.tick(11, Box::default());
        assert!(laptop.count(), "the next minute");
        tallies.tick(12, Box::default());
        assert_eq!(tallies.minutes_of(&7.into()), Some(vec![(10, 3), (11, 1)]));
        drop((phone, laptop));
        tallies.tick(71, Box::default());
        assert_eq!(tallies.minutes_of(&7.into()), Some(vec![(11, 1)]), "gone, and remembered for an hour");
        tallies.tick(72, Box::default());
        assert_eq!(tallies.minutes_of(&7.into()), None);
    }

    #[test]
    fn the_busiest_come_first_and_the_others_are_counted() {
        let tallies = Tallies::default();
        tallies.tick(10, Box::default());
        let send = |user: i64, events: usize| (0..events).for_each(|_| _ = tallies.of(&user.into()).count());
        for (user, events) in [(7, 2), (8, 5), (9, 5), (10, 9), (11, 0)] {
            send(user, events);
        }
        tallies.tick(11, Box::default());
        send(7, 4);
        tallies.tick(12, Box::default());
        let (busiest, others) = tallies.busiest(3, |user| *user != 10.into());
        let busy = |user: i64, minutes: &[(i64, u32)]| Busy { user: user.into(), minutes: minutes.into() };
        assert_eq!(busiest, [busy(7, &[(10, 2), (11, 4)]), busy(8, &[(10, 5)]), busy(9, &[(10, 5)])]);
        assert_eq!(others, 0, "who sent nothing is not among them");
        assert_eq!(tallies.busiest(1, |_| true).1, 3);
    }

    #[test]
    fn so_many_users_are_remembered_and_no_more() {
        let tallies = Tallies::default();
        tallies.tick(10, Box::default());
        (0..MAX_USERS as i64 + 10).for_each(|id| _ = tallies.of(&id.into()));
        assert_eq!(tallies.users.lock().len(), MAX_USERS);
        assert!(tallies.of(&i64::from(u32::MAX).into()).count(), "and still counted");
        tallies.tick(11, Box::default());
        assert_eq!(tallies.users.lock().len(), 0, "nobody holds them, and none has sent anything");
    }
}
