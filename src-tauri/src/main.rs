//! The console's executable. Everything is in the library, so that it can be read and tested without a `main`.

// A release build on Windows opens no terminal beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    signalbox_console::run()
}
