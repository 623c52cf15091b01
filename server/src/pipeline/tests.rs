//! A handler that fails, which none can be made to from outside.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::User;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::Frame;
use crate::auth::Secret;
use crate::auth::tokens::{Grant, Tokens};
use crate::config::Config;
use crate::gateway::Gateway;
use crate::store::Store;
use crate::transport::{self, Deadlines};

/// A room that no handler survives.
const FATAL: &str = "fatal";

/// Panics where the event names that room.
pub(super) fn fail(frame: &Frame<'_>) {
    assert!(!frame.raw.is_some_and(|raw| raw.get().contains(FATAL)), "a secret cause in some/file.rs");
}

async fn client(folder: &std::path::Path) -> WebSocketStream<TcpStream> {
    let config = Config { data_dir: folder.into(), ..Config::default() };
    let tokens = Tokens::new(&config.auth, &Secret::random()).expect("tokens");
    let grant = Grant { user: User { id: 7.into(), username: "ann".into() }, role: None };
    let token = tokens.issue(&grant, Timestamp::now(), std::time::Duration::from_secs(60)).expect("a token");
    let deadlines = Deadlines::new(&config.transport);
    let gateway = Gateway::open(config, Store::open(folder).await.expect("a store"), tokens).await.expect("a gateway");
    let listener = transport::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(transport::serve(listener, gateway.router(), deadlines, std::future::pending()));
    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    let (mut socket, _) =
        client_async(url, TcpStream::connect(address).await.expect("a listener")).await.expect("a connection");
    socket.send(Message::text(format!("40/web,{{\"token\":\"{token}\"}}"))).await.expect("an open connection");
    // An event for a namespace that has not been joined yet ends the connection.
    expect(&mut socket, "40/web,").await;
    socket
}

/// The JSON after the next message that begins like that.
async fn expect(socket: &mut WebSocketStream<TcpStream>, beginning: &str) -> Value {
    while let Some(Ok(message)) = socket.next().await {
        if let Some(json) = message.to_text().ok().and_then(|text| text.strip_prefix(beginning)) {
            return serde_json::from_str(json).expect("JSON");
        }
    }
    panic!("the connection ended before {beginning}");
}

#[tokio::test]
async fn an_event_whose_handler_fails_is_answered_without_the_cause_and_the_next_one_is_handled() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut socket = client(folder.path()).await;
    for text in [
        "42/web,1[\"room:join\",{\"roomId\":\"fatal\"}]",
        "42/web,[\"room:leave\",{\"roomId\":\"fatal\"}]",
        "42/web,2[\"room:join\",{\"roomId\":\"lobby\"}]",
    ] {
        socket.send(Message::text(text)).await.expect("an open connection");
    }
    let answer = expect(&mut socket, "43/web,1").await;
    assert_eq!((&answer[0]["success"], &answer[0]["code"]), (&json!(false), &json!("internal")), "{answer}");
    let words = answer[0]["message"].as_str().expect("words");
    assert!(words.contains("its log has the cause under ") && !words.contains("secret"), "{words}");
    let told = expect(&mut socket, "42/web,").await;
    let told = if told[0] == "error" { told } else { expect(&mut socket, "42/web,").await };
    assert_eq!(
        (&told[0], &told[1]["code"], &told[1]["event"]),
        (&json!("error"), &json!("internal"), &json!("room:leave"))
    );
    let answer = expect(&mut socket, "43/web,2").await;
    assert_eq!(answer[0]["success"], true, "{answer}");
}
