//! Followers are told when a user comes to `/` and leaves it.
//!
//! Who follows whom is in the store, so this is done behind whoever comes and goes, in the order in which they did; many
//! who come at once cost one question.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;
use signalbox_protocol::feed::User;
use signalbox_protocol::{Timestamp, UserId};
use tokio::sync::mpsc;

use super::identity::TextId;
use crate::gateway::Gateway;
use crate::hub::Place;

/// Comings and goings that may wait to be told.
const QUEUE: usize = 16_384;
/// So many share a question.
const BATCH: usize = 256;
/// And are waited for so long.
const GATHERING: Duration = Duration::from_millis(5);

/// The way to those who tell followers.
#[derive(Debug)]
pub struct Followers(mpsc::Sender<Change>);

/// Those who tell them, still to be set to work.
#[derive(Debug)]
pub struct Teller(mpsc::Receiver<Change>);

/// Somebody has come or gone.
#[derive(Debug)]
struct Change {
    user: UserId,
    event: &'static str,
    at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Presence<'a> {
    user_id: TextId<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    user_id: TextId<'a>,
    timestamp: Timestamp,
}

impl Followers {
    /// Nobody tells anybody yet.
    pub fn new() -> (Self, Teller) {
        let (way, changes) = mpsc::channel(QUEUE);
        (Self(way), Teller(changes))
    }

    /// The user's first socket on `/` has come.
    pub(super) fn online(&self, gateway: &Gateway, user: &User, at: Timestamp) {
        self.tell(gateway, user, "user-online", at);
    }

    /// The user's last socket on `/` has gone.
    pub(super) fn offline(&self, gateway: &Gateway, user: &User, at: Timestamp) {
        self.tell(gateway, user, "user-offline", at);
    }

    fn tell(&self, gateway: &Gateway, user: &User, event: &'static str, at: Timestamp) {
        if self.0.try_send(Change { user: user.id.clone(), event, at }).is_err() {
            gateway.counters.undelivered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Teller {
    /// Tells followers for as long as the gateway runs.
    pub async fn work(mut self, gateway: Gateway) {
        let mut changes = Vec::with_capacity(BATCH);
        while self.0.recv_many(&mut changes, BATCH).await > 0 {
            tokio::time::sleep(GATHERING).await;
            while changes.len() < BATCH
                && let Ok(change) = self.0.try_recv()
            {
                changes.push(change);
            }
            tell(&gateway, &changes).await;
            changes.clear();
        }
    }
}

async fn tell(gateway: &Gateway, changes: &[Change]) {
    let users: BTreeSet<&UserId> = changes.iter().map(|change| &change.user).collect();
    let users: Vec<&UserId> = users.into_iter().collect();
    let following = match gateway.store.followers_of(&users).await {
        Ok(following) => following,
        Err(error) => {
            tracing::error!(%error, changes = changes.len(), "followers are not told who came and went");
            return;
        }
    };
    let mut followers: HashMap<&UserId, Vec<&UserId>> = HashMap::new();
    for one in &following {
        followers.entry(&one.followed).or_default().push(&one.follower);
    }
    let reach = &gateway.reach;
    for Change { user, event, at } in changes {
        let presence = Presence { user_id: TextId(user) };
        let notification = Notification { kind: event, user_id: TextId(user), timestamp: *at };
        for follower in followers.get(user).into_iter().flatten() {
            reach.user(Place::Realtime, follower, event, &presence);
            reach.user(Place::Realtime, follower, "notification", &notification);
        }
    }
}
