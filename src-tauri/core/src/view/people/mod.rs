//! The people table as one view sees it: filtered, sorted, a window of it, and the patches that keep the window true.
//!
//! The order is kept and mended rather than sorted anew, so that a row that changes costs what a row costs. While it is
//! frozen a list of keys stands in its place.

mod table;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use signalbox_protocol::ipc::{ChangedRow, Order, PeopleQuery, PeopleUpdate, PersonRow};

use crate::fleet::{Changes, Fleet, RowKey};
use table::{Slot, words};
pub(crate) use table::{Table, Touched};

/// No window is larger, whatever is asked for.
const LARGEST_WINDOW: u32 = 500;

/// An open people view.
#[derive(Debug)]
pub(crate) struct PeopleView {
    query: PeopleQuery,
    words: Vec<String>,
    order: Vec<Slot>,
    frozen: Option<Frozen>,
    sent: Option<Sent>,
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
    pub(crate) fn new(query: PeopleQuery, table: &Table) -> Self {
        let words = words(&query.filter);
        let mut view = Self { query, words, order: Vec::new(), frozen: None, sent: None };
        view.sort(table);
        view.freeze_or_thaw(table);
        view
    }

    /// What it shows.
    pub(crate) const fn query(&self) -> &PeopleQuery {
        &self.query
    }

    /// Shows something else of a table of the new query's kind.
    pub(crate) fn change(&mut self, query: PeopleQuery, table: &Table) {
        let same_rows = (query.rows, query.sort, query.direction)
            == (self.query.rows, self.query.sort, self.query.direction)
            && query.filter == self.query.filter;
        let same_order = same_rows && query.order == self.query.order;
        self.words = words(&query.filter);
        self.query = query;
        if !same_rows {
            self.sort(table);
        }
        if !same_order {
            self.frozen = None;
            self.freeze_or_thaw(table);
        }
    }

    /// Takes what changed in the table.
    pub(crate) fn absorb(&mut self, table: &Table, touched: &Touched, changes: &Changes) {
        match touched {
            Touched::Everything => {
                self.sort(table);
                self.frozen = None;
                self.freeze_or_thaw(table);
            }
            Touched::Slots(slots) if slots.is_empty() => {}
            Touched::Slots(slots) if slots.len() > 1_000 && slots.len() > table.len() / 4 => self.sort(table),
            Touched::Slots(slots) => self.mend(table, slots),
        }
        if let Some(frozen) = &mut self.frozen {
            frozen.gone.retain(|key, _| !table.has(key));
            for (key, row) in &changes.gone {
                if frozen.members.contains(key) && !table.has(key) {
                    frozen.gone.insert(key.clone(), PersonRow { gone: true, ..row.clone() });
                }
            }
            let here = self.order.iter().filter_map(|slot| table.row(*slot));
            let waiting = here.filter(|row| !frozen.members.contains(&row.key)).count();
            frozen.waiting = count(waiting);
        }
    }

    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, table: &Table, fleet: &Fleet) -> Option<PeopleUpdate> {
        let start = self.query.start;
        let rows = self.window(table, fleet);
        let (matching, waiting) = match &self.frozen {
            Some(frozen) => (count(frozen.keys.len()), frozen.waiting),
            None => (count(self.order.len()), 0),
        };
        let sums = Sums { total: count(table.len()), online: fleet.counts().online_users, matching, waiting };
        let (window, changed) = match &self.sent {
            Some(sent) if sent.start == start && same_keys(&sent.rows, &rows) => {
                (None, changed(start, &sent.rows, &rows))
            }
            _ => (Some(rows.clone()), Vec::new()),
        };
        let same_sums = self.sent.as_ref().is_some_and(|sent| sent.sums == sums);
        if same_sums && window.is_none() && changed.is_empty() {
            return None;
        }
        self.sent = Some(Sent { sums, start, rows });
        let Sums { total, online, .. } = sums;
        Some(PeopleUpdate { total, online, matching, waiting, start, window, changed })
    }

    fn window(&self, table: &Table, fleet: &Fleet) -> Vec<PersonRow> {
        let (start, most) = (self.query.start as usize, self.query.count.min(LARGEST_WINDOW) as usize);
        match &self.frozen {
            Some(frozen) => {
                let keys = frozen.keys.iter().skip(start).take(most);
                keys.filter_map(|key| frozen.gone.get(key).cloned().or_else(|| fleet.row(key))).collect()
            }
            None => {
                let rows = self.order.iter().skip(start).take(most).filter_map(|slot| table.row(*slot));
                rows.filter_map(|row| fleet.row(&row.key)).collect()
            }
        }
    }

    fn sort(&mut self, table: &Table) {
        let mut rows: Vec<_> = table.rows().filter(|(_, row)| row.matches(&self.words)).collect();
        rows.sort_unstable_by(|(_, a), (_, b)| a.compare(b, &self.query));
        self.order = rows.into_iter().map(|(slot, _)| slot).collect();
    }

    /// Takes the touched rows out of the order and puts those that still belong there where they belong now.
    fn mend(&mut self, table: &Table, slots: &[Slot]) {
        let mut touched = vec![false; table.bound()];
        slots.iter().for_each(|slot| touched[*slot as usize] = true);
        self.order.retain(|slot| !touched[*slot as usize]);

        let fitting = slots.iter().filter_map(|slot| table.row(*slot).map(|row| (*slot, row)));
        let mut coming: Vec<_> = fitting.filter(|(_, row)| row.matches(&self.words)).collect();
        coming.sort_unstable_by(|(_, a), (_, b)| a.compare(b, &self.query));
        let place = |row: &table::Row| {
            self.order
                .partition_point(|slot| table.row(*slot).is_some_and(|other| other.compare(row, &self.query).is_lt()))
        };
        let places: Vec<usize> = coming.iter().map(|(_, row)| place(row)).collect();
        let mut merged = Vec::with_capacity(self.order.len() + coming.len());
        let mut taken = 0;
        for ((slot, _), place) in coming.iter().zip(places) {
            merged.extend_from_slice(&self.order[taken..place]);
            merged.push(*slot);
            taken = place;
        }
        merged.extend_from_slice(&self.order[taken..]);
        self.order = merged;
    }

    fn freeze_or_thaw(&mut self, table: &Table) {
        self.frozen = match self.query.order {
            Order::Live => None,
            Order::Frozen => {
                let rows = self.order.iter().filter_map(|slot| table.row(*slot));
                let keys: Vec<RowKey> = rows.map(|row| row.key.clone()).collect();
                let members = keys.iter().cloned().collect();
                Some(Frozen { keys, members, gone: HashMap::new(), waiting: 0 })
            }
        };
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn same_keys(before: &[PersonRow], after: &[PersonRow]) -> bool {
    before.len() == after.len() && before.iter().zip(after).all(|(a, b)| a.key == b.key)
}

fn changed(start: u32, before: &[PersonRow], after: &[PersonRow]) -> Vec<ChangedRow> {
    let pairs = before.iter().zip(after).zip(start..);
    pairs.filter(|((a, b), _)| a != b).map(|((_, row), index)| ChangedRow { index, row: row.clone() }).collect()
}
