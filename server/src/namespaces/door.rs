//! The door of every namespace: who may come in, what is said on entering, and what on leaving.

use std::fmt;
use std::future::ready;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use serde::{Deserialize, Serialize};
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::User;
use signalbox_protocol::{ConnectionId, SocketId, Timestamp};
use socketioxide::extract::{Extension, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
use socketioxide::{ProtocolVersion, SocketIo, TransportType};

use super::identity::TextId;
use super::{announce, chat, kick, leave_rooms};
use crate::auth::operators::{Standing, standing};
use crate::auth::revocations::Proof;
use crate::auth::tokens::Claims;
use crate::config::ConnectionPolicy;
use crate::gateway::Gateway;
use crate::hub::{Admission, Bounds, Closing, Opening, Place, Session};
use crate::mailbox;
use crate::pipeline::{Exit, Intake, Member};
use crate::transport::{ClientAddress, Link, Peer, QueryToken, Stranger};

/// A `User-Agent` is cut at so many bytes.
const MAX_USER_AGENT: usize = 256;

/// Why somebody may not come in: the message of the CONNECT_ERROR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No token was presented.
    MissingToken,
    /// The token is not good, or is another user's than the connection.
    InvalidCredentials,
    /// The token's status is not 1, or the operator's account is disabled.
    AccountDisabled,
    /// The namespace needs a role.
    InsufficientPermission,
    /// The user, or everybody at the address, may not come in.
    Banned,
    /// The user has, or the address has, too many connections.
    ConnectionLimit,
    /// The gateway is full, about to end, or cannot ask its store.
    ServerBusy,
    /// There is no such namespace.
    InvalidNamespace,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingToken => "missing token",
            Self::InvalidCredentials => "invalid credentials",
            Self::AccountDisabled => "account disabled",
            Self::InsufficientPermission => "insufficient permission",
            Self::Banned => "banned",
            Self::ConnectionLimit => "connection limit exceeded",
            Self::ServerBusy => "server busy",
            Self::InvalidNamespace => "Invalid namespace",
        })
    }
}

/// The CONNECT payload.
#[derive(Debug, Default, Deserialize)]
pub struct Presented {
    token: Option<serde_json::Value>,
}

/// Opens the namespaces that the gateway serves.
pub fn open(io: &SocketIo, gateway: &Gateway) {
    for place in Place::ALL {
        let gateway = gateway.clone();
        // Handlers are registered here and not after the answer to CONNECT: a client's first event may follow at once.
        let admit = move |socket: SocketRef, TryData(presented): TryData<Presented>| {
            let gateway = gateway.clone();
            async move {
                let token = presented.unwrap_or_default().token;
                let member = admit(&gateway, place, &socket, token).await.inspect_err(|refusal| {
                    tracing::debug!(namespace = place.as_str(), %refusal, "refused at the door");
                    if socket.protocol() == ProtocolVersion::V4 {
                        // Its library joins `/` unasked before any other, and may be on its way elsewhere. The library here
                        // has no timer for it.
                        watch(&gateway, &socket);
                    }
                })?;
                if let Some(stranger) = socket.req_parts().extensions.get::<Stranger>() {
                    // Before the answer: who has it may say as much as anybody.
                    stranger.introduce();
                }
                socket.on_fallback(Intake(member.clone()));
                socket.on_disconnect(Exit(member.clone()));
                socket.extensions.insert(member);
                Ok::<_, Refusal>(())
            }
        };
        // What comes before the future is carried out before anything else can be sent to the socket.
        let enter = |socket: SocketRef, Extension(member): Extension<Arc<Member>>| {
            arrive(&member, socket);
            ready(())
        };
        io.ns(place.as_str(), enter.with(admit));
    }
}

async fn admit(
    gateway: &Gateway,
    place: Place,
    socket: &SocketRef,
    presented: Option<serde_json::Value>,
) -> Result<Arc<Member>, Refusal> {
    if gateway.is_ending() {
        return Err(Refusal::ServerBusy);
    }
    let token = find_token(gateway, place, presented, socket)?;
    let now = Timestamp::now();
    let claims = gateway.claims(&token, now).map_err(|why| {
        tracing::debug!(%why, "a token was refused");
        Refusal::InvalidCredentials
    })?;
    if !is_enabled(gateway, place, &claims) {
        return Err(Refusal::AccountDisabled);
    }
    let role = match place {
        Place::Admin => Some(operator_role(gateway, &claims).await?),
        Place::Web | Place::Realtime | Place::Events | Place::Chat => None,
    };
    let address = address(socket);
    if gateway.bans.find(&claims.user.id, address, now).is_some() {
        return Err(Refusal::Banned);
    }
    if !gateway.lets_in(&claims.user.id) {
        return Err(Refusal::ServerBusy);
    }
    vacated(gateway, place, socket).await;
    let session = seat(gateway, place, socket, &claims, now)?;
    session.stand_on(place, &claims);
    // A ban or a revocation that came in between found no session to close.
    if let Some(ban) = gateway.bans.find(&claims.user.id, address, now) {
        drop(kick::close_behind(gateway, session, Closing::banned(&ban)));
        return Err(Refusal::Banned);
    }
    if gateway.revocations.take(&claims.user.id, &Proof::of(&claims)) {
        drop(kick::close_behind(gateway, session, Closing::new("token_revoked", "the token was revoked")));
        return Err(Refusal::InvalidCredentials);
    }
    Ok(Member::new(gateway, session, place, role, claims))
}

/// Whether the token's `status` lets its user into the namespace.
pub(super) fn is_enabled(gateway: &Gateway, place: Place, claims: &Claims) -> bool {
    match claims.status {
        Some(status) => status == 1,
        None => !(place.is_office() && gateway.config.auth.require_status),
    }
}

/// The token: in the CONNECT payload, else in the header, else, where it is allowed, in the query.
fn find_token(
    gateway: &Gateway,
    place: Place,
    presented: Option<serde_json::Value>,
    socket: &SocketRef,
) -> Result<String, Refusal> {
    let request = socket.req_parts();
    match presented {
        Some(serde_json::Value::String(token)) if !token.is_empty() => return Ok(token),
        None | Some(serde_json::Value::Null | serde_json::Value::String(_)) => {}
        Some(_) => return Err(Refusal::InvalidCredentials),
    }
    // A header of another scheme is meant for somebody else, as a proxy in front.
    let header = request.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok()?.split_once(' '));
    if let Some((_, token)) = header.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        return Ok(token.trim().to_owned());
    }
    // Clients of Engine.IO 3 join `/` without a payload, and some can set no header.
    let allowed = (place == Place::Realtime && socket.protocol() == ProtocolVersion::V4)
        || gateway.config.auth.query_token_namespaces.iter().any(|name| name.as_str() == place.as_str());
    let query = request.extensions.get::<QueryToken>().filter(|token| allowed && !token.0.is_empty());
    query.map(|token| token.0.as_ref().to_owned()).ok_or(Refusal::MissingToken)
}

/// The role on `/admin`.
async fn operator_role(gateway: &Gateway, claims: &Claims) -> Result<Role, Refusal> {
    match standing(&gateway.store, claims).await {
        Ok(Standing::Good(role)) => Ok(role),
        Ok(Standing::NoRole) => Err(Refusal::InsufficientPermission),
        Ok(Standing::Disabled) => Err(Refusal::AccountDisabled),
        Err(error) => {
            tracing::error!(%error, "an operator's account cannot be looked up");
            Err(Refusal::ServerBusy)
        }
    }
}

/// Returns when the connection's last socket in the namespace, which has left it, has been cleared away.
async fn vacated(gateway: &Gateway, place: Place, socket: &SocketRef) {
    let session = gateway.on_floor(|floor| floor.presence.session(&ConnectionId::from(socket.id.as_str())));
    let before = session.and_then(|session| session.seat(place));
    if let Some(member) = before.and_then(|before| before.extensions.get::<Arc<Member>>()) {
        // An error would mean that its queue was dropped, and so is empty.
        let _ = member.leave(DisconnectReason::ClientNSDisconnect).await;
    }
}

/// A place for the connection, within the limits.
fn seat(
    gateway: &Gateway,
    place: Place,
    socket: &SocketRef,
    claims: &Claims,
    now: Timestamp,
) -> Result<Arc<Session>, Refusal> {
    let config = &gateway.config.connections;
    let bounds = Bounds { per_user: config.per_user, per_address: config.per_address, total: config.total };
    loop {
        let admission = gateway.on_floor(|floor| {
            let candidate = Session::new(opening(gateway, socket, &claims.user), now);
            candidate.stand_on(place, claims);
            floor.presence.admit(candidate, bounds)
        });
        match admission {
            Admission::Admitted(session) if session.closing().is_none() => return Ok(session),
            Admission::Admitted(_) | Admission::AnotherUser => return Err(Refusal::InvalidCredentials),
            Admission::GatewayFull => return Err(Refusal::ServerBusy),
            Admission::AddressFull => return Err(Refusal::ConnectionLimit),
            Admission::Full(oldest) => match config.policy {
                ConnectionPolicy::Reject => return Err(Refusal::ConnectionLimit),
                ConnectionPolicy::EvictOldest => evict(gateway, oldest),
            },
        }
    }
}

/// Closes the user's oldest connection, which does not count any more from now on.
fn evict(gateway: &Gateway, oldest: Arc<Session>) {
    let closing = Closing::new("connection_limit", "a newer connection of the same user took its place");
    kick::note(gateway, &closing, &oldest);
    // Nobody waits for its end.
    drop(kick::close_behind(gateway, oldest, closing));
}

fn opening(gateway: &Gateway, socket: &SocketRef, user: &User) -> Opening {
    let request = socket.req_parts();
    let link = link(gateway, socket);
    let user_agent = request.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Opening {
        user: user.clone(),
        link,
        protocol: socket.protocol(),
        address: address(socket),
        user_agent: user_agent[..user_agent.floor_char_boundary(MAX_USER_AGENT)].into(),
    }
}

/// Where the client is, as the gateway believes it.
fn address(socket: &SocketRef) -> IpAddr {
    let extensions = &socket.req_parts().extensions;
    let peer = extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer.guard.peer().ip());
    let address = extensions.get::<ClientAddress>().map(|address| address.0).or(peer);
    // Every request comes through the listener, which knows its peer.
    address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// The streams below the socket, the one that it was opened on included.
fn link(gateway: &Gateway, socket: &SocketRef) -> Arc<Link> {
    let link = gateway.links.of(socket.id);
    if let Some(ConnectInfo(peer)) = socket.req_parts().extensions.get::<ConnectInfo<Peer>>() {
        match socket.transport_type() {
            TransportType::Websocket => link.carried_by(&peer.guard),
            TransportType::Polling => link.polled_over(&peer.guard),
        }
    }
    link
}

/// `connected` on `/admin` and `/web`.
#[derive(Serialize)]
struct Connected<'a> {
    message: &'a str,
    user: &'a User,
}

/// `connected` on `/`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConnectedHere<'a> {
    message: &'a str,
    user_id: TextId<'a>,
    socket_id: SocketId,
}

const WELCOME: &str = "Connected successfully";

/// The first that a socket hears, in the namespaces that greet.
fn greet(member: &Member, socket: &SocketRef) {
    let (reach, session) = (&member.gateway.reach, &member.session);
    match member.place {
        Place::Admin | Place::Web => {
            reach.one(socket, "connected", &Connected { message: WELCOME, user: &session.user });
        }
        Place::Realtime => {
            let (user_id, socket_id) = (TextId(&session.user.id), session.socket_id());
            reach.one(socket, "connected", &ConnectedHere { message: WELCOME, user_id, socket_id });
        }
        Place::Chat => chat::greet(&member.gateway, socket),
        Place::Events => {}
    }
}

/// The socket has joined: it is greeted before anything else can reach it.
fn arrive(member: &Arc<Member>, socket: SocketRef) {
    let (gateway, session, place, now) = (&member.gateway, &member.session, member.place, Timestamp::now());
    session.sit(place, socket.clone());
    gateway.expires(session);
    let arrival = gateway.on_floor(|floor| {
        let arrival = floor.arrive(session, place, now)?;
        gateway.reach.welcome(&socket, place, &session.user.id, || greet(member, &socket));
        Some(arrival)
    });
    match arrival {
        Some(arrival) => {
            gateway.counters.connects.fetch_add(u64::from(arrival.opened.is_some()), Ordering::Relaxed);
            if arrival.opened.is_some() {
                gateway.store.seen(&session.user, now);
            }
            if arrival.first_here {
                announce::online(gateway, session, place, arrival.sockets_here, now);
            }
            mailbox::arrived(gateway, &session.user.id);
        }
        None => {
            // Its place was lost while it was on the way, or it is being closed.
            gateway.reach.add(&socket, place, &session.user.id);
            if gateway.on_floor(|floor| floor.presence.places(&session.id)).is_empty() {
                gateway.expires_no_more(session);
                watch(gateway, &socket);
            }
            let _ = socket.disconnect();
        }
    }
    member.open_inbox();
}

/// The socket has left the namespace, be it that its client left or that the connection has ended.
pub fn leave(member: &Arc<Member>, reason: DisconnectReason) {
    let (gateway, session, place) = (&member.gateway, &member.session, member.place);
    let socket = session.seat(place);
    if !session.stand_up(place) {
        // It was found gone before the library said so.
        return;
    }
    // In this order: were the socket gone and its subscription still counted, a push would take another's socket for it.
    if let Some(subscription) = member.unsubscribe() {
        gateway.trace_no_more(member);
        subscription.abort();
        session.stop_listening();
        gateway.unsubscribed(place, &session.user.id);
    }
    gateway.reach.remove(place, &session.user.id);
    leave_rooms(member);
    if let Some(socket) = socket {
        // The library has done so when it left. What the client sent before may have let it into others since, and who comes
        // after it on this connection has the same id.
        socket.leave_all();
    }
    if place == Place::Chat {
        chat::forget(gateway, session);
    }
    // Who is being closed departs when nothing of the connection is left.
    if session.closing().is_none() {
        let overdue = session.link.was_overdue();
        let words = if overdue { "slow consumer" } else { in_words(reason) };
        let departed = depart(gateway, session, place, words);
        if departed && overdue {
            gateway.counters.slow_consumers.fetch_add(1, Ordering::Relaxed);
            // It cannot be told: it does not read.
            kick::note(gateway, &Closing::new("slow_consumer", "the client takes nothing"), session);
        }
        if departed && reason == DisconnectReason::ClientNSDisconnect {
            watch_link(gateway, session.link.clone(), session.protocol);
        }
    }
}

/// Takes the session's socket out of the namespace, and tells those who are to know. True where it was its last one.
/// Safe to call more than once.
pub(crate) fn depart(gateway: &Gateway, session: &Session, place: Place, reason: &str) -> bool {
    let now = Timestamp::now();
    let Some(departure) = gateway.on_floor(|floor| floor.depart(session, place, reason, now)) else { return false };
    gateway.counters.disconnects.fetch_add(u64::from(departure.closed), Ordering::Relaxed);
    if departure.closed {
        gateway.expires_no_more(session);
    }
    if place == Place::Chat {
        chat::forget(gateway, session);
    }
    if departure.last_here {
        announce::offline(gateway, session, place, departure.sockets_here, now);
    }
    departure.closed
}

/// Closes the socket's connection unless it has joined a namespace in time.
pub(super) fn watch(gateway: &Gateway, socket: &SocketRef) {
    watch_link(gateway, link(gateway, socket), socket.protocol());
}

fn watch_link(gateway: &Gateway, link: Arc<Link>, protocol: socketioxide::ProtocolVersion) {
    // A client that is refused may knock again and again.
    if !link.begin_watch() {
        return;
    }
    let gateway = gateway.clone();
    tokio::spawn(async move {
        tokio::time::sleep(gateway.config.transport.connect_timeout).await;
        link.end_watch();
        let id = link.sid().as_str().into();
        if gateway.on_floor(|floor| floor.presence.places(&id)).is_empty() {
            gateway.links.close(&link, protocol).await;
        }
    });
}

fn in_words(reason: DisconnectReason) -> &'static str {
    match reason {
        DisconnectReason::TransportClose | DisconnectReason::ClientNSDisconnect => "client left",
        DisconnectReason::TransportError => "connection lost",
        DisconnectReason::HeartbeatTimeout => "ping timeout",
        DisconnectReason::PacketParsingError => "malformed packet",
        DisconnectReason::MultipleHttpPollingError => "polled twice at once",
        DisconnectReason::ServerNSDisconnect => "removed by the gateway",
        DisconnectReason::ClosingServer => "gateway ended",
    }
}
