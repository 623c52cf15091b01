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
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::Outcome;
use crate::Stage;
use crate::client::{Client, Message};
use crate::process::Process;
use crate::spread::Spread;

const RECEIVERS: u32 = 10;
const BYSTANDERS: u32 = 20;
/// To each receiver, so many messages of about 1000 bytes: 20 MB.
const MESSAGES: u64 = 20_000;
const TEXT: usize = 880;
/// So many at once, so often.
const PORTION: u64 = 20;
/// How often a bystander asks, and an unread client sends something to feel whether it is still connected.
const BEAT: Duration = Duration::from_millis(10);
const TOUCH: Duration = Duration::from_millis(100);
/// How often the server's memory is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// So long after the first message, whoever has not been disconnected is not going to be.
const PATIENCE: Duration = Duration::from_secs(25);
/// What was sent to those who read has so long to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Calm {
    asked: u64,
    answered: u64,
    latency: Spread,
}

pub(super) async fn play(stage: &Stage) -> Result<Outcome> {
    let calm = Rc::new(RefCell::new(Calm::default()));
    let bystanders = stage.door.many(1..=BYSTANDERS).await?;
    let asking: Vec<_> = bystanders.into_iter().map(|client| spawn_local(stand_by(client, calm.clone()))).collect();

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
    let without = std::mem::take(&mut calm.borrow_mut().latency).percentile(99);

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
    let beside = std::mem::take(&mut calm.borrow_mut().latency).percentile(99);

    let mut dropped = Vec::new();
    for client in ignoring {
        let patience = PATIENCE.saturating_sub(start.elapsed());
        if let Ok(at) = timeout(patience, client).await {
            dropped.push((at? - start).as_secs_f64());
        }
    }
    looking.abort();
    asking.iter().for_each(JoinHandle::abort);
    let peak = *peak.borrow();
    let calm = calm.borrow();
    let all = dropped.len() == RECEIVERS as usize;
    let slowest = dropped.iter().copied().fold(0.0, f64::max);
    // What was asked a moment ago has not been answered when the asking ends.
    let open = calm.asked - calm.answered;
    let unanswered = if open > u64::from(BYSTANDERS) { open } else { 0 };
    let expected = MESSAGES * u64::from(RECEIVERS + 2) + calm.answered + unanswered;
    Ok(Outcome::new(expected, heard + calm.answered)
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

async fn stand_by(mut client: Client, calm: Rc<RefCell<Calm>>) -> Result<()> {
    let mut beat = interval(BEAT);
    // A late answer must not lead to a burst of questions.
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let start = Instant::now();
        client.ask(1, "ping", None);
        calm.borrow_mut().asked += 1;
        'answer: loop {
            client.fill().await?;
            while let Some(message) = client.next()? {
                if matches!(message, Message::Answer(1, _)) {
                    break 'answer;
                }
            }
        }
        let mut calm = calm.borrow_mut();
        calm.answered += 1;
        calm.latency.add(start.elapsed());
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
