//! The report as one JSON document.

use crate::{Report, algorithms::Algorithm, cpu, speed::Figure, vectors};
use serde_json::{Value, json};

/// `wrong` is the message, if a backend computed a wrong value.
pub(crate) fn document(report: &Report, wrong: Option<&str>) -> String {
    let algorithms: Vec<_> = report.algorithms.iter().map(|a| algorithm(report, a)).collect();
    let document = json!({
        "crate": "shangmi",
        "version": env!("CARGO_PKG_VERSION"),
        "optimised": !cfg!(debug_assertions),
        "target": { "arch": std::env::consts::ARCH, "os": std::env::consts::OS },
        "cpu": {
            "name": cpu::name(),
            "instruction_sets": shangmi::__cpu::found().flat_map(str::split_whitespace).collect::<Vec<_>>(),
        },
        "algorithms": algorithms,
        "absent_files": report.absent,
        "cases": vectors::cases(&report.passed.iter()),
        "passed": wrong.is_none(),
        "wrong": wrong,
    });
    format!("{document:#}\n")
}

fn algorithm(report: &Report, algorithm: &Algorithm) -> Value {
    let passed = report.passed.iter().filter(|p| p.algorithm == algorithm.name);
    let passed = passed.map(
        |p| json!({ "file": p.file, "backend": p.backend, "batch": p.batch, "cases": p.cases }),
    );
    let figures = report.figures.iter().filter(|f| f.algorithm == algorithm.name);
    json!({
        "name": algorithm.name,
        "backends": algorithm.backends.iter().map(|b| b.name).collect::<Vec<_>>(),
        "chosen": algorithm.backends.first().map(|b| b.name),
        "lanes": algorithm.lanes.iter().map(|b| b.name).collect::<Vec<_>>(),
        "chosen_lanes": algorithm.lanes.first().map(|b| b.name),
        "vectors": passed.collect::<Vec<_>>(),
        "throughput": figures.map(figure).collect::<Vec<_>>(),
    })
}

/// The units are those of `benches/peers`.
fn figure(figure: &Figure) -> Value {
    let (unit, cycles) = match figure.bytes {
        0 => ("op/s", "cycles_per_operation"),
        _ => ("MB/s", "cycles_per_byte"),
    };
    let rounded = |x: f64| (x * 1000.0).round() / 1000.0;
    json!({
        "operation": figure.operation,
        "backend": figure.backend,
        "bytes": figure.bytes,
        "messages": figure.messages,
        "unit": unit,
        "rate": rounded(figure.rate()),
        cycles: rounded(figure.cycles()),
        "clock_ghz": rounded(figure.clock / 1e9),
    })
}
