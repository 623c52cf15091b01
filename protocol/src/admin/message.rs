//! `message`: an operator writes to a user, or to each of several.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Refused;
use crate::ids::{Namespace, UserId};

/// Who is written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MessageTarget {
    /// A user: `"user": 7`.
    User(UserId),
    /// At most [`super::MOST_USERS`] users, each in private: `"users": [7, 8]`.
    Users(Vec<UserId>),
}

/// Arguments of [`super::Command::Message`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageArgs {
    /// To whom; among the other arguments on the wire.
    #[serde(flatten)]
    pub to: MessageTarget,
    /// Where the user reads it: `/admin`, `/web` or `/`, which have private messages.
    pub namespace: Namespace,
    /// What, 1 to 1000 UTF-16 units.
    pub message: String,
}

/// Answer to [`super::Command::Message`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Messaged {
    /// Its number in the history; absent where a list was named: then each user's has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub id: Option<u64>,
    /// Sockets that it was meant for.
    pub targets: u32,
    /// Sockets that it was handed to.
    pub delivered: u32,
    /// Users for whom it is kept until they connect.
    pub queued: u32,
    /// Who of a list will never read it, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Refused>>", optional)]
    pub refused: Vec<Refused>,
}
