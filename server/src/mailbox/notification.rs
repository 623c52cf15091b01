//! A notification as it waits: before it is known in which namespace, and so in which words, it will be heard.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::Tone;

use crate::namespaces::{Notice, Worded};

/// A notification that was read back.
#[derive(Debug, Deserialize)]
pub(super) struct Notification {
    tone: Tone,
    title: String,
    message: String,
    #[serde(default)]
    data: Option<Value>,
    timestamp: Timestamp,
}

/// The same as it is written.
#[derive(Serialize)]
struct Written<'a> {
    tone: Tone,
    title: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    timestamp: Timestamp,
}

/// A notification on the wire that has waited.
#[derive(Serialize)]
pub(super) struct Late<'a> {
    #[serde(flatten)]
    pub(super) worded: Worded<'a>,
    pub(super) offline: bool,
}

impl Notification {
    /// The notification as it is stored.
    pub(super) fn write(notice: Notice<'_>) -> serde_json::Result<Box<RawValue>> {
        let Notice { tone, title, message, data, timestamp } = notice;
        to_raw_value(&Written { tone, title, message, data, timestamp })
    }

    /// What is to be said.
    pub(super) fn notice(&self) -> Notice<'_> {
        let Self { tone, title, message, data, timestamp } = self;
        Notice { tone: *tone, title, message, data: data.as_ref(), timestamp: *timestamp }
    }
}
