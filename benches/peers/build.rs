//! Builds the C shims of the rivals whose features are on, and notes the compiler for the output's first lines.

use std::{env, process::Command};

fn main() {
    note_compiler();
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "ipsec-mb")]
    shim("ipsec_mb.c", "IPSec_MB", &[]);
    #[cfg(feature = "openssl")]
    shim("openssl.c", "crypto", &[]);
    #[cfg(feature = "botan")]
    shim("botan.c", "botan-2", &["/usr/include/botan-2", "/usr/local/include/botan-2"]);
    #[cfg(feature = "cryptopp")]
    shim("cryptopp.cpp", "cryptopp", &[]);
}

/// Compiles `src/rival_<file>` and links the library `lib` after it.
#[cfg(feature = "cc")]
fn shim(file: &str, lib: &str, headers: &[&str]) {
    let source = format!("src/rival_{file}");
    println!("cargo::rerun-if-changed={source}");
    println!("cargo::rerun-if-changed=src/rival.h");
    let (name, language) = file.split_once('.').unwrap_or((file, "c"));
    let mut build = cc::Build::new();
    build.cpp(language == "cpp").includes(headers).file(source).warnings(true);
    build.compile(&format!("peers_{name}"));
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
