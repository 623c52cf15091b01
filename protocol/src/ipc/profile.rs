//! Changing saved gateways, and taking them to another machine. Secrets never go with them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ProfileId;

/// Arguments of `editProfile`: all that a person can change of a saved gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EditProfile {
    /// Which.
    pub profile: ProfileId,
    /// What it is called.
    pub name: String,
    /// Where it is. Another address ends the link and the sign-in. The local gateway keeps its own.
    pub url: String,
    /// `#rrggbb`.
    pub colour: String,
    /// Actions must be confirmed by typing.
    pub production: bool,
    /// Nothing can be changed there.
    pub safe: bool,
    /// The file with the certificates of a private authority, in PEM; a whole path, or nothing.
    #[serde(default)]
    pub authority: Option<String>,
}

/// Arguments of `importProfiles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportProfiles {
    /// What an export wrote, byte for byte: who reads it says where it is no text.
    pub file: Vec<u8>,
}

/// Answer to `importProfiles`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Imported {
    /// Gateways that were not known before.
    pub added: u32,
    /// Gateways at an address that was known; their name, colour and marks are now those of the file.
    pub changed: u32,
}
