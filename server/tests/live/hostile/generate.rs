//! What a visit may consist of: packets as they should be, the same with a few mistakes, and plain noise.

use proptest::collection::vec;
use proptest::prelude::{Just, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Map, Value, json};
use signalbox_server::hub::Place;
use signalbox_server::namespaces;

use super::visit::{Sent, Visit};

/// Keys of every event's payload, and some of nobody's.
const KEYS: [&str; 28] = [
    "roomId",
    "room",
    "message",
    "content",
    "toUserId",
    "targetUserId",
    "action",
    "songId",
    "currentTime",
    "username",
    "isTyping",
    "token",
    "kinds",
    "after",
    "epoch",
    "seq",
    "id",
    "command",
    "args",
    "dryRun",
    "page",
    "users",
    "filter",
    "limit",
    "cursor",
    "_placeholder",
    "num",
    "__proto__",
];

/// Texts that mean something somewhere, and texts at the edges.
const TEXTS: [&str; 26] = [
    "",
    " ",
    "lobby",
    "haven",
    "user:7",
    "/web",
    "play",
    "pause",
    "seek",
    "7",
    "007",
    "-0",
    "9007199254740993",
    "snapshot",
    "stats",
    "rooms",
    "history",
    "audit",
    "user",
    "connection",
    "notify",
    "null",
    "\u{0}",
    "\u{1e}",
    "\u{202e}é😀",
    "message",
];

/// What a mutation puts in.
const PIECES: [&str; 22] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "0",
    "9",
    "-",
    "/",
    "\\",
    "\\ud800",
    "\u{1e}",
    "\u{0}",
    "é",
    "😀",
    "1e999",
    "null",
    "45",
    "/web,",
    "?token=x,",
];

/// A visit.
pub fn visit() -> BoxedStrategy<Visit> {
    let namespace = select(Place::ALL.map(Place::as_str).to_vec());
    (any::<bool>(), select(vec![3_u8, 4, 4]), namespace, vec(sent(), 1..12))
        .prop_map(|(polls, version, namespace, sent)| Visit {
            polls,
            version,
            namespace: namespace.to_owned(),
            sent: sent.into_iter().flatten().collect(),
        })
        .boxed()
}

/// What belongs together: one message, or one that announces others.
fn sent() -> BoxedStrategy<Vec<Sent>> {
    let one = |text: BoxedStrategy<String>| text.prop_map(|text| vec![Sent::Text(text)]);
    let body = vec(prop_oneof![event(), mutated(), noise()], 1..5);
    prop_oneof![
        4 => one(event()),
        4 => one(mutated()),
        1 => one(noise()),
        1 => one(life()),
        1 => binary(),
        1 => vec(any::<u8>(), 0..64).prop_map(|bytes| vec![Sent::Bytes(bytes)]),
        2 => (body, any::<bool>()).prop_map(|(packets, counted)| vec![Sent::Body(if counted {
            packets.iter().map(|packet| format!("{}:{packet}", packet.chars().count())).collect()
        } else {
            packets.join("\u{1e}")
        })]),
    ]
    .boxed()
}

/// An event that some namespace knows, or none, with any payload.
fn event() -> BoxedStrategy<String> {
    let ack = prop_oneof![Just(String::new()), (0..1000_u32).prop_map(|number| number.to_string())];
    (place(), ack, name(), vec(payload(), 0..3))
        .prop_map(|(place, ack, name, payloads)| format!("42{place}{ack}{}", array(name, payloads)))
        .boxed()
}

fn array(name: String, payloads: Vec<Value>) -> Value {
    std::iter::once(Value::String(name)).chain(payloads).collect()
}

/// The same with one to four mistakes.
fn mutated() -> BoxedStrategy<String> {
    let mistake = (any::<Index>(), any::<Index>(), 0..4_u8, select(PIECES.to_vec()));
    (prop_oneof![4 => event(), 1 => life()], vec(mistake, 1..5))
        .prop_map(|(text, mistakes)| {
            mistakes.into_iter().fold(text, |text, (from, to, kind, piece)| {
                let chars: Vec<char> = text.chars().collect();
                let (from, to) = (from.index(chars.len() + 1), to.index(chars.len() + 1));
                let (from, to) = (from.min(to), from.max(to));
                let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
                match kind {
                    0 => part(0..from),
                    1 => part(0..from) + piece + &part(from..chars.len()),
                    2 => part(0..from) + &part(to..chars.len()),
                    _ => part(0..to) + &part(from..chars.len()),
                }
            })
        })
        .boxed()
}

/// Packets that come and go: engine packets, CONNECT, DISCONNECT, acknowledgements that nobody asked for.
fn life() -> BoxedStrategy<String> {
    let packet = select(vec!["0", "1", "2", "2probe", "3", "5", "6", "40", "41", "43", "431", "44", "4"]);
    (packet, place(), prop_oneof![Just(String::new()), payload().prop_map(|value| value.to_string())])
        .prop_map(
            |(packet, place, payload)| {
                if packet.len() == 2 { format!("{packet}{place}{payload}") } else { packet.to_owned() }
            },
        )
        .boxed()
}

fn noise() -> BoxedStrategy<String> {
    prop_oneof!["[0-9]{1,4}.{0,40}", "\\PC{0,60}", ".{0,20}"].boxed()
}

/// A binary event, with as many attachments as it announces, or others.
fn binary() -> BoxedStrategy<Vec<Sent>> {
    (0..13_usize, place(), name(), vec(vec(any::<u8>(), 0..40), 0..12))
        .prop_map(|(announced, place, name, attachments)| {
            let holders = (0..announced).map(|num| json!({"_placeholder": true, "num": num})).collect();
            let head = Sent::Text(format!("45{announced}-{place}{}", array(name, holders)));
            std::iter::once(head).chain(attachments.into_iter().map(Sent::Bytes)).collect()
        })
        .boxed()
}

fn place() -> BoxedStrategy<&'static str> {
    select(vec!["", "/admin,", "/web,", "/events,", "/chat,", "/nowhere,"]).boxed()
}

fn name() -> BoxedStrategy<String> {
    let known = Place::ALL.iter().flat_map(|place| namespaces::events(*place)).map(|known| known.name.to_owned());
    prop_oneof![9 => select(known.collect::<Vec<_>>()), 1 => "\\PC{0,20}"].boxed()
}

fn payload() -> BoxedStrategy<Value> {
    let text = prop_oneof![
        6 => select(TEXTS.to_vec()).prop_map(str::to_owned),
        1 => Just("x".repeat(1001)),
        1 => Just("😀".repeat(501)),
        1 => Just("r".repeat(129)),
        2 => "\\PC{0,20}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..9_i64).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        let object = vec((select(KEYS.to_vec()), inner.clone()), 0..6);
        prop_oneof![
            1 => vec(inner, 0..6).prop_map(Value::from),
            3 => object.prop_map(|pairs| Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())),
        ]
    })
    .boxed()
}
