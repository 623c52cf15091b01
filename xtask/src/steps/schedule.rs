//! The order of steps: what may start, what must wait, what will never run.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::tally::Tally;

use super::report::{Progress, Report};
use super::{Finished, Lane, Log, Step, Verdict, Work};

/// As many steps at once as a small build machine has cores.
const AT_ONCE: usize = 2;
/// A step that says nothing for so long is mentioned, so that nobody thinks that it hangs.
const REMINDER: Duration = Duration::from_secs(30);

struct Running {
    name: &'static str,
    lane: Lane,
    began: Instant,
}

/// Runs the steps in an order that their needs allow; among those that could start, in the order given.
pub fn run(steps: Vec<Step>) -> Report {
    let mut progress = Progress::new(steps.len());
    let mut waiting = steps;
    let mut running: Vec<Running> = Vec::new();
    let mut finished: Vec<Finished> = Vec::new();
    let (sender, ends) = mpsc::sync_channel::<Finished>(AT_ONCE);

    loop {
        refuse_what_cannot_run(&mut waiting, &mut finished, &mut progress);
        while let Some(step) = take_next(&mut waiting, &running, &finished) {
            progress.starts(step.name);
            running.push(Running { name: step.name, lane: step.lane, began: Instant::now() });
            let sender = sender.clone();
            thread::spawn(move || {
                // The receiver outlives every step; a send can only fail while the process is ending.
                let _ = sender.send(perform(step));
            });
        }
        if running.is_empty() {
            break;
        }
        match ends.recv_timeout(REMINDER) {
            Ok(end) => {
                running.retain(|step| step.name != end.name);
                progress.ends(&end);
                finished.push(end);
            }
            Err(RecvTimeoutError::Timeout) => {
                running.iter().for_each(|step| progress.goes_on(step.name, step.began.elapsed()));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    // What is left needs a step that is not in the list, or itself: a mistake in the list, which must not pass for success.
    finished.extend(waiting.drain(..).map(|step| Finished {
        name: step.name,
        hint: step.hint,
        verdict: Verdict::Failed(Tally::default()),
        said: "it needs a step that never ends".to_owned(),
        took: Duration::ZERO,
    }));
    Report::new(finished, progress.elapsed())
}

/// Does one step's work, counting a panic as a failure.
fn perform(step: Step) -> Finished {
    let began = Instant::now();
    let (verdict, said) = attempt(step.name, step.work);
    Finished { name: step.name, hint: step.hint, verdict, said, took: began.elapsed() }
}

/// How the work ended, and what is to be read of it.
fn attempt(name: &'static str, work: Work) -> (Verdict, String) {
    let log = match Log::create(name) {
        Ok(log) => log,
        Err(error) => return (Verdict::Failed(Tally::default()), format!("{error:#}")),
    };
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&log))) {
        Ok(Ok(tally)) if tally.failed + tally.again == 0 => (Verdict::Passed(tally), String::new()),
        Ok(Ok(tally)) => {
            let verdict = if tally.failed == 0 { Verdict::Passed(tally) } else { Verdict::Failed(tally) };
            let text = log.text().unwrap_or_default();
            (verdict, format!("{}\nThe whole log: {}", super::log::tail(&text, 60), log.path().display()))
        }
        Ok(Err(error)) => {
            (Verdict::Failed(Tally::default()), format!("{error:#}\nThe whole log: {}", log.path().display()))
        }
        Err(_) => (Verdict::Failed(Tally::default()), "it panicked; see above".to_owned()),
    }
}

/// The first step whose needs are met and whose lane is free.
fn take_next(waiting: &mut Vec<Step>, running: &[Running], finished: &[Finished]) -> Option<Step> {
    if running.len() >= AT_ONCE {
        return None;
    }
    let target_is_taken = running.iter().any(|step| step.lane == Lane::Target);
    let passed =
        |name: &&str| finished.iter().any(|step| step.name == *name && matches!(step.verdict, Verdict::Passed(_)));
    let index = waiting
        .iter()
        .position(|step| !(target_is_taken && step.lane == Lane::Target) && step.needs.iter().all(passed))?;
    Some(waiting.remove(index))
}

/// Moves every step that needs a failed one to the finished ones, and what needs those, and so on.
fn refuse_what_cannot_run(waiting: &mut Vec<Step>, finished: &mut Vec<Finished>, progress: &mut Progress) {
    let blocked = |step: &Step, finished: &[Finished]| {
        step.needs.iter().copied().find(|need| {
            finished.iter().any(|other| other.name == *need && !matches!(other.verdict, Verdict::Passed(_)))
        })
    };
    while let Some((index, culprit)) =
        waiting.iter().enumerate().find_map(|(index, step)| Some((index, blocked(step, finished)?)))
    {
        let step = waiting.remove(index);
        let end = Finished {
            name: step.name,
            hint: step.hint,
            verdict: Verdict::NotRun(culprit),
            said: String::new(),
            took: Duration::ZERO,
        };
        progress.ends(&end);
        finished.push(end);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use anyhow::bail;

    use super::*;

    fn noting(notes: &Arc<Mutex<Vec<&'static str>>>, name: &'static str) -> Step {
        let notes = Arc::clone(notes);
        Step::new(name, move |_| {
            notes.lock().unwrap().push(name);
            Ok(Tally::passed(1))
        })
    }

    fn failing(name: &'static str) -> Step {
        Step::new(name, |_| bail!("on purpose"))
    }

    #[test]
    fn a_step_waits_for_what_it_needs() {
        let notes = Arc::default();
        let report =
            run(vec![noting(&notes, "t3").after(&["t2"]), noting(&notes, "t2").after(&["t1"]), noting(&notes, "t1")]);
        assert_eq!(*notes.lock().unwrap(), ["t1", "t2", "t3"]);
        assert_eq!(report.tally(), Tally::passed(3));
    }

    #[test]
    fn a_failure_stops_only_what_needs_it() {
        let notes = Arc::default();
        let report = run(vec![
            failing("t-bad"),
            noting(&notes, "t-needs-bad").after(&["t-bad"]),
            noting(&notes, "t-needs-that").after(&["t-needs-bad"]),
            noting(&notes, "t-other"),
        ]);
        assert_eq!(*notes.lock().unwrap(), ["t-other"]);
        assert_eq!(report.tally(), Tally::passed(1) + Tally::failed(1));
        assert!(!report.succeeded());
    }

    #[test]
    fn a_need_that_does_not_exist_is_a_failure() {
        let notes = Arc::default();
        let report = run(vec![noting(&notes, "t-lost").after(&["nobody"])]);
        assert!(!report.succeeded());
    }

    #[test]
    fn two_steps_never_hold_the_target_together() {
        let held = Arc::new(Mutex::new(()));
        let step = |name| {
            let held = Arc::clone(&held);
            Step::new(name, move |_| {
                let free = held.try_lock().is_ok();
                Ok(if free { Tally::passed(1) } else { Tally::failed(1) })
            })
            .on_target()
        };
        assert!(run(vec![step("t-one"), step("t-two"), step("t-three")]).succeeded());
    }

    #[test]
    fn failed_tests_fail_the_step_that_counted_them() {
        let report = run(vec![Step::new("t-tests", |_| Ok(Tally::passed(4) + Tally::failed(2)))]);
        assert_eq!(report.tally(), Tally::passed(4) + Tally::failed(2));
        assert!(!report.succeeded());
    }
}
