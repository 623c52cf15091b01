//! The program as an operator meets it: what it prints, and the code that it ends with.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

const SECRET: &str = "a-secret-of-thirty-two-bytes-or-more";

/// How long anything may take; a passing test never waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder, and the program on it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn data(&self) -> std::path::PathBuf {
        self.0.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_signalbox-server"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SIGNALBOX_")) {
            command.env_remove(name);
        }
        command.args(arguments).arg("--data-dir").arg(self.data());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    fn run_with_line(&self, arguments: &[&str], line: &str) -> Output {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        writeln!(stdin, "{line}").expect("the program reads");
        drop(stdin);
        child.wait_with_output().expect("the program ends")
    }

    fn serve(&self, arguments: &[&str]) -> Serving {
        self.serve_with_log(arguments, Stdio::null())
    }

    fn serve_with_log(&self, arguments: &[&str], log: Stdio) -> Serving {
        let all = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut command = self.command(&all);
        command.env("SIGNALBOX_LOG", "trace").stdin(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        if arguments.contains(&"--secret-stdin") {
            writeln!(stdin, "{SECRET}").expect("the program reads");
        }
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (send, line) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let read = out.read_line(&mut line).map(|_| line);
            let _ = send.send((read, out));
        });
        let (line, _out) = line.recv_timeout(PATIENCE).expect("a line in time");
        let ready: serde_json::Value = serde_json::from_str(&line.expect("a line")).expect("a line of JSON");
        Serving { child, stdin: Some(stdin), ready }
    }
}

/// A gateway that runs. Dropping it kills it.
struct Serving {
    child: Child,
    stdin: Option<ChildStdin>,
    ready: serde_json::Value,
}

impl Serving {
    fn address(&self) -> &str {
        self.ready["addr"].as_str().expect("an address")
    }

    fn ended(&mut self) -> ExitStatus {
        let started = std::time::Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "the gateway goes on");
            thread::yield_now();
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own; the whole answer.
fn ask(address: &str, request: &str, body: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).expect("it accepts connections");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let length = body.len();
    write!(stream, "{request}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
        .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_wrong_configuration_is_code_2_and_names_the_key() {
    let folder = Folder::new();
    let file = folder.0.path().join("signalbox.toml");
    let file = file.to_str().expect("a path in UTF-8");
    for (toml, key) in [
        ("[auth]\njwt_secert = \"x\"\n", "auth.jwt_secert"),
        ("auth.jwt_secret = \"short\"\n", "auth.jwt_secret"),
        ("auth.algorithm = \"RS256\"\nauth.public_key = \"/no/such/key.pem\"\n", "auth.public_key"),
    ] {
        std::fs::write(file, toml).expect("a writable folder");
        for command in ["check-config", "serve"] {
            let output = folder.run(&[command, "--config", file]);
            assert_eq!(output.status.code(), Some(2), "{command} {toml}");
            assert!(said(&output).contains(key), "{command} {toml}: {}", said(&output));
            assert_eq!(printed(&output), "", "standard output is for answers");
        }
    }
    std::fs::write(file, "limits.default = 5\n").expect("a writable folder");
    let output = folder.run(&["check-config", "--config", file]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!folder.data().exists() || !folder.data().join("signalbox.db").exists(), "checking makes nothing");
}

#[test]
fn a_certificate_or_a_key_that_cannot_be_used_is_code_2_and_named() {
    let folder = Folder::new();
    let write = |name: &str, text: &str| {
        let path = folder.0.path().join(name);
        std::fs::write(&path, text).expect("a writable folder");
        path.to_str().expect("a path in UTF-8").to_owned()
    };
    let pair = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (own, other) = (pair(), pair());
    let (cert, key) = (write("cert.pem", &own.cert.pem()), write("key.pem", &own.signing_key.serialize_pem()));
    let foreign = write("other.pem", &other.signing_key.serialize_pem());
    let locked = write("locked.pem", &own.signing_key.serialize_pem().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
    let broken = write("broken.pem", "-----BEGIN PRIVATE KEY-----\nbm9uZQ==\n-----END PRIVATE KEY-----\n");
    let empty = write("empty.pem", "");
    for (cert, key, named, told) in [
        (Some(&cert), None, "`tls.key`", "missing beside `tls.cert`"),
        (None, Some(&key), "`tls.cert`", "missing beside `tls.key`"),
        (Some(&"/no/such/cert.pem".into()), Some(&key), "`tls.cert`", "cannot read /no/such/cert.pem"),
        (Some(&cert), Some(&"/no/such/key.pem".into()), "`tls.key`", "cannot read /no/such/key.pem"),
        (Some(&empty), Some(&key), "`tls.cert`", "there is no certificate in PEM in "),
        (Some(&key), Some(&key), "`tls.cert`", "there is no certificate in PEM in "),
        (Some(&cert), Some(&empty), "`tls.key`", "there is no private key in PEM in "),
        (Some(&cert), Some(&cert), "`tls.key`", "there is no private key in PEM in "),
        (Some(&cert), Some(&broken), "`tls.key`", "cannot be used"),
        (Some(&cert), Some(&locked), "`tls.key`", "is encrypted"),
        (Some(&cert), Some(&foreign), "`tls.key`", "is not the one of the certificate in "),
    ] {
        for subcommand in ["check-config", "serve"] {
            let mut command = folder.command(&[subcommand]);
            for (name, value) in [("SIGNALBOX_TLS__CERT", cert), ("SIGNALBOX_TLS__KEY", key)] {
                value.map(|value| command.env(name, value));
            }
            let output = command.output().expect("the program runs");
            assert_eq!(output.status.code(), Some(2), "{subcommand} {cert:?} {key:?}");
            let words = said(&output);
            assert!(words.contains(named) && words.contains(told), "{subcommand} {cert:?} {key:?}: {words}");
        }
    }
    let config = write("signalbox.toml", &format!("tls.cert = {cert:?}\ntls.key = {key:?}\n"));
    assert!(folder.run(&["check-config", "--config", &config]).status.success());
    let serving = folder.serve(&["--config", &config]);
    assert_eq!(serving.ready["tls"], true, "{}", serving.ready);
    assert!(serving.ready["version"].is_string(), "{}", serving.ready);
}

#[test]
fn the_environment_is_checked_like_the_file() {
    let folder = Folder::new();
    let output = folder.command(&["check-config"]).env("SIGNALBOX_LIMITS__DEFUALT", "5").output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("limits.defualt") && said(&output).contains("did you mean `default`"));
}

#[test]
fn it_says_when_it_is_ready_and_ends_well_when_it_is_asked_to() {
    let folder = Folder::new();
    let mut serving = folder.serve(&[]);
    assert_eq!(serving.ready["event"], "ready");
    assert_eq!(serving.ready["version"], env!("CARGO_PKG_VERSION"));
    assert!(serving.ready["node"].is_string());
    assert!(folder.data().join("secret").is_file(), "a secret was made");
    std::net::TcpStream::connect(serving.address()).expect("it accepts connections");
    let pid = serving.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
    assert_eq!(serving.ended().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn it_takes_as_many_descriptors_as_it_may_have() {
    let folder = Folder::new();
    let serve = folder.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut modest = Command::new("sh");
    modest.args(["-c", "ulimit -Sn 256 && exec \"$0\" \"$@\""]).arg(serve.get_program()).args(serve.get_args());
    modest.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = modest.spawn().expect("a shell");
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let serving = Serving { stdin: None, ready: serde_json::Value::Null, child };
    out.read_line(&mut line).expect("a line");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", serving.child.id())).expect("its limits");
    let open = limits.lines().find(|line| line.starts_with("Max open files")).expect("a limit of open files");
    let [soft, hard] = [3, 4].map(|column| open.split_whitespace().nth(column));
    assert_eq!(soft, hard, "{open}");
}

#[test]
fn a_port_in_use_is_code_3_and_names_the_port() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = folder.run(&["serve", "--listen", &address]);
    assert_eq!(output.status.code(), Some(3));
    let port = taken.local_addr().expect("an address").port().to_string();
    assert!(said(&output).contains(&port) && said(&output).contains("--listen"), "{}", said(&output));
}

#[test]
fn a_damaged_store_is_code_4_and_is_left_alone() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.data()).expect("a folder");
    let file = folder.data().join("signalbox.db");
    let rubbish = "this is not a database, whatever its name says. ".repeat(100);
    std::fs::write(&file, &rubbish).expect("a file");
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["account", "list"]] {
        let output = folder.run(arguments);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}");
        assert!(said(&output).contains("damaged") && said(&output).contains("backup"), "{}", said(&output));
    }
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), rubbish);
}

#[test]
fn with_the_secret_from_standard_input_it_ends_when_its_owner_does() {
    let folder = Folder::new();
    let mut serving = folder.serve(&["--secret-stdin"]);
    assert!(!folder.data().join("secret").exists(), "the secret that was handed over is in no file");
    assert!(serving.child.try_wait().expect("a child of ours").is_none(), "it runs while the input is open");
    drop(serving.stdin.take());
    assert_eq!(serving.ended().code(), Some(0));
}

#[test]
fn a_secret_from_standard_input_that_is_too_short_is_code_2() {
    for line in ["short", ""] {
        let output = Folder::new().run_with_line(&["serve", "--listen", "127.0.0.1:0", "--secret-stdin"], line);
        assert_eq!(output.status.code(), Some(2), "{line:?}: {}", said(&output));
        assert!(said(&output).contains("32 bytes"), "{}", said(&output));
    }
}

#[test]
fn accounts_are_added_listed_changed_and_disabled() {
    let folder = Folder::new();
    let add = |name, password| {
        folder.run_with_line(&["account", "add", name, "--role", "operator", "--password-stdin"], password)
    };
    assert!(add("ann", "correct horse").status.success());
    for (name, password, why) in [
        ("ann", "correct horse", "already"),
        ("bob", "short", "8 to 1024 bytes"),
        ("local", "correct horse", "choose another"),
        ("no spaces", "correct horse", "letters"),
    ] {
        let output = add(name, password);
        assert!(!output.status.success() && said(&output).contains(why), "{name}: {}", said(&output));
    }
    assert!(folder.run_with_line(&["account", "passwd", "ann", "--password-stdin"], "another horse").status.success());
    assert!(folder.run(&["account", "disable", "ann"]).status.success());
    let list = printed(&folder.run(&["account", "list"]));
    assert!(list.starts_with("ann\toperator\tdisabled\t") && list.lines().count() == 1, "{list}");
    let nobody = folder.run(&["account", "disable", "nobody"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(said(&nobody).contains("account list"), "{}", said(&nobody));
    let silent = folder.run(&["account", "passwd", "ann"]);
    assert!(!silent.status.success() && said(&silent).contains("--password-stdin"), "nobody can be asked here");
}

#[test]
fn a_token_is_printed_alone() {
    let output = Folder::new().run(&["token", "--user", "42", "--name", "alice", "--role", "viewer", "--ttl", "5m"]);
    assert!(output.status.success(), "{}", said(&output));
    let token = printed(&output);
    assert_eq!(token.trim_end().split('.').count(), 3, "{token}");
    assert_eq!(token.lines().count(), 1);
    for wrong in [
        &["token", "--user", ""][..],
        &["token", "--user", "1", "--ttl", "0"],
        &["token", "--user", "1", "--ttl", "999ms"],
        &["token", "--user", "1", "--ttl", "366d"],
        &["token", "--user", "1", "--ttl", "4294967295d"],
        &["token", "--user", "1", "--role", "king"],
    ] {
        assert_eq!(Folder::new().run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn the_document_of_the_http_interface_is_printed_as_it_is_kept() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json"));
    assert_eq!(printed(&Folder::new().run(&["openapi"])), kept.expect("a document"));
}

#[test]
fn a_backup_is_taken_while_the_gateway_runs() {
    let folder = Folder::new();
    let copy = folder.0.path().join("copy.db");
    let to = copy.to_str().expect("a path in UTF-8");
    let nothing = folder.run(&["backup", to]);
    assert!(!nothing.status.success() && said(&nothing).contains("no store"), "{}", said(&nothing));
    let _serving = folder.serve(&[]);
    assert!(folder.run(&["backup", to]).status.success());
    assert!(is_database(&copy));
    let again = folder.run(&["backup", to]);
    assert!(!again.status.success() && said(&again).contains("exists already"), "{}", said(&again));
    assert!(is_database(&copy), "a backup is never written over");
}

fn is_database(file: &Path) -> bool {
    std::fs::read(file).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"))
}

#[test]
fn no_level_of_the_log_shows_a_secret() {
    let folder = Folder::new();
    let log = folder.0.path().join("log");
    let serving = folder.serve_with_log(&[], std::fs::File::create(&log).expect("a file").into());
    let token = printed(&folder.run(&["token", "--user", "42"])).trim_end().to_owned();
    let address = serving.address();
    let open = ask(address, &format!("GET /socket.io/?EIO=4&transport=polling&token={token} HTTP/1.1"), "");
    let sid = open.split("\"sid\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a session");
    let post = format!("POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nContent-Type: text/plain");
    assert!(ask(address, &post, &format!("40/web,{{\"token\":\"{token}\"}}")).ends_with("ok"));
    let poll = format!("GET /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1");
    // A poll may bring a ping alone; the answer to CONNECT comes with one of the next.
    let joined = (0..5).any(|_| ask(address, &poll, "").contains("40/web,{"));
    assert!(joined, "the token was good");
    let json = "HTTP/1.1\r\nContent-Type: application/json";
    let password = "a-password-that-was-typed";
    let login = format!("{{\"name\":\"ann\",\"password\":\"{password}\"}}");
    assert!(ask(address, &format!("POST /api/v1/auth/login {json}"), &login).contains("401"));
    let bearer = format!("POST /api/v1/events?token={token} {json}\r\nAuthorization: Bearer {token}");
    assert!(ask(address, &bearer, "{}").contains("403"));

    let log = std::fs::read_to_string(log).expect("a log");
    let kept = std::fs::read_to_string(folder.data().join("secret")).expect("a secret");
    assert!(log.contains("a sign-in failed") && log.contains("DEBUG"), "there is a log");
    for secret in [&token, password, kept.trim_end()] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}
