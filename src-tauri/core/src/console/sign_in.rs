//! Signing in and out.

use std::time::Duration;

use signalbox_protocol::ipc::{Failure, FailureCode, LinkState, ProfileId, SignIn, SignInWithToken, SignedIn};
use tokio::time::timeout;

use super::{Console, Post};
use crate::credentials::{AccessToken, Credentials, Remember};
use crate::failure::advised;
use crate::profiles::{Left, Profile};
use crate::secrets::Kept;

/// A token is proved by being let in; so long may that take.
const PROOF: Duration = Duration::from_secs(15);

impl Console {
    pub(super) async fn sign_in(&self, args: SignIn) -> Result<SignedIn, Failure> {
        let (profile, post) = (self.profile(&args.profile)?, self.post(&args.profile)?);
        let session = self.0.api.login(&profile.endpoint(), args.name, args.password).await?;
        let role = session.role;
        let remember = if args.remember { Remember::ForGood } else { Remember::ThisSession };
        let (_, kept) = post.renewal.begin(session, remember).await?;
        self.give(&args.profile, None);
        post.watch.open(profile.endpoint(), Credentials::Refresh(post.renewal.clone())).await;
        self.leave(&args.profile, Left::Open);
        let warning = match kept {
            Kept::ForGood => None,
            Kept::ThisSession(error) => Some(error.to_string()),
        };
        Ok(SignedIn { role, warning })
    }

    pub(super) async fn sign_in_with_token(&self, args: SignInWithToken) -> Result<SignedIn, Failure> {
        let (profile, post) = (self.profile(&args.profile)?, self.post(&args.profile)?);
        let token = AccessToken::read(&args.token).map_err(|error| {
            let hint = "A gateway prints one with: signalbox-server token --role operator.";
            advised(FailureCode::Refused, error.to_string(), hint)
        })?;
        let role = token.operator.role;
        post.watch.open(profile.endpoint(), Credentials::Given(token.clone())).await;
        let mut seen = post.watch.follow();
        let decided = seen.wait_for(|seen| !matches!(seen.link, LinkState::Connecting | LinkState::Closed));
        let link = match timeout(PROOF, decided).await {
            Ok(Ok(seen)) => seen.link.clone(),
            _ => LinkState::Connecting,
        };
        match link {
            LinkState::Live { .. } | LinkState::Loading { .. } => {
                self.give(&args.profile, Some(token));
                self.leave(&args.profile, Left::Open);
                Ok(SignedIn { role, warning: None })
            }
            LinkState::SignedOut { reason } => Err(advised(
                FailureCode::Refused,
                format!("The gateway refused the token: {}.", reason.as_deref().unwrap_or("no reason given")),
                "Check that it has not run out, and that it was signed for this gateway.",
            )),
            LinkState::Waiting { reason, .. } => {
                post.watch.sign_out(None).await;
                Err(unreachable(&profile, &reason))
            }
            LinkState::Connecting | LinkState::Closed => {
                post.watch.sign_out(None).await;
                Err(unreachable(&profile, "no answer in time"))
            }
        }
    }

    pub(super) async fn sign_out(&self, id: &ProfileId) -> Result<(), Failure> {
        let (profile, post) = (self.profile(id)?, self.post(id)?);
        post.watch.sign_out(None).await;
        self.revoke(&profile, &post).await;
        Ok(())
    }

    /// Makes the gateway and this machine forget a sign-in. A gateway that cannot be asked forgets by itself, later.
    pub(super) async fn revoke(&self, profile: &Profile, post: &Post) {
        if let Some(token) = post.renewal.refresh_token().await
            && let Err(failure) = self.0.api.logout(&profile.endpoint(), token).await
        {
            tracing::warn!(gateway = %profile.url, reason = %failure.message, "the sign-in could not be revoked");
        }
        post.renewal.forget().await;
        self.give(&profile.id, None);
    }

    fn give(&self, id: &ProfileId, token: Option<AccessToken>) {
        if let Some(post) = self.0.posts.lock().get_mut(id) {
            post.given = token;
        }
    }
}

fn unreachable(profile: &Profile, reason: &str) -> Failure {
    advised(
        FailureCode::Unreachable,
        format!("{} cannot be reached: {reason}.", profile.url),
        "Check that the gateway runs, and that a proxy in front passes WebSockets on.",
    )
}
