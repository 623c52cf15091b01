//! Acknowledged events: what one costs, and how long its answer takes while the server is as busy as it can be.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join_all;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, timeout};

use super::Outcome;
use crate::Stage;
use crate::client::{Client, Message};
use crate::spread::Spread;

const CLIENTS: u32 = 200;
const IN_FLIGHT: u64 = 8;
const WARM_UP: Duration = Duration::from_millis(1000);
/// What has not been answered so long after the last question is lost.
const ANSWER: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Talk {
    ended: bool,
    asked: u64,
    answered: u64,
    latency: Spread,
}

pub(super) async fn play(stage: &Stage) -> Result<Outcome> {
    let talk = Rc::new(RefCell::new(Talk::default()));
    let clients = stage.door.many(1..=CLIENTS).await?;
    let talking: Vec<_> = clients.into_iter().map(|client| spawn_local(ask(client, talk.clone()))).collect();

    sleep(WARM_UP).await;
    let (processor, before) = (stage.server.processor()?, talk.borrow().answered);
    talk.borrow_mut().latency = Spread::default();
    sleep(stage.time).await;
    let processor = stage.server.processor()? - processor;
    let measured = (talk.borrow().answered - before) as f64;

    talk.borrow_mut().ended = true;
    if let Ok(ended) = timeout(ANSWER, try_join_all(talking)).await {
        ended?.into_iter().collect::<Result<()>>()?;
    }
    let mut talk = talk.borrow_mut();
    Ok(Outcome::new(talk.asked, talk.answered)
        .figure("cpu_us", processor * 1e6 / measured)
        .figure("per_second", measured / stage.time.as_secs_f64())
        .figure("p50_ms", talk.latency.percentile(50))
        .figure("p99_ms", talk.latency.percentile(99)))
}

/// Keeps its questions in flight until the talk has ended, and waits for the last answers.
async fn ask(mut client: Client, talk: Rc<RefCell<Talk>>) -> Result<()> {
    let mut started = [Instant::now(); IN_FLIGHT as usize];
    for question in 0..IN_FLIGHT {
        client.ask(question, "ping", None);
    }
    talk.borrow_mut().asked += IN_FLIGHT;
    let mut open = IN_FLIGHT;
    while open > 0 {
        client.fill().await?;
        let now = Instant::now();
        // Each answer frees its number for the next question.
        let mut free = Vec::new();
        while let Some(message) = client.next()? {
            if let Message::Answer(number, br#"["pong"]"#) = message {
                free.push(number);
            }
        }
        let mut talk = talk.borrow_mut();
        talk.answered += free.len() as u64;
        for number in free {
            let slot = &mut started[number as usize % IN_FLIGHT as usize];
            talk.latency.add(now - *slot);
            if talk.ended {
                open -= 1;
            } else {
                *slot = now;
                client.ask(number, "ping", None);
                talk.asked += 1;
            }
        }
    }
    Ok(())
}
