//! What a WebSocket brings is bounded, however it is cut into frames, fragments and attachments.

use reqwest::header::{CONNECTION, SEC_WEBSOCKET_EXTENSIONS, UPGRADE};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::running::Running;
use crate::socket::Socket;

const MAX_MESSAGE: u32 = 100_000;

async fn bounded() -> Running {
    Running::with(|config| config.transport.max_message = MAX_MESSAGE).await
}

async fn joined(running: &Running) -> Socket {
    Socket::join(running.address, "/web", &running.token("7", None)).await
}

/// A text in fragments of that many bytes.
pub fn fragments(text: &str, each: usize) -> Vec<Message> {
    let pieces: Vec<_> = text.as_bytes().chunks(each).collect();
    let frame = |(at, piece): (usize, &&[u8])| {
        let kind = OpCode::Data(if at == 0 { Data::Text } else { Data::Continue });
        Message::Frame(Frame::message(piece.to_vec(), kind, at + 1 == pieces.len()))
    };
    pieces.iter().enumerate().map(frame).collect()
}

#[tokio::test]
async fn fragments_together_are_no_larger_than_a_message() {
    let running = bounded().await;
    let ping = |bytes: usize| format!("42/web,1[\"ping\",\"{}\"]", "x".repeat(bytes));
    let mut socket = joined(&running).await;
    for fragment in fragments(&ping(90_000), 1000) {
        assert!(socket.try_send_message(fragment).await);
    }
    assert_eq!(socket.expect("43/web,1").await, "43/web,1[\"pong\"]", "a message below the bound is read");
    for fragment in fragments(&ping(110_000), 1000) {
        if !socket.try_send_message(fragment).await {
            break;
        }
    }
    socket.closed().await;
}

#[tokio::test]
async fn attachments_together_are_no_larger_than_a_message() {
    let running = bounded().await;
    let head = "452-/web,1[\"ping\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]";
    let mut socket = joined(&running).await;
    for (bytes, answered) in [(40_000, true), (60_000, false)] {
        socket.send(head).await;
        for _ in 0..2 {
            let _ = socket.try_send_bytes(vec![7; bytes]).await;
        }
        if answered {
            socket.expect("43/web,1").await;
        }
    }
    socket.closed().await;
}

#[tokio::test]
async fn nothing_is_compressed_or_unpacked() {
    let running = bounded().await;
    let url = format!("http://{}/socket.io/?EIO=4&transport=websocket", running.address);
    let upgrade = reqwest::Client::new().get(url).header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
    let upgrade = upgrade.header("sec-websocket-version", 13).header("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA==");
    let answer = upgrade.header(SEC_WEBSOCKET_EXTENSIONS, "permessage-deflate").send().await.expect("an answer");
    assert_eq!(answer.status(), 101);
    assert!(!answer.headers().contains_key(SEC_WEBSOCKET_EXTENSIONS), "compression is not agreed on");

    let mut socket = joined(&running).await;
    let mut squeezed = Frame::message(vec![0; 20], OpCode::Data(Data::Text), true);
    squeezed.header_mut().rsv1 = true;
    assert!(socket.try_send_message(Message::Frame(squeezed)).await);
    socket.closed().await;
}
