//! A step's log: where the output of its programs goes, and what of it is shown when one fails.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::project;
use crate::tally::{Runner, Tally};

/// Lines of a failed program that are shown; the rest is in the file.
const SHOWN: usize = 40;
/// Nothing that a step starts takes longer, unless it hangs: a hanging program must not hang the whole run.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// The log of one step.
pub struct Log {
    path: PathBuf,
}

impl Log {
    /// An empty log, `target/xtask/<name>.log`.
    pub fn create(name: &str) -> Result<Self> {
        let folder = project::target().join("xtask");
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let path = folder.join(format!("{}.log", name.replace([' ', '/'], "-")));
        File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path })
    }

    /// Runs a program to its end, without standard input. Fails where it fails, with the end of what it said.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        let begins = self.text()?.len();
        if self.succeeds(command)? {
            return Ok(());
        }
        let text = self.text()?;
        bail!("{}\n{}", shown(command), gist(text.get(begins..).unwrap_or(&text)));
    }

    /// Runs a program to its end, without standard input, and counts it as one check.
    pub fn check(&self, command: &mut Command) -> Result<Tally> {
        Ok(if self.succeeds(command)? { Tally::passed(1) } else { Tally::failed(1) })
    }

    /// Runs a test runner to its end, and counts what it says; what its failed tests said is repeated at the end of the
    /// log, which is what is shown of it. Fails where it says nothing, which is when it could not begin, and where it
    /// fails although no test did.
    pub fn tests(&self, command: &mut Command, runner: &Runner) -> Result<Tally> {
        let succeeded = self.succeeds(command)?;
        let text = self.text()?;
        for failure in (runner.failures)(&text) {
            self.write_line(&failure)?;
        }
        let tally = (runner.tally)(&text).with_context(|| format!("no test was run:\n{}", tail(&text, SHOWN)))?;
        ensure!(succeeded || tally.failed > 0, "the runner failed although no test did:\n{}", tail(&text, SHOWN));
        Ok(tally)
    }

    /// Runs a program to its end, without standard input, and says whether it succeeded.
    pub fn succeeds(&self, command: &mut Command) -> Result<bool> {
        self.write_line(&format!("$ {}", shown(command)))?;
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            // What goes into a file is for reading: no colours, no bars that move.
            .env("NO_COLOR", "1")
            .env("CARGO_TERM_COLOR", "never")
            .env("TERM", "dumb")
            .env_remove("FORCE_COLOR")
            .stdin(Stdio::null())
            .stdout(self.append()?)
            .stderr(self.append()?)
            .spawn()
            .with_context(|| format!("cannot start `{program}`: is it installed, and in PATH?"))?;
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status.success());
            }
            if began.elapsed() > PATIENCE {
                child.kill()?;
                child.wait()?;
                bail!("`{program}` did not end within {} minutes and was stopped", PATIENCE.as_secs() / 60);
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Everything that was said so far.
    pub fn text(&self) -> Result<String> {
        let bytes = fs::read(&self.path).with_context(|| format!("cannot read {}", self.path.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line of the step's own.
    pub fn write_line(&self, line: &str) -> Result<()> {
        writeln!(self.append()?, "{line}").with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn append(&self) -> Result<File> {
        OpenOptions::new()
            .append(true)
            .open(&self.path)
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// A command as one would type it.
pub fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// What a person needs of a failed program's words: some say why at the beginning, some at the end.
fn gist(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() <= SHOWN {
        return lines.join("\n");
    }
    let (first, rest) = lines.split_at(SHOWN / 4);
    format!("{}\n…\n{}", first.join("\n"), rest[rest.len() - (SHOWN - SHOWN / 4)..].join("\n"))
}

/// The last lines of a text that say something.
pub fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_leaves_out_blank_lines() {
        assert_eq!(tail("a\n\nb\n  \nc\n", 2), "b\nc");
        assert_eq!(tail("a", 5), "a");
        assert_eq!(tail("", 5), "");
    }

    #[test]
    fn a_long_story_keeps_its_beginning_and_its_end() {
        let text: String = (0..100).map(|line| format!("line {line}\n")).collect();
        let gist = gist(&text);
        assert!(gist.starts_with("line 0\n") && gist.contains("line 9\n…\nline 70\n") && gist.ends_with("line 99"));
    }

    #[test]
    fn a_failed_program_is_shown_with_its_words() {
        let log = Log::create("test of the log").unwrap();
        let error = log.run(Command::new("ls").arg("/no/such/place")).unwrap_err().to_string();
        assert!(error.starts_with("ls /no/such/place"), "{error}");
        assert!(error.contains("No such file"), "{error}");
    }

    #[test]
    fn a_runner_is_believed_only_where_it_makes_sense() {
        let log = Log::create("test of a runner").unwrap();
        let sh = |script: &str| -> Command {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let node = &crate::tally::NODE;
        assert!(log.tests(&mut sh("exit 0"), node).is_err(), "it said nothing");
        let said = "echo '# pass 2'; echo '# fail 0';";
        assert_eq!(log.tests(&mut sh(said), node).unwrap(), Tally::passed(2));
        assert!(log.tests(&mut sh(&format!("{said} exit 1")), node).is_err(), "it failed although no test did");
    }

    #[test]
    fn a_missing_program_is_named() {
        let log = Log::create("test of a missing program").unwrap();
        let error = log.run(&mut Command::new("no-such-program")).unwrap_err();
        assert!(error.to_string().contains("`no-such-program`"));
    }
}
