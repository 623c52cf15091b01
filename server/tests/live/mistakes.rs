//! What a client does wrong is answered, briefly, and the connection goes on.

use serde_json::json;

use crate::running::Running;
use crate::socket::Socket;

#[tokio::test]
async fn a_mistake_is_answered_briefly() {
    let running = Running::start().await;
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    ann.event("/web", "connected").await;

    ann.emit("/web", &"x".repeat(10_000), &json!({})).await;
    let error = ann.event("/web", "error").await;
    assert_eq!((&error["code"], error["event"].as_str().map(str::len)), (&json!("unknown_event"), Some(128)));

    ann.emit("/web", "room:join", &json!("y".repeat(10_000))).await;
    let error = ann.event("/web", "error").await;
    assert_eq!((&error["code"], error["receivedData"].as_str().map(str::len)), (&json!("invalid_payload"), Some(1024)));
    assert!(error["message"].as_str().is_some_and(|message| message.len() <= 256), "{error}");

    ann.send("42/web,7[\"ping\"]").await;
    assert_eq!(ann.expect("43/web,7").await, "43/web,7[\"pong\"]");
}

#[tokio::test]
async fn nesting_without_an_end_overflows_nothing() {
    let running = Running::start().await;
    let deep = "[".repeat(400_000) + &"]".repeat(400_000);
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    for event in ["private:message", "room:join", "nothing"] {
        ann.send(format!("42/web,[\"{event}\",{deep}]")).await;
        let error = ann.event("/web", "error").await;
        assert!(["invalid_payload", "unknown_event"].contains(&error["code"].as_str().expect("a code")), "{error}");
    }
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let mut stranger = Socket::open(running.address, "EIO=4&transport=websocket").await;
    stranger.send(format!("40/web,{deep}")).await;
    stranger.expect("44/web,{\"message\":").await;
    let http = reqwest::Client::new();
    let url = format!("http://{}/socket.io/?EIO=4&transport=polling", running.address);
    assert_eq!(http.get(url).send().await.expect("an answer").status(), 200, "the gateway goes on");
}
