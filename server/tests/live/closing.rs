//! A connection is closed within a second, however it is carried.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use signalbox_server::hub::Closing;
use signalbox_server::namespaces;

use crate::running::{Running, until};
use crate::socket::{Polling, Socket};

async fn kick(running: &Running, user: i64) -> Duration {
    let sessions = running.gateway.on_floor(|floor| floor.presence.sessions_of(&user.into()));
    assert_eq!(sessions.len(), 1);
    let began = Instant::now();
    let closing = Closing::new("kicked", "maintenance");
    namespaces::close(&running.gateway, &sessions[0], closing).await;
    assert_eq!(running.connected(), 0, "the connection is gone when closing it has ended");
    began.elapsed()
}

async fn until_closed(polling: &Polling) {
    while polling.poll().await.is_some_and(|text| !["", "1", "1:1"].contains(&&*text)) {}
    assert_eq!(polling.post("3").await, 400, "there is no such session any more");
}

#[tokio::test]
async fn a_kick_reaches_a_websocket_that_reads_before_it_is_closed() {
    let running = Running::start().await;
    let mut socket = Socket::join(running.address, "/web", &running.token("7", None)).await;
    socket.event("/web", "connected").await;
    assert!(kick(&running, 7).await < Duration::from_secs(1));
    assert_eq!(socket.event("/web", "kicked").await["reason"], "maintenance");
    socket.expect("41/web").await;
    socket.closed().await;
}

#[tokio::test]
async fn a_kick_reaches_a_client_that_polls() {
    for version in [4, 3] {
        let running = Running::start().await;
        let polling = Polling::join(running.address, version, &running.token("7", None)).await;
        let (took, told) = tokio::join!(kick(&running, 7), polling.expect("kicked"));
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert!(told.contains("maintenance"), "{told}");
        until("the session's end", || running.connected() == 0).await;
        until_closed(&polling).await;
    }
}

#[tokio::test]
async fn a_kick_reaches_a_client_that_has_upgraded() {
    let running = Running::start().await;
    let polling = Polling::open(running.address, 4).await;
    polling.post(&format!("40/web,{{\"token\":\"{}\"}}", running.token("7", None))).await;
    polling.expect("connected").await;
    let query = format!("EIO=4&transport=websocket&sid={}", polling.sid);
    let mut socket = Socket::open(running.address, &query).await;
    socket.send("2probe").await;
    socket.expect("3probe").await;
    socket.send("5").await;
    socket.emit("/web", "room:join", &serde_json::json!({"roomId": "lobby"})).await;
    socket.event("/web", "room:joined").await;
    assert!(kick(&running, 7).await < Duration::from_secs(1));
    socket.event("/web", "kicked").await;
    socket.closed().await;
}

#[tokio::test]
async fn a_client_of_engine_io_3_that_joins_nothing_is_closed() {
    let running = Running::with(|config| config.transport.connect_timeout = Duration::from_millis(200)).await;
    let mut socket = Socket::open(running.address, "EIO=3&transport=websocket").await;
    assert_eq!(socket.expect("44").await, r#"44{"message":"missing token"}"#, "it joins `/` unasked");
    let polling = Polling::open(running.address, 3).await;
    socket.closed().await;
    until_closed(&polling).await;
}

#[tokio::test]
async fn who_leaves_the_last_namespace_is_closed_in_time() {
    let running = Running::with(|config| config.transport.connect_timeout = Duration::from_millis(200)).await;
    let mut socket = Socket::join(running.address, "/web", &running.token("7", None)).await;
    socket.send("41/web,").await;
    until("the departure", || running.connected() == 0).await;
    socket.closed().await;
}

#[tokio::test]
async fn what_a_client_sent_before_it_left_is_carried_out() {
    let running = Running::start().await;
    let mut ben = Socket::join(running.address, "/web", &running.token("8", None)).await;
    ben.event("/web", "connected").await;
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    for n in 0..500 {
        let message = serde_json::json!({"toUserId": 8, "message": n.to_string()});
        ann.emit("/web", "private:message", &message).await;
    }
    ann.send("41/web,").await;
    for n in 0..500 {
        assert_eq!(ben.event("/web", "private:message").await["message"], n.to_string());
    }
    assert_eq!(ben.event("/web", "user:offline").await["userId"], 7);
}

#[tokio::test]
async fn a_kick_is_finished_although_whoever_asked_for_it_has_gone() {
    let running = Running::start().await;
    let mut socket = Socket::join(running.address, "/web", &running.token("7", None)).await;
    socket.event("/web", "connected").await;
    let sessions = running.gateway.on_floor(|floor| floor.presence.sessions_of(&7.into()));
    let closing = Closing::new("kicked", "maintenance");
    let closed = namespaces::close(&running.gateway, &sessions[0], closing).now_or_never();
    assert!(closed.is_none(), "given up at once");
    socket.closed().await;
    until("the departure", || running.connected() == 0).await;
}
