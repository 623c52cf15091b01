//! Rules for the page: who may import whom.

use super::{Finding, Source};

/// Every rule of this file.
pub fn check(source: &Source) -> Vec<Finding> {
    let Some(path) = source.path.strip_prefix("ui/src/") else { return Vec::new() };
    if source.is_generated() {
        return Vec::new();
    }
    source
        .lines()
        .filter_map(|(index, line)| {
            let what = wrong(path, imported(line)?)?;
            Some(Finding::line(&source.path, index, what))
        })
        .collect()
}

/// What is wrong with a file of `ui/src` importing something.
fn wrong(path: &str, imported: &str) -> Option<&'static str> {
    if imported.starts_with("@tauri-apps/") && !path.starts_with("host/") {
        return Some(
            "only ui/src/host knows that there is a window around the page: import `call` or `openView` from there",
        );
    }
    let target = resolve(path, imported);
    let from = room(path);
    let to = room(&target);
    if let (Room::Feature(own), Room::Feature(other)) = (from, to)
        && own != other
    {
        return Some("a feature imports another: move what both need to kit/, feeds/ or app/");
    }
    if from == Room::Kit && matches!(to, Room::Feature(_) | Room::Feeds | Room::Host | Room::App) {
        return Some(
            "kit/ is made of components that know nothing of this product: give it what it needs as a property",
        );
    }
    if matches!(from, Room::Feeds | Room::Host) && matches!(to, Room::Feature(_) | Room::App) {
        return Some("what lies below a feature must not import it");
    }
    if from == Room::Feeds && to == Room::Kit {
        return Some("feeds/ hold data and know no component");
    }
    None
}

/// A part of the page that has rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room<'a> {
    Host,
    Feeds,
    Kit,
    App,
    Feature(&'a str),
    Other,
}

fn room(path: &str) -> Room<'_> {
    let mut parts = path.split('/');
    match (parts.next(), parts.next()) {
        (Some("host"), _) => Room::Host,
        (Some("feeds"), _) => Room::Feeds,
        (Some("kit"), _) => Room::Kit,
        (Some("app"), _) => Room::App,
        (Some("features"), Some(feature)) => Room::Feature(feature),
        _ => Room::Other,
    }
}

/// The module that a line imports, if it imports one: `import … from 'x'`, `import 'x'`, `export … from 'x'`, `import('x')`.
fn imported(line: &str) -> Option<&str> {
    let line = line.trim();
    let rest = if let Some(at) = line.find("import(") {
        &line[at + "import(".len()..]
    } else if let Some(at) = line.rfind(" from ").filter(|_| !line.starts_with("//") && !line.starts_with('*')) {
        &line[at + " from ".len()..]
    } else {
        line.strip_prefix("import ")?
    };
    let quote = rest.trim_start().chars().next().filter(|letter| matches!(letter, '\'' | '"'))?;
    rest.trim_start()[1..].split(quote).next()
}

/// Where a relative import, or one from `$lib`-like aliases of `ui/src`, leads, relative to `ui/src`.
fn resolve(path: &str, imported: &str) -> String {
    if let Some(rest) = imported.strip_prefix("$").or_else(|| imported.strip_prefix("@/")) {
        return rest.to_owned();
    }
    if !imported.starts_with('.') {
        return String::new();
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in imported.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn found(path: &str, line: &str) -> usize {
        check(&sample(path, line)).len()
    }

    #[test]
    fn only_the_host_imports_tauri() {
        let line = "import { invoke } from '@tauri-apps/api/core';";
        assert_eq!(found("ui/src/host/tauri.ts", line), 0);
        assert_eq!(found("ui/src/features/people/People.svelte", line), 1);
        assert_eq!(found("ui/src/app/App.svelte", "  const { invoke } = await import('@tauri-apps/api/core');"), 1);
    }

    #[test]
    fn no_feature_imports_another() {
        assert_eq!(found("ui/src/features/people/People.svelte", "import x from '../limits/tail';"), 1);
        assert_eq!(found("ui/src/features/people/a/b.ts", "export { x } from '../../limits/tail';"), 1);
        assert_eq!(found("ui/src/features/people/People.svelte", "import './people.css';"), 0);
        assert_eq!(found("ui/src/features/people/People.svelte", "import Row from '../../kit/Row.svelte';"), 0);
        assert_eq!(found("ui/src/app/App.svelte", "import People from '../features/people/People.svelte';"), 0);
    }

    #[test]
    fn what_lies_below_does_not_look_up() {
        assert_eq!(found("ui/src/kit/Button.svelte", "import { call } from '../host';"), 1);
        assert_eq!(found("ui/src/feeds/people.ts", "import People from '../features/people/People.svelte';"), 1);
        assert_eq!(found("ui/src/feeds/people.ts", "import Button from '../kit/Button.svelte';"), 1);
        assert_eq!(found("ui/src/feeds/people.ts", "import { openView } from '../host';"), 0);
    }

    #[test]
    fn a_comment_or_a_sentence_is_no_import() {
        assert_eq!(imported("// taken from 'x'"), None);
        assert_eq!(imported("const text = 'come from here';"), None);
        assert_eq!(imported("import \"./a.css\";"), Some("./a.css"));
    }
}
