//! Those who do nothing wrong: each asks something now and then, and how long the answer takes is what others cost them.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::client::{Client, Message};
use crate::spread::Spread;

/// How often each asks.
const BEAT: Duration = Duration::from_millis(10);

/// Those who stand by. Dropping them ends their asking.
pub(super) struct Bystanders {
    calm: Rc<RefCell<Calm>>,
    asking: Vec<JoinHandle<Result<()>>>,
}

#[derive(Default)]
struct Calm {
    asked: u64,
    answered: u64,
    latency: Spread,
}

impl Bystanders {
    /// From now on these clients ask.
    pub(super) fn asking(clients: Vec<Client>) -> Self {
        let calm = Rc::new(RefCell::new(Calm::default()));
        let asking = clients.into_iter().map(|client| spawn_local(ask(client, calm.clone()))).collect();
        Self { calm, asking }
    }

    /// The 99th percentile of what answers took since the last time that this was asked for, in milliseconds.
    pub(super) fn p99(&self) -> Option<f64> {
        std::mem::take(&mut self.calm.borrow_mut().latency).percentile(99)
    }

    /// How many answers should have come, and how many have. What was asked a moment ago has not been answered when the
    /// asking ends.
    pub(super) fn balance(&self) -> (u64, u64) {
        let calm = self.calm.borrow();
        let open = calm.asked - calm.answered;
        let lost = if open > self.asking.len() as u64 { open } else { 0 };
        (calm.answered + lost, calm.answered)
    }
}

impl Drop for Bystanders {
    fn drop(&mut self) {
        self.asking.iter().for_each(JoinHandle::abort);
    }
}

async fn ask(mut client: Client, calm: Rc<RefCell<Calm>>) -> Result<()> {
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
