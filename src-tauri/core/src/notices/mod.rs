//! What deserves a native notification, by a person's own rules, and how it is kept from being noise: a crash is told once
//! ([`Crash`]), and too many notices become one summary ([`Bell`]). It must never know how a notification is shown, nor look
//! at a clock.

mod bell;
mod crash;
mod summary;

use signalbox_protocol::feed::{Alert, AlertKind, Level};
use signalbox_protocol::ipc::{NoticeRules, ProfileId, Reason, Subject, Threshold};

pub(crate) use bell::{Bell, Hour};
pub(crate) use crash::Crash;
pub use summary::{Matter, Summary, Tally};

/// Something that a person who looks elsewhere should know.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A gateway whose data was live, or should be, cannot be reached.
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
    /// It lets nobody in any more: somebody has to sign in again.
    SignedOut {
        /// Which.
        profile: ProfileId,
        /// What it is called.
        name: String,
        /// What it said, where it said something.
        reason: Option<Reason>,
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
    Summary(Summary),
}

impl Event {
    /// The gateway that it is about, which a click on it opens.
    pub fn profile(&self) -> &ProfileId {
        match self {
            Self::GatewayLost { profile, .. }
            | Self::GatewayBack { profile, .. }
            | Self::SignedOut { profile, .. }
            | Self::Alert { profile, .. }
            | Self::LocalCrashed { profile, .. } => profile,
            Self::Summary(summary) => &summary.first().profile,
        }
    }

    /// What a click on it shows of that gateway.
    pub fn subject(&self) -> Subject {
        match self {
            Self::GatewayLost { .. } | Self::GatewayBack { .. } | Self::SignedOut { .. } => Subject::Gateway,
            Self::Alert { .. } => Subject::Alerts,
            Self::LocalCrashed { .. } => Subject::LocalGateway,
            Self::Summary(summary) => summary.first().subject(),
        }
    }

    /// Whether the rules want it shown, at any hour.
    pub(crate) fn is_wanted(&self, rules: &NoticeRules) -> bool {
        match self {
            Self::GatewayLost { .. }
            | Self::GatewayBack { .. }
            | Self::SignedOut { .. }
            | Self::LocalCrashed { .. } => rules.gateways,
            Self::Alert { alert, .. } => reaches(
                alert.level,
                match alert.kind {
                    AlertKind::Warning => rules.warnings,
                    AlertKind::Error => rules.errors,
                    AlertKind::Anomaly => rules.anomalies,
                },
            ),
            Self::Summary(_) => true,
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A gateway of that name was lost.
    pub(crate) fn lost(name: &str) -> Event {
        Event::GatewayLost { profile: ProfileId(name.into()), name: name.into(), reason: Reason::LinkBroke }
    }

    /// A gateway of that name has something to tell.
    pub(crate) fn alert(name: &str, kind: AlertKind, level: Level) -> Event {
        Event::Alert {
            profile: ProfileId(name.into()),
            name: name.into(),
            alert: Alert { kind, level, ..crate::tail::alert(1) },
        }
    }

    #[test]
    fn the_rules_say_which_alerts_are_shown() {
        let rules = NoticeRules {
            gateways: false,
            warnings: Threshold::Never,
            errors: Threshold::Medium,
            anomalies: Threshold::High,
            ..NoticeRules::default()
        };
        for (event, wanted) in [
            (lost("a"), false),
            (alert("a", AlertKind::Warning, Level::High), false),
            (alert("a", AlertKind::Error, Level::Low), false),
            (alert("a", AlertKind::Error, Level::Medium), true),
            (alert("a", AlertKind::Anomaly, Level::Medium), false),
            (alert("a", AlertKind::Anomaly, Level::High), true),
        ] {
            assert_eq!(event.is_wanted(&rules), wanted, "{event:?}");
            assert!(event.is_wanted(&NoticeRules::default()), "by default all are: {event:?}");
        }
    }
}
