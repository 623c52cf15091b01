//! The page's way to the core: the two commands, and nothing else.
//!
//! It must never know what a call means. Only the theme is read on its way through, since the window's frame wears it.

use serde_json::Value;
use signalbox_protocol::ipc::{Call, Failure, ViewId, ViewQuery, ViewUpdate};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use crate::core::Core;
use crate::window;

/// Answers a call of the page.
///
/// # Errors
/// What the page shows: a code, what happened, and what to do.
#[tauri::command]
pub async fn call(app: AppHandle, core: State<'_, Core>, call: Call) -> Result<Value, Failure> {
    let theme = match &call {
        Call::SavePreferences(preferences) => Some(preferences.theme),
        _ => None,
    };
    let answer = core.console()?.call(call).await?;
    if let Some(theme) = theme
        && let Err(error) = window::dress(&app, theme)
    {
        tracing::warn!(%error, "the window keeps its theme");
    }
    Ok(answer)
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
