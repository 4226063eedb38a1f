//! S-boxes that are affine maps around inversion in L, as circuits around inversion in K.
//!
//! `zuc-sboxes.md` derives them.

use crate::circuit::{Circuit, Op};
use crate::field::{frobenius, inv, mul, powers_of_k, sqrt, trace_of_k, trace_to_k};
use crate::linear::{ONE, Step, forward, shorten, transposed};
use crate::rng::Rng;
use crate::subfield::{Inversion, Karatsuba, sorted};
use std::collections::HashMap;

/// The S-box x -> M (P x)^-1 + constant.
pub struct Sbox {
    pub name: &'static str,
    /// P x is the sum of `input[i]` over the bits i of x.
    pub input: [u8; 8],
    /// Bit j of M y is Tr(output[j] y).
    pub output: [u8; 8],
    pub constant: u8,
}

/// Frames that are tried again at random, and how often.
const FINALISTS: usize = 1000;
const TRIES: usize = 100;

impl Sbox {
    pub fn at(&self, x: u8) -> u8 {
        let u = (0..8).fold(0, |u, i| u ^ self.input[i] * (x >> i & 1));
        let bit = |m: u8| trace_of_k(trace_to_k(mul(m, inv(u))));
        (0..8).fold(self.constant, |y, j| y ^ bit(self.output[j]) << j)
    }

    /// The linear form x -> Tr(u P x), as the mask of the bits of x that it adds up.
    fn form(&self, u: u8) -> u8 {
        let bit = |i: usize| trace_of_k(trace_to_k(mul(u, self.input[i])));
        (0..8).fold(0, |mask, i| mask | bit(i) << i)
    }
}

/// All choices but the scaling of x. The forms of u are Tr(c[q] u) and Tr(c[q] b u).
struct Frame<'a> {
    sbox: &'a Sbox,
    karatsuba: &'a Karatsuba,
    b: u8,
    /// Bit 0: add the first factor to product q; bit 1: the second.
    absorbed: [usize; 9],
    /// The forms that must be added to the norm all the same.
    left: [u8; 2],
    inversion: &'a Inversion,
    /// The outputs of `inversion` are the forms Tr(tau c[q] n^-1).
    tau: u8,
}

impl Frame<'_> {
    /// For each product, then for each of `left`: the coordinates of the norm that add it.
    fn norm_columns(&self) -> [u8; 11] {
        let Self {
            karatsuba,
            b,
            absorbed,
            left,
            inversion,
            ..
        } = self;
        let s = inv(trace_to_k(*b));
        let products = karatsuba.columns(&inversion.basis.map(|e| mul(e, s)));
        let mut columns = [0; 11];
        columns[..9].copy_from_slice(&products);
        for (i, &e) in inversion.basis.iter().enumerate() {
            let rest = linear_rest(karatsuba, *b, absorbed, e);
            let both = left[0] ^ left[1];
            columns[9] |= u8::from(rest == left[0] || rest == both) << i;
            columns[10] |= u8::from(rest == left[1] || rest == both) << i;
        }
        columns
    }

    /// The forms of x for u = z P x.
    fn top(&self, z: u8) -> [u8; 18] {
        let c = self.karatsuba.c;
        std::array::from_fn(|i| {
            self.sbox
                .form(mul(z, if i < 9 { c[i] } else { mul(c[i - 9], self.b) }))
        })
    }

    /// For each product of the second stage, then for the constant: the bits of S(x) for z P x = u that add it.
    fn bottom(&self, z: u8) -> [u8; 19] {
        let s = inv(trace_to_k(self.b));
        let (mut p, mut q) = ([0; 8], [0; 8]);
        for (j, &m) in self.sbox.output.iter().enumerate() {
            let m = frobenius(mul(m, z), 4);
            q[j] = mul(trace_to_k(m), s);
            p[j] = m ^ mul(q[j], self.b);
        }
        let mut columns = [self.sbox.constant; 19];
        for (part, half) in columns.chunks_mut(9).zip([p, q]) {
            part.copy_from_slice(&self.karatsuba.columns(&half.map(|e| mul(e, inv(self.tau)))));
        }
        columns
    }

    fn describe(&self, z: u8) -> String {
        let (c, basis) = (self.karatsuba.c, self.inversion.basis);
        let Self {
            b,
            tau,
            absorbed,
            left,
            ..
        } = self;
        format!(
            "c {c:02x?}, b {b:02x}, z {z:02x}, basis {basis:02x?}, tau {tau:02x}, \
             absorbed {absorbed:?}, left {left:02x?}"
        )
    }

    /// XOR programs for both linear layers. Frames alike in `karatsuba`, `b` and `tau` can share them.
    fn layers(&self, z: u8, rng: &mut Rng) -> (Vec<Step>, Vec<Step>) {
        (
            shorten(8, &self.top(z), rng),
            shorten(8, &self.bottom(z), rng),
        )
    }

    fn assemble(&self, z: u8, top: &[Step], bottom: &[Step], rng: &mut Rng) -> Circuit {
        let mut circuit = Circuit::new(8);
        let left = self.left.map(|u| self.sbox.form(mul(z, u)));
        let targets = [&self.top(z)[..], &left].concat();
        let forms = forward(&mut circuit, &[0, 1, 2, 3, 4, 5, 6, 7], top, &targets);
        let product = |q: usize| {
            let (f, g) = (forms[q], forms[q + 9]);
            let gates = [
                (Op::And, f, g),
                (Op::AndNot, f, g),
                (Op::AndNot, g, f),
                (Op::Or, f, g),
            ];
            gates[self.absorbed[q]]
        };
        let mut signals: Vec<usize> = (0..9)
            .map(product)
            .map(|(op, a, b)| circuit.push(op, a, b))
            .collect();
        signals.extend(&forms[18..]);
        let columns = self.norm_columns();
        let inputs: Vec<_> = columns.into_iter().zip(signals).collect();
        let norm = transposed(&mut circuit, 4, &shorten(4, &columns, rng), &inputs);
        let inverse = circuit.splice(&self.inversion.gates, &norm);
        let factor = |q: usize| {
            let wanted = mul(self.tau, self.karatsuba.c[q % 9]);
            let place = self.inversion.outputs.iter().position(|&c| c == wanted);
            inverse[self.inversion.places[place.expect("tau fits")]]
        };
        let mut signals: Vec<_> = (0..18)
            .map(|q| circuit.push(Op::And, forms[q], factor(q)))
            .collect();
        signals.push(ONE);
        let inputs: Vec<_> = self.bottom(z).into_iter().zip(signals).collect();
        circuit.outputs = transposed(&mut circuit, 8, bottom, &inputs);
        circuit
    }
}

/// The linear part of Tr(e N(u)), as the v of its form Tr(v u), after the changes to the products.
fn linear_rest(karatsuba: &Karatsuba, b: u8, absorbed: &[usize; 9], e: u8) -> u8 {
    let s = inv(trace_to_k(b));
    let linear = mul(s, sqrt(mul(e, mul(b, frobenius(b, 4)))) ^ mul(sqrt(e), b));
    (0..9).fold(linear, |rest, q| {
        let c = karatsuba.c[q];
        let changes = [0, c, mul(c, b), c ^ mul(c, b)];
        rest ^ (karatsuba.m(mul(e, s), q) * changes[absorbed[q]])
    })
}

/// The choices of `absorbed` that leave only two linear forms, both at hand in the top layer.
fn absorptions(k: &[u8; 15], karatsuba: &Karatsuba, b: u8) -> Vec<([usize; 9], [u8; 2])> {
    let rests = |absorbed: &[usize; 9]| {
        u32::from_le_bytes([k[0], k[1], k[2], k[3]].map(|e| linear_rest(karatsuba, b, absorbed, e)))
    };
    let none = rests(&[0; 9]);
    let alone =
        |q: usize, a: usize| none ^ rests(&std::array::from_fn(|i| if i == q { a } else { 0 }));
    let effects: [[u32; 4]; 9] = std::array::from_fn(|q| std::array::from_fn(|a| alone(q, a)));
    let at_hand = |v: &u8| karatsuba.c.iter().any(|&c| *v == c || *v == mul(c, b));
    let mut found = Vec::new();
    for code in 0..1 << 18 {
        let absorbed = std::array::from_fn(|q| code >> (2 * q) & 3);
        let rest = (0..9).fold(none, |sum, q| sum ^ effects[q][absorbed[q]]);
        if let Some([v, w]) = spanning_pair(rest.to_le_bytes()) {
            let pairs = [[v, w], [v, v ^ w], [w, v ^ w]];
            found.extend(
                pairs
                    .into_iter()
                    .filter(|pair| pair.iter().all(at_hand))
                    .map(|pair| (absorbed, pair)),
            );
        }
    }
    found
}

/// Two of the vectors that span all four, if they span a plane.
fn spanning_pair(vectors: [u8; 4]) -> Option<[u8; 2]> {
    let v = vectors.into_iter().find(|&v| v != 0)?;
    let w = vectors.into_iter().find(|&w| w != 0 && w != v)?;
    vectors
        .iter()
        .all(|x| [0, v, w, v ^ w].contains(x))
        .then_some([v, w])
}

/// All frames with the fewest XORs for the norm, and of these those with the fewest AND-NOTs.
fn frames<'a>(
    sbox: &'a Sbox,
    k: &[u8; 15],
    methods: &'a [Karatsuba],
    inversions: &'a [Inversion],
    rng: &mut Rng,
) -> Vec<Frame<'a>> {
    let mut ranked = Vec::new();
    for karatsuba in methods {
        for b in (1..=255).filter(|&b| trace_to_k(b) != 0) {
            for (absorbed, left) in absorptions(k, karatsuba, b) {
                for inversion in inversions {
                    let set = sorted(inversion.outputs);
                    // Three tau fit, or none; all three give the same bottom layer.
                    let fits = |&tau: &u8| sorted(karatsuba.c.map(|c| mul(tau, c))) == set;
                    if let Some(tau) = k.iter().copied().find(fits) {
                        let frame = Frame {
                            sbox,
                            karatsuba,
                            b,
                            absorbed,
                            left,
                            inversion,
                            tau,
                        };
                        let size = shorten(4, &frame.norm_columns(), rng).len();
                        let and_nots = absorbed.iter().filter(|&&a| a == 1 || a == 2).count();
                        ranked.push(((size, and_nots), frame));
                    }
                }
            }
        }
    }
    let best = ranked.iter().map(|frame| frame.0).min();
    eprintln!(
        "{}: {} frames, norm and and-nots {best:?}",
        sbox.name,
        ranked.len()
    );
    ranked
        .into_iter()
        .filter(|frame| Some(frame.0) == best)
        .map(|frame| frame.1)
        .collect()
}

pub fn search(sbox: &Sbox, rng: &mut Rng) -> Circuit {
    let k = powers_of_k();
    let methods = [[0, 1, 2], [0, 1, 3]].map(|cosets| Karatsuba::new(&k, cosets));
    let inversions = Inversion::search(&k, &methods[0], rng);
    let mut groups: HashMap<_, Vec<Frame>> = HashMap::new();
    for frame in frames(sbox, &k, &methods, &inversions, rng) {
        groups
            .entry((frame.karatsuba.c, frame.b, frame.tau))
            .or_default()
            .push(frame);
    }
    let mut survey = Vec::new();
    let mut keys: Vec<_> = groups.keys().copied().collect();
    keys.sort_unstable();
    for key in keys {
        for z in 1..=255 {
            let (top, bottom) = groups[&key][0].layers(z, rng);
            survey.push((top.len() + bottom.len(), key, z));
        }
    }
    survey.sort_unstable();
    eprintln!("{}: {} pairs of linear layers", sbox.name, survey.len());
    let mut best: Option<(Circuit, String)> = None;
    let rank = |(c, _): &(Circuit, _)| (c.gates.len(), c.count(Op::AndNot), c.depth());
    let mut least = usize::MAX;
    for (_, key, z) in survey.into_iter().take(FINALISTS) {
        for _ in 0..TRIES {
            let (top, bottom) = groups[&key][0].layers(z, rng);
            if top.len() + bottom.len() <= least {
                least = top.len() + bottom.len();
                let circuits = groups[&key].iter().map(|frame| {
                    let circuit = frame.assemble(z, &top, &bottom, rng);
                    (circuit, frame.describe(z))
                });
                best = best.into_iter().chain(circuits).min_by_key(rank);
            }
        }
    }
    let (circuit, description) = best.expect("there are frames");
    eprintln!("{}: {description}", sbox.name);
    circuit
}
