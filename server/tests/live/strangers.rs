//! What somebody without a token can cost: nothing that stays, and nothing without a bound.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::running::{Running, until};
use crate::socket::{Polling, Socket};

#[tokio::test]
async fn guessed_session_ids_leave_nothing_behind() {
    let running = Running::start().await;
    let http = reqwest::Client::new();
    for guess in 0..50 {
        let url = format!("http://{}/socket.io/?EIO=4&transport=websocket&sid={guess:0>20}", running.address);
        assert_eq!(http.get(url).send().await.expect("an answer").status(), 400);
    }
    assert_eq!(running.gateway.links.count(), 0, "while the stream that they came on is still open");
}

#[tokio::test]
async fn who_waits_at_the_door_is_counted_until_let_in_or_gone() {
    let running = Running::with(|config| config.transport.connect_timeout = Duration::from_millis(500)).await;
    let polling = Polling::open(running.address, 4).await;
    let socket = Socket::open(running.address, "EIO=4&transport=websocket").await;
    let ancient = Socket::open(running.address, "EIO=3&transport=websocket").await;
    assert_eq!(running.gateway.strangers.count(), 3);
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    ann.event("/web", "connected").await;
    drop(socket);
    ancient.closed().await;
    until("the strangers' end", || running.gateway.strangers.count() == 0).await;
    assert_eq!(polling.post("3").await, 400, "there is no such session any more");
    assert_eq!(running.connected(), 1);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let running = Running::start().await;
    let url = format!("http://{}/socket.io/?EIO=4&transport=polling", running.address);
    let http = reqwest::Client::new();
    for (bytes, status) in [(16 * 1024, 200), (40 * 1024, 431)] {
        let answer = http.get(&url).header("x-padding", "x".repeat(bytes)).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{bytes}");
    }
}

#[tokio::test]
async fn a_peer_that_dribbles_a_request_is_cut_off() {
    let running = Running::with(|config| {
        let transport = &mut config.transport;
        transport.ping_interval = Duration::from_millis(100);
        transport.ping_timeout = Duration::from_millis(100);
        transport.write_deadline = Duration::from_millis(100);
    })
    .await;
    let (mut reader, mut writer) = TcpStream::connect(running.address).await.expect("a listener").into_split();
    writer.write_all(b"GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
    let mut answer = [0; 1024];
    assert!(reader.read(&mut answer).await.expect("an answer") > 0);
    writer.write_all(b"GET /nothing HTTP/1.1\r\nx-endless: ").await.expect("half a request");
    let dribbling = tokio::spawn(async move {
        let mut drops = tokio::time::interval(Duration::from_millis(20));
        loop {
            drops.tick().await;
            if writer.write_all(b"x").await.is_err() {
                return;
            }
        }
    });
    let ended = async { while reader.read(&mut answer).await.is_ok_and(|bytes| bytes > 0) {} };
    tokio::time::timeout(Duration::from_secs(10), ended).await.expect("the end");
    dribbling.abort();
}

#[tokio::test]
async fn a_token_is_looked_after_as_long_as_its_connection() {
    let running = Running::start().await;
    let token = running.token("7", None);
    let mut socket = Socket::join(running.address, "/web", &token).await;
    socket.event("/web", "connected").await;
    for _ in 0..3 {
        socket.emit("/web", "auth:refresh", &serde_json::json!({"token": running.token("7", None)})).await;
    }
    socket.send("42/web,1[\"ping\"]").await;
    socket.expect("43/web,1").await;
    assert_eq!(running.gateway.expiring(), 1);
    drop(socket);
    until("the departure", || running.connected() == 0).await;
    assert_eq!(running.gateway.expiring(), 0, "although the token lasts for an hour");
}

#[tokio::test]
async fn a_body_that_the_engine_would_read_for_ever_is_refused() {
    let running = Running::start().await;
    let polling = Polling::open(running.address, 3).await;
    for body in ["2:4\u{1f600}rest", "1:\u{1f600}x", "9:4a"] {
        assert_eq!(polling.post_raw(body.into()).await, 400, "{body}");
    }
    // Each of them would be looked at together with all that follow.
    let pings = "1:2".repeat(20_000);
    let began = std::time::Instant::now();
    assert_eq!(polling.post_raw(pings.into_bytes()).await, 200);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let polling = Polling::open(running.address, 4).await;
    assert_eq!(polling.post_raw(vec![b'4'; 100_000]).await, 413, "who has not been let in has little to say");
}
