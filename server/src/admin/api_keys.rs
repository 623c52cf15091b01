//! `api-keys`: which there are, a new one, one that ends.

use std::sync::Arc;

use serde_json::{Value, json};
use signalbox_protocol::admin::{ApiKeyList, ApiKeysArgs, CommandError, NewApiKey, Scope};
use signalbox_protocol::{ErrorCode, Timestamp};

use super::audit::{Action, Deed};
use super::{answer, internal, refused, text};
use crate::auth::api_keys::{CreateError, Wanted};
use crate::pipeline::Member;

const MAX_NAME: usize = 64;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a key works where nothing else is said, and at most.
const LIFETIME_MS: i64 = 365 * DAY_MS;
const MAX_LIFETIME_MS: i64 = 5 * LIFETIME_MS;

pub(super) async fn carry_out(
    operator: &Arc<Member>,
    args: ApiKeysArgs,
    now: Timestamp,
) -> Result<Value, CommandError> {
    match args {
        ApiKeysArgs::List => list(operator).await,
        ApiKeysArgs::Create { name, scopes, expires_at } => create(operator, name, scopes, expires_at, now).await,
        ApiKeysArgs::Revoke { id } => revoke(operator, &id, now).await,
    }
}

async fn list(operator: &Member) -> Result<Value, CommandError> {
    let keys = operator.gateway.api_keys.list().await.map_err(|error| internal(&error))?;
    answer(ApiKeyList { keys })
}

async fn create(
    operator: &Member,
    name: String,
    scopes: Vec<Scope>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Value, CommandError> {
    text("name", &name, 1, MAX_NAME)?;
    if scopes.is_empty() {
        return Err(refused(ErrorCode::InvalidPayload, "a key opens one scope at least"));
    }
    let expires_at = expires_at.unwrap_or(Timestamp(now.0 + LIFETIME_MS));
    if expires_at <= now || expires_at.0 > now.0 + MAX_LIFETIME_MS {
        return Err(refused(ErrorCode::InvalidPayload, "`expiresAt` lies ahead, five years at most"));
    }
    let detail = json!({ "name": name, "scopes": scopes, "expiresAt": expires_at });
    let action = Action::begin(operator, Deed::new("api-keys", format!("new API key {name}"), detail), now).await?;
    let created_by = operator.session.user.username.to_string();
    let made = operator.gateway.api_keys.create(Wanted { name, scopes, created_by, expires_at }, now).await;
    let made = made.map_err(|error| match error {
        CreateError::TooMany => refused(ErrorCode::Conflict, error.to_string()),
        CreateError::Store(error) => internal(&error),
    });
    let (key, record) = action.end(made).await?;
    answer(NewApiKey { key: key.expose().to_owned().into(), record })
}

async fn revoke(operator: &Member, id: &str, now: Timestamp) -> Result<Value, CommandError> {
    let keys = &operator.gateway.api_keys;
    let known = keys.list().await.map_err(|error| internal(&error))?.into_iter().find(|key| key.id == id);
    let unknown = || refused(ErrorCode::NotFound, "there is no key of this id that works");
    let key = known.filter(|key| key.revoked_at.is_none()).ok_or_else(unknown)?;
    let action = Action::begin(
        operator,
        Deed::new("api-keys", format!("revoke API key {}", key.name), json!({ "id": id })),
        now,
    )
    .await?;
    let revoked = keys.revoke(id, now).await.map_err(|error| internal(&error));
    answer(action.end(revoked.and_then(|revoked| revoked.ok_or_else(unknown))).await?)
}
