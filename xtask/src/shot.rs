//! `cargo xtask shot`: pictures of every page of the real console, light and dark, in `target/shots`.
//!
//! The demo gives it something to show; the virtual desktop and the way through the pages are in `tests/window`. This file
//! builds what they need and must never know the pages.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::setup::{self, Consent, Purpose};
use crate::steps::{self, Step};
use crate::{demo, page, project, window};

/// How the pictures are taken.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    consent: Consent,
    /// How many seconds the console watches before it is pictured, so that its charts have a past.
    #[arg(long, default_value_t = 180)]
    after: u32,
}

const BUILD: &str = "gateway and console";

/// Builds, takes the pictures, and says where they are.
pub fn run(options: &Options) -> Result<()> {
    setup::prepare(Purpose::Tests, options.consent)?;
    let after = options.after;
    let report = steps::run(vec![
        page::packages(),
        page::build(),
        window::packages(),
        window::driver(),
        Step::preparation(BUILD, |log| {
            let mut cargo = Command::new("cargo");
            cargo.args(["build", "--locked", "--package", "signalbox-server", "--package", "signalbox"]);
            log.run(cargo.current_dir(project::root()))
        })
        .after(&[page::BUILD])
        .on_target(),
        Step::preparation("pictures", move |log| {
            let program = demo::build()?;
            let mut shots = setup::npm(&window::folder());
            shots.args(["run", "shots"]).env("SIGNALBOX_DEMO", program).env("SIGNALBOX_SHOTS", folder());
            log.run(shots.env("SIGNALBOX_SHOTS_AFTER", after.to_string()))
        })
        .after(&[BUILD, window::PACKAGES, window::DRIVER])
        .on_target()
        .hint("the logs of the desktop's programs are in target/shots/logs"),
    ]);
    ensure!(report.succeeded(), "there are no pictures; what to do is said above");
    let count = std::fs::read_dir(folder())
        .with_context(|| format!("cannot read {}", folder().display()))?
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "png")))
        .count();
    println!("{count} pictures are in {}", folder().display());
    Ok(())
}

fn folder() -> PathBuf {
    project::target().join("shots")
}
