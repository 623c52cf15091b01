//! The scenarios: each opens its own clients, measures the server before and after, and counts what should have come and
//! what has.

mod attack;
mod bystanders;
mod calls;
mod doors;
mod fan_out;
mod floor;
mod slow_readers;

use std::collections::BTreeMap;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use self::fan_out::Pace;
use crate::Stage;

/// What to do with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// One room of 1000, 16 messages in flight.
    FanOut,
    /// One room of 1000, 20 messages a second.
    #[value(name = "fan-out-20")]
    FanOut20,
    /// One room of 1000, 100 messages a second.
    #[value(name = "fan-out-100")]
    FanOut100,
    /// 200 clients, each with 8 acknowledged events in flight.
    Calls,
    /// Connecting and joining with a token.
    Connect,
    /// Connections that do nothing.
    Idle,
    /// Clients that do not read what they are sent.
    SlowReaders,
    /// Clients that send what nobody wants.
    Attack,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// So much should have come. Where that differs from `delivered`, the figures say nothing.
    pub expected: u64,
    /// So much has come.
    pub delivered: u64,
    /// Figures by name; what each is called, and in which unit, is said where it is made.
    pub figures: BTreeMap<&'static str, f64>,
}

impl Scenario {
    /// Plays it.
    pub async fn play(self, stage: &Stage) -> Result<Outcome> {
        match self {
            Self::FanOut => fan_out::play(stage, Pace::InFlight(16)).await,
            Self::FanOut20 => fan_out::play(stage, Pace::PerSecond(20)).await,
            Self::FanOut100 => fan_out::play(stage, Pace::PerSecond(100)).await,
            Self::Calls => calls::play(stage).await,
            Self::Connect => doors::connect(stage).await,
            Self::Idle => doors::idle(stage).await,
            Self::SlowReaders => slow_readers::play(stage).await,
            Self::Attack => attack::play(stage).await,
        }
    }
}

impl Outcome {
    fn new(expected: u64, delivered: u64) -> Self {
        Self { expected, delivered, figures: BTreeMap::new() }
    }

    /// With a figure, where there is one.
    fn figure(mut self, name: &'static str, value: impl Into<Option<f64>>) -> Self {
        if let Some(value) = value.into() {
            self.figures.insert(name, value);
        }
        self
    }
}
