//! What is done to many users is one act: each of them is reached and nobody else, one preview and one entry of the audit
//! log are about all of them, and with whom it failed is named.

use serde_json::{Value, json};
use signalbox_protocol::admin::{
    Acting, AuditArgs, BanArgs, BanSubject, BanTarget, BansArgs, Command, HistoryArgs, HistoryOf, MOST_USERS,
    MessageArgs, MessageTarget, MoveArgs, Role, RoomSubject, UnbanArgs, UndoBanArgs,
};
use signalbox_protocol::{ErrorCode, Timestamp, UserId};
use support::{Client, Gateway, Operator, Token};

const QUIET: &str = "limits.enabled = false\ncors.origins = []";

fn users(ids: impl IntoIterator<Item = i64>) -> Vec<UserId> {
    ids.into_iter().map(UserId::from).collect()
}

fn ban(ids: impl IntoIterator<Item = i64>, reason: &str) -> BanArgs {
    BanArgs { target: BanSubject::Users(users(ids)), reason: reason.into(), until: None }
}

fn message(ids: impl IntoIterator<Item = i64>) -> MessageArgs {
    MessageArgs { to: MessageTarget::Users(users(ids)), namespace: "/web".into(), message: "hello".into() }
}

fn lobby(ids: impl IntoIterator<Item = i64>) -> MoveArgs {
    MoveArgs { who: RoomSubject::Users(users(ids)), namespace: "/web".into(), room: "lobby".into() }
}

async fn crowd(gateway: &Gateway, ids: impl IntoIterator<Item = i64>) -> Vec<Client> {
    let mut clients = Vec::new();
    for id in ids {
        clients.push(gateway.web(id, &format!("user {id}")).await);
    }
    clients
}

/// The latest entry of the audit log, and how many there are.
async fn audited(operator: &mut Operator) -> (Value, usize) {
    let page = operator.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    (page["items"][0].clone(), page["items"].as_array().map_or(0, Vec::len))
}

async fn knock(gateway: &Gateway, id: i64) -> Result<(), String> {
    gateway.knock("/web", json!({"token": Token::user(id).sign()})).await
}

fn ids_of(listed: &Value) -> Vec<i64> {
    listed.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

#[tokio::test]
async fn a_list_is_refused_where_it_makes_no_sense() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let _ann = gateway.web(7, "ann").await;
    let too_many: Vec<usize> = (0..=MOST_USERS).collect();
    let empty: [usize; 0] = [];
    let (at, reason) = (Timestamp::now(), "r");
    let room = |who: Value| json!({"who": who, "namespace": "/web", "room": "lobby"});
    let written = |to: Value| {
        let mut args = json!({"namespace": "/web", "message": "hello"});
        args.as_object_mut().expect("arguments").extend(to.as_object().expect("a target").clone());
        args
    };
    for (users, code) in [(json!(empty), ErrorCode::InvalidPayload), (json!(too_many), ErrorCode::TooLong)] {
        let list = json!({ "users": users });
        for (command, args) in [
            ("ban", json!({"target": list, "reason": reason})),
            ("undo-ban", json!({"target": list, "at": at})),
            ("message", written(list.clone())),
            ("join-room", room(list.clone())),
            ("leave-room", room(list.clone())),
            ("disconnect", json!({"target": list, "reason": reason})),
            ("notify", json!({"target": list, "type": "info", "title": "t", "message": "m"})),
        ] {
            for dry_run in [true, false] {
                let request = json!({"command": command, "args": args, "dryRun": dry_run});
                let error = olga.request_raw(request).await.error.expect(command);
                assert_eq!(error.code, code, "{command}: {error}");
            }
        }
    }
    let both = json!({"user": 7, "users": [7]});
    for (command, args) in [
        ("ban", json!({"target": both, "reason": reason})),
        ("undo-ban", json!({"target": both, "at": at})),
        ("message", written(both.clone())),
        ("message", written(json!({}))),
        ("message", written(json!({"user": 7, "from": 8}))),
        ("join-room", room(both.clone())),
    ] {
        let error = olga.request_raw(json!({"command": command, "args": args})).await.error.expect(command);
        assert_eq!(error.code, ErrorCode::InvalidPayload, "{command} {args}: {error}");
    }
    assert_eq!(audited(&mut olga).await.1, 0, "nothing of it was done");
}

#[tokio::test]
async fn a_list_of_users_is_banned_as_one_act_whether_they_are_there_or_not() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut clients = crowd(&gateway, 1..=30).await;
    let mut ben = gateway.web(99, "ben").await;
    let preview = olga.preview(Command::Ban(ban(1..=40, "spam").into())).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"]), (&json!(30), &json!(30)), "{preview}");
    assert_eq!(preview["sample"].as_array().map(Vec::len), Some(20));
    assert!(clients[0].is_alive().await, "a preview touches nobody");

    // Somebody named twice is banned once.
    let twice = ban((1..=40).chain(1..=5), "spam");
    let fingerprint = preview["fingerprint"].as_str().map(str::to_owned);
    let done = olga.ask(Command::Ban(Acting { args: twice, fingerprint })).await.expect("banned");
    assert_eq!((&done["nodes"][0]["users"], &done["nodes"][0]["connections"]), (&json!(30), &json!(30)), "{done}");
    assert_eq!((done.get("ban"), done.get("refused")), (None, None), "{done}");
    for client in &mut clients {
        assert_eq!(client.expect("kicked").await, json!({"code": "banned", "reason": "spam"}));
        client.closed().await;
    }
    assert!(ben.is_alive().await, "nobody else is touched");
    for id in [1, 30, 40] {
        assert_eq!(knock(&gateway, id).await, Err("banned".into()), "{id}");
    }
    let bans = olga.ask(Command::Bans(BansArgs::default())).await.expect("a page");
    assert_eq!(bans["items"].as_array().map(Vec::len), Some(40), "each has a ban of their own");

    let (entry, entries) = audited(&mut olga).await;
    assert_eq!((entries, &entry["command"], &entry["subject"]), (1, &json!("ban"), &json!("40 users")));
    assert_eq!((&entry["touched"]["users"], &entry["outcome"]), (&json!(30), &json!("done")), "{entry}");
    assert_eq!(ids_of(&entry["detail"]["target"]["users"]).len(), 40, "{entry}");
}

#[tokio::test]
async fn who_has_come_since_the_preview_of_a_list_is_a_conflict() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = crowd(&gateway, 1..=1).await;
    let acts: [fn(Option<String>) -> Command; 3] = [
        |fingerprint| Command::Ban(Acting { args: ban(1..=3, "spam"), fingerprint }),
        |fingerprint| Command::Message(Acting { args: message(1..=3), fingerprint }),
        |fingerprint| Command::JoinRoom(Acting { args: lobby(1..=3), fingerprint }),
    ];
    let mut shown = Vec::new();
    for act in acts {
        let preview = olga.preview(act(None)).await.expect("a preview");
        shown.push(preview["fingerprint"].as_str().map(str::to_owned));
    }
    let _more = crowd(&gateway, 2..=2).await;
    for (act, fingerprint) in acts.iter().zip(shown) {
        let stale = act(fingerprint);
        let name = stale.name();
        assert_eq!(olga.ask(stale).await.expect_err(name).code, ErrorCode::Conflict, "{name}");
    }
    assert!(ann[0].is_alive().await);
    assert_eq!(audited(&mut olga).await.1, 0);
}

#[tokio::test]
async fn taking_a_ban_of_many_back_lifts_what_it_has_set_and_nothing_else() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    olga.ask(Command::Ban(ban([1], "older").into())).await.expect("banned");
    let done = olga.ask(Command::Ban(ban(1..=5, "spam").into())).await.expect("banned");
    let at: Timestamp = serde_json::from_value(done["at"].clone()).expect("a moment");
    olga.ask(Command::Ban(ban([2], "newer").into())).await.expect("banned");
    let lift = UnbanArgs { target: BanTarget::User(3.into()) };
    olga.ask(Command::Unban(lift.into())).await.expect("lifted");

    // What was replaced is remembered as durably as what holds.
    let gateway = gateway.kill_and_restart().await;
    let mut olga = gateway.operator(Role::Operator).await;
    let undo = |ids: Vec<i64>| {
        let target = BanSubject::Users(users(ids));
        Command::UndoBan(UndoBanArgs { target, at }.into())
    };
    let undone = olga.ask(undo((1..=5).collect())).await.expect("taken back");
    assert_eq!(undone, json!({"lifted": 2, "restored": 1}));
    let (entry, _) = audited(&mut olga).await;
    assert_eq!((&entry["command"], &entry["subject"]), (&json!("undo-ban"), &json!("3 users")), "{entry}");
    assert_eq!(ids_of(&entry["detail"]["target"]["users"]), [1, 4, 5], "{entry}");
    let held = async |olga: &mut Operator| {
        let page = olga.ask(Command::Bans(BansArgs::default())).await.expect("a page");
        let items = page["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|ban| (ban["target"]["user"].as_i64(), ban["reason"].clone())).collect::<Vec<_>>()
    };
    let left = vec![(Some(1), json!("older")), (Some(2), json!("newer"))];
    assert_eq!(held(&mut olga).await, left);
    assert_eq!(olga.ask(undo((1..=5).collect())).await.expect_err("once").code, ErrorCode::NotFound);
    let gateway = gateway.kill_and_restart().await;
    assert_eq!(held(&mut gateway.operator(Role::Operator).await).await, left, "the store has it too");
    for (id, let_in) in [(1, false), (2, false), (3, true), (4, true), (5, true)] {
        assert_eq!(knock(&gateway, id).await.is_ok(), let_in, "{id}");
    }
}

#[tokio::test]
async fn as_many_as_one_command_names_are_banned_by_one_and_let_in_again_by_another() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let everybody = || 1..=i64::try_from(MOST_USERS).expect("a number");
    let mut ann = crowd(&gateway, 1..=1).await;
    let done = olga.ask(Command::Ban(ban(everybody(), "spam").into())).await.expect("banned");
    ann[0].expect("kicked").await;
    assert_eq!(knock(&gateway, 10_000).await, Err("banned".into()));
    let at: Timestamp = serde_json::from_value(done["at"].clone()).expect("a moment");
    let undo = UndoBanArgs { target: BanSubject::Users(users(everybody())), at };
    let undone = olga.ask(Command::UndoBan(undo.into())).await.expect("taken back");
    assert_eq!(undone, json!({"lifted": MOST_USERS, "restored": 0}));
    assert_eq!(knock(&gateway, 10_000).await, Ok(()));
}

#[tokio::test]
async fn of_a_list_that_one_is_in_oneself_the_others_are_banned() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = crowd(&gateway, 1..=1).await;
    let own: UserId = "op:olga".parse().expect("a user id");
    let with_own = |mut others: Vec<UserId>| {
        others.push(own.clone());
        Command::Ban(BanArgs { target: BanSubject::Users(others), reason: "spam".into(), until: None }.into())
    };
    let preview = olga.preview(with_own(users([1]))).await.expect("a preview");
    assert_eq!(preview["users"], 1, "{preview}");
    let done = olga.ask(with_own(users([1]))).await.expect("banned");
    assert_eq!((&done["refused"][0]["code"], &done["refused"][0]["users"]), (&json!("conflict"), &json!([own])));
    ann[0].expect("kicked").await;
    assert!(olga.client().is_alive().await);
    assert_eq!(olga.ask(with_own(Vec::new())).await.expect_err("oneself").code, ErrorCode::Conflict);
}

#[tokio::test]
async fn each_of_a_list_reads_a_message_now_or_later_and_who_never_will_is_named() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut clients = crowd(&gateway, 1..=30).await;
    let mut ben = gateway.web(99, "ben").await;
    let away = gateway.join("/events", &Token::user(31).name("user 31")).await;
    let preview = olga.preview(Command::Message(message(1..=33).into())).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"]), (&json!(30), &json!(30)), "{preview}");
    let sent = olga.ask(Command::Message(message(1..=33).into())).await.expect("sent");
    assert_eq!((&sent["delivered"], &sent["queued"], sent.get("id")), (&json!(30), &json!(1), None), "{sent}");
    assert_eq!((&sent["refused"][0]["code"], &sent["refused"][0]["users"]), (&json!("not_found"), &json!([32, 33])));
    assert_eq!(sent["refused"].as_array().map(Vec::len), Some(1), "{sent}");
    for client in &mut clients {
        assert_eq!(client.expect("private:message").await["message"], "hello");
    }
    away.close().await;
    let mut back = gateway.web(31, "user 31").await;
    assert_eq!(back.expect("private:message").await["offline"], true);
    assert!(ben.is_alive().await && ben.received("private:message").await.is_empty());

    let (entry, entries) = audited(&mut olga).await;
    assert_eq!((entries, &entry["command"], &entry["subject"]), (1, &json!("message"), &json!("33 users")));
    assert_eq!((&entry["touched"]["users"], ids_of(&entry["detail"]["users"]).len()), (&json!(30), 33), "{entry}");
    for (id, kept) in [(1, 1), (31, 1), (32, 0)] {
        let history = HistoryArgs { of: HistoryOf::User(id.into()), cursor: None, limit: None };
        let page = olga.ask(Command::History(history)).await.expect("a page");
        assert_eq!(page["items"].as_array().map(Vec::len), Some(kept), "{id}: {page}");
    }
}

#[tokio::test]
async fn a_list_of_users_is_put_into_a_room_and_taken_out_of_it() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut clients = crowd(&gateway, 1..=30).await;
    let mut ben = gateway.web(99, "ben").await;
    clients[0].ask("room:join", json!({"roomId": "lobby"})).await;
    let preview = olga.preview(Command::JoinRoom(lobby(1..=40).into())).await.expect("a preview");
    assert_eq!(preview["users"], 29, "who is there already is not touched: {preview}");
    let moved = olga.ask(Command::JoinRoom(lobby(1..=40).into())).await.expect("moved");
    assert_eq!(moved, json!({"sockets": 29, "failed": 0}));
    let moved = olga.ask(Command::LeaveRoom(lobby(1..=29).into())).await.expect("moved");
    assert_eq!(moved, json!({"sockets": 29, "failed": 0}));
    for client in &mut clients[..29] {
        client.expect("room:joined").await;
        client.expect("room:left").await;
    }
    clients[29].expect("room:joined").await;
    assert!(clients[29].received("room:left").await.is_empty(), "who is not in the list stays");
    assert!(ben.received("room:joined").await.is_empty());
    let (entry, entries) = audited(&mut olga).await;
    let subject = json!("29 users, room lobby of /web");
    assert_eq!((entries, &entry["command"], &entry["subject"]), (2, &json!("leave-room"), &subject));
    assert_eq!(entry["touched"]["users"], 29, "{entry}");
    let nobody = olga.ask(Command::JoinRoom(lobby(41..=42).into())).await.expect_err("nobody of them is there");
    assert_eq!(nobody.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn who_is_in_too_many_rooms_is_named_and_the_others_are_moved() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut clients = crowd(&gateway, 1..=2).await;
    for room in 0..100 {
        let joined = clients[0].ask("room:join", json!({"roomId": format!("room {room}")})).await;
        assert_eq!(joined["success"], true, "{joined}");
    }
    let moved = olga.ask(Command::JoinRoom(lobby(1..=2).into())).await.expect("moved");
    assert_eq!((&moved["sockets"], &moved["failed"]), (&json!(1), &json!(1)), "{moved}");
    assert_eq!((&moved["refused"][0]["code"], &moved["refused"][0]["users"]), (&json!("conflict"), &json!([1])));
    clients[1].expect("room:joined").await;
}
