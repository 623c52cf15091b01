//! A polling client tries a WebSocket, and goes on polling where that comes to nothing.

use std::time::Duration;

use crate::running::Running;
use crate::socket::{Polling, Socket};

/// The WebSocket that the polling client tries.
async fn attempt(running: &Running, polling: &Polling) -> Socket {
    Socket::open(running.address, &format!("EIO=4&transport=websocket&sid={}", polling.sid)).await
}

/// Posts, and polls the answer.
async fn is_served(polling: &Polling, room: &str) {
    assert_eq!(polling.post(&format!("42/web,[\"room:join\",{{\"roomId\":\"{room}\"}}]")).await, 200);
    polling.expect(&format!("[\"room:joined\",{{\"roomId\":\"{room}\"")).await;
}

#[tokio::test]
async fn a_client_whose_upgrade_fails_goes_on_polling_and_may_try_again() {
    let running = Running::start().await;
    let polling = Polling::join(running.address, 4, &running.token("7", None)).await;
    for (at, said) in [None, Some("2probe"), Some("nonsense"), Some("5")].into_iter().enumerate() {
        let mut socket = attempt(&running, &polling).await;
        if let Some(said) = said {
            socket.send(said).await;
        }
        if said == Some("2probe") {
            socket.expect("3probe").await;
        }
        drop(socket);
        is_served(&polling, &format!("room {at}")).await;
    }
    let mut socket = attempt(&running, &polling).await;
    socket.send("2probe").await;
    socket.expect("3probe").await;
    socket.send("5").await;
    socket.send("42/web,7[\"ping\"]").await;
    socket.expect("43/web,7[\"pong\"]").await;
    assert_eq!(running.connected(), 1, "it is the same connection");
}

#[tokio::test]
async fn an_upgrade_that_stands_still_is_given_up_and_the_client_goes_on_polling() {
    let running = Running::with(|config| config.transport.upgrade_timeout = Duration::from_millis(200)).await;
    let polling = Polling::join(running.address, 4, &running.token("7", None)).await;
    let mut socket = attempt(&running, &polling).await;
    socket.send("2probe").await;
    socket.expect("3probe").await;
    socket.closed().await;
    is_served(&polling, "lobby").await;
}

#[tokio::test]
async fn a_second_upgrade_beside_the_first_changes_nothing() {
    let running = Running::start().await;
    let polling = Polling::join(running.address, 4, &running.token("7", None)).await;
    let mut first = attempt(&running, &polling).await;
    first.send("2probe").await;
    first.expect("3probe").await;
    attempt(&running, &polling).await.closed().await;
    first.send("5").await;
    first.send("42/web,7[\"ping\"]").await;
    first.expect("43/web,7[\"pong\"]").await;
}
