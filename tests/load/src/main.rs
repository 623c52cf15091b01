//! The load generator: drives one server through one scenario, and says as one line of JSON what that cost it.
//!
//! It speaks WebSocket, Engine.IO and Socket.IO by hand, in one thread, so that on two cores it leaves one to the server
//! and is seldom what limits. It must never know which server it drives: all of them speak the same `/web`.

mod client;
mod process;
mod scenario;
mod spread;
mod watcher;
mod wire;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use tokio::task::LocalSet;

use crate::client::Door;
use crate::process::Process;
use crate::scenario::Scenario;
use crate::watcher::Watcher;

/// The environment variable with the secret that the server's tokens are signed with.
const SECRET: &str = "LOAD_SECRET";

/// Drives a server through a scenario.
#[derive(Debug, Parser)]
#[command(name = "signalbox-load")]
struct Options {
    /// What to do.
    scenario: Scenario,
    /// Where the server listens.
    #[arg(long)]
    address: SocketAddr,
    /// The server's process, which is measured.
    #[arg(long)]
    pid: u32,
    /// How long a figure is measured, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many idle connections.
    #[arg(long, default_value_t = 15_000)]
    idle: u32,
    /// Whether somebody reads the gateway's feed meanwhile.
    #[arg(long)]
    watched: bool,
}

/// What a scenario has to do with.
pub struct Stage {
    /// The way in.
    pub door: Door,
    /// Whom it costs.
    pub server: Process,
    /// How long a figure is measured.
    pub time: Duration,
    /// How many idle connections.
    pub idle: u32,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    // Not a flag: everybody on the machine may read those.
    let secret =
        std::env::var(SECRET).with_context(|| format!("{SECRET}, with which tokens are signed, is not set"))?;
    let stage = Stage {
        door: Door::new(options.address, &secret),
        server: Process::new(options.pid),
        time: Duration::from_secs(options.seconds),
        idle: options.idle,
    };
    let clients = LocalSet::new();
    let outcome = clients
        .run_until(async {
            let watching = match options.watched {
                true => Some(tokio::task::spawn_local(Watcher::subscribe(&stage.door).await?.read())),
                false => None,
            };
            let outcome = options.scenario.play(&stage).await?;
            if let Some(watching) = watching {
                ensure!(!watching.is_finished(), "who looked on was sent away");
            }
            Ok(outcome)
        })
        .await?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}
