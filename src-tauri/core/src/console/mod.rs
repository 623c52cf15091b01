//! The facade: everything that the shell and, through it, the page can ask for.
//!
//! Owns the saved gateways and the watches on them. It must never know what a watch has seen beyond what the frame shows.

mod bell;
mod board;
mod calls;
mod departure;
mod desk;
mod local_gateway;
mod saved;
mod sign_in;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use signalbox_protocol::ipc::{Failure, Preferences, ProfileId, Status, ViewId, ViewQuery, ViewUpdate, Wish};
use tokio::sync::{Notify, OnceCell, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::api::Api;
use crate::credentials::{AccessToken, Credentials, LocalSecret, Renewal};
use crate::desktop::Order;
use crate::document::DocumentError;
use crate::endpoint::Endpoint;
use crate::failure::no_such_profile;
use crate::link::Pace;
use crate::local::{self, Local, Prospect};
use crate::notices;
use crate::paths::Paths;
use crate::preferences::PreferencesFile;
use crate::profiles::{LOCAL, Left, Profile, Profiles};
use crate::secrets::Secrets;
use crate::watch::{Occasion, Sink, Surroundings, Watch};
use board::Board;
use desk::{Desk, Errand};

/// Notices that wait to be coalesced: as many as the alerts that one snapshot can bring, and some more.
const NOTICES: usize = 256;
/// Links say goodbye within a moment; one that hangs is not waited for.
const FAREWELL: Duration = Duration::from_secs(3);
/// Orders that wait for the shell; notices among them are coalesced before, so that more means that nobody listens.
const ORDERS: usize = 64;

/// What a console is made of.
pub struct ConsoleOptions {
    /// Where its files are.
    pub paths: Paths,
    /// Where its secrets are.
    pub secrets: Secrets,
}

/// Why there can be no console.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file is damaged or cannot be read; it is left as it is.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The system's TLS library does not work.
    #[error("{0}")]
    Tls(String),
}

/// The console. Clones share it.
#[derive(Clone)]
pub struct Console(Arc<Inner>);

struct Inner {
    api: Api,
    secrets: Secrets,
    local: Local,
    local_folder: PathBuf,
    local_secret: OnceCell<LocalSecret>,
    pace: Pace,
    profiles: Mutex<Profiles>,
    preferences: Mutex<PreferencesFile>,
    posts: Mutex<HashMap<ProfileId, Post>>,
    views: Mutex<HashMap<ViewId, Home>>,
    board: Board,
    /// Poked when something that the frame shows has changed.
    changed: Arc<Notify>,
    notices: mpsc::Sender<notices::Event>,
    desk: Desk,
    closing: CancellationToken,
}

/// What belongs to a saved gateway.
#[derive(Clone)]
struct Post {
    watch: Watch,
    renewal: Renewal,
    /// The token that an administrator gave for this session.
    given: Option<AccessToken>,
}

/// Who keeps a view.
#[derive(Clone)]
enum Home {
    Board,
    Watch {
        profile: ProfileId,
        sink: Sink,
    },
    /// A task that shows what the console itself has to tell.
    Task(#[expect(dead_code, reason = "held, so that it goes on")] Arc<Errand>),
}

impl Console {
    /// Reads the saved gateways and the preferences, and opens the links that were open when the console was last there.
    /// It must be called inside a tokio runtime, which runs the console's
    /// tasks until [`Console::close`].
    ///
    /// # Errors
    /// Where a file is damaged (the error names file and line; it is left as it is) or cannot be read.
    pub fn new(options: ConsoleOptions) -> Result<Self, StartError> {
        Self::assemble(options, local::find_program(), Pace::default())
    }

    fn assemble(options: ConsoleOptions, program: Option<PathBuf>, pace: Pace) -> Result<Self, StartError> {
        let ConsoleOptions { paths, secrets } = options;
        let profiles = Profiles::open(paths.profiles())?;
        let preferences = PreferencesFile::open(paths.preferences())?;
        let api = Api::new().map_err(|failure| StartError::Tls(failure.reason.to_string()))?;
        let changed = Arc::new(Notify::new());
        let (notices, rung) = mpsc::channel(NOTICES);
        let (orders, inbox) = mpsc::channel(ORDERS);
        let begins = preferences.current().local.start_with_console || preferences.current().local.leave_running;
        let prospect = if begins { Prospect::Starts } else { Prospect::Waits };
        let surroundings = local::Surroundings {
            api: api.clone(),
            changed: Arc::clone(&changed),
            place: paths.local_place(),
            notices: notices.clone(),
        };
        let console = Self(Arc::new(Inner {
            api,
            secrets,
            local: Local::new(program, surroundings, prospect),
            pace,
            profiles: Mutex::new(profiles),
            preferences: Mutex::new(preferences),
            posts: Mutex::default(),
            views: Mutex::default(),
            board: Board::default(),
            changed,
            notices,
            desk: Desk::new(orders.clone(), inbox),
            local_folder: paths.local_gateway(),
            local_secret: OnceCell::new(),
            closing: CancellationToken::new(),
        }));
        let saved: Vec<Profile> = console.0.profiles.lock().all().to_vec();
        saved.iter().for_each(|profile| console.man(profile));
        let again = saved.iter().filter(|profile| profile.left == Left::Open && !profile.is_local());
        let again = again.filter_map(|profile| Some((profile.endpoint(), console.post(&profile.id).ok()?))).collect();
        let board = board::run(Arc::downgrade(&console.0), console.0.closing.clone());
        tokio::spawn(async move {
            // The first thing that the frame is shown must be where one was.
            reopen(again).await;
            board.await;
        });
        tokio::spawn(bell::run(Arc::downgrade(&console.0), rung, orders));
        let begun = console.clone();
        tokio::spawn(async move { begun.begin_local().await });
        Ok(console)
    }

    /// Opens a view under the page's number for it; one that has the number already is replaced. The sink gets the
    /// whole view at once and then what changes, in order, on the console's tasks: it must not block.
    ///
    /// # Errors
    /// Where the query names a gateway that is not there.
    pub fn open_view(
        &self,
        id: ViewId,
        query: ViewQuery,
        sink: impl Fn(ViewUpdate) + Send + Sync + 'static,
    ) -> Result<(), Failure> {
        self.house(id, query, Arc::new(sink))
    }

    /// How the console looks and behaves now.
    pub fn preferences(&self) -> Preferences {
        self.0.preferences.lock().current().clone()
    }

    /// What the desktop is asked to do. There is one receiver; it is given once.
    pub fn orders(&self) -> Option<mpsc::Receiver<Order>> {
        self.0.desk.orders()
    }

    /// The frame's state, for a desktop that shows how everything is; `None` before the first.
    pub fn status(&self) -> watch::Receiver<Option<Status>> {
        self.0.board.follow()
    }

    /// Asks the page for something; one that is not there yet finds it when it comes.
    pub fn wish(&self, wish: Wish) {
        self.0.desk.wish(wish);
    }

    /// Ends the links and the local gateway, unless that is to be left running, and waits for them: 15 s at most.
    pub async fn close(&self) {
        self.0.closing.cancel();
        let posts: Vec<Post> = self.0.posts.lock().drain().map(|(_, post)| post).collect();
        let links = posts.iter().map(|post| post.watch.close());
        if tokio::time::timeout(FAREWELL, futures_util::future::join_all(links)).await.is_err() {
            tracing::warn!("some links did not end in time");
        }
        let sign_ins = futures_util::future::join_all(posts.iter().map(|post| post.renewal.settle()));
        tokio::join!(sign_ins, self.0.local.leave(self.stay()));
    }

    /// Begins a watch on a saved gateway.
    fn man(&self, profile: &Profile) {
        let surroundings = Surroundings {
            profile: profile.id.clone(),
            name: profile.name.clone(),
            changed: Arc::clone(&self.0.changed),
            notices: self.0.notices.clone(),
            pace: self.0.pace,
        };
        let renewal = Renewal::new(self.0.api.clone(), self.0.secrets.clone(), profile.id.0.clone());
        let post = Post { watch: Watch::begin(surroundings), renewal, given: None };
        self.0.posts.lock().insert(profile.id.clone(), post);
        self.0.changed.notify_one();
    }

    /// Notes how a link is left. The local gateway's is not: it is started by a person, and linked to by that.
    /// What cannot be noted costs a click at the next start, and is no reason not to open a link now.
    fn leave(&self, profile: &ProfileId, left: Left) {
        if profile.0 == LOCAL {
            return;
        }
        if let Err(error) = self.0.profiles.lock().leave(profile, left) {
            tracing::warn!(%error, "how the link is left could not be noted");
        }
    }

    fn post(&self, profile: &ProfileId) -> Result<Post, Failure> {
        self.0.posts.lock().get(profile).cloned().ok_or_else(no_such_profile)
    }

    fn profile(&self, id: &ProfileId) -> Result<Profile, Failure> {
        self.0.profiles.lock().get(id).cloned().ok_or_else(no_such_profile)
    }

    fn house(&self, id: ViewId, query: ViewQuery, sink: Sink) -> Result<(), Failure> {
        let home = match profile_of(&query) {
            None if query == ViewQuery::Status => {
                self.0.board.open(id, Arc::clone(&sink));
                self.0.changed.notify_one();
                Home::Board
            }
            None if query == ViewQuery::LocalLog => Home::Task(Arc::new(Errand::log(self.0.local.log(), sink))),
            None => Home::Task(Arc::new(self.0.desk.show(sink))),
            Some(profile) => {
                let watch = self.post(profile)?.watch;
                if let ViewQuery::Export(query) = query {
                    let name = self.profile(&query.profile)?.name;
                    Home::Task(Arc::new(self.0.desk.export(query, name, watch, sink)))
                } else {
                    watch.open_view(id, query.clone(), Arc::clone(&sink))?;
                    Home::Watch { profile: profile.clone(), sink }
                }
            }
        };
        let before = self.0.views.lock().insert(id, home.clone());
        self.move_out(id, before, &home);
        Ok(())
    }

    /// Takes a view from the home that it had, unless it still lives there.
    fn move_out(&self, id: ViewId, before: Option<Home>, now: &Home) {
        match (before, now) {
            (Some(Home::Board), Home::Watch { .. } | Home::Task(_)) => self.0.board.close(id),
            (Some(Home::Watch { profile: before, .. }), Home::Watch { profile, .. }) if before == *profile => {}
            (Some(Home::Watch { profile, .. }), _) => {
                if let Ok(post) = self.post(&profile) {
                    tokio::spawn(async move { post.watch.close_view(id).await });
                }
            }
            // A task ends with the last who holds it.
            (Some(Home::Board | Home::Task(_)) | None, _) => {}
        }
    }

    /// Shows something else in a view, wherever it lives or has to move.
    fn change_view(&self, id: ViewId, query: ViewQuery) -> Result<(), Failure> {
        let home = self.0.views.lock().get(&id).cloned();
        match (home, profile_of(&query)) {
            // The page has closed it meanwhile.
            (None, _) => Ok(()),
            (Some(Home::Watch { profile, .. }), Some(wanted)) if profile == *wanted => {
                self.post(&profile)?.watch.change_view(id, query)
            }
            (Some(Home::Watch { sink, .. }), _) => self.house(id, query, sink),
            (Some(Home::Board | Home::Task(_)), _) => Ok(()),
        }
    }

    async fn close_view(&self, id: ViewId) {
        let home = self.0.views.lock().remove(&id);
        match home {
            Some(Home::Board) => self.0.board.close(id),
            Some(Home::Watch { profile, .. }) => {
                if let Ok(post) = self.post(&profile) {
                    post.watch.close_view(id).await;
                }
            }
            Some(Home::Task(_)) | None => {}
        }
    }
}

/// Opens links with the refresh tokens that are kept; where there is none, a link says that nobody is signed in.
async fn reopen(links: Vec<(Endpoint, Post)>) {
    for (endpoint, post) in links {
        post.watch.open(endpoint, Credentials::Refresh(post.renewal), Occasion::Start).await;
    }
}

fn profile_of(query: &ViewQuery) -> Option<&ProfileId> {
    match query {
        ViewQuery::Status | ViewQuery::Desktop | ViewQuery::LocalLog => None,
        ViewQuery::People(query) => Some(&query.profile),
        ViewQuery::Person(query) => Some(&query.profile),
        ViewQuery::Rooms(query) => Some(&query.profile),
        ViewQuery::Room(query) => Some(&query.profile),
        ViewQuery::Limits(query) => Some(&query.profile),
        ViewQuery::Trace(query) => Some(&query.profile),
        ViewQuery::Export(query) => Some(&query.profile),
        ViewQuery::Overview(query) | ViewQuery::Notifications(query) | ViewQuery::Records(query) => {
            Some(&query.profile)
        }
    }
}
