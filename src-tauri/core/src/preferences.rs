//! How the console looks and behaves, kept in `preferences.json`.

use std::path::PathBuf;

use signalbox_protocol::ipc::Preferences;

use crate::document::{self, DocumentError};

/// The preferences and their file.
#[derive(Debug)]
pub struct PreferencesFile {
    path: PathBuf,
    current: Preferences,
}

impl PreferencesFile {
    /// Reads the file; the defaults where there is none.
    ///
    /// # Errors
    /// Where the file is damaged: the error names the line.
    pub fn open(path: PathBuf) -> Result<Self, DocumentError> {
        let current = document::read(&path)?.unwrap_or_default();
        Ok(Self { path, current })
    }

    /// What is in force.
    pub const fn current(&self) -> &Preferences {
        &self.current
    }

    /// Saves and puts into force; where it cannot be saved, nothing changes.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn save(&mut self, preferences: Preferences) -> Result<(), DocumentError> {
        document::write(&self.path, &preferences)?;
        self.current = preferences;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::ipc::{Direction, PeopleColumn, PeopleSort, TableLook, TableLooks, Theme};

    use super::*;

    #[test]
    fn how_a_table_is_looked_at_is_kept_and_what_it_does_not_have_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("preferences.json");
        let people = TableLook {
            hidden: vec![PeopleColumn::Client, PeopleColumn::Rooms],
            sort: PeopleSort::Hits,
            direction: Direction::Descending,
        };
        let wanted = Preferences { tables: TableLooks { people }, ..Preferences::default() };
        PreferencesFile::open(path.clone()).unwrap().save(wanted.clone()).unwrap();
        assert_eq!(*PreferencesFile::open(path.clone()).unwrap().current(), wanted);

        for (people, wrong) in [
            ("{\n\"hidden\": [\"shoe\"], \"sort\": \"name\", \"direction\": \"ascending\"}", "shoe"),
            ("{\n\"hidden\": [], \"sort\": \"rooms\", \"direction\": \"ascending\"}", "rooms"),
            ("{\n\"hidden\": [], \"sort\": \"name\", \"direction\": \"up\"}", "up"),
            ("{\n\"hidden\": [], \"sort\": \"name\"}", "direction"),
        ] {
            std::fs::write(&path, format!("{{\"tables\": {{\"people\": {people}}}}}")).unwrap();
            let error = PreferencesFile::open(path.clone()).unwrap_err().to_string();
            assert!(error.contains("line 2") && error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn preferences_survive_a_restart_and_an_unknown_key_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("preferences.json");
        let mut file = PreferencesFile::open(path.clone()).unwrap();
        file.save(Preferences { theme: Theme::Dark, ..Preferences::default() }).unwrap();
        assert_eq!(PreferencesFile::open(path.clone()).unwrap().current().theme, Theme::Dark);

        for (line, named) in [("\"colour\": 1", "colour"), ("\"zoom\": 250", "250 is no zoom: it is 50 to 200 percent")]
        {
            std::fs::write(&path, format!("{{\n  {line},\n  \"theme\": \"dark\"\n}}")).unwrap();
            let error = PreferencesFile::open(path.clone()).unwrap_err().to_string();
            assert!(error.contains("line 2") && error.contains(named), "{error}");
        }
    }
}
