//! Native notifications: shown by the desktop, and what a click on one leads to.
//!
//! What deserves one, and how many are too many, is the core's decision. This must never filter.

use signalbox_core::Console;
use signalbox_core::desktop::Sound;
use signalbox_core::notices::Event;
use signalbox_protocol::ipc::Wish;
use tauri::{AppHandle, Runtime};
use tauri_plugin_notification::NotificationExt;

use crate::notice::Notice;
use crate::tongue::Tongue;
use crate::window;

/// Under this name a notification carries what a click on it shows.
const WISH: &str = "wish";

/// The desktop's own sound for a message.
const SOUND: &str = if cfg!(target_os = "linux") { "message-new-instant" } else { "Default" };

/// Shows an event.
pub fn show<R: Runtime>(app: &AppHandle<R>, event: &Event, tongue: Tongue, sound: Sound) {
    let Notice { title, body } = Notice::of(event, tongue);
    let wish = Wish::Show { profile: event.profile().clone(), subject: event.subject() };
    let mut notification = app.notification().builder().title(title).body(plain(&body)).extra(WISH, wish);
    if sound == Sound::Audible {
        notification = notification.sound(SOUND);
    }
    if let Err(error) = notification.show() {
        tracing::warn!(%error, "a notification cannot be shown");
    }
}

/// Lets a click on a notification open the window at what it is about.
pub fn on_click<R: Runtime>(app: &AppHandle<R>, console: Console) -> tauri_plugin_notification::Result<()> {
    let handle = app.clone();
    app.notification().on_action(move |performed| {
        let wish = performed.notification().and_then(|notification| notification.extra().get(WISH));
        if let Some(wish) = wish.and_then(|wish| serde_json::from_value(wish.clone()).ok()) {
            console.wish(wish);
        }
        window::show(&handle);
    })
}

/// The text with what a freedesktop notification would take for markup made harmless: it may come from a stranger.
#[cfg(all(unix, not(target_os = "macos")))]
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Other desktops show a text as it is.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn plain(text: &str) -> String {
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_strangers_markup_is_shown_as_text() {
        assert_eq!(plain("<a href='x'>1 & 2</a>"), "&lt;a href='x'&gt;1 &amp; 2&lt;/a&gt;");
    }
}
