//! A token in a query lets in where it may, and is repeated nowhere: in no line of the log, no metric, no entry of the feed,
//! no trace, no answer and no file.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use support::{Client, Gateway, Start, Token, within};

/// What the last event says.
const FAREWELL: &str = "that was all";

/// A client that shows its token in the query, and is let in or not.
async fn knock(gateway: &Gateway, namespace: &str, token: &str) -> (Client, Result<(), String>) {
    let mut client = Client::open(gateway.dial().query(&format!("token={token}"))).await.expect("a connection");
    let answer = within("an answer of the door", client.join(namespace, json!({}))).await;
    (client, answer)
}

/// Somebody who sees all that an administrator can see.
async fn watch(gateway: &Gateway) -> Client {
    let mut watcher = gateway.join("/admin", &Token::operator("ada", Role::Admin)).await;
    watcher.emit("feed:subscribe", json!({"kinds": []})).await;
    ask(&mut watcher, "trace", json!({})).await;
    watcher.expect_where("admin:response", |response| response["ok"] == true).await;
    watcher
}

async fn ask(watcher: &mut Client, command: &str, args: Value) {
    watcher.emit("admin:request", json!({"id": command, "command": command, "args": args})).await;
}

/// All that comes until what is awaited has come.
async fn told(watcher: &mut Client, awaited: &str) -> String {
    let mut all = String::new();
    within(awaited, async {
        while !all.contains(awaited) {
            all.push_str(&format!("{:?}\n", watcher.next().await.expect("the watcher's connection goes on")));
        }
    })
    .await;
    all
}

/// What an HTTP request is answered, headers too.
async fn answer(gateway: &Gateway, path: &str, bearer: &str) -> String {
    let request = gateway.request(Method::GET, path).bearer_auth(bearer);
    let answer = within("an answer over HTTP", request.send()).await.expect("an answer over HTTP");
    let head = format!("{} {:?}", answer.status(), answer.headers());
    format!("{head}\n{}\n", answer.text().await.expect("a text"))
}

/// All files of a folder.
fn files(folder: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { std::fs::read(path).expect("a file") }).collect()
}

#[tokio::test]
async fn a_token_in_a_query_is_repeated_nowhere() {
    let gateway = Start::default().config("limits.enabled = false").log("trace").start().await;
    let mut watcher = watch(&gateway).await;
    let token = Token::user(7).name("ann").sign();
    let expired = Token::user(7).name("ann").expires_in(-60).sign();

    let mut guests = Vec::new();
    for (namespace, token, expected) in [
        ("/events", &token, Ok(())),
        ("/chat", &token, Ok(())),
        ("/web", &token, Err("missing token".to_owned())),
        ("/events", &expired, Err("invalid credentials".to_owned())),
    ] {
        let (guest, answer) = knock(&gateway, namespace, token).await;
        assert_eq!(answer, expected, "{namespace}");
        guests.push(guest);
    }
    let mut old = Client::open(gateway.dial().old().query(&format!("token={token}"))).await.expect("a connection");
    old.expect("connected").await;
    old.ask("join-room", json!({"room": "lobby"})).await;
    guests.push(old);

    let mut shown = String::new();
    for path in ["/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=9&transport=none", "/healthz?", "/nowhere?"] {
        shown += &answer(&gateway, &format!("{path}&token={token}"), "").await;
    }
    guests[0].ask("message", json!({"content": "hello", "room": "lobby"})).await;
    guests[1].ask("message", json!(FAREWELL)).await;
    let seen = told(&mut watcher, FAREWELL).await;
    for kind in ["connection.opened", "durationUs"] {
        assert!(seen.contains(kind), "the watcher sees {kind}: {seen}");
    }
    shown += &seen;
    for (command, args) in
        [("snapshot", json!({})), ("user", json!({"id": 7})), ("audit", json!({})), ("configuration", json!({}))]
    {
        ask(&mut watcher, command, args).await;
        shown += &told(&mut watcher, &format!("\"id\": String(\"{command}\")")).await;
    }
    let bearer = Token::operator("ada", Role::Admin).sign();
    for path in ["/metrics", "/api/v1/users/online", "/api/v1/users/7/connections", "/api/v1/stats"] {
        shown += &answer(&gateway, path, &bearer).await;
    }
    drop(guests);

    let log = std::fs::read_to_string(gateway.folder().file("gateway.log")).expect("a log");
    assert!(log.contains("DEBUG") && log.contains("/nowhere"), "the log is a loud one:\n{log}");
    let kept = String::from_utf8_lossy(&files(&gateway.folder().data())).into_owned();
    for (place, text) in [("an answer or the feed", &shown), ("the log", &log), ("a file", &kept)] {
        for token in [&token, &expired] {
            let signature = token.rsplit('.').next().expect("a signature");
            assert!(!text.contains(signature), "the token is in {place}:\n{text}");
        }
    }
}
