//! `token`: a token for trying things out.

use std::time::Duration;

use clap::Args;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::User;
use signalbox_protocol::{Timestamp, UserId};

use super::{Failure, parse_role, print_line, tokens};
use crate::auth::tokens::Grant;
use crate::config::{Config, parse_duration};

/// What the token says.
#[derive(Debug, Args)]
pub(super) struct Order {
    /// The user's id.
    #[arg(long, value_name = "ID")]
    user: UserId,
    /// The user's name; the id by default.
    #[arg(long)]
    name: Option<String>,
    /// What an operator may do: viewer, operator or admin. Without it the token is a user's.
    #[arg(long, value_parser = parse_role)]
    role: Option<Role>,
    /// How long it is good: 15m, 1h, 7d.
    #[arg(long, default_value = "1h", value_parser = ttl)]
    ttl: Duration,
}

/// Whoever finds an old token on a disk must not be able to use it for ever.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(super) fn run(order: Order, config: &Config) -> Result<(), Failure> {
    let Order { user: id, name, role, ttl } = order;
    let username = name.unwrap_or_else(|| id.to_string()).into();
    let grant = Grant { user: User { id, username }, role };
    print_line(&tokens(config)?.issue(&grant, Timestamp::now(), ttl)?)
}

fn ttl(text: &str) -> Result<Duration, String> {
    let ttl = parse_duration(text, Duration::from_secs(1))?;
    if ttl < Duration::from_secs(1) {
        return Err("a token is good for a second or longer".into());
    }
    if ttl > LONGEST {
        return Err("a token is good for 365d at most; issue another one then".into());
    }
    Ok(ttl)
}
