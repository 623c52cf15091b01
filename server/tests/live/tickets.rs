//! Whoever learns the id of a connection, which is no secret, can neither speak nor listen for its client.

use std::net::SocketAddr;

use reqwest::header::{CONNECTION, UPGRADE};
use serde_json::{Value, json};

use crate::running::{Running, until};
use crate::socket::{Polling, Socket};

/// The id that the answer to CONNECT shows, as everybody else may see it.
fn shown_id(answer: &str) -> String {
    let json = &answer[answer.find('{').expect("an object")..=answer.find('}').expect("an object")];
    let answer: Value = serde_json::from_str(json).expect("JSON");
    answer["sid"].as_str().expect("an id").to_owned()
}

/// What a stranger is answered who names that session: to a post, a poll and an upgrade.
async fn statuses(address: SocketAddr, version: u8, id: &str) -> [u16; 3] {
    let http = reqwest::Client::new();
    let url = |transport| format!("http://{address}/socket.io/?EIO={version}&transport={transport}&sid={id}");
    let upgrade = http.get(url("websocket")).header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
    let upgrade = upgrade.header("sec-websocket-version", 13).header("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA==");
    let mut statuses = [0; 3];
    let requests = [http.post(url("polling")).body("41/web,"), http.get(url("polling")), upgrade];
    for (status, request) in statuses.iter_mut().zip(requests) {
        let answer = request.send().await.expect("an answer");
        *status = answer.status().as_u16();
        let text = answer.text().await.expect("a text");
        assert_eq!(text, r#"{"code":"1","message":"Session ID unknown"}"#, "as the engine answers");
    }
    statuses
}

#[tokio::test]
async fn the_id_of_a_polling_connection_does_not_speak_for_it() {
    let running = Running::start().await;
    let polling = Polling::open(running.address, 4).await;
    polling.post(&format!("40/web,{{\"token\":\"{}\"}}", running.token("7", None))).await;
    let id = shown_id(&polling.expect("40/web,").await);
    assert_eq!(id.len(), polling.sid.len());
    assert_ne!(id, polling.sid, "the ticket is not the id");
    let session = running.gateway.on_floor(|floor| floor.presence.sessions_of(&7.into()).remove(0));
    assert_eq!(session.id.as_str(), id, "what is shown stays the connection's own id");
    assert_eq!(statuses(running.address, 4, &id).await, [400; 3]);
    assert_eq!(polling.post("42/web,[\"room:join\",{\"roomId\":\"lobby\"}]").await, 200, "its client goes on");
    polling.expect("room:joined").await;
}

#[tokio::test]
async fn the_id_of_an_older_polling_connection_does_not_speak_for_it() {
    let running = Running::start().await;
    let polling = Polling::join(running.address, 3, &running.token("7", None)).await;
    let session = running.gateway.on_floor(|floor| floor.presence.sessions_of(&7.into()).remove(0));
    assert_ne!(session.id.as_str(), polling.sid, "the ticket is not the id");
    assert_eq!(statuses(running.address, 3, session.id.as_str()).await, [400; 3]);
    polling.post("42/web,[\"room:join\",{\"roomId\":\"lobby\"}]").await;
    polling.expect("room:joined").await;
}

#[tokio::test]
async fn the_id_of_a_websocket_is_of_no_use_in_an_address() {
    let running = Running::start().await;
    for version in [4, 3] {
        let mut socket = Socket::open(running.address, &format!("EIO={version}&transport=websocket")).await;
        let open = socket.expect("0{").await;
        assert_eq!(statuses(running.address, version, &shown_id(&open)).await, [400; 3]);
        socket.send("40/nowhere,").await;
        socket.expect("44/nowhere").await;
    }
    assert_eq!(running.gateway.tickets.count(), 0, "and needs no ticket");
}

#[tokio::test]
async fn a_ticket_leads_to_an_upgrade_and_is_worth_nothing_after_the_end() {
    let running = Running::start().await;
    for version in [4, 3] {
        let polling = Polling::join(running.address, version, &running.token("7", None)).await;
        let query = format!("EIO={version}&transport=websocket&sid={}", polling.sid);
        let mut socket = Socket::open(running.address, &query).await;
        socket.send("2probe").await;
        socket.expect("3probe").await;
        socket.send("5").await;
        socket.emit("/web", "room:join", &json!({"roomId": "lobby"})).await;
        socket.event("/web", "room:joined").await;
        assert_eq!(running.gateway.tickets.count(), 1);
        drop(socket);
        until("the departure", || running.connected() == 0).await;
        until("the ticket's end", || running.gateway.tickets.count() == 0).await;
        assert_eq!(statuses(running.address, version, &polling.sid).await, [400; 3]);
    }
    let url = format!("http://{}/socket.io/?EIO=9&transport=polling", running.address);
    assert_eq!(reqwest::get(url).await.expect("an answer").status(), 400);
    assert_eq!(running.gateway.tickets.count(), 0, "a request that opens nothing leaves nothing");
}

#[tokio::test]
async fn the_id_that_the_chat_tells_everybody_speaks_for_nobody() {
    let running = Running::start().await;
    let mut eve = Socket::join(running.address, "/chat", &running.token("9", None)).await;
    eve.event("/chat", "onlineUsers").await;
    for (user, version) in [("7", 4), ("8", 3)] {
        let polling = Polling::with_token(running.address, version, &running.token(user, None)).await;
        polling.post("40/chat,").await;
        polling.expect("onlineUsers").await;
        polling.post(&format!("42/chat,[\"joinChat\",{{\"username\":\"user {user}\"}}]")).await;
        let id = eve.event("/chat", "userOnline").await["clientId"].as_str().expect("an id").to_owned();
        assert_ne!(id, polling.sid, "the ticket is not the id");
        for asked in [3, 4] {
            assert_eq!(statuses(running.address, asked, &id).await, [400; 3]);
        }
        // As the name of a room it is a name like any other.
        eve.emit("/chat", "joinRoom", &json!(id)).await;
        eve.emit("/chat", "roomMessage", &json!({"room": id, "message": "heard by eve alone"})).await;
        eve.event("/chat", "message").await;
        polling.post("42/chat,1[\"ping\"]").await;
        let heard = polling.expect("43/chat,1").await;
        assert!(!heard.contains("heard by eve alone"), "{heard}");
    }
}
