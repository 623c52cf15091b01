//! Rooms, as every namespace has them: a name, a way in, a way out, and posting. What is said on the way is each
//! namespace's own.

use std::sync::Arc;

use serde::Serialize;
use signalbox_protocol::{ErrorCode, RoomName, Timestamp};
use socketioxide::extract::SocketRef;

use super::{backoffice, chat, events};
use crate::hub::{Place, Room};
use crate::pipeline::{Caller, Fault, MAX_ROOMS, Member};
use crate::store::Addressee;

/// A room's name has so many characters at most.
const MAX_NAME: usize = 128;

/// Puts the socket into a room, and tells the others there. Silent to them where it is in it already.
///
/// # Errors
/// `forbidden` where it is in too many.
pub(super) fn join(member: &Member, socket: &SocketRef, name: &RoomName, now: Timestamp) -> Result<(), Fault> {
    if member.room(name).is_some() {
        return Ok(());
    }
    if member.rooms() >= MAX_ROOMS {
        return Err(Fault::forbidden("a socket is in at most 100 rooms; leave one first"));
    }
    let room = member.gateway.rooms.enter(member.place, name);
    socket.join(room.key().to_owned());
    member.enter(room.clone());
    member.gateway.on_floor(|floor| floor.enter_room(&member.session, member.place, name, now));
    match member.place {
        Place::Admin | Place::Web => backoffice::tell_joined(member, socket, &room),
        Place::Events => events::tell_joined(member, socket, &room),
        Place::Chat => chat::tell_joined(member, socket, &room),
        // Its table has no word for it.
        Place::Realtime => {}
    }
    Ok(())
}

/// Takes the socket out of a room, and tells those who stay.
///
/// # Errors
/// `not_member` where it is not in it.
pub(super) fn leave(member: &Member, socket: &SocketRef, name: &RoomName, now: Timestamp) -> Result<(), Fault> {
    let room = member.leave_room(name).ok_or_else(not_member)?;
    match member.place {
        Place::Admin | Place::Web => backoffice::tell_left(member, socket, &room),
        Place::Events => events::tell_left(member, socket, &room),
        Place::Chat => chat::tell_left(member, socket, &room),
        Place::Realtime => {}
    }
    part(member, socket, &room, now);
    Ok(())
}

/// Takes the socket out of a room that is closed: the others are leaving too, and are not told of each other.
///
/// # Errors
/// `not_member` where it is not in it.
pub(super) fn expel(member: &Member, socket: &SocketRef, name: &RoomName, now: Timestamp) -> Result<(), Fault> {
    let room = member.leave_room(name).ok_or_else(not_member)?;
    part(member, socket, &room, now);
    Ok(())
}

fn part(member: &Member, socket: &SocketRef, room: &Room, now: Timestamp) {
    socket.leave(room.key().to_owned());
    member.gateway.rooms.leave(room);
    member.gateway.on_floor(|floor| floor.leave_room(&member.session, member.place, room.name(), now));
}

/// Sends an event to everybody in a room, the sender included, and acknowledges it with the event's keys when what it says is in
/// the history.
///
/// # Errors
/// `not_member` where only members may.
pub(super) async fn post<T: Serialize>(
    caller: &mut Caller<'_>,
    name: &RoomName,
    event: &str,
    payload: &T,
    content: &str,
) -> Result<(), Fault> {
    let (member, gateway) = (caller.member, &caller.member.gateway);
    if let Some((room, _)) = find(member, name)? {
        room.count_post();
        gateway.reach.room(member.place, &room, event, payload);
    }
    let stored = gateway.keep(caller.message(Addressee::Room(name.clone()), content)?).await;
    caller.succeed_when(stored, payload);
    Ok(())
}

/// Sends an event to everybody else in a room.
///
/// # Errors
/// `not_member` where only members may.
pub(super) fn post_to_others<T: Serialize>(
    caller: &Caller<'_>,
    name: &RoomName,
    event: &str,
    payload: &T,
) -> Result<(), Fault> {
    let (member, reach) = (caller.member, &caller.member.gateway.reach);
    let Some((room, standing)) = find(member, name)? else { return Ok(()) };
    room.count_post();
    match standing {
        Standing::Member => reach.others(caller.socket, &room, event, payload),
        Standing::Guest => reach.room(member.place, &room, event, payload),
    };
    Ok(())
}

/// What somebody who posts is to the room.
enum Standing {
    Member,
    Guest,
}

/// The room to post to; `None` where nobody is in it.
fn find(member: &Member, name: &RoomName) -> Result<Option<(Arc<Room>, Standing)>, Fault> {
    let gateway = &member.gateway;
    match member.room(name) {
        Some(room) => Ok(Some((room, Standing::Member))),
        None if gateway.config.rooms.require_membership => Err(not_member()),
        None => Ok(gateway.rooms.get(member.place, name).map(|room| (room, Standing::Guest))),
    }
}

/// A room's name: 1 to 128 characters, none of them a control character.
///
/// # Errors
/// `invalid_payload`.
pub(crate) fn room_name(name: &str) -> Result<RoomName, Fault> {
    if !(1..=MAX_NAME).contains(&name.chars().count()) {
        return Err(Fault::invalid_payload("a room's name has 1 to 128 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(Fault::invalid_payload("a room's name has no control characters"));
    }
    Ok(name.into())
}

fn not_member() -> Fault {
    Fault::new(ErrorCode::NotMember, "you are not in this room")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_has_a_name() {
        for (name, good) in [
            ("a".to_owned(), true),
            ("大".repeat(128), true),
            ("a".repeat(129), false),
            (String::new(), false),
            ("a\nb".to_owned(), false),
            ("a\u{85}b".to_owned(), false),
            ("user:7".to_owned(), true),
        ] {
            assert_eq!(room_name(&name).is_ok(), good, "{name:?}");
        }
    }
}
