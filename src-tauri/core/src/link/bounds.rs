//! How long what a gateway sends may be. Each of its messages passes here before anything is made of it, so that what the
//! console keeps is bounded by how many it keeps.
//!
//! A text that is only read is cut, and says so. A name that something can be done with is never cut: it would be the name
//! of something else, so what bears a longer one is left out. Which key bears which is all that this knows of a message.

use std::io;

use serde_json::Value;

use crate::cut::{LABEL, PROSE, cut};

/// One entry, connection, alert or row, in bytes: no page and no batch of a gateway is larger.
pub(super) const ELEMENT: usize = 256 * 1024;
/// A message that is no list.
pub(super) const MESSAGE: usize = 1024 * 1024;
/// A name, in bytes: a room's has 128 characters, a user's id 256 bytes.
pub(super) const NAME: usize = 512;
/// What a client or a backend has sent, in bytes of JSON: a gateway cuts it at 1 KiB.
const ENCLOSED: usize = 4 * 1024;
/// What an operator has asked for or configured, in bytes of JSON.
const ARGUMENTS: usize = 64 * 1024;

/// A name that is too long to be one, or too much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is larger than anything that a gateway sends")]
pub(super) struct Oversized;

/// What a key bears.
#[derive(Clone, Copy)]
enum Bears {
    /// Something that can be acted upon by it.
    Name,
    /// A text, to be read; in characters.
    Text(usize),
    /// Anything, to be looked at; in bytes of JSON.
    Anything(usize),
}

impl Bears {
    /// What is not known to be only read is a name.
    fn of(key: &str) -> Self {
        match key {
            "username" | "userAgent" | "by" | "actor" | "version" | "title" | "reason" => Self::Text(LABEL),
            "message" | "subject" | "explanation" | "error" => Self::Text(PROSE),
            "data" | "payload" => Self::Anything(ENCLOSED),
            "detail" | "content" | "carried" | "value" | "default" => Self::Anything(ARGUMENTS),
            _ => Self::Name,
        }
    }
}

/// Cuts the texts in it that are too long.
///
/// # Errors
/// Where a name is, or where all of it is larger than so many bytes.
pub(super) fn fit(value: &mut Value, most: usize) -> Result<(), Oversized> {
    let mut left = most;
    shorten("", value, &mut left)
}

fn shorten(key: &str, value: &mut Value, left: &mut usize) -> Result<(), Oversized> {
    let cost = match (Bears::of(key), &mut *value) {
        (Bears::Anything(most), value) => enclose(value, most),
        (_, Value::Object(object)) => {
            object.iter_mut().try_for_each(|(key, value)| shorten(key, value, left))?;
            0
        }
        (_, Value::Array(items)) => {
            items.iter_mut().try_for_each(|item| shorten(key, item, left))?;
            0
        }
        (Bears::Text(most), Value::String(text)) => {
            if text.len() > most {
                *text = cut(text, most);
            }
            text.len()
        }
        (Bears::Name, Value::String(name)) if name.len() > NAME => return Err(Oversized),
        (Bears::Name, Value::String(name)) => name.len(),
        (_, Value::Null | Value::Bool(_) | Value::Number(_)) => 0,
    };
    // However little it is, it takes a place.
    *left = left.checked_sub(cost + 1).ok_or(Oversized)?;
    Ok(())
}

/// Puts the beginning of its text in the place of what is too long, as a gateway does; gives how long it is.
fn enclose(value: &mut Value, most: usize) -> usize {
    if let Value::String(text) = value {
        if text.len() > most {
            *text = cut(text, most);
        }
        return text.len();
    }
    let mut beginning = Beginning { bytes: Vec::new(), most };
    if serde_json::to_writer(&mut beginning, value).is_err() {
        let text = beginning.bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        *value = Value::String(format!("{text}…"));
    }
    beginning.bytes.len()
}

/// Takes so many bytes, and no more.
struct Beginning {
    bytes: Vec<u8>,
    most: usize,
}

impl io::Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.most - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..taken]);
        if taken < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEN_MEGABYTES: usize = 10_000_000;

    fn long() -> String {
        "长".repeat(TEN_MEGABYTES / 3)
    }

    #[test]
    fn a_text_that_is_read_is_cut_and_says_so() {
        for (key, most) in [("username", LABEL), ("reason", LABEL), ("message", PROSE), ("payload", ENCLOSED)] {
            let mut value = json!({"user": {"id": 7, key: long()}});
            fit(&mut value, ELEMENT).unwrap();
            let kept = value["user"][key].as_str().unwrap();
            assert_eq!((kept.chars().count(), kept.ends_with('…')), (most, true), "{key}");
        }
    }

    #[test]
    fn a_name_that_is_acted_upon_is_never_cut() {
        for key in ["id", "room", "rooms", "namespace", "socket", "connection", "address", "event", "node", "cursor"] {
            for name in [json!(long()), json!([long()]), json!({ "of": long() })] {
                assert_eq!(fit(&mut json!({ key: name }), ELEMENT), Err(Oversized), "{key}");
            }
            let mut longest = json!({ key: "室".repeat(128) });
            fit(&mut longest, ELEMENT).unwrap();
            assert_eq!(longest, json!({ key: "室".repeat(128) }), "{key}");
        }
    }

    #[test]
    fn of_what_somebody_has_sent_the_beginning_is_kept_as_text() {
        let small = json!({"payload": {"message": "hello", "tags": [1, null]}});
        let mut kept = small.clone();
        fit(&mut kept, ELEMENT).unwrap();
        assert_eq!(kept, small);
        for large in [json!({ "id": long() }), json!(vec![7; TEN_MEGABYTES / 2]), json!([[{ "é": long() }]])] {
            let mut value = json!({ "data": large });
            fit(&mut value, ELEMENT).unwrap();
            let text = value["data"].as_str().unwrap();
            assert!(text.len() <= ENCLOSED + '…'.len_utf8() && text.ends_with('…'), "{text}");
        }
    }

    #[test]
    fn a_list_without_end_is_left_out_however_short_its_elements_are() {
        for item in [json!("lobby"), json!(""), json!(1), json!([])] {
            let mut value = json!({ "rooms": vec![item.clone(); TEN_MEGABYTES / 8] });
            assert_eq!(fit(&mut value, ELEMENT), Err(Oversized), "{item}");
        }
        let mut rooms = json!({ "rooms": vec!["lobby"; 1_000] });
        assert_eq!(fit(&mut rooms, ELEMENT), Ok(()));
    }
}
