//! How many files and streams the system lets the process have open at once. Each client is one.

/// Raises that to what it may be raised to: most systems begin with 1024, which is fewer than the clients of a small
/// gateway. Gives what it is then; `None` where there is no such bound, or none is known.
#[cfg(unix)]
pub fn raise_descriptors() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, "no more files and streams may be open at once than the system began with");
            current
        }
    }
}

/// Here the system has no such bound.
#[cfg(not(unix))]
pub const fn raise_descriptors() -> Option<u64> {
    None
}
