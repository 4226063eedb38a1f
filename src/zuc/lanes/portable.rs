//! Sixteen streams without vector instructions: words lane by lane, S-boxes bitsliced over the lanes.

use super::{LANES, Lanes, backend::Kernel};
use crate::zuc::sbox;

/// A word in every lane.
type Words = [u32; LANES];

const P: u64 = 0x7fff_ffff;

/// The portable backend.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Kernel for Portable {
    fn initialise(self, lanes: &mut Lanes, rounds: u32) {
        for t in 0..rounds as usize {
            let [x0, x1, x2, _] = bit_reorganization(lanes, t);
            let w = f(lanes, x0, x1, x2);
            lfsr(lanes, t, w.map(|w| w >> 1));
        }
        let t = rounds as usize;
        let [x0, x1, x2, _] = bit_reorganization(lanes, t);
        f(lanes, x0, x1, x2);
        lfsr(lanes, t, [0; LANES]);
        lanes.s.rotate_left((t + 1) & 15);
    }

    fn keystream(self, lanes: &mut Lanes, z: &mut [[[u8; 64]; LANES]]) {
        for z in z {
            for t in 0..16 {
                let [x0, x1, x2, x3] = bit_reorganization(lanes, t);
                let w = f(lanes, x0, x1, x2);
                lfsr(lanes, t, [0; LANES]);
                for (z, (w, x3)) in z.iter_mut().zip(w.iter().zip(x3)) {
                    z[4 * t..4 * t + 4].copy_from_slice(&(w ^ x3).to_be_bytes());
                }
            }
        }
    }
}

/// As for one stream; cell s_i stands at index (`t` + i) mod 16.
fn bit_reorganization(lanes: &Lanes, t: usize) -> [Words; 4] {
    let s = |i: usize| &lanes.s[(t + i) & 15];
    let words = |high: usize, low: usize, join: fn(u32, u32) -> u32| -> Words {
        let (high, low) = (s(high), s(low));
        core::array::from_fn(|lane| join(high[lane], low[lane]))
    };
    let high_low = |h: u32, l: u32| (h << 1 & 0xffff_0000) | (l & 0xffff);
    let low_high = |l: u32, h: u32| l << 16 | h >> 15;
    [words(15, 14, high_low), words(11, 9, low_high), words(7, 5, low_high), words(2, 0, low_high)]
}

/// W = F(X0, X1, X2) in every lane.
fn f(lanes: &mut Lanes, x0: Words, x1: Words, x2: Words) -> Words {
    let (r1, r2) = (&mut lanes.r1, &mut lanes.r2);
    let w = core::array::from_fn(|i| (x0[i] ^ r1[i]).wrapping_add(r2[i]));
    for i in 0..LANES {
        let (w1, w2) = (r1[i].wrapping_add(x1[i]), r2[i] ^ x2[i]);
        let (u, v) = (w1 << 16 | w2 >> 16, w2 << 16 | w1 >> 16);
        r1[i] = u ^ u.rotate_left(2) ^ u.rotate_left(10) ^ u.rotate_left(18) ^ u.rotate_left(24);
        r2[i] = v ^ v.rotate_left(8) ^ v.rotate_left(14) ^ v.rotate_left(22) ^ v.rotate_left(30);
    }
    s(r1, r2);
    w
}

/// S in every lane: the 64 bytes of all lanes that S0 takes, and the 64 that S1 takes, as eight planes each.
fn s(u: &mut Words, v: &mut Words) {
    const EVEN: u32 = 0x00ff_00ff;
    let (mut a, mut b) = ([0; LANES], [0; LANES]);
    for i in 0..LANES {
        a[i] = (u[i] >> 8 & EVEN) | (v[i] & !EVEN);
        b[i] = (u[i] & EVEN) | (v[i] & EVEN) << 8;
    }
    let a = unsliced(sbox::s0(sliced(&a)));
    let b = unsliced(sbox::s1(sliced(&b)));
    for i in 0..LANES {
        u[i] = (a[i] & EVEN) << 8 | (b[i] & EVEN);
        v[i] = (a[i] & !EVEN) | (b[i] >> 8 & EVEN);
    }
}

fn sliced(words: &Words) -> [u64; 8] {
    transposed(core::array::from_fn(|i| {
        u64::from(words[2 * i + 1]) << 32 | u64::from(words[2 * i])
    }))
}

#[allow(clippy::cast_possible_truncation, reason = "the halves of a u64")]
fn unsliced(planes: [u64; 8]) -> Words {
    let words = transposed(planes);
    core::array::from_fn(|i| (words[i / 2] >> (32 * (i & 1))) as u32)
}

/// Exchanges bit j of byte k of word i with bit i of byte k of word j.
fn transposed(mut x: [u64; 8]) -> [u64; 8] {
    let mut exchange = |i: usize, j: usize, n: u32, mask: u64| {
        let d = (x[i] >> n ^ x[j]) & mask;
        x[j] ^= d;
        x[i] ^= d << n;
    };
    for i in 0..4 {
        exchange(i, i + 4, 4, 0x0f0f_0f0f_0f0f_0f0f);
    }
    for i in [0, 1, 4, 5] {
        exchange(i, i + 2, 2, 0x3333_3333_3333_3333);
    }
    for i in [0, 2, 4, 6] {
        exchange(i, i + 1, 1, 0x5555_5555_5555_5555);
    }
    x
}

/// As for one stream, in every lane.
fn lfsr(lanes: &mut Lanes, t: usize, u: Words) {
    let s = |i: usize, lane: usize| u64::from(lanes.s[(t + i) & 15][lane]);
    let next = core::array::from_fn(|i| {
        let sum = (s(15, i) << 15) + (s(13, i) << 17) + (s(10, i) << 21) + (s(4, i) << 20);
        let sum = sum + s(0, i) + (s(0, i) << 8) + u64::from(u[i]);
        let sum = (sum & P) + (sum >> 31);
        #[allow(clippy::cast_possible_truncation, reason = "below 2³¹ after the second fold")]
        let s16 = ((sum & P) + (sum >> 31)) as u32;
        s16
    });
    lanes.s[t & 15] = next;
}
