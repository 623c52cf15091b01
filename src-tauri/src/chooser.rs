//! The system's own dialog that asks where a file is to be.
//!
//! The page cannot reach it, and this must never know what is written there.

use std::path::PathBuf;

use rfd::AsyncFileDialog;
use signalbox_protocol::ipc::ExportFormat;
use tauri::{AppHandle, Manager, Runtime};
use tokio::sync::oneshot;

use crate::window::MAIN;

/// Asks, and gives the answer once there is one. A dialog that cannot be opened gives none.
pub fn ask<R: Runtime>(
    app: &AppHandle<R>,
    name: String,
    format: ExportFormat,
    answer: oneshot::Sender<Option<PathBuf>>,
) {
    let here = app.clone();
    // macOS opens dialogs on the main thread only.
    let opened = app.run_on_main_thread(move || {
        let ending = format.ending();
        let mut dialog = AsyncFileDialog::new().set_file_name(name).add_filter(ending.to_uppercase(), &[ending]);
        if let Ok(folder) = here.path().document_dir() {
            dialog = dialog.set_directory(folder);
        }
        if let Some(window) = here.get_webview_window(MAIN) {
            dialog = dialog.set_parent(&window);
        }
        let chosen = dialog.save_file();
        tauri::async_runtime::spawn(async move {
            // Whoever asked may have gone.
            let _ = answer.send(chosen.await.map(|file| file.path().to_owned()));
        });
    });
    if let Err(error) = opened {
        tracing::warn!(%error, "the dialog for a file cannot be opened");
    }
}
