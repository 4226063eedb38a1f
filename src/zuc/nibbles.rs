//! The S-boxes as tables of 16 bytes, for instructions that look up 16 bytes at once.
#![allow(clippy::cast_possible_truncation, reason = "numbers below 256")]
#![allow(dead_code, reason = "for the kernels of some architectures")]

/// Source of the networks: `docs/zuc-sboxes.md`. With x = h ‖ l, q = h ⊕ P1(l) and r = l ⊕ P2(q),
/// S0(x) = 2q ⊕ P3(r), where P3 is the last table of S0 with its place in the byte.
pub(super) mod s0 {
    pub(in crate::zuc) const P1: [u8; 16] = [9, 15, 0, 14, 15, 15, 2, 10, 0, 4, 0, 12, 7, 5, 3, 9];
    pub(in crate::zuc) const P2: [u8; 16] = [8, 13, 6, 5, 7, 0, 12, 4, 11, 1, 14, 10, 15, 3, 9, 2];
    pub(in crate::zuc) const P3: [u8; 16] = {
        let p3 = [2, 6, 10, 6, 0, 13, 10, 15, 3, 3, 13, 5, 0, 9, 12, 13];
        let (mut table, mut r) = ([0; 16], 0_u8);
        while r < 16 {
            table[r as usize] = (p3[r as usize] << 4 | r).rotate_left(5);
            r += 1;
        }
        table
    };
}

/// S1(x) = `AFTER`(S(`BEFORE`(x))) with the S-box S of AES and two linear maps, each the sum of the
/// images of the lower and of the upper half of a byte.
pub(super) mod s1 {
    pub(in crate::zuc) const BEFORE: [[u8; 16]; 2] =
        images([0x7c, 0x0c, 0xad, 0x7a, 0xc4, 0x80, 0x1e, 0xae]);
    pub(in crate::zuc) const AFTER: [[u8; 16]; 2] =
        images([0x43, 0x52, 0x76, 0x13, 0xc4, 0x1f, 0x40, 0xfb]);

    /// Bit i of an image is the parity of the byte under the mask `rows[i]`.
    const fn images(rows: [u8; 8]) -> [[u8; 16]; 2] {
        let (mut tables, mut x) = ([[0; 16]; 2], 0);
        while x < 16 {
            let mut i = 0;
            while i < 8 {
                tables[0][x] |= ((rows[i] & x as u8).count_ones() as u8 & 1) << i;
                tables[1][x] |= ((rows[i] >> 4 & x as u8).count_ones() as u8 & 1) << i;
                i += 1;
            }
            x += 1;
        }
        tables
    }
}
