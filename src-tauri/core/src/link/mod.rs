//! The link to one gateway: it connects, keeps the connection alive, and after a loss makes another one, for as long as
//! it is wanted.
//!
//! A link reports ([`Signal`]) and takes orders ([`Order`]); it decides nothing about what it carries. It must never know
//! users, rooms or views.

mod backoff;
mod bounds;
mod engine;
mod position;
mod reading;
mod session;

#[cfg(test)]
pub(crate) mod tests;

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;
use signalbox_protocol::admin::{Command, Stats};
use signalbox_protocol::feed::{Entry, Snapshot};
use signalbox_protocol::ipc::{Failure, Operator, Reason};
use signalbox_protocol::{Epoch, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use crate::credentials::{AccessToken, Credentials, Freshness, NoToken};
use crate::endpoint::Endpoint;
use crate::failure::not_connected;
use position::Reader;
use session::{End, Stay};

/// Signals that wait for the watch. When it is slow, the link stops reading, and the gateway's own bounds hold.
const SIGNALS: usize = 32;
const ORDERS: usize = 32;
/// How long a link that is closed may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

/// After so many attempts that came to nothing, the feed is read anew instead of resumed.
const RESUMPTIONS: u32 = 2;

/// What a link tells.
#[derive(Debug)]
pub(crate) enum Signal {
    /// An attempt begins.
    Connecting,
    /// The gateway let us in; data follows.
    Joined(Operator),
    /// The attempt failed, or the connection was lost.
    Waiting(Waiting),
    /// The gateway does not let us in, and asking again would not help. It is the link's last signal.
    SignedOut(Option<Reason>),
    /// A page of a snapshot.
    Snapshot(Box<Snapshot>),
    /// So many entries were passed over, or so much of a snapshot could not be read.
    Missed(u64),
    /// So much of an answer could not be read. The feed has no gap from it.
    LeftOut(u64),
    /// Entries after it.
    Entries {
        /// In order, each once.
        entries: Vec<Entry>,
        /// How many did not come.
        missed: u64,
        /// How many traced events the gateway left out.
        untraced: u64,
    },
    /// A heartbeat's answer.
    Stats {
        /// The gateway's figures; `None` where nobody can read them.
        stats: Option<Box<Stats>>,
        /// How long it took.
        rtt_ms: u32,
    },
}

/// Until when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// When the link was lost, or first could not be made.
    pub(crate) since: Timestamp,
    /// When the next attempt begins.
    pub(crate) retry_at: Timestamp,
    /// How many attempts have failed.
    pub(crate) attempt: u32,
    /// Why the last one failed.
    pub(crate) reason: Reason,
}

/// What a link can be told.
pub(crate) enum Order {
    /// Ask the gateway for something.
    Ask(Ask),
    /// Do not wait any longer.
    RetryNow,
}

/// A command on its way to the gateway.
pub(crate) struct Ask {
    /// What.
    pub(crate) command: Command,
    /// Whether to act.
    pub(crate) run: Run,
    /// Where the answer goes.
    pub(crate) answer: oneshot::Sender<Result<Value, Failure>>,
}

/// Whether a command acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run {
    /// Only say whom it would touch.
    Dry,
    /// Act.
    Real,
}

/// How patient a link is. The defaults are what the console promises; tests are less patient.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Between heartbeats.
    pub(crate) heartbeat: Duration,
    /// Without a sign of life, the connection is given up.
    pub(crate) watchdog: Duration,
    /// For an answer to a command.
    pub(crate) answer: Duration,
    /// A connection that ends sooner than this was never really there: coming back to it is no success.
    pub(crate) steady: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(2),
            watchdog: Duration::from_secs(5),
            answer: Duration::from_secs(10),
            steady: Duration::from_secs(10),
        }
    }
}

/// A link that is wanted. Dropping it ends it.
pub(crate) struct Link {
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
}

impl Link {
    /// Begins to connect.
    pub(crate) fn open(endpoint: Endpoint, credentials: Credentials, pace: Pace) -> (Self, mpsc::Receiver<Signal>) {
        let (signals, receiver) = mpsc::channel(SIGNALS);
        let (orders, inbox) = mpsc::channel(ORDERS);
        let supervisor = Supervisor {
            endpoint,
            credentials,
            pace,
            signals,
            orders: inbox,
            reader: Reader::default(),
            complained: None,
            random: StdRng::from_os_rng(),
        };
        let task = tokio::spawn(async move {
            // Either the watch has gone, or it has been told that the link is signed out: there is nobody to tell.
            let _ = supervisor.run().await;
        });
        (Self { orders, task }, receiver)
    }

    /// Gives an order; where it cannot be taken, a command's answer says so.
    pub(crate) fn order(&self, order: Order) {
        let refused = match self.orders.try_send(order) {
            Ok(()) => return,
            Err(mpsc::error::TrySendError::Full(order) | mpsc::error::TrySendError::Closed(order)) => order,
        };
        refuse(refused);
    }

    /// Leaves the gateway, and waits a moment for it.
    pub(crate) async fn close(self) {
        let Self { orders, mut task } = self;
        drop(orders);
        if timeout(FAREWELL, &mut task).await.is_err() {
            task.abort();
        }
    }
}

#[cfg(test)]
impl Link {
    /// A link to nowhere, and the orders that it is given.
    pub(crate) fn to_nowhere() -> (Self, mpsc::Receiver<Order>) {
        let (orders, inbox) = mpsc::channel(ORDERS);
        (Self { orders, task: tokio::spawn(async {}) }, inbox)
    }
}

fn refuse(order: Order) {
    if let Order::Ask(ask) = order {
        // The asker may have gone.
        let _ = ask.answer.send(Err(not_connected()));
    }
}

/// The link is not wanted any more.
#[derive(Debug)]
struct Unwanted;

struct Supervisor {
    endpoint: Endpoint,
    credentials: Credentials,
    pace: Pace,
    signals: mpsc::Sender<Signal>,
    orders: mpsc::Receiver<Order>,
    reader: Reader,
    /// The run of the gateway about whose unreadable entries the log has been told.
    complained: Option<Epoch>,
    random: StdRng,
}

impl Supervisor {
    async fn run(mut self) -> Result<(), Unwanted> {
        let mut failed = 0;
        let mut since = None;
        let mut freshness = Freshness::Any;
        // A refused token has been replaced since the data was live last: another one would be refused too.
        let mut replaced = false;
        loop {
            self.tell(Signal::Connecting).await?;
            let token = self.credentials.token(&self.endpoint, Timestamp::now(), freshness).await;
            let (reason, not_before) = match token {
                Err(NoToken::SignedOut(reason)) => return self.tell(Signal::SignedOut(reason)).await,
                Err(NoToken::NotNow(failure)) => (failure.reason, Duration::ZERO),
                Ok(token) => match self.present(token, &mut freshness).await? {
                    End::Refused(message) => match verdict(&message) {
                        Verdict::OtherToken if !replaced && self.credentials.can_renew() => {
                            (freshness, replaced) = (Freshness::Renewed, true);
                            continue;
                        }
                        Verdict::OtherToken | Verdict::Final => {
                            return self.tell(Signal::SignedOut(Some(refusal(message)))).await;
                        }
                        Verdict::Later => (refusal(message), Duration::ZERO),
                    },
                    End::Kicked(reason) => return self.tell(Signal::SignedOut(Some(Reason::said(reason)))).await,
                    End::Lost { reason, stay, not_before } => {
                        if stay != Stay::Outside {
                            (since, replaced) = (None, false);
                        }
                        match stay {
                            Stay::Steady => failed = 0,
                            // What broke it may stand where it would go on from.
                            Stay::Brief if failed >= RESUMPTIONS => self.reader.spoil(),
                            Stay::Brief | Stay::Outside => {}
                        }
                        (reason, not_before)
                    }
                },
            };
            failed += 1;
            let wait = backoff::wait(failed, &mut self.random).max(not_before);
            let now = Timestamp::now();
            let waiting = Waiting {
                since: *since.get_or_insert(now),
                retry_at: Timestamp(now.as_millis() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
                attempt: failed,
                reason,
            };
            tracing::info!(gateway = %self.endpoint.address, attempt = failed, reason = %waiting.reason, "waiting to connect");
            self.tell(Signal::Waiting(waiting)).await?;
            self.wait(Instant::now() + wait).await?;
        }
    }

    /// Knocks with a token that nobody has refused yet.
    async fn present(&mut self, token: AccessToken, freshness: &mut Freshness) -> Result<End, Unwanted> {
        *freshness = Freshness::Any;
        session::run(self, token).await
    }

    async fn wait(&mut self, until: Instant) -> Result<(), Unwanted> {
        loop {
            tokio::select! {
                () = sleep_until(until) => return Ok(()),
                order = self.orders.recv() => match order {
                    None => return Err(Unwanted),
                    Some(Order::RetryNow) => return Ok(()),
                    Some(ask @ Order::Ask(_)) => refuse(ask),
                },
            }
        }
    }

    async fn tell(&self, signal: Signal) -> Result<(), Unwanted> {
        self.signals.send(signal).await.map_err(|_| Unwanted)
    }
}

/// What a refusal at the door asks for.
enum Verdict {
    /// Another token might do.
    OtherToken,
    /// No token would.
    Final,
    /// The same token might do later.
    Later,
}

/// The contract has exactly these messages (section 2); they are its codes.
fn verdict(message: &str) -> Verdict {
    match message {
        "missing token" | "invalid credentials" => Verdict::OtherToken,
        "connection limit exceeded" | "server busy" => Verdict::Later,
        _ => Verdict::Final,
    }
}

/// The same messages for a person; any other is a gateway's own.
fn refusal(message: String) -> Reason {
    match message.as_str() {
        "missing token" | "invalid credentials" => Reason::InvalidCredentials,
        "account disabled" => Reason::AccountDisabled,
        "insufficient permission" => Reason::NotPermitted,
        "banned" => Reason::Banned,
        "connection limit exceeded" => Reason::ConnectionLimit,
        "server busy" => Reason::ServerBusy,
        _ => Reason::said(message),
    }
}
