//! What came out, as a table: medians, ratios of the same run, and whether the goals are reached.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::contestant::Contestant;
use super::drive::{Figures, Verdict};
use super::lines::{Goal, LINES, Line, Scenario};

/// Every measurement.
#[derive(Default)]
pub struct Results(BTreeMap<(Scenario, Contestant), BTreeMap<usize, Verdict>>);

/// All figures, on one line.
pub fn in_a_line(figures: &Figures) -> String {
    figures.iter().map(|(name, value)| format!("{name} {}", short(*value))).collect::<Vec<_>>().join(", ")
}

/// The machine, and how busy it is: others' work beside a measurement is in its figures too.
pub fn machine() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model =
        cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map(|(_, name)| name.trim());
    let model = model.unwrap_or("a processor of unknown make");
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let load = load.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    format!("{processors} × {model}, Linux {}, load average {load} at the end", kernel.trim())
}

/// The table in Markdown.
pub fn table(results: &Results, scenarios: &[Scenario], runs: usize) -> String {
    let mut text =
        format!("Medians of {runs} runs; `×` is the other's figure in terms of the gateway's, in the same run.\n\n");
    let head = ["gateway", "bare library", "Node", "Bun", "bare ×", "Node ×", "Bun ×", "to reach", "reached"];
    row(&mut text, "", head.map(str::to_owned));
    row(&mut text, "---", std::array::from_fn::<_, 9, _>(|_| "---:".to_owned()));
    for line in LINES.iter().filter(|line| scenarios.contains(&line.scenario)) {
        let value = |who| shown(results.median(line, who));
        let times = |who| shown(results.ratio(line, who));
        let [gateway, bare, node, bun] = Contestant::ALL.map(value);
        let [_, bare_times, node_times, bun_times] = Contestant::ALL.map(times);
        let goals = line.goals.iter().map(|goal| words(*goal)).collect::<Vec<_>>().join(", ");
        let reached = results.reached(line).map_or("", |reached| if reached { "yes" } else { "no" });
        let cells = [gateway, bare, node, bun, bare_times, node_times, bun_times, goals, reached.to_owned()];
        row(&mut text, line.title, cells);
    }
    text + &results.voids()
}

impl Results {
    /// One more.
    pub fn add(&mut self, run: usize, scenario: Scenario, contestant: Contestant, verdict: Verdict) {
        self.0.entry((scenario, contestant)).or_default().insert(run, verdict);
    }

    /// By run, without those that are void.
    fn values(&self, line: &Line, contestant: Contestant) -> BTreeMap<usize, f64> {
        let runs = self.0.get(&(line.scenario, contestant)).into_iter().flatten();
        let counting = runs.filter_map(|(run, verdict)| match verdict {
            Verdict::Counts(figures) => Some((*run, *figures.get(line.figure)?)),
            Verdict::Void(_) => None,
        });
        counting.collect()
    }

    fn median(&self, line: &Line, contestant: Contestant) -> Option<f64> {
        median(self.values(line, contestant).into_values().collect())
    }

    /// The median, over the runs, of the contestant's figure in terms of the gateway's.
    fn ratio(&self, line: &Line, contestant: Contestant) -> Option<f64> {
        let (ours, theirs) = (self.values(line, Contestant::Gateway), self.values(line, contestant));
        let ratios =
            ours.iter().filter_map(|(run, our)| Some(theirs.get(run)? / our).filter(|ratio| ratio.is_finite()));
        median(ratios.collect())
    }

    /// Whether all goals are. None where there is no goal, or no figure to say.
    fn reached(&self, line: &Line) -> Option<bool> {
        let ours = self.median(line, Contestant::Gateway);
        let reached = line.goals.iter().map(|goal| {
            Some(match *goal {
                Goal::AtMost(most) => ours? <= most,
                Goal::AtLeast(least) => ours? >= least,
                Goal::Less(times, who) => self.ratio(line, who)? >= times,
                Goal::Times(times, who) => self.ratio(line, who)? >= 1.0 / times,
            })
        });
        let reached: Vec<bool> = reached.collect::<Option<_>>()?;
        (!reached.is_empty()).then(|| reached.iter().all(|one| *one))
    }

    fn voids(&self) -> String {
        let mut text = String::new();
        for ((scenario, contestant), runs) in &self.0 {
            let void = runs.values().filter(|verdict| matches!(verdict, Verdict::Void(_))).count();
            if void > 0 {
                let (scenario, contestant) = (scenario.name(), contestant.title());
                // Writing to a string cannot fail.
                let _ = writeln!(text, "\nVoid: {void} of {} runs of {scenario} with {contestant}.", runs.len());
            }
        }
        text
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        even if even % 2 == 0 => Some(f64::midpoint(values[middle - 1], values[middle])),
        _ => Some(values[middle]),
    }
}

fn row<const N: usize>(text: &mut String, title: &str, cells: [String; N]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "| {title:<46} | {} |", cells.map(|cell| format!("{cell:>8}")).join(" | "));
}

fn words(goal: Goal) -> String {
    match goal {
        Goal::AtMost(most) => format!("≤ {most}"),
        Goal::AtLeast(least) => format!("≥ {least}"),
        Goal::Less(1.0, who) => format!("< {}", who.title()),
        Goal::Less(times, who) => format!("≥ {times} × less than {}", who.title()),
        Goal::Times(times, who) => format!("≤ {times} × {}", who.title()),
    }
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), short)
}

/// Three digits that count.
fn short(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(name: &str, value: f64) -> Verdict {
        Verdict::Counts([(name.to_owned(), value)].into())
    }

    #[test]
    fn ratios_are_of_the_same_run_and_void_runs_do_not_count() {
        let mut results = Results::default();
        for (run, (ours, theirs)) in [(1.0, 7.0), (2.0, 12.0), (0.5, 4.0)].into_iter().enumerate() {
            results.add(run, Scenario::FanOut, Contestant::Gateway, counts("cpu_us", ours));
            results.add(run, Scenario::FanOut, Contestant::Node, counts("cpu_us", theirs));
        }
        results.add(3, Scenario::FanOut, Contestant::Gateway, Verdict::Void("lost".into()));
        let line = &LINES[0];
        assert_eq!(results.median(line, Contestant::Gateway), Some(1.0));
        assert_eq!(results.ratio(line, Contestant::Node), Some(7.0));
        assert_eq!(results.ratio(line, Contestant::Bun), None);
        assert_eq!(results.reached(line), Some(true), "1.0 µs, and 7 times less than Node");
        assert!(results.voids().contains("1 of 4 runs of fan-out with gateway"));
    }

    #[test]
    fn the_middle_of_an_even_number_is_between_two() {
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn three_digits_count() {
        for (value, text) in [(0.864, "0.86"), (17.04, "17.0"), (761.3, "761"), (1_234_567.0, "1234567")] {
            assert_eq!(short(value), text);
        }
    }
}
