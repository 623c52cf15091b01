//! Accepting: a backlog that survives a login storm, no delay, and a guard around every stream.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

use super::guard::{Deadlines, Guard, GuardedStream};
use super::places::{Place, Places};
use super::tls::Tls;

/// How many connections may wait to be accepted. With the usual 1024 a storm overflows the queue and costs each client
/// that is left out a second.
const BACKLOG: u32 = 4096;
/// What the kernel keeps for a client that does not read (it takes twice that, its own book-keeping included). Left to
/// itself it goes up to 4 MB for each.
const SEND_BUFFER: u32 = 128 * 1024;

/// So many streams may be open that serve no session: their peers shake hands over TLS, have not asked for anything yet, or
/// ask over HTTP.
const STREAMS: usize = 20_000;

/// On which terms streams are accepted.
#[derive(Debug)]
pub struct Terms {
    /// How long a peer may keep a stream waiting.
    pub deadlines: Deadlines,
    /// With TLS, or without.
    pub tls: Option<Tls>,
    /// For streams that serve no session.
    pub places: Places,
    /// Peers that need no place: there are many clients behind each, and it is them that are counted.
    pub proxies: Vec<IpNet>,
}

impl Terms {
    /// With places for as many as the system lets be open at once: half of it, where that is known.
    pub fn new(deadlines: Deadlines, open_at_most: Option<u64>) -> Self {
        let half = open_at_most.and_then(|most| usize::try_from(most / 2).ok());
        let places = Places::at_most(half.map_or(STREAMS, |half| half.min(STREAMS)));
        Self { deadlines, tls: None, places, proxies: Vec::new() }
    }

    /// The place that the peer gets, if it needs one.
    fn admit(&self, peer: SocketAddr) -> Result<Option<Place>, Full> {
        let address = peer.ip().to_canonical();
        if self.proxies.iter().any(|proxies| proxies.contains(&address)) {
            return Ok(None);
        }
        self.places.another(address).map(Some).ok_or(Full)
    }
}

/// There is no place for the peer.
struct Full;

impl From<Deadlines> for Terms {
    /// Without TLS and without proxies.
    fn from(deadlines: Deadlines) -> Self {
        Self::new(deadlines, None)
    }
}

/// Binds the address with a long queue.
///
/// # Errors
/// Where the address is taken or is not this machine's.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restarted gateway must not wait for the sockets of the last run; on Windows the option means something else.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    // Accepted streams inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts and serves until `shutdown`, then lets the requests under way finish.
///
/// # Errors
/// Only where the accepting itself fails for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    terms: impl Into<Terms>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = Listener { tcp: listener, terms: terms.into(), greeted: JoinSet::new() };
    axum::serve(listener, router.into_make_service_with_connect_info::<Peer>()).with_graceful_shutdown(shutdown).await
}

/// Accepts guarded streams.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    terms: Terms,
    /// Who is shaking hands. It ends with the listener.
    greeted: JoinSet<Option<(GuardedStream, SocketAddr)>>,
}

impl Listener {
    /// The next stream for which there is a place, before anybody has said a word on it. The others are closed.
    async fn next(tcp: &TcpListener, terms: &Terms) -> (TcpStream, SocketAddr, Option<Place>) {
        loop {
            match tcp.accept().await {
                Ok((stream, peer)) => match (stream.set_nodelay(true), terms.admit(peer)) {
                    (Ok(()), Ok(place)) => return (stream, peer, place),
                    (Ok(()), Err(Full)) => {
                        tracing::debug!(%peer, "its host has too many connections without a session")
                    }
                    (Err(error), _) => tracing::debug!(%error, "a connection ended while it was accepted"),
                },
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    // Out of file descriptors, most likely: those that close make room.
                    tracing::error!(%error, "cannot accept connections");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

impl axum::serve::Listener for Listener {
    type Io = GuardedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (GuardedStream, SocketAddr) {
        let deadlines = self.terms.deadlines;
        let Some(tls) = &self.terms.tls else {
            let (stream, peer, place) = Self::next(&self.tcp, &self.terms).await;
            return (GuardedStream::new(stream, peer, deadlines, place), peer);
        };
        // Hands are shaken in tasks of their own: a peer that takes its time keeps nobody else waiting.
        loop {
            tokio::select! {
                Some(greeted) = self.greeted.join_next() => {
                    if let Ok(Some(stream)) = greeted {
                        return stream;
                    }
                }
                (stream, peer, place) = Self::next(&self.tcp, &self.terms) => {
                    let tls = tls.clone();
                    self.greeted.spawn(async move {
                        let secure = GuardedStream::secure(stream, peer, deadlines, place, &tls).await?;
                        Some((secure, peer))
                    });
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// Who is at the other end of the stream that a request came on; found in a request's extensions as `ConnectInfo<Peer>`.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The stream's guard.
    pub guard: Arc<Guard>,
}

impl Connected<IncomingStream<'_, Listener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self { guard: stream.io().guard().clone() }
    }
}

fn is_the_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
