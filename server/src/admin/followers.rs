//! Whose followers are told when a user comes and goes: replaced by a backend, or by an operator under audit.

use serde_json::json;
use signalbox_protocol::admin::CommandError;
use signalbox_protocol::{Timestamp, UserId};

use super::audit::{Actor, audited};
use super::internal;
use crate::gateway::Gateway;

/// From now on these follow the user, and nobody else. Backends keep a copy of their own data here, as often as it changes;
/// the audit log is for what operators do.
///
/// # Errors
/// Where the store fails; nothing has changed then.
pub async fn replace_followers(
    gateway: &Gateway,
    actor: &Actor,
    user: &UserId,
    followers: &[UserId],
    now: Timestamp,
) -> Result<(), CommandError> {
    let what = (format!("user {user}"), json!({ "followers": followers.len() }));
    let replace = gateway.store.replace_followers(user, followers);
    let replaced = audited(gateway, actor, "followers", what, replace, now).await?;
    replaced.map_err(|error| internal(&error))
}
