//! How often a user may send an event: the policy table, the sliding windows, and the episodes of those who go over.
//!
//! Owns counting and nothing else: time is passed in, and it must never know a socket or send anything.

mod episodes;
mod policy;
mod window;

pub use episodes::{Drop, Episodes};
pub use policy::{COMMANDS, Policy};
pub use window::{Allowance, Allowances, Verdict};

/// What the policy's entry and an episode of invalid and unknown events are named after.
pub const INVALID_EVENT: &str = "invalid";
