//! Rules for Rust: a module says what it owns, a test is neither left out nor asleep, a function takes no bare boolean.

use super::{Finding, Source};

/// Every rule of this file.
pub fn check(source: &Source) -> Vec<Finding> {
    if !source.path.ends_with(".rs") {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = introduction(source).into_iter().collect();
    findings.extend(words(source));
    findings.extend(boolean_parameters(source));
    findings.extend(sleeping_tests(source));
    findings
}

fn introduction(source: &Source) -> Option<Finding> {
    // A file of tests is introduced by its name and by the module that it tests.
    let introduced = source.name() == "tests.rs" || source.text.starts_with("//!");
    (!introduced)
        .then(|| Finding::file(&source.path, "begins without `//!`: say what the module owns and must never know"))
}

/// Words that do not belong into what is committed, and what to do instead.
const WORDS: &[(&str, &str)] = &[
    ("#[ignore", "a test that is left out proves nothing: make it pass, or remove it"),
    ("#[allow(", "silence a lint with `#[expect(…, reason = …)]`, which says why and goes when it is no longer needed"),
    ("TODO", "finish it, or open an issue"),
    ("FIXME", "finish it, or open an issue"),
    ("unbounded_channel", "every queue has a bound: say how long it may get, and count what does not fit"),
];

fn words(source: &Source) -> Vec<Finding> {
    // This file has to name them.
    if source.path == "xtask/src/tidy/rust.rs" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in source.lines() {
        for (word, advice) in WORDS {
            if line.contains(word) {
                findings.push(Finding::line(&source.path, index, format!("`{word}`: {advice}")));
            }
        }
    }
    findings
}

/// A promise in `tests/` waits for what must become true; a test that waits for time is slow, or wrong on a slow machine.
fn sleeping_tests(source: &Source) -> Vec<Finding> {
    let is_promise = source.path.strip_prefix("tests/").is_some_and(|name| !name.contains('/'));
    let sleeping = source.lines().filter(|(_, line)| is_promise && line.contains("sleep("));
    sleeping.map(|(index, _)| Finding::line(&source.path, index, "a test that sleeps: wait for a condition")).collect()
}

/// `connect(true)` cannot be read where it is called. Methods of one argument that is named like the method are no
/// better; builders of settings take an enum, or have no argument.
fn boolean_parameters(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines: Vec<&str> = source.text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        if !is_public_function(line.trim_start()) {
            continue;
        }
        // As far as the parameters go: to the brace of the body, or the semicolon of a declaration.
        let signature: String = lines[index..].iter().take(12).copied().collect::<Vec<_>>().join(" ");
        let signature = signature.split(['{', ';']).next().unwrap_or_default();
        let parameters = signature.split("->").next().unwrap_or_default();
        if parameters.split([',', '(']).any(|parameter| parameter.trim().trim_end_matches(')').ends_with(": bool")) {
            let what = "a boolean parameter: use an enum of two, which can be read where it is called";
            findings.push(Finding::line(&source.path, index, what));
        }
    }
    findings
}

fn is_public_function(line: &str) -> bool {
    let rest = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) "));
    rest.is_some_and(|rest| {
        let words = rest.split_whitespace().take_while(|word| matches!(*word, "const" | "async")).count();
        rest.split_whitespace().nth(words) == Some("fn")
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn whats(text: &str) -> Vec<String> {
        check(&sample("server/src/a.rs", text)).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_module_without_an_introduction_is_found() {
        assert!(whats("fn main() {}\n")[0].contains("//!"));
        assert!(whats("//! Owns a thing.\n").is_empty());
        assert!(check(&sample("ui/src/a.ts", "let a;")).is_empty());
    }

    #[test]
    fn words_that_do_not_belong_are_found() {
        for bad in [
            "#[ignore]",
            "#[ignore = \"slow\"]",
            "#[allow(dead_code)]",
            "// TODO: later",
            "// FIXME",
            "let (a, b) = unbounded_channel();",
        ] {
            assert_eq!(whats(&format!("//! A.\n{bad}\n")).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_promise_that_sleeps_is_found() {
        let text = "//! A.\ntokio::time::sleep(SECOND).await;\n";
        assert_eq!(check(&sample("tests/kicks.rs", text)).len(), 1);
        assert!(check(&sample("tests/support/wait.rs", text)).is_empty());
    }

    #[test]
    fn a_boolean_parameter_of_a_public_function_is_found() {
        for bad in [
            "pub fn connect(&self, force: bool) {",
            "    pub async fn connect(force: bool, name: &str) -> Result<()> {",
            "pub(crate) const fn f(\n    force: bool,\n) {",
        ] {
            assert_eq!(whats(&format!("//! A.\n{bad}\n")).len(), 1, "{bad}");
        }
        for good in [
            "pub fn is_up(&self) -> bool {",
            "fn private(force: bool) {",
            "pub struct A { pub force: bool }",
            "pub fn each(&self, keep: impl Fn(&str) -> bool) {",
        ] {
            assert!(whats(&format!("//! A.\n{good}\n")).is_empty(), "{good}");
        }
    }
}
