//! `accounts`: who may sign in as an operator, and as what.

use serde::{Deserialize, Serialize};

use super::{Confidential, Role};
use crate::ids::Timestamp;

/// Arguments of [`super::Command::Accounts`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase", deny_unknown_fields)]
pub enum AccountsArgs {
    /// All accounts, by name → [`AccountList`].
    List,
    /// A new account → the [`AccountRow`].
    Add {
        /// The name to sign in with: 1 to 64 letters, digits, `.`, `_`, `-` or `@`.
        name: String,
        /// What it may do.
        role: Role,
        /// 8 to 1024 bytes.
        password: Confidential,
    },
    /// Another role, from the account's next command on → the [`AccountRow`].
    Role {
        /// Whose.
        name: String,
        /// What it may do.
        role: Role,
    },
    /// The account is signed out everywhere, and cannot sign in → the [`AccountRow`].
    Disable {
        /// Whose.
        name: String,
    },
    /// It can again → the [`AccountRow`].
    Enable {
        /// Whose.
        name: String,
    },
    /// Another password; whoever signed in with the old one cannot go on with it → the [`AccountRow`].
    Password {
        /// Whose.
        name: String,
        /// 8 to 1024 bytes.
        password: Confidential,
    },
}

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountRow {
    /// The name to sign in with.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// Since when it is disabled, if it is.
    pub disabled_at: Option<Timestamp>,
}

/// Answer to `list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountList {
    /// The accounts.
    pub accounts: Vec<AccountRow>,
}
