//! What changed in a fleet since somebody last looked, so that a table of 100 000 rows is not read through for one.

use std::collections::{HashMap, HashSet};

use signalbox_protocol::ipc::PersonRow;
use signalbox_protocol::{ConnectionId, UserId};

use super::Fleet;

/// What a row of a table stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum RowKey {
    /// A user with all connections.
    User(UserId),
    /// One connection.
    Connection(ConnectionId),
}

/// What changed.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Nothing of what was there before can be relied upon.
    pub(crate) everything: bool,
    /// Rows that came, changed or went.
    pub(crate) keys: HashSet<RowKey>,
    /// The last state of those that went, for a table whose rows may not vanish at the moment.
    pub(crate) gone: HashMap<RowKey, PersonRow>,
}

impl Changes {
    pub(super) fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        !self.everything && self.keys.is_empty()
    }
}

impl Fleet {
    /// Begins to note changes; the first that are taken say that everything changed.
    pub(crate) fn follow_changes(&mut self) {
        self.changes.get_or_insert_with(Changes::everything);
    }

    /// Nobody looks: no change is noted any more.
    pub(crate) fn ignore_changes(&mut self) {
        self.changes = None;
    }

    /// What changed since the last time.
    pub(crate) fn take_changes(&mut self) -> Changes {
        self.changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn touch(&mut self, user: &UserId, connection: &ConnectionId) {
        if let Some(changes) = &mut self.changes {
            changes.keys.insert(RowKey::User(user.clone()));
            changes.keys.insert(RowKey::Connection(connection.clone()));
        }
    }

    pub(super) fn touch_user_and_connections(&mut self, user: &UserId) {
        let Some(changes) = &mut self.changes else { return };
        let Some(person) = self.users.get(user) else { return };
        changes.keys.insert(RowKey::User(user.clone()));
        changes.keys.extend(person.connections.iter().cloned().map(RowKey::Connection));
    }

    /// Keeps the last state of rows that are about to go.
    pub(super) fn bury(&mut self, key: RowKey) {
        if self.changes.is_none() {
            return;
        }
        let row = self.row(&key);
        if let (Some(changes), Some(row)) = (&mut self.changes, row) {
            changes.gone.insert(key, row);
        }
    }
}
