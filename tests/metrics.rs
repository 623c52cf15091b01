//! What Prometheus is told: figures that are true, under names and labels by its conventions, and none that a stranger
//! could multiply.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use support::{Gateway, Token, eventually, within};

/// A line of figures: its name, its labels, its value.
type Sample = (String, BTreeMap<String, String>, f64);

async fn scrape(gateway: &Gateway, accept: &str) -> (String, String) {
    let request = gateway.request(Method::GET, "/metrics").header("accept", accept);
    let answer = within("the figures", request.send()).await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    let kind = answer.headers()["content-type"].to_str().expect("a media type").to_owned();
    (kind, answer.text().await.expect("a text"))
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').expect("a value");
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let labels = labels.trim_end_matches('}').split(',').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').expect("a label");
        (name.to_owned(), value.trim_matches('"').to_owned())
    });
    (name.to_owned(), labels.collect(), value.parse().expect("a number"))
}

fn samples(text: &str) -> Vec<Sample> {
    text.lines().filter(|line| !line.starts_with('#')).map(sample).collect()
}

fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let fits = |(found, having, _): &&Sample| {
        found == name && labels.iter().all(|(name, value)| having.get(*name).is_some_and(|having| having == value))
    };
    samples.iter().filter(fits).map(|(.., value)| value).sum()
}

#[tokio::test]
async fn the_figures_are_what_happened() {
    let gateway = Gateway::with("limits.events = { \"/web room:message\" = 1 }").await;
    let mut ann = gateway.web(7, "ann").await;
    gateway.web(8, "ben").await.close().await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    for _ in 0..3 {
        ann.ask("room:message", json!({"roomId": "lobby", "message": "hello"})).await;
    }
    ann.ask("room:join", json!({})).await;
    ann.ask("no:such:event", Value::Null).await;
    let (_, text) = scrape(&gateway, "*/*").await;
    let found = samples(&text);
    let received = |event: &str, outcome: &str| {
        let labels = [("namespace", "/web"), ("event", event), ("outcome", outcome)];
        value(&found, "signalbox_events_received_total", &labels)
    };
    for (event, outcome, times) in [
        ("room:join", "ok", 1.0),
        ("room:join", "invalid_payload", 1.0),
        ("room:message", "ok", 1.0),
        ("room:message", "rate_limited", 2.0),
        ("unknown", "unknown_event", 1.0),
    ] {
        assert_eq!(received(event, outcome), times, "{event} {outcome}\n{text}");
    }
    for (name, expected) in [
        ("signalbox_connections_opened_total", 2.0),
        ("signalbox_rooms", 1.0),
        ("signalbox_events_limited_total", 2.0),
        ("signalbox_event_handling_seconds_count", 6.0),
        ("signalbox_build_info", 1.0),
    ] {
        assert_eq!(value(&found, name, &[]), expected, "{name}\n{text}");
    }
    let counted = value(&found, "signalbox_event_handling_seconds_bucket", &[("le", "+Inf")]);
    assert_eq!(counted, 6.0, "the last bucket holds them all");
    assert!(value(&found, "process_start_time_seconds", &[]) > 1.7e9);
}

#[tokio::test]
async fn requests_are_counted_by_method_route_and_class() {
    let gateway = Gateway::start().await;
    let token = Token::operator("olga", Role::Viewer).sign();
    let ask = async |method: &str, path: &str, bearer: &str| {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        gateway.call(method, path, bearer).await.0
    };
    for (method, path, bearer, status) in [
        ("GET", "/api/v1/users/a-secret-user", &*token, 200),
        ("GET", "/api/v1/users/another-secret-user?token=secret", &token, 200),
        ("GET", "/api/v1/users/a-secret-user", "garbage", 401),
        ("DELETE", "/api/v1/users/a-secret-user", &token, 405),
        ("SECRET", "/api/v1/users/a-secret-user", &token, 405),
        ("GET", "/a-secret-path", &token, 404),
        ("GET", "/healthz", "", 200),
    ] {
        assert_eq!(ask(method, path, bearer).await, status, "{method} {path}");
    }
    let (_, text) = scrape(&gateway, "*/*").await;
    assert!(!text.to_lowercase().contains("secret"), "{text}");
    let found = samples(&text);
    let user = "/api/v1/users/{id}";
    for (method, route, status, times) in [
        ("GET", user, "2xx", 2.0),
        ("GET", user, "4xx", 1.0),
        ("DELETE", user, "4xx", 1.0),
        ("other", user, "4xx", 1.0),
        ("GET", "other", "4xx", 1.0),
        ("GET", "/healthz", "2xx", 1.0),
    ] {
        let labels = [("method", method), ("route", route), ("status", status)];
        let name = "signalbox_http_request_duration_seconds";
        assert_eq!(value(&found, &format!("{name}_count"), &labels), times, "{method} {route} {status}\n{text}");
        assert!(value(&found, &format!("{name}_sum"), &labels) > 0.0, "{method} {route} {status}");
    }
}

#[tokio::test]
async fn what_waits_and_what_was_not_kept_is_told() {
    let gateway = Gateway::start().await;
    let figure = async |name: &str| value(&samples(&scrape(&gateway, "*/*").await.1), name, &[]);
    gateway.web(8, "ben").await.close().await;
    eventually("ben's end", || async { (figure("signalbox_connections").await == 0.0).then_some(()) }).await;
    let token = Token::operator("backend", Role::Operator).sign();
    let publish = async |count: usize, to: Value, mode: &str| {
        let message = json!({"namespace": "/web", "to": to, "event": "user:notification", "data": {}});
        let body = json!({"messages": vec![message; count], "mode": mode});
        let (status, answer) = gateway.post("/api/v1/publish", Some(&token), &body).await;
        assert_eq!(status, 202, "{answer}");
    };
    eventually("a batch on its way", || async {
        publish(3, json!("all"), "batched").await;
        (figure("signalbox_outbox_unsent").await > 0.0).then_some(())
    })
    .await;
    // A thousand are kept for a user.
    for count in [1000, 4] {
        publish(count, json!({"users": [8]}), "now").await;
    }
    eventually("the last of them", || async { (figure("signalbox_outbox_unsent").await == 0.0).then_some(()) }).await;
    assert_eq!(figure("signalbox_mailbox_dropped_total").await, 4.0);
    assert_eq!(figure("signalbox_stale_removed_total").await, 0.0);
}

#[tokio::test]
async fn names_and_labels_follow_the_conventions() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web("a \"secret\" user", "ann").await;
    ann.ask("room:join", json!({"roomId": "a secret room"})).await;
    ann.ask("a secret event", Value::Null).await;
    let (kind, text) = scrape(&gateway, "*/*").await;
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    assert!(!text.contains("secret") && !text.contains("127.0.0.1"), "{text}");
    let mut kinds = BTreeMap::new();
    let mut helped = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with('#')) {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        match words[..] {
            ["#", "HELP", name, help] => assert!(helped.insert(name) && help.ends_with('.'), "{line}"),
            ["#", "TYPE", name, kind] => assert!(kinds.insert(name, kind).is_none(), "{line}"),
            _ => panic!("{line}"),
        }
    }
    for (name, labels, value) in samples(&text) {
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix).filter(|family| kinds.get(family) == Some(&"histogram")));
        let family = family.unwrap_or(&name);
        let kind = kinds.get(family).unwrap_or_else(|| panic!("{name} has no type"));
        assert!(helped.contains(family), "{name} has no help");
        assert!(
            family.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
            "{name}"
        );
        assert!(["signalbox_", "process_"].iter().any(|prefix| family.starts_with(prefix)), "{name}");
        assert_eq!(*kind == "counter", family.ends_with("_total"), "{name} is a {kind}");
        assert!(*kind != "histogram" || family.ends_with("_seconds"), "{name} has no unit");
        assert!(
            labels.keys().all(|label| ["namespace", "event", "outcome", "method", "route", "status", "version", "le"]
                .contains(&&**label)),
            "{name}"
        );
        assert!(value >= 0.0, "{name} {value}");
    }
    let (kind, text) = scrape(&gateway, "application/openmetrics-text;version=1.0.0,text/plain;q=0.5").await;
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(text.ends_with("# EOF\n") && text.contains("# TYPE signalbox_connections_opened counter\n"), "{text}");
}

#[tokio::test]
async fn with_an_address_of_their_own_they_are_nowhere_else() {
    let gateway = Gateway::with("metrics.listen = \"127.0.0.1:0\"").await;
    let own = gateway.ready()["metrics"].as_str().expect("the metrics' address").to_owned();
    let at = async |address: &str, path: &str| {
        let answer = within("an answer", reqwest::get(format!("http://{address}{path}"))).await.expect("an answer");
        answer.status().as_u16()
    };
    for (path, public, own_status) in [
        ("/metrics", 404, 200),
        ("/readyz", 200, 200),
        ("/healthz", 200, 200),
        ("/api/v1/openapi.json", 200, 404),
        ("/api/v1/auth/login", 405, 404),
        ("/socket.io/?EIO=4&transport=polling", 200, 404),
    ] {
        assert_eq!(at(&gateway.address().to_string(), path).await, public, "{path} for everybody");
        assert_eq!(at(&own, path).await, own_status, "{path} on the metrics' address");
    }
    let document = gateway.request(Method::GET, "/api/v1/openapi.json").send().await.expect("an answer");
    let document: Value = document.json().await.expect("the document");
    assert!(document["paths"].get("/metrics").is_none(), "the document says what is here");
}
