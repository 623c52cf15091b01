//! The command line (section 8 of the contract).
//!
//! Owns arguments, exit codes and what is printed. It must never know more of the gateway than how to start it: each
//! command reads the configuration, opens what it needs, and hands over.

mod account;
mod backup;
mod failure;
mod serve;
mod token;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use signalbox_protocol::admin::Role;

use crate::api;
use crate::auth::Secret;
use crate::auth::keys;
use crate::auth::tokens::Tokens;
use crate::config::{Config, Flags, Sources};
use crate::transport::Tls;

pub use failure::Failure;

/// The realtime gateway of Signalbox.
#[derive(Debug, Parser)]
#[command(name = "signalbox-server", version, about)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Common {
    /// A TOML file with the configuration.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the store and the generated secret.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway until SIGTERM or Ctrl-C.
    Serve {
        /// Where to accept connections; port 0 takes a free one.
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<SocketAddr>,
        /// Read `auth.jwt_secret` from the first line of standard input, and end when standard input is closed, unless a
        /// later line was `stay` and none after it `end`.
        #[arg(long)]
        secret_stdin: bool,
    },
    /// Say what is wrong with the configuration, if anything is.
    CheckConfig,
    /// Operators' accounts.
    Account {
        #[command(subcommand)]
        action: account::Action,
    },
    /// Print a token, and nothing else.
    Token(token::Order),
    /// Print the HTTP interface's OpenAPI document, and nothing else.
    Openapi,
    /// Copy the store into a new file; the gateway may go on running.
    Backup {
        /// Where to. It must not exist.
        file: PathBuf,
    },
}

impl Cli {
    /// Carries out the command.
    ///
    /// # Errors
    /// See [`Failure`]: one sentence about what is wrong and what to do, and the exit code.
    pub async fn run(self) -> Result<(), Failure> {
        let Common { config: file, data_dir } = self.common;
        let load = |flags: Flags| Sources::of_process(file, Flags { data_dir, ..flags }).load();
        match self.command {
            Command::Serve { listen, secret_stdin: true } => serve::with_secret_from_stdin(listen, load).await,
            Command::Serve { listen, secret_stdin: false } => {
                serve::serve(load(Flags { listen, ..Flags::default() })?).await
            }
            Command::CheckConfig => check(&load(Flags::default())?),
            Command::Account { action } => account::run(action, &load(Flags::default())?).await,
            Command::Token(order) => token::run(order, &load(Flags::default())?),
            Command::Openapi => print_line(api::openapi().trim_end()),
            Command::Backup { file } => backup::run(&file, &load(Flags::default())?).await,
        }
    }
}

/// What only shows when the configuration is used: the files of keys. Nothing is written.
fn check(config: &Config) -> Result<(), Failure> {
    Tokens::new(&config.auth, &Secret::random())?;
    Tls::new(&config.tls)?;
    for remark in config.remarks() {
        eprintln!("note: {remark}");
    }
    print_line("the configuration is valid")
}

fn tokens(config: &Config) -> Result<Tokens, Failure> {
    Ok(Tokens::new(&config.auth, &keys::own_secret(config)?)?)
}

/// Prints at once, also into a pipe. A reader that has gone is an error and not a panic.
fn print_line(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Failure::output)
}

fn parse_role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|error: signalbox_protocol::admin::UnknownRole| error.to_string())
}
