//! Power cuts while 500 messages a second are published, counted: `cargo xtask bench durability`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use support::Gateway;
use support::power_cut::power_cut;

#[derive(Parser)]
struct Options {
    /// How often.
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// After so many acknowledgements.
    #[arg(long, default_value_t = 500)]
    after: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Options { rounds, after } = Options::parse();
    let mut gateway = Gateway::start().await;
    let (mut acknowledged, mut lost, mut slowest) = (0, 0, Duration::ZERO);
    println!("power cut   acknowledged   lost   ready again after");
    for round in 0..rounds {
        let cut;
        (gateway, cut) = power_cut(gateway, round, after).await;
        println!("{:9}   {:12}   {:4}   {:.0?}", round + 1, cut.acknowledged, cut.lost, cut.ready);
        acknowledged += cut.acknowledged;
        lost += cut.lost;
        slowest = slowest.max(cut.ready);
    }
    println!("{rounds} power cuts: {acknowledged} acknowledged, {lost} lost, ready again after {slowest:.0?} at most");
    if lost == 0 && slowest < Duration::from_secs(1) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
