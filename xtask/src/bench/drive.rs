//! One measurement: a fresh server, the load generator, and what it says.

use std::collections::BTreeMap;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use super::contestant::{self, Contestant, SECRET};
use super::lines::Scenario;

/// How thoroughly one measures.
#[derive(Debug, Clone, Copy)]
pub struct Drive {
    seconds: u32,
    idle: u32,
    /// Whether a console looks on; only the gateway has a feed for it.
    watched: bool,
}

/// Figures by name.
pub type Figures = BTreeMap<String, f64>;

/// What came of a measurement.
#[derive(Debug)]
pub enum Verdict {
    /// Everything that was sent has come.
    Counts(Figures),
    /// It has not, or the measurement failed: why.
    Void(String),
}

impl Drive {
    /// For figures that count.
    pub const fn thorough() -> Self {
        Self { seconds: 8, idle: 15_000, watched: false }
    }

    /// For a first look.
    pub const fn quick() -> Self {
        Self { seconds: 3, idle: 4_000, watched: false }
    }

    /// With a console that looks on at the gateway.
    pub const fn watched(self) -> Self {
        Self { watched: true, ..self }
    }

    /// Starts the server, drives it through the scenario, and ends it.
    pub fn once(self, contestant: Contestant, scenario: Scenario) -> Result<Verdict> {
        let server = contestant.start()?;
        let mut load = contestant::unbounded(&contestant::program("signalbox-load"));
        load.args([&scenario.name(), "--address", &server.address])
            .args(["--pid", &server.id().to_string()])
            .args(["--seconds", &self.seconds.to_string()])
            .args(["--idle", &self.idle.to_string()])
            .env("LOAD_SECRET", SECRET);
        if self.watched && contestant == Contestant::Gateway {
            load.arg("--watched");
        }
        let output = load.stdin(Stdio::null()).output().context("cannot start the load generator")?;
        if output.status.success() {
            return read(&output.stdout);
        }
        let why = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
        Ok(Verdict::Void(format!("{why} {}", server.log()).trim().to_owned()))
    }
}

fn read(output: &[u8]) -> Result<Verdict> {
    let outcome: Value = serde_json::from_slice(output).context("the load generator said what is no JSON")?;
    let count = |name: &str| outcome[name].as_u64().with_context(|| format!("the load generator did not say {name}"));
    let (expected, delivered) = (count("expected")?, count("delivered")?);
    if expected != delivered {
        return Ok(Verdict::Void(format!("{delivered} delivered of {expected}")));
    }
    let figures = outcome["figures"].as_object().context("the load generator gave no figures")?;
    let figures = figures.iter().filter_map(|(name, value)| Some((name.clone(), value.as_f64()?)));
    Ok(Verdict::Counts(figures.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_in_which_something_was_lost_is_void() {
        let lost = read(br#"{"expected": 3, "delivered": 2, "figures": {"cpu_us": 1.0}}"#).unwrap();
        assert!(matches!(lost, Verdict::Void(why) if why == "2 delivered of 3"));
        let whole = read(br#"{"expected": 3, "delivered": 3, "figures": {"cpu_us": 1.0}}"#).unwrap();
        assert!(matches!(whole, Verdict::Counts(figures) if figures["cpu_us"] == 1.0));
        assert!(read(b"{}").is_err());
    }
}
