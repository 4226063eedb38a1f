//! shangmi and its rivals, run in turn in one process: see README.md.

mod input;
mod measure;
mod operation;
mod ours_sm2;
mod ours_sm3;
mod ours_sm4;
mod ours_zuc;
mod ours_zuc_batch;
mod print;
#[cfg(feature = "ipsec-mb")]
mod rival_ipsec_mb;
#[cfg(feature = "libgcrypt")]
mod rival_libgcrypt;
mod rival_rustcrypto;
mod rival_rustcrypto_sm2;
mod rival_zuc;
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
type Chosen = (&'static Operation, Backends);

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
    let chosen: Vec<_> = operations
        .iter()
        .filter_map(|operation| Some((*operation, backends(options, operation)?)))
        .collect();
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

/// The backends that the options choose for `operation`; `None` if it does not have them.
fn backends(options: &Options, operation: &Operation) -> Option<Backends> {
    let find = |names: Vec<&'static str>, wanted: &Option<String>| match wanted {
        None => names.first().copied(),
        Some(wanted) => names.into_iter().find(|name| name == wanted),
    };
    let lanes = find((operation.lanes)(), &options.lanes);
    if options.lanes.is_some() && lanes.is_none() {
        return None;
    }
    Some(Backends { one: find((operation.backends)(), &options.backend)?, lanes })
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
    for &(operation, backends) in chosen {
        printer.comment(&format!("{}: ours is {backends}", operation.name))?;
        for bytes in operation.all_sizes() {
            for line in lines(operation, backends, bytes, &plan).map_err(io::Error::other)? {
                printer.line(&line)?;
            }
        }
    }
    printer.finish()
}

/// Checks and measures one operation at one size: a line for each rival that is there.
fn lines(
    operation: &'static Operation,
    backends: Backends,
    bytes: usize,
    plan: &Plan,
) -> Result<Vec<Line>, String> {
    let ours = (operation.ours)(backends, bytes).ok_or("our backend is gone")?;
    let (mut tasks, mut names) = (vec![ours], Vec::new());
    for rival in operation.rivals().filter(|rival| rival.sizes.contains(&bytes)) {
        if let Some(task) = (rival.start)(bytes) {
            tasks.push(task);
            names.push(rival.name);
        }
    }
    check(&mut tasks, &names)
        .map_err(|message| format!("{} at {bytes} bytes: {message}", operation.name))?;
    let figures = measure(&mut tasks, plan);
    let line = |rival| Line::new(operation, backends, bytes, &figures[0], rival);
    if names.is_empty() {
        return Ok(vec![line(None)]);
    }
    Ok(names.into_iter().zip(&figures[1..]).map(|rival| line(Some(rival))).collect())
}

/// Runs each task once: every output must be that of the first, which is ours.
fn check(tasks: &mut [Task], names: &[&str]) -> Result<(), String> {
    for task in &mut *tasks {
        task.run(1);
    }
    let [ours, rivals @ ..] = tasks else {
        return Ok(());
    };
    for (rival, name) in rivals.iter().zip(names) {
        let differs = ours.output().iter().zip(rival.output()).position(|(a, b)| a != b);
        if let Some(at) = differs {
            return Err(format!("our output and that of {name} differ, first in byte {at}"));
        }
        if ours.output().len() != rival.output().len() {
            return Err(format!("our output and that of {name} differ in length"));
        }
    }
    Ok(())
}
