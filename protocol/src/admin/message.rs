//! `message`: an operator writes to a user.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{Namespace, UserId};

/// Arguments of [`super::Command::Message`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageArgs {
    /// To whom.
    pub user: UserId,
    /// Where the user reads it: `/admin`, `/web` or `/`, which have private messages.
    pub namespace: Namespace,
    /// What, 1 to 1000 UTF-16 units.
    pub message: String,
}

/// Answer to [`super::Command::Message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Messaged {
    /// Its number in the history.
    #[ts(type = "number")]
    pub id: u64,
    /// Sockets that it was meant for.
    pub targets: u32,
    /// Sockets that it was handed to.
    pub delivered: u32,
    /// It is kept until the user connects: 1, or 0.
    pub queued: u32,
}
