//! Pages: as many items as were asked for, as long as their JSON fits.

use serde::Serialize;
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{CommandError, Page};

use super::refused;

/// Items of a page, where nothing else is asked for, and at most.
const ITEMS: u32 = 100;
const MAX_ITEMS: u32 = 500;
/// A page is full with so many bytes of JSON; what stands around them fits into the rest of 256 KiB.
pub(super) const MAX_BYTES: usize = 250 * 1024;

/// How many items a page may have.
pub(super) fn limit(asked: Option<u32>) -> usize {
    asked.unwrap_or(ITEMS).clamp(1, MAX_ITEMS) as usize
}

/// A page of these items, which begin where it does and go on behind it. `key` says where the next one begins, given the
/// last item of this one. One item is on it in any case: a page without any would never be left.
pub(crate) fn page<T: Serialize>(
    items: impl IntoIterator<Item = T>,
    limit: usize,
    key: impl FnOnce(&T) -> String,
) -> Page<T> {
    let mut bytes = 0;
    let mut fitting: Vec<T> = Vec::new();
    for item in items {
        bytes += size(&item);
        let full = fitting.len() == limit || bytes > MAX_BYTES;
        if let Some(last) = fitting.last().filter(|_| full) {
            let next_cursor = Some(key(last));
            return Page { items: fitting, next_cursor };
        }
        fitting.push(item);
    }
    Page { items: fitting, next_cursor: None }
}

/// Bytes of the item's JSON, and of the comma behind it.
pub(super) fn size<T: Serialize>(item: &T) -> usize {
    serde_json::to_string(item).map_or(0, |json| json.len() + 1)
}

/// A cursor that is a number.
pub(super) fn numbered(cursor: Option<&str>) -> Result<Option<i64>, CommandError> {
    cursor.map(|text| text.parse().map_err(|_| no_cursor())).transpose()
}

pub(super) fn no_cursor() -> CommandError {
    refused(ErrorCode::InvalidPayload, "the cursor is not one that was given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_with_the_number_asked_for_or_with_what_fits() {
        for (items, length, limit, on_it, more) in [
            (0, 10, 5, 0, false),
            (5, 10, 5, 5, false),
            (6, 10, 5, 5, true),
            (10, 100_000, 500, 2, true),
            (1, 1_000_000, 500, 1, false),
            (2, 1_000_000, 500, 1, true),
        ] {
            let all = (0..items).map(|n| (n, "x".repeat(length)));
            let page = page(all, limit, |(n, _)| n.to_string());
            assert_eq!(page.items.len(), on_it, "{items} of {length}");
            let next = more.then(|| page.items.last().expect("an item").0.to_string());
            assert_eq!(page.next_cursor, next, "{items} of {length}");
        }
    }

    #[test]
    fn whoever_follows_the_cursor_sees_everything_once() {
        let all: Vec<i64> = (0..1_234).collect();
        let (mut seen, mut after) = (Vec::new(), -1);
        loop {
            let page = page(all.iter().copied().filter(|n| *n > after), 100, ToString::to_string);
            seen.extend(page.items);
            match numbered(page.next_cursor.as_deref()).expect("a cursor") {
                Some(next) => after = next,
                None => break,
            }
        }
        assert_eq!(seen, all);
    }
}
