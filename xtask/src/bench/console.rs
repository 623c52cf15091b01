//! `cargo xtask bench console`: how quick the real console is with very many users and entries. What is done is in
//! `tests/window/speed.mjs`, and the feed that it watches in `tests/torrent`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use super::Thoroughness;
use crate::setup::{self, Consent, Purpose};
use crate::steps::{self, Step};
use crate::{page, project, window};

const BUILD: &str = "console and feed";

/// Builds the console as a person gets it, and measures it in its window.
pub(super) fn run(how: Thoroughness, consent: Consent) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "only WebKitGTK, on Linux, can be driven");
    setup::prepare(Purpose::Tests, consent)?;
    let seconds = match how {
        Thoroughness::Quick => 20,
        Thoroughness::Whole => 600,
    };
    let report = steps::run(vec![
        page::packages(),
        page::build(),
        window::packages(),
        window::driver(),
        Step::preparation(BUILD, |log| {
            let mut cargo = Command::new("cargo");
            cargo.args(["build", "--locked", "--release", "--package", "signalbox", "--package", "signalbox-server"]);
            cargo.args(["--package", "signalbox-tests", "--bins"]);
            log.run(cargo.current_dir(project::root()))
        })
        .after(&[page::BUILD])
        .on_target(),
    ]);
    ensure!(report.succeeded(), "not everything could be prepared; what to do is said above");
    let mut speed = setup::npm(&window::folder());
    speed.args(["run", "speed"]).env("SIGNALBOX_SPEED", folder()).env("SIGNALBOX_SPEED_SECONDS", seconds.to_string());
    for (name, program) in [
        ("SIGNALBOX_TORRENT", "signalbox-torrent"),
        ("SIGNALBOX_APP", "signalbox"),
        ("SIGNALBOX_SERVER", "signalbox-server"),
    ] {
        speed.env(name, project::target().join("release").join(program));
    }
    ensure!(speed.status()?.success(), "it was not measured to the end; the logs are in {}", folder().display());
    Ok(())
}

fn folder() -> PathBuf {
    project::target().join("speed")
}
