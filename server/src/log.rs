//! The log: on standard error, because standard output belongs to the ready line and to what commands answer.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// What is logged: `info`, or a filter such as `signalbox_server=debug`.
const VARIABLE: &str = "SIGNALBOX_LOG";

/// Starts the log of this process. A second call changes nothing.
pub fn start() {
    let filter = EnvFilter::builder().with_env_var(VARIABLE).try_from_env();
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_filter(filter_fn(may_be_seen))
        .with_filter(filter);
    // It fails where a test has started one before.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// These libraries log whole packets below `warn`, and a CONNECT packet holds a token. No filter may show that.
const CARRY_PACKETS: [&str; 5] = ["socketioxide", "engineioxide", "tungstenite", "hyper", "sqlx"];

fn may_be_seen(metadata: &Metadata<'_>) -> bool {
    // By their beginnings: `engineioxide_core` and `hyper_util` are of the family.
    *metadata.level() <= Level::WARN || !CARRY_PACKETS.iter().any(|library| metadata.target().starts_with(library))
}
