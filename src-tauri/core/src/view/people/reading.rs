//! The filter of a view as it was read: while what is typed has a mistake in it, the last one without stays in force.

use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::FilterReading;

use super::table::Row;
use crate::filter::{Filter, Sieve, read};

/// The filter in force, and what is wrong with the one that was asked for.
#[derive(Debug, Default)]
pub(super) struct Reading {
    filter: Filter,
    sieve: Sieve,
    told: FilterReading,
}

/// Whether other rows are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Same,
    Other,
}

impl Reading {
    /// Takes another text.
    pub(super) fn read(&mut self, text: &str) -> Change {
        let filter = match read(text) {
            Ok(filter) => filter,
            Err(misread) => {
                self.told.problem = Some(misread.of(text));
                return Change::Same;
            }
        };
        self.told = FilterReading { in_force: text.to_owned(), problem: None };
        if filter == self.filter {
            return Change::Same;
        }
        self.sieve = Sieve::of(&filter);
        self.filter = filter;
        Change::Other
    }

    /// What the page is told of it.
    pub(super) const fn told(&self) -> &FilterReading {
        &self.told
    }

    /// It lets every row through.
    pub(super) const fn is_empty(&self) -> bool {
        self.filter.is_empty()
    }

    /// Whether time alone can change which rows it lets through.
    pub(super) fn is_timed(&self) -> bool {
        self.sieve.is_timed()
    }

    /// Whether it lets a row through.
    pub(super) fn passes(&self, row: &Row, now: Timestamp) -> bool {
        self.sieve.passes(&row.subject, now)
    }
}
