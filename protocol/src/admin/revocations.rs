//! `revoke-tokens`: which tokens are good no more, although they have not expired.

use serde::{Deserialize, Serialize};

use super::NodeResult;
use crate::ids::{Timestamp, UserId};

/// Whose tokens, or which one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RevocationTarget {
    /// A user's: `{"user": 7}`. An operator's account (`op:ann`) is signed out too.
    User(UserId),
    /// One, by its claim `jti`: `{"jti": "…"}`.
    Jti(String),
    /// Everybody's, the operators' included: `"everybody"`.
    Everybody,
}

/// Arguments of [`super::Command::RevokeTokens`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevokeTokensArgs {
    /// Which.
    pub target: RevocationTarget,
    /// Those that were issued before; everything issued until now, where nothing is said. A token without `iat` counts as
    /// issued before everything. Means nothing for a `jti`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_before: Option<Timestamp>,
    /// By when these tokens have expired anyway, and the revocation can be forgotten; in ten years, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Shown to those whose connections end and kept in the audit, at most 200 UTF-16 units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Answer to [`super::Command::RevokeTokens`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensRevoked {
    /// What happened to open connections on each node.
    pub nodes: Vec<NodeResult>,
}
