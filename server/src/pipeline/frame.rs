//! What a client sent: `["event", payload, …]`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Fault;

/// An event as it stands on the wire. Arguments after the first are passed over.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Its name.
    pub event: Cow<'a, str>,
    /// Its first argument.
    pub raw: Option<&'a RawValue>,
    /// Binary parts that came with it. No event has a use for them.
    pub attachments: usize,
}

/// An event's first argument, still to be read.
#[derive(Debug, Clone, Copy)]
pub struct Payload<'a> {
    raw: Option<&'a RawValue>,
    attachments: usize,
}

impl<'a> Frame<'a> {
    /// Reads the array. `None` where it is none, or does not begin with a name.
    pub fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The payload.
    pub fn payload(&self) -> Payload<'a> {
        Payload { raw: self.raw, attachments: self.attachments }
    }
}

impl<'a> Payload<'a> {
    /// No payload.
    pub const fn none() -> Self {
        Self { raw: None, attachments: 0 }
    }

    /// It as it came, whatever it is, for others to read; `None` where there is none.
    ///
    /// # Errors
    /// `invalid_payload` where parts of it are binary, and where a careful parser would refuse it: what cannot be read ends
    /// the connection of whoever is handed it.
    pub fn any(self) -> Result<Option<&'a RawValue>, Fault> {
        if self.attachments > 0 {
            return Err(Fault::invalid_payload("binary data is not passed on"));
        }
        if self.raw.is_some() && depth(&self.read()?) > MAX_DEPTH {
            return Err(Fault::invalid_payload("arrays and objects are nested at most 64 deep"));
        }
        Ok(self.raw)
    }

    /// Reads it as that type.
    ///
    /// # Errors
    /// `invalid_payload`, in words that name what is wrong.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Fault> {
        let text = self.raw.map_or("null", RawValue::get);
        serde_json::from_str(text).map_err(|error| Fault::invalid_payload(in_words(&error)))
    }
}

/// What is passed on is nested so deep at most: well below what parsers of clients can take.
const MAX_DEPTH: usize = 64;

/// How deep a value is nested. The parser has bounded it.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(entries) => 1 + entries.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// The parser's words are cut at so many bytes.
const MAX_WORDS: usize = 256;

/// The parser's words, without the line and column of a text that the sender has never seen.
fn in_words(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    // It repeats what it could not read, however long that is.
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text.truncate(text.floor_char_boundary(end.min(MAX_WORDS)));
    text
}

impl<'de> Deserialize<'de> for Frame<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array;
        impl<'de> Visitor<'de> for Array {
            type Value = Frame<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event: an array that begins with its name")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Frame<'de>, A::Error> {
                let Name(event) = items.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
                let raw = items.next_element()?;
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Frame { event, raw, attachments: 0 })
            }
        }
        deserializer.deserialize_seq(Array)
    }
}

/// A text that is borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_a_name_and_perhaps_a_payload() {
        for (text, event, raw) in [
            (r#"["ping"]"#, "ping", None),
            (r#"["room:join",{"roomId":"a"},1]"#, "room:join", Some(r#"{"roomId":"a"}"#)),
            (r#"["a\"b", null]"#, "a\"b", Some("null")),
        ] {
            let frame = Frame::parse(text).expect(text);
            assert_eq!((&*frame.event, frame.raw.map(RawValue::get)), (event, raw), "{text}");
        }
        for bad in ["", "[]", "[1]", "{}", r#""ping""#, r#"["ping""#] {
            assert!(Frame::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_is_passed_on_can_be_read_by_everybody() {
        let nested = |depth: usize| format!("[\"message\",{}{}]", "[".repeat(depth), "]".repeat(depth));
        for (text, good) in [
            (r#"["message"]"#.to_owned(), true),
            (r#"["message",null]"#.to_owned(), true),
            (r#"["message",{"a":[1,"\ud83e\udda1",12345678901234567890]}]"#.to_owned(), true),
            (nested(64), true),
            (nested(65), false),
            (nested(100_000), false),
            (r#"["message","\ud800"]"#.to_owned(), false),
            (r#"["message",1e999]"#.to_owned(), false),
        ] {
            let frame = Frame::parse(&text).expect("a frame");
            let shown = &text[..text.len().min(60)];
            assert_eq!(frame.payload().any().is_ok(), good, "{shown}");
            let binary = Frame { attachments: 1, ..frame };
            assert!(binary.payload().any().is_err(), "{shown}");
        }
    }
}
