//! A process that may not be a child of ours: whether it still lives, and how it is asked to end.
//!
//! A process id is given anew sooner or later, so that a process is known by its id and the second in which it began.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, Signal, System};
use tokio::time::{Instant, sleep};

/// Between two looks at one that is to end.
const LOOK: Duration = Duration::from_millis(250);

/// Between two looks at one that is to go on.
const GLANCE: Duration = Duration::from_secs(1);

/// A process on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Neighbour {
    /// Its id.
    pub(super) pid: u32,
    /// When it began, in seconds since 1970.
    pub(super) born: u64,
}

impl Neighbour {
    /// The process with an id; `None` where there is none.
    pub(super) fn find(pid: u32) -> Option<Self> {
        with(pid, |process| Self { pid, born: process.start_time() })
    }

    /// Whether it lives.
    pub(super) fn lives(self) -> bool {
        Self::find(self.pid) == Some(self)
    }

    /// Waits until it does not.
    pub(super) async fn ended(self) {
        while self.lives() {
            sleep(GLANCE).await;
        }
    }

    /// Asks it to end, and makes it end where it has not done so in time.
    pub(super) async fn end(self, patience: Duration) {
        self.signal(Signal::Term);
        let until = Instant::now() + patience;
        while self.lives() {
            if Instant::now() > until {
                tracing::warn!(pid = self.pid, "the local gateway did not end in time and is killed");
                self.signal(Signal::Kill);
                return;
            }
            sleep(LOOK).await;
        }
    }

    fn signal(self, signal: Signal) {
        if !self.lives() {
            return;
        }
        // A system without such a signal only knows to kill.
        let sent = with(self.pid, |process| process.kill_with(signal).unwrap_or_else(|| process.kill()));
        if sent != Some(true) {
            tracing::warn!(pid = self.pid, "the local gateway cannot be signalled");
        }
    }
}

fn with<T>(pid: u32, look: impl FnOnce(&sysinfo::Process) -> T) -> Option<T> {
    let pid = Pid::from_u32(pid);
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, ProcessRefreshKind::nothing());
    // What has ended and was not waited for yet is only a name in a table.
    let process = system.process(pid).filter(|process| process.status() != ProcessStatus::Zombie)?;
    Some(look(process))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_id_and_its_birth() {
        let own = Neighbour::find(std::process::id()).unwrap();
        assert!(own.lives());
        assert!(!Neighbour { born: own.born - 5, ..own }.lives(), "another one with the same id");
        assert_eq!(Neighbour::find(u32::MAX - 1), None);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_process_that_does_not_listen_is_made_to_end() {
        let mut child = std::process::Command::new("sh")
            .args(["-c", "trap '' TERM; echo up; exec 1>&-; while :; do sleep 0.05; done"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // It has said so once it does not listen.
        std::io::Read::read_to_string(child.stdout.as_mut().unwrap(), &mut String::new()).unwrap();
        let neighbour = Neighbour::find(child.id()).unwrap();
        neighbour.end(Duration::from_millis(300)).await;
        neighbour.ended().await;
        child.wait().unwrap();
    }
}
