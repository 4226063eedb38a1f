//! S0: three rounds of a Feistel network on nibbles, then a rotation.
//!
//! With x = h‖l: q = h ^ P1(l), r = l ^ P2(q), s = q ^ P3(r), S0(x) = (s‖r) <<< 5. The circuit may hold
//! q ^ m1 and r ^ m2 instead of q and r, for any constants, if the next function is changed to fit.
//! That moves the NOT gates, and the search picks the cheapest place for them.

use crate::beam;
use crate::circuit::{Circuit, Gate, Op};
use crate::rng::Rng;

const P1: [u8; 16] = [9, 15, 0, 14, 15, 15, 2, 10, 0, 4, 0, 12, 7, 5, 3, 9];
const P2: [u8; 16] = [8, 13, 6, 5, 7, 0, 12, 4, 11, 1, 14, 10, 15, 3, 9, 2];
const P3: [u8; 16] = [2, 6, 10, 6, 0, 13, 10, 15, 3, 3, 13, 5, 0, 9, 12, 13];

/// States kept by the beam search: for the survey of constants, and for the final circuits.
const NARROW: usize = 30;
const WIDE: usize = 600;
/// Pairs (m1, m2) for which the circuit of P2, the largest, is searched, and how often.
const FINALISTS: usize = 6;
const TRIES: usize = 4;

pub fn reference(x: u8) -> u8 {
    let (h, l) = (x >> 4, x & 15);
    let q = h ^ P1[usize::from(l)];
    let r = l ^ P2[usize::from(q)];
    let s = q ^ P3[usize::from(r)];
    (s << 4 | r).rotate_left(5)
}

/// The truth tables of n -> p(n ^ before) ^ after.
fn tables(p: &[u8; 16], before: u8, after: u8) -> Vec<u16> {
    let bit = |i: u8, n: u8| u16::from((p[usize::from(n ^ before)] ^ after) >> i & 1);
    (0..4)
        .map(|i| (0..16).fold(0, |table, n| table | bit(i, n) << n))
        .collect()
}

pub fn search(rng: &mut Rng) -> Circuit {
    let mut find = |p: &[u8; 16], before, after, width, limit| {
        let targets = tables(p, before, after);
        beam::search(&targets, width, limit, rng).map(|gates| (gates, targets))
    };
    // What P1 and P3 and the NOTs of the outputs take, for every m1, m2 and P3's output mask m3.
    let first: Vec<_> = (0..16).map(|m1| find(&P1, 0, m1, NARROW, 14)).collect();
    let third: Vec<Vec<_>> = (0..16)
        .map(|m2| (0..16).map(|m3| find(&P3, m2, m3, NARROW, 14)).collect())
        .collect();
    let mut plans = Vec::new();
    for (m1, p1) in (0u8..).zip(&first) {
        for (m2, row) in (0u8..).zip(&third) {
            for (m3, p3) in (0u8..).zip(row) {
                if let (Some(p1), Some(p3)) = (p1, p3) {
                    let nots = (m2.count_ones() + (m1 ^ m3).count_ones()) as usize;
                    // P2 takes one NOT at least if it does not map 0 to 0.
                    let guess = usize::from(P2[usize::from(m1)] != m2);
                    let total = p1.0.len() + p3.0.len() + nots + guess;
                    plans.push((total, m1, m2, m3, p1, p3));
                }
            }
        }
    }
    plans.sort_by_key(|plan| (plan.1, plan.2, plan.0));
    plans.dedup_by_key(|plan| (plan.1, plan.2));
    plans.sort_by_key(|plan| plan.0);
    plans.truncate(FINALISTS);
    let mut best: Option<Circuit> = None;
    let rank = |c: &Circuit| (c.gates.len(), c.count(Op::AndNot), c.depth());
    for (_, m1, m2, m3, p1, p3) in plans {
        let tries = (0..TRIES).filter_map(|_| find(&P2, m1, m2, WIDE, 18));
        let circuits = tries.map(|p2| assemble([p1, &p2, p3], m2, m1 ^ m3));
        best = best.into_iter().chain(circuits).min_by_key(rank);
    }
    best.expect("P2 has circuits")
}

/// The network of the three functions; `r_mask` and `s_mask` are left to be taken off r and s.
fn assemble(p: [&(Vec<Gate>, Vec<u16>); 3], r_mask: u8, s_mask: u8) -> Circuit {
    let mut circuit = Circuit::new(8);
    let mut round = |(gates, targets): &(Vec<Gate>, Vec<u16>), from: &[usize], onto: &[usize]| {
        let signals = circuit.splice(gates, from);
        let places = beam::find(gates, targets);
        places
            .iter()
            .zip(onto)
            .map(|(&f, &o)| circuit.push(Op::Xor, o, signals[f]))
            .collect::<Vec<_>>()
    };
    let (l, h) = ([0, 1, 2, 3], [4, 5, 6, 7]);
    let q = round(p[0], &l, &h);
    let r = round(p[1], &q, &l);
    let s = round(p[2], &r, &q);
    let mask = u16::from(s_mask) << 4 | u16::from(r_mask);
    let mut bits: Vec<usize> = r.into_iter().chain(s).collect();
    for (i, bit) in bits.iter_mut().enumerate() {
        if mask >> i & 1 == 1 {
            *bit = circuit.push(Op::Not, *bit, *bit);
        }
    }
    bits.rotate_right(5);
    circuit.outputs = bits;
    circuit
}
