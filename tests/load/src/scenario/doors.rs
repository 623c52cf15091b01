//! Coming in, and being there: what a connection costs when it is opened, and while it does nothing.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

use super::Outcome;
use crate::Stage;
use crate::client::Client;

/// Before measuring, so many come in.
const FIRST: u32 = 200;
/// For each second of the measurement, so many connect.
const PER_SECOND: u32 = 800;
/// So long after the last has come in, the server is at rest.
const REST: Duration = Duration::from_millis(500);
/// So long after the last has come in, the memory is measured: what was only needed for coming in has been given back.
const SETTLING: Duration = Duration::from_secs(5);

/// What it costs to open a connection and to join with a token. Nobody leaves before the end.
pub(super) async fn connect(stage: &Stage) -> Result<Outcome> {
    let _first = stage.door.many(1..=FIRST).await?;
    let coming = u32::try_from(stage.time.as_secs()).unwrap_or(1) * PER_SECOND;
    let tokens = (FIRST + 1..=FIRST + coming).map(|user| stage.door.token(user)).collect::<Result<Vec<_>>>()?;
    sleep(REST).await;
    let (processor, start) = (stage.server.processor()?, Instant::now());
    let clients = stage.door.bearers(tokens).await?;
    let took = start.elapsed();
    sleep(REST).await;
    let processor = stage.server.processor()? - processor;
    Ok(Outcome::new(u64::from(coming), clients.len() as u64)
        .figure("cpu_us", processor * 1e6 / f64::from(coming))
        .figure("per_second", f64::from(coming) / took.as_secs_f64()))
}

/// What connections occupy that have joined and do nothing but answer heartbeats.
pub(super) async fn idle(stage: &Stage) -> Result<Outcome> {
    let open = Rc::new(Cell::new(0));
    stage.door.many(1..=FIRST).await?.into_iter().for_each(|client| stay(client, open.clone()));
    sleep(SETTLING).await;
    let before = stage.server.memory()?;
    // In portions, so that those who are in answer their heartbeats while the others come.
    let last = FIRST + stage.idle;
    for start in (FIRST + 1..=last).step_by(500) {
        let clients = stage.door.many(start..=last.min(start + 499)).await?;
        clients.into_iter().for_each(|client| stay(client, open.clone()));
    }
    sleep(SETTLING).await;
    let grown = stage.server.memory()? - before;
    let each = |bytes: f64| bytes / 1024.0 / f64::from(stage.idle);
    Ok(Outcome::new(u64::from(last), open.get())
        .figure("pss_kib", each(grown.proportional))
        .figure("rss_kib", each(grown.resident)))
}

fn stay(mut client: Client, open: Rc<Cell<u64>>) {
    open.set(open.get() + 1);
    spawn_local(async move {
        while client.fill().await.is_ok() && drain(&mut client).is_ok() {}
        open.set(open.get() - 1);
    });
}

fn drain(client: &mut Client) -> Result<()> {
    while client.next()?.is_some() {}
    Ok(())
}
