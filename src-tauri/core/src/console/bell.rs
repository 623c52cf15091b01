//! Takes the watches' notices to the shell: by the preferences, and never too many. The wall clock is read here.

use std::sync::Weak;
use std::time::Duration;

use chrono::Timelike as _;
use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::{QuietHours, TimeOfDay};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::Inner;
use crate::desktop::{Order, Sound};
use crate::notices::{Bell, Crash, Event, Hour};

/// How often a summary is looked for.
const SETTLE: Duration = Duration::from_secs(1);

/// Rings until the console is gone.
pub(super) async fn run(inner: Weak<Inner>, mut rung: mpsc::Receiver<Event>, shown: mpsc::Sender<Order>) {
    let (mut bell, mut crash) = (Bell::default(), Crash::default());
    let mut settle = interval(SETTLE);
    settle.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let event = tokio::select! {
            event = rung.recv() => match event {
                Some(event) => Some(event),
                None => return,
            },
            _ = settle.tick(), if bell.holds() || crash.holds() => None,
        };
        let Some(preferences) = inner.upgrade().map(|inner| inner.preferences.lock().current().clone()) else { return };
        let rules = &preferences.rules;
        let (now, hour) = (Timestamp::now(), hour(&rules.quiet));
        let event = match event {
            Some(event) => crash.pass(event, now),
            None => crash.settle(now),
        };
        let event = match event {
            Some(event) if preferences.notifications && event.is_wanted(rules) => bell.ring(event, now, hour),
            Some(_) => None,
            None => bell.settle(now, hour).filter(|_| preferences.notifications),
        };
        let sound = if rules.sound { Sound::Audible } else { Sound::Silent };
        if let Some(event) = event
            && shown.try_send(Order::Notice { event: Box::new(event), sound }).is_err()
        {
            tracing::warn!("a notice was dropped: nobody shows them");
        }
    }
}

/// What the clock on the wall says.
fn hour(quiet: &QuietHours) -> Hour {
    let wall = chrono::Local::now();
    let minute = TimeOfDay::new(wall.hour(), wall.minute());
    if minute.is_some_and(|minute| quiet.cover(minute)) { Hour::Quiet } else { Hour::Loud }
}
