//! The core's events in words, as a notification shows them. It must never know how one is shown.
//!
//! Names and texts come from strangers: what would turn a line around or pass for another name is shown by name.

use signalbox_core::notices::{Event, Matter, Summary, Tally};
use signalbox_protocol::feed::{Alert, AlertKind};

use crate::tongue::Tongue;
use crate::visible::visible;
use crate::words::{anomaly, say};

/// Longer texts are cut by most desktops anyway, each in a way of its own.
const LONGEST: usize = 300;
/// Gateways that a summary names; of more it says how many.
const NAMED: usize = 3;

/// A notification in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Notice {
    /// What and where, in a few words.
    pub title: String,
    /// The rest of it.
    pub body: String,
}

impl Notice {
    /// The event in words.
    pub fn of(event: &Event, tongue: Tongue) -> Self {
        let (title, body) = match tongue {
            Tongue::English => in_english(event),
            Tongue::Chinese => in_chinese(event),
        };
        Self { title: short(&title), body: short(&body) }
    }
}

/// The text made safe to look at, and cut between characters.
fn short(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn in_english(event: &Event) -> (String, String) {
    let said = |reason| say(reason, Tongue::English);
    let called = |name| called(name, Tongue::English);
    match event {
        Event::GatewayLost { name, reason, .. } => (format!("{} cannot be reached", called(name)), said(reason)),
        Event::GatewayBack { name, .. } => {
            (format!("{} is back", called(name)), "What it shows is live again.".to_owned())
        }
        Event::SignedOut { name, reason, .. } => {
            let why = reason.as_ref().map_or_else(|| "Nobody is signed in any more.".to_owned(), said);
            (format!("Sign in to {} again", called(name)), why)
        }
        Event::Alert { name, alert, .. } => {
            let kind = match alert.kind {
                AlertKind::Warning => "Warning",
                AlertKind::Error => "Error",
                AlertKind::Anomaly => "Anomaly",
            };
            (format!("{kind} on {}", called(name)), wrong(alert, Tongue::English))
        }
        Event::LocalCrashed { reason, .. } => {
            ("The gateway on this machine ended; it is started again".to_owned(), said(reason))
        }
        Event::Summary(summary) => (format!("{} more notices", summary.total()), summed(summary, Tongue::English)),
    }
}

fn in_chinese(event: &Event) -> (String, String) {
    let said = |reason| say(reason, Tongue::Chinese);
    let called = |name| called(name, Tongue::Chinese);
    match event {
        Event::GatewayLost { name, reason, .. } => (format!("无法连接 {}", called(name)), said(reason)),
        Event::GatewayBack { name, .. } => (format!("{} 已恢复", called(name)), "显示的数据重新实时更新。".to_owned()),
        Event::SignedOut { name, reason, .. } => {
            let why = reason.as_ref().map_or_else(|| "当前没有登录。".to_owned(), said);
            (format!("请重新登录 {}", called(name)), why)
        }
        Event::Alert { name, alert, .. } => {
            let kind = match alert.kind {
                AlertKind::Warning => "警告",
                AlertKind::Error => "错误",
                AlertKind::Anomaly => "异常",
            };
            (format!("{} {kind}", called(name)), wrong(alert, Tongue::Chinese))
        }
        Event::LocalCrashed { reason, .. } => ("本机网关意外退出，正在重新启动".to_owned(), said(reason)),
        Event::Summary(summary) => (format!("另有 {} 条通知", summary.total()), summed(summary, Tongue::Chinese)),
    }
}

/// What a gateway is called; the one of this machine needs no name.
fn called(name: &str, tongue: Tongue) -> &str {
    match (name, tongue) {
        ("", Tongue::English) => "This machine",
        ("", Tongue::Chinese) => "本机网关",
        (name, _) => name,
    }
}

/// What is wrong: an anomaly by its cause, a report in its sender's words.
fn wrong(alert: &Alert, tongue: Tongue) -> String {
    alert.anomaly.as_ref().map_or_else(|| alert.message.clone(), |it| anomaly(it, tongue))
}

/// Of which gateways how many of what.
fn summed(summary: &Summary, tongue: Tongue) -> String {
    let mut parts: Vec<String> = summary.tallies().take(NAMED).map(|tally| tallied(tally, tongue)).collect();
    let others = summary.tallies().skip(NAMED).count();
    match (others, tongue) {
        (0, _) => {}
        (1, Tongue::English) => parts.push("1 more gateway".to_owned()),
        (_, Tongue::English) => parts.push(format!("{others} more gateways")),
        (_, Tongue::Chinese) => parts.push(format!("另有 {others} 个网关")),
    }
    parts.join(if tongue == Tongue::English { "; " } else { "；" })
}

fn tallied(tally: &Tally, tongue: Tongue) -> String {
    let counts = tally.counts.iter().map(|(matter, count)| counted(*matter, *count, tongue));
    let counts: Vec<String> = counts.collect();
    let name = called(tally.name.as_deref().unwrap_or_default(), tongue);
    match tongue {
        Tongue::English => format!("{name}: {}", counts.join(", ")),
        Tongue::Chinese => format!("{name}：{}", counts.join("、")),
    }
}

fn counted(matter: Matter, count: u32, tongue: Tongue) -> String {
    let (one, more, chinese) = match matter {
        Matter::Lost => ("lost once", "times lost", "次无法连接"),
        Matter::SignedOut => ("signed out once", "times signed out", "次需要重新登录"),
        Matter::Crashed => ("ended once", "times ended", "次意外退出"),
        Matter::Error => ("1 error", "errors", "条错误"),
        Matter::Anomaly => ("1 anomaly", "anomalies", "条异常"),
        Matter::Warning => ("1 warning", "warnings", "条警告"),
        Matter::Back => ("back once", "times back", "次恢复"),
    };
    match (tongue, count) {
        (Tongue::English, 1) => one.to_owned(),
        (Tongue::English, _) => format!("{count} {more}"),
        (Tongue::Chinese, _) => format!("{count} {chinese}"),
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::Timestamp;
    use signalbox_protocol::feed::{Anomaly, Cause, Level};
    use signalbox_protocol::ipc::{ProfileId, Reason};

    use super::*;

    const BOTH: [Tongue; 2] = [Tongue::English, Tongue::Chinese];

    fn alert(name: &str, message: &str, anomaly: Option<Anomaly>) -> Event {
        Event::Alert {
            profile: ProfileId(name.into()),
            name: name.into(),
            alert: Alert {
                id: 1,
                kind: if anomaly.is_some() { AlertKind::Anomaly } else { AlertKind::Warning },
                level: Level::High,
                message: message.into(),
                data: None,
                since: Timestamp(0),
                node: "gw-1".into(),
                anomaly,
                acknowledged: None,
                silenced_until: None,
                cleared_at: None,
            },
        }
    }

    fn lost(name: &str) -> Event {
        Event::GatewayLost { profile: ProfileId(name.into()), name: name.into(), reason: Reason::LinkBroke }
    }

    fn notice(title: &str, body: &str) -> Notice {
        Notice { title: title.into(), body: body.into() }
    }

    #[test]
    fn an_alert_says_what_and_where() {
        let memory = Anomaly { cause: Cause::Memory, figure: 97, threshold: 90 };
        for (event, notices) in [
            (
                alert("eu-prod", "Disk almost full", None),
                [notice("Warning on eu-prod", "Disk almost full"), notice("eu-prod 警告", "Disk almost full")],
            ),
            (
                alert("eu-prod", "97 % of the memory", Some(memory)),
                [
                    notice("Anomaly on eu-prod", "97% of the memory is in use, from 90% on it is too much"),
                    notice("eu-prod 异常", "内存已用 97%，阈值 90%"),
                ],
            ),
        ] {
            assert_eq!(BOTH.map(|tongue| Notice::of(&event, tongue)), notices);
        }
    }

    #[test]
    fn the_gateway_of_this_machine_is_called_so_where_nobody_has_named_it() {
        let titles = |event: Event| BOTH.map(|tongue| Notice::of(&event, tongue).title);
        assert_eq!(titles(lost("")), ["This machine cannot be reached", "无法连接 本机网关"]);
        assert_eq!(titles(lost("bench")), ["bench cannot be reached", "无法连接 bench"]);
        let summary = Event::Summary(Summary::of(&lost("")).unwrap());
        let bodies = BOTH.map(|tongue| Notice::of(&summary, tongue).body);
        assert_eq!(bodies, ["This machine: lost once", "本机网关：1 次无法连接"]);
    }

    #[test]
    fn a_refused_sign_in_says_what_to_do() {
        let refused = |reason| Event::SignedOut { profile: ProfileId("p".into()), name: "eu".into(), reason };
        let notices = BOTH.map(|tongue| Notice::of(&refused(Some(Reason::AccountDisabled)), tongue));
        assert_eq!(notices[0], notice("Sign in to eu again", "The account is disabled."));
        assert_eq!(notices[1].title, "请重新登录 eu");
        assert_eq!(Notice::of(&refused(None), Tongue::English).body, "Nobody is signed in any more.");
    }

    #[test]
    fn a_summary_names_the_gateways_and_what_happened_there() {
        let mut summary = Summary::of(&lost("eu")).unwrap();
        for event in [alert("us", "x", None), alert("us", "y", None), lost("us"), lost("ap"), lost("sa"), lost("af")] {
            summary.add(&event);
        }
        let event = Event::Summary(summary);
        let notices = BOTH.map(|tongue| Notice::of(&event, tongue));
        assert_eq!(
            notices[0],
            notice("7 more notices", "us: lost once, 2 warnings; eu: lost once; ap: lost once; 2 more gateways")
        );
        assert_eq!(
            notices[1],
            notice("另有 7 条通知", "us：1 次无法连接、2 条警告；eu：1 次无法连接；ap：1 次无法连接；另有 2 个网关")
        );
    }

    #[test]
    fn a_strangers_text_can_neither_break_a_line_nor_turn_it_around() {
        let notice = Notice::of(&alert("eu\u{202e}dorp", "Disk\nfull\u{7}", None), Tongue::English);
        assert_eq!(notice, self::notice("Warning on eu‹U+202E›dorp", "Disk␊full␇"));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let body = Notice::of(&alert("eu", &"磁".repeat(1000), None), Tongue::English).body;
        assert_eq!(body.chars().count(), LONGEST + 1);
        assert!(body.ends_with('…'));
    }
}
