//! The desktop shell around the console: a window for the page, two commands, a tray, native notifications, and the
//! system's own dialog for files.
//!
//! Everything that the console knows and does is in `signalbox_core`; the shell must never decide anything about a
//! gateway, and never sees a token.

mod bridge;
mod chooser;
mod core;
mod desk;
mod graphics;
mod instance;
mod notice;
mod notify;
mod tongue;
mod tray;
mod visible;
mod window;
mod words;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use signalbox_protocol::ipc::{Preferences, Theme, Zoom};
use tauri::{App, AppHandle, Manager, RunEvent};
use tracing_subscriber::EnvFilter;

use crate::core::Core;
use crate::window::Appearance;

/// Which log lines are shown, in `tracing`'s filter syntax; the default is `info`.
const LOG: &str = "SIGNALBOX_LOG";

/// The argument with which a session starts the console: it watches from the tray until somebody asks for it.
const IN_THE_TRAY: &str = "--in-the-tray";

/// Opens the console and returns once it was quit and its gateway has ended. Where one is open already, that one is shown.
pub fn run() -> ExitCode {
    let filter = EnvFilter::try_from_env(LOG).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    graphics::prepare();
    let app = tauri::Builder::default()
        .manage(instance::Life::default())
        // A second start must be noticed before anything of it has begun.
        .plugin(instance::only(window::show))
        .plugin(window::memory(core::override_folder().map(|folder| folder.join("window.json"))))
        .plugin(tauri_plugin_autostart::Builder::new().arg(IN_THE_TRAY).build())
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(tauri::generate_handler![bridge::call, bridge::open_view])
        .setup(|app| Ok(set_up(app)?))
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| match event {
                RunEvent::Exit => close(app),
                #[cfg(target_os = "macos")]
                RunEvent::Reopen { .. } => window::show(app),
                _ => {}
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
    let console = core.console().cloned();
    app.manage(core);
    let Ok(console) = console else {
        // The window says why, and closing it ends the console.
        window::open(app, Theme::System, Zoom::default(), Appearance::Shown)?;
        return Ok(());
    };
    let quiet = std::env::args().any(|argument| argument == IN_THE_TRAY);
    let appearance = if quiet { Appearance::InTheTray } else { Appearance::Shown };
    let Preferences { theme, zoom, .. } = console.preferences();
    let window = window::open(app, theme, zoom, appearance)?;
    window::on_close(&window, console.clone());
    tray::begin(app.handle(), &console);
    if let Err(error) = notify::on_click(app.handle(), console.clone()) {
        tracing::warn!(%error, "a click on a notification does nothing");
    }
    desk::look_at_login(app.handle(), &console);
    if let Some(orders) = console.orders() {
        tauri::async_runtime::spawn(desk::serve(app.handle().clone(), console, orders));
    }
    Ok(())
}

/// Ends the links and the local gateway. The windows are gone by now, so that nobody watches it wait; who starts the console
/// meanwhile gets another one after that.
fn close(app: &AppHandle) {
    let life = app.state::<instance::Life>();
    life.end();
    if let Ok(console) = app.state::<Core>().console() {
        tauri::async_runtime::block_on(console.close());
        tracing::info!("the links and the local gateway have ended");
    }
    if life.is_wanted_again() {
        instance::begin_anew(app);
    }
}
