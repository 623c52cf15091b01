//! Signing in and out.

use signalbox_protocol::ipc::{Failure, FailureCode, ProfileId, SignIn, SignInWithToken, SignedIn};

use super::{Console, Post};
use crate::credentials::{AccessToken, Credentials, Remember};
use crate::failure::failure;
use crate::profiles::{Left, Profile};
use crate::watch::Occasion;

impl Console {
    pub(super) async fn sign_in(&self, args: SignIn) -> Result<SignedIn, Failure> {
        let (profile, post) = (self.profile(&args.profile)?, self.post(&args.profile)?);
        let session = self.0.api.login(&profile.endpoint(), args.name, args.password).await?;
        let role = session.role;
        let remember = if args.remember { Remember::ForGood } else { Remember::ThisSession };
        let unkept = post.renewal.begin(&profile.endpoint(), session, remember).await?;
        self.give(&args.profile, None);
        post.watch.open(profile.endpoint(), Credentials::Refresh(post.renewal.clone()), Occasion::Asked).await;
        self.leave(&args.profile, Left::Open);
        Ok(SignedIn { role, warning: unkept.map(Into::into) })
    }

    pub(super) async fn sign_in_with_token(&self, args: SignInWithToken) -> Result<SignedIn, Failure> {
        let (profile, post) = (self.profile(&args.profile)?, self.post(&args.profile)?);
        let token = AccessToken::read(&args.token).map_err(|error| failure(FailureCode::Refused, error.into()))?;
        // The link is another's concern: whoever signs in looks at the form until the token has proved to be good.
        self.0.api.prove(&profile.endpoint(), &token).await?;
        let role = token.operator.role;
        self.give(&args.profile, Some(token.clone()));
        post.watch.open(profile.endpoint(), Credentials::Given(token), Occasion::Asked).await;
        self.leave(&args.profile, Left::Open);
        Ok(SignedIn { role, warning: None })
    }

    pub(super) async fn sign_out(&self, id: &ProfileId) -> Result<(), Failure> {
        let (profile, post) = (self.profile(id)?, self.post(id)?);
        post.watch.sign_out().await;
        self.revoke(&profile, &post).await
    }

    /// Makes the gateway and this machine forget a sign-in.
    ///
    /// # Errors
    /// Where it stays in the keychain.
    pub(super) async fn revoke(&self, profile: &Profile, post: &Post) -> Result<(), Failure> {
        self.give(&profile.id, None);
        let forgotten = post.renewal.revoke(&profile.endpoint()).await;
        forgotten.map_err(|error| failure(FailureCode::Keychain, error.into()))
    }

    fn give(&self, id: &ProfileId, token: Option<AccessToken>) {
        if let Some(post) = self.0.posts.lock().get_mut(id) {
            post.given = token;
        }
    }
}
