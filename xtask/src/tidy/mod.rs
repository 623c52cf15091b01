//! `cargo xtask tidy`: the rules of the house that no compiler keeps.
//!
//! Each file here owns rules of one kind, as functions from text to findings, each tested with a bad sample. What rustc,
//! clippy, eslint or knip can keep is kept by them and not here.

mod crates;
mod documents;
mod files;
mod locks;
mod messages;
mod page;
mod rust;

use std::fmt;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::{codegen, project};

/// Something that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which file, relative to the top.
    pub file: String,
    /// From 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub what: String,
}

impl Finding {
    /// About a whole file.
    fn file(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, what: what.into() }
    }

    /// About a line; `index` counts from 0.
    fn line(file: &str, index: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: Some(index + 1), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

/// A file of the working tree.
pub struct Source {
    /// Its path, relative to the top, with `/` between folders.
    pub path: String,
    /// What is in it.
    pub text: String,
}

impl Source {
    /// The path's last part.
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The lines with their numbers from 0.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate()
    }

    /// Whether a program wrote it.
    fn is_generated(&self) -> bool {
        self.path.starts_with("ui/src/generated/") || self.path.starts_with("ui/src/paraglide/")
    }
}

/// Prints the findings, and fails where there are any.
pub fn run() -> Result<()> {
    let findings = findings()?;
    findings.iter().for_each(|finding| println!("{finding}"));
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    println!("tidy");
    Ok(())
}

/// Everything in the working tree that breaks a rule.
pub fn findings() -> Result<Vec<Finding>> {
    let sources = sources()?;
    let mut findings: Vec<Finding> = Vec::new();
    for source in &sources {
        findings.extend(files::check(source));
        findings.extend(rust::check(source));
        findings.extend(page::check(source));
    }
    findings.extend(messages::check(&sources));
    findings.extend(documents::check(&sources));
    findings.extend(locks::check(&sources));
    findings.extend(crates::check()?);
    if let Err(stale) = codegen::check() {
        findings.push(Finding::file("ui/src/generated", format!("{stale:#}")));
    }
    Ok(findings)
}

/// The files that are text.
fn sources() -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    // What others wrote follows their rules.
    for path in project::files()?.into_iter().filter(|path| !path.starts_with("vendor/")) {
        let bytes = fs::read(project::root().join(&path)).with_context(|| format!("cannot read {path}"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            sources.push(Source { path, text });
        }
    }
    Ok(sources)
}

/// A file for a rule's test.
#[cfg(test)]
fn sample(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_like_a_compilers() {
        assert_eq!(Finding::line("a/b.rs", 0, "wrong").to_string(), "a/b.rs:1: wrong");
        assert_eq!(Finding::file("a/b.rs", "wrong").to_string(), "a/b.rs: wrong");
    }
}
