//! S1 of ZUC: x -> M x^-1 + 0x55 in L. `zuc-sboxes.md` derives it.

use crate::tower::Sbox;

pub const S1: Sbox = Sbox {
    name: "s1",
    input: [1, 2, 4, 8, 16, 32, 64, 128],
    output: [0x4b, 0x17, 0xce, 0xb1, 0xa1, 0x43, 0x32, 0xee],
    constant: 0x55,
};
