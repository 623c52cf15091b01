//! `join-room`, `leave-room` and `close-room`: sockets are put into rooms and taken out of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use signalbox_protocol::admin::{CloseRoomArgs, CommandError, MoveArgs, Moved, RoomSubject};
use signalbox_protocol::{ConnectionId, ErrorCode, RoomName, Timestamp, UserId};
use tokio::task::JoinSet;

use super::audit::{Action, Deed};
use super::crowd::{Refusals, called, each};
use super::refused;
use super::rooms::place;
use super::targets::{Targets, count};
use crate::gateway::Gateway;
use crate::hub::{Place, Session};
use crate::namespaces::{self, Order, room_name};
use crate::pipeline::{Fault, Member};

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Into the room.
    Join,
    /// Out of it.
    Leave,
}

impl Way {
    const fn command(self) -> &'static str {
        match self {
            Self::Join => "join-room",
            Self::Leave => "leave-room",
        }
    }

    fn order(self, room: RoomName) -> Order {
        match self {
            Self::Join => Order::Join(room),
            Self::Leave => Order::Leave(room),
        }
    }
}

pub(super) async fn carry_out(
    operator: &Arc<Member>,
    args: MoveArgs,
    way: Way,
    targets: &Targets,
    now: Timestamp,
) -> Result<Moved, CommandError> {
    if targets.is_empty() {
        return Err(refused(
            ErrorCode::NotFound,
            match way {
                Way::Join => "there is no such socket outside this room",
                Way::Leave => "there is no such socket in this room",
            },
        ));
    }
    let who = match &args.who {
        RoomSubject::User(user) => format!("user {user}"),
        RoomSubject::Users(users) => called(users),
        RoomSubject::Socket(socket) => format!("socket {socket}"),
    };
    let subject = format!("{who}, room {} of {}", args.room, args.namespace);
    let detail = json!({ "who": args.who, "namespace": args.namespace, "room": args.room });
    let action = Action::begin(operator, Deed::new(way.command(), subject, detail).touching(targets), now).await?;
    let moved = order_all(operator, targets, &way.order(args.room)).await;
    action.end(Ok(moved)).await
}

pub(super) async fn close(
    operator: &Arc<Member>,
    args: CloseRoomArgs,
    members: &Targets,
    now: Timestamp,
) -> Result<Moved, CommandError> {
    let subject = format!("room {} of {}", args.room, args.namespace);
    let detail = json!({ "namespace": args.namespace, "room": args.room });
    let action = Action::begin(operator, Deed::new("close-room", subject, detail).touching(members), now).await?;
    let moved = order_all(operator, members, &Order::Expel(args.room)).await;
    action.end(Ok(moved)).await
}

/// The sockets that are not yet where they are put.
pub(super) fn targets(gateway: &Gateway, args: &MoveArgs, way: Way) -> Result<Targets, CommandError> {
    let place = place(&args.namespace)?;
    room_name(args.room.as_str()).map_err(invalid)?;
    let users = match &args.who {
        RoomSubject::User(user) => BTreeSet::from([user]),
        RoomSubject::Users(users) => each(users)?,
        RoomSubject::Socket(_) => BTreeSet::new(),
    };
    let sockets = gateway.on_floor(|floor| {
        let presence = &floor.presence;
        let sessions: Vec<_> = match &args.who {
            RoomSubject::User(_) | RoomSubject::Users(_) => {
                users.into_iter().flat_map(|user| presence.sessions_of(user)).collect()
            }
            // A connection's sockets bear its own id.
            RoomSubject::Socket(id) => presence.session(&ConnectionId::from(id.as_str())).into_iter().collect(),
        };
        let moves = |session: &Arc<Session>| {
            presence.places(&session.id).contains(&place)
                && presence.is_in(&session.id, place, &args.room) == (way == Way::Leave)
        };
        sessions.into_iter().filter(moves).map(|session| (session, place)).collect()
    });
    Ok(Targets::new(sockets))
}

/// Everybody in the room.
pub(super) fn members(gateway: &Gateway, args: &CloseRoomArgs) -> Result<Targets, CommandError> {
    let place = place(&args.namespace)?;
    let sessions = gateway.on_floor(|floor| floor.presence.sessions_in(place, &args.room));
    if sessions.is_empty() {
        return Err(refused(ErrorCode::NotFound, "nobody is in this room"));
    }
    Ok(Targets::new(sessions.into_iter().map(|session| (session, place)).collect()))
}

async fn order_all(operator: &Arc<Member>, targets: &Targets, order: &Order) -> Moved {
    let mut obeying = JoinSet::new();
    // A socket that is not heard of again has not obeyed: its place in the list stays empty.
    let mut obeyed = vec![false; targets.sockets().len()];
    for (at, (session, place)) in targets.sockets().iter().enumerate() {
        let Some(member) = member_of(session, *place) else { continue };
        if Arc::ptr_eq(&member, operator) {
            // Its queue is busy with this very command.
            obeyed[at] = namespaces::obey(&member, order);
        } else {
            let order = order.clone();
            obeying.spawn(async move { (at, member.order(order).await) });
        }
    }
    while let Some(done) = obeying.join_next().await {
        if let Ok((at, done)) = done {
            obeyed[at] = done;
        }
    }
    let left: Vec<_> = targets.sockets().iter().zip(obeyed).filter(|(_, obeyed)| !obeyed).collect();
    let users: BTreeSet<&UserId> = left.iter().map(|((session, _), _)| &session.user.id).collect();
    let mut refusals = Refusals::default();
    for user in users {
        let why = "not all sockets were moved: they have gone meanwhile, or are in too many rooms";
        refusals.add(user.clone(), refused(ErrorCode::Conflict, why));
    }
    let (all, failed) = (targets.sockets().len(), left.len());
    Moved { sockets: count(all - failed), failed: count(failed), refused: refusals.into_vec() }
}

fn member_of(session: &Session, place: Place) -> Option<Arc<Member>> {
    session.seat(place)?.extensions.get::<Arc<Member>>()
}

fn invalid(fault: Fault) -> CommandError {
    match fault {
        Fault::Told { code, message, .. } => refused(code, message),
        Fault::Silent => refused(ErrorCode::InvalidPayload, "this is no room's name"),
    }
}
