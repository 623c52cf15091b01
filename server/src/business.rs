//! What a backend's business event becomes (the table of section 7 of the contract).
//!
//! Owns the events' shapes and their consequences. It must never know how they were delivered to the gateway.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signalbox_protocol::admin::NotificationTarget;
use signalbox_protocol::feed::{AlertKind, Happening, Level, Tone, User};
use signalbox_protocol::{Timestamp, UserId};
use utoipa::ToSchema;

use crate::admin::{self, RevokeError, revoke_user};
use crate::auth::operators::account_name;
use crate::gateway::Gateway;
use crate::hub::{Closing, Place};
use crate::namespaces::{self, OnlineUsers};
use crate::store::{NewNotification, StoreError};

/// A business event: `{"type": "user.created", "payload": {…}}`.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(tag = "type", content = "payload")]
pub enum BusinessEvent {
    /// Somebody has registered.
    #[serde(rename = "user.created")]
    UserCreated {
        /// Who.
        user: Person,
    },
    /// A profile has changed.
    #[serde(rename = "user.updated")]
    UserUpdated {
        /// Whose.
        user: Person,
    },
    /// An account is gone.
    #[serde(rename = "user.deleted", rename_all = "camelCase")]
    UserDeleted {
        /// Whose.
        user_id: UserId,
    },
    /// Somebody has signed in at the backend.
    #[serde(rename = "user.login")]
    UserLogin {
        /// Who.
        user: Person,
        /// From where.
        #[serde(default)]
        ip: Option<String>,
    },
    /// Data that clients show has changed.
    #[serde(rename = "data.updated", rename_all = "camelCase")]
    DataUpdated {
        /// Which.
        #[serde(rename = "type")]
        #[schema(min_length = 1)]
        kind: String,
        /// To what.
        #[serde(default)]
        data: Value,
        /// Whom it concerns; everybody where it does not say.
        #[serde(default)]
        #[schema(min_items = 1)]
        target_users: Option<Vec<UserId>>,
    },
    /// Something may go wrong.
    #[serde(rename = "system.warning")]
    Warning {
        /// What.
        #[schema(min_length = 1, max_length = 1000)]
        message: String,
        /// How much it matters.
        level: Level,
        /// What belongs to it.
        #[serde(default)]
        data: Option<Value>,
    },
    /// Something went wrong.
    #[serde(rename = "system.error")]
    Error {
        /// What.
        #[schema(min_length = 1, max_length = 1000)]
        message: String,
        /// The cause.
        #[serde(default)]
        error: Option<Value>,
    },
}

/// A user in a business event.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The id.
    pub id: UserId,
    /// The name.
    #[schema(value_type = String)]
    pub username: Arc<str>,
    /// Since when there is the account.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
}

/// Why a business event was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum BusinessError {
    /// It says something that cannot be.
    #[error("{0}")]
    Invalid(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The longest message of a warning or an error, in UTF-16 units.
const MAX_MESSAGE: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    id: &'a UserId,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct DataUpdate<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    data: &'a Value,
    timestamp: Timestamp,
}

impl BusinessEvent {
    /// Whether it says what can be. What it would take an answer to find out, the sender is told before it is accepted.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<(), BusinessError> {
        match self {
            Self::UserDeleted { user_id } if account_name(user_id).is_some() => {
                Err(BusinessError::Invalid("`userId` is an operator's; their accounts are kept by admins"))
            }
            Self::DataUpdated { target_users: Some(users), .. } if users.is_empty() => {
                Err(BusinessError::Invalid("`targetUsers` is empty; leave it out to reach everybody"))
            }
            Self::DataUpdated { kind, .. } if kind.is_empty() => Err(BusinessError::Invalid("`type` is empty")),
            Self::Warning { message, .. } | Self::Error { message, .. } => match message.encode_utf16().count() {
                0 => Err(BusinessError::Invalid("`message` is empty")),
                1..=MAX_MESSAGE => Ok(()),
                _ => Err(BusinessError::Invalid("`message` is longer than 1000 characters")),
            },
            _ => Ok(()),
        }
    }
}

/// Carries a business event out that was accepted at that moment, which may have been in an earlier run. Each step is taken
/// once: where the store fails, the step waits for it.
///
/// # Errors
/// Where it cannot be, or where the gateway ends before what must be kept can be.
pub async fn publish(gateway: &Gateway, event: BusinessEvent, accepted: Timestamp) -> Result<(), BusinessError> {
    event.check()?;
    let now = Timestamp::now();
    match event {
        BusinessEvent::UserCreated { user } => {
            let data = json!({ "userId": user.id });
            announce(
                gateway,
                "user.created",
                Tone::Info,
                "New user registered",
                "New user registered",
                Some(data),
                now,
            )
            .await?;
            let user = Profile { created_at: Some(user.created_at.unwrap_or(now)), ..user.profile() };
            to_all(gateway, "user:created", &json!({ "user": user }));
        }
        BusinessEvent::UserUpdated { user } => {
            let profile = Profile { updated_at: Some(user.updated_at.unwrap_or(now)), ..user.profile() };
            for place in Place::OFFICE {
                gateway.reach.user(place, &user.id, "user:profile:updated", &json!({ "user": profile }));
            }
        }
        BusinessEvent::UserDeleted { user_id } => {
            delete(gateway, &user_id, accepted, now).await?;
            to_all(gateway, "user:deleted", &json!({ "userId": user_id }));
        }
        BusinessEvent::UserLogin { user, ip } => {
            let data = json!({ "userId": user.id, "ip": ip });
            announce(gateway, "user.login", Tone::Info, "User signed in", "User signed in", Some(data), now).await?;
            OnlineUsers::announce(gateway);
        }
        BusinessEvent::DataUpdated { kind, data, target_users } => {
            let update = DataUpdate { kind: &kind, data: &data, timestamp: now };
            match target_users {
                None => to_all(gateway, "data:update", &update),
                Some(users) => {
                    // Each once, however often they are named.
                    let users: BTreeSet<_> = users.iter().collect();
                    for (place, user) in places(gateway).flat_map(|place| users.iter().map(move |user| (place, *user)))
                    {
                        gateway.reach.user(place, user, "data:update", &update);
                    }
                }
            }
        }
        BusinessEvent::Warning { message, level, data } => {
            gateway.on_floor(|floor| floor.alert(AlertKind::Warning, level, message.clone(), data.clone(), now));
            announce(gateway, "system.warning", Tone::Warning, "System warning", &message, data, now).await?;
        }
        BusinessEvent::Error { message, error } => {
            gateway.on_floor(|floor| floor.alert(AlertKind::Error, Level::High, message.clone(), error.clone(), now));
            announce(gateway, "system.error", Tone::Error, "System error", &message, error, now).await?;
        }
    }
    Ok(())
}

impl Person {
    fn profile(&self) -> Profile<'_> {
        Profile { id: &self.id, username: &self.username, created_at: None, updated_at: None }
    }
}

/// The namespaces that are shown business events.
fn places(gateway: &Gateway) -> impl Iterator<Item = Place> {
    gateway.config.events.namespaces.iter().filter_map(Place::find)
}

fn to_all<T: Serialize>(gateway: &Gateway, event: &str, payload: &T) {
    for place in places(gateway) {
        gateway.reach.all(place, event, payload);
    }
}

/// A notification in every namespace that is shown business events; kept once.
async fn announce(
    gateway: &Gateway,
    by: &str,
    tone: Tone,
    title: &str,
    message: &str,
    data: Option<Value>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let targets: Vec<_> = places(gateway).map(|place| NotificationTarget::Namespace(place.namespace())).collect();
    for target in targets {
        let (title, message, by) = (title.to_owned(), message.to_owned(), by.to_owned());
        let new = NewNotification { at: now, target, tone, title, message, data: data.clone(), by };
        let id = loop {
            match gateway.store.record_notification(&new).await {
                Ok(id) => break id,
                Err(error) => gateway.publisher.wait_for_store(error).await?,
            }
        };
        admin::deliver(gateway, id, new).await?;
    }
    Ok(())
}

/// The user's tokens are good no more, the store has forgotten the user, and every connection is closed. A token that was
/// issued after the deletion is somebody's who has come back under the same id.
async fn delete(gateway: &Gateway, user: &UserId, deleted: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    while let Err(error) = revoke_user(gateway, user, deleted, now).await {
        match error {
            RevokeError::Store(error) => gateway.publisher.wait_for_store(error).await?,
            RevokeError::TooMany(error) => {
                tracing::error!(%error, user.id = %user, "a deleted user's tokens are still good");
                let message = format!("The tokens of the deleted user {user} are still good: {error}");
                gateway.on_floor(|floor| floor.alert(AlertKind::Error, Level::High, message, None, now));
                break;
            }
        }
    }
    while let Err(error) = gateway.store.forget(user, deleted).await.await {
        gateway.publisher.wait_for_store(error).await?;
    }
    let sessions = gateway.on_floor(|floor| floor.presence.sessions_of(user));
    let Some(first) = sessions.first() else { return Ok(()) };
    let closing = Closing::new("user_deleted", "the account was deleted");
    let sample: Vec<User> = vec![first.user.clone()];
    let connections = u32::try_from(sessions.len()).unwrap_or(u32::MAX);
    let (code, reason) = (closing.code.to_owned(), closing.reason.clone());
    let kick = Happening::Kick { code, reason, sample, users: 1, connections, by: None };
    gateway.on_floor(|floor| floor.note(now, kick));
    for session in sessions {
        // Told before anybody else is. Nobody waits for their end: other backends' events come behind this one.
        drop(namespaces::close_behind(gateway, session, closing.clone()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_the_contract_writes_it() {
        let event: BusinessEvent = serde_json::from_value(json!({
            "type": "system.warning", "payload": {"message": "disk is filling up", "level": "medium", "data": {"free": 3}}
        }))
        .expect("an event");
        assert!(matches!(event, BusinessEvent::Warning { level: Level::Medium, .. }));
        let event: BusinessEvent =
            serde_json::from_value(json!({"type": "user.deleted", "payload": {"userId": "7"}})).expect("an event");
        assert_eq!(event, BusinessEvent::UserDeleted { user_id: 7.into() });
        for bad in [
            json!({"type": "user.deleted", "payload": {}}),
            json!({"type": "system.warning", "payload": {"message": "m", "level": "worst"}}),
            json!({"type": "nothing", "payload": {}}),
        ] {
            assert!(serde_json::from_value::<BusinessEvent>(bad.clone()).is_err(), "{bad}");
        }
        for bad in [
            json!({"type": "data.updated", "payload": {"type": "t", "data": 1, "targetUsers": []}}),
            json!({"type": "user.deleted", "payload": {"userId": "op:boss"}}),
        ] {
            assert!(serde_json::from_value::<BusinessEvent>(bad.clone()).expect("an event").check().is_err(), "{bad}");
        }
    }
}
