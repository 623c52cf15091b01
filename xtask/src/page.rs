//! The page's own steps: its packages, its build, its checks.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;

use crate::steps::Step;
use crate::tally;
use crate::{project, setup};

/// The step that fetches the page's packages.
pub const PACKAGES: &str = "page packages";
/// The step that builds the page.
pub const BUILD: &str = "page";
/// The step that checks it.
pub const CHECK: &str = "page check";

/// Fetches the packages.
pub fn packages() -> Step {
    Step::preparation(PACKAGES, |log| setup::npm_packages(&project::page(), log)).hint(setup::FETCH_HINT)
}

/// Builds the page that the console embeds.
pub fn build() -> Step {
    Step::preparation(BUILD, |log| {
        if is_current()? {
            return log.write_line("no source is newer than the built page: nothing to build");
        }
        log.run(&mut setup::page_script("build"))
    })
    .after(&[PACKAGES])
    // The console's build reads what this writes.
    .on_target()
    .hint("`npm run build` in ui/ shows the same error")
}

/// Types, lint, format, unit tests.
pub fn check() -> Step {
    Step::new(CHECK, |log| {
        let check = log.check(&mut setup::page_script("check"))?;
        let tests = tally::vitest(&log.text()?).unwrap_or_default();
        // Where a test failed, the script failed for that: it is not counted twice.
        Ok(if tests.failed > 0 { tests } else { tests + check })
    })
    // Both write the compiled texts; side by side, one would read the other's half-written ones.
    .after(&[BUILD])
    .hint("`npm run check` in ui/ shows the same; `npm run format` there puts the format right")
}

/// Whether the built page is newer than everything that it is made from: a page that is written again without a change
/// would cost a build of the console.
fn is_current() -> Result<bool> {
    let Some(built) = modified(&project::page().join("dist/index.html")) else { return Ok(false) };
    Ok(project::files()?
        .iter()
        .filter(|file| file.starts_with("ui/"))
        .all(|file| modified(&project::root().join(file)).is_none_or(|changed| changed <= built)))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
