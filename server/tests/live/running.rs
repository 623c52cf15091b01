//! A gateway in this process, on a free port.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::User;
use signalbox_protocol::{Timestamp, UserId};
use signalbox_server::api::Api;
use signalbox_server::auth::Secret;
use signalbox_server::auth::tokens::{Grant, Tokens};
use signalbox_server::config::Config;
use signalbox_server::gateway::Gateway;
use signalbox_server::shutdown::Shutdown;
use signalbox_server::store::Store;
use signalbox_server::transport::{self, Deadlines, Places, Terms, Tls};
use tempfile::TempDir;

pub struct Running {
    pub gateway: Gateway,
    pub address: SocketAddr,
    pub places: Places,
    _folder: TempDir,
}

impl Running {
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::with_places(Places::at_most(20_000), change).await
    }

    /// With so many places for streams that serve no session.
    pub async fn with_places(places: Places, change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut config = Config { data_dir: folder.path().into(), ..Config::default() };
        config.limits.enabled = false;
        change(&mut config);
        let store = Store::open(folder.path()).await.expect("a store");
        let tokens = Tokens::new(&config.auth, &Secret::random()).expect("tokens");
        let tls = Tls::new(&config.tls).expect("a certificate and its key");
        let terms = Terms { tls, places: places.clone(), ..Terms::from(Deadlines::new(&config.transport)) };
        let gateway = Gateway::open(config, store, tokens).await.expect("a gateway");
        let listener = transport::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = gateway.router().merge(Api::new(gateway.clone(), Shutdown::default()).router());
        tokio::spawn(transport::serve(listener, router, terms, std::future::pending()));
        Self { gateway, address, places, _folder: folder }
    }

    pub async fn start() -> Self {
        Self::with(|_| ()).await
    }

    pub fn token(&self, id: &str, role: Option<Role>) -> String {
        let user = User { id: id.parse::<UserId>().expect("a user id"), username: id.into() };
        let grant = Grant { user, role };
        self.gateway.tokens.issue(&grant, Timestamp::now(), Duration::from_secs(3600)).expect("a token")
    }

    /// An answer over HTTP: its status and its body.
    pub async fn call(&self, method: Method, path: &str, bearer: &str, body: &Value) -> (u16, Value) {
        let request = reqwest::Client::new().request(method, format!("http://{}{path}", self.address));
        let answer = request.bearer_auth(bearer).json(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a text");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Connections that the gateway believes are open.
    pub fn connected(&self) -> u32 {
        self.gateway.on_floor(|floor| floor.presence.connected())
    }
}

/// Waits for a condition that nobody tells of.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}
