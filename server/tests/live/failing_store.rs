//! A store that fails for a while: what is on its way out waits, and goes out once.

use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::User;
use signalbox_server::hub::Place;
use signalbox_server::store::{AuditFilter, KeptLetter, Letter};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor};

use crate::running::{Running, until};
use crate::socket::Socket;

/// A way into the store's file beside the gateway's own.
async fn file(running: &Running) -> SqliteConnection {
    let file = SqliteConnectOptions::new().filename(running.gateway.config.data_dir.join("signalbox.db"));
    file.connect().await.expect("the store's file")
}

fn backend(running: &Running) -> String {
    running.token("backend", Some(Role::Operator))
}

async fn post(running: &Running, path: &str, body: &Value) {
    let (status, answer) = running.call(reqwest::Method::POST, path, &backend(running), body).await;
    assert_eq!(status, 202, "{answer}");
}

async fn all_is_sent(running: &Running) {
    until("the outbox to be empty", || running.gateway.publisher.unsent() == 0).await;
}

#[tokio::test]
async fn a_letter_that_cannot_be_stored_repeats_nothing_that_went_out_beside_it() {
    let running = Running::start().await;
    let store = &running.gateway.store;
    store.seen(&User { id: 8.into(), username: "ben".into() }, Timestamp::now());
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    let mut file = file(&running).await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON mailbox BEGIN SELECT RAISE(ABORT, 'full'); END";
    file.execute(full).await.expect("a store that is full");
    let messages = json!({"messages": [
        {"namespace": "/web", "to": {"users": [8, "8"]}, "event": "user:notification", "data": {"title": "t"}},
        {"namespace": "/web", "to": {"users": [7, "7"]}, "event": "tick"},
    ]});
    post(&running, "/api/v1/publish", &messages).await;
    ann.event("/web", "tick").await;
    // The queue is in order: where this one fails, the first has.
    let payload = serde_json::value::to_raw_value(&json!({})).expect("JSON");
    let another = Letter { to: 8.into(), at: Timestamp::now(), place: Some(Place::Web), event: "e".into(), payload };
    assert!(store.post(vec![another]).await.await.is_err());
    file.execute("DROP TRIGGER full").await.expect("room again");
    all_is_sent(&running).await;
    let letters = store.letters(&8.into(), &[Place::Web], Timestamp::now(), 10).await.expect("letters");
    assert_eq!(letters.len(), 1, "{letters:?}");
    ann.send("42/web,1[\"ping\"]").await;
    let next = ann.next().await;
    assert_eq!(next.as_deref(), Some("43/web,1[\"pong\"]"), "neither for the failure nor for being named twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_cannot_be_stored_is_not_overtaken_by_a_later_one() {
    const MANY: usize = 250;
    let running = Running::start().await;
    let store = &running.gateway.store;
    store.seen(&User { id: 8.into(), username: "ben".into() }, Timestamp::now());
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    let mut file = file(&running).await;
    let refused = "CREATE TRIGGER refused BEFORE INSERT ON mailbox WHEN NEW.payload LIKE '{\"n\":0,%' \
                   BEGIN SELECT RAISE(ABORT, 'refused'); END";
    file.execute(refused).await.expect("a store that refuses the first");
    let letter =
        |n: usize| json!({"namespace": "/web", "to": {"users": [8]}, "event": "notification", "data": {"n": n}});
    let mut messages: Vec<_> = (0..MANY).map(letter).collect();
    messages.push(json!({"namespace": "/web", "to": {"users": [7]}, "event": "tick"}));
    post(&running, "/api/v1/publish", &json!({"messages": messages})).await;
    ann.event("/web", "tick").await;
    // The queue is in order: when this one has failed, the first attempt has.
    let payload = serde_json::value::RawValue::from_string("{\"n\":0,\"probe\":1}".into()).expect("JSON");
    let probe = Letter { to: 8.into(), at: Timestamp::now(), place: Some(Place::Web), event: "e".into(), payload };
    assert!(store.post(vec![probe]).await.await.is_err());
    file.execute("DROP TRIGGER refused").await.expect("a store that takes everything");
    all_is_sent(&running).await;
    let letters = store.letters(&8.into(), &[Place::Web], Timestamp::now(), 1000).await.expect("letters");
    let told = |letter: &KeptLetter| serde_json::from_str::<Value>(letter.payload.get()).expect("JSON")["n"].as_u64();
    let numbers: Vec<_> = letters.iter().filter_map(told).collect();
    assert_eq!(numbers, (0..MANY as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_report_is_one_alert_and_one_notification_however_often_the_store_fails() {
    let running = Running::start().await;
    let mut ada = Socket::join(running.address, "/admin", &running.token("op:ada", Some(Role::Viewer))).await;
    let mut file = file(&running).await;
    let full = "CREATE TRIGGER full BEFORE UPDATE ON notifications BEGIN SELECT RAISE(ABORT, 'full'); END";
    file.execute(full).await.expect("a store that is full");
    let report = json!({"type": "system.warning", "payload": {"message": "disk", "level": "low"}});
    post(&running, "/api/v1/events", &report).await;
    ada.event("/admin", "system:notification").await;
    all_is_sent(&running).await;
    assert_eq!(running.gateway.on_floor(|floor| floor.alerts().latest().count()), 1);
    ada.send("42/admin,1[\"ping\"]").await;
    loop {
        match ada.next().await.expect("an open connection") {
            text if text.starts_with("43/admin,1") => break,
            text => assert!(!text.contains("system:notification"), "{text}"),
        }
    }
}

#[tokio::test]
async fn what_an_operator_sends_in_a_backends_place_is_in_the_audit_log() {
    let running = Running::start().await;
    let report = json!({"type": "system.warning", "payload": {"message": "disk", "level": "low"}});
    post(&running, "/api/v1/events", &report).await;
    let message = json!({"namespace": "/web", "to": {"users": [7]}, "event": "tick"});
    post(&running, "/api/v1/publish", &json!({"messages": [message]})).await;
    let log = running.gateway.store.audit_log(&AuditFilter::default(), 10).await.expect("the log");
    let written: Vec<_> =
        log.iter().map(|entry| (entry.entry.command.as_str(), entry.entry.subject.as_str())).collect();
    assert_eq!(written, [("publish", "1 messages"), ("report", "system.warning")]);
}
