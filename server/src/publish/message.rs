//! One message of a backend: what it may say, and its way out.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use signalbox_protocol::{ConnectionId, Namespace, RoomName, Timestamp, UserId};

use crate::gateway::Gateway;
use crate::hub::Place;
use crate::mailbox;
use crate::payload::{lacks_timestamp, with_key};
use crate::store::StoreError;

use super::letters::Letters;

/// An event's name has at most so many characters.
const LONGEST_EVENT: usize = 128;
/// A message's id has at most so many bytes.
const LONGEST_ID: usize = 256;
/// A socket's id has at most so many bytes.
const LONGEST_SOCKET: usize = 64;
/// Names that mean something to a client's library or to the gateway's own protocol.
const RESERVED: [&str; 5] = ["connect", "connect_error", "disconnect", "error", "kicked"];
/// What such names begin with.
const RESERVED_BEGINNINGS: [&str; 3] = ["auth:", "feed:", "admin:"];
/// Events for a user who may be away.
const LETTERS: [&str; 4] = ["notification", "user:notification", "private:message", "private-message"];
/// The same on `/events` and `/chat`, where a user's notification has the name of everybody's.
const PLAIN_LETTER: &str = "system:notification";

/// When a message goes out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// At once.
    #[default]
    Now,
    /// With others, a moment later.
    Batched,
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Target {
    All,
    Users(Vec<UserId>),
    Room(RoomName),
    Socket(ConnectionId),
}

/// A message as a backend writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    namespace: Namespace,
    to: Target,
    event: String,
    #[serde(default)]
    data: Option<Box<RawValue>>,
    #[serde(default)]
    id: Option<String>,
}

/// A message that is in order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Message {
    namespace: Namespace,
    to: Target,
    event: String,
    data: Box<RawValue>,
    pub(super) mode: Mode,
}

/// What is wrong with a message, in words.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It has another shape.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    /// It says something that cannot be.
    #[error("{0}")]
    Value(&'static str),
}

impl Draft {
    /// Reads a message and looks whether it is in order. Gives it with its id.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(text: &RawValue, mode: Mode, now: Timestamp) -> Result<(Message, Option<String>), Unfit> {
        let Self { namespace, to, event, data, id } = serde_json::from_str(text.get())?;
        if Place::find(&namespace).is_none() {
            return Err(Unfit::Value("there is no such `namespace`"));
        }
        check_event(&event)?;
        check_target(&to)?;
        if id.as_ref().is_some_and(|id| !(1..=LONGEST_ID).contains(&id.len())) {
            return Err(Unfit::Value("`id` has 1 to 256 bytes"));
        }
        let data = data.unwrap_or_else(|| RawValue::NULL.to_owned());
        let dated = event == "notification" || event.ends_with(":notification");
        let data =
            if dated && lacks_timestamp(&data) { with_key(&data, "timestamp", &format!("\"{now}\"")) } else { data };
        Ok((Message { namespace, to, event, data, mode }, id))
    }
}

fn check_event(event: &str) -> Result<(), Unfit> {
    if !(1..=LONGEST_EVENT).contains(&event.chars().count()) || event.chars().any(char::is_control) {
        return Err(Unfit::Value("`event` has 1 to 128 characters, none of them a control character"));
    }
    if RESERVED.contains(&event) || RESERVED_BEGINNINGS.iter().any(|beginning| event.starts_with(beginning)) {
        return Err(Unfit::Value("`event` is a reserved name"));
    }
    Ok(())
}

fn check_target(to: &Target) -> Result<(), Unfit> {
    match to {
        Target::Users(users) if users.is_empty() => Err(Unfit::Value("`to.users` is empty")),
        Target::Room(room) if !is_room_name(room.as_str()) => {
            Err(Unfit::Value("`to.room` has 1 to 128 characters, none of them a control character"))
        }
        Target::Socket(id) if !(1..=LONGEST_SOCKET).contains(&id.as_str().len()) => {
            Err(Unfit::Value("`to.socket` has 1 to 64 bytes"))
        }
        _ => Ok(()),
    }
}

fn is_room_name(name: &str) -> bool {
    (1..=128).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

impl Message {
    /// Sends it. Users who are away are left letters, where it is such an event.
    ///
    /// # Errors
    /// Where the store fails for them until the gateway ends.
    pub(super) async fn send(&self, gateway: &Gateway, letters: &mut Letters) -> Result<(), StoreError> {
        let Some(place) = Place::find(&self.namespace) else { return Ok(()) };
        let (reach, event, data) = (&gateway.reach, self.event.as_str(), &self.data);
        match &self.to {
            Target::All => {
                reach.all(place, event, data);
            }
            Target::Users(users) if is_letter(place, event) => {
                for user in once_each(users) {
                    if let Err(letter) = mailbox::hand_or_write(gateway, user, place, event, data) {
                        letters.put(gateway, letter).await?;
                    }
                }
            }
            Target::Users(users) => {
                for user in once_each(users) {
                    reach.user(place, user, event, data);
                }
            }
            Target::Room(name) => {
                if let Some(room) = gateway.rooms.get(place, name) {
                    reach.room(place, &room, event, data);
                }
            }
            Target::Socket(id) => {
                let session = gateway.on_floor(|floor| floor.presence.session(id));
                let seats = session.map(|session| session.seats()).unwrap_or_default();
                if let Some((_, socket)) = seats.iter().find(|(at, _)| *at == place) {
                    reach.one(socket, event, data);
                }
            }
        }
        Ok(())
    }

    /// What it is, for the audit log.
    pub fn summary(&self) -> String {
        let Self { namespace, to, event, .. } = self;
        match to {
            Target::All => format!("{event} to all of {namespace}"),
            Target::Users(users) => match &users[..] {
                [one] => format!("{event} to user {one} of {namespace}"),
                many => format!("{event} to {} users of {namespace}", many.len()),
            },
            Target::Room(room) => format!("{event} to room {room} of {namespace}"),
            Target::Socket(id) => format!("{event} to socket {id} of {namespace}"),
        }
    }

    /// What batches are grouped by.
    pub(super) fn target(&self) -> String {
        format!("{} {:?}", self.namespace, self.to)
    }
}

/// Whether the event waits for a user who is away.
fn is_letter(place: Place, event: &str) -> bool {
    LETTERS.contains(&event) || (event == PLAIN_LETTER && matches!(place, Place::Events | Place::Chat))
}

/// Nobody is told twice, however often they are named.
fn once_each(users: &[UserId]) -> impl Iterator<Item = &UserId> {
    let mut named = HashSet::with_capacity(users.len());
    users.iter().filter(move |user| named.insert(*user))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn check(text: &str) -> Result<(Message, Option<String>), Unfit> {
        Draft::check(&RawValue::from_string(text.to_owned()).expect("JSON"), Mode::Now, NOW)
    }

    /// A message to that target.
    pub(in crate::publish) fn message(to: &str) -> Message {
        let (message, _) =
            check(&format!(r#"{{"namespace": "/web", "to": {to}, "event": "tick"}}"#)).expect("a message");
        message
    }

    #[test]
    fn a_message_says_where_to_whom_and_what() {
        for (text, good) in [
            (r#"{"namespace":"/web","to":"all","event":"tick"}"#, true),
            (r#"{"namespace":"/","to":{"users":[7,"8","x"]},"event":"tick","data":[1],"id":"k"}"#, true),
            (r#"{"namespace":"/chat","to":{"room":"大"},"event":"tick","data":null}"#, true),
            (r#"{"namespace":"/events","to":{"socket":"abc"},"event":"tick"}"#, true),
            (r#"{"namespace":"/nowhere","to":"all","event":"tick"}"#, false),
            (r#"{"namespace":"/web","to":"everybody","event":"tick"}"#, false),
            (r#"{"namespace":"/web","to":{"users":[]},"event":"tick"}"#, false),
            (r#"{"namespace":"/web","to":{"users":[7.5]},"event":"tick"}"#, false),
            (r#"{"namespace":"/web","to":{"room":""},"event":"tick"}"#, false),
            (r#"{"namespace":"/web","to":{"room":"a","users":[7]},"event":"tick"}"#, false),
            (r#"{"namespace":"/web","to":"all","event":""}"#, false),
            (r#"{"namespace":"/web","to":"all","event":"a\nb"}"#, false),
            (r#"{"namespace":"/web","to":"all","event":"tick","id":""}"#, false),
            (r#"{"namespace":"/web","to":"all","event":"tick","surprise":1}"#, false),
            (r#"{"namespace":"/web","event":"tick"}"#, false),
            ("7", false),
        ] {
            assert_eq!(check(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn reserved_names_are_refused() {
        for (event, good) in [
            ("connect", false),
            ("disconnect", false),
            ("error", false),
            ("kicked", false),
            ("auth:expiring", false),
            ("feed:batch", false),
            ("admin:response", false),
            ("authors", true),
            ("connected", true),
        ] {
            let text = format!(r#"{{"namespace":"/web","to":"all","event":"{event}"}}"#);
            assert_eq!(check(&text).is_ok(), good, "{event}");
        }
    }

    #[test]
    fn data_goes_out_as_given_and_a_notification_is_dated() {
        for (event, data, sent) in [
            ("tick", r#"{"n": 1.10}"#, r#"{"n": 1.10}"#),
            ("notification", r#"{"n": 1}"#, r#"{"n": 1,"timestamp":"2027-01-15T08:00:00.000Z"}"#),
            ("room:notification", r#"{"timestamp":5}"#, r#"{"timestamp":5}"#),
            ("user:notification", "[1]", "[1]"),
        ] {
            let text = format!(r#"{{"namespace":"/web","to":"all","event":"{event}","data":{data}}}"#);
            let (message, _) = check(&text).expect("a message");
            assert_eq!(message.data.get(), sent, "{event}");
            let stored = serde_json::to_string(&message).expect("JSON");
            let read: Message = serde_json::from_str(&stored).expect("what was stored");
            assert_eq!(read.data.get(), sent, "{event}");
        }
    }
}
