//! Where in a tail something is missing, so that what stands above and below a gap does not look like what came in a row.

use std::collections::VecDeque;

use signalbox_protocol::ipc::TailGap;

/// The gaps of a tail that is kept; as many as rows at most, and one more.
#[derive(Debug, Default)]
pub(crate) struct Gaps(VecDeque<TailGap>);

impl Gaps {
    /// So many are missing before the row of that number, which is still to come; nobody knows how many where it is `None`.
    pub(super) fn note(&mut self, before: u64, missing: Option<u64>) {
        match self.0.back_mut() {
            Some(last) if last.before == before => {
                last.missing = last.missing.zip(missing).map(|(before, more)| before.saturating_add(more));
            }
            _ => self.0.push_back(TailGap { before, missing }),
        }
    }

    /// The rows before this number are not kept any more.
    pub(super) fn forget(&mut self, first: u64) {
        while self.0.pop_front_if(|gap| gap.before < first).is_some() {}
    }

    /// What is missing up to the row of that number beyond what was told, of which the last is given and kept up to date.
    pub(crate) fn beyond(&self, told: &mut Option<TailGap>, next: u64) -> Vec<TailGap> {
        let mut gaps = Vec::new();
        for gap in self.0.iter().filter(|gap| gap.before <= next) {
            match *told {
                Some(last) if gap.before < last.before || *gap == last => {}
                Some(last) if gap.before == last.before => {
                    let more = gap.missing.zip(last.missing).map(|(now, before)| now - before);
                    gaps.push(TailGap { missing: more, ..*gap });
                }
                _ => gaps.push(*gap),
            }
        }
        *told = self.0.iter().rfind(|gap| gap.before <= next).copied().or(*told);
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(before: u64, missing: Option<u64>) -> TailGap {
        TailGap { before, missing }
    }

    #[test]
    fn a_gap_stands_before_the_row_after_it_and_grows_until_that_comes() {
        let mut gaps = Gaps::default();
        for (before, missing) in [(3, Some(2)), (3, Some(5)), (4, Some(1)), (9, None), (9, Some(7))] {
            gaps.note(before, missing);
        }
        let mut told = None;
        assert_eq!(gaps.beyond(&mut told, 4), [gap(3, Some(7)), gap(4, Some(1))], "what waits does not betray itself");
        assert_eq!(gaps.beyond(&mut told, 4), []);
        assert_eq!(gaps.beyond(&mut told, 9), [gap(9, None)]);
        gaps.note(9, Some(1));
        assert_eq!(gaps.beyond(&mut told, 9), [], "more than nobody knows is no news");
        gaps.forget(4);
        assert_eq!(gaps.beyond(&mut None, 9), [gap(4, Some(1)), gap(9, None)]);

        let mut told = Some(gap(4, Some(1)));
        let mut gaps = Gaps::default();
        gaps.note(4, Some(6));
        assert_eq!(gaps.beyond(&mut told, 9), [gap(4, Some(5))], "it has grown since");
        gaps.note(4, None);
        assert_eq!(gaps.beyond(&mut told, 9), [gap(4, None)]);
    }
}
