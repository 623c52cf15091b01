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
        self.refuse_in_safe_mode(&local())?;
        // Nothing is stopped that could not be started again.
        self.local_secret().await?;
        self.end_local().await;
        self.start_by(self.preferences().local).await
    }

    pub(super) async fn stop_local(&self) -> Result<(), Failure> {
        self.refuse_in_safe_mode(&local())?;
        self.end_local().await;
        Ok(())
    }

    /// Ends it, whatever protects it: whoever forgets it, or restarts it, was asked before.
    pub(super) async fn end_local(&self) {
        if let Ok(post) = self.post(&local()) {
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

    /// The local gateway's secret: the one in the keychain, and a new one only where it holds none. It is asked once a
    /// session, so that a gateway that runs is spoken to with the secret it was started with.
    ///
    /// # Errors
    /// Where the keychain does not say whether it holds one; the next call asks again. A new secret in its place would
    /// make a stranger of a gateway that was left running, and void every token that it has signed.
    pub(super) async fn local_secret(&self) -> Result<LocalSecret, Failure> {
        let secret = self.0.local_secret.get_or_try_init(|| async {
            let kept = self.0.secrets.get(LOCAL_SECRET).await;
            if let Some(secret) = kept.map_err(|error| failure(FailureCode::Keychain, error.into()))? {
                return Ok(LocalSecret::new(&secret));
            }
            let secret = random_hex::<32>();
            self.0.secrets.keep(LOCAL_SECRET, &secret).await;
            Ok(LocalSecret::new(&secret))
        });
        secret.await.cloned()
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
        let secret = self.local_secret().await?;
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
        let id = local();
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

fn local() -> ProfileId {
    ProfileId(LOCAL.to_owned())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::Arc;
    use std::time::Duration;

    use keyring_core::{CredentialStore, Error as KeyringError, mock};
    use serde_json::{Value, json};
    use tempfile::TempDir;

    use super::*;
    use crate::console::ConsoleOptions;
    use crate::link::Pace;
    use crate::paths::Paths;
    use crate::secrets::Secrets;

    /// It writes down the secret and what else it is told, and nothing answers where it says that it listens.
    const GATEWAY: &str = "#!/bin/sh\ncd \"$(dirname \"$0\")\"\nread -r secret; printf '%s' \"$secret\" > secret\n\
         echo '{\"event\":\"ready\",\"addr\":\"127.0.0.1:9\"}'\ncat > told\n";

    fn console(folder: &TempDir, secrets: Secrets) -> Console {
        let program = folder.path().join("signalbox-server");
        std::fs::write(&program, GATEWAY).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let options = ConsoleOptions { paths: Paths::below(folder.path()), secrets };
        Console::assemble(options, Some(program), Pace::default()).unwrap()
    }

    async fn call(console: &Console, call: Value) -> Result<Value, Failure> {
        console.call(serde_json::from_value(call).unwrap()).await
    }

    #[tokio::test]
    async fn a_keychain_that_is_locked_costs_no_gateway_its_secret() {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        let entry = store.build("signalbox", LOCAL_SECRET, None).unwrap();
        entry.set_password("the one before").unwrap();
        let lock = || {
            let locked = KeyringError::NoStorageAccess("locked".into());
            entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(locked);
        };
        let console = console(&folder, Secrets::with_store(store.clone()));
        let start = json!({"call": "startLocal", "args": {"port": 0}});

        lock();
        let refused = call(&console, start.clone()).await.unwrap_err();
        assert_eq!(refused.code, FailureCode::Keychain);
        assert!(refused.reason.to_string().contains("locked"), "{refused:?}");
        let started = call(&console, start).await.expect("it is unlocked");
        let told = || std::fs::read_to_string(folder.path().join("secret")).unwrap();
        assert_eq!((told().as_str(), entry.get_password().unwrap().as_str()), ("the one before", "the one before"));

        // Whatever becomes of the keychain, the gateway that runs is spoken to with what it was started with.
        lock();
        call(&console, json!({"call": "open", "args": {"profile": started}})).await.unwrap();
        call(&console, json!({"call": "restartLocal", "args": null})).await.unwrap();
        assert_eq!(told(), "the one before");
        console.close().await;
    }

    #[tokio::test]
    async fn a_gateway_that_runs_is_told_when_it_may_stay_and_when_not_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let console = console(&folder, Secrets::with_store(mock::Store::new().unwrap()));
        call(&console, json!({"call": "startLocal", "args": {"port": 0}})).await.unwrap();
        for (leave_running, told) in [(true, "stay\n"), (false, "stay\nend\n")] {
            let local = LocalRules { leave_running, ..console.preferences().local };
            let wanted = Preferences { local, ..console.preferences() };
            call(&console, json!({"call": "savePreferences", "args": wanted})).await.unwrap();
            let heard = async {
                while std::fs::read_to_string(folder.path().join("told")).ok().as_deref() != Some(told) {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), heard).await.expect("in time");
        }
        console.close().await;
    }

    #[tokio::test]
    async fn in_safe_mode_it_is_neither_stopped_nor_restarted() {
        let folder = tempfile::tempdir().unwrap();
        let console = console(&folder, Secrets::with_store(mock::Store::new().unwrap()));
        let profile = call(&console, json!({"call": "startLocal", "args": {"port": 0}})).await.unwrap();
        let edit = |safe: bool| {
            json!({"call": "editProfile", "args": {
                "profile": profile, "name": "", "url": "", "colour": "#123456", "production": false, "safe": safe,
            }})
        };
        call(&console, edit(true)).await.unwrap();
        let before = console.0.local.state();
        for act in ["stopLocal", "restartLocal"] {
            let refused = call(&console, json!({"call": act, "args": null})).await.unwrap_err();
            assert_eq!((refused.code, refused.reason), (FailureCode::Forbidden, Reason::SafeMode), "{act}");
            assert_eq!(console.0.local.state(), before, "{act}");
        }
        call(&console, edit(false)).await.unwrap();
        call(&console, json!({"call": "stopLocal", "args": null})).await.unwrap();
        console.close().await;
    }
}
