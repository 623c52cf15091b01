//! How an entry of the feed changes the fleet.

use signalbox_protocol::feed::{Connection, Happening, Membership};
use signalbox_protocol::{ConnectionId, Namespace, RoomName, Timestamp, UserId};

use super::capacity::weight;
use super::{Fleet, Held, Person, RowKey};

/// The namespaces whose users count as online.
const USERS_ARE_ON: [&str; 2] = ["/admin", "/web"];

impl Fleet {
    /// Applies an entry. One about a connection that is not known changes nothing: it is older than the snapshot, or
    /// part of a gap that a new snapshot will close.
    pub(crate) fn apply(&mut self, what: &Happening, at: Timestamp) {
        match what {
            Happening::ConnectionOpened { connection } => self.open(connection.clone()),
            Happening::ConnectionClosed { connection, .. } => self.close(connection),
            Happening::NamespaceJoined { connection, membership } => {
                self.change(connection, |held| {
                    held.namespaces.retain(|known| known.namespace != membership.namespace);
                    held.namespaces.push(membership.clone());
                });
            }
            Happening::NamespaceLeft { connection, namespace } => {
                self.change(connection, |held| held.namespaces.retain(|known| &known.namespace != namespace));
            }
            Happening::RoomJoined { connection, namespace, room, .. } => {
                self.change_rooms(connection, namespace, |rooms| {
                    if !rooms.contains(room) {
                        rooms.push(room.clone());
                    }
                });
            }
            Happening::RoomLeft { connection, namespace, room, .. } => {
                self.change_rooms(connection, namespace, |rooms| rooms.retain(|known| known != room));
            }
            Happening::ConnectionIdle { connection, last_activity } => {
                self.change(connection, |held| {
                    held.idle = true;
                    held.last_activity = *last_activity;
                });
            }
            Happening::ConnectionActive { connection } => {
                self.change(connection, |held| {
                    held.idle = false;
                    held.last_activity = at;
                });
            }
            // A user is online while there are connections; the rest is no state of the fleet.
            Happening::UserOnline { .. }
            | Happening::UserOffline { .. }
            | Happening::LimitEpisode { .. }
            | Happening::NotificationSent { .. }
            | Happening::Warning { .. }
            | Happening::Error { .. }
            | Happening::Anomaly { .. }
            | Happening::AlertChanged { .. }
            | Happening::Trace { .. }
            | Happening::Kick { .. }
            | Happening::Ban { .. }
            | Happening::PolicyChanged { .. }
            | Happening::OperatorAction { .. }
            | Happening::NodeStatus { .. }
            | Happening::Unknown => {}
        }
    }

    /// A connection is there, or is there as it is now.
    pub(super) fn open(&mut self, mut connection: Connection) {
        let generation = self.generation;
        // An id stands for one user: where a gateway says otherwise, the one before has gone.
        if self.connections.get(&connection.id).is_some_and(|held| held.connection.user.id != connection.user.id) {
            let id = connection.id.clone();
            self.close(&id);
        }
        if let Some(held) = self.connections.get_mut(&connection.id) {
            held.generation = generation;
            if held.connection == connection {
                return;
            }
            let id = connection.id.clone();
            self.change(&id, |held| *held = connection);
            return;
        }
        if !self.capacity.enter(&connection) {
            return;
        }
        let (id, user) = (connection.id.clone(), connection.user.clone());
        self.pool.settle(&mut connection);
        self.rooms.enter(&connection.namespaces);
        self.connections.insert(id.clone(), Held { connection, generation });
        let person = self.users.entry(user.id.clone()).or_insert_with(|| Person {
            user: user.clone(),
            // Nearly everybody has one.
            connections: Vec::with_capacity(1),
            online: false,
        });
        person.user = user.clone();
        person.connections.push(id.clone());
        self.settle_online(&user.id);
        self.touch_user_and_connections(&user.id);
    }

    /// A connection has ended.
    pub(super) fn close(&mut self, id: &ConnectionId) {
        let Some(user) = self.connections.get(id).map(|held| held.connection.user.id.clone()) else {
            return self.capacity.ended_outside();
        };
        self.bury(RowKey::Connection(id.clone()));
        if self.users.get(&user).is_some_and(|person| person.connections.len() == 1) {
            self.bury(RowKey::User(user.clone()));
        }
        self.touch(&user, id);
        if let Some(held) = self.connections.remove(id) {
            self.rooms.leave(&held.connection.namespaces);
            self.capacity.leave(&held.connection);
        }
        if let Some(person) = self.users.get_mut(&user) {
            person.connections.retain(|known| known != id);
        }
        self.settle_online(&user);
        if self.users.get(&user).is_some_and(|person| person.connections.is_empty()) {
            self.users.remove(&user);
        }
    }

    /// Changes a connection and keeps everything that is counted from it.
    fn change(&mut self, id: &ConnectionId, alter: impl FnOnce(&mut Connection)) {
        let Some(held) = self.connections.get_mut(id) else { return };
        let (before, weighed) = (held.connection.namespaces.clone(), weight(&held.connection));
        alter(&mut held.connection);
        let fits = self.capacity.change(weighed, &held.connection);
        self.pool.settle(&mut held.connection);
        let after = held.connection.namespaces.clone();
        let user = held.connection.user.clone();
        if after != before {
            self.rooms.enter(&after);
            self.rooms.leave(&before);
        }
        if let Some(person) = self.users.get_mut(&user.id) {
            person.user = user.clone();
        }
        self.settle_online(&user.id);
        self.touch(&user.id, id);
        if !fits {
            self.close(id);
            self.capacity.leave_out();
        }
    }

    fn change_rooms(&mut self, id: &ConnectionId, namespace: &Namespace, alter: impl FnOnce(&mut Vec<RoomName>)) {
        self.change(id, |held| {
            if let Some(membership) = held.namespaces.iter_mut().find(|known| &known.namespace == namespace) {
                alter(&mut membership.rooms);
            }
        });
    }

    fn settle_online(&mut self, id: &UserId) {
        let Some(person) = self.users.get(id) else { return };
        let online = person.connections.iter().filter_map(|id| self.connections.get(id)).any(|held| {
            let joined = |known: &Membership| USERS_ARE_ON.contains(&known.namespace.as_str());
            !held.connection.operator && held.connection.namespaces.iter().any(joined)
        });
        let Some(person) = self.users.get_mut(id) else { return };
        match (person.online, online) {
            (false, true) => self.online += 1,
            (true, false) => self.online -= 1,
            _ => {}
        }
        person.online = online;
    }
}
