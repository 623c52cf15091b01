//! The wish to end: from a signal, or from the program that started the gateway.

use std::future::pending;

use tokio_util::sync::CancellationToken;

/// A wish that many can wait for. Cheap to clone; once asked for, it stays so.
#[derive(Debug, Clone, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// One that SIGTERM and Ctrl-C ask for. Needs a runtime.
    pub fn on_signals() -> Self {
        let shutdown = Self::default();
        let asked = shutdown.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = interrupt() => {}
                () = terminate() => {}
            }
            asked.ask();
        });
        shutdown
    }

    /// Asks for it.
    pub fn ask(&self) {
        self.0.cancel();
    }

    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until it is asked for.
    pub async fn asked(&self) {
        self.0.cancelled().await;
    }
}

async fn interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "Ctrl-C cannot be waited for");
        pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminate() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be waited for");
            pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminate() {
    pending::<()>().await;
}
