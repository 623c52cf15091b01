//! The secret that the gateway signs with: the configured one, or one of its own in the data directory.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Secret;
use crate::config::{Algorithm, Config, SHORTEST_SECRET};
use crate::data_dir;

const FILE: &str = "secret";

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("cannot use the secret in {}: {source}; set `auth.jwt_secret`, or give another --data-dir", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file was changed by hand.
    #[error("the secret in {} is shorter than 32 bytes; remove the file, and the gateway makes a new one", path.display())]
    Short {
        /// Which.
        path: PathBuf,
    },
}

/// The secret that the gateway signs with; made at the first use.
///
/// Where users' tokens are verified by a public key it is never `auth.jwt_secret`: a secret that was once shared with a
/// backend must not make operators.
///
/// # Errors
/// Where the data directory cannot be used.
pub fn own_secret(config: &Config) -> Result<Secret, SecretError> {
    match (&config.auth.jwt_secret, config.auth.algorithm) {
        (Some(secret), Algorithm::Hs256) => Ok(secret.clone()),
        _ => kept(&config.data_dir),
    }
}

fn kept(folder: &Path) -> Result<Secret, SecretError> {
    let path = folder.join(FILE);
    let failed = |source| SecretError::File { path: path.clone(), source };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            data_dir::prepare(folder).and_then(|()| make(&path)).map_err(failed)?;
            fs::read_to_string(&path).map_err(failed)?
        }
        Err(error) => return Err(failed(error)),
    };
    let secret = text.trim();
    if secret.len() < SHORTEST_SECRET {
        return Err(SecretError::Short { path });
    }
    Ok(Secret::from(secret.to_owned()))
}

/// Writes a new secret beside its place and links it there whole: nobody ever reads half of one, and of two processes
/// that start at once both go on with the one that came first.
fn make(path: &Path) -> io::Result<()> {
    let draft = path.with_extension(format!("{:016x}", rand::random::<u64>()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = writeln!(file, "{}", Secret::random().expose()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data_dir: &Path) -> Config {
        Config { data_dir: data_dir.into(), ..Config::default() }
    }

    #[test]
    fn a_secret_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config(&folder.path().join("data"));
        let first = own_secret(&config).expect("a secret");
        assert!(first.expose().len() >= SHORTEST_SECRET);
        assert_eq!(own_secret(&config).expect("the same secret"), first);
        let left: Vec<_> = fs::read_dir(&config.data_dir).expect("the folder").collect();
        assert_eq!(left.len(), 1, "no draft is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
            assert_eq!(mode(&config.data_dir.join(FILE)), 0o600);
            assert_eq!(mode(&config.data_dir), 0o700);
        }
    }

    #[test]
    fn processes_that_start_at_once_agree_on_one_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config(folder.path());
        let secrets: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| own_secret(&config).expect("a secret"))).collect();
            starts.into_iter().map(|start| start.join().expect("no panic")).collect()
        });
        assert!(secrets.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_public_key_for_users_keeps_the_shared_secret_away_from_operators() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = config(folder.path());
        let shared = Secret::random();
        config.auth.jwt_secret = Some(shared.clone());
        assert_eq!(own_secret(&config).expect("a secret"), shared);
        config.auth.algorithm = Algorithm::Rs256;
        assert_ne!(own_secret(&config).expect("a secret"), shared);
    }

    #[test]
    fn a_secret_that_was_cut_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(FILE), "short\n").expect("a file");
        assert!(matches!(own_secret(&config(folder.path())), Err(SecretError::Short { .. })));
    }
}
