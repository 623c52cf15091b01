//! The gateway is a shell script here: what matters is what it says, and how it ends.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use super::*;

struct Bench {
    local: Local,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("signalbox-server");
        std::fs::write(&program, format!("#!/bin/sh\ncd \"{}\"\n{script}\n", folder.path().display())).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        Self { local: Local::new(Some(program), data, Arc::default()), folder }
    }

    async fn start(&self, port: u16) -> Result<Address, Failure> {
        self.local.start(Plan { port, secret: LocalSecret::new("hush") }).await
    }

    async fn until(&self, wanted: impl Fn(&LocalGateway) -> bool) -> LocalGateway {
        let mut state = self.local.state.clone();
        let found = tokio::time::timeout(Duration::from_secs(20), state.wait_for(|state| wanted(state))).await;
        found.expect("in time").expect("the task lives").clone()
    }
}

const SERVE: &str = r#"read -r secret
printf '%s' "$secret" > secret
printf '%s ' "$@" > arguments
echo '{"event":"ready","addr":"127.0.0.1:4321","node":"n","version":"1"}'"#;

#[tokio::test]
async fn the_secret_goes_over_standard_input_and_the_end_of_it_ends_the_gateway() {
    let bench = Bench::new(&format!("{SERVE}\ncat > /dev/null\necho bye > ended"));
    assert_eq!(bench.start(0).await.unwrap().as_str(), "http://127.0.0.1:4321");
    let read = |name: &str| std::fs::read_to_string(bench.folder.path().join(name)).unwrap();
    assert_eq!(read("secret"), "hush");
    let arguments = read("arguments");
    assert!(arguments.starts_with("serve --listen 127.0.0.1:0 --data-dir "), "{arguments}");
    assert!(arguments.trim_end().ends_with("--secret-stdin") && !arguments.contains("hush"), "{arguments}");
    assert!(matches!(bench.local.state(), LocalGateway::Running { address, .. } if address == "127.0.0.1:4321"));
    assert!(bench.start(9).await.is_ok(), "one that runs is found");
    bench.local.stop().await;
    assert_eq!(read("ended"), "bye\n");
    assert_eq!(bench.local.state(), LocalGateway::Stopped { reason: None });
}

#[tokio::test]
async fn the_exit_code_decides_what_a_person_is_told() {
    for (code, expected, word) in [
        (2, FailureCode::LocalGateway, "unknown key"),
        (3, FailureCode::PortInUse, "Port 3000"),
        (4, FailureCode::StoreDamaged, "unknown key"),
        (1, FailureCode::LocalGateway, "unknown key"),
    ] {
        let bench = Bench::new(&format!("read -r secret; echo 'error: unknown key' >&2; exit {code}"));
        let failure = bench.start(3000).await.unwrap_err();
        assert_eq!(failure.code, expected, "exit {code}");
        assert!(failure.message.contains(word) && failure.hint.is_some(), "exit {code}: {failure:?}");
        assert!(!failure.message.contains("error:"), "exit {code}: {failure:?}");
        assert!(matches!(bench.local.state(), LocalGateway::Stopped { reason: Some(_) }));
    }
}

#[tokio::test]
async fn a_gateway_that_crashes_is_started_again_on_its_port() {
    let script = format!("{SERVE}\nif [ -e crashed ]; then cat > /dev/null; else touch crashed; exit 9; fi");
    let bench = Bench::new(&script);
    bench.start(0).await.unwrap();
    bench.until(|state| matches!(state, LocalGateway::Restarting { .. })).await;
    bench.until(|state| matches!(state, LocalGateway::Running { .. })).await;
    let arguments = std::fs::read_to_string(bench.folder.path().join("arguments")).unwrap();
    assert!(arguments.contains("127.0.0.1:4321"), "{arguments}");
    bench.local.stop().await;
}

#[tokio::test]
async fn a_program_that_is_not_there_says_where_it_was_looked_for() {
    let local = Local::new(Some("/nowhere/signalbox-server".into()), "/nowhere".into(), Arc::default());
    let failure = local.start(Plan { port: 0, secret: LocalSecret::new("s") }).await.unwrap_err();
    assert!(failure.message.contains("/nowhere/signalbox-server"), "{failure:?}");
    local.stop().await;
    assert!(matches!(local.state(), LocalGateway::Missing { .. }));
}
