//! Rules for npm's lock files: they fit their package.json, and they work with any registry.

use serde_json::Value;

use super::{Finding, Source};

/// Where npm keeps the names and versions that are asked for.
const ASKED: &[&str] = &["dependencies", "devDependencies", "optionalDependencies"];

/// Looks at every lock file, beside its package.json.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let locks = sources.iter().filter(|source| source.name() == "package-lock.json");
    locks.flat_map(|lock| [host(lock), drift(lock, sources)].into_iter().flatten()).collect()
}

/// A lock file with addresses works only where those addresses do.
fn host(lock: &Source) -> Option<Finding> {
    let (line, _) = lock.lines().find(|(_, line)| line.contains("\"resolved\"") && line.contains("://"))?;
    let what = "names a registry's host: set `omit-lockfile-registry-resolved=true` for npm and write the file again";
    Some(Finding::line(&lock.path, line, what))
}

/// A lock file that is older than its package.json gives other versions to everybody.
fn drift(lock: &Source, sources: &[Source]) -> Option<Finding> {
    let path = lock.path.replace("package-lock.json", "package.json");
    let package = sources.iter().find(|source| source.path == path)?;
    let locked: Value = serde_json::from_str(&lock.text).unwrap_or_default();
    let asked: Value = serde_json::from_str(&package.text).unwrap_or_default();
    let differs = ASKED.iter().any(|kind| locked["packages"][""][kind] != asked[kind]);
    differs.then(|| Finding::file(&lock.path, format!("does not fit {path}: run `npm install` there and commit both")))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_registry_in_a_lock_file_is_found() {
        let bad = sample("ui/package-lock.json", "{\n\"resolved\": \"https://registry.example/a.tgz\"\n}");
        assert_eq!(check(&[bad])[0].line, Some(2));
        assert!(check(&[sample("ui/package-lock.json", "{\"link\": true}")]).is_empty());
    }

    #[test]
    fn a_lock_file_that_is_behind_is_found() {
        let lock = sample("ui/package-lock.json", r#"{"packages": {"": {"dependencies": {"a": "1"}}}}"#);
        let package =
            |version: &str| sample("ui/package.json", &format!(r#"{{"dependencies": {{"a": "{version}"}}}}"#));
        let elsewhere = || sample("tests/package.json", r#"{"dependencies": {"a": "3"}}"#);
        let with = |package: Source| check(&[sample(&lock.path, &lock.text), package, elsewhere()]).len();
        assert_eq!((with(package("1")), with(package("2"))), (0, 1));
    }
}
