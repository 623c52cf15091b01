//! A notification in the words of each namespace.

use serde::Serialize;
use serde_json::Value;
use signalbox_protocol::feed::Tone;
use signalbox_protocol::{RoomName, Timestamp, UserId};

use crate::hub::{Delivery, Place, Reach, Room};

/// What is to be said.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// Its kind.
    pub tone: Tone,
    /// The first line.
    pub title: &'a str,
    /// The text.
    pub message: &'a str,
    /// What it carries for the recipients' program.
    pub data: Option<&'a Value>,
    /// When.
    pub timestamp: Timestamp,
}

/// Whom it is meant for, within a namespace.
#[derive(Debug, Clone, Copy)]
pub enum Audience<'a> {
    /// Everybody.
    All,
    /// A user's sockets.
    User(&'a UserId),
    /// A room.
    Room(&'a Room),
}

/// A notification as it stands on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Worded<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    message: &'a str,
    #[serde(rename = "type")]
    tone: Tone,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room_id: Option<&'a RoomName>,
    timestamp: Timestamp,
}

impl<'a> Notice<'a> {
    /// Says it to them.
    pub fn send(&self, reach: &Reach, place: Place, audience: Audience<'a>) -> Delivery {
        let (event, worded) = (Self::event(place, audience), self.worded(place, audience));
        match audience {
            Audience::All => reach.view(place, event, &worded),
            Audience::User(user) => reach.view_to(place, user, event, &worded),
            Audience::Room(room) => reach.room(place, room, event, &worded),
        }
    }

    /// The event's name.
    pub const fn event(place: Place, audience: Audience<'_>) -> &'static str {
        match (place, audience) {
            (Place::Realtime, _) => "notification",
            (Place::Events | Place::Chat, _) | (Place::Admin | Place::Web, Audience::All) => "system:notification",
            (Place::Admin | Place::Web, Audience::User(_)) => "user:notification",
            (Place::Admin | Place::Web, Audience::Room(_)) => "room:notification",
        }
    }

    /// The event's payload.
    pub fn worded(&self, place: Place, audience: Audience<'a>) -> Worded<'a> {
        let Self { tone, title, message, data, timestamp } = *self;
        let (title, message) = match place {
            // A notification has one text there.
            Place::Realtime if message.is_empty() => (None, title),
            Place::Realtime => (None, message),
            _ => (Some(title), message),
        };
        let room_id = match audience {
            Audience::Room(room) if place.is_office() => Some(room.name()),
            _ => None,
        };
        Worded { title, message, tone, data, room_id, timestamp }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::hub::Rooms;

    #[test]
    fn each_namespace_has_its_own_words() {
        let (user, timestamp) = (UserId::from(7), Timestamp(0));
        let notice = Notice { tone: Tone::Info, title: "Hello", message: "Read this.", data: None, timestamp };
        let at = timestamp.to_string();
        for place in Place::ALL {
            let room = Rooms::default().enter(place, &"lobby".into());
            for (audience, office) in [
                (Audience::All, "system:notification"),
                (Audience::User(&user), "user:notification"),
                (Audience::Room(&room), "room:notification"),
            ] {
                let mut payload = json!({"title": "Hello", "message": "Read this.", "type": "info", "timestamp": at});
                let event = match place {
                    Place::Realtime => {
                        payload.as_object_mut().expect("an object").remove("title");
                        "notification"
                    }
                    Place::Events | Place::Chat => "system:notification",
                    Place::Admin | Place::Web => {
                        if matches!(audience, Audience::Room(_)) {
                            payload["roomId"] = "lobby".into();
                        }
                        office
                    }
                };
                assert_eq!(Notice::event(place, audience), event, "{place:?} {audience:?}");
                assert_eq!(json!(notice.worded(place, audience)), payload, "{place:?} {audience:?}");
            }
        }
        let untold = Notice { message: "", ..notice };
        assert_eq!(json!(untold.worded(Place::Realtime, Audience::All))["message"], "Hello");
    }
}
