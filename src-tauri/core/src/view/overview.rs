//! Figures, charts, alerts and notable events, and the notifications that were sent.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{Minute, NodeLoad};
use signalbox_protocol::feed::Alert;
use signalbox_protocol::ipc::{NotificationsUpdate, OverviewUpdate};

use super::count;
use crate::tail::Versions;
use crate::watch::Scene;

/// Alerts that the overview lists; of all it says how many there are.
const LISTED: usize = 200;

/// An open overview.
#[derive(Debug, Default)]
pub(crate) struct OverviewView {
    versions: Option<Versions>,
    history: Option<Vec<Minute>>,
    load: Option<Vec<NodeLoad>>,
    /// The alerts that the page has: time alone can make one loud again.
    alerts: Option<Vec<Alert>>,
    /// The figures alone: the lists have marks of their own.
    sent: Option<OverviewUpdate>,
}

impl OverviewView {
    /// What the page has to be told; `None` where it knows, or where there is nothing yet.
    pub(crate) fn render(&mut self, scene: &Scene, now: Timestamp) -> Option<OverviewUpdate> {
        if !scene.is_known() {
            return None;
        }
        let stats = scene.pulse.latest();
        let (counts, versions) = (scene.fleet.counts(), scene.journal.versions());
        let history = scene.pulse.history();
        let alerts: Vec<Alert> = scene.journal.loud(now).take(LISTED).cloned().collect();
        let fresh_alerts = self.alerts.as_ref() != Some(&alerts);
        let fresh_history = self.history.as_ref() != Some(&history);
        let load = scene.pulse.load();
        let fresh_load = self.load.as_deref() != Some(load);
        let known = self.versions.unwrap_or_default();
        let first = self.versions.is_none();
        let update = OverviewUpdate {
            at: stats.and_then(|stats| stats.at).unwrap_or(now),
            online_users: counts.online_users,
            online_users_before: scene.pulse.online_users_before(now),
            connections: counts.connections,
            messages_in: scene.pulse.messages_in(),
            messages_out: scene.pulse.messages_out(),
            limit_hits: scene.limits.per_minute(now),
            limit_hits_before: scene.limits.per_minute_before(now),
            errors: scene.pulse.errors(),
            errors_hour: scene.pulse.errors_hour(),
            handling_p99_us: stats.and_then(|stats| stats.handling_p99_us),
            nodes: scene.nodes.values().cloned().collect(),
            history: fresh_history.then(|| history.clone()),
            load: fresh_load.then(|| load.to_vec()),
            loud_alerts: count(scene.journal.loud(now).count()),
            quiet_alerts: count(scene.journal.quiet(now)),
            alerts: fresh_alerts.then(|| alerts.clone()),
            notable: (first || versions.notable != known.notable).then(|| scene.journal.notables()),
        };
        let figures = OverviewUpdate { history: None, load: None, alerts: None, notable: None, ..update.clone() };
        let same_lists = !fresh_history && update.load.is_none() && update.alerts.is_none() && update.notable.is_none();
        if same_lists && self.sent.as_ref() == Some(&figures) {
            return None;
        }
        (self.versions, self.history, self.alerts) = (Some(versions), Some(history), Some(alerts));
        if fresh_load {
            self.load = Some(load.to_vec());
        }
        self.sent = Some(figures);
        Some(update)
    }
}

/// The open list of notifications.
#[derive(Debug, Default)]
pub(crate) struct NotificationsView {
    version: Option<u64>,
}

impl NotificationsView {
    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, scene: &Scene) -> Option<NotificationsUpdate> {
        let version = scene.journal.versions().notifications;
        if self.version.replace(version) == Some(version) {
            return None;
        }
        Some(NotificationsUpdate { items: scene.journal.notifications() })
    }
}
