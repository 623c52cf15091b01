//! What the console asks of the desktop around it, and what it looks like from there.
//!
//! The shell carries the orders out and shows the look. This must never know how.

use std::path::PathBuf;

use signalbox_protocol::ipc::{ExportFormat, Gateway, LinkState, Status, Theme, Zoom};
use tokio::sync::oneshot;

use crate::notices::Event;

/// What the shell is to do.
#[derive(Debug)]
pub enum Order {
    /// Show a notification. It has been decided that it is wanted.
    Notice {
        /// About what.
        event: Box<Event>,
        /// Whether one hears it.
        sound: Sound,
    },
    /// Give the window's frame a theme, and the page its size.
    Dress {
        /// The theme.
        theme: Theme,
        /// The size.
        zoom: Zoom,
    },
    /// Start the console with the session, or not; the answer says why it could not be arranged.
    StartAtLogin {
        /// Whether.
        on: bool,
        /// How it went.
        answer: oneshot::Sender<Result<(), String>>,
    },
    /// Ask in the system's own dialog where a file is to be; the answer is `None` where nobody says so.
    ChooseFile {
        /// What it is called where nobody says otherwise.
        name: String,
        /// What it will be.
        format: ExportFormat,
        /// Where.
        answer: oneshot::Sender<Option<PathBuf>>,
    },
    /// Take the window away; the watch goes on.
    Hide,
    /// End the console.
    Quit,
}

/// What becomes of a wish that the console end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// It ends now.
    Now,
    /// The page asks somebody first, so that it must be seen.
    Asked,
}

/// What becomes of a window that somebody closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// It goes, and the watch goes on.
    Hidden,
    /// It closes, and the console ends.
    Closed,
    /// The page asks somebody first, so that it must be seen.
    Asked,
}

/// Whether a notification is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// It is only seen.
    Silent,
    /// With the desktop's own sound.
    Audible,
}

/// How everything is, in one glance at a tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// In one sign.
    pub health: Health,
    /// Users online on all gateways whose data is live; `None` where there is none.
    pub online: Option<u64>,
}

/// What the desktop does with the console when a session begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtLogin {
    /// It starts it.
    Starts,
    /// It leaves that to a person.
    Waits,
}

/// How the gateways are that somebody wants to watch. The worst of them counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// Every link is live, and no alert is open.
    Healthy,
    /// Every link is live, and an alert is open somewhere.
    Warning,
    /// A link is lost or nobody is signed in, or none is wanted.
    Offline,
}

impl Look {
    /// What a status looks like.
    pub fn of(status: &Status) -> Self {
        let wanted = || status.gateways.iter().filter(|gateway| gateway.link != LinkState::Closed);
        let health = wanted().map(health).max().unwrap_or(Health::Offline);
        let live = wanted().filter(|gateway| matches!(gateway.link, LinkState::Live { .. }));
        let online = live.filter_map(|gateway| Some(u64::from(gateway.figures.as_ref()?.online_users)));
        let online = online.fold(None, |sum, users| Some(sum.unwrap_or(0) + users));
        Self { health, online }
    }
}

fn health(gateway: &Gateway) -> Health {
    match (&gateway.link, &gateway.figures) {
        (LinkState::Live { .. }, Some(figures)) if figures.alerts > 0 => Health::Warning,
        // What is on its way for the first time is not called lost: the sign would flicker at each start.
        (LinkState::Live { .. } | LinkState::Loading { since: None, .. } | LinkState::Connecting, _) => Health::Healthy,
        (
            LinkState::Loading { since: Some(_), .. }
            | LinkState::Waiting { .. }
            | LinkState::SignedOut { .. }
            | LinkState::Closed,
            _,
        ) => Health::Offline,
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::Timestamp;
    use signalbox_protocol::ipc::{Figures, Keychain, LocalGateway, Preferences, ProfileId, Reason};

    use super::*;

    const LIVE: LinkState = LinkState::Live { rtt_ms: None };

    fn gateway(link: LinkState, users_and_alerts: Option<(u32, u32)>) -> Gateway {
        let figures = users_and_alerts.map(|(online_users, alerts)| Figures {
            online_users,
            connections: online_users,
            rooms: 0,
            limit_hits: None,
            alerts,
            nodes: 1,
            seq: 1,
            dropped: 0,
            beyond: 0,
        });
        Gateway {
            profile: ProfileId("p".into()),
            name: "p".into(),
            url: "http://p.example".into(),
            colour: "#000000".into(),
            production: false,
            safe: false,
            authority: None,
            local: false,
            link,
            operator: None,
            figures,
            clock_ahead_ms: 0,
        }
    }

    #[test]
    fn the_worst_gateway_decides_and_only_live_ones_count() {
        let waiting =
            LinkState::Waiting { since: Timestamp(0), retry_at: Timestamp(0), attempt: 1, reason: Reason::LinkBroke };
        for (gateways, health, online) in [
            (vec![], Health::Offline, None),
            (vec![gateway(LinkState::Closed, None)], Health::Offline, None),
            (vec![gateway(LIVE, Some((7, 0)))], Health::Healthy, Some(7)),
            (vec![gateway(LIVE, Some((7, 0))), gateway(LIVE, Some((5, 2)))], Health::Warning, Some(12)),
            (vec![gateway(LIVE, Some((7, 2))), gateway(waiting, Some((5, 0)))], Health::Offline, Some(7)),
            (vec![gateway(LIVE, Some((7, 0))), gateway(LinkState::Closed, None)], Health::Healthy, Some(7)),
            (vec![gateway(LinkState::SignedOut { reason: None, since: None }, None)], Health::Offline, None),
            (vec![gateway(LinkState::Connecting, None)], Health::Healthy, None),
            (vec![gateway(LinkState::Loading { received: 3, since: None }, None)], Health::Healthy, None),
            (vec![gateway(LinkState::Loading { received: 3, since: Some(Timestamp(0)) }, None)], Health::Offline, None),
        ] {
            let status = Status {
                gateways,
                local: LocalGateway::Stopped { reason: None },
                local_folder: "/data".into(),
                preferences: Preferences::default(),
                keychain: Keychain::Ready,
            };
            assert_eq!(Look::of(&status), Look { health, online }, "{status:?}");
        }
    }
}
