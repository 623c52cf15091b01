//! `/api/v1/rooms`: which rooms there are, who is in them, and what was said. Each namespace has rooms of its own.

use axum::Json;
use axum::extract::State;
use signalbox_protocol::admin::Page;
use signalbox_protocol::http::{Room, RoomMember, RoomMessage, Sender};
use signalbox_protocol::{ConnectionId, RoomName};

use super::Api;
use super::bearer::{Bearer, scope};
use super::document::{self, Parameters};
use super::parameters::{Cursor, Path, Quarter, Query, RoomPaging};
use super::problem::Refusal;
use crate::admin::page;

/// A namespace's rooms with somebody in them, by name.
#[utoipa::path(
    get,
    path = "/api/v1/rooms",
    tag = "rooms",
    security(("operator" = []), ("apiKey" = ["rooms:read"])),
    params(RoomPaging),
    responses((status = 200, description = "a page", body = Page<Room>), document::Bearer, Parameters)
)]
pub(super) async fn rooms(
    State(api): State<Api>,
    _: Bearer<scope::RoomsRead>,
    Query(RoomPaging { namespace: Quarter(place), limit, cursor }): Query<RoomPaging>,
) -> Json<Page<Room>> {
    let after = (place, RoomName::from(cursor.as_ref().map_or("", Cursor::key)));
    let rooms: Vec<_> = api.gateway.on_floor(|floor| {
        let rooms = floor.presence.rooms(Some(&after)).take_while(|(at, ..)| *at == place);
        rooms.take(limit.0 + 1).map(|(_, room, members)| (room.clone(), members)).collect()
    });
    let rooms = rooms.into_iter().map(|(room, members)| Room {
        namespace: place.as_str().to_owned(),
        room: room.to_string(),
        members: u32::try_from(members).unwrap_or(u32::MAX),
    });
    Json(page(rooms, limit.0, |room| Cursor::write(&room.room)))
}

/// The sockets in a room. A room without any is empty: it exists for as long as somebody is in it.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/members",
    tag = "rooms",
    security(("operator" = []), ("apiKey" = ["rooms:read"])),
    params(
        ("room" = String, Path, description = "the room's name", min_length = 1, max_length = 128,
         pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]+$"),
        RoomPaging
    ),
    responses((status = 200, description = "a page", body = Page<RoomMember>), document::Bearer, Parameters)
)]
pub(super) async fn members(
    State(api): State<Api>,
    _: Bearer<scope::RoomsRead>,
    Path(room): Path<RoomName>,
    Query(RoomPaging { namespace: Quarter(place), limit, cursor }): Query<RoomPaging>,
) -> Json<Page<RoomMember>> {
    let after = cursor.map(|cursor| ConnectionId::from(cursor.key()));
    let members: Vec<_> = api.gateway.on_floor(|floor| {
        let members = floor.presence.members(place, &room, after.as_ref());
        members.into_iter().flatten().take(limit.0 + 1).cloned().collect()
    });
    let members = members.into_iter().map(|session| RoomMember {
        id: session.user.id.to_string(),
        username: session.user.username.to_string(),
        socket_id: session.socket_id().to_string(),
    });
    Json(page(members, limit.0, |member| Cursor::write(&member.socket_id)))
}

/// What was said in a room, the latest first, as far back as it is kept. What is said while the pages are read is on none
/// of them.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/messages",
    tag = "rooms",
    security(("operator" = []), ("apiKey" = ["rooms:read"])),
    params(
        ("room" = String, Path, description = "the room's name", min_length = 1, max_length = 128,
         pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]+$"),
        RoomPaging
    ),
    responses((status = 200, description = "a page", body = Page<RoomMessage>), document::Bearer, Parameters)
)]
pub(super) async fn messages(
    State(api): State<Api>,
    _: Bearer<scope::RoomsRead>,
    Path(room): Path<RoomName>,
    Query(RoomPaging { namespace: Quarter(place), limit, cursor }): Query<RoomPaging>,
) -> Result<Json<Page<RoomMessage>>, Refusal> {
    // One more than asked for tells whether there is another page.
    let sought = u32::try_from(limit.0 + 1).unwrap_or(u32::MAX);
    let before = cursor.map(|cursor| cursor.number());
    let kept = api.gateway.store.room_messages(place, &room, before, sought).await;
    let kept = kept.map_err(|error| Refusal::internal(&error))?;
    let messages = kept.into_iter().map(|message| RoomMessage {
        id: message.id.to_string(),
        from: Sender::from(&message.from),
        message: message.content,
        timestamp: message.at,
    });
    Ok(Json(page(messages, limit.0, |message| Cursor::write(&message.id))))
}
