//! The watch on one gateway: the one task that owns all its state.
//!
//! It hears the link and the console, keeps the [`Scene`], and lets open views render. Nobody else writes any of it, so
//! that there is nothing to lock.

mod clock;
mod heard;
mod inquiry;
mod rounds;
mod scene;
mod task;
mod tracing;
mod views;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;
use signalbox_protocol::admin::Command;
use signalbox_protocol::ipc::{
    CompleteFilter, Completions, Failure, FailureCode, Figures, LinkState, MatchPeople, MatchingPeople, Operator,
    ProfileId, Reason, ViewId, ViewQuery, ViewUpdate,
};
use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::credentials::Credentials;
use crate::endpoint::Endpoint;
use crate::failure::{failure, no_answer, no_such_profile, not_connected};
use crate::link::{Pace, Run};
use crate::notices;
pub(crate) use scene::Scene;

/// Orders that wait for the watch; the page's calls wait with them.
const ORDERS: usize = 64;

/// Where a view's updates go.
pub(crate) type Sink = Arc<dyn Fn(ViewUpdate) + Send + Sync>;

/// What everybody may see of a watch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    /// How the link is.
    pub(crate) link: LinkState,
    /// Who is signed in.
    pub(crate) operator: Option<Operator>,
    /// What the frame shows.
    pub(crate) figures: Option<Figures>,
    /// How far the gateway's clock is ahead of ours, in milliseconds.
    pub(crate) ahead_ms: i64,
}

/// Why a link is opened: it decides who has to be told that it does not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// A person asked for it, and sees what becomes of it.
    Asked,
    /// It was open when the console ended; perhaps nobody looks.
    Start,
}

/// A look at what is known.
type Look = Box<dyn FnOnce(&Scene) + Send>;

/// What a watch can be told.
pub(super) enum Order {
    Open { endpoint: Endpoint, credentials: Credentials, occasion: Occasion, begun: oneshot::Sender<()> },
    SignOut,
    Close(oneshot::Sender<()>),
    RetryNow,
    Ask { command: Command, run: Run, answer: oneshot::Sender<Result<Value, Failure>> },
    OpenView { id: ViewId, query: ViewQuery, sink: Sink },
    ChangeView { id: ViewId, query: ViewQuery },
    CloseView(ViewId),
    Complete { asked: CompleteFilter, answer: oneshot::Sender<Completions> },
    Match { asked: MatchPeople, answer: oneshot::Sender<Result<MatchingPeople, Failure>> },
    Read(Look),
    Rename(String),
}

/// Whom a watch tells, and who it is.
pub(crate) struct Surroundings {
    /// Which gateway.
    pub(crate) profile: ProfileId,
    /// What it is called.
    pub(crate) name: String,
    /// Poked when something that [`Seen`] shows has changed.
    pub(crate) changed: Arc<Notify>,
    /// What deserves a notification.
    pub(crate) notices: mpsc::Sender<notices::Event>,
    /// How patient its link is.
    pub(crate) pace: Pace,
}

/// A handle on a watch. The task ends with the last of them.
#[derive(Clone)]
pub(crate) struct Watch {
    orders: mpsc::Sender<Order>,
    seen: watch::Receiver<Seen>,
}

impl Watch {
    /// Begins to watch; nothing is linked yet.
    pub(crate) fn begin(surroundings: Surroundings) -> Self {
        let (orders, inbox) = mpsc::channel(ORDERS);
        let (sender, seen) =
            watch::channel(Seen { link: LinkState::Closed, operator: None, figures: None, ahead_ms: 0 });
        tokio::spawn(task::run(surroundings, inbox, sender));
        Self { orders, seen }
    }

    /// What there is to see.
    pub(crate) fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Follows what there is to see.
    #[cfg(test)]
    pub(crate) fn follow(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }

    /// Links to a gateway, instead of the link that there may be. Afterwards [`Watch::seen`] is of the new link.
    pub(crate) async fn open(&self, endpoint: Endpoint, credentials: Credentials, occasion: Occasion) {
        let (begun, ready) = oneshot::channel();
        self.order(Order::Open { endpoint, credentials, occasion, begun }).await;
        let _ = ready.await;
    }

    /// Ends the link and forgets what it has shown: it was for the eyes of whoever signs out.
    pub(crate) async fn sign_out(&self) {
        self.order(Order::SignOut).await;
    }

    /// Ends the link, and waits for it.
    pub(crate) async fn close(&self) {
        let (done, ended) = oneshot::channel();
        self.order(Order::Close(done)).await;
        // Where the watch has ended, so has its link.
        let _ = ended.await;
    }

    /// Does not wait for the countdown.
    pub(crate) async fn retry_now(&self) {
        self.order(Order::RetryNow).await;
    }

    /// Asks the gateway.
    pub(crate) async fn ask(&self, command: Command, run: Run) -> Result<Value, Failure> {
        let (answer, answered) = oneshot::channel();
        if self.orders.send(Order::Ask { command, run, answer }).await.is_err() {
            return Err(not_connected());
        }
        answered.await.unwrap_or_else(|_| Err(no_answer()))
    }

    /// Opens a view, or replaces the one of this number.
    pub(crate) fn open_view(&self, id: ViewId, query: ViewQuery, sink: Sink) -> Result<(), Failure> {
        self.orders.try_send(Order::OpenView { id, query, sink }).map_err(not_taken)
    }

    /// Shows something else in a view.
    pub(crate) fn change_view(&self, id: ViewId, query: ViewQuery) -> Result<(), Failure> {
        self.orders.try_send(Order::ChangeView { id, query }).map_err(not_taken)
    }

    /// Ends a view.
    pub(crate) async fn close_view(&self, id: ViewId) {
        self.order(Order::CloseView(id)).await;
    }

    /// What can be typed next in a filter of people.
    pub(crate) async fn complete(&self, asked: CompleteFilter) -> Completions {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Complete { asked, answer }).await;
        // A watch that has ended knows nobody.
        answered.await.unwrap_or_default()
    }

    /// Whom a filter of people lets through.
    pub(crate) async fn matching(&self, asked: MatchPeople) -> Result<MatchingPeople, Failure> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Match { asked, answer }).await;
        answered.await.unwrap_or_else(|_| Err(not_connected()))
    }

    /// Looks at what is known, between two changes of it. The watch does nothing else meanwhile.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Scene) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = oneshot::channel();
        // Whoever asked may have gone.
        self.order(Order::Read(Box::new(move |scene| _ = answer.send(look(scene))))).await;
        answered.await.map_err(|_| no_such_profile())
    }

    /// The gateway is called something else.
    pub(crate) async fn rename(&self, name: String) {
        self.order(Order::Rename(name)).await;
    }

    async fn order(&self, order: Order) {
        // A watch that has ended has nothing left to do.
        let _ = self.orders.send(order).await;
    }
}

/// Why a watch does not take an order at once.
fn not_taken(error: mpsc::error::TrySendError<Order>) -> Failure {
    match error {
        mpsc::error::TrySendError::Full(_) => failure(FailureCode::Internal, Reason::ConsoleBusy),
        mpsc::error::TrySendError::Closed(_) => no_such_profile(),
    }
}
