//! Node.js: which versions can build the page.

use std::process::Command;

use anyhow::{Context, Result, bail};

/// What to do where there is none, or an old one.
pub const ADVICE: &str = "install Node.js 20.19 or newer from https://nodejs.org/ (or with nvm, fnm, volta)";

/// The oldest version that the page's build tool runs on.
const OLDEST: (u32, u32) = (20, 19);

/// Fails where the version in PATH is too old.
pub fn check() -> Result<()> {
    let output = Command::new("node").arg("--version").output().with_context(|| format!("no Node.js: {ADVICE}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match version(&text) {
        Some(version) if version >= OLDEST => Ok(()),
        _ => bail!("Node.js {} is too old: {ADVICE}", text.trim()),
    }
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
}
