//! One run of the gateway's process: how it is started, when it is ready, and what its end means.

use std::collections::VecDeque;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;
use signalbox_protocol::ipc::{Failure, FailureCode};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{PROGRAM, Plan};
use crate::failure::advised;
use crate::paths;

/// A first start makes a database and hashes nothing; this is for a machine that is very busy.
const READY: Duration = Duration::from_secs(30);
/// The gateway promises to end within 10 s.
const FAREWELL: Duration = Duration::from_secs(11);
/// What is kept of what it says, to explain an end.
const LAST_WORDS: usize = 20;

/// A gateway that accepts connections.
pub(super) struct Process {
    child: Child,
    /// The gateway ends when this closes, also where the console was killed.
    stdin: Option<ChildStdin>,
    said: LastWords,
    ear: Ear,
    /// Where it listens.
    pub(super) address: String,
    /// Its process id.
    pub(super) pid: u32,
}

/// Reads what it says until it has said all.
type Ear = Option<JoinHandle<()>>;

/// The last lines of its standard error.
#[derive(Clone, Default)]
struct LastWords(Arc<Mutex<VecDeque<String>>>);

/// The line that says that it accepts connections.
#[derive(Deserialize)]
struct Ready {
    event: String,
    addr: String,
}

impl Process {
    /// Starts the gateway and waits until it accepts connections.
    pub(super) async fn start(program: &Path, data: &Path, plan: &Plan) -> Result<Self, Failure> {
        let mut child = command(program, data, plan.port).spawn().map_err(|error| {
            let message = format!("{} cannot be started: {error}.", program.display());
            advised(FailureCode::LocalGateway, message, "Check that the file may be executed.")
        })?;
        let said = LastWords::default();
        let mut ear: Ear = child.stderr.take().map(|stderr| tokio::spawn(said.clone().follow(stderr)));
        let mut stdin = child.stdin.take();
        if let Some(pipe) = &mut stdin {
            let line = format!("{}\n", plan.secret.expose());
            // A gateway that does not read has ended or is about to; its exit code says why.
            let _ = pipe.write_all(line.as_bytes()).await;
        }
        let ready = timeout(READY, ready(&mut child)).await;
        let pid = child.id().unwrap_or_default();
        match ready {
            Ok(Some(address)) => Ok(Self { child, stdin, said, ear, address, pid }),
            Ok(None) => match timeout(FAREWELL, child.wait()).await {
                Ok(Ok(status)) => {
                    hear_out(&mut ear).await;
                    Err(said.failure(status, plan.port))
                }
                _ => {
                    Err(advised(FailureCode::LocalGateway, "The gateway said nothing and does not end.", "Try again."))
                }
            },
            Err(_) => Err(advised(
                FailureCode::LocalGateway,
                format!("The gateway was not ready within {} s.", READY.as_secs()),
                "Try again when the machine is less busy.",
            )),
        }
    }

    /// Waits for its end, which nobody asked for, and says how it ended.
    pub(super) async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => {
                hear_out(&mut self.ear).await;
                self.said.explain(status)
            }
            Err(error) => error.to_string(),
        }
    }

    /// Asks it to end, and makes it end where it does not.
    pub(super) async fn stop(mut self) {
        drop(self.stdin.take());
        if timeout(FAREWELL, self.child.wait()).await.is_err() {
            tracing::warn!(pid = self.pid, "the local gateway did not end in time and is killed");
            if let Err(error) = self.child.kill().await {
                tracing::warn!(%error, "it could not be killed");
            }
        }
    }
}

fn command(program: &Path, data: &Path, port: u16) -> Command {
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
        .stderr(Stdio::piped())
        .kill_on_drop(true);
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

/// The last words can still be in the pipe when the process has ended. A child of its own may hold the pipe for longer.
async fn hear_out(ear: &mut Ear) {
    if let Some(task) = ear {
        let _ = timeout(Duration::from_secs(1), task).await;
    }
    *ear = None;
}

impl LastWords {
    async fn follow(self, stderr: impl AsyncRead + Unpin) {
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            tracing::debug!(target: "signalbox_core::local", "{line}");
            let mut kept = self.0.lock();
            if kept.len() == LAST_WORDS {
                kept.pop_front();
            }
            kept.push_back(line);
        }
    }

    /// The last thing that it said, which by its promise is one plain sentence.
    fn last(&self) -> Option<String> {
        let kept = self.0.lock();
        let line = kept.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty())?;
        Some(line.strip_prefix("error: ").unwrap_or(line).to_owned())
    }

    /// How it ended. What is killed has no time to say why, and its last line is about something else.
    fn explain(&self, status: ExitStatus) -> String {
        let said = status.code().and_then(|_| self.last());
        said.map_or_else(|| status.to_string(), |said| format!("{said} ({status})"))
    }

    /// What an end before readiness means; the codes are the gateway's promise.
    fn failure(&self, status: ExitStatus, port: u16) -> Failure {
        let said = |otherwise: &str| self.last().unwrap_or_else(|| otherwise.to_owned());
        match status.code() {
            Some(2) => advised(
                FailureCode::LocalGateway,
                said("The gateway's configuration is wrong."),
                "Correct it, or the environment variables that begin with SIGNALBOX_.",
            ),
            Some(3) => advised(
                FailureCode::PortInUse,
                format!("Port {port} is taken by another program."),
                "Choose another port, or 0 for a free one.",
            ),
            Some(4) => advised(
                FailureCode::StoreDamaged,
                said("The gateway's database is damaged."),
                "Put a backup in its place, or move the folder away to begin anew.",
            ),
            _ => advised(
                FailureCode::LocalGateway,
                format!("The gateway ended before it was ready: {}", self.explain(status)),
                "Try again.",
            ),
        }
    }
}
