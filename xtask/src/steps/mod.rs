//! Runs steps that depend on each other, two at a time, and shows how far they are.
//!
//! Owns the order, the progress lines and the verdict of each step. It must never know what a step does: that is the
//! step's own closure, which is given a [`Log`] to run programs with.

mod log;
mod report;
mod schedule;

use std::time::Duration;

use anyhow::Result;

pub use log::{Log, shown};
pub use report::Report;

use crate::tally::Tally;

/// A piece of work with a name.
pub struct Step {
    /// Unique; stands in the table and names the log.
    pub name: &'static str,
    /// Names of the steps that must have succeeded.
    pub needs: Vec<&'static str>,
    /// What it must not share with another.
    pub lane: Lane,
    /// What to do when it fails.
    pub hint: &'static str,
    /// The work: the tests or checks that it counted, or why it could not be done.
    pub work: Work,
}

/// See [`Step::work`].
pub type Work = Box<dyn FnOnce(&Log) -> Result<Tally> + Send>;

/// What a step must not share with another that runs at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What cargo builds, or builds from: a second cargo would only wait for the first one's lock.
    Target,
    /// Nothing.
    Free,
}

/// How a step ended.
#[derive(Debug)]
pub enum Verdict {
    /// It did what it should.
    Passed(Tally),
    /// It did not.
    Failed(Tally),
    /// It was not tried, because the step named here failed.
    NotRun(&'static str),
}

/// A step that is over.
#[derive(Debug)]
pub struct Finished {
    /// The step's name.
    pub name: &'static str,
    /// What to do where it failed.
    pub hint: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What is to be read of it: why it failed, or what held at a second try only. Empty where nothing is.
    pub said: String,
    /// How long it took.
    pub took: Duration,
}

impl Step {
    /// A step without prerequisites that shares nothing.
    pub fn new(name: &'static str, work: impl FnOnce(&Log) -> Result<Tally> + Send + 'static) -> Self {
        Self { name, needs: Vec::new(), lane: Lane::Free, hint: "", work: Box::new(work) }
    }

    /// Something that must be there for other steps and counts as no test.
    pub fn preparation(name: &'static str, work: impl FnOnce(&Log) -> Result<()> + Send + 'static) -> Self {
        Self::new(name, move |log| work(log).map(|()| Tally::default()))
    }

    /// The same, after other steps.
    pub fn after(mut self, needs: &[&'static str]) -> Self {
        self.needs.extend_from_slice(needs);
        self
    }

    /// The same, reading or writing what cargo builds.
    pub fn on_target(mut self) -> Self {
        self.lane = Lane::Target;
        self
    }

    /// The same, with an advice for when it fails.
    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }
}

/// Runs the steps. A failure stops what needs the failed step and nothing else.
pub fn run(steps: Vec<Step>) -> Report {
    schedule::run(steps)
}
