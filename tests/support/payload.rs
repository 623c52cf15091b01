//! What the tests look for in payloads.

use serde_json::Value;
use signalbox_protocol::Timestamp;

/// A payload without its timestamp.
///
/// # Panics
/// Where it has none, or one that is written otherwise than the gateway writes them.
pub fn timeless(mut payload: Value) -> Value {
    let at = payload.as_object_mut().and_then(|keys| keys.remove("timestamp"));
    let text = at.as_ref().and_then(Value::as_str).unwrap_or_default();
    assert_eq!(text.parse::<Timestamp>().map(|at| at.to_string()).as_deref(), Ok(text), "{payload}");
    payload
}
