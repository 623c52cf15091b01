//! How the console goes: whether somebody is asked before, and what was answered.
//!
//! The question itself is the page's. It must never wait for a page: who wants the end twice gets it.

use signalbox_protocol::ipc::{Departure, Failure, Leave, LinkState, LocalGateway, OnClose, ProfileId, Wish};

use super::Console;
use crate::desktop::{Closing, Farewell, Order};
use crate::local::Stay;
use crate::profiles::LOCAL;
use crate::watch::Seen;

impl Console {
    /// Somebody outside of the page wants the console to end. Where that would end the gateway on this machine for others
    /// too, the page asks first.
    pub fn quit(&self) -> Farewell {
        let asked = self.sends_somebody_away() && self.0.desk.ask(Wish::AskBeforeQuitting);
        if asked { Farewell::Asked } else { Farewell::Now }
    }

    /// Somebody closes the window: what was chosen for that, and a question where nothing was.
    pub fn close_window(&self) -> Closing {
        match self.preferences().on_close {
            OnClose::Hide => Closing::Hidden,
            OnClose::Ask if self.0.desk.ask(Wish::AskHowToClose) => Closing::Asked,
            OnClose::Ask | OnClose::Quit => match self.quit() {
                Farewell::Asked => Closing::Asked,
                Farewell::Now => Closing::Closed,
            },
        }
    }

    /// Closes the window, as it was decided.
    pub(super) async fn depart(&self, leave: Leave) -> Result<(), Failure> {
        self.0.desk.answered();
        let before = self.preferences();
        let mut wanted = before.clone();
        let order = match leave.how {
            Departure::Stay => return Ok(()),
            Departure::Hide => Order::Hide,
            Departure::Quit => Order::Quit,
            Departure::QuitAlone => {
                wanted.local.leave_running = true;
                Order::Quit
            }
        };
        if leave.remember {
            wanted.on_close = if leave.how == Departure::Hide { OnClose::Hide } else { OnClose::Quit };
        }
        if wanted != before {
            self.save_preferences(wanted).await?;
        }
        self.0.desk.order(order);
        Ok(())
    }

    /// Whether the gateway on this machine ends with the console while anybody may be there but the console itself.
    fn sends_somebody_away(&self) -> bool {
        if self.stay() == Stay::OnItsOwn || !matches!(self.0.local.state(), LocalGateway::Running { .. }) {
            return false;
        }
        // What is not known is asked.
        !self.post(&ProfileId(LOCAL.to_owned())).is_ok_and(|post| has_only_us(&post.watch.seen()))
    }
}

/// Whether nobody is on a gateway but this console.
fn has_only_us(seen: &Seen) -> bool {
    let live = matches!(seen.link, LinkState::Live { .. });
    live && seen.figures.as_ref().is_some_and(|figures| figures.connections <= 1)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::json;
    use signalbox_protocol::ipc::{Figures, Preferences};
    use tempfile::TempDir;
    use tokio::sync::mpsc::Receiver;

    use super::*;
    use crate::console::ConsoleOptions;
    use crate::link::Pace;
    use crate::paths::Paths;
    use crate::secrets::Secrets;

    /// It says that it is ready, and no link to it succeeds: who is there nobody can say.
    const GATEWAY: &str =
        "#!/bin/sh\nread -r secret\necho '{\"event\":\"ready\",\"addr\":\"127.0.0.1:9\"}'\ncat > /dev/null\n";

    async fn with_gateway(secrets: Secrets) -> (Console, Receiver<Order>, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("signalbox-server");
        std::fs::write(&program, GATEWAY).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let options = ConsoleOptions { paths: Paths::below(folder.path()), secrets };
        let console = Console::assemble(options, Some(program), Pace::default()).unwrap();
        let orders = console.orders().unwrap();
        let start = json!({"call": "startLocal", "args": {"port": 0}});
        console.call(serde_json::from_value(start).unwrap()).await.unwrap();
        (console, orders, folder)
    }

    async fn leave(console: &Console, how: &str, remember: bool) {
        let leave = json!({"call": "leave", "args": {"how": how, "remember": remember}});
        console.call(serde_json::from_value(leave).unwrap()).await.unwrap();
    }

    fn wish(console: &Console) -> (u32, Option<Wish>) {
        let last = console.0.desk.last_wish();
        (last.number, last.wish)
    }

    #[tokio::test]
    async fn whoever_quits_is_asked_once_where_the_gateway_ends_with_the_console() {
        let (console, mut orders, _folder) = with_gateway(Secrets::session_only("there is no keychain")).await;
        while orders.try_recv().is_ok() {}
        assert_eq!(console.quit(), Farewell::Asked);
        assert_eq!(wish(&console), (1, Some(Wish::AskBeforeQuitting)));
        assert_eq!(console.quit(), Farewell::Now, "a page that hangs holds nobody");

        leave(&console, "stay", true).await;
        assert!(orders.try_recv().is_err(), "nothing goes");
        assert_eq!(console.preferences().on_close, OnClose::Ask, "nothing is remembered of it");
        assert_eq!((console.quit(), wish(&console).0), (Farewell::Asked, 2));

        leave(&console, "quit", false).await;
        assert!(matches!(orders.try_recv(), Ok(Order::Quit)));
        console.close().await;
        assert_eq!(console.quit(), Farewell::Now, "where it does not run there is nobody");
    }

    #[tokio::test]
    async fn who_thinks_better_of_closing_the_window_is_asked_again() {
        let (console, _orders, _folder) = with_gateway(Secrets::session_only("there is no keychain")).await;
        let asked = |number, wish: Wish| (Closing::Asked, (number, Some(wish)));
        let closes = || (console.close_window(), wish(&console));
        assert_eq!(closes(), asked(1, Wish::AskHowToClose));
        leave(&console, "stay", true).await;
        assert_eq!(closes(), asked(2, Wish::AskHowToClose));
        // Twice without an answer is an answer; whom it sends away is another question.
        assert_eq!(closes(), asked(3, Wish::AskBeforeQuitting));
        assert_eq!(console.quit(), Farewell::Now, "a page that hangs holds nobody");
        console.close().await;
    }

    #[tokio::test]
    async fn one_that_is_left_running_is_no_question_any_more() {
        let store = keyring_core::mock::Store::new().unwrap();
        let (console, mut orders, _folder) = with_gateway(Secrets::with_store(store)).await;
        while orders.try_recv().is_ok() {}
        assert_eq!(console.quit(), Farewell::Asked);
        leave(&console, "quitAlone", true).await;
        let Preferences { local, on_close, .. } = console.preferences();
        assert_eq!((local.leave_running, on_close), (true, OnClose::Quit));
        assert_eq!((console.stay(), console.quit()), (Stay::OnItsOwn, Farewell::Now));
        let dressed = orders.try_recv();
        assert!(matches!((dressed, orders.try_recv()), (Ok(Order::Dress { .. }), Ok(Order::Quit))));
        console.0.local.stop().await;
    }

    #[test]
    fn nobody_else_is_there_only_where_the_link_is_live_and_counts_one() {
        let seen = |link, connections: Option<u32>| {
            let figures = connections.map(|connections| Figures {
                online_users: 0,
                connections,
                rooms: 0,
                limit_hits: None,
                alerts: 0,
                nodes: 1,
                seq: 1,
                dropped: 0,
                beyond: 0,
            });
            Seen { link, operator: None, figures, ahead_ms: 0 }
        };
        let live = || LinkState::Live { rtt_ms: None };
        for (link, connections, alone) in [
            (live(), Some(1), true),
            (live(), Some(2), false),
            (live(), None, false),
            (LinkState::Connecting, Some(1), false),
        ] {
            assert_eq!(has_only_us(&seen(link.clone(), connections)), alone, "{link:?} {connections:?}");
        }
    }
}
