//! The name of the CPU.

use std::{fs, process::Command};

/// As the system tells it, or "unknown".
pub(crate) fn name() -> String {
    let name = linux().or_else(macos).unwrap_or_default();
    // Some are padded with blanks.
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "unknown".to_owned() } else { name }
}

/// `/proc/cpuinfo`; where it has no name (most of aarch64), the numbers of maker and part.
fn linux() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let field = |wanted: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim())
    };
    let part =
        || Some(format!("implementer {}, part {}", field("CPU implementer")?, field("CPU part")?));
    field("model name").map(str::to_owned).or_else(part)
}

fn macos() -> Option<String> {
    let sysctl = Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]).output().ok()?;
    String::from_utf8(sysctl.stdout).ok()
}
