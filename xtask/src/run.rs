//! `cargo xtask run`: from a fresh clone to an open console.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::setup::{self, Consent, Purpose};
use crate::steps::{self, Step};
use crate::{page, project};

/// What `run` can be told.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    consent: Consent,
    /// Build with optimisation: slower to build, faster to use.
    #[arg(long)]
    release: bool,
}

/// Whether a window can be opened here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Display {
    Here,
    Nowhere,
}

/// Prepares, builds, and opens.
pub fn run(options: &Options) -> Result<()> {
    let display = Display::find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if display == Display::Nowhere {
        println!(
            "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so no window can be opened.\n\
             The gateway is built and run alone."
        );
    }
    setup::prepare(if display == Display::Here { Purpose::Console } else { Purpose::Gateway }, options.consent)?;

    let profile = if options.release { "release" } else { "dev" };
    let report = steps::run(match display {
        Display::Here => console_steps(profile),
        Display::Nowhere => vec![build("gateway", profile, &["signalbox-server"])],
    });
    ensure!(report.succeeded(), "not everything could be built; what to do is said above");

    let folder = project::target().join(if options.release { "release" } else { "debug" });
    match display {
        Display::Here => open_console(folder.join(program("signalbox"))),
        Display::Nowhere => run_gateway(folder.join(program("signalbox-server"))),
    }
}

impl Display {
    /// Looks for a display server the way the window system does. macOS and Windows always have one.
    fn find(is_set: impl Fn(&str) -> bool) -> Self {
        if !cfg!(target_os = "linux") || is_set("WAYLAND_DISPLAY") || is_set("DISPLAY") {
            Self::Here
        } else {
            Self::Nowhere
        }
    }
}

fn console_steps(profile: &'static str) -> Vec<Step> {
    vec![
        page::packages(),
        page::build(),
        // One invocation, so that both are built from the same libraries; both programs end up in one folder, which is
        // where the console looks for the gateway.
        build("gateway and console", profile, &["signalbox-server", "signalbox"]).after(&[page::BUILD]),
    ]
}

fn build(name: &'static str, profile: &'static str, packages: &'static [&'static str]) -> Step {
    Step::preparation(name, move |log| {
        let mut command = Command::new("cargo");
        command.args(["build", "--locked", "--profile", profile]).current_dir(project::root());
        packages.iter().for_each(|package| {
            command.args(["--package", package]);
        });
        log.run(&mut command)
    })
    .on_target()
    .hint("read the first error above; an unfinished change in the sources is the usual cause")
}

fn open_console(program: PathBuf) -> Result<()> {
    println!("Opening the console. Close its window, or press Ctrl-C here, to end it.");
    let status = Command::new(&program).status().with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(status.success(), "the console ended with {status}; its log is above");
    Ok(())
}

fn run_gateway(program: PathBuf) -> Result<()> {
    println!(
        "Starting the gateway. Press Ctrl-C to end it.\n\
         To administer it from another machine's console, give yourself an account:\n  \
         {0} account add YOUR-NAME --role admin\n\
         and start it so that the other machine can reach it:\n  \
         {0} serve --listen 0.0.0.0:3000\n",
        program.display()
    );
    let status =
        Command::new(&program).arg("serve").status().with_context(|| format!("cannot start {}", program.display()))?;
    if !status.success() {
        bail!("the gateway ended with {status}; it says why above");
    }
    Ok(())
}

fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_window_needs_one_of_the_two_display_servers() {
        for (set, display) in
            [("DISPLAY", Display::Here), ("WAYLAND_DISPLAY", Display::Here), ("TERM", Display::Nowhere)]
        {
            assert_eq!(Display::find(|name| name == set), display, "{set}");
        }
    }
}
