//! With TLS everything is as it is without: sessions, kicks, deadlines and counts.

use std::sync::Arc;
use std::time::Duration;

use rcgen::CertifiedKey;
use serde_json::json;
use signalbox_server::config::Config;
use signalbox_server::hub::{Closing, Place};
use signalbox_server::namespaces;
use signalbox_server::transport::Places;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::running::{Running, until};
use crate::socket::Socket;

const URL: &str = "wss://localhost/socket.io/?EIO=4&transport=websocket";

/// A gateway with a certificate for `localhost`, and who trusts it.
struct Secure {
    running: Running,
    certificate: CertificateDer<'static>,
    pem: String,
    _files: TempDir,
}

impl Secure {
    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::with_places(Places::at_most(1000), change).await
    }

    async fn with_places(places: Places, change: impl FnOnce(&mut Config)) -> Self {
        let files = TempDir::new().expect("a folder");
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let write = |name: &str, text: String| {
            let path = files.path().join(name);
            std::fs::write(&path, text).expect("a writable folder");
            path
        };
        let (chain, key) = (write("cert.pem", cert.pem()), write("key.pem", signing_key.serialize_pem()));
        let running = Running::with_places(places, |config| {
            config.tls.cert = Some(chain);
            config.tls.key = Some(key);
            change(config);
        })
        .await;
        Self { running, certificate: cert.der().clone(), pem: cert.pem(), _files: files }
    }

    async fn stream_over(&self, tcp: TcpStream) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let name = "localhost".try_into().expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, tcp).await.expect("a handshake")
    }

    async fn stream(&self) -> TlsStream<TcpStream> {
        self.stream_over(TcpStream::connect(self.running.address).await.expect("a listener")).await
    }

    async fn join(&self, id: &str) -> Socket<TlsStream<TcpStream>> {
        let mut socket = Socket::over(self.stream().await, URL).await;
        socket.send(format!("40/web,{{\"token\":\"{}\"}}", self.running.token(id, None))).await;
        socket.event("/web", "connected").await;
        socket
    }
}

#[tokio::test]
async fn a_web_socket_and_polling_go_over_tls() {
    let secure = Secure::with(|_| ()).await;
    let stream = secure.stream().await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));

    let mut socket = secure.join("7").await;
    socket.emit("/web", "room:join", &json!({"roomId": "lobby"})).await;
    assert_eq!(socket.event("/web", "room:joined").await["roomId"], "lobby");
    let session = secure.running.gateway.on_floor(|floor| floor.presence.sessions_of(&7.into()).remove(0));
    let (received, sent) = session.link.traffic();
    assert!(received > 500 && sent > 1_000, "what is on the wire is counted, hands shaken and all: {received} {sent}");

    let root = reqwest::Certificate::from_pem(secure.pem.as_bytes()).expect("a certificate");
    let http = reqwest::Client::builder().add_root_certificate(root).resolve("localhost", secure.running.address);
    let url = format!("https://localhost:{}/socket.io/?EIO=4&transport=polling", secure.running.address.port());
    let answer = http.build().expect("a client").get(url).send().await.expect("an answer");
    assert!(answer.text().await.expect("a text").starts_with("0{\"sid\":\""));
}

#[tokio::test]
async fn a_kick_reaches_a_web_socket_over_tls_before_it_is_closed() {
    let secure = Secure::with(|_| ()).await;
    let mut socket = secure.join("7").await;
    let session = secure.running.gateway.on_floor(|floor| floor.presence.sessions_of(&7.into()).remove(0));
    let closing = Closing::new("kicked", "maintenance");
    namespaces::close(&secure.running.gateway, &session, closing).await;
    assert_eq!(secure.running.connected(), 0);
    assert_eq!(socket.event("/web", "kicked").await["reason"], "maintenance");
    socket.closed().await;
}

#[tokio::test]
async fn a_client_over_tls_that_does_not_read_is_ended() {
    let secure = Secure::with(|config| config.transport.write_deadline = Duration::from_millis(500)).await;
    let tcp = TcpSocket::new_v4().expect("a socket");
    tcp.set_recv_buffer_size(4096).expect("a small buffer");
    let tcp = tcp.connect(secure.running.address).await.expect("a listener");
    let mut socket = Socket::over(secure.stream_over(tcp).await, URL).await;
    socket.send(format!("40/web,{{\"token\":\"{}\"}}", secure.running.token("7", None))).await;
    let mut bystander = secure.join("8").await;
    until("both", || secure.running.connected() == 2).await;
    let reach = &secure.running.gateway.reach;
    until("the end of the one that does not read", || {
        for _ in 0..20 {
            reach.user(Place::Web, &7.into(), "data:update", &"x".repeat(10_000));
        }
        secure.running.connected() == 1
    })
    .await;
    bystander.emit("/web", "room:join", &json!({"roomId": "lobby"})).await;
    bystander.event("/web", "room:joined").await;
}

#[tokio::test]
async fn who_does_not_shake_hands_keeps_nobody_waiting() {
    let secure = Secure::with(|_| ()).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(secure.running.address).await.expect("a listener"));
    }
    let mut plain = TcpStream::connect(secure.running.address).await.expect("a listener");
    plain.write_all(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
    let mut answer = Vec::new();
    // It may be told so in TLS' own words, or be cut off.
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "without TLS nobody is answered");
    secure.join("7").await;
}

#[tokio::test]
async fn hosts_that_do_not_shake_hands_keep_no_other_host_out() {
    let secure = Secure::with_places(Places::at_most(8), |_| ()).await;
    let from = async |host: [u8; 4]| {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((host, 0).into()).expect("an address of this machine");
        socket.connect(secure.running.address).await.expect("a listener")
    };
    let mut silent = Vec::new();
    for _ in 0..10 {
        silent.push(from([127, 0, 0, 1]).await);
        silent.push(from([127, 0, 0, 2]).await);
    }
    until("their coming", || secure.running.places.taken() >= 6).await;
    let mut socket = Socket::over(secure.stream_over(from([127, 0, 0, 3]).await).await, URL).await;
    socket.send(format!("40/web,{{\"token\":\"{}\"}}", secure.running.token("7", None))).await;
    socket.event("/web", "connected").await;
}
