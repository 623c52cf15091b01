//! The ordered log that administrators see (section 6 of the contract).
//!
//! Owns the ring of entries and the subscriptions that read from it. It must never decide what happened: whoever changes
//! the state says so, under the same lock, so that a snapshot at a position is exact.

mod ring;
mod subscription;

pub use ring::{Cursor, Kinds, Ring, Taken};
pub use subscription::{Page, Piece, pages};
