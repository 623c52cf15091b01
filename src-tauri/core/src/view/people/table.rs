//! Every row of the people table, prepared for filtering and sorting.
//!
//! One table serves all views of its kind. It holds what a comparison needs and nothing that is only shown; rows are put
//! together for the window alone.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::net::IpAddr;

use signalbox_protocol::feed::Connection;
use signalbox_protocol::ipc::{Direction, PeopleQuery, PeopleRows, PeopleSort};
use signalbox_protocol::{Timestamp, UserId};

use crate::client_name::client_name;
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
    /// Everything that a filter looks at, in lower case, a line each; the name first.
    haystack: Box<str>,
    name: u32,
    user: UserId,
    address: Option<IpAddr>,
    online_at: Timestamp,
    idle_since: Option<Timestamp>,
    hits: u64,
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
        let latest = connections.iter().max_by_key(|connection| connection.online_at)?;
        let name = latest.user.username.to_lowercase();
        Some(Self {
            key: key.clone(),
            name: u32::try_from(name.len()).ok()?,
            haystack: haystack(name, &connections).into(),
            user: latest.user.id.clone(),
            address: latest.address.parse().ok(),
            online_at: connections.iter().map(|connection| connection.online_at).min()?,
            idle_since: crate::fleet::idle_since(&connections),
            hits: fleet.hits(&latest.user.id),
        })
    }

    /// Whether all words occur in it.
    pub(crate) fn matches(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.haystack.contains(word.as_str()))
    }

    fn name(&self) -> &str {
        &self.haystack[..self.name as usize]
    }

    /// The order of a query; ties by id, so that equal rows never change places.
    pub(crate) fn compare(&self, other: &Self, query: &PeopleQuery) -> Ordering {
        let by_column = match query.sort {
            PeopleSort::Name => self.name().cmp(other.name()),
            PeopleSort::Id => self.user.cmp(&other.user),
            // A text that is no address comes after those that are.
            PeopleSort::Address => {
                self.address.is_none().cmp(&other.address.is_none()).then(self.address.cmp(&other.address))
            }
            PeopleSort::Online => Reverse(self.online_at).cmp(&Reverse(other.online_at)),
            PeopleSort::Idle => {
                let idle = |row: &Self| Reverse(row.idle_since.map_or(i64::MAX, Timestamp::as_millis));
                idle(self).cmp(&idle(other))
            }
            PeopleSort::Hits => self.hits.cmp(&other.hits),
        };
        let directed = match query.direction {
            Direction::Ascending => by_column,
            Direction::Descending => by_column.reverse(),
        };
        directed.then_with(|| self.user.cmp(&other.user)).then_with(|| self.key.cmp(&other.key))
    }
}

fn haystack(mut text: String, connections: &[&Connection]) -> String {
    let mut add = |part: &str| {
        text.push('\n');
        text.extend(part.chars().flat_map(char::to_lowercase));
    };
    let mut agents: Vec<&str> = Vec::new();
    for connection in connections {
        if agents.is_empty() {
            add(&connection.user.id.to_string());
        }
        add(&connection.address);
        if !agents.contains(&connection.user_agent.as_str()) {
            agents.push(&connection.user_agent);
            add(&client_name(&connection.user_agent));
        }
        for membership in &connection.namespaces {
            add(membership.namespace.as_str());
            membership.rooms.iter().for_each(|room| add(room.as_str()));
        }
    }
    text
}

/// The words of a filter.
pub(crate) fn words(filter: &str) -> Vec<String> {
    filter.split_whitespace().map(str::to_lowercase).collect()
}
