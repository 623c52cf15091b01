//! What a process has cost so far: processor time and memory, of all its threads, as the kernel counts them.

use std::fs;
use std::ops::Sub;

use anyhow::{Context, Result};

/// The unit of `/proc`'s times: 1/100 s on every architecture that Linux has today.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running process.
#[derive(Debug, Clone, Copy)]
pub struct Process {
    pid: u32,
}

/// Bytes of memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Memory {
    /// Its share of what it maps.
    pub proportional: f64,
    /// What it maps that is in memory.
    pub resident: f64,
}

impl Process {
    /// The process of that id.
    pub const fn new(pid: u32) -> Self {
        Self { pid }
    }

    /// Seconds of processor time, in user mode and in the kernel.
    pub fn processor(self) -> Result<f64> {
        seconds(&self.read("stat")?).context("/proc/…/stat is not as it should be")
    }

    /// Its memory now.
    pub fn memory(self) -> Result<Memory> {
        let text = self.read("smaps_rollup")?;
        let read = |name| bytes(&text, name).with_context(|| format!("/proc/…/smaps_rollup has no {name}"));
        Ok(Memory { proportional: read("Pss")?, resident: read("Rss")? })
    }

    fn read(self, file: &str) -> Result<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.pid)).context("the server is gone")
    }
}

impl Sub for Memory {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { proportional: self.proportional - before.proportional, resident: self.resident - before.resident }
    }
}

/// Seconds of processor time of the thread that asks.
pub fn this_thread() -> Result<f64> {
    let stat = fs::read_to_string("/proc/thread-self/stat").context("this thread cannot be seen")?;
    seconds(&stat).context("/proc/…/stat is not as it should be")
}

/// `utime` and `stime` are the 14th and the 15th word; the second is the name in parentheses, which may hold spaces.
fn seconds(stat: &str) -> Option<f64> {
    let mut words = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || words.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_PER_SECOND)
}

fn bytes(rollup: &str, name: &str) -> Option<f64> {
    let rest = rollup.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(rest.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_read() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 3 0 100 1000 200";
        assert_eq!(seconds(stat), Some(3.0));
        let rollup = "5581 [rollup]\nRss:  2048 kB\nPss:   1024 kB\nPss_Dirty: 4 kB\n";
        assert_eq!((bytes(rollup, "Pss"), bytes(rollup, "Rss")), (Some(1_048_576.0), Some(2_097_152.0)));
    }
}
