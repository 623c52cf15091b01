//! Failures as RFC 9457 problem details. Every error that leaves the HTTP interface is made here.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::CommandError;
use signalbox_protocol::http::Problem;

/// An answer that is an error.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    detail: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// An error of that status; `detail` is for the caller's people and never names a cause inside the gateway.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), header: None }
    }

    /// 401: no token, or none that is good.
    pub fn unauthorized(detail: &str) -> Self {
        let header = (WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        Self { header: Some(header), ..Self::new(StatusCode::UNAUTHORIZED, detail) }
    }

    /// 429 or 503: again after a while, in whole seconds.
    pub fn later(status: StatusCode, detail: &str, wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1000).max(1) as u64;
        Self { header: Some((RETRY_AFTER, HeaderValue::from(seconds))), ..Self::new(status, detail) }
    }

    /// 500: the cause goes to the log, under the request's id, and nowhere else.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the gateway failed; its log has the cause under this request's id",
        )
    }
}

impl From<CommandError> for Refusal {
    /// A command that was not carried out. Its text is for the caller already, and names no cause.
    fn from(CommandError { code, message }: CommandError) -> Self {
        let status = match code {
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::Conflict => StatusCode::CONFLICT,
            ErrorCode::Forbidden => StatusCode::FORBIDDEN,
            ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem {
            kind: "about:blank".into(),
            title: self.status.canonical_reason().unwrap_or("Error").into(),
            status: self.status.as_u16(),
            detail: Some(self.detail),
        };
        // A struct of texts and a number always becomes JSON.
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response =
            (self.status, [(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], body).into_response();
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
