//! The OpenAPI document: what all routes have in common, and `GET /api/v1/openapi.json`.
//!
//! Each route describes itself where it is written. Here is what it need not repeat: the security schemes, the refusals
//! that come from a shared step, and those that any request may meet at the door. It must never know a route.

use std::collections::BTreeMap;

use axum::Extension;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use signalbox_protocol::UserId;
use signalbox_protocol::http::Problem;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, InfoBuilder, OpenApi, PathItem, Ref, RefOr};
use utoipa::{IntoResponses, OpenApi as _};

/// The media type of every refusal.
pub(super) const PROBLEM: &str = "application/problem+json";

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Problem, UserId)))]
struct Components;

/// The refusals of a step that several routes share.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($status:literal $why:literal),+;)+) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$((stringify!($status).to_owned(), RefOr::T(problem($why)))),+])
            }
        }
    )+};
}

refusals! {
    /// Of a route that asks who is there.
    Bearer:
        401 "no token, or one that is not good, or not any more",
        403 "the bearer may not do this, or the page's origin is not listed",
        429 "too many failed API keys from the same address";
    /// Of a route that reads a JSON body.
    Body:
        400 "the body is not JSON, or was cut off",
        413 "the body is larger than this route takes",
        415 "the body is not called JSON by its `Content-Type`",
        422 "the body is JSON that does not fit";
    /// Of a route that reads its path or its query.
    Parameters:
        400 "the path or the query cannot be read",
        422 "a parameter does not fit";
    /// Of a route that acts on something that may have changed.
    Conflict:
        409 "what is there does not admit it";
    /// Of a route that needs something to be there.
    Missing:
        404 "there is no such thing";
    /// Of a route that puts something into the outbox.
    Outbox:
        503 "too much is waiting to be sent; `Retry-After` says when to try again";
    /// Of any route.
    Door:
        403 "the page's origin is not listed",
        406 "nothing that `Accept` admits can be answered",
        500 "the gateway failed; its log has the cause under this request's id";
}

/// The document before any route has described itself.
pub(super) fn frame() -> OpenApi {
    let mut document = Components::openapi();
    document.info = InfoBuilder::new()
        .title("Signalbox gateway")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "What operators and backends ask of a gateway. Failures are RFC 9457 problem details. User ids are accepted as \
             numbers or strings and answered as strings.",
        ))
        .build();
    let schemes = [
        ("operator", "JWT", "An operator's token, from `POST /api/v1/auth/login` or `signalbox-server token`."),
        ("apiKey", "sbk_…", "A backend's API key, with the scope that the operation names."),
    ];
    let components = document.components.get_or_insert_default();
    for (name, format, description) in schemes {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format(format)
            .description(Some(description))
            .build();
        components.add_security_scheme(name, SecurityScheme::Http(scheme));
    }
    document
}

/// Adds what any request may meet at the door.
pub(super) fn finish(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for (status, response) in Door::responses() {
            operation.responses.responses.entry(status).or_insert(response);
        }
    }
}

/// `GET /api/v1/openapi.json`, as it was written when the gateway started.
#[derive(Debug, Clone)]
pub(super) struct Written(Bytes);

impl Written {
    /// The document.
    pub(super) fn new(document: &OpenApi) -> Self {
        Self(write(document).into())
    }
}

/// The document as text, for people too: it is kept beside the code, where a change of it is seen.
pub(super) fn write(document: &OpenApi) -> String {
    // Maps with text keys, texts and numbers always become JSON.
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "gateway",
    responses((status = 200, description = "this document", content_type = "application/json", body = Object))
)]
pub(super) async fn openapi(Extension(Written(text)): Extension<Written>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], text)
}

fn problem(why: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(why).content(PROBLEM, content).build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut utoipa::openapi::path::Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}
