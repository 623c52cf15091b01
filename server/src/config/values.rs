//! How single values are read: from TOML in their own type, from the environment as text (lists comma-separated).

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use signalbox_protocol::{Namespace, NodeId};

use crate::auth::Secret;

/// The pages that may talk to the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// `*`: any page, but never with credentials.
    Any,
    /// Exactly these.
    Listed(Vec<Origin>),
}

impl Origins {
    /// The console's page and its two development servers.
    pub fn desktop() -> Self {
        Self::Listed(
            ["http://localhost:5173", "http://localhost:5188", "tauri://localhost", "http://tauri.localhost"]
                .map(|origin| Origin(origin.into()))
                .into(),
        )
    }

    /// Whether a request with this `Origin` header may go on. Compared exactly, as browsers write it.
    pub fn allow(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(origins) => origins.iter().any(|listed| &*listed.0 == origin),
        }
    }
}

/// A page's scheme, host and port as a browser writes them: `https://example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(Box<str>);

impl Origin {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not an origin such as https://example.com (scheme and host, no path)");
        let (scheme, host) = text.split_once("://").ok_or_else(wrong)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let is_origin = !scheme.is_empty()
            && scheme.chars().all(plain)
            && !host.is_empty()
            && !host.contains(|c: char| c.is_whitespace() || "/?#@*".contains(c));
        if is_origin { Ok(Self(text.to_ascii_lowercase().into())) } else { Err(wrong()) }
    }
}

/// An event of a namespace, as a key of `limits.events`: `/web room:message`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventName {
    /// Where.
    pub namespace: Namespace,
    /// Which.
    pub event: Box<str>,
}

impl EventName {
    fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(' ') {
            Some((namespace, event)) if namespace.starts_with('/') && !event.trim().is_empty() => {
                Ok(Self { namespace: namespace.into(), event: event.trim().into() })
            }
            _ => Err(format!("`{text}` is not a namespace and an event such as \"/web room:message\"")),
        }
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.namespace, self.event)
    }
}

impl Serialize for Origins {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.collect_seq(["*"]),
            Self::Listed(origins) => serializer.collect_seq(origins.iter().map(Origin::as_str)),
        }
    }
}

impl Serialize for EventName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = list(deserializer)?;
        if texts.iter().any(|text| text == "*") {
            return if texts.len() == 1 {
                Ok(Self::Any)
            } else {
                Err(D::Error::custom("`*` stands alone or not at all"))
            };
        }
        let origins: Result<_, String> = texts.iter().map(|text| Origin::parse(text)).collect();
        origins.map(Self::Listed).map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ListOrText {
    List(Vec<String>),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(u64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TableOrText {
    Table(BTreeMap<String, NumberOrText>),
    Text(String),
}

/// A list, or a text with commas.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    match ListOrText::deserialize(deserializer) {
        Ok(ListOrText::List(list)) => Ok(list),
        Ok(ListOrText::Text(text)) => {
            Ok(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
        }
        Err(_) => Err(D::Error::custom("expected a list of texts")),
    }
}

/// A list of namespaces.
pub(super) fn namespaces<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Namespace>, D::Error> {
    let names = list(deserializer)?;
    match names.iter().find(|name| !name.starts_with('/')) {
        Some(name) => Err(D::Error::custom(format!("`{name}` is not a namespace: it begins with a slash"))),
        None => Ok(names.iter().map(Namespace::from).collect()),
    }
}

/// A list of the namespaces in which business events can be shown.
pub(super) fn event_namespaces<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Namespace>, D::Error> {
    let names = list(deserializer)?;
    match names.iter().find(|name| !matches!(name.as_str(), "/admin" | "/web")) {
        Some(name) => Err(D::Error::custom(format!("`{name}` shows no business events: /admin and /web do"))),
        None => Ok(names.iter().map(Namespace::from).collect()),
    }
}

/// A list of addresses and networks.
pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ipnet::IpNet>, D::Error> {
    let parse = |text: &String| {
        text.parse()
            .or_else(|_| text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from))
            .map_err(|_| D::Error::custom(format!("`{text}` is not an address or a network such as 10.0.0.0/8")))
    };
    list(deserializer)?.iter().map(parse).collect()
}

/// `address:port`.
pub(super) fn socket_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not an address and a port such as 127.0.0.1:3000")))
}

/// The same, or nothing.
pub(super) fn some_socket_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    socket_address(deserializer).map(Some)
}

/// A node's name.
pub(super) fn node<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NodeId, D::Error> {
    let name = String::deserialize(deserializer)?;
    let fits = (1..=64).contains(&name.len()) && !name.chars().any(char::is_control);
    if fits { Ok(name.into()) } else { Err(D::Error::custom("a node's name has 1 to 64 bytes")) }
}

/// A secret, of which no message repeats a byte.
pub(super) fn some_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    match Option::<String>::deserialize(deserializer) {
        Ok(text) => Ok(text.map(Secret::from)),
        Err(_) => Err(D::Error::custom("expected a text in quotes")),
    }
}

/// A number from 1.
pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    positive_number(&NumberOrText::deserialize(deserializer).map_err(|_| D::Error::custom(POSITIVE))?)
        .map_err(D::Error::custom)
}

/// A number from 1, or none.
pub(super) fn some_positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    positive(deserializer).map(Some)
}

/// A duration; a bare number is seconds.
pub(super) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    duration(deserializer, Duration::from_secs(1))
}

/// A duration; a bare number is milliseconds.
pub(super) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    duration(deserializer, Duration::from_millis(1))
}

/// The entries of `limits.events`: a table, or from the environment `/web ping=5,/web room:message=10`.
pub(super) fn event_limits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<EventName, u32>, D::Error> {
    let wrong = || D::Error::custom("expected entries such as \"/web room:message\" = 10");
    let entries: Vec<(String, NumberOrText)> = match TableOrText::deserialize(deserializer).map_err(|_| wrong())? {
        TableOrText::Table(table) => table.into_iter().collect(),
        TableOrText::Text(text) => text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(|entry| {
                let (name, limit) = entry.rsplit_once('=').ok_or_else(wrong)?;
                Ok((name.trim().to_owned(), NumberOrText::Text(limit.trim().to_owned())))
            })
            .collect::<Result<_, D::Error>>()?,
    };
    entries
        .iter()
        .map(|(name, limit)| {
            let limit = positive_number(limit).map_err(|why| D::Error::custom(format!("`{name}`: {why}")))?;
            Ok((EventName::parse(name).map_err(D::Error::custom)?, limit))
        })
        .collect()
}

/// A text such as `90s`, `15m`, `1h30m`, `250ms` or `2d`; a bare number counts `unit`s.
pub(crate) fn parse_duration(text: &str, unit: Duration) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration such as 500ms, 30s, 15m, 1h or 7d");
    if let Ok(number) = text.parse::<u32>() {
        return Ok(unit * number);
    }
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u32 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "ms" => Duration::from_millis(1),
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            "h" => Duration::from_secs(3600),
            "d" => Duration::from_secs(86_400),
            _ => return Err(wrong()),
        };
        total = total.checked_add(unit * number).ok_or_else(wrong)?;
        rest = &rest[letters..];
    }
    if total.is_zero() { Err(wrong()) } else { Ok(total) }
}

const POSITIVE: &str = "expected a whole number from 1";

fn positive_number(value: &NumberOrText) -> Result<u32, &'static str> {
    let number = match value {
        NumberOrText::Number(number) => u32::try_from(*number).ok(),
        NumberOrText::Text(text) => text.parse().ok(),
    };
    number.filter(|number| *number > 0).ok_or(POSITIVE)
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D, unit: Duration) -> Result<Duration, D::Error> {
    let text = match NumberOrText::deserialize(deserializer) {
        Ok(NumberOrText::Number(number)) => number.to_string(),
        Ok(NumberOrText::Text(text)) => text,
        Err(_) => return Err(D::Error::custom("expected a duration such as 30s")),
    };
    match parse_duration(&text, unit) {
        Ok(duration) if duration.is_zero() => Err(D::Error::custom("a duration is longer than nothing")),
        parsed => parsed.map_err(D::Error::custom),
    }
}
