//! `account`: who may sign in. Every change is in the audit log, by `cli`.

use std::io::{BufRead as _, IsTerminal as _};

use clap::{Args, Subcommand};
use serde_json::json;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::Outcome;

use super::{Failure, parse_role, print_line};
use crate::auth::operators::{check_name, check_password};
use crate::auth::{Secret, password};
use crate::config::Config;
use crate::store::{AccountChange, AuditEntry, Store, StoreError};

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Add an account.
    Add {
        /// The name to sign in with: letters, digits, `.`, `_`, `-`, `@`.
        #[arg(value_parser = parse_name)]
        name: String,
        /// What it may do: viewer, operator or admin.
        #[arg(long, value_parser = parse_role)]
        role: Role,
        #[command(flatten)]
        password: Source,
    },
    /// List the accounts.
    List,
    /// Set another password, and end the account's sessions.
    Passwd {
        /// Whose.
        name: String,
        #[command(flatten)]
        password: Source,
    },
    /// Disable an account, and end its sessions.
    Disable {
        /// Whose.
        name: String,
    },
}

/// Where a password comes from.
#[derive(Debug, Args)]
pub(super) struct Source {
    /// Read the password from the first line of standard input instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(action: Action, config: &Config) -> Result<(), Failure> {
    let store = Store::open(&config.data_dir).await?;
    let done = match action {
        Action::Add { name, role, password } => add(&store, &name, role, &password).await,
        Action::List => list(&store).await,
        Action::Passwd { name, password } => {
            let hash = password::hash(&read(&password)?)?;
            let change = async || {
                let known = store.set_password(&name, &hash, Timestamp::now()).await?;
                Ok(if known { AccountChange::Done } else { AccountChange::Unknown })
            };
            let told = format!("the password of `{name}` is changed");
            audited(&store, "account.passwd", &name, json!({}), change, &told).await
        }
        Action::Disable { name } => {
            let change = async || store.disable_account(&name, Timestamp::now()).await;
            let told = format!("the account `{name}` is disabled");
            audited(&store, "account.disable", &name, json!({}), change, &told).await
        }
    };
    store.close().await;
    done
}

async fn add(store: &Store, name: &str, role: Role, password: &Source) -> Result<(), Failure> {
    if store.account(name).await?.is_some() {
        let sentence = format!("there is an account `{name}` already; `account passwd {name}` changes its password");
        return Err(Failure::other(sentence));
    }
    let hash = password::hash(&read(password)?)?;
    let change = async || {
        let added = store.add_account(name, role, &hash, Timestamp::now()).await?;
        Ok(if added { AccountChange::Done } else { AccountChange::Taken })
    };
    let told = format!("the account `{name}` is added, with the role {}", role.as_str());
    audited(store, "account.add", name, json!({"role": role}), change, &told).await
}

async fn list(store: &Store) -> Result<(), Failure> {
    for account in store.accounts().await? {
        let state = if account.is_enabled() { "enabled" } else { "disabled" };
        print_line(&format!("{}\t{}\t{state}\t{}", account.name, account.role.as_str(), account.created_at))?;
    }
    Ok(())
}

/// Writes down what is about to be done, does it, writes down how it ended, and tells that it is done.
async fn audited(
    store: &Store,
    command: &str,
    name: &str,
    detail: serde_json::Value,
    change: impl AsyncFnOnce() -> Result<AccountChange, StoreError>,
    told: &str,
) -> Result<(), Failure> {
    let entry = AuditEntry {
        at: Timestamp::now(),
        actor: "cli".into(),
        address: String::new(),
        command: command.into(),
        subject: name.into(),
        detail,
        // The gateway finds out by itself that an account is disabled.
        touched: None,
    };
    let id = store.audit(&entry).await?;
    let done = change().await;
    let (outcome, explanation) = match &done {
        Ok(AccountChange::Done) => (Outcome::Done, None),
        Ok(_) => (Outcome::Failed, Some("no account was changed".to_owned())),
        Err(error) => (Outcome::Failed, Some(error.to_string())),
    };
    store.audit_outcome(id, Timestamp::now(), outcome, explanation.as_deref()).await?;
    match done? {
        AccountChange::Done => print_line(told),
        AccountChange::Unknown => {
            Err(Failure::other(format!("there is no account `{name}`; `account list` shows them")))
        }
        AccountChange::Taken => Err(Failure::other(format!("there is an account `{name}` already"))),
        AccountChange::LastAdmin => {
            Err(Failure::other(format!("`{name}` is the last admin who can sign in; make another one first")))
        }
    }
}

fn read(source: &Source) -> Result<Secret, Failure> {
    let unreadable = |error| Failure::other(format!("the password cannot be read: {error}"));
    let password = if source.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(unreadable)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ").map_err(unreadable)?;
        if rpassword::prompt_password("Again: ").map_err(unreadable)? != password {
            return Err(Failure::other("the two passwords differ; nothing was changed"));
        }
        password
    } else {
        return Err(Failure::other("there is no terminal to ask for the password on; use --password-stdin"));
    };
    let password = Secret::from(password);
    check_password(&password).map_err(|why| Failure::other(format!("{why}; nothing was changed")))?;
    Ok(password)
}

fn parse_name(name: &str) -> Result<String, &'static str> {
    check_name(name).map(|()| name.to_owned())
}
