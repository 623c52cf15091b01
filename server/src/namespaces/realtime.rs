//! `/`: realtime, social and music.

use super::Known;
use super::everywhere::{AUTH_REFRESH, PING};

/// The events of `/`.
pub static EVENTS: &[Known] = &[PING, AUTH_REFRESH];
