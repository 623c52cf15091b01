//! A character's life: to come, to talk, to go, and to come again.
//!
//! Decisions are drawn from the character's own dice, so that one life does not depend on how the others are scheduled.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;
use serde_json::json;
use support::{Client, Dial, Token};
use tokio::time::{Instant, sleep, sleep_until};

use crate::cast::{Character, Temperament, phrase, room};

/// What everybody on the stage shares.
#[derive(Debug)]
pub struct Stage {
    /// Where the gateway listens.
    pub address: SocketAddr,
    /// What tokens are signed with.
    pub secret: String,
    /// The ids of the cast.
    pub ids: Range<i64>,
}

/// Lives until the task is dropped.
pub async fn live(mut who: Character, stage: Arc<Stage>) {
    let entrance = Duration::from_millis(who.dice.random_range(0..6_000));
    sleep(entrance).await;
    loop {
        visit(&mut who, &stage).await;
        sleep(about(40.0, &mut who.dice)).await;
    }
}

/// From coming to going; over early where the gateway says so.
async fn visit(who: &mut Character, stage: &Stage) {
    let token = Token::user(who.id).name(&who.name).expires_in(12 * 3600);
    let token = token.sign_with(&stage.secret, jsonwebtoken::Algorithm::HS256);
    let mut devices = Vec::new();
    let address = who.address.to_string();
    for agent in &who.devices {
        let dial = Dial::new(stage.address).header("user-agent", agent).header("x-forwarded-for", &address);
        let Ok(mut client) = Client::open(dial).await else { return };
        if client.join("/web", json!({"token": token})).await.is_err() {
            return;
        }
        devices.push(client);
    }
    let mut others = devices.split_off(1.min(devices.len()));
    let Some(mut main) = devices.pop() else { return };
    for room in &who.rooms {
        main.emit("room:join", json!({"roomId": room})).await;
    }
    if let Some(second) = others.first_mut() {
        second.emit("room:join", json!({"roomId": "lobby"})).await;
    }
    let readers: Vec<_> = others.into_iter().map(|client| tokio::spawn(only_read(client))).collect();

    let minutes = if who.dice.random_bool(0.65) { 40.0 } else { 2.5 };
    let end = Instant::now() + about(minutes * 60.0, &mut who.dice);
    let mut next = Instant::now() + pause(who);
    loop {
        tokio::select! {
            packet = main.next() => if packet.is_none() { break },
            () = sleep_until(next.min(end)) => {
                if Instant::now() >= end {
                    break;
                }
                act(who, stage, &mut main).await;
                next = Instant::now() + pause(who);
            }
        }
    }
    for reader in readers {
        reader.abort();
    }
    // Some close their window, some walk into a tunnel.
    if who.dice.random_bool(0.8) {
        let _ = tokio::time::timeout(Duration::from_secs(2), main.close()).await;
    }
}

async fn only_read(mut client: Client) {
    while client.next().await.is_some() {}
}

async fn act(who: &mut Character, stage: &Stage, client: &mut Client) {
    let here = who.rooms[who.dice.random_range(0..who.rooms.len())];
    if who.temperament == Temperament::Runaway && who.dice.random_bool(0.5) {
        return run_away(who, stage, client, here).await;
    }
    match who.dice.random_range(0..100) {
        0..50 => {
            // The lobby holds nearly everybody: what is said there is sent to nearly everybody.
            let here = if here == "lobby" && who.dice.random_bool(0.7) { who.rooms[who.rooms.len() - 1] } else { here };
            client.emit("room:message", json!({"roomId": here, "message": phrase(&mut who.dice)})).await;
        }
        50..75 => {
            let to = who.dice.random_range(stage.ids.clone());
            client.emit("private:message", json!({"toUserId": to, "message": phrase(&mut who.dice)})).await;
        }
        75..85 => {
            let room = room(&mut who.dice);
            if !who.rooms.contains(&room) {
                who.rooms.push(room);
                client.emit("room:join", json!({"roomId": room})).await;
            }
        }
        85..92 => {
            if who.rooms.len() > 1 {
                let room = who.rooms.swap_remove(who.dice.random_range(1..who.rooms.len()));
                client.emit("room:leave", json!({"roomId": room})).await;
            }
        }
        _ => client.emit("ping", json!(null)).await,
    }
}

/// What a broken script does: the same thing over and over, always of the same kind for the same script.
async fn run_away(who: &mut Character, stage: &Stage, client: &mut Client, here: &str) {
    let (event, payload) = match who.id % 3 {
        0 => ("room:message", json!({"roomId": here, "message": "retry"})),
        1 => ("private:message", json!({"toUserId": who.dice.random_range(stage.ids.clone()), "message": "retry"})),
        _ => ("room:join", json!({"roomId": here})),
    };
    for _ in 0..who.dice.random_range(12..45) {
        client.emit(event, payload.clone()).await;
        sleep(Duration::from_millis(who.dice.random_range(5..120))).await;
    }
}

/// Time until the next action.
fn pause(who: &mut Character) -> Duration {
    let seconds = match who.temperament {
        Temperament::Quiet => 400.0,
        Temperament::Sociable => 35.0,
        Temperament::Talkative => 7.0,
        Temperament::Runaway => 14.0,
    };
    about(seconds, &mut who.dice)
}

/// An exponentially distributed time with that mean, at least a tenth of a second.
fn about(mean: f64, dice: &mut StdRng) -> Duration {
    let draw: f64 = dice.random();
    Duration::from_secs_f64((-mean * (1.0 - draw).ln()).clamp(0.1, mean * 6.0))
}
