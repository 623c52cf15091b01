//! The life of one connection: from the door to its end.
//!
//! Heartbeats measure the round trip and prove that somebody is there: the library says nothing when a connection ends
//! quietly. Commands carry ids of their own, for the same reason.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use signalbox_protocol::admin::{Command, Request, Response, Stats, StatsArgs};
use signalbox_protocol::feed::Subscribe;
use signalbox_protocol::ipc::{Failure, Reason};
use signalbox_protocol::{Epoch, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::engine::{Engine, Inbound};
use super::position::Received;
use super::reading::{self, Torn, Unreadable};
use super::{Ask, Order, Run, Signal, Supervisor, Unwanted};
use crate::credentials::{AccessToken, Freshness, NoToken};
use crate::failure::{no_answer, refused_command, unreadable_answer};

/// From the connection to the door's answer.
const DOOR: Duration = Duration::from_secs(10);

/// Between two snapshots that mend a gap: a gateway whose every batch has one is not asked for everything with each of them.
const MEND_EVERY: Duration = Duration::from_secs(10);

/// So long a gateway can ask to be left alone, and no longer.
const LONGEST_ABSENCE: Duration = Duration::from_secs(600);

/// How a connection ended.
#[derive(Debug)]
pub(super) enum End {
    /// At the door, with the gateway's message.
    Refused(String),
    /// On purpose, and not to be undone by coming back at once.
    Kicked(String),
    /// Otherwise.
    Lost {
        /// Why.
        reason: Reason,
        /// How far it had come.
        stay: Stay,
        /// The gateway asked to stay away for so long.
        not_before: Duration,
    },
}

/// How long the data was live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    /// Never.
    Outside,
    /// Not long enough to call the gateway well.
    Brief,
    /// Long enough.
    Steady,
}

/// `kicked`.
#[derive(serde::Deserialize)]
struct Kicked {
    code: String,
    reason: String,
}

/// `system:shutdown`.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shutdown {
    reconnect_after_ms: u64,
}

enum Pending {
    Heartbeat(Instant),
    Ask { answer: oneshot::Sender<Result<Value, Failure>>, due: Instant },
}

struct Session<'a> {
    supervisor: &'a mut Supervisor,
    engine: Engine,
    pending: HashMap<String, Pending>,
    next_id: u64,
    /// A snapshot has been asked for and is not complete.
    loading: bool,
    /// There was a gap that only a new snapshot mends.
    stale: bool,
    /// When the next of these may be asked for.
    mend_due: Instant,
    live_since: Option<Instant>,
    heard: Instant,
    /// The minute of the last history, by the gateway's clock, so that it is asked for when there is a new one.
    history: Option<i64>,
    /// The minute of the last answer.
    minute: Option<i64>,
    kicked: Option<Kicked>,
    not_before: Duration,
    renewal: Option<JoinHandle<Result<AccessToken, NoToken>>>,
}

/// Connects with a token and stays until the end.
pub(super) async fn run(supervisor: &mut Supervisor, token: AccessToken) -> Result<End, Unwanted> {
    let lost = |reason| End::Lost { reason, stay: Stay::Outside, not_before: Duration::ZERO };
    let (engine, mut inbox) = match Engine::connect(&supervisor.endpoint, &token.token).await {
        Ok(connected) => connected,
        Err(error) => return Ok(lost(error.into())),
    };
    tokio::select! {
        inbound = inbox.recv() => match inbound {
            Some(Inbound::Joined) => {}
            Some(Inbound::Refused(message)) => return Ok(End::Refused(message)),
            Some(Inbound::Broken) => return Ok(lost(Reason::LinkBroke)),
            Some(Inbound::Left | Inbound::Event(..)) | None => return Ok(lost(Reason::DoorClosed)),
        },
        () = sleep(DOOR) => return Ok(lost(Reason::NoSignOfLife { seconds: DOOR.as_secs() as u32 })),
    }
    supervisor.tell(Signal::Joined(token.operator)).await?;
    let mut session = Session {
        supervisor,
        engine,
        pending: HashMap::new(),
        next_id: 0,
        loading: false,
        stale: false,
        mend_due: Instant::now(),
        live_since: None,
        heard: Instant::now(),
        history: None,
        minute: None,
        kicked: None,
        not_before: Duration::ZERO,
        renewal: None,
    };
    let end = session.live(&mut inbox).await;
    if session.loading {
        // Half a snapshot is no position to resume from.
        session.supervisor.reader.spoil();
    }
    if end.is_err() {
        session.engine.leave().await;
    }
    end
}

impl Session<'_> {
    async fn live(&mut self, inbox: &mut mpsc::Receiver<Inbound>) -> Result<End, Unwanted> {
        // The heartbeat goes first: before there is anything to judge by it, one knows the gateway's time.
        for begun in [self.beat().await, self.subscribe().await] {
            if let Err(reason) = begun {
                return Ok(self.lost(reason));
            }
        }
        let pace = self.supervisor.pace.heartbeat;
        let mut heartbeat = interval_at(Instant::now() + pace, pace);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let step = tokio::select! {
                inbound = inbox.recv() => {
                    self.heard = Instant::now();
                    match inbound {
                        Some(inbound) => self.hear(inbound).await?,
                        None => Err(Reason::FellBehind { messages: u32::try_from(self.engine.overflow()).unwrap_or(u32::MAX) }),
                    }
                }
                order = self.supervisor.orders.recv() => match order {
                    None => return Err(Unwanted),
                    Some(Order::RetryNow) => Ok(()),
                    Some(Order::Ask(ask)) => self.ask(ask).await,
                },
                _ = heartbeat.tick() => self.beat().await,
                renewed = renewed(&mut self.renewal) => self.present(renewed).await,
            };
            if let Err(mut reason) = step {
                // What the gateway said before it broke tells more than that nothing can be sent any more.
                while let Ok(inbound) = inbox.try_recv() {
                    if let Err(said) = self.hear(inbound).await? {
                        reason = said;
                        break;
                    }
                }
                return Ok(match self.kicked.take() {
                    Some(kicked) if is_final(&kicked.code) => End::Kicked(kicked.reason),
                    Some(kicked) => self.lost(Reason::said(kicked.reason)),
                    None => self.lost(reason),
                });
            }
        }
    }

    fn lost(&self, reason: Reason) -> End {
        let stay = self.live_since.map_or(Stay::Outside, |since| {
            if since.elapsed() < self.supervisor.pace.steady { Stay::Brief } else { Stay::Steady }
        });
        End::Lost { reason, stay, not_before: self.not_before }
    }

    async fn subscribe(&mut self) -> Result<(), Reason> {
        let after = self.supervisor.reader.position().cloned();
        self.loading = true;
        self.emit("feed:subscribe", &Subscribe { kinds: Vec::new(), after }).await
    }

    async fn hear(&mut self, inbound: Inbound) -> Result<Result<(), Reason>, Unwanted> {
        Ok(match inbound {
            Inbound::Event(name, payload) => return self.event(&name, payload).await,
            Inbound::Broken => Err(Reason::LinkBroke),
            Inbound::Left => Err(Reason::LinkEnded),
            Inbound::Refused(message) => Err(super::refusal(message)),
            Inbound::Joined => Ok(()),
        })
    }

    async fn event(&mut self, name: &str, payload: Value) -> Result<Result<(), Reason>, Unwanted> {
        match name {
            "feed:snapshot" => return self.page(reading::page(name, payload)).await,
            "feed:batch" => return self.batch(reading::batch(name, payload)).await,
            "admin:response" => self.respond(name, payload).await?,
            "kicked" => self.kicked = reading::whole(name, payload).ok(),
            "system:shutdown" => {
                let shutdown = reading::whole::<Shutdown>(name, payload);
                let absence = shutdown.map_or(Duration::ZERO, |it| Duration::from_millis(it.reconnect_after_ms));
                self.not_before = absence.min(LONGEST_ABSENCE);
            }
            "auth:expiring" => self.renew(),
            _ => {}
        }
        Ok(Ok(()))
    }

    async fn page(&mut self, read: Result<reading::ReadPage, Unreadable>) -> Result<Result<(), Reason>, Unwanted> {
        let reading::ReadPage { page, torn } = match read {
            Ok(read) => read,
            Err(unreadable) => return Ok(Err(self.spoil(unreadable))),
        };
        let mut missed = torn;
        if page.last || page.recovered {
            missed = missed.saturating_add(self.supervisor.reader.snapshot(&page));
            self.loading = false;
            self.stale &= page.recovered;
            self.live_since.get_or_insert_with(Instant::now);
        }
        if torn > 0 {
            self.complain(&page.epoch, "parts of a snapshot");
        }
        // What is missing was before what the snapshot tells.
        if missed > 0 {
            self.supervisor.tell(Signal::Missed(missed)).await?;
        }
        self.supervisor.tell(Signal::Snapshot(Box::new(page))).await?;
        Ok(Ok(()))
    }

    async fn batch(&mut self, read: Result<reading::ReadBatch, Unreadable>) -> Result<Result<(), Reason>, Unwanted> {
        let read = match read {
            Ok(read) => read,
            Err(unreadable) => return Ok(Err(self.spoil(unreadable))),
        };
        if let Some(Torn { kind, error, .. }) = read.torn.first() {
            self.complain(&read.batch.epoch, &format!("an entry of kind {}: {error}", kind.as_str()));
        }
        match self.supervisor.reader.batch(read) {
            Received::Entries { entries, missed, untraced, stale } => {
                self.supervisor.tell(Signal::Entries { entries, missed, untraced }).await?;
                self.stale |= stale;
            }
            Received::Foreign => self.stale = true,
        }
        Ok(self.mend().await)
    }

    /// The feed cannot be read on from here, nor from anywhere before.
    fn spoil(&mut self, unreadable: Unreadable) -> Reason {
        self.supervisor.reader.spoil();
        unreadable.into()
    }

    /// Says once for each run of the gateway that something is left out. How much, the page shows.
    fn complain(&mut self, epoch: &Epoch, what: &str) {
        if self.supervisor.complained.as_ref() != Some(epoch) {
            self.supervisor.complained = Some(epoch.clone());
            tracing::warn!(gateway = %self.supervisor.endpoint.address, what, "something unreadable is left out, and counted");
        }
    }

    /// Asks for a snapshot where one is owed, and not too often.
    async fn mend(&mut self) -> Result<(), Reason> {
        if !self.stale || self.loading || Instant::now() < self.mend_due {
            return Ok(());
        }
        (self.stale, self.mend_due) = (false, Instant::now() + MEND_EVERY);
        self.supervisor.reader.spoil();
        self.subscribe().await
    }

    async fn ask(&mut self, ask: Ask) -> Result<(), Reason> {
        let due = Instant::now() + self.supervisor.pace.answer;
        self.request(ask.command, ask.run, Pending::Ask { answer: ask.answer, due }).await
    }

    /// Sends a heartbeat, unless nobody has been heard for too long; gives up on answers that are overdue.
    async fn beat(&mut self) -> Result<(), Reason> {
        let now = Instant::now();
        let watchdog = self.supervisor.pace.watchdog;
        if now.duration_since(self.heard) > watchdog {
            return Err(Reason::NoSignOfLife { seconds: watchdog.as_secs() as u32 });
        }
        let overdue = |pending: &Pending| match pending {
            Pending::Heartbeat(sent) => now.duration_since(*sent) > watchdog,
            Pending::Ask { due, .. } => now > *due,
        };
        for (_, pending) in self.pending.extract_if(|_, pending| overdue(pending)) {
            if let Pending::Ask { answer, .. } = pending {
                let _ = answer.send(Err(no_answer()));
            }
        }
        self.mend().await?;
        let history = self.history.is_none() || self.history != self.minute;
        self.request(Command::Stats(StatsArgs { history }), Run::Real, Pending::Heartbeat(now)).await
    }

    async fn request(&mut self, command: Command, run: Run, pending: Pending) -> Result<(), Reason> {
        let id = self.next_id.to_string();
        self.next_id += 1;
        let request = Request { id: id.clone(), command, dry_run: run == Run::Dry };
        self.pending.insert(id, pending);
        self.emit("admin:request", &request).await
    }

    /// An answer that cannot be read is one to nobody, or to the one whose number it bears.
    async fn respond(&mut self, name: &str, mut payload: Value) -> Result<(), Unwanted> {
        let id = payload.get("id").and_then(Value::as_str).map(str::to_owned);
        let left_out = reading::thin_out(&mut payload);
        if left_out > 0 {
            self.supervisor.tell(Signal::LeftOut(left_out)).await?;
        }
        match (reading::whole::<Response>(name, payload), id) {
            (Ok(response), _) => self.answer(response).await,
            (Err(_), Some(id)) => match self.pending.remove(&id) {
                Some(Pending::Heartbeat(sent)) => self.tell_stats(None, sent).await,
                Some(Pending::Ask { answer, .. }) => {
                    let _ = answer.send(Err(unreadable_answer()));
                    Ok(())
                }
                None => Ok(()),
            },
            (Err(_), None) => Ok(()),
        }
    }

    async fn tell_stats(&self, stats: Option<Stats>, sent: Instant) -> Result<(), Unwanted> {
        let rtt_ms = u32::try_from(sent.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.supervisor.tell(Signal::Stats { stats: stats.map(Box::new), rtt_ms }).await
    }

    async fn answer(&mut self, response: Response) -> Result<(), Unwanted> {
        match self.pending.remove(&response.id) {
            Some(Pending::Heartbeat(sent)) => {
                let stats = response.result.and_then(|stats| reading::whole::<Stats>("heartbeat", stats).ok());
                if let Some(stats) = &stats {
                    self.minute = stats.at.map(minute_of);
                    if !stats.history.is_empty() {
                        self.history = self.minute;
                    }
                }
                self.tell_stats(stats, sent).await
            }
            Some(Pending::Ask { answer, .. }) => {
                let result = match (response.ok, response.error) {
                    (true, _) => Ok(response.result.unwrap_or_default()),
                    (false, Some(error)) => Err(refused_command(&error)),
                    (false, None) => Err(no_answer()),
                };
                let _ = answer.send(result);
                Ok(())
            }
            // Too late: the asker has been told that there was no answer.
            None => Ok(()),
        }
    }

    /// The token is about to run out: gets another, beside everything else.
    fn renew(&mut self) {
        if self.renewal.is_none() && self.supervisor.credentials.can_renew() {
            let (credentials, endpoint) = (self.supervisor.credentials.clone(), self.supervisor.endpoint.clone());
            let renew = async move { credentials.token(&endpoint, Timestamp::now(), Freshness::Renewed).await };
            self.renewal = Some(tokio::spawn(renew));
        }
    }

    /// Shows the gateway the new token. Where there is none the old one runs out, and the link then says why.
    async fn present(&mut self, renewed: Option<AccessToken>) -> Result<(), Reason> {
        match renewed {
            Some(token) => self.emit("auth:refresh", &json!({ "token": token.token })).await,
            None => Ok(()),
        }
    }

    async fn emit(&self, event: &'static str, payload: &impl serde::Serialize) -> Result<(), Reason> {
        let payload = serde_json::to_value(payload).map_err(|error| Reason::said(error.to_string()))?;
        self.engine.emit(event, payload).await.map_err(Reason::from)
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        for (_, pending) in self.pending.drain() {
            if let Pending::Ask { answer, .. } = pending {
                let _ = answer.send(Err(no_answer()));
            }
        }
    }
}

/// The renewed token, once it is there; never, while none is on its way.
async fn renewed(renewal: &mut Option<JoinHandle<Result<AccessToken, NoToken>>>) -> Option<AccessToken> {
    let Some(task) = renewal else { return std::future::pending().await };
    let renewed = task.await;
    *renewal = None;
    renewed.ok().and_then(Result::ok)
}

/// Whether who was kicked like this should ask before coming back.
fn is_final(code: &str) -> bool {
    matches!(code, "kicked" | "banned" | "token_revoked" | "user_deleted")
}

fn minute_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(60_000)
}
