//! Commands about the gateway's processes and how they are set up.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::feed::Node;
use crate::ids::NodeId;

/// Arguments of commands that take none: `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoArgs {}

/// Answer to [`super::Command::Configuration`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Configuration {
    /// Every key that there is, by name.
    pub settings: Vec<Setting>,
}

/// A key of the configuration, as it is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Setting {
    /// The whole path, with dots: `limits.default`.
    pub key: String,
    /// Its value; a secret's is `"(secret)"`, and a password within a URL is left out.
    #[ts(type = "unknown")]
    pub value: Value,
    /// What it is where nobody says anything; absent where the gateway is too old to tell.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "told")]
    #[ts(optional, type = "unknown")]
    pub default: Option<Value>,
    /// Who says so.
    pub origin: SettingOrigin,
}

/// A default that is told may be `null`: a key that has no value then.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Which layer of the configuration a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum SettingOrigin {
    /// Nobody: it is built in.
    Default,
    /// The configuration's file.
    File,
    /// A variable of the environment.
    Environment,
    /// The command line, or standard input.
    Flag,
}

/// Answer to [`super::Command::Nodes`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nodes {
    /// The gateway's processes, measured.
    pub nodes: Vec<Node>,
}

/// Arguments of [`super::Command::Drain`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DrainArgs {
    /// Over how many seconds its clients are sent away; 30 by default, at most 3600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub over: Option<u32>,
}

/// Answer to [`super::Command::Drain`]: it has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Draining {
    /// The node.
    pub node: NodeId,
    /// Connections that will be closed; operators keep theirs.
    pub connections: u32,
    /// Within so many seconds.
    pub over: u32,
}

/// Answer to [`super::Command::Resume`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Resumed {
    /// The node, which lets everybody in again.
    pub node: NodeId,
}
