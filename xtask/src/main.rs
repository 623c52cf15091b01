//! `cargo xtask`: the project's commands. This file is the table of them and nothing else.

mod bench;
mod browser;
mod codegen;
mod demo;
mod dist;
mod page;
mod project;
mod run;
mod setup;
mod shot;
mod steps;
mod tally;
mod test;
mod tidy;
mod window;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and open the console.
    Run(run::Options),
    /// Run every check and every test.
    Test(test::Options),
    /// Run a gateway with a lively population, for the console to look at.
    Demo(demo::Demo),
    /// Take pictures of every page of the console, light and dark.
    Shot(shot::Options),
    /// Measure what the gateway costs, beside the bare library, Node.js and Bun; or how quick the console is.
    Bench(bench::Options),
    /// Make the packages of this system, with the gateway in them.
    Dist(dist::Options),
    /// Check the rules of the house.
    Tidy,
    /// Write the page's TypeScript from the protocol, and the OpenAPI document from the gateway's routes.
    Codegen,
}

fn main() -> ExitCode {
    match perform(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> Result<ExitCode> {
    match command {
        Command::Run(options) => run::run(&options),
        Command::Test(options) => return Ok(test::run(&options)),
        Command::Demo(demo) => demo::play(&demo),
        Command::Shot(options) => shot::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Dist(options) => dist::run(&options),
        Command::Tidy => tidy::run(),
        Command::Codegen => codegen::write(),
    }
    .map(|()| ExitCode::SUCCESS)
}
