//! Clients that do not read: what they cost the server until it lets them go, and what they cost the others.
//!
//! The same is sent twice, first to receivers that read, then to receivers that do not. So the bystanders' latencies
//! differ by the not reading alone, and not by the traffic.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join_all;
use serde_json::json;
use tokio::task::spawn_local;
use tokio::time::{Instant, interval, sleep, timeout};

use super::Outcome;
use super::bystanders::Bystanders;
use crate::Stage;
use crate::client::{Client, Message};
use crate::process::Process;

const RECEIVERS: u32 = 10;
const BYSTANDERS: u32 = 20;
/// To each receiver, so many messages of about 1000 bytes: 20 MB.
const MESSAGES: u64 = 20_000;
const TEXT: usize = 880;
/// So many at once, so often.
const PORTION: u64 = 20;
/// How often an unread client sends something to feel whether it is still connected.
const TOUCH: Duration = Duration::from_millis(100);
/// How often the server's memory is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// So long after the first message, whoever has not been disconnected is not going to be.
const PATIENCE: Duration = Duration::from_secs(25);
/// What was sent to those who read has so long to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);

pub(super) async fn play(stage: &Stage) -> Result<Outcome> {
    let bystanders = Bystanders::asking(stage.door.many(1..=BYSTANDERS).await?);

    let mut users = BYSTANDERS + 1..;
    let [mut sender, mut other_sender] =
        [stage.door.many(users.by_ref().take(1)).await?, stage.door.many(users.by_ref().take(1)).await?]
            .map(|mut one| one.remove(0));
    let mut readers = stage.door.many(users.by_ref().take(RECEIVERS as usize)).await?;
    for reader in &mut readers {
        reader.enter("read").await?;
    }
    let reading: Vec<_> = readers.into_iter().map(|client| spawn_local(read(client))).collect();
    sender.enter("read").await?;
    // The time in which the sender sends, so that both rounds take the same.
    let mut heard = send(&mut sender, "read", stage.time).await?;
    // They wait at the same time. Of those who have not got everything by then, everything counts as lost.
    for reader in try_join_all(reading.into_iter().map(|reader| timeout(ARRIVAL, reader))).await.into_iter().flatten() {
        heard += reader??;
    }
    let without = bystanders.p99();

    let base = stage.server.memory()?.proportional;
    let peak = Rc::new(RefCell::new(base));
    let looking = spawn_local(watch(stage.server, peak.clone()));
    let mut ignoring = Vec::new();
    for user in users.by_ref().take(RECEIVERS as usize) {
        let mut client = stage.door.narrow(user).await?;
        client.enter("unread").await?;
        ignoring.push(spawn_local(ignore(client)));
    }
    other_sender.enter("unread").await?;
    let start = Instant::now();
    heard += send(&mut other_sender, "unread", stage.time).await?;
    let beside = bystanders.p99();

    let mut dropped = Vec::new();
    for client in ignoring {
        let patience = PATIENCE.saturating_sub(start.elapsed());
        if let Ok(at) = timeout(patience, client).await {
            dropped.push((at? - start).as_secs_f64());
        }
    }
    looking.abort();
    let peak = *peak.borrow();
    let all = dropped.len() == RECEIVERS as usize;
    let slowest = dropped.iter().copied().fold(0.0, f64::max);
    let (asked, answered) = bystanders.balance();
    let expected = MESSAGES * u64::from(RECEIVERS + 2) + asked;
    Ok(Outcome::new(expected, heard + answered)
        .figure("mb_each", (peak - base) / 1e6 / f64::from(RECEIVERS))
        .figure("dropped", dropped.len() as f64)
        .figure("dropped_after_s", all.then_some(slowest))
        .figure("p99_without_ms", without)
        .figure("p99_beside_ms", beside)
        .figure("p99_ratio", beside.zip(without).map(|(beside, without)| beside / without)))
}

/// Sends everything within that time, and gives how much of it has come back to the sender, who is in the room too.
async fn send(sender: &mut Client, room: &str, time: Duration) -> Result<u64> {
    let payload = json!({"roomId": room, "message": "x".repeat(TEXT)}).to_string();
    let mut beat = interval(time * u32::try_from(PORTION)? / u32::try_from(MESSAGES)?);
    let (mut sent, mut heard) = (0, 0);
    while sent < MESSAGES {
        tokio::select! {
            filled = sender.fill() => filled?,
            _ = beat.tick() => {
                (0..PORTION).for_each(|_| sender.emit("room:message", &payload));
                sent += PORTION;
                sender.flush().await?;
            }
        }
        heard += messages(sender)?;
    }
    let arriving = async {
        while heard < MESSAGES {
            sender.fill().await?;
            heard += messages(sender)?;
        }
        anyhow::Ok(())
    };
    timeout(ARRIVAL, arriving).await.unwrap_or(Ok(()))?;
    Ok(heard)
}

async fn read(mut client: Client) -> Result<u64> {
    let mut heard = 0;
    while heard < MESSAGES {
        client.fill().await?;
        heard += messages(&mut client)?;
    }
    Ok(heard)
}

fn messages(client: &mut Client) -> Result<u64> {
    let mut heard = 0;
    while let Some(message) = client.next()? {
        heard += u64::from(matches!(message, Message::Event(event) if event.starts_with(b"[\"room:message\"")));
    }
    Ok(heard)
}

/// Never reads, and returns when it has been disconnected. A client that does not read cannot see that; it feels it when
/// it sends.
async fn ignore(mut client: Client) -> Instant {
    loop {
        sleep(TOUCH).await;
        client.emit("ping", "null");
        if client.flush().await.is_err() {
            return Instant::now();
        }
    }
}

async fn watch(server: Process, peak: Rc<RefCell<f64>>) -> Result<()> {
    let mut beat = interval(LOOK);
    loop {
        beat.tick().await;
        let now = server.memory()?.proportional;
        let mut peak = peak.borrow_mut();
        *peak = peak.max(now);
    }
}
