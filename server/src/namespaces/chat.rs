//! `/chat`: two chat dialects in one place.

use super::Known;
use super::everywhere::{AUTH_REFRESH, PING};

/// The events of `/chat`.
pub static EVENTS: &[Known] = &[PING, AUTH_REFRESH];
