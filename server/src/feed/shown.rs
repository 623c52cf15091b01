//! A client's payload as an administrator may see it: without what would let somebody speak for the client, and cut.

use serde_json::Value;
use serde_json::value::RawValue;

/// What stands where a secret would.
const HIDDEN: &str = "(hidden)";
/// Events whose payload is a secret, or may hold one in any place.
const SECRET_EVENTS: [&str; 2] = ["auth:refresh", "admin:request"];
/// What a secret's key holds, in any case.
const SECRET_KEYS: [&str; 8] =
    ["token", "password", "passwd", "secret", "authorization", "credential", "jwt", "apikey"];
/// A payload is cut at so many bytes of JSON.
const MAX_SHOWN: usize = 1024;
/// A longer one is not even looked at.
const MAX_READ: usize = 64 * 1024;

/// The payload of an event, to be shown.
pub fn shown(event: &str, raw: &RawValue) -> Value {
    if SECRET_EVENTS.contains(&event) {
        return HIDDEN.into();
    }
    let text = raw.get();
    if text.len() > MAX_READ {
        return format!("({} bytes)", text.len()).into();
    }
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return HIDDEN.into() };
    hide(&mut value);
    let text = value.to_string();
    if text.len() <= MAX_SHOWN { value } else { text[..text.floor_char_boundary(MAX_SHOWN)].into() }
}

fn hide(value: &mut Value) {
    match value {
        Value::String(text) if holds_token(text) => *value = HIDDEN.into(),
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Object(object) => {
            for (key, value) in object {
                if is_secret(key) { *value = HIDDEN.into() } else { hide(value) }
            }
        }
        _ => {}
    }
}

fn is_secret(key: &str) -> bool {
    let key: String = key.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    SECRET_KEYS.iter().any(|secret| key.contains(secret))
}

/// Whether the text holds a JWT, an API key, or what follows `Bearer`.
fn holds_token(text: &str) -> bool {
    text.contains("sbk_")
        || text.to_ascii_lowercase().contains("bearer ")
        // The beginning of every JWT's header, `{"`.
        || text.match_indices("eyJ").any(|(at, _)| {
            let word = text[at..].split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).next();
            word.is_some_and(|word| word.split('.').count() >= 3)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl";

    #[test]
    fn nothing_that_speaks_for_somebody_is_shown() {
        for (event, payload, expected) in [
            ("auth:refresh", json!({"token": JWT}), json!(HIDDEN)),
            ("admin:request", json!({"command": "account-add", "args": {"pw": "x"}}), json!(HIDDEN)),
            ("message", json!({"content": "hello"}), json!({"content": "hello"})),
            ("message", json!({"accessToken": 7, "a": 1}), json!({"accessToken": HIDDEN, "a": 1})),
            ("message", json!({"x": [{"API-Key": "k"}]}), json!({"x": [{"API-Key": HIDDEN}]})),
            ("message", json!([format!("see {JWT}!")]), json!([HIDDEN])),
            ("message", json!("Authorization: Bearer abc"), json!(HIDDEN)),
            ("message", json!("key sbk_123"), json!(HIDDEN)),
            ("message", json!("eyJust.kidding"), json!("eyJust.kidding")),
        ] {
            let raw = serde_json::value::to_raw_value(&payload).expect("JSON");
            assert_eq!(shown(event, &raw), expected, "{event} {payload}");
        }
    }

    #[test]
    fn a_long_payload_is_cut_after_its_secrets_are_gone() {
        let long = json!({"a": "大".repeat(1_000), "token": JWT});
        let raw = serde_json::value::to_raw_value(&long).expect("JSON");
        let shown_text = shown("message", &raw).as_str().map(str::to_owned).expect("a text");
        assert!(shown_text.len() <= MAX_SHOWN && shown_text.starts_with("{\"a\":\"大"), "{shown_text}");
        let huge = serde_json::value::to_raw_value(&"x".repeat(MAX_READ)).expect("JSON");
        assert_eq!(shown("message", &huge), json!(format!("({} bytes)", MAX_READ + 2)));
    }
}
