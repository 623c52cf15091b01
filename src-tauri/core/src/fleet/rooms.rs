//! The rooms with somebody in them, counted from the connections.
//!
//! Each room knows when who is in it changed last, so that nobody looks through 100 000 connections for nothing.

use std::collections::HashMap;

use signalbox_protocol::feed::{Connection, Membership};
use signalbox_protocol::{Namespace, RoomName};

use super::Fleet;

/// A room: two of one name in two namespaces are two.
pub(crate) type RoomKey = (Namespace, RoomName);

/// How many are in each room.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    rooms: HashMap<RoomKey, Room>,
    version: u64,
}

#[derive(Debug, Default)]
struct Room {
    members: u32,
    version: u64,
}

impl Rooms {
    pub(super) fn len(&self) -> usize {
        self.rooms.len()
    }

    /// A connection is in these.
    pub(super) fn enter(&mut self, memberships: &[Membership]) {
        for key in keys(memberships) {
            self.version += 1;
            let room = self.rooms.entry(key).or_default();
            room.members += 1;
            room.version = self.version;
        }
    }

    /// A connection that was in these is not any more.
    pub(super) fn leave(&mut self, memberships: &[Membership]) {
        for key in keys(memberships) {
            self.version += 1;
            let Some(room) = self.rooms.get_mut(&key) else { continue };
            room.members -= 1;
            room.version = self.version;
            if room.members == 0 {
                self.rooms.remove(&key);
            }
        }
    }

    /// Nobody is anywhere. Whoever has seen a version before must not take the next one for it.
    pub(super) fn emptied(&self) -> Self {
        Self { rooms: HashMap::new(), version: self.version + 1 }
    }
}

impl Fleet {
    /// Every room, and how many sockets are in it; in no order.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = (&RoomKey, u32)> {
        self.rooms.rooms.iter().map(|(key, room)| (key, room.members))
    }

    /// How many sockets are in a room.
    pub(crate) fn members(&self, key: &RoomKey) -> u32 {
        self.rooms.rooms.get(key).map_or(0, |room| room.members)
    }

    /// A number that changes with any room.
    pub(crate) const fn rooms_version(&self) -> u64 {
        self.rooms.version
    }

    /// A number that changes with who is in this room; `None` where nobody is.
    pub(crate) fn room_version(&self, key: &RoomKey) -> Option<u64> {
        self.rooms.rooms.get(key).map(|room| room.version)
    }

    /// Who is in a room: connections, each with what joined it. Looks at every connection.
    pub(crate) fn in_room<'a>(&'a self, key: &'a RoomKey) -> impl Iterator<Item = (&'a Connection, &'a Membership)> {
        let (namespace, room) = key;
        self.connections.values().filter_map(move |held| {
            let memberships = &held.connection.namespaces;
            let joined =
                memberships.iter().find(|joined| joined.namespace == *namespace && joined.rooms.contains(room));
            joined.map(|joined| (&held.connection, joined))
        })
    }
}

fn keys(memberships: &[Membership]) -> impl Iterator<Item = RoomKey> {
    memberships.iter().flat_map(|joined| joined.rooms.iter().map(|room| (joined.namespace.clone(), room.clone())))
}
