//! A Socket.IO client on HTTP requests, as far as the promises need one.

use reqwest::{Client, StatusCode};
use serde_json::Value;

use crate::gateway::Gateway;
use crate::packet::Packet;
use crate::wait::within;

/// An Engine.IO session that is carried by polling.
#[derive(Debug)]
pub struct Polling {
    http: Client,
    url: String,
}

impl Polling {
    /// Opens a session.
    ///
    /// # Panics
    /// Where the gateway refuses.
    pub async fn open(gateway: &Gateway) -> Self {
        let http = Client::new();
        let url = format!("http://{}/socket.io/?EIO=4&transport=polling", gateway.address());
        let answer = within("the handshake", http.get(&url).send()).await.expect("an answer");
        let text = answer.text().await.expect("a text");
        let open: Value = serde_json::from_str(text.strip_prefix('0').expect("an open packet")).expect("JSON");
        let sid = open["sid"].as_str().expect("a session's id");
        let url = format!("{url}&sid={sid}");
        Self { http, url }
    }

    /// Posts a body.
    ///
    /// # Panics
    /// Where there is no answer, not even a refusal.
    pub async fn post(&self, body: impl Into<String>) -> StatusCode {
        let sent = self.http.post(&self.url).body(body.into()).send();
        within("an answer to a post", sent).await.expect("an answer to a post").status()
    }

    /// Polls once: the packets that waited, pings answered; nothing where the session has ended.
    ///
    /// # Panics
    /// Where the gateway does not answer.
    pub async fn poll(&self) -> Option<Vec<Packet>> {
        let answer = within("an answer to a poll", self.http.get(&self.url).send()).await.expect("an answer to a poll");
        if !answer.status().is_success() {
            return None;
        }
        let text = answer.text().await.expect("a text");
        let mut packets = Vec::new();
        for message in text.split('\u{1e}') {
            match message.split_at_checked(1) {
                Some(("2", _)) => {
                    self.post("3").await;
                }
                Some(("4", packet)) => packets.extend(Packet::parse(packet)),
                Some(("1", _)) => return None,
                _ => {}
            }
        }
        Some(packets)
    }

    /// Polls until a packet fits.
    ///
    /// # Panics
    /// Where the session ends, or none fits.
    pub async fn expect(&self, what: &str, fits: impl Fn(&Packet) -> bool) -> Packet {
        within(what, async {
            loop {
                let packets = self.poll().await.unwrap_or_else(|| panic!("the session ended before {what}"));
                if let Some(packet) = packets.into_iter().find(&fits) {
                    return packet;
                }
            }
        })
        .await
    }
}
