//! One console at a time: a second start shows the first one's window and ends.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Runtime};

use crate::core;

/// The name on the session's bus; the plugin adds to it.
const NAME: &str = "dev.signalbox.console";

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
    tauri_plugin_single_instance::Builder::new().callback(move |app, _, _| noticed(app)).dbus_id(name).build()
}
