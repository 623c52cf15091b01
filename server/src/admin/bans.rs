//! `ban`, `unban`, `bans`: set by an operator or a backend, in force before the answer.
//!
//! Nobody bans themselves: a ban that would close a connection of the operator who asks for it is a conflict, without a way
//! around it. Another operator, elsewhere, can set it. Networks wider than /8 of IPv4 and /16 of IPv6 cannot be banned.

use std::sync::Arc;

use serde_json::json;
use signalbox_protocol::admin::{
    Ban, BanArgs, BanChange, BanTarget, Banned, BansArgs, CommandError, NodeResult, Page, UnbanArgs,
};
use signalbox_protocol::feed::Happening;
use signalbox_protocol::{ErrorCode, Timestamp};

use super::audit::{Action, Actor, Deed};
use super::page::{limit, page};
use super::targets::{SAMPLE, Targets, count};
use super::{internal, refused, text};
use crate::auth::bans::Target;
use crate::gateway::Gateway;
use crate::hub::{Closing, Session};
use crate::namespaces;

const MAX_REASON: usize = 200;

/// The connections that the ban would meet.
pub(super) fn targets(gateway: &Gateway, args: &BanArgs, now: Timestamp) -> Result<Targets, CommandError> {
    let target = check(args, now)?;
    Ok(Targets::of(gateway, touched(gateway, &target)))
}

/// Nobody, provided that there is such a ban: whoever may come in again is not connected.
pub(super) fn lifted(gateway: &Gateway, args: &UnbanArgs) -> Result<Targets, CommandError> {
    held(gateway, &read(&args.target)?).map(|_| Targets::nobody())
}

/// Sets a ban, and closes every connection that it meets.
///
/// # Errors
/// Why there is none.
pub async fn ban(gateway: &Gateway, actor: &Actor, args: BanArgs, now: Timestamp) -> Result<Banned, CommandError> {
    let target = check(&args, now)?;
    let sessions = touched(gateway, &target);
    if sessions.iter().any(|session| actor.user.as_ref() == Some(&session.user.id)) {
        let message = "this would close a connection of your own; another operator, elsewhere, can do it";
        return Err(refused(ErrorCode::Conflict, message));
    }
    let BanArgs { target: _, reason, until } = args;
    let ban = Ban { target: target.written(), reason, until, by: actor.name.clone(), at: now };
    let detail = json!({ "target": ban.target, "reason": ban.reason, "until": ban.until });
    let deed = Deed::new("ban", target.to_string(), detail).touching(&Targets::of(gateway, sessions));
    let action = Action::begin_as(gateway, actor, deed, now).await?;
    action.end(set(gateway, target, ban).await).await
}

async fn set(gateway: &Gateway, target: Target, ban: Ban) -> Result<Banned, CommandError> {
    let turn = gateway.changes.lock().await;
    // Asked before it is kept: what does not hold must not come back with a restart.
    gateway.bans.check(&target).map_err(|error| refused(ErrorCode::Conflict, error.to_string()))?;
    gateway.store.put_ban(&target, &ban).await.map_err(|error| internal(&error))?;
    gateway.bans.set(target.clone(), ban.clone()).map_err(|error| refused(ErrorCode::Conflict, error.to_string()))?;
    // From here on the door refuses: whoever is not among these sessions has not come in.
    let sessions = touched(gateway, &target);
    let told = Happening::Ban { change: BanChange::Set, ban: ban.clone() };
    gateway.on_floor(|floor| floor.note(ban.at, told));
    drop(turn);
    let node = close(gateway, sessions, &ban).await;
    Ok(Banned { ban, nodes: vec![node] })
}

async fn close(gateway: &Gateway, sessions: Vec<Arc<Session>>, ban: &Ban) -> NodeResult {
    let targets = Targets::of(gateway, sessions.clone());
    let users = targets.users();
    let sample: Vec<_> = users.values().take(SAMPLE).map(|user| (*user).clone()).collect();
    let (users, connections) = (count(users.len()), count(sessions.len()));
    let closing = Closing::banned(ban);
    if !sessions.is_empty() {
        let (code, reason) = (closing.code.to_owned(), closing.reason.clone());
        let kick = Happening::Kick { code, reason, sample, users, connections, by: Some(ban.by.clone()) };
        gateway.on_floor(|floor| floor.note(ban.at, kick));
    }
    namespaces::close_all(gateway, sessions, &closing).await;
    NodeResult { node: gateway.node.clone(), users, connections, error: None }
}

/// Lifts a ban.
///
/// # Errors
/// Where there is none of exactly that target.
pub async fn unban(gateway: &Gateway, actor: &Actor, target: &BanTarget, now: Timestamp) -> Result<Ban, CommandError> {
    let target = read(target)?;
    let ban = held(gateway, &target)?;
    let action = Action::begin_as(gateway, actor, Deed::new("unban", target.to_string(), json!({})), now).await?;
    action.end(lift(gateway, &target, now).await.map(|lifted| (*lifted.unwrap_or(ban)).clone())).await
}

/// Lifts the ban that holds by then; `None` where its time is over in the meantime.
async fn lift(gateway: &Gateway, target: &Target, now: Timestamp) -> Result<Option<Arc<Ban>>, CommandError> {
    let _turn = gateway.changes.lock().await;
    gateway.store.remove_ban(target).await.map_err(|error| internal(&error))?;
    let lifted = gateway.bans.lift(target);
    if let Some(ban) = &lifted {
        let told = Happening::Ban { change: BanChange::Lifted, ban: (**ban).clone() };
        gateway.on_floor(|floor| floor.note(now, told));
    }
    Ok(lifted)
}

/// A page of the bans that hold.
///
/// # Errors
/// Where the store fails.
pub async fn bans(gateway: &Gateway, args: BansArgs, now: Timestamp) -> Result<Page<Ban>, CommandError> {
    let limit = limit(args.limit);
    let after = args.cursor.unwrap_or_default();
    let bans = gateway.store.bans(&after, count(limit + 1), now).await.map_err(|error| internal(&error))?;
    let page = page(bans.into_iter().map(Listed), limit, |Listed((target, _))| target.to_string());
    Ok(Page { items: page.items.into_iter().map(|Listed((_, ban))| ban).collect(), next_cursor: page.next_cursor })
}

/// A ban with the key that pages go by.
struct Listed((Target, Ban));

impl serde::Serialize for Listed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.1.serialize(serializer)
    }
}

fn check(args: &BanArgs, now: Timestamp) -> Result<Target, CommandError> {
    text("reason", &args.reason, 1, MAX_REASON)?;
    if args.until.is_some_and(|until| until <= now) {
        return Err(refused(ErrorCode::Conflict, "`until` is over already"));
    }
    read(&args.target)
}

fn read(target: &BanTarget) -> Result<Target, CommandError> {
    Target::try_from(target).map_err(|error| refused(ErrorCode::InvalidPayload, format!("`address` is {error}")))
}

fn held(gateway: &Gateway, target: &Target) -> Result<Arc<Ban>, CommandError> {
    let unknown = || refused(ErrorCode::NotFound, "there is no ban of exactly this user or network");
    gateway.bans.get(target).ok_or_else(unknown)
}

fn touched(gateway: &Gateway, target: &Target) -> Vec<Arc<Session>> {
    gateway.on_floor(|floor| match target {
        Target::User(user) => floor.presence.sessions_of(user),
        Target::Network(_) => {
            let meets = |session: &&Arc<Session>| target.meets(&session.user.id, session.address);
            floor.presence.admitted().filter(meets).cloned().collect()
        }
    })
}
