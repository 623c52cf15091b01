//! Every event is answered: what was done, or what was wrong with it and nothing else.

use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use support::Gateway;

const QUIET: &str = "limits.enabled = false";

/// A failure's acknowledgement: the code, and a message that is there twice.
fn code_of(answer: &Value) -> &str {
    assert_eq!(answer["success"], false, "{answer}");
    assert!(answer["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer}");
    assert_eq!(answer["error"], answer["message"], "{answer}");
    answer["code"].as_str().unwrap_or_default()
}

fn assert_iso(timestamp: &Value) {
    let text = timestamp.as_str().unwrap_or_default();
    let read: Timestamp = text.parse().unwrap_or_else(|_| panic!("not a timestamp: {timestamp}"));
    assert_eq!(read.to_string(), text, "UTC with milliseconds");
}

#[tokio::test]
async fn a_ping_is_answered_with_pong() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    assert_eq!(ann.ask_with("ping", vec![]).await, "pong");
    assert_eq!(ann.ask("ping", json!({"any": "thing"})).await, "pong");
}

#[tokio::test]
async fn a_failure_has_a_code_with_and_without_an_acknowledgement() {
    let gateway = Gateway::with("limits.enabled = false\ncontent.words = [\"badger\", \"日本\"]").await;
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let longest = "x".repeat(1000);
    let cases = [
        ("no:such:event", json!({}), "unknown_event"),
        ("room:join", json!({}), "invalid_payload"),
        ("room:join", json!(null), "invalid_payload"),
        ("room:join", json!("lobby"), "invalid_payload"),
        ("room:join", json!({"roomId": 7.5}), "invalid_payload"),
        ("room:join", json!({"roomId": ""}), "invalid_payload"),
        ("room:join", json!({"roomId": "a\u{0}b"}), "invalid_payload"),
        ("room:join", json!({"roomId": "x".repeat(129)}), "invalid_payload"),
        ("room:message", json!({"roomId": "lobby"}), "invalid_payload"),
        ("room:message", json!({"roomId": "lobby", "message": {"a": 1}}), "invalid_payload"),
        ("private:message", json!({"message": "to whom?"}), "invalid_payload"),
        ("private:message", json!({"toUserId": [], "message": "to whom?"}), "invalid_payload"),
        ("room:message", json!({"roomId": "lobby", "message": format!("{longest}x")}), "too_long"),
        ("room:message", json!({"roomId": "lobby", "message": "🦡".repeat(501)}), "too_long"),
        ("room:message", json!({"roomId": "lobby", "message": "a Badger!"}), "content_rejected"),
        ("private:message", json!({"toUserId": 8, "message": "BADGER"}), "content_rejected"),
        ("room:message", json!({"roomId": "elsewhere", "message": "hello"}), "not_member"),
        ("room:leave", json!({"roomId": "elsewhere"}), "not_member"),
        ("test:error", json!({}), "internal"),
    ];
    for (event, payload, code) in cases {
        let answer = ann.ask(event, payload.clone()).await;
        assert_eq!(code_of(&answer), code, "{event} {payload}");

        ann.emit(event, payload.clone()).await;
        let error = ann.expect_where("error", |error| error["event"] == event && error["code"] == code).await;
        assert!(error["message"].is_string(), "{error}");
        assert_iso(&error["timestamp"]);
        assert_eq!(error.get("receivedData").is_some(), code == "invalid_payload", "{event}: {error}");
    }
    for (event, payload) in [
        ("room:message", json!({"roomId": "lobby", "message": longest})),
        ("room:message", json!({"roomId": "lobby", "message": "🦡".repeat(500)})),
        ("room:message", json!({"roomId": "lobby", "message": "badgers are another word"})),
    ] {
        assert_eq!(ann.ask(event, payload.clone()).await["success"], true, "{payload}");
    }
}

#[tokio::test]
async fn an_invalid_payload_comes_back_cut_at_one_kibibyte() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    ann.emit("room:join", json!({"room": "y".repeat(50_000)})).await;
    let error = ann.expect("error").await;
    assert_eq!(error["code"], "invalid_payload");
    let received = error["receivedData"].to_string();
    assert!(received.contains("yyyy") && received.len() <= 1200, "{} bytes came back", received.len());
}

#[tokio::test]
async fn the_error_path_is_tested_end_to_end() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    let answer = ann.ask_with("test:error", vec![]).await;
    assert_eq!(code_of(&answer), "internal");
    let error = ann.expect("error").await;
    assert_eq!((&error["event"], &error["code"]), (&json!("test:error"), &json!("internal")));
    ann.emit("test:error", Value::Null).await;
    assert_eq!(ann.expect("error").await["code"], "internal");
}

#[tokio::test]
async fn a_private_message_reaches_every_socket_of_its_target_and_nobody_else() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut ben = gateway.web("8", "ben").await;
    let mut bens_phone = gateway.web(8, "ben").await;
    let mut eve = gateway.web("eve", "eve").await;

    let answer = ann.ask("private:message", json!({"toUserId": "8", "message": "hello ben"})).await;
    assert_eq!(answer["success"], true, "{answer}");
    let first = answer["messageId"].as_i64().expect("a number");
    assert_eq!(ann.expect("message:sent").await["messageId"], first);
    for device in [&mut ben, &mut bens_phone] {
        let message = device.expect("private:message").await;
        assert_eq!(message["fromUserId"], 7, "a numeric id is a number: {message}");
        assert_eq!(message["fromUsername"], "ann");
        assert_eq!(message["message"], "hello ben");
        assert_iso(&message["timestamp"]);
    }
    let answer = ann.ask("private:message", json!({"toUserId": "eve", "message": "hello eve"})).await;
    assert!(answer["messageId"].as_i64() > Some(first), "the numbers grow: {answer}");
    assert_eq!(eve.received("private:message").await.len(), 1);
    assert!(ann.received("private:message").await.is_empty());
}
