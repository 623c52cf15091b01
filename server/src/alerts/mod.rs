//! What is wrong: reports of backends, and thresholds of the gateway's own.
//!
//! Owns the list of alerts with what operators have done about them ([`Alerts`]), the state machine that raises an anomaly
//! once and clears it ([`Anomalies`]), and the figures of the last minute that it is fed with ([`LastMinute`]). It reads no
//! clock, and must never know who is told.

mod anomalies;
mod last_minute;
mod list;

pub use anomalies::{Anomalies, Reading, Step, Thresholds};
pub use last_minute::{LastMinute, Totals};
pub use list::Alerts;
