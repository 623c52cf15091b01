//! The gateway that this machine runs: a child process that is started, watched, started again after a crash, and ended
//! with the console; or, by choice, left running and taken over by the next console.
//!
//! Its secret goes over standard input and nowhere else. What a console before this one has left is taken over only where
//! it proves that it knows the same secret. One task owns the process; it must never know what the gateway is used for.

mod log;
mod neighbour;
mod process;
mod record;
mod speech;
mod supervisor;

#[cfg(unix)]
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use signalbox_protocol::ipc::{Failure, FailureCode, LocalGateway, Reason};
use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::address::Address;
use crate::api::Api;
use crate::credentials::LocalSecret;
use crate::failure::failure;
use crate::notices;
pub(crate) use log::Log;
use supervisor::Supervisor;

/// Names the program where it is not beside the console.
pub const PROGRAM: &str = "SIGNALBOX_SERVER";

/// What a gateway needs to start, or to be found.
#[derive(Clone)]
pub(crate) struct Plan {
    /// The port at 127.0.0.1; 0 takes a free one.
    pub(crate) port: u16,
    /// Where its data is.
    pub(crate) data: PathBuf,
    /// Signs and verifies its tokens.
    pub(crate) secret: LocalSecret,
    /// What it does when the console ends.
    pub(crate) stay: Stay,
}

/// What the gateway does when the console ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stay {
    /// It ends too.
    WithTheConsole,
    /// It goes on.
    OnItsOwn,
}

enum Order {
    Start { plan: Plan, answer: oneshot::Sender<Result<Address, Failure>> },
    Adopt { plan: Plan, answer: oneshot::Sender<Option<Address>> },
    Refuse(Reason),
    Stay(Stay),
    Stop { done: oneshot::Sender<()>, haste: Haste },
    Leave { stay: Stay, done: oneshot::Sender<()>, haste: Haste },
}

/// Held by an end that was asked for, until it has come: what would begin before it is given up.
struct Haste(watch::Sender<usize>);

impl Haste {
    fn new(ends: &watch::Sender<usize>) -> Self {
        ends.send_modify(|ends| *ends += 1);
        Self(ends.clone())
    }
}

impl Drop for Haste {
    fn drop(&mut self) {
        self.0.send_modify(|ends| *ends -= 1);
    }
}

/// Whom the local gateway's task tells, and whom it asks.
pub(crate) struct Surroundings {
    /// Asks a gateway that was found whose it is.
    pub(crate) api: Api,
    /// Poked when the state has changed.
    pub(crate) changed: Arc<Notify>,
    /// The file that notes in which folder it was started last.
    pub(crate) place: PathBuf,
    /// Told where the gateway ends by itself.
    pub(crate) notices: mpsc::Sender<notices::Event>,
}

/// What becomes of the local gateway when the console begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prospect {
    /// It waits for somebody who starts it.
    Waits,
    /// It is started, or looked for.
    Starts,
}

/// The local gateway. Clones are handles on the same one; it ends with the last of them.
#[derive(Clone)]
pub(crate) struct Local {
    orders: mpsc::Sender<Order>,
    /// How many ends were asked for and have not come.
    ends: watch::Sender<usize>,
    state: watch::Receiver<LocalGateway>,
    log: Log,
}

impl Local {
    /// Nothing runs yet, and where that is to change at once it is said from the beginning.
    pub(crate) fn new(program: Option<PathBuf>, around: Surroundings, prospect: Prospect) -> Self {
        let state = match program.as_deref().map(is_there) {
            Some(Ok(())) if prospect == Prospect::Starts => LocalGateway::Starting,
            Some(Ok(())) => LocalGateway::Stopped { reason: None },
            Some(Err(reason)) => LocalGateway::Missing { reason },
            None => LocalGateway::Missing {
                reason: Reason::ProgramMissing { program: program_name(), variable: PROGRAM.to_owned() },
            },
        };
        let (orders, inbox) = mpsc::channel(4);
        let (sender, state) = watch::channel(state);
        let log = Log::default();
        let ends = watch::Sender::new(0);
        let supervisor = Supervisor {
            program: program.unwrap_or_default(),
            around,
            log: log.clone(),
            state: sender,
            ends: ends.subscribe(),
        };
        tokio::spawn(supervisor.run(inbox));
        Self { orders, ends, state, log }
    }

    /// What it says.
    pub(crate) fn log(&self) -> Log {
        self.log.clone()
    }

    /// How it is.
    pub(crate) fn state(&self) -> LocalGateway {
        self.state.borrow().clone()
    }

    /// Starts it, or finds it running, and says where it is.
    pub(crate) async fn start(&self, plan: Plan) -> Result<Address, Failure> {
        if let LocalGateway::Missing { reason } = self.state() {
            return Err(failure(FailureCode::LocalGateway, reason));
        }
        let (answer, started) = oneshot::channel();
        let ended = || failure(FailureCode::LocalGateway, Reason::Closing);
        self.orders.send(Order::Start { plan, answer }).await.map_err(|_| ended())?;
        started.await.unwrap_or_else(|_| Err(ended()))
    }

    /// Takes over the one that a console before this one has left, where there is one and it is ours.
    pub(crate) async fn adopt(&self, plan: Plan) -> Option<Address> {
        let (answer, adopted) = oneshot::channel();
        self.orders.send(Order::Adopt { plan, answer }).await.ok()?;
        adopted.await.ok()?
    }

    /// It is not even tried: why.
    pub(crate) async fn refuse(&self, reason: Reason) {
        // Where the task has ended nobody asks how it is.
        let _ = self.orders.send(Order::Refuse(reason)).await;
    }

    /// Says what it is to do when the console ends, however that comes: one that runs is told at once.
    pub(crate) async fn rule(&self, stay: Stay) {
        // Where the task has ended there is nobody to tell.
        let _ = self.orders.send(Order::Stay(stay)).await;
    }

    /// The console ends: ends it too, or leaves it. Nothing is started any more.
    pub(crate) async fn leave(&self, stay: Stay) {
        let (done, left) = oneshot::channel();
        if self.orders.send(Order::Leave { stay, done, haste: Haste::new(&self.ends) }).await.is_ok() {
            let _ = left.await;
        }
    }

    /// Ends it, also where it has not quite begun, and waits for that.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.orders.send(Order::Stop { done, haste: Haste::new(&self.ends) }).await.is_ok() {
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

fn is_there(program: &Path) -> Result<(), Reason> {
    if program.is_file() { Ok(()) } else { Err(Reason::ProgramNotThere { path: program.display().to_string() }) }
}

/// How long to wait before it is started again, after so many crashes in a row.
fn pause(crashes: u32) -> Duration {
    Duration::from_secs((1 << crashes.saturating_sub(1).min(5)).min(30))
}
