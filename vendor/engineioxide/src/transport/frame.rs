//! The frames that a WebSocket server writes, and the stream that its reader sees.
//!
//! Packets are framed here and not by tungstenite, so that what is emitted is copied once, straight into the bytes that are
//! written, and so that reader and writer need no lock between them but the stream's own.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use engineioxide_core::{Packet, ProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, ReadHalf, WriteHalf};

use crate::outbox::Sender;

/// Frames, one behind the other.
pub(crate) type Frames = Vec<u8>;

/// The last fragment of a text, of binary data, and the end.
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
pub(crate) const CLOSE: [u8; 2] = [0x88, 0];

/// Puts a packet behind the frames.
pub(crate) fn put(packet: Packet, protocol: ProtocolVersion, frames: &mut Frames) {
    match packet {
        Packet::Message(text) => put_frame(TEXT, b"4", text.as_bytes(), frames),
        // The v3 protocol wants the packet's type before binary data.
        Packet::Binary(data) | Packet::BinaryV3(data) if protocol == ProtocolVersion::V3 => {
            put_frame(BINARY, &[4], &data, frames);
        }
        Packet::Binary(data) | Packet::BinaryV3(data) => put_frame(BINARY, &[], &data, frames),
        // It ends a polling request during an upgrade. Where it was not polled in time it means nothing any more.
        Packet::Noop => {}
        other => put_frame(TEXT, &[], String::from(other).as_bytes(), frames),
    }
}

/// A server's frames are not masked.
fn put_frame(kind: u8, head: &[u8], body: &[u8], frames: &mut Frames) {
    let length = head.len() + body.len();
    frames.reserve(10 + length);
    frames.push(kind);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ 0..126), _) => frames.push(length),
        (_, Ok(length)) => {
            frames.push(126);
            frames.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            frames.push(127);
            frames.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frames.extend_from_slice(head);
    frames.extend_from_slice(body);
}

/// A stream as tungstenite sees it: it reads from it, and writes to it until a writer of its own takes that over. From then
/// on tungstenite's answers to pings, and its close, go through the queue, where they cannot fall into another frame.
#[derive(Debug)]
pub(crate) struct Pipe<S> {
    read: ReadHalf<S>,
    write: Writing<S>,
}

#[derive(Debug)]
enum Writing<S> {
    Here(WriteHalf<S>),
    Queued(Sender),
}

impl<S: AsyncRead + AsyncWrite> Pipe<S> {
    pub(crate) fn new(stream: S) -> Self {
        let (read, write) = tokio::io::split(stream);
        Self { read, write: Writing::Here(write) }
    }

    /// Hands the stream's other half over, once.
    pub(crate) fn hand_over(&mut self, queue: Sender) -> Option<WriteHalf<S>> {
        match std::mem::replace(&mut self.write, Writing::Queued(queue)) {
            Writing::Here(write) => Some(write),
            Writing::Queued(_) => None,
        }
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncRead for Pipe<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.read).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncWrite for Pipe<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.write {
            Writing::Here(write) => Pin::new(write).poll_write(cx, buf),
            Writing::Queued(queue) => {
                queue.send_frames(buf);
                Poll::Ready(Ok(buf.len()))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.write {
            Writing::Here(write) => Pin::new(write).poll_flush(cx),
            Writing::Queued(_) => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.write {
            Writing::Here(write) => Pin::new(write).poll_shutdown(cx),
            Writing::Queued(_) => Poll::Ready(Ok(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_short_as_they_can_be() {
        for (length, head) in [
            (0, &[TEXT, 1][..]),
            (124, &[TEXT, 125]),
            (125, &[TEXT, 126, 0, 126]),
            (65_534, &[TEXT, 126, 0xff, 0xff]),
            (65_535, &[TEXT, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut frames = Frames::new();
            put(Packet::Message("x".repeat(length).into()), ProtocolVersion::V4, &mut frames);
            assert_eq!((&frames[..head.len()], frames[head.len()]), (head, b'4'), "{length}");
            assert_eq!(frames.len(), head.len() + 1 + length);
        }
    }

    #[test]
    fn packets_are_framed_by_their_kind() {
        let data = bytes::Bytes::from_static(&[9]);
        for (packet, protocol, frame) in [
            (Packet::Ping, ProtocolVersion::V4, &b"\x81\x012"[..]),
            (Packet::Noop, ProtocolVersion::V4, b""),
            (Packet::Binary(data.clone()), ProtocolVersion::V4, b"\x82\x01\x09"),
            (Packet::BinaryV3(data), ProtocolVersion::V3, b"\x82\x02\x04\x09"),
        ] {
            let mut frames = Frames::new();
            put(packet, protocol, &mut frames);
            assert_eq!(frames, frame);
        }
    }
}
