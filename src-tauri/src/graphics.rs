//! How the web view draws on Linux: chosen before it is loaded, since it can only be told by the environment.
//!
//! WebKitGTK shares GPU buffers between its processes. On a machine without a GPU (a virtual machine, a remote desktop, a
//! container) it does the same in software, and the window lags seconds behind what the page shows.

/// What WebKitGTK reads. Whoever has set it, to whatever value, is right.
#[cfg(target_os = "linux")]
const SHARED_BUFFERS_OFF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Makes sure that the web view will draw in a way that fits the machine.
///
/// A process cannot safely change its own environment, so where it must be changed the program takes its own place with
/// the new one: same process id, same arguments, nothing else started yet. Where that fails it goes on as it is.
#[cfg(target_os = "linux")]
pub fn prepare() {
    use std::os::unix::process::CommandExt as _;

    if std::env::var_os(SHARED_BUFFERS_OFF).is_some() || has_gpu() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let error =
            std::process::Command::new(program).args(std::env::args_os().skip(1)).env(SHARED_BUFFERS_OFF, "1").exec();
        tracing::warn!(%error, "the window may be slow: this machine has no GPU, and the web view could not be told so");
    }
}

/// Other systems' web views find out for themselves.
#[cfg(not(target_os = "linux"))]
pub fn prepare() {}

/// Whether there is a device that draws for this process.
#[cfg(target_os = "linux")]
fn has_gpu() -> bool {
    std::fs::read_dir("/dev/dri").is_ok_and(|mut devices| {
        devices.any(|device| device.is_ok_and(|device| device.file_name().to_string_lossy().starts_with("renderD")))
    })
}
