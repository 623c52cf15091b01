//! What a request says in its path and its query, or a refusal that says what is wrong with it.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, path::ErrorKind};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use signalbox_protocol::{Namespace, UserId};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::problem::Refusal;
use crate::hub::Place;

/// The one name in a route's path, percent-decoded: a user's id, a room, a network.
///
/// Bytes that are no text are 400, a text that is no such name 422.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: FromStr<Err: Display>> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let name = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        let axum::extract::Path(name) = name.map_err(|rejection| unreadable(&rejection))?;
        name.parse().map(Self).map_err(|error| unfit(&format_args!("the name in the path does not fit: {error}")))
    }
}

/// A query that has become a `T`; without one, all of its parameters are absent.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(query)| Self(query)).map_err(|rejection| unfit(&rejection.body_text()))
    }
}

/// Which page of something long.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// At most so many items.
    #[serde(default)]
    #[param(value_type = u32, required = false, minimum = 1, maximum = 500, default = 100)]
    pub(super) limit: Limit,
    /// Where the page before this one ended: its `nextCursor`.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^([0-9a-f]{2}){1,512}$")]
    pub(super) cursor: Option<Cursor>,
}

/// The same, of what is in a namespace's rooms.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RoomPaging {
    /// Which namespace: each has rooms of its own.
    #[serde(default)]
    #[param(value_type = Quarter, required = false, inline)]
    pub(super) namespace: Quarter,
    /// At most so many items.
    #[serde(default)]
    #[param(value_type = u32, required = false, minimum = 1, maximum = 500, default = 100)]
    pub(super) limit: Limit,
    /// Where the page before this one ended: its `nextCursor`.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^([0-9a-f]{2}){1,512}$")]
    pub(super) cursor: Option<Cursor>,
}

/// How many items a page may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit(pub(super) usize);

impl Default for Limit {
    fn default() -> Self {
        Self(100)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = String::deserialize(deserializer)?.parse().ok().filter(|limit| (1..=500).contains(limit));
        limit.map(Self).ok_or_else(|| D::Error::custom("`limit` is a whole number from 1 to 500"))
    }
}

/// A position in an order: the key of the last item before it. On the wire in hexadecimal digits, so that nobody takes it
/// for something that can be made by hand. Nothing need be at the position any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor(String);

impl Cursor {
    /// The key.
    pub(super) fn key(&self) -> &str {
        &self.0
    }

    /// The key on the wire.
    pub(super) fn write(key: &str) -> String {
        key.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The user at the position.
    pub(super) fn user(&self) -> UserId {
        self.0.parse().unwrap_or_else(|_| UserId::Text(self.0.as_str().into()))
    }

    /// The number at the position. A position among numbers that is none is behind all of them.
    pub(super) fn number(&self) -> u64 {
        self.0.parse().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let key: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
        match key {
            // What is no text is a position too, behind a text that is much like it.
            Some(key) if rest.is_empty() && (1..=512).contains(&key.len()) => {
                Ok(Self(String::from_utf8_lossy(&key).into_owned()))
            }
            _ => Err(not_given()),
        }
    }
}

/// An address, or a network as CIDR, in a path. Addresses of IPv6 may be written shorter than in the last pattern.
pub(super) struct NetworkText;

impl PartialSchema for NetworkText {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let format = |name: &str| text().format(Some(SchemaFormat::Custom(name.to_owned())));
        let narrow = "^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\
                      /(3[0-2]|[12][0-9]|[89])$";
        let wide = "^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}/(12[0-8]|1[01][0-9]|[2-9][0-9]|1[6-9])$";
        AnyOfBuilder::new()
            .item(format("ipv4"))
            .item(format("ipv6"))
            .item(text().pattern(Some(narrow)))
            .item(text().pattern(Some(wide)))
            .into()
    }
}

impl ToSchema for NetworkText {}

fn not_given<E: serde::de::Error>() -> E {
    E::custom("`cursor` is not one that was given as a `nextCursor`")
}

/// The namespace that a request means; `/web` where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quarter(pub(super) Place);

impl Default for Quarter {
    fn default() -> Self {
        Self(Place::Web)
    }
}

impl<'de> Deserialize<'de> for Quarter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let namespace = Namespace::from(String::deserialize(deserializer)?);
        Place::find(&namespace).map(Self).ok_or_else(|| {
            let all = Place::ALL.map(Place::as_str).join("`, `");
            D::Error::custom(format!("`namespace` is one of `{all}`"))
        })
    }
}

impl PartialSchema for Quarter {
    fn schema() -> RefOr<Schema> {
        let names = Place::ALL.map(Place::as_str);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).default(Some("/web".into())).into()
    }
}

impl ToSchema for Quarter {}

/// 422: a parameter does not fit.
pub(super) fn unfit(why: &dyn Display) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, why.to_string())
}

fn unreadable(rejection: &PathRejection) -> Refusal {
    match rejection {
        PathRejection::FailedToDeserializePathParams(error)
            if matches!(error.kind(), ErrorKind::InvalidUtf8InPathParam { .. }) =>
        {
            Refusal::new(StatusCode::BAD_REQUEST, "the path is not UTF-8 where it is percent-decoded")
        }
        _ => Refusal::internal(rejection),
    }
}
