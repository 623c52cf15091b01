//! What somebody without a token can cost: nothing that stays, and nothing without a bound.

use std::time::Duration;

use signalbox_server::transport::Places;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;

use crate::frames::fragments;
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

/// A stream from another of this machine's own addresses, as of another host.
async fn stream_from(host: [u8; 4], running: &Running) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((host, 0).into()).expect("an address of this machine");
    socket.connect(running.address).await.expect("a listener")
}

#[tokio::test]
async fn who_opens_streams_and_says_nothing_keeps_no_other_host_out() {
    let running = Running::with_places(Places::at_most(8), |_| ()).await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(stream_from([127, 0, 0, 1], &running).await);
    }
    until("the silent ones' coming", || running.places.taken() == 4).await;
    let mut one_more = stream_from([127, 0, 0, 1], &running).await;
    assert_eq!(one_more.read(&mut [0]).await.unwrap_or(0), 0, "it is closed at once");

    let (url, token) = ("ws://gateway/socket.io/?EIO=4&transport=websocket", running.token("7", None));
    let mut others = Vec::new();
    for _ in 0..5 {
        let mut other = Socket::over(stream_from([127, 0, 0, 2], &running).await, url).await;
        other.send(format!("40/web,{{\"token\":\"{token}\"}}")).await;
        other.event("/web", "connected").await;
        others.push(other);
    }
    assert_eq!(running.places.taken(), 4, "a stream that serves a session needs no place");
    drop(silent);
    until("the silent ones' end", || running.places.taken() == 0).await;
}

#[tokio::test]
async fn a_polling_client_that_was_let_in_needs_no_place() {
    let running = Running::start().await;
    let polling = Polling::join(running.address, 4, &running.token("7", None)).await;
    assert_eq!(polling.post("42/web,1[\"ping\"]").await, 200);
    polling.expect("43/web,1").await;
    until("the places to be free", || running.places.taken() == 0).await;
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
    let polling = Polling::join(running.address, 3, &running.token("7", None)).await;
    let began = std::time::Instant::now();
    assert_eq!(polling.post_raw(pings.into_bytes()).await, 200);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

/// Says it again and again.
async fn harangue(socket: &mut Socket, messages: &[Message]) {
    for message in messages.iter().cycle().take(2000) {
        if !socket.try_send_message(message.clone()).await {
            return;
        }
    }
}

/// What a stranger may think of to fill the gateway with. None of it ends a connection by itself.
fn harangues() -> [Vec<Message>; 4] {
    let connect = format!("40/nowhere,{{\"pad\":\"{}\"}}", "x".repeat(1000));
    let mut endless = fragments(&"4".repeat(800_000), 400);
    endless.pop();
    let mut attachments = vec![Message::text("4510-/web,[\"x\"]")];
    attachments.extend((0..9).map(|_| Message::binary(vec![7; 50_000])));
    [vec![Message::text(connect)], endless, attachments, vec![Message::Ping(vec![0; 125].into())]]
}

#[tokio::test]
async fn a_stranger_says_little_on_a_web_socket() {
    // Nothing but what is said ends a connection in time.
    let running = Running::with(|config| config.transport.connect_timeout = Duration::from_secs(300)).await;
    for messages in harangues() {
        let mut socket = Socket::open(running.address, "EIO=4&transport=websocket").await;
        harangue(&mut socket, &messages).await;
        socket.closed().await;

        let polling = Polling::open(running.address, 4).await;
        let query = format!("EIO=4&transport=websocket&sid={}", polling.sid);
        let mut socket = Socket::open(running.address, &query).await;
        socket.send("2probe").await;
        socket.expect("3probe").await;
        socket.send("5").await;
        harangue(&mut socket, &messages).await;
        socket.closed().await;
    }
}

#[tokio::test]
async fn a_stranger_posts_little_at_once_and_in_all() {
    let running = Running::start().await;
    let connect = format!("40/nowhere,{{\"pad\":\"{}\"}}", "x".repeat(10_000));
    for version in [4, 3] {
        let polling = Polling::open(running.address, version).await;
        for status in [200, 200, 200, 413, 413] {
            assert_eq!(polling.post(&connect).await, status);
        }
        let polling = Polling::open(running.address, version).await;
        assert_eq!(polling.post(&"4".repeat(40_000)).await, 413);
    }
}

#[tokio::test]
async fn who_was_let_in_may_say_as_much_as_anybody() {
    let running = Running::start().await;
    let long = format!("42/web,1[\"ping\",\"{}\"]", "x".repeat(500_000));
    let token = running.token("7", None);
    let mut socket = Socket::join(running.address, "/web", &token).await;
    socket.send(long.clone()).await;
    socket.expect("43/web,1").await;
    for version in [4, 3] {
        let polling = Polling::join(running.address, version, &token).await;
        assert_eq!(polling.post(&long).await, 200);
        polling.expect("43/web,1").await;
    }
}

#[tokio::test]
async fn a_session_posts_one_body_at_a_time() {
    let running = Running::start().await;
    let polling = Polling::join(running.address, 4, &running.token("7", None)).await;
    let turns = || running.gateway.tickets.visitor(&polling.sid).map(|visitor| visitor.turn.available_permits());
    let session = running.gateway.on_floor(|floor| floor.presence.sessions_of(&7.into()).remove(0));

    let (first, second) = ("42/web,1[\"ping\"]", "42/web,2[\"ping\"]");
    let (begun, rest) = first.split_at(5);
    let mut slow = TcpStream::connect(running.address).await.expect("a listener");
    let head = format!(
        "POST /socket.io/?EIO=4&transport=polling&sid={} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{begun}",
        polling.sid,
        first.len()
    );
    slow.write_all(head.as_bytes()).await.expect("a request");
    until("the first body's turn", || turns() == Some(0)).await;

    let received = session.link.traffic().0;
    let later = async {
        until("the second body's coming", || session.link.traffic().0 > received).await;
        slow.write_all(rest.as_bytes()).await.expect("the rest");
    };
    let (status, ()) = tokio::join!(polling.post(second), later);
    assert_eq!(status, 200);
    let mut answers = polling.expect("43/web,1").await;
    assert!(!answers.split("43/web,1").next().is_some_and(|before| before.contains("43/web,2")), "{answers}");
    if !answers.contains("43/web,2") {
        answers = polling.expect("43/web,2").await;
    }
    assert!(answers.contains("43/web,2[\"pong\"]"), "{answers}");
}
