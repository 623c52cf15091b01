//! What the store remembers and the gateway holds in memory, so that no door has to ask a database.

use std::collections::BTreeMap;

use signalbox_protocol::Timestamp;
use tokio::try_join;

use crate::auth::{ApiKeys, Bans, Revocations};
use crate::config::EventName;
use crate::mailbox::Mailbox;
use crate::publish::Publisher;
use crate::store::{Store, StoreError};

/// All of it, as it was when the gateway started.
pub(crate) struct Recalled {
    pub(crate) api_keys: ApiKeys,
    pub(crate) bans: Bans,
    pub(crate) revocations: Revocations,
    pub(crate) policy: BTreeMap<EventName, u32>,
    pub(crate) mailbox: Mailbox,
    pub(crate) publisher: Publisher,
}

impl Recalled {
    pub(crate) async fn load(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        // Side by side, each by a reader of its own: much may be remembered, and nobody is let in before.
        let (held, revoked, policy, api_keys, mailbox, publisher) = try_join!(
            store.bans("", u32::MAX, now),
            store.revocations(now),
            store.policy(),
            ApiKeys::load(store.clone(), now),
            Mailbox::load(store),
            Publisher::load(store),
        )?;
        let bans = Bans::default();
        for (target, ban) in held {
            if bans.set(target, ban).is_err() {
                tracing::error!("the store holds more bans than the gateway takes: some do not hold");
                break;
            }
        }
        let revocations = Revocations::default();
        for revocation in revoked {
            if revocations.add(revocation).is_err() {
                tracing::error!("the store holds more revocations than the gateway takes: some do not hold");
                break;
            }
        }
        Ok(Self { api_keys, bans, revocations, policy: policy.into_iter().collect(), mailbox, publisher })
    }
}
