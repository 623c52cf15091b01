//! The rooms table, and the inspector of one of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Direction, Order, ProfileId};
use crate::feed::User;
use crate::ids::{ConnectionId, Namespace, RoomName, SocketId, Timestamp};

/// What the rooms table shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomsQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// Words that must all occur in the room's name or its namespace; any case.
    pub filter: String,
    /// By which column.
    pub sort: RoomsSort,
    /// In which direction.
    pub direction: Direction,
    /// First row of the window.
    pub start: u32,
    /// Rows in the window, at most 500.
    pub count: u32,
    /// Whether rows may move: frozen while the pointer or the focus is in the table.
    pub order: Order,
}

/// Columns to sort by; ties by name and namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoomsSort {
    /// Name, any case.
    Name,
    /// Namespace.
    Namespace,
    /// Sockets in it.
    Members,
    /// Messages a minute.
    Traffic,
}

/// The rooms table, at most 4 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomsUpdate {
    /// Rooms with somebody in them.
    pub total: u32,
    /// Those that the filter lets through, the frozen ones included.
    pub matching: u32,
    /// Rooms that wait for the order to be live again.
    pub waiting: u32,
    /// First row of the window that follows.
    pub start: u32,
    /// The window.
    pub window: Vec<RoomLine>,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomLine {
    /// Where it is.
    pub namespace: Namespace,
    /// Its name.
    pub room: RoomName,
    /// Sockets in it.
    pub members: u32,
    /// Messages posted to it in the last minute; `null` until the gateway has been asked twice.
    pub per_minute: Option<f64>,
    /// Messages posted to it since somebody has been in it; `null` until the gateway has been asked.
    #[ts(type = "number | null")]
    pub posts: Option<u64>,
    /// Everybody has left since the order was frozen.
    pub gone: bool,
}

/// Which room the inspector shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoomQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// Where it is.
    pub namespace: Namespace,
    /// Its name.
    pub room: RoomName,
    /// Words that must all occur in a member's name, id or address; any case.
    pub filter: String,
}

/// The inspector of a room, at most 2 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomUpdate {
    /// Sockets in it; 0 where it is no more.
    pub members: u32,
    /// Users that they belong to.
    pub users: u32,
    /// The filter that the members are found by.
    pub filter: String,
    /// Members that the filter lets through.
    pub matching: u32,
    /// The first 200 of those, by name.
    pub listed: Vec<RoomMemberLine>,
    /// As in [`RoomLine::per_minute`].
    pub per_minute: Option<f64>,
    /// As in [`RoomLine::posts`].
    #[ts(type = "number | null")]
    pub posts: Option<u64>,
}

/// A socket in a room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomMemberLine {
    /// Whose it is.
    pub user: User,
    /// The connection.
    pub connection: ConnectionId,
    /// The socket.
    pub socket: SocketId,
    /// The address.
    pub address: String,
    /// The client, in words; empty where it does not say.
    pub client: String,
    /// Since when it is online.
    pub online_at: Timestamp,
}
