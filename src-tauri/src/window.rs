//! The main window: how big it and its page are, how it looks before the page does, which theme its frame has, and how it
//! comes and goes.
//!
//! It must never know what the page shows.

use std::path::PathBuf;

use signalbox_core::Console;
use signalbox_core::desktop::Closing;
use signalbox_protocol::ipc::{Theme, Zoom};
use tauri::plugin::TauriPlugin;
use tauri::window::Color;
use tauri::{App, AppHandle, Manager, Runtime, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags};

/// The window's label, as `tauri.conf.json` and the capabilities name it.
pub const MAIN: &str = "main";

/// The page's own background in light and dark, so that nothing flashes before it is painted.
const LIGHT: Color = Color(0xf4, 0xf4, 0xf2, 0xff);
const DARK: Color = Color(0x11, 0x13, 0x17, 0xff);

/// Runs in the page before its own scripts.
const LANGUAGE: &str = include_str!("language.js");

/// What is remembered of the window.
const REMEMBERED: StateFlags = StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);

/// Whether the window is seen at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appearance {
    /// It is.
    Shown,
    /// Only from the tray, or by a second start.
    InTheTray,
}

/// Remembers size, place and whether the window is maximised, in this file or in the platform's place for it.
pub fn memory<R: Runtime>(file: Option<PathBuf>) -> TauriPlugin<R> {
    let mut builder = tauri_plugin_window_state::Builder::new().with_state_flags(REMEMBERED);
    if let Some(file) = file {
        // A whole path takes the place of the folder that the plugin would have chosen.
        builder = builder.with_filename(file.to_string_lossy());
    }
    builder.build()
}

/// Opens the window that `tauri.conf.json` describes.
///
/// # Errors
/// Where the system has no webview, or the configuration no such window.
pub fn open<R: Runtime>(
    app: &App<R>,
    theme: Theme,
    zoom: Zoom,
    appearance: Appearance,
) -> tauri::Result<WebviewWindow<R>> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN);
    let config = config.ok_or(tauri::Error::WindowNotFound)?;
    let window = WebviewWindowBuilder::from_config(app.handle(), config)?
        .theme(native(theme))
        .visible(appearance == Appearance::Shown)
        .initialization_script(LANGUAGE)
        .build()?;
    let background = match window.theme() {
        Ok(tauri::Theme::Dark) => DARK,
        _ => LIGHT,
    };
    window.set_background_color(Some(background))?;
    window.set_zoom(zoom.factor())?;
    Ok(window)
}

/// Brings the window to the front, wherever it was.
pub fn show<R: Runtime>(app: &AppHandle<R>) {
    let shown = app
        .get_webview_window(MAIN)
        .ok_or(tauri::Error::WindowNotFound)
        .and_then(|window| window.unminimize().and(window.show()).and(window.set_focus()));
    if let Err(error) = shown {
        tracing::warn!(%error, "the window cannot be shown");
    }
}

/// Takes the window away; where it was is noted, since a window that is not there does not know it later.
pub fn hide<R: Runtime>(app: &AppHandle<R>) {
    if let Err(error) = app.save_window_state(REMEMBERED) {
        tracing::warn!(%error, "where the window was is not noted");
    }
    let hidden = app.get_webview_window(MAIN).ok_or(tauri::Error::WindowNotFound).and_then(|window| window.hide());
    if let Err(error) = hidden {
        tracing::warn!(%error, "the window cannot be hidden");
    }
}

/// Closes the window the way that was chosen, or lets the page ask. The end of a session is not asked about: it closes no
/// window.
pub fn on_close<R: Runtime>(window: &WebviewWindow<R>, console: Console) {
    let app = window.app_handle().clone();
    window.on_window_event(move |event| {
        let WindowEvent::CloseRequested { api, .. } = event else { return };
        match console.close_window() {
            Closing::Closed => {}
            Closing::Hidden => {
                api.prevent_close();
                hide(&app);
            }
            Closing::Asked => {
                api.prevent_close();
                show(&app);
            }
        }
    });
}

/// Gives the window's frame the theme that the page has, and the page its size.
///
/// # Errors
/// Where the window is gone.
pub fn dress<R: Runtime>(app: &AppHandle<R>, theme: Theme, zoom: Zoom) -> tauri::Result<()> {
    let window = app.get_webview_window(MAIN).ok_or(tauri::Error::WindowNotFound)?;
    window.set_theme(native(theme))?;
    window.set_zoom(zoom.factor())
}

/// `None` follows the system.
fn native(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}
