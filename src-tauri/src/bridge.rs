//! The page's way to the core: the two commands, and nothing else.
//!
//! It must never know what a call means.

use serde_json::Value;
use signalbox_protocol::ipc::{Call, Failure, ViewId, ViewQuery, ViewUpdate};
use tauri::State;
use tauri::ipc::Channel;

use crate::core::Core;

/// Answers a call of the page.
///
/// # Errors
/// What the page shows: a code, what happened, and what to do.
#[tauri::command]
pub async fn call(core: State<'_, Core>, call: Call) -> Result<Value, Failure> {
    core.console()?.call(call).await
}

/// Opens a view and sends its updates on the channel, in order, until the page closes it.
///
/// Asynchronous although nothing is awaited: the core starts tasks, and tauri runs only such commands on its runtime.
///
/// # Errors
/// Where the query names a gateway that is not there.
#[tauri::command]
pub async fn open_view(
    core: State<'_, Core>,
    id: ViewId,
    query: ViewQuery,
    channel: Channel<ViewUpdate>,
) -> Result<(), Failure> {
    core.console()?.open_view(id, query, move |update| {
        // It fails only once the page is gone, and the view with it.
        if let Err(error) = channel.send(update) {
            tracing::debug!(view = id.0, %error, "nobody sees this view any more");
        }
    })
}
