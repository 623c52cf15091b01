//! An operator on `/admin`: the feed and the commands, as the console uses them.

use serde_json::{Value, json};
use signalbox_protocol::admin::{Command, CommandError, Request, Response};
use signalbox_protocol::feed::{Batch, Connection, Entry, Happening, Kind, Position, Snapshot, Subscribe};

use crate::client::Client;

/// An operator with the entries that have come.
#[derive(Debug)]
pub struct Operator {
    client: Client,
    requests: u64,
    seen: Vec<Entry>,
    dropped: u64,
}

/// What a subscription began with: all pages of the snapshot as one.
#[derive(Debug)]
pub struct Beginning {
    /// Where the feed stood.
    pub position: Position,
    /// Whether the missed entries follow instead of the state.
    pub recovered: bool,
    /// The state's connections.
    pub connections: Vec<Connection>,
}

impl Operator {
    /// An operator on a client that has joined `/admin`.
    pub fn new(client: Client) -> Self {
        Self { client, requests: 0, seen: Vec::new(), dropped: 0 }
    }

    /// The client itself.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Entries that the gateway said it left out.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Subscribes to kinds of entries (none: all of them) and reads the snapshot.
    ///
    /// # Panics
    /// Where the snapshot does not come, or is not what the protocol says.
    pub async fn subscribe(&mut self, kinds: &[Kind], after: Option<Position>) -> Beginning {
        let subscribe = Subscribe { kinds: kinds.to_vec(), after };
        let payload = serde_json::to_value(&subscribe).expect("a type of the protocol is JSON");
        self.client.emit("feed:subscribe", payload).await;
        let mut connections = Vec::new();
        for number in 0.. {
            let page = self.client.expect("feed:snapshot").await;
            assert!(page.to_string().len() <= 256 * 1024, "a page holds at most 256 KiB");
            let page: Snapshot = serde_json::from_value(page).expect("a page of a snapshot");
            assert_eq!(page.page, number, "pages come in order");
            connections.extend(page.connections);
            if page.last {
                let position = Position { epoch: page.epoch, seq: page.seq };
                return Beginning { position, recovered: page.recovered, connections };
            }
        }
        unreachable!("the loop has no end");
    }

    /// The next entry, in the order of the feed.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn next_entry(&mut self) -> Entry {
        while self.seen.is_empty() {
            let batch = self.client.expect("feed:batch").await;
            assert!(batch.to_string().len() <= 256 * 1024, "a batch holds at most 256 KiB");
            let batch: Batch = serde_json::from_value(batch).expect("a batch of the feed");
            self.dropped += batch.dropped.values().sum::<u64>();
            self.seen.extend(batch.entries);
        }
        self.seen.remove(0)
    }

    /// The next entry for which there is an answer. The ones before it are passed over.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn entry<T>(&mut self, fits: impl Fn(&Happening) -> Option<T>) -> T {
        loop {
            let entry = self.next_entry().await;
            if let Some(found) = fits(&entry.what) {
                return found;
            }
        }
    }

    /// Asks for a command.
    ///
    /// # Errors
    /// What the gateway says.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn ask(&mut self, command: Command) -> Result<Value, CommandError> {
        self.request(command, false).await
    }

    /// Asks whom a command would touch.
    ///
    /// # Errors
    /// What the gateway says.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn preview(&mut self, command: Command) -> Result<Value, CommandError> {
        self.request(command, true).await
    }

    /// Sends any request and waits for the response with its id.
    ///
    /// # Panics
    /// Where there is none.
    pub async fn request_raw(&mut self, mut request: Value) -> Response {
        self.requests += 1;
        let id = format!("r{}", self.requests);
        request["id"] = json!(id);
        self.client.emit("admin:request", request).await;
        let response = self.client.expect_where("admin:response", |response| response["id"] == id.as_str()).await;
        serde_json::from_value(response).expect("a response")
    }

    async fn request(&mut self, command: Command, dry_run: bool) -> Result<Value, CommandError> {
        let request = Request { id: String::new(), command, dry_run };
        let response = self.request_raw(serde_json::to_value(&request).expect("a type of the protocol is JSON")).await;
        match (response.ok, response.result, response.error) {
            (true, Some(result), None) => Ok(result),
            (false, None, Some(error)) => Err(error),
            other => panic!("a response is either ok or an error: {other:?}"),
        }
    }
}
