//! Short XOR programs for linear maps over GF(2): the greedy search of Boyar and Peralta.

use crate::circuit::{Circuit, Op};
use crate::rng::Rng;

/// `target = left ^ right`, all three linear forms given as masks of their inputs.
pub type Step = [u8; 3];

/// Stands for the constant 1 among the inputs of [`transposed`].
pub const ONE: usize = usize::MAX;

/// XORs that compute every form in `targets` from `dim` inputs.
///
/// Each step is the one after which the distances of the missing forms (the number of computed forms to
/// add up, at least) have the smallest sum, then the largest sum of squares; ties fall at random.
pub fn shorten(dim: usize, targets: &[u8], rng: &mut Rng) -> Vec<Step> {
    let mut forms: Vec<u8> = (0..dim).map(|i| 1 << i).collect();
    let mut distance: [u8; 256] = std::array::from_fn(|v| v.count_ones() as u8);
    let mut missing = targets.to_vec();
    missing.sort_unstable();
    missing.dedup();
    missing.retain(|v| v.count_ones() > 1);
    let mut steps = Vec::new();
    while !missing.is_empty() {
        let near = missing
            .iter()
            .find(|&&v| distance[usize::from(v)] == 2)
            .copied();
        let mut best = (u32::MAX, 0, 0);
        let mut step = [0; 3];
        let mut seen = [false; 256];
        for (i, &left) in forms.iter().enumerate() {
            for &right in &forms[..i] {
                let form = left ^ right;
                let known = distance[usize::from(form)] < 2;
                if known || seen[usize::from(form)] || near.is_some_and(|v| v != form) {
                    continue;
                }
                seen[usize::from(form)] = true;
                let (mut sum, mut squares) = (0, 0);
                for &v in &missing {
                    let d = distance[usize::from(v)].min(1 + distance[usize::from(v ^ form)]);
                    sum += u32::from(d);
                    squares += u32::from(d) * u32::from(d);
                }
                let rank = (sum, u32::MAX - squares, rng.next() as u32);
                if rank < best {
                    (best, step) = (rank, [form, left, right]);
                }
            }
        }
        let old = distance;
        for (v, d) in distance.iter_mut().enumerate() {
            *d = old[v].min(1 + old[v ^ usize::from(step[0])]);
        }
        missing.retain(|&v| v != step[0]);
        forms.push(step[0]);
        steps.push(step);
    }
    steps
}

/// Runs `steps` on the inputs `x` and returns the signal of each of `targets`.
pub fn forward(circuit: &mut Circuit, x: &[usize], steps: &[Step], targets: &[u8]) -> Vec<usize> {
    let mut signals = [ONE; 256];
    for (i, &s) in x.iter().enumerate() {
        signals[1 << i] = s;
    }
    for &[form, left, right] in steps {
        let [l, r] = [left, right].map(|v| signals[usize::from(v)]);
        signals[usize::from(form)] = circuit.push(Op::Xor, l, r);
    }
    targets.iter().map(|&v| signals[usize::from(v)]).collect()
}

/// Runs `steps` backwards: output `j` is the XOR of the inputs whose column has bit `j`.
///
/// This takes `steps.len() + inputs.len() - dim` XORs if no two steps have the same result; one with
/// [`ONE`] is a `Not`. The shallowest signals are added first.
pub fn transposed(
    circuit: &mut Circuit,
    dim: usize,
    steps: &[Step],
    inputs: &[(u8, usize)],
) -> Vec<usize> {
    let mut sums = vec![Vec::new(); 256];
    for &(column, signal) in inputs {
        sums[usize::from(column)].push(signal);
    }
    for &[form, left, right] in steps.iter().rev() {
        let terms = std::mem::take(&mut sums[usize::from(form)]);
        if let Some(total) = add_up(circuit, terms) {
            sums[usize::from(left)].push(total);
            sums[usize::from(right)].push(total);
        }
    }
    (0..dim)
        .map(|j| {
            add_up(circuit, std::mem::take(&mut sums[1 << j])).expect("an output depends on inputs")
        })
        .collect()
}

fn add_up(circuit: &mut Circuit, mut terms: Vec<usize>) -> Option<usize> {
    let is_odd = terms.iter().filter(|&&t| t == ONE).count() % 2 == 1;
    terms.retain(|&t| t != ONE);
    while terms.len() > 1 {
        let depths = circuit.depths();
        terms.sort_unstable_by_key(|&t| (depths[t], t));
        let sum = circuit.push(Op::Xor, terms[0], terms[1]);
        terms.splice(..2, [sum]);
    }
    match (terms.first(), is_odd) {
        (Some(&sum), true) => Some(circuit.push(Op::Not, sum, sum)),
        (None, true) => Some(ONE),
        (sum, false) => sum.copied(),
    }
}
