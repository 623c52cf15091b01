//! Between the console and the desktop: orders to the shell, wishes to the page, and small views that belong to no gateway.

use std::path::PathBuf;
use std::time::Duration;

use parking_lot::Mutex;
use signalbox_protocol::ipc::{
    DesktopUpdate, ExportFormat, ExportQuery, Failure, FailureCode, Preferences, Reason, ViewUpdate, Wish,
};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use super::Console;
use super::calls::not_saved;
use crate::desktop::{AtLogin, Order};
use crate::export;
use crate::failure::failure;
use crate::local::Log;
use crate::watch::{Sink, Watch};

/// A log is shown so many times a second at most, whatever is said meanwhile.
const LOG_PACE: Duration = Duration::from_millis(250);

/// The orders that wait for the shell, and the last wish.
pub(super) struct Desk {
    orders: mpsc::Sender<Order>,
    inbox: Mutex<Option<mpsc::Receiver<Order>>>,
    wish: watch::Sender<DesktopUpdate>,
    /// What the page was to ask, and has not answered.
    asking: Mutex<Option<Wish>>,
}

/// A task that shows something until nobody holds it.
pub(super) struct Errand(AbortHandle);

impl Drop for Errand {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Errand {
    /// Shows a log and what is added to it.
    pub(super) fn log(log: Log, sink: Sink) -> Self {
        let task = tokio::spawn(async move {
            let mut lines = log.follow();
            let mut next = 0;
            loop {
                let update = log.from(next);
                let last = update.lines.last().map(|line| line.key + 1);
                if next == 0 || last.is_some() {
                    sink(ViewUpdate::LocalLog(update));
                }
                next = last.unwrap_or(next);
                if lines.changed().await.is_err() {
                    return;
                }
                tokio::time::sleep(LOG_PACE).await;
            }
        });
        Self(task.abort_handle())
    }
}

impl Desk {
    pub(super) fn new(orders: mpsc::Sender<Order>, inbox: mpsc::Receiver<Order>) -> Self {
        let wish = watch::Sender::new(DesktopUpdate { number: 0, wish: None });
        Self { orders, inbox: Mutex::new(Some(inbox)), wish, asking: Mutex::default() }
    }

    pub(super) fn orders(&self) -> Option<mpsc::Receiver<Order>> {
        self.inbox.lock().take()
    }

    pub(super) fn wish(&self, wish: Wish) {
        self.wish.send_modify(|last| *last = DesktopUpdate { number: last.number + 1, wish: Some(wish) });
    }

    #[cfg(test)]
    pub(super) fn last_wish(&self) -> DesktopUpdate {
        self.wish.borrow().clone()
    }

    /// Lets the page ask. False where it was to ask the same before and says nothing.
    pub(super) fn ask(&self, question: Wish) -> bool {
        let is_new = self.asking.lock().replace(question.clone()) != Some(question.clone());
        if is_new {
            self.wish(question);
        }
        is_new
    }

    /// The page has answered.
    pub(super) fn answered(&self) {
        *self.asking.lock() = None;
    }

    /// Shows the wishes.
    pub(super) fn show(&self, sink: Sink) -> Errand {
        let mut wishes = self.wish.subscribe();
        let task = tokio::spawn(async move {
            loop {
                let update = wishes.borrow_and_update().clone();
                sink(ViewUpdate::Desktop(update));
                if wishes.changed().await.is_err() {
                    return;
                }
            }
        });
        Errand(task.abort_handle())
    }

    /// Writes a table of a gateway to a file, as long as the errand is held.
    pub(super) fn export(&self, query: ExportQuery, gateway: String, watch: Watch, sink: Sink) -> Errand {
        let tell = move |update| sink(ViewUpdate::Export(update));
        Errand(tokio::spawn(export::run(query, gateway, watch, self.orders.clone(), tell)).abort_handle())
    }

    /// Writes a text to the file that the person names, whole or not at all, and gives where that is; `None` where they
    /// name none.
    pub(super) async fn write(&self, name: &str, form: ExportFormat, text: String) -> Result<Option<PathBuf>, Failure> {
        export::text(name, form, text, &self.orders).await
    }

    /// Gives an order. A desktop that takes none has gone, or never was.
    pub(super) fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            tracing::warn!("the desktop takes no orders");
        }
    }
}

impl Console {
    /// Saves the preferences, after what can fail about them: a start at login that cannot be arranged is not kept.
    pub(super) async fn save_preferences(&self, preferences: Preferences) -> Result<(), Failure> {
        let before = self.preferences();
        if before.start_at_login != preferences.start_at_login {
            self.start_at_login(preferences.start_at_login).await?;
        }
        let (theme, zoom) = (preferences.theme, preferences.zoom);
        let leaves_running = preferences.local.leave_running;
        self.0.preferences.lock().save(preferences).map_err(|error| not_saved(&error))?;
        if before.local.leave_running != leaves_running {
            self.0.local.rule(self.stay()).await;
        }
        self.0.desk.order(Order::Dress { theme, zoom });
        self.0.changed.notify_one();
        Ok(())
    }

    /// The desktop has said whether it starts the console with the session. Somebody may have changed that there: what it
    /// says is what is shown from now on, and nothing is asked of it.
    pub fn found_at_login(&self, found: AtLogin) {
        let on = found == AtLogin::Starts;
        let mut preferences = self.0.preferences.lock();
        let before = preferences.current().clone();
        if before.start_at_login == on {
            return;
        }
        match preferences.save(Preferences { start_at_login: on, ..before }) {
            Ok(()) => self.0.changed.notify_one(),
            Err(error) => tracing::warn!(%error, "the start at login is not shown as it is"),
        }
    }

    async fn start_at_login(&self, on: bool) -> Result<(), Failure> {
        let (answer, answered) = oneshot::channel();
        self.0.desk.order(Order::StartAtLogin { on, answer });
        let done = answered.await.unwrap_or_else(|_| Err("there is no desktop".to_owned()));
        done.map_err(|error| failure(FailureCode::Internal, Reason::NoStartAtLogin { error }))
    }
}
