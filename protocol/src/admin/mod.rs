//! Commands of `/admin` and their answers (section 6 of the contract): `admin:request` and `admin:response`.
//!
//! A command names its arguments once, here. Which role it needs is part of the word ([`Command::role`]), so that no
//! gateway can forget to ask.

mod accounts;
mod acting;
mod alerts;
mod api_keys;
mod bans;
mod confidential;
mod disconnect;
mod look;
mod many;
mod message;
mod node;
mod notify;
mod page;
mod past;
mod people;
mod policy;
mod revocations;
mod rooms;
mod trace;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::error::ErrorCode;
use crate::feed::User;
use crate::ids::NodeId;

pub use accounts::{AccountList, AccountRow, AccountsArgs};
pub use acting::Acting;
pub use alerts::{AcknowledgeArgs, AlertsArgs, SilenceArgs};
pub use api_keys::{ApiKey, ApiKeyList, ApiKeysArgs, NewApiKey, Scope, UnknownScope};
pub use bans::{Ban, BanArgs, BanChange, BanSubject, BanTarget, BanUndone, Banned, BansArgs, UnbanArgs, UndoBanArgs};
pub use confidential::Confidential;
pub use disconnect::{ConnectionFilter, DisconnectArgs, DisconnectTarget, Disconnected};
pub use look::{EventMinutes, LoadMinute, Minute, NodeLoad, SnapshotArgs, SnapshotPage, Stats, StatsArgs};
pub use many::{MOST_USERS, Refused};
pub use message::{MessageArgs, MessageTarget, Messaged};
pub use node::{Configuration, DrainArgs, Draining, NoArgs, Nodes, Resumed, Setting, SettingOrigin};
pub use notify::{NotificationTarget, Notified, NotifyArgs};
pub use page::Page;
pub use past::{
    AuditArgs, AuditRow, HistoryArgs, HistoryOf, MessageRow, NotificationArgs, NotificationReport, Touched,
};
pub use people::{ConnectionArgs, ConnectionReport, UserArgs, UserMinute, UserReport};
pub use policy::{PolicyEntry, PolicySource, PolicyTable, SetPolicyArgs};
pub use revocations::{RevocationTarget, RevokeTokensArgs, TokensRevoked};
pub use rooms::{CloseRoomArgs, MoveArgs, Moved, RoomArgs, RoomMember, RoomRow, RoomSubject, RoomsArgs};
pub use trace::{TraceArgs, TraceStopped, Tracing};

/// What an operator may do; each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, ToSchema)]
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

macro_rules! arguments {
    (Looks $args:ty) => { $args };
    (Acts $args:ty) => { Acting<$args> };
}

macro_rules! fingerprint {
    (Looks $args:ident) => {
        None
    };
    (Acts $args:ident) => {
        $args.fingerprint.as_deref()
    };
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($args:ty) = $tag:literal, $role:ident $manner:ident;)*) => {
        /// What can be asked. On the wire `{"command": "disconnect", "args": {…}}`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "command", content = "args")]
        pub enum Command {
            $($(#[$doc])* #[serde(rename = $tag)] $name(arguments!($manner $args)),)*
        }

        impl Command {
            /// The names of all commands.
            pub const NAMES: &[&str] = &[$($tag),*];

            /// The command's name on the wire.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $tag,)* }
            }

            /// The least role that may ask for it.
            pub const fn role(&self) -> Role {
                match self { $(Self::$name(_) => Role::$role,)* }
            }

            /// That of the preview that was shown, where it acts and carries one.
            pub fn fingerprint(&self) -> Option<&str> {
                match self { $(Self::$name(_args) => fingerprint!($manner _args),)* }
            }

            /// What it does to the gateway.
            pub const fn manner(&self) -> Manner {
                match self { $(Self::$name(_) => Manner::$manner,)* }
            }
        }
    };
}

// Name, arguments, the name on the wire, who may ask for it, and whether it acts.
commands! {
    /// A page of the open connections → [`SnapshotPage`].
    Snapshot(SnapshotArgs) = "snapshot", Viewer Looks;
    /// Counters and, if asked for, the last hour by minute → [`Stats`].
    Stats(StatsArgs) = "stats", Viewer Looks;
    /// One user → [`UserReport`].
    User(UserArgs) = "user", Viewer Looks;
    /// One connection → [`ConnectionReport`].
    Connection(ConnectionArgs) = "connection", Viewer Looks;
    /// The rooms with somebody in them → a [`Page`] of [`RoomRow`].
    Rooms(RoomsArgs) = "rooms", Viewer Looks;
    /// Who is in a room → a [`Page`] of [`RoomMember`].
    Room(RoomArgs) = "room", Viewer Looks;
    /// What was sent → a [`Page`], latest first, of what [`HistoryOf`] says.
    History(HistoryArgs) = "history", Viewer Looks;
    /// One notification that was sent, with what it carried → [`NotificationReport`].
    Notification(NotificationArgs) = "notification", Viewer Looks;
    /// What operators did → a [`Page`] of [`AuditRow`], latest first.
    Audit(AuditArgs) = "audit", Viewer Looks;
    /// What is or was wrong → a [`Page`] of [`crate::feed::Alert`], latest first.
    Alerts(AlertsArgs) = "alerts", Viewer Looks;
    /// The configuration in force, without its secrets → [`Configuration`].
    Configuration(NoArgs) = "configuration", Viewer Looks;
    /// The gateway's processes → [`Nodes`].
    Nodes(NoArgs) = "nodes", Viewer Looks;
    /// Send a notification → [`Notified`].
    Notify(NotifyArgs) = "notify", Operator Acts;
    /// Write to users → [`Messaged`].
    Message(MessageArgs) = "message", Operator Acts;
    /// Put sockets into a room, whatever their token says → [`Moved`].
    JoinRoom(MoveArgs) = "join-room", Operator Acts;
    /// Take sockets out of a room → [`Moved`].
    LeaveRoom(MoveArgs) = "leave-room", Operator Acts;
    /// Take everybody out of a room → [`Moved`].
    CloseRoom(CloseRoomArgs) = "close-room", Operator Acts;
    /// Disconnect users or connections → [`Disconnected`].
    Disconnect(DisconnectArgs) = "disconnect", Operator Acts;
    /// The bans that hold → [`Page`] of [`Ban`]s.
    Bans(BansArgs) = "bans", Viewer Looks;
    /// Keep users or a network out, and close their connections → [`Banned`].
    Ban(BanArgs) = "ban", Operator Acts;
    /// Take back what one ban has set, and nothing else → [`BanUndone`].
    UndoBan(UndoBanArgs) = "undo-ban", Operator Acts;
    /// Lift a ban → the [`Ban`].
    Unban(UnbanArgs) = "unban", Operator Acts;
    /// The rate-limit policy as it works → [`PolicyTable`].
    Policy(NoArgs) = "policy", Viewer Looks;
    /// Change an entry of it → the [`PolicyEntry`] as it works then.
    SetPolicy(SetPolicyArgs) = "set-policy", Admin Acts;
    /// Make tokens good no more, and close what stands on them → [`TokensRevoked`].
    RevokeTokens(RevokeTokensArgs) = "revoke-tokens", Admin Acts;
    /// List, add or change operators' accounts → see [`AccountsArgs`].
    Accounts(AccountsArgs) = "accounts", Admin Acts;
    /// List, create or revoke backends' keys → see [`ApiKeysArgs`].
    ApiKeys(ApiKeysArgs) = "api-keys", Admin Acts;
    /// Take an alert on → [`crate::feed::Alert`].
    AcknowledgeAlert(AcknowledgeArgs) = "acknowledge-alert", Operator Acts;
    /// Keep an alert quiet for a while → [`crate::feed::Alert`].
    SilenceAlert(SilenceArgs) = "silence-alert", Operator Acts;
    /// Send this subscription the events that fit, in place of those it traced before → [`Tracing`].
    Trace(TraceArgs) = "trace", Operator Acts;
    /// Send this subscription no more traces → [`TraceStopped`].
    TraceStop(NoArgs) = "trace-stop", Operator Acts;
    /// Let nobody new in, and send everybody but operators away → [`Draining`].
    Drain(DrainArgs) = "drain", Admin Acts;
    /// Let everybody in again → [`Resumed`].
    Resume(NoArgs) = "resume", Admin Acts;
}

/// What a command does to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It only reads.
    Looks,
    /// It changes something, and so has an audit entry, a dry run, and arguments that may carry its fingerprint.
    Acts,
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
    /// Stands for exactly these targets: a command that carries it in its arguments is `conflict` once they have changed.
    pub fingerprint: String,
}
