//! `cargo xtask bench durability`: what power cuts cost those who publish. What is done is in `tests/power_cuts.rs`.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::project;

/// Builds the gateway and cuts its power, again and again.
pub(super) fn run() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.current_dir(project::root()).args(["build", "--locked", "--release", "--bins"]);
    build.args(["--package", "signalbox-server", "--package", "signalbox-tests"]);
    ensure!(build.status().context("cannot start cargo")?.success(), "it does not build; cargo says why above");
    let program =
        project::target().join("release").join(format!("signalbox-power-cuts{}", std::env::consts::EXE_SUFFIX));
    let status = Command::new(&program).status().with_context(|| format!("cannot run {}", program.display()))?;
    ensure!(status.success(), "something that was acknowledged was lost, or the gateway took too long to come back");
    Ok(())
}
