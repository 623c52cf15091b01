//! What the store remembers and the gateway holds in memory, so that no door has to ask a database.

use std::collections::BTreeMap;

use signalbox_protocol::Timestamp;

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
        let bans = Bans::default();
        for (target, ban) in store.bans("", u32::MAX, now).await? {
            if bans.set(target, ban).is_err() {
                tracing::error!("the store holds more bans than the gateway takes: some do not hold");
                break;
            }
        }
        let revocations = Revocations::default();
        for revocation in store.revocations(now).await? {
            if revocations.add(revocation).is_err() {
                tracing::error!("the store holds more revocations than the gateway takes: some do not hold");
                break;
            }
        }
        let policy = store.policy().await?.into_iter().collect();
        let api_keys = ApiKeys::load(store.clone(), now).await?;
        let (mailbox, publisher) = (Mailbox::load(store).await?, Publisher::load(store).await?);
        Ok(Self { api_keys, bans, revocations, policy, mailbox, publisher })
    }
}
