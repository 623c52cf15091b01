//! Why a call failed, in a form that a page can act on and a person can read.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reason;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Failure {
    /// What can be done about it.
    pub code: FailureCode,
    /// What happened.
    pub reason: Reason,
}

/// The kinds of failures that a person can do different things about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FailureCode {
    /// The URL cannot be one of a gateway.
    InvalidUrl,
    /// Nothing answers there: refused, unknown host, time-out.
    Unreachable,
    /// Something answers that is no gateway.
    NotAGateway,
    /// The certificate cannot be trusted.
    Certificate,
    /// The name, password or token was refused.
    Refused,
    /// Too many attempts.
    Throttled,
    /// The operator's role does not allow it.
    Forbidden,
    /// The state has changed since the preview.
    Conflict,
    /// The link is not up, so nothing can be asked.
    NotConnected,
    /// The gateway did not answer in time; it may have acted or not.
    NoAnswer,
    /// An argument is wrong.
    InvalidArgument,
    /// The port that the local gateway should listen on is taken.
    PortInUse,
    /// The local gateway's store is damaged.
    StoreDamaged,
    /// The local gateway could not be started.
    LocalGateway,
    /// The keychain is missing or locked.
    Keychain,
    /// A file cannot be written where it was asked for.
    NotWritable,
    /// There is no room for a file on its disk.
    DiskFull,
    /// Anything else; the reason says what.
    Internal,
}
