//! What deserves a native notification, and how it is kept from being noise: more than five in ten seconds become one
//! summary. It must never know how a notification is shown.

use std::collections::VecDeque;

use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::Alert;
use signalbox_protocol::ipc::ProfileId;

/// Single notices within [`WINDOW_MS`].
const BURST: usize = 5;
/// The window of a burst, and how long a summary gathers.
const WINDOW_MS: i64 = 10_000;

/// Something that a person who looks elsewhere should know.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A gateway whose data was live cannot be reached any more.
    GatewayLost {
        /// Which.
        profile: ProfileId,
        /// What it is called.
        name: String,
        /// Why.
        reason: String,
    },
    /// It is live again.
    GatewayBack {
        /// Which.
        profile: ProfileId,
        /// What it is called.
        name: String,
    },
    /// A backend reported a warning or an error, or an anomaly arose.
    Alert {
        /// Where.
        profile: ProfileId,
        /// What the gateway is called.
        name: String,
        /// It.
        alert: Alert,
    },
    /// There were too many to show each.
    Summary {
        /// How many were not shown.
        count: u32,
        /// The gateway of the last of them.
        profile: ProfileId,
    },
}

impl Event {
    /// The gateway that it is about, which a click on it opens.
    pub const fn profile(&self) -> &ProfileId {
        match self {
            Self::GatewayLost { profile, .. }
            | Self::GatewayBack { profile, .. }
            | Self::Alert { profile, .. }
            | Self::Summary { profile, .. } => profile,
        }
    }
}

/// Lets a few notices through at once and gathers the rest.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: VecDeque<i64>,
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    count: u32,
    profile: ProfileId,
    due: i64,
}

impl Bell {
    /// Takes a notice: gives it back where it may be shown now, or holds it for the summary.
    pub(crate) fn ring(&mut self, event: Event, now: Timestamp) -> Option<Event> {
        let now = now.as_millis();
        while self.rung.front().is_some_and(|at| now - at >= WINDOW_MS) {
            self.rung.pop_front();
        }
        if self.held.is_none() && self.rung.len() < BURST {
            self.rung.push_back(now);
            return Some(event);
        }
        let profile = event.profile().clone();
        let held = self.held.get_or_insert(Held { count: 0, profile: profile.clone(), due: now + WINDOW_MS });
        held.count += 1;
        held.profile = profile;
        None
    }

    /// Whether a summary gathers.
    pub(crate) const fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// The summary, once it has gathered for long enough.
    pub(crate) fn settle(&mut self, now: Timestamp) -> Option<Event> {
        let held = self.held.take_if(|held| now.as_millis() >= held.due)?;
        self.rung.push_back(now.as_millis());
        Some(Event::Summary { count: held.count, profile: held.profile })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost() -> Event {
        Event::GatewayLost { profile: ProfileId("a".into()), name: "a".into(), reason: "gone".into() }
    }

    #[test]
    fn more_than_five_in_ten_seconds_become_one_summary() {
        let mut bell = Bell::default();
        let shown = (0..12).filter_map(|i| bell.ring(lost(), Timestamp(i * 100))).count();
        assert_eq!(shown, 5);
        assert_eq!(bell.settle(Timestamp(5_000)), None, "it still gathers");
        let summary = bell.settle(Timestamp(10_500));
        assert_eq!(summary, Some(Event::Summary { count: 7, profile: ProfileId("a".into()) }));
        assert_eq!(bell.settle(Timestamp(60_000)), None, "it is said once");
    }

    #[test]
    fn notices_far_apart_are_all_shown() {
        let mut bell = Bell::default();
        assert!((0..20).all(|i| bell.ring(lost(), Timestamp(i * 3_000)).is_some()));
    }
}
