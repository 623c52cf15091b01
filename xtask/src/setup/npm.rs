//! npm packages: installed again only where the lock file has changed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project;
use crate::steps::Log;

/// Stands in `node_modules`, a copy of the lock file that it was made from; it goes when the folder goes.
const STAMP: &str = "node_modules/.installed-from";

/// Installs what the lock file of a folder names.
pub fn install(folder: &Path, log: &Log) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    if fs::read(folder.join(STAMP)).is_ok_and(|installed| installed == wanted) {
        return log.write_line("package-lock.json has not changed: nothing to install");
    }
    // Not `npm ci`: it refuses a lock file that lacks an optional program of another system, and a registry that mirrors
    // only some of them cannot produce any other. This takes the same versions and leaves the lock file alone; that it
    // fits package.json is a rule of `tidy`.
    log.run(npm(folder).args(["install", "--no-save", "--no-audit", "--no-fund"]))?;
    fs::write(folder.join(STAMP), wanted).with_context(|| format!("cannot write {STAMP}"))
}

/// npm, in a folder.
pub fn npm(folder: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder).env("PATH", super::path_with_node());
    command
}

/// A script of the page's package.
pub fn page_script(name: &str) -> Command {
    let mut command = npm(&project::page());
    command.args(["run", name]);
    command
}
