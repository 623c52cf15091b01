//! The servers that are measured: how each is started and ended. All of them speak the same `/web`, check the same tokens
//! (but for the bare library, which checks none), listen on a free port and say so as one line of JSON.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::Value;
use tempfile::TempDir;

use crate::{project, setup};

/// What everybody's tokens are signed with. The servers listen on this machine alone, for as long as they are measured.
pub const SECRET: &str = "a secret for as long as the measurement takes";

/// Everything switched on, with limits that nobody reaches. What nobody else does is the announcing of who comes and goes.
const CONFIGURATION: &str = r#"
listen = "127.0.0.1:0"
presence.announce_up_to = 0

[limits.events]
"/web ping" = 1000000000
"/web room:join" = 1000000000
"/web room:message" = 1000000000
"#;

/// A server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Contestant {
    /// Ours.
    Gateway,
    /// The library that it is built on.
    Bare,
    /// socket.io on Node.js.
    Node,
    /// socket.io on Bun.
    Bun,
}

/// A server that runs. Dropping it ends it.
pub struct Running {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// Held open: a server that says more must not fail for it.
    _words: BufReader<ChildStdout>,
    folder: TempDir,
}

/// Where the peers are.
pub fn peers() -> PathBuf {
    project::root().join("tests/peers")
}

/// A program that was built with optimisation.
pub fn program(name: &str) -> PathBuf {
    project::target().join("release").join(name)
}

/// Where the bare library is built: from the published crates, and so apart from ours.
pub fn bare_library() -> PathBuf {
    project::target().join("bare")
}

/// Runs a program with as many open files as the system lets it have: each connection is one. The id stays the program's.
pub fn unbounded(program: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"ulimit -n "$(ulimit -H -n)" && exec "$@""#, "sh"]).arg(program);
    shell
}

impl Contestant {
    /// All, in the order in which they take turns.
    pub const ALL: [Self; 4] = [Self::Gateway, Self::Bare, Self::Node, Self::Bun];

    /// What it is called in the table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Bare => "bare library",
            Self::Node => "Node",
            Self::Bun => "Bun",
        }
    }

    /// Whether it comes from npm.
    pub fn is_peer(self) -> bool {
        matches!(self, Self::Node | Self::Bun)
    }

    /// Starts it, and waits until it accepts connections.
    pub fn start(self) -> Result<Running> {
        let folder = TempDir::with_prefix("signalbox-bench-").context("no folder for temporary files")?;
        let log = File::create(log(&folder))?;
        let mut command = self.command(folder.path())?;
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let mut words = BufReader::new(child.stdout.take().context("standard output is piped")?);
        let mut line = String::new();
        words.read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).unwrap_or_default();
        let mut running = Running { child, address: String::new(), _words: words, folder };
        let Some(address) = ready["addr"].as_str() else { bail!("{} did not start: {}", self.title(), running.log()) };
        running.address = address.to_owned();
        Ok(running)
    }

    fn command(self, folder: &Path) -> Result<Command> {
        Ok(match self {
            Self::Gateway => {
                let file = folder.join("signalbox.toml");
                fs::write(&file, format!("auth.jwt_secret = \"{SECRET}\"\n{CONFIGURATION}"))?;
                let mut gateway = unbounded(&program("signalbox-server"));
                gateway.args(["serve", "--config"]).arg(file).arg("--data-dir").arg(folder.join("data"));
                for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SIGNALBOX_")) {
                    gateway.env_remove(name);
                }
                gateway
            }
            Self::Bare => unbounded(&bare_library().join("release/bare-library")),
            Self::Node => peer(Path::new("node"), "node.mjs"),
            Self::Bun => peer(&peers().join("node_modules/bun/bin/bun.exe"), "bun.mjs"),
        })
    }
}

fn peer(runtime: &Path, script: &str) -> Command {
    let mut command = unbounded(runtime);
    command.arg(script).current_dir(peers()).env("PATH", setup::path_with_node());
    command.env("PEER_SECRET", SECRET).env("NODE_ENV", "production");
    command
}

fn log(folder: &TempDir) -> PathBuf {
    folder.path().join("log")
}

impl Running {
    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The last of what it has said.
    pub fn log(&self) -> String {
        let text = fs::read_to_string(log(&self.folder)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end, and nothing to be done about it here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
