//! Which Engine.IO session is carried by which stream, and the closing of a whole session.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use engineioxide::service::NotFoundService;
use parking_lot::Mutex;
use socketioxide::ProtocolVersion;
use socketioxide::service::SocketIoService;
use socketioxide::socket::Sid;
use tower::ServiceExt;

use super::gate::Gate;
use super::guard::Guard;

/// How long what is on its way out may take to leave, once a session is to be closed.
const GRACE: Duration = Duration::from_millis(500);

/// Every Engine.IO session that has knocked at a namespace or upgraded its transport.
#[derive(Debug, Default)]
pub struct Links {
    table: Mutex<HashMap<Sid, Arc<Link>>>,
    engine: OnceLock<Engine>,
}

/// The Socket.IO service itself, to which a session's own `close` packet is handed where no WebSocket can be cut.
#[derive(Clone)]
struct Engine(SocketIoService<NotFoundService>);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

/// One Engine.IO session, as the streams below it see it.
#[derive(Debug)]
pub struct Link {
    sid: Sid,
    gate: Arc<Gate>,
    watched: AtomicBool,
    streams: Mutex<Streams>,
}

#[derive(Debug, Default)]
struct Streams {
    /// The WebSocket.
    carrier: Option<Arc<Guard>>,
    /// Streams that polling requests came on.
    polled: Vec<Arc<Guard>>,
    /// Bytes of streams that are gone: received, sent.
    settled: (u64, u64),
}

impl Links {
    /// Gives the service that [`Links::close`] needs. Once, when the gateway is assembled.
    pub(super) fn serve(&self, engine: SocketIoService<NotFoundService>) {
        // A second call would be a second gateway around the same links, which nobody builds.
        let _ = self.engine.set(Engine(engine));
    }

    /// The session's link, made where there is none yet.
    pub fn of(&self, sid: Sid) -> Arc<Link> {
        self.table.lock().entry(sid).or_insert_with(|| Arc::new(Link::new(sid))).clone()
    }

    /// The session's link, if it has one.
    pub fn get(&self, sid: Sid) -> Option<Arc<Link>> {
        self.table.lock().get(&sid).cloned()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.table.lock().len()
    }

    /// Forgets links that nobody holds and that no WebSocket carries: upgrades that came to nothing, sessions that have ended.
    pub fn sweep(&self) {
        self.table.lock().retain(|_, link| Arc::strong_count(link) > 1 || link.carrier().is_some());
    }

    /// WebSockets that carry something of which no session holds the link.
    pub fn loose(&self) -> Vec<Sid> {
        let loose = |(_, link): &(&Sid, &Arc<Link>)| Arc::strong_count(link) == 1 && link.carrier().is_some();
        self.table.lock().iter().filter(loose).map(|(sid, _)| *sid).collect()
    }

    /// Cuts the WebSocket, and forgets what it carried. False where there is none.
    pub fn cut(&self, sid: Sid) -> bool {
        let link = self.table.lock().remove(&sid);
        link.and_then(|link| link.carrier()).inspect(|carrier| carrier.kill()).is_some()
    }

    /// Closes the session: what was emitted before may still leave, for half a second at most. Safe to call more than once.
    pub async fn close(&self, link: &Link, protocol: ProtocolVersion) {
        if link.carrier().is_none() {
            // The next poll takes what waits; there is no telling when it has.
            tokio::time::sleep(GRACE).await;
        }
        // Also one that the client has upgraded to in the meantime.
        if let Some(carrier) = link.carrier() {
            carrier.end();
            if tokio::time::timeout(GRACE, carrier.gone()).await.is_err() {
                carrier.kill();
                carrier.gone().await;
            }
        }
        self.close_session(link.sid, protocol).await;
    }

    /// Hands the session's own `close` packet to the engine. It does nothing to a session that is gone or has a WebSocket.
    async fn close_session(&self, sid: Sid, protocol: ProtocolVersion) {
        let (version, packet) = match protocol {
            ProtocolVersion::V4 => (3, "1:1"),
            ProtocolVersion::V5 => (4, "1"),
        };
        let Some(Engine(engine)) = self.engine.get().cloned() else { return };
        let request = Request::post(format!("/socket.io/?EIO={version}&transport=polling&sid={sid}"));
        match request.body(Body::from(packet)) {
            Ok(request) => match engine.oneshot(request).await {
                Ok(_) => {}
                Err(never) => match never {},
            },
            Err(error) => tracing::error!(%error, "a request of the gateway's own is malformed"),
        }
    }
}

impl Link {
    fn new(sid: Sid) -> Self {
        Self { sid, gate: Arc::default(), watched: AtomicBool::new(false), streams: Mutex::default() }
    }

    /// The Engine.IO session.
    pub fn sid(&self) -> Sid {
        self.sid
    }

    /// Holds the session's streams back while too many of its events wait.
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Somebody is going to see whether it joins a namespace in time. False where somebody does already.
    pub fn begin_watch(&self) -> bool {
        !self.watched.swap(true, Ordering::Relaxed)
    }

    /// That has been seen.
    pub fn end_watch(&self) {
        self.watched.store(false, Ordering::Relaxed);
    }

    /// Notes the WebSocket that carries the session. A second one beside it is not the session's, whatever it says.
    pub fn carried_by(&self, guard: &Arc<Guard>) {
        let mut streams = self.streams.lock();
        if streams.carrier.as_ref().is_none_or(|carrier| carrier.is_gone()) {
            if let Some(before) = streams.carrier.replace(guard.clone()) {
                streams.settle(&before);
            }
            drop(streams);
            guard.hold_by(&self.gate);
        }
    }

    /// Notes a stream that a polling request of the session came on.
    pub fn polled_over(&self, guard: &Arc<Guard>) {
        let mut streams = self.streams.lock();
        if streams.polled.iter().any(|known| Arc::ptr_eq(known, guard)) {
            return;
        }
        let (gone, here): (Vec<_>, Vec<_>) =
            std::mem::take(&mut streams.polled).into_iter().partition(|known| known.is_gone());
        streams.polled = here;
        gone.iter().for_each(|guard| streams.settle(guard));
        streams.polled.push(guard.clone());
    }

    /// The WebSocket that carries the session now.
    pub fn carrier(&self) -> Option<Arc<Guard>> {
        self.streams.lock().carrier.clone().filter(|carrier| !carrier.is_gone())
    }

    /// Whether a WebSocket has carried the session and does not any more.
    pub fn is_cut(&self) -> bool {
        self.streams.lock().carrier.as_ref().is_some_and(|carrier| carrier.is_gone())
    }

    /// Whether the session's last WebSocket was ended because the client took nothing.
    pub fn was_overdue(&self) -> bool {
        self.streams.lock().carrier.as_ref().is_some_and(|carrier| carrier.was_overdue())
    }

    /// Bytes received and sent, on the wire. A stream that several polling sessions share is counted for each of them.
    pub fn traffic(&self) -> (u64, u64) {
        let streams = self.streams.lock();
        streams
            .carrier
            .iter()
            .chain(&streams.polled)
            .fold(streams.settled, |(received, sent), guard| (received + guard.received(), sent + guard.sent()))
    }
}

impl Streams {
    fn settle(&mut self, guard: &Guard) {
        self.settled.0 += guard.received();
        self.settled.1 += guard.sent();
    }
}
