//! Whom a command that acts would touch at this moment, and the fingerprint that stands for exactly these.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use signalbox_protocol::admin::{CommandError, Preview, Touched};
use signalbox_protocol::feed::User;
use signalbox_protocol::{ErrorCode, UserId};

use super::refused;
use crate::gateway::Gateway;
use crate::hub::{Place, Session};

/// Users that a preview names.
pub(super) const SAMPLE: usize = 20;

/// The sockets that a command is about.
pub(super) struct Targets(Vec<(Arc<Session>, Place)>);

impl Targets {
    pub(super) fn new(mut sockets: Vec<(Arc<Session>, Place)>) -> Self {
        sockets.sort_by(|a, b| (&a.0.id, a.1).cmp(&(&b.0.id, b.1)));
        sockets.dedup_by(|a, b| a.0.id == b.0.id && a.1 == b.1);
        Self(sockets)
    }

    /// All sockets of the sessions.
    pub(super) fn of(gateway: &Gateway, sessions: Vec<Arc<Session>>) -> Self {
        let sockets = gateway.on_floor(|floor| {
            let of = |session: Arc<Session>| {
                let places = floor.presence.places(&session.id);
                places.into_iter().map(move |place| (session.clone(), place))
            };
            sessions.into_iter().flat_map(of).collect()
        });
        Self::new(sockets)
    }

    /// Those of a command that touches nobody who is connected.
    pub(super) fn nobody() -> Self {
        Self(Vec::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sockets themselves.
    pub(super) fn sockets(&self) -> &[(Arc<Session>, Place)] {
        &self.0
    }

    /// Their users, by id.
    pub(super) fn users(&self) -> BTreeMap<&UserId, &User> {
        self.0.iter().map(|(session, _)| (&session.user.id, &session.user)).collect()
    }

    /// Their connections.
    pub(super) fn connections(&self) -> Vec<Arc<Session>> {
        let mut sessions: Vec<_> = self.0.iter().map(|(session, _)| session.clone()).collect();
        sessions.dedup_by(|a, b| a.id == b.id);
        sessions
    }

    pub(super) fn preview(&self) -> Preview {
        let Touched { users, sockets, sample } = self.summary();
        Preview { users, sockets, nodes: u32::from(!self.is_empty()), sample, fingerprint: self.fingerprint() }
    }

    /// The same for the audit log; nothing where it is nobody.
    pub(super) fn touched(&self) -> Option<Touched> {
        (!self.is_empty()).then(|| self.summary())
    }

    fn summary(&self) -> Touched {
        let users = self.users();
        let sample = users.values().take(SAMPLE).map(|user| (*user).clone()).collect();
        Touched { users: count(users.len()), sockets: count(self.0.len()), sample }
    }

    /// Refuses where these are not the ones of the preview.
    pub(super) fn fit(&self, fingerprint: Option<&str>) -> Result<(), CommandError> {
        match fingerprint {
            Some(shown) if shown != self.fingerprint() => {
                Err(refused(ErrorCode::Conflict, "who would be touched has changed; look again"))
            }
            _ => Ok(()),
        }
    }

    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for (session, place) in &self.0 {
            hash.update(session.id.as_str());
            hash.update(place.as_str());
            hash.update(b"\n");
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
