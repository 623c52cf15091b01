//! Backpressure: a connection that has too many events waiting is not read from until they have been handled.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;

/// Reading stops where so many events of a connection wait.
const HIGH: usize = 256;
/// Reading goes on where no more than so many wait.
const LOW: usize = 64;

/// Counts the events of one connection that wait to be handled, and holds back whoever reads more of them.
#[derive(Debug, Default)]
pub struct Gate {
    waiting: AtomicUsize,
    held: AtomicBool,
    readers: Mutex<Vec<Waker>>,
}

impl Gate {
    /// One more event waits.
    pub fn enter(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
    }

    /// One event has been handled.
    pub fn leave(&self) {
        let before = self.waiting.fetch_sub(1, Ordering::SeqCst);
        if before <= LOW + 1 && self.held.swap(false, Ordering::SeqCst) {
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
            gate.enter();
        }
        assert!(gate.poll_open(&mut cx).is_pending());
        for _ in LOW + 1..HIGH {
            gate.leave();
            assert!(gate.held.load(Ordering::Acquire), "one free place does not reopen the gate");
        }
        gate.leave();
        assert!(!gate.held.load(Ordering::Acquire));
        assert!(gate.readers.lock().is_empty(), "the reader was woken");
        assert!(gate.poll_open(&mut cx).is_ready());
    }
}
