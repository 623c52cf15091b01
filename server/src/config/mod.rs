//! The gateway's configuration: every key there is, typed, with its default (section 8 of the contract).
//!
//! A [`Config`] that exists is valid: shape and ranges are checked where it is read ([`load`]), so nothing behind it has
//! to ask again. It must never know who uses a key, and it does no I/O but reading the file that it was given.

mod load;
mod shown;
mod values;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use signalbox_protocol::admin::SettingOrigin;
use signalbox_protocol::feed::Cause;
use signalbox_protocol::{Namespace, NodeId};

use crate::alerts::Thresholds;
use crate::auth::Secret;

pub(crate) use load::SHORTEST_SECRET;
pub use load::{ConfigError, Flags, Sources};
pub(crate) use values::parse_duration;
pub use values::{EventName, Origin, Origins};

/// Everything that can be set. See each part for its keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `listen`: where connections are accepted. Port 0 takes a free one.
    #[serde(deserialize_with = "values::socket_address")]
    pub listen: SocketAddr,
    /// `data_dir`: where the store and the generated secret are.
    pub data_dir: PathBuf,
    /// `node`: this process's name among several; the host's name by default.
    #[serde(deserialize_with = "values::node")]
    pub node: NodeId,
    /// `auth.*`.
    pub auth: Auth,
    /// `limits.*`.
    pub limits: Limits,
    /// `connections.*`.
    pub connections: Connections,
    /// `presence.*`.
    pub presence: Presence,
    /// `rooms.*`.
    pub rooms: Rooms,
    /// `content.*`.
    pub content: Content,
    /// `cors.*`.
    pub cors: Cors,
    /// `proxy.*`.
    pub proxy: Proxy,
    /// `metrics.*`.
    pub metrics: Metrics,
    /// `events.*`.
    pub events: Events,
    /// `history.*`.
    pub history: History,
    /// `alerts.*`.
    pub alerts: Alerts,
    /// `transport.*`.
    pub transport: Transport,
    /// `tls.*`.
    pub tls: Tls,
    /// Which layer each key comes from that is not built in.
    #[serde(skip)]
    pub origins: BTreeMap<String, SettingOrigin>,
}

/// Who may come in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// `auth.algorithm`: the one algorithm of users' tokens.
    pub algorithm: Algorithm,
    /// `auth.jwt_secret`: verifies users' tokens with HS256, and signs the gateway's own. Without it one is generated.
    #[serde(deserialize_with = "values::some_secret")]
    pub jwt_secret: Option<Secret>,
    /// `auth.public_key`: a PEM text or the path of a PEM file, for every algorithm but HS256.
    pub public_key: Option<String>,
    /// `auth.jwks`: a file of public keys in its place (JWKS), of which a token's `kid` names one. Read again where it changes.
    pub jwks: Option<PathBuf>,
    /// `auth.issuer`: what `iss` must be.
    pub issuer: Option<String>,
    /// `auth.audience`: one of these must be in `aud`; none means that it is not looked at.
    #[serde(deserialize_with = "values::list")]
    pub audience: Vec<String>,
    /// `auth.query_token_namespaces`: where a token may stand in the query. `/` of Engine.IO 3 always may.
    #[serde(deserialize_with = "values::namespaces")]
    pub query_token_namespaces: Vec<Namespace>,
    /// `auth.require_status`: on `/admin` and `/web` a token without `status` is refused.
    pub require_status: bool,
}

/// How users' tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// A secret that both sides know.
    #[serde(rename = "HS256")]
    Hs256,
    /// An RSA key pair, of which the gateway has the public half.
    #[serde(rename = "RS256")]
    Rs256,
    /// The same on the curve P-256.
    #[serde(rename = "ES256")]
    Es256,
    /// The same with Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// How often a user may send which event.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// `limits.enabled`: false admits everything.
    pub enabled: bool,
    /// `limits.default`: events per window where the policy table says nothing else.
    #[serde(deserialize_with = "values::positive")]
    pub default: u32,
    /// `limits.window`: how far back events count; a number is seconds.
    #[serde(deserialize_with = "values::seconds")]
    pub window: Duration,
    /// `limits.events`: entries like `"/web room:message" = 10`, before the built-in table.
    #[serde(deserialize_with = "values::event_limits")]
    pub events: BTreeMap<EventName, u32>,
}

/// How many connections there may be. A connection is one Engine.IO session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// `connections.per_user`.
    #[serde(deserialize_with = "values::positive")]
    pub per_user: u32,
    /// `connections.policy`: what happens to one too many of a user.
    pub policy: ConnectionPolicy,
    /// `connections.total`: of all users; no limit where it is absent.
    #[serde(deserialize_with = "values::some_positive")]
    pub total: Option<u32>,
    /// `connections.per_address`: from one address; no limit where it is absent.
    #[serde(deserialize_with = "values::some_positive")]
    pub per_address: Option<u32>,
}

/// What happens when a user opens one connection too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionPolicy {
    /// The new one is refused.
    Reject,
    /// The oldest one is kicked.
    EvictOldest,
}

/// Who is told of whom.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Presence {
    /// `presence.announce_up_to`: a namespace with more sockets is not told who comes and goes.
    pub announce_up_to: u32,
}

/// What rooms ask for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rooms {
    /// `rooms.require_membership`: only members post to a room.
    pub require_membership: bool,
}

/// What texts may say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Content {
    /// `content.words`: whole words that are refused, in any case.
    #[serde(deserialize_with = "values::list")]
    pub words: Vec<String>,
}

/// Which pages may talk to the gateway.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cors {
    /// `cors.origins`: an exact list, or `*` (then without credentials).
    pub origins: Origins,
}

/// What stands in front.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// `proxy.trusted`: addresses or networks that are believed where a client is.
    #[serde(deserialize_with = "values::networks")]
    pub trusted: Vec<ipnet::IpNet>,
    /// `proxy.header`: where they write it. Another is passed on as a client sent it.
    pub header: ProxyHeader,
}

/// Where a proxy writes whom it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, or `Forwarded` where a request has none.
    #[default]
    Either,
    /// `X-Forwarded-For`, as most do. No other is looked at.
    XForwardedFor,
    /// `Forwarded` (RFC 7239). No other is looked at.
    Forwarded,
}

/// For whoever watches the process.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// `metrics.listen`: a second address for `/metrics` and for what `/readyz` tells beyond its status; they are nowhere
    /// else then.
    #[serde(deserialize_with = "values::some_socket_address")]
    pub listen: Option<SocketAddr>,
}

/// TLS without a proxy in front. Both keys or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// `tls.cert`: a PEM file with the certificate, and after it those that lead to its issuer.
    pub cert: Option<PathBuf>,
    /// `tls.key`: a PEM file with its private key.
    pub key: Option<PathBuf>,
}

/// What business events become.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Events {
    /// `events.namespaces`: where business events are shown, of `/admin` and `/web`.
    #[serde(deserialize_with = "values::event_namespaces")]
    pub namespaces: Vec<Namespace>,
}

/// How many messages are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct History {
    /// `history.per_room`: of one room.
    #[serde(deserialize_with = "values::positive")]
    pub per_room: u32,
    /// `history.total`: of all rooms together, and as many private ones.
    #[serde(deserialize_with = "values::positive")]
    pub total: u32,
}

/// What is an anomaly from where on; 0 is never.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alerts {
    /// `alerts.connects`: connections opened within a minute.
    pub connects: u32,
    /// `alerts.messages`: events received within a minute.
    pub messages: u32,
    /// `alerts.limit_episodes`: users and events over a limit at once.
    pub limit_episodes: u32,
    /// `alerts.errors`: events that failed through a fault of the gateway within a minute.
    pub errors: u32,
    /// `alerts.memory`: the host's memory in use, in per cent.
    pub memory: u32,
    /// `alerts.slow_consumers`: connections closed within a minute because their client did not read.
    pub slow_consumers: u32,
}

/// How Engine.IO is spoken. A number is milliseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Transport {
    /// `transport.ping_interval`.
    #[serde(deserialize_with = "values::milliseconds")]
    pub ping_interval: Duration,
    /// `transport.ping_timeout`.
    #[serde(deserialize_with = "values::milliseconds")]
    pub ping_timeout: Duration,
    /// `transport.upgrade_timeout`.
    #[serde(deserialize_with = "values::milliseconds")]
    pub upgrade_timeout: Duration,
    /// `transport.connect_timeout`: a connection that has joined no namespace by then is closed.
    #[serde(deserialize_with = "values::milliseconds")]
    pub connect_timeout: Duration,
    /// `transport.write_deadline`: a client that takes nothing for so long is a slow consumer.
    #[serde(deserialize_with = "values::milliseconds")]
    pub write_deadline: Duration,
    /// `transport.max_message`: bytes in a polling body and in a WebSocket message.
    #[serde(deserialize_with = "values::positive")]
    pub max_message: u32,
    /// `transport.max_attachments`: binary parts of one message.
    pub max_attachments: u32,
}

impl Alerts {
    /// As they are compared with.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds::default()
            .with(Cause::Connects, self.connects)
            .with(Cause::Messages, self.messages)
            .with(Cause::LimitEpisodes, self.limit_episodes)
            .with(Cause::Errors, self.errors)
            .with(Cause::Memory, self.memory)
            .with(Cause::SlowConsumers, self.slow_consumers)
    }
}

impl Config {
    /// What is valid and yet probably not meant, in sentences.
    pub fn remarks(&self) -> Vec<&'static str> {
        let mut remarks = Vec::new();
        if self.auth.jwt_secret.is_some() && self.auth.algorithm != Algorithm::Hs256 {
            remarks.push(
                "`auth.jwt_secret` is not used: users' tokens are verified by a public key, and the gateway signs its \
                 own with the secret in the data directory",
            );
        }
        remarks
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            data_dir: dirs::data_dir().unwrap_or_else(std::env::temp_dir).join("signalbox"),
            node: sysinfo::System::host_name()
                .ok()
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "node".into())
                .into(),
            auth: Auth::default(),
            limits: Limits::default(),
            connections: Connections::default(),
            presence: Presence::default(),
            rooms: Rooms::default(),
            content: Content::default(),
            cors: Cors::default(),
            proxy: Proxy::default(),
            metrics: Metrics::default(),
            events: Events::default(),
            history: History::default(),
            alerts: Alerts::default(),
            transport: Transport::default(),
            tls: Tls::default(),
            origins: BTreeMap::new(),
        }
    }
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::Hs256,
            jwt_secret: None,
            public_key: None,
            jwks: None,
            issuer: None,
            audience: Vec::new(),
            query_token_namespaces: vec!["/events".into(), "/chat".into()],
            require_status: true,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { enabled: true, default: 100, window: Duration::from_secs(60), events: BTreeMap::new() }
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self { per_user: 5, policy: ConnectionPolicy::Reject, total: None, per_address: None }
    }
}

impl Default for Presence {
    fn default() -> Self {
        Self { announce_up_to: 1000 }
    }
}

impl Default for Rooms {
    fn default() -> Self {
        Self { require_membership: true }
    }
}

impl Default for Cors {
    fn default() -> Self {
        Self { origins: Origins::desktop() }
    }
}

impl Default for Events {
    fn default() -> Self {
        Self { namespaces: vec!["/admin".into()] }
    }
}

impl Default for History {
    fn default() -> Self {
        Self { per_room: 1_000, total: 1_000_000 }
    }
}

impl Default for Alerts {
    fn default() -> Self {
        Self { connects: 1000, messages: 10_000, limit_episodes: 50, errors: 60, memory: 90, slow_consumers: 10 }
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(60),
            upgrade_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(10),
            write_deadline: Duration::from_secs(8),
            max_message: 1_000_000,
            max_attachments: 10,
        }
    }
}

#[cfg(test)]
mod tests;
