//! Whatever a client sends, it harms itself at most: a bystander goes on, and newcomers are let in.

use serde_json::json;
use support::polling::Polling;
use support::{Client, Gateway, Packet, Token, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The gateway is as it was: who was there is answered, who comes is let in.
async fn check_unharmed(gateway: &Gateway, bystander: &mut Client, after: &str) {
    assert!(bystander.is_alive().await, "the bystander was cut off by {after}");
    let mut newcomer = gateway.web(99, "newcomer").await;
    assert!(newcomer.is_alive().await, "a newcomer is not answered after {after}");
    newcomer.close().await;
}

#[tokio::test]
async fn malformed_packets_cost_nobody_else_anything() {
    let gateway = Gateway::with("limits.enabled = false").await;
    let mut bystander = gateway.web(1, "bystander").await;
    let deep = format!("42/web,[\"room:join\",{}{}]", "[".repeat(50_000), "]".repeat(50_000));
    let texts = [
        "",
        "x",
        "9",
        "4",
        "49",
        "42",
        "42/web,",
        "42/web,[",
        "42/web,{}",
        "42/web,[]",
        "42/web,[7]",
        "42/web,[null]",
        "42/web,[\"room:join\"",
        "42/web,[\"room:join\",{\"roomId\":\"lobby\"}] and more",
        "42/web,99999999999999999999999[\"ping\"]",
        "42/web,-1[\"ping\"]",
        "42/elsewhere,[\"ping\"]",
        "42[\"ping\"]",
        "43/web,0[1]",
        "43/web,[1]",
        "40/web,{\"token\":",
        "40/web,[]",
        "40/web,\"text\"",
        "44/web,{}",
        "45/web,1-[\"room:join\",{\"_placeholder\":true,\"num\":0}]",
        "451000000-/web,[\"room:join\",{\"_placeholder\":true,\"num\":0}]",
        "45999999999999999999999999-/web,[\"x\"]",
        "46/web,1-[\"x\"]",
        "41/web,",
        "41/elsewhere,",
        "0{}",
        "2",
        "3",
        "5",
        "6",
        "42/web,[\"\\ud800\",{}]",
        "42/web,[\"room:join\",{\"roomId\":\"\\ud800\"}]",
        "42/web,[\"room:join\",{\"roomId\":\"a\",\"roomId\":\"b\"}]",
        "42/web,[\"room:join\",1e999]",
        &deep,
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let mut villain = gateway.web(1000 + number as i64, "villain").await;
        villain.send_text(text).await;
        villain.send_text("42/web,[\"room:join\",{\"roomId\":\"lobby\"}]").await;
        let start = &text[..text.len().min(60)];
        check_unharmed(&gateway, &mut bystander, start).await;
    }
    for bytes in [vec![], vec![0], vec![4, 0xff, 0xfe], vec![0xff; 4096]] {
        let mut villain = gateway.web(7, "villain").await;
        villain.send_bytes(bytes).await;
        check_unharmed(&gateway, &mut bystander, "binary messages").await;
        villain.close().await;
    }
}

#[tokio::test]
async fn an_oversized_message_ends_only_the_connection_that_sent_it() {
    let gateway = Gateway::with("limits.enabled = false").await;
    let mut bystander = gateway.web(1, "bystander").await;

    let mut large = gateway.web(7, "large").await;
    let answer = large.ask("room:join", json!({"roomId": "x".repeat(900_000)})).await;
    assert_eq!(answer["code"], "invalid_payload", "a message below the bound is read");

    let mut villain = gateway.web(8, "villain").await;
    villain.emit("room:join", json!({"roomId": "x".repeat(1_100_000)})).await;
    villain.closed().await;
    check_unharmed(&gateway, &mut bystander, "an oversized message").await;

    let mut villain = gateway.web(8, "villain").await;
    villain.send_bytes(vec![7; 2_000_000]).await;
    villain.closed().await;
    check_unharmed(&gateway, &mut bystander, "an oversized binary message").await;
}

#[tokio::test]
async fn an_oversized_polling_body_is_refused() {
    let gateway = Gateway::start().await;
    let mut bystander = gateway.web(1, "bystander").await;
    let polling = Polling::open(&gateway).await;
    let connect =
        Packet::Connect { namespace: "/web".into(), data: json!({"token": Token::user(7).name("ann").sign()}) };
    assert_eq!(polling.post(connect.encode()).await, 200);
    polling.expect("the namespace", |packet| matches!(packet, Packet::Connect { .. })).await;
    let status = polling.post(format!("42/web,[\"room:join\",\"{}\"]", "x".repeat(1_100_000))).await;
    assert!(status.is_client_error(), "refused with {status}");
    check_unharmed(&gateway, &mut bystander, "an oversized body").await;
}

#[tokio::test]
async fn ten_attachments_are_taken_and_eleven_end_the_connection() {
    let gateway = Gateway::start().await;
    let mut bystander = gateway.web(1, "bystander").await;
    let mut villain = gateway.web(7, "villain").await;
    for attachments in [10, 11] {
        let placeholders: Vec<_> = (0..attachments).map(|num| json!({"_placeholder": true, "num": num})).collect();
        villain.send_text(format!("45{attachments}-/web,[\"room:join\",{}]", json!(placeholders))).await;
        for _ in 0..attachments {
            villain.send_bytes(vec![1, 2, 3]).await;
        }
        if attachments == 10 {
            // It was read whole, and is no room.
            assert_eq!(villain.expect("error").await["code"], "invalid_payload");
            assert!(villain.is_alive().await);
        }
    }
    villain.closed().await;
    check_unharmed(&gateway, &mut bystander, "eleven attachments").await;
}

#[tokio::test]
async fn what_is_not_http_is_answered_or_closed() {
    let gateway = Gateway::start().await;
    let mut bystander = gateway.web(1, "bystander").await;
    let requests: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"HELO example\r\n\r\n",
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        b"GET /socket.io/?EIO=9&transport=polling HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET /socket.io/?EIO=4&transport=polling&sid=nobody HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello",
    ];
    for request in requests {
        let mut stream = TcpStream::connect(gateway.address()).await.expect("a connection");
        stream.write_all(request).await.expect("the gateway takes it");
        stream.shutdown().await.expect("our half can be closed");
        let mut answer = Vec::new();
        // The gateway may also reset what it cannot read.
        let _ = within("the end of the answer", stream.read_to_end(&mut answer)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        check_unharmed(&gateway, &mut bystander, &String::from_utf8_lossy(request)).await;
    }
}
