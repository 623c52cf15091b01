//! The desktop shell around the console: a window for the page, two commands, native notifications.
//!
//! Everything that the console knows and does is in `signalbox_core`; the shell must never decide anything about a
//! gateway, and never sees a token.

mod bridge;
mod core;
mod graphics;
mod notify;
mod window;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use signalbox_protocol::ipc::Theme;
use tauri::{App, AppHandle, Manager, RunEvent};
use tracing_subscriber::EnvFilter;

use crate::core::Core;

/// Which log lines are shown, in `tracing`'s filter syntax; the default is `info`.
const LOG: &str = "SIGNALBOX_LOG";

/// Opens the console and returns once its window is closed and its gateway has ended.
pub fn run() -> ExitCode {
    let filter = EnvFilter::try_from_env(LOG).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    graphics::prepare();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(tauri::generate_handler![bridge::call, bridge::open_view])
        .setup(|app| Ok(set_up(app)?))
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if matches!(event, RunEvent::Exit) {
                    close(app);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the console cannot open its window");
            ExitCode::FAILURE
        }
    }
}

fn set_up(app: &App) -> tauri::Result<()> {
    let core = Core::start(app);
    let mut theme = Theme::System;
    if let Ok(console) = core.console() {
        theme = console.preferences().theme;
        if let Some(events) = console.events() {
            tauri::async_runtime::spawn(notify::relay(app.handle().clone(), console.clone(), events));
        }
    }
    app.manage(core);
    window::open(app, theme)
}

/// Ends the links and the local gateway. The windows are gone by now, so that nobody watches it wait.
fn close(app: &AppHandle) {
    if let Ok(console) = app.state::<Core>().console() {
        tauri::async_runtime::block_on(console.close());
        tracing::info!("the links and the local gateway have ended");
    }
}
