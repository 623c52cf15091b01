//! One run of the gateway's process: how it is started or taken over, when it is ready, and what its end means.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde::Deserialize;
use signalbox_protocol::ipc::{Failure, FailureCode, Reason};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

use super::log::Log;
use super::neighbour::Neighbour;
use super::record::Record;
use super::speech::{self, Speech};
use super::{PROGRAM, Plan, Stay};
use crate::failure::failure;
use crate::paths;

/// A first start makes a database and hashes nothing; this is for a machine that is very busy.
const READY: Duration = Duration::from_secs(30);
/// The gateway promises to end within 10 s.
pub(super) const FAREWELL: Duration = Duration::from_secs(11);
/// What the gateway reads after its secret to go on when its input ends.
const STAY: &[u8] = b"stay\n";
/// What it reads then to end with its input after all.
const END: &[u8] = b"end\n";

/// A gateway that accepts connections.
pub(super) struct Process {
    body: Body,
    speech: Speech,
    log: Log,
    /// Where it listens.
    pub(super) address: String,
    /// Its process.
    pub(super) neighbour: Neighbour,
}

/// How this console has a hold on it.
enum Body {
    /// It was started here, and ends when its input closes, also where the console was killed; unless it was told to stay.
    Child { child: Box<Child>, stdin: Option<ChildStdin>, stay: Stay },
    /// A console before this one has started it.
    Adopted,
}

/// Of Windows' process creation flags.
#[cfg(windows)]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// The line that says that it accepts connections.
#[derive(Deserialize)]
struct Ready {
    event: String,
    addr: String,
}

impl Process {
    /// Starts the gateway and waits until it accepts connections, or until it is not wanted any more.
    pub(super) async fn start(
        program: &Path,
        plan: &Plan,
        log: &Log,
        unwanted: impl Future<Output = ()>,
    ) -> Result<Self, Failure> {
        let mouth = speech::open(&plan.data).map_err(|error| no_log(&plan.data, &error))?;
        let mut child = command(program, &plan.data, plan.port, mouth).spawn().map_err(|error| {
            let (path, error) = (program.display().to_string(), error.to_string());
            failure(FailureCode::LocalGateway, Reason::CannotStart { path, error })
        })?;
        let speech = Speech::listen(&plan.data, log.clone(), plan.secret.clone());
        let mut speech = speech.map_err(|error| no_log(&plan.data, &error))?;
        let mut stdin = child.stdin.take();
        if let Some(pipe) = &mut stdin {
            let line = format!("{}\n", plan.secret.expose());
            // A gateway that does not read has ended or is about to; its exit code says why.
            let _ = pipe.write_all(line.as_bytes()).await;
        }
        let found = child.id().and_then(Neighbour::find);
        let readiness = tokio::select! {
            readiness = timeout(READY, ready(&mut child)) => readiness,
            () = unwanted => {
                give_up(child).await;
                return Err(failure(FailureCode::LocalGateway, Reason::StoppedTooSoon));
            }
        };
        match readiness {
            Ok(Some(address)) => {
                let neighbour = found.ok_or_else(|| failure(FailureCode::LocalGateway, Reason::EndedFromOutside))?;
                let body = Body::Child { child: Box::new(child), stdin, stay: Stay::WithTheConsole };
                let mut process = Self { body, speech, log: log.clone(), address, neighbour };
                process.rule(plan.stay).await;
                Ok(process)
            }
            Ok(None) => match timeout(FAREWELL, child.wait()).await {
                Ok(Ok(status)) => {
                    speech.catch_up();
                    Err(explain_start(log, status, plan.port))
                }
                _ => {
                    give_up(child).await;
                    Err(failure(FailureCode::LocalGateway, Reason::SaysNothing))
                }
            },
            Err(_) => {
                give_up(child).await;
                Err(failure(FailureCode::LocalGateway, Reason::NotReady { seconds: READY.as_secs() as u32 }))
            }
        }
    }

    /// Takes over one that has been found to be ours.
    pub(super) fn adopt(record: Record, plan: &Plan, log: &Log) -> Result<Self, Failure> {
        let speech = Speech::listen(&plan.data, log.clone(), plan.secret.clone());
        let speech = speech.map_err(|error| no_log(&plan.data, &error))?;
        let Record { process, address } = record;
        // It has just proved who it is: from here on it is known in the best way that this system has.
        let neighbour = Neighbour::find(process.pid).unwrap_or(process);
        Ok(Self { body: Body::Adopted, speech, log: log.clone(), address, neighbour })
    }

    /// Whether it was started by a console before this one.
    pub(super) const fn is_adopted(&self) -> bool {
        matches!(self.body, Body::Adopted)
    }

    /// Waits for its end, which nobody asked for, and says how it ended.
    pub(super) async fn ended(&mut self) -> Reason {
        let end = async {
            match &mut self.body {
                Body::Child { child, .. } => Some(child.wait().await),
                Body::Adopted => {
                    self.neighbour.ended().await;
                    None
                }
            }
        };
        let end = tokio::select! {
            end = end => end,
            () = self.speech.follow() => None,
        };
        self.speech.catch_up();
        match end {
            Some(Ok(status)) => explain(&self.log, status),
            Some(Err(error)) => Reason::said(error.to_string()),
            None => self.log.last().map_or(Reason::EndedFromOutside, Reason::said),
        }
    }

    /// Asks it to end, and makes it end where it has not done so in time.
    pub(super) async fn stop(mut self, patience: Duration) {
        match &mut self.body {
            Body::Child { child, stdin, stay } => {
                drop(stdin.take());
                if *stay == Stay::OnItsOwn {
                    self.neighbour.ask_to_end();
                }
                if timeout(patience, child.wait()).await.is_err() {
                    tracing::warn!(pid = self.neighbour.pid, "the local gateway did not end in time and is killed");
                    if let Err(error) = child.kill().await {
                        tracing::warn!(%error, "it could not be killed");
                    }
                }
            }
            Body::Adopted => self.neighbour.end(patience).await,
        }
        self.speech.catch_up();
    }

    /// Tells it what to do when the console ends. One that was adopted goes on anyway.
    pub(super) async fn rule(&mut self, wanted: Stay) {
        if let Body::Child { stdin: Some(pipe), stay, .. } = &mut self.body
            && *stay != wanted
        {
            let line = match wanted {
                Stay::OnItsOwn => STAY,
                Stay::WithTheConsole => END,
            };
            match pipe.write_all(line).await {
                Ok(()) => *stay = wanted,
                Err(error) => tracing::warn!(%error, "the local gateway cannot be told whether to stay"),
            }
        }
    }
}

async fn give_up(mut child: Child) {
    if let Err(error) = child.kill().await {
        tracing::warn!(%error, "a gateway that was not ready could not be killed");
    }
}

fn no_log(data: &Path, error: &std::io::Error) -> Failure {
    let (path, error) = (data.display().to_string(), error.to_string());
    failure(FailureCode::LocalGateway, Reason::NoLog { path, error })
}

fn command(program: &Path, data: &Path, port: u16, mouth: std::fs::File) -> Command {
    let mut command = Command::new(program);
    command
        .arg("serve")
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .arg("--data-dir")
        .arg(data)
        .arg("--secret-stdin")
        // The gateway takes every other name of this form for a key of its configuration, and refuses unknown ones.
        .env_remove(PROGRAM)
        .env_remove(paths::OVERRIDE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(mouth);
    // Whoever interrupts the console at a terminal does not interrupt a gateway that is to stay; others end with their input.
    #[cfg(unix)]
    command.process_group(0);
    // A program for a terminal that is started by one without: it would open a window of its own, which ends it when closed.
    #[cfg(windows)]
    command.creation_flags(CREATE_NO_WINDOW);
    command
}

/// The address of the ready line; `None` where standard output closes without one.
async fn ready(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Ok(Ready { event, addr }) = serde_json::from_str(&line)
            && event == "ready"
        {
            // Whatever else it prints must not fill the pipe and stop it.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some(addr);
        }
    }
    None
}

/// How it ended. What is killed has no time to say why, and its last line is about something else.
fn explain(log: &Log, status: ExitStatus) -> Reason {
    let said = status.code().and_then(|_| log.last());
    said.map_or_else(|| Reason::Ended { status: status.to_string() }, |said| Reason::said(format!("{said} ({status})")))
}

/// What an end before readiness means; the codes are the gateway's promise.
fn explain_start(log: &Log, status: ExitStatus, port: u16) -> Failure {
    let said = |otherwise| log.last().map_or(otherwise, Reason::said);
    match status.code() {
        Some(2) => failure(FailureCode::LocalGateway, said(Reason::WrongConfiguration)),
        Some(3) => failure(FailureCode::PortInUse, Reason::PortTaken { port }),
        Some(4) => failure(FailureCode::StoreDamaged, said(Reason::StoreDamaged)),
        _ => failure(FailureCode::LocalGateway, explain(log, status)),
    }
}

#[cfg(all(unix, test))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::neighbour::Birth;
    use super::*;
    use crate::credentials::LocalSecret;

    #[tokio::test]
    async fn a_child_that_cannot_be_asked_to_end_is_made_to() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("signalbox-server");
        let script = "#!/bin/sh\necho '{\"event\":\"ready\",\"addr\":\"127.0.0.1:9\"}'\nexec sleep 600\n";
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.path().to_owned();
        let plan = Plan { port: 0, data, secret: LocalSecret::new("hush"), stay: Stay::OnItsOwn };
        let mut process = Process::start(&program, &plan, &Log::default(), std::future::pending())
            .await
            .unwrap_or_else(|_| panic!("it starts"));
        let child = process.neighbour.clone();
        process.neighbour.born = Birth::Remembered(0);
        process.stop(Duration::from_millis(300)).await;
        assert!(!child.lives());
    }
}
