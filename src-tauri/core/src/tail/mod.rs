//! What has happened, as far back as the console keeps it: bounded rings that say what fell out of them.
//!
//! Pure: the time is passed in. They must never know a link or a view.

mod gaps;
mod journal;
mod limits;
mod pulse;
mod trace;
mod traffic;

use std::collections::VecDeque;

pub(crate) use gaps::Gaps;
#[cfg(test)]
pub(crate) use journal::tests::alert;
pub(crate) use journal::{ALERTS, Journal, Versions};
#[cfg(test)]
pub(crate) use limits::tests::episode;
pub(crate) use limits::{LimitTail, Source};
pub(crate) use pulse::{Move, Pulse};
pub(crate) use trace::TraceTail;
pub(crate) use traffic::Traffic;

/// The latest so many items, each with a number of its own that grows by one.
#[derive(Debug)]
pub(crate) struct Ring<T> {
    items: VecDeque<T>,
    bound: usize,
    /// The number of the oldest item that is kept.
    first: u64,
}

impl<T> Ring<T> {
    /// An empty ring for at most so many items.
    pub(crate) fn new(bound: usize) -> Self {
        Self { items: VecDeque::new(), bound, first: 0 }
    }

    /// Lets go of all items. Numbers go on: none is ever given twice.
    pub(crate) fn clear(&mut self) {
        self.first = self.end();
        self.items.clear();
    }

    /// Adds an item, and gives its number.
    pub(crate) fn push(&mut self, item: T) -> u64 {
        if self.items.len() == self.bound {
            self.items.pop_front();
            self.first += 1;
        }
        self.items.push_back(item);
        self.end() - 1
    }

    /// The number that the next item will have.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    /// The number of the oldest item that is kept.
    pub(crate) const fn first(&self) -> u64 {
        self.first
    }

    /// The items from a number on that are still kept, with their numbers, oldest first.
    pub(crate) fn since(&self, from: u64) -> impl Iterator<Item = (u64, &T)> {
        let skip = usize::try_from(from.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let start = self.first.max(from);
        self.items.iter().skip(skip).enumerate().map(move |(index, item)| (start + index as u64, item))
    }

    /// At most so many items that fit, from a number on, oldest first; and the number from which on none has been looked at.
    pub(crate) fn fitting(&self, from: u64, most: usize, fits: impl Fn(&T) -> bool) -> (Vec<T>, u64)
    where
        T: Clone,
    {
        let mut found = Vec::new();
        for (number, item) in self.since(from) {
            if found.len() == most {
                return (found, number);
            }
            if fits(item) {
                found.push(item.clone());
            }
        }
        (found, self.end())
    }

    /// All items, latest first.
    pub(crate) fn latest(&self) -> impl Iterator<Item = &T> {
        self.items.iter().rev()
    }

    /// The item among the latest `depth` that fits, to change it in place.
    pub(crate) fn latest_mut(&mut self, depth: usize, fits: impl Fn(&T) -> bool) -> Option<&mut T> {
        self.items.iter_mut().rev().take(depth).find(|item| fits(item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_keeps_the_latest_and_their_numbers() {
        let mut ring = Ring::new(3);
        for item in 10..15 {
            ring.push(item);
        }
        assert_eq!((ring.first(), ring.end()), (2, 5));
        assert_eq!(ring.since(0).collect::<Vec<_>>(), [(2, &12), (3, &13), (4, &14)]);
        assert_eq!(ring.since(4).collect::<Vec<_>>(), [(4, &14)]);
        assert_eq!(ring.since(9).count(), 0);
        assert_eq!(ring.latest().copied().collect::<Vec<_>>(), [14, 13, 12]);
    }
}
