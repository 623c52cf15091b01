//! What happens to a Socket.IO request before the library sees it: its origin, its address, its token, its stream.

use std::future::poll_fn;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use engineioxide::service::NotFoundService;
use socketioxide::service::SocketIoService;

use super::address::ClientAddress;
use super::head;
use super::links::Links;
use super::listener::Peer;
use super::origins;
use super::payload::{Malformed, in_packets};
use super::query::{Asked, Unwritable, name_session, take_token};
use super::strangers::{MAX_GREETING, Strangers};
use super::tickets::{Ticket, Tickets, Visitor};
use crate::config::{Config, Origins, Proxy};

/// Headers and address of a request have at most so many bytes together: some of them are kept for as long as the session
/// that the request opens, and whoever opens it is still a stranger.
const MAX_HEAD: usize = 32 * 1024;

/// The engine's answer to a polling handshake is smaller than that.
const MAX_OPEN_PACKET: usize = 4 * 1024;

/// The content type by which Engine.IO 3 tells a body of bytes from one of text.
const BYTES: &str = "application/octet-stream";

/// What the engine says of a session that it does not know.
const UNKNOWN_SESSION: &str = r#"{"code":"1","message":"Session ID unknown"}"#;

/// The routes of Socket.IO, with their origins and their book-keeping.
pub fn router(
    engine: SocketIoService<NotFoundService>,
    links: Arc<Links>,
    strangers: Strangers,
    tickets: Tickets,
    config: &Config,
) -> Router {
    links.serve(engine.clone());
    let edge = Arc::new(Edge {
        links,
        strangers,
        tickets,
        origins: config.cors.origins.clone(),
        proxy: config.proxy.clone(),
        max_message: config.transport.max_message as usize,
    });
    // Only these routes take credentials that a browser adds by itself.
    let credentials = matches!(config.cors.origins, Origins::Listed(_));
    let cors = origins::cors(&config.cors.origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .allow_credentials(credentials);
    Router::new()
        .route_service("/socket.io", engine.clone())
        .route_service("/socket.io/", engine)
        .layer(from_fn_with_state(edge, pass))
        .layer(cors)
}

struct Edge {
    links: Arc<Links>,
    strangers: Strangers,
    tickets: Tickets,
    origins: Origins,
    proxy: Proxy,
    max_message: usize,
}

async fn pass(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if size_of_head(&parts) > MAX_HEAD {
        return (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are larger than 32 KiB").into_response();
    }
    // A preflight has been answered by the CORS layer.
    if !origins::admits(&edge.origins, &parts.headers) {
        return (StatusCode::FORBIDDEN, origins::NOT_LISTED).into_response();
    }
    let address = ClientAddress::find(peer.guard.peer(), &parts.headers, &edge.proxy);
    parts.extensions.insert(address);
    match take_token(&mut parts.uri) {
        Ok(None) => {}
        Ok(Some(token)) => _ = parts.extensions.insert(token),
        // With the token in it, it must not go any further.
        Err(Unwritable) => return (StatusCode::BAD_REQUEST, "this address cannot be read").into_response(),
    }
    let Asked { session, websocket, .. } = Asked::of(&parts.uri);
    let Some(ticket) = session else { return edge.open(&peer, address, parts, body, websocket, next).await };
    // Only a ticket leads to a session that is there: its id is known to others than its client.
    let visitor = edge.tickets.visitor(ticket);
    match visitor.filter(|visitor| name_session(&mut parts.uri, visitor.session).is_ok()) {
        Some(visitor) if websocket => {
            head::compact(&mut parts);
            edge.upgrade(visitor, &peer, Request::from_parts(parts, body), next).await
        }
        Some(visitor) => edge.poll(&visitor, &peer, Request::from_parts(parts, body), next).await,
        None => (StatusCode::BAD_REQUEST, [(CONTENT_TYPE, "application/json")], UNKNOWN_SESSION).into_response(),
    }
}

impl Edge {
    /// A request that opens a session.
    async fn open(
        &self,
        peer: &Peer,
        address: ClientAddress,
        mut parts: Parts,
        body: Body,
        websocket: bool,
        next: Next,
    ) -> Response {
        let Some(stranger) = self.strangers.another(address.0) else {
            return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], "too many connections wait to be let in")
                .into_response();
        };
        let introduction = stranger.introduction();
        parts.extensions.insert(stranger);
        head::compact(&mut parts);
        if websocket {
            // Its stream is its client's: it names its session nowhere else.
            let response = next.run(Request::from_parts(parts, body)).await;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                peer.guard.speaks_for(introduction);
            }
            return response;
        }
        let ticket = self.tickets.issue(introduction);
        parts.extensions.insert(ticket.clone());
        let response = next.run(Request::from_parts(parts, body)).await;
        if response.status() == StatusCode::OK { stamped(&ticket, response).await } else { response }
    }

    /// A WebSocket for a session that has polled so far.
    async fn upgrade(&self, visitor: Visitor, peer: &Peer, request: Request, next: Next) -> Response {
        let response = next.run(request).await;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            peer.guard.speaks_for(visitor.introduction);
            self.links.of(visitor.session).carried_by(&peer.guard);
        }
        response
    }

    /// A poll or a post of a session.
    async fn poll(&self, visitor: &Visitor, peer: &Peer, request: Request, next: Next) -> Response {
        let link = self.links.get(visitor.session);
        if let Some(link) = &link {
            link.polled_over(&peer.guard);
        }
        if visitor.introduction.is_made() {
            peer.guard.serves_session();
        }
        if request.method() != Method::POST {
            return next.run(request).await;
        }
        // Nobody closes the semaphore.
        let Ok(_turn) = visitor.turn.acquire().await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
        if let Some(link) = &link {
            poll_fn(|cx| link.gate().poll_open(cx)).await;
        }
        let known = visitor.introduction.is_made();
        let most = if known { self.max_message } else { self.max_message.min(MAX_GREETING) };
        let (parts, body) = request.into_parts();
        // Read whole and then handed on: what the engine reads piece by piece, it looks at again with every piece.
        let body = to_bytes(body, most).await.ok().filter(|body| visitor.introduction.hear(body.len()));
        let Some(body) = body else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
        let is_bytes = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == BYTES);
        let body = match Asked::of(&parts.uri).version {
            Some("3") if !is_bytes => in_packets(body),
            _ => Ok(Body::from(body)),
        };
        match body {
            Ok(body) => next.run(Request::from_parts(parts, body)).await,
            Err(Malformed) => StatusCode::BAD_REQUEST.into_response(),
        }
    }
}

/// The engine's answer to a polling handshake, with the ticket in place of the session's id.
async fn stamped(ticket: &Ticket, response: Response) -> Response {
    let (head, body) = response.into_parts();
    let answer = to_bytes(body, MAX_OPEN_PACKET).await.map(Vec::from);
    match answer.map(|mut answer| ticket.stamp(&mut answer).map(|()| answer)) {
        Ok(Ok(answer)) => Response::from_parts(head, Body::from(answer)),
        _ => {
            tracing::error!("the engine's answer to a handshake names no session");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn size_of_head(parts: &Parts) -> usize {
    let headers: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    headers + parts.uri.path().len() + parts.uri.query().map_or(0, str::len)
}
