//! Boolean circuits over `&`, `|`, `^`, `!` and `a & !b`, and their Rust text.

use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    And,
    Or,
    Xor,
    AndNot,
    Not,
}

impl Op {
    /// The gate on all bits of two words.
    pub fn apply(self, a: u16, b: u16) -> u16 {
        match self {
            Op::And => a & b,
            Op::Or => a | b,
            Op::Xor => a ^ b,
            Op::AndNot => a & !b,
            Op::Not => !a,
        }
    }
}

/// A gate on two earlier signals; `Not` names the same signal twice.
pub type Gate = (Op, usize, usize);

/// The signals are the inputs, then the gates in order.
#[derive(Clone)]
pub struct Circuit {
    inputs: usize,
    pub gates: Vec<Gate>,
    pub outputs: Vec<usize>,
}

impl Circuit {
    pub fn new(inputs: usize) -> Self {
        Self {
            inputs,
            gates: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// Adds a gate, or finds the one that is there already, and returns its signal.
    pub fn push(&mut self, op: Op, a: usize, b: usize) -> usize {
        let place = self.gates.iter().position(|&gate| gate == (op, a, b));
        self.inputs
            + place.unwrap_or_else(|| {
                self.gates.push((op, a, b));
                self.gates.len() - 1
            })
    }

    /// Adds gates whose inputs, in their own numbering, are `inputs`; returns all their signals.
    pub fn splice(&mut self, gates: &[Gate], inputs: &[usize]) -> Vec<usize> {
        let mut signals = inputs.to_vec();
        for &(op, a, b) in gates {
            signals.push(self.push(op, signals[a], signals[b]));
        }
        signals
    }

    /// The longest path to each signal, in gates.
    pub fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.inputs];
        for &(_, a, b) in &self.gates {
            depths.push(1 + depths[a].max(depths[b]));
        }
        depths
    }

    pub fn depth(&self) -> usize {
        self.depths().into_iter().max().unwrap_or(0)
    }

    pub fn count(&self, op: Op) -> usize {
        self.gates.iter().filter(|gate| gate.0 == op).count()
    }

    /// The output bits for the input bits `x`, lowest first.
    pub fn eval(&self, x: u8) -> u8 {
        let mut signals: Vec<u16> = (0..self.inputs).map(|i| u16::from(x >> i & 1)).collect();
        for &(op, a, b) in &self.gates {
            signals.push(op.apply(signals[a], signals[b]));
        }
        self.outputs
            .iter()
            .rev()
            .fold(0, |y, &o| y << 1 | (signals[o] & 1) as u8)
    }

    /// The circuit as a Rust function from `[W; 8]` to `[W; 8]`.
    pub fn to_rust(&self, name: &str) -> String {
        let signal = |i: usize| match i.checked_sub(self.inputs) {
            None => format!("x[{i}]"),
            Some(t) => format!("t{}", t + 1),
        };
        let mut text = format!("pub(super) fn {name}<W: Word>(x: [W; 8]) -> [W; 8] {{\n");
        for (i, &(op, a, b)) in self.gates.iter().enumerate() {
            let (a, b) = (signal(a), signal(b));
            let value = match op {
                Op::And => format!("{a} & {b}"),
                Op::Or => format!("{a} | {b}"),
                Op::Xor => format!("{a} ^ {b}"),
                Op::AndNot => format!("{a} & !{b}"),
                Op::Not => format!("!{a}"),
            };
            writeln!(text, "    let t{} = {value};", i + 1).unwrap();
        }
        let outputs: Vec<_> = self.outputs.iter().map(|&o| signal(o)).collect();
        writeln!(text, "    [{}]\n}}", outputs.join(", ")).unwrap();
        text
    }

    /// One line of counts.
    pub fn summary(&self) -> String {
        format!(
            "{} gates: {} xor, {} and, {} or, {} and-not, {} not; depth {}",
            self.gates.len(),
            self.count(Op::Xor),
            self.count(Op::And),
            self.count(Op::Or),
            self.count(Op::AndNot),
            self.count(Op::Not),
            self.depth()
        )
    }
}
