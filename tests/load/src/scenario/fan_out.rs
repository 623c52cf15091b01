//! One message to a room of many: what a delivery costs, and how long after the first the last receiver has it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::future::try_join_all;
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, Interval, interval, sleep, timeout};

use super::{Outcome, floor};
use crate::Stage;
use crate::client::{Client, Message};
use crate::spread::Spread;

/// So many are in the room.
pub(super) const MEMBERS: u32 = 1000;
const ROOM: &str = "everybody";
/// Before measuring, so long, so that buffers have grown and code has been compiled.
const WARM_UP: Duration = Duration::from_millis(1500);
/// What is under way when sending stops has so long to arrive.
const ARRIVAL: Duration = Duration::from_secs(20);
/// A message's text is its number, and then something to carry.
const CARGO: &str = "the quick brown fox jumps over the lazy dog";

/// When the next message is sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// As soon as fewer than so many have not reached everybody.
    InFlight(usize),
    /// So many a second, whatever becomes of them.
    PerSecond(u32),
}

/// What is known about the messages so far.
#[derive(Default)]
struct Fan {
    /// Messages that have not reached everybody, the oldest first.
    open: VecDeque<Flight>,
    /// The number of the first of them.
    oldest: u64,
    delivered: u64,
    spread: Spread,
}

#[derive(Clone, Copy, Default)]
struct Flight {
    reached: u32,
    first: Option<Instant>,
}

/// The room, as its members share it.
#[derive(Default)]
struct Room {
    fan: RefCell<Fan>,
    /// Told when a message has reached everybody.
    arrived: Notify,
}

pub(super) async fn play(stage: &Stage, pace: Pace) -> Result<Outcome> {
    let mut clients = stage.door.many(1..=MEMBERS).await?;
    let mut sender = clients.pop().context("a room has members")?;
    let room = Rc::new(Room::default());
    // Each entering is told to all who are there already: they read while the others enter.
    let (entered, listening): (Vec<_>, Vec<_>) = clients.into_iter().map(|client| member(client, room.clone())).unzip();
    sender.enter(ROOM).await?;
    try_join_all(entered).await.context("a member did not get into the room")?;

    send(&mut sender, &room, pace, WARM_UP).await?;
    let (processor, before) = (stage.server.processor()?, room.fan.borrow().delivered);
    room.fan.borrow_mut().spread = Spread::default();
    send(&mut sender, &room, pace, stage.time).await?;
    let processor = stage.server.processor()? - processor;

    listening.iter().for_each(JoinHandle::abort);
    let bare_send = match pace {
        Pace::PerSecond(rate) => Some(floor::send(rate).await?),
        Pace::InFlight(_) => None,
    };
    let mut fan = room.fan.borrow_mut();
    let sent = fan.oldest + fan.open.len() as u64;
    let measured = (fan.delivered - before) as f64;
    Ok(Outcome::new(sent * u64::from(MEMBERS), fan.delivered)
        .figure("cpu_us", processor * 1e6 / measured)
        .figure("per_second", measured / stage.time.as_secs_f64())
        .figure("bare_send_us", bare_send)
        .figure("spread_p99_ms", fan.spread.percentile(99)))
}

/// Enters the room, says so, and counts what it hears there.
fn member(mut client: Client, room: Rc<Room>) -> (tokio::sync::oneshot::Receiver<()>, JoinHandle<Result<()>>) {
    let (inside, entered) = tokio::sync::oneshot::channel();
    let listening = spawn_local(async move {
        client.enter(ROOM).await?;
        // Nobody waits any more where the scenario has failed elsewhere.
        let _ = inside.send(());
        loop {
            listen(&mut client, &room)?;
            client.fill().await?;
        }
    });
    (entered, listening)
}

/// Sends for so long, and waits until everything has arrived, or for long enough.
async fn send(sender: &mut Client, room: &Room, pace: Pace, time: Duration) -> Result<()> {
    let mut beat = match pace {
        Pace::PerSecond(rate) => Some(interval(Duration::from_secs(1) / rate)),
        Pace::InFlight(_) => None,
    };
    let end = sleep(time);
    tokio::pin!(end);
    loop {
        if let Pace::InFlight(most) = pace {
            while room.fan.borrow().open.len() < most {
                post(sender, room);
            }
            sender.flush().await?;
        }
        tokio::select! {
            () = &mut end => break,
            filled = sender.fill() => filled?,
            () = room.arrived.notified() => {}
            () = next(&mut beat) => {
                post(sender, room);
                sender.flush().await?;
            }
        }
        listen(sender, room)?;
    }
    let arriving = async {
        while !room.fan.borrow().open.is_empty() {
            tokio::select! {
                filled = sender.fill() => filled?,
                () = room.arrived.notified() => {}
            }
            listen(sender, room)?;
        }
        Ok(())
    };
    // What has not arrived by then is lost: it is missing from what was delivered.
    timeout(ARRIVAL, arriving).await.unwrap_or(Ok(()))
}

async fn next(beat: &mut Option<Interval>) {
    match beat {
        Some(beat) => drop(beat.tick().await),
        None => std::future::pending().await,
    }
}

fn post(sender: &mut Client, room: &Room) {
    let mut fan = room.fan.borrow_mut();
    let number = fan.oldest + fan.open.len() as u64;
    fan.open.push_back(Flight::default());
    sender.emit("room:message", &json!({"roomId": ROOM, "message": format!("#{number} {CARGO}")}).to_string());
}

fn listen(client: &mut Client, room: &Room) -> Result<()> {
    while let Some(message) = client.next()? {
        let Message::Event(event) = message else { continue };
        if event.starts_with(b"[\"room:message\"") {
            let number = number(event).context("a message without its number")?;
            if room.fan.borrow_mut().receive(number) {
                room.arrived.notify_one();
            }
        } else if event.starts_with(b"[\"error\"") || event.starts_with(b"[\"rate") {
            bail!("the server complains: {}", String::from_utf8_lossy(event));
        }
    }
    Ok(())
}

/// The number behind the only `#`.
fn number(event: &[u8]) -> Option<u64> {
    let start = event.iter().position(|byte| *byte == b'#')? + 1;
    let digits = event[start..].iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

impl Fan {
    /// Somebody has the message. True where one has reached everybody.
    fn receive(&mut self, number: u64) -> bool {
        self.delivered += 1;
        let flight = number.checked_sub(self.oldest).and_then(|index| self.open.get_mut(usize::try_from(index).ok()?));
        // One that was delivered twice shows in what was delivered.
        let Some(flight) = flight else { return false };
        flight.reached += 1;
        if flight.reached == 1 {
            flight.first = Some(Instant::now());
        }
        if flight.reached < MEMBERS {
            return false;
        }
        self.spread.add(flight.first.map_or(Duration::ZERO, |first| first.elapsed()));
        while self.open.front().is_some_and(|flight| flight.reached >= MEMBERS) {
            self.open.pop_front();
            self.oldest += 1;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_known_by_its_number() {
        assert_eq!(number(br##"["room:message",{"roomId":"r2","message":"#17 the"}]"##), Some(17));
        assert_eq!(number(b"[\"room:message\",{}]"), None);
    }

    #[test]
    fn a_message_is_open_until_it_has_reached_everybody() {
        let mut fan = Fan { open: vec![Flight::default(); 2].into(), ..Fan::default() };
        (1..MEMBERS).for_each(|_| assert!(!fan.receive(0)));
        assert!(fan.receive(0));
        assert_eq!((fan.oldest, fan.open.len()), (1, 1));
        assert!(fan.spread.percentile(99).is_some());
        assert!(!fan.receive(0), "delivered twice");
        assert_eq!(fan.delivered, u64::from(MEMBERS) + 1);
    }
}
