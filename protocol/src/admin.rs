//! Commands of `/admin` and their answers (section 6 of the contract): `admin:request` and `admin:response`.
//!
//! A command names its arguments once, here. Which role it needs is part of the word ([`Command::role`]), so that no
//! gateway can forget to ask.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::ErrorCode;
use crate::feed::{Connection, Tone, User};
use crate::ids::{ConnectionId, Epoch, Namespace, NodeId, RoomName, Seq, SocketId, Timestamp, UserId};

/// What an operator may do; each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Acts on users and connections.
    Operator,
    /// Changes the gateway itself.
    Admin,
}

impl Role {
    /// The role as it is written in a token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        [Self::Viewer, Self::Operator, Self::Admin].into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// A text that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is viewer, operator or admin")]
pub struct UnknownRole;

/// `admin:request`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Chosen by the asker, repeated in the answer; at most 64 bytes.
    pub id: String,
    /// What is asked: the keys `command` and `args`.
    #[serde(flatten)]
    pub command: Command,
    /// Only say whom it would touch. Commands that touch nobody ignore it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// `admin:response`: `{id, ok:true, result}` or `{id, ok:false, error}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The request's id.
    pub id: String,
    /// Whether there is a result.
    pub ok: bool,
    /// The answer: what the command's documentation says, or a [`Preview`] after a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<serde_json::Value>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<CommandError>,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct CommandError {
    /// For programs.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
}

/// What can be asked. On the wire `{"command": "disconnect", "args": {…}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", content = "args", rename_all = "kebab-case")]
pub enum Command {
    /// A page of the open connections → [`SnapshotPage`].
    Snapshot(SnapshotArgs),
    /// Counters and, if asked for, the last hour by minute → [`Stats`].
    Stats(StatsArgs),
    /// Send a notification → [`Notified`].
    Notify(NotifyArgs),
    /// Disconnect users or connections → [`Disconnected`].
    Disconnect(DisconnectArgs),
}

impl Command {
    /// The names of all commands.
    pub const NAMES: [&str; 4] = ["snapshot", "stats", "notify", "disconnect"];

    /// The command's name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Snapshot(_) => "snapshot",
            Self::Stats(_) => "stats",
            Self::Notify(_) => "notify",
            Self::Disconnect(_) => "disconnect",
        }
    }

    /// The least role that may ask for it.
    pub const fn role(&self) -> Role {
        match self {
            Self::Snapshot(_) | Self::Stats(_) => Role::Viewer,
            Self::Notify(_) | Self::Disconnect(_) => Role::Operator,
        }
    }

    /// Whether it changes something, and so has an audit entry and a dry run.
    pub const fn acts(&self) -> bool {
        match self {
            Self::Snapshot(_) | Self::Stats(_) => false,
            Self::Notify(_) | Self::Disconnect(_) => true,
        }
    }
}

/// Arguments of [`Command::Snapshot`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnapshotArgs {
    /// Where the page before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most so many connections; 100 by default, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Answer to [`Command::Snapshot`]: a keyset page of connections, ordered by id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotPage {
    /// The feed's run.
    pub epoch: Epoch,
    /// The feed's last entry that the page contains.
    pub seq: Seq,
    /// The page.
    pub connections: Vec<Connection>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// Arguments of [`Command::Stats`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatsArgs {
    /// Include the last hour by minute.
    #[serde(default)]
    pub history: bool,
}

/// Answer to [`Command::Stats`]: gauges as of `at`, counters since the node started.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// When they were read.
    pub at: Option<Timestamp>,
    /// Users of `/admin` and `/web` that are online, operators left out.
    pub online_users: u32,
    /// Engine.IO sessions open.
    pub connections: u32,
    /// Rooms with somebody in them.
    pub rooms: u32,
    /// Events received.
    pub messages_in: u64,
    /// Events handed to sockets: one for each recipient.
    pub messages_out: u64,
    /// Events that were lost to a recipient who did not read fast enough.
    #[serde(default)]
    pub undelivered: u64,
    /// Events dropped over a limit.
    pub limit_hits: u64,
    /// Events that failed through a fault of the gateway.
    pub errors: u64,
    /// Handling time of the last events, 99th percentile, in microseconds; absent before the first event.
    pub handling_p99_us: Option<u32>,
    /// The last 60 whole minutes, oldest first, if asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Minute>,
}

/// One minute of the last hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Minute {
    /// The minute's beginning, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub start: i64,
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
    #[ts(type = "number")]
    pub messages_in: u64,
    /// Events handed to sockets in it.
    #[ts(type = "number")]
    pub messages_out: u64,
    /// Events dropped over a limit in it.
    #[ts(type = "number")]
    pub limit_hits: u64,
    /// Events that failed in it.
    #[ts(type = "number")]
    pub errors: u64,
}

/// Whom a notification is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum NotificationTarget {
    /// Every socket of every namespace: `"all"`.
    All,
    /// Every socket of the users: `{"users": [7]}`.
    Users(Vec<UserId>),
    /// A room of one namespace: `{"room": {"namespace": "/web", "room": "lobby"}}`.
    Room {
        /// Where the room is.
        namespace: Namespace,
        /// Its name.
        room: RoomName,
    },
    /// Every socket of one namespace: `{"namespace": "/web"}`.
    Namespace(Namespace),
}

/// Arguments of [`Command::Notify`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotifyArgs {
    /// To whom.
    pub target: NotificationTarget,
    /// Its kind.
    #[serde(rename = "type")]
    pub tone: Tone,
    /// The first line, 1 to 200 UTF-16 units.
    pub title: String,
    /// The text, at most 1000 UTF-16 units.
    pub message: String,
    /// Anything the recipients' program understands, at most 16 KiB of JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "unknown")]
    pub data: Option<serde_json::Value>,
    /// The preview's, to act only on what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fingerprint: Option<String>,
}

/// Answer to [`Command::Notify`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notified {
    /// Its id in the history.
    #[ts(type = "number")]
    pub id: i64,
    /// Sockets that it was meant for.
    pub targets: u32,
    /// Sockets that it was handed to.
    pub delivered: u32,
    /// Users for whom it is kept until they connect.
    pub queued: u32,
}

/// Whom to disconnect. Operators' own connections are only touched where they are named by connection or socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DisconnectTarget {
    /// Every connection of the users: `{"users": [7]}`.
    Users(Vec<UserId>),
    /// Single connections: `{"connections": ["…"]}`.
    Connections(Vec<ConnectionId>),
    /// The connection of one socket: `{"socket": "…"}`.
    Socket(SocketId),
    /// Every connection with a socket in the room.
    Room {
        /// Where the room is.
        namespace: Namespace,
        /// Its name.
        room: RoomName,
    },
}

/// Arguments of [`Command::Disconnect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisconnectArgs {
    /// Whom.
    pub target: DisconnectTarget,
    /// Shown to them and kept in the audit, 1 to 200 UTF-16 units.
    pub reason: String,
    /// The preview's, to act only on what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fingerprint: Option<String>,
}

/// Answer to [`Command::Disconnect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Disconnected {
    /// What happened on each node.
    pub nodes: Vec<NodeResult>,
}

/// What a command did on one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NodeResult {
    /// Which node.
    pub node: NodeId,
    /// Users touched there.
    pub users: u32,
    /// Connections touched there.
    pub connections: u32,
    /// Why it failed there, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Answer to a dry run: whom the command would touch at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Preview {
    /// How many users.
    pub users: u32,
    /// How many sockets.
    pub sockets: u32,
    /// On how many nodes.
    pub nodes: u32,
    /// At most 20 of the users.
    pub sample: Vec<User>,
    /// Stands for exactly these targets: a command that carries it is `conflict` once they have changed.
    pub fingerprint: String,
}
