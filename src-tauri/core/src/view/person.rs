//! The inspector: one user, the open connections, and what the user did.

use signalbox_protocol::UserId;
use signalbox_protocol::feed::User;
use signalbox_protocol::ipc::{PersonConnection, PersonQuery, PersonUpdate};

use crate::client_name::client_name;
use crate::fleet::{Fleet, RowKey};
use crate::tail::Journal;

const RECENT: usize = 50;

/// An open inspector.
#[derive(Debug)]
pub(crate) struct PersonView {
    query: PersonQuery,
    /// The user as last seen, who may have left.
    user: Option<User>,
    sent: Option<PersonUpdate>,
}

impl PersonView {
    /// Opens an inspector.
    pub(crate) const fn new(query: PersonQuery) -> Self {
        Self { query, user: None, sent: None }
    }

    /// Inspects somebody else.
    pub(crate) fn change(&mut self, query: PersonQuery) {
        if query != self.query {
            *self = Self::new(query);
        }
    }

    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, fleet: &Fleet, journal: &Journal) -> Option<PersonUpdate> {
        let id = &self.query.user;
        if let Some(person) = fleet.person(id) {
            self.user = Some(person.user.clone());
        }
        let recent = journal.deeds_of(id, RECENT);
        let user = self.user.clone().or_else(|| recent.iter().find_map(|deed| subject(&deed.what, id).cloned()));
        let connections = fleet.connections_of(&RowKey::User(id.clone())).into_iter().map(|connection| {
            let client = client_name(&connection.user_agent);
            PersonConnection { connection: connection.clone(), client }
        });
        let connections = connections.collect();
        let update = PersonUpdate { user, connections, hits: fleet.hits(id), recent };
        if self.sent.as_ref() == Some(&update) {
            return None;
        }
        self.sent = Some(update.clone());
        Some(update)
    }
}

/// The user of that id, as a notable event that is about them names them.
fn subject<'a>(what: &'a signalbox_protocol::ipc::NotableWhat, id: &UserId) -> Option<&'a User> {
    use signalbox_protocol::ipc::NotableWhat;
    match what {
        NotableWhat::Online { user }
        | NotableWhat::Offline { user }
        | NotableWhat::Connected { user, .. }
        | NotableWhat::Disconnected { user, .. }
        | NotableWhat::RoomJoined { user, .. }
        | NotableWhat::RoomLeft { user, .. } => Some(user),
        NotableWhat::Limit { episode } => Some(&episode.user),
        NotableWhat::Kicked { sample, .. } => sample.iter().find(|user| user.id == *id),
        NotableWhat::Notified { .. }
        | NotableWhat::Alert { .. }
        | NotableWhat::LinkLost { .. }
        | NotableWhat::LinkBack { .. } => None,
    }
}
