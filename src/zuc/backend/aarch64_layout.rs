//! The tables of `aarch64_aes.rs` that say where in a vector register the bytes of F stand.
//!
//! L1 and L2 put each byte that the S-boxes take into a 16-bit lane of its own, beside the byte whose
//! bits the rotation brings in, and those of S1 where AESE's `ShiftRows` will take them from. So
//! nothing is done only to move bytes. A position is a byte of a register.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "numbers below 256"
)]

/// The positions of bytes 0 … 3 of L1(u), then of L2(v). The 16-bit lanes are all different.
const INPUT: [[usize; 4]; 2] = [[15, 4, 9, 6], [2, 11, 1, 12]];

/// The positions of bytes 0 … 3 of R1 and W1, then of R2 and W2: bytes 1 and 3 (S0's) stay, AESE
/// moves bytes 0 and 2 (S1's).
const OUTPUT: [[usize; 4]; 2] = {
    let mut output = INPUT;
    let mut i = 0;
    while i < 4 {
        let p = &mut output[i / 2][i % 2 * 2];
        *p = (*p + 16 - *p % 4 * 4) % 16;
        i += 1;
    }
    // In order, for the addition of X1 by 64-bit lanes. What stands below must not carry.
    assert!(matches!(output[0], [3, 4, 5, 6]));
    output
};

/// W1 from the first register and W2 from the second, as the words 0 and 1.
pub(super) const GATHER: [u8; 16] = {
    let mut from = [255; 16];
    let mut i = 0;
    while i < 8 {
        from[i] = (OUTPUT[i / 4][i % 4] + i / 4 * 16) as u8;
        i += 1;
    }
    from
};

/// The bytes of each of four words in the order in which those of W2 stand.
pub(super) const ORDER: [u8; 16] = {
    let (mut from, mut i) = ([0; 16], 0);
    while i < 16 {
        from[i / 4 * 4 + OUTPUT[1][i % 4] - W2] = i as u8;
        i += 1;
    }
    from
};

/// The first position of W2, which stands in one piece as W1 does.
pub(super) const W2: usize = 10;

/// The first bit of W1.
pub(super) const W1_BITS: i32 = 8 * OUTPUT[0][0] as i32;

/// With x the four bytes of u from byte j down, L1(u) has as byte j x0 ⊕ x3 ⊕ the upper byte of
/// (x0x1 ⊕ x1x2 ⊕ x2x3) <<< 2; and L2(v) has x0 ⊕ x1 ⊕ that of (x1x2 ⊕ x2x3 ⊕ x3x0) <<< 6. Of
/// each lane one byte is wanted: the upper one after a shift to the left, or the lower one after
/// a shift to the right by 8 less. The first two look-ups give two of the pairs, the third the
/// pair whose wanted byte is also a single term, the last the other single term.
pub(super) const LOOKUPS: [[u8; 16]; 4] = {
    let mut from = [[255; 16]; 4];
    let mut i = 0;
    while i < 8 {
        let (word, j) = (i / 4, i % 4);
        let p = INPUT[word][j];
        // u = W1L ‖ W2H and v = W2L ‖ W1H.
        let bytes = if word == 0 {
            [GATHER[6], GATHER[7], GATHER[0], GATHER[1]]
        } else {
            [GATHER[2], GATHER[3], GATHER[4], GATHER[5]]
        };
        let (low, first) = (p.is_multiple_of(2), word);
        let pairs = if low { [first, first + 1, first + 2] } else { [first + 1, first + 2, first] };
        let mut k = 0;
        while k < 3 {
            from[k][p | 1] = bytes[(j + 4 - pairs[k]) % 4];
            from[k][p & !1] = bytes[(j + 7 - pairs[k]) % 4];
            k += 1;
        }
        let single = if low { first } else { first + 3 };
        from[3][p] = bytes[(j + 8 - single) % 4];
        i += 1;
    }
    from
};

pub(super) const SHIFTS: [i16; 8] = {
    let (mut shifts, mut i) = ([0; 8], 0);
    while i < 8 {
        let p = INPUT[i / 4][i % 4];
        let left = if i < 4 { 2 } else { 6 };
        shifts[p / 2] = if p.is_multiple_of(2) { left - 8 } else { left };
        i += 1;
    }
    shifts
};

/// Masks and shifts that give the lower and the upper half of a byte where one is wanted, else 0.
pub(super) struct Halves(pub(super) [u8; 16], pub(super) [i8; 16]);

pub(super) const INPUTS: Halves = halves(INPUT, 1);
pub(super) const S1_OUTPUTS: Halves = halves(OUTPUT, 2);

const fn halves(positions: [[usize; 4]; 2], step: usize) -> Halves {
    let (mut masks, mut shifts, mut i) = ([0; 16], [-8; 16], 0);
    while i < 8 {
        let p = positions[i / 4][i % 4];
        (masks[p], shifts[p]) = (0x0f, -4);
        i += step;
    }
    Halves(masks, shifts)
}
