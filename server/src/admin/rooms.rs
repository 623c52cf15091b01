//! `rooms` and `room`: which there are, and who is in one.

use signalbox_protocol::admin::{CommandError, Page, RoomArgs, RoomMember, RoomRow, RoomsArgs};
use signalbox_protocol::{ConnectionId, ErrorCode, Namespace, RoomName};

use super::page::{limit, no_cursor, page};
use super::refused;
use super::targets::count;
use crate::gateway::Gateway;
use crate::hub::Place;

/// A search looks at so many rooms before it answers with what it has, and where to go on.
const SEARCHED: usize = 20_000;

pub(super) fn rooms(gateway: &Gateway, args: &RoomsArgs) -> Result<Page<RoomRow>, CommandError> {
    let only = args.namespace.as_ref().map(place).transpose()?;
    let before = args.cursor.as_deref().map(read_cursor).transpose()?;
    let after = before.or(only.map(first_of));
    let wanted = args.contains.as_deref().map(str::to_lowercase);
    let limit = limit(args.limit);
    // Where a search was given up.
    let mut given_up = None;
    let rows = gateway.on_floor(|floor| {
        let mut rows = Vec::new();
        let rooms = floor.presence.rooms(after.as_ref());
        for (looked_at, (place, room, members)) in rooms.enumerate() {
            if rows.len() > limit || only.is_some_and(|only| only != place) {
                break;
            }
            if wanted.as_ref().is_none_or(|wanted| room.as_str().to_lowercase().contains(wanted)) {
                rows.push((place, room.clone(), members));
            }
            if looked_at + 1 == SEARCHED {
                given_up = Some((place, room.clone()));
                break;
            }
        }
        rows
    });
    let rows = rows.into_iter().map(|(place, room, members)| RoomRow {
        namespace: gateway.namespace(place).clone(),
        posts: gateway.rooms.get(place, &room).map_or(0, |room| room.posts()),
        room,
        members: count(members),
    });
    let mut page = page(rows, limit, |row| cursor(&row.namespace, &row.room));
    if page.next_cursor.is_none() {
        page.next_cursor = given_up.map(|(place, room)| cursor(gateway.namespace(place), &room));
    }
    Ok(page)
}

pub(super) fn room(gateway: &Gateway, args: &RoomArgs) -> Result<Page<RoomMember>, CommandError> {
    let place = place(&args.namespace)?;
    let after = args.cursor.as_deref().map(ConnectionId::from);
    let limit = limit(args.limit);
    let members = gateway.on_floor(|floor| {
        let members = floor.presence.members(place, &args.room, after.as_ref())?;
        Some(members.take(limit + 1).cloned().collect::<Vec<_>>())
    });
    let members = members.ok_or_else(|| refused(ErrorCode::NotFound, "nobody is in this room"))?;
    let members = members.into_iter().map(|session| RoomMember {
        user: session.user.clone(),
        connection: session.id.clone(),
        socket: session.socket_id(),
    });
    Ok(page(members, limit, |member| member.connection.to_string()))
}

/// The place of that name.
pub(super) fn place(namespace: &Namespace) -> Result<Place, CommandError> {
    Place::find(namespace).ok_or_else(|| refused(ErrorCode::NotFound, format!("there is no namespace `{namespace}`")))
}

/// A namespace has no space in it.
fn cursor(namespace: &Namespace, room: &RoomName) -> String {
    format!("{namespace} {room}")
}

fn read_cursor(cursor: &str) -> Result<(Place, RoomName), CommandError> {
    let (namespace, room) = cursor.split_once(' ').ok_or_else(no_cursor)?;
    Ok((Place::find(&namespace.into()).ok_or_else(no_cursor)?, room.into()))
}

/// Before every room of the place.
fn first_of(place: Place) -> (Place, RoomName) {
    (place, "".into())
}
