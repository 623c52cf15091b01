//! The gateway's counters over the last minutes, and what they come to a second.

use std::collections::VecDeque;

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{Minute, NodeLoad, Stats};

const KEPT_MS: i64 = 130_000;
/// More than the heartbeats of that time.
const SAMPLES: usize = 256;
const RATE_MS: i64 = 5_000;
const MINUTE_MS: i64 = 60_000;
const MINUTES: usize = 60;
/// Nodes whose load is kept.
const NODES: usize = 16;

/// Figures of heartbeats.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    samples: VecDeque<Sample>,
    latest: Option<Stats>,
    history: Vec<Minute>,
    load: Vec<NodeLoad>,
    /// Connections opened and closed since the running minute began, as the feed told.
    running: Running,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    at: Timestamp,
    messages_in: u64,
    messages_out: u64,
    limit_hits: u64,
    errors: u64,
}

#[derive(Debug, Default)]
struct Running {
    start: i64,
    connects: u32,
    disconnects: u32,
}

/// A connection came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// It was opened.
    Connect,
    /// It ended.
    Disconnect,
}

impl Pulse {
    /// Takes a heartbeat's figures.
    pub(crate) fn take(&mut self, stats: Stats, now: Timestamp) {
        let sample = Sample {
            at: stats.at.unwrap_or(now),
            messages_in: stats.messages_in,
            messages_out: stats.messages_out,
            limit_hits: stats.limit_hits,
            errors: stats.errors,
        };
        // Counters that went back are those of another run.
        if self.samples.back().is_some_and(|last| last.messages_in > sample.messages_in || last.at > sample.at) {
            self.samples.clear();
        }
        self.samples.push_back(sample);
        // A gateway whose time stands still fills no more than its place.
        while self.samples.len() > SAMPLES
            || self.samples.front().is_some_and(|first| sample.at.as_millis() - first.at.as_millis() > KEPT_MS)
        {
            self.samples.pop_front();
        }
        let Stats { history, load, .. } = &stats;
        if !history.is_empty() {
            self.history = history[history.len().saturating_sub(MINUTES)..].to_vec();
        }
        if !load.is_empty() {
            self.load = load.iter().take(NODES).map(bounded).collect();
        }
        self.roll(sample.at);
        self.latest = Some(Stats { history: Vec::new(), events: Vec::new(), load: Vec::new(), ..stats });
    }

    /// Another run of the gateway counts from nothing.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Counts a connection that came or went.
    pub(crate) fn count(&mut self, what: Move, at: Timestamp) {
        self.roll(at);
        match what {
            Move::Connect => self.running.connects += 1,
            Move::Disconnect => self.running.disconnects += 1,
        }
    }

    /// The latest figures.
    pub(crate) const fn latest(&self) -> Option<&Stats> {
        self.latest.as_ref()
    }

    /// Events received a second over the last 5 s; `None` before two measurements.
    pub(crate) fn messages_in(&self) -> Option<f64> {
        self.rate(|sample| sample.messages_in)
    }

    /// Events handed to sockets a second, likewise.
    pub(crate) fn messages_out(&self) -> Option<f64> {
        self.rate(|sample| sample.messages_out)
    }

    /// Failed events in the last minute. That there was none is only said of a minute that was watched.
    pub(crate) fn errors(&self) -> Option<u64> {
        let last = self.samples.back()?;
        let since = last.at.as_millis() - MINUTE_MS;
        let whole = self.samples.iter().rev().find(|sample| sample.at.as_millis() <= since);
        let errors = last.errors.saturating_sub(whole.or(self.samples.front())?.errors);
        (errors > 0 || whole.is_some()).then_some(errors)
    }

    /// Failed events in the last hour, the running minute included; `None` before the first measurement.
    pub(crate) fn errors_hour(&self) -> Option<u64> {
        self.latest.as_ref()?;
        let running = self.minute();
        let minutes = self.history.iter().chain(&running).map(|minute| minute.errors);
        Some(minutes.fold(0, u64::saturating_add))
    }

    /// Users online ten minutes ago.
    pub(crate) fn online_users_before(&self, now: Timestamp) -> Option<u32> {
        let then = now.as_millis() - 10 * MINUTE_MS;
        let minute =
            self.history.iter().find(|minute| (minute.start..minute.start.saturating_add(MINUTE_MS)).contains(&then));
        minute.map(|minute| minute.online_users)
    }

    /// The last hour by minute, the running minute last.
    pub(crate) fn history(&self) -> Vec<Minute> {
        let mut history = self.history.clone();
        if let Some(minute) = self.minute()
            && history.last().is_none_or(|last| last.start < minute.start)
        {
            history.push(minute);
        }
        let surplus = history.len().saturating_sub(MINUTES + 1);
        history.drain(..surplus);
        history
    }

    /// How busy each node was over the last hour, as the gateway has measured it.
    pub(crate) fn load(&self) -> &[NodeLoad] {
        &self.load
    }

    /// The running minute, from the counters since it began. Who was active in it only the gateway can tell, when it is over.
    fn minute(&self) -> Option<Minute> {
        let stats = self.latest.as_ref()?;
        let last = self.samples.back()?;
        let start = minute_of(last.at);
        let base = self.samples.iter().rev().find(|sample| sample.at.as_millis() <= start).or(self.samples.front())?;
        Some(Minute {
            start,
            online_users: stats.online_users,
            connections: stats.connections,
            connects: self.running.connects,
            disconnects: self.running.disconnects,
            active_users: 0,
            messages_in: last.messages_in.saturating_sub(base.messages_in),
            messages_out: last.messages_out.saturating_sub(base.messages_out),
            limit_hits: last.limit_hits.saturating_sub(base.limit_hits),
            errors: last.errors.saturating_sub(base.errors),
        })
    }

    fn roll(&mut self, at: Timestamp) {
        let start = minute_of(at);
        if start > self.running.start {
            self.running = Running { start, ..Running::default() };
        }
    }

    fn rate(&self, counter: impl Fn(&Sample) -> u64) -> Option<f64> {
        let last = self.samples.back()?;
        let since = last.at.as_millis() - RATE_MS;
        let base = self.samples.iter().rev().find(|sample| sample.at.as_millis() <= since).or(self.samples.front())?;
        let seconds = (last.at.as_millis() - base.at.as_millis()) as f64 / 1000.0;
        (seconds > 0.0).then(|| counter(last).saturating_sub(counter(base)) as f64 / seconds)
    }
}

/// An hour of it.
fn bounded(load: &NodeLoad) -> NodeLoad {
    let NodeLoad { node, minutes } = load;
    let latest = &minutes[minutes.len().saturating_sub(MINUTES)..];
    NodeLoad { node: node.clone(), minutes: latest.to_vec() }
}

const fn minute_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(MINUTE_MS) * MINUTE_MS
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::admin::LoadMinute;

    use super::*;

    fn stats(at: i64, messages_in: u64, errors: u64) -> Stats {
        Stats { at: Some(Timestamp(at)), messages_in, errors, online_users: 3, ..Stats::default() }
    }

    #[test]
    fn a_rate_needs_two_measurements_and_spans_five_seconds() {
        let mut pulse = Pulse::default();
        pulse.take(stats(0, 1_000, 0), Timestamp(0));
        assert_eq!(pulse.messages_in(), None);
        pulse.take(stats(2_000, 1_200, 0), Timestamp(2_000));
        assert_eq!(pulse.messages_in(), Some(100.0));
        for second in [4, 6, 8] {
            pulse.take(stats(second * 1_000, 1_200, 0), Timestamp(0));
        }
        assert_eq!(pulse.messages_in(), Some(0.0), "what is longer ago does not count");
    }

    #[test]
    fn the_load_of_an_hour_is_kept_between_two_of_its_minutes_and_not_over_a_restart() {
        let mut pulse = Pulse::default();
        let minute = |start| LoadMinute { start, cpu: 12.5, memory: 40.0 };
        let load = vec![NodeLoad { node: "gw".into(), minutes: (0..60).map(minute).collect() }];
        pulse.take(Stats { load: load.clone(), ..stats(0, 0, 0) }, Timestamp(0));
        pulse.take(stats(2_000, 0, 0), Timestamp(0));
        assert_eq!(pulse.load(), load);
        let endless = vec![NodeLoad { node: "gw".into(), minutes: (-9..60).map(minute).collect() }; 99];
        pulse.take(Stats { load: endless, ..stats(4_000, 0, 0) }, Timestamp(0));
        assert_eq!((pulse.load().len(), &pulse.load()[0]), (16, &load[0]), "a gateway may say more than is kept");
        pulse.reset();
        assert_eq!(pulse.load(), []);
    }

    #[test]
    fn counters_of_another_run_are_not_compared() {
        let mut pulse = Pulse::default();
        pulse.take(stats(0, 1_000, 9), Timestamp(0));
        pulse.take(stats(2_000, 5, 0), Timestamp(0));
        assert_eq!((pulse.messages_in(), pulse.errors()), (None, None));
    }

    #[test]
    fn that_nothing_failed_is_only_said_of_a_minute_that_was_watched() {
        let mut pulse = Pulse::default();
        assert_eq!((pulse.errors(), pulse.errors_hour()), (None, None));
        let told = |pulse: &mut Pulse, second: i64, errors| {
            pulse.take(stats(second * 1_000, 10, errors), Timestamp(0));
            (pulse.errors(), pulse.errors_hour())
        };
        assert_eq!(told(&mut pulse, 600, 7), (None, Some(0)));
        assert_eq!(told(&mut pulse, 640, 7), (None, Some(0)));
        assert_eq!(told(&mut pulse, 650, 9), (Some(2), Some(2)), "what was seen is told at once");
        assert_eq!(told(&mut pulse, 660, 9).0, Some(2));
        assert_eq!(told(&mut pulse, 712, 9).0, Some(0));
    }

    #[test]
    fn a_gateway_whose_time_stands_still_fills_nothing() {
        let mut pulse = Pulse::default();
        for _ in 0..10 * SAMPLES {
            pulse.take(stats(1_000, 5, 0), Timestamp(0));
        }
        assert_eq!(pulse.samples.len(), SAMPLES);
    }

    #[test]
    fn the_running_minute_is_the_last_of_the_history() {
        let mut pulse = Pulse::default();
        let whole = Minute { start: 60_000, online_users: 2, errors: 4, ..Minute::default() };
        pulse.take(Stats { history: vec![whole], ..stats(119_000, 10, 1) }, Timestamp(0));
        pulse.count(Move::Connect, Timestamp(121_000));
        pulse.take(stats(122_000, 15, 3), Timestamp(0));
        let history = pulse.history();
        assert_eq!(history.len(), 2);
        let running = history[1];
        assert_eq!((running.start, running.messages_in, running.connects, running.errors), (120_000, 5, 1, 2));
        assert_eq!(pulse.errors_hour(), Some(6));
        assert_eq!(pulse.online_users_before(Timestamp(11 * 60_000 + 5)), Some(2));
        assert_eq!(pulse.online_users_before(Timestamp(30 * 60_000)), None);
    }
}
