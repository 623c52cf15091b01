//! Native notifications: the core's events in words, shown by the desktop.
//!
//! What deserves one, and how many are too many, is the core's decision. This must never filter.

use signalbox_core::Console;
use signalbox_core::notices::Event;
use signalbox_protocol::feed::AlertKind;
use signalbox_protocol::ipc::Language;
use tauri::{AppHandle, Runtime};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::mpsc::Receiver;

/// Longer texts are cut by most desktops anyway, each in a way of its own.
const LONGEST: usize = 300;

/// The languages of the shell's own words; the page has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tongue {
    English,
    Chinese,
}

/// A notification in words.
#[derive(Debug, PartialEq, Eq)]
struct Notice {
    title: String,
    body: String,
}

/// Shows what the core reports, until the console ends.
pub async fn relay<R: Runtime>(app: AppHandle<R>, console: Console, mut events: Receiver<Event>) {
    while let Some(event) = events.recv().await {
        // A person may have chosen another language since the last one.
        let tongue = Tongue::of(console.preferences().language, |name| std::env::var(name).ok());
        let Notice { title, body } = Notice::of(&event, tongue);
        if let Err(error) = app.notification().builder().title(title).body(plain(&body)).show() {
            tracing::warn!(%error, "a notification cannot be shown");
        }
    }
}

impl Tongue {
    /// The one that was chosen, or the system's, as its environment says.
    fn of(chosen: Language, variable: impl Fn(&str) -> Option<String>) -> Self {
        match chosen {
            Language::English => Self::English,
            Language::Chinese => Self::Chinese,
            Language::System => {
                let system = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| {
                    let value = variable(name)?;
                    (!value.is_empty()).then_some(value)
                });
                if system.is_some_and(|locale| locale.starts_with("zh")) { Self::Chinese } else { Self::English }
            }
        }
    }
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
            Event::GatewayLost { name, reason, .. } => Self::new(format!("{name} cannot be reached"), reason),
            Event::GatewayBack { name, .. } => Self::new(format!("{name} is back"), "What it shows is live again."),
            Event::Alert { name, alert, .. } => {
                let kind = match alert.kind {
                    AlertKind::Warning => "Warning",
                    AlertKind::Error => "Error",
                    AlertKind::Anomaly => "Anomaly",
                };
                Self::new(format!("{kind} on {name}"), &alert.message)
            }
            Event::Summary { count, .. } => Self::new(
                format!("{count} more notices"),
                "They came faster than one can read; the console has them all.",
            ),
        }
    }

    fn in_chinese(event: &Event) -> Self {
        match event {
            Event::GatewayLost { name, reason, .. } => Self::new(format!("无法连接 {name}"), reason),
            Event::GatewayBack { name, .. } => Self::new(format!("{name} 已恢复"), "显示的数据重新实时更新。"),
            Event::Alert { name, alert, .. } => {
                let kind = match alert.kind {
                    AlertKind::Warning => "警告",
                    AlertKind::Error => "错误",
                    AlertKind::Anomaly => "异常",
                };
                Self::new(format!("{name} {kind}"), &alert.message)
            }
            Event::Summary { count, .. } => {
                Self::new(format!("另有 {count} 条通知"), "通知来得太快，控制台中可查看全部。")
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

    #[test]
    fn the_language_is_the_one_chosen_or_else_the_systems() {
        let chinese = |name: &str| (name == "LANG").then(|| "zh_CN.UTF-8".to_owned());
        let overruled = |name: &str| (name == "LC_ALL").then(|| "C".to_owned()).or_else(|| chinese(name));
        assert_eq!(Tongue::of(Language::System, chinese), Tongue::Chinese);
        assert_eq!(Tongue::of(Language::System, overruled), Tongue::English);
        assert_eq!(Tongue::of(Language::System, |_| None), Tongue::English);
        assert_eq!(Tongue::of(Language::English, chinese), Tongue::English);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_strangers_markup_is_shown_as_text() {
        assert_eq!(plain("<a href='x'>1 & 2</a>"), "&lt;a href='x'&gt;1 &amp; 2&lt;/a&gt;");
    }
}
