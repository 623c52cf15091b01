//! What time it is at the gateway. Pure: measurements and this machine's time go in.
//!
//! Every moment that a gateway tells is by its own clock, which may be hours off. Whatever asks how long ago one was, or
//! until when something holds, asks by that clock too.

use signalbox_protocol::Timestamp;

/// Clocks that differ by less are taken for equal: ages that jump about with each measurement help nobody.
const TOLERANCE_MS: i64 = 500;
/// A clock that is further off is none.
const FARTHEST_MS: i64 = 50 * 366 * 24 * 3_600_000;

/// How far the gateway's clock is ahead of this machine's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Clock {
    ahead_ms: i64,
}

impl Clock {
    /// The gateway has said what time it is, in an answer that took so long and came at `here`.
    pub(crate) const fn hear(&mut self, said: Timestamp, took_ms: u32, here: Timestamp) {
        let took = took_ms as i64;
        let ahead_ms = said.as_millis().saturating_add(took / 2).saturating_sub(here.as_millis());
        let moved = (ahead_ms - self.ahead_ms).abs();
        if moved > TOLERANCE_MS + took && ahead_ms.abs() < FARTHEST_MS {
            self.ahead_ms = ahead_ms;
        }
    }

    /// The gateway's time when it is this here.
    pub(crate) const fn there(&self, here: Timestamp) -> Timestamp {
        Timestamp(here.as_millis() + self.ahead_ms)
    }

    /// How far it is ahead, in milliseconds; negative where it is behind.
    pub(crate) const fn ahead_ms(&self) -> i64 {
        self.ahead_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_clock_that_is_off_is_measured_and_then_holds_still() {
        for off in [HOUR, -HOUR] {
            let mut clock = Clock::default();
            let mut hear = |said, took, here| {
                clock.hear(Timestamp(said), took, Timestamp(here));
                clock.ahead_ms()
            };
            assert_eq!(hear(5_000 + off, 20, 5_010), off);
            assert_eq!(hear(7_000 + off, 40, 7_300), off, "an answer that was late says nothing new");
            assert_eq!(hear(9_000 + off, 3_000, 12_000), off, "nor one that took long");
            assert_eq!(hear(15_000, 20, 15_010), 0, "a clock that is set right is believed");
        }
    }

    #[test]
    fn clocks_that_differ_a_little_are_equal_and_an_absurd_one_is_none() {
        let mut clock = Clock::default();
        clock.hear(Timestamp(10_300), 10, Timestamp(10_000));
        assert_eq!(clock.there(Timestamp(10_000)), Timestamp(10_000));
        clock.hear(Timestamp(i64::MAX), 10, Timestamp(10_000));
        assert_eq!(clock.there(Timestamp(10_000)), Timestamp(10_000));
    }
}
