//! The node's figures: counters since it started, the last hour by minute, and how long events take.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Minute;

use super::histogram::{Distribution, Histogram};

const MINUTE_MS: i64 = 60_000;
/// Whole minutes that are kept.
const MINUTES: usize = 60;

/// What is counted. Messages touch only these atomics.
#[derive(Debug, Default)]
pub struct Counters {
    /// Events received.
    pub messages_in: AtomicU64,
    /// Events handed to sockets, one for each recipient.
    pub messages_out: AtomicU64,
    /// Events that were lost to a recipient whose buffer was full.
    pub undelivered: AtomicU64,
    /// Events dropped over a limit.
    pub limit_hits: AtomicU64,
    /// Events that failed through a fault of the gateway.
    pub errors: AtomicU64,
    /// Connections opened.
    pub connects: AtomicU64,
    /// Connections closed.
    pub disconnects: AtomicU64,
    /// Sessions, rooms and links that the sweep removed.
    pub stale: AtomicU64,
    /// Connections closed because their client did not read.
    pub slow_consumers: AtomicU64,
    /// Times that a user sent the first event of a minute.
    pub actives: AtomicU64,
    handling: Histogram,
    history: Mutex<History>,
}

#[derive(Debug, Default)]
struct History {
    minutes: VecDeque<Minute>,
    /// What the counters were when the running minute began.
    base: Option<(i64, Totals)>,
}

#[derive(Debug, Clone, Copy)]
struct Totals {
    messages_in: u64,
    messages_out: u64,
    limit_hits: u64,
    errors: u64,
    connects: u64,
    disconnects: u64,
    actives: u64,
}

impl Counters {
    /// An event took so long to handle.
    pub fn handled(&self, took: Duration) {
        self.handling.add(took);
    }

    /// How long events took since the start.
    pub fn handling(&self) -> Distribution {
        self.handling.distribution()
    }

    /// The 99th percentile of the handling time of the last minute or two, in microseconds.
    pub fn handling_p99_us(&self) -> Option<u32> {
        self.handling.p99_us()
    }

    /// Closes the minutes that have passed. To be called every second or so.
    pub fn tick(&self, now: Timestamp, online_users: u32, connections: u32) {
        let minute = now.0.div_euclid(MINUTE_MS);
        let totals = self.totals();
        let mut history = self.history.lock();
        let Some((running, base)) = history.base else {
            history.base = Some((minute, totals));
            return;
        };
        if minute <= running {
            return;
        }
        history.minutes.push_back(Minute {
            start: running * MINUTE_MS,
            online_users,
            connections,
            connects: gained(totals.connects, base.connects),
            disconnects: gained(totals.disconnects, base.disconnects),
            active_users: gained(totals.actives, base.actives),
            messages_in: totals.messages_in - base.messages_in,
            messages_out: totals.messages_out - base.messages_out,
            limit_hits: totals.limit_hits - base.limit_hits,
            errors: totals.errors - base.errors,
        });
        // The machine slept, or the clock was set: minutes that nobody saw were quiet ones.
        for missed in (running + 1).max(minute - MINUTES as i64)..minute {
            history.minutes.push_back(Minute {
                start: missed * MINUTE_MS,
                online_users,
                connections,
                ..Minute::default()
            });
        }
        while history.minutes.len() > MINUTES {
            history.minutes.pop_front();
        }
        history.base = Some((minute, totals));
        drop(history);
        self.handling.turn();
    }

    /// The last whole minutes, oldest first.
    pub fn history(&self) -> Vec<Minute> {
        self.history.lock().minutes.iter().copied().collect()
    }

    fn totals(&self) -> Totals {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Totals {
            messages_in: read(&self.messages_in),
            messages_out: read(&self.messages_out),
            limit_hits: read(&self.limit_hits),
            errors: read(&self.errors),
            connects: read(&self.connects),
            disconnects: read(&self.disconnects),
            actives: read(&self.actives),
        }
    }
}

fn gained(now: u64, before: u64) -> u32 {
    u32::try_from(now.saturating_sub(before)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_what_happened_in_it() {
        let counters = Counters::default();
        counters.tick(Timestamp(30_000), 0, 0);
        counters.messages_in.fetch_add(7, Ordering::Relaxed);
        counters.actives.fetch_add(1, Ordering::Relaxed);
        counters.tick(Timestamp(59_999), 1, 1);
        assert!(counters.history().is_empty());
        counters.tick(Timestamp(60_000), 3, 4);
        counters.tick(Timestamp(240_000), 3, 4);
        let history = counters.history();
        assert_eq!(history.iter().map(|minute| minute.start).collect::<Vec<_>>(), [0, 60_000, 120_000, 180_000]);
        assert_eq!((history[0].messages_in, history[0].online_users, history[0].active_users), (7, 3, 1));
        assert_eq!(history[1].messages_in, 0);
    }
}
