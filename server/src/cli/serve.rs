//! `serve`: the gateway from its first line to its last.

use std::future::pending;
use std::io::{self, BufRead, Read as _};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use signalbox_protocol::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::{Failure, print_line, tokens};
use crate::api::Api;
use crate::auth::Secret;
use crate::config::{Config, ConfigError, Flags};
use crate::gateway::Gateway;
use crate::shutdown::Shutdown;
use crate::store::{Bounds, OpenError, Store};
use crate::transport::{self, Deadlines, Terms, Tls};

/// How long clients and requests have to end, and then the store: less than 10 s together.
const GRACE: Duration = Duration::from_secs(7);
const FLUSH: Duration = Duration::from_secs(2);

/// How often the store forgets what is past its time.
const PRUNING: Duration = Duration::from_secs(6 * 60 * 60);

/// Runs the gateway until a signal ends it.
pub(super) async fn serve(config: Config) -> Result<(), Failure> {
    run(config, Shutdown::on_signals()).await
}

/// The same with `auth.jwt_secret` from the first line of standard input. The program that started the gateway keeps
/// the other end open; when that is closed, be it by a crash, the gateway ends too and nobody's orphan is left, unless the
/// last that a line has said about it is that it is to stay.
pub(super) async fn with_secret_from_stdin(
    listen: Option<SocketAddr>,
    load: impl FnOnce(Flags) -> Result<Config, ConfigError>,
) -> Result<(), Failure> {
    let shutdown = Shutdown::on_signals();
    let secret = first_line(shutdown.clone()).await?;
    let config = load(Flags { listen, jwt_secret: Some(secret), ..Flags::default() })?;
    run(config, shutdown).await
}

async fn run(config: Config, shutdown: Shutdown) -> Result<(), Failure> {
    for remark in config.remarks() {
        tracing::warn!("{remark}");
    }
    let open_at_most = transport::raise_descriptors();
    let tls = Tls::new(&config.tls)?;
    let (listener, address) = listen(config.listen)?;
    let watched = config.metrics.listen.map(listen).transpose()?;
    let tokens = tokens(&config)?;
    let bounds = Bounds { per_room: config.history.per_room, total: config.history.total };
    let store = Store::open_with(&config.data_dir, bounds).await?;

    let mut ready =
        json!({"event": "ready", "addr": address, "node": config.node, "version": env!("CARGO_PKG_VERSION")});
    if tls.is_some() {
        ready["tls"] = json!(true);
    }
    let terms = || Terms::new(Deadlines::new(&config.transport), open_at_most);
    let (watching, terms) = (terms(), Terms { tls, proxies: config.proxy.trusted.clone(), ..terms() });
    let gateway = Gateway::open(config, store.clone(), tokens).await?;
    let api = Api::new(gateway.clone(), shutdown.clone());
    if let Some((listener, address)) = watched {
        ready["metrics"] = json!(address);
        let (routes, asked) = (api.clone().watched(), shutdown.clone());
        tokio::spawn(transport::serve(listener, routes, watching, async move { asked.asked().await }));
    }
    let router = gateway.router().merge(api.router());
    let asked = shutdown.clone();
    let serving = tokio::spawn(transport::serve(listener, router, terms, async move { asked.asked().await }));
    print_line(&ready.to_string())?;
    tracing::info!(%address, open_at_most, "accepting connections");
    let pruning = tokio::spawn(prune(store.clone()));

    let damage = tokio::select! {
        () = shutdown.asked() => None,
        damage = damage(&store) => Some(damage),
    };
    shutdown.ask();
    tracing::info!("ending");
    // The listener has stopped by the same wish: nobody new comes in while the others are told to go.
    let end = async { tokio::join!(gateway.end(), serving) };
    if tokio::time::timeout(GRACE, end).await.is_err() {
        tracing::warn!("some clients did not let go in time");
    }
    pruning.abort();
    if tokio::time::timeout(FLUSH, store.close()).await.is_err() {
        tracing::warn!("the store was still at work; what it had accepted is safe");
    }
    damage.map_or(Ok(()), |damage| Err(damage.into()))
}

/// Returns where the store turns out to be damaged, which is looked for while the gateway runs if that takes long: nothing
/// more can be promised then.
async fn damage(store: &Store) -> OpenError {
    match store.check().await {
        Err(damage @ OpenError::Damaged { .. }) => return damage,
        Err(error) => tracing::error!(%error, "the store could not be looked through for damage"),
        Ok(()) => {}
    }
    pending().await
}

/// Reads the secret on a thread of its own, which then waits for the end of the input: a blocking read cannot be given
/// up, and must not hold the runtime back when the gateway ends.
async fn first_line(shutdown: Shutdown) -> Result<Secret, Failure> {
    let (send, line) = oneshot::channel();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        let mut line = String::new();
        let read = input.by_ref().take(LONGEST_LINE).read_line(&mut line).map(|_| line);
        let read = read.map(|line| Secret::from(line.trim_end_matches(['\r', '\n']).to_owned()));
        if send.send(read).is_ok() && end_of(&mut input) == Wish::End {
            shutdown.ask();
        }
    });
    match line.await {
        Ok(Ok(secret)) => Ok(secret),
        Ok(Err(error)) => Err(Failure::other(format!("the secret cannot be read from standard input: {error}"))),
        Err(_) => Err(Failure::other("the secret cannot be read from standard input")),
    }
}

const LONGEST_LINE: u64 = 64 * 1024;

/// What the end of standard input asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    /// The gateway is to end with whoever has started it.
    End,
    /// It is to go on.
    Stay,
}

/// Waits for the end of standard input. Of what comes before, the last line that is `stay` or `end` decides.
fn end_of(input: &mut impl BufRead) -> Wish {
    let mut wish = Wish::End;
    loop {
        let mut line = String::new();
        match input.by_ref().take(LONGEST_LINE).read_line(&mut line) {
            Ok(read) if read > 0 => match line.trim_end_matches(['\r', '\n']) {
                "stay" => wish = Wish::Stay,
                "end" => wish = Wish::End,
                _ => {}
            },
            _ => return wish,
        }
    }
}

async fn prune(store: Store) {
    let mut turns = tokio::time::interval(PRUNING);
    loop {
        turns.tick().await;
        let now = Timestamp::now();
        if let Err(error) = store.prune(now).await {
            tracing::error!(%error, "the store could not forget what is past its time");
        }
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let listener = transport::bind(address).map_err(|error| cannot_listen(address, &error))?;
    let bound = listener.local_addr().map_err(|error| cannot_listen(address, &error))?;
    Ok((listener, bound))
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::AddrInUse => Failure::PortInUse(address),
        io::ErrorKind::PermissionDenied => {
            Failure::other(format!("{address} may not be listened on; choose a port from 1024 with --listen"))
        }
        io::ErrorKind::AddrNotAvailable => {
            Failure::other(format!("{} is not an address of this machine; change --listen", address.ip()))
        }
        _ => Failure::other(format!("cannot listen on {address}: {error}; change --listen")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_standard_input_ends_the_gateway_unless_it_was_told_to_stay() {
        for (input, wish) in [
            ("", Wish::End),
            ("anything\nstaying\n stay\n", Wish::End),
            ("stay\n", Wish::Stay),
            ("noise\nstay\r\nmore", Wish::Stay),
            ("stay\nend\n", Wish::End),
            ("stay\nend\nstay\n", Wish::Stay),
        ] {
            assert_eq!(end_of(&mut input.as_bytes()), wish, "{input:?}");
        }
    }
}
