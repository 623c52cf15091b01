//! What commands on many users have in common: how many they take, and with whom they failed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::ErrorCode;
use crate::ids::UserId;

/// Users that one command names at most. A longer list is `too_long`, an empty one `invalid_payload`; whoever is named
/// twice is meant once.
pub const MOST_USERS: usize = 10_000;

/// Users with whom a command on many has failed for one reason, while it was carried out for the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Refused {
    /// Why, for programs.
    pub code: ErrorCode,
    /// Why, for people.
    pub message: String,
    /// Who they are.
    pub users: Vec<UserId>,
}
