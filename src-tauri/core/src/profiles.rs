//! The saved gateways, kept in `profiles.json`. Secrets are never in it.

use std::fmt;
use std::path::PathBuf;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use signalbox_protocol::ipc::ProfileId;

use crate::address::Address;
use crate::colour::Colour;
use crate::document::{self, DocumentError, Mistake};
use crate::endpoint::{Authority, Endpoint};

/// The id of the gateway that this machine runs.
pub const LOCAL: &str = "local";

/// The files' layout; a newer console may raise it, and an older one then refuses instead of losing what it does not know.
const VERSION: u32 = 1;

/// Written in front of what has that layout.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct Version;

/// Another layout.
#[derive(Debug, thiserror::Error)]
#[error("version {0} is of another console; this one reads {VERSION}")]
struct OtherVersion(u32);

impl TryFrom<u32> for Version {
    type Error = OtherVersion;

    fn try_from(version: u32) -> Result<Self, OtherVersion> {
        if version == VERSION { Ok(Self) } else { Err(OtherVersion(version)) }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        VERSION
    }
}

/// A saved gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Never changes.
    pub id: ProfileId,
    /// What it is called; empty where it is the one that this machine runs and nobody has named it.
    pub name: String,
    /// Where it is.
    pub url: Address,
    /// By which it is told from others.
    pub colour: Colour,
    /// Actions must be confirmed by typing.
    #[serde(default)]
    pub production: bool,
    /// Nothing can be changed there from this console.
    #[serde(default)]
    pub safe: bool,
    /// Who may have signed its certificate, beside those whom the system trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// How its link was left when the console was last there.
    #[serde(default)]
    pub left: Left,
}

/// How a link was left: one that was open is opened again at the next start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Left {
    /// Never opened, or closed by somebody.
    #[default]
    Closed,
    /// Open.
    Open,
}

impl Profile {
    /// What it takes to speak to it.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint { address: self.url.clone(), authority: self.authority.clone() }
    }

    /// Whether it is the one that this machine runs.
    pub fn is_local(&self) -> bool {
        self.id.0 == LOCAL
    }
}

/// A saved gateway as it goes to another machine: without its id, and without whom this machine trusts. There are no
/// secrets to leave out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// What it is called; never empty.
    #[serde(deserialize_with = "a_name")]
    pub name: String,
    /// Where it is.
    pub url: Address,
    /// By which it is told from others.
    pub colour: Colour,
    /// Actions must be confirmed by typing.
    #[serde(default)]
    pub production: bool,
    /// Nothing can be changed there from this console.
    #[serde(default)]
    pub safe: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cards {
    version: Version,
    gateways: Vec<Card>,
}

impl Card {
    /// What of a profile goes with it.
    pub fn of(profile: Profile) -> Self {
        let Profile { name, url, colour, production, safe, .. } = profile;
        Self { name, url, colour, production, safe }
    }

    /// The text for a file.
    ///
    /// # Errors
    /// None in practice: these are plain data.
    pub fn write_all(gateways: Vec<Self>) -> serde_json::Result<String> {
        serde_json::to_string_pretty(&Cards { version: Version, gateways }).map(|text| text + "\n")
    }

    /// Reads such a text. It may have been edited by hand, or be something else.
    ///
    /// # Errors
    /// Where it is no list of cards: the error names the line.
    pub fn read_all(file: &[u8]) -> Result<Vec<Self>, Mistake> {
        document::parse::<Cards>(file).map(|cards| cards.gateways)
    }
}

/// What is wrong with a gateway that has no name: nobody could tell it from the one that this machine runs.
const NAMELESS: &str = "a gateway has a name";

fn is_nameless(name: &str) -> bool {
    name.trim().is_empty()
}

fn a_name<'de, D: Deserializer<'de>>(name: D) -> Result<String, D::Error> {
    let name = String::deserialize(name)?;
    if is_nameless(&name) { Err(D::Error::custom(NAMELESS)) } else { Ok(name) }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    version: Version,
    #[serde(deserialize_with = "each_once")]
    profiles: Vec<Profile>,
}

/// A list of profiles that can be told from each other.
fn each_once<'de, D: Deserializer<'de>>(list: D) -> Result<Vec<Profile>, D::Error> {
    list.deserialize_seq(Each)
}

struct Each;

impl<'de> Visitor<'de> for Each {
    type Value = Vec<Profile>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of gateways")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Profile>, A::Error> {
        let mut read = Vec::new();
        while let Some(next) = list.next_element_seed(After(&read))? {
            read.push(next);
        }
        Ok(read)
    }
}

/// The profile after these. It is looked at before the reader goes on, so that a mistake is named with its line.
struct After<'a>(&'a [Profile]);

impl<'de> DeserializeSeed<'de> for After<'_> {
    type Value = Profile;

    fn deserialize<D: Deserializer<'de>>(self, profile: D) -> Result<Profile, D::Error> {
        profile.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for After<'_> {
    type Value = Profile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a gateway")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Profile, A::Error> {
        let profile = Profile::deserialize(MapAccessDeserializer::new(map))?;
        if !profile.is_local() && is_nameless(&profile.name) {
            return Err(A::Error::custom(NAMELESS));
        }
        if self.0.iter().any(|known| known.id == profile.id) {
            return Err(A::Error::custom(format!("another gateway has the id “{}”", profile.id.0)));
        }
        Ok(profile)
    }
}

/// The saved gateways in the order in which they were added, and their file.
#[derive(Debug)]
pub struct Profiles {
    path: PathBuf,
    list: Vec<Profile>,
}

impl Profiles {
    /// Reads the file; none where there is no file.
    ///
    /// # Errors
    /// Where the file is damaged: the error names the line.
    pub fn open(path: PathBuf) -> Result<Self, DocumentError> {
        let list = document::read::<Layout>(&path)?.map_or_else(Vec::new, |layout| layout.profiles);
        Ok(Self { path, list })
    }

    /// All of them.
    pub fn all(&self) -> &[Profile] {
        &self.list
    }

    /// The one with this id.
    pub fn get(&self, id: &ProfileId) -> Option<&Profile> {
        self.list.iter().find(|profile| &profile.id == id)
    }

    /// The one at this address, unless it is the one that this machine runs: its address changes.
    pub fn at(&self, address: &Address) -> Option<&Profile> {
        self.list.iter().find(|profile| !profile.is_local() && &profile.url == address)
    }

    /// Adds a profile, or replaces the one with its id.
    ///
    /// # Errors
    /// Where the file cannot be written; nothing has changed then.
    pub fn put(&mut self, profile: Profile) -> Result<(), DocumentError> {
        let mut list = self.list.clone();
        match list.iter_mut().find(|known| known.id == profile.id) {
            Some(known) => *known = profile,
            None => list.push(profile),
        }
        self.replace(list)
    }

    /// Adds the cards of another machine, or changes the profiles at their addresses. Only an edit of a profile itself takes
    /// a protection away. Gives what each has become.
    ///
    /// # Errors
    /// Where the file cannot be written; nothing has changed then.
    pub fn import(
        &mut self,
        cards: Vec<Card>,
        mut new_id: impl FnMut() -> ProfileId,
    ) -> Result<Vec<Profile>, DocumentError> {
        let mut list = self.list.clone();
        let mut imported = Vec::new();
        for Card { name, url, colour, production, safe } in cards {
            let known = list.iter_mut().find(|profile| !profile.is_local() && profile.url == url);
            let profile = match known {
                Some(known) => {
                    (known.name, known.colour) = (name, colour);
                    known.production |= production;
                    known.safe |= safe;
                    known.clone()
                }
                None => {
                    let (id, authority) = (new_id(), None);
                    let new = Profile { id, name, url, colour, production, safe, authority, left: Left::Closed };
                    list.push(new.clone());
                    new
                }
            };
            imported.push(profile);
        }
        self.replace(list)?;
        Ok(imported)
    }

    /// Forgets a profile; no error where there is none.
    ///
    /// # Errors
    /// Where the file cannot be written; nothing has changed then.
    pub fn remove(&mut self, id: &ProfileId) -> Result<(), DocumentError> {
        let list = self.list.iter().filter(|profile| &profile.id != id).cloned().collect();
        self.replace(list)
    }

    /// Notes how a link is left; nothing is written where that is known, or where there is no such profile.
    ///
    /// # Errors
    /// Where the file cannot be written; nothing has changed then.
    pub fn leave(&mut self, id: &ProfileId, left: Left) -> Result<(), DocumentError> {
        match self.get(id) {
            Some(known) if known.left != left => self.put(Profile { left, ..known.clone() }),
            _ => Ok(()),
        }
    }

    /// A colour that no profile has, as long as there is one.
    pub fn free_colour(&self) -> Colour {
        Colour::free(self.list.iter().map(|profile| &profile.colour))
    }

    fn replace(&mut self, list: Vec<Profile>) -> Result<(), DocumentError> {
        let layout = Layout { version: Version, profiles: list };
        document::write(&self.path, &layout)?;
        self.list = layout.profiles;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(id: &str, url: &str) -> Profile {
        Profile {
            id: ProfileId(id.into()),
            name: id.into(),
            url: url.parse().unwrap(),
            colour: "#000000".parse().unwrap(),
            production: false,
            safe: false,
            authority: None,
            left: Left::Closed,
        }
    }

    #[test]
    fn profiles_keep_their_order_and_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.json");
        let mut profiles = Profiles::open(path.clone()).unwrap();
        profiles.put(profile("b", "http://b.example")).unwrap();
        profiles.put(profile("a", "http://a.example")).unwrap();
        profiles.put(profile("b", "http://b.example:81")).unwrap();
        let again = Profiles::open(path).unwrap();
        let ids: Vec<_> = again.all().iter().map(|profile| profile.id.0.as_str()).collect();
        assert_eq!(ids, ["b", "a"]);
        assert_eq!(again.at(&"http://b.example:81".parse().unwrap()).unwrap().id.0, "b");
    }

    #[test]
    fn how_a_link_was_left_survives_a_restart_and_older_files_do_not_say_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.json");
        let older = r##"{"version": 1, "profiles": [{"id": "a", "name": "a", "url": "http://a.example", "colour": "#000000"}]}"##;
        std::fs::write(&path, older).unwrap();
        let mut profiles = Profiles::open(path.clone()).unwrap();
        assert_eq!(profiles.all()[0].left, Left::Closed);
        profiles.leave(&ProfileId("a".into()), Left::Open).unwrap();
        profiles.leave(&ProfileId("nobody".into()), Left::Open).unwrap();
        let again = Profiles::open(path).unwrap();
        assert_eq!((again.all().len(), again.all()[0].left), (1, Left::Open));
    }

    #[test]
    fn a_damaged_file_is_an_error_that_names_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.json");
        for (text, line, word) in [
            ("{\n\"version\": 1,\n\"profiles\": [\n{ \"id\": 7 }\n]}", 4, "string"),
            ("{\n\"version\": 1,\n\"password\": \"x\"}", 3, "password"),
            ("{\n\"version\": 9,\n\"profiles\": [{ \"new\": 7 }]}", 2, "version 9 is of another console"),
            (
                "{\n\"version\": 1,\n\"profiles\": [\n{\"id\": \"a\", \"name\": \"a\", \"url\": \"http://a\",\n\"colour\": \"url(x)\"}]}",
                5,
                "“url(x)” is no colour",
            ),
            (
                r##"{"version": 1, "profiles": [
                {"id": "a", "name": "a", "url": "http://a", "colour": "#000000"},
                {"id": "b", "name": "b", "url": "http://b", "colour": "#000000"},
                {"id": "a", "name": "c", "url": "http://c", "colour": "#000000"},
                {"id": "c", "name": "d", "url": "http://d", "colour": "#000000"}]}"##,
                4,
                "another gateway has the id “a”",
            ),
            (
                r##"{"version": 1, "profiles": [
                {"id": "local", "name": "", "url": "http://a", "colour": "#000000"},
                {"id": "b", "name": " ", "url": "http://b", "colour": "#000000"},
                {"id": "c", "name": "c", "url": "http://c", "colour": "#000000"}]}"##,
                3,
                "a gateway has a name",
            ),
            ("", 1, "EOF"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Profiles::open(path.clone()).unwrap_err().to_string();
            assert!(error.contains(&format!("line {line}")) && error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn the_first_profiles_have_different_colours() {
        let folder = tempfile::tempdir().unwrap();
        let mut profiles = Profiles::open(folder.path().join("profiles.json")).unwrap();
        for id in ["a", "b", "c", "d", "e", "f"] {
            let colour = profiles.free_colour();
            assert!(profiles.all().iter().all(|profile| profile.colour != colour));
            profiles.put(Profile { colour, ..profile(id, "http://x.example") }).unwrap();
        }
        assert!(
            profiles.all().iter().any(|profile| profile.colour == profiles.free_colour()),
            "the seventh shares one"
        );
    }

    #[test]
    fn a_list_that_cannot_be_saved_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.json");
        let mut profiles = Profiles::open(path.clone()).unwrap();
        profiles.put(profile("a", "http://a.example")).unwrap();
        let before = profiles.all().to_vec();
        // Nobody can put a file where a folder is.
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        let cards = ["http://a.example", "http://b.example"]
            .map(|url| Card::of(Profile { name: "new".into(), ..profile("x", url) }));
        assert!(profiles.import(cards.to_vec(), || ProfileId("y".into())).is_err());
        assert_eq!(profiles.all(), before);
    }

    #[test]
    fn gateways_go_to_another_machine_without_anything_that_is_secret() {
        let text = Card::write_all(vec![Card::of(profile("a", "http://a.example"))]).unwrap();
        let cards = Card::read_all(text.as_bytes()).unwrap();
        assert_eq!((cards.len(), cards[0].name.as_str(), cards[0].url.as_str()), (1, "a", "http://a.example"));
        assert!(!text.contains("\"id\"") && !text.contains("token"), "{text}");
        for (text, word) in [
            ("", "line 1"),
            ("{\"version\": 1,\n\"gateways\": [\n{\"name\": 7}]}", "line 3"),
            ("{\n\"version\": 2, \"gateways\": []}", "line 2: version 2 is of another console"),
            (
                "{\"version\": 1, \"gateways\": [\n{\"name\": \"a\", \"url\": \"http://a\",\n\"colour\": \"url(x)\"}]}",
                "line 3: “url(x)” is no colour",
            ),
            (r##"{"version": 1, "gateways": [{"name": "a", "url": "ftp://a", "colour": "#000000"}]}"##, "line 1"),
            (
                "{\"version\": 1, \"gateways\": [\n{\"name\": \"\",\n\"url\": \"http://a\"}]}",
                "line 2: a gateway has a name",
            ),
        ] {
            let error = Card::read_all(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
        let garbled = Card::read_all(b"{\n\"version\": 1, \"gateways\": [{\"name\": \"caf\xe9\"}]}").unwrap_err();
        assert_eq!(garbled.to_string(), "line 2: this is not a text in UTF-8");
    }
}
