//! Letting nobody in any more: for good, when the process is about to end, or until an administrator says otherwise.
//!
//! Owns whether the gateway lets people in and how its clients are sent away. It must never know who asked for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rand::Rng;
use rand::seq::SliceRandom;
use serde::Serialize;
use signalbox_protocol::{Timestamp, UserId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::auth::operators::account_name;
use crate::gateway::Gateway;
use crate::hub::{Closing, Session};
use crate::namespaces;
use crate::publish;

/// Clients come back between so many milliseconds after they were sent away and so many more.
const RECONNECT_MS: (u64, u64) = (500, 4_500);

/// Whether the gateway lets people in.
#[derive(Debug, Default)]
pub struct Doors {
    ending: AtomicBool,
    drained: Mutex<Option<Drained>>,
}

#[derive(Debug)]
struct Drained {
    since: Timestamp,
    resumed: CancellationToken,
}

/// `system:shutdown`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shutdown {
    reconnect_after_ms: u64,
}

impl Gateway {
    /// Whether it is about to end.
    pub fn is_ending(&self) -> bool {
        self.doors.ending.load(Ordering::Relaxed)
    }

    /// Since when an administrator has had it drained.
    pub fn drained_since(&self) -> Option<Timestamp> {
        self.doors.drained.lock().as_ref().map(|drained| drained.since)
    }

    /// Whether that user may come in. An operator may while it is drained: somebody has to let the others in again.
    pub fn lets_in(&self, user: &UserId) -> bool {
        !self.is_ending() && (account_name(user).is_some() || self.drained_since().is_none())
    }

    /// Lets nobody in any more, tells everybody to come back later, and closes every connection. To be bounded in time by
    /// the caller.
    pub async fn end(&self) {
        self.doors.ending.store(true, Ordering::Relaxed);
        let sessions = || -> Vec<_> { self.on_floor(|floor| floor.presence.sessions().cloned().collect()) };
        for session in sessions() {
            self.tell_to_come_back(&session);
        }
        publish::finish(self).await;
        let mut closing = JoinSet::new();
        for session in sessions() {
            let gateway = self.clone();
            closing.spawn(async move { close(&gateway, session, "the gateway is about to end").await });
        }
        while closing.join_next().await.is_some() {}
    }

    /// Lets nobody but operators in any more, and sends everybody else away, one after the other over that time, so that
    /// wherever they go instead is not overrun. Until [`Gateway::resume`].
    pub fn drain(&self, over: Duration, now: Timestamp) {
        let resumed = CancellationToken::new();
        let before = self.doors.drained.lock().replace(Drained { since: now, resumed: resumed.clone() });
        if let Some(before) = before {
            before.resumed.cancel();
        }
        let gateway = self.clone();
        tokio::spawn(async move { resumed.run_until_cancelled(gateway.empty(over)).await });
    }

    /// Lets everybody in again; who has not been sent away yet stays. False where it was not drained.
    pub fn resume(&self) -> bool {
        let drained = self.doors.drained.lock().take();
        drained.inspect(|drained| drained.resumed.cancel()).is_some()
    }

    async fn empty(&self, over: Duration) {
        let mut sessions = self.clients();
        sessions.shuffle(&mut rand::rng());
        let pause = over / u32::try_from(sessions.len()).unwrap_or(u32::MAX).max(1);
        for session in sessions {
            self.send_away(session);
            tokio::time::sleep(pause).await;
        }
        // Those who were on the way in when it began.
        for session in self.clients() {
            self.send_away(session);
        }
    }

    /// Everybody but operators.
    fn clients(&self) -> Vec<Arc<Session>> {
        self.on_floor(|floor| floor.presence.sessions().filter(|session| !session.is_operator()).cloned().collect())
    }

    fn send_away(&self, session: Arc<Session>) {
        self.tell_to_come_back(&session);
        let gateway = self.clone();
        tokio::spawn(async move { close(&gateway, session, "the node is being drained").await });
    }

    fn tell_to_come_back(&self, session: &Session) {
        let reconnect_after_ms = rand::rng().random_range(RECONNECT_MS.0..RECONNECT_MS.0 + RECONNECT_MS.1);
        for (_, socket) in session.seats() {
            self.reach.one(&socket, "system:shutdown", &Shutdown { reconnect_after_ms });
        }
    }
}

async fn close(gateway: &Gateway, session: Arc<Session>, reason: &str) {
    let why = Closing::new(namespaces::DRAIN, reason);
    namespaces::close(gateway, &session, why).await;
}
