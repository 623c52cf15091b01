//! Notable events and notifications, latest first.

use std::collections::HashSet;

use signalbox_protocol::feed::{Alert, Entry, Happening, LimitEpisode, Notification, User};
use signalbox_protocol::ipc::{Notable, NotableWhat};
use signalbox_protocol::{Timestamp, UserId};

use super::Ring;

/// What users did, for the inspector of any of them.
const DEEDS: usize = 20_000;
const NOTABLE: usize = 50;
/// How far back an episode's line is looked for; one that is longer ago gets another line.
const LOOK_BACK: usize = 1_000;
const NOTIFICATIONS: usize = 200;
/// Open alerts; more than a gateway keeps, so that they can be counted.
pub(crate) const ALERTS: usize = 10_000;

/// What is worth remembering.
#[derive(Debug)]
pub(crate) struct Journal {
    deeds: Ring<(UserId, Notable)>,
    notable: Ring<Notable>,
    notifications: Ring<Notification>,
    alerts: Vec<Alert>,
    versions: Versions,
}

/// Numbers that change when something was added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    /// Of what users did.
    pub(crate) deeds: u64,
    /// Of notable events.
    pub(crate) notable: u64,
    /// Of notifications.
    pub(crate) notifications: u64,
    /// Of alerts.
    pub(crate) alerts: u64,
    /// Of the bans, which the gateway keeps.
    pub(crate) bans: u64,
    /// Of what operators did, which it keeps too.
    pub(crate) audit: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            deeds: Ring::new(DEEDS),
            notable: Ring::new(NOTABLE),
            notifications: Ring::new(NOTIFICATIONS),
            alerts: Vec::new(),
            versions: Versions::default(),
        }
    }
}

impl Journal {
    /// Notes an entry. The names that a connection's end carries are its own; others come from the entry too.
    pub(crate) fn note(&mut self, entry: &Entry) {
        let at = entry.at;
        match &entry.what {
            Happening::UserOnline { user } => self.deed(at, user, NotableWhat::Online { user: user.clone() }),
            Happening::UserOffline { user } => self.deed(at, user, NotableWhat::Offline { user: user.clone() }),
            Happening::ConnectionOpened { connection } => {
                let (user, address) = (connection.user.clone(), connection.address.clone());
                self.deed(at, &connection.user, NotableWhat::Connected { user, address });
            }
            Happening::ConnectionClosed { user, reason, .. } => {
                let what = NotableWhat::Disconnected { user: user.clone(), reason: reason.clone() };
                self.deed(at, user, what);
            }
            Happening::RoomJoined { user, room, .. } => {
                self.deed(at, user, NotableWhat::RoomJoined { user: user.clone(), room: room.clone() });
            }
            Happening::RoomLeft { user, room, .. } => {
                self.deed(at, user, NotableWhat::RoomLeft { user: user.clone(), room: room.clone() });
            }
            Happening::LimitEpisode { episode } => self.limit(at, episode),
            Happening::NotificationSent { notification } => {
                self.notifications.push(notification.clone());
                self.versions.notifications += 1;
                // That nobody was there to be told is no news.
                if notification.targets > 0 {
                    self.notable(at, NotableWhat::Notified { notification: notification.clone() });
                }
            }
            Happening::Warning { alert } | Happening::Error { alert } | Happening::Anomaly { alert } => {
                self.alert(alert.clone());
                self.notable(at, NotableWhat::Alert { alert: alert.clone() });
            }
            Happening::AlertChanged { alert } => self.change_alert(alert),
            Happening::Kick { reason, sample, users, by, .. } => {
                let kicked = |sample: &[User]| NotableWhat::Kicked {
                    by: by.clone(),
                    reason: reason.clone(),
                    users: *users,
                    sample: sample.to_vec(),
                };
                for user in sample {
                    self.deed(at, user, kicked(std::slice::from_ref(user)));
                }
                self.notable(at, kicked(sample));
            }
            Happening::Ban { .. } => self.versions.bans += 1,
            Happening::OperatorAction { .. } => self.versions.audit += 1,
            Happening::NamespaceJoined { .. }
            | Happening::NamespaceLeft { .. }
            | Happening::ConnectionIdle { .. }
            | Happening::ConnectionActive { .. }
            | Happening::PolicyChanged { .. }
            | Happening::NodeStatus { .. }
            | Happening::Trace { .. }
            | Happening::Unknown => {}
        }
    }

    /// The journal of another gateway: empty, and each of its lists another one than whoever has read one has read.
    pub(crate) fn of_another(&self) -> Self {
        let mut other = Self { versions: self.versions, ..Self::default() };
        other.missed();
        other
    }

    /// Notes that the link was lost or came back.
    pub(crate) fn link(&mut self, at: Timestamp, what: NotableWhat) {
        self.notable(at, what);
    }

    /// A snapshot says which alerts are open, and that there was a gap before it.
    pub(crate) fn replace_alerts(&mut self, mut alerts: Vec<Alert>) {
        let mut known = HashSet::new();
        alerts.retain(|alert| known.insert(alert.id));
        alerts.sort_by_key(|alert| std::cmp::Reverse((alert.since, alert.id)));
        alerts.truncate(ALERTS);
        self.alerts = alerts;
        self.missed();
    }

    /// There was a gap: any of the lists that the gateway keeps may be another one.
    pub(crate) const fn missed(&mut self) {
        self.versions.alerts += 1;
        self.versions.bans += 1;
        self.versions.audit += 1;
    }

    /// Alerts that want somebody, latest first. Whatever is to be loud about alerts asks here.
    pub(crate) fn loud(&self, now: Timestamp) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().filter(move |alert| alert.is_loud(now))
    }

    /// How many alerts are open and want nobody: they are taken on, or silenced.
    pub(crate) fn quiet(&self, now: Timestamp) -> usize {
        self.alerts.iter().filter(|alert| alert.cleared_at.is_none() && !alert.is_loud(now)).count()
    }

    /// Notable events, latest first.
    pub(crate) fn notables(&self) -> Vec<Notable> {
        self.notable.latest().cloned().collect()
    }

    /// Notifications, latest first.
    pub(crate) fn notifications(&self) -> Vec<Notification> {
        self.notifications.latest().cloned().collect()
    }

    /// What a user did, latest first, at most so many.
    pub(crate) fn deeds_of(&self, user: &UserId, most: usize) -> Vec<Notable> {
        let theirs = self.deeds.latest().filter(|(id, _)| id == user);
        theirs.take(most).map(|(_, notable)| notable.clone()).collect()
    }

    /// What has changed since.
    pub(crate) const fn versions(&self) -> Versions {
        self.versions
    }

    fn alert(&mut self, alert: Alert) {
        self.alerts.retain(|known| known.id != alert.id);
        self.alerts.insert(0, alert);
        self.alerts.truncate(ALERTS);
        self.versions.alerts += 1;
    }

    /// An alert that is over is listed no more; one that is unknown was pushed out by newer ones.
    fn change_alert(&mut self, alert: &Alert) {
        if alert.cleared_at.is_some() {
            self.alerts.retain(|known| known.id != alert.id);
        } else if let Some(known) = self.alerts.iter_mut().find(|known| known.id == alert.id) {
            *known = alert.clone();
        }
        self.versions.alerts += 1;
    }

    /// An episode is one line, however often it is updated.
    fn limit(&mut self, at: Timestamp, episode: &LimitEpisode) {
        let same = |what: &NotableWhat| {
            matches!(what, NotableWhat::Limit { episode: known }
                if known.id == episode.id && known.since == episode.since)
        };
        let what = || NotableWhat::Limit { episode: episode.clone() };
        match self.deeds.latest_mut(LOOK_BACK, |(user, deed)| *user == episode.user.id && same(&deed.what)) {
            Some((_, deed)) => deed.what = what(),
            None => _ = self.deeds.push((episode.user.id.clone(), Notable { key: self.deeds.end(), at, what: what() })),
        }
        match self.notable.latest_mut(LOOK_BACK, |notable| same(&notable.what)) {
            Some(notable) => notable.what = what(),
            None => _ = self.notable.push(Notable { key: self.notable.end(), at, what: what() }),
        }
        self.versions.deeds += 1;
        self.versions.notable += 1;
    }

    fn deed(&mut self, at: Timestamp, user: &User, what: NotableWhat) {
        self.deeds.push((user.id.clone(), Notable { key: self.deeds.end(), at, what }));
        self.versions.deeds += 1;
    }

    fn notable(&mut self, at: Timestamp, what: NotableWhat) {
        self.notable.push(Notable { key: self.notable.end(), at, what });
        self.versions.notable += 1;
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use signalbox_protocol::admin::NotificationTarget;
    use signalbox_protocol::feed::{AlertKind, Level, Tone};
    use signalbox_protocol::ipc::Recovery;

    use super::*;
    use crate::tail::limits::tests::episode;

    /// A warning with that id.
    pub(crate) fn alert(id: u64) -> Alert {
        Alert {
            id,
            kind: AlertKind::Warning,
            level: Level::High,
            message: "disk is filling up".into(),
            data: None,
            since: Timestamp(0),
            node: "gw".into(),
            anomaly: None,
            acknowledged: None,
            silenced_until: None,
            cleared_at: None,
        }
    }

    fn entry(seq: u64, what: Happening) -> Entry {
        Entry { epoch: "e".into(), seq, at: Timestamp(seq as i64), node: "gw".into(), what }
    }

    #[test]
    fn an_episode_is_one_line_that_is_kept_up_to_date() {
        let mut journal = Journal::default();
        for dropped in 1..=30 {
            journal.note(&entry(dropped, Happening::LimitEpisode { episode: episode(1, 7, dropped) }));
        }
        let notables = journal.notables();
        assert_eq!(notables.len(), 1);
        assert!(matches!(&notables[0].what, NotableWhat::Limit { episode } if episode.dropped == 30));
        journal.link(Timestamp(40), NotableWhat::LinkBack { recovery: Recovery::Resumed });
        journal.note(&entry(41, Happening::LimitEpisode { episode: episode(1, 7, 31) }));
        let keys: Vec<u64> = journal.notables().iter().map(|notable| notable.key).collect();
        assert_eq!(keys, [1, 0], "each has a number that it keeps");
        assert_eq!(journal.deeds_of(&7.into(), 50).len(), 1);
    }

    #[test]
    fn an_alert_that_is_listed_twice_is_one() {
        let mut journal = Journal::default();
        journal.replace_alerts(vec![alert(1), alert(2), alert(1)]);
        assert_eq!(journal.loud(Timestamp(0)).map(|alert| alert.id).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn a_notification_to_nobody_is_kept_and_is_no_news() {
        let mut journal = Journal::default();
        for (id, targets) in [(1, 0), (2, 3)] {
            let notification = Notification {
                id,
                at: Timestamp(0),
                target: NotificationTarget::All,
                tone: Tone::Info,
                title: "t".into(),
                message: "m".into(),
                by: "ann".into(),
                targets,
                delivered: targets,
                queued: 0,
            };
            journal.note(&entry(id as u64, Happening::NotificationSent { notification }));
        }
        assert_eq!(journal.notifications().len(), 2);
        assert_eq!(journal.notables().len(), 1);
    }

    #[test]
    fn the_inspector_shows_what_one_user_did() {
        let mut journal = Journal::default();
        for seq in 0..100 {
            let user = User { id: ((seq % 3) as i64).into(), username: "x".into() };
            journal.note(&entry(seq, Happening::UserOnline { user }));
        }
        let deeds = journal.deeds_of(&1.into(), 5);
        assert_eq!(deeds.iter().map(|deed| deed.at.as_millis()).collect::<Vec<_>>(), [97, 94, 91, 88, 85]);
        assert!(journal.notables().is_empty(), "that people come and go is no news");
    }
}
