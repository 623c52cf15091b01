//! The key space of socketioxide's rooms.
//!
//! Everything that a client can name is put behind a prefix of its own, so that no room name is ever the key of a user, of
//! a socket or of a namespace.

use std::borrow::Cow;

use signalbox_protocol::{RoomName, UserId};

/// What sockets can be reached by, within a namespace.
#[derive(Debug, Clone, Copy)]
pub enum Key<'a> {
    /// Every socket.
    All,
    /// Sockets that have subscribed to the feed.
    Subscribed,
    /// A user's sockets.
    User(&'a UserId),
    /// A room that clients have joined by name.
    Room(&'a RoomName),
}

impl Key<'_> {
    /// The name of socketioxide's room.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::All => "all".into(),
            Self::Subscribed => "subscribed".into(),
            Self::User(user) => format!("u:{user}").into(),
            Self::Room(room) => format!("r:{room}").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_room_name_is_the_key_of_something_else() {
        for hostile in ["user:7", "u:7", "all", "subscribed", "r:lobby", "/admin", "", "aGVsbG8gd29ybGQh"] {
            let room = RoomName::from(hostile);
            for user in [UserId::from(7), "op:ann".parse().expect("a user id"), "r:lobby".parse().expect("a user id")] {
                for other in [Key::All, Key::Subscribed, Key::User(&user)] {
                    assert_ne!(Key::Room(&room).name(), other.name(), "{hostile}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn different_rooms_have_different_keys(a in ".{1,16}", b in ".{1,16}") {
            prop_assume!(a != b);
            prop_assert_ne!(Key::Room(&RoomName::from(&a)).name(), Key::Room(&RoomName::from(&b)).name());
        }
    }
}
