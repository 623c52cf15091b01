//! `/events`: messages and rooms.

use super::Known;
use super::everywhere::{AUTH_REFRESH, PING};

/// The events of `/events`.
pub static EVENTS: &[Known] = &[PING, AUTH_REFRESH];
