//! The constants of the rounds: the byte maps of `maps.rs` as tables of nibbles or as matrices, and shuffles of bytes.
#![allow(unsafe_code, reason = "a kernel: bytes as registers")]
#![allow(clippy::cast_possible_truncation, reason = "numbers of bytes")]

use crate::sm4::maps::{self, M, M_BACK, Map};
use core::arch::x86_64::__m256i;

/// For the kernels with the S-box of AES. Words lie in memory's order in the state, the most significant byte first.
pub(super) struct AesTables {
    pub(super) low_nibbles: __m256i,
    /// What the constant of the S-box costs is this in the key of AESENCLAST.
    pub(super) constant: __m256i,
    pub(super) swap: __m256i,
    pub(super) enter: [__m256i; 2],
    pub(super) leave: [__m256i; 2],
    pub(super) alpha: [__m256i; 2],
    pub(super) beta: [__m256i; 2],
    pub(super) gamma: [__m256i; 2],
    pub(super) delta: [__m256i; 2],
    /// Byte j + k of each word to j, after ShiftRows is undone.
    pub(super) from: [__m256i; 4],
    pub(super) next: __m256i,
    pub(super) next_but_one: __m256i,
    /// Before ShiftRows: so that after it byte j of each word is what was byte j − 1.
    pub(super) before: __m256i,
}

pub(super) static AES: AesTables = AesTables {
    low_nibbles: both([0x0f; 16]),
    constant: both([maps::AES.constant_before; 16]),
    swap: both(SWAP),
    enter: nibbles(M),
    leave: nibbles(M_BACK),
    alpha: nibbles(maps::AES.alpha),
    beta: nibbles(maps::AES.beta),
    gamma: nibbles(maps::AES.gamma),
    delta: nibbles(maps::AES.gamma.plus(TIMES_2.after(maps::AES.beta))),
    from: [
        both(unshifted(0, 0)),
        both(unshifted(1, 1)),
        both(unshifted(2, 2)),
        both(unshifted(3, 3)),
    ],
    next: both(rotated(1)),
    next_but_one: both(rotated(2)),
    before: both(unshifted(3, 0)),
};

/// For the kernel with the inversion of GFNI. Words are little-endian.
pub(super) struct GfniTables {
    pub(super) swap: __m256i,
    pub(super) enter: __m256i,
    pub(super) leave: __m256i,
    pub(super) alpha: __m256i,
    pub(super) beta: __m256i,
    pub(super) delta: __m256i,
    pub(super) next: __m256i,
    pub(super) next_but_one: __m256i,
    pub(super) previous: __m256i,
}

pub(super) static GFNI: GfniTables = GfniTables {
    swap: both(SWAP),
    enter: matrix(M),
    leave: matrix(M_BACK),
    alpha: matrix(maps::INVERSE.alpha),
    beta: matrix(maps::INVERSE.beta),
    delta: matrix(maps::INVERSE.alpha.plus(TIMES_2.after(maps::INVERSE.beta))),
    next: both(rotated(1)),
    next_but_one: both(rotated(2)),
    previous: both(rotated(3)),
};

/// Multiplication by 02 in the field of AES, as in MixColumns.
const TIMES_2: Map = Map([0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b]);

/// The bytes of each word in reverse order.
const SWAP: [u8; 16] = 0x0c0d_0e0f_0809_0a0b_0405_0607_0001_0203_u128.to_le_bytes();

/// Byte j + k of each word to j.
const fn rotated(k: usize) -> [u8; 16] {
    let (mut from, mut i) = ([0; 16], 0);
    while i < 16 {
        from[i] = (i / 4 * 4 + (i + k) % 4) as u8;
        i += 1;
    }
    from
}

/// Byte j + k of word c − j − l to byte j of word c: with k = l after ShiftRows, or with l = 0 before it, that leaves the rotation
/// by k alone. (ShiftRows takes byte j of word c + j to word c.)
const fn unshifted(k: usize, l: usize) -> [u8; 16] {
    let (mut from, mut i) = ([0; 16], 0);
    while i < 16 {
        let (j, c) = (i % 4, i / 4);
        from[i] = ((c + 4 - (j + l) % 4) % 4 * 4 + (j + k) % 4) as u8;
        i += 1;
    }
    from
}

const fn both(x: [u8; 16]) -> __m256i {
    // SAFETY: both are 32 bytes for which all values are valid.
    unsafe { core::mem::transmute::<[[u8; 16]; 2], __m256i>([x, x]) }
}

const fn nibbles(map: Map) -> [__m256i; 2] {
    let [low, high] = map.nibbles();
    [both(low), both(high)]
}

const fn matrix(map: Map) -> __m256i {
    let m = map.matrix();
    // SAFETY: both are 32 bytes for which all values are valid.
    unsafe { core::mem::transmute::<[i64; 4], __m256i>([m; 4]) }
}
