//! shangmi and its rivals, run in turn in one process: see README.md.

#[cfg(any(feature = "botan", feature = "cryptopp", feature = "openssl"))]
mod foreign;
#[cfg(any(feature = "botan", feature = "openssl"))]
mod foreign_sm2;
mod input;
mod measure;
mod operation;
mod ours_sm2;
mod ours_sm3;
mod ours_sm4;
mod ours_zuc;
mod ours_zuc_batch;
mod print;
#[cfg(feature = "botan")]
mod rival_botan;
#[cfg(feature = "cryptopp")]
mod rival_cryptopp;
#[cfg(feature = "ipsec-mb")]
mod rival_ipsec_mb;
#[cfg(feature = "libgcrypt")]
mod rival_libgcrypt;
mod rival_libsm;
#[cfg(feature = "openssl")]
mod rival_openssl;
mod rival_rustcrypto;
mod rival_rustcrypto_sm2;
mod rival_zuc;
mod rivals;
mod shared_sm2;
mod table;
mod traits;

use clap::{CommandFactory, Parser, error::ErrorKind};
use measure::{Plan, measure, stay_on_this_core};
use operation::{Backends, Operation, Task};
use print::{Line, Printer};
use std::{io, process::ExitCode};
use table::OPERATIONS;

/// Measures shangmi and its rivals in turn, and prints one line a measurement.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Options {
    /// Only this operation, or all whose names begin so (`zuc`); may be repeated
    #[arg(long, value_name = "OPERATION")]
    only: Vec<String>,
    /// One JSON document instead of lines
    #[arg(long)]
    json: bool,
    /// How many rounds; below 7 the figures are no measurement
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rounds: u32,
    /// The least CPU time of each contender in a round
    #[arg(long, value_name = "S", default_value_t = 0.2, hide = true, value_parser = seconds)]
    seconds: f64,
    /// Our backend for one stream; without this the fastest, which users get
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,
    /// Our backend for many streams; only the batches have one, so only they are measured
    #[arg(long, value_name = "NAME")]
    lanes: Option<String>,
    /// All our backends, in the same rounds: a line for each with each rival
    #[arg(long, conflicts_with_all = ["backend", "lanes"])]
    all: bool,
    /// Only this size; may be repeated
    #[arg(long, value_name = "N")]
    bytes: Vec<usize>,
    /// Prints the operations with their sizes, rivals and backends, and measures nothing
    #[arg(long)]
    list: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if seconds > 0.0 && seconds <= 60.0 => Ok(seconds),
        _ => Err("must be a number over 0 and at most 60".to_owned()),
    }
}

/// An operation with our backends for it.
type Chosen = (&'static Operation, Vec<Backends>);

fn main() -> ExitCode {
    let options = Options::parse();
    let chosen = match choose(&options) {
        Ok(chosen) => chosen,
        // Exits with 2, as clap's own refusals.
        Err(message) => Options::command().error(ErrorKind::InvalidValue, message).exit(),
    };
    let done = if options.list { print::list(&chosen) } else { run(&options, &chosen) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads has enough, as `| head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The operations that `--only` names, as far as they have the backends of `--backend` and `--lanes`.
fn choose(options: &Options) -> Result<Vec<Chosen>, String> {
    for only in &options.only {
        if !OPERATIONS.iter().any(|operation| names(only, operation)) {
            return Err(format!(
                "no operation is called '{only}' or begins so; --list prints them"
            ));
        }
    }
    let wanted = |operation: &&Operation| {
        options.only.is_empty() || options.only.iter().any(|only| names(only, operation))
    };
    let operations: Vec<_> = OPERATIONS.iter().filter(wanted).collect();
    let chosen = operations.iter().map(|operation| (*operation, backends(options, operation)));
    let chosen: Vec<_> = chosen.filter(|(_, backends)| !backends.is_empty()).collect();
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let known = |of: fn(&Operation) -> Vec<&'static str>| {
        let mut known: Vec<_> = operations.iter().flat_map(|operation| of(operation)).collect();
        known.sort_unstable();
        known.dedup();
        if known.is_empty() { "none".to_owned() } else { known.join(", ") }
    };
    Err(format!(
        "nothing to measure: no operation has these backends here; for one stream there are: {}; for many: {}",
        known(|operation| (operation.backends)()),
        known(|operation| (operation.lanes)()),
    ))
}

/// The backends that the options choose for `operation`; none if it does not have them.
fn backends(options: &Options, operation: &Operation) -> Vec<Backends> {
    let (one, lanes) = ((operation.backends)(), (operation.lanes)());
    if options.all {
        return all_backends(&one, &lanes);
    }
    let find = |names: Vec<&'static str>, wanted: &Option<String>| match wanted {
        None => names.first().copied(),
        Some(wanted) => names.into_iter().find(|name| name == wanted),
    };
    let lanes = find(lanes, &options.lanes);
    if options.lanes.is_some() && lanes.is_none() {
        return Vec::new();
    }
    find(one, &options.backend).map(|one| Backends { one, lanes }).into_iter().collect()
}

/// Each of them; with one for many streams that of the same name for one stream, or of the next that has one.
fn all_backends(one: &[&'static str], lanes: &[&'static str]) -> Vec<Backends> {
    if lanes.is_empty() {
        return one.iter().map(|&one| Backends { one, lanes: None }).collect();
    }
    let pair = |(i, &first): (usize, &&'static str)| {
        let one = lanes[i..].iter().find(|name| one.contains(name))?;
        Some(Backends { one, lanes: Some(first) })
    };
    lanes.iter().enumerate().filter_map(pair).collect()
}

/// Whether `only` means `operation`: an operation's whole name means that one alone.
fn names(only: &str, operation: &Operation) -> bool {
    let whole = OPERATIONS.iter().any(|operation| operation.name == only);
    if whole { operation.name == only } else { operation.name.starts_with(only) }
}

fn run(options: &Options, chosen: &[Chosen]) -> io::Result<()> {
    stay_on_this_core();
    let plan = Plan { rounds: options.rounds, seconds: options.seconds };
    let mut printer = Printer::start(options.json, &plan)?;
    for (operation, backends) in chosen {
        for backends in backends {
            printer.comment(&format!("{}: ours is {backends}", operation.name))?;
        }
        let wanted = |bytes: &usize| options.bytes.is_empty() || options.bytes.contains(bytes);
        for bytes in operation.all_sizes().into_iter().filter(wanted) {
            for line in lines(operation, backends, bytes, &plan).map_err(io::Error::other)? {
                printer.line(&line)?;
            }
        }
    }
    printer.finish()
}

/// Checks and measures one operation at one size: a line for each of our backends and each rival that is there.
fn lines(
    operation: &'static Operation,
    backends: &[Backends],
    bytes: usize,
    plan: &Plan,
) -> Result<Vec<Line>, String> {
    let ours = backends.iter().map(|&backends| (operation.ours)(backends, bytes));
    let mut tasks: Vec<_> = ours.collect::<Option<_>>().ok_or("our backend is gone")?;
    let mut names: Vec<_> = backends.iter().map(Backends::field).collect();
    let rivals = operation.rivals().filter(|rival| rival.sizes.contains(&bytes));
    let mut rival_names = Vec::new();
    for rival in rivals {
        if let Some(task) = (rival.start)(bytes) {
            tasks.push(task);
            names.push(rival.name.to_owned());
            rival_names.push(rival.name);
        }
    }
    check(&mut tasks, &names)
        .map_err(|message| format!("{} at {bytes} bytes: {message}", operation.name))?;
    let figures = measure(&mut tasks, plan);
    let (ours, rivals) = figures.split_at(backends.len());
    let mut lines = Vec::new();
    for (&backends, ours) in backends.iter().zip(ours) {
        let line = |rival| Line::new(operation, backends, bytes, ours, rival);
        if rivals.is_empty() {
            lines.push(line(None));
        }
        lines.extend(rival_names.iter().copied().zip(rivals).map(|rival| line(Some(rival))));
    }
    Ok(lines)
}

/// Runs each task twice, the second time on what the first left: every output must be that of the first task.
fn check(tasks: &mut [Task], names: &[String]) -> Result<(), String> {
    for _ in 0..2 {
        for task in &mut *tasks {
            task.run(1);
        }
        let Some(ours) = tasks.first() else {
            return Ok(());
        };
        for (task, name) in tasks.iter().zip(names) {
            if let Some(fault) = task.fault(ours) {
                return Err(format!("the output of {name} {fault}"));
            }
        }
    }
    Ok(())
}
