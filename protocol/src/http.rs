//! Bodies of the HTTP interface (section 7 of the contract). Ids are answered as text.

mod look;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::admin::Role;
use crate::ids::{NodeId, RoomName, SocketId, UserId};

pub use look::{
    Connection, ConnectionsClosed, EventFigures, Figures, MinuteFigures, Presence, Room, RoomMember, RoomMessage, Seat,
    Sender, UserFigures,
};

/// `POST /api/v1/auth/login`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The operator's name.
    pub name: String,
    /// The password. Never logged: this type has no `Debug`.
    pub password: String,
}

/// Answer to a login or a refresh.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// A JWT with a role, 15 minutes.
    pub access_token: String,
    /// Single use, 30 days: using it twice revokes the whole family.
    pub refresh_token: String,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// What the operator may do.
    pub role: Role,
}

/// `POST /api/v1/auth/refresh` and `/logout`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    /// The last one issued.
    pub refresh_token: String,
}

/// A failure, as RFC 9457 problem details (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `about:blank`, or a URI reference that names the problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every occurrence of the problem.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// `GET /healthz`: the process runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Live {
    /// `ok`.
    pub status: String,
    /// `signalbox`: a console tells a gateway from other servers by it.
    pub service: String,
    /// The gateway's version.
    pub version: String,
    /// This process among several.
    #[schema(value_type = String)]
    pub node: NodeId,
}

/// `GET /readyz`: clients can be sent here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ready {
    /// `ready`.
    pub status: String,
}

/// Answer to a business event that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// One with the same `id` had been accepted in the last 24 hours; this one has no effect.
    pub duplicate: bool,
}

/// A message of `POST /api/v1/publish`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// The namespace: `/web`.
    #[schema(pattern = "^/(admin|web|events|chat)?$")]
    pub namespace: String,
    /// To whom.
    pub to: PublishTarget,
    /// The event's name.
    #[schema(
        max_length = 128,
        pattern = "^(?!(connect|connect_error|disconnect|error|kicked)$)(?!(auth|feed|admin):)[^\\x00-\\x1f\\x7f-\\x9f]+$"
    )]
    pub event: String,
    /// The event's one argument, as given.
    #[serde(default)]
    pub data: serde_json::Value,
    /// Within 24 hours, a message with the same id has no effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 256)]
    pub id: Option<String>,
}

/// Whom a published message is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublishTarget {
    /// Everybody in the namespace: `"all"`.
    All,
    /// Users, by number or text: `{"users": [7]}`.
    Users(Vec<UserId>),
    /// A room: `{"room": "lobby"}`.
    Room(RoomName),
    /// One socket: `{"socket": "…"}`.
    Socket(SocketId),
}

impl PartialSchema for PublishTarget {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let users = ArrayBuilder::new().items(UserId::schema()).min_items(Some(1));
        let room = text().max_length(Some(128)).pattern(Some(PRINTABLE));
        let socket = text().min_length(Some(1)).max_length(Some(64));
        let only = |name: &str, value: RefOr<Schema>| {
            let closed = Some(AdditionalProperties::FreeForm(false));
            ObjectBuilder::new().property(name, value).required(name).additional_properties(closed)
        };
        OneOfBuilder::new()
            .item(text().enum_values(Some(["all"])))
            .item(only("users", users.into()))
            .item(only("room", room.into()))
            .item(only("socket", socket.into()))
            .description(Some("Everybody in the namespace, users, a room, or one socket."))
            .into()
    }
}

impl ToSchema for PublishTarget {}

/// A name without control characters.
const PRINTABLE: &str = "^[^\\x00-\\x1f\\x7f-\\x9f]+$";

/// When published messages go out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PublishMode {
    /// At once.
    #[default]
    Now,
    /// With others, grouped by target: at 100 messages or after a second.
    Batched,
}

/// Answer to `POST /api/v1/publish`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    /// Messages that will be sent.
    pub accepted: u32,
    /// Messages that had been accepted before.
    pub duplicates: u32,
    /// What became of each.
    pub results: Vec<PublishedOne>,
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedOne {
    /// Its place in the request, from 0.
    pub index: u32,
    /// The id that it came with.
    pub id: Option<String>,
    /// What became of it.
    pub status: PublishedStatus,
}

/// What became of a published message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PublishedStatus {
    /// It will be sent.
    Accepted,
    /// It had been accepted before, and is not sent again.
    Duplicate,
}
