//! What the machine must have, how one sees that it has it, and which packages bring it.

use std::process::{Command, Stdio};

use super::Purpose;
use super::packages::PackageManager;

/// Something that the machine must have.
#[derive(Debug, Clone)]
pub struct Need {
    /// What to call it.
    pub what: &'static str,
    /// What to do where no package manager can help.
    pub advice: &'static str,
    since: Purpose,
    probe: Probe,
    apt: &'static [&'static str],
    dnf: &'static [&'static str],
    pacman: &'static [&'static str],
}

/// How one sees whether a need is met.
#[derive(Debug, Clone, Copy)]
enum Probe {
    /// One of the programs is in PATH.
    Program(&'static [&'static str]),
    /// pkg-config knows the library.
    Library(&'static str),
    /// The command succeeds.
    Succeeds(&'static [&'static str]),
}

impl Need {
    /// Whether it is here.
    pub fn is_met(&self) -> bool {
        match self.probe {
            Probe::Program(names) => names.iter().any(|name| on_path(name)),
            Probe::Library(name) => succeeds(&["pkg-config", "--exists", name]),
            Probe::Succeeds(words) => succeeds(words),
        }
    }

    /// The packages that bring it.
    pub const fn packages(&self, manager: PackageManager) -> &'static [&'static str] {
        match manager {
            PackageManager::Apt => self.apt,
            PackageManager::Dnf => self.dnf,
            PackageManager::Pacman => self.pacman,
        }
    }
}

/// Everything that a purpose needs on this operating system.
pub fn of(purpose: Purpose) -> Vec<Need> {
    let all = if cfg!(target_os = "linux") { LINUX } else { ELSEWHERE };
    all.iter().filter(|need| need.since <= purpose).cloned().collect()
}

/// Whether a program of that name is in PATH.
pub fn on_path(name: &str) -> bool {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(&file).is_file()))
}

fn succeeds(words: &[&str]) -> bool {
    let Some((program, arguments)) = words.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

const BY_HAND: &str = "install it with your system's package manager, then try again";

const LINUX: &[Need] = &[
    Need {
        what: "a C compiler",
        advice: BY_HAND,
        since: Purpose::Gateway,
        probe: Probe::Program(&["cc", "gcc", "clang"]),
        apt: &["build-essential"],
        dnf: &["gcc", "gcc-c++", "make"],
        pacman: &["base-devel"],
    },
    Need {
        what: "pkg-config",
        advice: BY_HAND,
        since: Purpose::Console,
        probe: Probe::Program(&["pkg-config"]),
        apt: &["pkg-config"],
        dnf: &["pkgconf-pkg-config"],
        pacman: &["pkgconf"],
    },
    Need {
        what: "WebKitGTK 4.1",
        advice: "the window is a WebKitGTK view; distributions older than Debian 12 or Ubuntu 22.04 do not have it",
        since: Purpose::Console,
        probe: Probe::Library("webkit2gtk-4.1"),
        apt: &["libwebkit2gtk-4.1-dev"],
        dnf: &["webkit2gtk4.1-devel"],
        pacman: &["webkit2gtk-4.1"],
    },
    Need {
        what: "the tray's library (libayatana-appindicator)",
        advice: BY_HAND,
        since: Purpose::Console,
        probe: Probe::Library("ayatana-appindicator3-0.1"),
        apt: &["libayatana-appindicator3-dev"],
        dnf: &["libayatana-appindicator-gtk3-devel"],
        pacman: &["libayatana-appindicator"],
    },
    Need {
        what: "OpenSSL's headers",
        advice: BY_HAND,
        since: Purpose::Console,
        probe: Probe::Library("openssl"),
        apt: &["libssl-dev"],
        dnf: &["openssl-devel"],
        pacman: &["openssl"],
    },
    Need {
        what: "D-Bus's headers",
        advice: BY_HAND,
        since: Purpose::Console,
        probe: Probe::Library("dbus-1"),
        apt: &["libdbus-1-dev"],
        dnf: &["dbus-devel"],
        pacman: &["dbus"],
    },
    Need {
        what: "Node.js",
        advice: super::node::ADVICE,
        since: Purpose::Console,
        probe: Probe::Program(&["node"]),
        apt: &["nodejs"],
        dnf: &["nodejs"],
        pacman: &["nodejs"],
    },
    Need {
        what: "npm",
        advice: super::node::ADVICE,
        since: Purpose::Console,
        probe: Probe::Program(&["npm"]),
        apt: &["npm"],
        dnf: &["nodejs-npm"],
        pacman: &["npm"],
    },
    Need {
        what: "Chromium",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["chromium"]),
        apt: &["chromium"],
        dnf: &["chromium"],
        pacman: &["chromium"],
    },
    Need {
        what: "a font for Chinese",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Succeeds(&["sh", "-c", "fc-list :lang=zh-cn | grep -q ."]),
        apt: &["fontconfig", "fonts-wqy-microhei"],
        dnf: &["fontconfig", "wqy-microhei-fonts"],
        pacman: &["fontconfig", "wqy-microhei"],
    },
    Need {
        what: "WebKit's WebDriver",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["WebKitWebDriver"]),
        apt: &["webkit2gtk-driver"],
        dnf: &["/usr/bin/WebKitWebDriver"],
        pacman: &["webkit2gtk-4.1"],
    },
    Need {
        what: "a virtual display (Xvfb)",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["Xvfb"]),
        apt: &["xvfb"],
        dnf: &["xorg-x11-server-Xvfb"],
        pacman: &["xorg-server-xvfb"],
    },
    Need {
        what: "a session bus (dbus-daemon)",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["dbus-daemon"]),
        apt: &["dbus", "dbus-x11"],
        dnf: &["dbus-daemon", "dbus-x11"],
        pacman: &["dbus"],
    },
    Need {
        what: "D-Bus's tools (dbus-monitor, dbus-send)",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["dbus-monitor"]),
        apt: &["dbus"],
        dnf: &["dbus-tools"],
        pacman: &["dbus"],
    },
    Need {
        what: "a window manager (openbox)",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["openbox"]),
        apt: &["openbox"],
        dnf: &["openbox"],
        pacman: &["openbox"],
    },
    Need {
        what: "a notification daemon (dunst)",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["dunst"]),
        apt: &["dunst"],
        dnf: &["dunst"],
        pacman: &["dunst"],
    },
    Need {
        what: "a keychain (gnome-keyring)",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["gnome-keyring-daemon"]),
        apt: &["gnome-keyring"],
        dnf: &["gnome-keyring"],
        pacman: &["gnome-keyring"],
    },
    Need {
        what: "a keyboard for the virtual display (xdotool)",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["xdotool"]),
        apt: &["xdotool"],
        dnf: &["xdotool"],
        pacman: &["xdotool"],
    },
    Need {
        what: "ImageMagick",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Program(&["import"]),
        apt: &["imagemagick"],
        dnf: &["ImageMagick"],
        pacman: &["imagemagick"],
    },
    Need {
        what: "Python 3 with venv",
        advice: BY_HAND,
        since: Purpose::Tests,
        probe: Probe::Succeeds(&["python3", "-c", "import ensurepip, venv"]),
        apt: &["python3", "python3-venv"],
        dnf: &["python3"],
        pacman: &["python"],
    },
];

/// macOS and Windows bring the web view with them; nothing there is installed without a person.
const ELSEWHERE: &[Need] = &[
    Need {
        what: "Node.js",
        advice: super::node::ADVICE,
        since: Purpose::Console,
        probe: Probe::Program(&["node"]),
        apt: &[],
        dnf: &[],
        pacman: &[],
    },
    Need {
        what: "a C compiler",
        advice: if cfg!(windows) {
            "install the Build Tools for Visual Studio with \"Desktop development with C++\""
        } else {
            "run `xcode-select --install`"
        },
        since: Purpose::Gateway,
        probe: if cfg!(windows) { Probe::Succeeds(&["rustc", "--version"]) } else { Probe::Program(&["cc"]) },
        apt: &[],
        dnf: &[],
        pacman: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_linux_need_has_a_package_for_every_manager() {
        for need in LINUX {
            for manager in [PackageManager::Apt, PackageManager::Dnf, PackageManager::Pacman] {
                assert!(!need.packages(manager).is_empty(), "{} on {manager:?}", need.what);
            }
        }
    }

    #[test]
    fn a_wider_purpose_needs_all_that_a_narrower_one_does() {
        let count = |purpose| of(purpose).len();
        assert!(count(Purpose::Gateway) <= count(Purpose::Console));
        assert!(count(Purpose::Console) <= count(Purpose::Tests));
    }

    #[test]
    fn a_program_that_exists_is_found_and_one_that_does_not_is_not() {
        assert!(on_path("cargo"));
        assert!(!on_path("no-such-program"));
        assert!(!succeeds(&["no-such-program"]));
    }
}
