//! Makes a machine ready: what the system must have, what npm and the other package managers must fetch.
//!
//! Owns the list of needs, the asking, and the installing. It must never know what the things are used for afterwards,
//! and it changes nothing outside the working tree without having shown the exact command first.

mod consent;
mod needs;
mod node;
mod npm;
mod packages;
mod tools;

use std::process::Command;

use anyhow::{Result, bail};

pub use consent::Consent;
pub use node::path as path_with_node;
pub use npm::{install as npm_packages, npm, page_script};
pub use tools::{python_packages, tauri_driver};

use needs::Need;
use packages::PackageManager;

/// What to do where something could not be fetched.
pub const FETCH_HINT: &str = "look whether this machine reaches the package registries; then try again";

/// What the machine is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Building and running the gateway.
    Gateway,
    /// Building and running the console as well.
    Console,
    /// Running every test as well.
    Tests,
}

/// Checks what the purpose needs, and installs what is missing where the system's package manager can.
pub fn prepare(purpose: Purpose, consent: Consent) -> Result<()> {
    println!("Looking for what is needed …");
    let missing = look(purpose);
    if !missing.is_empty() {
        install(&missing, consent)?;
        let still: Vec<Need> = look(purpose);
        if !still.is_empty() {
            bail!("still missing after the installation: {}.\n{}", names(&still), advice(&still));
        }
    }
    if purpose >= Purpose::Console {
        node::ensure()?;
    }
    println!("Everything that is needed is here.");
    Ok(())
}

fn look(purpose: Purpose) -> Vec<Need> {
    needs::of(purpose).into_iter().filter(|need| !need.is_met()).collect()
}

fn install(missing: &[Need], consent: Consent) -> Result<()> {
    println!("Missing: {}.", names(missing));
    let Some(manager) = PackageManager::find() else {
        bail!("no package manager that this command knows (apt, dnf, pacman) is here.\n{}", advice(missing));
    };
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages(manager)).copied().collect();
    let commands = manager.install(&packages)?;
    println!("To be run:");
    commands.iter().for_each(|command| println!("  {}", crate::steps::shown(command)));
    consent.ask()?;
    for mut command in commands {
        run_in_view(&mut command)?;
    }
    Ok(())
}

/// Runs a program whose output the person should see: it may ask for a password.
fn run_in_view(command: &mut Command) -> Result<()> {
    let shown = crate::steps::shown(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("`{shown}` failed ({status}). Its words are above; run it by hand, then try again."),
        Err(error) => bail!("`{shown}` could not be started: {error}"),
    }
}

fn names(needs: &[Need]) -> String {
    needs.iter().map(|need| need.what).collect::<Vec<_>>().join(", ")
}

fn advice(needs: &[Need]) -> String {
    needs.iter().map(|need| format!("  {}: {}", need.what, need.advice)).collect::<Vec<_>>().join("\n")
}
