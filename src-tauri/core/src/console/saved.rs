//! Changing the saved gateways, and taking them to another machine.

use signalbox_protocol::ipc::{EditProfile, ExportFormat, Failure, FailureCode, Imported, Reason};

use super::Console;
use super::calls::{invalid_url, named, new_id, not_saved};
use crate::address::Address;
use crate::colour::{Colour, NoColour};
use crate::document::Mistake;
use crate::endpoint::Authority;
use crate::failure::failure;
use crate::profiles::{Card, Left, Profile};

/// What the saved gateways' file is called where nobody says otherwise.
const GATEWAYS_FILE: &str = "signalbox gateways.json";

impl Console {
    pub(super) async fn edit(&self, args: EditProfile) -> Result<(), Failure> {
        let (before, post) = (self.profile(&args.profile)?, self.post(&args.profile)?);
        let colour: Colour = args.colour.parse().map_err(not_a_colour)?;
        let url = if before.is_local() { before.url.clone() } else { self.free_address(&args)? };
        let authority = Authority::named(args.authority.as_deref())?;
        let moved = url != before.url;
        let reached_otherwise = authority != before.authority;
        if moved {
            // What was signed for one gateway must never be shown to another.
            post.watch.close().await;
            self.revoke(&before, &post).await?;
        }
        let unnamed = if before.is_local() { String::new() } else { url.host() };
        let name = named(&args.name, unnamed);
        let EditProfile { production, safe, .. } = args;
        // How the link is left may have been noted meanwhile.
        let left = if moved { Left::Closed } else { self.profile(&before.id)?.left };
        let profile = Profile { id: before.id, name: name.clone(), url, colour, production, safe, authority, left };
        self.0.profiles.lock().put(profile.clone()).map_err(|error| not_saved(&error))?;
        post.watch.rename(name).await;
        if reached_otherwise && left == Left::Open {
            // Who is no longer trusted must not be spoken to any longer.
            self.open(&profile.id).await?;
        }
        self.0.changed.notify_one();
        Ok(())
    }

    pub(super) fn export(&self) -> Result<String, Failure> {
        let profiles = self.0.profiles.lock().all().to_vec();
        let cards = profiles.into_iter().filter(|profile| !profile.is_local()).map(Card::of);
        Card::write_all(cards.collect())
            .map_err(|error| failure(FailureCode::Internal, Reason::said(error.to_string())))
    }

    /// Writes them to the file that the person names; `None` where that is none.
    pub(super) async fn save_profiles(&self) -> Result<Option<String>, Failure> {
        let text = self.export()?;
        let path = self.0.desk.write(GATEWAYS_FILE, ExportFormat::Json, text).await?;
        Ok(path.map(|path| path.display().to_string()))
    }

    pub(super) async fn import(&self, file: &[u8]) -> Result<Imported, Failure> {
        let cards = Card::read_all(file).map_err(not_cards)?;
        let profiles = self.0.profiles.lock().import(cards, new_id).map_err(|error| not_saved(&error))?;
        let mut imported = Imported { added: 0, changed: 0 };
        for profile in profiles {
            match self.post(&profile.id) {
                Ok(post) => {
                    imported.changed += 1;
                    post.watch.rename(profile.name).await;
                }
                Err(_) => {
                    imported.added += 1;
                    self.man(&profile);
                }
            }
        }
        self.0.changed.notify_one();
        Ok(imported)
    }

    fn free_address(&self, args: &EditProfile) -> Result<Address, Failure> {
        let address: Address = args.url.parse().map_err(invalid_url)?;
        let other = self.0.profiles.lock().at(&address).filter(|other| other.id != args.profile).cloned();
        match other {
            None => Ok(address),
            Some(other) => {
                let address = address.to_string();
                let name = named(&other.name, address.clone());
                Err(failure(FailureCode::InvalidArgument, Reason::SavedAlready { address, name }))
            }
        }
    }
}

fn not_a_colour(NoColour(text): NoColour) -> Failure {
    failure(FailureCode::InvalidArgument, Reason::NoColour { text })
}

fn not_cards(Mistake { line, reason }: Mistake) -> Failure {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    failure(FailureCode::InvalidArgument, Reason::NoGatewayList { line, error: reason })
}
