//! What is wrong with a text, where, and what would be right.

use std::ops::Range;

use signalbox_protocol::ipc::{FilterFault, FilterKey, FilterProblem};

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misread {
    /// The offending part, in bytes.
    pub(crate) at: Range<usize>,
    pub(crate) fault: FilterFault,
    /// What the term is about.
    pub(crate) key: Option<FilterKey>,
    /// What would be right in its place.
    pub(crate) instead: Option<String>,
}

impl Misread {
    pub(super) const fn new(at: Range<usize>, fault: FilterFault, key: Option<FilterKey>) -> Self {
        Self { at, fault, key, instead: None }
    }

    pub(super) fn instead(self, text: impl Into<String>) -> Self {
        self.perhaps(Some(text.into()))
    }

    pub(super) fn perhaps(self, text: Option<String>) -> Self {
        Self { instead: text, ..self }
    }

    /// As the page is told of it.
    pub(crate) fn of(self, text: &str) -> FilterProblem {
        let Self { at, fault, key, instead } = self;
        FilterProblem { start: utf16(text, at.start), end: utf16(text, at.end), fault, key, instead }
    }
}

/// A place in a text, in bytes, as the page counts.
pub(crate) fn utf16(text: &str, at: usize) -> u32 {
    u32::try_from(text[..at].encode_utf16().count()).unwrap_or(u32::MAX)
}
