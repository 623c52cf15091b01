//! What deserves a native notification, by a person's own rules, and how it is kept from being noise: more than five in
//! ten seconds become one summary, and so do those of the quiet hours. It must never know how a notification is shown, nor
//! look at a clock.

use std::collections::VecDeque;

use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::{Alert, AlertKind, Level};
use signalbox_protocol::ipc::{NoticeRules, ProfileId, Reason, Subject, Threshold};

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
        reason: Reason,
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
    /// The gateway that this machine runs ended by itself; it is started again.
    LocalCrashed {
        /// Its profile.
        profile: ProfileId,
        /// How it ended.
        reason: Reason,
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
            | Self::LocalCrashed { profile, .. }
            | Self::Summary { profile, .. } => profile,
        }
    }

    /// What a click on it shows of that gateway.
    pub const fn subject(&self) -> Subject {
        match self {
            Self::GatewayLost { .. } | Self::GatewayBack { .. } => Subject::Gateway,
            Self::Alert { .. } | Self::Summary { .. } => Subject::Alerts,
            Self::LocalCrashed { .. } => Subject::LocalGateway,
        }
    }

    /// Whether the rules want it shown, at any hour.
    pub(crate) fn is_wanted(&self, rules: &NoticeRules) -> bool {
        match self {
            Self::GatewayLost { .. } | Self::GatewayBack { .. } | Self::LocalCrashed { .. } => rules.gateways,
            Self::Alert { alert, .. } => reaches(
                alert.level,
                match alert.kind {
                    AlertKind::Warning => rules.warnings,
                    AlertKind::Error => rules.errors,
                    AlertKind::Anomaly => rules.anomalies,
                },
            ),
            Self::Summary { .. } => true,
        }
    }
}

fn reaches(level: Level, threshold: Threshold) -> bool {
    match threshold {
        Threshold::Never => false,
        Threshold::Low => true,
        Threshold::Medium => level >= Level::Medium,
        Threshold::High => level >= Level::High,
    }
}

/// Whether the minute is one of the quiet hours'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hour {
    /// Notices are gathered.
    Quiet,
    /// Notices are shown.
    Loud,
}

/// Lets a few notices through at once and gathers the rest.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: VecDeque<i64>,
    held: Option<Held>,
}

/// Notices that a summary stands for.
#[derive(Debug)]
struct Held {
    count: u32,
    profile: ProfileId,
    due: i64,
}

impl Bell {
    /// Takes a notice: gives it back where it may be shown now, or holds it for the summary.
    pub(crate) fn ring(&mut self, event: Event, now: Timestamp, hour: Hour) -> Option<Event> {
        let now = now.as_millis();
        while self.rung.front().is_some_and(|at| now - at >= WINDOW_MS) {
            self.rung.pop_front();
        }
        if hour == Hour::Loud && self.held.is_none() && self.rung.len() < BURST {
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

    /// The summary, once it has gathered for long enough and the quiet hours are over.
    pub(crate) fn settle(&mut self, now: Timestamp, hour: Hour) -> Option<Event> {
        let held = self.held.take_if(|held| hour == Hour::Loud && now.as_millis() >= held.due)?;
        self.rung.push_back(now.as_millis());
        Some(Event::Summary { count: held.count, profile: held.profile })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost() -> Event {
        Event::GatewayLost { profile: ProfileId("a".into()), name: "a".into(), reason: Reason::LinkBroke }
    }

    #[test]
    fn more_than_five_in_ten_seconds_become_one_summary() {
        let mut bell = Bell::default();
        let shown = (0..12).filter_map(|i| bell.ring(lost(), Timestamp(i * 100), Hour::Loud)).count();
        assert_eq!(shown, 5);
        assert_eq!(bell.settle(Timestamp(5_000), Hour::Loud), None, "it still gathers");
        let summary = bell.settle(Timestamp(10_500), Hour::Loud);
        assert_eq!(summary, Some(Event::Summary { count: 7, profile: ProfileId("a".into()) }));
        assert_eq!(bell.settle(Timestamp(60_000), Hour::Loud), None, "it is said once");
    }

    #[test]
    fn notices_far_apart_are_all_shown() {
        let mut bell = Bell::default();
        assert!((0..20).all(|i| bell.ring(lost(), Timestamp(i * 3_000), Hour::Loud).is_some()));
    }

    #[test]
    fn what_happens_in_the_quiet_hours_is_one_summary_at_their_end() {
        let mut bell = Bell::default();
        for i in 0..3 {
            assert_eq!(bell.ring(lost(), Timestamp(i * 60_000), Hour::Quiet), None);
        }
        assert_eq!(bell.settle(Timestamp(3_600_000), Hour::Quiet), None);
        let summary = bell.settle(Timestamp(7_200_000), Hour::Loud);
        assert_eq!(summary, Some(Event::Summary { count: 3, profile: ProfileId("a".into()) }));
        assert!(bell.ring(lost(), Timestamp(7_300_000), Hour::Loud).is_some(), "and then it is as before");
    }

    #[test]
    fn the_rules_say_which_alerts_are_shown() {
        let alert = |kind, level| Event::Alert {
            profile: ProfileId("a".into()),
            name: "a".into(),
            alert: Alert {
                id: 1,
                kind,
                level,
                message: "disk".into(),
                data: None,
                since: Timestamp(0),
                node: "gw".into(),
                anomaly: None,
                acknowledged: None,
                silenced_until: None,
                cleared_at: None,
            },
        };
        let rules = NoticeRules {
            gateways: false,
            warnings: Threshold::Never,
            errors: Threshold::Medium,
            anomalies: Threshold::High,
            ..NoticeRules::default()
        };
        for (event, wanted) in [
            (lost(), false),
            (alert(AlertKind::Warning, Level::High), false),
            (alert(AlertKind::Error, Level::Low), false),
            (alert(AlertKind::Error, Level::Medium), true),
            (alert(AlertKind::Anomaly, Level::Medium), false),
            (alert(AlertKind::Anomaly, Level::High), true),
        ] {
            assert_eq!(event.is_wanted(&rules), wanted, "{event:?}");
            assert!(event.is_wanted(&NoticeRules::default()), "by default all are: {event:?}");
        }
    }
}
