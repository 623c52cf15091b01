//! One visit: a connection of its own, everything that was thought of, and what is said to it.

use serde::{Deserialize, Serialize};

use crate::running::Running;
use crate::socket::{Polling, Socket};

/// What somebody does on a connection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Visit {
    /// By polling, or else on a WebSocket.
    pub polls: bool,
    /// 3 or 4.
    pub version: u8,
    /// Where the visitor joins first, with a good token.
    pub namespace: String,
    /// What is sent then.
    pub sent: Vec<Sent>,
}

/// A WebSocket message, or a part of a polling body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Sent {
    /// As text.
    Text(String),
    /// As bytes.
    Bytes(Vec<u8>),
    /// A whole polling body; on a WebSocket, text.
    Body(String),
}

/// What no answer may hold: paths and lines of sources, SQL, and the words of a panic.
const CAUSES: [&str; 10] =
    ["panicked", ".rs:", "src/", "/home/", "/root/", "sqlx", "SELECT ", "INSERT ", "RUST_BACKTRACE", "unwrap()"];

/// The last word of every visit. It is answered, or the connection has ended.
const LAST: &str = "[\"ping\"]";

/// Pays the visit.
///
/// # Errors
/// What was wrong with the answers.
pub async fn pay(running: &Running, visit: &Visit, token: &str) -> Result<(), String> {
    let path = if visit.namespace == "/" { String::new() } else { format!("{},", visit.namespace) };
    let join = format!("40{path}{{\"token\":\"{token}\"}}");
    let (last, answer) = (format!("42{path}424242{LAST}"), format!("43{path}424242"));
    let query = format!("EIO={}&transport=websocket&token={token}", visit.version);
    if visit.polls {
        let polling = Polling::with_token(running.address, visit.version, token).await;
        polling.post(&join).await;
        by_polling(&polling, visit, &last, &answer).await
    } else {
        let mut socket = Socket::open(running.address, &query).await;
        // An older client is in `/` by itself, and what is sent to another namespace before its answer ends the connection.
        let answered = ["40", "44"].map(|kind| format!("{kind}{}", path.trim_end_matches(',')));
        if socket.try_send(join).await {
            while let Some(text) = socket.next().await {
                if answered.iter().any(|answered| text.starts_with(answered)) {
                    break;
                }
            }
        }
        on_a_web_socket(&mut socket, visit, last, &answer).await
    }
}

async fn on_a_web_socket(socket: &mut Socket, visit: &Visit, last: String, answer: &str) -> Result<(), String> {
    for sent in &visit.sent {
        let goes_on = match sent {
            Sent::Text(text) | Sent::Body(text) => socket.try_send(text.clone()).await,
            Sent::Bytes(bytes) => socket.try_send_bytes(bytes.clone()).await,
        };
        if !goes_on {
            break;
        }
    }
    // Where the connection has ended, that is seen by reading.
    let _ = socket.try_send(last).await;
    while let Some(text) = socket.next().await {
        check(&text)?;
        if text.starts_with(answer) {
            break;
        }
    }
    Ok(())
}

async fn by_polling(polling: &Polling, visit: &Visit, last: &str, answer: &str) -> Result<(), String> {
    for sent in &visit.sent {
        let status = match sent {
            Sent::Text(text) => polling.post(text).await,
            Sent::Body(body) => polling.post_raw(body.clone().into_bytes()).await,
            Sent::Bytes(bytes) => polling.post_raw(bytes.clone()).await,
        };
        if !(200..500).contains(&status) {
            return Err(format!("a body was answered with {status}"));
        }
    }
    if polling.post(last).await != 200 {
        return Ok(());
    }
    while let Some(text) = polling.poll().await {
        check(&text)?;
        // An empty answer is the end of a session that was polled.
        if text.contains(answer) || text.is_empty() {
            break;
        }
        if text.split('\u{1e}').any(|packet| packet == "2" || packet == "1:2") {
            polling.post("3").await;
        }
    }
    // Whoever goes without a word would be waited for.
    polling.post("1").await;
    Ok(())
}

fn check(text: &str) -> Result<(), String> {
    match CAUSES.iter().find(|cause| text.contains(*cause)) {
        Some(cause) => Err(format!("{cause:?} was told: {text}")),
        None => Ok(()),
    }
}
