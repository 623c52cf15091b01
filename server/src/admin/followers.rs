//! Whose followers are told when a user comes and goes: replaced by a backend, or by an operator under audit.

use serde_json::json;
use signalbox_protocol::admin::CommandError;
use signalbox_protocol::{Timestamp, UserId};

use super::audit::{Action, Actor};
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
    let replace = async || {
        let replaced = gateway.store.replace_followers(user, followers).await;
        replaced.map_err(|error| internal(&error))
    };
    if actor.user.is_none() {
        return replace().await;
    }
    let detail = json!({ "followers": followers.len() });
    let action = Action::begin_as(gateway, actor, "followers", format!("user {user}"), detail, now).await?;
    let replaced = replace().await;
    action.end(replaced).await
}
