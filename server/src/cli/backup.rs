//! `backup`: a copy of the store while it is in use.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use super::{Failure, print_line};
use crate::config::Config;
use crate::store::Store;

pub(super) async fn run(file: &Path, config: &Config) -> Result<(), Failure> {
    if !Store::exists(&config.data_dir) {
        let folder = config.data_dir.display();
        return Err(Failure::other(format!("there is no store in {folder}; name its folder with --data-dir")));
    }
    let store = Store::open(&config.data_dir).await?;
    create(file).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::other(format!("{} exists already; choose a file that does not", file.display()))
        }
        _ => Failure::other(format!("cannot write {}: {error}", file.display())),
    })?;
    let copied = store.backup(file).await;
    store.close().await;
    if let Err(error) = copied {
        // What is there is not a backup; that it cannot be removed would add nothing to the error.
        let _ = fs::remove_file(file);
        return Err(error.into());
    }
    let synced = OpenOptions::new().write(true).open(file).and_then(|file| file.sync_all());
    synced.map_err(|error| Failure::other(format!("{} may not be on the disk yet: {error}", file.display())))?;
    print_line(&format!("copied to {}", file.display()))
}

/// An empty file that only its owner can read: the copy holds the accounts' password hashes.
fn create(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}
