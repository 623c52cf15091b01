//! What the tails have in common: which rows, whether they move, and where some are missing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{Namespace, RoomName, UserId};

/// Which rows of a tail are wanted: those of all that is named here, in which every word occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Only this user's.
    pub user: Option<UserId>,
    /// Only of events of this name.
    pub event: Option<String>,
    /// Only in this namespace.
    pub namespace: Option<Namespace>,
    /// Only about this room.
    pub room: Option<RoomName>,
    /// Words that must all occur in what is shown of a row; any case.
    pub words: String,
}

/// Whether a tail moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Flow {
    /// New rows are sent as they come.
    Following,
    /// The rows stay; new ones are kept, up to the bound, and counted in `waiting`.
    Paused,
}

/// Where in a tail something is missing that did not reach the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TailGap {
    /// The key of the row that comes after it, whether that is shown or not.
    #[ts(type = "number")]
    pub before: u64,
    /// How much; `null` where nobody knows.
    #[ts(type = "number | null")]
    pub missing: Option<u64>,
}
