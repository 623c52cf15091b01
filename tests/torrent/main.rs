//! `signalbox-torrent`: a gateway that is only a feed, for `cargo xtask bench console`.
//!
//! It lets one operator in, shows a population as large as it is told, and then sends entries as fast as it is told, in the
//! same pages and batches as the gateway does. It carries no clients: what is measured is the console. It ends with its
//! standard input.

mod population;
mod river;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser;
use serde_json::{Value, json};
use signalbox_protocol::admin::{Command, Request, Stats};
use signalbox_protocol::feed::Subscribe;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use tokio::net::TcpListener;

use crate::river::River;

/// Packets that wait for a console that reads slowly; a batch that finds no room is counted as left out.
const WAITING: usize = 256;

/// A feed of its own.
#[derive(Debug, Parser)]
#[command(name = "signalbox-torrent")]
struct Torrent {
    /// Users online.
    #[arg(long, default_value_t = 100_000)]
    users: u32,
}

/// What can be told to it on standard input, a line each; each is answered with a line.
enum Word {
    /// `rate 10000`: so many entries a second from now on.
    Rate(u32),
    /// `sum`: how many entries were sent, and how many were left out.
    Sum,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Torrent { users } = Torrent::parse();
    let rate = Arc::new(AtomicU32::new(0));
    let river = Arc::new(River::new(users, Arc::clone(&rate)));
    let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen")?;
    let url = format!("http://{}", listener.local_addr()?);
    let served = tokio::spawn(axum::serve(listener, routes(&river)).into_future());
    println!("{}", json!({"event": "ready", "url": url, "name": "bench", "password": "bench"}));

    // The runtime has threads of its own; this one may wait.
    for line in std::io::stdin().lines() {
        let line = line.context("cannot read what to do")?;
        match Word::read(&line) {
            Some(Word::Rate(wanted)) => {
                rate.store(wanted, Ordering::Relaxed);
                println!("{}", json!({"event": "rate", "rate": wanted}));
            }
            Some(Word::Sum) => {
                let (sent, left_out) = river.sum();
                println!("{}", json!({"event": "sum", "sent": sent, "leftOut": left_out}));
            }
            None => println!("{}", json!({"event": "unknown", "line": line})),
        }
    }
    served.abort();
    Ok(())
}

impl Word {
    fn read(line: &str) -> Option<Self> {
        match line.split_once(' ') {
            None if line == "sum" => Some(Self::Sum),
            Some(("rate", rate)) => rate.parse().ok().map(Self::Rate),
            _ => None,
        }
    }
}

fn routes(river: &Arc<River>) -> Router {
    let (layer, io) = SocketIo::builder().max_buffer_size(WAITING).build_layer();
    let river = Arc::clone(river);
    let door = move |socket: SocketRef| async move {
        let river = Arc::clone(&river);
        socket.on("feed:subscribe", async move |socket: SocketRef, Data(_): Data<Subscribe>| {
            river.run(&socket).await;
        });
        socket.on("admin:request", async |socket: SocketRef, Data(request): Data<Request>| {
            // A console that is gone needs no answer.
            let _ = socket.emit("admin:response", &answer(&request));
        });
        Ok::<(), std::convert::Infallible>(())
    };
    io.ns("/admin", (|| async {}).with(door));
    let health =
        json!({"status": "ok", "service": "signalbox", "version": env!("CARGO_PKG_VERSION"), "node": "torrent"});
    Router::new()
        .route("/healthz", get(async move || Json(health)))
        .route("/api/v1/auth/login", post(async || Json(session())))
        .route("/api/v1/auth/refresh", post(async || Json(session())))
        .layer(layer)
}

/// Everybody is the operator: it listens on this machine alone, for as long as it is measured.
fn session() -> Value {
    let claims = json!({"sub": "op:bench", "username": "bench", "roles": ["operator"], "exp": 4_000_000_000_u64});
    let key = jsonwebtoken::EncodingKey::from_secret(b"nobody checks it");
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap_or_default();
    json!({"accessToken": token, "refreshToken": "none", "expiresIn": 900, "role": "operator"})
}

fn answer(request: &Request) -> Value {
    match request.command {
        Command::Stats(_) => json!({"id": request.id, "ok": true, "result": Stats::default()}),
        _ => json!({
            "id": request.id, "ok": false,
            "error": {"code": "not_found", "message": "This is no gateway but a measurement."},
        }),
    }
}
