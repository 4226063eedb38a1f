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
    let t2 = t1 ^ x[2];
    let t3 = x[5] ^ x[1];
    let t4 = t3 ^ x[0];
    let t5 = x[5] ^ x[2];
    let t6 = t2 ^ x[5];
    let t7 = t4 ^ x[6];
    let t8 = t7 ^ t6;
    let t9 = t8 ^ x[2];
    let t10 = t7 ^ t2;
    let t11 = t6 ^ x[7];
    let t12 = t11 ^ t3;
    let t13 = t2 ^ x[3];
    let t14 = t13 ^ x[0];
    let t15 = t13 ^ t3;
    let t16 = t13 ^ t12;
    let t17 = t14 ^ t12;
    let t18 = t12 & !t7;
    let t19 = t17 | t10;
    let t20 = t14 | t2;
    let t21 = t11 | t6;
    let t22 = t16 | t5;
    let t23 = t15 & !t1;
    let t24 = x[0] | t9;
    let t25 = t4 | x[2];
    let t26 = t3 | t8;
    let t27 = x[2] ^ t19;
    let t28 = t5 ^ t25;
    let t29 = t28 ^ t20;
    let t30 = t20 ^ t21;
    let t31 = t18 ^ t30;
    let t32 = t22 ^ t31;
    let t33 = t26 ^ t18;
    let t34 = t29 ^ t33;
    let t35 = t23 ^ t30;
    let t36 = t35 ^ t27;
    let t37 = t24 ^ t29;
    let t38 = t37 ^ t27;
    let t39 = t36 & t34;
    let t40 = t38 & !t32;
    let t41 = t40 ^ t39;
    let t42 = t38 & !t41;
    let t43 = t42 ^ t34;
    let t44 = t36 & !t41;
    let t45 = t39 | t32;
    let t46 = t34 & t32;
    let t47 = t46 | t44;
    let t48 = t38 & t36;
    let t49 = t48 ^ t45;
    let t50 = t49 ^ t43;
    let t51 = t49 ^ t47;
    let t52 = t41 ^ t34;
    let t53 = t52 | t42;
    let t54 = t53 ^ t43;
    let t55 = t53 ^ t51;
    let t56 = t54 ^ t47;
    let t57 = t12 & t43;
    let t58 = t17 & t53;
    let t59 = t14 & t54;
    let t60 = t11 & t49;
    let t61 = t16 & t51;
    let t62 = t15 & t47;
    let t63 = x[0] & t55;
    let t64 = t4 & t56;
    let t65 = t3 & t50;
    let t66 = t7 & t43;
    let t67 = t10 & t53;
    let t68 = t2 & t54;
    let t69 = t6 & t49;
    let t70 = t5 & t51;
    let t71 = t1 & t47;
    let t72 = t9 & t55;
    let t73 = x[2] & t56;
    let t74 = t8 & t50;
    let t75 = t68 ^ t73;
    let t76 = t66 ^ t74;
    let t77 = t76 ^ t75;
    let t78 = t65 ^ t63;
    let t79 = t57 ^ t58;
    let t80 = t79 ^ t78;
    let t81 = t71 ^ t80;
    let t82 = t62 ^ t78;
    let t83 = t77 ^ t82;
    let t84 = t60 ^ t83;
    let t85 = t65 ^ t64;
    let t86 = t85 ^ t84;
    let t87 = t70 ^ t74;
    let t88 = t87 ^ t86;
    let t89 = t72 ^ t81;
    let t90 = t61 ^ t83;
    let t91 = t89 ^ t90;
    let t92 = t91 ^ t88;
    let t93 = t69 ^ t73;
    let t94 = t93 ^ t89;
    let t95 = t80 ^ t92;
    let t96 = t57 ^ t59;
    let t97 = t96 ^ t84;
    let t98 = t90 ^ t94;
    let t99 = t86 ^ t94;
    let t100 = t67 ^ t75;
    let t101 = t100 ^ t81;
    let t102 = t101 ^ t88;
    [t95, t97, t98, t94, t92, t99, t77, t102]
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
