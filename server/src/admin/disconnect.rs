//! `disconnect`: users, connections, the connection of a socket, or everybody in a room.

use std::sync::Arc;

use serde_json::json;
use signalbox_protocol::admin::{CommandError, DisconnectArgs, DisconnectTarget, Disconnected, NodeResult, Preview};
use signalbox_protocol::feed::Happening;
use signalbox_protocol::{ConnectionId, ErrorCode, Timestamp};
use tokio::task::JoinSet;

use super::audit::Action;
use super::targets::{SAMPLE, Targets, count};
use super::{refused, text};
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
    let (users, connections) = (targets.users(), targets.connections());
    let sample: Vec<_> = users.values().take(SAMPLE).map(|user| (*user).clone()).collect();
    let subject = match &sample[..] {
        [one] => format!("{} ({})", one.username, one.id),
        _ => format!("{} users", users.len()),
    };
    let (users, touched) = (count(users.len()), count(connections.len()));
    let detail = json!({ "target": args.target, "reason": args.reason });
    let action = Action::begin(operator, "disconnect", subject, detail, now).await?;
    let kick = Happening::Kick {
        code: "kicked".into(),
        reason: args.reason.clone(),
        sample,
        users,
        connections: touched,
        by: Some(operator.session.user.username.to_string()),
    };
    gateway.on_floor(|floor| floor.note(now, kick));
    close_all(gateway, operator, connections, &args.reason).await;
    let nodes = vec![NodeResult { node: gateway.node.clone(), users, connections: touched, error: None }];
    action.end(Ok(Disconnected { nodes })).await
}

/// Returns when all are closed; the operator's own connection, if it is among them, is closed behind the answer.
async fn close_all(gateway: &Gateway, operator: &Member, sessions: Vec<Arc<Session>>, reason: &str) {
    let mut closings = JoinSet::new();
    for session in sessions {
        let closing = Closing { code: "kicked", reason: reason.to_owned() };
        let gateway = gateway.clone();
        if session.id == operator.session.id {
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
