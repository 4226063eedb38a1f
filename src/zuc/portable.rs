//! ZUC as the standard writes it: LFSR, bit reorganization and F; no tables, no branch on a secret.
//!
//! Source: GM/T 0001.1-2012 (GB/T 33133.1-2016; 3GPP TS 35.222). Clauses below are of GM/T 0001.1.

use super::{backend::Kernel, mac, sbox};
use zeroize::{Zeroize, ZeroizeOnDrop, optimization_barrier};

/// The constants d0 … d15 of the key loading, 15 bits each. Source: 5.5.
const D: [u32; 16] = [
    0x44d7, 0x26bc, 0x626b, 0x135e, 0x5789, 0x35e2, 0x7135, 0x09af, 0x4d78, 0x2f13, 0x6bc4, 0x1af1,
    0x5e26, 0x3c4d, 0x789a, 0x47ac,
];

/// p = 2³¹ − 1.
const P: u64 = 0x7fff_ffff;

/// The LFSR's cells, oldest first, and the registers R1 and R2 of F.
///
/// A cell has 31 bits and is never 0: the standard writes 0 as 2³¹ − 1.
#[derive(Clone, Zeroize)]
pub(super) struct State {
    pub(super) s: [u32; 16],
    pub(super) r1: u32,
    pub(super) r2: u32,
}

impl Drop for State {
    fn drop(&mut self) {
        (self.s, self.r1, self.r2) = ([0; 16], 0, 0);
        optimization_barrier(self);
    }
}

impl ZeroizeOnDrop for State {}

impl State {
    /// s_i = k_i ‖ d_i ‖ iv_i, R1 = R2 = 0. Source: 5.5 and 5.6.1.
    #[inline]
    pub(super) fn load128(key: &[u8; 16], iv: &[u8; 16]) -> Self {
        let mut state = Self { s: D, r1: 0, r2: 0 };
        for ((s, k), v) in state.s.iter_mut().zip(key).zip(iv) {
            *s = u32::from(*k) << 23 | *s << 8 | u32::from(*v);
        }
        state
    }

    /// s_i of ZUC-256 from its parts of 8, 7, 8 and 8 bits, R1 = R2 = 0.
    #[inline]
    pub(super) fn load256(cells: [[u8; 4]; 16]) -> Self {
        let s = cells.map(|[a, d, b, c]| {
            u32::from(a) << 23 | u32::from(d) << 16 | u32::from(b) << 8 | u32::from(c)
        });
        Self { s, r1: 0, r2: 0 }
    }
}

/// ZUC while its LFSR turns in place: cell s_i stands at index (`t` + i) mod 16.
struct Turning<'a> {
    state: &'a mut State,
    t: usize,
}

impl<'a> Turning<'a> {
    fn start(state: &'a mut State) -> Self {
        Self { state, t: 0 }
    }

    /// Brings s0 back to index 0. How far the LFSR has turned is public.
    fn stop(self) {
        self.state.s.rotate_left(self.t & 15);
    }

    fn s(&self, i: usize) -> u32 {
        self.state.s[(self.t + i) & 15]
    }

    /// X0 … X3. Source: 5.3, BitReorganization.
    fn bit_reorganization(&self) -> [u32; 4] {
        let high_low = |h: u32, l: u32| (h << 1 & 0xffff_0000) | (l & 0xffff);
        let low_high = |l: u32, h: u32| l << 16 | h >> 15;
        [
            high_low(self.s(15), self.s(14)),
            low_high(self.s(11), self.s(9)),
            low_high(self.s(7), self.s(5)),
            low_high(self.s(2), self.s(0)),
        ]
    }

    /// W = F(X0, X1, X2). Source: 5.4.
    fn f(&mut self, x0: u32, x1: u32, x2: u32) -> u32 {
        let (r1, r2) = (self.state.r1, self.state.r2);
        let w = (x0 ^ r1).wrapping_add(r2);
        let w1 = r1.wrapping_add(x1);
        let w2 = r2 ^ x2;
        let u = l1(w1 << 16 | w2 >> 16);
        let v = l2(w2 << 16 | w1 >> 16);
        [self.state.r1, self.state.r2] = s(u, v);
        w
    }

    /// s16 = 2¹⁵s15 + 2¹⁷s13 + 2²¹s10 + 2²⁰s4 + (1 + 2⁸)s0 + u mod p, 0 written as p; then all move up.
    ///
    /// The sum is at least 1 and below 2⁵³. Folding the bits over 31 back once leaves less than
    /// 2³¹ + 2²², twice leaves 1 … p: never 0, without a branch. Source: 5.2.
    fn lfsr(&mut self, u: u32) {
        let s = |i| u64::from(self.s(i));
        let sum = (s(15) << 15) + (s(13) << 17) + (s(10) << 21) + (s(4) << 20);
        let sum = sum + s(0) + (s(0) << 8) + u64::from(u);
        let sum = (sum & P) + (sum >> 31);
        // Below 2³¹ after the second fold.
        #[allow(clippy::cast_possible_truncation, reason = "bounded above")]
        let s16 = ((sum & P) + (sum >> 31)) as u32;
        self.state.s[self.t & 15] = s16;
        self.t = self.t.wrapping_add(1);
    }

    fn lfsr_with_initialisation_mode(&mut self, u: u32) {
        self.lfsr(u);
    }

    fn lfsr_with_work_mode(&mut self) {
        self.lfsr(0);
    }
}

/// L1. Source: 5.4.2.
fn l1(x: u32) -> u32 {
    x ^ x.rotate_left(2) ^ x.rotate_left(10) ^ x.rotate_left(18) ^ x.rotate_left(24)
}

/// L2. Source: 5.4.2.
fn l2(x: u32) -> u32 {
    x ^ x.rotate_left(8) ^ x.rotate_left(14) ^ x.rotate_left(22) ^ x.rotate_left(30)
}

/// S(u) and S(v) with S = S0 ‖ S1 ‖ S0 ‖ S1 on the four bytes of a word. Source: 5.4.1.
///
/// The four bytes for S0 go through one circuit, the four for S1 through the other. A plane is the
/// word shifted down by i: bit i of every byte stands at the byte's lowest place, and what stands
/// at the other places does not matter until the mask at the end.
fn s(u: u32, v: u32) -> [u32; 2] {
    const EVEN: u32 = 0x00ff_00ff;
    let a = sbox::s0(planes((u >> 8 & EVEN) | (v & !EVEN)));
    let b = sbox::s1(planes((u & EVEN) | (v & EVEN) << 8));
    let (a, b) = (bytes(a), bytes(b));
    [(a & EVEN) << 8 | (b & EVEN), (a & !EVEN) | (b >> 8 & EVEN)]
}

fn planes(x: u32) -> [u32; 8] {
    [x, x >> 1, x >> 2, x >> 3, x >> 4, x >> 5, x >> 6, x >> 7]
}

fn bytes(planes: [u32; 8]) -> u32 {
    let mut x = 0;
    for (i, plane) in (0..8).zip(planes) {
        x |= (plane & 0x0101_0101) << i;
    }
    x
}

/// The portable backend.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Kernel for Portable {
    /// Source: 5.6.1 and the first step of 5.6.2.
    fn initialise(self, state: &mut State, rounds: u32) {
        initialisation_rounds(state, rounds);
        let mut zuc = Turning::start(state);
        let [x0, x1, x2, _] = zuc.bit_reorganization();
        zuc.f(x0, x1, x2);
        zuc.lfsr_with_work_mode();
        zuc.stop();
    }

    /// Source: 5.6.2.
    fn keystream(self, state: &mut State, z: &mut [[u8; 4]]) {
        let mut zuc = Turning::start(state);
        for z in z {
            let [x0, x1, x2, x3] = zuc.bit_reorganization();
            *z = (zuc.f(x0, x1, x2) ^ x3).to_be_bytes();
            zuc.lfsr_with_work_mode();
        }
        zuc.stop();
    }

    fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
        mac::windows(t, z, m);
    }
}

/// The rounds of the initialisation stage alone. Source: 5.6.1.
pub(super) fn initialisation_rounds(state: &mut State, rounds: u32) {
    let mut zuc = Turning::start(state);
    for _ in 0..rounds {
        let [x0, x1, x2, _] = zuc.bit_reorganization();
        let w = zuc.f(x0, x1, x2);
        zuc.lfsr_with_initialisation_mode(w >> 1);
    }
    zuc.stop();
}
