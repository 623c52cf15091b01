//! How many tests passed and failed, and why, read from what the runners say.
//!
//! Owns the runners' words, each with its own reader. A text without a closing line is an error and not a zero: a
//! runner that ran nothing must not pass for success.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Add;

use anyhow::{Context, Result};

/// Tests, or checks, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// That did what they should.
    pub passed: u32,
    /// That did not.
    pub failed: u32,
    /// Of those that passed: at the second try, where the runner gives one.
    pub again: u32,
}

impl Tally {
    /// So many passed.
    pub const fn passed(passed: u32) -> Self {
        Self { passed, failed: 0, again: 0 }
    }

    /// So many failed.
    pub const fn failed(failed: u32) -> Self {
        Self { passed: 0, failed, again: 0 }
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed, again: self.again + other.again }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.again > 0 {
            write!(f, ", {} at the second try", self.again)?;
        }
        Ok(())
    }
}

/// A program that runs tests: how its words are read.
#[derive(Debug)]
pub struct Runner {
    /// How many passed and failed.
    pub tally: fn(&str) -> Result<Tally>,
    /// Each failed test, with what it said.
    pub failures: fn(&str) -> Vec<String>,
}

/// cargo-nextest.
pub const NEXTEST: Runner = Runner {
    tally: nextest,
    failures: |text| {
        let named = nextest_failures(text).into_iter().map(|name| format!("failed: {name}"));
        panics(text).into_iter().chain(named).collect()
    },
};

/// `cargo test`.
pub const CARGO_TEST: Runner = Runner { tally: cargo_test, failures: panics };

/// `node --test`, where its words go into a file.
pub const NODE: Runner = Runner { tally: node, failures: node_failures };

/// Reads cargo-nextest: `Summary [ 1.2s] 14 tests run: 12 passed (1 slow), 1 failed, 1 timed out, 0 skipped`.
fn nextest(text: &str) -> Result<Tally> {
    let summary = text.lines().rev().find(|line| line.trim_start().starts_with("Summary [")).context(SAID_NOTHING)?;
    let failed = ["failed", "timed out", "exec failed"].iter().map(|word| number_before(summary, word)).sum();
    Ok(Tally { passed: number_before(summary, "passed"), failed, again: number_before(summary, "flaky") })
}

/// The names of the tests that cargo-nextest says have failed: `FAIL [ 0.1s] (3/9) crate::binary module::test`.
fn nextest_failures(text: &str) -> BTreeSet<&str> {
    let failed = |line: &&str| ["FAIL [", "TIMEOUT [", "ABORT [", "SIG"].iter().any(|word| line.starts_with(word));
    let lines = text.lines().map(str::trim_start).filter(failed);
    lines.filter_map(|line| Some(line.split_once("] ")?.1.split_once(") ")?.1)).collect()
}

/// What each test that panicked said, without the stack below it: from `thread 'a test' panicked at` on, as both runners
/// repeat it.
fn panics(text: &str) -> Vec<String> {
    let mut lines = text.lines().peekable();
    let mut panics = Vec::new();
    while let Some(line) = lines.next() {
        if !line.contains("panicked at ") {
            continue;
        }
        let ends = |line: &str| ["stack backtrace:", "note: "].iter().any(|end| line.trim_start().starts_with(end));
        let said = std::iter::from_fn(|| lines.next_if(|line| !ends(line))).filter(|line| !line.trim().is_empty());
        panics.push(failure(line, said));
    }
    panics
}

/// What is shown of a test that failed: its name, and the beginning of what it said.
fn failure<'a>(name: &'a str, said: impl Iterator<Item = &'a str>) -> String {
    std::iter::once(name).chain(said.take(SAID_SHOWN)).collect::<Vec<_>>().join("\n")
}

/// Lines that are shown of what a failed test said, as a compared text can be long.
const SAID_SHOWN: usize = 30;

/// Reads `cargo test`: `test result: ok. 3 passed; 0 failed; …`, one line for each binary.
fn cargo_test(text: &str) -> Result<Tally> {
    sum(text.lines().filter(|line| line.starts_with("test result:")).map(|line| Tally {
        passed: number_before(line, "passed"),
        failed: number_before(line, "failed"),
        again: 0,
    }))
}

/// Reads node's own runner: `# pass 3` and `# fail 0`, or `ℹ pass 3` and `ℹ fail 0`.
fn node(text: &str) -> Result<Tally> {
    let count = |word: &str| {
        text.lines().rev().find_map(|line| {
            let mut words = line.split_whitespace();
            (matches!(words.next(), Some("#" | "ℹ")) && words.next() == Some(word))
                .then(|| words.next()?.parse().ok())?
        })
    };
    // A test is cancelled when the one around it ended first: it did not do what it should.
    let failed = count("fail").context(SAID_NOTHING)? + count("cancelled").unwrap_or(0);
    let again = text.lines().filter(|line| line.trim_start().starts_with(SECOND_TRY)).count();
    Ok(Tally { passed: count("pass").context(SAID_NOTHING)?, failed, again: again.try_into()? })
}

/// How a story begins to say that it held at the second try, and why not at the first: `tests/window/desk/tried.mjs`.
const SECOND_TRY: &str = "# second try: ";

/// What each test said that node's own runner says has failed: a line `not ok 3 - a test`, and below it, in YAML, from
/// `error:` to `...`, as the Test Anything Protocol, version 13, has it. Also why a story needed a second try.
fn node_failures(text: &str) -> Vec<String> {
    let mut lines = text.lines().peekable();
    let mut failures = Vec::new();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with(SECOND_TRY) {
            failures.push(line.to_owned());
        }
        if !line.trim_start().starts_with("not ok ") {
            continue;
        }
        let said = std::iter::from_fn(|| lines.next_if(|line| line.trim() != "..."));
        failures.push(failure(line, said.skip_while(|line| !line.trim_start().starts_with("error:"))));
    }
    failures
}

/// Reads vitest: `Tests  1 failed | 12 passed (13)`.
pub fn vitest(text: &str) -> Result<Tally> {
    let line = text.lines().rev().find(|line| line.trim_start().starts_with("Tests ")).context(SAID_NOTHING)?;
    Ok(Tally { passed: number_before(line, "passed"), failed: number_before(line, "failed"), again: 0 })
}

const SAID_NOTHING: &str = "the runner did not say how many tests it ran";

fn sum(tallies: impl Iterator<Item = Tally>) -> Result<Tally> {
    tallies.reduce(Tally::add).context(SAID_NOTHING)
}

/// The number that stands before a word: 12 in `12 passed`.
fn number_before(line: &str, word: &str) -> u32 {
    line.find(&format!(" {word}"))
        .and_then(|end| line[..end].rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runner_is_read() {
        type Reader = fn(&str) -> Result<Tally>;
        let cases: [(Reader, &str, u32, u32); 6] = [
            (nextest, "     Summary [   0.013s] 14 tests run: 14 passed, 0 skipped", 14, 0),
            (
                nextest,
                "Summary [ 9.1s] 14 tests run: 11 passed (1 slow), 2 failed, 1 timed out, 3 skipped\nerror",
                11,
                3,
            ),
            (
                cargo_test,
                "test result: ok. 3 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed; 0",
                4,
                2,
            ),
            (node, "# tests 5\n# pass 3\n# fail 1\n# cancelled 1\n", 3, 2),
            (node, "ℹ tests 3\nℹ pass 3\nℹ fail 0", 3, 0),
            (vitest, " Test Files  2 passed (2)\n      Tests  1 failed | 12 passed (13)\n", 12, 1),
        ];
        for (read, text, passed, failed) in cases {
            assert_eq!(read(text).unwrap(), Tally { passed, failed, again: 0 }, "{text}");
        }
    }

    #[test]
    fn failed_tests_are_named_once() {
        let text = "  FAIL [ 0.1s] (3/9) a::b c::d\nthread panicked\n PASS [ 0.1s] (4/9) a::b c::e\n  FAIL [ 0.1s] (3/9) a::b c::d";
        assert_eq!(nextest_failures(text).into_iter().collect::<Vec<_>>(), ["a::b c::d"]);
    }

    #[test]
    fn a_panic_is_shown_without_its_stack() {
        let text = "thread 'a' panicked at src/a.rs:3:5:\nleft: 1\n\nright: 2\nstack backtrace:\n 0: std\nnote: more\n\
                    PASS a\n    thread 'b' (7) panicked at src/b.rs:1:2:\n    no\n    note: run with\nSummary";
        let said = [
            "thread 'a' panicked at src/a.rs:3:5:\nleft: 1\nright: 2",
            "    thread 'b' (7) panicked at src/b.rs:1:2:\n    no",
        ];
        assert_eq!(panics(text), said);
    }

    #[test]
    fn a_failed_story_is_shown_with_what_it_said() {
        let text = "ok 1 - a\n  ---\n  duration_ms: 2\n  ...\n# Subtest: b\nnot ok 2 - b\n  ---\n  duration_ms: 4\n  \
                    error: |-\n    not what it should be\n  code: 'ERR'\n  ...\nok 3 - c\n# fail 1";
        assert_eq!(node_failures(text), ["not ok 2 - b\n  error: |-\n    not what it should be\n  code: 'ERR'"]);
    }

    #[test]
    fn what_held_at_a_second_try_is_counted_and_said() {
        let text = "     Summary [ 9.1s] 14 tests run: 14 passed (1 slow, 2 flaky), 0 skipped";
        assert_eq!(nextest(text).unwrap(), Tally { again: 2, ..Tally::passed(14) });
        let text = "ok 1 - a\n# second try: a: it never came\n# pass 1\n# fail 0";
        assert_eq!(node(text).unwrap(), Tally { again: 1, ..Tally::passed(1) });
        assert_eq!(node_failures(text), ["# second try: a: it never came"]);
        assert_eq!(node(text).unwrap().to_string(), "1 passed, 0 failed, 1 at the second try");
    }

    #[test]
    fn a_runner_that_says_nothing_is_an_error() {
        for read in [nextest, cargo_test, node, vitest] {
            assert!(read("error: could not compile\n").is_err());
        }
    }
}
