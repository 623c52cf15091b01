//! Commands about the gateway's processes and how they are set up.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::feed::Node;

/// Arguments of commands that take none: `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoArgs {}

/// Answer to [`super::Command::Configuration`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    /// Every key that there is, by name.
    pub settings: Vec<Setting>,
}

/// A key of the configuration, as it is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// The whole path, with dots: `limits.default`.
    pub key: String,
    /// Its value; a secret's is `"(secret)"`, and a password within a URL is left out.
    pub value: Value,
    /// Who says so.
    pub origin: SettingOrigin,
}

/// Which layer of the configuration a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
