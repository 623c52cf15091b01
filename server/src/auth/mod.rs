//! Who may come in: tokens, the secrets that sign them, which rooms they open, and operators' accounts.
//!
//! Owns the reading and writing of JWTs, the hashing of passwords and the rules of signing in. It must never know a
//! socket or a route: both ask it, with the time they have, and decide for themselves what an answer means to their client.

pub mod api_keys;
pub mod bans;
pub mod keys;
pub mod operators;
pub mod password;
mod public_keys;
pub mod revocations;
mod rooms;
mod secret;
mod throttle;
pub mod tokens;

pub use api_keys::ApiKeys;
pub use bans::Bans;
pub use operators::{Operators, SignInError};
pub use revocations::Revocations;
pub use rooms::RoomGrant;
pub use secret::{HIDDEN, Secret};
