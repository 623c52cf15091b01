//! What the gateway does every second, and what only every so many: tokens that run out, bans and episodes that end, minutes
//! that are full, keys, idle connections, the sweep, and the pushes of every half minute.
//!
//! Owns the schedule and what it needs to remember. Seconds are counted and the time of day is passed in, so that an hour's
//! rounds can be made in a moment. It must never decide what a push says or what an anomaly is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::BanChange;
use signalbox_protocol::feed::{Cause, Happening};

use super::{Gateway, ticks};
use crate::admin;
use crate::alerts::{LastMinute, Reading, Totals};
use crate::namespaces::{self, OnlineUsers, SystemStatus};
use crate::sweep::Sweep;

/// Seconds between two looks at what changes outside: the store's accounts, the issuer's keys, connections that are idle.
const LOOK_EVERY_S: u64 = 10;
/// Seconds between two pushes of the node's figures to `/admin`.
const PUSH_EVERY_S: u64 = 30;
/// Seconds between two sweeps for what should not be there.
const SWEEP_EVERY_S: u64 = 5 * 60;

/// The rounds of one gateway. A turn stands for a second.
#[derive(Debug, Default)]
pub struct Rounds {
    turn: u64,
    last_minute: LastMinute,
    sweep: Sweep,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Expiring {
    expires_at: Timestamp,
}

/// Makes the rounds for as long as the gateway lives.
pub(super) async fn every_second(gateway: Gateway) {
    let mut seconds = ticks(Duration::from_secs(1));
    let mut rounds = Rounds::default();
    loop {
        seconds.tick().await;
        rounds.turn(&gateway, Timestamp::now());
    }
}

impl Rounds {
    /// What is due in the next second.
    pub fn turn(&mut self, gateway: &Gateway, now: Timestamp) {
        self.turn += 1;
        let due = |every: u64| self.turn.is_multiple_of(every);
        gateway.look_at_tokens(now);
        gateway.look_at_bans(now);
        let (online, connected) = gateway.on_floor(|floor| {
            floor.sweep_episodes(now);
            floor.presence.forget_lost(now);
            (floor.presence.online(), floor.presence.connected())
        });
        gateway.counters.tick(now, online, connected);
        gateway.tallies.tick(now.0.div_euclid(60_000), gateway.outcomes.totals());
        let reading = gateway.read(&mut self.last_minute);
        gateway.on_floor(|floor| floor.look_for_anomalies(reading, now));
        if due(LOOK_EVERY_S) {
            gateway.on_floor(|floor| floor.sweep(now));
            gateway.links.sweep();
            let operators = gateway.clone();
            tokio::spawn(async move { admin::look_after_operators(&operators).await });
            gateway.refresh_keys();
        }
        if due(SWEEP_EVERY_S) {
            self.sweep.turn(gateway);
        }
        if due(PUSH_EVERY_S) {
            SystemStatus::announce(gateway);
            OnlineUsers::announce(gateway);
            gateway.revocations.sweep(now);
            gateway.allowances.sweep(gateway.monotonic_ms(), gateway.policy.window_ms());
        }
    }
}

impl Gateway {
    /// Users' issuers change their keys while the gateway runs.
    fn refresh_keys(&self) {
        let tokens = self.tokens.clone();
        // It looks at a file, which may take its time; nobody waits for it.
        tokio::task::spawn_blocking(move || match tokens.refresh_keys() {
            Ok(false) => {}
            Ok(true) => tracing::info!("users' tokens are verified by new keys"),
            Err(error) => tracing::error!(%error, "the new keys cannot be used; the old ones stay"),
        });
    }

    /// What anomalies are found by.
    fn read(&self, last_minute: &mut LastMinute) -> Reading {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let grown = last_minute.grown(
            self.monotonic_ms(),
            Totals {
                connects: read(&self.counters.connects),
                messages: read(&self.counters.messages_in),
                errors: read(&self.counters.errors),
                slow_consumers: read(&self.counters.slow_consumers),
            },
        );
        let figure = |grown: u64| u32::try_from(grown).unwrap_or(u32::MAX);
        Reading::default()
            .with(Cause::Connects, figure(grown.connects))
            .with(Cause::Messages, figure(grown.messages))
            .with(Cause::Errors, figure(grown.errors))
            .with(Cause::SlowConsumers, figure(grown.slow_consumers))
            .with(Cause::Memory, self.measured.memory() as u32)
    }

    fn look_at_tokens(&self, now: Timestamp) {
        loop {
            let due = {
                let mut expiries = self.expiries.lock();
                if expiries.first().is_none_or(|(at, _)| *at > now) {
                    return;
                }
                expiries.pop_first()
            };
            let Some((_, id)) = due else { return };
            let Some(session) = self.on_floor(|floor| floor.presence.session(&id)) else { continue };
            if session.expires_at().is_some_and(|expires_at| expires_at <= now) {
                let gateway = self.clone();
                tokio::spawn(async move { namespaces::expire(&gateway, &session).await });
                continue;
            }
            for (place, expires_at) in session.warn(now) {
                if let Some(socket) = session.seat(place) {
                    self.reach.one(&socket, "auth:expiring", &Expiring { expires_at });
                }
            }
            self.expires(&session);
        }
    }

    /// Tells of the bans whose time is over. They hold no more already, and the store forgets them in its own time.
    fn look_at_bans(&self, now: Timestamp) {
        for (_, ban) in self.bans.expire(now) {
            let told = Happening::Ban { change: BanChange::Expired, ban: (*ban).clone() };
            self.on_floor(|floor| floor.note(now, told));
        }
    }
}
