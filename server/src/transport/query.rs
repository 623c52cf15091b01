//! A Socket.IO request's query: which session it means, and the token that must not stay in it.

use std::sync::Arc;

use axum::http::Uri;
use socketioxide::socket::Sid;

/// The query's `token`, taken out of the address so that no log line, trace or metric can repeat it.
#[derive(Clone)]
pub struct QueryToken(pub Arc<str>);

/// What a query says, as far as the edge has to know.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// What it names its session by; `None` where it wants to open one.
    pub session: Option<&'a str>,
    /// Whether it wants a WebSocket.
    pub websocket: bool,
    /// The version of Engine.IO.
    pub version: Option<&'a str>,
}

/// An address that cannot be written without a part of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unwritable;

impl<'a> Asked<'a> {
    /// Reads the query.
    pub fn of(uri: &'a Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        // Where a name stands twice, the engine takes the first: what is guarded here must be what it serves.
        let first = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
        Self {
            session: first("sid="),
            websocket: first("transport=").and_then(|transport| transport.split('=').next()) == Some("websocket"),
            version: first("EIO=").and_then(|version| version.split('=').next()),
        }
    }
}

/// Takes every `token` out of the address. The first one is given back, if there is one.
///
/// # Errors
/// Where the address cannot be written without it.
pub fn take_token(uri: &mut Uri) -> Result<Option<QueryToken>, Unwritable> {
    let Some(query) = uri.query() else { return Ok(None) };
    let token_of = |pair: &str| {
        // Decoded, because `%74oken` is `token` too.
        let (name, token) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
        (name == "token").then(|| QueryToken(token.as_ref().into()))
    };
    let Some(token) = query.split('&').find_map(token_of) else { return Ok(None) };
    let kept: Vec<_> = query.split('&').filter(|pair| token_of(pair).is_none()).collect();
    *uri = written(uri, &kept.join("&"))?;
    Ok(Some(token))
}

/// Lets the address name that session, and no other.
///
/// # Errors
/// Where it cannot be written so.
pub fn name_session(uri: &mut Uri, session: Sid) -> Result<(), Unwritable> {
    let others = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.starts_with("sid="));
    let query = others.chain([&*format!("sid={session}")]).collect::<Vec<_>>().join("&");
    *uri = written(uri, &query)?;
    Ok(())
}

fn written(uri: &Uri, query: &str) -> Result<Uri, Unwritable> {
    format!("{}?{query}", uri.path()).parse().map_err(|_| Unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(query: &str) -> Uri {
        format!("/socket.io/?{query}").parse().expect("an address")
    }

    #[test]
    fn of_two_sessions_in_one_address_the_first_is_meant_as_the_engine_means_it() {
        for (query, session, websocket, version) in [
            ("EIO=4&transport=polling&sid=a", Some("a"), false, Some("4")),
            ("sid=a&transport=websocket&sid=b&EIO=3=4&EIO=4", Some("a"), true, Some("3")),
            ("transport=websocket=x&sid=&sid=b", Some(""), true, None),
            ("transport=polling&%73id=a&eio=4", None, false, None),
        ] {
            assert_eq!(Asked::of(&uri(query)), Asked { session, websocket, version }, "{query}");
        }
    }

    #[test]
    fn an_address_names_one_session_in_the_end() {
        let session: Sid = "AAAAAAAAAAAAAAHs".parse().expect("an id");
        for query in ["EIO=4&sid=a&transport=polling", "sid=a&EIO=4&sid=b&transport=polling&sid="] {
            let mut uri = uri(query);
            assert_eq!(name_session(&mut uri, session), Ok(()));
            assert_eq!(uri, "/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAHs");
        }
    }

    #[test]
    fn a_token_in_the_query_is_taken_out_of_the_address() {
        for (query, token) in [
            ("EIO=4&token=a%2Bb&transport=polling", Some("a+b")),
            ("EIO=4&%74oken=a&transport=polling&token=b", Some("a")),
            ("token=&EIO=4&transport=polling&t%6Fken", Some("")),
            ("EIO=4&transport=polling", None),
        ] {
            let mut uri = uri(query);
            let taken = take_token(&mut uri).expect("an address without it");
            assert_eq!(uri, "/socket.io/?EIO=4&transport=polling");
            assert_eq!(taken.as_ref().map(|token| &*token.0), token, "{query}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_written_without_its_token_is_not_served() {
        // `*` is an address by itself, and cannot be followed by anything.
        let star = Uri::from_static("*");
        assert_eq!(written(&star, "EIO=4"), Err(Unwritable));
    }
}
