//! Running the gateway of this machine, by the preferences.

use std::path::PathBuf;

use signalbox_protocol::ipc::{Failure, FailureCode, LocalRules, Preferences, ProfileId, Reason, StartLocal};

use super::Console;
use super::calls::{not_saved, random_hex};
use crate::address::Address;
use crate::credentials::{Credentials, LocalSecret};
use crate::failure::failure;
use crate::local::{Plan, Stay};
use crate::profiles::{LOCAL, Left, Profile};
use crate::watch::Occasion;

/// The account of the local gateway's secret.
const LOCAL_SECRET: &str = "local-gateway";

impl Console {
    /// At the console's start: finds the gateway that was left running, or starts one where that is wished.
    pub(super) async fn begin_local(&self) {
        let rules = self.preferences().local;
        let begun = if rules.start_with_console {
            self.start_by(rules).await.map(|_| ())
        } else if rules.leave_running {
            self.find_local(rules).await
        } else {
            Ok(())
        };
        if let Err(failure) = begun {
            tracing::warn!(reason = %failure.reason, "the gateway on this machine was not started");
            self.0.local.refuse(failure.reason).await;
        }
    }

    pub(super) async fn start_local(&self, args: StartLocal) -> Result<ProfileId, Failure> {
        let preferences = self.preferences();
        let rules = LocalRules { port: args.port, ..preferences.local.clone() };
        if rules != preferences.local {
            self.save_preferences(Preferences { local: rules.clone(), ..preferences }).await?;
        }
        self.start_by(rules).await
    }

    pub(super) async fn restart_local(&self) -> Result<ProfileId, Failure> {
        self.stop_local().await;
        self.start_by(self.preferences().local).await
    }

    pub(super) async fn stop_local(&self) {
        if let Ok(post) = self.post(&ProfileId(LOCAL.to_owned())) {
            post.watch.close().await;
        }
        self.0.local.stop().await;
    }

    /// What the local gateway does when the console ends. A secret that nobody keeps would leave a gateway that nobody can
    /// ever speak to again.
    pub(super) fn stay(&self) -> Stay {
        let wanted = self.preferences().local.leave_running;
        if wanted && !self.0.secrets.is_for_session(LOCAL_SECRET) { Stay::OnItsOwn } else { Stay::WithTheConsole }
    }

    /// The local gateway's secret: the one in the keychain, else a new one. Another secret costs nothing but the tokens
    /// that were signed with the one before.
    pub(super) async fn local_secret(&self) -> LocalSecret {
        if let Ok(Some(secret)) = self.0.secrets.get(LOCAL_SECRET).await {
            return LocalSecret::new(&secret);
        }
        let secret = random_hex::<32>();
        self.0.secrets.keep(LOCAL_SECRET, &secret).await;
        LocalSecret::new(&secret)
    }

    async fn start_by(&self, rules: LocalRules) -> Result<ProfileId, Failure> {
        let plan = self.plan(rules).await?;
        let secret = plan.secret.clone();
        let url = self.0.local.start(plan).await?;
        self.link_local(url, secret).await
    }

    async fn find_local(&self, rules: LocalRules) -> Result<(), Failure> {
        let plan = self.plan(rules).await?;
        let secret = plan.secret.clone();
        match self.0.local.adopt(plan).await {
            Some(url) => self.link_local(url, secret).await.map(|_| ()),
            None => Ok(()),
        }
    }

    async fn plan(&self, rules: LocalRules) -> Result<Plan, Failure> {
        let data = self.local_data(rules.folder.as_deref())?;
        // The secret first: where it is kept decides whether the gateway may stay.
        let secret = self.local_secret().await;
        Ok(Plan { port: rules.port, data, secret, stay: self.stay() })
    }

    fn local_data(&self, folder: Option<&str>) -> Result<PathBuf, Failure> {
        let Some(folder) = folder.map(str::trim).filter(|folder| !folder.is_empty()) else {
            return Ok(self.0.local_folder.clone());
        };
        let folder = PathBuf::from(folder);
        if folder.is_absolute() {
            return Ok(folder);
        }
        let path = folder.display().to_string();
        Err(failure(FailureCode::InvalidArgument, Reason::NotAWholePath { path }))
    }

    async fn link_local(&self, url: Address, secret: LocalSecret) -> Result<ProfileId, Failure> {
        let id = ProfileId(LOCAL.to_owned());
        let profile = {
            let mut profiles = self.0.profiles.lock();
            let known = profiles.get(&id).cloned();
            let profile = match known {
                Some(known) => Profile { url, ..known },
                None => Profile {
                    id: id.clone(),
                    // Whoever shows it calls it by what it is, in their language.
                    name: String::new(),
                    colour: profiles.free_colour(),
                    production: false,
                    safe: false,
                    authority: None,
                    url,
                    left: Left::Closed,
                },
            };
            profiles.put(profile.clone()).map_err(|error| not_saved(&error))?;
            profile
        };
        if self.post(&id).is_err() {
            self.man(&profile);
        }
        self.post(&id)?.watch.open(profile.endpoint(), Credentials::Local(secret), Occasion::Asked).await;
        Ok(id)
    }
}
