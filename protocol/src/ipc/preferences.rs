//! How the console looks and behaves: what a person has chosen. It is kept in a file that may be edited by hand, so each
//! key has a default, and an unknown one is an error.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Direction, PeopleColumn, PeopleSort};

/// How the console looks and behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Preferences {
    /// Light, dark, or as the system is.
    pub theme: Theme,
    /// A BCP 47 tag: `en` or `zh-CN`.
    pub language: Language,
    /// How large the page is.
    pub zoom: Zoom,
    /// Show native notifications.
    pub notifications: bool,
    /// Which of them.
    pub rules: NoticeRules,
    /// What closing the window means.
    pub on_close: OnClose,
    /// Start with the session, in the tray.
    pub start_at_login: bool,
    /// How the gateway on this machine is run.
    pub local: LocalRules,
    /// How tables are looked at.
    pub tables: TableLooks,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: Language::System,
            zoom: Zoom::default(),
            notifications: true,
            rules: NoticeRules::default(),
            on_close: OnClose::Ask,
            start_at_login: false,
            local: LocalRules::default(),
            tables: TableLooks::default(),
        }
    }
}

/// The colour theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// As the system is.
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// How large the page is drawn, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "u16", into = "u16")]
#[ts(type = "number")]
pub struct Zoom(u16);

/// A number that is no zoom.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no zoom: it is {least} to {most} percent", least = Zoom::LEAST, most = Zoom::MOST)]
pub struct NoZoom(u16);

impl Zoom {
    /// Below it nobody can read.
    pub const LEAST: u16 = 50;
    /// Above it the least window has room for nothing.
    pub const MOST: u16 = 200;

    /// How many times as large as it is made: 1.5 for 150 percent.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Default for Zoom {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<u16> for Zoom {
    type Error = NoZoom;

    fn try_from(percent: u16) -> Result<Self, Self::Error> {
        if (Self::LEAST..=Self::MOST).contains(&percent) { Ok(Self(percent)) } else { Err(NoZoom(percent)) }
    }
}

impl From<Zoom> for u16 {
    fn from(zoom: Zoom) -> Self {
        zoom.0
    }
}

/// What closing the window means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum OnClose {
    /// It is asked.
    Ask,
    /// The window goes, the watch goes on, and the tray brings the window back.
    Hide,
    /// The console ends.
    Quit,
}

/// What deserves a native notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NoticeRules {
    /// Gateways that are lost or back, and the local one where it ends by itself.
    pub gateways: bool,
    /// A backend's warnings.
    pub warnings: Threshold,
    /// A backend's errors.
    pub errors: Threshold,
    /// The gateway's own.
    pub anomalies: Threshold,
    /// When nothing is shown.
    pub quiet: QuietHours,
    /// With the desktop's sound.
    pub sound: bool,
}

impl Default for NoticeRules {
    fn default() -> Self {
        Self {
            gateways: true,
            warnings: Threshold::Low,
            errors: Threshold::Low,
            anomalies: Threshold::Low,
            quiet: QuietHours::default(),
            sound: false,
        }
    }
}

/// From which level on an alert deserves a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Threshold {
    /// From none.
    Never,
    /// Every one.
    Low,
    /// From medium on.
    Medium,
    /// Only the highest.
    High,
}

/// The hours in which nothing is shown; a summary follows at their end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct QuietHours {
    /// Whether there are any.
    pub on: bool,
    /// The first quiet minute, on the wall clock of this machine.
    pub from: TimeOfDay,
    /// The first minute that is not quiet any more. At or before `from` it is the next day's.
    pub until: TimeOfDay,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { on: false, from: TimeOfDay(22 * 60), until: TimeOfDay(7 * 60) }
    }
}

impl QuietHours {
    /// Whether a minute of the day is quiet.
    pub fn cover(&self, minute: TimeOfDay) -> bool {
        let (from, until) = (self.from, self.until);
        self.on && if from < until { from <= minute && minute < until } else { from <= minute || minute < until }
    }
}

/// A minute of the day, `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct TimeOfDay(u16);

/// A text that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no time of day: it is written as 07:30")]
pub struct NoTimeOfDay(String);

impl TimeOfDay {
    /// From hours and minutes; `None` where a day has no such minute.
    pub fn new(hour: u32, minute: u32) -> Option<Self> {
        if hour > 23 || minute > 59 {
            return None;
        }
        u16::try_from(hour * 60 + minute).ok().map(Self)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = NoTimeOfDay;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?;
        let parts = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
        parts
            .and_then(|(hour, minute)| Self::new(number(hour)?, number(minute)?))
            .ok_or_else(|| NoTimeOfDay(text.to_owned()))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = NoTimeOfDay;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

/// How the gateway on this machine is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LocalRules {
    /// The port at 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where its data is; the console's own folder where it is not said.
    pub folder: Option<String>,
    /// Start it with the console.
    pub start_with_console: bool,
    /// Leave it running when the console ends; the next console finds it.
    pub leave_running: bool,
}

impl Default for LocalRules {
    fn default() -> Self {
        Self { port: 3000, folder: None, start_with_console: false, leave_running: false }
    }
}

/// How each table is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TableLooks {
    /// The people table.
    pub people: TableLook<PeopleColumn, PeopleSort>,
}

impl Default for TableLooks {
    fn default() -> Self {
        Self { people: TableLook { hidden: Vec::new(), sort: PeopleSort::Name, direction: Direction::Ascending } }
    }
}

/// Which columns of a table are shown, and by which its rows are sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TableLook<Column, Sort> {
    /// The columns that are left out; the one that names the row is shown all the same.
    pub hidden: Vec<Column>,
    /// By which column.
    pub sort: Sort,
    /// In which direction.
    pub direction: Direction,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    #[test]
    fn quiet_hours_may_go_past_midnight() {
        for (from, until, quiet, loud) in [
            ("22:00", "07:00", ["22:00", "23:59", "00:00", "06:59"], ["07:00", "12:00", "21:59", "08:00"]),
            ("12:00", "13:30", ["12:00", "12:01", "13:00", "13:29"], ["11:59", "13:30", "00:00", "23:59"]),
            ("09:00", "09:00", ["09:00", "08:59", "00:00", "23:59"], ["", "", "", ""]),
        ] {
            let hours = QuietHours { on: true, from: at(from), until: at(until) };
            assert!(quiet.iter().all(|minute| hours.cover(at(minute))), "{from} to {until}");
            assert!(!loud.iter().filter(|minute| !minute.is_empty()).any(|minute| hours.cover(at(minute))));
            assert!(!QuietHours { on: false, ..hours }.cover(at(from)), "they can be put off");
        }
    }

    #[test]
    fn a_time_of_day_is_read_strictly_and_written_as_it_is_read() {
        for text in ["00:00", "07:30", "23:59"] {
            assert_eq!(at(text).to_string(), text);
        }
        for text in ["", "24:00", "12:60", "7:30", "07:3", "+7:30", "07:30:00", "noon"] {
            assert_eq!(text.parse::<TimeOfDay>(), Err(NoTimeOfDay(text.to_owned())), "{text}");
        }
    }
}
