//! Backpressure: a connection that has too many events waiting, or too large ones, is not read from until they have been
//! handled.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;

/// Reading stops where so many places are taken by events of a connection that wait.
const HIGH: usize = 256;
/// Reading goes on where no more than so many are.
const LOW: usize = 64;
/// An event takes a place for itself, and one more for each time it carries so many bytes: what waits is bounded in memory.
const PLACE: usize = 4096;

/// Counts what the events of one connection take that wait to be handled, and holds back whoever reads more of them.
#[derive(Debug, Default)]
pub struct Gate {
    waiting: AtomicUsize,
    held: AtomicBool,
    readers: Mutex<Vec<Waker>>,
}

impl Gate {
    /// One more event waits, of so many bytes. Gives the places to [`Gate::leave`] when it has been handled.
    #[must_use]
    pub fn enter(&self, bytes: usize) -> usize {
        let places = 1 + bytes / PLACE;
        self.waiting.fetch_add(places, Ordering::SeqCst);
        places
    }

    /// An event has been handled that took so many places.
    pub fn leave(&self, places: usize) {
        let before = self.waiting.fetch_sub(places, Ordering::SeqCst);
        if before - places <= LOW && self.held.swap(false, Ordering::SeqCst) {
            for reader in self.readers.lock().drain(..) {
                reader.wake();
            }
        }
    }

    /// Ready while the connection may be read from.
    pub fn poll_open(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.waiting.load(Ordering::Acquire) < HIGH {
            return Poll::Ready(());
        }
        let mut readers = self.readers.lock();
        if !readers.iter().any(|reader| reader.will_wake(cx.waker())) {
            readers.push(cx.waker().clone());
        }
        drop(readers);
        self.held.store(true, Ordering::SeqCst);
        // The last event may have been handled between the first look and the store: one of the two sides sees the other.
        if self.waiting.load(Ordering::SeqCst) <= LOW {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_full_gate_holds_its_reader_until_the_queue_has_been_worked_off() {
        let gate = Arc::new(Gate::default());
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..HIGH {
            assert!(gate.poll_open(&mut cx).is_ready());
            assert_eq!(gate.enter(100), 1);
        }
        assert!(gate.poll_open(&mut cx).is_pending());
        for _ in LOW + 1..HIGH {
            gate.leave(1);
            assert!(gate.held.load(Ordering::Acquire), "one free place does not reopen the gate");
        }
        gate.leave(1);
        assert!(!gate.held.load(Ordering::Acquire));
        assert!(gate.readers.lock().is_empty(), "the reader was woken");
        assert!(gate.poll_open(&mut cx).is_ready());
    }

    #[test]
    fn a_large_event_holds_the_reader_by_itself() {
        let (gate, mut cx) = (Gate::default(), Context::from_waker(Waker::noop()));
        let places = gate.enter(HIGH * PLACE);
        assert!(gate.poll_open(&mut cx).is_pending());
        gate.leave(places);
        assert!(gate.poll_open(&mut cx).is_ready());
    }
}
