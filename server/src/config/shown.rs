//! The configuration as it is shown: every key with its value and where that comes from, and no secret.
//!
//! A key of type [`Secret`](crate::auth::Secret) hides itself. Beyond that, a key whose name says that it is one is hidden
//! whatever its type, and a URL is shown without the password in it: a key that is added later is safe without a thought.

use std::collections::BTreeMap;

use serde_json::Value;
use signalbox_protocol::admin::{Setting, SettingOrigin};

use super::Config;
use crate::auth::HIDDEN;

/// What the last part of a secret's name holds.
const SECRET_NAMES: [&str; 5] = ["secret", "password", "passphrase", "token", "private"];

impl Config {
    /// Every key, by name, each with what it is where nobody says anything.
    pub fn settings(&self) -> Vec<Setting> {
        let defaults: BTreeMap<_, _> = Self::default().keys().into_iter().collect();
        let settings = self.keys().into_iter().map(|(key, value)| {
            let origin = self.origins.get(&key).copied().unwrap_or(SettingOrigin::Default);
            Setting { value, default: defaults.get(&key).cloned(), origin, key }
        });
        settings.collect()
    }

    /// Every key with its value, as it is shown, by name.
    fn keys(&self) -> Vec<(String, Value)> {
        let value = serde_json::to_value(self).unwrap_or_else(|error| {
            tracing::error!(%error, "the configuration cannot be written as JSON");
            Value::Null
        });
        let mut shown = Vec::new();
        // A key is at most two parts long; what a value is made of is its own affair.
        for (name, value) in entries(value) {
            match value {
                Value::Object(section) if !is_duration(&section) => {
                    shown.extend(section.into_iter().map(|(key, value)| entry(format!("{name}.{key}"), value)));
                }
                value => shown.push(entry(name, value)),
            }
        }
        shown.sort_by(|a, b| a.0.cmp(&b.0));
        shown
    }
}

/// A key with its value, and without its secret.
fn entry(key: String, value: Value) -> (String, Value) {
    let value = if is_secret(&key) && !value.is_null() { HIDDEN.into() } else { shown(value) };
    (key, value)
}

fn entries(value: Value) -> impl Iterator<Item = (String, Value)> {
    let object = if let Value::Object(object) = value { Some(object) } else { None };
    object.into_iter().flatten()
}

fn is_secret(key: &str) -> bool {
    let name = key.rsplit('.').next().unwrap_or(key);
    // Namespaces in which a token may stand somewhere are no token.
    name.split('_').next_back().is_some_and(|last| SECRET_NAMES.contains(&last)) || key == "tls.key"
}

fn shown(value: Value) -> Value {
    match value {
        Value::Object(object) if is_duration(&object) => duration(&object).into(),
        Value::Object(object) => object.into_iter().map(|(key, value)| (key, shown(value))).collect(),
        Value::Array(items) => items.into_iter().map(shown).collect(),
        Value::String(text) => without_password(&text).into(),
        value => value,
    }
}

/// How serde writes a duration.
fn is_duration(object: &serde_json::Map<String, Value>) -> bool {
    object.len() == 2 && object.contains_key("secs") && object.contains_key("nanos")
}

/// As it is written in the configuration: `60s`, `500ms`.
fn duration(object: &serde_json::Map<String, Value>) -> String {
    let part = |name| object.get(name).and_then(Value::as_u64).unwrap_or_default();
    match (part("secs"), part("nanos") / 1_000_000) {
        (seconds, 0) => format!("{seconds}s"),
        (seconds, ms) => format!("{}ms", seconds * 1000 + ms),
    }
}

/// `redis://user:password@host/` without the password, and a private key not at all.
fn without_password(text: &str) -> String {
    if text.contains("PRIVATE KEY") {
        return HIDDEN.into();
    }
    let Some((scheme, rest)) = text.split_once("://") else { return text.into() };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // Its query may hold one too.
    let path = path.split('?').next().unwrap_or_default();
    // The last one: a password may hold the sign itself.
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{HIDDEN}@{host}{path}"),
        None => format!("{scheme}://{authority}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (text, shown) in [
            ("redis://10.0.0.1:6379/0", "redis://10.0.0.1:6379/0"),
            ("redis://:hunter2@10.0.0.1/0", "redis://(secret)@10.0.0.1/0"),
            ("postgres://box:hun@ter2@db/box?password=hunter2", "postgres://(secret)@db/box"),
            ("redis://hunter2@db", "redis://(secret)@db"),
            ("127.0.0.1:3000", "127.0.0.1:3000"),
        ] {
            assert_eq!(without_password(text), shown, "{text}");
        }
    }

    #[test]
    fn a_key_that_is_named_like_a_secret_is_one() {
        for (key, secret) in [
            ("auth.jwt_secret", true),
            ("redis.password", true),
            ("metrics.token", true),
            ("tls.key", true),
            ("auth.public_key", false),
            ("auth.query_token_namespaces", false),
            ("limits.default", false),
        ] {
            assert_eq!(is_secret(key), secret, "{key}");
        }
    }

    #[test]
    fn every_key_is_there_with_its_value() {
        let settings = Config::default().settings();
        let value = |key: &str| settings.iter().find(|setting| setting.key == key).map(|setting| &setting.value);
        assert_eq!(value("listen"), Some(&"127.0.0.1:3000".into()));
        assert_eq!(value("limits.window"), Some(&"60s".into()));
        assert_eq!(value("connections.policy"), Some(&"reject".into()));
        assert_eq!(value("auth.jwt_secret"), Some(&Value::Null), "there is none");
        assert!(settings.iter().all(|setting| setting.origin == SettingOrigin::Default));
    }

    #[test]
    fn every_key_says_what_it_would_be_otherwise_and_no_secret_does() {
        let mut config = Config { listen: "0.0.0.0:80".parse().unwrap(), ..Config::default() };
        config.auth.jwt_secret =
            Some(crate::auth::Secret::from("a secret that is long enough to sign with".to_owned()));
        let settings = config.settings();
        assert!(settings.iter().all(|setting| setting.default.is_some()));
        let differ = settings.iter().filter(|setting| setting.default.as_ref() != Some(&setting.value));
        let differ: Vec<_> = differ.map(|setting| (setting.key.as_str(), &setting.value, &setting.default)).collect();
        assert_eq!(
            differ,
            [
                ("auth.jwt_secret", &HIDDEN.into(), &Some(Value::Null)),
                ("listen", &"0.0.0.0:80".into(), &Some("127.0.0.1:3000".into())),
            ]
        );
    }
}
