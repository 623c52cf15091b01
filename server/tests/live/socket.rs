//! Raw clients: one on a WebSocket, one on polling requests.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

const PATIENCE: Duration = Duration::from_secs(20);

/// An Engine.IO session on a WebSocket. Text in, text out; pings are answered.
pub struct Socket<S = TcpStream>(WebSocketStream<S>);

impl Socket {
    pub async fn open(address: SocketAddr, query: &str) -> Self {
        let url = format!("ws://{address}/socket.io/?{query}");
        let stream = TcpStream::connect(address).await.expect("a listener");
        Self::over(stream, &url).await
    }

    /// Opened, and let into the namespace.
    pub async fn join(address: SocketAddr, namespace: &str, token: &str) -> Self {
        let mut socket = Self::open(address, "EIO=4&transport=websocket").await;
        socket.send(format!("40{namespace},{{\"token\":\"{token}\"}}")).await;
        socket.expect(&format!("40{namespace}")).await;
        socket
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// Opened on a stream that is there.
    pub async fn over(stream: S, url: &str) -> Self {
        Self(client_async(url, stream).await.expect("a connection").0)
    }

    pub async fn send(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.expect("an open connection");
    }

    /// The same where the connection may have ended: false where it has.
    pub async fn try_send(&mut self, text: impl Into<String>) -> bool {
        self.0.send(Message::text(text.into())).await.is_ok()
    }

    /// The same with bytes.
    pub async fn try_send_bytes(&mut self, bytes: Vec<u8>) -> bool {
        self.0.send(Message::binary(bytes)).await.is_ok()
    }

    /// The same with any message, also one that no client would send.
    pub async fn try_send_message(&mut self, message: Message) -> bool {
        self.0.send(message).await.is_ok()
    }

    pub async fn emit(&mut self, namespace: &str, event: &str, payload: &Value) {
        self.send(format!("42{namespace},[\"{event}\",{payload}]")).await;
    }

    /// The next message; `None` where the connection has ended.
    pub async fn next(&mut self) -> Option<String> {
        let next = async {
            loop {
                match self.0.next().await? {
                    Ok(Message::Text(text)) if text.as_str() == "2" => _ = self.try_send("3").await,
                    Ok(Message::Text(text)) => return Some(text.as_str().to_owned()),
                    Ok(Message::Close(_)) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("a message in time")
    }

    /// The next message that begins like that.
    pub async fn expect(&mut self, beginning: &str) -> String {
        loop {
            let text = self.next().await.unwrap_or_else(|| panic!("the connection ended before {beginning}"));
            if text.starts_with(beginning) {
                return text;
            }
        }
    }

    /// The payload of the next such event.
    pub async fn event(&mut self, namespace: &str, event: &str) -> Value {
        let beginning = format!("42{namespace},[\"{event}\"");
        let text = self.expect(&beginning).await;
        let array: Value = serde_json::from_str(&text[text.find('[').expect("an array")..]).expect("JSON");
        array[1].clone()
    }

    /// Reads until the connection ends.
    pub async fn closed(mut self) {
        while self.next().await.is_some() {}
    }
}

/// An Engine.IO session on polling requests.
pub struct Polling {
    http: reqwest::Client,
    url: String,
    version: u8,
    pub sid: String,
}

impl Polling {
    pub async fn open(address: SocketAddr, version: u8) -> Self {
        Self::open_with(address, version, reqwest::Client::new()).await
    }

    /// Opened, with the token in the header of every request, and let into `/web`.
    pub async fn join(address: SocketAddr, version: u8, token: &str) -> Self {
        let polling = Self::with_token(address, version, token).await;
        polling.post("40/web,").await;
        polling.expect("connected").await;
        polling
    }

    /// Opened, with the token in the header of every request.
    pub async fn with_token(address: SocketAddr, version: u8, token: &str) -> Self {
        let bearer = format!("Bearer {token}").parse().expect("a header's value");
        let headers = [(reqwest::header::AUTHORIZATION, bearer)].into_iter().collect();
        let http = reqwest::Client::builder().default_headers(headers).build().expect("a client");
        Self::open_with(address, version, http).await
    }

    async fn open_with(address: SocketAddr, version: u8, http: reqwest::Client) -> Self {
        let url = format!("http://{address}/socket.io/?EIO={version}&transport=polling");
        let text = http.get(&url).send().await.expect("an answer").text().await.expect("a text");
        let open = &text[text.find('{').expect("an open packet")..];
        let mut packets = serde_json::Deserializer::from_str(open).into_iter::<Value>();
        let open = packets.next().expect("an open packet").expect("JSON");
        let sid = open["sid"].as_str().expect("a session's id").to_owned();
        Self { http, url: format!("{url}&sid={sid}"), version, sid }
    }

    pub async fn post(&self, packet: &str) -> u16 {
        let body = if self.version == 3 { format!("{}:{packet}", packet.chars().count()) } else { packet.to_owned() };
        self.post_raw(body.into_bytes()).await
    }

    /// The same with exactly this body.
    pub async fn post_raw(&self, body: Vec<u8>) -> u16 {
        self.http.post(&self.url).body(body).send().await.expect("an answer").status().as_u16()
    }

    /// What waits; `None` where there is no such session any more.
    pub async fn poll(&self) -> Option<String> {
        let answer = tokio::time::timeout(PATIENCE, self.http.get(&self.url).send()).await.expect("an answer in time");
        let answer = answer.expect("an answer");
        if answer.status().is_success() { Some(answer.text().await.expect("a text")) } else { None }
    }

    /// Polls until something holds that text.
    pub async fn expect(&self, part: &str) -> String {
        loop {
            let text = self.poll().await.unwrap_or_else(|| panic!("the session ended before {part}"));
            if text.contains(part) {
                return text;
            }
        }
    }
}
