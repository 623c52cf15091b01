//! What is kept of the request that opens a session. The engine keeps its head for as long as the session lives.
//!
//! It must never keep a part of the buffer that the request was read into: a header's value is a view of that buffer, and
//! one view holds all 8 KiB of it.

use axum::extract::{MatchedPath, OriginalUri};
use axum::http::header::{AUTHORIZATION, HeaderName, SEC_WEBSOCKET_KEY, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Uri, request::Parts};

/// The headers that somebody reads after the request has passed the edge: the engine the first, the door the others.
const KEPT: [HeaderName; 3] = [SEC_WEBSOCKET_KEY, AUTHORIZATION, USER_AGENT];

/// Leaves nothing in the head but what is read later, in memory of its own.
pub fn compact(parts: &mut Parts) {
    let mut kept = HeaderMap::with_capacity(KEPT.len());
    for name in KEPT {
        // Where a header stands twice, everybody reads the first.
        if let Some(Ok(copy)) = parts.headers.get(&name).map(|value| HeaderValue::from_bytes(value.as_bytes())) {
            kept.insert(name, copy);
        }
    }
    parts.headers = kept;
    if let Some(Ok(copy)) = parts.uri.path_and_query().map(|address| Uri::try_from(address.as_str().to_owned())) {
        parts.uri = copy;
    }
    parts.extensions.remove::<OriginalUri>();
    parts.extensions.remove::<MatchedPath>();
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn nothing_that_is_kept_is_a_view_of_what_was_read() {
        // An address that is read from one block of bytes shares that block with its path, as the server's parser does it.
        let read = axum::body::Bytes::from(b"/socket.io/?EIO=4&transport=websocket".to_vec());
        let uri = Uri::from_maybe_shared(read.clone()).expect("an address");
        let key = HeaderValue::from_maybe_shared(read.slice(1..7)).expect("a value");
        let request = Request::get(uri).header(SEC_WEBSOCKET_KEY, key).header("cookie", "a=b").header(USER_AGENT, "x");
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        compact(&mut parts);
        assert!(read.is_unique(), "somebody else holds it still");
        assert_eq!(parts.uri, "/socket.io/?EIO=4&transport=websocket");
        assert_eq!(parts.headers[SEC_WEBSOCKET_KEY], "socket");
        assert_eq!((parts.headers.len(), &parts.headers[USER_AGENT]), (2, &HeaderValue::from_static("x")));
    }
}
