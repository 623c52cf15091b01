//! Growing totals, and by how much they grew in the last minute.

use std::collections::VecDeque;

/// How far back is looked.
const MINUTE_MS: u64 = 60_000;
/// Samples of a minute, one a second, and one to begin from; more often is not looked at.
const SAMPLES: usize = 61;

/// What grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Connections opened.
    pub connects: u64,
    /// Events received.
    pub messages: u64,
    /// Events that failed through a fault of the gateway.
    pub errors: u64,
    /// Connections closed because their client did not read.
    pub slow_consumers: u64,
}

/// The totals of the last minute, one for each second.
#[derive(Debug, Default)]
pub struct LastMinute(VecDeque<(u64, Totals)>);

impl LastMinute {
    /// Takes the totals at that moment of a clock that never goes back, and gives what they grew by in the last minute.
    pub fn grown(&mut self, now_ms: u64, totals: Totals) -> Totals {
        let samples = &mut self.0;
        samples.push_back((now_ms, totals));
        // The one before the minute began is what it began from.
        while samples.len() > SAMPLES || samples.get(1).is_some_and(|(at, _)| at + MINUTE_MS <= now_ms) {
            samples.pop_front();
        }
        let base = samples.front().map(|(_, totals)| *totals).unwrap_or_default();
        Totals {
            connects: totals.connects - base.connects,
            messages: totals.messages - base.messages,
            errors: totals.errors - base.errors,
            slow_consumers: totals.slow_consumers - base.slow_consumers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_counts_for_a_minute() {
        let mut last_minute = LastMinute::default();
        let mut messages = 7;
        for second in 0..200 {
            // Ten a second, for half a minute.
            messages += if (10..40).contains(&second) { 10 } else { 0 };
            let grown = last_minute.grown(second * 1_000, Totals { messages, ..Totals::default() });
            let expected = match second {
                0..40 => second.saturating_sub(9) * 10,
                40..70 => 300,
                70..100 => 300 - (second - 69) * 10,
                _ => 0,
            };
            assert_eq!(grown.messages, expected, "second {second}");
        }
    }
}
