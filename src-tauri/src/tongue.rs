//! The languages of the shell's own words: of notifications and of the tray. The page has its own.

use signalbox_protocol::ipc::Language;

/// A language that the shell speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Tongue {
    /// The one that was chosen, or this system's.
    pub fn chosen(language: Language) -> Self {
        // A program with a window has no locale in its environment on Windows and macOS.
        Self::of(language, sys_locale::get_locale)
    }

    /// The one that was chosen, or the system's.
    fn of(chosen: Language, system: impl FnOnce() -> Option<String>) -> Self {
        match chosen {
            Language::English => Self::English,
            Language::Chinese => Self::Chinese,
            Language::System if system().is_some_and(|locale| locale.starts_with("zh")) => Self::Chinese,
            Language::System => Self::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_chosen_or_else_the_systems() {
        for (chosen, system, spoken) in [
            (Language::System, Some("zh-CN"), Tongue::Chinese),
            (Language::System, Some("zh-Hans-SG"), Tongue::Chinese),
            (Language::System, Some("de-DE"), Tongue::English),
            (Language::System, None, Tongue::English),
            (Language::English, Some("zh-CN"), Tongue::English),
            (Language::Chinese, Some("de-DE"), Tongue::Chinese),
        ] {
            assert_eq!(Tongue::of(chosen, || system.map(str::to_owned)), spoken, "{chosen:?} {system:?}");
        }
    }
}
