//! The report: do all backends give the standards' values on this CPU, and how fast are they?
//!
//! `cargo run --release --example report -- --help`

#[path = "../../tests/common/mod.rs"]
mod common;

mod algorithms;
mod cpu;
#[cfg(feature = "drbg")]
mod drbg;
mod json;
mod screen;
#[cfg(feature = "sm2")]
mod sm2;
#[cfg(feature = "sm3")]
mod sm3;
#[cfg(feature = "sm4")]
mod sm4;
mod speed;
mod vectors;
#[cfg(feature = "zuc")]
mod zuc;

use algorithms::{Algorithm, algorithms};
use clap::{Parser, builder::PossibleValuesParser};
use screen::Screen;
use speed::Figure;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};
use vectors::Passed;

/// Runs the standards' vectors on every backend of shangmi that this CPU can
/// execute, then measures how fast each is
#[derive(Parser)]
#[command(name = "report", version, verbatim_doc_comment, after_long_help = AFTER)]
struct Options {
    /// Print one JSON document, and nothing else, on standard output
    #[arg(long)]
    json: bool,

    /// Report this algorithm only (may be repeated)
    #[arg(long, value_name = "ALGORITHM", value_parser = names())]
    only: Vec<String>,

    /// Run the vector files of DIR in place of the crate's own
    ///
    /// DIR is laid out as the crate's folder `vectors`: DIR/zuc/eea3.txt and
    /// so on, with the same fields. The files that are there are run and the
    /// others named as absent; at least one must be there. Any other `.txt`
    /// file in DIR or in a folder of DIR is an error, so that a misnamed one
    /// is not taken for one that passed. Files of other names are ignored.
    #[arg(long, value_name = "DIR", verbatim_doc_comment)]
    vectors: Option<PathBuf>,

    /// Run the vectors only, and measure nothing
    #[arg(long)]
    no_speed: bool,
}

const AFTER: &str = "\
What is measured:
  drbg/hash-drbg   random bytes of one request
  sm2/keygen       d and P = d G
  sm2/sign         a signature on e, the hash of Z_A and the message, with
                   random bytes in k
  sm2/verify       its verification
  sm2/verify-prepared
                   the same with a table of the public key
  sm2/sign-batch, verify-batch
                   64 with one key at once, its table included
  sm2/verify-keys  64 at once, each with a key of its own
  sm3/hash         a whole message
  sm3/hash-batch   64 messages at once
  sm4/ecb, ctr, cbc-enc, cbc-dec, xts, gcm, ccm, cmac
                   a whole message, the key expanded beforehand; encryption
                   but for cbc-dec, XTS as in GB/T 17964
  sm4/cbc-enc-batch
                   64 such messages at once
  zuc/keystream    keystream, after the set-up
  zuc/eea3, eia3, nea6, nia6, nca6, zuc256-mac
                   a whole message, its set-up included
  zuc/eea3-batch, eia3-batch
                   64 such messages at once, each with its own key
  zuc/init         the set-up and the first word of keystream
Tags are of 16 bytes, zuc256-mac is that of 2018.
MB/s are 10^6 bytes per second. Each figure is the best of several short
rounds; cycles are those of the clock found before and after that round by a
loop of dependent additions.

Exit status:
  0   all cases passed
  1   a backend computed a wrong value
  2   a bad option, a malformed or unknown vector file, or a report that could
      not be written to its end";

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(algorithms().into_iter().map(|algorithm| algorithm.name))
}

/// All that the report says.
#[derive(Default)]
struct Report {
    algorithms: Vec<Algorithm>,
    passed: Vec<Passed>,
    /// Files that the folder given by the user does not have.
    absent: Vec<&'static str>,
    figures: Vec<Figure>,
}

/// Why the report ended early.
enum Stop {
    /// A backend computed a wrong value.
    Wrong(String),
    /// What the user gave cannot be used.
    Bad(String),
    /// The report cannot be written.
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let screen = Screen::new(options.json);
    let mut report = Report::default();
    let mut end = run(&options, &screen, &mut report);
    if options.json && !matches!(end, Err(Stop::Bad(_) | Stop::Output(_))) {
        let wrong = if let Err(Stop::Wrong(what)) = &end { Some(what.as_str()) } else { None };
        let written = screen::print(&json::document(&report, wrong));
        end = written.map_err(Stop::from).and(end);
    }
    let (what, status) = match end {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Stop::Wrong(what)) => (what, 1),
        Err(Stop::Bad(what)) => (what, 2),
        // The reader has seen enough (`report | head`), but not all: neither a message nor a success.
        Err(Stop::Output(e)) if e.kind() == io::ErrorKind::BrokenPipe => return ExitCode::from(2),
        Err(Stop::Output(e)) => (format!("cannot write the report: {e}"), 2),
    };
    // That standard error cannot be written either is no reason to panic.
    let _ = writeln!(io::stderr(), "error: {what}");
    ExitCode::from(status)
}

fn run(options: &Options, screen: &Screen, report: &mut Report) -> Result<(), Stop> {
    report.algorithms = algorithms();
    let dir = match &options.vectors {
        Some(dir) => {
            vectors::refuse_unknown_files(dir, &report.algorithms)?;
            dir.clone()
        }
        None => common::vectors(),
    };
    let wanted = |name| options.only.is_empty() || options.only.iter().any(|only| only == name);
    report.algorithms.retain(|algorithm| wanted(algorithm.name));
    if options.vectors.is_some() {
        report.absent = vectors::absent_files(&dir, &report.algorithms)?;
    }

    screen.machine(&report.algorithms)?;
    screen.vectors(&dir)?;
    vectors::run(&dir, report, |passed| screen.passed(passed))?;
    screen.absent(&report.absent)?;
    if !options.no_speed {
        report.figures = speed::measure_all(&report.algorithms, screen)?;
        screen.clock(&report.figures)?;
    }
    screen.summary(&vectors::summary(&report.passed))?;
    Ok(())
}
