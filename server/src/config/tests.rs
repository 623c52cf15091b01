//! The layers and what is wrong with them, by table.

use std::io::Write as _;

use serde_json::{Value, json};
use signalbox_protocol::admin::Setting;

use super::*;

/// A configuration from a file's text and an environment.
fn load(toml: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(toml.as_bytes()).expect("a writable file");
    let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Sources { file: Some(file.path().into()), environment, flags: Flags::default() }.load()
}

#[test]
fn without_anything_the_defaults_of_the_contract_hold() {
    let config = load("", &[]).expect("the defaults");
    let settings = config.settings();
    let desktop = ["http://localhost:5173", "http://localhost:5188", "tauri://localhost", "http://tauri.localhost"];
    for (key, value) in [
        ("listen", json!("127.0.0.1:3000")),
        ("auth.algorithm", json!("HS256")),
        ("auth.query_token_namespaces", json!(["/events", "/chat"])),
        ("auth.require_status", json!(true)),
        ("limits.enabled", json!(true)),
        ("limits.default", json!(100)),
        ("limits.window", json!("60s")),
        ("limits.events", json!({})),
        ("connections.per_user", json!(5)),
        ("connections.policy", json!("reject")),
        ("connections.total", json!(null)),
        ("connections.per_address", json!(null)),
        ("presence.announce_up_to", json!(1000)),
        ("rooms.require_membership", json!(true)),
        ("content.words", json!([])),
        ("cors.origins", json!(desktop)),
        ("proxy.trusted", json!([])),
        ("events.namespaces", json!(["/admin"])),
        ("metrics.listen", json!(null)),
        ("alerts.connects", json!(1000)),
        ("alerts.messages", json!(10_000)),
        ("transport.ping_interval", json!("25s")),
        ("transport.ping_timeout", json!("60s")),
        ("transport.upgrade_timeout", json!("10s")),
        ("transport.connect_timeout", json!("10s")),
        ("transport.max_message", json!(1_000_000)),
        ("transport.max_attachments", json!(10)),
        ("tls.cert", json!(null)),
        ("tls.key", json!(null)),
    ] {
        let found = settings.iter().find(|setting| setting.key == key).unwrap_or_else(|| panic!("no {key}"));
        assert_eq!(found.value, value, "{key}");
    }
    assert!(config.cors.origins.allow("tauri://localhost"));
    assert!(!config.cors.origins.allow("http://localhost:5174"));
    let thresholds = config.alerts.thresholds();
    assert_eq!((thresholds.of(Cause::Connects), thresholds.of(Cause::Messages)), (Some(1000), Some(10_000)));
    assert!(Cause::ALL.into_iter().all(|cause| thresholds.of(cause).is_some()), "each cause has one");
    assert!(config.node.as_str().len() > 1);
}

#[test]
fn each_layer_covers_the_one_before_it() {
    let toml = "listen = \"127.0.0.1:1\"\nlimits.default = 1\nlimits.window = \"5s\"\nconnections.per_user = 9";
    let environment = [("SIGNALBOX_LISTEN", "127.0.0.1:2"), ("SIGNALBOX_LIMITS__DEFAULT", "2"), ("PATH", "/bin")];
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(toml.as_bytes()).expect("a writable file");
    let sources = Sources {
        file: Some(file.path().into()),
        environment: environment.map(|(name, value)| (name.into(), value.into())).into(),
        flags: Flags {
            listen: Some(([127, 0, 0, 1], 3).into()),
            data_dir: Some("/elsewhere".into()),
            jwt_secret: None,
        },
    };
    let config = sources.load().expect("a configuration");
    assert_eq!((config.listen.port(), config.limits.default, config.connections.per_user), (3, 2, 9));
    assert_eq!(config.limits.window, Duration::from_secs(5));
    assert_eq!(config.data_dir, PathBuf::from("/elsewhere"));
}

#[test]
fn the_environment_can_say_everything() {
    let digits = "1234567890123456789012345678901234567890";
    let config = load(
        "cors.origins = [\"http://covered.example\"]",
        &[
            ("SIGNALBOX_AUTH__JWT_SECRET", digits),
            ("SIGNALBOX_AUTH__REQUIRE_STATUS", "false"),
            ("SIGNALBOX_AUTH__QUERY_TOKEN_NAMESPACES", "/events, /web"),
            ("SIGNALBOX_CORS__ORIGINS", "https://a.example,https://b.example:8443"),
            ("SIGNALBOX_CONTENT__WORDS", ""),
            ("SIGNALBOX_CONNECTIONS__POLICY", "evict-oldest"),
            ("SIGNALBOX_CONNECTIONS__TOTAL", "100000"),
            ("SIGNALBOX_LIMITS__ENABLED", "false"),
            ("SIGNALBOX_LIMITS__WINDOW", "2"),
            ("SIGNALBOX_LIMITS__EVENTS", "/web room:message=10,/web ping=5"),
            ("SIGNALBOX_PROXY__TRUSTED", "10.0.0.0/8,::1"),
            ("SIGNALBOX_PROXY__HEADER", "forwarded"),
            ("SIGNALBOX_EVENTS__NAMESPACES", "/admin,/web"),
            ("SIGNALBOX_TRANSPORT__PING_INTERVAL", "300"),
            ("SIGNALBOX_CONSOLE_DIR", "/of/the/console"),
        ],
    )
    .expect("a configuration");
    assert_eq!(config.auth.jwt_secret.as_ref().map(Secret::expose), Some(digits), "digits stay a text");
    assert!(!config.auth.require_status && !config.limits.enabled);
    assert_eq!(config.auth.query_token_namespaces, ["/events".into(), "/web".into()]);
    assert!(
        config.cors.origins.allow("https://b.example:8443") && !config.cors.origins.allow("http://covered.example")
    );
    assert!(config.content.words.is_empty());
    assert_eq!(config.connections.policy, ConnectionPolicy::EvictOldest);
    assert_eq!((config.connections.total, config.connections.per_address), (Some(100_000), None));
    assert_eq!(config.limits.window, Duration::from_secs(2));
    let limits: Vec<_> = config.limits.events.iter().map(|(name, limit)| (name.to_string(), *limit)).collect();
    assert_eq!(limits, [("/web ping".into(), 5), ("/web room:message".into(), 10)]);
    assert_eq!((config.proxy.trusted.len(), config.proxy.header), (2, ProxyHeader::Forwarded));
    assert_eq!(config.events.namespaces.len(), 2);
    assert_eq!(config.transport.ping_interval, Duration::from_millis(300));
    assert!(!format!("{config:?}").contains(digits), "a secret does not show in a log");
}

#[test]
fn an_entry_of_the_policy_table_is_written_as_in_the_contract() {
    let config = load("[limits.events]\n\"/web room:message\" = 10", &[]).expect("a configuration");
    let name = EventName { namespace: "/web".into(), event: "room:message".into() };
    assert_eq!(config.limits.events[&name], 10);
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    for (toml, environment, said) in [
        ("foo = 1", None, "unknown key `foo`"),
        ("[auth]\njwt_secert = \"x\"", None, "unknown key `auth.jwt_secert`"),
        ("[auth]\njwt_secert = \"x\"", None, "did you mean `jwt_secret`?"),
        ("[limits.window]\nfoo = 1", None, "`limits.window`"),
        ("", Some(("SIGNALBOX_AUTH__JWT_SECERT", "x")), "unknown key `auth.jwt_secert` in the environment"),
        ("", Some(("SIGNALBOX_AUTH__JWT_SECERT", "x")), "SIGNALBOX_AUTH__JWT_SECERT"),
        ("", Some(("SIGNALBOX_FOO", "x")), "unknown key `foo`"),
        ("[auth", None, "not valid TOML"),
        ("listen = \"nowhere\"", None, "`listen`"),
        ("listen = 3000", None, "`listen`"),
        ("limits.default = 0", None, "`limits.default`"),
        ("limits.default = -1", None, "`limits.default`"),
        ("limits.enabled = \"perhaps\"", None, "`limits.enabled`"),
        ("limits.window = \"soon\"", None, "not a duration"),
        ("limits.window = 0", None, "`limits.window`"),
        ("limits = 3", None, "expected a table"),
        ("[limits.events]\nmessage = 10", None, "not a namespace and an event"),
        ("[limits.events]\n\"/web ping\" = 0", None, "`/web ping`: expected a whole number from 1"),
        ("connections.policy = \"evict\"", None, "expected reject or evict-oldest"),
        ("cors.origins = [\"*\", \"http://a.example\"]", None, "`*` stands alone"),
        ("cors.origins = [\"http://a.example/\"]", None, "is not an origin"),
        ("cors.origins = [\"a.example\"]", None, "is not an origin"),
        ("metrics.listen = \"9100\"", None, "`metrics.listen`"),
        ("proxy.trusted = [\"proxy.example\"]", None, "`proxy.trusted`"),
        ("proxy.header = \"x-real-ip\"", None, "either or x-forwarded-for or forwarded"),
        ("events.namespaces = [\"/chat\"]", None, "`events.namespaces`"),
        ("auth.query_token_namespaces = [\"chat\"]", None, "begins with a slash"),
        ("auth.algorithm = \"none\"", None, "`auth.algorithm`"),
        ("auth.algorithm = \"RS256\"", None, "`auth.public_key`"),
        ("auth.public_key = \"key.pem\"", None, "set `auth.algorithm`"),
        ("auth.jwt_secret = \"0123456789012345678901234567890\"", None, "32 bytes or more"),
        ("node = \"\"", None, "`node`"),
    ] {
        let error = load(toml, &environment.map_or(vec![], |pair| vec![pair])).expect_err(toml).to_string();
        assert!(error.contains(said), "{toml}: {error}");
    }
}

#[test]
fn every_key_is_in_the_reference_with_its_default() {
    let reference = include_str!("../../../docs/configuration.md");
    let rows: Vec<_> = reference.lines().filter(|line| line.starts_with("| `")).collect();
    let settings = Config::default().settings();
    for Setting { key, value, .. } in &settings {
        let row = rows.iter().find(|row| row.starts_with(&format!("| `{key}` |")));
        let row = row.unwrap_or_else(|| panic!("docs/configuration.md lacks `{key}`"));
        // What this machine is called, and where it keeps things, is its own.
        if !["data_dir", "node"].contains(&key.as_str()) {
            assert!(row.contains(&format!("| {} |", in_reference(value))), "{row}: {value}");
        }
    }
    assert_eq!(rows.len(), settings.len(), "docs/configuration.md has keys that are not there");
}

fn in_reference(default: &Value) -> String {
    match default {
        Value::Null => "–".into(),
        Value::Array(list) if list.is_empty() => "none".into(),
        Value::Array(list) => list.iter().map(in_reference).collect::<Vec<_>>().join(", "),
        Value::Object(table) if table.is_empty() => "none".into(),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

#[test]
fn no_error_repeats_a_secret() {
    for toml in [
        "auth.jwt_secret = 918273645918273645",
        "auth.jwt_secret = \"918273645",
        "auth.jwt_secret = [\"918273645\"]",
        "auth.jwt_secret = \"918273645\"",
        "auth = \"918273645\"",
    ] {
        let error = load(toml, &[]).expect_err(toml);
        assert!(!error.to_string().contains("918273645") && !format!("{error:?}").contains("918273645"), "{error}");
    }
}

#[test]
fn a_secret_that_is_not_used_is_remarked_upon() {
    let mut config = Config::default();
    config.auth.jwt_secret = Some(Secret::random());
    assert!(config.remarks().is_empty());
    config.auth.algorithm = Algorithm::Rs256;
    assert!(config.remarks()[0].contains("auth.jwt_secret"));
    config.auth.jwt_secret = None;
    assert!(config.remarks().is_empty());
}

#[test]
fn durations_are_written_as_people_do() {
    let second = Duration::from_secs(1);
    for (text, seconds) in [("90", 90.0), ("90s", 90.0), ("1h30m", 5400.0), ("250ms", 0.25), ("7d", 604_800.0)] {
        assert_eq!(parse_duration(text, second).map(|duration| duration.as_secs_f64()), Ok(seconds), "{text}");
    }
    for text in ["", "h", "5x", "-5s", "5 s", "0s", "99999999999s"] {
        assert!(parse_duration(text, second).is_err(), "{text}");
    }
}
