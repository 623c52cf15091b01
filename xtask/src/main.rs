//! `cargo xtask`: the project's commands. This file is the table of them and nothing else.

mod codegen;
mod project;

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
    /// Write the page's TypeScript from the protocol.
    Codegen,
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Codegen => codegen::write(),
    }
}
