//! Messages that wait a moment for others, so that those of one target go out together.

use std::future::pending;

use tokio::time::{Duration, Instant, sleep_until};

use super::message::Message;

/// A batch is sent when so many wait.
const FULL: usize = 100;
/// Or when the first of them has waited so long.
const PATIENCE: Duration = Duration::from_secs(1);

/// The messages that wait.
#[derive(Debug, Default)]
pub(super) struct Batch {
    messages: Vec<(i64, Message)>,
    due: Option<Instant>,
}

impl Batch {
    /// One more.
    pub(super) fn push(&mut self, id: i64, message: Message, now: Instant) {
        self.due.get_or_insert(now + PATIENCE);
        self.messages.push((id, message));
    }

    /// Whether enough wait.
    pub(super) fn is_full(&self) -> bool {
        self.messages.len() >= FULL
    }

    /// Whether the first has waited long enough.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// Returns when the first has waited long enough; never where none waits.
    pub(super) async fn due(&self) {
        match self.due {
            Some(due) => sleep_until(due).await,
            None => pending().await,
        }
    }

    /// All of them, those of a target together and in their order.
    pub(super) fn take(&mut self) -> Vec<(i64, Message)> {
        self.due = None;
        let mut messages = std::mem::take(&mut self.messages);
        messages.sort_by_cached_key(|(_, message)| message.target());
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::message::tests::message;

    #[test]
    fn a_batch_is_due_a_second_after_its_first_message() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        let after = |ms| start + Duration::from_millis(ms);
        batch.push(1, message(r#"{"users": [7]}"#), start);
        batch.push(2, message(r#"{"room": "lobby"}"#), after(900));
        assert!(!batch.is_due(after(999)));
        assert!(batch.is_due(after(1000)) && !batch.is_full());
        assert_eq!(batch.take().len(), 2);
        assert!(!batch.is_due(after(5000)) && batch.take().is_empty());
    }

    #[test]
    fn a_hundred_are_enough() {
        let mut batch = Batch::default();
        for id in 0..100 {
            assert!(!batch.is_full(), "{id}");
            batch.push(id, message("\"all\""), Instant::now());
        }
        assert!(batch.is_full());
    }

    #[test]
    fn a_batch_is_grouped_by_target_and_keeps_the_order_of_each() {
        let mut batch = Batch::default();
        for (id, to) in [(1, r#"{"users": [8]}"#), (2, r#"{"users": [7]}"#), (3, r#"{"users": [8]}"#), (4, "\"all\"")] {
            batch.push(id, message(to), Instant::now());
        }
        let order: Vec<i64> = batch.take().into_iter().map(|(id, _)| id).collect();
        let places: Vec<usize> = [1, 3].iter().filter_map(|id| order.iter().position(|at| at == id)).collect();
        assert_eq!(places[1], places[0] + 1, "{order:?}");
    }
}
