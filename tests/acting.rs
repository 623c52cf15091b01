//! What an operator may do to users and rooms: each act needs the role, can be previewed, is refused where those previewed
//! have changed, and is in the audit log.

use serde_json::{Value, json};
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{
    AuditArgs, CloseRoomArgs, Command, ConnectionFilter, DisconnectArgs, DisconnectTarget, HistoryArgs, HistoryOf,
    MessageArgs, MessageTarget, MoveArgs, Role, RoomSubject, StatsArgs, UserArgs,
};
use signalbox_protocol::feed::{Happening, Kind, Outcome, Transport};
use support::{Client, Gateway, Operator, Token};

const QUIET: &str = "limits.enabled = false\ncors.origins = []";

fn message(user: i64, namespace: &str) -> Command {
    let (to, namespace, message) = (MessageTarget::User(user.into()), namespace.into(), "hello".into());
    Command::Message(MessageArgs { to, namespace, message }.into())
}

fn args(who: RoomSubject, namespace: &str, room: &str) -> MoveArgs {
    MoveArgs { who, namespace: namespace.into(), room: room.into() }
}

fn join(user: i64, namespace: &str, room: &str) -> Command {
    Command::JoinRoom(args(RoomSubject::User(user.into()), namespace, room).into())
}

fn leave(user: i64, namespace: &str, room: &str) -> Command {
    Command::LeaveRoom(args(RoomSubject::User(user.into()), namespace, room).into())
}

fn close(namespace: &str, room: &str) -> Command {
    Command::CloseRoom(CloseRoomArgs { namespace: namespace.into(), room: room.into() }.into())
}

fn disconnect(filter: ConnectionFilter) -> Command {
    let target = DisconnectTarget::Filter(filter);
    Command::Disconnect(DisconnectArgs { target, reason: "maintenance".into() }.into())
}

/// A client in a namespace that greets nobody.
async fn guest(gateway: &Gateway, namespace: &str, id: i64, name: &str) -> Client {
    let mut client = Client::open(gateway.dial()).await.expect("a connection");
    client.join(namespace, json!({"token": Token::user(id).name(name).sign()})).await.expect("let in");
    client
}

async fn audited(operator: &mut Operator) -> Vec<Value> {
    let page = operator.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    page["items"].as_array().into_iter().flatten().map(|row| row["command"].clone()).collect()
}

#[tokio::test]
async fn every_act_needs_the_role_and_a_preview_touches_nobody() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut vera = Operator::new(gateway.join("/admin", &Token::operator("vera", Role::Viewer)).await);
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "cellar"})).await;
    let acts = || {
        [
            message(7, "/web"),
            join(7, "/web", "lobby"),
            leave(7, "/web", "cellar"),
            close("/web", "cellar"),
            disconnect(ConnectionFilter { namespace: Some("/web".into()), ..ConnectionFilter::default() }),
        ]
    };
    for act in acts() {
        let name = act.name();
        assert_eq!(vera.ask(act).await.expect_err(name).code, ErrorCode::Forbidden, "{name}");
    }
    for act in acts() {
        let name = act.name();
        let preview = olga.preview(act).await.expect(name);
        assert_eq!((&preview["users"], &preview["sockets"]), (&json!(1), &json!(1)), "{name}");
        assert_eq!(preview["sample"][0]["username"], "ann", "{name}");
    }
    assert!(ann.is_alive().await);
    for event in ["private:message", "room:joined", "room:left", "kicked"] {
        let heard = ann.received(event).await.len();
        // The one of the room that she joined herself.
        assert_eq!(heard, usize::from(event == "room:joined"), "{event}");
    }
    assert!(audited(&mut olga).await.is_empty(), "what was refused or previewed was not done");
}

#[tokio::test]
async fn an_operator_writes_to_a_user_in_the_namespaces_words() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut phone = gateway.join("/", &Token::user(7).name("ann")).await;
    olga.subscribe(&[Kind::OperatorAction], None).await;

    let sent = olga.ask(message(7, "/web")).await.expect("sent");
    assert_eq!((&sent["targets"], &sent["delivered"]), (&json!(1), &json!(1)));
    let got = ann.expect("private:message").await;
    assert_eq!(
        (&got["fromUserId"], &got["fromUsername"], &got["message"]),
        (&json!("op:olga"), &json!("olga"), &json!("hello"))
    );
    assert!(got["timestamp"].is_string());
    olga.ask(message(7, "/")).await.expect("sent");
    let got = phone.expect("private-message").await;
    assert_eq!((&got["senderId"], &got["message"]), (&json!("op:olga"), &json!("hello")));
    for namespace in ["/events", "/chat"] {
        let refused = olga.ask(message(7, namespace)).await.expect_err("no private messages");
        assert_eq!(refused.code, ErrorCode::InvalidPayload, "{namespace}");
    }

    let action = olga
        .entry(|what| match what {
            Happening::OperatorAction { by, command, subject, outcome } => {
                Some((by.clone(), command.clone(), subject.clone(), *outcome))
            }
            _ => None,
        })
        .await;
    assert_eq!(action, ("olga".into(), "message".into(), "user 7".into(), Outcome::Done));
    assert_eq!(audited(&mut olga).await, ["message", "message"]);
    let of = HistoryOf::User(7.into());
    let page = olga.ask(Command::History(HistoryArgs { of, cursor: None, limit: None })).await.expect("a page");
    assert_eq!((&page["items"][1]["to"], &page["items"][1]["content"]), (&json!(7), &json!("hello")), "{page}");
}

#[tokio::test]
async fn what_an_operator_writes_waits_for_who_is_away_and_for_no_stranger() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    // Whoever is elsewhere is away here, and has been seen.
    let _elsewhere = guest(&gateway, "/events", 7, "ann").await;
    let sent = olga.ask(message(7, "/web")).await.expect("it is kept");
    assert_eq!((&sent["targets"], &sent["delivered"], &sent["queued"]), (&json!(0), &json!(0), &json!(1)), "{sent}");
    let mut ann = gateway.web(7, "ann").await;
    let got = ann.expect("private:message").await;
    assert_eq!(
        (&got["fromUserId"], &got["message"], &got["offline"]),
        (&json!("op:olga"), &json!("hello"), &json!(true))
    );

    let refused = olga.ask(message(99, "/web")).await.expect_err("nobody has ever seen 99");
    assert_eq!(refused.code, ErrorCode::NotFound);
    let page = olga.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    let outcomes: Vec<_> = [0, 1].iter().map(|row| page["items"][row]["outcome"].clone()).collect();
    assert_eq!(outcomes, ["failed", "done"], "{page}");
    let of = HistoryOf::User(99.into());
    let page = olga.ask(Command::History(HistoryArgs { of, cursor: None, limit: None })).await.expect("a page");
    assert_eq!(page["items"], json!([]), "what nobody will ever read is not kept");
    let mut stranger = gateway.web(99, "new").await;
    assert!(stranger.received("private:message").await.is_empty());
}

#[tokio::test]
async fn a_user_is_put_into_a_room_and_taken_out_of_it() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ben = gateway.web(8, "ben").await;
    ben.ask("room:join", json!({"roomId": "lobby"})).await;
    // Whose token opens no room at all.
    let mut ann = gateway.join("/web", &Token::user(7).name("ann").claim("rooms", json!([]))).await;
    olga.subscribe(&[Kind::RoomJoined, Kind::RoomLeft], None).await;

    let moved = olga.ask(join(7, "/web", "lobby")).await.expect("done");
    assert_eq!(moved, json!({"sockets": 1, "failed": 0}));
    assert_eq!(ann.expect("room:joined").await, json!({"roomId": "lobby"}));
    assert_eq!(ben.expect("room:user:joined").await["username"], "ann");
    ann.ask("room:message", json!({"roomId": "lobby", "message": "here I am"})).await;
    assert_eq!(ben.expect("room:message").await["message"], "here I am");
    let again = olga.ask(join(7, "/web", "lobby")).await.expect_err("she is there already");
    assert_eq!(again.code, ErrorCode::NotFound);

    olga.ask(leave(7, "/web", "lobby")).await.expect("done");
    assert_eq!(ann.expect("room:left").await, json!({"roomId": "lobby"}));
    assert_eq!(ben.expect("room:user:left").await["username"], "ann");
    let refused = ann.ask("room:message", json!({"roomId": "lobby", "message": "still?"})).await;
    assert_eq!(refused["code"], "not_member");
    for joined in [true, false] {
        let what = olga.next_entry().await.what;
        let (user, room, entered) = match what {
            Happening::RoomJoined { user, room, .. } => (user, room, true),
            Happening::RoomLeft { user, room, .. } => (user, room, false),
            other => panic!("{other:?}"),
        };
        assert_eq!((&*user.username, room.as_str(), entered), ("ann", "lobby", joined));
    }
    assert_eq!(audited(&mut olga).await, ["leave-room", "join-room"]);
}

#[tokio::test]
async fn a_closed_room_is_empty_and_its_members_are_told_in_their_own_words() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    for (namespace, entering, payload, told, what) in [
        ("/web", "room:join", json!({"roomId": "lobby"}), "room:left", json!({"roomId": "lobby"})),
        ("/", "join-room", json!({"room": "lobby"}), "left-room", json!({"room": "lobby"})),
        ("/events", "join", json!({"room": "lobby"}), "user:left", json!({"userId": "7", "room": "lobby"})),
        ("/chat", "joinRoom", json!("lobby"), "userLeft", json!({"id": "7", "username": "ann"})),
    ] {
        let mut ann = guest(&gateway, namespace, 7, "ann").await;
        let mut ben = guest(&gateway, namespace, 8, "ben").await;
        for client in [&mut ann, &mut ben] {
            let joined = client.ask(entering, payload.clone()).await;
            assert_eq!(joined["success"], true, "{namespace}: {joined}");
        }
        let closed = olga.ask(close(namespace, "lobby")).await.expect("closed");
        assert_eq!(closed, json!({"sockets": 2, "failed": 0}), "{namespace}");
        assert_eq!(ann.expect(told).await, what, "{namespace}");
        ben.expect(told).await;
        let gone = olga.ask(close(namespace, "lobby")).await.expect_err("nobody is in it");
        assert_eq!(gone.code, ErrorCode::NotFound, "{namespace}");
        ann.close().await;
        ben.close().await;
    }
}

#[tokio::test]
async fn an_operator_can_move_its_own_socket() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let who = || RoomSubject::User("op:olga".parse().expect("a user id"));
    let moved = olga.ask(Command::JoinRoom(args(who(), "/admin", "staff").into())).await.expect("done");
    assert_eq!(moved["sockets"], 1);
    olga.ask(close("/admin", "staff")).await.expect("closed");
}

#[tokio::test]
async fn connections_are_disconnected_by_what_they_are() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = Client::open(gateway.dial().header("user-agent", "Bot/1.0")).await.expect("a connection");
    ann.join("/web", json!({"token": Token::user(7).sign()})).await.expect("let in");
    let mut ben = Client::open(gateway.dial().from([127, 0, 0, 2].into())).await.expect("a connection");
    ben.join("/web", json!({"token": Token::user(8).sign()})).await.expect("let in");
    let mut eve = guest(&gateway, "/events", 9, "eve").await;
    let default = ConnectionFilter::default;

    for (filter, sockets) in [
        (ConnectionFilter { namespace: Some("/web".into()), ..default() }, 2),
        (ConnectionFilter { user_agent: Some("bot".into()), ..default() }, 1),
        (ConnectionFilter { address: Some("127.0.0.0/8".into()), ..default() }, 3),
        (ConnectionFilter { address: Some("127.0.0.2".into()), namespace: Some("/events".into()), ..default() }, 0),
        (ConnectionFilter { idle_for: Some(3_600), ..default() }, 0),
        (ConnectionFilter { idle_for: Some(0), ..default() }, 3),
        (ConnectionFilter { transport: Some(Transport::Polling), ..default() }, 0),
        (ConnectionFilter { transport: Some(Transport::Websocket), ..default() }, 3),
    ] {
        let preview = olga.preview(disconnect(filter.clone())).await.expect("a preview");
        assert_eq!(preview["sockets"], sockets, "{filter:?}: operators are never among them");
    }
    for filter in [default(), ConnectionFilter { address: Some("nowhere".into()), ..default() }] {
        let refused = olga.ask(disconnect(filter)).await.expect_err("that is no filter");
        assert_eq!(refused.code, ErrorCode::InvalidPayload);
    }
    olga.ask(disconnect(ConnectionFilter { address: Some("127.0.0.2".into()), ..default() })).await.expect("done");
    ben.expect("kicked").await;
    assert!(ann.is_alive().await && eve.is_alive().await);
}

#[tokio::test]
async fn whoever_was_there_lately_is_known() {
    let gateway = Gateway::with(QUIET).await;
    let mut vera = gateway.operator(Role::Viewer).await;
    let ann = gateway.web(7, "ann").await;
    ann.close().await;
    let report = vera.ask(Command::User(UserArgs { id: 7.into() })).await.expect("a report");
    assert_eq!((&report["known"], &report["minutes"]), (&json!(true), &json!([])), "{report}");
    let stats = vera.ask(Command::Stats(StatsArgs { history: true })).await.expect("figures");
    assert!(stats["onlineUsers"].is_number(), "{stats}");
}
