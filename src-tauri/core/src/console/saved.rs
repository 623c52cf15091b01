//! Changing the saved gateways, and taking them to another machine.

use signalbox_protocol::ipc::{EditProfile, Failure, FailureCode, Imported, Reason};

use super::Console;
use super::calls::{invalid_url, named, new_id, not_saved};
use crate::address::Address;
use crate::endpoint::Authority;
use crate::failure::failure;
use crate::profiles::{Card, InvalidCards, Left, Profile, is_colour};

impl Console {
    pub(super) async fn edit(&self, args: EditProfile) -> Result<(), Failure> {
        let (before, post) = (self.profile(&args.profile)?, self.post(&args.profile)?);
        if !is_colour(&args.colour) {
            return Err(failure(FailureCode::InvalidArgument, Reason::NoColour { text: args.colour }));
        }
        let url = if before.is_local() { before.url.clone() } else { self.free_address(&args)? };
        let authority = Authority::named(args.authority.as_deref())?;
        let moved = url != before.url;
        let reached_otherwise = authority != before.authority;
        if moved {
            // What was signed for one gateway must never be shown to another.
            post.watch.close().await;
            self.revoke(&before, &post).await;
        }
        let name = named(&args.name, url.host());
        let EditProfile { colour, production, safe, .. } = args;
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

    pub(super) async fn import(&self, text: &str) -> Result<Imported, Failure> {
        let cards = Card::read_all(text).map_err(|error| not_cards(&error))?;
        let mut imported = Imported { added: 0, changed: 0 };
        for card in cards {
            let known = self.0.profiles.lock().at(&card.url).cloned();
            let Card { name, url, colour, production, safe } = card;
            let profile = match known {
                Some(known) => {
                    imported.changed += 1;
                    // Only an edit of the profile itself takes a protection away.
                    let (production, safe) = (known.production || production, known.safe || safe);
                    Profile { name, colour, production, safe, ..known }
                }
                None => {
                    imported.added += 1;
                    let (id, authority) = (new_id(), None);
                    Profile { id, name, url, colour, production, safe, authority, left: Left::Closed }
                }
            };
            self.0.profiles.lock().put(profile.clone()).map_err(|error| not_saved(&error))?;
            match self.post(&profile.id) {
                Ok(post) => post.watch.rename(profile.name).await,
                Err(_) => self.man(&profile),
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
                let (address, name) = (address.to_string(), other.name);
                Err(failure(FailureCode::InvalidArgument, Reason::SavedAlready { address, name }))
            }
        }
    }
}

fn not_cards(error: &InvalidCards) -> Failure {
    failure(FailureCode::InvalidArgument, Reason::NoGatewayList { error: error.to_string() })
}
