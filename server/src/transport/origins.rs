//! Whose pages may talk to the gateway: one rule for Socket.IO and for the HTTP interface.
//!
//! The list is exact. The gateway's own address is no exception: what is on the same machine, behind another port, is not
//! therefore a friend. A native client sends no origin, and needs a token.

use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue};
use tower_http::cors::{Any, CorsLayer};

use crate::config::Origins;

/// What a page is told that is not on the list.
pub const NOT_LISTED: &str = "this origin is not allowed; it can be added to `cors.origins`";

/// Whether the request is no page's, or a listed one's.
pub fn admits(origins: &Origins, headers: &HeaderMap) -> bool {
    headers.get_all(ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(|origin| origins.allow(origin)))
}

/// Lets browsers hand the answers to the same pages. Never with credentials where it may be any.
pub fn cors(origins: &Origins) -> CorsLayer {
    match origins {
        Origins::Any => CorsLayer::new().allow_origin(Any),
        Origins::Listed(listed) => {
            let listed: Vec<HeaderValue> = listed.iter().filter_map(|origin| origin.as_str().parse().ok()).collect();
            CorsLayer::new().allow_origin(listed)
        }
    }
}
