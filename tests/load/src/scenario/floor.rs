//! What a paced delivery costs where nothing is done but to send it: one `send` for each of the room's members, of as many
//! bytes as a message has.
//!
//! No server that writes to each receiver by itself can be cheaper on this machine, in this minute: it is measured right
//! after the server, and says how much of the server's figure is the kernel's.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream as Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

use super::fan_out::MEMBERS;
use crate::process;

/// As long as a message of the fan-out is in its frame.
const MESSAGE: [u8; 192] = [b'm'; 192];
/// Long enough for the kernel's clock, which counts in hundredths of a second.
const TIME: Duration = Duration::from_secs(3);

/// Microseconds of processor time for each send, at so many messages a second.
pub(super) async fn send(rate: u32) -> Result<f64> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let mut members = Vec::new();
    // One after the other: a listener's backlog that runs over forgets those that take themselves for connected.
    for _ in 0..MEMBERS {
        members.push(connect(address).await?);
        spawn_local(swallow(listener.accept().await?.0));
    }
    let (told, measured) = oneshot::channel();
    thread::spawn(move || told.send(send_to_all(members, rate)));
    measured.await.context("the sender is gone")?
}

async fn connect(address: SocketAddr) -> Result<Sender> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}

/// Reads until the end, as the members of a room do.
async fn swallow(stream: TcpStream) -> Result<()> {
    let mut buffer = [0; 4096];
    loop {
        stream.readable().await?;
        match stream.try_read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn send_to_all(mut members: Vec<Sender>, rate: u32) -> Result<f64> {
    let (start, before) = (Instant::now(), process::this_thread()?);
    let mut messages = 0;
    while start.elapsed() < TIME {
        members.iter_mut().try_for_each(|member| member.write_all(&MESSAGE))?;
        messages += 1;
        let next = start + Duration::from_secs(1) * messages / rate;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok((process::this_thread()? - before) * 1e6 / f64::from(messages * MEMBERS))
}
