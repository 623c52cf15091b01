//! How long requests take, and so how many there are: by method, by route, by the class of the answer's status.
//!
//! A route is its template in the table, a method one of those that the table knows, and `other` is whatever else strangers
//! ask for. It must never know a path, a query or who asks.

use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// The label of what is in no table.
const OTHER: &str = "other";

/// The requests that were answered. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Requests(Family<Kind, Histogram, fn() -> Histogram>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    method: &'static str,
    route: String,
    status: &'static str,
}

impl Default for Requests {
    fn default() -> Self {
        // From a millisecond to 16 seconds.
        Self(Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 4.0, 8))))
    }
}

impl Requests {
    /// A request was answered after so long. `route` is `None` where there is none for its path.
    pub(super) fn answered(&self, method: &Method, route: Option<&MatchedPath>, status: StatusCode, took: Duration) {
        let route = route.map_or(OTHER, MatchedPath::as_str).to_owned();
        let kind = Kind { method: name(method), route, status: class(status) };
        self.0.get_or_create(&kind).observe(took.as_secs_f64());
    }

    /// Has them told together with what is in the registry.
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Time from a request's head to its answer's, by the route's template";
        registry.register_with_unit("signalbox_http_request_duration", help, Unit::Seconds, self.0.clone());
    }
}

fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
