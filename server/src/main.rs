//! The gateway's program. Everything is in the library; this is the way in and the exit code.

use std::num::NonZero;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;
use signalbox_server::{cli::Cli, log};
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start();
    let runtime = match Builder::new_multi_thread().worker_threads(workers()).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}

/// One processor is left to the kernel, the store and whatever stands in front. Threads that share all processors with
/// those take each other's work and caches: on two processors a delivery costs a third less with one of them.
fn workers() -> usize {
    available_parallelism().map_or(1, |processors| NonZero::get(processors).saturating_sub(1).max(1))
}
