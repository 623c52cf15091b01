//! `revoke-tokens`: tokens that are good no more, at the door, at `auth:refresh`, over HTTP, and under open connections.

use std::sync::Arc;

use serde_json::json;
use signalbox_protocol::admin::{CommandError, NodeResult, RevocationTarget, RevokeTokensArgs, TokensRevoked};
use signalbox_protocol::feed::Happening;
use signalbox_protocol::{ErrorCode, Timestamp, UserId};

use super::audit::{Action, Deed};
use super::targets::{SAMPLE, Targets, count};
use super::{close_and_answer, internal, refused, text};
use crate::auth::operators::account_name;
use crate::auth::revocations::{KEPT_MS, Revocation, Scope};
use crate::gateway::Gateway;
use crate::hub::{Closing, Session};
use crate::pipeline::Member;
use crate::store::StoreError;

const MAX_REASON: usize = 200;
/// A `jti` of more bytes than that is nobody's.
const MAX_JTI: usize = 256;

/// Why a revocation was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// There are too many.
    #[error(transparent)]
    TooMany(#[from] crate::auth::revocations::TooMany),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The connections that stand on these tokens.
pub(super) fn targets(gateway: &Gateway, args: &RevokeTokensArgs, now: Timestamp) -> Result<Targets, CommandError> {
    let revocation = read(args, now)?;
    Ok(Targets::of(gateway, touched(gateway, &revocation)))
}

pub(super) async fn carry_out(
    operator: &Arc<Member>,
    args: RevokeTokensArgs,
    targets: &Targets,
    now: Timestamp,
) -> Result<TokensRevoked, CommandError> {
    let revocation = read(&args, now)?;
    let gateway = &operator.gateway;
    let detail = json!({ "target": args.target, "issuedBefore": revocation.before, "reason": args.reason });
    let subject = format!("tokens of {}", revocation.scope);
    let deed = Deed::new("revoke-tokens", subject, detail).touching(targets);
    let action = Action::begin(operator, deed, now).await?;
    let revoked = match revoke(gateway, &revocation, now).await {
        Ok(()) => Ok(close(operator, &revocation, args.reason, now).await),
        Err(error @ RevokeError::TooMany(_)) => Err(refused(ErrorCode::Conflict, error.to_string())),
        Err(RevokeError::Store(error)) => Err(internal(&error)),
    };
    action.end(revoked).await
}

/// Every token of the user that was issued until then is good no more.
///
/// # Errors
/// Where that cannot be kept.
pub async fn revoke_user(
    gateway: &Gateway,
    user: &UserId,
    issued_until: Timestamp,
    now: Timestamp,
) -> Result<(), RevokeError> {
    let (before, expires_at) = (until(issued_until), Timestamp(now.0 + KEPT_MS));
    revoke(gateway, &Revocation { scope: Scope::User(user.clone()), before, expires_at }, now).await
}

/// Puts it into force. Who is there already goes on until closed.
async fn revoke(gateway: &Gateway, revocation: &Revocation, now: Timestamp) -> Result<(), RevokeError> {
    let _turn = gateway.changes.lock().await;
    // Asked before it is kept: what does not hold must not come back with a restart.
    gateway.revocations.check(&revocation.scope)?;
    gateway.store.put_revocation(revocation).await?;
    gateway.revocations.add(revocation.clone())?;
    match &revocation.scope {
        Scope::Everybody => gateway.store.end_sessions_before(None, revocation.before, now).await?,
        Scope::User(user) => {
            if let Some(account) = account_name(user) {
                gateway.store.end_sessions_before(Some(account), revocation.before, now).await?;
            }
        }
        Scope::Token(_) => {}
    }
    Ok(())
}

async fn close(
    operator: &Arc<Member>,
    revocation: &Revocation,
    reason: Option<String>,
    now: Timestamp,
) -> TokensRevoked {
    let gateway = &operator.gateway;
    let sessions = touched(gateway, revocation);
    let targets = Targets::of(gateway, sessions.clone());
    let users = targets.users();
    let sample: Vec<_> = users.values().take(SAMPLE).map(|user| (*user).clone()).collect();
    let (users, connections) = (count(users.len()), count(sessions.len()));
    let closing = Closing::new("token_revoked", reason.unwrap_or_else(|| "the token was revoked".into()));
    if !sessions.is_empty() {
        let (code, reason) = (closing.code.to_owned(), closing.reason.clone());
        let by = Some(operator.session.user.username.to_string());
        gateway.on_floor(|floor| floor.note(now, Happening::Kick { code, reason, sample, users, connections, by }));
    }
    close_and_answer(gateway, Some(&operator.session.id), sessions, &closing).await;
    TokensRevoked { nodes: vec![NodeResult { node: gateway.node.clone(), users, connections, error: None }] }
}

fn read(args: &RevokeTokensArgs, now: Timestamp) -> Result<Revocation, CommandError> {
    let invalid = |message: &str| Err(refused(ErrorCode::InvalidPayload, message));
    if let Some(reason) = &args.reason {
        text("reason", reason, 1, MAX_REASON)?;
    }
    let scope = match &args.target {
        RevocationTarget::User(user) => Scope::User(user.clone()),
        RevocationTarget::Everybody => Scope::Everybody,
        RevocationTarget::Jti(jti) if (1..=MAX_JTI).contains(&jti.len()) => Scope::Token(jti.as_str().into()),
        RevocationTarget::Jti(_) => return invalid("`jti` has 1 to 256 bytes"),
    };
    if args.issued_before.is_some_and(|before| before > now) {
        return invalid("`issuedBefore` is still to come");
    }
    if args.expires_at.is_some_and(|expires_at| expires_at <= now) {
        return invalid("`expiresAt` is over: these tokens are good no more already");
    }
    let expires_at = args.expires_at.unwrap_or(Timestamp(now.0 + KEPT_MS));
    Ok(Revocation { scope, before: args.issued_before.unwrap_or(until(now)), expires_at })
}

/// What is issued at this moment is issued before that one.
const fn until(moment: Timestamp) -> Timestamp {
    Timestamp(moment.0 + 1)
}

fn touched(gateway: &Gateway, revocation: &Revocation) -> Vec<Arc<Session>> {
    let takes = |session: &&Arc<Session>| session.stands_on(|proof| revocation.takes(&session.user.id, proof));
    gateway.on_floor(|floor| floor.presence.admitted().filter(takes).cloned().collect())
}
