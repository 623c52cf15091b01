//! The host and this process, measured.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// The last measurement. Read without waiting.
#[derive(Debug, Default)]
pub struct Measured {
    cpu: AtomicU32,
    memory: AtomicU32,
    rss: AtomicU64,
}

impl Measured {
    /// Processor time in use, 0–100 over all cores.
    pub fn cpu(&self) -> f32 {
        f32::from_bits(self.cpu.load(Ordering::Relaxed))
    }

    /// Memory in use, 0–100.
    pub fn memory(&self) -> f32 {
        f32::from_bits(self.memory.load(Ordering::Relaxed))
    }

    /// Resident memory of this process, in bytes.
    pub fn rss(&self) -> u64 {
        self.rss.load(Ordering::Relaxed)
    }
}

/// Measures. Reads files of the operating system: not for an async task's thread.
#[derive(Debug)]
pub struct Meter {
    system: System,
    process: Pid,
}

impl Meter {
    /// With a first look, without which processor time cannot be told. `None` where the host cannot be measured.
    pub fn new() -> Option<Self> {
        let system = System::new()
            .inspect_err(|error| tracing::warn!(%error, "this host cannot be measured: its figures stay at zero"))
            .ok()?;
        let mut meter = Self { system, process: Pid::from_u32(std::process::id()) };
        meter.look();
        Some(meter)
    }

    /// Measures what was used since the last time.
    pub fn measure(&mut self, into: &Measured) {
        self.look();
        let total = self.system.total_memory();
        let memory = if total == 0 { 0.0 } else { self.system.used_memory() as f64 * 100.0 / total as f64 };
        let rss = self.system.process(self.process).map_or(0, sysinfo::Process::memory);
        into.cpu.store(tenth(self.system.global_cpu_usage()).to_bits(), Ordering::Relaxed);
        into.memory.store(tenth(memory as f32).to_bits(), Ordering::Relaxed);
        into.rss.store(rss, Ordering::Relaxed);
    }

    fn look(&mut self) {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        let memory = ProcessRefreshKind::nothing().with_memory();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[self.process]), false, memory);
    }
}

/// Rounded to a tenth: what is beyond it is noise.
fn tenth(percent: f32) -> f32 {
    (percent.clamp(0.0, 100.0) * 10.0).round() / 10.0
}
