//! Native notifications: the core's events in words, shown by the desktop, and what a click on one leads to.
//!
//! What deserves one, and how many are too many, is the core's decision. This must never filter.

use signalbox_core::Console;
use signalbox_core::desktop::Sound;
use signalbox_core::notices::Event;
use signalbox_protocol::feed::AlertKind;
use signalbox_protocol::ipc::Wish;
use tauri::{AppHandle, Runtime};
use tauri_plugin_notification::NotificationExt;

use crate::tongue::Tongue;
use crate::window;
use crate::words::say;

/// Longer texts are cut by most desktops anyway, each in a way of its own.
const LONGEST: usize = 300;

/// Under this name a notification carries what a click on it shows.
const WISH: &str = "wish";

/// The desktop's own sound for a message.
const SOUND: &str = if cfg!(target_os = "linux") { "message-new-instant" } else { "Default" };

/// A notification in words.
#[derive(Debug, PartialEq, Eq)]
struct Notice {
    title: String,
    body: String,
}

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

impl Notice {
    fn of(event: &Event, tongue: Tongue) -> Self {
        match tongue {
            Tongue::English => Self::in_english(event),
            Tongue::Chinese => Self::in_chinese(event),
        }
    }

    fn in_english(event: &Event) -> Self {
        match event {
            Event::GatewayLost { name, reason, .. } => {
                Self::new(format!("{name} cannot be reached"), &say(reason, Tongue::English))
            }
            Event::GatewayBack { name, .. } => Self::new(format!("{name} is back"), "What it shows is live again."),
            Event::Alert { name, alert, .. } => {
                let kind = match alert.kind {
                    AlertKind::Warning => "Warning",
                    AlertKind::Error => "Error",
                    AlertKind::Anomaly => "Anomaly",
                };
                Self::new(format!("{kind} on {name}"), &alert.message)
            }
            Event::LocalCrashed { reason, .. } => {
                let title = "The gateway on this machine ended; it is started again";
                Self::new(title.to_owned(), &say(reason, Tongue::English))
            }
            Event::Summary { count, .. } => Self::new(
                format!("{count} more notices"),
                "They came too fast, or in the quiet hours; the console has them all.",
            ),
        }
    }

    fn in_chinese(event: &Event) -> Self {
        match event {
            Event::GatewayLost { name, reason, .. } => {
                Self::new(format!("无法连接 {name}"), &say(reason, Tongue::Chinese))
            }
            Event::GatewayBack { name, .. } => Self::new(format!("{name} 已恢复"), "显示的数据重新实时更新。"),
            Event::Alert { name, alert, .. } => {
                let kind = match alert.kind {
                    AlertKind::Warning => "警告",
                    AlertKind::Error => "错误",
                    AlertKind::Anomaly => "异常",
                };
                Self::new(format!("{name} {kind}"), &alert.message)
            }
            Event::LocalCrashed { reason, .. } => {
                Self::new("本机网关意外退出，正在重新启动".to_owned(), &say(reason, Tongue::Chinese))
            }
            Event::Summary { count, .. } => {
                Self::new(format!("另有 {count} 条通知"), "通知过于密集或处于免打扰时段，控制台中可查看全部。")
            }
        }
    }

    fn new(title: String, body: &str) -> Self {
        let mut cut: String = body.chars().take(LONGEST).collect();
        if cut.len() < body.len() {
            cut.push('…');
        }
        Self { title, body: cut }
    }
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
    use signalbox_protocol::Timestamp;
    use signalbox_protocol::feed::{Alert, Level};
    use signalbox_protocol::ipc::ProfileId;

    use super::*;

    fn alert(message: &str) -> Event {
        Event::Alert {
            profile: ProfileId("p".into()),
            name: "eu-prod".into(),
            alert: Alert {
                id: 1,
                kind: AlertKind::Warning,
                level: Level::High,
                message: message.into(),
                data: None,
                since: Timestamp(0),
                node: "gw-1".into(),
                anomaly: None,
                acknowledged: None,
                silenced_until: None,
                cleared_at: None,
            },
        }
    }

    #[test]
    fn an_alert_says_what_and_where() {
        for (tongue, title) in [(Tongue::English, "Warning on eu-prod"), (Tongue::Chinese, "eu-prod 警告")] {
            let notice = Notice::of(&alert("Disk almost full"), tongue);
            assert_eq!(notice, Notice { title: title.into(), body: "Disk almost full".into() });
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let body = Notice::of(&alert(&"磁".repeat(1000)), Tongue::English).body;
        assert_eq!(body.chars().count(), LONGEST + 1);
        assert!(body.ends_with('…'));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_strangers_markup_is_shown_as_text() {
        assert_eq!(plain("<a href='x'>1 & 2</a>"), "&lt;a href='x'&gt;1 &amp; 2&lt;/a&gt;");
    }
}
