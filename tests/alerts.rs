//! What is wrong is told once, stays listed while it lasts, and can be taken on or silenced.

use serde_json::{Value, json};
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{AcknowledgeArgs, AlertsArgs, AuditArgs, AuditRow, Command, Page, Role, SilenceArgs};
use signalbox_protocol::feed::{Alert, AlertKind, Cause, Happening, Kind};
use support::{Client, Gateway, Operator, Token, within};

async fn alerts(operator: &mut Operator) -> Vec<Alert> {
    let page = operator.ask(Command::Alerts(AlertsArgs::default())).await.expect("a page");
    let page: Page<Alert> = serde_json::from_value(page).expect("a page of alerts");
    page.items
}

async fn warn(gateway: &Gateway, message: &str) {
    let operator = Token::operator("backend", Role::Operator).sign();
    let report = json!({"type": "system.warning", "payload": {"message": message, "level": "medium"}});
    let (status, answer) = gateway.post("/api/v1/events", Some(&operator), &report).await;
    assert_eq!(status, 202, "{answer}");
}

fn anomaly(what: &Happening) -> Option<Alert> {
    match what {
        Happening::Anomaly { alert } => Some(alert.clone()),
        _ => None,
    }
}

fn changed(what: &Happening) -> Option<Alert> {
    match what {
        Happening::AlertChanged { alert } => Some(alert.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn too_many_connections_in_a_minute_are_an_anomaly_told_once() {
    let gateway = Gateway::with("alerts.connects = 3").await;
    let mut vera = gateway.operator(Role::Viewer).await;
    vera.subscribe(&[Kind::Anomaly, Kind::NodeStatus], None).await;
    let mut clients = Vec::new();
    for id in 0..4 {
        clients.push(gateway.web(id, "ann").await);
    }
    let alert = vera.entry(anomaly).await;
    let measured = alert.anomaly.expect("what was measured");
    assert_eq!((alert.kind, measured.cause, measured.threshold), (AlertKind::Anomaly, Cause::Connects, 3));
    assert!(measured.figure >= 3, "{measured:?}");
    let open = alerts(&mut vera).await;
    assert_eq!(open.iter().map(|alert| alert.id).collect::<Vec<_>>(), [alert.id]);

    // More of the same is no second anomaly. The node's next measurement comes well after the next look at the figures.
    clients.push(gateway.web(9, "eve").await);
    loop {
        match vera.next_entry().await.what {
            Happening::NodeStatus { .. } => break,
            Happening::Anomaly { alert } => panic!("raised again: {alert:?}"),
            _ => {}
        }
    }
    assert_eq!(alerts(&mut vera).await.len(), 1);
}

/// Someone who takes what a room is sent and reads none of it.
async fn deaf(gateway: &Gateway) -> Client {
    let mut deaf = Client::open(gateway.dial().narrow()).await.expect("a connection");
    deaf.join("/web", json!({"token": Token::user(6).name("deaf").sign()})).await.expect("let in");
    deaf.ask("room:join", json!({"roomId": "lobby"})).await;
    deaf.stop_reading();
    deaf
}

#[tokio::test]
async fn every_cause_of_an_anomaly_is_measured() {
    let gateway = Gateway::with(
        "alerts.connects = 2\nalerts.messages = 1000\nalerts.errors = 2\nalerts.memory = 1\n\
         alerts.limit_episodes = 1\nalerts.slow_consumers = 1\ntransport.write_deadline = 500\n\
         limits.events.\"/web room:leave\" = 1\nlimits.events.\"/web room:message\" = 1000000",
    )
    .await;
    let mut vera = gateway.operator(Role::Viewer).await;
    vera.subscribe(&[Kind::Anomaly], None).await;
    let mut ann = gateway.web(7, "ann").await;
    for _ in 0..2 {
        ann.ask_with("test:error", vec![]).await;
        ann.ask("room:leave", json!({"roomId": "lobby"})).await;
    }
    let _deaf = deaf(&gateway).await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    for _ in 0..4_000 {
        ann.emit("room:message", json!({"roomId": "lobby", "message": "x".repeat(1000)})).await;
    }
    assert!(ann.is_alive().await);
    let raised = within("an anomaly of each cause", async {
        let mut raised = Vec::new();
        while raised.len() < Cause::ALL.len() {
            raised.extend(vera.entry(anomaly).await.anomaly);
        }
        raised
    })
    .await;
    for (cause, threshold) in [
        (Cause::Connects, 2),
        (Cause::Messages, 1000),
        (Cause::Errors, 2),
        (Cause::Memory, 1),
        (Cause::LimitEpisodes, 1),
        (Cause::SlowConsumers, 1),
    ] {
        let of_it: Vec<_> = raised.iter().filter(|anomaly| anomaly.cause == cause).collect();
        let [one] = of_it[..] else { panic!("{cause:?}: {raised:?}") };
        assert!(one.threshold == threshold && one.figure >= threshold, "{one:?}");
    }
}

#[tokio::test]
async fn an_alert_can_be_taken_on_and_silenced() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut vera = gateway.operator(Role::Viewer).await;
    olga.subscribe(&[Kind::Warning, Kind::AlertChanged, Kind::OperatorAction], None).await;
    warn(&gateway, "disk is filling up").await;
    let raised = olga.entry(|what| matches!(what, Happening::Warning { .. }).then(|| what.clone())).await;
    let Happening::Warning { alert } = raised else { unreachable!("it is a warning") };
    let acknowledge = || Command::AcknowledgeAlert(AcknowledgeArgs { id: alert.id }.into());
    let until = "2999-01-01T00:00:00Z".parse().expect("a time");
    let silence = |id| Command::SilenceAlert(SilenceArgs { id, until }.into());

    for command in [acknowledge(), silence(alert.id)] {
        assert_eq!(vera.ask(command).await.expect_err("a viewer may not").code, ErrorCode::Forbidden);
    }
    assert_eq!(olga.preview(acknowledge()).await.expect("a preview")["users"], 0);
    assert_eq!(alerts(&mut olga).await[0].acknowledged, None, "a preview changes nothing");

    olga.ask(acknowledge()).await.expect("done");
    let told = olga.entry(changed).await;
    assert_eq!(told.acknowledged.map(|taken| taken.by).as_deref(), Some("olga"));
    olga.ask(silence(alert.id)).await.expect("done");
    assert_eq!(olga.entry(changed).await.silenced_until, Some(until));

    let listed = alerts(&mut vera).await;
    assert_eq!((listed.len(), listed[0].silenced_until), (1, Some(until)), "it stays listed");
    assert!(listed[0].acknowledged.is_some());
    assert_eq!(olga.ask(silence(alert.id + 1)).await.expect_err("no such alert").code, ErrorCode::NotFound);

    let page = olga.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    let page: Page<AuditRow> = serde_json::from_value(page).expect("a page of the audit log");
    let done: Vec<_> = page.items.iter().map(|row| (row.command.as_str(), row.subject.as_str())).collect();
    let expected = [
        ("silence-alert", "disk is filling up"),
        ("acknowledge-alert", "disk is filling up"),
        ("report", "system.warning"),
    ];
    assert_eq!(done, expected);
}

#[tokio::test]
async fn a_snapshot_carries_alerts_with_their_state() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Operator).await;
    warn(&gateway, "disk is filling up").await;
    let id = within("the warning", async {
        loop {
            if let Some(alert) = alerts(&mut olga).await.first() {
                return alert.id;
            }
        }
    })
    .await;
    olga.ask(Command::AcknowledgeAlert(AcknowledgeArgs { id }.into())).await.expect("done");
    olga.client().emit("feed:subscribe", json!({"kinds": ["warning"]})).await;
    let snapshot: Value = olga.client().expect("feed:snapshot").await;
    assert_eq!(snapshot["alerts"][0]["acknowledged"]["by"], "olga", "{snapshot}");
}
