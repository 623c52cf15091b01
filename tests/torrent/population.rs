//! Who is there: users with names, rooms and addresses that differ as those of real ones do.

use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::{Connection, Membership, Transport, User};

const NAMES: [&str; 12] =
    ["ali", "bo", "chen", "dara", "emeka", "fatima", "王伟", "greta", "hiro", "ines", "jonas", "kofi"];

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1",
    "python-socketio/5.13",
];

/// A user, by number.
pub fn user(number: u32) -> User {
    let name = NAMES[number as usize % NAMES.len()];
    User { id: i64::from(number).into(), username: format!("{name}-{number}").into() }
}

/// The id of a user's connection: another one each time that they come.
pub fn connection_id(number: u32, visit: u32) -> String {
    format!("c{number}-{visit}")
}

/// A user's connection.
pub fn connection(number: u32, visit: u32, now: Timestamp) -> Connection {
    let [_, a, b, c] = number.to_be_bytes();
    Connection {
        id: connection_id(number, visit).as_str().into(),
        user: user(number),
        operator: false,
        node: "torrent".into(),
        transport: Transport::Websocket,
        address: format!("10.{a}.{b}.{c}"),
        user_agent: AGENTS[number as usize % AGENTS.len()].into(),
        namespaces: vec![Membership {
            namespace: "/web".into(),
            socket: format!("s{number}-{visit}").as_str().into(),
            rooms: vec!["lobby".into(), format!("team-{}", number % 500).as_str().into()],
        }],
        online_at: Timestamp(now.0 - i64::from(number % 86_400) * 1000),
        last_activity: now,
        idle: number.is_multiple_of(3),
    }
}
