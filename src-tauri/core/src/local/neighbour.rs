//! A process that may not be a child of ours: whether it still lives, and how it is asked to end.
//!
//! A process id is given anew sooner or later, so that a process is known by its id and by when it began, told in a way
//! that nobody who sets the clock can change.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, Signal, System};
use tokio::time::{Instant, sleep};

/// Between two looks at one that is to end.
const LOOK: Duration = Duration::from_millis(250);

/// Between two looks at one that is to go on.
const GLANCE: Duration = Duration::from_secs(1);

/// A process on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Neighbour {
    /// Its id.
    pub(super) pid: u32,
    /// When it began.
    pub(super) born: Birth,
}

/// When a process began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Birth {
    /// By Linux, which counts from its own start. When that was it reckons anew from a clock that is set now and then, so
    /// that a moment would change while the process lives.
    Counted {
        /// The id that the system has given itself when it started.
        boot: String,
        /// In clock ticks after that start.
        ticks: u64,
    },
    /// By systems that remember the moment, in seconds since 1970; and in records of consoles before this one.
    Remembered(u64),
}

impl Neighbour {
    /// The process with an id; `None` where there is none.
    pub(super) fn find(pid: u32) -> Option<Self> {
        with(pid, |process| Self { pid, born: counted(pid).unwrap_or(Birth::Remembered(process.start_time())) })
    }

    /// Whether it lives.
    pub(super) fn lives(&self) -> bool {
        with(self.pid, |process| match self.born {
            Birth::Counted { .. } => counted(self.pid).as_ref() == Some(&self.born),
            Birth::Remembered(second) => process.start_time() == second,
        }) == Some(true)
    }

    /// Waits until it does not.
    pub(super) async fn ended(&self) {
        while self.lives() {
            sleep(GLANCE).await;
        }
    }

    /// Asks it to end.
    pub(super) fn ask_to_end(&self) {
        self.signal(Signal::Term);
    }

    /// Asks it to end, and makes it end where it has not done so in time.
    pub(super) async fn end(&self, patience: Duration) {
        self.ask_to_end();
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

    fn signal(&self, signal: Signal) {
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

#[cfg(target_os = "linux")]
fn counted(pid: u32) -> Option<Birth> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(Birth::Counted { boot, ticks: start_ticks(&stat)? })
}

#[cfg(not(target_os = "linux"))]
fn counted(_pid: u32) -> Option<Birth> {
    None
}

/// The 22nd field of a line of `/proc/<pid>/stat`. The 2nd is the program's name in brackets, which may have anything in it.
#[cfg(target_os = "linux")]
fn start_ticks(stat: &str) -> Option<u64> {
    let (_, after_the_name) = stat.rsplit_once(')')?;
    after_the_name.split_ascii_whitespace().nth(19)?.parse().ok()
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
        let second = with(own.pid, sysinfo::Process::start_time).unwrap();
        let remembered = |second| Neighbour { pid: own.pid, born: Birth::Remembered(second) };
        assert!(remembered(second).lives(), "in a record of a console before this one");
        assert!(!remembered(second - 5).lives(), "another one with the same id");
        assert_eq!(Neighbour::find(u32::MAX - 1), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_is_known_though_the_clock_of_the_machine_is_set() {
        let own = Neighbour::find(std::process::id()).unwrap();
        let Birth::Counted { boot, ticks } = &own.born else { panic!("a moment is reckoned from the clock: {own:?}") };
        for other in [
            Birth::Counted { boot: boot.clone(), ticks: ticks + 1 },
            Birth::Counted { boot: "another start of the machine".into(), ticks: *ticks },
        ] {
            assert!(!Neighbour { born: other, ..own.clone() }.lives(), "another one with the same id");
        }
        let line = "7 (a ) b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 10";
        assert_eq!(start_ticks(line), Some(4711));
    }

    #[test]
    fn a_record_says_when_a_process_began_in_the_way_of_its_system_or_of_a_console_before() {
        for (text, born) in [
            (r#"{"pid":7,"born":{"boot":"b","ticks":8}}"#, Birth::Counted { boot: "b".into(), ticks: 8 }),
            (r#"{"pid":7,"born":8}"#, Birth::Remembered(8)),
        ] {
            let neighbour = Neighbour { pid: 7, born };
            assert_eq!(serde_json::from_str::<Neighbour>(text).unwrap(), neighbour);
            assert_eq!(serde_json::to_string(&neighbour).unwrap(), text);
        }
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
