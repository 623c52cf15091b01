//! The table's lines: which figure of which scenario, in which unit, and what is to be reached.

use clap::ValueEnum;

use super::contestant::Contestant;

/// What is done to a server; `tests/load/src/scenario` says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Scenario {
    /// One room of 1000, 16 messages in flight.
    FanOut,
    /// One room of 1000, 20 messages a second.
    #[value(name = "fan-out-20")]
    FanOut20,
    /// One room of 1000, 100 messages a second.
    #[value(name = "fan-out-100")]
    FanOut100,
    /// Acknowledged events, 200 clients with 8 in flight each.
    Calls,
    /// Connecting and joining with a token.
    Connect,
    /// Connections that do nothing.
    Idle,
    /// Clients that do not read what they are sent.
    SlowReaders,
    /// Clients that send what nobody wants, as fast as they can.
    Attack,
}

/// A line of the table.
pub struct Line {
    /// Of which scenario.
    pub scenario: Scenario,
    /// The figure's name, as the load generator has it.
    pub figure: &'static str,
    /// What it is, with its unit.
    pub title: &'static str,
    /// What the gateway is to reach, all of it.
    pub goals: &'static [Goal],
}

/// What the gateway is to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// At most so much.
    AtMost(f64),
    /// At least so much.
    AtLeast(f64),
    /// So many times less than another server.
    Less(f64, Contestant),
    /// At most so many times what another server has.
    Times(f64, Contestant),
}

impl Scenario {
    /// All, in the table's order.
    pub const ALL: [Self; 8] = [
        Self::FanOut,
        Self::FanOut20,
        Self::FanOut100,
        Self::Calls,
        Self::Connect,
        Self::Idle,
        Self::SlowReaders,
        Self::Attack,
    ];

    /// As the commands call it.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

use Contestant::{Bare, Bun, Node};
use Goal::{AtLeast, AtMost, Less, Times};

/// The table.
pub const LINES: &[Line] = &[
    line(Scenario::FanOut, "cpu_us", "fan-out, 16 in flight: CPU, µs per delivery", &[AtMost(1.0), Less(6.0, Node)]),
    line(Scenario::FanOut, "per_second", "  deliveries per second", &[]),
    line(Scenario::FanOut20, "cpu_us", "fan-out, 20/s: CPU, µs per delivery", &[AtMost(4.5), Less(2.2, Node)]),
    line(Scenario::FanOut20, "bare_send_us", "  of it a bare `send`, µs", &[]),
    line(Scenario::FanOut20, "spread_p99_ms", "  first to last receiver, p99, ms", &[Times(1.1, Bare)]),
    line(Scenario::FanOut100, "cpu_us", "fan-out, 100/s: CPU, µs per delivery", &[AtMost(4.5), Less(2.2, Node)]),
    line(Scenario::FanOut100, "bare_send_us", "  of it a bare `send`, µs", &[]),
    line(Scenario::FanOut100, "spread_p99_ms", "  first to last receiver, p99, ms", &[Times(1.1, Bare)]),
    line(Scenario::Calls, "cpu_us", "acknowledged call: CPU, µs", &[AtMost(6.0)]),
    line(Scenario::Calls, "per_second", "  calls per second", &[]),
    line(Scenario::Calls, "p50_ms", "  latency, p50, ms", &[]),
    line(Scenario::Calls, "p99_ms", "  latency, p99, ms", &[Less(1.0, Node), Less(1.0, Bun)]),
    line(Scenario::Connect, "cpu_us", "connecting, JWT checked: CPU, µs", &[AtMost(160.0)]),
    line(Scenario::Connect, "per_second", "  connections per second", &[]),
    line(Scenario::Idle, "pss_kib", "idle connection: memory (Pss), KiB", &[AtMost(24.0)]),
    line(Scenario::Idle, "rss_kib", "  memory (Rss), KiB", &[]),
    line(Scenario::SlowReaders, "mb_each", "slow reader: memory, MB each", &[AtMost(1.0)]),
    line(Scenario::SlowReaders, "dropped", "  disconnected, of 10", &[AtLeast(10.0)]),
    line(Scenario::SlowReaders, "dropped_after_s", "  the last of them after, s", &[AtMost(10.0)]),
    line(Scenario::SlowReaders, "p99_without_ms", "  bystanders' p99 without, ms", &[]),
    line(Scenario::SlowReaders, "p99_beside_ms", "  bystanders' p99 beside, ms", &[]),
    line(Scenario::SlowReaders, "p99_ratio", "  the latter in terms of the former", &[AtMost(1.1)]),
    line(Scenario::Attack, "p99_without_ms", "attack: bystanders' p99 without, ms", &[]),
    line(Scenario::Attack, "p99_beside_ms", "  bystanders' p99 beside, ms", &[]),
];

const fn line(scenario: Scenario, figure: &'static str, title: &'static str, goals: &'static [Goal]) -> Line {
    Line { scenario, figure, title, goals }
}
