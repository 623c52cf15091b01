//! `cargo xtask test`: every check and every test, with a table at the end.

use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::Args;

use crate::setup::{self, Consent, Purpose};
use crate::steps::{self, Log, Step};
use crate::tally::{self, Tally};
use crate::{browser, page, project, tidy, window};

/// What `test` can be told.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    consent: Consent,
    /// Leave out the window test: everything else, in a fraction of the time.
    #[arg(long)]
    fast: bool,
}

const BUILD: &str = "build";
const CLIENT_PACKAGES: &str = "official clients";
const PYTHON_PACKAGES: &str = "python client";

/// Prepares, and runs what there is to run. Its last line is the sum of what passed and failed, whatever happened.
pub fn run(options: &Options) -> ExitCode {
    let tally = match setup::prepare(Purpose::Tests, options.consent) {
        Ok(()) => run_steps(options),
        Err(error) => {
            println!("{error:#}");
            Tally::failed(1)
        }
    };
    println!("{tally}");
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_steps(options: &Options) -> Tally {
    let mut steps = everywhere();
    if !options.fast {
        steps.extend(in_a_window());
    }
    let report = steps::run(steps);
    println!("{}", report.table());
    report.tally()
}

/// What needs no window. The first in the list start first: they are short, or long and waited for.
fn everywhere() -> Vec<Step> {
    vec![
        check("format", || cargo(&["fmt", "--all", "--check"])).hint("run `cargo fmt --all`"),
        check("clippy", || cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
            .on_target(),
        page::packages(),
        Step::preparation(CLIENT_PACKAGES, |log| setup::npm_packages(&project::root().join("tests/clients"), log))
            .hint(setup::FETCH_HINT),
        Step::preparation(PYTHON_PACKAGES, setup::python_packages).hint(setup::FETCH_HINT),
        Step::new("tidy", |log| {
            let findings = tidy::findings()?;
            findings.iter().try_for_each(|finding| log.write_line(&finding.to_string()))?;
            Ok(if findings.is_empty() { Tally::passed(1) } else { Tally::failed(1) })
        })
        .hint("each finding says what to do; `cargo xtask tidy` shows them alone"),
        page::build(),
        page::check(),
        // Without xtask: a program that runs cannot be replaced on every system.
        Step::preparation(BUILD, |log| {
            log.run(&mut cargo(&["build", "--locked", "--workspace", "--exclude", "xtask"]))
        })
        .after(&[page::BUILD])
        .on_target()
        .hint("read the first error above"),
        Step::new("rust tests", rust_tests)
            .after(&[BUILD, CLIENT_PACKAGES, PYTHON_PACKAGES])
            .on_target()
            .hint("`cargo nextest run NAME` runs one of them alone"),
    ]
}

/// What drives the page in a browser and in the real window. Linux only: WebKitGTK is the one web view here that has a
/// driver.
fn in_a_window() -> Vec<Step> {
    if !cfg!(target_os = "linux") {
        println!("The window test is left out: only WebKitGTK, on Linux, can be driven.");
        return Vec::new();
    }
    vec![
        window::packages(),
        window::driver(),
        browser::packages(),
        browser::test().after(&[BUILD]),
        window::test().after(&[BUILD]),
    ]
}

/// A check that counts as one.
fn check(name: &'static str, command: impl FnOnce() -> Command + Send + 'static) -> Step {
    Step::new(name, move |log| log.check(&mut command()))
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(project::root());
    command
}

/// With cargo-nextest where it is installed, else with cargo's own runner.
fn rust_tests(log: &Log) -> Result<Tally> {
    let nextest = log.succeeds(&mut cargo(&["nextest", "--version"]))?;
    let mut command = if nextest {
        let profile = if std::env::var_os("CI").is_some() { "ci" } else { "default" };
        cargo(&["nextest", "run", "--profile", profile, "--locked", "--workspace", "--no-fail-fast"])
    } else {
        cargo(&["test", "--locked", "--workspace", "--no-fail-fast"])
    };
    // Some of the tests start Node.js: the official clients.
    command.env("PATH", setup::path_with_node());
    log.tests(&mut command, if nextest { &tally::NEXTEST } else { &tally::CARGO_TEST })
}
