//! The official Socket.IO clients find the contracts of all namespaces as they are written.
//!
//! The scripts are in `clients/`, each run by the test runner of its own language.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use support::Gateway;
use support::gateway::python_tool;
use support::token::SECRET;
use tokio::process::Command;

/// Events are limited as in the contract only where the scripts run into a limit on purpose.
const CONFIG: &str = r#"
limits.events."/web ping" = 1000
limits.events."/web private:message" = 1000
limits.events."/web room:join" = 1000
limits.events."/web room:leave" = 1000
limits.events."/web room:message" = 1000
limits.events."/web test:error" = 3
limits.events."/ music-sync" = 3
"#;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

async fn check(program: &Path, arguments: &[&str], client: &str) {
    let gateway = Gateway::with(CONFIG).await;
    let running = Command::new(program)
        .args(arguments)
        .current_dir(folder())
        .env("GATEWAY_URL", format!("http://{}", gateway.address()))
        .env("GATEWAY_SECRET", SECRET)
        .env("CLIENT", client)
        .kill_on_drop(true)
        .output();
    let output: Output = tokio::time::timeout(Duration::from_secs(100), running)
        .await
        .expect("the script ends")
        .expect("the script starts: `cargo xtask test` installs what it needs");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

const CONTRACTS: &[&str] = &["--test", "--test-concurrency=1", "contract.mjs", "namespaces.mjs"];

#[tokio::test]
async fn socket_io_client_4_finds_the_contracts() {
    check(Path::new("node"), CONTRACTS, "4").await;
}

#[tokio::test]
async fn socket_io_client_2_finds_the_contracts() {
    check(Path::new("node"), CONTRACTS, "2").await;
}

#[tokio::test]
async fn python_socketio_finds_the_contracts() {
    check(&python_tool("python3"), &["-B", "-m", "unittest", "-v", "contract", "namespaces"], "python").await;
}
