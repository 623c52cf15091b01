//! The filter language of the people table: what is wrong with a text, and what can be typed next.
//!
//! Places in a text are counted in UTF-16 units, as the page counts them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::PeopleRows;
use crate::feed::User;
use crate::ids::ConnectionId;

/// What a term of a filter can be about. On the wire and in a filter it has the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum FilterKey {
    /// The name or the id.
    User,
    /// The user's id.
    Id,
    /// The address, or the network that it lies in.
    Ip,
    /// A room.
    Room,
    /// A namespace.
    Ns,
    /// The client, in words.
    Client,
    /// The node of the gateway.
    Node,
    /// An operator; idle or active.
    Is,
    /// How long nothing was sent.
    Idle,
    /// How long it is online.
    Online,
    /// Events dropped over a limit in the last hour.
    Hits,
    /// Connections open.
    Connections,
}

/// How the filter of a view was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FilterReading {
    /// The filter that the rows have gone through: the view's own, or the last one without a mistake.
    pub in_force: String,
    /// What is wrong with the view's own.
    pub problem: Option<FilterProblem>,
}

/// What is wrong with a filter, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FilterProblem {
    /// Where the offending part begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What is wrong.
    pub fault: FilterFault,
    /// What the term is about, where that is known.
    pub key: Option<FilterKey>,
    /// What would be right in place of the offending part, where it can be guessed.
    pub instead: Option<String>,
}

/// What can be wrong with a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FilterFault {
    /// There is no such key. A text with a sign of the language in it is put in quotes.
    UnknownKey,
    /// Nothing is behind the key, or between the quotes.
    NoValue,
    /// This key is not used with this sign.
    WrongOperator,
    /// A whole number is wanted.
    NotANumber,
    /// A time such as `5m` or `1h30m` is wanted.
    NotADuration,
    /// An address, a network such as `10.0.0.0/8`, or a pattern is wanted.
    NotANetwork,
    /// `operator`, `idle` or `active` is wanted.
    NoSuchState,
    /// The quote is not closed.
    OpenQuote,
    /// Nothing is behind the minus sign.
    NothingNegated,
}

/// Arguments of `completeFilter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CompleteFilter {
    /// Of which table.
    pub rows: PeopleRows,
    /// What is typed.
    pub text: String,
    /// Where the cursor is.
    pub cursor: u32,
}

/// What can be typed at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Completions {
    /// Where the part begins that a completion takes the place of.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// The most fitting first, at most 12.
    pub items: Vec<Completion>,
}

/// One thing that can be typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Completion {
    /// What is put into the text.
    pub text: String,
    /// What it is about.
    pub key: FilterKey,
    /// Whether a value is still to follow.
    pub kind: CompletionKind,
    /// How many sockets or rows it stands for, where that is known.
    pub count: Option<u32>,
}

/// What a completion adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CompletionKind {
    /// A key with its sign: a value is still to follow.
    Key,
    /// A whole term.
    Term,
}

/// Arguments of `matchingPeople`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MatchPeople {
    /// Of which table.
    pub rows: PeopleRows,
    /// What is typed; one with a mistake in it is refused.
    pub filter: String,
}

/// Everybody whom a filter lets through at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MatchingPeople {
    /// The users, by id.
    pub users: Vec<User>,
    /// The connections, where the table's rows are connections.
    pub connections: Vec<ConnectionId>,
}
