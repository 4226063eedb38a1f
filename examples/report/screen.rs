//! The report as text of at most 80 columns, and the progress bar.

use crate::{
    algorithms::{Algorithm, Backend, SIZES},
    cpu,
    speed::Figure,
    vectors::Passed,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    env,
    io::{self, IsTerminal, Write},
    iter,
    path::Path,
};

/// The text goes to standard output, the bar to standard error if that is a terminal.
pub(crate) struct Screen {
    quiet: bool,
    bold: bool,
    bar: ProgressBar,
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

impl Screen {
    /// A `quiet` one shows the bar alone.
    pub(crate) fn new(quiet: bool) -> Self {
        let plain =
            env::var_os("NO_COLOR").is_some() || env::var_os("TERM").is_some_and(|t| t == "dumb");
        let bold = io::stdout().is_terminal() && !plain;
        Self { quiet, bold, bar: ProgressBar::hidden() }
    }

    fn line(&self, text: &str) -> io::Result<()> {
        if self.quiet {
            return Ok(());
        }
        self.bar.suspend(|| print(&format!("{}\n", text.trim_end())))
    }

    fn head(&self, text: &str) -> io::Result<()> {
        self.line("")?;
        self.strong(text)
    }

    fn strong(&self, text: &str) -> io::Result<()> {
        if self.bold { self.line(&format!("\x1b[1m{text}\x1b[0m")) } else { self.line(text) }
    }

    /// The crate, the CPU, and the backends.
    pub(crate) fn machine(&self, algorithms: &[Algorithm]) -> io::Result<()> {
        self.strong(&format!("shangmi {}", env!("CARGO_PKG_VERSION")))?;
        self.line(&format!("  CPU           {}", cpu::name()))?;
        self.line(&format!("  architecture  {}", env::consts::ARCH))?;
        let mut label = "instructions";
        for line in lines(shangmi::__cpu::found().flat_map(str::split_whitespace), 64) {
            self.line(&format!("  {label:<12}  {line}"))?;
            label = "";
        }

        self.head("Backends that run here")?;
        for algorithm in algorithms {
            if algorithm.lanes.is_empty() {
                self.backends(algorithm.name, &algorithm.backends)?;
            } else {
                self.backends(&format!("{} (one stream)", algorithm.name), &algorithm.backends)?;
                self.backends(&format!("{} (batch)", algorithm.name), &algorithm.lanes)?;
            }
        }
        if cfg!(shangmi_backend = "portable") {
            self.line("  (built with --cfg shangmi_backend=\"portable\", which hides the others)")?;
        }
        Ok(())
    }

    fn backends(&self, whose: &str, backends: &[Backend]) -> io::Result<()> {
        let marks = iter::once("chosen").chain(iter::repeat(""));
        let whose = iter::once(whose).chain(iter::repeat(""));
        for ((backend, mark), whose) in backends.iter().zip(marks).zip(whose) {
            self.line(&format!("  {whose:<16}  {:<20}  {mark}", backend.name))?;
        }
        Ok(())
    }

    /// Opens the table of vector files.
    pub(crate) fn vectors(&self, dir: &Path) -> io::Result<()> {
        self.head(&format!("Vectors of {}", dir.display()))?;
        self.line(&format!("  {:<34}  {:<24}  {:>12}", "file", "backend", "cases passed"))
    }

    /// A row of the table of vector files.
    pub(crate) fn passed(&self, passed: &Passed) -> io::Result<()> {
        let Passed { file, cases, .. } = passed;
        self.line(&format!("  {file:<34}  {:<24}  {cases:>12}", passed.shown()))
    }

    /// The files that are not there.
    pub(crate) fn absent(&self, files: &[&str]) -> io::Result<()> {
        files.iter().try_for_each(|file| self.line(&format!("  {file:<34}  absent, not run")))
    }

    /// Starts the bar, for `count` figures.
    pub(crate) fn start(&self, count: usize) {
        let style = ProgressStyle::with_template("  {bar:30} {pos:>3}/{len}  {msg}");
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar.set_length(count as u64);
        // Nothing is drawn unless standard error is a terminal.
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
    }

    /// Shows what is being measured.
    pub(crate) fn now(&self, operation: &str, backend: &str) {
        self.bar.set_message(format!("{operation} {backend}"));
    }

    /// Advances the bar.
    pub(crate) fn one_done(&self) {
        self.bar.inc(1);
    }

    /// Removes the bar.
    pub(crate) fn done(&self) {
        self.bar.finish_and_clear();
    }

    /// Opens the table of figures per byte, or that of figures per operation.
    pub(crate) fn table(&self, algorithms: &[Algorithm], of_bytes: bool) -> io::Result<()> {
        let sizes = SIZES.map(|bytes| format!("{:>7}", size(bytes))).concat();
        let (over, under) = if of_bytes {
            (["MB/s", "cycles per byte"], [sizes.as_str(); 2])
        } else {
            (["", ""], ["per second", "cycles"])
        };
        let [over, under] = [over, under].map(|[a, b]| format!("{a:>21}  {b:>21}"));
        if of_bytes {
            let over = names(algorithms, "", "", &over);
            let title = "Throughput";
            self.head(&format!("{title}{}", &over[title.len()..]))?;
        } else {
            self.line("")?;
        }
        self.line(&names(algorithms, "operation", "backend", &under))
    }

    /// A row of either table: one operation on one backend.
    pub(crate) fn row(&self, algorithms: &[Algorithm], figures: &[Figure]) -> io::Result<()> {
        let Some(first) = figures.first() else {
            return Ok(());
        };
        let cells = |of: fn(&Figure) -> String| figures.iter().map(of).collect::<Vec<_>>().concat();
        let [rates, cycles] = if first.bytes == 0 {
            [cells(|f| format!("{:.0}", f.rate())), cells(|f| format!("{:.0}", f.cycles()))]
        } else {
            [cells(|f| format!("{:>7.1}", f.rate())), cells(|f| format!("{:>7.2}", f.cycles()))]
        };
        let columns = format!("{rates:>21}  {cycles:>21}");
        self.line(&names(algorithms, first.operation, first.backend, &columns))
    }

    /// What was found of the clock.
    pub(crate) fn clock(&self, figures: &[Figure]) -> io::Result<()> {
        let ghz = figures.iter().map(|figure| figure.clock / 1e9);
        let (least, most) = (ghz.clone().fold(f64::INFINITY, f64::min), ghz.fold(0.0, f64::max));
        self.line("")?;
        self.line(&format!("  clock meanwhile: {least:.2} to {most:.2} GHz"))?;
        if cfg!(debug_assertions) {
            self.line("  built without --release: these figures say nothing")?;
        }
        Ok(())
    }

    /// The last line.
    pub(crate) fn summary(&self, text: &str) -> io::Result<()> {
        self.head(text)
    }
}

/// Two names and the columns after them; the names as wide as the widest of them all.
fn names(algorithms: &[Algorithm], first: &str, second: &str, columns: &str) -> String {
    let longest = |names: &mut dyn Iterator<Item = &str>| names.map(str::len).max().unwrap_or(0);
    let operations = longest(&mut algorithms.iter().flat_map(Algorithm::operations)).max(14);
    let backends = algorithms.iter().flat_map(Algorithm::all_backends);
    let backends = longest(&mut backends.map(|backend| backend.name)).max(15);
    format!("  {first:<operations$} {second:<backends$}{columns}")
}

/// The words in lines of at most `width` columns, at least one line.
fn lines<'a>(words: impl Iterator<Item = &'a str>, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => *line += &[" ", word].concat(),
            _ => lines.push([" ", word].concat()),
        }
    }
    lines.iter().map(|line| line.trim_start().to_owned()).collect()
}

/// 64 B, 1 KiB.
fn size(bytes: u32) -> String {
    if bytes < 1 << 10 { format!("{bytes} B") } else { format!("{} KiB", bytes >> 10) }
}
