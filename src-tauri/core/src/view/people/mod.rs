//! The people table as one view sees it: filtered, sorted, a window of it, and the patches that keep the window true.
//!
//! While the order is frozen a list of keys stands in its place.

mod completion;
mod matching;
mod ranking;
mod reading;
mod table;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::{ChangedRow, FilterReading, Order, PeopleQuery, PeopleUpdate, PersonRow};

use super::count;
use crate::fleet::{Changes, Fleet, RowKey};
pub(crate) use completion::complete;
pub(crate) use matching::{NotNamed, matching};
use ranking::Ranking;
use reading::{Change, Reading};
pub(crate) use table::{Table, Touched};

/// No window is larger, whatever is asked for.
const LARGEST_WINDOW: u32 = 500;
/// Between two looks at whom the time alone lets in or out, in milliseconds.
const PATIENCE_MS: i64 = 1_000;

/// An open people view.
#[derive(Debug)]
pub(crate) struct PeopleView {
    query: PeopleQuery,
    reading: Reading,
    /// Every row.
    all: Ranking,
    /// Those that the filter lets through; `None` where there is no filter.
    fitting: Option<Ranking>,
    /// As of when they fit.
    judged_at: Timestamp,
    frozen: Option<Frozen>,
    sent: Option<Sent>,
    /// Since the last rendering something has changed: where nothing has, a window costs nothing.
    stirred: bool,
}

/// The order as it was when rows were told to stay.
#[derive(Debug)]
struct Frozen {
    keys: Vec<RowKey>,
    members: HashSet<RowKey>,
    /// The last state of those that have left since.
    gone: HashMap<RowKey, PersonRow>,
    waiting: u32,
}

/// What the page has.
#[derive(Debug)]
struct Sent {
    sums: Sums,
    reading: FilterReading,
    start: u32,
    rows: Vec<PersonRow>,
}

/// What is counted beside the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sums {
    total: u32,
    online: u32,
    matching: u32,
    waiting: u32,
}

impl PeopleView {
    /// Opens a view on a table of the query's kind.
    pub(crate) fn new(query: PeopleQuery, table: &Table, now: Timestamp) -> Self {
        let mut reading = Reading::default();
        reading.read(&query.filter);
        let all = Ranking::of(table, &query);
        let mut view =
            Self { query, reading, all, fitting: None, judged_at: now, frozen: None, sent: None, stirred: true };
        view.judge(table, now);
        view.freeze_or_thaw(table);
        view
    }

    /// What it shows.
    pub(crate) const fn query(&self) -> &PeopleQuery {
        &self.query
    }

    /// Every row that fits, in their order, wherever the window is.
    pub(crate) fn keys(&self, table: &Table) -> Vec<RowKey> {
        self.shown().rows(table).map(|row| row.key.clone()).collect()
    }

    /// Shows something else of a table of the new query's kind.
    pub(crate) fn change(&mut self, query: PeopleQuery, table: &Table, now: Timestamp) {
        let same_table =
            (query.rows, query.sort, query.direction) == (self.query.rows, self.query.sort, self.query.direction);
        let same_rows = self.reading.read(&query.filter) == Change::Same && same_table;
        let same_order = same_rows && query.order == self.query.order;
        self.query = query;
        self.stirred = true;
        if !same_table {
            self.all = Ranking::of(table, &self.query);
        }
        if !same_rows {
            self.judge(table, now);
        }
        if !same_order {
            self.frozen = None;
            self.freeze_or_thaw(table);
        }
    }

    /// Takes what changed in the table.
    pub(crate) fn absorb(&mut self, table: &Table, touched: &Touched, changes: &Changes) {
        self.stirred = true;
        match touched {
            Touched::Everything => {
                self.sort(table);
                self.frozen = None;
                self.freeze_or_thaw(table);
            }
            Touched::Slots(slots) if slots.is_empty() => {}
            Touched::Slots(slots) if slots.len() > 1_000 && slots.len() > table.len() / 4 => self.sort(table),
            Touched::Slots(slots) => {
                self.all.mend(table, slots, &self.query, |_| true);
                if let Some(fitting) = &mut self.fitting {
                    fitting.mend(table, slots, &self.query, |row| self.reading.passes(row, self.judged_at));
                }
            }
        }
        if let Some(frozen) = &mut self.frozen {
            frozen.gone.retain(|key, _| !table.has(key));
            for (key, row) in &changes.gone {
                if frozen.members.contains(key) && !table.has(key) {
                    frozen.gone.insert(key.clone(), PersonRow { gone: true, ..row.clone() });
                }
            }
        }
        self.count_waiting(table);
    }

    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, table: &Table, fleet: &Fleet, now: Timestamp) -> Option<PeopleUpdate> {
        if self.reading.is_timed() && now.as_millis() >= self.judged_at.as_millis() + PATIENCE_MS {
            self.judge(table, now);
            self.count_waiting(table);
            self.stirred = true;
        }
        if !std::mem::take(&mut self.stirred) {
            return None;
        }
        let start = self.query.start;
        let rows = self.window(table, fleet);
        let (matching, waiting) = match &self.frozen {
            Some(frozen) => (count(frozen.keys.len()), frozen.waiting),
            None => (count(self.shown().len()), 0),
        };
        let sums = Sums { total: count(table.len()), online: fleet.counts().online_users, matching, waiting };
        let (window, changed) = match &self.sent {
            Some(sent) if sent.start == start && same_keys(&sent.rows, &rows) => {
                (None, changed(start, &sent.rows, &rows))
            }
            _ => (Some(rows.clone()), Vec::new()),
        };
        let reading = self.reading.told();
        let same_sums = self.sent.as_ref().is_some_and(|sent| sent.sums == sums && sent.reading == *reading);
        if same_sums && window.is_none() && changed.is_empty() {
            return None;
        }
        let reading = reading.clone();
        self.sent = Some(Sent { sums, reading: reading.clone(), start, rows });
        let Sums { total, online, .. } = sums;
        Some(PeopleUpdate { total, online, matching, waiting, reading, start, window, changed })
    }

    fn window(&self, table: &Table, fleet: &Fleet) -> Vec<PersonRow> {
        let (start, most) = (self.query.start as usize, self.query.count.min(LARGEST_WINDOW) as usize);
        match &self.frozen {
            Some(frozen) => {
                let keys = frozen.keys.iter().skip(start).take(most);
                keys.filter_map(|key| frozen.gone.get(key).cloned().or_else(|| fleet.row(key))).collect()
            }
            None => {
                let rows = self.shown().rows(table).skip(start).take(most);
                rows.filter_map(|row| fleet.row(&row.key)).collect()
            }
        }
    }

    fn shown(&self) -> &Ranking {
        self.fitting.as_ref().unwrap_or(&self.all)
    }

    fn sort(&mut self, table: &Table) {
        self.all = Ranking::of(table, &self.query);
        self.judge(table, self.judged_at);
    }

    /// Lets the filter choose anew.
    fn judge(&mut self, table: &Table, now: Timestamp) {
        self.judged_at = now;
        let filtered = !self.reading.is_empty();
        self.fitting = filtered.then(|| self.all.only(table, |row| self.reading.passes(row, now)));
    }

    fn count_waiting(&mut self, table: &Table) {
        let shown = self.fitting.as_ref().unwrap_or(&self.all);
        if let Some(frozen) = &mut self.frozen {
            frozen.waiting = count(shown.rows(table).filter(|row| !frozen.members.contains(&row.key)).count());
        }
    }

    fn freeze_or_thaw(&mut self, table: &Table) {
        self.frozen = match self.query.order {
            Order::Live => None,
            Order::Frozen => {
                let keys: Vec<RowKey> = self.shown().rows(table).map(|row| row.key.clone()).collect();
                let members = keys.iter().cloned().collect();
                Some(Frozen { keys, members, gone: HashMap::new(), waiting: 0 })
            }
        };
    }
}

fn same_keys(before: &[PersonRow], after: &[PersonRow]) -> bool {
    before.len() == after.len() && before.iter().zip(after).all(|(a, b)| a.key == b.key)
}

fn changed(start: u32, before: &[PersonRow], after: &[PersonRow]) -> Vec<ChangedRow> {
    let pairs = before.iter().zip(after).zip(start..);
    pairs.filter(|((a, b), _)| a != b).map(|((_, row), index)| ChangedRow { index, row: row.clone() }).collect()
}
