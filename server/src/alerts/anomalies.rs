//! Anomalies: raised once when a figure reaches its threshold, held while it lasts, cleared when it has stayed well below.

use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::Cause;

/// A figure is well below its threshold at so many per cent of it, or less.
const CALM_PERCENT: u64 = 80;
/// An anomaly is over when its figure has been well below for so long.
const CALM_MS: i64 = 30_000;
/// Its figure is told anew at most so often.
const UPDATE_MS: i64 = 15_000;

const CAUSES: usize = Cause::ALL.len();

/// What is an anomaly of each cause from where on; `None` where nothing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Thresholds([Option<u32>; CAUSES]);

/// What was measured of each cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading([u32; CAUSES]);

/// What has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It has begun.
    Raise(Cause),
    /// It goes on, with another figure.
    Hold(Cause),
    /// It is over.
    Clear(Cause),
}

/// Which anomalies are open.
#[derive(Debug)]
pub struct Anomalies {
    thresholds: Thresholds,
    open: [Option<Open>; CAUSES],
}

#[derive(Debug, Clone, Copy)]
struct Open {
    told: u32,
    told_at: Timestamp,
    calm_since: Option<Timestamp>,
}

impl Thresholds {
    /// With that threshold for the cause; 0 is none.
    pub fn with(mut self, cause: Cause, threshold: u32) -> Self {
        self.0[cause as usize] = (threshold > 0).then_some(threshold);
        self
    }

    /// The cause's threshold.
    pub fn of(&self, cause: Cause) -> Option<u32> {
        self.0[cause as usize]
    }
}

impl Reading {
    /// With that figure for the cause.
    pub fn with(mut self, cause: Cause, figure: u32) -> Self {
        self.0[cause as usize] = figure;
        self
    }

    /// The cause's figure.
    pub fn of(&self, cause: Cause) -> u32 {
        self.0[cause as usize]
    }
}

impl Anomalies {
    /// None are open.
    pub fn new(thresholds: Thresholds) -> Self {
        Self { thresholds, open: [None; CAUSES] }
    }

    /// The thresholds.
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// Takes a reading, and gives what has to be told of it. To be called every second or so.
    pub fn observe(&mut self, reading: &Reading, now: Timestamp) -> Vec<Step> {
        Cause::ALL.into_iter().filter_map(|cause| self.look(cause, reading.of(cause), now)).collect()
    }

    fn look(&mut self, cause: Cause, figure: u32, now: Timestamp) -> Option<Step> {
        let threshold = self.thresholds.of(cause)?;
        let slot = &mut self.open[cause as usize];
        let Some(open) = slot else {
            let raised = figure >= threshold;
            *slot = raised.then_some(Open { told: figure, told_at: now, calm_since: None });
            return raised.then_some(Step::Raise(cause));
        };
        let calm = u64::from(figure) * 100 <= u64::from(threshold) * CALM_PERCENT;
        open.calm_since = calm.then(|| open.calm_since.unwrap_or(now));
        if open.calm_since.is_some_and(|since| since.0 + CALM_MS <= now.0) {
            *slot = None;
            return Some(Step::Clear(cause));
        }
        let due = figure != open.told && open.told_at.0 + UPDATE_MS <= now.0;
        due.then(|| {
            (open.told, open.told_at) = (figure, now);
            Step::Hold(cause)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anomalies() -> Anomalies {
        Anomalies::new(Thresholds::default().with(Cause::Connects, 100))
    }

    #[test]
    fn an_anomaly_is_raised_once_held_and_cleared_when_it_has_been_calm() {
        const S: i64 = 1_000;
        let mut anomalies = anomalies();
        for (at, figure, told) in [
            (0, 99, None),
            (1, 100, Some(Step::Raise(Cause::Connects))),
            (2, 500, None),
            (15, 500, None),
            (16, 500, Some(Step::Hold(Cause::Connects))),
            (40, 500, None),
            (50, 81, Some(Step::Hold(Cause::Connects))),
            (51, 80, None),
            // Below, but not for long enough.
            (60, 90, None),
            (61, 80, None),
            (70, 99, Some(Step::Hold(Cause::Connects))),
            (80, 0, None),
            (109, 0, Some(Step::Hold(Cause::Connects))),
            (110, 0, Some(Step::Clear(Cause::Connects))),
            (111, 0, None),
            (112, 100, Some(Step::Raise(Cause::Connects))),
        ] {
            let reading = Reading::default().with(Cause::Connects, figure);
            let steps = anomalies.observe(&reading, Timestamp(at * S));
            assert_eq!(steps, Vec::from_iter(told), "at {at} s with {figure}");
        }
    }

    #[test]
    fn a_threshold_of_nothing_is_never_passed() {
        let mut anomalies = Anomalies::new(Thresholds::default().with(Cause::Errors, 0));
        assert!(anomalies.observe(&Reading::default().with(Cause::Errors, u32::MAX), Timestamp(0)).is_empty());
    }

    proptest! {
        /// Whatever is measured and whenever: a cause is open or not, never twice; every raise has one clear, and what is
        /// held is open.
        #[test]
        fn raises_and_clears_take_turns(readings in prop::collection::vec((0..300_u32, 0..300_u32, 1..60_000_i64), 1..400)) {
            let thresholds = Thresholds::default().with(Cause::Connects, 100).with(Cause::Memory, 90);
            let mut anomalies = Anomalies::new(thresholds);
            let mut open = [false; CAUSES];
            let mut now = 0;
            let (mut raised, mut cleared) = (0, 0);
            for (connects, memory, later) in readings {
                now += later;
                let reading = Reading::default().with(Cause::Connects, connects).with(Cause::Memory, memory);
                for step in anomalies.observe(&reading, Timestamp(now)) {
                    let (cause, was, is) = match step {
                        Step::Raise(cause) => (cause, false, true),
                        Step::Hold(cause) => (cause, true, true),
                        Step::Clear(cause) => (cause, true, false),
                    };
                    prop_assert_eq!(open[cause as usize], was, "{:?}", step);
                    open[cause as usize] = is;
                    raised += u32::from(!was);
                    cleared += u32::from(!is);
                }
            }
            // A long calm ends all that is still open.
            for _ in 0..2 {
                now += CALM_MS;
                for step in anomalies.observe(&Reading::default(), Timestamp(now)) {
                    cleared += u32::from(matches!(step, Step::Clear(_)));
                }
            }
            prop_assert_eq!(raised, cleared);
        }
    }
}
