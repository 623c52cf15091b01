//! The codes of section 3 of the contract: the only thing about a failure that a program may depend on.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why an event or a command was not carried out. On the wire in snake case (`"rate_limited"`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The payload has the wrong shape, type or range.
    InvalidPayload,
    /// No such event in this namespace, or no such command.
    UnknownEvent,
    /// A text is longer than 1000 UTF-16 units.
    TooLong,
    /// A text holds a word of `content.words`.
    ContentRejected,
    /// Over the limit of the policy table.
    RateLimited,
    /// The role or the rooms of the token do not allow it.
    Forbidden,
    /// The sender is not in the room.
    NotMember,
    /// The user, socket, room or record does not exist.
    NotFound,
    /// The state has changed since it was looked at, or a name is taken.
    Conflict,
    /// A fault of the gateway. The cause is in its log under the correlation id, never in the answer.
    Internal,
}

impl ErrorCode {
    /// The code as it is written on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidPayload => "invalid_payload",
            Self::UnknownEvent => "unknown_event",
            Self::TooLong => "too_long",
            Self::ContentRejected => "content_rejected",
            Self::RateLimited => "rate_limited",
            Self::Forbidden => "forbidden",
            Self::NotMember => "not_member",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Internal => "internal",
        }
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
