//! What the watch itself asks the gateway, beside what the page asks: one command at a time, and its answer.

use serde_json::Value;
use signalbox_protocol::admin::Command;
use signalbox_protocol::ipc::Failure;
use tokio::sync::oneshot;

use crate::failure::no_answer;
use crate::link::{self, Ask, Link, Run};

/// A command whose answer is waited for, or none.
#[derive(Debug, Default)]
pub(super) struct Inquiry {
    answer: Option<oneshot::Receiver<Result<Value, Failure>>>,
}

impl Inquiry {
    /// Whether an answer is waited for.
    pub(super) const fn is_open(&self) -> bool {
        self.answer.is_some()
    }

    /// Asks. Whatever was asked before is not waited for any more.
    pub(super) fn ask(&mut self, link: &Link, command: Command) {
        let (answer, answered) = oneshot::channel();
        self.answer = Some(answered);
        link.order(link::Order::Ask(Ask { command, run: Run::Real, answer }));
    }

    /// Does not wait any more.
    pub(super) fn drop_it(&mut self) {
        self.answer = None;
    }

    /// The answer, once; never while nothing was asked.
    pub(super) async fn answered(&mut self) -> Result<Value, Failure> {
        let Some(answer) = &mut self.answer else { return std::future::pending().await };
        let result = answer.await.unwrap_or_else(|_| Err(no_answer()));
        self.answer = None;
        result
    }
}
