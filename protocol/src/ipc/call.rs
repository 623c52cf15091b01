//! What the page can ask for, and the arguments and answers of it.
//!
//! The table of calls is in one place, [`Call`]: Rust's dispatch and the page's TypeScript both come from it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
    CompleteFilter, Completions, EditProfile, ImportProfiles, Imported, Leave, MatchPeople, MatchingPeople,
    Preferences, ProfileId, Reason, ViewId, ViewQuery,
};
use crate::admin::{
    AcknowledgeArgs, Acting, AlertsArgs, AuditArgs, AuditRow, Ban, BanArgs, BanUndone, Banned, BansArgs, CloseRoomArgs,
    Configuration, DisconnectArgs, Disconnected, DrainArgs, Draining, MessageArgs, Messaged, MoveArgs, Moved, NoArgs,
    NotificationArgs, NotificationReport, Notified, NotifyArgs, Page, PolicyEntry, PolicyTable, Preview, Resumed, Role,
    SetPolicyArgs, SilenceArgs, UnbanArgs, UndoBanArgs,
};
use crate::feed::{Alert, Notification};

macro_rules! calls {
    ($($(#[$doc:meta])* $variant:ident = $name:literal ( $args:ty ) -> $answer:ty;)*) => {
        /// Everything that the page can ask for. On the wire `{"call": "signIn", "args": {…}}`.
        #[derive(Clone, Serialize, Deserialize)]
        #[serde(tag = "call", content = "args")]
        pub enum Call {
            $($(#[$doc])* #[serde(rename = $name)] $variant($args),)*
        }

        impl Call {
            /// The call's name, for logs: its arguments may hold a secret.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// Reads an answer as what this call is answered with, and leaves out what does not belong there. For what a
            /// gateway says: the page never sees what is of another shape.
            pub const fn reader(&self) -> fn(Value) -> serde_json::Result<Value> {
                match self {
                    $(Self::$variant(_) => |said| serde_json::to_value(serde_json::from_value::<$answer>(said)?),)*
                }
            }

            /// The table of calls as a TypeScript interface: name → `{ args, answer }`.
            pub fn typescript(config: &ts_rs::Config) -> String {
                let mut table = String::from("export interface Calls {\n");
                $(table.push_str(&format!(
                    "  {}: {{ args: {}; answer: {} }};\n",
                    $name, <$args as TS>::name(config), <$answer as TS>::name(config),
                ));)*
                table.push_str("}\n");
                table
            }

            /// Writes the types of all arguments and answers.
            ///
            /// # Errors
            /// Where a file cannot be written.
            pub fn export(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
                $(<$args as TS>::export_all(config).or_else(primitive)?;
                  <$answer as TS>::export_all(config).or_else(primitive)?;)*
                Ok(())
            }
        }
    };
}

/// A primitive such as `null` has no file of its own; that is no failure.
fn primitive(error: ts_rs::ExportError) -> Result<(), ts_rs::ExportError> {
    match error {
        ts_rs::ExportError::CannotBeExported(_) => Ok(()),
        other => Err(other),
    }
}

calls! {
    /// Saves a profile for a URL, or finds the one there is, and looks whether a gateway answers.
    AddGateway = "addGateway" (AddGateway) -> Reached;
    /// Begins to link to a saved gateway with the refresh token in the keychain. Where there is none, the link's state says `signedOut`.
    Open = "open" (OfProfile) -> ();
    /// Ends the link; the profile and the refresh token stay.
    Close = "close" (OfProfile) -> ();
    /// Forgets a profile and its secrets.
    Remove = "remove" (OfProfile) -> ();
    /// Changes what a saved gateway is called, where it is, and what may be done there.
    EditProfile = "editProfile" (EditProfile) -> ();
    /// Every saved gateway but the local one as a text for a file, without secrets.
    ExportProfiles = "exportProfiles" (()) -> String;
    /// The same into a file, where the system's dialog says; answers where that is, and `null` where it was dismissed.
    SaveProfiles = "saveProfiles" (()) -> Option<String>;
    /// Adds the gateways of such a text.
    ImportProfiles = "importProfiles" (ImportProfiles) -> Imported;
    /// Signs in with name and password, and links.
    SignIn = "signIn" (SignIn) -> SignedIn;
    /// Signs in with a token that the administrator has, and links. It is kept for this session only.
    SignInWithToken = "signInWithToken" (SignInWithToken) -> SignedIn;
    /// Revokes the refresh token at the gateway, forgets it, and ends the link.
    SignOut = "signOut" (OfProfile) -> ();
    /// Tries to connect at once instead of at the end of the countdown.
    RetryNow = "retryNow" (OfProfile) -> ();
    /// Starts the bundled gateway on this machine, or adopts the one that runs, signs in, and links. The port is kept
    /// in the preferences.
    StartLocal = "startLocal" (StartLocal) -> ProfileId;
    /// Stops it.
    StopLocal = "stopLocal" (()) -> ();
    /// Stops it and starts it again as the preferences say.
    RestartLocal = "restartLocal" (()) -> ProfileId;
    /// Asks the gateway whom a disconnect would touch.
    PreviewDisconnect = "previewDisconnect" (Ask<Acting<DisconnectArgs>>) -> Preview;
    /// Disconnects.
    Disconnect = "disconnect" (Ask<Acting<DisconnectArgs>>) -> Disconnected;
    /// Asks the gateway whom a notification would reach.
    PreviewNotify = "previewNotify" (Ask<Acting<NotifyArgs>>) -> Preview;
    /// Sends a notification.
    Notify = "notify" (Ask<Acting<NotifyArgs>>) -> Notified;
    /// A page of the bans that hold.
    Bans = "bans" (Ask<BansArgs>) -> Page<Ban>;
    /// Asks the gateway whom a ban would disconnect.
    PreviewBan = "previewBan" (Ask<Acting<BanArgs>>) -> Preview;
    /// Keeps users or a network out, in place of earlier bans of the same.
    Ban = "ban" (Ask<Acting<BanArgs>>) -> Banned;
    /// Takes back what one ban has set; the bans whose place it took hold again.
    UndoBan = "undoBan" (Ask<Acting<UndoBanArgs>>) -> BanUndone;
    /// Lifts a ban; answers with it, so that it can be set again.
    Unban = "unban" (Ask<Acting<UnbanArgs>>) -> Ban;
    /// A page of what is or was wrong, latest first.
    Alerts = "alerts" (Ask<AlertsArgs>) -> Page<Alert>;
    /// Takes an alert on.
    AcknowledgeAlert = "acknowledgeAlert" (Ask<Acting<AcknowledgeArgs>>) -> Alert;
    /// Keeps an alert quiet until a moment, or lets it be heard again with one that has passed.
    SilenceAlert = "silenceAlert" (Ask<Acting<SilenceArgs>>) -> Alert;
    /// A page of what operators did, latest first.
    Audit = "audit" (Ask<AuditArgs>) -> Page<AuditRow>;
    /// What can be typed next in a filter of the people table.
    CompleteFilter = "completeFilter" (Ask<CompleteFilter>) -> Completions;
    /// Everybody whom a filter lets through now; refused where they are too many to be named to the gateway.
    MatchingPeople = "matchingPeople" (Ask<MatchPeople>) -> MatchingPeople;
    /// Asks the gateway which sockets a message to users would reach.
    PreviewMessage = "previewMessage" (Ask<Acting<MessageArgs>>) -> Preview;
    /// Writes to users.
    Message = "message" (Ask<Acting<MessageArgs>>) -> Messaged;
    /// Asks the gateway whom putting users into a room would touch.
    PreviewJoinRoom = "previewJoinRoom" (Ask<Acting<MoveArgs>>) -> Preview;
    /// Puts users into a room.
    JoinRoom = "joinRoom" (Ask<Acting<MoveArgs>>) -> Moved;
    /// Asks the gateway whom taking users out of a room would touch.
    PreviewLeaveRoom = "previewLeaveRoom" (Ask<Acting<MoveArgs>>) -> Preview;
    /// Takes users out of a room.
    LeaveRoom = "leaveRoom" (Ask<Acting<MoveArgs>>) -> Moved;
    /// Asks the gateway whom closing a room would touch.
    PreviewCloseRoom = "previewCloseRoom" (Ask<Acting<CloseRoomArgs>>) -> Preview;
    /// Takes everybody out of a room.
    CloseRoom = "closeRoom" (Ask<Acting<CloseRoomArgs>>) -> Moved;
    /// The limits as they work.
    Policy = "policy" (Ask<NoArgs>) -> PolicyTable;
    /// Asks the gateway whose events a change of a limit is about.
    PreviewSetPolicy = "previewSetPolicy" (Ask<Acting<SetPolicyArgs>>) -> Preview;
    /// Changes a limit, or takes the change back.
    SetPolicy = "setPolicy" (Ask<Acting<SetPolicyArgs>>) -> PolicyEntry;
    /// A page of the notifications that were sent, latest first.
    SentNotifications = "sentNotifications" (Ask<SentArgs>) -> Page<Notification>;
    /// One of them, with what it carried.
    SentNotification = "sentNotification" (Ask<NotificationArgs>) -> NotificationReport;
    /// The configuration in force, without its secrets.
    Configuration = "configuration" (Ask<NoArgs>) -> Configuration;
    /// Whether the gateway takes clients now.
    Readiness = "readiness" (OfProfile) -> Readiness;
    /// Asks the gateway whom emptying its node would send away.
    PreviewDrain = "previewDrain" (Ask<Acting<DrainArgs>>) -> Preview;
    /// Sends everybody but operators away, and lets nobody in.
    Drain = "drain" (Ask<Acting<DrainArgs>>) -> Draining;
    /// Lets everybody in again.
    Resume = "resume" (Ask<Acting<NoArgs>>) -> Resumed;
    /// Changes what a view shows. Answered at once; the view is sent its new window on its channel.
    ChangeView = "changeView" (ChangeView) -> ();
    /// Ends a view.
    CloseView = "closeView" (ViewId) -> ();
    /// Saves how the console looks and behaves.
    SavePreferences = "savePreferences" (Preferences) -> ();
    /// Closes the window.
    Leave = "leave" (Leave) -> ();
}

/// Arguments that only name a profile.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfProfile {
    /// Which gateway.
    pub profile: ProfileId,
}

/// Arguments of `addGateway`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddGateway {
    /// `http://` or `https://`, host, and port where it is not the default one.
    pub url: String,
    /// What to call it; the host where it is empty.
    pub name: String,
    /// A gateway where actions must be confirmed by typing.
    pub production: bool,
    /// The file with the certificates of a private authority, in PEM; a whole path, or nothing.
    #[serde(default)]
    pub authority: Option<String>,
}

/// Answer to `addGateway`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Reached {
    /// The profile, saved.
    pub profile: ProfileId,
    /// The gateway's version.
    pub version: String,
}

/// Arguments of `signIn`.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignIn {
    /// Where.
    pub profile: ProfileId,
    /// The operator's name.
    pub name: String,
    /// The password.
    pub password: String,
    /// Keep the refresh token in the keychain.
    pub remember: bool,
}

/// Arguments of `signInWithToken`.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignInWithToken {
    /// Where.
    pub profile: ProfileId,
    /// A JWT with a role.
    pub token: String,
}

/// Answer to a sign-in.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignedIn {
    /// What the operator may do.
    pub role: Role,
    /// Why the refresh token could not be kept, where it could not: it is then good for this session only.
    pub warning: Option<Reason>,
}

/// Answer to `readiness`: what the gateway answers a load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Readiness {
    /// Clients can be sent there.
    Ready,
    /// They cannot.
    NotReady,
}

/// Arguments of `startLocal`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct StartLocal {
    /// The port to listen on at 127.0.0.1; 0 takes a free one.
    pub port: u16,
}

/// Arguments of a command to a gateway.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Ask<T> {
    /// Which gateway.
    pub profile: ProfileId,
    /// The command's own arguments.
    pub args: T,
}

/// Arguments of `sentNotifications`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SentArgs {
    /// Where the page before this one ended; `null` for the first.
    pub cursor: Option<String>,
}

/// Arguments of `changeView`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChangeView {
    /// Which of the page's views.
    pub view: ViewId,
    /// What it is to show now; of the same kind as before.
    pub query: ViewQuery,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_of_another_shape_is_no_answer() {
        let call = json!({"call": "previewDisconnect", "args": {
            "profile": "p", "args": {"target": {"users": [7]}, "reason": "flooding"},
        }});
        let call: Call = serde_json::from_value(call).unwrap();
        let preview = json!({"users": 1, "sockets": 2, "nodes": 1, "sample": [], "fingerprint": "f"});
        let mut more = preview.clone();
        more["other"] = json!({"is": "not asked for"});
        assert_eq!(call.reader()(more).unwrap(), preview);
        for lie in [json!(null), json!([]), json!({"users": 1}), json!({"users": "1", "sample": {}})] {
            assert!(call.reader()(lie.clone()).is_err(), "{lie}");
        }
    }
}
