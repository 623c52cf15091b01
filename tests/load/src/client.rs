//! A Socket.IO client in `/web`: joins, enters a room, emits, and tells apart what comes.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::wire::{Receive, Wire};

/// Where every server here listens for WebSockets.
pub const PATH: &str = "/socket.io/?EIO=4&transport=websocket";
/// So many come in at once.
const AT_ONCE: usize = 64;
/// Longer than any scenario takes.
const TOKEN_LIFE: Duration = Duration::from_secs(3600);
/// Nobody waits longer for an answer while coming in.
const PATIENCE: Duration = Duration::from_secs(30);

/// The way in.
pub struct Door {
    address: SocketAddr,
    key: EncodingKey,
}

/// What has come.
#[derive(Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// `["event", payload]`.
    Event(&'a [u8]),
    /// The answer to the event of that number.
    Answer(u64, &'a [u8]),
    /// The namespace is joined.
    Joined,
    /// The namespace is refused.
    Refused(&'a [u8]),
    /// What concerns the connection alone.
    Engine,
}

/// A client that has joined `/web`.
pub struct Client {
    wire: Wire,
}

impl Door {
    /// To the server there, with tokens signed by that secret.
    pub fn new(address: SocketAddr, secret: &str) -> Self {
        Self { address, key: EncodingKey::from_secret(secret.as_bytes()) }
    }

    /// Where the server listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token that the user comes in with.
    pub fn token(&self, user: u32) -> Result<String> {
        self.sign(json!({"sub": user, "username": format!("user-{user}"), "status": 1}))
    }

    /// The token of somebody who may look on.
    pub fn viewer(&self) -> Result<String> {
        self.sign(json!({"sub": "viewer", "username": "viewer", "status": 1, "roles": ["viewer"]}))
    }

    fn sign(&self, mut claims: Value) -> Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let (iat, exp) = (now.as_secs(), (now + TOKEN_LIFE).as_secs());
        claims["iat"] = iat.into();
        claims["exp"] = exp.into();
        encode(&Header::default(), &claims, &self.key).context("cannot sign a token")
    }

    /// Lets many in, some at once.
    pub async fn many(&self, users: impl IntoIterator<Item = u32>) -> Result<Vec<Client>> {
        let tokens = users.into_iter().map(|user| self.token(user)).collect::<Result<Vec<_>>>()?;
        self.bearers(tokens).await
    }

    /// Lets in who has these tokens, some at once.
    pub async fn bearers(&self, tokens: Vec<String>) -> Result<Vec<Client>> {
        let coming = stream::iter(tokens).map(|token| self.bearer(token, Receive::Usual));
        coming.buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Lets one in that will not read.
    pub async fn narrow(&self, user: u32) -> Result<Client> {
        self.bearer(self.token(user)?, Receive::Narrow).await
    }

    async fn bearer(&self, token: String, receive: Receive) -> Result<Client> {
        let coming = Client::join(self.address, &token, receive);
        tokio::time::timeout(PATIENCE, coming).await.context("no answer while coming in")?
    }
}

impl Client {
    async fn join(address: SocketAddr, token: &str, receive: Receive) -> Result<Self> {
        let mut client = Self { wire: Wire::open(address, PATH, receive).await? };
        client.wire.put(&format!(r#"40/web,{{"token":"{token}"}}"#));
        // The greeting comes after the answer; a server may not listen before it.
        let is_greeting =
            |message: &Message<'_>| matches!(message, Message::Event(e) if e.starts_with(b"[\"connected\""));
        client.wait_for(is_greeting).await?;
        Ok(client)
    }

    /// Enters the room.
    pub async fn enter(&mut self, room: &str) -> Result<()> {
        self.ask(0, "room:join", Some(&json!({"roomId": room}).to_string()));
        self.wait_for(|message| matches!(message, Message::Answer(0, _))).await
    }

    /// Emits without asking for an answer; to be flushed.
    pub fn emit(&mut self, event: &str, payload: &str) {
        self.wire.put(&format!(r#"42/web,["{event}",{payload}]"#));
    }

    /// Emits and asks for an answer; to be flushed.
    pub fn ask(&mut self, number: u64, event: &str, payload: Option<&str>) {
        let (comma, payload) = payload.map_or(("", ""), |payload| (",", payload));
        self.wire.put(&format!(r#"42/web,{number}["{event}"{comma}{payload}]"#));
    }

    /// Sends a text that is no packet; to be flushed.
    pub fn garbage(&mut self) {
        self.wire.put("x\u{1}[{{{{");
    }

    /// Writes what was emitted.
    pub async fn flush(&mut self) -> io::Result<()> {
        self.wire.flush().await
    }

    /// Waits until more has come. Nothing is lost where it is given up waiting.
    pub async fn fill(&mut self) -> io::Result<()> {
        self.wire.fill().await
    }

    /// The next message of those that have come. Heartbeats are answered with the next [`Client::fill`].
    pub fn next(&mut self) -> Result<Option<Message<'_>>> {
        let Some(range) = self.wire.next()? else { return Ok(None) };
        if self.wire.text(range.clone()) == b"2" {
            self.wire.put("3");
            return Ok(Some(Message::Engine));
        }
        Message::parse(self.wire.text(range)).map(Some)
    }

    async fn wait_for(&mut self, wanted: impl Fn(&Message<'_>) -> bool) -> Result<()> {
        loop {
            while let Some(message) = self.next()? {
                if let Message::Refused(why) = message {
                    bail!("refused: {}", String::from_utf8_lossy(why));
                }
                if wanted(&message) {
                    return Ok(());
                }
            }
            self.fill().await?;
        }
    }
}

impl<'a> Message<'a> {
    fn parse(text: &'a [u8]) -> Result<Self> {
        if let Some(event) = text.strip_prefix(b"42/web,") {
            return Ok(Self::Event(event));
        }
        if let Some(answer) = text.strip_prefix(b"43/web,") {
            let digits = answer.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let number = std::str::from_utf8(&answer[..digits])?.parse().context("an answer without a number")?;
            return Ok(Self::Answer(number, &answer[digits..]));
        }
        match text {
            [b'4', b'0', ..] => Ok(Self::Joined),
            [b'4', b'4', ..] => Ok(Self::Refused(text)),
            [b'0', ..] => Ok(Self::Engine),
            other => bail!("a packet that no server here sends: {}", String::from_utf8_lossy(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_is_told_apart() {
        for (text, message) in [
            (r#"42/web,["a",1]"#, Message::Event(br#"["a",1]"#)),
            (r#"43/web,17["pong"]"#, Message::Answer(17, br#"["pong"]"#)),
            (r#"40/web,{"sid":"x"}"#, Message::Joined),
            (r#"44/web,{"message":"no"}"#, Message::Refused(br#"44/web,{"message":"no"}"#)),
            (r#"0{"sid":"x"}"#, Message::Engine),
        ] {
            assert_eq!(Message::parse(text.as_bytes()).expect("a message"), message, "{text}");
        }
        assert!(Message::parse(b"41/web,").is_err());
    }
}
