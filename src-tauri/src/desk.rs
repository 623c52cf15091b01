//! The desktop's side of the core's orders: notifications, the window, files, the start at login, the end.
//!
//! This must never decide anything: whoever gives an order has decided.

use signalbox_core::Console;
use signalbox_core::desktop::{AtLogin, Order};
use tauri::{AppHandle, Runtime};
use tauri_plugin_autostart::ManagerExt as _;
use tokio::sync::mpsc::Receiver;

use crate::tongue::Tongue;
use crate::{chooser, core, notify, window};

/// Shows the start at login as the desktop has it, and arranges it anew where it is on: the program may be elsewhere by now.
/// What starts with the session is the console without a folder of its own, and no other.
pub fn look_at_login<R: Runtime>(app: &AppHandle<R>, console: &Console) {
    if core::override_folder().is_some() {
        return;
    }
    let entry = app.autolaunch();
    let found =
        entry.is_enabled().inspect(|on| console.found_at_login(if *on { AtLogin::Starts } else { AtLogin::Waits }));
    let renewed = found.and_then(|on| if on { entry.enable() } else { Ok(()) });
    if let Err(error) = renewed {
        tracing::warn!(%error, "how the session starts the console is not known, or not renewed");
    }
}

/// Carries out what the core orders, until the console ends.
pub async fn serve<R: Runtime>(app: AppHandle<R>, console: Console, mut orders: Receiver<Order>) {
    while let Some(order) = orders.recv().await {
        match order {
            Order::Notice { event, sound } => {
                // A person may have chosen another language since the last one.
                notify::show(&app, &event, Tongue::chosen(console.preferences().language), sound);
            }
            Order::Dress { theme, zoom } => {
                if let Err(error) = window::dress(&app, theme, zoom) {
                    tracing::warn!(%error, "the window keeps its theme and its size");
                }
            }
            Order::StartAtLogin { on, answer } => {
                let entry = app.autolaunch();
                let done = if on { entry.enable() } else { entry.disable() };
                // Whoever asked may have gone; it is arranged all the same.
                let _ = answer.send(done.map_err(|error| error.to_string()));
            }
            Order::ChooseFile { name, format, answer } => chooser::ask(&app, name, format, answer),
            Order::Hide => window::hide(&app),
            Order::Quit => app.exit(0),
        }
    }
}
