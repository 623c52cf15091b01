//! The operating systems' package managers: how each is asked to install something.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::needs::on_path;

/// A package manager that these commands can drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageManager {
    /// Debian, Ubuntu and what comes from them.
    Apt,
    /// Fedora and what comes from it.
    Dnf,
    /// Arch and what comes from it.
    Pacman,
}

impl PackageManager {
    /// The one that this machine has.
    pub fn find() -> Option<Self> {
        [(Self::Apt, "apt-get"), (Self::Dnf, "dnf"), (Self::Pacman, "pacman")]
            .into_iter()
            .find_map(|(manager, program)| on_path(program).then_some(manager))
    }

    /// The commands that install the packages, as root or through sudo.
    pub fn install(self, packages: &[&str]) -> Result<Vec<Command>> {
        let prefix: &[&str] = match (is_root(), on_path("sudo")) {
            (true, _) => &[],
            (false, true) => &["sudo"],
            (false, false) => bail!("installing packages needs root, and there is no sudo: become root and try again."),
        };
        Ok(self.words(packages).into_iter().map(|words| command(prefix, &words)).collect())
    }

    /// The words of each command, before any sudo.
    fn words<'a>(self, packages: &[&'a str]) -> Vec<Vec<&'a str>> {
        let with = |head: &[&'a str]| head.iter().chain(packages).copied().collect::<Vec<_>>();
        match self {
            // `env` because sudo drops the variable that keeps apt from asking.
            Self::Apt => vec![
                vec!["apt-get", "update", "-q"],
                with(&[
                    "env",
                    "DEBIAN_FRONTEND=noninteractive",
                    "apt-get",
                    "install",
                    "-q",
                    "-y",
                    "--no-install-recommends",
                ]),
            ],
            Self::Dnf => vec![with(&["dnf", "install", "-y"])],
            Self::Pacman => vec![with(&["pacman", "-S", "--needed", "--noconfirm"])],
        }
    }
}

fn command(prefix: &[&str], words: &[&str]) -> Command {
    let mut all = prefix.iter().chain(words);
    let mut command = Command::new(all.next().copied().unwrap_or_default());
    command.args(all);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").stderr(Stdio::null()).output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manager_is_asked_in_its_own_words() {
        for (manager, last) in [
            (
                PackageManager::Apt,
                "env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends a b",
            ),
            (PackageManager::Dnf, "dnf install -y a b"),
            (PackageManager::Pacman, "pacman -S --needed --noconfirm a b"),
        ] {
            let words = manager.words(&["a", "b"]);
            assert_eq!(words.last().unwrap().join(" "), last);
        }
    }

    #[test]
    fn apt_reads_its_lists_first() {
        assert_eq!(PackageManager::Apt.words(&["a"])[0], ["apt-get", "update", "-q"]);
    }

    #[test]
    fn sudo_goes_in_front() {
        assert_eq!(crate::steps::shown(&command(&["sudo"], &["dnf", "install"])), "sudo dnf install");
    }
}
