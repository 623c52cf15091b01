//! `GET /metrics`: the figures, for Prometheus.
//!
//! They are read when they are asked for, from counters that exist anyway. A label is one of a fixed set: a namespace, an
//! event of its table, an outcome, a route. Never a user, a room or an address, which strangers could make ever new ones of.

use std::fmt::{Error, Write as _};
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::IntoResponse;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

use super::Api;
use super::problem::Refusal;
use crate::gateway::Gateway;
use crate::hub::{Distribution, Place};
use crate::namespaces;

const OPEN_METRICS: &str = "application/openmetrics-text";

/// The figures, for Prometheus: its text format, or OpenMetrics where `Accept` names that.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "gateway",
    responses((
        status = 200,
        description = "the figures",
        content(
            (String = "text/plain; version=0.0.4; charset=utf-8"),
            (String = "application/openmetrics-text; version=1.0.0; charset=utf-8")
        )
    ))
)]
pub(super) async fn metrics(State(api): State<Api>, headers: HeaderMap) -> Result<impl IntoResponse, Refusal> {
    let mut registry = Registry::default();
    api.requests.register(&mut registry);
    registry.register_collector(Box::new(Figures(api.gateway)));
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).map_err(|error| Refusal::internal(&error))?;
    let accepts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    Ok(if accepts.into_iter().any(|accept| accept.contains(OPEN_METRICS)) {
        ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
    } else {
        ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], classic(&text))
    })
}

/// OpenMetrics as Prometheus' own format: there a counter's family is named as its samples are, and there are no units.
fn classic(text: &str) -> String {
    let counter = |name: &str| text.contains(&format!("# TYPE {name} counter\n"));
    let mut written = String::with_capacity(text.len());
    for line in text.lines() {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        match words[..] {
            ["#", "UNIT", ..] | ["#", "EOF"] => {}
            ["#", kind, name, rest] if counter(name) => _ = writeln!(written, "# {kind} {name}_total {rest}"),
            _ => _ = writeln!(written, "{line}"),
        }
    }
    written
}

/// Everything that is told.
#[derive(Debug)]
struct Figures(Gateway);

impl Collector for Figures {
    fn encode(&self, mut to: DescriptorEncoder) -> Result<(), Error> {
        self.build(&mut to)?;
        self.people(&mut to)?;
        self.events(&mut to)?;
        self.queues(&mut to)?;
        self.process(&mut to)
    }
}

impl Figures {
    fn build(&self, to: &mut DescriptorEncoder) -> Result<(), Error> {
        let mut family =
            to.encode_descriptor("signalbox_build_info", "The gateway's version.", None, MetricType::Gauge)?;
        ConstGauge::new(1_i64).encode(family.encode_family(&[("version", env!("CARGO_PKG_VERSION"))])?)
    }

    fn people(&self, to: &mut DescriptorEncoder) -> Result<(), Error> {
        let (online, connections, sockets) = self.0.on_floor(|floor| {
            let presence = &floor.presence;
            (presence.online(), presence.connected(), Place::ALL.map(|place| presence.sockets_in(place)))
        });
        let rooms = i64::try_from(self.0.rooms.count()).unwrap_or(i64::MAX);
        gauge(to, "signalbox_connections", "Engine.IO sessions that are open.", i64::from(connections))?;
        gauge(to, "signalbox_users_online", "Users with a connection, operators left out.", i64::from(online))?;
        gauge(to, "signalbox_rooms", "Rooms with somebody in them.", rooms)?;
        let help = "Sockets in a namespace.";
        let mut family = to.encode_descriptor("signalbox_sockets", help, None, MetricType::Gauge)?;
        for (place, sockets) in Place::ALL.into_iter().zip(sockets) {
            let labels = [("namespace", place.as_str())];
            ConstGauge::new(i64::from(sockets)).encode(family.encode_family(&labels)?)?;
        }
        let counters = &self.0.counters;
        for (name, help, counter) in [
            ("signalbox_connections_opened", "Connections opened.", &counters.connects),
            ("signalbox_connections_closed", "Connections closed.", &counters.disconnects),
            (
                "signalbox_slow_consumers",
                "Connections closed because they were not read from.",
                &counters.slow_consumers,
            ),
        ] {
            count(to, name, help, counter.load(Ordering::Relaxed))?;
        }
        Ok(())
    }

    fn events(&self, to: &mut DescriptorEncoder) -> Result<(), Error> {
        let help = "Events received, by what became of them; `unknown` is in no table of its namespace.";
        let mut family = to.encode_descriptor("signalbox_events_received", help, None, MetricType::Counter)?;
        for place in Place::ALL {
            let table = namespaces::events(place);
            for (event, outcome, counted) in self.0.outcomes.of(place) {
                let event = event.map_or("unknown", |event| table[event].name);
                let labels = [("namespace", place.as_str()), ("event", event), ("outcome", outcome.as_str())];
                ConstCounter::new(counted).encode(family.encode_family(&labels)?)?;
            }
        }
        let counters = &self.0.counters;
        for (name, help, counter) in [
            ("signalbox_events_sent", "Events handed to sockets, one for each recipient.", &counters.messages_out),
            ("signalbox_events_undelivered", "Events lost to recipients who did not read.", &counters.undelivered),
            ("signalbox_events_limited", "Events dropped over a rate limit.", &counters.limit_hits),
            ("signalbox_errors", "Events that failed through a fault of the gateway.", &counters.errors),
        ] {
            count(to, name, help, counter.load(Ordering::Relaxed))?;
        }
        let help = "Time from an event's turn to its end.";
        let name = "signalbox_event_handling";
        let family = to.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        distribution(family, &counters.handling())
    }

    fn queues(&self, to: &mut DescriptorEncoder) -> Result<(), Error> {
        let unsent = i64::try_from(self.0.publisher.unsent()).unwrap_or(i64::MAX);
        gauge(
            to,
            "signalbox_outbox_unsent",
            "Messages and business events accepted from backends and not sent yet.",
            unsent,
        )?;
        let help = "Letters for absent users that were not kept because too many waited.";
        count(to, "signalbox_mailbox_dropped", help, self.0.mailbox.dropped())?;
        let help = "Sessions, rooms and links that were removed because nobody else had; each tells of a fault.";
        count(to, "signalbox_stale_removed", help, self.0.counters.stale.load(Ordering::Relaxed))
    }

    fn process(&self, to: &mut DescriptorEncoder) -> Result<(), Error> {
        let rss = i64::try_from(self.0.measured.rss()).unwrap_or(i64::MAX);
        gauge(to, "process_resident_memory_bytes", "Resident memory of the process.", rss)?;
        let started = self.0.started_at.as_millis() as f64 / 1e3;
        let help = "When the process started, in seconds since the Unix epoch.";
        let family = to.encode_descriptor("process_start_time_seconds", help, None, MetricType::Gauge)?;
        ConstGauge::new(started).encode(family)
    }
}

fn gauge(to: &mut DescriptorEncoder, name: &str, help: &str, value: i64) -> Result<(), Error> {
    ConstGauge::new(value).encode(to.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

fn count(to: &mut DescriptorEncoder, name: &str, help: &str, value: u64) -> Result<(), Error> {
    ConstCounter::new(value).encode(to.encode_descriptor(name, help, None, MetricType::Counter)?)
}

fn distribution(mut to: MetricEncoder<'_>, times: &Distribution) -> Result<(), Error> {
    to.encode_histogram::<NoLabelSet>(times.sum, times.count, &times.buckets, None)
}
