//! Beam search for small circuits of several functions of four bits.
//!
//! A function is its truth table, bit `x` for the input `x`. A state is a set of functions computed so
//! far. Its score adds up, over the functions still missing, 1 for one gate away, 3 for two gates, 5 for the XOR
//! of two functions that are one gate away, else 6.

use crate::circuit::{Gate, Op};
use crate::rng::Rng;
use std::collections::HashSet;

/// The truth tables of the four inputs.
pub const INPUTS: [u16; 4] = [0xaaaa, 0xcccc, 0xf0f0, 0xff00];

#[derive(Clone)]
struct State {
    signals: Vec<u16>,
    gates: Vec<Gate>,
}

/// The functions one gate away from a set of signals.
struct Reach {
    list: Vec<u16>,
    /// True for `list`, for the signals and for the constants.
    known: Vec<bool>,
}

impl Reach {
    fn add(&mut self, f: u16) -> bool {
        let new = !std::mem::replace(&mut self.known[usize::from(f)], true);
        if new {
            self.list.push(f);
        }
        new
    }

    fn forget(&mut self, from: usize) {
        for f in self.list.drain(from..) {
            self.known[usize::from(f)] = false;
        }
    }

    /// What `target`, which is no signal, adds to the score.
    fn score(&self, signals: &[u16], target: u16) -> u32 {
        let is_known = |f: u16| self.known[usize::from(f)];
        if is_known(target) {
            return 1;
        }
        let joins = |g: u16| {
            if g & target == target {
                signals.iter().any(|&s| g & s == target || g & !s == target)
            } else if g | target == target {
                signals.iter().any(|&s| g | s == target)
            } else {
                g & target == 0 && signals.iter().any(|&s| s & !g == target)
            }
        };
        if signals.iter().any(|&s| is_known(target ^ s)) || self.list.iter().any(|&g| joins(g)) {
            3
        } else if self.list.iter().any(|&g| is_known(target ^ g)) {
            5
        } else {
            6
        }
    }
}

/// All gates on the functions `a`, `b` of the signals `i`, `j`.
fn gates(a: u16, b: u16, i: usize, j: usize) -> impl Iterator<Item = (u16, Gate)> {
    let new = move |op: Op| (op.apply(a, b), (op, i, j));
    let swapped = (Op::AndNot.apply(b, a), (Op::AndNot, j, i));
    [Op::And, Op::Or, Op::Xor, Op::AndNot]
        .into_iter()
        .map(new)
        .chain([swapped])
}

/// A state and one more gate: score, tie break, the state's number, the new function, its gate.
type Child = (u32, u32, usize, u16, Gate);

/// Appends all children of `state`; only one if that computes another target. `reach` is empty before and after.
fn expand(
    state: &State,
    number: usize,
    targets: &[u16],
    reach: &mut Reach,
    rng: &mut Rng,
    children: &mut Vec<Child>,
) {
    let signals = &state.signals;
    for f in signals.iter().copied().chain([0, 0xffff]) {
        reach.known[usize::from(f)] = true;
    }
    let mut moves = Vec::new();
    for (i, &a) in signals.iter().enumerate() {
        let earlier = signals[..i].iter().enumerate();
        let pairs = earlier.flat_map(move |(j, &b)| gates(a, b, i, j));
        moves.extend(
            pairs
                .chain([(!a, (Op::Not, i, i))])
                .filter(|m| reach.add(m.0)),
        );
    }
    let missing: Vec<u16> = targets
        .iter()
        .copied()
        .filter(|t| !signals.contains(t))
        .collect();
    if let Some(&hit) = moves.iter().find(|m| missing.contains(&m.0)) {
        moves = vec![hit];
    }
    let base = reach.list.len();
    let mut child = signals.clone();
    for (f, gate) in moves {
        for g in signals.iter().flat_map(|&s| gates(f, s, 0, 0)) {
            reach.add(g.0);
        }
        reach.add(!f);
        child.push(f);
        let rest = missing.iter().filter(|&&t| t != f);
        let score = rest.map(|&t| reach.score(&child, t)).sum();
        child.pop();
        reach.forget(base);
        children.push((score, rng.next() as u32, number, f, gate));
    }
    reach.forget(0);
    for &f in signals {
        reach.known[usize::from(f)] = false;
    }
}

/// Gates that compute all `targets` (none constant) from the four inputs, at most `limit`, if found.
///
/// `width` states are kept after each gate. Signals 0 to 3 are the inputs.
pub fn search(targets: &[u16], width: usize, limit: usize, rng: &mut Rng) -> Option<Vec<Gate>> {
    let mut reach = Reach {
        list: Vec::new(),
        known: vec![false; 1 << 16],
    };
    let mut beam = vec![State {
        signals: INPUTS.to_vec(),
        gates: Vec::new(),
    }];
    for _ in 0..limit {
        let mut children = Vec::new();
        for (number, state) in beam.iter().enumerate() {
            expand(state, number, targets, &mut reach, rng, &mut children);
        }
        children.sort_unstable();
        let mut seen = HashSet::new();
        let mut next = Vec::new();
        for (_, _, number, f, gate) in children {
            let mut state = beam[number].clone();
            state.signals.push(f);
            state.gates.push(gate);
            let mut set = state.signals.clone();
            set.sort_unstable();
            if seen.insert(set) {
                next.push(state);
            }
            if next.len() == width {
                break;
            }
        }
        beam = next;
        let is_done = |s: &&State| targets.iter().all(|t| s.signals.contains(t));
        if let Some(done) = beam.iter().find(is_done) {
            return Some(done.gates.clone());
        }
    }
    None
}

/// The signals of `gates` that compute `targets`.
pub fn find(gates: &[Gate], targets: &[u16]) -> Vec<usize> {
    let mut tables = INPUTS.to_vec();
    for &(op, a, b) in gates {
        tables.push(op.apply(tables[a], tables[b]));
    }
    let place = |t| tables.iter().position(|&table| table == t);
    targets
        .iter()
        .map(|&t| place(t).expect("gates compute the targets"))
        .collect()
}
