//! Node.js: which versions can build the page, and a copy of its own where the system's is too old.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::project;

/// What to do where there is none, or only an old one.
pub const ADVICE: &str = "install Node.js 20.19 or newer from https://nodejs.org/ (or with nvm, fnm, volta)";

/// The oldest version that the page's build tool runs on.
const OLDEST: (u32, u32) = (20, 19);
/// The one that is fetched where the system's is older.
const OWN: &str = "node@22";

/// Makes sure that [`path`] leads to a version that is new enough. Stable distributions have older ones, and npm can
/// fetch a newer Node.js into a folder.
pub fn ensure() -> Result<()> {
    if is_new_enough(Path::new("node")) || is_new_enough(&own_folder().join("node")) {
        return Ok(());
    }
    println!("The system's Node.js is too old for the page; fetching a newer one into target/tools …");
    let folder = project::tools().join("node");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let status = Command::new(npm)
        .args(["install", "--no-save", "--no-audit", "--no-fund", OWN, "--prefix"])
        .arg(&folder)
        .status();
    if status.is_ok_and(|status| status.success()) && is_new_enough(&own_folder().join("node")) {
        return Ok(());
    }
    bail!("no Node.js that is new enough could be fetched: {ADVICE}");
}

/// `PATH` for programs that use Node.js: the own copy first, where there is one.
pub fn path() -> OsString {
    let system = std::env::var_os("PATH").unwrap_or_default();
    let own = own_folder();
    if !own.is_dir() {
        return system;
    }
    let folders = std::iter::once(own).chain(std::env::split_paths(&system));
    std::env::join_paths(folders).unwrap_or(system)
}

fn own_folder() -> PathBuf {
    project::tools().join("node/node_modules/node/bin")
}

fn is_new_enough(program: &Path) -> bool {
    let output = Command::new(program).arg("--version").output();
    output.is_ok_and(|output| version(&String::from_utf8_lossy(&output.stdout)).is_some_and(|found| found >= OLDEST))
}

/// `v20.19.4` → (20, 19).
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        for (text, new_enough) in [("v20.19.0\n", true), ("v22.1.0", true), ("v20.9.0", false), ("v18.20.4", false)] {
            assert_eq!(version(text).unwrap() >= OLDEST, new_enough, "{text}");
        }
        assert_eq!(version("node"), None);
    }

    #[test]
    fn a_program_that_is_not_there_is_not_new_enough() {
        assert!(!is_new_enough(Path::new("/no/such/node")));
    }
}
