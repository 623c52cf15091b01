//! Payloads as text: keys are added to what others wrote, which is passed on as it is and not read.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// Which of the keys that the gateway adds an object has already.
#[derive(Deserialize)]
struct Present {
    timestamp: Option<IgnoredAny>,
}

/// The object with one more key, whose value is JSON. What is no object stays as it is.
pub fn with_key(payload: &RawValue, key: &str, value: &str) -> Box<RawValue> {
    let text = payload.get();
    let Some(open) = text.strip_suffix('}').filter(|_| text.starts_with('{')) else { return payload.to_owned() };
    let comma = if open[1..].trim_start().is_empty() { "" } else { "," };
    // A key that the gateway names and a value that it writes make an object of an object.
    RawValue::from_string(format!("{open}{comma}\"{key}\":{value}}}")).unwrap_or_else(|_| payload.to_owned())
}

/// Whether the payload is an object without `timestamp`.
pub fn lacks_timestamp(payload: &RawValue) -> bool {
    payload.get().starts_with('{')
        && serde_json::from_str::<Present>(payload.get()).is_ok_and(|present| present.timestamp.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("JSON")
    }

    #[test]
    fn a_key_is_added_to_an_object_and_the_rest_is_passed_on_to_the_letter() {
        for (before, after) in [
            ("{}", r#"{"offline":true}"#),
            ("{ }", r#"{ "offline":true}"#),
            (r#"{"n":12345678901234567890.10, "b":{}}"#, r#"{"n":12345678901234567890.10, "b":{},"offline":true}"#),
            ("[{}]", "[{}]"),
            ("\"}\"", "\"}\""),
            ("null", "null"),
        ] {
            assert_eq!(with_key(&raw(before), "offline", "true").get(), after, "{before}");
        }
    }

    #[test]
    fn only_an_object_can_lack_a_timestamp() {
        for (payload, lacks) in [
            ("{}", true),
            (r#"{"data":{"timestamp":1}}"#, true),
            (r#"{"timestamp":1}"#, false),
            (r#"{"timestamp":{"a":[]}}"#, false),
            ("[]", false),
            ("7", false),
        ] {
            assert_eq!(lacks_timestamp(&raw(payload)), lacks, "{payload}");
        }
    }
}
