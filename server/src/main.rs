//! The gateway's program. Everything is in the library; this is the way in and the exit code.

use std::process::ExitCode;

use clap::Parser;
use signalbox_server::{cli::Cli, log};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start();
    match cli.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}
