//! The tray: how everything is, in one sign and one line, and the way back to the window.
//!
//! On Linux a tray reports no click and shows no tooltip, so that all of it is in the menu. Where a desktop has no tray
//! the console does without: a second start brings the window back.

mod picture;

use std::panic::{AssertUnwindSafe, catch_unwind};

use signalbox_core::Console;
use signalbox_core::desktop::{Farewell, Health, Look};
use signalbox_protocol::ipc::{Status, Wish};
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Runtime};

use crate::tongue::Tongue;
use crate::window;

const TRAY: &str = "main";
const SHOW: &str = "show";
const SETTINGS: &str = "settings";
const QUIT: &str = "quit";

/// What the tray shows now; it is only touched where that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    look: Look,
    tongue: Tongue,
}

/// The tray and the parts of it that change.
struct Tray<R: Runtime> {
    icon: TrayIcon<R>,
    state: MenuItem<R>,
    show: MenuItem<R>,
    settings: MenuItem<R>,
    quit: MenuItem<R>,
}

/// Puts the console into the tray and keeps it up to date, until the console ends.
pub fn begin<R: Runtime>(app: &AppHandle<R>, console: &Console) {
    let first = Shown {
        look: Look { health: Health::Offline, online: None },
        tongue: Tongue::chosen(console.preferences().language),
    };
    // The tray's library is loaded when it is first used, and panics where it is not installed.
    let built = catch_unwind(AssertUnwindSafe(|| Tray::build(app, console.clone(), first)));
    let tray = match built {
        Ok(Ok(tray)) => tray,
        Ok(Err(error)) => return tracing::warn!(%error, "the console is not in the tray"),
        Err(_) => return tracing::warn!("the console is not in the tray: the library for it is not installed"),
    };
    let mut statuses = console.status();
    tauri::async_runtime::spawn(async move {
        let mut shown = first;
        while statuses.changed().await.is_ok() {
            let now = statuses.borrow_and_update().as_ref().map(Shown::of);
            if let Some(now) = now.filter(|now| *now != shown) {
                if let Err(error) = tray.show(now) {
                    tracing::warn!(%error, "the tray is not up to date");
                }
                shown = now;
            }
        }
    });
}

impl Shown {
    fn of(status: &Status) -> Self {
        Self { look: Look::of(status), tongue: Tongue::chosen(status.preferences.language) }
    }

    /// The state in one line.
    fn line(self) -> String {
        let Self { look, tongue } = self;
        let state = match (look.health, tongue) {
            (Health::Healthy, Tongue::English) => "Healthy",
            (Health::Warning, Tongue::English) => "Warning",
            (Health::Offline, Tongue::English) => "Offline",
            (Health::Healthy, Tongue::Chinese) => "正常",
            (Health::Warning, Tongue::Chinese) => "警告",
            (Health::Offline, Tongue::Chinese) => "离线",
        };
        match (look.online, tongue) {
            (None, _) => state.to_owned(),
            (Some(online), Tongue::English) => format!("{state} · {online} online"),
            (Some(online), Tongue::Chinese) => format!("{state} · {online} 人在线"),
        }
    }
}

/// The menu's words: show, settings, quit.
const fn words(tongue: Tongue) -> [&'static str; 3] {
    match tongue {
        Tongue::English => ["Show Signalbox", "Settings…", "Quit Signalbox"],
        Tongue::Chinese => ["显示 Signalbox", "设置…", "退出 Signalbox"],
    }
}

impl<R: Runtime> Tray<R> {
    fn build(app: &AppHandle<R>, console: Console, first: Shown) -> tauri::Result<Self> {
        let [show, settings, quit] = words(first.tongue);
        let state = MenuItem::with_id(app, "state", first.line(), false, None::<&str>)?;
        let show = MenuItem::with_id(app, SHOW, show, true, None::<&str>)?;
        let settings = MenuItem::with_id(app, SETTINGS, settings, true, None::<&str>)?;
        let quit = MenuItem::with_id(app, QUIT, quit, true, None::<&str>)?;
        let lines = (PredefinedMenuItem::separator(app)?, PredefinedMenuItem::separator(app)?);
        let menu = Menu::with_items(app, &[&state, &lines.0, &show, &settings, &lines.1, &quit])?;
        let builder = TrayIconBuilder::with_id(TRAY).menu(&menu).icon(icon(first.look.health)).tooltip(first.line());
        let icon = kept_in(app, builder)
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(move |app, event| match event.id().as_ref() {
                SHOW => window::show(app),
                SETTINGS => {
                    console.wish(Wish::Settings);
                    window::show(app);
                }
                QUIT => match console.quit() {
                    Farewell::Now => app.exit(0),
                    Farewell::Asked => window::show(app),
                },
                _ => {}
            })
            .on_tray_icon_event(|tray, event| {
                let left = MouseButton::Left;
                if let TrayIconEvent::Click { button, button_state: MouseButtonState::Up, .. } = event
                    && button == left
                    && !cfg!(target_os = "macos")
                {
                    window::show(tray.app_handle());
                }
            })
            .build(app)?;
        Ok(Self { icon, state, show, settings, quit })
    }

    fn show(&self, now: Shown) -> tauri::Result<()> {
        let [show, settings, quit] = words(now.tongue);
        self.state.set_text(now.line())?;
        self.show.set_text(show)?;
        self.settings.set_text(settings)?;
        self.quit.set_text(quit)?;
        self.icon.set_icon(Some(icon(now.look.health)))?;
        self.icon.set_tooltip(Some(now.line()))
    }
}

/// Linux trays read the picture from a file. It belongs into the session's own folder, not where everybody writes.
#[cfg(target_os = "linux")]
fn kept_in<R: Runtime>(app: &AppHandle<R>, builder: TrayIconBuilder<R>) -> TrayIconBuilder<R> {
    match tauri::Manager::path(app).runtime_dir() {
        Ok(folder) => builder.temp_dir_path(folder.join("signalbox-tray")),
        Err(_) => builder,
    }
}

#[cfg(not(target_os = "linux"))]
fn kept_in<R: Runtime>(_app: &AppHandle<R>, builder: TrayIconBuilder<R>) -> TrayIconBuilder<R> {
    builder
}

fn icon(health: Health) -> Image<'static> {
    let plain = tauri::include_image!("./src-tauri/icons/64x64.png");
    let (width, height) = (plain.width(), plain.height());
    Image::new_owned(picture::draw(plain.rgba(), width, health), width, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_it_is_and_how_many_are_online_in_both_languages() {
        for (health, online, tongue, line) in [
            (Health::Healthy, Some(12), Tongue::English, "Healthy · 12 online"),
            (Health::Offline, None, Tongue::English, "Offline"),
            (Health::Warning, Some(3), Tongue::Chinese, "警告 · 3 人在线"),
        ] {
            assert_eq!(Shown { look: Look { health, online }, tongue }.line(), line);
        }
    }
}
