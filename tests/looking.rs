//! What a viewer may look at: users, connections, rooms, the past, the configuration. Every answer is bounded, and no
//! answer holds a secret.

use serde_json::{Value, json};
use signalbox_protocol::admin::{
    AuditArgs, AuditRow, BanArgs, BanSubject, Command, ConnectionArgs, ConnectionFilter, DisconnectArgs,
    DisconnectTarget, HistoryArgs, HistoryOf, NoArgs, NotificationArgs, NotificationTarget, NotifyArgs, Page, Role,
    RoomArgs, RoomRow, RoomsArgs, UserArgs, UserReport,
};
use signalbox_protocol::feed::{Outcome, Tone};
use signalbox_protocol::{ErrorCode, Namespace};
use support::token::SECRET;
use support::{Gateway, Operator, Start};

const QUIET: &str = "limits.enabled = false";

async fn rooms(vera: &mut Operator, args: RoomsArgs) -> Page<RoomRow> {
    let page = vera.ask(Command::Rooms(args)).await.expect("a page");
    serde_json::from_value(page).expect("a page of rooms")
}

fn disconnect(id: i64) -> Command {
    let target = DisconnectTarget::Users(vec![id.into()]);
    Command::Disconnect(DisconnectArgs { target, reason: "maintenance".into() }.into())
}

#[tokio::test]
async fn a_user_is_shown_with_connections_rooms_and_hits() {
    let gateway = Gateway::with("limits.events = { \"/web room:message\" = 1 }").await;
    let mut vera = gateway.operator(Role::Viewer).await;
    let mut ann = gateway.web(7, "ann").await;
    let _phone = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    for _ in 0..3 {
        ann.ask("room:message", json!({"roomId": "lobby", "message": "hello"})).await;
    }
    let report = vera.ask(Command::User(UserArgs { id: 7.into() })).await.expect("a report");
    let report: UserReport = serde_json::from_value(report).expect("a report");
    assert_eq!((report.username.as_deref(), report.online, report.known), (Some("ann"), true, true));
    assert_eq!((report.connections.len(), report.hits), (2, 2));
    assert_eq!(report.connections[0].namespaces[0].rooms, ["lobby".into()]);

    let id = report.connections[0].id.clone();
    let one = vera.ask(Command::Connection(ConnectionArgs { id })).await.expect("a report");
    assert_eq!((&one["connection"]["user"]["id"], &one["engine"]), (&json!(7), &json!(4)));
    assert!(one["bytesIn"].as_u64() > Some(0) && one["bytesOut"].as_u64() > Some(0), "{one}");
    assert!(one["expiresAt"].is_string());

    let nobody = vera.ask(Command::User(UserArgs { id: 8.into() })).await.expect("a report");
    assert_eq!(
        (&nobody["online"], &nobody["known"], &nobody["username"]),
        (&json!(false), &json!(false), &Value::Null)
    );
    let none = vera.ask(Command::Connection(ConnectionArgs { id: "nothing".into() })).await.expect_err("no connection");
    assert_eq!(none.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn rooms_come_in_pages_and_can_be_searched() {
    let gateway = Gateway::with(QUIET).await;
    let mut vera = gateway.operator(Role::Viewer).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;
    for n in 0..25 {
        ann.ask("room:join", json!({"roomId": format!("room {n:02}")})).await;
    }
    ben.ask("room:join", json!({"roomId": "room 07"})).await;
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = rooms(&mut vera, RoomsArgs { cursor, limit: Some(10), ..RoomsArgs::default() }).await;
        assert!(page.items.len() <= 10);
        seen.extend(page.items.into_iter().map(|row| (row.room.to_string(), row.members)));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..25).map(|n| (format!("room {n:02}"), if n == 7 { 2 } else { 1 })).collect();
    assert_eq!(seen, expected);

    for _ in 0..3 {
        ben.ask("room:message", json!({"roomId": "room 07", "message": "hello"})).await;
    }
    let busy = rooms(&mut vera, RoomsArgs { contains: Some("room 0".into()), ..RoomsArgs::default() }).await;
    let posts: Vec<u64> = busy.items.iter().map(|row| row.posts).collect();
    assert_eq!(posts, [0, 0, 0, 0, 0, 0, 0, 3, 0, 0]);

    let found = rooms(&mut vera, RoomsArgs { contains: Some("ROOM 1".into()), ..RoomsArgs::default() }).await;
    assert_eq!(found.items.len(), 10);
    let elsewhere = RoomsArgs { namespace: Some("/admin".into()), ..RoomsArgs::default() };
    assert!(rooms(&mut vera, elsewhere).await.items.is_empty());

    let room = |room: &str| {
        Command::Room(RoomArgs { namespace: "/web".into(), room: room.into(), cursor: None, limit: Some(1) })
    };
    let page = vera.ask(room("room 07")).await.expect("a page");
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    assert!(page["nextCursor"].is_string(), "{page}");
    let page = vera.ask(room("room 08")).await.expect("a page");
    assert_eq!((&page["items"][0]["user"], &page["nextCursor"]), (&json!({"id": 7, "username": "ann"}), &Value::Null));
    assert_eq!(vera.ask(room("cellar")).await.expect_err("nobody there").code, ErrorCode::NotFound);
}

#[tokio::test]
async fn what_was_sent_and_what_was_done_can_be_looked_up() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let _ann = gateway.web(7, "ann").await;
    for n in 0..3 {
        let notify = NotifyArgs {
            target: NotificationTarget::Users(vec![7.into()]),
            tone: Tone::Info,
            title: format!("number {n}"),
            message: "hello".into(),
            data: (n == 1).then(|| json!({"ticket": 17})),
        };
        olga.ask(Command::Notify(notify.into())).await.expect("sent");
    }
    olga.ask(disconnect(7)).await.expect("done");

    let history = |cursor| Command::History(HistoryArgs { of: HistoryOf::Notifications, cursor, limit: Some(2) });
    let page = olga.ask(history(None)).await.expect("a page");
    assert_eq!((&page["items"][0]["title"], &page["items"][1]["title"]), (&json!("number 2"), &json!("number 1")));
    for (item, data) in [(0, Value::Null), (1, json!(r#"{"ticket":17}"#))] {
        let args = NotificationArgs { id: page["items"][item]["id"].as_i64().expect("an id") };
        let one = olga.ask(Command::Notification(args)).await.expect("a notification");
        assert_eq!((&one["notification"], &one["carried"]), (&page["items"][item], &data));
    }
    let none = olga.ask(Command::Notification(NotificationArgs { id: 4711 })).await.expect_err("no notification");
    assert_eq!(none.code, ErrorCode::NotFound);
    let cursor = page["nextCursor"].as_str().map(str::to_owned);
    let page = olga.ask(history(cursor)).await.expect("a page");
    assert_eq!((&page["items"][0]["title"], &page["nextCursor"]), (&json!("number 0"), &Value::Null));

    for (args, commands) in [
        (AuditArgs::default(), vec!["disconnect", "notify", "notify", "notify"]),
        (AuditArgs { command: Some("disconnect".into()), ..AuditArgs::default() }, vec!["disconnect"]),
        // The notifications name her by her number; whom they touched has her name too.
        (
            AuditArgs { subject: Some("ANN".into()), ..AuditArgs::default() },
            vec!["disconnect", "notify", "notify", "notify"],
        ),
        (AuditArgs { subject: Some("bob".into()), ..AuditArgs::default() }, vec![]),
        (AuditArgs { subject: Some("%".into()), ..AuditArgs::default() }, vec![]),
        (AuditArgs { actor: Some("oleg".into()), ..AuditArgs::default() }, vec![]),
        (AuditArgs { from: Some("9000-01-01T00:00:00Z".parse().expect("a time")), ..AuditArgs::default() }, vec![]),
        (AuditArgs { until: Some("2020-01-01T00:00:00Z".parse().expect("a time")), ..AuditArgs::default() }, vec![]),
    ] {
        let page = olga.ask(Command::Audit(args.clone())).await.expect("a page");
        let page: Page<AuditRow> = serde_json::from_value(page).expect("a page of the audit log");
        let found: Vec<_> = page.items.iter().map(|row| row.command.as_str()).collect();
        assert_eq!(found, commands, "{args:?}");
        assert!(page.items.iter().all(|row| row.actor == "olga" && row.outcome == Some(Outcome::Done)));
    }
    let refused = olga.ask(Command::Audit(AuditArgs { cursor: Some("x".into()), ..AuditArgs::default() })).await;
    assert_eq!(refused.expect_err("no cursor").code, ErrorCode::InvalidPayload);
}

#[tokio::test]
async fn the_audit_log_names_whom_an_act_touched() {
    const MANY: i64 = 25;
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut users = Vec::new();
    for id in 1..=MANY {
        let mut user = gateway.web(id, &format!("user {id}")).await;
        user.ask("room:join", json!({"roomId": "lobby"})).await;
        users.push(user);
    }
    let (namespace, reason) = (Namespace::from("/web"), "maintenance".to_owned());
    let room = NotificationTarget::Room { namespace: namespace.clone(), room: "lobby".into() };
    let (title, message) = ("Maintenance".to_owned(), "Soon.".to_owned());
    let notify = NotifyArgs { target: room, tone: Tone::Info, title, message, data: None };
    let ban = |id: i64| BanArgs { target: BanSubject::User(id.into()), reason: reason.clone(), until: None };
    let filter = ConnectionFilter { namespace: Some(namespace), ..ConnectionFilter::default() };
    let filter = DisconnectArgs { target: DisconnectTarget::Filter(filter), reason: reason.clone() };
    for (command, touched) in [
        (Command::Notify(notify.into()), Some(MANY)),
        (Command::Ban(ban(1).into()), Some(1)),
        (Command::Ban(ban(99).into()), None),
        (Command::Disconnect(filter.into()), Some(MANY - 1)),
    ] {
        let name = command.name();
        olga.ask(command).await.expect("done");
        let page =
            olga.ask(Command::Audit(AuditArgs { limit: Some(1), ..AuditArgs::default() })).await.expect("a page");
        let row = &page["items"][0];
        assert_eq!(row["command"], name);
        let Some(touched) = touched else {
            assert_eq!(row["touched"], Value::Null, "{row}");
            continue;
        };
        assert_eq!((&row["touched"]["users"], &row["touched"]["sockets"]), (&json!(touched), &json!(touched)), "{row}");
        let sample = row["touched"]["sample"].as_array().expect("a sample");
        assert_eq!(sample.len() as i64, touched.min(20), "{row}");
        assert!(sample.iter().all(|user| user["username"] == format!("user {}", user["id"])), "{row}");
    }
}

#[tokio::test]
async fn the_configuration_is_shown_with_where_it_comes_from() {
    let gateway = Gateway::with("limits.default = 42\nconnections.policy = \"evict-oldest\"").await;
    let mut vera = gateway.operator(Role::Viewer).await;
    let shown = vera.ask(Command::Configuration(NoArgs {})).await.expect("the configuration");
    let found = |key: &str| shown["settings"].as_array().into_iter().flatten().find(|setting| setting["key"] == key);
    let setting = |key: &str| found(key).map(|setting| (setting["value"].clone(), setting["origin"].clone()));
    let default = |key: &str| found(key).and_then(|setting| setting.get("default")).cloned();
    assert_eq!(setting("limits.default"), Some((json!(42), json!("file"))));
    assert_eq!(setting("connections.policy"), Some((json!("evict-oldest"), json!("file"))));
    assert_eq!(setting("connections.per_user"), Some((json!(5), json!("default"))));
    assert_eq!(setting("auth.jwt_secret"), Some((json!("(secret)"), json!("file"))));
    assert_eq!(setting("listen").map(|(_, origin)| origin), Some(json!("flag")));
    assert_eq!(default("limits.default"), Some(json!(100)));
    assert_eq!(default("auth.jwt_secret"), Some(json!(null)), "there is none, and that is said");

    let nodes = vera.ask(Command::Nodes(NoArgs {})).await.expect("the nodes");
    assert_eq!(nodes["nodes"].as_array().map(Vec::len), Some(1));
    assert!(nodes["nodes"][0]["version"].is_string(), "{nodes}");
}

#[tokio::test]
async fn no_answer_holds_a_secret() {
    let gateway = Start::default().config(QUIET).start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    for command in ["configuration", "nodes", "alerts", "audit", "rooms", "snapshot", "stats"] {
        let response = ada.request_raw(json!({"command": command, "args": {}})).await;
        assert!(response.ok, "{command}: {:?}", response.error);
        let text = serde_json::to_string(&response).expect("JSON");
        assert!(!text.contains(SECRET), "{command}");
        assert!(text.len() <= 256 * 1024, "{command}");
    }
}
