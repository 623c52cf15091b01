//! Single events can be looked at while they are handled: by whom asked for it, and by nobody else; never a token.

use serde_json::json;
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{AuditArgs, Command, NoArgs, Role, TraceArgs};
use signalbox_protocol::feed::{Happening, Kind, Trace};
use support::{Gateway, Operator, Token};

const QUIET: &str = "limits.enabled = false";

fn trace(args: TraceArgs) -> Command {
    Command::Trace(args.into())
}

fn of_user(id: i64) -> TraceArgs {
    TraceArgs { user: Some(id.into()), ..TraceArgs::default() }
}

async fn next_trace(operator: &mut Operator) -> Trace {
    let traced = |what: &Happening| match what {
        Happening::Trace { trace } => Some(trace.clone()),
        _ => None,
    };
    operator.entry(traced).await
}

#[tokio::test]
async fn an_event_is_shown_with_its_payload_duration_and_outcome() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;
    olga.subscribe(&[Kind::Warning], None).await;
    let preview = olga.preview(trace(of_user(7))).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"]), (&json!(1), &json!(1)));
    olga.ask(trace(of_user(7))).await.expect("it begins");

    ben.ask("room:join", json!({"roomId": "lobby"})).await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    ann.ask("room:leave", json!({"roomId": "cellar"})).await;
    let joined = next_trace(&mut olga).await;
    assert_eq!((joined.user.username.as_ref(), joined.event.as_str()), ("ann", "room:join"), "ben is not looked at");
    assert_eq!((joined.namespace, joined.room), ("/web".into(), Some("lobby".into())));
    assert_eq!((joined.payload, joined.code), (Some(json!({"roomId": "lobby"})), None));
    assert!(joined.duration_us > 0);
    let refused = next_trace(&mut olga).await;
    assert_eq!(refused.code, Some(ErrorCode::NotMember));

    let page = olga.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    assert_eq!((&page["items"][0]["command"], &page["items"][0]["subject"]), (&json!("trace"), &json!("user 7")));
}

#[tokio::test]
async fn a_token_is_never_shown() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    olga.subscribe(&[], None).await;
    olga.ask(trace(TraceArgs::default())).await.expect("it begins");
    let token = Token::user(7).name("ann").sign();
    ann.ask("auth:refresh", json!({"token": token})).await;
    ann.ask("room:message", json!({"roomId": "lobby", "message": format!("mine is {token}")})).await;
    for event in ["auth:refresh", "room:message"] {
        let trace = next_trace(&mut olga).await;
        assert_eq!(trace.event, event);
        let shown = serde_json::to_string(&trace).expect("JSON");
        assert!(!shown.contains(&token) && shown.contains("(hidden)"), "{shown}");
    }
}

#[tokio::test]
async fn only_who_looks_is_sent_traces_and_only_while_looking() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut oleg = Operator::new(gateway.join("/admin", &Token::operator("oleg", Role::Operator)).await);
    let mut vera = Operator::new(gateway.join("/admin", &Token::operator("vera", Role::Viewer)).await);
    let mut ann = gateway.web(7, "ann").await;
    let early = olga.ask(trace(of_user(7))).await.expect_err("there is no subscription yet");
    assert_eq!(early.code, ErrorCode::Conflict);
    for operator in [&mut olga, &mut oleg, &mut vera] {
        operator.subscribe(&[], None).await;
    }
    assert_eq!(vera.ask(trace(of_user(7))).await.expect_err("a viewer may not").code, ErrorCode::Forbidden);
    olga.ask(trace(of_user(7))).await.expect("it begins");
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    assert_eq!(next_trace(&mut olga).await.event, "room:join");

    let stopped = olga.ask(Command::TraceStop(NoArgs {}.into())).await.expect("it ends");
    assert_eq!(stopped["stopped"], true);
    let page = olga.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    assert_eq!((&page["items"][0]["command"], &page["items"][0]["subject"]), (&json!("trace-stop"), &json!("user 7")));
    ann.ask("room:join", json!({"roomId": "cellar"})).await;
    for operator in [&mut olga, &mut oleg] {
        let room = operator
            .entry(|what| match what {
                Happening::RoomJoined { room, .. } if *room == "cellar".into() => Some(room.clone()),
                Happening::Trace { trace } => panic!("nobody looks at {trace:?}"),
                _ => None,
            })
            .await;
        assert_eq!(room, "cellar".into());
    }
}

#[tokio::test]
async fn a_new_subscription_begins_without_traces() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    olga.subscribe(&[], None).await;
    olga.ask(trace(of_user(7))).await.expect("it begins");
    olga.subscribe(&[], None).await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    olga.entry(|what| match what {
        Happening::RoomJoined { .. } => Some(()),
        Happening::Trace { trace } => panic!("nobody looks at {trace:?}"),
        _ => None,
    })
    .await;
    assert_eq!(olga.ask(Command::TraceStop(NoArgs {}.into())).await.expect("an answer")["stopped"], false);
}

#[tokio::test]
async fn more_than_can_be_shown_is_counted() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    olga.subscribe(&[Kind::Warning], None).await;
    olga.ask(trace(TraceArgs { event: Some("ping".into()), ..of_user(7) })).await.expect("it begins");
    const MANY: u64 = 2_000;
    for _ in 0..MANY {
        ann.emit("ping", json!(null)).await;
    }
    assert!(ann.is_alive().await);
    let (mut shown, mut dropped) = (0, 0);
    // The last question of `is_alive` was a ping too.
    while shown + dropped < MANY + 1 {
        let batch = olga.client().expect("feed:batch").await;
        shown += batch["entries"].as_array().map_or(0, Vec::len) as u64;
        dropped += batch["dropped"]["trace"].as_u64().unwrap_or_default();
    }
    assert_eq!(shown + dropped, MANY + 1, "none is lost silently");
    assert!(shown >= 200, "{shown}");
}
