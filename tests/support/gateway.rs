//! A gateway of one's own: the real program, in a fresh folder, on a free port.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::{Client, Dial};
use crate::operator::Operator;
use crate::token::{SECRET, Token};
use crate::wait::within;

/// What a gateway is started with.
#[derive(Debug, Clone, Default)]
pub struct Start {
    config: String,
    own_auth: bool,
    log: Option<&'static str>,
}

impl Start {
    /// With lines of TOML, dotted keys at the top: `limits.default = 5`.
    pub fn config(mut self, lines: &str) -> Self {
        self.config.push_str(lines);
        self.config.push('\n');
        self
    }

    /// Without the secret of [`Token::sign`]: the configuration says how tokens are verified.
    pub fn own_auth(mut self) -> Self {
        self.own_auth = true;
        self
    }

    /// With a log of another level than `info`.
    pub fn log(mut self, level: &'static str) -> Self {
        self.log = Some(level);
        self
    }

    /// Starts it, and waits until it accepts connections.
    ///
    /// # Panics
    /// Where it does not, with its log.
    pub async fn start(self) -> Gateway {
        let folder = Folder::new(&self);
        Gateway::run(folder, "127.0.0.1:0").await
    }

    /// The folder such a gateway would run in, to run the program there by hand.
    pub fn folder(self) -> Folder {
        Folder::new(&self)
    }
}

/// A gateway's folder: its configuration, its data and its log. Gone with the last use.
#[derive(Debug)]
pub struct Folder {
    dir: TempDir,
    log: Option<&'static str>,
}

impl Folder {
    fn new(start: &Start) -> Self {
        let dir = TempDir::with_prefix("signalbox-test-").expect("a folder for temporary files");
        let mut config = String::new();
        if !start.own_auth {
            writeln!(config, "auth.jwt_secret = \"{SECRET}\"").expect("writing to a string");
        }
        config.push_str(&start.config);
        std::fs::write(dir.path().join("signalbox.toml"), config).expect("a writable folder");
        Self { dir, log: start.log }
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A file beside the data folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The gateway's program with a subcommand, the configuration and the data folder, free of the caller's environment.
    pub fn command(&self, subcommand: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(subcommand).arg("--config").arg(self.file("signalbox.toml")).arg("--data-dir").arg(self.data());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SIGNALBOX_")) {
            command.env_remove(name);
        }
        command.envs(self.log.map(|level| ("SIGNALBOX_LOG", level)));
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a subcommand to its end.
    ///
    /// # Panics
    /// Where it does not end.
    pub async fn run(&self, subcommand: &[&str]) -> Output {
        within("the program's end", self.command(subcommand).output()).await.expect("the gateway's program runs")
    }

    /// Runs a subcommand to its end, with a line on its standard input.
    ///
    /// # Panics
    /// Where it does not end.
    pub async fn run_with_line(&self, subcommand: &[&str], line: &str) -> Output {
        let mut command = self.command(subcommand);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the gateway's program starts");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        stdin.write_all(format!("{line}\n").as_bytes()).await.expect("the program reads its input");
        drop(stdin);
        within("the program's end", child.wait_with_output()).await.expect("the gateway's program runs")
    }
}

/// A running gateway. Dropping it ends it.
#[derive(Debug)]
pub struct Gateway {
    folder: Folder,
    child: Child,
    address: SocketAddr,
    ready: Value,
    ready_after: Duration,
    http: reqwest::Client,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("---- the gateway's log\n{}", self.log());
        }
    }
}

impl Gateway {
    /// A gateway as it is without any configuration but the secret.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start() -> Self {
        Start::default().start().await
    }

    /// A gateway with lines of configuration.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn with(config: &str) -> Self {
        Start::default().config(config).start().await
    }

    /// Runs a gateway in a folder that may have been used before.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn run(folder: Folder, listen: &str) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(folder.file("gateway.log"))
            .expect("a writable folder");
        let mut command = folder.command(&["serve", "--listen", listen]);
        let started = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the gateway's program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("standard output is piped")).lines();
        let line = within("the ready line", lines.next_line()).await.ok().flatten();
        let ready_after = started.elapsed();
        let ready = line
            .as_deref()
            .and_then(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|ready| ready["event"] == "ready")
            .unwrap_or_default();
        let address = ready["addr"].as_str().and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let log = std::fs::read_to_string(folder.file("gateway.log")).unwrap_or_default();
            panic!("no ready line but {line:?}\n---- the gateway's log\n{log}");
        };
        // The pipe is read on: a program that prints into a closed one would fail for that.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { folder, child, address, ready, ready_after, http: reqwest::Client::new() }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it said when it was ready.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// How long after its process was started it said that it is ready.
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Its folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Its process.
    ///
    /// # Panics
    /// Where it has ended.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("a gateway that runs")
    }

    /// The end of its log.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.file("gateway.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// Kills it as a power cut does, and starts another one on the same folder and port.
    ///
    /// # Panics
    /// Where it does not start again.
    pub async fn kill_and_restart(mut self) -> Self {
        self.child.kill().await.expect("a process of ours can be killed");
        self.restart().await
    }

    /// Starts another one on the folder and port of one that has ended.
    ///
    /// # Panics
    /// Where it does not start again.
    pub async fn restart(mut self) -> Self {
        let address = self.address.to_string();
        let unused = Folder { dir: TempDir::new().expect("a folder for temporary files"), log: None };
        let folder = std::mem::replace(&mut self.folder, unused);
        Self::run(folder, &address).await
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Panics
    /// Where it goes on.
    pub async fn terminate(&mut self) -> ExitStatus {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "the signal can be sent");
        self.ended().await
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    /// Where it goes on.
    pub async fn ended(&mut self) -> ExitStatus {
        within("the gateway's end", self.child.wait()).await.expect("a process of ours can be waited for")
    }

    /// How to reach it.
    pub fn dial(&self) -> Dial {
        Dial::new(self.address)
    }

    /// A user on `/web`, past the greeting.
    ///
    /// # Panics
    /// Where the gateway refuses.
    pub async fn web(&self, id: impl Into<Value>, name: &str) -> Client {
        self.join("/web", &Token::user(id).name(name)).await
    }

    /// A user in a namespace, past the greeting.
    ///
    /// # Panics
    /// Where the gateway refuses.
    pub async fn user(&self, namespace: &str, id: impl Into<Value>, name: &str) -> Client {
        self.join(namespace, &Token::user(id).name(name).without("status")).await
    }

    /// A client in a namespace, past the greeting where there is one.
    ///
    /// # Panics
    /// Where the gateway refuses.
    pub async fn join(&self, namespace: &str, token: &Token) -> Client {
        let mut client = Client::open(self.dial()).await.expect("a connection");
        let joined = within("the namespace", client.join(namespace, json!({"token": token.sign()}))).await;
        joined.expect("the namespace lets the client in");
        if matches!(namespace, "/" | "/admin" | "/web") {
            client.expect("connected").await;
        } else {
            // Who is answered has arrived.
            client.ask_with("ping", Vec::new()).await;
        }
        client
    }

    /// An operator on `/admin`, past the greeting.
    ///
    /// # Panics
    /// Where the gateway refuses.
    pub async fn operator(&self, role: Role) -> Operator {
        Operator::new(self.join("/admin", &Token::operator("olga", role)).await)
    }

    /// The answer of a namespace's door to credentials.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn knock(&self, namespace: &str, data: Value) -> Result<(), String> {
        let mut client = Client::open(self.dial()).await.expect("a connection");
        within("an answer of the door", client.join(namespace, data)).await
    }

    /// A request to the HTTP interface.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.address))
    }

    /// Posts JSON, and gives the status and the answer's body.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn post(&self, path: &str, bearer: Option<&str>, body: &Value) -> (u16, Value) {
        let mut request = self.request(reqwest::Method::POST, path).json(body);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        let answer = within("an answer over HTTP", request.send()).await.expect("an answer over HTTP");
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap_or_default();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Asks over HTTP without a body, and gives the status and the answer's body.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn call(&self, method: reqwest::Method, path: &str, bearer: &str) -> (u16, Value) {
        let request = self.request(method, path).bearer_auth(bearer);
        let answer = within("an answer over HTTP", request.send()).await.expect("an answer over HTTP");
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap_or_default();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Adds an operator's account.
    ///
    /// # Panics
    /// Where the command fails.
    pub async fn add_account(&self, name: &str, role: Role, password: &str) {
        let subcommand = ["account", "add", name, "--role", role.as_str(), "--password-stdin"];
        let output = self.folder.run_with_line(&subcommand, password).await;
        assert!(output.status.success(), "account add: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A program of the virtual environment that the project's set-up makes for Python.
///
/// # Panics
/// Where the gateway's program is not in a target folder.
pub fn python_tool(name: &str) -> PathBuf {
    let programs = program();
    let target = programs.parent().and_then(Path::parent).expect("programs are built into target/<profile>");
    let folder = target.join("tools/venv").join(if cfg!(windows) { "Scripts" } else { "bin" });
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The gateway's program: beside the test's, or where `SIGNALBOX_SERVER` says.
///
/// # Panics
/// Where it has not been built.
pub fn program() -> PathBuf {
    if let Some(program) = std::env::var_os("SIGNALBOX_SERVER") {
        return program.into();
    }
    let own = std::env::current_exe().expect("a program knows where it is");
    let name = format!("signalbox-server{}", std::env::consts::EXE_SUFFIX);
    own.ancestors()
        .skip(1)
        .take(2)
        .map(|folder: &Path| folder.join(&name))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("{name} is not built: run `cargo build -p signalbox-server` first"))
}
