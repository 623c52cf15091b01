//! `cargo xtask demo`: a gateway on a folder of its own, an operator's account, and a lively population.
//!
//! It ends with Ctrl-C or SIGTERM, and leaves nothing behind. Were it killed, the gateway would end with its standard input.

mod backend;
mod cast;
mod life;
mod theatre;

use std::sync::Arc;

use anyhow::Result;
use clap::Parser;
use serde_json::json;
use tokio::task::JoinSet;

use crate::life::Stage;
use crate::theatre::Theatre;

/// A gateway with a lively population of real Socket.IO clients.
#[derive(Debug, Parser)]
#[command(name = "signalbox-demo")]
struct Demo {
    /// How many users.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..=5000))]
    users: u16,
    /// The same seed gives the same population.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The gateway's port; 0 takes a free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Say where and who as one line of JSON, for programs.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let demo = Demo::parse();
    let mut theatre = Theatre::open(demo.port).await?;
    announce(&demo, &theatre);

    let cast = cast::cast(usize::from(demo.users), demo.seed);
    let ids = cast.first().map_or(0, |who| who.id)..cast.last().map_or(1, |who| who.id + 1);
    let stage = Arc::new(Stage { address: theatre.address(), secret: theatre.secret().to_owned(), ids });
    let mut lives = JoinSet::new();
    for who in cast {
        lives.spawn(life::live(who, Arc::clone(&stage)));
    }
    lives.spawn(backend::report(Arc::clone(&stage), demo.seed));

    let ended = tokio::select! {
        signal = interrupted() => signal.map_err(Into::into),
        ended = theatre.collapsed() => Err(ended),
    };
    lives.shutdown().await;
    theatre.close().await;
    ended
}

fn announce(demo: &Demo, theatre: &Theatre) {
    let url = format!("http://{}", theatre.address());
    let (name, password) = (theatre::OPERATOR, theatre.password());
    if demo.json {
        println!("{}", json!({"event": "ready", "url": url, "name": name, "password": password}));
        return;
    }
    println!("A gateway with {} users is running.", demo.users);
    println!();
    println!("  connect to  {url}");
    println!("  name        {name}");
    println!("  password    {password}");
    println!();
    println!("Ctrl-C ends it.");
}

/// Ends with Ctrl-C and, where there is one, with the signal that asks a program to end.
async fn interrupted() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
