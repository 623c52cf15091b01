//! Every refusal has its one message, in every namespace, over both protocols and both transports.

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use support::polling::Polling;
use support::{Client, Gateway, Packet, Token, within};

const NAMESPACES: [&str; 5] = ["/admin", "/web", "/", "/events", "/chat"];

/// Who knocks, the token that is presented, and what is said to it in a namespace.
type Case = (&'static str, Option<String>, fn(&str) -> Option<&'static str>);

fn cases() -> Vec<Case> {
    let user = || Token::user(7).name("ann");
    vec![
        ("no token", None, |_| Some("missing token")),
        ("garbage", Some("a.b.c".into()), |_| Some("invalid credentials")),
        ("an expired token", Some(user().expires_in(-30).sign()), |_| Some("invalid credentials")),
        ("a disabled account", Some(user().claim("status", 0).sign()), |_| Some("account disabled")),
        ("no role", Some(user().sign()), |namespace| (namespace == "/admin").then_some("insufficient permission")),
        ("one connection too many", Some(Token::user(1).role(Role::Viewer).sign()), |_| {
            Some("connection limit exceeded")
        }),
        ("a banned user", Some(Token::user(13).role(Role::Viewer).sign()), |_| Some("banned")),
    ]
}

async fn by_polling(gateway: &Gateway, namespace: &str, token: Option<&str>) -> Option<String> {
    let polling = Polling::open(gateway).await;
    let data = token.map_or(Value::Null, |token| json!({ "token": token }));
    polling.post(Packet::Connect { namespace: namespace.into(), data }.encode()).await;
    let answered = |packet: &Packet| matches!(packet, Packet::Connect { .. } | Packet::Refused { .. });
    let answer = polling.expect("an answer of the door", answered).await;
    // It leaves, and makes room for the next one.
    polling.post("1").await;
    match answer {
        Packet::Refused { data, .. } => Some(data["message"].as_str().expect("a message").to_owned()),
        _ => None,
    }
}

async fn as_an_older_client(gateway: &Gateway, namespace: &str, token: Option<&str>) -> Option<String> {
    let dial = gateway.dial().old();
    let dial = match token {
        Some(token) => dial.header("authorization", &format!("Bearer {token}")),
        None => dial,
    };
    let mut client = Client::open(dial).await.expect("a connection");
    let answer = within("an answer of the door", client.join(namespace, Value::Null)).await.err();
    client.close().await;
    answer
}

async fn on_a_web_socket(gateway: &Gateway, namespace: &str, token: Option<&str>) -> Option<String> {
    let mut client = Client::open(gateway.dial()).await.expect("a connection");
    let data = token.map_or(Value::Null, |token| json!({ "token": token }));
    let answer = within("an answer of the door", client.join(namespace, data)).await.err();
    client.close().await;
    answer
}

/// Knocks at a namespace in every way there is, and compares what is answered.
async fn check(gateway: &Gateway, what: &str, namespace: &str, token: Option<&str>, told: Option<&str>) {
    let answers = [
        ("a WebSocket", on_a_web_socket(gateway, namespace, token).await),
        ("polling", by_polling(gateway, namespace, token).await),
        ("Engine.IO 3", as_an_older_client(gateway, namespace, token).await),
    ];
    for (way, answer) in answers {
        assert_eq!(answer.as_deref(), told, "{what}, on {namespace}, over {way}");
    }
}

#[tokio::test]
async fn each_refusal_has_its_message_wherever_it_is_met() {
    let gateway = Gateway::with("connections.per_user = 3").await;
    let mut sitting = Vec::new();
    for _ in 0..3 {
        sitting.push(gateway.web(1, "one").await);
    }
    let ada = Token::operator("ada", Role::Admin).sign();
    let ban = gateway.request(Method::PUT, "/api/v1/bans/users/13").bearer_auth(&ada).json(&json!({"reason": "spam"}));
    assert_eq!(ban.send().await.expect("an answer").status(), 204);
    for (what, token, told) in cases() {
        for namespace in NAMESPACES {
            check(&gateway, what, namespace, token.as_deref(), told(namespace)).await;
        }
    }
    let token = Token::user(8).sign();
    check(&gateway, "a name of nothing", "/nowhere", Some(&token), Some("Invalid namespace")).await;
}

#[tokio::test]
async fn a_gateway_that_is_full_says_so_in_every_namespace() {
    let gateway = Gateway::with("connections.total = 1").await;
    let _sitting = gateway.web(1, "one").await;
    let token = Token::user(8).role(Role::Viewer).sign();
    for namespace in NAMESPACES {
        check(&gateway, "a full gateway", namespace, Some(&token), Some("server busy")).await;
    }
}

#[tokio::test]
async fn a_connection_is_of_one_user_in_every_namespace() {
    let gateway = Gateway::start().await;
    let bearing = |id: i64| json!({"token": Token::user(id).role(Role::Viewer).sign()});
    for first in NAMESPACES {
        let mut client = gateway.join(first, &Token::user(7).role(Role::Viewer)).await;
        let polling = Polling::open(&gateway).await;
        polling.post(Packet::Connect { namespace: first.into(), data: bearing(9) }.encode()).await;
        polling.expect("the namespace", |packet| matches!(packet, Packet::Connect { .. })).await;
        for then in NAMESPACES.into_iter().filter(|then| *then != first) {
            let refused = within("an answer of the door", client.join(then, bearing(8))).await;
            assert_eq!(refused, Err("invalid credentials".into()), "{then} after {first}");
            polling.post(Packet::Connect { namespace: then.into(), data: bearing(8) }.encode()).await;
            let answer = polling.expect("an answer", |packet| matches!(packet, Packet::Refused { .. })).await;
            let refused = Packet::Refused { namespace: then.into(), data: json!({"message": "invalid credentials"}) };
            assert_eq!(answer, refused, "{then} after {first}");
        }
        assert!(client.is_alive().await, "whose connection it is goes on in {first}");
        client.close().await;
        polling.post("1").await;
    }
}

#[tokio::test]
async fn a_handshake_says_what_is_configured() {
    let gateway = Gateway::start().await;
    for (version, begins) in [(4, "0{"), (3, "")] {
        let path = format!("/socket.io/?EIO={version}&transport=polling");
        let answer = gateway.request(Method::GET, &path).send().await.expect("an answer");
        let text = answer.text().await.expect("a text");
        assert!(text.starts_with(begins), "{text}");
        let open = &text[text.find('{').expect("an object")..=text.find('}').expect("an object")];
        let open: Value = serde_json::from_str(open).expect("JSON");
        assert_eq!(
            (&open["pingInterval"], &open["pingTimeout"], &open["maxPayload"], &open["upgrades"]),
            (&json!(25_000), &json!(60_000), &json!(1_000_000), &json!(["websocket"])),
            "Engine.IO {version}"
        );
        assert_eq!(open["sid"].as_str().map(str::len), Some(16));
    }
}
