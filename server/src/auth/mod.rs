//! Who may come in: tokens, the secrets that sign them, and which rooms they open.
//!
//! Owns the reading and writing of JWTs and the hashing of passwords. It must never know a socket or a route: both ask
//! it, with the time they have, and decide for themselves what an answer means to their client.

mod rooms;
mod secret;
pub mod tokens;

pub use rooms::RoomGrant;
pub use secret::Secret;
