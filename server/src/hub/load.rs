//! How busy the host was over the last hour, by minute.
//!
//! Owns the means of what was measured. Pure: measurements and their times go in.

use std::collections::VecDeque;

use parking_lot::Mutex;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::LoadMinute;

const MINUTE_MS: i64 = 60_000;
/// Minutes that are kept, the running one included.
const MINUTES: usize = 60;

/// The last hour of measurements. A minute without one is not there: nothing is made up.
#[derive(Debug, Default)]
pub struct Load(Mutex<VecDeque<Sum>>);

/// What was measured in a minute, added up.
#[derive(Debug)]
struct Sum {
    start: i64,
    cpu: f32,
    memory: f32,
    count: u16,
}

impl Load {
    /// Takes a measurement, in percent. One from before the running minute (the clock was set back) is left out.
    pub fn add(&self, cpu: f32, memory: f32, at: Timestamp) {
        let start = at.as_millis().div_euclid(MINUTE_MS) * MINUTE_MS;
        let mut minutes = self.0.lock();
        if minutes.back().is_none_or(|last| last.start < start) {
            minutes.push_back(Sum { start, cpu: 0.0, memory: 0.0, count: 0 });
        }
        if let Some(minute) = minutes.back_mut().filter(|last| last.start == start) {
            minute.cpu += cpu;
            minute.memory += memory;
            minute.count = minute.count.saturating_add(1);
        }
        while minutes.front().is_some_and(|first| first.start <= start - MINUTES as i64 * MINUTE_MS) {
            minutes.pop_front();
        }
    }

    /// The means, oldest first, the running minute last.
    pub fn minutes(&self) -> Vec<LoadMinute> {
        let mean = |sum: f32, count: u16| (sum * 10.0 / f32::from(count.max(1))).round() / 10.0;
        let minutes = self.0.lock();
        let means = minutes.iter().map(|minute| LoadMinute {
            start: minute.start,
            cpu: mean(minute.cpu, minute.count),
            memory: mean(minute.memory, minute.count),
        });
        means.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_the_mean_of_what_was_measured_in_it_and_one_without_is_left_out() {
        let load = Load::default();
        for (cpu, memory, at) in
            [(10.0, 50.0, 60_000), (30.0, 70.0, 119_000), (5.0, 60.0, 240_000), (99.0, 99.0, 61_000)]
        {
            load.add(cpu, memory, Timestamp(at));
        }
        let minute = |start, cpu, memory| LoadMinute { start, cpu, memory };
        assert_eq!(load.minutes(), [minute(60_000, 20.0, 60.0), minute(240_000, 5.0, 60.0)]);
    }

    #[test]
    fn an_hour_is_kept_and_no_more() {
        let load = Load::default();
        for minute in (0..90).chain([140]) {
            load.add(1.0, 1.0, Timestamp(minute * MINUTE_MS));
        }
        let kept: Vec<_> = load.minutes().iter().map(|minute| minute.start / MINUTE_MS).collect();
        assert_eq!(kept, [81, 82, 83, 84, 85, 86, 87, 88, 89, 140]);
    }
}
