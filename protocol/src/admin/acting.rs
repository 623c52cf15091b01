//! What every command that acts takes beside its own arguments.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, from_value};
use ts_rs::TS;

/// Arguments of a command that acts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Acting<T> {
    /// The command's own.
    #[serde(flatten)]
    pub args: T,
    /// The preview's, among the command's own on the wire: to act only on those that were shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fingerprint: Option<String>,
}

impl<T> From<T> for Acting<T> {
    fn from(args: T) -> Self {
        Self { args, fingerprint: None }
    }
}

/// Not by serde's `flatten`, under which a key that the command does not know would pass.
impl<'de, T: DeserializeOwned> Deserialize<'de> for Acting<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut args = Map::deserialize(deserializer)?;
        let fingerprint = args.remove("fingerprint").unwrap_or_default();
        Ok(Self {
            fingerprint: from_value(fingerprint).map_err(D::Error::custom)?,
            args: from_value(Value::Object(args)).map_err(D::Error::custom)?,
        })
    }
}
