//! The console's core without a shell, for a page in an ordinary browser: one WebSocket in place of the shell's two commands
//! and its channels.
//!
//! Owns how a command and an update are written on the socket; `desk/bridge.mjs` is the other end. For tests alone: whoever
//! reaches the port has the whole console. It listens on the loopback interface, for as long as its standard input is open. A
//! line on that ends the console and begins another one with the same files and secrets, as a person does who starts it again.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::thread;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signalbox_core::{Console, ConsoleOptions, Paths, Secrets};
use signalbox_protocol::ipc::{Call, Failure, ViewId, ViewQuery, ViewUpdate};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

/// What a page that does not read may let pile up. A view tells a few updates a second.
const UNREAD: usize = 4096;

/// A command of the page, under a number of its own.
#[derive(Deserialize)]
struct Asked {
    id: u64,
    #[serde(flatten)]
    command: Command,
}

/// The shell's commands, with the arguments that they have there.
#[derive(Deserialize)]
#[serde(tag = "command", content = "args", rename_all = "snake_case")]
enum Command {
    Call { call: Call },
    OpenView { id: ViewId, query: ViewQuery, channel: String },
}

/// What the page is told.
#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    Answer { id: u64, value: Value },
    Failure { id: u64, failure: Failure },
    Update { channel: String, update: Box<ViewUpdate> },
}

#[tokio::main]
async fn main() -> Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("the folder for the console's files is missing")?.into();
    let secrets = Secrets::session_only("there is no keychain beside a browser");
    let begin = || Console::new(ConsoleOptions { paths: Paths::below(&folder), secrets: secrets.clone() });
    let mut console = begin()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let ready = json!({ "event": "ready", "addr": listener.local_addr()?.to_string() });
    println!("{ready}");
    let mut lines = input();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let serving = serve(console.clone(), accepted?.0);
                tokio::spawn(async move {
                    if let Err(error) = serving.await {
                        eprintln!("{error:#}");
                    }
                });
            }
            line = lines.recv() => {
                console.close().await;
                if line.is_none() {
                    return Ok(());
                }
                console = begin()?;
                println!("{ready}");
            }
        }
    }
}

/// The lines of standard input, until it ends.
fn input() -> Receiver<String> {
    let (tell, told) = mpsc::channel(1);
    thread::spawn(move || std::io::stdin().lines().map_while(Result::ok).try_for_each(|line| tell.blocking_send(line)));
    told
}

/// Serves one page until it is gone.
async fn serve(console: Console, stream: TcpStream) -> Result<()> {
    let (mut writing, mut reading) = accept_async(stream).await?.split();
    let (told, mut telling) = mpsc::channel::<Said>(UNREAD);
    tokio::spawn(async move {
        while let Some(said) = telling.recv().await {
            let text = serde_json::to_string(&said).unwrap_or_else(|error| error.to_string());
            if writing.send(Message::text(text)).await.is_err() {
                break;
            }
        }
    });
    while let Some(message) = reading.next().await {
        let Message::Text(text) = message? else { continue };
        let asked: Asked = serde_json::from_str(&text).with_context(|| text.to_string())?;
        tokio::spawn(answer(console.clone(), asked, told.clone()));
    }
    Ok(())
}

async fn answer(console: Console, Asked { id, command }: Asked, told: Sender<Said>) {
    let result = match command {
        Command::Call { call } => console.call(call).await,
        Command::OpenView { id, query, channel } => {
            let updates = told.clone();
            let sink = move |update| {
                let update = Said::Update { channel: channel.clone(), update: Box::new(update) };
                if updates.try_send(update).is_err() {
                    eprintln!("the page has gone, or does not read");
                }
            };
            console.open_view(id, query, sink).map(|()| Value::Null)
        }
    };
    let said = match result {
        Ok(value) => Said::Answer { id, value },
        Err(failure) => Said::Failure { id, failure },
    };
    // The page may have gone meanwhile.
    let _ = told.send(said).await;
}
