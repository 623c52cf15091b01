//! `/web`: every user of the back office.

use super::everywhere::{AUTH_REFRESH, PING};
use super::{Known, backoffice};

/// The events of `/web`.
pub static EVENTS: &[Known] = &[
    PING,
    backoffice::PRIVATE_MESSAGE,
    backoffice::ROOM_JOIN,
    backoffice::ROOM_LEAVE,
    backoffice::ROOM_MESSAGE,
    backoffice::TEST_ERROR,
    AUTH_REFRESH,
];
