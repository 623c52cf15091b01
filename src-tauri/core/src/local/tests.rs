//! The gateway is a shell script here: what matters is what it says, and how it ends.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use axum::Json;
use axum::routing::get;
use serde_json::json;

use super::*;

struct Bench {
    local: Local,
    notices: mpsc::Receiver<notices::Event>,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("signalbox-server");
        std::fs::write(&program, format!("#!/bin/sh\ncd \"{}\"\n{script}\n", folder.path().display())).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let (local, notices) = local(program);
        Self { local, notices, folder }
    }

    async fn start(&self, port: u16) -> Result<Address, Failure> {
        self.local.start(self.plan(port)).await
    }

    /// Waits until a file of the gateway's says this.
    async fn reads(&self, name: &str, wanted: &str) {
        let file = self.folder.path().join(name);
        let read = async {
            while std::fs::read_to_string(&file).ok().as_deref() != Some(wanted) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), read).await.expect("in time");
    }

    /// Lets a program crash that waits for it, this time and each time after.
    fn let_crash(&self) {
        std::fs::write(self.folder.path().join("crash"), "").unwrap();
    }

    fn plan(&self, port: u16) -> Plan {
        let data = self.folder.path().join("data");
        Plan { port, data, secret: LocalSecret::new("hush"), stay: Stay::WithTheConsole }
    }

    async fn until(&self, wanted: impl Fn(&LocalGateway) -> bool) -> LocalGateway {
        let mut state = self.local.state.clone();
        let found = tokio::time::timeout(Duration::from_secs(20), state.wait_for(|state| wanted(state))).await;
        found.expect("in time").expect("the task lives").clone()
    }
}

fn local(program: PathBuf) -> (Local, mpsc::Receiver<notices::Event>) {
    let (notices, told) = mpsc::channel(8);
    let place = program.with_file_name("local-gateway.json");
    let around = Surroundings { api: Api::new().unwrap(), changed: Arc::default(), place, notices };
    (Local::new(Some(program), around, Prospect::Waits), told)
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
        assert!(failure.reason.to_string().contains(word), "exit {code}: {failure:?}");
        assert!(!failure.reason.to_string().contains("error:"), "exit {code}: {failure:?}");
        assert!(matches!(bench.local.state(), LocalGateway::Stopped { reason: Some(_) }));
    }
}

#[tokio::test]
async fn a_start_is_given_up_for_an_end_that_is_asked_for() {
    let bench = Bench::new("read -r secret; echo $$ > begun; cat > /dev/null; exec sleep 600");
    let begun = bench.folder.path().join("begun");
    let pid = async || {
        let written = async {
            loop {
                match std::fs::read_to_string(&begun).unwrap_or_default().trim().parse() {
                    Ok(pid) => return pid,
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), written).await.expect("in time")
    };
    for leaves in [false, true] {
        let (started, pid) = tokio::join!(bench.start(0), async {
            let pid = pid().await;
            let ended =
                async { if leaves { bench.local.leave(Stay::OnItsOwn).await } else { bench.local.stop().await } };
            // Less than a gateway has to become ready.
            tokio::time::timeout(Duration::from_secs(10), ended).await.expect("it does not wait for the start");
            pid
        });
        assert_eq!(started.unwrap_err().reason, Reason::StoppedTooSoon);
        assert_eq!(neighbour::Neighbour::find(pid), None, "it has ended");
        assert_eq!(bench.local.state(), LocalGateway::Stopped { reason: None });
        std::fs::remove_file(&begun).unwrap();
    }
    assert_eq!(bench.start(0).await.unwrap_err().reason, Reason::Closing, "nothing begins after the end");
}

/// Not before it was heard of: one that has ended by then has not begun.
const CRASHES: &str = "while [ ! -e crash ]; do sleep 0.05; done; exit 9";

#[tokio::test]
async fn a_gateway_that_crashes_is_started_again_on_its_port() {
    let script = format!("{SERVE}\nif [ -e crashed ]; then cat > /dev/null; else touch crashed; {CRASHES}; fi");
    let mut bench = Bench::new(&script);
    bench.start(0).await.unwrap();
    bench.let_crash();
    bench.until(|state| matches!(state, LocalGateway::Restarting { .. })).await;
    bench.until(|state| matches!(state, LocalGateway::Running { .. })).await;
    let arguments = std::fs::read_to_string(bench.folder.path().join("arguments")).unwrap();
    assert!(arguments.contains("127.0.0.1:4321"), "{arguments}");
    assert!(matches!(bench.notices.recv().await, Some(notices::Event::LocalCrashed { .. })));
    bench.local.stop().await;
}

#[tokio::test]
async fn one_that_crashes_again_and_again_is_told_once() {
    let mut bench = Bench::new(&format!("{SERVE}\necho again >> starts; {CRASHES}"));
    bench.start(0).await.unwrap();
    bench.let_crash();
    let starts = || std::fs::read_to_string(bench.folder.path().join("starts")).unwrap_or_default().lines().count();
    bench.until(|state| starts() >= 2 && matches!(state, LocalGateway::Restarting { .. })).await;
    bench.local.stop().await;
    assert!(matches!(bench.notices.try_recv(), Ok(notices::Event::LocalCrashed { .. })));
    assert!(bench.notices.try_recv().is_err());
}

#[tokio::test]
async fn a_program_that_is_not_there_says_where_it_was_looked_for() {
    let (local, _told) = local("/nowhere/signalbox-server".into());
    let plan = Plan { port: 0, data: "/nowhere".into(), secret: LocalSecret::new("s"), stay: Stay::WithTheConsole };
    let failure = local.start(plan).await.unwrap_err();
    assert!(failure.reason.to_string().contains("/nowhere/signalbox-server"), "{failure:?}");
    local.stop().await;
    assert!(matches!(local.state(), LocalGateway::Missing { .. }));
}

#[tokio::test]
async fn what_it_says_is_kept_without_its_secret() {
    let bench = Bench::new(&format!("{SERVE}\necho \"INFO I was told $secret\" >&2\ncat > /dev/null"));
    bench.start(0).await.unwrap();
    let log = bench.local.log();
    let mut lines = log.follow();
    let said = tokio::time::timeout(Duration::from_secs(20), lines.wait_for(|count| *count > 0)).await;
    said.expect("in time").unwrap();
    assert_eq!(log.from(0).lines[0].text, "INFO I was told [secret]");
    bench.local.stop().await;
}

/// A gateway that goes on after the end of its input, as it was told to, until it is asked to end.
const STAYS: &str = r#"trap 'echo bye > ended; exit 0' TERM
read -r stay; printf '%s' "$stay" > stay
while :; do sleep 0.05; done"#;

#[tokio::test]
async fn one_that_is_left_goes_on_and_is_not_adopted_by_its_word_alone() {
    let bench = Bench::new(&format!("{SERVE}\n{STAYS}"));
    bench.start(0).await.unwrap();
    let LocalGateway::Running { pid, .. } = bench.local.state() else { panic!("it runs") };
    bench.local.leave(Stay::OnItsOwn).await;
    let process = neighbour::Neighbour::find(pid).expect("it goes on");

    let (next, _told) = local(bench.folder.path().join("signalbox-server"));
    assert_eq!(next.adopt(bench.plan(0)).await.map(|address| address.to_string()), None, "nothing answers there");
    let failure = next.start(bench.plan(0)).await.unwrap_err();
    assert!(failure.reason.to_string().contains(&pid.to_string()), "{failure:?}");
    assert!(process.lives(), "what cannot be adopted is not ended");
    process.end(Duration::from_secs(5)).await;
    assert!(next.start(bench.plan(0)).await.is_ok(), "and where it is gone another one is started");
    next.stop().await;
}

#[tokio::test]
async fn one_that_was_told_to_stay_is_still_ended_on_request() {
    let bench = Bench::new(&format!("{SERVE}\n{STAYS}"));
    bench.local.start(Plan { stay: Stay::OnItsOwn, ..bench.plan(0) }).await.unwrap();
    bench.reads("stay", "stay").await;
    bench.local.stop().await;
    assert_eq!(std::fs::read_to_string(bench.folder.path().join("ended")).unwrap(), "bye\n");
}

#[tokio::test]
async fn one_that_runs_is_told_at_once_when_the_rule_changes() {
    let bench = Bench::new(&format!("{SERVE}\ncat > told; echo bye > ended"));
    bench.start(0).await.unwrap();
    bench.local.rule(Stay::WithTheConsole).await;
    bench.local.rule(Stay::OnItsOwn).await;
    bench.reads("told", "stay\n").await;
    bench.local.rule(Stay::WithTheConsole).await;
    bench.reads("told", "stay\nend\n").await;
    bench.local.leave(Stay::WithTheConsole).await;
    bench.reads("ended", "bye\n").await;
}

/// Where something answers as a gateway that takes every token.
async fn answers() -> String {
    let health = json!({"status": "ok", "service": "signalbox", "version": "9.9", "node": "n"});
    let health = get(move || async move { Json(health) });
    let router = axum::Router::new().route("/healthz", health).route("/api/v1/stats", get(async || "{}"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn one_that_is_left_is_found_also_where_another_folder_was_chosen_meanwhile() {
    let address = answers().await;
    let bench = Bench::new(&format!("{SERVE}\n{STAYS}").replace("127.0.0.1:4321", &address));
    bench.start(0).await.unwrap();
    bench.local.leave(Stay::OnItsOwn).await;

    let (next, _told) = local(bench.folder.path().join("signalbox-server"));
    let elsewhere = Plan { data: bench.folder.path().join("elsewhere"), ..bench.plan(0) };
    let found = next.adopt(elsewhere.clone()).await.map(|found| found.to_string());
    assert_eq!(found, Some(format!("http://{address}")));
    next.stop().await;
    assert_eq!(std::fs::read_to_string(bench.folder.path().join("ended")).unwrap(), "bye\n");
    assert_eq!(next.adopt(elsewhere).await.map(|found| found.to_string()), None, "it is gone");
}

#[tokio::test]
async fn another_folder_is_a_way_out_where_a_stranger_lives_in_the_one_before() {
    let bench = Bench::new(&format!("{SERVE}\n{STAYS}"));
    bench.start(0).await.unwrap();
    let LocalGateway::Running { pid, .. } = bench.local.state() else { panic!("it runs") };
    bench.local.leave(Stay::OnItsOwn).await;

    let (next, _told) = local(bench.folder.path().join("signalbox-server"));
    assert!(next.start(bench.plan(0)).await.is_err(), "nothing answers there");
    let elsewhere = Plan { data: bench.folder.path().join("elsewhere"), stay: Stay::OnItsOwn, ..bench.plan(0) };
    next.start(elsewhere).await.unwrap();
    next.stop().await;
    neighbour::Neighbour::find(pid).expect("it is left alone").end(Duration::from_secs(5)).await;
}
