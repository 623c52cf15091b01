//! How users are written where ids are text: on `/`, `/events` and `/chat`.

use serde::{Serialize, Serializer};
use signalbox_protocol::UserId;
use signalbox_protocol::feed::User;

/// A user's id as text, whether it is numeric or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextId<'a>(pub &'a UserId);

impl Serialize for TextId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            UserId::Text(text) => serializer.serialize_str(text),
            UserId::Number(number) => serializer.collect_str(number),
        }
    }
}

/// `{id, username}`.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct TextUser<'a> {
    id: TextId<'a>,
    username: &'a str,
}

impl<'a> From<&'a User> for TextUser<'a> {
    fn from(user: &'a User) -> Self {
        Self { id: TextId(&user.id), username: &user.username }
    }
}
