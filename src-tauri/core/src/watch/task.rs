//! The watch's loop: one event after the other, and rest between them. Nothing is looked at again and again: a view looks
//! after something has happened, and each second, since time alone changes some of what is shown.

use std::time::Duration;

use serde_json::Value;
use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::Alert;
use signalbox_protocol::ipc::{Failure, LinkState, NotableWhat, Operator, Reason, Recovery};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::rounds::Rounds;
use super::scene::Progress;
use super::tracing::Tracing;
use super::views::Views;
use super::{Occasion, Order, Scene, Seen, Surroundings};
use crate::address::Address;
use crate::credentials::Credentials;
use crate::endpoint::Endpoint;
use crate::failure::{not_connected, not_named};
use crate::link::{self, Ask, Link, Signal};
use crate::notices;

/// Between two looks at what time alone changes.
const SECOND: Duration = Duration::from_secs(1);
/// Between two looks at the figures of the frame.
const FIGURES: Duration = Duration::from_millis(250);

/// Everything that can happen to a watch.
enum Event {
    /// The console said something.
    Order(Order),
    /// The link did.
    Signal(Signal),
    /// The link has said its last.
    LinkEnded,
    /// The gateway has counted what is said in some of its rooms, or has not.
    Rooms(Result<Value, Failure>),
    /// The gateway traces, or does not.
    Traced(Result<Value, Failure>),
    /// It is time for what was waited for.
    Due,
    /// Nobody holds the watch any more.
    Abandoned,
}

/// What a trouble began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Onset {
    /// The data was live.
    Lost,
    /// There has never been any.
    Unreached,
}

/// A link that is not there and of which a person has been told, however often it comes back for a moment.
struct Trouble {
    onset: Onset,
    /// Since when the data is live again.
    back: Option<(Instant, Timestamp)>,
    /// What it has cost at worst so far.
    cost: Option<Recovery>,
}

struct Task {
    around: Surroundings,
    seen: watch::Sender<Seen>,
    scene: Scene,
    views: Views,
    link: Option<(Link, mpsc::Receiver<Signal>)>,
    /// Where it leads, or led last.
    address: Option<Address>,
    occasion: Occasion,
    state: LinkState,
    /// As of when the data is, where it has been live and is no more.
    old: Option<Timestamp>,
    operator: Option<Operator>,
    /// It has been told that the link is not there, and not yet that it is back.
    trouble: Option<Trouble>,
    figures_due: Instant,
    /// Something has happened since the figures were looked at.
    stirred: bool,
    /// When the next second begins.
    second: Instant,
    rounds: Rounds,
    tracing: Tracing,
}

/// Watches until every handle is gone.
pub(super) async fn run(around: Surroundings, mut orders: mpsc::Receiver<Order>, seen: watch::Sender<Seen>) {
    let mut task = Task {
        around,
        seen,
        scene: Scene::default(),
        views: Views::default(),
        link: None,
        address: None,
        occasion: Occasion::Asked,
        state: LinkState::Closed,
        old: None,
        operator: None,
        trouble: None,
        figures_due: Instant::now(),
        stirred: false,
        second: Instant::now(),
        rounds: Rounds::default(),
        tracing: Tracing::default(),
    };
    loop {
        match task.next(&mut orders).await {
            Event::Order(order) => task.order(order).await,
            Event::Signal(signal) => {
                task.signal(signal);
                task.stir();
            }
            Event::Traced(answer) => {
                task.scene.tracing = Tracing::standing(answer);
                task.stir();
            }
            Event::LinkEnded => task.link = None,
            Event::Rooms(answer) => {
                let now = task.now();
                task.rounds.take(answer, &mut task.scene.traffic, now);
                task.stir();
            }
            Event::Due => {}
            Event::Abandoned => break,
        }
        task.go_on();
    }
    task.unlink().await;
}

impl Task {
    /// The next event. Orders go first, so that a flood of entries never delays a person.
    async fn next(&mut self, orders: &mut mpsc::Receiver<Order>) -> Event {
        let due = self.due();
        let Self { link, rounds, tracing, .. } = self;
        let signal = async {
            match link {
                Some((_, signals)) => signals.recv().await.map_or(Event::LinkEnded, Event::Signal),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            order = orders.recv() => order.map_or(Event::Abandoned, Event::Order),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Event::Due,
            answer = rounds.answered() => Event::Rooms(answer),
            answer = tracing.answered() => Event::Traced(answer),
            event = signal => event,
        }
    }

    async fn order(&mut self, order: Order) {
        match order {
            Order::Open { endpoint, credentials, occasion, begun } => {
                self.occasion = occasion;
                self.open(endpoint, credentials).await;
                // Whoever waited may have gone.
                let _ = begun.send(());
            }
            Order::SignOut => {
                self.unlink().await;
                self.forget();
                self.operator = None;
                self.settle(LinkState::SignedOut { reason: None, since: None });
            }
            Order::Close(done) => {
                self.unlink().await;
                self.operator = None;
                self.settle(LinkState::Closed);
                let _ = done.send(());
            }
            Order::RetryNow => {
                if let Some((link, _)) = &self.link {
                    link.order(link::Order::RetryNow);
                }
            }
            Order::Ask { command, run, answer } => match (&self.link, &self.state) {
                (Some((link, _)), LinkState::Live { .. } | LinkState::Loading { .. }) => {
                    link.order(link::Order::Ask(Ask { command, run, answer }));
                }
                _ => _ = answer.send(Err(not_connected())),
            },
            Order::OpenView { id, query, sink } => self.views.open(id, query, sink, &mut self.scene),
            Order::ChangeView { id, query } => self.views.change(id, query, &mut self.scene),
            Order::CloseView(id) => self.views.close(id, &mut self.scene),
            // Whoever asked may have gone.
            Order::Complete { asked, answer } => _ = answer.send(self.views.complete(&asked, &mut self.scene)),
            Order::Match { asked, answer } => {
                let found = self.views.matching(&asked, &mut self.scene);
                let _ = answer.send(found.map_err(|why| not_named(&why)));
            }
            Order::Read(look) => look(&self.scene),
            Order::Rename(name) => self.around.name = name,
        }
    }

    async fn open(&mut self, endpoint: Endpoint, credentials: Credentials) {
        self.unlink().await;
        let before = self.address.replace(endpoint.address.clone());
        if before.is_some_and(|before| before != endpoint.address) {
            // What was seen so far is another gateway's.
            self.forget();
        }
        self.scene.link_opened();
        self.operator = None;
        self.link = Some(Link::open(endpoint, credentials, self.around.pace));
        self.settle(LinkState::Connecting);
    }

    /// Begins anew: nothing of what was seen is shown any more.
    fn forget(&mut self) {
        (self.scene, self.state, self.old) = (self.scene.of_another(), LinkState::Closed, None);
        self.views.begin_anew(&mut self.scene);
    }

    async fn unlink(&mut self) {
        self.trouble = None;
        self.scene.link_lost();
        if let Some((link, signals)) = self.link.take() {
            // The link must not wait for somebody who does not listen any more.
            drop(signals);
            link.close().await;
        }
    }

    fn signal(&mut self, signal: Signal) {
        let now = self.now();
        match signal {
            Signal::Connecting => self.connecting(),
            Signal::Joined(operator) => {
                self.scene.joined();
                self.operator = Some(operator);
                self.settle(LinkState::Loading { received: 0, since: self.old });
            }
            Signal::Waiting(waiting) => self.waiting(waiting, now),
            Signal::SignedOut(reason) => self.refused(reason, now),
            Signal::Snapshot(page) => match self.scene.snapshot(*page, now) {
                Progress::Loading(received) if !self.was_live() => {
                    self.settle(LinkState::Loading { received, since: self.old });
                }
                Progress::Loading(_) => {}
                Progress::Complete { recovery, arisen } => {
                    self.tracing.lost();
                    self.scene.trace.interrupt();
                    self.live(recovery, now);
                    arisen.into_iter().for_each(|alert| self.tell_alert(alert));
                }
            },
            Signal::Missed(missed) => self.scene.miss(missed),
            Signal::LeftOut(left_out) => self.scene.leave_out(left_out),
            Signal::Entries { entries, missed, untraced } => {
                self.scene.trace.leave_out(untraced);
                for alert in self.scene.entries(entries, missed, now) {
                    self.tell_alert(alert);
                }
            }
            Signal::Stats { stats, rtt_ms } => {
                if let Some(said) = stats.as_ref().and_then(|stats| stats.at) {
                    self.scene.clock.hear(said, rtt_ms, Timestamp::now());
                }
                let now = self.now();
                self.scene.stats(stats.map(|stats| *stats), now);
                if self.was_live() {
                    self.settle(LinkState::Live { rtt_ms: Some(rtt_ms) });
                }
            }
        }
    }

    /// What time it is at the gateway: what is known of it is by its clock. Only the link's own waiting is by ours.
    fn now(&self) -> Timestamp {
        self.scene.clock.there(Timestamp::now())
    }

    /// After a loss the state stays `Waiting` while the attempt is under way, with a countdown that is over: since when the
    /// data is old must not be lost, nor the banner flicker.
    fn connecting(&mut self) {
        let state = match self.state.clone() {
            LinkState::Waiting { since, attempt, reason, .. } => {
                LinkState::Waiting { since, retry_at: Timestamp::now(), attempt, reason }
            }
            _ => LinkState::Connecting,
        };
        self.settle(state);
    }

    fn was_live(&self) -> bool {
        matches!(self.state, LinkState::Live { .. })
    }

    fn live(&mut self, recovery: Recovery, now: Timestamp) {
        if !self.was_live() {
            self.settle(LinkState::Live { rtt_ms: None });
        }
        if let Some(trouble) = &mut self.trouble {
            trouble.back.get_or_insert((Instant::now(), now));
            trouble.cost = trouble.cost.max(Some(recovery));
        }
    }

    /// Tells that the link is back, once it has proved to be: one that comes and goes is one trouble.
    fn recover(&mut self) {
        let steady = self.around.pace.steady;
        let over = self.trouble.take_if(|it| it.back.is_some_and(|(since, _)| since.elapsed() >= steady));
        if let Some(Trouble { onset, back: Some((_, at)), cost: Some(recovery) }) = over {
            if onset == Onset::Lost {
                self.scene.journal.link(at, NotableWhat::LinkBack { recovery });
            }
            let (profile, name) = (self.around.profile.clone(), self.around.name.clone());
            self.notify(notices::Event::GatewayBack { profile, name });
        }
    }

    fn waiting(&mut self, waiting: link::Waiting, now: Timestamp) {
        self.scene.link_lost();
        if let Some(trouble) = &mut self.trouble {
            trouble.back = None;
        } else if self.was_live() {
            self.tell_lost(waiting.reason.clone(), now);
        } else if self.occasion == Occasion::Start {
            self.tell_unreached(Onset::Unreached, waiting.reason.clone());
        }
        let link::Waiting { since, retry_at, attempt, reason } = waiting;
        // What is shown may be older than this link.
        let since = self.old.map_or(since, |old| old.min(since));
        self.settle(LinkState::Waiting { since, retry_at, attempt, reason });
    }

    /// The gateway lets nobody in any more. Whoever has just asked for the link sees that; otherwise it is told, unless all
    /// there is to say is that nobody has signed in.
    fn refused(&mut self, reason: Option<Reason>, now: Timestamp) {
        let told = match self.state {
            LinkState::Connecting => self.occasion == Occasion::Start && reason.is_some(),
            LinkState::Loading { .. } | LinkState::Live { .. } | LinkState::Waiting { .. } => true,
            LinkState::Closed | LinkState::SignedOut { .. } => false,
        };
        if self.was_live() {
            self.journal_lost(reason.clone().unwrap_or(Reason::LinkEnded), now);
        }
        if told {
            let (profile, name) = (self.around.profile.clone(), self.around.name.clone());
            self.notify(notices::Event::SignedOut { profile, name, reason: reason.clone() });
        }
        self.scene.link_lost();
        (self.operator, self.trouble) = (None, None);
        let since = if self.was_live() { Some(Timestamp::now()) } else { self.old };
        self.settle(LinkState::SignedOut { reason, since });
    }

    fn tell_lost(&mut self, reason: Reason, now: Timestamp) {
        self.journal_lost(reason.clone(), now);
        self.tell_unreached(Onset::Lost, reason);
    }

    fn journal_lost(&mut self, reason: Reason, now: Timestamp) {
        self.scene.journal.link(now, NotableWhat::LinkLost { reason });
    }

    fn tell_unreached(&mut self, onset: Onset, reason: Reason) {
        self.trouble = Some(Trouble { onset, back: None, cost: None });
        let (profile, name) = (self.around.profile.clone(), self.around.name.clone());
        self.notify(notices::Event::GatewayLost { profile, name, reason });
    }

    fn tell_alert(&self, alert: Alert) {
        let (profile, name) = (self.around.profile.clone(), self.around.name.clone());
        self.notify(notices::Event::Alert { profile, name, alert });
    }

    fn notify(&self, event: notices::Event) {
        if self.around.notices.try_send(event).is_err() {
            tracing::warn!("a notice was dropped: nobody takes them");
        }
    }

    /// When there is something to do without anything happening; `None` while nobody looks and nothing is linked.
    fn due(&self) -> Option<Instant> {
        if self.views.is_empty() && self.link.is_none() {
            return None;
        }
        let figures = self.stirred.then_some(self.figures_due);
        let rooms = if self.counts_rooms() { self.rounds.due() } else { None };
        [Some(self.second), figures, rooms, self.views.due()].into_iter().flatten().min()
    }

    /// Something has happened that anybody may want to see.
    fn stir(&mut self) {
        self.stirred = true;
        self.views.stir();
    }

    /// Does what follows from what has happened, and what is due.
    fn go_on(&mut self) {
        let now = Instant::now();
        if self.second <= now {
            self.second = now + SECOND;
            self.stir();
        }
        self.count_rooms();
        self.trace();
        self.recover();
        self.views.show_due(&mut self.scene);
        if self.stirred && self.figures_due <= now {
            self.publish();
        }
    }

    /// Makes the gateway trace what is looked at.
    fn trace(&mut self) {
        let live = self.was_live();
        let link = self.link.as_ref().filter(|_| live).map(|(link, _)| link);
        self.tracing.settle(self.views.traced(), link, &mut self.scene);
    }

    fn counts_rooms(&self) -> bool {
        self.link.is_some() && self.views.show_rooms() && self.was_live()
    }

    fn count_rooms(&mut self) {
        match &self.link {
            Some((link, _)) if self.counts_rooms() => self.rounds.go_on(link),
            _ => {
                self.rounds.rest();
                if !self.views.show_rooms() {
                    self.scene.traffic.forget();
                }
            }
        }
    }

    fn settle(&mut self, state: LinkState) {
        match state {
            LinkState::Live { .. } => self.old = None,
            _ if self.was_live() => self.old = Some(Timestamp::now()),
            _ => {}
        }
        self.state = state;
        self.publish();
    }

    /// Shows what there is to see, and says so if it is something else.
    fn publish(&mut self) {
        (self.figures_due, self.stirred) = (Instant::now() + FIGURES, false);
        let figures = match self.state {
            LinkState::Closed | LinkState::SignedOut { since: None, .. } => None,
            _ => self.scene.figures(self.now()),
        };
        let (link, operator) = (self.state.clone(), self.operator.clone());
        let now = Seen { link, operator, figures, ahead_ms: self.scene.clock.ahead_ms() };
        let changed = self.seen.send_if_modified(|seen| {
            let other = *seen != now;
            *seen = now;
            other
        });
        if changed {
            self.around.changed.notify_one();
        }
    }
}
