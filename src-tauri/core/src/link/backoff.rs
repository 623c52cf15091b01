//! How long to wait before the next attempt: full jitter, so that a thousand consoles do not come back as one.

use std::time::Duration;

use rand::Rng;

const SHORTEST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 30_000;

/// The wait after so many failed attempts, from 1 s up to 2 s, 4 s … 30 s.
pub(crate) fn wait(failed: u32, random: &mut impl Rng) -> Duration {
    let ceiling = SHORTEST_MS.saturating_mul(1 << failed.clamp(1, 16)).min(LONGEST_MS);
    Duration::from_millis(random.random_range(SHORTEST_MS..=ceiling))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn waits_grow_up_to_thirty_seconds_and_are_never_the_same() {
        let mut random = StdRng::seed_from_u64(7);
        let mut longest = |failed| (0..500).map(|_| wait(failed, &mut random)).max().unwrap();
        assert!(longest(1) <= Duration::from_secs(2));
        assert!(longest(3) > Duration::from_secs(6));
        assert!(longest(40) <= Duration::from_secs(30) && longest(40) > Duration::from_secs(25));
        let waits: std::collections::HashSet<_> = (0..100).map(|_| wait(9, &mut random)).collect();
        assert!(waits.len() > 50 && waits.iter().all(|wait| *wait >= Duration::from_secs(1)));
    }
}
