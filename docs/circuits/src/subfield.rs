//! Multiplication and inversion in K, the field of 16 elements inside L.

use crate::beam;
use crate::circuit::Gate;
use crate::field::{frobenius, inv, mul, trace_of_k};
use crate::rng::Rng;

/// States kept by the search for circuits of inversion, and the most gates these may have.
const WIDTH: usize = 40;
const LIMIT: usize = 19;

/// Karatsuba's method: Tr(e f g) = sum over q of m(e, q) Tr(c[q] f) Tr(c[q] g).
pub struct Karatsuba {
    pub c: [u8; 9],
    /// m(e, q) is bit q of `m[e]`, for e in K.
    m: [u16; 256],
}

impl Karatsuba {
    /// `cosets` are three of the five classes of logarithms modulo 5.
    pub fn new(k: &[u8; 15], cosets: [usize; 3]) -> Self {
        let c: [u8; 9] = std::array::from_fn(|q| k[cosets[q / 3] + 5 * (q % 3)]);
        // A bilinear form is its values at the pairs of basis elements.
        let table = |value: &dyn Fn(u8, u8) -> u8| {
            (0..16).fold(0, |t, i| t | u16::from(value(k[i / 4], k[i % 4])) << i)
        };
        let products = c.map(|c| table(&|f, g| trace_of_k(mul(c, f)) & trace_of_k(mul(c, g))));
        let mut m = [0; 256];
        for &e in k {
            let wanted = table(&|f, g| trace_of_k(mul(e, mul(f, g))));
            let sum = |set: u16| (0..9).fold(0, |s, q| s ^ (products[q] * (set >> q & 1)));
            let set = (0..512).find(|&set| sum(set) == wanted);
            m[usize::from(e)] = set.expect("nine products suffice");
        }
        Self { c, m }
    }

    /// m(e, q), 0 or 1.
    pub fn m(&self, e: u8, q: usize) -> u8 {
        (self.m[usize::from(e)] >> q & 1) as u8
    }

    /// For each product, the mask of those of `es` with m(e, q) = 1.
    pub fn columns(&self, es: &[u8]) -> [u8; 9] {
        let column = |q| (0..es.len()).fold(0, |column, i| column | self.m(es[i], q) << i);
        std::array::from_fn(column)
    }
}

/// A circuit from the bits Tr(basis[i] n) to the bits Tr(outputs[q] n^-1), for n in K.
#[derive(Clone)]
pub struct Inversion {
    pub basis: [u8; 4],
    pub outputs: [u8; 9],
    /// The signals of the outputs.
    pub places: Vec<usize>,
    pub gates: Vec<Gate>,
}

impl Inversion {
    /// The same circuit applied to (v n)^(2^j), for all v and j.
    fn twists(&self, k: &[u8; 15]) -> Vec<Self> {
        let twist = |v: u8, j: usize| {
            let basis = self.basis.map(|e| mul(frobenius(e, 8 - j), v));
            let outputs = self.outputs.map(|c| mul(frobenius(c, 8 - j), inv(v)));
            let (places, gates) = (self.places.clone(), self.gates.clone());
            Self {
                basis,
                outputs,
                places,
                gates,
            }
        };
        k.iter()
            .flat_map(|&v| (0..4).map(move |j| twist(v, j)))
            .collect()
    }

    /// Looks for a circuit.
    fn find(k: &[u8; 15], basis: [u8; 4], outputs: [u8; 9], rng: &mut Rng) -> Option<Self> {
        let table = |c: u8| {
            let bit = |n: u8| u16::from(trace_of_k(mul(c, inv(n)))) << coordinates(&basis, n);
            k.iter().fold(0, |table, &n| table | bit(n))
        };
        let targets = outputs.map(table);
        let gates = beam::search(&targets, WIDTH, LIMIT, rng)?;
        let places = beam::find(&gates, &targets);
        Some(Self {
            basis,
            outputs,
            places,
            gates,
        })
    }

    /// The smallest circuits found, with all their twists, for the outputs that `karatsuba` wants.
    ///
    /// A basis is tried if ten XORs make the coordinates of the product, or of a multiple of it, from
    /// Karatsuba's nine products; and if it is no twist of one tried before.
    pub fn search(k: &[u8; 15], karatsuba: &Karatsuba, rng: &mut Rng) -> Vec<Self> {
        let outputs = karatsuba.c;
        let suits = |basis: &[u8; 4], v: u8| {
            let columns = karatsuba.columns(&basis.map(|e| mul(e, v)));
            [1, 2, 4, 8].iter().all(|unit| columns.contains(unit))
        };
        let (mut seen, mut found) = (Vec::new(), Vec::new());
        for code in 0..15usize.pow(4) {
            let logs = [1, 15, 225, 3375].map(|power| code / power % 15);
            let basis = logs.map(|i| k[i]);
            let is_basis = logs.is_sorted() && k.iter().all(|&n| coordinates(&basis, n) != 0);
            if is_basis && k.iter().any(|&v| suits(&basis, v)) && !seen.contains(&sorted(basis)) {
                let (places, gates) = (Vec::new(), Vec::new());
                let mut same = Self {
                    basis,
                    outputs,
                    places,
                    gates,
                }
                .twists(k);
                same.retain(|twist| sorted(twist.outputs) == sorted(outputs));
                seen.extend(same.iter().map(|twist| sorted(twist.basis)));
                found.extend(Self::find(k, basis, outputs, rng));
            }
        }
        let least = found.iter().map(|inversion| inversion.gates.len()).min();
        found.retain(|inversion| Some(inversion.gates.len()) == least);
        eprintln!(
            "{} circuits for inversion in K, of {least:?} gates",
            found.len()
        );
        found
            .iter()
            .flat_map(|inversion| inversion.twists(k))
            .collect()
    }
}

/// The bits Tr(basis[i] n).
fn coordinates(basis: &[u8; 4], n: u8) -> u8 {
    (0..4).fold(0, |bits, i| bits | trace_of_k(mul(basis[i], n)) << i)
}

pub fn sorted<const N: usize>(mut list: [u8; N]) -> [u8; N] {
    list.sort_unstable();
    list
}
