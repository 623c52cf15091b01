//! Sliding windows, one for each of a user's events in a namespace.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use signalbox_protocol::UserId;

/// Whether an event may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is counted.
    Admitted,
    /// It is one too many, and not counted.
    Over {
        /// Until so many counted events have left the window that there is room, in milliseconds, at least 1: at an
        /// unchanged limit the oldest one.
        retry_after_ms: u64,
    },
}

/// The moments at which a user's events were admitted. Times are milliseconds of a clock that never goes back.
#[derive(Debug, Default)]
struct Window {
    admitted: VecDeque<u64>,
}

impl Window {
    fn admit(&mut self, now: u64, window: u64, limit: u32) -> Verdict {
        self.forget(now, window);
        // Where the limit was lowered there may be more than it admits: that many more have to leave.
        match self.admitted.len().checked_sub(limit as usize).and_then(|over| self.admitted.get(over)) {
            Some(last) => Verdict::Over { retry_after_ms: (last + window).saturating_sub(now).max(1) },
            None => {
                self.admitted.push_back(now);
                Verdict::Admitted
            }
        }
    }

    fn forget(&mut self, now: u64, window: u64) {
        while self.admitted.front().is_some_and(|at| at + window <= now) {
            self.admitted.pop_front();
        }
    }
}

/// The windows of one user in one namespace, shared by all of the user's sockets there.
#[derive(Debug)]
pub struct Allowance {
    windows: Mutex<Box<[Window]>>,
}

impl Allowance {
    fn new(windows: usize) -> Self {
        Self { windows: Mutex::new(std::iter::repeat_with(Window::default).take(windows).collect()) }
    }

    /// Counts an event against the window of that index, where it still has room.
    pub fn admit(&self, index: usize, now: u64, window: u64, limit: u32) -> Verdict {
        self.windows.lock()[index].admit(now, window, limit)
    }

    fn is_empty(&self, now: u64, window: u64) -> bool {
        self.windows.lock().iter_mut().all(|one| {
            one.forget(now, window);
            one.admitted.is_empty()
        })
    }
}

/// Every user's [`Allowance`]. It outlives the user's connections, so that a reconnect does not begin anew.
#[derive(Debug, Default)]
pub struct Allowances {
    table: Mutex<HashMap<(&'static str, UserId), Arc<Allowance>>>,
}

impl Allowances {
    /// The user's allowance in the namespace, whose events need so many windows.
    pub fn of(&self, namespace: &'static str, user: &UserId, windows: usize) -> Arc<Allowance> {
        self.table.lock().entry((namespace, user.clone())).or_insert_with(|| Arc::new(Allowance::new(windows))).clone()
    }

    /// Forgets users that are not connected and whose windows have run empty.
    pub fn sweep(&self, now: u64, window: u64) {
        self.table.lock().retain(|_, allowance| Arc::strong_count(allowance) > 1 || !allowance.is_empty(now, window));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: u64 = 60_000;

    #[test]
    fn a_window_slides_and_does_not_jump() {
        let mut window = Window::default();
        for at in [0, 10_000, 20_000] {
            assert_eq!(window.admit(at, WINDOW, 3), Verdict::Admitted);
        }
        assert_eq!(window.admit(30_000, WINDOW, 3), Verdict::Over { retry_after_ms: 30_000 });
        assert_eq!(window.admit(59_999, WINDOW, 3), Verdict::Over { retry_after_ms: 1 });
        assert_eq!(window.admit(60_000, WINDOW, 3), Verdict::Admitted, "the first has left");
        assert_eq!(window.admit(60_000, WINDOW, 3), Verdict::Over { retry_after_ms: 10_000 });
    }

    #[test]
    fn dropped_events_do_not_prolong_the_wait() {
        let mut window = Window::default();
        assert_eq!(window.admit(0, WINDOW, 1), Verdict::Admitted);
        for at in 1..WINDOW {
            assert_eq!(window.admit(at, WINDOW, 1), Verdict::Over { retry_after_ms: WINDOW - at });
        }
        assert_eq!(window.admit(WINDOW, WINDOW, 1), Verdict::Admitted);
    }

    #[test]
    fn a_reconnect_does_not_begin_anew_and_an_idle_user_is_forgotten() {
        let allowances = Allowances::default();
        let user = UserId::from(7);
        assert_eq!(allowances.of("/web", &user, 2).admit(0, 0, WINDOW, 1), Verdict::Admitted);
        allowances.sweep(59_999, WINDOW);
        assert_ne!(allowances.of("/web", &user, 2).admit(0, 59_999, WINDOW, 1), Verdict::Admitted);
        assert_eq!(allowances.of("/web", &user, 2).admit(1, 59_999, WINDOW, 1), Verdict::Admitted, "another event");
        assert_eq!(allowances.of("/admin", &user, 2).admit(0, 59_999, WINDOW, 1), Verdict::Admitted, "elsewhere");
        allowances.sweep(119_999, WINDOW);
        assert!(allowances.table.lock().is_empty());
    }

    /// A step of a schedule: so much later, one of 20 sockets sends, or the limit is another one.
    #[derive(Debug, Clone)]
    enum Step {
        Send { later: u64, socket: usize },
        Limit(u32),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let later = prop_oneof![4 => 0_u64..50, 2 => 0_u64..5_000, 1 => 0_u64..70_000];
        let send = (later, 0_usize..20).prop_map(|(later, socket)| Step::Send { later, socket });
        proptest::collection::vec(prop_oneof![12 => send, 1 => (1_u32..40).prop_map(Step::Limit)], 1..400)
    }

    proptest! {
        #[test]
        fn no_window_admits_more_than_the_limit_whatever_is_sent_and_changed(steps in steps()) {
            let allowances = Allowances::default();
            let sockets: Vec<_> = (0..20).map(|_| allowances.of("/web", &UserId::from(7), 2)).collect();
            let (mut now, mut limit, mut accepted) = (0, 10, Vec::new());
            for step in steps {
                let Step::Send { later, socket } = step else {
                    if let Step::Limit(other) = step { limit = other; }
                    continue;
                };
                now += later;
                match sockets[socket].admit(0, now, WINDOW, limit) {
                    Verdict::Admitted => {
                        accepted.push(now);
                        // The window that ends here is the fullest of those that this event is the last one of.
                        let within = accepted.iter().filter(|at| **at + WINDOW > now).count();
                        prop_assert!(within <= limit as usize, "{within} of {limit} at {now}");
                    }
                    Verdict::Over { retry_after_ms } => {
                        let would = |at| Window { admitted: accepted.clone().into() }.admit(at, WINDOW, limit);
                        prop_assert_eq!(would(now + retry_after_ms), Verdict::Admitted);
                        prop_assert_ne!(would(now + retry_after_ms - 1), Verdict::Admitted);
                    }
                }
            }
        }
    }
}
