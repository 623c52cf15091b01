//! The window test: its packages, its driver, and the test itself. What it does is in `tests/window`.

use std::path::PathBuf;

use crate::steps::Step;
use crate::{project, setup, tally};

/// The step that fetches the packages.
pub const PACKAGES: &str = "window test packages";
/// The step that installs the driver.
pub const DRIVER: &str = "tauri-driver";

/// Where the stories, and the desktop that they are played on, are.
pub fn folder() -> PathBuf {
    project::root().join("tests/window")
}

/// Fetches the packages.
pub fn packages() -> Step {
    Step::preparation(PACKAGES, |log| setup::npm_packages(&folder(), log)).hint(setup::FETCH_HINT)
}

/// Installs the driver.
pub fn driver() -> Step {
    Step::preparation(DRIVER, setup::tauri_driver).hint(setup::FETCH_HINT)
}

/// Drives the real window, on a desktop of its own.
pub fn test() -> Step {
    Step::new("window test", |log| log.tests(setup::npm(&folder()).arg("test"), &tally::NODE))
        .after(&[PACKAGES, DRIVER])
        // It drives the program that was built, and wants the machine for itself.
        .on_target()
        .hint("`npm test` in tests/window runs it alone; what each story saw is in target/window")
}
