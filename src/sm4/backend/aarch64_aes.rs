//! SM4 with NEON and the AES instructions: four groups of four blocks, or one block after another.
//!
//! The S-box of AES makes the one of SM4, and the state is kept as X' = M·X from the first round to the last (`maps.rs`).
#![allow(unsafe_code, reason = "a kernel: calls from code that is compiled for any CPU")]

mod rounds;
mod serial;

use super::{
    Block, Blocks, Doubling, Kernel, LANES, LaneKeys, RoundKeys,
    aarch64_modes::{self as modes, Rows, load, store},
};
use crate::cpu;

impl Kernel for cpu::NeonAes {
    fn expand_key(self, key: &[u8; 16]) -> RoundKeys {
        // SAFETY: `self` proves that this CPU has `aes`; it has `neon` with it.
        unsafe { serial::expand_key(key) }
    }

    fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { crypt(rk, blocks) }
    }

    fn ctr(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { ctr(rk, counter, blocks) }
    }

    fn ctr32(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { ctr32(rk, counter, blocks) }
    }

    fn cbc_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::cbc_encrypt(rk, iv, blocks) }
    }

    fn cbc_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { cbc_decrypt(rk, iv, blocks) }
    }

    fn cfb_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::cfb_encrypt(rk, iv, blocks) }
    }

    fn cfb_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { cfb_decrypt(rk, iv, blocks) }
    }

    fn ofb(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::ofb(rk, iv, blocks) }
    }

    fn cbc_mac(self, rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
        // SAFETY: as above.
        unsafe { serial::cbc_mac(rk, x, blocks) }
    }

    fn xts(self, rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { xts(rk, tweak, doubling, blocks) }
    }

    fn lanes(self, keys: &LaneKeys, x: &mut [Block; LANES]) {
        // SAFETY: as above.
        unsafe { lanes(keys, x) }
    }
}

/// The first `n` blocks through the cipher.
#[inline]
#[target_feature(enable = "neon,aes")]
fn cipher(rk: &RoundKeys) -> impl Fn(&mut Rows, usize) {
    |x, n| match x {
        [x, ..] if n == 1 => *x = serial::one(rk, *x),
        x => rounds::crypt(rk, x, n),
    }
}

#[target_feature(enable = "neon,aes")]
fn crypt(rk: &RoundKeys, mut blocks: Blocks<'_, '_>) {
    if let [x] = blocks.get_in() {
        let y = serial::one(rk, load(x));
        if let [out] = blocks.get_out() {
            store(out, y);
        }
    } else {
        modes::crypt(cipher(rk), blocks);
    }
}

#[target_feature(enable = "neon,aes")]
fn ctr(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
    modes::ctr(cipher(rk), counter, blocks);
}

#[target_feature(enable = "neon,aes")]
fn ctr32(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
    modes::ctr32(cipher(rk), counter, blocks);
}

#[target_feature(enable = "neon,aes")]
fn cbc_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    modes::cbc_decrypt(cipher(rk), iv, blocks);
}

#[target_feature(enable = "neon,aes")]
fn cfb_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    modes::cfb_decrypt(cipher(rk), iv, blocks);
}

#[target_feature(enable = "neon,aes")]
fn xts(rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>) {
    modes::xts(cipher(rk), tweak, doubling, blocks);
}

#[target_feature(enable = "neon,aes")]
fn lanes(keys: &LaneKeys, x: &mut [Block; LANES]) {
    let mut rows = x.each_ref().map(|x| load(x));
    rounds::lanes(keys, &mut rows);
    for (x, row) in x.iter_mut().zip(rows) {
        store(x, row);
    }
}
