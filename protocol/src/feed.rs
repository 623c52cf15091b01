//! The feed: the ordered log that is the one source of what an administrator sees (section 6 of the contract).
//!
//! Positions are `(epoch, seq)`. A snapshot is the state *at* a position; the entries after it, applied in order, keep
//! it true. What did not fit is counted by kind in a batch, so that a gap is never silent.

mod alert;
mod trace;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::admin::{Ban, BanChange, NotificationTarget, PolicyEntry};
use crate::ids::{ConnectionId, Epoch, Namespace, NodeId, RoomName, Seq, SocketId, Timestamp, UserId};

pub use alert::{Acknowledgement, Alert, AlertKind, Anomaly, Cause, Level};
pub use trace::Trace;

/// `feed:subscribe`: what to send, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subscribe {
    /// The kinds wanted; an empty list means all of them but traces, which the command `trace` starts.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// The last entry that the subscriber has. Where the ring still holds all that came after it, there is no snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Position>,
}

/// A place in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Position {
    /// The run of the gateway.
    pub epoch: Epoch,
    /// The entry's number in it.
    #[ts(type = "number")]
    pub seq: Seq,
}

/// `feed:snapshot`: one page, at most 256 KiB of JSON, of the state at `(epoch, seq)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The run of the gateway.
    pub epoch: Epoch,
    /// The last entry that the state contains.
    pub seq: Seq,
    /// True: `after` could be served, the missed entries follow as batches, and this page holds no state.
    pub recovered: bool,
    /// This page's number, from 0.
    pub page: u32,
    /// No page follows this one.
    pub last: bool,
    /// The nodes of the cluster; on the first page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Node>,
    /// Limit episodes that are open, spread over the pages like all that follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub episodes: Vec<LimitEpisode>,
    /// Alerts that are open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<Alert>,
    /// Events dropped over a limit in the last hour, by user; users that are online only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<Hits>,
    /// The open connections.
    #[serde(default)]
    pub connections: Vec<Connection>,
}

/// `feed:batch`: entries in order, at most 20 batches a second and 256 KiB each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The run of the gateway.
    pub epoch: Epoch,
    /// Entries, `seq` growing.
    pub entries: Vec<Entry>,
    /// How many entries of each kind were left out before or between these.
    #[serde(default)]
    pub dropped: BTreeMap<Kind, u64>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The run of the gateway.
    pub epoch: Epoch,
    /// The entry's number in it, from 1.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// On which node.
    pub node: NodeId,
    /// What, with `kind` and the keys of that kind beside the ones above.
    #[serde(flatten)]
    pub what: Happening,
}

macro_rules! happenings {
    ($($(#[$doc:meta])* $kind:ident = $tag:literal { $($(#[$field_doc:meta])* $field:ident : $type:ty),* $(,)? })*) => {
        /// The kinds of entries, by the name that stands in an entry's `kind`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $tag)] $kind,)*
            /// A kind of a newer gateway.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Kind {
            /// Every kind that this version knows.
            pub const ALL: &[Kind] = &[$(Kind::$kind),*];

            /// The kind as it is written on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Kind::$kind => $tag,)* Kind::Unknown => "unknown" }
            }
        }

        /// What an entry tells. The tag is the key `kind`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all_fields = "camelCase")]
        pub enum Happening {
            $($(#[$doc])* #[serde(rename = $tag)] $kind { $($(#[$field_doc])* $field: $type),* },)*
            /// A kind of a newer gateway: counted, not shown.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Happening {
            /// The kind of this entry.
            pub const fn kind(&self) -> Kind {
                match self { $(Happening::$kind { .. } => Kind::$kind,)* Happening::Unknown => Kind::Unknown }
            }
        }
    };
}

happenings! {
    /// A user's first socket on `/admin` or `/web` (operators are not users).
    UserOnline = "user.online" {
        /// Who.
        user: User,
    }
    /// A user's last socket there has ended.
    UserOffline = "user.offline" {
        /// Who.
        user: User,
    }
    /// A connection has joined its first namespace.
    ConnectionOpened = "connection.opened" {
        /// All that is known of it, its first namespace included.
        connection: Connection,
    }
    /// An open connection has joined one more namespace.
    NamespaceJoined = "namespace.joined" {
        /// Which connection.
        connection: ConnectionId,
        /// Its new membership.
        membership: Membership,
    }
    /// A connection has left a namespace and goes on in another.
    NamespaceLeft = "namespace.left" {
        /// Which connection.
        connection: ConnectionId,
        /// Which namespace.
        namespace: Namespace,
    }
    /// A connection has ended.
    ConnectionClosed = "connection.closed" {
        /// Which connection.
        connection: ConnectionId,
        /// Whose it was.
        user: User,
        /// Why, in words fit for a person: `client left`, `ping timeout`, `kicked`, `slow consumer` ….
        reason: String,
        /// Bytes received from the client, on the wire.
        bytes_in: u64,
        /// Bytes sent to the client, on the wire.
        bytes_out: u64,
    }
    /// A connection has sent nothing for 60 s.
    ConnectionIdle = "connection.idle" {
        /// Which connection.
        connection: ConnectionId,
        /// When it last sent an event.
        last_activity: Timestamp,
    }
    /// A connection that was idle has sent an event.
    ConnectionActive = "connection.active" {
        /// Which connection.
        connection: ConnectionId,
    }
    /// A socket has entered a room.
    RoomJoined = "room.joined" {
        /// Which connection.
        connection: ConnectionId,
        /// Whose it is.
        user: User,
        /// In which namespace.
        namespace: Namespace,
        /// Which room.
        room: RoomName,
    }
    /// A socket has left a room, or was removed from it, and goes on. The end of a connection ends its rooms without these.
    RoomLeft = "room.left" {
        /// Which connection.
        connection: ConnectionId,
        /// Whose it is.
        user: User,
        /// In which namespace.
        namespace: Namespace,
        /// Which room.
        room: RoomName,
    }
    /// A limit was hit: the first drop opens an episode, updates of it follow at most once a second, the last one ends it.
    LimitEpisode = "limit.episode" {
        /// The episode as it stands now.
        episode: LimitEpisode,
    }
    /// A notification went out.
    NotificationSent = "notification.sent" {
        /// What, to whom, and what became of it.
        notification: Notification,
    }
    /// A backend reported a warning.
    Warning = "warning" {
        /// The alert that it opened.
        alert: Alert,
    }
    /// A backend reported an error.
    Error = "error" {
        /// The alert that it opened.
        alert: Alert,
    }
    /// A threshold of the gateway's own was passed. Once, however long it lasts: what follows is `alert.changed`.
    Anomaly = "anomaly" {
        /// The alert that it opened.
        alert: Alert,
    }
    /// An alert was acknowledged or silenced, its figure has moved, or it is over.
    AlertChanged = "alert.changed" {
        /// The alert as it stands now.
        alert: Alert,
    }
    /// An event of a client was handled while somebody looked at it. Only they are sent it.
    Trace = "trace" {
        /// What came, and what became of it.
        trace: Trace,
    }
    /// Users or sockets were disconnected on purpose.
    Kick = "kick" {
        /// `kicked`, `banned`, `token_expired`, `slow_consumer` …: the code that the clients were told.
        code: String,
        /// What they were told.
        reason: String,
        /// Who was disconnected; at most 20 of them.
        sample: Vec<User>,
        /// How many users.
        users: u32,
        /// How many connections.
        connections: u32,
        /// The operator's name; absent where the gateway acted by itself.
        by: Option<String>,
    }
    /// An operator asked for something that acts, and it was audited.
    OperatorAction = "operator.action" {
        /// The operator's name.
        by: String,
        /// The command's name.
        command: String,
        /// What it was about, in words.
        subject: String,
        /// How it ended.
        outcome: Outcome,
    }
    /// Somebody may not come in, or may again.
    Ban = "ban" {
        /// What became of it.
        change: BanChange,
        /// The ban.
        ban: Ban,
    }
    /// An operator has changed the rate-limit policy.
    PolicyChanged = "policy.changed" {
        /// The entry as it works now.
        entry: PolicyEntry,
        /// The operator's name.
        by: String,
    }
    /// A node's measurements; every 5 s while somebody looks.
    NodeStatus = "node.status" {
        /// The node, measured.
        status: Node,
    }
}

/// How an operator's command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Carried out.
    Done,
    /// Refused or failed.
    Failed,
}

/// A user as a client is shown one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct User {
    /// The canonical id.
    pub id: UserId,
    /// The name in the token, else the id.
    pub username: std::sync::Arc<str>,
}

/// How a connection carries its packets at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// One WebSocket.
    Websocket,
    /// HTTP requests.
    Polling,
}

/// One Engine.IO session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Whose it is.
    pub user: User,
    /// True for an operator's connection on `/admin`, which does not make its user online.
    pub operator: bool,
    /// Where it ends.
    pub node: NodeId,
    /// How it is carried.
    pub transport: Transport,
    /// The client's address: the peer's, or what a trusted proxy says.
    pub address: String,
    /// The `User-Agent` header, cut at 256 bytes; empty where there is none.
    #[ts(type = "string")]
    pub user_agent: std::sync::Arc<str>,
    /// The namespaces it has joined, with its rooms there.
    pub namespaces: Vec<Membership>,
    /// When it joined its first namespace.
    pub online_at: Timestamp,
    /// When it last sent an event.
    pub last_activity: Timestamp,
    /// It has sent nothing for 60 s.
    pub idle: bool,
}

/// A connection's place in one namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Membership {
    /// Which namespace.
    pub namespace: Namespace,
    /// The socket's id there.
    pub socket: SocketId,
    /// The rooms that the client has joined.
    pub rooms: Vec<RoomName>,
}

/// A run of drops of one user's event over its limit. Ends after 60 s without a drop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitEpisode {
    /// Unique within an epoch.
    #[ts(type = "number")]
    pub id: u64,
    /// Whose events were dropped.
    pub user: User,
    /// Where.
    pub namespace: Namespace,
    /// Which event.
    pub event: String,
    /// The room that the last dropped event named, where it named one.
    pub room: Option<RoomName>,
    /// The address of the socket that sent the last dropped event.
    pub address: String,
    /// How many events the window admits.
    pub limit: u32,
    /// The window, in seconds.
    pub window: u32,
    /// Events dropped so far.
    #[ts(type = "number")]
    pub dropped: u64,
    /// The first drop.
    pub since: Timestamp,
    /// The last drop.
    pub last: Timestamp,
    /// True in the episode's last entry.
    pub ended: bool,
}

/// Events of a user that were dropped over a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hits {
    /// Whose.
    pub user: UserId,
    /// How many.
    #[ts(type = "number")]
    pub hits: u64,
}

/// The kind of a notification, which decides its colour and icon at the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Worth knowing.
    Info,
    /// Something went well.
    Success,
    /// Something may go wrong.
    Warning,
    /// Something went wrong.
    Error,
}

/// A notification as the history and the feed know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Its id in the history.
    #[ts(type = "number")]
    pub id: i64,
    /// When it was sent.
    pub at: Timestamp,
    /// To whom.
    pub target: NotificationTarget,
    /// Its kind.
    #[serde(rename = "type")]
    pub tone: Tone,
    /// The first line.
    pub title: String,
    /// The text.
    pub message: String,
    /// Who sent it: an operator's name, or the backend's event.
    pub by: String,
    /// Sockets that it was meant for.
    pub targets: u32,
    /// Sockets that it was handed to.
    pub delivered: u32,
    /// Users for whom it is kept until they connect.
    pub queued: u32,
}

/// A gateway process, measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Its version.
    pub version: String,
    /// When it started.
    pub started_at: Timestamp,
    /// The host's processor time in use, 0–100 over all cores.
    pub cpu: f32,
    /// The host's memory in use, 0–100.
    pub memory: f32,
    /// The process's resident memory, in bytes.
    #[ts(type = "number")]
    pub rss: u64,
    /// Connections open on it.
    pub connections: u32,
    /// An administrator has drained it: it lets nobody new in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub drained_since: Option<Timestamp>,
}
