//! The demo shows a gateway with people on it, and leaves nothing behind.

use std::process::Stdio;

use serde_json::{Value, json};
use signalbox_protocol::feed::Kind;
use support::{Client, Dial, Operator, eventually, within};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

#[tokio::test]
async fn an_operator_signs_in_to_a_lively_gateway_that_ends_when_asked_to() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signalbox-demo"));
    command.args(["--users", "25", "--seed", "3", "--port", "0", "--json"]);
    let mut demo = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("the demo starts");
    let mut lines = BufReader::new(demo.stdout.take().expect("standard output is piped")).lines();
    let line = within("the ready line", lines.next_line()).await.expect("a line").expect("a line");
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    let url = ready["url"].as_str().expect("a URL");
    let address = url.trim_start_matches("http://").parse().expect("an address");

    let login = json!({"name": ready["name"], "password": ready["password"]});
    let answer = reqwest::Client::new().post(format!("{url}/api/v1/auth/login")).json(&login).send().await;
    let session: Value = answer.expect("an answer").json().await.expect("a session");
    assert_eq!(session["role"], "admin");
    let mut client = Client::open(Dial::new(address)).await.expect("a connection");
    client.join("/admin", json!({"token": session["accessToken"]})).await.expect("let in");
    let mut operator = Operator::new(client);
    operator.subscribe(&[Kind::ConnectionOpened, Kind::RoomJoined, Kind::Warning], None).await;
    let mut kinds = Vec::new();
    while !(kinds.contains(&Kind::ConnectionOpened) && kinds.contains(&Kind::RoomJoined)) {
        kinds.push(operator.next_entry().await.what.kind());
    }

    let pid = demo.id().expect("the demo runs").to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status().await;
    assert!(sent.is_ok_and(|status| status.success()), "the signal can be sent");
    let status = within("the demo's end", demo.wait()).await.expect("it can be waited for");
    assert_eq!(status.code(), Some(0));
    eventually("the gateway's end", || async { TcpStream::connect(address).await.is_err().then_some(()) }).await;
}
