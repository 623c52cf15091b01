//! How events ended, counted by namespace, event and outcome. A table of fixed size: nothing that a client names is in it.

use std::sync::atomic::{AtomicU64, Ordering};

use signalbox_protocol::ErrorCode;

use super::Place;

/// How an event ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was handled.
    Done,
    /// It was dropped without an answer.
    Dropped,
    /// It was refused, or failed.
    Refused(ErrorCode),
}

const CODES: [ErrorCode; 10] = [
    ErrorCode::InvalidPayload,
    ErrorCode::UnknownEvent,
    ErrorCode::TooLong,
    ErrorCode::ContentRejected,
    ErrorCode::RateLimited,
    ErrorCode::Forbidden,
    ErrorCode::NotMember,
    ErrorCode::NotFound,
    ErrorCode::Conflict,
    ErrorCode::Internal,
];

/// Kinds of outcomes.
const KINDS: usize = CODES.len() + 2;

impl Outcome {
    /// In one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "ok",
            Self::Dropped => "dropped",
            Self::Refused(code) => code.as_str(),
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Done => 0,
            Self::Dropped => 1,
            Self::Refused(code) => 2 + code as usize,
        }
    }

    fn of(index: usize) -> Self {
        match index {
            0 => Self::Done,
            1 => Self::Dropped,
            code => Self::Refused(CODES[code - 2]),
        }
    }
}

/// The counts. Adding one costs one atomic addition.
#[derive(Debug)]
pub struct Outcomes([Box<[AtomicU64]>; Place::ALL.len()]);

impl Outcomes {
    /// For namespaces with so many events each.
    pub fn new(events: impl Fn(Place) -> usize) -> Self {
        // One more than the table has, for what is in no table.
        Self(Place::ALL.map(|place| (0..(events(place) + 1) * KINDS).map(|_| AtomicU64::new(0)).collect()))
    }

    /// An event of that index in its namespace's table has ended; `None` is in no table.
    pub fn count(&self, place: Place, event: Option<usize>, outcome: Outcome) {
        let counts = &self.0[place as usize];
        let event = event.unwrap_or(counts.len() / KINDS - 1);
        if let Some(count) = counts.get(event * KINDS + outcome.index()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often each event came, however it ended: all namespaces in a row, each with what is in no table at its end.
    pub fn totals(&self) -> Box<[u64]> {
        let events = self.0.iter().flat_map(|counts| counts.chunks(KINDS));
        events.map(|kinds| kinds.iter().map(|count| count.load(Ordering::Relaxed)).sum()).collect()
    }

    /// What the places of [`Outcomes::totals`] stand for.
    pub fn columns(&self) -> impl Iterator<Item = (Place, Option<usize>)> {
        Place::ALL.into_iter().flat_map(|place| {
            let unknown = self.0[place as usize].len() / KINDS - 1;
            (0..=unknown).map(move |event| (place, Some(event).filter(|event| *event != unknown)))
        })
    }

    /// What has been counted at all: event, outcome, how often.
    pub fn of(&self, place: Place) -> impl Iterator<Item = (Option<usize>, Outcome, u64)> {
        let counts = &self.0[place as usize];
        let unknown = counts.len() / KINDS - 1;
        counts.iter().enumerate().filter_map(move |(at, count)| {
            let event = Some(at / KINDS).filter(|event| *event != unknown);
            let count = count.load(Ordering::Relaxed);
            (count > 0).then(|| (event, Outcome::of(at % KINDS), count))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_found_again() {
        let outcomes = Outcomes::new(|_| 3);
        let kinds = CODES.into_iter().map(Outcome::Refused).chain([Outcome::Done, Outcome::Dropped]);
        for outcome in kinds {
            for event in [Some(0), Some(2), None] {
                outcomes.count(Place::Web, event, outcome);
                assert!(outcomes.of(Place::Web).any(|found| found == (event, outcome, 1)), "{event:?} {outcome:?}");
            }
        }
        assert_eq!(outcomes.of(Place::Web).count(), 3 * KINDS);
        assert_eq!(outcomes.of(Place::Admin).count(), 0);
    }
}
