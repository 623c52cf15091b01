//! Embeds the configuration, the capabilities and the built page.
//!
//! It runs at the repository's top, where the app's `Cargo.toml` and `tauri.conf.json` are.

use tauri_build::Attributes;

const PAGE: &str = "ui/dist";
const CAPABILITIES: &str = "src-tauri/capabilities";

fn main() {
    // The page is embedded at compile time. Whoever only checks or lints the Rust has not built it, and need not:
    // an empty folder compiles, and the window says that there is no page.
    if let Err(error) = std::fs::create_dir_all(PAGE) {
        println!("cargo:warning={PAGE} cannot be made: {error}");
    }
    println!("cargo:rerun-if-changed={PAGE}");
    println!("cargo:rerun-if-changed={CAPABILITIES}");
    println!("cargo:rerun-if-changed=src-tauri/icons");
    let attributes = Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:error={error:#}");
    }
}
