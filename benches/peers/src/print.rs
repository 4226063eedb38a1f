//! The output: tab-separated lines, or one JSON document.

use crate::{
    Chosen,
    measure::{Figure, Plan},
    operation::{Backends, Operation, Unit},
    rivals,
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, Write, stderr, stdout},
};

/// A measurement.
pub(crate) struct Line {
    operation: &'static str,
    backends: Backends,
    bytes: usize,
    unit: Unit,
    ours: f64,
    rival: Option<(&'static str, f64)>,
    /// Cycles a byte, or an operation.
    our_cycles: f64,
}

impl Line {
    pub(crate) fn new(
        operation: &Operation,
        backends: Backends,
        bytes: usize,
        ours: &Figure,
        rival: Option<(&'static str, &Figure)>,
    ) -> Self {
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
        let amount = match operation.unit {
            Unit::MegabytesPerSecond => (bytes * operation.messages) as f64,
            Unit::OperationsPerSecond => operation.messages as f64,
        };
        let scale = match operation.unit {
            Unit::MegabytesPerSecond => 1e-6,
            Unit::OperationsPerSecond => 1.0,
        };
        let rate = |figure: &Figure| amount * scale / figure.seconds;
        Self {
            operation: operation.name,
            backends,
            bytes,
            unit: operation.unit,
            ours: rate(ours),
            rival: rival.map(|(name, figure)| (name, rate(figure))),
            our_cycles: ours.cycles / amount,
        }
    }

    fn text(&self) -> String {
        let Self { operation, bytes, our_cycles, .. } = self;
        let rate = |rate: f64| match self.unit {
            Unit::MegabytesPerSecond => format!("{rate:.1}"),
            Unit::OperationsPerSecond => format!("{rate:.0}"),
        };
        let rival = match self.rival {
            None => "-\t-\t-".to_owned(),
            Some((name, figure)) => {
                format!("{name}\t{}\t{:.3}", rate(figure), self.ours / figure)
            }
        };
        let (unit, ours, backend) = (self.unit.name(), rate(self.ours), self.backends.field());
        format!("{operation}\t{bytes}\t{unit}\t{ours}\t{rival}\t{our_cycles:.3}\t{backend}")
    }

    fn json(&self) -> Value {
        json!({
            "operation": self.operation,
            "bytes": self.bytes,
            "unit": self.unit.name(),
            "ours": self.ours,
            "rival_name": self.rival.map(|(name, _)| name),
            "rival": self.rival.map(|(_, figure)| figure),
            "ratio": self.rival.map(|(_, figure)| self.ours / figure),
            "our_cycles": self.our_cycles,
            "backend": self.backends.one,
            "lanes": self.backends.lanes,
        })
    }
}

/// Writes the lines as they come, or gathers them for JSON; comments go to standard error then.
pub(crate) struct Printer {
    json: Option<Value>,
}

impl Printer {
    pub(crate) fn start(json: bool, plan: &Plan) -> io::Result<Self> {
        let Plan { rounds, seconds } = *plan;
        let (cpu, compiler, rivals) = (cpu_name(), env!("PEERS_COMPILER"), rivals::about());
        let head = json!({
            "cpu": cpu,
            "compiler": compiler,
            "rivals": rivals,
            "rounds": rounds,
            "seconds": seconds,
            "measurements": [],
        });
        let printer = Self { json: json.then_some(head) };
        printer.comment(&cpu)?;
        printer.comment(compiler)?;
        for rival in rivals {
            printer.comment(&rival)?;
        }
        printer
            .comment(&format!("medians over {rounds} rounds of {seconds} s, thread CPU time"))?;
        if rounds < 7 || seconds < 0.2 {
            printer.comment("too short for a measurement: 7 rounds of 0.2 s at least")?;
        }
        if cfg!(debug_assertions) {
            printer.comment("built without --release: the figures say nothing")?;
        }
        printer.comment(
            "operation\tbytes\tunit\tours\trival-name\trival\tratio\tour-cycles\tbackend",
        )?;
        Ok(printer)
    }

    pub(crate) fn comment(&self, text: &str) -> io::Result<()> {
        if self.json.is_some() {
            writeln!(stderr(), "# {text}")
        } else {
            writeln!(stdout(), "# {text}")
        }
    }

    pub(crate) fn line(&mut self, line: &Line) -> io::Result<()> {
        match &mut self.json {
            None => writeln!(stdout(), "{}", line.text())?,
            Some(document) => {
                if let Some(measurements) = document["measurements"].as_array_mut() {
                    measurements.push(line.json());
                }
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        if let Some(document) = self.json { writeln!(stdout(), "{document:#}") } else { Ok(()) }
    }
}

/// The operations: name, unit, sizes, and who can do them.
pub(crate) fn list(chosen: &[Chosen]) -> io::Result<()> {
    for (operation, _) in chosen {
        let sizes = operation.all_sizes().iter().map(ToString::to_string).collect::<Vec<_>>();
        let rivals = operation.rivals().map(|rival| rival.name).collect::<Vec<_>>();
        writeln!(
            stdout(),
            "{}\t{}\tbytes: {}\trivals: {}\tbackends: {}\tlanes: {}",
            operation.name,
            operation.unit.name(),
            sizes.join(" "),
            rivals.join(" "),
            (operation.backends)().join(" "),
            (operation.lanes)().join(" "),
        )?;
    }
    Ok(())
}

fn cpu_name() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    match name {
        Some((_, name)) => name.trim().to_owned(),
        None => format!("a CPU of unknown name, {}", std::env::consts::ARCH),
    }
}
