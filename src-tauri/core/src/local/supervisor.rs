//! The task that owns the local gateway's process.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::{Failure, FailureCode, LocalGateway};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::process::Process;
use super::{Order, Plan, pause};
use crate::address::Address;
use crate::failure::failure;

/// A gateway that has run for so long and then crashes is started again as if it were the first time.
const STEADY: Duration = Duration::from_secs(60);

/// What the task has in hand.
enum Holding {
    Nothing,
    Running { process: Box<Process>, plan: Plan, since: Instant, crashes: u32 },
    Crashed { plan: Plan, at: Instant, crashes: u32 },
}

/// What can happen to it.
enum Event {
    Order(Order),
    Crashed(String),
    Again,
    Abandoned,
}

struct Supervisor {
    program: PathBuf,
    data: PathBuf,
    state: watch::Sender<LocalGateway>,
    changed: Arc<Notify>,
}

pub(super) async fn run(
    program: PathBuf,
    data: PathBuf,
    mut orders: mpsc::Receiver<Order>,
    state: watch::Sender<LocalGateway>,
    changed: Arc<Notify>,
) {
    let supervisor = Supervisor { program, data, state, changed };
    let mut holding = Holding::Nothing;
    loop {
        let event = next(&mut orders, &mut holding).await;
        holding = match (event, holding) {
            (Event::Order(Order::Start { plan, answer }), holding) => {
                let (holding, result) = supervisor.start(plan, holding).await;
                // Whoever asked may have gone; the gateway runs all the same.
                let _ = answer.send(result);
                holding
            }
            (Event::Order(Order::Stop(done)), holding) => {
                stop(holding).await;
                supervisor.settle_stopped(None);
                let _ = done.send(());
                Holding::Nothing
            }
            (Event::Crashed(reason), Holding::Running { plan, since, crashes, .. }) => {
                let crashes = if since.elapsed() > STEADY { 1 } else { crashes + 1 };
                supervisor.crashed(plan, crashes, reason)
            }
            (Event::Again, Holding::Crashed { plan, crashes, .. }) => supervisor.again(plan, crashes).await,
            (Event::Abandoned, holding) => return stop(holding).await,
            (Event::Crashed(_) | Event::Again, holding) => holding,
        };
    }
}

async fn next(orders: &mut mpsc::Receiver<Order>, holding: &mut Holding) -> Event {
    let own = async {
        match holding {
            Holding::Nothing => std::future::pending().await,
            Holding::Running { process, .. } => Event::Crashed(process.ended().await),
            Holding::Crashed { at, .. } => {
                sleep_until(*at).await;
                Event::Again
            }
        }
    };
    tokio::select! {
        order = orders.recv() => order.map_or(Event::Abandoned, Event::Order),
        event = own => event,
    }
}

async fn stop(holding: Holding) {
    if let Holding::Running { process, .. } = holding {
        process.stop().await;
    }
}

impl Supervisor {
    /// Starts what does not run, and finds what does.
    async fn start(&self, plan: Plan, holding: Holding) -> (Holding, Result<Address, Failure>) {
        if let Holding::Running { process, .. } = &holding {
            let address = address(&process.address);
            return (holding, address);
        }
        self.settle(LocalGateway::Starting);
        match self.launch(plan, 0).await {
            Ok((holding, address)) => (holding, Ok(address)),
            Err(failure) => {
                self.settle_stopped(Some(failure.message.clone()));
                (Holding::Nothing, Err(failure))
            }
        }
    }

    async fn again(&self, plan: Plan, crashes: u32) -> Holding {
        self.settle(LocalGateway::Starting);
        match self.launch(plan.clone(), crashes).await {
            Ok((holding, _)) => holding,
            Err(failure) => self.crashed(plan, crashes + 1, failure.message),
        }
    }

    async fn launch(&self, plan: Plan, crashes: u32) -> Result<(Holding, Address), Failure> {
        make_folder(&self.data)?;
        let process = Process::start(&self.program, &self.data, &plan).await?;
        let address = address(&process.address)?;
        // After a crash it must come back where its clients look for it.
        let port = process.address.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(plan.port);
        self.settle(LocalGateway::Running { address: process.address.clone(), pid: process.pid });
        let plan = Plan { port, ..plan };
        Ok((Holding::Running { process: Box::new(process), plan, since: Instant::now(), crashes }, address))
    }

    fn crashed(&self, plan: Plan, crashes: u32, reason: String) -> Holding {
        let pause = pause(crashes);
        tracing::warn!(%reason, crashes, "the local gateway ended by itself");
        let at = Timestamp(Timestamp::now().as_millis() + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
        self.settle(LocalGateway::Restarting { reason, at });
        Holding::Crashed { plan, at: Instant::now() + pause, crashes }
    }

    fn settle_stopped(&self, reason: Option<String>) {
        // A program that is not there stays missing, whoever asks for its end.
        if !matches!(*self.state.borrow(), LocalGateway::Missing { .. }) {
            self.settle(LocalGateway::Stopped { reason });
        }
    }

    fn settle(&self, state: LocalGateway) {
        self.state.send_replace(state);
        self.changed.notify_one();
    }
}

fn address(text: &str) -> Result<Address, Failure> {
    text.parse().map_err(|_| {
        failure(
            FailureCode::LocalGateway,
            format!("The gateway says that it listens on “{text}”, which is no address."),
        )
    })
}

fn make_folder(data: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(data)
        .map_err(|error| failure(FailureCode::LocalGateway, format!("{} cannot be made: {error}.", data.display())))
}
