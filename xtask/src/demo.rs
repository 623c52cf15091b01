//! `cargo xtask demo`: builds the gateway and its population, and hands over to it.
//!
//! What is played is in `tests/demo/`; this file must never know it. On Unix the demo takes this process's place, so that
//! Ctrl-C reaches it alone and it can end what it started.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::project;

/// What the demo is played with.
#[derive(Debug, Clone, clap::Args)]
pub struct Demo {
    /// How many users.
    #[arg(long, default_value_t = 300)]
    users: u16,
    /// The same seed gives the same population.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The gateway's port; 0 takes a free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

/// Plays until Ctrl-C.
pub fn play(demo: &Demo) -> Result<()> {
    let program = build()?;
    let mut command = Command::new(&program);
    command
        .args(["--users", &demo.users.to_string()])
        .args(["--seed", &demo.seed.to_string()])
        .args(["--port", &demo.port.to_string()]);
    hand_over(command).with_context(|| format!("cannot run {}", program.display()))
}

/// Builds the gateway and the demo, and says where the demo is. For programs that need something to look at: with
/// `--json` it prints one line, `{"event":"ready","url":…,"name":…,"password":…}`, and SIGTERM ends it.
pub fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(project::root());
    command.args(["build", "--quiet", "--package", "signalbox-server", "--package", "signalbox-tests", "--bins"]);
    if !command.status().context("cannot start cargo")?.success() {
        bail!("the gateway or the demo does not build; cargo says why above");
    }
    Ok(project::target().join("debug").join(format!("signalbox-demo{}", std::env::consts::EXE_SUFFIX)))
}

#[cfg(unix)]
fn hand_over(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn hand_over(mut command: Command) -> Result<()> {
    let status = command.status()?;
    if !status.success() {
        bail!("the demo ended with {status}");
    }
    Ok(())
}
