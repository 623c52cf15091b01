//! `cargo xtask bench`: what the gateway costs beside the bare library and its peers, as a table with ratios.
//!
//! Owns the order of things: build, then in each run start each server by itself, drive it, and end it. What is done to a
//! server is in `tests/load`, what the peers are in `tests/peers`. Absolute figures drift with the machine; the ratios
//! within a run are what counts, and so the servers take turns within each run.

mod console;
mod contestant;
mod drive;
mod durability;
mod lines;
mod table;
mod versions;

use std::process::Command;

use anyhow::{Result, ensure};
use clap::Args;

use self::contestant::Contestant;
use self::drive::{Drive, Verdict};
use self::lines::Scenario;
use self::table::Results;
use crate::setup::Consent;
use crate::steps::{self, Step};
use crate::{project, setup};

/// What is measured, and how thoroughly.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    consent: Consent,
    /// Something else than the cost.
    subject: Option<Subject>,
    /// How often everything is measured; the median counts. 5, or 1 with `--quick`.
    #[arg(long)]
    runs: Option<usize>,
    /// Only these scenarios.
    #[arg(long, value_name = "SCENARIO")]
    only: Vec<Scenario>,
    /// Only these servers; the ratios to the others are missing then.
    #[arg(long, value_name = "SERVER")]
    server: Vec<Contestant>,
    /// Shorter measurements of fewer connections, for a first look.
    #[arg(long)]
    quick: bool,
    /// With one subscriber to the gateway's feed, who reads all of it.
    #[arg(long)]
    watched: bool,
}

/// What is measured besides the cost.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Subject {
    /// What power cuts cost those who publish.
    Durability,
    /// How quick the console is with 100 000 users and 10 000 entries a second.
    Console,
}

/// How long is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thoroughness {
    /// For a first look.
    Quick,
    /// All of it.
    Whole,
}

/// Builds, measures, and prints the table.
pub fn run(options: &Options) -> Result<()> {
    let how = if options.quick { Thoroughness::Quick } else { Thoroughness::Whole };
    match options.subject {
        Some(Subject::Durability) => return durability::run(),
        Some(Subject::Console) => return console::run(how, options.consent),
        None => {}
    }
    ensure!(cfg!(target_os = "linux"), "processor time and memory are read from /proc, which only Linux has");
    let contestants = chosen(&options.server, &Contestant::ALL);
    let scenarios = chosen(&options.only, &Scenario::ALL);
    let report = steps::run(preparations(&contestants));
    ensure!(report.succeeded(), "not everything could be prepared; what to do is said above");

    let drive = if options.quick { Drive::quick() } else { Drive::thorough() };
    let drive = if options.watched { drive.watched() } else { drive };
    let runs = options.runs.unwrap_or(if options.quick { 1 } else { 5 });
    let mut results = Results::default();
    for run in 0..runs {
        for &scenario in &scenarios {
            for &contestant in &contestants {
                let verdict = drive.once(contestant, scenario)?;
                let what = format!("run {} of {runs}, {}, {}", run + 1, scenario.name(), contestant.title());
                match &verdict {
                    Verdict::Void(why) => println!("{what}: void, {why}"),
                    Verdict::Counts(figures) => println!("{what}: {}", table::in_a_line(figures)),
                }
                results.add(run, scenario, contestant, verdict);
            }
        }
    }
    println!("\n{}", table::machine());
    println!("{}", versions::all(&contestants));
    print!("{}", table::table(&results, &scenarios, runs));
    Ok(())
}

/// What was asked for, or everything, in the usual order.
fn chosen<T: Copy + PartialEq>(asked: &[T], all: &[T]) -> Vec<T> {
    all.iter().copied().filter(|one| asked.is_empty() || asked.contains(one)).collect()
}

fn preparations(contestants: &[Contestant]) -> Vec<Step> {
    let mut steps = vec![built("gateway and load generator", |cargo| {
        cargo.args(["--package", "signalbox-server", "--package", "signalbox-load"]).current_dir(project::root());
    })];
    if contestants.contains(&Contestant::Bare) {
        steps.push(built("bare library", |cargo| {
            cargo.arg("--target-dir").arg(contestant::bare_library()).current_dir(project::root().join("tests/bare"));
        }));
    }
    if contestants.iter().any(|one| one.is_peer()) {
        let packages = Step::preparation("peers", |log| setup::npm_packages(&contestant::peers(), log));
        steps.push(packages.hint(setup::FETCH_HINT));
    }
    steps
}

fn built(title: &'static str, what: fn(&mut Command)) -> Step {
    let step = Step::preparation(title, move |log| {
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--locked", "--release"]);
        what(&mut cargo);
        log.run(&mut cargo)
    });
    step.on_target().hint("read the first error above; an unfinished change in the sources is the usual cause")
}
