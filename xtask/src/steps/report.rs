//! What a person sees of the steps: a line as each begins and ends, and a table at the end.

use std::time::{Duration, Instant};

use crate::tally::Tally;

use super::{Finished, Verdict};

/// The lines while steps run.
pub struct Progress {
    began: Instant,
    total: usize,
    begun: usize,
}

impl Progress {
    pub fn new(total: usize) -> Self {
        Self { began: Instant::now(), total, begun: 0 }
    }

    pub fn starts(&mut self, name: &str) {
        self.begun += 1;
        self.line(&format!("step {} of {}: {name}", self.begun, self.total));
    }

    pub fn goes_on(&self, name: &str, running_for: Duration) {
        self.line(&format!("  still {name}, for {}", clock(running_for)));
    }

    pub fn ends(&mut self, end: &Finished) {
        match &end.verdict {
            Verdict::Passed(_) => {
                self.line(&format!("  done: {} in {}", end.name, clock(end.took)));
                Self::quote(&end.said);
            }
            Verdict::Failed(_) => {
                self.line(&format!("  FAILED: {} after {}", end.name, clock(end.took)));
                Self::quote(&end.said);
                if !end.hint.is_empty() {
                    println!("        What to do: {}", end.hint);
                }
            }
            Verdict::NotRun(culprit) => {
                self.begun += 1;
                self.line(&format!("  not run: {} ({culprit} failed)", end.name));
            }
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    fn quote(said: &str) {
        said.lines().for_each(|line| println!("        | {line}"));
    }

    fn line(&self, text: &str) {
        println!("{:>7} {text}", clock(self.began.elapsed()));
    }
}

/// All steps, over.
#[derive(Debug)]
pub struct Report {
    finished: Vec<Finished>,
    took: Duration,
}

impl Report {
    pub fn new(finished: Vec<Finished>, took: Duration) -> Self {
        Self { finished, took }
    }

    /// Whether every step ran and passed.
    pub fn succeeded(&self) -> bool {
        self.finished.iter().all(|step| matches!(step.verdict, Verdict::Passed(_)))
    }

    /// The sum of what the steps counted. A step that failed without counting is itself one failure.
    pub fn tally(&self) -> Tally {
        self.finished.iter().fold(Tally::default(), |sum, step| match &step.verdict {
            Verdict::Passed(tally) => sum + *tally,
            Verdict::Failed(tally) if tally.failed == 0 => sum + *tally + Tally::failed(1),
            Verdict::Failed(tally) => sum + *tally,
            Verdict::NotRun(_) => sum,
        })
    }

    /// The closing table, the slowest steps visible at a glance by their column.
    pub fn table(&self) -> String {
        let width = self.finished.iter().map(|step| step.name.len()).max().unwrap_or(0).max("step".len());
        let mut text = format!("\n{:width$}  {:>7}  result\n", "step", "time");
        for step in &self.finished {
            let result = match &step.verdict {
                Verdict::Passed(tally) if *tally == Tally::default() => "ok".to_owned(),
                Verdict::Passed(tally) if tally.again == 0 => format!("ok, {} passed", tally.passed),
                Verdict::Passed(tally) => format!("ok, {tally}"),
                Verdict::Failed(tally) if *tally == Tally::default() => "FAILED".to_owned(),
                Verdict::Failed(tally) => format!("FAILED, {tally}"),
                Verdict::NotRun(culprit) => format!("not run: {culprit} failed"),
            };
            text.push_str(&format!("{:width$}  {:>7}  {result}\n", step.name, clock(step.took)));
        }
        text.push_str(&format!("{:width$}  {:>7}\n", "in all", clock(self.took)));
        text
    }
}

/// A duration as a person reads one: `4.2s`, `1m05s`.
fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1}s", duration.as_secs_f32())
    } else {
        format!("{}m{:02}s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_to_read() {
        assert_eq!(clock(Duration::from_millis(4_230)), "4.2s");
        assert_eq!(clock(Duration::from_secs(65)), "1m05s");
    }

    #[test]
    fn the_table_names_what_failed_and_what_never_ran() {
        let end =
            |name, verdict| Finished { name, hint: "", verdict, said: String::new(), took: Duration::from_secs(1) };
        let report = Report::new(
            vec![
                end("tests", Verdict::Passed(Tally::passed(12))),
                end("page", Verdict::Failed(Tally::default())),
                end("window", Verdict::NotRun("page")),
            ],
            Duration::from_secs(3),
        );
        let table = report.table();
        assert!(table.contains("tests      1.0s  ok, 12 passed"), "{table}");
        assert!(table.contains("page       1.0s  FAILED"), "{table}");
        assert!(table.contains("window     1.0s  not run: page failed"), "{table}");
        assert_eq!(report.tally().to_string(), "12 passed, 1 failed");
    }
}
