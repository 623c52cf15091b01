//! What the page sees of a gateway: queries in, updates out, nothing sent twice.
//!
//! Pure: a view is asked to render and answers with what changed. It must never know when it is asked, or by whom.

mod limits;
mod overview;
mod people;
mod person;
mod records;
mod rooms;
mod tail;
mod trace;

pub(crate) use limits::LimitsView;
pub(crate) use overview::{NotificationsView, OverviewView};
pub(crate) use people::{NotNamed, PeopleView, Table, complete, matching};
pub(crate) use person::PersonView;
pub(crate) use records::RecordsView;
pub(crate) use rooms::{RoomView, RoomsView};
pub(crate) use trace::TraceView;

/// A filter's words, for a comparison in lower case.
pub(crate) fn words(filter: &str) -> Vec<String> {
    filter.split_whitespace().map(str::to_lowercase).collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
