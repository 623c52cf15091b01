//! Rules for every file: how long, how called.

use super::{Finding, Source};

/// A longer file has more than one subject.
const LONGEST: usize = 600;
/// Kinds of files that people write by the line.
const WRITTEN: &[&str] = &[".rs", ".ts", ".js", ".mjs", ".svelte", ".css", ".py"];
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager", "service"];

/// Every rule of this file.
pub fn check(source: &Source) -> Vec<Finding> {
    [length(source), name(source)].into_iter().flatten().collect()
}

fn length(source: &Source) -> Option<Finding> {
    let written = WRITTEN.iter().any(|ending| source.path.ends_with(ending)) && !source.is_generated();
    let lines = source.text.lines().count();
    (written && lines > LONGEST).then(|| {
        Finding::file(&source.path, format!("{lines} lines, more than {LONGEST}: split it where its subjects part"))
    })
}

fn name(source: &Source) -> Option<Finding> {
    let empty = source.path.split('/').find(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        EMPTY_NAMES.contains(&stem.to_lowercase().as_str())
    })?;
    let what = format!("`{empty}` says nothing: name it after the thing that it is about");
    (!source.is_generated()).then(|| Finding::file(&source.path, what))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_file_of_more_than_600_lines_is_found() {
        assert!(check(&sample("server/src/a.rs", &"//\n".repeat(600))).is_empty());
        assert_eq!(check(&sample("server/src/a.rs", &"//\n".repeat(601))).len(), 1);
        assert!(check(&sample("Cargo.lock", &"#\n".repeat(9000))).is_empty());
        assert!(check(&sample("ui/src/generated/a.ts", &"//\n".repeat(9000))).is_empty());
    }

    #[test]
    fn a_name_that_says_nothing_is_found() {
        for bad in ["server/src/utils.rs", "ui/src/kit/helpers/a.ts", "tests/common.rs"] {
            assert_eq!(check(&sample(bad, "")).len(), 1, "{bad}");
        }
        assert!(check(&sample("server/src/presence.rs", "")).is_empty());
    }
}
