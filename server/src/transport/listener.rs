//! Accepting: a backlog that survives a login storm, no delay, and a guard around every stream.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

use super::guard::{Deadlines, Guard, GuardedStream};
use super::tls::Tls;

/// How many connections may wait to be accepted. With the usual 1024 a storm overflows the queue and costs each client
/// that is left out a second.
const BACKLOG: u32 = 4096;
/// What the kernel keeps for a client that does not read (it takes twice that, its own book-keeping included). Left to
/// itself it goes up to 4 MB for each.
const SEND_BUFFER: u32 = 128 * 1024;

/// So many may shake hands over TLS at once; more wait to be accepted. Each has ten seconds.
const HANDSHAKES: usize = 4096;

/// On which terms streams are accepted.
#[derive(Debug)]
pub struct Terms {
    /// How long a peer may keep a stream waiting.
    pub deadlines: Deadlines,
    /// With TLS, or without.
    pub tls: Option<Tls>,
}

impl From<Deadlines> for Terms {
    /// Without TLS.
    fn from(deadlines: Deadlines) -> Self {
        Self { deadlines, tls: None }
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
    /// The next stream that is there, before anybody has said a word on it.
    async fn next(tcp: &TcpListener) -> (TcpStream, SocketAddr) {
        loop {
            match tcp.accept().await {
                Ok((stream, peer)) => match stream.set_nodelay(true) {
                    Ok(()) => return (stream, peer),
                    Err(error) => tracing::debug!(%error, "a connection ended while it was accepted"),
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
        let Terms { deadlines, tls } = &self.terms;
        let Some(tls) = tls else {
            let (stream, peer) = Self::next(&self.tcp).await;
            return (GuardedStream::new(stream, peer, *deadlines), peer);
        };
        // Hands are shaken in tasks of their own: a peer that takes its time keeps nobody else waiting.
        loop {
            tokio::select! {
                Some(greeted) = self.greeted.join_next() => {
                    if let Ok(Some(stream)) = greeted {
                        return stream;
                    }
                }
                (stream, peer) = Self::next(&self.tcp), if self.greeted.len() < HANDSHAKES => {
                    let (tls, deadlines) = (tls.clone(), *deadlines);
                    self.greeted.spawn(async move {
                        let secure = GuardedStream::secure(stream, peer, deadlines, &tls).await?;
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
