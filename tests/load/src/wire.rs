//! A WebSocket to a server on this machine, spoken by hand: the least work for a client that is not what is measured.
//!
//! It owns frames. It must never know what is in a text.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use tokio::net::{TcpSocket, TcpStream};

/// Read at once. Sixteen messages of a fan-out fit.
const READ: usize = 4096;
/// Clients have to mask what they send; with what is up to them.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
/// Any key is a good one to a server: it only proves that it has read it.
const REQUEST: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

/// How much the kernel may hold for a client that does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receive {
    /// As it likes.
    Usual,
    /// As little as possible, so that the server feels at once that nobody reads.
    Narrow,
}

/// An open WebSocket.
pub struct Wire {
    stream: TcpStream,
    input: Vec<u8>,
    /// Of `input`, so much has been taken.
    taken: usize,
    output: Vec<u8>,
}

impl Wire {
    /// Connects and upgrades.
    pub async fn open(address: SocketAddr, path: &str, receive: Receive) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if receive == Receive::Narrow {
            socket.set_recv_buffer_size(4096)?;
        }
        let stream = socket.connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let mut wire = Self { stream, input: Vec::new(), taken: 0, output: Vec::new() };
        wire.output.extend_from_slice(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{REQUEST}").as_bytes());
        wire.flush().await?;
        loop {
            wire.fill().await.context("no answer to the upgrade")?;
            if let Some(end) = wire.input.windows(END_OF_HEAD.len()).position(|bytes| bytes == END_OF_HEAD) {
                let head = String::from_utf8_lossy(&wire.input[..end]);
                ensure!(head.starts_with("HTTP/1.1 101"), "the upgrade was refused: {head}");
                wire.taken = end + END_OF_HEAD.len();
                return Ok(wire);
            }
        }
    }

    /// Waits until more has come, and reads it; writes what waits before. Nothing is lost where it is given up waiting.
    pub async fn fill(&mut self) -> io::Result<()> {
        if !self.output.is_empty() {
            self.flush().await?;
        }
        self.input.drain(..self.taken);
        self.taken = 0;
        loop {
            self.input.reserve(READ);
            self.stream.readable().await?;
            match self.stream.try_read_buf(&mut self.input) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the next text of those that have come. It can be read until the next [`Wire::fill`].
    pub fn next(&mut self) -> Result<Option<Range<usize>>> {
        let Some((kind, range)) = self.frame() else { return Ok(None) };
        self.taken = range.end;
        match kind {
            TEXT => Ok(Some(range)),
            CLOSE => bail!("the server closed the connection"),
            other => bail!("a frame that no server here sends: {other:#x}"),
        }
    }

    /// A text that was taken.
    pub fn text(&self, range: Range<usize>) -> &[u8] {
        &self.input[range]
    }

    /// Puts a text into the queue of what is to be written.
    pub fn put(&mut self, text: &str) {
        self.output.push(TEXT);
        match u16::try_from(text.len()) {
            // The high bit says that it is masked.
            Ok(short @ 0..126) => self.output.push(0x80 | short as u8),
            Ok(length) => {
                self.output.push(0x80 | 126);
                self.output.extend_from_slice(&length.to_be_bytes());
            }
            Err(_) => {
                self.output.push(0x80 | 127);
                self.output.extend_from_slice(&(text.len() as u64).to_be_bytes());
            }
        }
        self.output.extend_from_slice(&MASK);
        self.output.extend(text.bytes().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    }

    /// Writes what waits. What is not written yet stays, where it is given up waiting.
    pub async fn flush(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            match self.stream.try_write(&self.output) {
                Ok(written) => drop(self.output.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The first whole frame: its first byte, and where its payload is. Servers do not mask.
    fn frame(&self) -> Option<(u8, Range<usize>)> {
        let input = &self.input[self.taken..];
        let (&kind, &short) = (input.first()?, input.get(1)?);
        let (head, length) = match short {
            126 => (4, usize::from(u16::from_be_bytes(input.get(2..4)?.try_into().ok()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(input.get(2..10)?.try_into().ok()?)).ok()?),
            short => (2, usize::from(short)),
        };
        let start = self.taken + head;
        (self.input.len() >= start + length).then_some((kind, start..start + length))
    }
}
