//! The people table, and the inspector of one of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FilterReading, Notable, ProfileId};
use crate::feed::{Connection, User};
use crate::ids::{Namespace, RoomName, Timestamp, UserId};

/// What the people table shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeopleQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// One row a user, or one a connection.
    pub rows: PeopleRows,
    /// Terms that must all hold: `user:ali* -room:lobby idle>5m firefox`. While there is a mistake in it, the last filter
    /// without one stays in force.
    pub filter: String,
    /// By which column.
    pub sort: PeopleSort,
    /// In which direction.
    pub direction: Direction,
    /// First row of the window.
    pub start: u32,
    /// Rows in the window, at most 500.
    pub count: u32,
    /// Whether rows may move: frozen while the pointer or the focus is in the table.
    pub order: Order,
}

/// What a row of the people table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PeopleRows {
    /// A user with all connections.
    Users,
    /// One connection.
    Connections,
}

/// Columns to sort by; ties by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PeopleSort {
    /// Name, any case.
    Name,
    /// Id: numbers before texts.
    Id,
    /// Address.
    Address,
    /// Time online.
    Online,
    /// Time without an event.
    Idle,
    /// Limit hits.
    Hits,
}

/// A sort direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Whether rows may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// Rows appear, move and vanish as they must.
    Live,
    /// Rows stay where they are: cells change, who goes is marked as gone, who comes is counted in `waiting`.
    Frozen,
}

/// The people table, at most 10 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeopleUpdate {
    /// Rows there are.
    pub total: u32,
    /// Users online, as the rail counts them: an operator has a row and is not counted.
    pub online: u32,
    /// Rows that the filter lets through, the frozen ones included.
    pub matching: u32,
    /// Rows that wait for the order to be live again.
    pub waiting: u32,
    /// How the filter was read.
    pub reading: FilterReading,
    /// First row of the window that follows.
    pub start: u32,
    /// The whole window; `null` where it only changed in the rows of `changed`.
    pub window: Option<Vec<PersonRow>>,
    /// Rows of the window that changed in place.
    pub changed: Vec<ChangedRow>,
}

/// A row that changed in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChangedRow {
    /// Its index in the whole table.
    pub index: u32,
    /// What it is now.
    pub row: PersonRow,
}

/// A user or a connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonRow {
    /// Unique in the table and stable: the user's id as text, or the connection's id.
    pub key: String,
    /// Who.
    pub user: User,
    /// An operator.
    pub operator: bool,
    /// Namespaces joined.
    pub namespaces: Vec<Namespace>,
    /// Rooms joined, without repetition, at most 20 of them.
    pub rooms: Vec<RoomName>,
    /// So many further rooms are joined.
    pub rooms_more: u32,
    /// The address, of the latest connection.
    pub address: String,
    /// The client, in words (`Firefox · Linux`), of the latest connection; empty where it does not say.
    pub client: String,
    /// Connections open.
    pub connections: u32,
    /// When the first of them was opened.
    pub online_at: Timestamp,
    /// Since when it has sent nothing; `null` while it is active.
    pub idle_since: Option<Timestamp>,
    /// Events dropped over a limit in the last hour.
    #[ts(type = "number")]
    pub hits: u64,
    /// It has left since the order was frozen.
    pub gone: bool,
}

/// Whom the inspector shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// Who.
    pub user: UserId,
}

/// The inspector, at most 4 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PersonUpdate {
    /// Who; `null` where nobody of that id has been seen.
    pub user: Option<User>,
    /// The open connections; none where the user is offline.
    pub connections: Vec<PersonConnection>,
    /// Events dropped over a limit in the last hour.
    #[ts(type = "number")]
    pub hits: u64,
    /// What this user did, latest first, at most 50, as far back as the console has watched.
    pub recent: Vec<Notable>,
}

/// A connection as the inspector shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PersonConnection {
    /// What the gateway says of it.
    #[serde(flatten)]
    pub connection: Connection,
    /// The client in words, as in [`PersonRow::client`].
    pub client: String,
}
