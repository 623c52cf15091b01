//! Who is where at one gateway: users, connections and rooms, from a snapshot and the entries after it.
//!
//! Pure: nothing here waits, reads a clock or knows a link. A connection is the only thing that is kept; users and rooms
//! are counted from connections, so that they cannot contradict them.

mod apply;
mod capacity;
mod changes;
mod hits;
mod pool;
mod rooms;
mod rows;

use std::collections::HashMap;

use signalbox_protocol::feed::{Connection, Hits, User};
use signalbox_protocol::{ConnectionId, Epoch, Timestamp, UserId};

use capacity::Capacity;
pub(crate) use changes::{Changes, RowKey};
use hits::HitBook;
pub(crate) use hits::USERS as USERS_WITH_HITS;
use pool::Pool;
pub(crate) use rooms::RoomKey;
use rooms::Rooms;
pub(crate) use rows::idle_since;

/// The state of one gateway, as far as the console has been told.
#[derive(Debug, Default)]
pub(crate) struct Fleet {
    epoch: Option<Epoch>,
    connections: HashMap<ConnectionId, Held>,
    users: HashMap<UserId, Person>,
    rooms: Rooms,
    pool: Pool,
    capacity: Capacity,
    hits: HitBook,
    online: u32,
    /// The snapshot that a connection was last seen in, so that the ones that a new snapshot leaves out can go.
    generation: u32,
    changes: Option<Changes>,
}

#[derive(Debug)]
struct Held {
    connection: Connection,
    generation: u32,
}

/// A user who is there.
#[derive(Debug)]
pub(crate) struct Person {
    /// Who, as the latest connection says.
    pub(crate) user: User,
    /// The open connections, in the order in which they were opened.
    pub(crate) connections: Vec<ConnectionId>,
    online: bool,
}

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Users of `/admin` and `/web` that are no operators.
    pub(crate) online_users: u32,
    /// Everybody with a connection.
    pub(crate) users: u32,
    /// Connections.
    pub(crate) connections: u32,
    /// Rooms with somebody in them.
    pub(crate) rooms: u32,
}

impl Fleet {
    /// How many there are.
    pub(crate) fn counts(&self) -> Counts {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Counts {
            online_users: self.online,
            users: count(self.users.len()),
            connections: count(self.connections.len()),
            rooms: count(self.rooms.len()),
        }
    }

    /// Connections that are open and not kept: there are too many.
    pub(crate) const fn beyond(&self) -> u64 {
        self.capacity.beyond()
    }

    /// A user who is there.
    pub(crate) fn person(&self, id: &UserId) -> Option<&Person> {
        self.users.get(id)
    }

    /// An open connection.
    pub(crate) fn connection(&self, id: &ConnectionId) -> Option<&Connection> {
        self.connections.get(id).map(|held| &held.connection)
    }

    /// Every user who is there, in no order.
    pub(crate) fn users(&self) -> impl Iterator<Item = &UserId> {
        self.users.keys()
    }

    /// Every open connection, in no order.
    pub(crate) fn connections(&self) -> impl Iterator<Item = &ConnectionId> {
        self.connections.keys()
    }

    /// A user's events dropped over a limit in the last hour.
    pub(crate) fn hits(&self, user: &UserId) -> u64 {
        self.hits.of(user)
    }

    /// Counts drops of a user.
    pub(crate) fn hit(&mut self, user: &UserId, fresh: u64, at: Timestamp) {
        if fresh > 0 {
            self.hits.add(user, fresh, at);
            self.touch_user_and_connections(user);
        }
    }

    /// Lets hits of more than an hour ago go.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        for user in self.hits.expire(now) {
            self.touch_user_and_connections(&user);
        }
    }

    /// A snapshot begins. One of another run of the gateway has nothing to do with what is here.
    pub(crate) fn begin_snapshot(&mut self, epoch: &Epoch) {
        if self.epoch.as_ref() != Some(epoch) {
            self.clear();
            self.epoch = Some(epoch.clone());
        }
        self.generation = self.generation.wrapping_add(1);
        self.capacity.count_anew();
    }

    /// A part of the snapshot.
    pub(crate) fn snapshot_page(&mut self, connections: Vec<Connection>) {
        for connection in connections {
            self.open(connection);
        }
    }

    /// The snapshot is complete: what it left out is gone.
    pub(crate) fn finish_snapshot(&mut self, hits: &[Hits], at: Timestamp) {
        let stale = self.connections.iter().filter(|(_, held)| held.generation != self.generation);
        let stale: Vec<_> = stale.map(|(id, _)| id.clone()).collect();
        for id in stale {
            self.close(&id);
        }
        for user in self.hits.replace(hits, at) {
            self.touch_user_and_connections(&user);
        }
    }

    /// Nobody is known any more.
    pub(crate) fn clear(&mut self) {
        let changes = self.changes.take().map(|_| Changes::everything());
        let (rooms, capacity) = (self.rooms.emptied(), self.capacity.emptied());
        *self = Self { generation: self.generation, changes, rooms, capacity, ..Self::default() };
    }
}

#[cfg(test)]
pub(crate) mod tests;
