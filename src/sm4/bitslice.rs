//! SM4 on 16·N blocks at once, sliced into bits.
//!
//! Plane j of a word X is, for each 16 blocks, a `u64` with bit j of every byte of X: bit 16·p + q is for the byte of
//! weight 2⁸ᵖ in block q. So a rotation of X by 8 turns each plane by 16, and one by 2 renames the planes.
//! The loops over n run over the groups of 16 blocks; compilers turn them into vector instructions.

use super::{
    backend::{Block, LANES, LaneKeys},
    portable::{every, l},
    sbox,
};
use crate::secret::Temporary;
use cipher::{InOutBuf, array::Array, consts::U16};
use core::array::from_fn;

/// The planes of one word of the state.
type Planes<const N: usize> = [[u64; N]; 8];

/// For each round the planes of its key: the same for all blocks, or of sixteen lanes.
type Keys = [[u64; 8]; 32];

/// Encrypts any number of blocks, 64 or 16 at once.
pub(super) fn crypt(rk: &[u32; 32], mut blocks: InOutBuf<'_, '_, Array<u8, U16>>) {
    let mut keys = Temporary::<Keys>::new();
    slice_keys(rk, &mut keys);
    while !blocks.is_empty() {
        // Four passes over 16 blocks take longer than one over 64, three do not.
        let is_wide = blocks.len() > 48;
        let most = if is_wide { 64 } else { 16 };
        let length = most.min(blocks.len());
        let (now, later) = blocks.split_at(length);
        if is_wide {
            pass::<4>(&keys, now);
        } else {
            pass::<1>(&keys, now);
        }
        blocks = later;
    }
}

/// Encrypts one block of each lane under the lane's own key.
pub(super) fn lanes(rk: &LaneKeys, blocks: &mut [Block; LANES]) {
    let mut keys = Temporary::<Keys>::new();
    slice_lane_keys(rk, &mut keys);
    pass::<1>(&keys, blocks.as_mut_slice().into());
}

/// The planes of the round keys, with the constants that [`sbox::s`] leaves out.
///
/// Let c be `sbox::AFTER` in every byte. With Y_i = X_i ⊕ L(c) where ⌊i/4⌋ is odd and Y_i = X_i elsewhere,
/// Y_(i+4) = Y_i ⊕ L(s(Y_(i+1) ⊕ Y_(i+2) ⊕ Y_(i+3) ⊕ k_i)): the c of every round has gone into the keys k_i, and
/// the first four and the last four words are those of SM4.
fn slice_keys(rk: &[u32; 32], keys: &mut Keys) {
    for (rk, keys) in rk.as_chunks::<8>().0.iter().zip(keys.as_chunks_mut::<8>().0) {
        for ((rk, constant), keys) in rk.iter().zip(KEY_CONSTANTS).zip(keys) {
            let k = u64::from(rk ^ constant);
            let k = (k | k << 16) & 0x0000_ffff_0000_ffff;
            let k = (k | k << 8) & 0x00ff_00ff_00ff_00ff;
            *keys = from_fn(|j| {
                let bits = k >> j & 0x0001_0001_0001_0001;
                (bits << 16).wrapping_sub(bits)
            });
        }
    }
}

/// For the eight i: `sbox::BEFORE` in every byte, and d_(i+1) ⊕ d_(i+2) ⊕ d_(i+3), where d_i = X_i ⊕ Y_i.
const KEY_CONSTANTS: [u32; 8] = {
    const B: u32 = every(sbox::BEFORE);
    const D: u32 = B ^ l(every(sbox::AFTER));
    [B, D, B, D, D, B, D, B]
};

/// The same of each lane's keys: those of four rounds are sliced as the words of a block are.
fn slice_lane_keys(rk: &LaneKeys, keys: &mut Keys) {
    let mut state = Temporary::<[[u64; 1]; 32]>::new();
    let rounds = rk.0.as_chunks::<4>().0.iter().zip(keys.as_chunks_mut::<4>().0);
    for ((rk, keys), constants) in rounds.zip(KEY_CONSTANTS.as_chunks::<4>().0.iter().cycle()) {
        let [b0, b1, b2, b3] = constants.map(u64::from);
        let [k0, k1, k2, k3] = rk;
        let (left, right) = state.split_at_mut(16);
        for ((row, k0), k1) in left.iter_mut().zip(k0).zip(k1) {
            *row = [(u64::from(*k0) ^ b0) << 32 | u64::from(*k1) ^ b1];
        }
        for ((row, k2), k3) in right.iter_mut().zip(k2).zip(k3) {
            *row = [(u64::from(*k2) ^ b2) << 32 | u64::from(*k3) ^ b3];
        }
        slice(&mut state);
        let (planes, _) = state.as_flattened().as_chunks::<8>();
        for (keys, i) in keys.iter_mut().zip([1, 0, 3, 2]) {
            *keys = planes[i];
        }
    }
}

/// Encrypts at most 16·N blocks.
fn pass<const N: usize>(keys: &Keys, mut blocks: InOutBuf<'_, '_, Array<u8, U16>>) {
    let mut state = Temporary::<[[u64; N]; 32]>::new();
    let (left, right) = state.split_at_mut(16);
    for (n, group) in blocks.get_in().chunks(16).enumerate().take(N) {
        for ((block, left), right) in group.iter().zip(&mut *left).zip(&mut *right) {
            [right[n], left[n]] = halves(u128::from_be_bytes(block.0));
        }
    }
    slice(&mut state);
    rounds(&mut state, keys);
    unslice(&mut state);
    // The substitution R: the words in reverse order. Source: 7.1.
    let (left, right) = state.split_at(16);
    for (n, group) in blocks.get_out().chunks_mut(16).enumerate().take(N) {
        for ((block, left), right) in group.iter_mut().zip(left).zip(right) {
            let [left, right] = [left[n], right[n]].map(|half| u128::from(half.rotate_left(32)));
            block.0 = (right << 64 | left).to_be_bytes();
        }
    }
}

/// The lower and the upper half.
#[allow(clippy::cast_possible_truncation, reason = "cut in two")]
fn halves(x: u128) -> [u64; 2] {
    [x as u64, (x >> 64) as u64]
}

/// From blocks to planes: at first row q holds the left half of block q and row 16 + q its right half; then the rows
/// are the planes of X1, X0, X3, X2, in this order.
///
/// An exchange swaps a bit of the row's number with a bit of the position in the word. With i the number of the word
/// X, q of the block, p of the byte, j of the bit, the bits of row | position are
///     i1 q3 q2 q1 q0 | i0 p1 p0 j2 j1 j0   before,
///     i1 i0 j2 j1 j0 | p1 p0 q3 q2 q1 q0   after,
/// where i0 is upside down, since X0 is the upper half of X0 ‖ X1.
#[inline(always)]
fn slice<const N: usize>(state: &mut [[u64; N]; 32]) {
    for n in 0..N {
        let mut w = from_fn(|i| state[i][n]);
        exchange::<3, 3>(&mut w);
        exchange::<3, 4>(&mut w);
        exchange::<3, 5>(&mut w);
        exchange::<2, 2>(&mut w);
        exchange::<1, 1>(&mut w);
        exchange::<0, 0>(&mut w);
        for (row, w) in state.iter_mut().zip(w) {
            row[n] = w;
        }
    }
}

/// Undoes [`slice()`].
#[inline(always)]
fn unslice<const N: usize>(state: &mut [[u64; N]; 32]) {
    for n in 0..N {
        let mut w = from_fn(|i| state[i][n]);
        exchange::<0, 0>(&mut w);
        exchange::<1, 1>(&mut w);
        exchange::<2, 2>(&mut w);
        exchange::<3, 5>(&mut w);
        exchange::<3, 4>(&mut w);
        exchange::<3, 3>(&mut w);
        for (row, w) in state.iter_mut().zip(w) {
            row[n] = w;
        }
    }
}

/// Exchanges bit `BIT` of the index of every bit in `w` with bit `PLACE` of its position in the word.
#[inline(always)]
fn exchange<const BIT: usize, const PLACE: usize>(w: &mut [u64; 32]) {
    let (gap, shift) = (1 << BIT, 1 << PLACE);
    // The positions with PLACE = 0: ones and zeros in turn, `shift` of each.
    let mask = u64::MAX / (1 + (1 << shift));
    for pair in w.chunks_exact_mut(2 * gap) {
        let (low, high) = pair.split_at_mut(gap);
        for (a, b) in low.iter_mut().zip(high) {
            let t = (*a >> shift ^ *b) & mask;
            *b ^= t;
            *a ^= t << shift;
        }
    }
}

/// The 32 rounds. Source: 7.1.
#[inline(always)]
fn rounds<const N: usize>(state: &mut [[u64; N]; 32], keys: &Keys) {
    let [x1, x0, x3, x2] = state.as_chunks_mut::<8>().0 else { return };
    for [k0, k1, k2, k3] in keys.as_chunks::<4>().0 {
        round(x0, x1, x2, x3, k0);
        round(x1, x2, x3, x0, k1);
        round(x2, x3, x0, x1, k2);
        round(x3, x0, x1, x2, k3);
    }
}

/// X0 becomes F(X0, X1, X2, X3, rk). Source: 6.1.
#[inline(always)]
fn round<const N: usize>(
    x0: &mut Planes<N>,
    x1: &Planes<N>,
    x2: &Planes<N>,
    x3: &Planes<N>,
    k: &[u64; 8],
) {
    for n in 0..N {
        let a = from_fn(|j| x1[j][n] ^ x2[j][n] ^ x3[j][n] ^ k[j]);
        let y = l_planes(sbox::s(a));
        for j in 0..8 {
            x0[j][n] ^= y[j];
        }
    }
}

/// L on planes. Source: 6.2.
///
/// Let r be the rotation of a word by 8. For j ≥ 2 plane j of L(b) is b_j ⊕ r³b_j ⊕ (1 ⊕ r ⊕ r²)b_(j−2); for j < 2 the
/// last term is (r ⊕ r² ⊕ r³)b_(j+6), since a rotation by 2 takes these bits to the next byte.
/// With v = b ⊕ rb both take three rotations a plane.
#[inline(always)]
fn l_planes(b: [u64; 8]) -> [u64; 8] {
    let v: [u64; 8] = from_fn(|j| b[j] ^ b[j].rotate_left(16));
    from_fn(|j| match j {
        0 | 1 => ((v[j] ^ b[j + 6]).rotate_left(32) ^ v[j + 6]).rotate_left(16),
        _ => (v[j].rotate_left(32) ^ v[j - 2]).rotate_left(16) ^ b[j - 2],
    })
}
