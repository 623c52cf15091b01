//! The ordered log that administrators see (section 6 of the contract).
//!
//! Owns the ring of entries, the traces beside it, and the subscriptions that read from both. It must never decide what happened: whoever changes
//! the state says so, under the same lock, so that a snapshot at a position is exact.

mod ring;
mod shown;
mod subscription;
mod tracer;

pub use ring::{Cursor, Kinds, Ring, Taken};
pub use shown::shown;
pub use subscription::{Page, Piece, pages};
pub use tracer::{PER_SECOND, Stand, Tracer, Tracers, hand_out};
