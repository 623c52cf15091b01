//! The main window: how big it is, how it looks before the page does, and which theme its frame has.
//!
//! It must never know what the page shows.

use signalbox_protocol::ipc::Theme;
use tauri::window::Color;
use tauri::{App, AppHandle, Manager, Runtime, WebviewWindowBuilder};

/// The window's label, as `tauri.conf.json` and the capabilities name it.
pub const MAIN: &str = "main";

/// The page's own background in light and dark, so that nothing flashes before it is painted.
const LIGHT: Color = Color(0xf4, 0xf4, 0xf2, 0xff);
const DARK: Color = Color(0x11, 0x13, 0x17, 0xff);

/// Runs in the page before its own scripts.
const LANGUAGE: &str = include_str!("language.js");

/// Opens the window that `tauri.conf.json` describes.
///
/// # Errors
/// Where the system has no webview, or the configuration no such window.
pub fn open<R: Runtime>(app: &App<R>, theme: Theme) -> tauri::Result<()> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN);
    let config = config.ok_or(tauri::Error::WindowNotFound)?;
    let window = WebviewWindowBuilder::from_config(app.handle(), config)?
        .theme(native(theme))
        .initialization_script(LANGUAGE)
        .build()?;
    let background = match window.theme() {
        Ok(tauri::Theme::Dark) => DARK,
        _ => LIGHT,
    };
    window.set_background_color(Some(background))
}

/// Gives the window's frame the theme that the page has.
///
/// # Errors
/// Where the window is gone.
pub fn dress<R: Runtime>(app: &AppHandle<R>, theme: Theme) -> tauri::Result<()> {
    app.get_webview_window(MAIN).ok_or(tauri::Error::WindowNotFound)?.set_theme(native(theme))
}

/// `None` follows the system.
fn native(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}
