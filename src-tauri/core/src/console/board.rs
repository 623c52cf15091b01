//! What the frame of the window shows: every gateway's state, put together from what the watches let see.

use std::collections::HashMap;
use std::sync::Weak;
use std::time::Duration;

use parking_lot::Mutex;
use signalbox_protocol::ipc::{Gateway, Keychain, LinkState, Status, ViewId, ViewUpdate};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Inner;
use crate::profiles::Profile;
use crate::watch::{Seen, Sink};

/// At most 4 updates a second.
const PACE: Duration = Duration::from_millis(250);

/// The open status views, what each has been shown, and the latest state for whoever follows.
pub(super) struct Board {
    views: Mutex<HashMap<ViewId, (Sink, Option<Status>)>>,
    latest: watch::Sender<Option<Status>>,
}

impl Default for Board {
    fn default() -> Self {
        Self { views: Mutex::default(), latest: watch::Sender::new(None) }
    }
}

impl Board {
    pub(super) fn open(&self, id: ViewId, sink: Sink) {
        self.views.lock().insert(id, (sink, None));
    }

    pub(super) fn close(&self, id: ViewId) {
        self.views.lock().remove(&id);
    }

    pub(super) fn follow(&self) -> watch::Receiver<Option<Status>> {
        self.latest.subscribe()
    }

    fn show(&self, status: &Status) {
        let mut stale: Vec<Sink> = Vec::new();
        for (sink, shown) in self.views.lock().values_mut() {
            if shown.as_ref() != Some(status) {
                *shown = Some(status.clone());
                stale.push(sink.clone());
            }
        }
        self.latest.send_replace(Some(status.clone()));
        // A sink is somebody else's code, and must not run under our lock.
        stale.iter().for_each(|sink| sink(ViewUpdate::Status(status.clone())));
    }
}

/// Shows what has changed, until the console closes.
pub(super) async fn run(inner: Weak<Inner>, closing: CancellationToken) {
    let Some(secrets) = inner.upgrade().map(|inner| inner.secrets.clone()) else { return };
    // Looking for a keychain can take a while; until it is known there is nothing to warn of.
    let mut keychain = Keychain::Ready;
    let looked = async move { secrets.keychain().await };
    tokio::pin!(looked);
    let mut looking = true;
    loop {
        let Some(changed) = inner.upgrade().map(|inner| inner.changed.clone()) else { return };
        tokio::select! {
            () = closing.cancelled() => return,
            found = &mut looked, if looking => {
                (keychain, looking) = (found, false);
            }
            () = changed.notified() => {}
        }
        let Some(strong) = inner.upgrade() else { return };
        strong.board.show(&strong.status(keychain.clone()));
        drop(strong);
        tokio::time::sleep(PACE).await;
    }
}

impl Inner {
    fn status(&self, keychain: Keychain) -> Status {
        let profiles = self.profiles.lock().all().to_vec();
        let posts = self.posts.lock();
        let seen = |profile: &Profile| posts.get(&profile.id).map(|post| post.watch.seen());
        let gateways = profiles.into_iter().map(|profile| gateway(seen(&profile), profile)).collect();
        drop(posts);
        let preferences = self.preferences.lock().current().clone();
        let local_folder = self.local_folder.display().to_string();
        Status { gateways, local: self.local.state(), local_folder, preferences, keychain }
    }
}

fn gateway(seen: Option<Seen>, profile: Profile) -> Gateway {
    let seen = seen.unwrap_or(Seen { link: LinkState::Closed, operator: None, figures: None, ahead_ms: 0 });
    Gateway {
        local: profile.is_local(),
        url: profile.url.to_string(),
        profile: profile.id,
        name: profile.name,
        colour: profile.colour.into(),
        production: profile.production,
        safe: profile.safe,
        authority: profile.authority.map(|authority| authority.path().display().to_string()),
        link: seen.link,
        operator: seen.operator,
        figures: seen.figures,
        clock_ahead_ms: seen.ahead_ms,
    }
}
