//! `disconnect`: users, connections, the connection of a socket, or everybody in a room.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use serde_json::json;
use signalbox_protocol::admin::{
    CommandError, ConnectionFilter, DisconnectArgs, DisconnectTarget, Disconnected, NodeResult,
};
use signalbox_protocol::feed::{Connection, Happening};
use signalbox_protocol::{ConnectionId, ErrorCode, Timestamp, UserId};

use super::audit::{Action, Actor, Deed};
use super::crowd::each;
use super::rooms::place;
use super::targets::{SAMPLE, Targets, count};
use super::{close_and_answer, refused, text};
use crate::auth::operators::account_name;
use crate::gateway::Gateway;
use crate::hub::{Closing, Place, Session};
use crate::pipeline::Member;

const MAX_REASON: usize = 200;

/// The sockets of everybody who would be disconnected.
pub(super) fn targets(gateway: &Gateway, args: &DisconnectArgs, now: Timestamp) -> Result<Targets, CommandError> {
    text("reason", &args.reason, 1, MAX_REASON)?;
    if let DisconnectTarget::Users(users) = &args.target {
        each(users)?;
    }
    named(gateway, &args.target, now)
}

pub(super) async fn carry_out(
    operator: &Arc<Member>,
    args: DisconnectArgs,
    targets: &Targets,
    now: Timestamp,
) -> Result<Disconnected, CommandError> {
    let gateway = &operator.gateway;
    if targets.is_empty() {
        return Err(refused(ErrorCode::NotFound, "nobody of these is connected"));
    }
    let detail = json!({ "target": args.target, "reason": args.reason });
    let (users, touched) = (count(targets.users().len()), count(targets.connections().len()));
    let actor = Actor::from(&**operator);
    act(gateway, &actor, targets, Wanted { reason: &args.reason, detail, own: Some(&operator.session.id) }, now)
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
    let targets = named(gateway, &target, now)?;
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
    let action =
        Action::begin_as(gateway, actor, Deed::new("disconnect", subject, detail).touching(targets), now).await?;
    gateway.on_floor(|floor| floor.note(now, kick));
    close_and_answer(gateway, own, connections, &Closing::new("kicked", reason)).await;
    action.end(Ok(())).await
}

/// A filter, read.
struct Fits<'a> {
    filter: &'a ConnectionFilter,
    place: Option<Place>,
    network: Option<IpNet>,
    user_agent: Option<String>,
    now: Timestamp,
}

impl<'a> Fits<'a> {
    fn read(filter: &'a ConnectionFilter, now: Timestamp) -> Result<Self, CommandError> {
        if *filter == ConnectionFilter::default() {
            return Err(refused(ErrorCode::InvalidPayload, "the filter says nothing: it would fit everybody"));
        }
        let network = filter.address.as_deref().map(network).transpose()?;
        let place = filter.namespace.as_ref().map(place).transpose()?;
        let user_agent = filter.user_agent.as_deref().map(str::to_lowercase);
        Ok(Self { filter, place, network, user_agent, now })
    }

    fn fits(&self, record: &Connection, session: &Session) -> bool {
        let idle_ms = self.now.0.saturating_sub(session.last_activity().0);
        let here = |place: Place| record.namespaces.iter().any(|at| at.namespace.as_str() == place.as_str());
        self.place.is_none_or(here)
            && self.network.is_none_or(|network| network.contains(&session.address))
            && self.user_agent.as_ref().is_none_or(|part| session.user_agent.to_lowercase().contains(part))
            && self.filter.idle_for.is_none_or(|seconds| idle_ms >= i64::from(seconds) * 1000)
            && self.filter.transport.is_none_or(|transport| transport == session.transport())
    }
}

/// An address is a network of one.
fn network(text: &str) -> Result<IpNet, CommandError> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| refused(ErrorCode::InvalidPayload, "`address` is neither an address nor a network"))
}

/// Those that the target names.
fn named(gateway: &Gateway, target: &DisconnectTarget, now: Timestamp) -> Result<Targets, CommandError> {
    let filter = match target {
        DisconnectTarget::Filter(filter) => Some(Fits::read(filter, now)?),
        _ => None,
    };
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
            DisconnectTarget::Filter(_) => {
                let fits = |(record, session): &(Arc<Connection>, Arc<Session>)| {
                    !session.is_operator() && filter.as_ref().is_some_and(|filter| filter.fits(record, session))
                };
                presence.connections(None).filter(fits).map(|(_, session)| session).collect()
            }
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
