//! Traces: single events of clients, for whoever looks at them.

use serde::{Deserialize, Serialize};

use super::User;
use crate::error::ErrorCode;
use crate::ids::{Namespace, RoomName, SocketId};

/// An event that was handled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// Who sent it.
    pub user: User,
    /// From which socket.
    pub socket: SocketId,
    /// Where.
    pub namespace: Namespace,
    /// Its name, cut at 128 bytes.
    pub event: String,
    /// The room that it named, where it was read that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// Its payload, tokens taken out: as it is, or the beginning of its text where it is longer than 1 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<serde_json::Value>,
    /// How long it took, from its turn to its answer, in microseconds.
    pub duration_us: u64,
    /// Why it was not carried out; absent where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
}
