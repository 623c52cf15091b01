//! The table of calls: what the page asks, and who answers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use signalbox_protocol::admin::{Command, HistoryArgs, HistoryOf, Role};
use signalbox_protocol::ipc::{AddGateway, Ask, Call, Failure, FailureCode, ProfileId, Reached, Reason, SentArgs};

use super::Console;
use crate::address::{Address, InvalidAddress};
use crate::credentials::Credentials;
use crate::endpoint::{Authority, Endpoint};
use crate::failure::{failure, unreadable_answer};
use crate::link::Run;
use crate::profiles::{Left, Profile};
use crate::watch::Occasion;

impl Console {
    /// Answers a call of the page.
    ///
    /// # Errors
    /// What the page shows: a code, what happened, and what to do.
    pub async fn call(&self, call: Call) -> Result<Value, Failure> {
        let (name, read) = (call.name(), call.reader());
        read(self.respond(call).await?).map_err(|error| {
            tracing::warn!(%error, call = name, "an answer that cannot be read");
            unreadable_answer()
        })
    }

    async fn respond(&self, call: Call) -> Result<Value, Failure> {
        match call {
            Call::AddGateway(args) => answer(self.add(args).await?),
            Call::Open(of) => answer(self.open(&of.profile).await?),
            Call::Close(of) => answer(self.shut(&of.profile).await?),
            Call::Remove(of) => answer(self.remove(&of.profile).await?),
            Call::EditProfile(args) => answer(self.edit(args).await?),
            Call::ExportProfiles(()) => answer(self.export()?),
            Call::SaveProfiles(()) => answer(self.save_profiles().await?),
            Call::ImportProfiles(args) => answer(self.import(&args.file).await?),
            Call::SignIn(args) => answer(self.sign_in(args).await?),
            Call::SignInWithToken(args) => answer(self.sign_in_with_token(args).await?),
            Call::SignOut(of) => answer(self.sign_out(&of.profile).await?),
            Call::RetryNow(of) => done(self.post(&of.profile)?.watch.retry_now()).await,
            Call::StartLocal(args) => answer(self.start_local(args).await?),
            Call::RestartLocal(()) => answer(self.restart_local().await?),
            Call::StopLocal(()) => answer(self.stop_local().await?),
            Call::PreviewDisconnect(ask) => self.ask(ask, Command::Disconnect, Run::Dry).await,
            Call::Disconnect(ask) => self.ask(ask, Command::Disconnect, Run::Real).await,
            Call::PreviewNotify(ask) => self.ask(ask, Command::Notify, Run::Dry).await,
            Call::Notify(ask) => self.ask(ask, Command::Notify, Run::Real).await,
            Call::Bans(ask) => self.ask(ask, Command::Bans, Run::Real).await,
            Call::PreviewBan(ask) => self.ask(ask, Command::Ban, Run::Dry).await,
            Call::Ban(ask) => self.ask(ask, Command::Ban, Run::Real).await,
            Call::UndoBan(ask) => self.ask(ask, Command::UndoBan, Run::Real).await,
            Call::Unban(ask) => self.ask(ask, Command::Unban, Run::Real).await,
            Call::Alerts(ask) => self.ask(ask, Command::Alerts, Run::Real).await,
            Call::AcknowledgeAlert(ask) => self.ask(ask, Command::AcknowledgeAlert, Run::Real).await,
            Call::SilenceAlert(ask) => self.ask(ask, Command::SilenceAlert, Run::Real).await,
            Call::Audit(ask) => self.ask(ask, Command::Audit, Run::Real).await,
            Call::CompleteFilter(ask) => answer(self.post(&ask.profile)?.watch.complete(ask.args).await),
            Call::MatchingPeople(ask) => answer(self.post(&ask.profile)?.watch.matching(ask.args).await?),
            Call::PreviewMessage(ask) => self.ask(ask, Command::Message, Run::Dry).await,
            Call::Message(ask) => self.ask(ask, Command::Message, Run::Real).await,
            Call::PreviewJoinRoom(ask) => self.ask(ask, Command::JoinRoom, Run::Dry).await,
            Call::JoinRoom(ask) => self.ask(ask, Command::JoinRoom, Run::Real).await,
            Call::PreviewLeaveRoom(ask) => self.ask(ask, Command::LeaveRoom, Run::Dry).await,
            Call::LeaveRoom(ask) => self.ask(ask, Command::LeaveRoom, Run::Real).await,
            Call::PreviewCloseRoom(ask) => self.ask(ask, Command::CloseRoom, Run::Dry).await,
            Call::CloseRoom(ask) => self.ask(ask, Command::CloseRoom, Run::Real).await,
            Call::Policy(ask) => self.ask(ask, Command::Policy, Run::Real).await,
            Call::PreviewSetPolicy(ask) => self.ask(ask, Command::SetPolicy, Run::Dry).await,
            Call::SetPolicy(ask) => self.ask(ask, Command::SetPolicy, Run::Real).await,
            Call::SentNotifications(ask) => self.ask(ask, sent_notifications, Run::Real).await,
            Call::SentNotification(ask) => self.ask(ask, Command::Notification, Run::Real).await,
            Call::Configuration(ask) => self.ask(ask, Command::Configuration, Run::Real).await,
            Call::Readiness(of) => answer(self.0.api.readiness(&self.profile(&of.profile)?.endpoint()).await?),
            Call::PreviewDrain(ask) => self.ask(ask, Command::Drain, Run::Dry).await,
            Call::Drain(ask) => self.ask(ask, Command::Drain, Run::Real).await,
            Call::Resume(ask) => self.ask(ask, Command::Resume, Run::Real).await,
            Call::ChangeView(args) => answer(self.change_view(args.view, args.query)?),
            Call::CloseView(view) => done(self.close_view(view)).await,
            Call::SavePreferences(preferences) => answer(self.save_preferences(preferences).await?),
            Call::Leave(leave) => answer(self.depart(leave).await?),
        }
    }

    async fn add(&self, args: AddGateway) -> Result<Reached, Failure> {
        let address: Address = args.url.parse().map_err(invalid_url)?;
        let known = self.0.profiles.lock().at(&address).and_then(|known| known.authority.clone());
        let authority = Authority::named(args.authority.as_deref())?.or(known);
        let endpoint = Endpoint { address: address.clone(), authority: authority.clone() };
        let health = self.0.api.probe(&endpoint).await?;
        let profile = {
            let mut profiles = self.0.profiles.lock();
            let profile = match profiles.at(&address).cloned() {
                Some(known) => {
                    let name = named(&args.name, known.name.clone());
                    // Only an edit of the profile itself takes a protection away.
                    let production = known.production || args.production;
                    Profile { production, name, authority, ..known }
                }
                None => Profile {
                    id: new_id(),
                    name: named(&args.name, address.host()),
                    colour: profiles.free_colour(),
                    production: args.production,
                    safe: false,
                    url: address,
                    authority,
                    left: Left::Closed,
                },
            };
            profiles.put(profile.clone()).map_err(|error| not_saved(&error))?;
            profile
        };
        match self.post(&profile.id) {
            Ok(post) => post.watch.rename(profile.name.clone()).await,
            Err(_) => self.man(&profile),
        }
        self.0.changed.notify_one();
        Ok(Reached { profile: profile.id, version: health.version })
    }

    pub(super) async fn open(&self, id: &ProfileId) -> Result<(), Failure> {
        let (profile, post) = (self.profile(id)?, self.post(id)?);
        let credentials = if profile.is_local() {
            if !matches!(self.0.local.state(), signalbox_protocol::ipc::LocalGateway::Running { .. }) {
                // There is nobody to sign in to: what can be done is to start it.
                post.watch.close().await;
                return Ok(());
            }
            Credentials::Local(self.local_secret().await?)
        } else {
            match post.given.clone() {
                Some(token) => Credentials::Given(token),
                None => Credentials::Refresh(post.renewal.clone()),
            }
        };
        post.watch.open(profile.endpoint(), credentials, Occasion::Asked).await;
        self.leave(id, Left::Open);
        Ok(())
    }

    async fn shut(&self, id: &ProfileId) -> Result<(), Failure> {
        self.post(id)?.watch.close().await;
        self.leave(id, Left::Closed);
        Ok(())
    }

    async fn remove(&self, id: &ProfileId) -> Result<(), Failure> {
        let (profile, post) = (self.profile(id)?, self.post(id)?);
        if profile.is_local() {
            self.end_local().await;
        }
        post.watch.close().await;
        if let Err(failure) = self.revoke(&profile, &post).await {
            tracing::warn!(reason = %failure.reason, "a sign-in stays in the keychain, under a name that nobody has any more");
        }
        self.0.profiles.lock().remove(id).map_err(|error| not_saved(&error))?;
        self.0.posts.lock().remove(id);
        self.0.changed.notify_one();
        Ok(())
    }

    async fn ask<T>(&self, ask: Ask<T>, command: impl FnOnce(T) -> Command, run: Run) -> Result<Value, Failure>
    where
        T: DeserializeOwned,
    {
        let post = self.post(&ask.profile)?;
        let command = command(ask.args);
        // Whoever may only look can ask for it in safe mode too.
        if run == Run::Real && command.role() > Role::Viewer {
            self.refuse_in_safe_mode(&ask.profile)?;
        }
        post.watch.ask(command, run).await
    }

    /// # Errors
    /// Where nothing is changed from here.
    pub(super) fn refuse_in_safe_mode(&self, profile: &ProfileId) -> Result<(), Failure> {
        let is_safe = self.0.profiles.lock().get(profile).is_some_and(|profile| profile.safe);
        if is_safe { Err(failure(FailureCode::Forbidden, Reason::SafeMode)) } else { Ok(()) }
    }
}

/// Notifications in a page of those that were sent.
const SENT: u32 = 50;

fn sent_notifications(SentArgs { cursor }: SentArgs) -> Command {
    Command::History(HistoryArgs { of: HistoryOf::Notifications, cursor, limit: Some(SENT) })
}

fn answer(value: impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| failure(FailureCode::Internal, Reason::said(error.to_string())))
}

/// Waits for what has no answer of its own.
async fn done(work: impl Future<Output = ()>) -> Result<Value, Failure> {
    work.await;
    Ok(Value::Null)
}

pub(super) fn named(wanted: &str, otherwise: String) -> String {
    let wanted = wanted.trim();
    if wanted.is_empty() { otherwise } else { wanted.to_owned() }
}

pub(super) fn invalid_url(error: InvalidAddress) -> Failure {
    let cause = match error {
        InvalidAddress::Empty => Reason::EmptyAddress,
        InvalidAddress::NotAUrl(text) => Reason::NotAnAddress { text },
        InvalidAddress::Scheme(scheme) => Reason::WrongScheme { scheme },
        InvalidAddress::Credentials => Reason::SecretInAddress,
        InvalidAddress::Trailing(text) => Reason::AfterTheHost { text },
    };
    failure(FailureCode::InvalidUrl, cause)
}

pub(super) fn not_saved(error: &crate::document::DocumentError) -> Failure {
    failure(FailureCode::Internal, Reason::NotSaved { error: error.to_string() })
}

pub(super) fn new_id() -> ProfileId {
    ProfileId(random_hex::<8>())
}

/// So many random bytes from the system, in hexadecimal.
pub(super) fn random_hex<const BYTES: usize>() -> String {
    let bytes: [u8; BYTES] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
