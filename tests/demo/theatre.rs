//! The gateway that the demo plays on: its folder, its process, its operator.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use signalbox_protocol::admin::Role;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// The operator's name.
pub const OPERATOR: &str = "demo";

/// A running gateway with one operator.
#[derive(Debug)]
pub struct Theatre {
    dir: TempDir,
    gateway: Child,
    /// While it is open, the gateway runs.
    lifeline: Option<ChildStdin>,
    address: SocketAddr,
    secret: String,
    password: String,
}

impl Theatre {
    /// Starts the gateway on the port, after its account has been made.
    pub async fn open(port: u16) -> Result<Self> {
        let dir = TempDir::with_prefix("signalbox-demo-").context("cannot make a folder for the demo")?;
        let (secret, password) = (random(4), random(1));
        let subcommand = ["account", "add", OPERATOR, "--role", Role::Admin.as_str(), "--password-stdin"];
        add_account(command(&dir, &subcommand), &password).await?;

        let listen = format!("127.0.0.1:{port}");
        let mut serve = command(&dir, &["serve", "--listen", &listen, "--secret-stdin"]);
        let log = std::fs::File::create(dir.path().join("gateway.log"))?;
        serve.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        // The population says where it comes from as a proxy does.
        serve.env("SIGNALBOX_PROXY__TRUSTED", "127.0.0.1");
        if std::env::var_os("RUST_LOG").is_none() {
            serve.env("RUST_LOG", "warn");
        }
        let mut gateway = serve.spawn().context("cannot start the gateway")?;
        let mut lifeline = gateway.stdin.take().context("the gateway has no standard input")?;
        lifeline.write_all(format!("{secret}\n").as_bytes()).await?;
        let mut lines = BufReader::new(gateway.stdout.take().context("the gateway has no standard output")?).lines();
        let Some(ready) = lines.next_line().await? else {
            let log = std::fs::read_to_string(dir.path().join("gateway.log")).unwrap_or_default();
            bail!("the gateway did not start: {}", log.trim());
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let ready: Value = serde_json::from_str(&ready).context("the gateway's ready line is not JSON")?;
        let address = ready["addr"].as_str().context("the gateway's ready line has no address")?.parse()?;
        Ok(Self { dir, gateway, lifeline: Some(lifeline), address, secret, password })
    }

    /// Where the gateway listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What tokens are signed with.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The operator's password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Waits until the gateway ends by itself, which it should not.
    pub async fn collapsed(&mut self) -> anyhow::Error {
        let status = self.gateway.wait().await;
        let log = std::fs::read_to_string(self.dir.path().join("gateway.log")).unwrap_or_default();
        let last = log.lines().last().unwrap_or_default();
        anyhow!("the gateway ended by itself ({status:?}): {last}")
    }

    /// Ends the gateway, and the folder with it.
    pub async fn close(mut self) {
        self.lifeline.take();
        if tokio::time::timeout(Duration::from_secs(12), self.gateway.wait()).await.is_err() {
            eprintln!("The gateway did not end in time; it is killed.");
            let _ = self.gateway.kill().await;
        }
    }
}

/// The gateway's program on the demo's folder. It has a process group of its own, so that Ctrl-C reaches the demo alone,
/// which then ends the gateway after the population has left.
fn command(dir: &TempDir, subcommand: &[&str]) -> Command {
    let mut command = Command::new(support::gateway::program());
    command.args(subcommand).arg("--data-dir").arg(dir.path().join("data")).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}

async fn add_account(mut command: Command, password: &str) -> Result<()> {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().context("cannot start the gateway's program")?;
    let mut stdin = child.stdin.take().context("the program has no standard input")?;
    stdin.write_all(format!("{password}\n").as_bytes()).await?;
    drop(stdin);
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        bail!("cannot add the operator's account: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// Text that nobody can guess, 16 characters a word: each hasher of the standard library is keyed by the system.
fn random(words: usize) -> String {
    (0..words).map(|_| format!("{:016x}", RandomState::new().build_hasher().finish())).collect()
}
