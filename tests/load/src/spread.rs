//! Durations, and how they are spread.

use std::time::Duration;

/// Durations that were measured, in microseconds.
#[derive(Debug, Default)]
pub struct Spread(Vec<u32>);

impl Spread {
    /// One more.
    pub fn add(&mut self, duration: Duration) {
        self.0.push(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX));
    }

    /// What so many percent of them do not exceed, in milliseconds. None where nothing was measured.
    pub fn percentile(&mut self, percent: usize) -> Option<f64> {
        let last = self.0.len().checked_sub(1)?;
        let rank = (self.0.len() * percent / 100).min(last);
        let (_, at, _) = self.0.select_nth_unstable(rank);
        Some(f64::from(*at) / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let mut spread = Spread::default();
        assert_eq!(spread.percentile(99), None);
        (1..=100).rev().for_each(|ms| spread.add(Duration::from_millis(ms)));
        assert_eq!((spread.percentile(50), spread.percentile(99)), (Some(51.0), Some(100.0)));
    }
}
