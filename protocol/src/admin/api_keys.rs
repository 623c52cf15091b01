//! `api-keys`: what backends bear instead of a token, and what each of them opens.

use serde::{Deserialize, Serialize};

use super::Confidential;
use crate::ids::Timestamp;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $tag:literal;)*) => {
        /// What an API key opens. A route names the one that it needs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Scope {
            $($(#[$doc])* #[serde(rename = $tag)] $name,)*
        }

        impl Scope {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The scope as it is written on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $tag,)* }
            }
        }
    };
}

scopes! {
    /// Sends messages.
    Publish = "publish";
    /// Reports business events.
    EventsWrite = "events:write";
    /// Sees who is online, and from where.
    UsersRead = "users:read";
    /// Sees rooms, their members and their history.
    RoomsRead = "rooms:read";
    /// Sees the figures.
    StatsRead = "stats:read";
    /// Disconnects.
    ConnectionsWrite = "connections:write";
    /// Sees who is banned.
    BansRead = "bans:read";
    /// Bans, and lifts bans.
    BansWrite = "bans:write";
    /// Says who follows whom.
    FollowersWrite = "followers:write";
}

impl std::str::FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

/// A text that names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such scope")]
pub struct UnknownScope;

/// Arguments of [`super::Command::ApiKeys`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ApiKeysArgs {
    /// All keys, the latest first → [`ApiKeyList`].
    List,
    /// A new key → [`NewApiKey`].
    Create {
        /// Whose it is, for people: 1 to 64 UTF-16 units.
        name: String,
        /// What it opens; one at least.
        scopes: Vec<Scope>,
        /// When it stops working; a year from now where nothing is said, and five years at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    },
    /// A key stops working at once → the [`ApiKey`].
    Revoke {
        /// Which.
        id: String,
    },
}

/// A key, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Names it in commands and in the audit log; says nothing about its text.
    pub id: String,
    /// Whose it is, for people.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// The operator who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was last used, to within five minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// Answer to `list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyList {
    /// The keys.
    pub keys: Vec<ApiKey>,
}

/// Answer to `create`: the only place where the key's text ever stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiKey {
    /// The text to bear: `sbk_…`.
    pub key: Confidential,
    /// What is kept of it.
    #[serde(flatten)]
    pub record: ApiKey,
}
