//! The gateway that this machine runs: a child process that is started, watched, started again after a crash, and ended
//! with the console.
//!
//! Its secret goes over standard input and nowhere else. One task owns the process; it must never know what the gateway is
//! used for.

mod process;
mod supervisor;

#[cfg(unix)]
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use signalbox_protocol::ipc::{Failure, FailureCode, LocalGateway};
use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::address::Address;
use crate::credentials::LocalSecret;
use crate::failure::{advised, failure};

/// Names the program where it is not beside the console.
pub const PROGRAM: &str = "SIGNALBOX_SERVER";

/// What a gateway needs to start.
#[derive(Clone)]
pub(crate) struct Plan {
    /// The port at 127.0.0.1; 0 takes a free one.
    pub(crate) port: u16,
    /// Signs and verifies its tokens.
    pub(crate) secret: LocalSecret,
}

enum Order {
    Start { plan: Plan, answer: oneshot::Sender<Result<Address, Failure>> },
    Stop(oneshot::Sender<()>),
}

/// The local gateway. Clones are handles on the same one; it ends with the last of them.
#[derive(Clone)]
pub(crate) struct Local {
    orders: mpsc::Sender<Order>,
    state: watch::Receiver<LocalGateway>,
}

impl Local {
    /// Nothing runs yet. `changed` is poked when the state has changed.
    pub(crate) fn new(program: Option<PathBuf>, data: PathBuf, changed: Arc<Notify>) -> Self {
        let state = match program.as_deref().map(is_there) {
            Some(Ok(())) => LocalGateway::Stopped { reason: None },
            Some(Err(reason)) => LocalGateway::Missing { reason },
            None => LocalGateway::Missing {
                reason: format!("{} is not beside the console, and {PROGRAM} names no other.", program_name()),
            },
        };
        let (orders, inbox) = mpsc::channel(4);
        let (sender, state) = watch::channel(state);
        tokio::spawn(supervisor::run(program.unwrap_or_default(), data, inbox, sender, changed));
        Self { orders, state }
    }

    /// How it is.
    pub(crate) fn state(&self) -> LocalGateway {
        self.state.borrow().clone()
    }

    /// Starts it, or finds it running, and says where it is.
    pub(crate) async fn start(&self, plan: Plan) -> Result<Address, Failure> {
        if let LocalGateway::Missing { reason } = self.state() {
            return Err(advised(
                FailureCode::LocalGateway,
                format!("The gateway cannot be started: {reason}"),
                "Install Signalbox anew, or connect to a gateway that runs elsewhere.",
            ));
        }
        let (answer, started) = oneshot::channel();
        let ended = || failure(FailureCode::LocalGateway, "The console is closing.");
        self.orders.send(Order::Start { plan, answer }).await.map_err(|_| ended())?;
        started.await.unwrap_or_else(|_| Err(ended()))
    }

    /// Ends it, and waits for that.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.orders.send(Order::Stop(done)).await.is_ok() {
            // Where the task has ended, so has the process.
            let _ = stopped.await;
        }
    }
}

/// Where the gateway's program is: beside this one, else where the environment says.
pub(crate) fn find_program() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(program_name())));
    let named = std::env::var_os(PROGRAM).filter(|path| !path.is_empty()).map(PathBuf::from);
    beside.filter(|path| path.is_file()).or(named)
}

fn program_name() -> String {
    format!("signalbox-server{}", std::env::consts::EXE_SUFFIX)
}

fn is_there(program: &Path) -> Result<(), String> {
    if program.is_file() { Ok(()) } else { Err(format!("{} is not there.", program.display())) }
}

/// How long to wait before it is started again, after so many crashes in a row.
fn pause(crashes: u32) -> Duration {
    Duration::from_secs((1 << crashes.saturating_sub(1).min(5)).min(30))
}
