//! Tools that only the tests use, kept in `target/tools`, away from the rest of the machine.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project;
use crate::steps::Log;

/// The version of tauri-driver that the window test was written with.
const TAURI_DRIVER: &str = "^2";

/// Installs tauri-driver, which stands between the window test and WebKit's WebDriver.
pub fn tauri_driver(log: &Log) -> Result<()> {
    let folder = project::tools();
    if folder.join("bin").join(format!("tauri-driver{}", std::env::consts::EXE_SUFFIX)).is_file() {
        return log.write_line("tauri-driver is there: nothing to install");
    }
    let mut command = Command::new("cargo");
    command.args(["install", "tauri-driver", "--locked", "--version", TAURI_DRIVER, "--root"]).arg(&folder);
    // A target folder of its own: otherwise it waits for the lock of the build beside it.
    command.env("CARGO_TARGET_DIR", folder.join("build"));
    log.run(&mut command)
}

/// Makes a virtual environment with the Python packages that the client tests name.
pub fn python_packages(log: &Log) -> Result<()> {
    let requirements = project::root().join("tests/clients/requirements.txt");
    let wanted = fs::read(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let stamp = project::python_environment().join(".installed-from");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return log.write_line("requirements.txt has not changed: nothing to install");
    }
    log.run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(project::python_environment()))?;
    let pip = python().with_file_name("pip");
    log.run(Command::new(pip).args(["install", "--quiet", "--requirement"]).arg(&requirements))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// The virtual environment's Python.
pub fn python() -> PathBuf {
    project::python_environment().join("bin/python3")
}
