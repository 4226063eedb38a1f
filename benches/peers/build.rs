//! Builds the C shims of the rivals whose features are on, and notes the compiler for the output's first lines.

use std::{env, process::Command};

fn main() {
    note_compiler();
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "ipsec-mb")]
    c_rival("ipsec_mb", "IPSec_MB");
}

/// Compiles `src/rival_<name>.c` and links the library `lib` after it.
#[cfg(feature = "ipsec-mb")]
fn c_rival(name: &str, lib: &str) {
    let file = format!("src/rival_{name}.c");
    println!("cargo::rerun-if-changed={file}");
    cc::Build::new().file(&file).warnings(true).compile(&format!("peers_{name}"));
    println!("cargo::rustc-link-lib={lib}");
}

fn note_compiler() {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = version.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default().replace('\x1f', " ");
    let compiler = version.unwrap_or_else(|_| "unknown compiler".to_owned());
    let space = if flags.is_empty() { "" } else { " " };
    println!("cargo::rustc-env=PEERS_COMPILER={compiler}{space}{flags}");
}
