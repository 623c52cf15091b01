//! How notices are kept from being noise: more than five in ten seconds become one summary, and so do those of the quiet
//! hours. It must never look at a clock, nor judge what a notice says.

use std::collections::VecDeque;

use signalbox_protocol::Timestamp;

use super::{Event, Summary};

/// Single notices within [`WINDOW_MS`].
const BURST: usize = 5;
/// The window of a burst, and how long a summary gathers.
const WINDOW_MS: i64 = 10_000;

/// Whether the minute is one of the quiet hours'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hour {
    /// Notices are gathered.
    Quiet,
    /// Notices are shown.
    Loud,
}

/// Lets a few notices through at once and gathers the rest.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: VecDeque<i64>,
    held: Option<Held>,
}

/// Notices that a summary stands for.
#[derive(Debug)]
struct Held {
    /// The first of them, which needs no summary where it stays the only one.
    first: Event,
    summary: Summary,
    due: i64,
}

impl Bell {
    /// Takes a notice: gives it back where it may be shown now, or holds it for the summary.
    pub(crate) fn ring(&mut self, event: Event, now: Timestamp, hour: Hour) -> Option<Event> {
        let now = now.as_millis();
        while self.rung.front().is_some_and(|at| now - at >= WINDOW_MS) {
            self.rung.pop_front();
        }
        if hour == Hour::Loud && self.held.is_none() && self.rung.len() < BURST {
            self.rung.push_back(now);
            return Some(event);
        }
        match &mut self.held {
            Some(held) => held.summary.add(&event),
            none => *none = Summary::of(&event).map(|summary| Held { first: event, summary, due: now + WINDOW_MS }),
        }
        None
    }

    /// Whether a summary gathers.
    pub(crate) const fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// The summary, once it has gathered for long enough and the quiet hours are over. Of a single notice it is the notice.
    pub(crate) fn settle(&mut self, now: Timestamp, hour: Hour) -> Option<Event> {
        let held = self.held.take_if(|held| hour == Hour::Loud && now.as_millis() >= held.due)?;
        self.rung.push_back(now.as_millis());
        Some(if held.summary.total() == 1 { held.first } else { Event::Summary(held.summary) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost() -> Event {
        super::super::tests::lost("a")
    }

    fn count(summary: Option<Event>) -> Option<u32> {
        match summary? {
            Event::Summary(summary) => Some(summary.total()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn more_than_five_in_ten_seconds_become_one_summary() {
        let mut bell = Bell::default();
        let shown = (0..12).filter_map(|i| bell.ring(lost(), Timestamp(i * 100), Hour::Loud)).count();
        assert_eq!(shown, 5);
        assert_eq!(bell.settle(Timestamp(5_000), Hour::Loud), None, "it still gathers");
        let summary = bell.settle(Timestamp(10_500), Hour::Loud);
        assert_eq!(count(summary), Some(7));
        assert_eq!(bell.settle(Timestamp(60_000), Hour::Loud), None, "it is said once");
    }

    #[test]
    fn notices_far_apart_are_all_shown() {
        let mut bell = Bell::default();
        assert!((0..20).all(|i| bell.ring(lost(), Timestamp(i * 3_000), Hour::Loud).is_some()));
    }

    #[test]
    fn what_happens_in_the_quiet_hours_is_one_summary_at_their_end() {
        let mut bell = Bell::default();
        for i in 0..3 {
            assert_eq!(bell.ring(lost(), Timestamp(i * 60_000), Hour::Quiet), None);
        }
        assert_eq!(bell.settle(Timestamp(3_600_000), Hour::Quiet), None);
        let summary = bell.settle(Timestamp(7_200_000), Hour::Loud);
        assert_eq!(count(summary), Some(3));
        assert!(bell.ring(lost(), Timestamp(7_300_000), Hour::Loud).is_some(), "and then it is as before");
    }

    #[test]
    fn the_only_one_that_was_held_is_shown_itself() {
        let mut bell = Bell::default();
        assert_eq!(bell.ring(lost(), Timestamp(0), Hour::Quiet), None);
        assert_eq!(bell.settle(Timestamp(3_600_000), Hour::Loud), Some(lost()));
    }
}
