//! The S-box of SM4 as a Boolean circuit on bit planes, in constant time.
//!
//! Plane `i` holds bit `i` (0 is the least significant) of every byte; a word of `n` bits serves `n` bytes.
//! `docs/sm4-sbox.md` derives the circuit, `docs/circuits` holds the program that found it.
//!
//! Source: GB/T 32907-2016, 6.2.

use crate::word::Word;

/// The constants that the circuit leaves out: Sbox(x) = `s`(x ⊕ `BEFORE`) ⊕ `AFTER`.
pub(super) const BEFORE: u8 = 0x75;
pub(super) const AFTER: u8 = 0xd3;

/// Sbox(x ⊕ `BEFORE`) ⊕ `AFTER` of every byte x: 102 gates (66 `^`, 21 `&`, 10 `|`, 5 `& !`).
#[inline(always)]
#[allow(clippy::too_many_lines, reason = "a gate a line")]
pub(super) fn s<W: Word>(x: [W; 8]) -> [W; 8] {
    let t1 = x[4] ^ x[1];
    let t2 = x[5] ^ x[2];
    let t3 = t2 ^ t1;
    let t4 = x[6] ^ x[4];
    let t5 = t4 ^ x[0];
    let t6 = t5 ^ x[2];
    let t7 = t6 ^ t1;
    let t8 = t5 ^ x[3];
    let t9 = t5 ^ t3;
    let t10 = t9 ^ x[6];
    let t11 = t9 ^ x[4];
    let t12 = t11 ^ t8;
    let t13 = t12 ^ x[7];
    let t14 = t13 ^ t10;
    let t15 = t4 ^ x[7];
    let t16 = t13 & !t2;
    let t17 = t12 | t1;
    let t18 = x[7] | t3;
    let t19 = t10 | x[2];
    let t20 = t11 | t6;
    let t21 = t4 & !t5;
    let t22 = t8 | t7;
    let t23 = t15 | t9;
    let t24 = t14 | x[5];
    let t25 = t9 ^ t22;
    let t26 = t17 ^ t25;
    let t27 = t21 ^ t22;
    let t28 = t6 ^ t23;
    let t29 = t19 ^ t28;
    let t30 = t27 ^ t29;
    let t31 = t18 ^ t28;
    let t32 = t31 ^ t26;
    let t33 = t20 ^ t27;
    let t34 = t33 ^ t24;
    let t35 = t16 ^ t26;
    let t36 = t24 ^ t35;
    let t37 = t34 & t32;
    let t38 = t36 & !t30;
    let t39 = t38 ^ t37;
    let t40 = t36 & !t39;
    let t41 = t40 ^ t32;
    let t42 = t37 | t30;
    let t43 = t36 & t34;
    let t44 = t43 ^ t42;
    let t45 = t44 ^ t41;
    let t46 = t34 & !t39;
    let t47 = t32 & t30;
    let t48 = t47 | t46;
    let t49 = t48 ^ t44;
    let t50 = t40 | t32;
    let t51 = t50 ^ t39;
    let t52 = t51 ^ t41;
    let t53 = t51 ^ t49;
    let t54 = t52 ^ t48;
    let t55 = t13 & t53;
    let t56 = t12 & t54;
    let t57 = x[7] & t45;
    let t58 = t10 & t49;
    let t59 = t11 & t48;
    let t60 = t4 & t44;
    let t61 = t8 & t52;
    let t62 = t15 & t41;
    let t63 = t14 & t51;
    let t64 = t2 & t53;
    let t65 = t1 & t54;
    let t66 = t3 & t45;
    let t67 = x[2] & t49;
    let t68 = t6 & t48;
    let t69 = t5 & t44;
    let t70 = t7 & t52;
    let t71 = t9 & t41;
    let t72 = x[5] & t51;
    let t73 = t57 ^ t58;
    let t74 = t59 ^ t55;
    let t75 = t73 ^ t74;
    let t76 = t66 ^ t75;
    let t77 = t69 ^ t67;
    let t78 = t77 ^ t65;
    let t79 = t78 ^ t76;
    let t80 = t71 ^ t70;
    let t81 = t77 ^ t80;
    let t82 = t63 ^ t55;
    let t83 = t61 ^ t82;
    let t84 = t81 ^ t83;
    let t85 = t68 ^ t67;
    let t86 = t60 ^ t73;
    let t87 = t86 ^ t84;
    let t88 = t64 ^ t85;
    let t89 = t88 ^ t76;
    let t90 = t87 ^ t89;
    let t91 = t71 ^ t72;
    let t92 = t85 ^ t91;
    let t93 = t56 ^ t92;
    let t94 = t93 ^ t84;
    let t95 = t59 ^ t62;
    let t96 = t58 ^ t63;
    let t97 = t95 ^ t96;
    let t98 = t97 ^ t79;
    let t99 = t75 ^ t94;
    let t100 = t64 ^ t91;
    let t101 = t100 ^ t78;
    let t102 = t81 ^ t90;
    [t79, t98, t87, t99, t94, t90, t101, t102]
}

#[cfg(test)]
mod tests {
    use super::{AFTER, BEFORE, s};

    const SBOX: [u8; 256] = [
        0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7, 0x16, 0xb6, 0x14, 0xc2, 0x28, 0xfb, 0x2c,
        0x05, 0x2b, 0x67, 0x9a, 0x76, 0x2a, 0xbe, 0x04, 0xc3, 0xaa, 0x44, 0x13, 0x26, 0x49, 0x86,
        0x06, 0x99, 0x9c, 0x42, 0x50, 0xf4, 0x91, 0xef, 0x98, 0x7a, 0x33, 0x54, 0x0b, 0x43, 0xed,
        0xcf, 0xac, 0x62, 0xe4, 0xb3, 0x1c, 0xa9, 0xc9, 0x08, 0xe8, 0x95, 0x80, 0xdf, 0x94, 0xfa,
        0x75, 0x8f, 0x3f, 0xa6, 0x47, 0x07, 0xa7, 0xfc, 0xf3, 0x73, 0x17, 0xba, 0x83, 0x59, 0x3c,
        0x19, 0xe6, 0x85, 0x4f, 0xa8, 0x68, 0x6b, 0x81, 0xb2, 0x71, 0x64, 0xda, 0x8b, 0xf8, 0xeb,
        0x0f, 0x4b, 0x70, 0x56, 0x9d, 0x35, 0x1e, 0x24, 0x0e, 0x5e, 0x63, 0x58, 0xd1, 0xa2, 0x25,
        0x22, 0x7c, 0x3b, 0x01, 0x21, 0x78, 0x87, 0xd4, 0x00, 0x46, 0x57, 0x9f, 0xd3, 0x27, 0x52,
        0x4c, 0x36, 0x02, 0xe7, 0xa0, 0xc4, 0xc8, 0x9e, 0xea, 0xbf, 0x8a, 0xd2, 0x40, 0xc7, 0x38,
        0xb5, 0xa3, 0xf7, 0xf2, 0xce, 0xf9, 0x61, 0x15, 0xa1, 0xe0, 0xae, 0x5d, 0xa4, 0x9b, 0x34,
        0x1a, 0x55, 0xad, 0x93, 0x32, 0x30, 0xf5, 0x8c, 0xb1, 0xe3, 0x1d, 0xf6, 0xe2, 0x2e, 0x82,
        0x66, 0xca, 0x60, 0xc0, 0x29, 0x23, 0xab, 0x0d, 0x53, 0x4e, 0x6f, 0xd5, 0xdb, 0x37, 0x45,
        0xde, 0xfd, 0x8e, 0x2f, 0x03, 0xff, 0x6a, 0x72, 0x6d, 0x6c, 0x5b, 0x51, 0x8d, 0x1b, 0xaf,
        0x92, 0xbb, 0xdd, 0xbc, 0x7f, 0x11, 0xd9, 0x5c, 0x41, 0x1f, 0x10, 0x5a, 0xd8, 0x0a, 0xc1,
        0x31, 0x88, 0xa5, 0xcd, 0x7b, 0xbd, 0x2d, 0x74, 0xd0, 0x12, 0xb8, 0xe5, 0xb4, 0xb0, 0x89,
        0x69, 0x97, 0x4a, 0x0c, 0x96, 0x77, 0x7e, 0x65, 0xb9, 0xf1, 0x09, 0xc5, 0x6e, 0xc6, 0x84,
        0x18, 0xf0, 0x7d, 0xec, 0x3a, 0xdc, 0x4d, 0x20, 0x79, 0xee, 0x5f, 0x3e, 0xd7, 0xcb, 0x39,
        0x48,
    ];

    #[test]
    fn s_is_the_table_of_the_standard() {
        for first in (0..=255u8).step_by(64) {
            let mut planes = [0u64; 8];
            for (i, plane) in planes.iter_mut().enumerate() {
                let bit = |lane| u64::from(((first + lane) ^ BEFORE) >> i & 1);
                *plane = (0..64).fold(0, |p, lane| p | bit(lane) << lane);
            }
            let out = s(planes);
            for lane in 0..64 {
                let byte = (0..8).fold(AFTER, |b, i| b ^ ((out[i] >> lane & 1) as u8) << i);
                let input = first + lane;
                assert_eq!(byte, SBOX[usize::from(input)], "input {input:#04x}");
            }
        }
    }
}
