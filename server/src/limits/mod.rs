//! How often a user may send an event: the policy table, the sliding windows, and the episodes of those who go over.
//!
//! Owns counting and nothing else: time is passed in, and it must never know a socket or send anything.

mod episodes;
mod policy;
mod window;

pub use episodes::{Drop, Episodes};
pub use policy::{COMMANDS, Policy};
pub use window::{Allowance, Allowances, Verdict};

/// Invalid and unknown events of a user in a namespace, beyond which they are dropped without an answer.
pub const INVALID: u32 = 100;

/// What an episode of invalid and unknown events is named after.
pub const INVALID_EVENT: &str = "invalid";
