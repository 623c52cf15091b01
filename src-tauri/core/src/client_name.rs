//! A `User-Agent` header in words: `Firefox · Linux`, `python-socketio`.
//!
//! A small table of what is seen at realtime gateways, and not a database: what it does not know is shown as its first
//! product's name, which is better than a guess.

/// Tokens of browsers and shells, the more particular before the ones that they pretend to be.
const PROGRAMS: [(&str, &str); 14] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("MicroMessenger/", "WeChat"),
    ("Electron/", "Electron"),
    ("HeadlessChrome/", "Headless Chrome"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Products whose own name says less than what they are.
const PRODUCTS: [(&str, &str); 6] = [
    ("node-XMLHttpRequest", "socket.io-client · Node.js"),
    ("node", "Node.js"),
    ("Python", "Python"),
    ("okhttp", "OkHttp · Android"),
    ("Dart", "Dart"),
    ("tungstenite", "Rust"),
];

/// The client in words; empty where the header is.
pub(crate) fn client_name(user_agent: &str) -> String {
    let system = || find(&SYSTEMS, user_agent);
    if user_agent.starts_with("Mozilla/")
        && let Some(program) = find(&PROGRAMS, user_agent)
    {
        return system().map_or_else(|| program.to_owned(), |system| format!("{program} · {system}"));
    }
    let product = user_agent.split([' ', '/', ';']).find(|word| !word.is_empty()).unwrap_or_default();
    match PRODUCTS.iter().find(|(token, _)| product.eq_ignore_ascii_case(token)) {
        Some((_, name)) => (*name).to_owned(),
        None => product.chars().take(40).collect(),
    }
}

fn find(table: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    table.iter().find(|(token, _)| text.contains(token)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_named_in_words() {
        for (header, name) in [
            ("", ""),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari · iOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            ("node-XMLHttpRequest", "socket.io-client · Node.js"),
            ("socket.io-client/4.8.1", "socket.io-client"),
            ("Python/3.12 aiohttp/3.9.5", "Python"),
            ("python-socketio/5.11", "python-socketio"),
            ("Signalbox/0.1.0", "Signalbox"),
            ("Mozilla/5.0", "Mozilla"),
        ] {
            assert_eq!(client_name(header), name, "{header}");
        }
    }
}
