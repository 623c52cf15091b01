//! Native notifications: the core's events in words, shown by the desktop.
//!
//! What deserves one, and how many are too many, is the core's decision. This must never filter.

use signalbox_core::notices::Event;
use signalbox_protocol::feed::AlertKind;
use tauri::{AppHandle, Runtime};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::mpsc::Receiver;

/// Longer texts are cut by most desktops anyway, each in a way of its own.
const LONGEST: usize = 300;

/// A notification in words.
#[derive(Debug, PartialEq, Eq)]
struct Notice {
    title: String,
    body: String,
}

/// Shows what the core reports, until the console ends.
pub async fn relay<R: Runtime>(app: AppHandle<R>, mut events: Receiver<Event>) {
    while let Some(event) = events.recv().await {
        let Notice { title, body } = Notice::of(&event);
        if let Err(error) = app.notification().builder().title(title).body(plain(&body)).show() {
            tracing::warn!(%error, "a notification cannot be shown");
        }
    }
}

impl Notice {
    fn of(event: &Event) -> Self {
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
                format!("{count} more alerts"),
                "They came faster than one can read; the console has them all.",
            ),
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
            },
        }
    }

    #[test]
    fn an_alert_says_what_and_where() {
        let notice = Notice::of(&alert("Disk almost full"));
        assert_eq!(notice, Notice { title: "Warning on eu-prod".into(), body: "Disk almost full".into() });
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let body = Notice::of(&alert(&"磁".repeat(1000))).body;
        assert_eq!(body.chars().count(), LONGEST + 1);
        assert!(body.ends_with('…'));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_strangers_markup_is_shown_as_text() {
        assert_eq!(plain("<a href='x'>1 & 2</a>"), "&lt;a href='x'&gt;1 &amp; 2&lt;/a&gt;");
    }
}
