//! What the gateway sends, read so that what cannot be read costs itself alone.
//!
//! A newer gateway, or one that is out of its mind, may send an element that this console has no type for, or one that is
//! too large to be kept. It is left out of its list and counted, like any other gap; only where the frame around a list
//! cannot be read is there nothing to go on with. This must never know what an element means.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use signalbox_protocol::feed::{Alert, Batch, Connection, Entry, Hits, Kind, LimitEpisode, Node, Snapshot};
use signalbox_protocol::ipc::Reason;
use signalbox_protocol::{Epoch, Seq};

use super::bounds::{self, Oversized};
use crate::cut::{LABEL, cut};

/// A batch, as far as it can be read.
#[derive(Debug)]
pub(super) struct ReadBatch {
    /// What could be read.
    pub(super) batch: Batch,
    /// What could not.
    pub(super) torn: Vec<Torn>,
}

/// An entry that cannot be read, as far as it says what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Torn {
    /// Its number.
    pub(crate) seq: Option<Seq>,
    /// Its kind; unknown where it does not say.
    pub(crate) kind: Kind,
    /// What is wrong with it.
    pub(crate) error: String,
}

/// A page of a snapshot, as far as it can be read.
#[derive(Debug)]
pub(super) struct ReadPage {
    /// What could be read.
    pub(super) page: Snapshot,
    /// How many of its elements could not.
    pub(super) torn: u64,
}

/// A message of which nothing can be made.
#[derive(Debug, thiserror::Error)]
#[error("the gateway sent a {event} that this console cannot read: {error}")]
pub(super) struct Unreadable {
    event: String,
    error: String,
}

impl From<Unreadable> for Reason {
    fn from(Unreadable { event, error }: Unreadable) -> Self {
        Self::UnreadableMessage { event, error }
    }
}

/// Reads a message without lists.
pub(super) fn whole<T: DeserializeOwned>(event: &str, mut payload: Value) -> Result<T, Unreadable> {
    bounds::fit(&mut payload, bounds::MESSAGE).map_err(|oversized| unreadable(event, &oversized))?;
    serde_json::from_value(payload).map_err(|error| unreadable(event, &error))
}

/// Leaves out of an answer's page what is too large to be kept, and gives how much that is.
pub(super) fn thin_out(answer: &mut Value) -> u64 {
    let Some(items) = answer.pointer_mut("/result/items").and_then(Value::as_array_mut) else { return 0 };
    let before = items.len();
    items.retain_mut(|item| bounds::fit(item, bounds::ELEMENT).is_ok());
    (before - items.len()) as u64
}

/// The frame around lists: of it only the run's name is kept.
fn frame<T: DeserializeOwned>(event: &str, payload: Value, epoch: impl Fn(&T) -> &Epoch) -> Result<T, Unreadable> {
    let frame = serde_json::from_value(payload).map_err(|error| unreadable(event, &error))?;
    if epoch(&frame).as_str().len() > bounds::NAME { Err(unreadable(event, &Oversized)) } else { Ok(frame) }
}

fn unreadable(event: &str, error: &impl ToString) -> Unreadable {
    // A library quotes what it could not read, however long that is.
    let unreadable = Unreadable { event: event.to_owned(), error: cut(&error.to_string(), LABEL) };
    tracing::warn!(event, error = %unreadable.error, "the gateway sent something unreadable");
    unreadable
}

/// Reads an element of a list.
fn element<T: DeserializeOwned>(value: &mut Value) -> Result<T, String> {
    bounds::fit(value, bounds::ELEMENT).map_err(|oversized| oversized.to_string())?;
    T::deserialize(&*value).map_err(|error| cut(&error.to_string(), LABEL))
}

/// Reads `feed:batch`.
pub(super) fn batch(event: &str, payload: Value) -> Result<ReadBatch, Unreadable> {
    #[derive(Deserialize)]
    struct Envelope {
        epoch: Epoch,
        entries: Vec<Value>,
        #[serde(default)]
        dropped: std::collections::BTreeMap<Kind, u64>,
    }
    let Envelope { epoch, entries: values, dropped } = frame(event, payload, |it: &Envelope| &it.epoch)?;
    let (mut entries, mut torn) = (Vec::with_capacity(values.len()), Vec::new());
    for mut value in values {
        match element::<Entry>(&mut value) {
            Ok(entry) => entries.push(entry),
            Err(error) => torn.push(Torn {
                seq: value.get("seq").and_then(Value::as_u64),
                kind: value.get("kind").and_then(|kind| Kind::deserialize(kind).ok()).unwrap_or(Kind::Unknown),
                error,
            }),
        }
    }
    Ok(ReadBatch { batch: Batch { epoch, entries, dropped }, torn })
}

/// Reads `feed:snapshot`.
pub(super) fn page(event: &str, payload: Value) -> Result<ReadPage, Unreadable> {
    #[derive(Deserialize)]
    struct Envelope {
        epoch: Epoch,
        seq: Seq,
        recovered: bool,
        page: u32,
        last: bool,
        #[serde(default)]
        nodes: Lot<Node>,
        #[serde(default)]
        episodes: Lot<LimitEpisode>,
        #[serde(default)]
        alerts: Lot<Alert>,
        #[serde(default)]
        hits: Lot<Hits>,
        #[serde(default)]
        connections: Lot<Connection>,
    }
    let Envelope { epoch, seq, recovered, page, last, nodes, episodes, alerts, hits, connections } =
        frame(event, payload, |it: &Envelope| &it.epoch)?;
    let torn = nodes.torn + episodes.torn + alerts.torn + hits.torn + connections.torn;
    let page = Snapshot {
        epoch,
        seq,
        recovered,
        page,
        last,
        nodes: nodes.items,
        episodes: episodes.items,
        alerts: alerts.items,
        hits: hits.items,
        connections: connections.items,
    };
    Ok(ReadPage { page, torn })
}

/// A list whose elements stand for themselves.
struct Lot<T> {
    items: Vec<T>,
    torn: u64,
}

impl<T> Default for Lot<T> {
    fn default() -> Self {
        Self { items: Vec::new(), torn: 0 }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lot<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::<Value>::deserialize(deserializer)?;
        let sent = values.len();
        let items: Vec<T> = values.into_iter().filter_map(|mut value| element(&mut value).ok()).collect();
        let torn = (sent - items.len()) as u64;
        Ok(Self { items, torn })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(seq: u64, kind: &str) -> Value {
        json!({"epoch": "e", "seq": seq, "at": "2026-03-01T12:00:00.000Z", "node": "gw", "kind": kind,
               "user": {"id": 7, "username": "ann"}})
    }

    #[test]
    fn an_entry_that_cannot_be_read_costs_itself_alone() {
        let odd = |key: &str, value: Value| {
            let mut odd = entry(2, "user.online");
            odd[key] = value;
            odd
        };
        for (value, seq, kind) in [
            (odd("at", json!("yesterday")), Some(2), Kind::UserOnline),
            (odd("user", json!("ann")), Some(2), Kind::UserOnline),
            (odd("seq", json!("two")), None, Kind::UserOnline),
            (odd("kind", json!(5)), Some(2), Kind::Unknown),
            (json!({"seq": 2, "kind": "a.new.one"}), Some(2), Kind::Unknown),
            (json!("rubbish"), None, Kind::Unknown),
            (Value::Null, None, Kind::Unknown),
        ] {
            let payload = json!({"epoch": "e", "entries": [entry(1, "user.online"), value, entry(3, "user.offline")]});
            let read = batch("feed:batch", payload).unwrap();
            assert_eq!(read.batch.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 3]);
            assert_eq!(read.torn.iter().map(|torn| (torn.seq, torn.kind)).collect::<Vec<_>>(), [(seq, kind)]);
        }
    }

    #[test]
    fn a_kind_of_a_newer_gateway_is_no_mistake() {
        let read = batch("feed:batch", json!({"epoch": "e", "entries": [entry(1, "moon.rose")]})).unwrap();
        assert_eq!((read.batch.entries[0].what.kind(), read.torn.len()), (Kind::Unknown, 0));
    }

    #[test]
    fn an_element_of_a_page_that_cannot_be_read_is_left_out_and_counted() {
        let hits = |user: Value| json!({"user": user, "hits": 3});
        let payload = json!({
            "epoch": "e", "seq": 9, "recovered": false, "page": 0, "last": true,
            "hits": [hits(json!(7)), hits(json!([])), hits(json!("8"))], "connections": [{"id": "c1"}, null],
        });
        let read = page("feed:snapshot", payload).unwrap();
        assert_eq!((read.page.hits.len(), read.page.connections.len(), read.torn), (2, 0, 3));
    }

    #[test]
    fn what_is_too_long_is_cut_where_it_is_read_and_left_out_where_it_is_acted_upon() {
        let long = || json!("x".repeat(10_000_000));
        let user = |id: Value, name: Value| json!({"id": id, "username": name});
        let joined = json!({"connection": "c", "namespace": "/web", "room": long()});
        let alert = json!({"id": 1, "kind": "warning", "level": "high", "message": long(), "data": {"cause": long()},
                           "since": "2026-03-01T12:00:00.000Z", "node": "gw"});
        let trace = json!({"user": user(7.into(), long()), "socket": "s", "namespace": "/web", "event": "chat",
                           "payload": {"message": long()}, "durationUs": 1});
        let kick = json!({"code": "kicked", "reason": long(), "sample": [user(7.into(), long())], "users": 1,
                          "connections": 1, "by": long()});
        let mut crowd = kick.clone();
        crowd["sample"] = vec![user(7.into(), "ann".into()); 100_000].into();
        for (kind, parts, kept) in [
            ("user.online", json!({"user": user(7.into(), long())}), 1),
            ("user.online", json!({"user": user(long(), "ann".into())}), 0),
            ("room.joined", joined, 0),
            ("warning", json!({ "alert": alert }), 1),
            ("trace", json!({ "trace": trace }), 1),
            ("kick", kick, 1),
            ("kick", crowd, 0),
        ] {
            let value = parts.as_object().unwrap().iter().fold(entry(2, kind), |mut entry, (key, value)| {
                entry[key] = value.clone();
                entry
            });
            let read = batch("feed:batch", json!({"epoch": "e", "entries": [value]})).unwrap();
            assert_eq!((read.batch.entries.len(), read.torn.len()), (kept, 1 - kept), "{kind}");
            assert!(read.torn.iter().all(|torn| (torn.seq, torn.kind.as_str()) == (Some(2), kind)), "{kind}");
            let size = serde_json::to_vec(&read.batch.entries).unwrap().len();
            assert!(size < 20_000, "{kind} is kept with {size} bytes");
        }
        assert!(batch("feed:batch", json!({"epoch": long(), "entries": []})).is_err());
    }

    #[test]
    fn what_is_too_large_in_an_answer_costs_itself_alone() {
        let room = |name: Value| json!({"namespace": "/web", "room": name, "members": 1});
        let rooms = json!([room("lobby".into()), room("x".repeat(10_000_000).into())]);
        let mut answer = json!({"id": "1", "ok": true, "result": {"items": rooms, "nextCursor": null}});
        assert_eq!(thin_out(&mut answer), 1);
        assert_eq!(answer.pointer("/result/items"), Some(&json!([room("lobby".into())])));
        assert_eq!(thin_out(&mut json!({"id": "1", "ok": true, "result": 5})), 0);
    }

    #[test]
    fn what_is_quoted_of_something_unreadable_is_bounded() {
        let long = "x".repeat(1 << 20);
        let failure = batch("feed:batch", json!({"epoch": "e", "entries": long})).unwrap_err();
        assert!(failure.to_string().chars().count() < LABEL + 100);
        let read = batch("feed:batch", json!({"epoch": "e", "entries": [long]})).unwrap();
        assert!(read.torn[0].error.chars().count() <= LABEL);
    }
}
