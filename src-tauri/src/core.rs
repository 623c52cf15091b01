//! The core as the shell holds it: running, or the reason why it could not be started.
//!
//! A console whose files are damaged still opens its window. Whatever the page asks is then answered with the reason,
//! so that a person reads it in the window instead of in a log that nobody sees.

use std::path::PathBuf;

use signalbox_core::{Console, ConsoleOptions, OVERRIDE, Paths, Secrets};
use signalbox_protocol::ipc::{Failure, FailureCode, Reason};
use tauri::{App, Manager, Runtime};

/// The console, or why there is none.
pub struct Core(Result<Console, Failure>);

impl Core {
    /// Reads the console's files and starts its tasks on tauri's runtime.
    pub fn start<R: Runtime>(app: &App<R>) -> Self {
        // A console needs a runtime around it from the beginning; `setup` runs on the main thread, which has none.
        Self(tauri::async_runtime::block_on(async { open(app) }))
    }

    /// The console.
    ///
    /// # Errors
    /// Why it could not be started.
    pub fn console(&self) -> Result<&Console, Failure> {
        self.0.as_ref().map_err(Clone::clone)
    }
}

/// The folder that everything is below where the environment says so.
pub fn override_folder() -> Option<PathBuf> {
    std::env::var_os(OVERRIDE).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn open<R: Runtime>(app: &App<R>) -> Result<Console, Failure> {
    let folders = app.path().app_config_dir().and_then(|config| Ok((config, app.path().app_data_dir()?)));
    let (config, data) = folders.map_err(|error| broken(Reason::NoFolder { error: error.to_string() }))?;
    let paths = Paths::new(config, data).or_override(std::env::var_os(OVERRIDE).as_deref());
    Console::new(ConsoleOptions { paths, secrets: Secrets::system() })
        .map_err(|error| broken(Reason::FilesUnreadable { error: error.to_string() }))
}

fn broken(reason: Reason) -> Failure {
    tracing::error!(%reason, "the core does not start");
    Failure { code: FailureCode::Internal, reason }
}
