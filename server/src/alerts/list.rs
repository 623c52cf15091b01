//! The list of alerts: what is or was wrong, who has taken it on, and what is to be quiet.

use std::collections::VecDeque;

use signalbox_protocol::feed::{Acknowledgement, Alert, AlertKind, Anomaly, Cause, Level};
use signalbox_protocol::{NodeId, Timestamp};

/// Alerts that are kept; the oldest makes room, and the log says so.
const MAX_ALERTS: usize = 1_000;
/// What a sender gives with an alert is cut at so many bytes of JSON.
const MAX_DATA: usize = 1024;

/// All alerts of this run, oldest first.
#[derive(Debug)]
pub struct Alerts {
    list: VecDeque<Alert>,
    last_id: u64,
    node: NodeId,
    /// Until when a cause is quiet, should it arise again.
    quiet: [Option<Timestamp>; Cause::ALL.len()],
}

impl Alerts {
    /// Nothing is wrong.
    pub fn new(node: NodeId) -> Self {
        Self { list: VecDeque::new(), last_id: 0, node, quiet: [None; _] }
    }

    /// A backend reports a warning or an error.
    pub fn report(
        &mut self,
        kind: AlertKind,
        level: Level,
        message: String,
        data: Option<serde_json::Value>,
        now: Timestamp,
    ) -> Alert {
        let data = data.map(cut);
        self.add(Alert { level, message, data, ..self.blank(kind, now) })
    }

    /// An anomaly has begun.
    pub fn raise(&mut self, anomaly: Anomaly, now: Timestamp) -> Alert {
        let silenced_until = self.quiet[anomaly.cause as usize].filter(|until| *until > now);
        let (level, message) = (level(anomaly.cause), message(&anomaly));
        let alert = Alert { level, message, silenced_until, ..self.blank(AlertKind::Anomaly, now) };
        self.add(Alert { anomaly: Some(anomaly), ..alert })
    }

    /// The open anomaly goes on, with that figure. `None` where it is silenced: then nobody is told.
    pub fn hold(&mut self, anomaly: Anomaly, now: Timestamp) -> Option<Alert> {
        let alert = self.open_anomaly(anomaly.cause)?;
        alert.message = message(&anomaly);
        alert.anomaly = Some(anomaly);
        (!alert.is_silenced(now)).then(|| alert.clone())
    }

    /// The open anomaly is over.
    pub fn clear(&mut self, cause: Cause, now: Timestamp) -> Option<Alert> {
        let alert = self.open_anomaly(cause)?;
        alert.cleared_at = Some(now);
        Some(alert.clone())
    }

    /// An operator takes the alert on; who did so first stays. `None` where there is no such alert.
    pub fn acknowledge(&mut self, id: u64, by: &str, now: Timestamp) -> Option<Alert> {
        let alert = self.find(id)?;
        alert.acknowledged.get_or_insert_with(|| Acknowledgement { by: by.to_owned(), at: now });
        Some(alert.clone())
    }

    /// The alert, and with it its cause, is quiet until then. `None` where there is no such alert.
    pub fn silence(&mut self, id: u64, until: Timestamp) -> Option<Alert> {
        let alert = self.find(id)?;
        alert.silenced_until = Some(until);
        let alert = alert.clone();
        if let Some(anomaly) = alert.anomaly {
            self.quiet[anomaly.cause as usize] = Some(until);
        }
        Some(alert)
    }

    /// The alert of that number.
    pub fn get(&self, id: u64) -> Option<&Alert> {
        self.list.iter().find(|alert| alert.id == id)
    }

    /// All of them, latest first.
    pub fn latest(&self) -> impl Iterator<Item = &Alert> {
        self.list.iter().rev()
    }

    /// Those that are not over, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Alert> {
        self.list.iter().filter(|alert| alert.cleared_at.is_none())
    }

    fn blank(&self, kind: AlertKind, now: Timestamp) -> Alert {
        Alert {
            id: self.last_id + 1,
            kind,
            level: Level::Low,
            message: String::new(),
            data: None,
            since: now,
            node: self.node.clone(),
            anomaly: None,
            acknowledged: None,
            silenced_until: None,
            cleared_at: None,
        }
    }

    fn add(&mut self, alert: Alert) -> Alert {
        self.last_id = alert.id;
        self.list.push_back(alert.clone());
        if self.list.len() > MAX_ALERTS {
            self.make_room();
        }
        alert
    }

    /// What is over goes first. An open anomaly stays: its end is still to be told.
    fn make_room(&mut self) {
        let over = self.list.iter().position(|alert| alert.cleared_at.is_some());
        let oldest = over.or_else(|| self.list.iter().position(|alert| alert.anomaly.is_none()));
        if let Some(oldest) = oldest.and_then(|oldest| self.list.remove(oldest))
            && oldest.cleared_at.is_none()
        {
            tracing::warn!(alert.id = oldest.id, "an open alert makes room for a newer one");
        }
    }

    fn find(&mut self, id: u64) -> Option<&mut Alert> {
        self.list.iter_mut().find(|alert| alert.id == id)
    }

    fn open_anomaly(&mut self, cause: Cause) -> Option<&mut Alert> {
        let is_it = |alert: &&mut Alert| {
            alert.cleared_at.is_none() && alert.anomaly.is_some_and(|anomaly| anomaly.cause == cause)
        };
        self.list.iter_mut().find(is_it)
    }
}

const fn level(cause: Cause) -> Level {
    match cause {
        Cause::Errors | Cause::Memory => Level::High,
        Cause::Connects | Cause::Messages | Cause::LimitEpisodes | Cause::SlowConsumers => Level::Medium,
    }
}

fn message(anomaly: &Anomaly) -> String {
    let Anomaly { figure, .. } = anomaly;
    match anomaly.cause {
        Cause::Connects => format!("{figure} connections were opened within a minute"),
        Cause::Messages => format!("{figure} messages were received within a minute"),
        Cause::LimitEpisodes => format!("{figure} users and events are over a limit at once"),
        Cause::Errors => format!("{figure} events failed within a minute"),
        Cause::Memory => format!("{figure} % of the host's memory is in use"),
        Cause::SlowConsumers => format!("{figure} connections were closed within a minute because they did not read"),
    }
}

fn cut(data: serde_json::Value) -> serde_json::Value {
    let text = data.to_string();
    if text.len() <= MAX_DATA { data } else { text[..text.floor_char_boundary(MAX_DATA)].into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connects(figure: u32) -> Anomaly {
        Anomaly { cause: Cause::Connects, figure, threshold: 100 }
    }

    fn warn(alerts: &mut Alerts, now: i64) -> Alert {
        alerts.report(AlertKind::Warning, Level::Low, "disk is filling up".into(), None, Timestamp(now))
    }

    #[test]
    fn who_takes_an_alert_on_first_is_remembered() {
        let mut alerts = Alerts::new("n1".into());
        let id = warn(&mut alerts, 0).id;
        alerts.acknowledge(id, "ann", Timestamp(1));
        let again = alerts.acknowledge(id, "ben", Timestamp(2)).expect("an alert");
        assert_eq!(again.acknowledged, Some(Acknowledgement { by: "ann".into(), at: Timestamp(1) }));
        assert!(alerts.acknowledge(id + 1, "ann", Timestamp(1)).is_none());
    }

    #[test]
    fn a_silenced_anomaly_stays_listed_and_is_quiet_when_it_comes_again() {
        let mut alerts = Alerts::new("n1".into());
        let raised = alerts.raise(connects(100), Timestamp(0));
        alerts.silence(raised.id, Timestamp(1_000));
        assert_eq!(alerts.hold(connects(200), Timestamp(10)), None, "no noise");
        assert_eq!(alerts.open().next().and_then(|alert| alert.anomaly), Some(connects(200)), "but listed as it is");
        assert!(alerts.clear(Cause::Connects, Timestamp(20)).is_some());
        assert_eq!(alerts.open().count(), 0);
        assert!(alerts.raise(connects(100), Timestamp(30)).is_silenced(Timestamp(30)));
        alerts.clear(Cause::Connects, Timestamp(40));
        assert_eq!(alerts.raise(connects(100), Timestamp(1_000)).silenced_until, None, "heard again");
    }

    #[test]
    fn an_open_anomaly_is_not_pushed_out() {
        let mut alerts = Alerts::new("n1".into());
        let raised = alerts.raise(connects(100), Timestamp(0));
        (0..2_000).for_each(|now| _ = warn(&mut alerts, now));
        assert_eq!(alerts.latest().count(), MAX_ALERTS);
        assert_eq!(alerts.clear(Cause::Connects, Timestamp(1)).map(|alert| alert.id), Some(raised.id));
        warn(&mut alerts, 0);
        assert!(alerts.get(raised.id).is_none(), "what is over goes first");
    }
}
