//! `disconnect`: users, connections, the connection of a socket, or everybody in a room.

use std::sync::Arc;

use serde_json::json;
use signalbox_protocol::admin::{CommandError, DisconnectArgs, DisconnectTarget, Disconnected, NodeResult, Preview};
use signalbox_protocol::feed::Happening;
use signalbox_protocol::{ConnectionId, ErrorCode, Timestamp, UserId};
use tokio::task::JoinSet;

use super::audit::{Action, Actor};
use super::targets::{SAMPLE, Targets, count};
use super::{refused, text};
use crate::auth::operators::account_name;
use crate::gateway::Gateway;
use crate::hub::{Closing, Place, Session};
use crate::namespaces;
use crate::pipeline::Member;

const MAX_REASON: usize = 200;

pub(super) fn preview(gateway: &Gateway, args: &DisconnectArgs) -> Result<Preview, CommandError> {
    text("reason", &args.reason, 1, MAX_REASON)?;
    Ok(targets(gateway, &args.target)?.preview())
}

pub(super) async fn carry_out(
    operator: &Arc<Member>,
    args: DisconnectArgs,
    now: Timestamp,
) -> Result<Disconnected, CommandError> {
    text("reason", &args.reason, 1, MAX_REASON)?;
    let gateway = &operator.gateway;
    let targets = targets(gateway, &args.target)?;
    targets.fit(args.fingerprint.as_deref())?;
    if targets.is_empty() {
        return Err(refused(ErrorCode::NotFound, "nobody of these is connected"));
    }
    let detail = json!({ "target": args.target, "reason": args.reason });
    let (users, touched) = (count(targets.users().len()), count(targets.connections().len()));
    let actor = Actor::from(&**operator);
    act(gateway, &actor, &targets, Wanted { reason: &args.reason, detail, own: Some(&operator.session.id) }, now)
        .await?;
    let nodes = vec![NodeResult { node: gateway.node.clone(), users, connections: touched, error: None }];
    Ok(Disconnected { nodes })
}

/// Disconnects a user, and says how many connections that were. Somebody who is not connected is as good as disconnected.
///
/// # Errors
/// Where the user is an operator, or the store fails.
pub async fn disconnect_user(
    gateway: &Gateway,
    actor: &Actor,
    user: UserId,
    reason: &str,
    now: Timestamp,
) -> Result<u32, CommandError> {
    if account_name(&user).is_some() {
        return Err(refused(ErrorCode::Forbidden, "operators are only disconnected from `/admin`"));
    }
    let target = DisconnectTarget::Users(vec![user]);
    let targets = targets(gateway, &target)?;
    if targets.is_empty() {
        return Ok(0);
    }
    let detail = json!({ "target": target, "reason": reason });
    act(gateway, actor, &targets, Wanted { reason, detail, own: None }, now).await?;
    Ok(count(targets.connections().len()))
}

/// How targets are disconnected.
struct Wanted<'a> {
    /// What they are told.
    reason: &'a str,
    /// What the audit log says of it.
    detail: serde_json::Value,
    /// The actor's own connection: if it is among them, it is closed behind the answer.
    own: Option<&'a ConnectionId>,
}

/// Disconnects them, under audit.
async fn act(
    gateway: &Gateway,
    actor: &Actor,
    targets: &Targets,
    wanted: Wanted<'_>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Wanted { reason, detail, own } = wanted;
    let (users, connections) = (targets.users(), targets.connections());
    let sample: Vec<_> = users.values().take(SAMPLE).map(|user| (*user).clone()).collect();
    let subject = match &sample[..] {
        [one] => format!("{} ({})", one.username, one.id),
        _ => format!("{} users", users.len()),
    };
    let kick = Happening::Kick {
        code: "kicked".into(),
        reason: reason.to_owned(),
        sample,
        users: count(users.len()),
        connections: count(connections.len()),
        by: Some(actor.name.clone()),
    };
    let action = Action::begin_as(gateway, actor, "disconnect", subject, detail, now).await?;
    gateway.on_floor(|floor| floor.note(now, kick));
    close_all(gateway, own, connections, reason).await;
    action.end(Ok(())).await
}

/// Returns when all but the actor's own are closed.
async fn close_all(gateway: &Gateway, own: Option<&ConnectionId>, sessions: Vec<Arc<Session>>, reason: &str) {
    let mut closings = JoinSet::new();
    for session in sessions {
        let closing = Closing::new("kicked", reason);
        let gateway = gateway.clone();
        if Some(&session.id) == own {
            tokio::spawn(async move { namespaces::close(&gateway, &session, closing).await });
        } else {
            closings.spawn(async move { namespaces::close(&gateway, &session, closing).await });
        }
    }
    while closings.join_next().await.is_some() {}
}

fn targets(gateway: &Gateway, target: &DisconnectTarget) -> Result<Targets, CommandError> {
    let sockets = gateway.on_floor(|floor| {
        let presence = &floor.presence;
        // Operators are only touched where they are named by connection or socket.
        let users_of = |sessions: Vec<Arc<Session>>| sessions.into_iter().filter(|session| !session.is_operator());
        let sessions: Vec<Arc<Session>> = match target {
            DisconnectTarget::Users(users) => {
                users.iter().flat_map(|user| users_of(presence.sessions_of(user))).collect()
            }
            DisconnectTarget::Connections(ids) => ids.iter().filter_map(|id| presence.session(id)).collect(),
            // A connection's sockets bear its own id.
            DisconnectTarget::Socket(id) => presence.session(&ConnectionId::from(id.as_str())).into_iter().collect(),
            DisconnectTarget::Room { namespace, room } => match Place::find(namespace) {
                Some(place) => users_of(presence.sessions_in(place, room)).collect(),
                None => return None,
            },
        };
        let sockets = sessions.into_iter().flat_map(|session| {
            let places = presence.places(&session.id);
            places.into_iter().map(move |place| (session.clone(), place))
        });
        Some(sockets.collect())
    });
    sockets.map(Targets::new).ok_or_else(|| refused(ErrorCode::NotFound, "there is no such namespace"))
}
