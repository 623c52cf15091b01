//! The migrations are embedded by a macro, which alone would not notice a new file.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
