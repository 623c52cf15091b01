//! When the gateway is asked how much is said in its rooms: in rounds of pages, while somebody looks.

use std::time::Duration;

use serde_json::Value;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{Command, Page, RoomRow, RoomsArgs};
use signalbox_protocol::ipc::Failure;
use tokio::time::Instant;

use super::inquiry::Inquiry;
use crate::link::Link;
use crate::tail::Traffic;

/// From the end of a round to the beginning of the next.
const BETWEEN_ROUNDS: Duration = Duration::from_secs(5);
/// Between two pages of a round, so that many rooms cost the gateway no burst.
const BETWEEN_PAGES: Duration = Duration::from_millis(250);
/// Rooms in a page: the most that there can be.
const PAGE: u32 = 500;

/// How far a round has come.
#[derive(Debug)]
pub(super) struct Rounds {
    inquiry: Inquiry,
    cursor: Option<String>,
    due: Instant,
}

impl Default for Rounds {
    fn default() -> Self {
        Self { inquiry: Inquiry::default(), cursor: None, due: Instant::now() }
    }
}

impl Rounds {
    /// Asks for the next page where it is time.
    pub(super) fn go_on(&mut self, link: &Link) {
        if !self.inquiry.is_open() && self.due <= Instant::now() {
            let args = RoomsArgs { cursor: self.cursor.clone(), limit: Some(PAGE), ..RoomsArgs::default() };
            self.inquiry.ask(link, Command::Rooms(args));
        }
    }

    /// When the next page is; `None` while one is waited for.
    pub(super) const fn due(&self) -> Option<Instant> {
        if self.inquiry.is_open() { None } else { Some(self.due) }
    }

    /// Nobody looks, or nobody would answer: the next round begins at its beginning.
    pub(super) fn rest(&mut self) {
        self.inquiry.drop_it();
        self.cursor = None;
        self.due = Instant::now();
    }

    /// The gateway's answer to a page.
    pub(super) async fn answered(&mut self) -> Result<Value, Failure> {
        self.inquiry.answered().await
    }

    /// Takes a page, and knows when the next is due.
    pub(super) fn take(&mut self, answer: Result<Value, Failure>, traffic: &mut Traffic, now: Timestamp) {
        self.cursor = None;
        let page = answer.ok().and_then(|page| serde_json::from_value::<Page<RoomRow>>(page).ok());
        if let Some(page) = page {
            traffic.observe(page.items, now);
            self.cursor = page.next_cursor;
            if self.cursor.is_none() {
                traffic.end_round();
            }
        }
        self.due = Instant::now() + if self.cursor.is_some() { BETWEEN_PAGES } else { BETWEEN_ROUNDS };
    }
}
