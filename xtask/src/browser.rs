//! The page test: its packages, and the test itself. What it does is in `tests/page`.

use std::path::PathBuf;

use crate::steps::Step;
use crate::{page, project, setup, tally, window};

const PACKAGES: &str = "page test packages";

fn folder() -> PathBuf {
    project::root().join("tests/page")
}

/// Fetches the packages.
pub fn packages() -> Step {
    Step::preparation(PACKAGES, |log| setup::npm_packages(&folder(), log)).hint(setup::FETCH_HINT)
}

/// Drives the page as it is built, in a Chromium over the real core. It shares the window test's gateway and clients.
pub fn test() -> Step {
    Step::new("page test", |log| log.tests(setup::npm(&folder()).arg("test"), &tally::NODE))
        .after(&[PACKAGES, page::BUILD, window::PACKAGES, window::DRIVER])
        .on_target()
        .hint("`npm test` in tests/page runs it alone; what each story saw is in target/page")
}
