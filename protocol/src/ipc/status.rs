//! The frame of the window: the gateways, their links, the local one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Preferences, ProfileId, Reason};
use crate::admin::Role;
use crate::ids::Timestamp;

/// The frame's state: at most 4 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Every saved gateway, in the order in which they were added.
    pub gateways: Vec<Gateway>,
    /// The gateway that this machine runs.
    pub local: LocalGateway,
    /// How the console looks and behaves.
    pub preferences: Preferences,
    /// Where the local gateway's data is where the preferences name no other folder.
    pub local_folder: String,
    /// Where secrets are kept, or why they cannot be.
    pub keychain: Keychain,
}

/// A saved gateway and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Gateway {
    /// Its profile's id.
    pub profile: ProfileId,
    /// What it is called; empty where it is the one that this machine runs and nobody has named it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// `#rrggbb`, shown on top of the rail.
    pub colour: String,
    /// Actions must be confirmed by typing.
    pub production: bool,
    /// Nothing can be changed there: the console refuses to ask for it, whatever the operator's role is.
    pub safe: bool,
    /// The file with the certificates of its private authority, where it has one.
    pub authority: Option<String>,
    /// It is the one that this machine runs.
    pub local: bool,
    /// How the link is.
    pub link: LinkState,
    /// Who is signed in; absent while nobody is.
    pub operator: Option<Operator>,
    /// What the rail and the status bar show of it; absent before the first data.
    pub figures: Option<Figures>,
    /// How far its clock is ahead of this machine's, in milliseconds: whatever it says of moments is by its clock.
    #[ts(type = "number")]
    pub clock_ahead_ms: i64,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Operator {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// How a link is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LinkState {
    /// Not wanted.
    Closed,
    /// Wanted, and nobody is signed in, or the sign-in was refused: the reason says which. It does not retry.
    SignedOut {
        /// What the gateway said, where it said something.
        reason: Option<Reason>,
        /// As of when the data on the screen is, where the session ended under it; `null` where there is none.
        since: Option<Timestamp>,
    },
    /// An attempt is under way.
    Connecting,
    /// Connected; the data is on its way.
    Loading {
        /// Connections received so far.
        received: u32,
        /// As of when the data on the screen is until then; `null` where there is none from before.
        since: Option<Timestamp>,
    },
    /// Data is live.
    Live {
        /// Round-trip time of the last heartbeat, in milliseconds; absent before the first.
        rtt_ms: Option<u32>,
    },
    /// Lost; the data on the screen is as of `since`.
    Waiting {
        /// When the link was lost, or first could not be made.
        since: Timestamp,
        /// When the next attempt begins.
        retry_at: Timestamp,
        /// How many attempts have failed.
        attempt: u32,
        /// Why the last one failed.
        reason: Reason,
    },
}

/// What the rail and the status bar show of a gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Users online.
    pub online_users: u32,
    /// Connections open.
    pub connections: u32,
    /// Rooms with somebody in them.
    pub rooms: u32,
    /// Events dropped over a limit in the last minute; `null` where none was seen and not a whole minute was watched.
    #[ts(type = "number | null")]
    pub limit_hits: Option<u64>,
    /// Alerts that want somebody: open, taken on by nobody, and not silenced.
    pub alerts: u32,
    /// Nodes.
    pub nodes: u32,
    /// The feed's position.
    #[ts(type = "number")]
    pub seq: u64,
    /// Entries that did not reach the console since the link was opened.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Connections that are open and not shown: more than the console keeps.
    #[ts(type = "number")]
    pub beyond: u64,
}

/// The gateway that this machine runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LocalGateway {
    /// The program is not beside the console: why.
    Missing {
        /// Where it was looked for.
        reason: Reason,
    },
    /// Not running.
    Stopped {
        /// How the last run ended, where it did not end on request.
        reason: Option<Reason>,
    },
    /// Started; not ready yet.
    Starting,
    /// Accepting connections.
    Running {
        /// Its address, `127.0.0.1:3000`.
        address: String,
        /// Its process id.
        pid: u32,
        /// It was running already when the console came, and was found to be this console's own.
        adopted: bool,
    },
    /// Crashed; it will be started again.
    Restarting {
        /// How it ended.
        reason: Reason,
        /// When it is started again.
        at: Timestamp,
    },
}

/// Where secrets are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Keychain {
    /// In the system's keychain.
    Ready,
    /// Nowhere but in memory, until the console ends.
    Missing {
        /// Why.
        reason: Reason,
    },
}
