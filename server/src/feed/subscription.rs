//! A snapshot, cut into pages.

use serde::Serialize;
use serde_json::value::RawValue;

/// A page's connections hold at most so many bytes of JSON; the rest of 256 KiB is for what stands on the first page.
const PAGE: usize = 128 * 1024;

/// The connections of one page, encoded.
pub type Page = Vec<Box<RawValue>>;

/// Cuts the items into pages, one at least. Each is encoded when its turn comes, so that a snapshot of a large gateway is
/// never in memory as a whole.
pub fn pages<T: Serialize>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = Page> {
    let mut items = items.into_iter().peekable();
    let mut first = true;
    std::iter::from_fn(move || {
        if !std::mem::take(&mut first) && items.peek().is_none() {
            return None;
        }
        let mut page = Page::new();
        let mut bytes = 0;
        while bytes < PAGE {
            let Some(item) = items.next() else { break };
            match serde_json::value::to_raw_value(&item) {
                Ok(json) => {
                    bytes += json.get().len() + 1;
                    page.push(json);
                }
                Err(error) => tracing::error!(%error, "a connection cannot be written as JSON"),
            }
        }
        Some(page)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_snapshot_has_one_page_and_a_large_one_as_many_as_it_needs() {
        assert_eq!(pages(Vec::<String>::new()).count(), 1);
        let large: Vec<String> = (0..1_000).map(|_| "x".repeat(1_000)).collect();
        let sizes: Vec<usize> = pages(&large).map(|page| page.iter().map(|json| json.get().len()).sum()).collect();
        assert!(sizes.len() > 4);
        assert!(sizes.iter().all(|bytes| *bytes < PAGE + 2_000), "{sizes:?}");
        assert_eq!(pages(&large).map(|page| page.len()).sum::<usize>(), 1_000);
    }
}
