//! One console at a time: a second start shows the first one's window and ends. Where the first one is ending itself, it
//! starts the console anew once it has ended: two of them would stand in each other's way.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Runtime};

use crate::core;

/// The name on the session's bus; the plugin adds to it.
const NAME: &str = "dev.signalbox.console";

/// How far this console has come.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Its window can be shown.
    #[default]
    There,
    /// Its window is gone, and its links and its gateway are about to be.
    Ending,
    /// Likewise, and somebody has started it again.
    WantedAgain,
}

/// How far this console has come, for whoever starts it again.
#[derive(Debug, Default)]
pub struct Life(Mutex<Stage>);

impl Life {
    /// It begins to end.
    pub fn end(&self) {
        self.advance(|_| Stage::Ending);
    }

    /// Somebody has started it again. False where it can be shown.
    fn is_to_come_again(&self) -> bool {
        let stage = self.advance(|stage| if stage == Stage::There { stage } else { Stage::WantedAgain });
        stage == Stage::WantedAgain
    }

    /// Whether somebody has started it since it began to end.
    pub fn is_wanted_again(&self) -> bool {
        self.advance(|stage| stage) == Stage::WantedAgain
    }

    fn advance(&self, next: impl FnOnce(Stage) -> Stage) -> Stage {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *stage = next(*stage);
        *stage
    }
}

/// Ends this process and starts the console anew, for somebody who waits to see it.
pub fn begin_anew<R: Runtime>(app: &AppHandle<R>) -> ! {
    let mut start = app.env();
    // However this one was started: it may have been by the session, into the tray.
    start.args_os.truncate(1);
    app.cleanup_before_exit();
    tauri::process::restart(&start)
}

/// Notices a second start and calls this in the first console. A console with a folder of its own is another one.
pub fn only<R: Runtime>(noticed: impl Fn(&AppHandle<R>) + Send + Sync + 'static) -> TauriPlugin<R> {
    let name = core::override_folder().map_or_else(
        || NAME.to_owned(),
        |folder| {
            let mut hasher = DefaultHasher::new();
            folder.hash(&mut hasher);
            format!("{NAME}.in{:016x}", hasher.finish())
        },
    );
    tauri_plugin_single_instance::Builder::new()
        .callback(move |app, _, _| {
            if !app.state::<Life>().is_to_come_again() {
                noticed(app);
            }
        })
        .dbus_id(name)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_while_the_console_ends_is_not_lost() {
        let life = Life::default();
        assert!(!life.is_to_come_again(), "its window is shown");
        life.end();
        assert!(!life.is_wanted_again(), "the start before was answered");
        assert!(life.is_to_come_again());
        assert!(life.is_wanted_again());
    }
}
