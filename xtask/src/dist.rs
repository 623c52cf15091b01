//! `cargo xtask dist`: the packages in which the console is given to people, with its gateway beside it.
//!
//! What is in a package is said in `tauri.conf.json`; only the gateway is named here, since every build of the console would
//! otherwise want it to be there. On Linux the package is also installed, started and removed, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::setup::{self, Consent, Purpose};
use crate::steps::{self, Log, Step};
use crate::{page, project, tally, window};

/// Which packages are made.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    consent: Consent,
    /// Which kinds: deb, rpm and appimage on Linux, nsis and msi on Windows, dmg and app on macOS.
    #[arg(long, value_delimiter = ',', value_name = "KIND")]
    bundles: Vec<String>,
    /// Without optimisation, for a look at the packages themselves.
    #[arg(long)]
    debug: bool,
}

/// How the programs are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    Release,
    Debug,
}

/// Built together: what both need is then built once.
const PROGRAMS: [&str; 4] = ["--package", "signalbox", "--package", "signalbox-server"];

const BUNDLER: &str = "bundler";
const GATEWAY: &str = "gateway";
const BUNDLES: &str = "packages";

/// What is made where nobody says otherwise: what can be made without fetching further programs.
const USUAL: &str = if cfg!(windows) {
    "nsis"
} else if cfg!(target_os = "macos") {
    "dmg"
} else {
    "deb"
};

/// Builds, makes the packages, tries the one that can be tried here, and says where they are.
pub fn run(options: &Options) -> Result<()> {
    setup::prepare(Purpose::Console, options.consent)?;
    let build = if options.debug { Build::Debug } else { Build::Release };
    let kinds = if options.bundles.is_empty() { vec![USUAL.to_owned()] } else { options.bundles.clone() };
    let tried = cfg!(target_os = "linux") && kinds.iter().any(|kind| kind == "deb");
    if tried {
        setup::prepare(Purpose::Tests, options.consent)?;
    }
    let report = steps::run(plan(build, kinds, tried));
    println!("{}", report.table());
    ensure!(report.succeeded(), "there is no package, or it does not work; what to do is said above");
    for package in packages(build)? {
        println!("{}", package.display());
    }
    Ok(())
}

fn plan(build: Build, kinds: Vec<String>, tried: bool) -> Vec<Step> {
    let mut steps = vec![
        page::packages(),
        page::build(),
        Step::preparation(BUNDLER, |log| setup::npm_packages(&bundler(), log)).hint(setup::FETCH_HINT),
        Step::preparation(GATEWAY, move |log| gateway(build, log))
            .after(&[page::BUILD])
            .on_target()
            .hint("read the first error above"),
        Step::preparation(BUNDLES, move |log| bundle(build, &kinds, log)).after(&[BUNDLER, GATEWAY]).on_target().hint(
            "an AppImage and an .msi need programs that the bundler fetches; a .deb, an .exe of NSIS and a .dmg do not",
        ),
    ];
    if tried {
        steps.push(window::packages());
        steps.push(window::driver());
        steps.push(
            Step::new("installation", move |log| log.tests(&mut installation(build)?, &tally::NODE))
                .after(&[BUNDLES, window::PACKAGES, window::DRIVER])
                .hint("what the window showed, and every log, is in target/window"),
        );
    }
    steps
}

impl Build {
    const fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Debug => "debug",
        }
    }
}

/// Where the bundler's package is.
fn bundler() -> PathBuf {
    project::root().join("src-tauri/bundler")
}

/// The gateway for the packages, without what the bundler adds to its name.
fn sidecar() -> PathBuf {
    project::target().join("dist/signalbox-server")
}

/// Builds the gateway, and puts it where the bundler looks for it: under its own name and that of the machine.
fn gateway(build: Build, log: &Log) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked"]).args(PROGRAMS).current_dir(project::root());
    if build == Build::Release {
        cargo.arg("--release");
    }
    log.run(&mut cargo)?;
    let suffix = std::env::consts::EXE_SUFFIX;
    let built = project::target().join(build.folder()).join(format!("signalbox-server{suffix}"));
    let wanted = sidecar().with_file_name(format!("signalbox-server-{}{suffix}", machine()?));
    fs::create_dir_all(wanted.parent().unwrap_or(Path::new(".")))?;
    fs::copy(&built, &wanted).with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(())
}

/// What the compiler calls this kind of machine, `x86_64-unknown-linux-gnu`.
fn machine() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not name its host")?;
    Ok(host.trim().to_owned())
}

fn bundle(build: Build, kinds: &[String], log: &Log) -> Result<()> {
    // What an earlier version has left must not be taken for this one.
    let folder = bundles(build);
    if folder.is_dir() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let program = bundler().join("node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let gateway = serde_json::json!({ "bundle": { "externalBin": [sidecar()] } });
    let mut tauri = Command::new(program);
    tauri.args(["build", "--ci", "--bundles", &kinds.join(","), "--config", &gateway.to_string()]);
    if build == Build::Debug {
        tauri.arg("--debug");
    }
    tauri.args(["--", "--locked"]).args(PROGRAMS).current_dir(project::root()).env("PATH", setup::path_with_node());
    log.run(&mut tauri)
}

fn bundles(build: Build) -> PathBuf {
    project::target().join(build.folder()).join("bundle")
}

/// Every file that is one package.
fn packages(build: Build) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let folder = bundles(build);
    for kind in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        for entry in fs::read_dir(kind?.path())? {
            let path = entry?.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if ["deb", "rpm", "AppImage", "exe", "msi", "dmg"].contains(&ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The story in which the package is installed, started and removed.
fn installation(build: Build) -> Result<Command> {
    let packages = packages(build)?;
    let package = packages.iter().find(|path| path.extension().is_some_and(|ending| ending == "deb"));
    let mut npm = setup::npm(&window::folder());
    npm.args(["run", "installed"]).env("SIGNALBOX_PACKAGE", package.context("there is no .deb")?);
    Ok(npm)
}
