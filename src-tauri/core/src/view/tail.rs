//! What is the same in every tail that a view shows: the rows that the page has been sent, and those that wait.

use signalbox_protocol::feed::User;
use signalbox_protocol::ipc::{Flow, Scope, TailGap};
use signalbox_protocol::{Namespace, RoomName};

use super::{count, words};
use crate::tail::{Gaps, Ring};

/// Rows in one update; the rest waits for the next, a tenth of a second later.
pub(super) const BATCH: usize = 1_000;

/// How far the page has been sent a tail. The default has been sent nothing.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    begun: bool,
    /// The number of the next row that has not been looked at.
    next: u64,
    /// The last gap that was sent.
    gap: Option<TailGap>,
    unseen: u64,
}

/// What comes next.
#[derive(Debug)]
pub(super) struct Next<T> {
    /// The page begins anew with it.
    pub(super) reset: bool,
    pub(super) rows: Vec<T>,
    pub(super) gaps: Vec<TailGap>,
    /// Rows that fit and wait for the tail to go on.
    pub(super) waiting: u32,
    /// Rows that fell out of the ring before they were looked at, since the beginning.
    pub(super) unseen: u64,
}

impl<T> Next<T> {
    /// Neither a row nor a gap, nor a beginning.
    pub(super) fn is_nothing(&self) -> bool {
        !self.reset && self.rows.is_empty() && self.gaps.is_empty()
    }
}

impl Cursor {
    /// Goes on. The first time it is the whole tail, moving or not: the page replaces what it shows in one go.
    pub(super) fn advance<T: Clone>(
        &mut self,
        kept: &Ring<T>,
        gaps: &Gaps,
        flow: Flow,
        fits: impl Fn(&T) -> bool,
    ) -> Next<T> {
        let reset = !self.begun;
        if reset {
            *self = Self { begun: true, next: kept.first(), ..Self::default() };
        } else if self.next < kept.first() {
            self.unseen += kept.first() - self.next;
            self.next = kept.first();
        }
        let (mut rows, mut missing) = (Vec::new(), Vec::new());
        if reset || flow == Flow::Following {
            let most = if reset { usize::MAX } else { BATCH };
            (rows, self.next) = kept.fitting(self.next, most, &fits);
            missing = gaps.beyond(&mut self.gap, self.next);
        }
        let waiting = count(kept.since(self.next).filter(|(_, row)| fits(row)).count());
        Next { reset, rows, gaps: missing, waiting, unseen: self.unseen }
    }
}

/// A scope, ready to be held against rows.
#[derive(Debug)]
pub(super) struct Fitting {
    scope: Scope,
    words: Vec<String>,
}

impl Fitting {
    pub(super) fn new(scope: Scope) -> Self {
        Self { words: words(&scope.words), scope }
    }

    pub(super) const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether a row is of all that is named, and has all words. `more` is what is shown of it beside what can be named.
    pub(super) fn fits(
        &self,
        user: &User,
        namespace: &Namespace,
        event: &str,
        room: Option<&RoomName>,
        more: &[&str],
    ) -> bool {
        let Scope { user: id, event: name, namespace: place, room: which, words: _ } = &self.scope;
        let named = id.as_ref().is_none_or(|id| *id == user.id)
            && name.as_ref().is_none_or(|name| name == event)
            && place.as_ref().is_none_or(|place| place == namespace)
            && which.as_ref().is_none_or(|which| Some(which) == room);
        if !named || self.words.is_empty() {
            return named;
        }
        let room = room.map(|room| room.as_str()).unwrap_or_default();
        let text = format!("{}\n{}\n{namespace} {event}\n{room}\n{}", user.username, user.id, more.join("\n"));
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_meant_exactly_and_words_are_found_anywhere() {
        let user = User { id: 7.into(), username: "bob".into() };
        let fits = |scope: Scope| {
            let (namespace, room) = ("/web".into(), "lobby".into());
            Fitting::new(scope).fits(&user, &namespace, "room:message", Some(&room), &["10.0.0.7"])
        };
        let named = |user: i64| Scope { user: Some(user.into()), ..Scope::default() };
        assert!(fits(Scope::default()) && fits(named(7)) && !fits(named(77)));
        let event = |event: &str| Scope { event: Some(event.into()), ..Scope::default() };
        assert!(fits(event("room:message")) && !fits(event("message")));
        let namespace = |namespace: &str| Scope { namespace: Some(namespace.into()), ..named(7) };
        assert!(fits(namespace("/web")) && !fits(namespace("/")));
        let room = |room: &str| Scope { room: Some(room.into()), ..Scope::default() };
        assert!(fits(room("lobby")) && !fits(room("lob")));
        let words = |words: &str| Scope { words: words.into(), ..Scope::default() };
        assert!(fits(words("LOB mess 10.0")) && fits(words("/web room:message")) && !fits(words("bobby")));
    }
}
