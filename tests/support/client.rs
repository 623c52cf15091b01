//! A Socket.IO client on one WebSocket, spoken by hand: it can do what a well-made client never would.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::packet::Packet;
use crate::wait::{PATIENCE, within};

/// Packets that wait to be looked at. Beyond it the client stops reading, and the gateway feels it.
const INBOX: usize = 32_768;
/// Messages that wait to be written.
const OUTBOX: usize = 1024;

type Socket = WebSocketStream<TcpStream>;

/// How to reach the gateway, and as what.
#[derive(Debug, Clone)]
pub struct Dial {
    address: SocketAddr,
    source: Option<Ipv4Addr>,
    headers: Vec<(HeaderName, HeaderValue)>,
    query: String,
    receive_buffer: Option<u32>,
    engine: u8,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The gateway answered the upgrade with an HTTP status.
    #[error("the upgrade was answered with {0}")]
    Status(u16),
    /// The network or the protocol failed.
    #[error("no connection: {0}")]
    Broken(String),
}

impl Dial {
    /// From this machine, without an origin, as no particular program.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, source: None, headers: Vec::new(), query: String::new(), receive_buffer: None, engine: 4 }
    }

    /// From another address of this machine: all of `127.0.0.0/8` is local.
    pub fn from(mut self, source: Ipv4Addr) -> Self {
        self.source = Some(source);
        self
    }

    /// With a request header.
    ///
    /// # Panics
    /// Where the value cannot stand in a header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header value");
        self.headers.push((HeaderName::from_static(name), value));
        self
    }

    /// With a query parameter, already encoded.
    pub fn query(mut self, pair: &str) -> Self {
        self.query.push('&');
        self.query.push_str(pair);
        self
    }

    /// With a small receive buffer, so that a client that does not read is felt soon.
    pub fn narrow(mut self) -> Self {
        self.receive_buffer = Some(4096);
        self
    }

    /// As clients of version 2 come: Engine.IO 3, whose sessions join `/` without being asked.
    pub fn old(mut self) -> Self {
        self.engine = 3;
        self
    }

    async fn socket(&self) -> Result<Socket, DialError> {
        let broken = |error: &dyn std::fmt::Display| DialError::Broken(error.to_string());
        let tcp = TcpSocket::new_v4().map_err(|error| broken(&error))?;
        if let Some(size) = self.receive_buffer {
            tcp.set_recv_buffer_size(size).map_err(|error| broken(&error))?;
        }
        if let Some(source) = self.source {
            tcp.bind((source, 0).into()).map_err(|error| broken(&error))?;
        }
        let stream = tcp.connect(self.address).await.map_err(|error| broken(&error))?;
        stream.set_nodelay(true).map_err(|error| broken(&error))?;
        let url = format!("ws://{}/socket.io/?EIO={}&transport=websocket{}", self.address, self.engine, self.query);
        let mut request = url.into_client_request().map_err(|error| broken(&error))?;
        for (name, value) in &self.headers {
            request.headers_mut().append(name.clone(), value.clone());
        }
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(WsError::Http(answer)) => Err(DialError::Status(answer.status().as_u16())),
            Err(error) => Err(broken(&error)),
        }
    }
}

/// An open connection and, once it has joined one, its place in a namespace.
#[derive(Debug)]
pub struct Client {
    namespace: String,
    outbox: mpsc::Sender<Message>,
    inbox: mpsc::Receiver<Packet>,
    seen: VecDeque<Packet>,
    asked: u64,
    reader: JoinHandle<()>,
    writer: JoinHandle<()>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.sever();
    }
}

impl Client {
    /// A connection that has joined no namespace yet.
    ///
    /// # Errors
    /// Where the gateway refuses the upgrade or cannot be reached.
    pub async fn open(dial: Dial) -> Result<Self, DialError> {
        let (sink, mut stream) = dial.socket().await?.split();
        match stream.next().await {
            Some(Ok(Message::Text(open))) if open.starts_with('0') => {}
            other => return Err(DialError::Broken(format!("no open packet but {other:?}"))),
        }
        let (outbox, to_write) = mpsc::channel(OUTBOX);
        let (to_look_at, inbox) = mpsc::channel(INBOX);
        let writer = tokio::spawn(write(sink, to_write));
        let reader = tokio::spawn(read(stream, to_look_at, outbox.clone()));
        Ok(Self { namespace: "/".into(), outbox, inbox, seen: VecDeque::new(), asked: 0, reader, writer })
    }

    /// Joins a namespace, with whatever credentials; the client speaks there from now on.
    ///
    /// # Errors
    /// The message of the refusal.
    pub async fn join(&mut self, namespace: &str, data: Value) -> Result<(), String> {
        self.send(&Packet::Connect { namespace: namespace.into(), data }).await;
        let ours = |packet: &Packet| {
            matches!(packet, Packet::Connect { namespace: there, .. } | Packet::Refused { namespace: there, .. }
                if there == namespace)
        };
        match self.await_packet(ours).await {
            Some(Packet::Refused { data, .. }) => {
                Err(data["message"].as_str().map_or_else(|| data.to_string(), str::to_owned))
            }
            Some(_) => {
                self.namespace = namespace.into();
                Ok(())
            }
            None => Err("the connection ended".into()),
        }
    }

    /// Emits an event with one argument.
    pub async fn emit(&mut self, event: &str, payload: Value) {
        let packet =
            Packet::Event { namespace: self.namespace.clone(), ack: None, name: event.into(), args: vec![payload] };
        self.send(&packet).await;
    }

    /// Emits an event and waits for its acknowledgement.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn ask(&mut self, event: &str, payload: Value) -> Value {
        let args = vec![payload];
        self.ask_with(event, args).await
    }

    /// Emits an event with any number of arguments and waits for its acknowledgement.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn ask_with(&mut self, event: &str, args: Vec<Value>) -> Value {
        let number = self.emit_numbered(event, args).await;
        self.answer(number, event).await
    }

    /// Emits an event that asks for an acknowledgement, and gives the number under which it will come.
    pub async fn emit_numbered(&mut self, event: &str, args: Vec<Value>) -> u64 {
        self.asked += 1;
        let number = self.asked;
        let namespace = self.namespace.clone();
        self.send(&Packet::Event { namespace, ack: Some(number), name: event.into(), args }).await;
        number
    }

    /// The acknowledgement of an event that was emitted before.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn answer(&mut self, number: u64, event: &str) -> Value {
        let what = format!("the acknowledgement of {event}");
        match within(&what, self.await_packet(|p| matches!(p, Packet::Ack { ack, .. } if *ack == number))).await {
            Some(Packet::Ack { mut args, .. }) if !args.is_empty() => args.remove(0),
            Some(_) => Value::Null,
            None => panic!("the connection ended before {what}"),
        }
    }

    /// The next event of that name: its first argument. Others are kept for later.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn expect(&mut self, event: &str) -> Value {
        self.expect_where(event, |_| true).await
    }

    /// The next event of that name whose payload fits.
    ///
    /// # Panics
    /// Where none comes, with what came instead.
    pub async fn expect_where(&mut self, event: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let wanted = |packet: &Packet| {
            matches!(packet, Packet::Event { name, args, .. }
                if name == event && fits(args.first().unwrap_or(&Value::Null)))
        };
        let found = tokio::time::timeout(PATIENCE, self.await_packet(wanted)).await;
        match found {
            Ok(Some(Packet::Event { mut args, .. })) if !args.is_empty() => args.remove(0),
            Ok(Some(_)) => Value::Null,
            Ok(None) => panic!("the connection ended before {event}; it had brought {:?}", self.seen),
            Err(_) => panic!("waited {PATIENCE:?} in vain for {event}; there came {:?}", self.seen),
        }
    }

    /// All events of that name that the gateway had sent before it answered a ping: what is not among them was not sent.
    ///
    /// # Panics
    /// Where the ping is not answered.
    pub async fn received(&mut self, event: &str) -> Vec<Value> {
        let pong = self.ask_with("ping", Vec::new()).await;
        assert_eq!(pong, json!("pong"), "the acknowledgement of ping");
        let (events, others): (VecDeque<Packet>, _) = std::mem::take(&mut self.seen)
            .into_iter()
            .partition(|packet| matches!(packet, Packet::Event { name, .. } if name == event));
        self.seen = others;
        events
            .into_iter()
            .filter_map(|packet| match packet {
                Packet::Event { args, .. } => Some(args.into_iter().next().unwrap_or(Value::Null)),
                _ => None,
            })
            .collect()
    }

    /// The next packet, in the order of arrival; none once the connection has ended.
    pub async fn next(&mut self) -> Option<Packet> {
        match self.seen.pop_front() {
            Some(packet) => Some(packet),
            None => self.inbox.recv().await,
        }
    }

    /// Waits for the end of the connection.
    ///
    /// # Panics
    /// Where it goes on.
    pub async fn closed(&mut self) {
        within("the connection's end", async {
            while let Some(packet) = self.inbox.recv().await {
                self.seen.push_back(packet);
            }
        })
        .await;
    }

    /// Whether the gateway still answers on this connection.
    pub async fn is_alive(&mut self) -> bool {
        let number = self.emit_numbered("ping", Vec::new()).await;
        let answer = self.await_packet(|packet| matches!(packet, Packet::Ack { ack, .. } if *ack == number));
        within("an answer or the end", answer).await.is_some()
    }

    /// Sends a packet. A connection that has ended swallows it: its end is seen by reading.
    pub async fn send(&mut self, packet: &Packet) {
        self.send_text(packet.encode()).await;
    }

    /// Sends any text as one WebSocket message.
    pub async fn send_text(&mut self, text: impl Into<String>) {
        self.send_message(Message::text(text.into())).await;
    }

    /// Sends any bytes as one binary WebSocket message.
    pub async fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.send_message(Message::binary(bytes)).await;
    }

    /// Stops reading, for ever, while the connection stays open.
    pub fn stop_reading(&mut self) {
        self.reader.abort();
    }

    /// Ends the connection as a well-made client does, with a WebSocket close.
    pub async fn close(mut self) {
        self.send_message(Message::Close(None)).await;
        while self.inbox.recv().await.is_some() {}
    }

    /// Breaks the connection without a word, as a cable does.
    pub fn sever(&mut self) {
        self.reader.abort();
        self.writer.abort();
    }

    /// Ends when the gateway has broken the connection, for a client that does not read: writing fails then.
    ///
    /// # Panics
    /// Where it goes on.
    pub async fn severed(&mut self) {
        within("the gateway to break the connection", async {
            while self.outbox.send(Message::text("3")).await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        })
        .await;
    }

    async fn send_message(&mut self, message: Message) {
        // The writer ends with the connection; who needs to know reads the end of the inbox.
        let _ = self.outbox.send(message).await;
    }

    /// The first packet that is wanted, of those seen before or of those to come.
    async fn await_packet(&mut self, wanted: impl Fn(&Packet) -> bool) -> Option<Packet> {
        if let Some(position) = self.seen.iter().position(&wanted) {
            return self.seen.remove(position);
        }
        while let Some(packet) = self.inbox.recv().await {
            if wanted(&packet) {
                return Some(packet);
            }
            self.seen.push_back(packet);
        }
        None
    }
}

async fn write(mut sink: SplitSink<Socket, Message>, mut outbox: mpsc::Receiver<Message>) {
    while let Some(message) = outbox.recv().await {
        if sink.send(message).await.is_err() {
            return;
        }
    }
}

async fn read(mut stream: SplitStream<Socket>, inbox: mpsc::Sender<Packet>, outbox: mpsc::Sender<Message>) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else { continue };
        let goes_on = match text.as_str().split_at_checked(1) {
            Some(("2", payload)) => outbox.send(Message::text(format!("3{payload}"))).await.is_ok(),
            Some(("4", packet)) => match Packet::parse(packet) {
                Some(packet) => inbox.send(packet).await.is_ok(),
                None => true,
            },
            Some(("1", _)) => false,
            _ => true,
        };
        if !goes_on {
            return;
        }
    }
}
