//! A node can be emptied without being stopped: nobody new comes in, everybody is told to come back, operators stay.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{Acting, AuditArgs, Command, DrainArgs, HistoryArgs, HistoryOf, NoArgs, Role};
use support::{Client, Gateway, Operator, Packet, Token};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

fn drain(over: u32, fingerprint: Option<String>) -> Command {
    Command::Drain(Acting { args: DrainArgs { over: Some(over) }, fingerprint })
}

async fn ready(gateway: &Gateway) -> u16 {
    gateway.request(Method::GET, "/readyz").send().await.expect("an answer").status().as_u16()
}

async fn knock(gateway: &Gateway, id: i64) -> Result<(), String> {
    let mut client = Client::open(gateway.dial()).await.expect("a connection");
    client.join("/web", json!({"token": Token::user(id).sign()})).await
}

#[tokio::test]
async fn a_drained_node_sends_its_clients_away_and_lets_operators_look() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let mut clients = Vec::new();
    for id in 0..4 {
        clients.push(gateway.web(id, "ann").await);
    }
    let preview = ada.preview(drain(1, None)).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"]), (&json!(4), &json!(4)), "operators are not touched");
    assert_eq!(ready(&gateway).await, 200, "a preview does nothing");

    let fingerprint = preview["fingerprint"].as_str().map(str::to_owned);
    let begun = ada.ask(drain(1, fingerprint)).await.expect("it begins");
    assert_eq!(begun["connections"], 4);
    assert_eq!(ready(&gateway).await, 503);
    assert_eq!(knock(&gateway, 9).await, Err("server busy".into()));
    let mut waits = HashSet::new();
    for client in &mut clients {
        let told = client.expect("system:shutdown").await;
        let wait = told["reconnectAfterMs"].as_u64().unwrap_or_default();
        assert!((500..5_000).contains(&wait), "{told}");
        waits.insert(wait);
        assert_eq!(client.expect("kicked").await["code"], "drain");
        client.closed().await;
    }
    assert!(waits.len() > 1, "they do not all come back at once: {waits:?}");
    let nodes = ada.ask(Command::Nodes(NoArgs {})).await.expect("it is still there");
    assert!(nodes["nodes"][0]["drainedSince"].is_string(), "{nodes}");
    let mut amy = Operator::new(gateway.join("/admin", &Token::operator("amy", Role::Admin)).await);

    amy.ask(Command::Resume(NoArgs {}.into())).await.expect("another operator can end it");
    assert_eq!(ready(&gateway).await, 200);
    assert_eq!(knock(&gateway, 9).await, Ok(()));
    let page = ada.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    let commands: Vec<_> = page["items"].as_array().into_iter().flatten().map(|row| row["command"].clone()).collect();
    assert_eq!(commands, ["resume", "drain"]);
}

#[tokio::test]
async fn who_has_not_been_sent_away_when_it_resumes_stays() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let (mut ann, mut ben) = (gateway.web(7, "ann").await, gateway.web(8, "ben").await);
    ada.ask(drain(3_600, None)).await.expect("it begins");
    // The first of them goes at once, the second half an hour later.
    let first = tokio::select! {
        _ = ann.expect("kicked") => 7,
        _ = ben.expect("kicked") => 8,
    };
    ada.ask(Command::Resume(NoArgs {}.into())).await.expect("it ends");
    assert!(if first == 7 { ben.is_alive().await } else { ann.is_alive().await });
}

#[tokio::test]
async fn only_an_admin_drains_and_only_whom_was_shown() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ada = Operator::new(gateway.join("/admin", &Token::operator("ada", Role::Admin)).await);
    let mut ann = gateway.web(7, "ann").await;
    for command in [drain(0, None), Command::Resume(NoArgs {}.into())] {
        assert_eq!(olga.ask(command).await.expect_err("it needs an admin").code, ErrorCode::Forbidden);
    }
    let preview = ada.preview(drain(0, None)).await.expect("a preview");
    let fingerprint = preview["fingerprint"].as_str().map(str::to_owned);
    let _ben = gateway.web(8, "ben").await;
    let refused = ada.ask(drain(0, fingerprint)).await.expect_err("somebody came");
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!(ann.is_alive().await && ready(&gateway).await == 200);
}

#[tokio::test]
async fn a_drained_node_still_ends_in_time() {
    let mut gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let mut ann = gateway.web(7, "ann").await;
    ada.ask(drain(3_600, None)).await.expect("it begins");
    let ended = tokio::time::timeout(Duration::from_secs(10), gateway.terminate()).await.expect("within ten seconds");
    assert!(ended.success(), "{ended}");
    ann.closed().await;
}

/// A client that has sent the beginning of something and not its end.
async fn in_the_middle_of(gateway: &Gateway, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(gateway.address()).await.expect("a connection");
    stream.write_all(bytes).await.expect("a stream that takes it");
    stream
}

/// A WebSocket that has joined `/web`, and has begun a message.
fn half_a_frame(user: i64) -> Vec<u8> {
    let mut bytes = b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\n\
        Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        .to_vec();
    let join = format!("40/web,{}", json!({"token": Token::user(user).sign()}));
    let length = u16::try_from(join.len()).expect("a short packet").to_be_bytes();
    // A text with its length in two bytes, behind a mask that changes nothing.
    bytes.extend([0x81, 0xfe, length[0], length[1], 0, 0, 0, 0]);
    bytes.extend(join.bytes());
    bytes.extend([0x81, 0xfe, 0x03, 0xe8, 0, 0, 0, 0, b'4', b'2']);
    bytes
}

#[tokio::test]
async fn it_ends_in_time_whoever_does_not_read_or_has_not_finished_and_keeps_what_it_acknowledged() {
    const SAID: usize = 600;
    let mut gateway = Gateway::with("limits.enabled = false\nhistory.per_room = 10000").await;
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let mut deaf = Vec::new();
    for id in 10..15 {
        let mut client = Client::open(gateway.dial().narrow()).await.expect("a connection");
        client.join("/web", json!({"token": Token::user(id).sign()})).await.expect("let in");
        client.ask("room:join", json!({"roomId": "lobby"})).await;
        client.stop_reading();
        deaf.push(client);
    }
    let bearer = Token::operator("backend", Role::Operator).sign();
    let publishing = format!(
        "POST /api/v1/publish HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Type: application/json\r\nContent-Length: 500000\r\n\r\n{{\"messages\": ["
    );
    let polling = "POST /socket.io/?EIO=4&transport=polling&sid=nobody HTTP/1.1\r\nHost: gateway\r\n\
                   Content-Length: 500000\r\n\r\n42";
    let _publishing = in_the_middle_of(&gateway, publishing.as_bytes()).await;
    let _polling = in_the_middle_of(&gateway, polling.as_bytes()).await;
    let _speaking = in_the_middle_of(&gateway, &half_a_frame(8)).await;
    ann.expect_where("user:online", |user| user["userId"] == 8).await;

    // More than their buffers take, and the kernel's.
    for number in 0..SAID {
        let message = format!("{number} {}", "x".repeat(990));
        ann.emit_numbered("room:message", vec![json!({"roomId": "lobby", "message": message})]).await;
    }
    let is_told = |packet: &Packet| matches!(packet, Packet::Ack { args, .. } if args[0]["message"].is_string());
    let mut acknowledged = 0;
    while acknowledged < 20 {
        acknowledged += usize::from(is_told(&ann.next().await.expect("it is open")));
    }
    let ended = tokio::time::timeout(Duration::from_secs(10), gateway.terminate()).await.expect("within ten seconds");
    assert!(ended.success(), "{ended}");
    while let Some(packet) = ann.next().await {
        acknowledged += usize::from(is_told(&packet));
    }
    let gateway = gateway.restart().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let (mut kept, mut cursor) = (0, None);
    loop {
        let of = HistoryOf::Room { namespace: "/web".into(), room: "lobby".into() };
        let page = ada.ask(Command::History(HistoryArgs { of, cursor, limit: Some(100) })).await.expect("a page");
        kept += page["items"].as_array().map_or(0, Vec::len);
        cursor = page["nextCursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert!(kept >= acknowledged, "{acknowledged} were acknowledged, {kept} are kept");
}
