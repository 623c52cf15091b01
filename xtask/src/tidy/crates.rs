//! Rules for crates: who may depend on whom.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::project;

use super::Finding;

/// Crate names → names of the crates that they depend on directly.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// What a crate must not reach, directly or through others, and why.
struct Wall {
    from: &'static str,
    to: &'static [&'static str],
    why: &'static str,
}

const WALLS: &[Wall] = &[
    Wall {
        from: "signalbox-protocol",
        to: &["signalbox-server", "signalbox-core", "signalbox", "tokio", "axum", "socketioxide", "reqwest", "tauri"],
        why: "the protocol is words: no I/O, no runtime, no window",
    },
    Wall {
        from: "signalbox-server",
        to: &["signalbox-core", "signalbox", "tauri", "rust_socketio"],
        why: "the gateway never knows the console",
    },
    Wall {
        from: "signalbox-core",
        to: &["signalbox-server", "signalbox", "tauri", "tauri-plugin-notification"],
        why: "the core never knows the gateway's inside, nor the window",
    },
    Wall { from: "signalbox", to: &["signalbox-server"], why: "the console runs the gateway as a program of its own" },
    Wall {
        from: "signalbox-tests",
        to: &["signalbox-server", "signalbox-core", "signalbox"],
        why: "promises are kept to those outside, so they are tested from there",
    },
    Wall {
        from: "signalbox-load",
        to: &["signalbox-protocol", "signalbox-server", "signalbox-core", "signalbox"],
        why: "the load generator drives every server alike, and so knows none of them",
    },
    Wall {
        from: "xtask",
        to: &["openssl-sys", "libdbus-sys", "webkit2gtk-sys", "pkg-config"],
        why: "xtask installs the system's libraries, so it must be built without them",
    },
];

/// Asks cargo for the graph and looks for holes in the walls.
pub fn check() -> Result<Vec<Finding>> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(project::root())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")?;
    Ok(holes(&graph(&metadata), WALLS))
}

/// The graph without dependencies of tests.
fn graph(metadata: &Value) -> Graph {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<String, String> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let name = |id: &Value| names.get(&text(id)).cloned().unwrap_or_default();
    let mut graph = Graph::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        let used = list(&node["deps"]);
        let used =
            used.iter().filter(|dependency| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev"));
        // Two versions of a crate share a name and are one here.
        graph.entry(name(&node["id"])).or_default().extend(used.map(|dependency| name(&dependency["pkg"])));
    }
    graph
}

fn holes(graph: &Graph, walls: &[Wall]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wall in walls {
        for to in wall.to {
            if let Some(path) = path(graph, wall.from, to) {
                findings.push(Finding::file("Cargo.toml", format!("{}: {}", path.join(" → "), wall.why)));
            }
        }
    }
    findings
}

/// A way from one crate to another, breadth first, so that the shortest is shown.
fn path(graph: &Graph, from: &str, to: &str) -> Option<Vec<String>> {
    let mut ways: std::collections::VecDeque<Vec<String>> = [vec![from.to_owned()]].into();
    let mut seen: BTreeSet<String> = [from.to_owned()].into();
    while let Some(way) = ways.pop_front() {
        for next in way.last().and_then(|last| graph.get(last)).into_iter().flatten() {
            let mut longer = way.clone();
            longer.push(next.clone());
            if next == to {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push_back(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WALL: Wall = Wall { from: "core", to: &["window"], why: "it never knows the window" };

    fn of(edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    }

    #[test]
    fn a_hole_is_found_behind_other_crates_and_shown_with_the_way() {
        let graph = of(&[("core", "a"), ("a", "b"), ("b", "a"), ("b", "window")]);
        assert_eq!(holes(&graph, &[WALL])[0].what, "core → a → b → window: it never knows the window");
    }

    #[test]
    fn a_wall_without_a_hole_is_silent() {
        let graph = of(&[("window", "core"), ("core", "a"), ("a", "core")]);
        assert!(holes(&graph, &[WALL]).is_empty());
    }

    #[test]
    fn what_only_tests_use_does_not_count() {
        let metadata = json!({
            "packages": [{"id": "1", "name": "core"}, {"id": "2", "name": "window"}, {"id": "3", "name": "io"}],
            "resolve": {"nodes": [{"id": "1", "deps": [
                {"pkg": "2", "dep_kinds": [{"kind": "dev"}]},
                {"pkg": "3", "dep_kinds": [{"kind": null}]},
            ]}]}
        });
        assert_eq!(graph(&metadata), of(&[("core", "io")]));
    }
}
