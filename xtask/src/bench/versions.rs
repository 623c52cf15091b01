//! What exactly was measured: our commit, and the versions that the peers' own files name.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::contestant::{self, Contestant};
use crate::{project, setup};

/// On one line.
pub fn all(contestants: &[Contestant]) -> String {
    contestants.iter().map(|one| format!("{} {}", one.title(), of(*one))).collect::<Vec<_>>().join(" · ")
}

fn of(contestant: Contestant) -> String {
    match contestant {
        Contestant::Gateway => said(Command::new("git").args(["describe", "--always", "--dirty"])),
        Contestant::Bare => format!("socketioxide {}", locked("socketioxide")),
        Contestant::Node => {
            let node = said(Command::new("node").arg("--version").env("PATH", setup::path_with_node()));
            format!("{node}, socket.io {}", installed("socket.io"))
        }
        Contestant::Bun => format!("{}, engine {}", installed("bun"), installed("@socket.io/bun-engine")),
    }
}

fn said(command: &mut Command) -> String {
    let said = command.current_dir(project::root()).output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim().to_owned()
}

/// As npm has installed it.
fn installed(package: &str) -> String {
    let file = contestant::peers().join("node_modules").join(package).join("package.json");
    let text = fs::read_to_string(file).unwrap_or_default();
    let package: Value = serde_json::from_str(&text).unwrap_or_default();
    package["version"].as_str().unwrap_or("?").to_owned()
}

/// As the bare library's lock file has it.
fn locked(package: &str) -> String {
    let text = fs::read_to_string(project::root().join("tests/bare/Cargo.lock")).unwrap_or_default();
    version_in(&text, package).unwrap_or("?").to_owned()
}

fn version_in<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_a_lock_file() {
        let lock =
            "[[package]]\nname = \"a-b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.3.4\"\n";
        assert_eq!(version_in(lock, "b"), Some("2.3.4"));
        assert_eq!(version_in(lock, "c"), None);
    }
}
