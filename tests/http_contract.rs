//! The HTTP interface does what its OpenAPI document says: schemathesis makes requests of every kind from it, good and bad,
//! and finds no answer that the document does not describe, and none from a fault of the gateway.

use std::time::Duration;

use signalbox_protocol::admin::{ApiKeysArgs, Command, Role, Scope};
use support::gateway::python_tool;
use support::{Gateway, Token};

/// Seconds that a run may take: schemathesis ends by itself.
const RUN: u32 = 40;
/// The same requests each time; another number finds others.
const SEED: &str = "20260301";
/// What a schema cannot say is not asked: in a path every id is a text, and an id's length is counted in bytes. Nor does a
/// path go when what it lists is deleted: a user whose connections are ended has a list of them, which is empty.
const NOT_ASKED: &str = "positive_data_acceptance,negative_data_rejection,use_after_free";

async fn finds_nothing(gateway: &Gateway, bearer: &str, more: &[&str]) {
    let mut command = tokio::process::Command::new(python_tool("schemathesis"));
    command
        .args(["run", &format!("http://{}/api/v1/openapi.json", gateway.address())])
        .args(["--header", &format!("Authorization: Bearer {bearer}")])
        // One worker: the depth that Python 3.11 counts while it reads source, as hypothesis does, is all threads' own.
        .args(["--seed", SEED, "--max-time", &RUN.to_string(), "--workers", "1"])
        .args(["--exclude-checks", NOT_ASKED, "--continue-on-failure", "--no-color"])
        .args(more)
        // It keeps examples between runs where it is started; nothing is to be left behind.
        .current_dir(gateway.folder().data())
        .kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_secs(100), command.output())
        .await
        .expect("schemathesis ends")
        .expect("schemathesis starts: `cargo xtask test` installs it");
    let said = String::from_utf8_lossy(&output.stdout);
    let from = said.find("= ERRORS").or_else(|| said.find("= FAILURES")).unwrap_or(0);
    assert!(output.status.success(), "{}\n{}", &said[from..], String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn every_answer_to_an_operator_is_in_the_document() {
    let gateway = Gateway::start().await;
    finds_nothing(&gateway, &Token::operator("olga", Role::Admin).sign(), &[]).await;
}

#[tokio::test]
async fn every_answer_to_a_key_is_in_the_document() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let scopes = vec![
        Scope::Publish,
        Scope::EventsWrite,
        Scope::UsersRead,
        Scope::RoomsRead,
        Scope::StatsRead,
        Scope::ConnectionsWrite,
        Scope::BansRead,
        Scope::BansWrite,
        Scope::FollowersWrite,
    ];
    let create = ApiKeysArgs::Create { name: "backend".into(), scopes, expires_at: None };
    let made = ada.ask(Command::ApiKeys(create.into())).await.expect("a key");
    finds_nothing(&gateway, made["key"].as_str().expect("a key"), &["--phases", "coverage,fuzzing"]).await;
}
