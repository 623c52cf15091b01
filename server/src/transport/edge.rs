//! What happens to a Socket.IO request before the library sees it: its origin, its address, its token, its stream.

use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode, Uri, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use engineioxide::service::NotFoundService;
use ipnet::IpNet;
use socketioxide::service::SocketIoService;
use socketioxide::socket::Sid;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::address::ClientAddress;
use super::links::Links;
use super::listener::Peer;
use super::strangers::Strangers;
use crate::config::{Config, Origins};

/// Headers and address of a request have at most so many bytes together: they are kept for as long as the session that the
/// request opens, and whoever opens it is still a stranger.
const MAX_HEAD: usize = 32 * 1024;

/// The query's `token`, taken out of the address so that no log line, trace or metric can repeat it.
#[derive(Clone)]
pub struct QueryToken(pub Arc<str>);

/// The routes of Socket.IO, with their origins and their book-keeping.
pub fn router(
    engine: SocketIoService<NotFoundService>,
    links: Arc<Links>,
    strangers: Strangers,
    config: &Config,
) -> Router {
    links.serve(engine.clone());
    let edge = Arc::new(Edge {
        links,
        strangers,
        origins: config.cors.origins.clone(),
        trusted: config.proxy.trusted.iter().copied().collect(),
    });
    Router::new()
        .route_service("/socket.io", engine.clone())
        .route_service("/socket.io/", engine)
        .layer(from_fn_with_state(edge, pass))
        .layer(cors(&config.cors.origins))
}

struct Edge {
    links: Arc<Links>,
    strangers: Strangers,
    origins: Origins,
    trusted: Box<[IpNet]>,
}

async fn pass(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if head(&parts) > MAX_HEAD {
        return (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are larger than 32 KiB").into_response();
    }
    // A preflight has been answered by the CORS layer. A native client sends no origin, and needs a token.
    if parts.headers.get(ORIGIN).is_some_and(|origin| !admits(&edge.origins, origin) && !is_own(origin, &parts)) {
        return (StatusCode::FORBIDDEN, "this origin is not allowed; it can be added to `cors.origins`")
            .into_response();
    }
    parts.extensions.insert(ClientAddress::find(peer.guard.peer(), &parts.headers, &edge.trusted));
    hide_token(&mut parts);
    let asked = Asked::of(&parts.uri);
    if let Some(sid) = asked.sid {
        if asked.websocket {
            let response = next.run(Request::from_parts(parts, body)).await;
            // Noted only now: a stream can be upgraded once, and so costs one link at most, whatever ids are guessed on it.
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                edge.links.of(sid).carried_by(&peer.guard);
            }
            return response;
        } else if let Some(link) = edge.links.get(sid) {
            link.polled_over(&peer.guard);
            if parts.method == Method::POST {
                poll_fn(|cx| link.gate().poll_open(cx)).await;
            }
        }
    } else {
        let Some(stranger) = edge.strangers.another() else {
            return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], "too many connections wait to be let in")
                .into_response();
        };
        parts.extensions.insert(stranger);
    }
    next.run(Request::from_parts(parts, body)).await
}

fn head(parts: &Parts) -> usize {
    let headers: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    headers + parts.uri.path().len() + parts.uri.query().map_or(0, str::len)
}

/// What a Socket.IO request's query says.
struct Asked {
    sid: Option<Sid>,
    websocket: bool,
}

impl Asked {
    fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        // Where a name stands twice, the engine takes the first: what is guarded here must be what it serves.
        let first = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
        Self {
            sid: first("sid=").and_then(|sid| sid.parse().ok()),
            websocket: first("transport=").and_then(|transport| transport.split('=').next()) == Some("websocket"),
        }
    }
}

/// Moves the query's `token` from the address into an extension.
fn hide_token(parts: &mut Parts) {
    let Some(query) = parts.uri.query() else { return };
    let token_of = |pair: &str| {
        // Decoded, because `%74oken` is `token` too.
        let (name, token) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
        (name == "token").then(|| QueryToken(token.as_ref().into()))
    };
    let Some(token) = query.split('&').find_map(token_of) else { return };
    let kept: Vec<_> = query.split('&').filter(|pair| token_of(pair).is_none()).collect();
    // A part of a valid address, without some of its pairs, is a valid address.
    if let Ok(uri) = format!("{}?{}", parts.uri.path(), kept.join("&")).parse() {
        parts.uri = uri;
    }
    parts.extensions.insert(token);
}

fn admits(origins: &Origins, origin: &HeaderValue) -> bool {
    origin.to_str().is_ok_and(|origin| origins.allow(origin))
}

/// Whether the origin is the gateway's own address, as some native clients say (python-socketio does). Only for an address
/// or `localhost`: any other name can be made to point here by whoever owns it.
fn is_own(origin: &HeaderValue, parts: &Parts) -> bool {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let named = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    let is_address = named == "localhost" || named.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    is_address
        && origin
            .to_str()
            .ok()
            .and_then(|origin| origin.split_once("://"))
            .is_some_and(|(_, authority)| authority == host)
}

fn cors(origins: &Origins) -> CorsLayer {
    let layer =
        CorsLayer::new().allow_methods([Method::GET, Method::POST]).allow_headers([AUTHORIZATION, CONTENT_TYPE]);
    match origins {
        Origins::Any => layer.allow_origin(tower_http::cors::Any),
        Origins::Listed(_) => {
            let origins = origins.clone();
            layer
                .allow_credentials(true)
                .allow_origin(AllowOrigin::predicate(move |origin, _| admits(&origins, origin)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_sessions_in_one_address_the_first_is_meant_as_the_engine_means_it() {
        let of = |query: &str| Asked::of(&format!("/socket.io/?EIO=4&{query}").parse().expect("an address"));
        let sid = "AAAAAAAAAAAAAAHs";
        for (query, named, websocket) in [
            (format!("transport=polling&sid={sid}"), true, false),
            (format!("sid={sid}&transport=websocket&sid="), true, true),
            (format!("transport=websocket=x&sid=&sid={sid}"), false, true),
            ("transport=polling".to_owned(), false, false),
        ] {
            let asked = of(&query);
            assert_eq!((asked.sid.is_some(), asked.websocket), (named, websocket), "{query}");
        }
    }

    #[test]
    fn the_gateways_own_address_is_no_other_origin() {
        for (host, origin, own) in [
            ("127.0.0.1:3000", "http://127.0.0.1:3000", true),
            ("localhost:3000", "http://localhost:3000", true),
            ("[::1]:3000", "http://[::1]:3000", true),
            ("[::1]", "http://[::1]", true),
            ("127.0.0.1:3000", "http://127.0.0.1:4000", false),
            ("rebound.example:3000", "http://rebound.example:3000", false),
            ("127.0.0.1:3000", "null", false),
        ] {
            let (parts, ()) = Request::get("/").header(HOST, host).body(()).expect("a request").into_parts();
            assert_eq!(is_own(&origin.parse().expect("a value"), &parts), own, "{host} {origin}");
        }
    }

    #[test]
    fn a_token_in_the_query_is_taken_out_of_the_address() {
        for (query, token) in [
            ("EIO=4&token=a%2Bb&transport=polling", Some("a+b")),
            ("EIO=4&%74oken=a&transport=polling&token=b", Some("a")),
            ("EIO=4&transport=polling", None),
        ] {
            let request = Request::get(format!("/socket.io/?{query}")).body(()).expect("a request");
            let (mut parts, ()) = request.into_parts();
            hide_token(&mut parts);
            assert_eq!(parts.uri, "/socket.io/?EIO=4&transport=polling");
            assert_eq!(parts.extensions.get::<QueryToken>().map(|token| &*token.0), token, "{query}");
        }
    }
}
