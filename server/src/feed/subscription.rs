//! A snapshot, cut into pages.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use signalbox_protocol::feed::{Alert, Hits, LimitEpisode};

/// A page is full with so many bytes of JSON; the rest of 256 KiB is for its last piece and what stands around them.
const PAGE: usize = 128 * 1024;

/// One of the things that a snapshot consists of.
#[derive(Debug)]
pub enum Piece<T> {
    /// An open episode.
    Episode(LimitEpisode),
    /// An open alert.
    Alert(Alert),
    /// A user's drops.
    Hits(Hits),
    /// An open connection.
    Connection(T),
}

/// The pieces of one page, encoded.
#[derive(Debug, Default)]
pub struct Page {
    /// Open episodes.
    pub episodes: Vec<Box<RawValue>>,
    /// Open alerts.
    pub alerts: Vec<Box<RawValue>>,
    /// Users' drops.
    pub hits: Vec<Box<RawValue>>,
    /// Open connections.
    pub connections: Vec<Box<RawValue>>,
    /// Bytes of all these.
    pub bytes: usize,
}

impl Page {
    fn add<T: Serialize>(&mut self, piece: Piece<T>) {
        let (list, json) = match &piece {
            Piece::Episode(episode) => (&mut self.episodes, to_raw_value(episode)),
            Piece::Alert(alert) => (&mut self.alerts, to_raw_value(alert)),
            Piece::Hits(hits) => (&mut self.hits, to_raw_value(hits)),
            Piece::Connection(connection) => (&mut self.connections, to_raw_value(connection)),
        };
        match json {
            Ok(json) => {
                self.bytes += json.get().len() + 1;
                list.push(json);
            }
            Err(error) => tracing::error!(%error, "a piece of a snapshot cannot be written as JSON"),
        }
    }
}

/// Cuts the pieces into pages, one at least. Each is encoded when its turn comes, so that a snapshot of a large gateway is
/// never in memory as a whole.
pub fn pages<T: Serialize>(items: impl IntoIterator<Item = Piece<T>>) -> impl Iterator<Item = Page> {
    let mut items = items.into_iter().peekable();
    let mut first = true;
    std::iter::from_fn(move || {
        if !std::mem::take(&mut first) && items.peek().is_none() {
            return None;
        }
        let mut page = Page::default();
        while page.bytes < PAGE {
            let Some(item) = items.next() else { break };
            page.add(item);
        }
        Some(page)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_snapshot_has_one_page_and_a_large_one_as_many_as_it_needs() {
        assert_eq!(pages(Vec::<Piece<String>>::new()).count(), 1);
        let hits = (0..20_000).map(|user| Piece::Hits(Hits { user: user.into(), hits: 1 }));
        let large: Vec<_> = hits.chain((0..1_000).map(|_| Piece::Connection("x".repeat(1_000)))).collect();
        let pages: Vec<_> = pages(large).collect();
        assert!(pages.len() > 8);
        assert!(pages.iter().all(|page| page.bytes < PAGE + 2_000));
        assert_eq!(pages.iter().map(|page| page.hits.len()).sum::<usize>(), 20_000);
        assert_eq!(pages.iter().map(|page| page.connections.len()).sum::<usize>(), 1_000);
    }
}
