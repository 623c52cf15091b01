//! The floor: presence, episodes, alerts and the feed, which change together under one short lock, so that a snapshot at a
//! position of the feed is exact.

use std::sync::Arc;

use signalbox_protocol::feed::{
    Alert, AlertKind, Anomaly, Cause, Connection, Happening, Hits, Level, LimitEpisode, Membership,
};
use signalbox_protocol::{ConnectionId, Epoch, Namespace, NodeId, RoomName, Seq, Timestamp, UserId};

use super::presence::{Arrival, Departure, Presence};
use super::{Place, Session};
use crate::alerts::{Alerts, Anomalies, Reading, Step, Thresholds};
use crate::feed::Ring;
use crate::limits::{Drop, Episodes};

/// The state that administrators see. One writer at a time; never held across an await.
#[derive(Debug)]
pub struct Floor {
    /// Who is where.
    pub presence: Presence,
    /// What happened.
    pub feed: Ring,
    episodes: Episodes,
    alerts: Alerts,
    anomalies: Anomalies,
}

/// The floor at one position of the feed.
#[derive(Debug)]
pub struct Frozen {
    /// The run.
    pub epoch: Epoch,
    /// The last entry that the state contains.
    pub seq: Seq,
    /// Open episodes.
    pub episodes: Vec<LimitEpisode>,
    /// Open alerts.
    pub alerts: Vec<Alert>,
    /// Drops of the last hour of users that are online.
    pub hits: Vec<Hits>,
    /// Open connections.
    pub connections: Vec<(Arc<Connection>, Arc<Session>)>,
}

impl Floor {
    /// Nobody there, and nothing has happened.
    pub fn new(epoch: Epoch, node: NodeId, thresholds: Thresholds) -> Self {
        Self {
            presence: Presence::new(node.clone()),
            feed: Ring::new(epoch, node.clone()),
            episodes: Episodes::default(),
            alerts: Alerts::new(node),
            anomalies: Anomalies::new(thresholds),
        }
    }

    /// Something happened that changes none of the state here.
    pub fn note(&mut self, now: Timestamp, what: Happening) {
        self.feed.push(now, what);
    }

    /// A socket has joined a namespace. See [`Presence::arrive`].
    pub fn arrive(&mut self, session: &Arc<Session>, place: Place, now: Timestamp) -> Option<Arrival> {
        let arrival = self.presence.arrive(session, place, now)?;
        let happened = match &arrival.opened {
            Some(connection) => Happening::ConnectionOpened { connection: connection.clone() },
            None => Happening::NamespaceJoined {
                connection: session.id.clone(),
                membership: Membership { rooms: Vec::new(), ..arrival.membership.clone() },
            },
        };
        self.feed.push(now, happened);
        if arrival.came_online {
            self.feed.push(now, Happening::UserOnline { user: session.user.clone() });
        }
        Some(arrival)
    }

    /// A socket has left a namespace, for that reason. See [`Presence::depart`].
    pub fn depart(&mut self, session: &Session, place: Place, reason: &str, now: Timestamp) -> Option<Departure> {
        let departure = self.presence.depart(&session.id, place)?;
        let happened = if departure.closed {
            let (bytes_in, bytes_out) = session.link.traffic();
            let (connection, user) = (session.id.clone(), session.user.clone());
            Happening::ConnectionClosed { connection, user, reason: reason.to_owned(), bytes_in, bytes_out }
        } else {
            Happening::NamespaceLeft { connection: session.id.clone(), namespace: place.namespace() }
        };
        self.feed.push(now, happened);
        if departure.went_offline {
            self.feed.push(now, Happening::UserOffline { user: session.user.clone() });
        }
        Some(departure)
    }

    /// A socket has entered a room.
    pub fn enter_room(&mut self, session: &Session, place: Place, room: &RoomName, now: Timestamp) {
        if self.presence.enter_room(&session.id, place, room) {
            let (connection, user, namespace) = whose(session, place);
            self.feed.push(now, Happening::RoomJoined { connection, user, namespace, room: room.clone() });
        }
    }

    /// A socket has left a room.
    pub fn leave_room(&mut self, session: &Session, place: Place, room: &RoomName, now: Timestamp) {
        if self.presence.leave_room(&session.id, place, room) {
            let (connection, user, namespace) = whose(session, place);
            self.feed.push(now, Happening::RoomLeft { connection, user, namespace, room: room.clone() });
        }
    }

    /// The connection, which was idle, has sent an event.
    pub fn wake(&mut self, id: &ConnectionId, now: Timestamp) {
        if self.presence.wake(id) {
            self.feed.push(now, Happening::ConnectionActive { connection: id.clone() });
        }
    }

    /// Connections that have sent nothing for a minute become idle.
    pub fn sweep(&mut self, now: Timestamp) {
        for (connection, last_activity) in self.presence.find_idle(now) {
            self.feed.push(now, Happening::ConnectionIdle { connection, last_activity });
        }
    }

    /// An event was dropped over a limit.
    pub fn count_drop(&mut self, drop: Drop<'_>, now: Timestamp) {
        if let Some(episode) = self.episodes.count(drop, now) {
            self.feed.push(now, Happening::LimitEpisode { episode });
        }
    }

    /// Tells what has to be told of the episodes by now.
    pub fn sweep_episodes(&mut self, now: Timestamp) {
        for episode in self.episodes.sweep(now) {
            self.feed.push(now, Happening::LimitEpisode { episode });
        }
    }

    /// A backend reports that something is wrong.
    pub fn alert(
        &mut self,
        kind: AlertKind,
        level: Level,
        message: String,
        data: Option<serde_json::Value>,
        now: Timestamp,
    ) {
        let alert = self.alerts.report(kind, level, message, data, now);
        let happened = match kind {
            AlertKind::Error => Happening::Error { alert },
            AlertKind::Warning => Happening::Warning { alert },
            AlertKind::Anomaly => Happening::Anomaly { alert },
        };
        self.feed.push(now, happened);
    }

    /// Takes what was measured, and tells which anomalies begin, go on and end.
    pub fn look_for_anomalies(&mut self, reading: Reading, now: Timestamp) {
        let reading = reading.with(Cause::LimitEpisodes, u32::try_from(self.episodes.count_open()).unwrap_or(u32::MAX));
        for step in self.anomalies.observe(&reading, now) {
            let anomaly = |cause: Cause| {
                let threshold = self.anomalies.thresholds().of(cause).unwrap_or_default();
                Anomaly { cause, figure: reading.of(cause), threshold }
            };
            let happened = match step {
                Step::Raise(cause) => Some(Happening::Anomaly { alert: self.alerts.raise(anomaly(cause), now) }),
                Step::Hold(cause) => {
                    self.alerts.hold(anomaly(cause), now).map(|alert| Happening::AlertChanged { alert })
                }
                Step::Clear(cause) => self.alerts.clear(cause, now).map(|alert| Happening::AlertChanged { alert }),
            };
            if let Some(happened) = happened {
                self.feed.push(now, happened);
            }
        }
    }

    /// An operator takes an alert on. `None` where there is no such alert.
    pub fn acknowledge(&mut self, id: u64, by: &str, now: Timestamp) -> Option<Alert> {
        let alert = self.alerts.acknowledge(id, by, now)?;
        self.feed.push(now, Happening::AlertChanged { alert: alert.clone() });
        Some(alert)
    }

    /// An operator wants an alert to be quiet until then. `None` where there is no such alert.
    pub fn silence(&mut self, id: u64, until: Timestamp, now: Timestamp) -> Option<Alert> {
        let alert = self.alerts.silence(id, until)?;
        self.feed.push(now, Happening::AlertChanged { alert: alert.clone() });
        Some(alert)
    }

    /// Drops of the user in the last hour.
    pub fn hits_of(&self, user: &UserId, now: Timestamp) -> u64 {
        self.episodes.hits_of(user, now)
    }

    /// What is or was wrong.
    pub fn alerts(&self) -> &Alerts {
        &self.alerts
    }

    /// The state at this moment.
    pub fn freeze(&self, now: Timestamp) -> Frozen {
        let mut hits = self.episodes.hits(now);
        hits.retain(|hits| self.presence.is_online(&hits.user));
        Frozen {
            epoch: self.feed.epoch().clone(),
            seq: self.feed.seq(),
            episodes: self.episodes.open(),
            alerts: self.alerts.open().cloned().collect(),
            hits,
            connections: self.presence.connections(None).collect(),
        }
    }
}

/// A connection as it is now: its record, with what is only known to the session.
pub(crate) fn current(record: &Connection, session: &Session) -> Connection {
    let (transport, last_activity) = (session.transport(), session.last_activity());
    Connection { transport, last_activity, ..record.clone() }
}

fn whose(session: &Session, place: Place) -> (ConnectionId, signalbox_protocol::feed::User, Namespace) {
    (session.id.clone(), session.user.clone(), place.namespace())
}
