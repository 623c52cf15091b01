//! The facade: everything that the shell and, through it, the page can ask for.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;
use signalbox_protocol::ipc::{Call, Failure, FailureCode, ViewId, ViewQuery, ViewUpdate};
use tokio::sync::mpsc;

use crate::document::DocumentError;
use crate::failure::failure;
use crate::notices::Event;
use crate::paths::Paths;
use crate::preferences::PreferencesFile;
use crate::profiles::Profiles;
use crate::secrets::Secrets;

/// Notices that wait for the shell; they are coalesced before, so that more than this means that nobody listens.
const NOTICES: usize = 64;

/// What a console is made of.
pub struct ConsoleOptions {
    /// Where its files are.
    pub paths: Paths,
    /// Where its secrets are.
    pub secrets: Secrets,
}

/// The console. Clones share it.
#[derive(Clone)]
pub struct Console(Arc<Inner>);

struct Inner {
    profiles: Mutex<Profiles>,
    preferences: Mutex<PreferencesFile>,
    events: Mutex<Option<mpsc::Receiver<Event>>>,
}

impl Console {
    /// Reads the saved gateways and the preferences. It must be called inside a tokio runtime, which runs the console's
    /// tasks until [`Console::close`].
    ///
    /// # Errors
    /// Where a file is damaged (the error names file and line; it is left as it is) or cannot be read.
    pub fn new(options: ConsoleOptions) -> Result<Self, DocumentError> {
        let (_notices, events) = mpsc::channel(NOTICES);
        Ok(Self(Arc::new(Inner {
            profiles: Mutex::new(Profiles::open(options.paths.profiles())?),
            preferences: Mutex::new(PreferencesFile::open(options.paths.preferences())?),
            events: Mutex::new(Some(events)),
        })))
    }

    /// Answers a call of the page.
    ///
    /// # Errors
    /// What the page shows: a code, what happened, and what to do.
    pub async fn call(&self, call: Call) -> Result<Value, Failure> {
        match call {
            Call::SavePreferences(preferences) => {
                let saved = self.0.preferences.lock().save(preferences);
                saved.map_err(|error| failure(FailureCode::Internal, error.to_string()))?;
                Ok(Value::Null)
            }
            other => Err(failure(FailureCode::Internal, format!("{} is not there yet.", other.name()))),
        }
    }

    /// Opens a view under the page's number for it; one that has the number already is replaced. The sink gets the
    /// whole view at once and then what changes, in order, on the console's tasks: it must not block.
    ///
    /// # Errors
    /// Where the query names a gateway that is not there.
    pub fn open_view(
        &self,
        _id: ViewId,
        _query: ViewQuery,
        _sink: impl Fn(ViewUpdate) + Send + Sync + 'static,
    ) -> Result<(), Failure> {
        let _ = self.0.profiles.lock().all();
        Ok(())
    }

    /// What deserves a native notification, already coalesced and allowed by the preferences. There is one receiver;
    /// it is given once.
    pub fn events(&self) -> Option<mpsc::Receiver<Event>> {
        self.0.events.lock().take()
    }

    /// Ends the links and the local gateway, and waits for them: 12 s at most.
    pub async fn close(&self) {}
}
