//! What happened, for whoever shows it to put into words of its own language.
//!
//! The English sentence of each is what a log says, and what is shown of a reason in somebody else's words.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What happened. The page and the shell have a sentence for each, in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum Reason {
    /// Something that somebody else has put into words: an operator, the system, a library.
    #[error("{text}")]
    Said {
        /// The words, as they came.
        text: String,
    },
    /// Why a gateway does not do what it is asked, in its own words.
    #[error("The gateway says: {text}")]
    GatewaySaid {
        /// Its words, as they came.
        text: String,
    },
    /// The gateway that was named is not saved any more.
    #[error("There is no such gateway any more.")]
    NoSuchGateway,
    /// Nothing can be asked at the moment.
    #[error("The gateway is not connected, so nothing was sent.")]
    NotConnected,
    /// The gateway was asked and has said nothing.
    #[error("The gateway did not answer in time. It may have acted or not.")]
    NoAnswer,
    /// It has said something that makes no sense.
    #[error("The gateway’s answer cannot be read. It may have acted or not.")]
    UnreadableAnswer,
    /// It does not know what it is asked.
    #[error("The gateway is older than this console and does not know this command.")]
    OlderGateway,
    /// The person has ruled out changes there.
    #[error(
        "This gateway is in safe mode: nothing is changed there from this console until it is switched off in the gateway’s settings."
    )]
    SafeMode,
    /// Nobody knows whom a filter means.
    #[error("There is a mistake in the filter.")]
    FilterMistake,
    /// More than can be acted upon at once.
    #[error("{found} match, and at most {most} can be acted upon at once.")]
    TooMany {
        /// How many match.
        found: u32,
        /// How many may.
        most: u32,
    },
    /// No address was given.
    #[error("The address is empty.")]
    EmptyAddress,
    /// A text that is no URL.
    #[error("“{text}” is not an address.")]
    NotAnAddress {
        /// The text.
        text: String,
    },
    /// A URL of something else.
    #[error("A gateway is reached over http or https, not over “{scheme}”.")]
    WrongScheme {
        /// Its scheme.
        scheme: String,
    },
    /// A name or a password in a URL.
    #[error("The address must not hold a name or a password.")]
    SecretInAddress,
    /// A URL with a path.
    #[error("The address has “{text}” after the host, where a gateway has nothing.")]
    AfterTheHost {
        /// What stands there.
        text: String,
    },
    /// A path that depends on who reads it.
    #[error("“{path}” is not a whole path, from the root or the drive on.")]
    NotAWholePath {
        /// The path.
        path: String,
    },
    /// A file that was named is not to be read.
    #[error("{path} cannot be read: {error}.")]
    FileUnreadable {
        /// Which.
        path: String,
        /// What the system says.
        error: String,
    },
    /// The file of an authority holds something else.
    #[error("{path} holds no certificate in PEM.")]
    NoCertificate {
        /// Which.
        path: String,
    },
    /// The system’s TLS library does not take it.
    #[error("{path} cannot be used: {error}.")]
    CertificateUnusable {
        /// Which.
        path: String,
        /// What the library says.
        error: String,
    },
    /// A file of the console could not be replaced.
    #[error("It could not be saved: {error}.")]
    NotSaved {
        /// Which, and what the system says.
        error: String,
    },
    /// A file that a person wanted could not be written.
    #[error("The file was not written: {error}.")]
    NotWritten {
        /// Which, and what the system says.
        error: String,
    },
    /// A text that is no colour.
    #[error("“{text}” is no colour: one is written as #d9541e.")]
    NoColour {
        /// The text.
        text: String,
    },
    /// Another saved gateway has this address.
    #[error("{address} is saved already, as {name}.")]
    SavedAlready {
        /// The address.
        address: String,
        /// What that one is called.
        name: String,
    },
    /// A file that no console has exported.
    #[error("This is no list of gateways, line {line}: {error}.")]
    NoGatewayList {
        /// In which line, from 1.
        line: u32,
        /// What is wrong there.
        error: String,
    },
    /// The desktop does not start the console with the session.
    #[error("The start at login cannot be changed: {error}.")]
    NoStartAtLogin {
        /// What the desktop says.
        error: String,
    },
    /// A text that is no token.
    #[error(
        "This is no token: a JWT has three parts with dots between them, and says whom it speaks for and until when."
    )]
    NotAToken,
    /// A token that is no operator’s.
    #[error("This token has no role: its roles must name viewer, operator or admin.")]
    NoRole,
    /// The token that was given is of no use any more.
    #[error("The token has run out or was refused.")]
    TokenRefused,
    /// Name and password do not fit.
    #[error("Name and password do not fit.")]
    SignInRefused,
    /// The gateway does not allow it, without a word.
    #[error("The gateway does not allow this.")]
    NotAllowed,
    /// The gateway takes no further attempt for a while.
    #[error("Too many attempts: the next one is taken in {seconds} s.")]
    TooManyAttempts {
        /// For how long.
        seconds: u32,
    },
    /// No connection could be made.
    #[error("Nothing answers at {address}: {error}.")]
    NothingAnswers {
        /// Where.
        address: String,
        /// What the system says.
        error: String,
    },
    /// There was no answer in time.
    #[error("{address} did not answer within {seconds} s.")]
    SlowToAnswer {
        /// Where.
        address: String,
        /// Within how long.
        seconds: u32,
    },
    /// The certificate was not accepted.
    #[error("No secure connection to {address} can be made: {error}.")]
    NoSecureConnection {
        /// Where.
        address: String,
        /// What the TLS library says.
        error: String,
    },
    /// What answers speaks something else.
    #[error("What answers at {address} does not speak HTTP: {error}.")]
    NotHttp {
        /// Where.
        address: String,
        /// What the library says.
        error: String,
    },
    /// What answers is something else.
    #[error("Something answers at {address} ({status}), but it is no Signalbox gateway.")]
    NotAGateway {
        /// Where.
        address: String,
        /// The status of its answer.
        status: String,
    },
    /// The connection was lost; the library keeps the cause to itself.
    #[error("The connection broke.")]
    LinkBroke,
    /// The gateway has closed the connection.
    #[error("The gateway ended the connection.")]
    LinkEnded,
    /// The gateway has closed the connection before it let anybody in.
    #[error("The gateway closed the door.")]
    DoorClosed,
    /// Nothing was heard for too long.
    #[error("No sign of life for {seconds} s.")]
    NoSignOfLife {
        /// For how long.
        seconds: u32,
    },
    /// This machine read too slowly.
    #[error("This machine fell behind; {messages} messages were left.")]
    FellBehind {
        /// How many messages were left.
        messages: u32,
    },
    /// What the console still has to do for a gateway leaves no room for more.
    #[error("The console is busy with this gateway, and has left this undone.")]
    ConsoleBusy,
    /// The gateway has sent what cannot be read.
    #[error("The gateway sent a {event} that this console cannot read: {error}.")]
    UnreadableMessage {
        /// Which event.
        event: String,
        /// What is wrong with it.
        error: String,
    },
    /// The gateway does not let this token in.
    #[error("The gateway does not accept the sign-in any more.")]
    InvalidCredentials,
    /// Likewise.
    #[error("The account is disabled.")]
    AccountDisabled,
    /// Likewise.
    #[error("The account has no role here.")]
    NotPermitted,
    /// Likewise.
    #[error("The account or this address is banned.")]
    Banned,
    /// Likewise, for now.
    #[error("The account has too many connections open.")]
    ConnectionLimit,
    /// Likewise, for now.
    #[error("The gateway is busy.")]
    ServerBusy,
    /// The gateway’s program is not beside the console.
    #[error("{program} is not beside the console, and {variable} names no other.")]
    ProgramMissing {
        /// What it is called.
        program: String,
        /// Which environment variable could name another.
        variable: String,
    },
    /// It is not where the environment says.
    #[error("{path} is not there.")]
    ProgramNotThere {
        /// Where that is.
        path: String,
    },
    /// It is there and cannot be started.
    #[error("{path} cannot be started: {error}.")]
    CannotStart {
        /// Where.
        path: String,
        /// What the system says.
        error: String,
    },
    /// A gateway that is not ours lives in the data folder.
    #[error(
        "A gateway that this console cannot prove to be its own runs on {address} in process {pid}. End that process, or choose another folder."
    )]
    StrangerRuns {
        /// Where it listens.
        address: String,
        /// Its process.
        pid: u32,
    },
    /// The data folder could not be made.
    #[error("{path} cannot be made: {error}.")]
    FolderNotMade {
        /// Which.
        path: String,
        /// What the system says.
        error: String,
    },
    /// The gateway’s log could not be opened.
    #[error("The gateway’s log in {path} cannot be written: {error}.")]
    NoLog {
        /// In which folder.
        path: String,
        /// What the system says.
        error: String,
    },
    /// The gateway did not say that it is ready.
    #[error("The gateway was not ready within {seconds} s.")]
    NotReady {
        /// Within how long.
        seconds: u32,
    },
    /// Its end was asked for before.
    #[error("The gateway was stopped before it was ready.")]
    StoppedTooSoon,
    /// Nor does it end.
    #[error("The gateway said nothing and does not end.")]
    SaysNothing,
    /// It ended over its configuration.
    #[error("The gateway’s configuration is wrong.")]
    WrongConfiguration,
    /// It ended over its port.
    #[error("Port {port} is taken by another program.")]
    PortTaken {
        /// Which.
        port: u16,
    },
    /// It ended over its store.
    #[error("The gateway’s database is damaged.")]
    StoreDamaged,
    /// The gateway’s process has ended without a word.
    #[error("The gateway ended: {status}.")]
    Ended {
        /// How, as the system says.
        status: String,
    },
    /// Likewise, and nobody knows how.
    #[error("The gateway was ended from outside.")]
    EndedFromOutside,
    /// The system has no place for the console’s files.
    #[error("This system names no folder for the console’s files: {error}.")]
    NoFolder {
        /// What the desktop says.
        error: String,
    },
    /// A file of the console is damaged.
    #[error("The console cannot read its files: {error}. Mend or move the file away, then start the console again.")]
    FilesUnreadable {
        /// Which, and where.
        error: String,
    },
    /// The console ends.
    #[error("The console is closing.")]
    Closing,
    /// There is no keychain.
    #[error("This system has no keychain that can be used: {error}. Until there is one, you sign in once a session.")]
    KeychainMissing {
        /// What the system says.
        error: String,
    },
    /// It is locked, or refused.
    #[error("The keychain refused: {error}. Until it is unlocked, nothing that it keeps can be used.")]
    KeychainRefused {
        /// What it says.
        error: String,
    },
    /// It does not answer.
    #[error("The keychain did not answer within {seconds} s. Until it does, nothing that it keeps can be used.")]
    KeychainSilent {
        /// Within how long it did not.
        seconds: u32,
    },
}

impl Reason {
    /// In somebody else's words.
    pub fn said(text: impl Into<String>) -> Self {
        Self::Said { text: text.into() }
    }
}
