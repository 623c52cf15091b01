//! A polling body of Engine.IO 3: `length:packet`, one after the other, where a length counts UTF-16 units.
//!
//! The engine's own reading of it never ends where a length cuts a character in two, and takes the square of the body's
//! length where the packets are short. So it is read here first, and handed on packet by packet.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use futures_util::stream;

/// A body that is none of Engine.IO 3.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

/// The same body, in pieces of one packet each.
///
/// # Errors
/// Where it is not text, or a length does not end where a packet can.
pub fn in_packets(body: Bytes) -> Result<Body, Malformed> {
    let pieces = split(&body)?.into_iter().map(|piece| Ok::<_, Infallible>(body.slice_ref(piece.as_bytes())));
    Ok(Body::from_stream(stream::iter(pieces.collect::<Vec<_>>())))
}

fn split(body: &[u8]) -> Result<Vec<&str>, Malformed> {
    let mut rest = std::str::from_utf8(body).map_err(|_| Malformed)?;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let (length, packets) = rest.split_once(':').ok_or(Malformed)?;
        let units: usize = length.parse().map_err(|_| Malformed)?;
        let end = length.len() + 1 + bytes_of(packets, units).ok_or(Malformed)?;
        let (piece, others) = rest.split_at(end);
        pieces.push(piece);
        rest = others;
    }
    Ok(pieces)
}

/// How many bytes the first so many UTF-16 units have; `None` where there are fewer, or the last one is half a character.
fn bytes_of(text: &str, units: usize) -> Option<usize> {
    let mut left = units;
    for (at, character) in text.char_indices() {
        if left == 0 {
            return Some(at);
        }
        left = left.checked_sub(character.len_utf16())?;
    }
    (left == 0).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_cut_between_its_packets() {
        for (body, pieces) in [
            ("", &[][..]),
            ("1:2", &["1:2"]),
            ("2:4a1:2", &["2:4a", "1:2"]),
            ("3:4é!5:4😀ab", &["3:4é!", "5:4😀ab"]),
            ("3:4😀1:2", &["3:4😀", "1:2"]),
            ("0:1:2", &["0:", "1:2"]),
        ] {
            assert_eq!(split(body.as_bytes()).as_deref(), Ok(pieces), "{body}");
        }
    }

    #[test]
    fn what_the_engine_would_read_for_ever_is_no_body() {
        for body in ["2:4😀rest", "1:😀x", "2", ":4a", "x:4a", "-1:4", "9:4a", "3:4a", "99999999999999999999999:4"]
        {
            assert_eq!(split(body.as_bytes()), Err(Malformed), "{body}");
        }
        assert_eq!(split(b"2:4\xff"), Err(Malformed));
    }
}
