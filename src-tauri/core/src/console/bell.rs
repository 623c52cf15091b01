//! Takes the watches' notices to the shell: by the preferences, and never too many.

use std::sync::Weak;
use std::time::Duration;

use signalbox_protocol::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::Inner;
use crate::notices::{Bell, Event};

/// How often a summary is looked for.
const SETTLE: Duration = Duration::from_secs(1);

/// Rings until the console is gone.
pub(super) async fn run(inner: Weak<Inner>, mut rung: mpsc::Receiver<Event>, shown: mpsc::Sender<Event>) {
    let mut bell = Bell::default();
    let mut settle = interval(SETTLE);
    settle.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let event = tokio::select! {
            event = rung.recv() => match event {
                Some(event) => bell.ring(event, Timestamp::now()),
                None => return,
            },
            _ = settle.tick(), if bell.holds() => bell.settle(Timestamp::now()),
        };
        let Some(event) = event else { continue };
        let Some(strong) = inner.upgrade() else { return };
        if strong.preferences.lock().current().notifications && shown.try_send(event).is_err() {
            tracing::warn!("a notice was dropped: nobody shows them");
        }
    }
}
