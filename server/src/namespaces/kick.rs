//! The gateway ends a connection: it says why, then closes every namespace of it, within a second, also where the client
//! does not read.

use std::sync::Arc;

use serde::Serialize;
use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::Happening;
use tokio::task::{JoinHandle, yield_now};

use super::door;
use crate::gateway::Gateway;
use crate::hub::{Closing, Session};

/// The code of a gateway that is about to end: its clients may come back, all others have been told to stay away.
pub(crate) const DRAIN: &str = "drain";

/// Clients that are told so in one go; then others have their turn.
const AT_ONCE: usize = 64;

#[derive(Serialize)]
struct Kicked<'a> {
    code: &'a str,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

/// Closes the session for that reason. Returns when nothing of it is left. A second call does nothing. Whoever waits may
/// give up, as a request does whose client has gone: what was begun is finished.
pub async fn close(gateway: &Gateway, session: &Arc<Session>, closing: Closing) {
    if let Some(finishing) = close_behind(gateway, session.clone(), closing) {
        finished(finishing).await;
    }
}

/// Closes all of them for that reason, at the same time. Returns when nothing of them is left. Here too what was begun is
/// finished.
pub async fn close_all(gateway: &Gateway, sessions: Vec<Arc<Session>>, closing: &Closing) {
    let (gateway, closing) = (gateway.clone(), closing.clone());
    let all = tokio::spawn(async move {
        let mut finishing = Vec::with_capacity(sessions.len());
        for some in sessions.chunks(AT_ONCE) {
            finishing.extend(some.iter().filter_map(|one| close_behind(&gateway, one.clone(), closing.clone())));
            yield_now().await;
        }
        for one in finishing {
            finished(one).await;
        }
    });
    finished(all).await;
}

async fn finished(closing: JoinHandle<()>) {
    if let Err(error) = closing.await {
        tracing::error!(%error, "a connection was not closed in order");
    }
}

/// The same, where the caller cannot wait: the session counts no more from now on, and its client has been told. `None`
/// where it is closed already.
pub(crate) fn close_behind(gateway: &Gateway, session: Arc<Session>, closing: Closing) -> Option<JoinHandle<()>> {
    session.begin_closing(closing.clone()).then(|| {
        tell(gateway, &session, &closing);
        let gateway = gateway.clone();
        tokio::spawn(async move { finish(&gateway, &session, closing).await })
    })
}

fn tell(gateway: &Gateway, session: &Session, closing: &Closing) {
    let Closing { code, reason, until } = closing;
    for (_, socket) in session.seats() {
        gateway.reach.one(&socket, "kicked", &Kicked { code, reason, until: *until });
        if *code != DRAIN {
            // The library's own word for it keeps the client from connecting again by itself. Where its buffer is full, it
            // does not read, and would not see it.
            let _ = socket.disconnect();
        }
    }
}

async fn finish(gateway: &Gateway, session: &Arc<Session>, closing: Closing) {
    gateway.links.close(&session.link, session.protocol).await;
    let places = gateway.on_floor(|floor| floor.presence.places(&session.id));
    for place in places {
        door::depart(gateway, session, place, reason_in_words(&closing));
    }
    gateway.on_floor(|floor| floor.presence.forget_closed(&session.id));
}

/// The session's token has run out, nobody asked for it.
pub async fn expire(gateway: &Gateway, session: &Arc<Session>) {
    let closing = Closing::new("token_expired", "the token has expired");
    note(gateway, &closing, session);
    close(gateway, session, closing).await;
}

/// Tells administrators that the gateway closes a session by itself.
pub(super) fn note(gateway: &Gateway, closing: &Closing, session: &Session) {
    let kick = Happening::Kick {
        code: closing.code.into(),
        reason: closing.reason.clone(),
        sample: vec![session.user.clone()],
        users: 1,
        connections: 1,
        by: None,
    };
    gateway.on_floor(|floor| floor.note(Timestamp::now(), kick));
}

/// What the feed says of a connection that was closed for that reason.
fn reason_in_words(closing: &Closing) -> &'static str {
    match closing.code {
        "kicked" => "kicked",
        "banned" => "banned",
        "token_expired" => "token expired",
        "token_revoked" => "token revoked",
        "user_deleted" => "user deleted",
        "connection_limit" => "connection limit",
        "slow_consumer" => "slow consumer",
        DRAIN => "drained",
        _ => "gateway ended",
    }
}
