//! Rules for documents: a path that they name is there.

use std::collections::BTreeSet;

use super::{Finding, Source};

/// The documents that lead through the tree.
const DOCUMENTS: &[&str] = &["README.md", "ARCHITECTURE.md"];
/// Folders that are made, and so are not in the tree.
const MADE: &[&str] = &["target/", "ui/dist/", "ui/src/paraglide/"];

/// Looks for every path between backquotes that begins with a folder of the tree.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let paths: BTreeSet<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let folders: BTreeSet<&str> = paths.iter().filter_map(|path| path.split_once('/')).map(|(top, _)| top).collect();
    let mut findings = Vec::new();
    for document in sources.iter().filter(|source| DOCUMENTS.contains(&source.path.as_str())) {
        for (index, line) in document.lines() {
            for named in named(line, &folders).filter(|named| !is_there(named, &paths)) {
                findings.push(Finding::line(&document.path, index, format!("`{named}` is not there")));
            }
        }
    }
    findings
}

/// The paths that a line names.
fn named<'a>(line: &'a str, folders: &BTreeSet<&str>) -> impl Iterator<Item = &'a str> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.filter(|text| {
        text.split_once('/').is_some_and(|(top, _)| folders.contains(top))
            && !text.contains(char::is_whitespace)
            && !MADE.iter().any(|made| text.starts_with(made))
    })
}

fn is_there(named: &str, paths: &BTreeSet<&str>) -> bool {
    let folder = format!("{}/", named.trim_end_matches('/'));
    paths.contains(named) || paths.range(folder.as_str()..).next().is_some_and(|path| path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_path_that_is_not_there_is_found() {
        let tree = |text| check(&[sample("ARCHITECTURE.md", text), sample("server/src/feed/ring.rs", "")]);
        assert!(tree("see `server/src/feed/ring.rs`, `server/src/feed/` and `server/src`").is_empty());
        assert!(tree("`/admin`, `a/b` and `server or/and client` are no paths").is_empty());
        assert_eq!(
            tree("\nsee `server/src/feeds/`")[0].to_string(),
            "ARCHITECTURE.md:2: `server/src/feeds/` is not there"
        );
    }
}
