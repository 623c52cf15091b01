//! How long something takes: counts in steps of a quarter of their power of two, since the start and for the last minute.

use std::array::from_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

/// 25 powers of two of microseconds (half a minute and more), four steps each.
const STEPS: usize = 100;

type Counts = [u64; STEPS];

/// Times, counted. Adding one costs two atomic additions.
#[derive(Debug)]
pub struct Histogram {
    steps: [AtomicU64; STEPS],
    sum_us: AtomicU64,
    /// What the counts were at the last two turns, the older one first.
    marks: Mutex<Box<[Counts; 2]>>,
}

/// All times since the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Upper bounds in seconds, each with the times between it and the one before; the last has no bound.
    pub buckets: Vec<(f64, u64)>,
    /// All times together, in seconds.
    pub sum: f64,
    /// How many.
    pub count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            steps: from_fn(|_| AtomicU64::new(0)),
            sum_us: AtomicU64::new(0),
            marks: Mutex::new(Box::new([[0; STEPS]; 2])),
        }
    }
}

impl Histogram {
    /// It took so long.
    pub fn add(&self, took: Duration) {
        let us = u32::try_from(took.as_micros()).unwrap_or(u32::MAX).max(1);
        self.steps[step(us)].fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(u64::from(us), Ordering::Relaxed);
    }

    /// A minute is over.
    pub fn turn(&self) {
        let now = self.counts();
        let mut marks = self.marks.lock();
        marks[0] = marks[1];
        marks[1] = now;
    }

    /// The 99th percentile of the last minute or two, in microseconds.
    pub fn p99_us(&self) -> Option<u32> {
        let before = self.marks.lock()[0];
        let now = self.counts();
        let counts: Counts = from_fn(|step| now[step].saturating_sub(before[step]));
        let total: u64 = counts.iter().sum();
        let mut left = total.div_ceil(100);
        for (step, count) in counts.iter().enumerate().rev() {
            if total > 0 && *count >= left {
                return Some(upper(step));
            }
            left -= (*count).min(left);
        }
        None
    }

    /// Everything since the start, in steps of a power of four from 16 µs to 17 s.
    pub fn distribution(&self) -> Distribution {
        let counts = self.counts();
        let mut rest = &counts[..];
        let mut before = 0;
        let mut buckets = Vec::new();
        for power in (4..=24).step_by(2) {
            let (here, behind) = rest.split_at(power * 4 - before);
            buckets.push(((1_u64 << power) as f64 / 1e6, here.iter().sum()));
            (rest, before) = (behind, power * 4);
        }
        buckets.push((f64::MAX, rest.iter().sum()));
        let sum = self.sum_us.load(Ordering::Relaxed) as f64 / 1e6;
        Distribution { buckets, sum, count: counts.iter().sum() }
    }

    fn counts(&self) -> Counts {
        from_fn(|step| self.steps[step].load(Ordering::Relaxed))
    }
}

fn step(us: u32) -> usize {
    let power = us.ilog2();
    let quarter = if power >= 2 { (us >> (power - 2)) & 3 } else { (us << (2 - power)) & 3 };
    (power as usize * 4 + quarter as usize).min(STEPS - 1)
}

/// The largest time that falls into the step.
fn upper(step: usize) -> u32 {
    let (power, quarter) = (step as u32 / 4, step as u64 % 4);
    let next = (4 + quarter + 1) << power >> 2;
    u32::try_from(next.saturating_sub(1).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentile_is_within_a_quarter_of_the_truth() {
        let histogram = Histogram::default();
        assert_eq!(histogram.p99_us(), None);
        (1..=1_000).for_each(|us| histogram.add(Duration::from_micros(us)));
        let p99 = histogram.p99_us().expect("a percentile");
        assert!((990..=1_240).contains(&p99), "{p99}");
        histogram.turn();
        assert_eq!(histogram.p99_us(), Some(p99), "the last minute still counts");
        histogram.turn();
        assert_eq!(histogram.p99_us(), None);
    }

    #[test]
    fn each_time_is_in_the_bucket_of_its_bound() {
        for (us, bound) in [(0, 16e-6), (15, 16e-6), (16, 64e-6), (1_000, 1_024e-6), (60_000_000, f64::MAX)] {
            let histogram = Histogram::default();
            histogram.add(Duration::from_micros(us));
            let Distribution { buckets, count, sum } = histogram.distribution();
            let filled: Vec<_> = buckets.iter().filter(|(_, count)| *count > 0).collect();
            assert_eq!((filled, count), (vec![&(bound, 1)], 1), "{us} µs");
            assert!((sum - us.max(1) as f64 / 1e6).abs() < 1e-9, "{us} µs");
        }
    }
}
