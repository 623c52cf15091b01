//! Every row of the people table, prepared for filtering and sorting.
//!
//! One table serves all views of its kind. It holds what a comparison needs and nothing that is only shown; rows are put
//! together for the window alone.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::net::IpAddr;

use signalbox_protocol::ipc::{Direction, PeopleQuery, PeopleRows, PeopleSort};
use signalbox_protocol::{Timestamp, UserId};

use crate::filter::Subject;
use crate::fleet::{Changes, Fleet, RowKey};

/// A row's place in the table. It is used again after the row has gone.
pub(crate) type Slot = u32;

/// All rows of one kind.
#[derive(Debug)]
pub(crate) struct Table {
    kind: PeopleRows,
    slots: Vec<Option<Row>>,
    free: Vec<Slot>,
    index: HashMap<RowKey, Slot>,
}

/// What filter and sort need of a row.
#[derive(Debug)]
pub(crate) struct Row {
    /// What it stands for.
    pub(crate) key: RowKey,
    /// Whose it is.
    pub(crate) user: UserId,
    /// What a filter sees of it.
    pub(crate) subject: Subject,
}

/// Which rows are not what they were.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Touched {
    /// All of them.
    Everything,
    /// These; each may have come, changed or gone.
    Slots(Vec<Slot>),
}

impl Table {
    /// The rows of a fleet.
    pub(crate) fn of(kind: PeopleRows, fleet: &Fleet) -> Self {
        let mut table = Self { kind, slots: Vec::new(), free: Vec::new(), index: HashMap::new() };
        table.rebuild(fleet);
        table
    }

    /// What its rows stand for.
    pub(crate) const fn kind(&self) -> PeopleRows {
        self.kind
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// The rows that are there, in no order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Slot, &Row)> {
        let rows = self.slots.iter().enumerate();
        rows.filter_map(|(slot, row)| row.as_ref().map(|row| (slot as Slot, row)))
    }

    /// The row in a slot.
    pub(crate) fn row(&self, slot: Slot) -> Option<&Row> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// Whether there is a row for this key.
    pub(crate) fn has(&self, key: &RowKey) -> bool {
        self.index.contains_key(key)
    }

    /// More than every slot that is or was in use.
    pub(crate) fn bound(&self) -> usize {
        self.slots.len()
    }

    /// Brings the table up to date.
    pub(crate) fn absorb(&mut self, changes: &Changes, fleet: &Fleet) -> Touched {
        if changes.everything {
            self.rebuild(fleet);
            return Touched::Everything;
        }
        let mut touched = Vec::new();
        for key in &changes.keys {
            if matches!(
                (key, self.kind),
                (RowKey::User(_), PeopleRows::Connections) | (RowKey::Connection(_), PeopleRows::Users)
            ) {
                continue;
            }
            touched.extend(self.settle(key, fleet));
        }
        // A slot that was left and taken again is there twice.
        touched.sort_unstable();
        touched.dedup();
        Touched::Slots(touched)
    }

    fn rebuild(&mut self, fleet: &Fleet) {
        self.slots.clear();
        self.free.clear();
        self.index.clear();
        match self.kind {
            PeopleRows::Users => fleet.users().cloned().map(RowKey::User).for_each(|key| _ = self.settle(&key, fleet)),
            PeopleRows::Connections => {
                fleet.connections().cloned().map(RowKey::Connection).for_each(|key| _ = self.settle(&key, fleet));
            }
        }
        self.slots.shrink_to_fit();
    }

    /// Makes one row what the fleet says, and gives its slot if there is or was one.
    fn settle(&mut self, key: &RowKey, fleet: &Fleet) -> Option<Slot> {
        let known = self.index.get(key).copied();
        match (Row::of(key, fleet), known) {
            (Some(row), Some(slot)) => {
                self.slots[slot as usize] = Some(row);
                Some(slot)
            }
            (Some(row), None) => {
                let slot = self.free.pop().unwrap_or_else(|| {
                    self.slots.push(None);
                    (self.slots.len() - 1) as Slot
                });
                self.slots[slot as usize] = Some(row);
                self.index.insert(key.clone(), slot);
                Some(slot)
            }
            (None, Some(slot)) => {
                self.slots[slot as usize] = None;
                self.index.remove(key);
                self.free.push(slot);
                Some(slot)
            }
            (None, None) => None,
        }
    }
}

impl Row {
    fn of(key: &RowKey, fleet: &Fleet) -> Option<Self> {
        let connections = fleet.connections_of(key);
        let user = connections.first()?.user.id.clone();
        let subject = Subject::of(&connections, fleet.hits(&user))?;
        Some(Self { key: key.clone(), user, subject })
    }

    /// The order of a query; ties by id, so that equal rows never change places.
    pub(crate) fn compare(&self, other: &Self, query: &PeopleQuery) -> Ordering {
        let (a, b) = (&self.subject, &other.subject);
        let by_column = match query.sort {
            PeopleSort::Name => a.name().cmp(b.name()),
            PeopleSort::Id => self.user.cmp(&other.user),
            // A text that is no address comes after those that are.
            PeopleSort::Address => {
                a.address().is_none().cmp(&b.address().is_none()).then(a.address().cmp(&b.address()))
            }
            PeopleSort::Online => Reverse(a.online_at()).cmp(&Reverse(b.online_at())),
            PeopleSort::Idle => {
                let idle = |subject: &Subject| Reverse(subject.idle_since().map_or(i64::MAX, Timestamp::as_millis));
                idle(a).cmp(&idle(b))
            }
            PeopleSort::Hits => a.hits().cmp(&b.hits()),
        };
        let directed = match query.direction {
            Direction::Ascending => by_column,
            Direction::Descending => by_column.reverse(),
        };
        directed.then_with(|| self.user.cmp(&other.user)).then_with(|| self.key.cmp(&other.key))
    }

    /// The beginning of what [`Row::compare`] compares, as a number: the row with the smaller one comes first, and only
    /// where two are alike there is more to compare. Sorting numbers is ten times as quick as following rows to their texts.
    pub(super) fn weight(&self, query: &PeopleQuery) -> u128 {
        let user = match self.user {
            UserId::Number(number) => rising(number),
            UserId::Text(_) => u64::MAX,
        };
        let descends = query.direction == Direction::Descending;
        let whole = |column: u128| if descends { !column } else { column };
        let before_user = |column: u64| {
            let column = if descends { !column } else { column };
            (u128::from(column) << 64) | u128::from(user)
        };
        match query.sort {
            PeopleSort::Name => whole(beginning(self.subject.name())),
            PeopleSort::Id => before_user(user),
            // The first two bits tell those of the one kind, those of the other, and texts that are no address apart.
            PeopleSort::Address => match self.subject.address() {
                Some(IpAddr::V4(address)) => before_user(address.to_bits().into()),
                Some(IpAddr::V6(address)) => whole((0b10 << 126) | (address.to_bits() >> 2)),
                None => before_user(u64::MAX),
            },
            PeopleSort::Online => before_user(!rising(self.subject.online_at().as_millis())),
            PeopleSort::Idle => before_user(!rising(self.subject.idle_since().map_or(i64::MAX, Timestamp::as_millis))),
            PeopleSort::Hits => before_user(self.subject.hits()),
        }
    }
}

/// A number in the order of signed ones.
const fn rising(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

/// The first letters, in the order of texts.
fn beginning(text: &str) -> u128 {
    let mut first = [0; 16];
    let length = text.len().min(first.len());
    first[..length].copy_from_slice(&text.as_bytes()[..length]);
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use signalbox_protocol::feed::{Connection, Happening, User};
    use signalbox_protocol::ipc::{Order, ProfileId};

    use super::*;
    use crate::fleet::tests::connection;

    const SORTS: [PeopleSort; 6] =
        [PeopleSort::Name, PeopleSort::Id, PeopleSort::Address, PeopleSort::Online, PeopleSort::Idle, PeopleSort::Hits];

    /// People who differ in what they can be sorted by, often at the end only.
    fn people() -> impl Strategy<Value = Vec<Connection>> {
        let id = prop_oneof![(-3..3_i64).prop_map(UserId::from), "[a-b]{1,2}".prop_map(|id| id.parse().unwrap())];
        let name = prop_oneof!["[a-bé]{0,3}", "same-long-beginning-[a-b]"];
        let address = prop_oneof!["10\\.0\\.0\\.[1-3]", "255\\.0\\.0\\.1", "fe80::[1-3]", Just("unix".into())];
        let one = (id, name, address, -2..3_i64, any::<bool>()).prop_map(|(id, name, address, at, idle)| Connection {
            user: User { id, username: name.as_str().into() },
            address,
            online_at: Timestamp(at),
            last_activity: Timestamp(-at),
            idle,
            ..connection("", 0)
        });
        let all = proptest::collection::vec(one, 2..12);
        all.prop_map(|all| {
            let numbered = all.into_iter().enumerate();
            numbered.map(|(number, one)| Connection { id: format!("c{number}").as_str().into(), ..one }).collect()
        })
    }

    proptest! {
        #[test]
        fn where_weights_differ_they_are_the_order(people in people(), hits in -3..3_i64) {
            let mut fleet = Fleet::default();
            for connection in people {
                fleet.apply(&Happening::ConnectionOpened { connection }, Timestamp(0));
            }
            fleet.hit(&hits.into(), 2, Timestamp(0));
            for rows in [PeopleRows::Users, PeopleRows::Connections] {
                let table = Table::of(rows, &fleet);
                let all: Vec<&Row> = table.rows().map(|(_, row)| row).collect();
                for (sort, direction) in SORTS.into_iter().flat_map(|sort| {
                    [Direction::Ascending, Direction::Descending].map(|direction| (sort, direction))
                }) {
                    let query = PeopleQuery {
                        profile: ProfileId("p".into()),
                        rows,
                        filter: String::new(),
                        sort,
                        direction,
                        start: 0,
                        count: 1,
                        order: Order::Live,
                    };
                    for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
                        let by_weight = a.weight(&query).cmp(&b.weight(&query));
                        prop_assert_eq!(by_weight.then(a.compare(b, &query)), a.compare(b, &query));
                    }
                }
            }
        }
    }
}
