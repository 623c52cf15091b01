//! What the desktop around the window asks of the page: a notification was clicked, the window is to be closed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ProfileId;

/// The last thing that the desktop asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DesktopUpdate {
    /// Higher with each wish; the page carries each out once.
    pub number: u32,
    /// What; absent before the first.
    pub wish: Option<Wish>,
}

/// What the desktop can ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Wish {
    /// Show what a notification was about.
    Show {
        /// Of which gateway.
        profile: ProfileId,
        /// What.
        subject: Subject,
    },
    /// Ask what closing the window means.
    AskHowToClose,
    /// Ask whether it is meant that what ends with the console sends people away, and quit where it is.
    AskBeforeQuitting,
    /// Show the settings.
    Settings,
}

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// The gateway as a whole.
    Gateway,
    /// What is wrong on it.
    Alerts,
    /// How the gateway on this machine is run.
    LocalGateway,
}

/// Arguments of `leave`: how the window is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Leave {
    /// What to do now.
    pub how: Departure,
    /// Do the same the next time, without asking.
    pub remember: bool,
}

/// A way to close the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Departure {
    /// Only the window goes.
    Hide,
    /// The console ends, and what ends with it.
    Quit,
    /// The console ends alone: from now on the gateway on this machine is left running.
    QuitAlone,
    /// None: whoever was asked has thought better of it.
    Stay,
}
