//! The task that owns the local gateway's process.

use std::path::{Path, PathBuf};
use std::time::Duration;

use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::{Failure, FailureCode, LocalGateway, ProfileId, Reason};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::log::Log;
use super::process::{FAREWELL, Process};
use super::record::{Finding, Place, Record, Verdict};
use super::{Order, Plan, Stay, Surroundings, pause};
use crate::address::Address;
use crate::endpoint::Endpoint;
use crate::failure::failure;
use crate::notices;
use crate::profiles::LOCAL;

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
    Crashed(Reason),
    Again,
    Abandoned,
}

pub(super) struct Supervisor {
    pub(super) program: PathBuf,
    pub(super) around: Surroundings,
    pub(super) log: Log,
    pub(super) state: watch::Sender<LocalGateway>,
    /// How many ends wait behind the order in hand.
    pub(super) ends: watch::Receiver<usize>,
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
    if let Holding::Running { process, plan, .. } = holding {
        process.stop(FAREWELL).await;
        Record::remove(&plan.data);
    }
}

impl Supervisor {
    /// Carries out orders until the console ends.
    pub(super) async fn run(self, mut orders: mpsc::Receiver<Order>) {
        let mut holding = Holding::Nothing;
        loop {
            let event = next(&mut orders, &mut holding).await;
            holding = match (event, holding) {
                (Event::Order(order), holding) => {
                    let is_last = matches!(order, Order::Leave { .. });
                    let holding = self.order(order, holding).await;
                    if is_last {
                        return;
                    }
                    holding
                }
                (Event::Crashed(reason), Holding::Running { plan, since, crashes, .. }) => {
                    let crashes = if since.elapsed() > STEADY { 1 } else { crashes + 1 };
                    self.crashed(plan, crashes, reason)
                }
                (Event::Again, Holding::Crashed { plan, crashes, .. }) => self.again(plan, crashes).await,
                (Event::Abandoned, holding) => return stop(holding).await,
                (Event::Crashed(_) | Event::Again, holding) => holding,
            };
        }
    }

    /// Whoever asked may have gone; what was asked for is done all the same.
    async fn order(&self, order: Order, holding: Holding) -> Holding {
        match order {
            Order::Start { plan, answer } => {
                let (holding, result) = self.start(plan, holding).await;
                let _ = answer.send(result);
                holding
            }
            Order::Adopt { plan, answer } => {
                let (holding, found) = match holding {
                    Holding::Nothing => self.take_over(&plan).await.unwrap_or((Holding::Nothing, None)),
                    other => (other, None),
                };
                if matches!(holding, Holding::Nothing) {
                    self.settle_stopped(None);
                }
                let _ = answer.send(found);
                holding
            }
            Order::Refuse(reason) => {
                if matches!(holding, Holding::Nothing) {
                    self.settle_stopped(Some(reason));
                }
                holding
            }
            Order::Stay(stay) => match holding {
                Holding::Running { mut process, plan, since, crashes } => {
                    process.rule(stay).await;
                    Holding::Running { process, plan: Plan { stay, ..plan }, since, crashes }
                }
                Holding::Crashed { plan, at, crashes } => Holding::Crashed { plan: Plan { stay, ..plan }, at, crashes },
                Holding::Nothing => Holding::Nothing,
            },
            Order::Stop { done, haste } => {
                stop(holding).await;
                drop(haste);
                self.settle_stopped(None);
                let _ = done.send(());
                Holding::Nothing
            }
            Order::Leave { stay, done, haste } => {
                match (stay, holding) {
                    (Stay::OnItsOwn, Holding::Running { mut process, .. }) => process.rule(stay).await,
                    (_, holding) => stop(holding).await,
                }
                drop(haste);
                self.settle_stopped(None);
                let _ = done.send(());
                Holding::Nothing
            }
        }
    }

    /// Returns once somebody waits for an end, or nobody for anything.
    async fn hurried(&self) {
        let _ = self.ends.clone().wait_for(|ends| *ends > 0).await;
    }

    /// Starts what does not run, and finds what does.
    async fn start(&self, plan: Plan, holding: Holding) -> (Holding, Result<Address, Failure>) {
        if let Holding::Running { process, .. } = &holding {
            let address = address(&process.address);
            return (holding, address);
        }
        self.settle(LocalGateway::Starting);
        let started = match self.take_over(&plan).await {
            Ok((holding, Some(address))) => return (holding, Ok(address)),
            Ok((_, None)) => self.launch(plan, 0).await,
            Err(failure) => Err(failure),
        };
        match started {
            Ok((holding, address)) => (holding, Ok(address)),
            Err(failure) => {
                self.settle_stopped(Some(failure.reason.clone()));
                (Holding::Nothing, Err(failure))
            }
        }
    }

    /// Takes over what a console before this one has left: where that was started, else in the data folder.
    ///
    /// # Errors
    /// Where something lives in the data folder that is not ours, and no other gateway should be started beside it.
    async fn take_over(&self, plan: &Plan) -> Result<(Holding, Option<Address>), Failure> {
        if let Some(Place { data }) = Place::read(&self.around.place)
            && data != plan.data
            // What lives there and is not ours may be why another folder was chosen.
            && let Ok((holding, Some(address))) = self.take_over_there(&Plan { data, ..plan.clone() }).await
        {
            return Ok((holding, Some(address)));
        }
        self.take_over_there(plan).await
    }

    async fn take_over_there(&self, plan: &Plan) -> Result<(Holding, Option<Address>), Failure> {
        let Some(record) = Record::read(&plan.data) else { return Ok((Holding::Nothing, None)) };
        let finding = tokio::select! {
            finding = self.look_at(&record, plan) => finding,
            () = self.hurried() => return Err(failure(FailureCode::LocalGateway, Reason::StoppedTooSoon)),
        };
        tracing::info!(address = %record.address, pid = record.process.pid, ?finding, "a gateway was left here");
        match finding.verdict() {
            Verdict::Forget => {
                Record::remove(&plan.data);
                Ok((Holding::Nothing, None))
            }
            Verdict::LeaveAlone => {
                let (address, pid) = (record.address, record.process.pid);
                Err(failure(FailureCode::LocalGateway, Reason::StrangerRuns { address, pid }))
            }
            Verdict::Adopt => {
                let address = address(&record.address)?;
                Ok((self.hold(Process::adopt(record, plan, &self.log)?, plan.clone(), 0), Some(address)))
            }
        }
    }

    async fn look_at(&self, record: &Record, plan: &Plan) -> Finding {
        if !record.process.lives() {
            return Finding::Gone;
        }
        let Ok(address) = address(&record.address) else { return Finding::Silent };
        let endpoint = Endpoint::from(address);
        if self.around.api.probe(&endpoint).await.is_err() {
            return Finding::Silent;
        }
        match plan.secret.proof(Timestamp::now()) {
            Ok(proof) if self.around.api.prove(&endpoint, &proof).await.is_ok() => Finding::Ours,
            _ => Finding::Stranger,
        }
    }

    async fn again(&self, plan: Plan, crashes: u32) -> Holding {
        self.settle(LocalGateway::Starting);
        match self.launch(plan.clone(), crashes).await {
            Ok((holding, _)) => holding,
            Err(failure) => self.crashed(plan, crashes + 1, failure.reason),
        }
    }

    async fn launch(&self, plan: Plan, crashes: u32) -> Result<(Holding, Address), Failure> {
        make_folder(&plan.data)?;
        let process = Process::start(&self.program, &plan, &self.log, self.hurried()).await?;
        let address = address(&process.address)?;
        let record = Record { process: process.neighbour.clone(), address: process.address.clone() };
        if let Err(error) = record.write(&plan.data) {
            tracing::warn!(%error, "the local gateway will not be found by another console");
        }
        Place { data: plan.data.clone() }.note(&self.around.place);
        Ok((self.hold(process, plan, crashes), address))
    }

    fn hold(&self, process: Process, plan: Plan, crashes: u32) -> Holding {
        // After a crash it must come back where its clients look for it.
        let port = process.address.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(plan.port);
        self.settle(LocalGateway::Running {
            address: process.address.clone(),
            pid: process.neighbour.pid,
            adopted: process.is_adopted(),
        });
        let plan = Plan { port, ..plan };
        Holding::Running { process: Box::new(process), plan, since: Instant::now(), crashes }
    }

    fn crashed(&self, plan: Plan, crashes: u32, reason: Reason) -> Holding {
        let pause = pause(crashes);
        tracing::warn!(%reason, crashes, "the local gateway ended by itself");
        Record::remove(&plan.data);
        if crashes == 1 {
            self.tell_crashed(reason.clone());
        }
        let at = Timestamp(Timestamp::now().as_millis() + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
        self.settle(LocalGateway::Restarting { reason, at });
        Holding::Crashed { plan, at: Instant::now() + pause, crashes }
    }

    /// One that crashes again and again is one trouble.
    fn tell_crashed(&self, reason: Reason) {
        let notice = notices::Event::LocalCrashed { profile: ProfileId(LOCAL.to_owned()), reason };
        if self.around.notices.try_send(notice).is_err() {
            tracing::warn!("a notice was dropped: nobody takes them");
        }
    }

    fn settle_stopped(&self, reason: Option<Reason>) {
        // A program that is not there stays missing, whoever asks for its end.
        if !matches!(*self.state.borrow(), LocalGateway::Missing { .. }) {
            self.settle(LocalGateway::Stopped { reason });
        }
    }

    fn settle(&self, state: LocalGateway) {
        self.state.send_replace(state);
        self.around.changed.notify_one();
    }
}

fn address(text: &str) -> Result<Address, Failure> {
    text.parse().map_err(|_| failure(FailureCode::LocalGateway, Reason::NotAnAddress { text: text.to_owned() }))
}

fn make_folder(data: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(data).map_err(|error| {
        let (path, error) = (data.display().to_string(), error.to_string());
        failure(FailureCode::LocalGateway, Reason::FolderNotMade { path, error })
    })
}
