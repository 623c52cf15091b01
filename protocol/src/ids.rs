//! Newtypes for everything that names something, so that a user can never be taken for a socket.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use ts_rs::TS;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The largest integer that every JSON reader keeps exactly (2^53 − 1, RFC 8259 section 6).
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Who a token speaks for: claim `sub`, else `id`.
///
/// `7` and `"7"` are one user. A canonical decimal within ±(2^53−1) is numeric; anything else (`007`, `+7`, `-0`) is text.
/// Serialised as a JSON number where it is numeric; [`fmt::Display`] gives the text that the namespaces other than
/// `/admin` and `/web`, and the HTTP interface, put into a string.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(type = "number | string")]
pub enum UserId {
    /// A canonical decimal within ±(2^53−1).
    Number(i64),
    /// Any other text, 1 to 256 bytes.
    Text(Box<str>),
}

/// A text that cannot be a [`UserId`]: empty, or longer than 256 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user id has 1 to 256 bytes")]
pub struct InvalidUserId;

impl UserId {
    /// The number, where the id is numeric and in the exact range.
    fn canonical(text: &str) -> Option<i64> {
        let number: i64 = text.parse().ok()?;
        (number.unsigned_abs() <= MAX_SAFE_INTEGER && number.to_string() == text).then_some(number)
    }
}

impl FromStr for UserId {
    type Err = InvalidUserId;

    fn from_str(text: &str) -> Result<Self, InvalidUserId> {
        if text.is_empty() || text.len() > 256 {
            return Err(InvalidUserId);
        }
        Ok(match Self::canonical(text) {
            Some(number) => Self::Number(number),
            None => Self::Text(text.into()),
        })
    }
}

impl From<i64> for UserId {
    /// A number outside the exact range becomes text, so that it is never rounded on the way.
    fn from(number: i64) -> Self {
        if number.unsigned_abs() <= MAX_SAFE_INTEGER {
            Self::Number(number)
        } else {
            Self::Text(number.to_string().into())
        }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for UserId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = UserId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a user id: an integer, or a string of 1 to 256 bytes")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<UserId, E> {
                Ok(UserId::from(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<UserId, E> {
                i64::try_from(number)
                    .map_or_else(|_| Ok(UserId::Text(number.to_string().into())), |number| Ok(UserId::from(number)))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<UserId, E> {
                // JSON has one kind of number: `7.0` is an integer too. From 2^53 on it could be several.
                if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
                    format!("{:.0}", number + 0.0).parse().map_err(E::custom)
                } else {
                    Err(E::invalid_value(de::Unexpected::Float(number), &self))
                }
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<UserId, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl PartialSchema for UserId {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(i64::MIN)).maximum(Some(u64::MAX));
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(256));
        OneOfBuilder::new()
            .item(number)
            .item(text)
            .description(Some("A user's id: `7` and `\"7\"` are one user."))
            .into()
    }
}

impl ToSchema for UserId {}

/// A moment, in milliseconds since the Unix epoch. On the wire ISO 8601 UTC with milliseconds: `2026-03-01T12:00:00.000Z`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(type = "string")]
pub struct Timestamp(pub i64);

/// A text that is not an RFC 3339 date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 8601 date and time such as 2026-03-01T12:00:00.000Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// The system clock's moment. State machines take the time as an argument instead; this is for the edges.
    pub fn now() -> Self {
        let now = OffsetDateTime::now_utc();
        Self((now.unix_timestamp_nanos() / 1_000_000) as i64)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).map_err(|_| fmt::Error)?;
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidTimestamp)?;
        // With its offset taken off it may fall out of the years that can be written.
        let at = at.checked_to_offset(time::UtcOffset::UTC).filter(|at| (0..=9999).contains(&at.year()));
        let at = at.ok_or(InvalidTimestamp)?;
        Ok(Self((at.unix_timestamp_nanos() / 1_000_000) as i64))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Timestamp {}

/// A position in the feed, growing by one with each entry of an epoch.
pub type Seq = u64;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: AsRef<str>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.as_ref().into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// One run of a gateway's feed: a restart starts a new one, and positions of different epochs cannot be compared.
    Epoch
);
name!(
    /// A gateway process among several.
    NodeId
);
name!(
    /// One Engine.IO session: counted once, however many namespaces it joins.
    ConnectionId
);
name!(
    /// One Socket.IO socket: a connection's membership of one namespace.
    SocketId
);
name!(
    /// A Socket.IO namespace, with its leading slash.
    Namespace
);
/// A text that cannot be a room's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a room's name has 1 to 128 characters, none of them a control character")]
pub struct InvalidRoomName;

impl FromStr for RoomName {
    type Err = InvalidRoomName;

    /// A name as clients may give one.
    fn from_str(text: &str) -> Result<Self, InvalidRoomName> {
        let fits = (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self::from(text)) } else { Err(InvalidRoomName) }
    }
}

name!(
    /// A room as its clients name it. Rooms of different namespaces have nothing to do with each other.
    RoomName
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_can_be_read_can_be_written() {
        for (text, written) in [
            ("2026-03-01T13:00:00+01:00", Some("2026-03-01T12:00:00.000Z")),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59.000Z")),
            ("9999-12-31T23:59:59-01:00", None),
            ("0000-01-01T00:00:00+01:00", None),
            ("yesterday", None),
        ] {
            let read = text.parse::<Timestamp>().ok().map(|at| at.to_string());
            assert_eq!(read.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn seven_and_its_text_are_one_user() {
        let number: UserId = serde_json::from_str("7").expect("a number");
        let text: UserId = serde_json::from_str("\"7\"").expect("a text");
        assert_eq!(number, text);
        assert_eq!(serde_json::to_string(&text).expect("json"), "7");
        for same in ["7.0", "70e-1", "0.7e1"] {
            assert_eq!(serde_json::from_str::<UserId>(same).expect("a number"), number, "{same}");
        }
        assert_eq!(serde_json::from_str::<UserId>("-0.0").expect("a number"), UserId::from(0));
    }

    #[test]
    fn only_a_canonical_decimal_in_the_exact_range_is_numeric() {
        for (text, numeric) in [
            ("0", true),
            ("-7", true),
            ("9007199254740991", true),
            ("9007199254740992", false),
            ("-9223372036854775808", false),
            ("007", false),
            ("+7", false),
            ("-0", false),
            ("7.0", false),
            ("op:ann", false),
        ] {
            let id: UserId = text.parse().expect(text);
            assert_eq!(matches!(id, UserId::Number(_)), numeric, "{text}");
            assert_eq!(id.to_string(), text, "the text is kept");
        }
    }

    #[test]
    fn a_fraction_or_an_empty_text_is_no_user() {
        for bad in ["7.5", "1e300", "\"\"", "true", "null", "[]"] {
            assert!(serde_json::from_str::<UserId>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_timestamp_keeps_its_milliseconds() {
        let at: Timestamp = "2026-03-01T12:00:00.042Z".parse().expect("a timestamp");
        assert_eq!(at.to_string(), "2026-03-01T12:00:00.042Z");
        assert_eq!(serde_json::from_str::<Timestamp>(&format!("\"{at}\"")).expect("json"), at);
    }
}
