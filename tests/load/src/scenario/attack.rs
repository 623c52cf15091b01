//! Two clients that send as fast as they can what nobody wants, and what that costs those who stand by.
//!
//! One floods its connection with events that nobody knows. The other sends what is no packet, is thrown out, and comes
//! back. Both are only held back by the server, and by the one processor that all clients here share.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{sleep, timeout};

use super::Outcome;
use super::bystanders::Bystanders;
use crate::Stage;
use crate::client::Client;

const BYSTANDERS: u32 = 20;
/// Written at once.
const PORTION: usize = 32;
/// So long it tries to write before it reads.
const TURN: Duration = Duration::from_millis(5);
/// What an event carries.
const TEXT: usize = 200;

pub(super) async fn play(stage: &Stage) -> Result<Outcome> {
    let bystanders = Bystanders::asking(stage.door.many(1..=BYSTANDERS).await?);
    sleep(stage.time).await;
    let without = bystanders.p99();

    let flooder = stage.door.many([BYSTANDERS + 1]).await?.remove(0);
    let token = stage.door.token(BYSTANDERS + 2)?;
    let attacks = async {
        tokio::join!(flood(flooder), intrude(stage, token));
    };
    // They end with the time, not by themselves.
    let _ = timeout(stage.time, attacks).await;
    let beside = bystanders.p99();

    let (expected, answered) = bystanders.balance();
    Ok(Outcome::new(expected, answered)
        .figure("p99_without_ms", without)
        .figure("p99_beside_ms", beside)
        .figure("p99_ratio", beside.zip(without).map(|(beside, without)| beside / without)))
}

/// Sends events that nobody knows, and throws away what is said to that. Where it is thrown out, it stays out.
async fn flood(mut client: Client) {
    let payload = json!({"what": "x".repeat(TEXT)}).to_string();
    loop {
        (0..PORTION).for_each(|_| client.emit("no:such:event", &payload));
        // Neither waits for the other: a server that is not read from may not read either.
        let flushed = timeout(TURN, client.flush()).await;
        let filled = timeout(Duration::ZERO, client.fill()).await;
        while let Ok(Some(_)) = client.next() {}
        if matches!(flushed, Ok(Err(_))) || matches!(filled, Ok(Err(_))) {
            return;
        }
    }
}

/// Comes in, sends what is no packet until it is thrown out, and comes back.
async fn intrude(stage: &Stage, token: String) {
    loop {
        let Ok(mut clients) = stage.door.bearers(vec![token.clone()]).await else { continue };
        let mut client = clients.remove(0);
        let thrown_out: JoinHandle<()> = spawn_local(async move {
            client.garbage();
            while client.flush().await.is_ok() && client.fill().await.is_ok() {
                while let Ok(Some(_)) = client.next() {}
            }
        });
        // It cannot panic.
        let _ = thrown_out.await;
    }
}
