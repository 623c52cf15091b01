//! Waiting for what must become true, within a bound, and never for time to pass.

use std::future::Future;
use std::time::Duration;

/// How long anything that must happen may take before the test fails. Generous: a loaded machine is not a fault.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The future's value.
///
/// # Panics
/// After [`PATIENCE`], naming what was awaited.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited {PATIENCE:?} in vain for {what}"),
    }
}

/// Asks again and again, until there is an answer.
///
/// # Panics
/// After [`PATIENCE`], naming what was awaited.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    within(what, async {
        loop {
            if let Some(value) = ask().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}
