//! Where things are in the working tree.
//!
//! Owns the paths that the commands share. It must never know what the commands do with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The top of the working tree.
pub fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// The page's sources and its npm package.
pub fn page() -> PathBuf {
    root().join("ui")
}

/// The TypeScript that is generated from the protocol.
pub fn generated() -> PathBuf {
    page().join("src/generated")
}

/// The OpenAPI document of the gateway's HTTP interface.
pub fn document() -> PathBuf {
    root().join("docs/openapi.json")
}

/// Where cargo and the commands put what they make.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Programs that the commands install for themselves, away from the rest of the machine.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// The virtual environment of the Python client test.
pub fn python_environment() -> PathBuf {
    tools().join("venv")
}

/// Every file that is under version control or could be, relative to the top, with `/` between folders.
pub fn files() -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .context("cannot start git: is it installed?")?;
    ensure!(output.status.success(), "git cannot list the files: {}", String::from_utf8_lossy(&output.stderr).trim());
    let text = String::from_utf8_lossy(&output.stdout);
    // A file that was removed and not committed yet is still listed.
    Ok(text.split_terminator('\0').filter(|name| root().join(name).is_file()).map(str::to_owned).collect())
}
