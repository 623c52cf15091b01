//! What backends have the gateway send: messages, and business events.
//!
//! Accepted is what is in the outbox, on the disk, with its id: it survives a crash, and is sent after it. One task for
//! each lane reads the outbox in the order of acceptance and sends what it finds, in a crash's aftermath as on any other
//! day; what has been sent is taken out behind it. A crash between the two sends it again. Owns that order and the
//! batches. It must never know who asked, nor what a business event becomes.

mod batch;
mod letters;
mod message;

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use signalbox_protocol::Timestamp;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::business::{self, BusinessError, BusinessEvent};
use crate::gateway::Gateway;
use crate::store::{Acceptance, Lane, Outgoing, Store, StoreError, Unsent};

use batch::Batch;
use letters::Letters;
pub use message::{Draft, Message, Mode, Unfit};

/// Read from the outbox at a time.
const PAGE: u32 = 256;
/// Unsent items beyond which nothing is accepted.
const MAX_UNSENT: u64 = 100_000;
/// Requests that are being stored at a time; each may hold a megabyte.
const AT_ONCE: usize = 64;
/// Before the store is asked again after it has failed.
const PAUSE: Duration = Duration::from_secs(1);
/// What is on its way when the gateway ends has so long; the rest is sent by the next run.
const FLUSH: Duration = Duration::from_secs(2);

/// Why nothing was accepted.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Too much is on its way already.
    #[error("too much is waiting to be sent")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is on its way from the outbox.
#[derive(Debug)]
pub struct Publisher {
    unsent: AtomicU64,
    storing: Semaphore,
    /// Rung when something has been accepted.
    bells: [Notify; 2],
    /// What has been sent, and could not be taken out of the outbox.
    left: Mutex<Vec<i64>>,
    ending: CancellationToken,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Publisher {
    /// With what an earlier run has left.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        Ok(Self {
            unsent: store.count_unsent().await?.into(),
            storing: Semaphore::new(AT_ONCE),
            bells: Default::default(),
            left: Mutex::default(),
            ending: CancellationToken::new(),
            tasks: Mutex::default(),
        })
    }

    /// Accepted, and not sent yet.
    pub fn unsent(&self) -> u64 {
        self.unsent.load(Ordering::Relaxed)
    }

    fn bell(&self, lane: Lane) -> &Notify {
        &self.bells[lane as usize]
    }

    /// Waits a moment before the store, which has failed, is asked the same again. What has gone out on the way to here does
    /// not go out again for its sake, and what comes later does not overtake.
    ///
    /// # Errors
    /// Where the gateway ends: the next run sends it then.
    pub(crate) async fn wait_for_store(&self, error: StoreError) -> Result<(), StoreError> {
        if self.ending.is_cancelled() {
            return Err(error);
        }
        tracing::error!(%error, "what is in the outbox cannot be sent now, and is tried again");
        // Who waits when the gateway ends tries once more.
        let _ = timeout(PAUSE, self.ending.cancelled()).await;
        Ok(())
    }
}

/// Starts to send what is in the outbox, and what comes into it.
pub fn start(gateway: &Gateway) {
    let mut tasks = gateway.publisher.tasks.lock();
    tasks.extend([Lane::Messages, Lane::Reports].map(|lane| tokio::spawn(run(gateway.clone(), lane))));
}

/// Accepts items, all of them or none, and returns when they are on the disk. Whoever calls it waits
/// for its end: what is stored is sent when it is counted.
///
/// # Errors
/// Where none is accepted.
pub async fn accept(gateway: &Gateway, lane: Lane, items: Vec<Outgoing>) -> Result<Vec<Acceptance>, PublishError> {
    let publisher = &gateway.publisher;
    let _place = publisher.storing.try_acquire().map_err(|_| PublishError::Busy)?;
    if publisher.unsent().saturating_add(items.len() as u64) > MAX_UNSENT {
        return Err(PublishError::Busy);
    }
    let accepted = gateway.store.accept(lane, items, Timestamp::now()).await.await?;
    let new = accepted.iter().filter(|accepted| **accepted == Acceptance::Accepted).count();
    publisher.unsent.fetch_add(new as u64, Ordering::Relaxed);
    publisher.bell(lane).notify_one();
    Ok(accepted)
}

/// Sends what is there, batches too, and returns when nothing is on its way any more, or too much was. What is accepted
/// after that is sent by the next run.
pub async fn finish(gateway: &Gateway) {
    gateway.publisher.ending.cancel();
    let until = Instant::now() + FLUSH;
    let tasks = std::mem::take(&mut *gateway.publisher.tasks.lock());
    for mut task in tasks {
        match timeout_at(until, &mut task).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "what was on its way out is sent by the next run"),
            Err(_) => {
                task.abort();
                tracing::warn!("there is more on its way out than can be sent now: the next run sends the rest");
            }
        }
    }
    // Else the next run would send it again.
    let left = std::mem::take(&mut *gateway.publisher.left.lock());
    if !left.is_empty()
        && let Err(error) = gateway.store.sent(left).await.await
    {
        tracing::error!(%error, "what has been sent is still in the outbox, and is sent again by the next run");
    }
}

/// Sends what is in the lane, and what comes into it, until the gateway ends. Where the store fails it waits there:
/// nothing is left out, nothing overtakes, and nothing is sent twice.
async fn run(gateway: Gateway, lane: Lane) {
    let sent = match lane {
        Lane::Messages => messages(&gateway).await,
        Lane::Reports => reports(&gateway).await,
    };
    if let Err(error) = sent {
        tracing::error!(%error, "what is in the outbox is sent by the next run");
    }
}

/// What is to be sent next in the lane.
async fn unsent(gateway: &Gateway, lane: Lane, after: i64) -> Result<Vec<Unsent>, StoreError> {
    loop {
        match gateway.store.unsent(lane, after, PAGE).await {
            Ok(page) => return Ok(page),
            Err(error) => gateway.publisher.wait_for_store(error).await?,
        }
    }
}

/// The lane of messages.
async fn messages(gateway: &Gateway) -> Result<(), StoreError> {
    let publisher = &gateway.publisher;
    let (mut after, mut batch) = (0, Batch::default());
    loop {
        let page = unsent(gateway, Lane::Messages, after).await?;
        let Some(last) = page.last() else {
            if publisher.ending.is_cancelled() {
                return deliver(gateway, batch.take()).await;
            }
            tokio::select! {
                () = publisher.bell(Lane::Messages).notified() => {}
                () = batch.due() => deliver(gateway, batch.take()).await?,
                () = publisher.ending.cancelled() => {}
            }
            continue;
        };
        after = last.id;
        let mut at_once = Vec::new();
        for Unsent { id, body, .. } in page {
            match serde_json::from_str::<Message>(&body) {
                Ok(message) if message.mode == Mode::Batched => {
                    batch.push(id, message, Instant::now());
                    if batch.is_full() {
                        deliver(gateway, batch.take()).await?;
                    }
                }
                Ok(message) => at_once.push((id, message)),
                Err(error) => unreadable(gateway, id, &error).await,
            }
        }
        deliver(gateway, at_once).await?;
        if batch.is_due(Instant::now()) {
            deliver(gateway, batch.take()).await?;
        }
    }
}

/// Sends messages, one after another, and takes them out of the outbox.
async fn deliver(gateway: &Gateway, messages: Vec<(i64, Message)>) -> Result<(), StoreError> {
    if messages.is_empty() {
        return Ok(());
    }
    let mut letters = Letters::default();
    for (_, message) in &messages {
        message.send(gateway, &mut letters).await?;
    }
    // For users who are away it is in the mailbox before it leaves the outbox.
    letters.store(gateway).await?;
    sent(gateway, messages.iter().map(|(id, _)| *id).collect()).await;
    Ok(())
}

/// The lane of business events.
async fn reports(gateway: &Gateway) -> Result<(), StoreError> {
    let publisher = &gateway.publisher;
    let mut after = 0;
    loop {
        let page = unsent(gateway, Lane::Reports, after).await?;
        if page.is_empty() {
            if publisher.ending.is_cancelled() {
                return Ok(());
            }
            tokio::select! {
                () = publisher.bell(Lane::Reports).notified() => {}
                () = publisher.ending.cancelled() => {}
            }
        }
        for Unsent { id, at, body } in page {
            after = id;
            match serde_json::from_str::<BusinessEvent>(&body) {
                Ok(event) => report(gateway, id, at, event).await?,
                Err(error) => unreadable(gateway, id, &error).await,
            }
        }
    }
}

async fn report(gateway: &Gateway, id: i64, at: Timestamp, event: BusinessEvent) -> Result<(), StoreError> {
    match business::publish(gateway, event, at).await {
        Ok(()) => {}
        Err(BusinessError::Invalid(why)) => tracing::error!(why, "a business event that was accepted cannot be"),
        Err(BusinessError::Store(error)) => return Err(error),
    }
    sent(gateway, vec![id]).await;
    Ok(())
}

async fn unreadable(gateway: &Gateway, id: i64, error: &serde_json::Error) {
    tracing::error!(%error, id, "something in the outbox cannot be read, and is dropped");
    sent(gateway, vec![id]).await;
}

async fn sent(gateway: &Gateway, mut ids: Vec<i64>) {
    let unsent = &gateway.publisher.unsent;
    let _ = unsent
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |unsent| Some(unsent.saturating_sub(ids.len() as u64)));
    ids.append(&mut gateway.publisher.left.lock());
    let taken = gateway.store.sent(ids.clone()).await;
    let gateway = gateway.clone();
    // Nobody waits for it: after a crash it would be sent again.
    tokio::spawn(async move {
        if taken.await.is_err() {
            gateway.publisher.left.lock().append(&mut ids);
        }
    });
}
