//! Whether the gateway traces for us, and what: as long as a view wants it, and no longer.

use serde_json::Value;
use signalbox_protocol::admin::{Command, NoArgs, TraceArgs, Tracing as Granted};
use signalbox_protocol::ipc::{Failure, TraceStanding};

use super::Scene;
use super::inquiry::Inquiry;
use crate::failure::no_answer;
use crate::link::Link;

/// A trace, or none.
#[derive(Debug, Default)]
pub(super) struct Tracing {
    /// What the gateway was asked for last.
    asked: Option<TraceArgs>,
    /// What the tail's rows are of.
    shown: Option<TraceArgs>,
    inquiry: Inquiry,
}

impl Tracing {
    /// Makes the gateway trace what is wanted; there is a link where it can be asked.
    pub(super) fn settle(&mut self, wanted: Option<TraceArgs>, link: Option<&Link>, scene: &mut Scene) {
        if self.shown != wanted {
            self.shown.clone_from(&wanted);
            scene.trace.begin();
        }
        let Some(link) = link else {
            scene.tracing = TraceStanding::Waiting;
            return self.lost();
        };
        if self.asked == wanted {
            return;
        }
        scene.tracing = TraceStanding::Waiting;
        self.asked.clone_from(&wanted);
        match wanted {
            Some(args) => self.inquiry.ask(link, Command::Trace(args.into())),
            None => {
                self.inquiry.ask(link, Command::TraceStop(NoArgs {}.into()));
                self.inquiry.drop_it();
            }
        }
    }

    /// The gateway has forgotten: a trace ends with its subscription.
    pub(super) fn lost(&mut self) {
        self.asked = None;
        self.inquiry.drop_it();
    }

    /// The gateway's answer.
    pub(super) async fn answered(&mut self) -> Result<Value, Failure> {
        self.inquiry.answered().await
    }

    /// How the trace stands after that answer.
    pub(super) fn standing(answer: Result<Value, Failure>) -> TraceStanding {
        let granted = answer.and_then(|answer| serde_json::from_value::<Granted>(answer).map_err(|_| no_answer()));
        match granted {
            Ok(Granted { per_second }) => TraceStanding::Running { per_second },
            Err(failure) => TraceStanding::Refused { reason: failure.reason },
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::link::Order;

    fn asked(orders: &mut mpsc::Receiver<Order>) -> Vec<&'static str> {
        let orders = std::iter::from_fn(|| orders.try_recv().ok());
        orders.filter_map(|order| if let Order::Ask(ask) = order { Some(ask.command.name()) } else { None }).collect()
    }

    #[tokio::test]
    async fn the_gateway_traces_from_the_first_look_to_the_last_and_again_after_a_gap() {
        let (link, mut orders) = Link::to_nowhere();
        let (mut tracing, mut scene) = (Tracing::default(), Scene::default());
        let everything = || Some(TraceArgs::default());
        tracing.settle(None, Some(&link), &mut scene);
        assert!(asked(&mut orders).is_empty(), "nobody looks");

        tracing.settle(everything(), Some(&link), &mut scene);
        tracing.settle(everything(), Some(&link), &mut scene);
        assert_eq!(asked(&mut orders), ["trace"]);
        tracing.lost();
        tracing.settle(everything(), Some(&link), &mut scene);
        assert_eq!(asked(&mut orders), ["trace"], "a new subscription has no trace");
        let run = scene.trace.run();
        tracing.settle(Some(TraceArgs { user: Some(7.into()), ..TraceArgs::default() }), Some(&link), &mut scene);
        assert_eq!(asked(&mut orders), ["trace"], "it takes the place of the one before");
        assert_ne!(scene.trace.run(), run, "rows of other events are not shown any more");

        tracing.settle(None, Some(&link), &mut scene);
        tracing.settle(None, Some(&link), &mut scene);
        assert_eq!(asked(&mut orders), ["trace-stop"]);
        tracing.settle(everything(), None, &mut scene);
        assert!(asked(&mut orders).is_empty(), "there is nobody to ask");
    }
}
