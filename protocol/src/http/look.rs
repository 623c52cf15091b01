//! What operators and backends see over HTTP: users, connections, rooms, figures.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::{EventMinutes, Minute};
use crate::feed::{self, Transport};
use crate::ids::Timestamp;

/// Who sent a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sender {
    /// The canonical id.
    pub id: String,
    /// The name in the token.
    pub username: String,
}

impl From<&feed::User> for Sender {
    fn from(user: &feed::User) -> Self {
        Self { id: user.id.to_string(), username: user.username.to_string() }
    }
}

/// `GET /api/v1/users/{id}`, and an item of `GET /api/v1/users/online`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Presence {
    /// The canonical id.
    pub id: String,
    /// The name in the token; `null` where the user is not online.
    #[schema(required)]
    pub username: Option<String>,
    /// Whether the user has a connection.
    pub online: bool,
    /// Open connections.
    pub connections: u32,
    /// Since when; `null` where the user is not online.
    #[schema(required)]
    pub online_at: Option<Timestamp>,
    /// When the user last sent an event; `null` where the user is not online.
    #[schema(required)]
    pub last_activity: Option<Timestamp>,
}

/// An item of `GET /api/v1/users/{id}/connections`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The connection's id.
    pub id: String,
    /// The node where it ends.
    pub node: String,
    /// How it is carried.
    pub transport: Transport,
    /// The client's address.
    pub address: String,
    /// The `User-Agent` header; empty where there is none.
    pub user_agent: String,
    /// The namespaces it has joined.
    pub namespaces: Vec<Seat>,
    /// When it joined its first namespace.
    pub online_at: Timestamp,
    /// When it last sent an event.
    pub last_activity: Timestamp,
}

/// A connection's place in one namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Seat {
    /// Which namespace.
    pub namespace: String,
    /// The socket's id there.
    pub socket_id: String,
    /// The rooms that the client has joined.
    pub rooms: Vec<String>,
}

impl From<feed::Connection> for Connection {
    fn from(connection: feed::Connection) -> Self {
        let seat = |at: feed::Membership| Seat {
            namespace: at.namespace.to_string(),
            socket_id: at.socket.to_string(),
            rooms: at.rooms.iter().map(ToString::to_string).collect(),
        };
        Self {
            id: connection.id.to_string(),
            node: connection.node.to_string(),
            transport: connection.transport,
            address: connection.address,
            user_agent: connection.user_agent.to_string(),
            namespaces: connection.namespaces.into_iter().map(seat).collect(),
            online_at: connection.online_at,
            last_activity: connection.last_activity,
        }
    }
}

/// `DELETE /api/v1/users/{id}/connections`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionsClosed {
    /// Connections that were closed.
    pub disconnected: u32,
}

/// An item of `GET /api/v1/rooms`: a room with somebody in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Room {
    /// Where it is.
    pub namespace: String,
    /// Its name.
    pub room: String,
    /// Sockets in it.
    pub members: u32,
}

/// An item of `GET /api/v1/rooms/{room}/members`: a socket in the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomMember {
    /// Whose it is: the canonical id.
    pub id: String,
    /// The name in the token.
    pub username: String,
    /// The socket. A user may be in the room with several.
    pub socket_id: String,
}

/// An item of `GET /api/v1/rooms/{room}/messages`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoomMessage {
    /// Its number. Later messages have greater ones.
    pub id: String,
    /// Who sent it.
    pub from: Sender,
    /// What it says: a text, or in `/chat` any value.
    pub message: serde_json::Value,
    /// When it was sent.
    pub timestamp: Timestamp,
}

/// `GET /api/v1/stats`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// When they were read.
    pub at: Timestamp,
    /// Connections open.
    pub connected_clients: u32,
    /// Users online, operators left out.
    pub online_users: u32,
    /// Rooms with somebody in them.
    pub rooms: u32,
    /// The last 60 whole minutes, oldest first.
    pub minutes: Vec<MinuteFigures>,
    /// Events received in these minutes by name; events of which none came are left out.
    pub events: Vec<EventFigures>,
    /// Events received in these minutes by user: the 100 users who sent most, the most first.
    pub users: Vec<UserFigures>,
    /// Users beyond these who sent any.
    pub more_users: u32,
}

/// One event's last hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventFigures {
    /// Where.
    pub namespace: String,
    /// Its name; `*` for all that are unknown or malformed.
    pub event: String,
    /// How many in each of the `minutes`.
    pub minutes: Vec<u32>,
}

impl From<EventMinutes> for EventFigures {
    fn from(event: EventMinutes) -> Self {
        let EventMinutes { namespace, event, minutes } = event;
        Self { namespace: namespace.to_string(), event, minutes }
    }
}

/// One user's last hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserFigures {
    /// The canonical id.
    pub id: String,
    /// How many in each of the `minutes`.
    pub minutes: Vec<u32>,
}

/// A minute of the last hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MinuteFigures {
    /// When it began.
    pub start: Timestamp,
    /// Users online at its end.
    pub online_users: u32,
    /// Connections open at its end.
    pub connections: u32,
    /// Connections opened in it.
    pub connects: u32,
    /// Connections closed in it.
    pub disconnects: u32,
    /// Users that sent an event in it.
    pub active_users: u32,
    /// Events received in it.
    pub messages_in: u64,
    /// Events handed to sockets in it: one for each recipient.
    pub messages_out: u64,
    /// Events dropped over a limit in it.
    pub limit_hits: u64,
    /// Events that failed through a fault of the gateway in it.
    pub errors: u64,
}

impl From<Minute> for MinuteFigures {
    fn from(minute: Minute) -> Self {
        Self {
            start: Timestamp(minute.start),
            online_users: minute.online_users,
            connections: minute.connections,
            connects: minute.connects,
            disconnects: minute.disconnects,
            active_users: minute.active_users,
            messages_in: minute.messages_in,
            messages_out: minute.messages_out,
            limit_hits: minute.limit_hits,
            errors: minute.errors,
        }
    }
}
