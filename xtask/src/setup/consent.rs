//! Whether the machine may be changed.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Result, bail};
use clap::Args;

/// Who has said yes: the flag, a CI machine, or nobody yet.
#[derive(Debug, Clone, Copy, Args)]
pub struct Consent {
    /// Install what is missing without asking.
    #[arg(long)]
    yes: bool,
}

impl Consent {
    /// Returns where the answer is yes; asks the person at the terminal where nobody has answered yet.
    pub fn ask(self) -> Result<()> {
        if self.yes || on_ci() {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            bail!("nobody is at a terminal to agree: run the commands above yourself, or give `--yes`.");
        }
        print!("Run this now? [Y/n] ");
        io::stdout().flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if agrees(&answer) {
            return Ok(());
        }
        bail!("nothing was changed. Run the commands above yourself, then try again.");
    }
}

fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"))
}

fn agrees(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_or_an_empty_line_agrees() {
        for (answer, yes) in [("", true), ("\n", true), ("Y\n", true), ("yes", true), ("n", false), ("what?", false)] {
            assert_eq!(agrees(answer), yes, "{answer:?}");
        }
    }

    #[test]
    fn a_given_consent_asks_nobody() {
        Consent { yes: true }.ask().unwrap();
    }
}
