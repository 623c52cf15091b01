//! The fleet as rows of the people table.

use std::collections::HashSet;

use signalbox_protocol::feed::Connection;
use signalbox_protocol::ipc::PersonRow;
use signalbox_protocol::{Namespace, RoomName, Timestamp};

use super::{Fleet, RowKey};
use crate::client_name::client_name;

/// A row of the table does not name more rooms than a person can read.
const ROOMS: usize = 20;

impl Fleet {
    /// What a row shows now; `None` where there is nobody any more.
    pub(crate) fn row(&self, key: &RowKey) -> Option<PersonRow> {
        self.row_naming(ROOMS, key)
    }

    /// What a row stands for now, with every room, as a file has it.
    pub(crate) fn whole_row(&self, key: &RowKey) -> Option<PersonRow> {
        self.row_naming(usize::MAX, key)
    }

    fn row_naming(&self, most: usize, key: &RowKey) -> Option<PersonRow> {
        match key {
            RowKey::User(id) => {
                let person = self.users.get(id)?;
                let connections = self.connections_of(key);
                let hits = self.hits(id);
                row(id.to_string(), &connections, hits, most).map(|row| PersonRow { user: person.user.clone(), ..row })
            }
            RowKey::Connection(id) => {
                let connection = self.connection(id)?;
                row(id.to_string(), &[connection], self.hits(&connection.user.id), most)
            }
        }
    }

    /// The connections that a row stands for, in the order in which they were opened.
    pub(crate) fn connections_of(&self, key: &RowKey) -> Vec<&Connection> {
        match key {
            RowKey::User(id) => {
                let ids = self.users.get(id).map(|person| person.connections.as_slice()).unwrap_or_default();
                ids.iter().filter_map(|id| self.connection(id)).collect()
            }
            RowKey::Connection(id) => self.connection(id).into_iter().collect(),
        }
    }
}

/// A row that names at most so many rooms.
fn row(key: String, connections: &[&Connection], hits: u64, most: usize) -> Option<PersonRow> {
    let latest = connections.iter().max_by_key(|connection| connection.online_at)?;
    let mut namespaces: Vec<Namespace> = Vec::new();
    let mut rooms: Vec<RoomName> = Vec::new();
    let mut joined: HashSet<&RoomName> = HashSet::new();
    for membership in connections.iter().flat_map(|connection| &connection.namespaces) {
        if !namespaces.contains(&membership.namespace) {
            namespaces.push(membership.namespace.clone());
        }
        for room in &membership.rooms {
            if joined.insert(room) && rooms.len() < most {
                rooms.push(room.clone());
            }
        }
    }
    let more = joined.len() - rooms.len();
    Some(PersonRow {
        key,
        user: latest.user.clone(),
        operator: connections.iter().any(|connection| connection.operator),
        namespaces,
        rooms,
        rooms_more: u32::try_from(more).unwrap_or(u32::MAX),
        address: latest.address.clone(),
        client: client_name(&latest.user_agent),
        connections: u32::try_from(connections.len()).unwrap_or(u32::MAX),
        online_at: connections.iter().map(|connection| connection.online_at).min()?,
        idle_since: idle_since(connections),
        hits,
        gone: false,
    })
}

/// Since when none of the connections has sent anything; `None` while one of them is active.
pub(crate) fn idle_since(connections: &[&Connection]) -> Option<Timestamp> {
    let idle = connections.iter().all(|connection| connection.idle);
    idle.then(|| connections.iter().map(|connection| connection.last_activity).max()).flatten()
}
