//! One Socket.IO connection to `/admin`, with rust_socketio as a plain pipe.
//!
//! Owns the library's traps, so that nobody else has to know them: it runs on a small runtime of its own that is thrown
//! away to stop it for certain, its callbacks run inside its read loop and only `try_send`, and everything that could wait
//! has a bound. It must never know what an event means.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use parking_lot::Mutex;
use rust_socketio::asynchronous::{Client, ClientBuilder};
use rust_socketio::{Event, Payload, TransportType};
use serde_json::{Value, json};
use signalbox_protocol::ipc::Reason;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::address::Address;
use crate::cut::{PROSE, cut};
use crate::endpoint::{AuthorityError, Endpoint};
use crate::failure::root_cause;

/// Messages that wait to be read. At 20 batches a second this is a good ten seconds of standing still.
const INBOX: usize = 256;
const CONNECT: Duration = Duration::from_secs(10);
const EMIT: Duration = Duration::from_secs(5);
const FAREWELL: Duration = Duration::from_millis(300);

/// What the library puts in front of a CONNECT_ERROR's payload: it has no other way to tell one.
const CONNECT_ERROR: &str = "Received an ConnectError frame: ";

/// What comes in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Inbound {
    /// The door let us in.
    Joined,
    /// CONNECT_ERROR, with the gateway's message.
    Refused(String),
    /// The connection broke. The library keeps the cause to itself.
    Broken,
    /// The gateway closed the namespace.
    Left,
    /// An event with its first argument.
    Event(String, Value),
}

/// Why nothing went out.
#[derive(Debug, thiserror::Error)]
pub(super) enum EngineError {
    /// No connection could be made.
    #[error("{0}")]
    Connect(String),
    /// The file with the gateway's private authority is of no use.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// It is broken.
    #[error("{0}")]
    Emit(String),
}

impl From<EngineError> for Reason {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Authority(error) => error.into(),
            EngineError::Slow(patience) => Self::NoSignOfLife { seconds: patience.as_secs() as u32 },
            EngineError::Connect(text) | EngineError::Emit(text) => Self::Said { text },
        }
    }
}

/// A connection. Dropping it ends everything that it runs.
pub(super) struct Engine {
    client: Client,
    runtime: Option<Runtime>,
    overflow: Arc<AtomicU64>,
}

/// The callbacks' end of the inbox. When it is full it closes: a message that was not taken must not be followed by one
/// that was.
struct Outlet {
    sender: Mutex<Option<mpsc::Sender<Inbound>>>,
    overflow: Arc<AtomicU64>,
}

impl Outlet {
    fn put(&self, inbound: Inbound) {
        let mut sender = self.sender.lock();
        match sender.as_ref().map(|sender| sender.try_send(inbound)) {
            Some(Ok(())) => {}
            Some(Err(_)) | None => {
                *sender = None;
                self.overflow.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl Engine {
    /// Opens a connection and asks to be let in. The answer comes as [`Inbound::Joined`] or [`Inbound::Refused`].
    pub(super) async fn connect(
        endpoint: &Endpoint,
        token: &str,
    ) -> Result<(Self, mpsc::Receiver<Inbound>), EngineError> {
        let tls = endpoint.connector()?;
        let (sender, inbox) = mpsc::channel(INBOX);
        let overflow = Arc::new(AtomicU64::new(0));
        let outlet = Arc::new(Outlet { sender: Mutex::new(Some(sender)), overflow: Arc::clone(&overflow) });
        let mut client = builder(&endpoint.address, token, outlet);
        if let Some(connector) = tls {
            client = client.tls_config(connector);
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(2)
            .thread_name("signalbox-link")
            .enable_all()
            .build()
            .map_err(|error| EngineError::Connect(error.to_string()))?;
        let attempt = runtime.spawn(client.connect());
        let mut starting = Starting(Some(runtime));
        let client = match tokio::time::timeout(CONNECT, attempt).await {
            Ok(Ok(Ok(client))) => client,
            Ok(Ok(Err(error))) => return Err(EngineError::Connect(root_cause(&error))),
            Ok(Err(_)) => return Err(EngineError::Connect("the connection's task ended".to_owned())),
            Err(_) => return Err(EngineError::Slow(CONNECT)),
        };
        Ok((Self { client, runtime: starting.0.take(), overflow }, inbox))
    }

    /// Sends an event.
    pub(super) async fn emit(&self, event: &'static str, payload: Value) -> Result<(), EngineError> {
        let Some(runtime) = &self.runtime else { return Err(EngineError::Emit("closed".to_owned())) };
        let client = self.client.clone();
        let sent = runtime.spawn(async move { client.emit(event, payload).await });
        match tokio::time::timeout(EMIT, sent).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error))) => Err(EngineError::Emit(root_cause(&error))),
            Ok(Err(_)) => Err(EngineError::Emit("the connection's task ended".to_owned())),
            Err(_) => Err(EngineError::Slow(EMIT)),
        }
    }

    /// Messages that were not taken because nobody read; the inbox is closed after the last one before them.
    pub(super) fn overflow(&self) -> u64 {
        self.overflow.load(Ordering::Relaxed)
    }

    /// Tells the gateway that we leave, as far as that does not take long.
    pub(super) async fn leave(&self) {
        let Some(runtime) = &self.runtime else { return };
        let client = self.client.clone();
        let farewell = runtime.spawn(async move { client.disconnect().await });
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(Starting(self.runtime.take()));
    }
}

/// A runtime that is thrown away rather than waited for: dropping one inside another would panic.
struct Starting(Option<Runtime>);

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn builder(address: &Address, token: &str, outlet: Arc<Outlet>) -> ClientBuilder {
    let user_agent = concat!("Signalbox/", env!("CARGO_PKG_VERSION")).to_owned();
    let (joined, left, error, any) = (outlet.clone(), outlet.clone(), outlet.clone(), outlet);
    ClientBuilder::new(address.join("/"))
        .namespace("/admin")
        .transport_type(TransportType::Websocket)
        .reconnect(false)
        .opening_header("user-agent", user_agent)
        .auth(json!({ "token": token }))
        .on(Event::Connect, move |_, _| {
            joined.put(Inbound::Joined);
            async {}.boxed()
        })
        .on(Event::Close, move |_, _| {
            left.put(Inbound::Left);
            async {}.boxed()
        })
        .on(Event::Error, move |payload, _| {
            error.put(trouble(payload));
            async {}.boxed()
        })
        .on_any(move |event, payload, _| {
            if let Payload::Text(arguments) = payload {
                any.put(Inbound::Event(event.into(), arguments.into_iter().next().unwrap_or_default()));
            }
            async {}.boxed()
        })
}

/// Three things arrive as the library's error event: a CONNECT_ERROR and a broken connection as texts, and the gateway's
/// own event `error` as an object.
fn trouble(payload: Payload) -> Inbound {
    let Payload::Text(arguments) = payload else { return Inbound::Broken };
    match arguments.into_iter().next().unwrap_or_default() {
        Value::String(text) => match text.strip_prefix(CONNECT_ERROR) {
            Some(data) => Inbound::Refused(refusal(data)),
            None => {
                tracing::debug!(error = %text, "the library gave up the connection");
                Inbound::Broken
            }
        },
        other => Inbound::Event("error".to_owned(), other),
    }
}

fn refusal(data: &str) -> String {
    let message = serde_json::from_str::<Value>(data).ok().and_then(|value| match value {
        Value::String(text) => Some(text),
        Value::Object(mut object) => object.remove("message").and_then(|value| value.as_str().map(str::to_owned)),
        _ => None,
    });
    cut(message.as_deref().unwrap_or(data), PROSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_kinds_of_trouble_are_told_apart() {
        let text = |text: &str| trouble(Payload::from(text));
        assert_eq!(text(r#"Received an ConnectError frame: {"message":"banned"}"#), Inbound::Refused("banned".into()));
        assert_eq!(text("EngineIO Error"), Inbound::Broken);
        let event = trouble(Payload::from(json!({"code": "forbidden"})));
        assert_eq!(event, Inbound::Event("error".into(), json!({"code": "forbidden"})));
    }

    #[test]
    fn a_full_inbox_closes_and_nothing_later_slips_in() {
        let (sender, mut inbox) = mpsc::channel(1);
        let overflow = Arc::new(AtomicU64::new(0));
        let outlet = Outlet { sender: Mutex::new(Some(sender)), overflow: Arc::clone(&overflow) };
        outlet.put(Inbound::Joined);
        outlet.put(Inbound::Left);
        assert_eq!(inbox.try_recv(), Ok(Inbound::Joined));
        outlet.put(Inbound::Left);
        assert_eq!(inbox.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
        assert_eq!(overflow.load(Ordering::Relaxed), 2);
    }
}
