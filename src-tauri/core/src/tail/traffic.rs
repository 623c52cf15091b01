//! How much is said in each room, from what the gateway has counted whenever it was asked.
//!
//! It is asked in rounds of pages while somebody looks at rooms. The counters only grow for as long as somebody is in a
//! room; one that is smaller than before is of a room that was empty in between, and begins anew.

use std::collections::{HashMap, VecDeque};

use signalbox_protocol::admin::RoomRow;
use signalbox_protocol::{Namespace, RoomName, Timestamp};

/// What a rate is of.
const WINDOW_MS: i64 = 60_000;

/// Rooms that are counted, of each its name and a sample for each round of a minute: some hundred bytes, 1 KiB at most.
/// How much is said in a room beyond them is not known.
const ROOMS: usize = 250_000;
/// Samples of a room: more than a minute has rounds.
const SAMPLES: usize = 64;

/// The counters of every room.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    rooms: HashMap<(Namespace, RoomName), Counted>,
    round: u64,
    version: u64,
}

#[derive(Debug)]
struct Counted {
    /// When, and how many by then: oldest first, the first at the window's beginning or before it.
    samples: VecDeque<(Timestamp, u64)>,
    round: u64,
}

impl Traffic {
    /// What the gateway says of some of the rooms.
    pub(crate) fn observe(&mut self, rows: Vec<RoomRow>, at: Timestamp) {
        self.version += 1;
        for RoomRow { namespace, room, posts, .. } in rows {
            let (round, key) = (self.round, (namespace, room));
            if self.rooms.len() >= ROOMS && !self.rooms.contains_key(&key) {
                continue;
            }
            let counted = self.rooms.entry(key).or_insert_with(|| Counted { samples: VecDeque::new(), round });
            counted.round = round;
            if counted.samples.back().is_some_and(|(_, before)| posts < *before) {
                counted.samples.clear();
            }
            if counted.samples.len() == SAMPLES {
                counted.samples.pop_back();
            }
            counted.samples.push_back((at, posts));
            // One sample from before the window stays: the rate is measured from there.
            while counted.samples.get(1).is_some_and(|(then, _)| at.as_millis() - then.as_millis() >= WINDOW_MS) {
                counted.samples.pop_front();
            }
        }
    }

    /// All pages were read: a room that was in none of them is no more.
    pub(crate) fn end_round(&mut self) {
        let round = self.round;
        self.rooms.retain(|_, counted| counted.round == round);
        self.round += 1;
        self.version += 1;
    }

    /// Nobody looks any more: what was counted would be of a time long ago when somebody does again.
    pub(crate) fn forget(&mut self) {
        if !self.rooms.is_empty() {
            self.rooms = HashMap::new();
            self.version += 1;
        }
    }

    /// Messages posted to a room since somebody has been in it.
    pub(crate) fn posts(&self, room: &(Namespace, RoomName)) -> Option<u64> {
        self.rooms.get(room)?.samples.back().map(|(_, posts)| *posts)
    }

    /// Messages a minute, over the last minute or as much of it as was watched.
    pub(crate) fn per_minute(&self, room: &(Namespace, RoomName)) -> Option<f64> {
        let samples = &self.rooms.get(room)?.samples;
        let ((from, before), (to, posts)) = (samples.front()?, samples.back()?);
        let elapsed = to.as_millis() - from.as_millis();
        (elapsed > 0).then(|| (posts - before) as f64 * WINDOW_MS as f64 / elapsed as f64)
    }

    /// A number that changes with any of it.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(room: &str, posts: u64) -> RoomRow {
        RoomRow { namespace: "/web".into(), room: room.into(), members: 1, posts }
    }

    fn key(room: &str) -> (Namespace, RoomName) {
        ("/web".into(), room.into())
    }

    #[test]
    fn a_rate_is_of_the_last_minute_or_of_what_was_watched_of_it() {
        let mut traffic = Traffic::default();
        let rates: Vec<_> = [(0, 100), (5, 110), (30, 130), (60, 130), (90, 130), (120, 130)]
            .into_iter()
            .map(|(second, posts)| {
                traffic.observe(vec![row("lobby", posts)], Timestamp(second * 1_000));
                traffic.per_minute(&key("lobby"))
            })
            .collect();
        assert_eq!(rates, [None, Some(120.0), Some(60.0), Some(30.0), Some(0.0), Some(0.0)]);
        assert_eq!(traffic.posts(&key("lobby")), Some(130));
        assert_eq!(traffic.posts(&key("elsewhere")), None);
    }

    #[test]
    fn of_rooms_without_end_so_many_are_counted_and_go_on_being_counted() {
        let mut traffic = Traffic::default();
        let rows = |rooms: std::ops::Range<usize>| rooms.map(|room| row(&room.to_string(), 1)).collect();
        traffic.observe(rows(0..ROOMS), Timestamp(0));
        traffic.observe(rows(ROOMS..ROOMS + 1_000), Timestamp(0));
        traffic.observe(vec![row("7", 5)], Timestamp(1));
        assert_eq!((traffic.rooms.len(), traffic.posts(&key("7"))), (ROOMS, Some(5)));
        assert_eq!(traffic.posts(&key(&ROOMS.to_string())), None);
        traffic.observe(vec![row("7", 5); 1_000], Timestamp(2));
        assert!(traffic.rooms[&key("7")].samples.len() <= SAMPLES, "told a thousand times is told once");
    }

    #[test]
    fn a_counter_that_went_back_begins_anew() {
        let mut traffic = Traffic::default();
        traffic.observe(vec![row("lobby", 100)], Timestamp(0));
        traffic.observe(vec![row("lobby", 3)], Timestamp(5_000));
        assert_eq!((traffic.posts(&key("lobby")), traffic.per_minute(&key("lobby"))), (Some(3), None));
    }

    #[test]
    fn a_room_that_a_whole_round_left_out_is_forgotten() {
        let mut traffic = Traffic::default();
        traffic.observe(vec![row("a", 1)], Timestamp(0));
        traffic.observe(vec![row("b", 1)], Timestamp(1));
        traffic.end_round();
        traffic.observe(vec![row("b", 2)], Timestamp(2));
        assert_eq!(traffic.posts(&key("a")), Some(1), "the round is not over");
        traffic.end_round();
        assert_eq!((traffic.posts(&key("a")), traffic.posts(&key("b"))), (None, Some(2)));
    }
}
