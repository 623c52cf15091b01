//! Rows in the order of a query. The order is kept and mended rather than sorted anew, so that a row that changes costs
//! what a row costs; and another filter takes from an order that is there.

use signalbox_protocol::ipc::PeopleQuery;

use super::table::{Row, Slot, Table};

/// Some rows of a table, in order.
#[derive(Debug, Default)]
pub(super) struct Ranking(Vec<Slot>);

impl Ranking {
    /// Every row of the table.
    pub(super) fn of(table: &Table, query: &PeopleQuery) -> Self {
        let mut rows: Vec<_> = table.rows().map(|(slot, row)| (row.weight(query), slot, row)).collect();
        rows.sort_unstable_by(|(weight, _, a), (other, _, b)| weight.cmp(other).then_with(|| a.compare(b, query)));
        Self(rows.into_iter().map(|(_, slot, _)| slot).collect())
    }

    /// Those of them that are wanted.
    pub(super) fn only(&self, table: &Table, wanted: impl Fn(&Row) -> bool) -> Self {
        let is_wanted = |slot: &Slot| table.row(*slot).is_some_and(&wanted);
        Self(self.0.iter().copied().filter(is_wanted).collect())
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The rows, in order.
    pub(super) fn rows<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = &'a Row> {
        self.0.iter().filter_map(|slot| table.row(*slot))
    }

    /// Takes the touched rows out and puts those that are wanted where they belong now.
    pub(super) fn mend(&mut self, table: &Table, slots: &[Slot], query: &PeopleQuery, wanted: impl Fn(&Row) -> bool) {
        let mut touched = vec![false; table.bound()];
        slots.iter().for_each(|slot| touched[*slot as usize] = true);
        self.0.retain(|slot| !touched[*slot as usize]);

        let here = slots.iter().filter_map(|slot| table.row(*slot).map(|row| (*slot, row)));
        let mut coming: Vec<_> = here.filter(|(_, row)| wanted(row)).collect();
        coming.sort_unstable_by(|(_, a), (_, b)| a.compare(b, query));
        let place = |row: &Row| {
            self.0.partition_point(|slot| table.row(*slot).is_some_and(|other| other.compare(row, query).is_lt()))
        };
        let places: Vec<usize> = coming.iter().map(|(_, row)| place(row)).collect();
        let mut merged = Vec::with_capacity(self.0.len() + coming.len());
        let mut taken = 0;
        for ((slot, _), place) in coming.iter().zip(places) {
            merged.extend_from_slice(&self.0[taken..place]);
            merged.push(*slot);
            taken = place;
        }
        merged.extend_from_slice(&self.0[taken..]);
        self.0 = merged;
    }
}
