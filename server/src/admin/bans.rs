//! `ban`, `undo-ban`, `unban`, `bans`: set by an operator or a backend, in force before the answer.
//!
//! Nobody bans themselves: a ban that would close a connection of the operator who asks for it is a conflict, without a way
//! around it. Another operator, elsewhere, can set it. Of a list the others are banned, and the answer names who is not.
//! Networks wider than /8 of IPv4 and /16 of IPv6 cannot be banned.

use std::sync::Arc;

use serde_json::{Value, json};
use signalbox_protocol::admin::{
    Ban, BanArgs, BanChange, BanSubject, BanTarget, BanUndone, Banned, BansArgs, CommandError, NodeResult, Page,
    UnbanArgs, UndoBanArgs,
};
use signalbox_protocol::feed::Happening;
use signalbox_protocol::{ErrorCode, Timestamp, UserId};

use super::audit::{Action, Actor, Deed};
use super::crowd::{Refusals, called, each};
use super::page::{limit, page};
use super::targets::{SAMPLE, Targets, count};
use super::{internal, refused, text};
use crate::auth::bans::{Target, TooMany};
use crate::gateway::Gateway;
use crate::hub::{Closing, Session};
use crate::namespaces;
use crate::pipeline::Member;

const MAX_REASON: usize = 200;

/// The connections that the ban would meet.
pub(super) fn targets(operator: &Member, args: &BanArgs, now: Timestamp) -> Result<Targets, CommandError> {
    let gateway = &operator.gateway;
    let Aim { targets, .. } = aim(Some(&operator.session.user.id), args, now)?;
    Ok(Targets::of(gateway, touched(gateway, &targets)))
}

/// Nobody, provided that something of that ban holds: whoever may come in again is not connected.
pub(super) fn undone(gateway: &Gateway, args: &UndoBanArgs) -> Result<Targets, CommandError> {
    set_then(gateway, args).map(|_| Targets::nobody())
}

/// Nobody, provided that there is such a ban.
pub(super) fn lifted(gateway: &Gateway, args: &UnbanArgs) -> Result<Targets, CommandError> {
    held(gateway, &read(&args.target)?).map(|_| Targets::nobody())
}

/// Sets a ban, or one for each user of a list, and closes every connection that it meets.
///
/// # Errors
/// Why there is none.
pub async fn ban(gateway: &Gateway, actor: &Actor, args: BanArgs, now: Timestamp) -> Result<Banned, CommandError> {
    let Aim { targets, spared } = aim(actor.user.as_ref(), &args, now)?;
    let sessions = touched(gateway, &targets);
    if sessions.iter().any(|session| actor.user.as_ref() == Some(&session.user.id)) {
        return Err(own_connection());
    }
    let BanArgs { target: subject, reason, until } = args;
    let by = actor.name.clone();
    let bans: Vec<_> = targets
        .into_iter()
        .map(|target| {
            let ban = Ban { target: target.written(), reason: reason.clone(), until, by: by.clone(), at: now };
            (target, ban)
        })
        .collect();
    let ban = bans.first().filter(|_| !matches!(subject, BanSubject::Users(_))).map(|(_, ban)| ban.clone());
    let (subject, written) = logged(bans.iter().map(|(target, _)| target));
    let detail = json!({ "target": written, "reason": reason, "until": until });
    let deed = Deed::new("ban", subject, detail).touching(&Targets::of(gateway, sessions));
    let action = Action::begin_as(gateway, actor, deed, now).await?;
    let node = action.end(set(gateway, bans).await).await?;
    let mut refusals = Refusals::default();
    if let Some(user) = spared {
        refusals.add(user, own_connection());
    }
    Ok(Banned { ban, at: now, nodes: vec![node], refused: refusals.into_vec() })
}

async fn set(gateway: &Gateway, bans: Vec<(Target, Ban)>) -> Result<NodeResult, CommandError> {
    let turn = gateway.changes.lock().await;
    // Asked before they are kept: what does not hold must not come back with a restart.
    gateway.bans.check(bans.iter().map(|(target, _)| target)).map_err(too_many)?;
    gateway.store.put_bans(&bans).await.map_err(|error| internal(&error))?;
    for (target, ban) in &bans {
        gateway.bans.set(target.clone(), ban.clone()).map_err(too_many)?;
    }
    // From here on the door refuses: whoever is not among these sessions has not come in.
    let sessions = touched(gateway, bans.iter().map(|(target, _)| target));
    for (_, ban) in &bans {
        let told = Happening::Ban { change: BanChange::Set, ban: ban.clone() };
        gateway.on_floor(|floor| floor.note(ban.at, told));
    }
    drop(turn);
    Ok(close(gateway, sessions, bans.first().map(|(_, ban)| ban)).await)
}

/// Closes those whom bans of the same reason and term have met.
async fn close(gateway: &Gateway, sessions: Vec<Arc<Session>>, ban: Option<&Ban>) -> NodeResult {
    let targets = Targets::of(gateway, sessions.clone());
    let users = targets.users();
    let sample: Vec<_> = users.values().take(SAMPLE).map(|user| (*user).clone()).collect();
    let (users, connections) = (count(users.len()), count(sessions.len()));
    if let Some(ban) = ban.filter(|_| !sessions.is_empty()) {
        let closing = Closing::banned(ban);
        let (code, reason) = (closing.code.to_owned(), closing.reason.clone());
        let kick = Happening::Kick { code, reason, sample, users, connections, by: Some(ban.by.clone()) };
        gateway.on_floor(|floor| floor.note(ban.at, kick));
        namespaces::close_all(gateway, sessions, &closing).await;
    }
    NodeResult { node: gateway.node.clone(), users, connections, error: None }
}

/// Takes back what one ban has set: where it took the place of an earlier one, that holds again. What was lifted or set anew
/// since then stays as it is.
pub(super) async fn undo(
    gateway: &Gateway,
    actor: &Actor,
    args: &UndoBanArgs,
    now: Timestamp,
) -> Result<BanUndone, CommandError> {
    let (subject, written) = logged(&set_then(gateway, args)?);
    let detail = json!({ "target": written, "at": args.at });
    let action = Action::begin_as(gateway, actor, Deed::new("undo-ban", subject, detail), now).await?;
    action.end(take_back(gateway, args, now).await).await
}

async fn take_back(gateway: &Gateway, args: &UndoBanArgs, now: Timestamp) -> Result<BanUndone, CommandError> {
    let _turn = gateway.changes.lock().await;
    let targets = set_then(gateway, args)?;
    let undone = gateway.store.undo_bans(&targets, args.at, now).await.map_err(|error| internal(&error))?;
    let mut done = BanUndone { lifted: 0, restored: 0 };
    for (target, earlier) in undone {
        let told = match earlier {
            Some(ban) => {
                gateway.bans.set(target, ban.clone()).map_err(too_many)?;
                done.restored += 1;
                Some(Happening::Ban { change: BanChange::Set, ban })
            }
            None => {
                done.lifted += 1;
                let lifted = gateway.bans.lift(&target);
                lifted.map(|ban| Happening::Ban { change: BanChange::Lifted, ban: (*ban).clone() })
            }
        };
        if let Some(told) = told {
            gateway.on_floor(|floor| floor.note(now, told));
        }
    }
    Ok(done)
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

/// Whom a ban is for.
struct Aim {
    /// Each of those who will be banned; at least one.
    targets: Vec<Target>,
    /// Who of a list will not be: the one who asks for it.
    spared: Option<UserId>,
}

fn aim(own: Option<&UserId>, args: &BanArgs, now: Timestamp) -> Result<Aim, CommandError> {
    text("reason", &args.reason, 1, MAX_REASON)?;
    if args.until.is_some_and(|until| until <= now) {
        return Err(refused(ErrorCode::Conflict, "`until` is over already"));
    }
    let mut targets = read_all(&args.target)?;
    let BanSubject::Users(users) = &args.target else { return Ok(Aim { targets, spared: None }) };
    let spared = own.filter(|own| users.contains(own)).cloned();
    targets.retain(|target| target.user() != spared.as_ref());
    if targets.is_empty() { Err(own_connection()) } else { Ok(Aim { targets, spared }) }
}

fn own_connection() -> CommandError {
    refused(ErrorCode::Conflict, "this would close a connection of your own; another operator, elsewhere, can do it")
}

fn too_many(error: TooMany) -> CommandError {
    refused(ErrorCode::Conflict, error.to_string())
}

/// Each of those whom a subject names.
fn read_all(subject: &BanSubject) -> Result<Vec<Target>, CommandError> {
    Ok(match subject {
        BanSubject::User(user) => vec![Target::User(user.clone())],
        BanSubject::Users(users) => each(users)?.into_iter().cloned().map(Target::User).collect(),
        BanSubject::Address(network) => vec![read(&BanTarget::Address(network.clone()))?],
    })
}

/// Those of the subject who are banned since exactly then.
fn set_then(gateway: &Gateway, args: &UndoBanArgs) -> Result<Vec<Target>, CommandError> {
    let mut targets = read_all(&args.target)?;
    targets.retain(|target| gateway.bans.get(target).is_some_and(|ban| ban.at == args.at));
    if targets.is_empty() {
        return Err(refused(ErrorCode::NotFound, "nothing is left of this ban"));
    }
    Ok(targets)
}

/// Targets as the audit log calls them, and as it lists them.
fn logged<'a>(targets: impl IntoIterator<Item = &'a Target>) -> (String, Value) {
    let targets: Vec<_> = targets.into_iter().collect();
    match targets[..] {
        [one] => (one.to_string(), json!(one.written())),
        // Only users come in lists.
        _ => {
            let users: Vec<_> = targets.into_iter().filter_map(Target::user).cloned().collect();
            (called(&users), json!({ "users": users }))
        }
    }
}

fn read(target: &BanTarget) -> Result<Target, CommandError> {
    Target::try_from(target).map_err(|error| refused(ErrorCode::InvalidPayload, format!("`address` is {error}")))
}

fn held(gateway: &Gateway, target: &Target) -> Result<Arc<Ban>, CommandError> {
    let unknown = || refused(ErrorCode::NotFound, "there is no ban of exactly this user or network");
    gateway.bans.get(target).ok_or_else(unknown)
}

fn touched<'a>(gateway: &Gateway, targets: impl IntoIterator<Item = &'a Target>) -> Vec<Arc<Session>> {
    gateway.on_floor(|floor| {
        let of = |target: &Target| match target {
            Target::User(user) => floor.presence.sessions_of(user),
            Target::Network(_) => {
                let meets = |session: &&Arc<Session>| target.meets(&session.user.id, session.address);
                floor.presence.admitted().filter(meets).cloned().collect()
            }
        };
        targets.into_iter().flat_map(of).collect()
    })
}
